/* httpd/absent.c -- the server where libmicrohttpd was not there to build it with. */
#include "httpd/server.h"

#include <stdio.h>

int tr_httpd_is_built(void) { return 0; }

tr_status tr_httpd_start(const tr_httpd_options *options, tr_httpd **out, tr_error *err)
{
    (void)options, (void)out;
    *err = (tr_error){.status = TR_EUNKNOWN};
    (void)snprintf(err->text, sizeof err->text,
                   "this program was built without libmicrohttpd: install libmicrohttpd-dev and build again");
    return TR_EUNKNOWN;
}

int tr_httpd_port(const tr_httpd *server)
{
    (void)server;
    return 0;
}

int tr_httpd_stop(tr_httpd *server)
{
    (void)server;
    return 1;
}
