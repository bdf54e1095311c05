/* httpd/server.c -- libmicrohttpd's callbacks: files of the page, questions, refusals. */
#define _POSIX_C_SOURCE 200809L
#include "httpd/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { BODY_MAX_BYTE = 1 << 20, CONNECTIONS = 512, IDLE_S = 10, THREADS = 4, REQUEST_BYTE = 32 * 1024 };

struct tr_httpd {
    tr_httpd_options options;
    struct MHD_Daemon *daemon;
    int port;
    char host[64];
};

/* What came of a request's body so far. */
typedef struct request {
    char *body;
    size_t size;
    int too_large;
} request;

static const char policy[] =
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned code,
                                     struct MHD_Response *response, const char *type)
{
    static const char *const header[][2] = {
        {"Content-Security-Policy", policy},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    if (response == NULL)
        return MHD_NO;
    for (size_t i = 0; i < sizeof header / sizeof header[0]; i++)
        (void)MHD_add_response_header(response, header[i][0], header[i][1]);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD, POST");
    const enum MHD_Result queued = MHD_queue_response(connection, code, response);
    MHD_destroy_response(response);
    return queued;
}

/* JSON's escapes of what an error's text may hold. */
static void escape(char *out, size_t size, const char *text)
{
    size_t n = 0;
    for (; *text != '\0' && n + 7 < size; text++) {
        const unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            out[n++] = '\\';
        if (c < 0x20)
            n += (size_t)snprintf(out + n, size - n, "\\u%04x", c);
        else
            out[n++] = (char)c;
    }
    out[n] = '\0';
}

static enum MHD_Result refuse(struct MHD_Connection *connection, unsigned code, const tr_error *err)
{
    char text[2 * sizeof err->text], field[2 * sizeof err->field];
    char *body = malloc(sizeof text + sizeof field + 200);
    if (body == NULL)
        return MHD_NO;
    escape(text, sizeof text, err->text);
    escape(field, sizeof field, err->field);
    const int n = sprintf(body,
                          "{\"error\": {\"status\": \"%s\", \"field\": \"%s\", \"text\": \"%s\", \"line\": "
                          "%d, \"column\": %d}}\n",
                          tr_status_name(err->status), field, text, err->line, err->column);
    return send_response(connection, code,
                         MHD_create_response_from_buffer((size_t)n, body, MHD_RESPMEM_MUST_FREE),
                         "application/json");
}

static enum MHD_Result refuse_text(struct MHD_Connection *connection, unsigned code, tr_status status,
                                   const char *text)
{
    tr_error err = {.status = status};
    (void)snprintf(err.text, sizeof err.text, "%s", text);
    return refuse(connection, code, &err);
}

/* ---- who asks ------------------------------------------------------------------------ */

/* "127.0.0.1:8080", "localhost:8080", "[::1]:8080", or the address it was told to listen on. */
static int is_own_host(const tr_httpd *server, const char *host)
{
    const char *const names[] = {"127.0.0.1", "localhost", "[::1]", server->host};
    char own[96];
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(own, sizeof own, "%s:%d", names[i], server->port);
        if (strcmp(host, own) == 0 || (server->port == 80 && strcmp(host, names[i]) == 0))
            return 1;
    }
    return 0;
}

static int is_own_origin(const tr_httpd *server, const char *origin)
{
    return origin == NULL || (strncmp(origin, "http://", 7) == 0 && is_own_host(server, origin + 7));
}

/* ---- files --------------------------------------------------------------------------------- */

static enum MHD_Result give_file(struct MHD_Connection *connection, const char *url)
{
    if (strcmp(url, "/index.html") == 0)
        url = "/";
    const tr_asset *asset = tr_assets;
    while (asset->path != NULL && strcmp(asset->path, url) != 0)
        asset++;
    if (asset->path == NULL)
        return refuse_text(connection, MHD_HTTP_NOT_FOUND, TR_EUNKNOWN,
                           "no such page here; questions go to POST /api/VERB");
    const char *known =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
    const int unchanged = known != NULL && strcmp(known, asset->etag) == 0;
    struct MHD_Response *response = MHD_create_response_from_buffer(
        // NOLINTNEXTLINE(performance-no-int-to-ptr): the buffer is only read, which this call cannot say
        unchanged ? 0 : asset->size, (void *)(uintptr_t)asset->data, MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, asset->etag);
    (void)MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-cache");
    return send_response(connection, unchanged ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response, asset->type);
}

/* ---- questions ------------------------------------------------------------------------------- */

static unsigned code_of(tr_status status)
{
    return status == TR_ENOFIT                       ? MHD_HTTP_UNPROCESSABLE_CONTENT
           : status == TR_ENOMEM || status == TR_EIO ? MHD_HTTP_INTERNAL_SERVER_ERROR
                                                     : MHD_HTTP_BAD_REQUEST;
}

