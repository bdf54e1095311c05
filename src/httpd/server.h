/* httpd/server.h -- the page and the verbs' answers over HTTP, for this machine.
 *
 * Serves a fixed set of files and POST /api/VERB[/OPERAND]. Nothing a client
 * sends reaches the file system here. Requests are checked for Host and Origin,
 * so that a page of another site cannot ask. Native only.
 */
#ifndef TOKENROOF_SRC_HTTPD_SERVER_H
#define TOKENROOF_SRC_HTTPD_SERVER_H

#include <tokenroof/base.h>

/* A file of the page. Static storage; the table ends with path NULL. */
typedef struct tr_asset {
    const char *path; /* "/", "/page.js" */
    const char *type;
    const unsigned char *data;
    size_t size;
    char etag[24]; /* with its quotes */
} tr_asset;
extern const tr_asset tr_assets[]; /* made while building; "/" alone where the page was not */

/* Answers one question into out, which refuses more when it should stop. On an error *err says why. Called from the
 * server's workers, several at a time. */
typedef tr_status (*tr_httpd_answer)(void *context, const char *verb, const char *operand, const char *body,
                                     size_t size, const tr_sink *out, tr_error *err);

typedef struct tr_httpd_options {
    const char *host; /* address to listen on: "127.0.0.1" */
    int port;         /* 0: any that is free */
    tr_httpd_answer answer;
    void *context;
    double max_cpu_s; /* computing time that one question may take; 0: any */
} tr_httpd_options;

typedef struct tr_httpd tr_httpd;

int tr_httpd_is_built(void); /* 0: this program was built without libmicrohttpd, and start refuses */
/* Errors: TR_EIO (the port is taken, the address is none), TR_EUNKNOWN (not built), TR_ENOMEM. */
tr_status tr_httpd_start(const tr_httpd_options *options, tr_httpd **out, tr_error *err);
int tr_httpd_port(const tr_httpd *server);
/* Ends all connections, within a second. 0: a question computes on, and the process should end. NULL is fine. */
int tr_httpd_stop(tr_httpd *server);

#endif