static enum MHD_Result give_answer(const tr_httpd *server, struct MHD_Connection *connection, const char *url,
                                   const request *asked)
{
    char verb[32] = "";
    const char *type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    const char *path = url + strlen("/api/"), *operand = strchr(path, '/');
    const size_t length = operand != NULL ? (size_t)(operand - path) : strlen(path);
    if (type == NULL || strncmp(type, "application/json", 16) != 0)
        return refuse_text(connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, TR_EPARSE,
                           "expected Content-Type: application/json");
    if (asked->too_large)
        return refuse_text(connection, MHD_HTTP_CONTENT_TOO_LARGE, TR_ECAPACITY,
                           "the body is longer than a megabyte");
    if (length == 0 || length >= sizeof verb)
        return refuse_text(connection, MHD_HTTP_NOT_FOUND, TR_EUNKNOWN,
                           "no such verb: expected POST /api/VERB");
    memcpy(verb, path, length);
    verb[length] = '\0';
    char *text = NULL;
    size_t size = 0;
    tr_error err = {.status = TR_OK};
    const tr_status s =
        server->options.answer(server->options.context, verb, operand == NULL ? "" : operand + 1,
                               asked->body == NULL ? "" : asked->body, asked->size, &text, &size, &err);
    if (s != TR_OK)
        return refuse(connection,
                      s == TR_EUNKNOWN && strcmp(err.field, "verb") == 0 ? MHD_HTTP_NOT_FOUND : code_of(s),
                      &err);
    return send_response(connection, MHD_HTTP_OK,
                         MHD_create_response_from_buffer(size, text, MHD_RESPMEM_MUST_FREE),
                         "application/json");
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    const tr_httpd *server = context;
    request *asked = *state;
    (void)version;
    if (asked == NULL) { /* the head of a request: its body, if any, comes with later calls */
        *state = calloc(1, sizeof *asked);
        return *state == NULL ? MHD_NO : MHD_YES;
    }
    if (*upload_size > 0) {
        if (asked->size + *upload_size > BODY_MAX_BYTE)
            asked->too_large = 1;
        char *body = asked->too_large ? NULL : realloc(asked->body, asked->size + *upload_size + 1);
        if (body != NULL) {
            memcpy(body + asked->size, upload, *upload_size);
            asked->size += *upload_size;
            body[asked->size] = '\0';
            asked->body = body;
        } else if (!asked->too_large) {
            return MHD_NO;
        }
        *upload_size = 0;
        return MHD_YES;
    }
    if (!is_own_host(server,
                     MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST)) ||
        !is_own_origin(server, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin")))
        return refuse_text(connection, MHD_HTTP_FORBIDDEN, TR_ECONFLICT,
                           "asked under another name, or by another site's page");
    const int reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (strncmp(url, "/api/", 5) == 0)
        return strcmp(method, "POST") == 0 ? give_answer(server, connection, url, asked)
                                           : refuse_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, TR_EDOMAIN,
                                                         "questions are asked by POST");
    return reads ? give_file(connection, url)
                 : refuse_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, TR_EDOMAIN, "pages are read by GET");
}

static void completed(void *context, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode why)
{
    request *asked = *state;
    (void)context, (void)connection, (void)why;
    if (asked != NULL)
        free(asked->body);
    free(asked);
    *state = NULL;
}

/* ---- start and stop --------------------------------------------------------------------------- */

int tr_httpd_is_built(void) { return 1; }

static tr_status fail(tr_error *err, tr_status status, const char *field, const char *text, const char *why)
{
    *err = (tr_error){.status = status};
    (void)snprintf(err->field, sizeof err->field, "%s", field);
    (void)snprintf(err->text, sizeof err->text, text, why);
    return status;
}

static void say_nothing(void *context, const char *format, va_list args)
{
    (void)context, (void)format, (void)args;
}

tr_status tr_httpd_start(const tr_httpd_options *options, tr_httpd **out, tr_error *err)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    if (inet_pton(AF_INET, options->host, &address.sin_addr) != 1)
        return fail(err, TR_EDOMAIN, "host", "'%.60s' is not an IPv4 address: expected one such as 127.0.0.1",
                    options->host);
    tr_httpd *server = calloc(1, sizeof *server);
    if (server == NULL)
        return fail(err, TR_ENOMEM, "", "out of memory%s", "");
    server->options = *options;
    (void)snprintf(server->host, sizeof server->host, "%s", options->host);
    errno = 0;
    server->daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG,
        (uint16_t)options->port, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER, say_nothing, NULL,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address, MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
        MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)REQUEST_BYTE, MHD_OPTION_THREAD_STACK_SIZE, (size_t)(4 << 20), MHD_OPTION_END);
    if (server->daemon == NULL) {
        const int code = errno;
        free(server);
        return fail(err, TR_EIO, "port", "cannot listen on that port: %.100s",
                    code == EADDRINUSE ? "the port is in use" : strerror(code));
    }
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info == NULL ? options->port : info->port;
    *out = server;
    return TR_OK;
}

int tr_httpd_port(const tr_httpd *server) { return server->port; }

void tr_httpd_stop(tr_httpd *server)
{
    if (server == NULL)
        return;
    MHD_stop_daemon(server->daemon);
    free(server);
}
