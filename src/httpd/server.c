/* httpd/server.c -- libmicrohttpd's callbacks: files of the page, questions, refusals. What is asked is computed by
 * others (jobs.h), so that no client waits for another's question. */
#define _POSIX_C_SOURCE 200809L
#include "httpd/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "httpd/guard.h"
#include "httpd/jobs.h"

enum {
    BODY_MAX_BYTE = 1 << 20,
    CONNECTIONS = 4096,  /* that are open at once, at most: fewer where the system gives fewer files */
    FILES_ELSEWHERE = 64,
    WHOLE_S = 10,        /* for the head and body of a request, and between requests */
    REQUEST_BYTE = 8 * 1024,
    PIECE_BYTE = 32 * 1024,
    SERVING_THREADS = 2,
    WORKERS = 4,
    QUEUE = 256,         /* questions that wait for a worker */
    BODIES_BYTE = 64 << 20 /* of all requests together that are not answered yet */
};
#define STOP_S 0.7

struct tr_httpd {
    tr_httpd_options options;
    struct MHD_Daemon *daemon;
    tr_guard *guard;
    tr_work *work;
    atomic_llong body_byte; /* held by all requests */
    atomic_int port;
    char host[64];
};

/* What came of a request so far. */
typedef struct request {
    char *body;
    size_t size;
    int too_large; /* 1: by itself; 2: with all others */
    tr_job *job; /* NULL until it is asked */
    struct MHD_Connection *connection;
    size_t counted; /* in the server's body_byte */
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
    if (code == MHD_HTTP_SERVICE_UNAVAILABLE)
        (void)MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
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
    const int port = server->port;
    const char *const names[] = {"127.0.0.1", "localhost", "[::1]", server->host};
    char own[96];
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof names[0]; i++) {
        (void)snprintf(own, sizeof own, "%s:%d", names[i], port);
        if (strcmp(host, own) == 0 || (port == 80 && strcmp(host, names[i]) == 0))
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
    switch (status) {
    case TR_ENOFIT: return MHD_HTTP_UNPROCESSABLE_CONTENT;
    case TR_ECAPACITY: return MHD_HTTP_CONTENT_TOO_LARGE;
    case TR_ENOMEM:
    case TR_EIO: return MHD_HTTP_INTERNAL_SERVER_ERROR;
    default: return MHD_HTTP_BAD_REQUEST;
    }
}

static ssize_t read_job(void *context, uint64_t position, char *out, size_t room)
{
    request *asked = context;
    (void)position;
    const long n = tr_job_read(asked->job, out, room);
    if (n == 0)
        MHD_suspend_connection(asked->connection);
    return n == -1 ? MHD_CONTENT_READER_END_OF_STREAM : n < 0 ? MHD_CONTENT_READER_END_WITH_ERROR : (ssize_t)n;
}

/* What there is of the answer: called again each time that a worker has news. */
static enum MHD_Result give_answer(struct MHD_Connection *connection, request *asked)
{
    size_t ready = 0;
    tr_error err;
    switch (tr_job_look(asked->job, &ready, &err)) {
    case TR_JOB_COMPUTES: MHD_suspend_connection(connection); return MHD_YES;
    case TR_JOB_FAILED:
        return refuse(connection,
                      err.status == TR_EUNKNOWN && (strcmp(err.field, "verb") == 0 || strcmp(err.field, "operand") == 0)
                          ? MHD_HTTP_NOT_FOUND
                          : code_of(err.status),
                      &err);
    case TR_JOB_WHOLE:
        return send_response(connection, MHD_HTTP_OK,
                             MHD_create_response_from_callback(ready, PIECE_BYTE, read_job, asked, NULL),
                             "application/json");
    case TR_JOB_STREAMS: break;
    }
    return send_response(connection, MHD_HTTP_OK,
                         MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE_BYTE, read_job, asked, NULL),
                         "application/json");
}

/* "application/json", with or without parameters behind it. */
static int is_json(const char *type)
{
    static const char json[] = "application/json";
    const size_t length = sizeof json - 1;
    return type != NULL && strncasecmp(type, json, length) == 0 && strchr("; \t", type[length]) != NULL;
}

static enum MHD_Result ask(const tr_httpd *server, struct MHD_Connection *connection, const char *url, request *asked)
{
    char verb[32] = "";
    const char *type = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    const char *path = url + strlen("/api/"), *operand = strchr(path, '/');
    const size_t length = operand != NULL ? (size_t)(operand - path) : strlen(path);
    if (!is_json(type))
        return refuse_text(connection, MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, TR_EPARSE,
                           "expected Content-Type: application/json");
    if (asked->too_large == 2)
        return refuse_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, TR_ECAPACITY,
                           "too much is asked at once: ask again in a second");
    if (asked->too_large)
        return refuse_text(connection, MHD_HTTP_CONTENT_TOO_LARGE, TR_ECAPACITY,
                           "the body is longer than a megabyte");
    if (length == 0 || length >= sizeof verb)
        return refuse_text(connection, MHD_HTTP_NOT_FOUND, TR_EUNKNOWN,
                           "no such verb: expected POST /api/VERB");
    memcpy(verb, path, length);
    verb[length] = '\0';
    asked->connection = connection;
    asked->job = tr_work_submit(server->work, verb, operand == NULL ? "" : operand + 1, asked->body, asked->size,
                                connection);
    if (asked->job == NULL)
        return refuse_text(connection, MHD_HTTP_SERVICE_UNAVAILABLE, TR_ECAPACITY,
                           "too many questions wait already: ask again in a second");
    asked->body = NULL;
    return give_answer(connection, asked);
}

typedef struct heading {
    const char *name;
    int count;
} heading;

static enum MHD_Result count_named(void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
    heading *h = context;
    (void)kind, (void)value;
    h->count += strcasecmp(key, h->name) == 0;
    return MHD_YES;
}

static int times(struct MHD_Connection *connection, const char *name)
{
    heading h = {name, 0};
    (void)MHD_get_connection_values(connection, MHD_HEADER_KIND, count_named, &h);
    return h.count;
}

/* What two readers of one request could understand in two ways. */
static int is_ambiguous(struct MHD_Connection *connection)
{
    const int lengths = times(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const int codings = times(connection, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    return times(connection, MHD_HTTP_HEADER_HOST) != 1 || lengths > 1 || codings > 1 || (lengths > 0 && codings > 0);
}

static tr_guest *guest_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/* A piece of the body. */
static enum MHD_Result add(tr_httpd *server, request *asked, const char *upload, size_t *size)
{
    const int before = asked->too_large;
    if (before == 0 && asked->size + *size > BODY_MAX_BYTE)
        asked->too_large = 1;
    else if (before == 0 && atomic_fetch_add(&server->body_byte, (long long)*size) > BODIES_BYTE)
        asked->too_large = 2;
    if (before == 0 && asked->too_large != 1)
        asked->counted += *size;
    char *body = asked->too_large ? NULL : realloc(asked->body, asked->size + *size + 1);
    if (body != NULL) {
        memcpy(body + asked->size, upload, *size);
        asked->size += *size;
        body[asked->size] = '\0';
        asked->body = body;
    } else if (!asked->too_large) {
        return MHD_NO;
    }
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result dispatch(const tr_httpd *server, struct MHD_Connection *connection, const char *url,
                                const char *method, request *asked)
{
    if (!is_own_host(server, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST)) ||
        !is_own_origin(server, MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Origin")))
        return refuse_text(connection, MHD_HTTP_FORBIDDEN, TR_ECONFLICT,
                           "asked under another name, or by another site's page");
    const int reads = strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
    if (strncmp(url, "/api/", 5) == 0)
        return strcmp(method, "POST") == 0 ? ask(server, connection, url, asked)
                                           : refuse_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, TR_EDOMAIN,
                                                         "questions are asked by POST");
    return reads ? give_file(connection, url)
                 : refuse_text(connection, MHD_HTTP_METHOD_NOT_ALLOWED, TR_EDOMAIN, "pages are read by GET");
}

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    tr_httpd *server = context;
    request *asked = *state;
    (void)version;
    if (asked == NULL) { /* the head of a request: its body, if any, comes with later calls */
        if (is_ambiguous(connection))
            return refuse_text(connection, MHD_HTTP_BAD_REQUEST, TR_EPARSE,
                               "expected one Host, and one Content-Length or one Transfer-Encoding at most");
        *state = calloc(1, sizeof *asked);
        return *state == NULL ? MHD_NO : MHD_YES;
    }
    if (*upload_size > 0)
        return add(server, asked, upload, upload_size);
    if (asked->job != NULL)
        return give_answer(connection, asked);
    tr_guest *guest = guest_of(connection);
    if (guest != NULL)
        tr_guard_has_asked(server->guard, guest);
    return dispatch(server, connection, url, method, asked);
}

static void completed(void *context, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode why)
{
    tr_httpd *server = context;
    request *asked = *state;
    tr_guest *guest = guest_of(connection);
    (void)why;
    if (guest != NULL)
        tr_guard_was_answered(server->guard, guest);
    if (asked != NULL) {
        tr_job_leave(asked->job);
        (void)atomic_fetch_sub(&server->body_byte, (long long)asked->counted);
        free(asked->body);
    }
    free(asked);
    *state = NULL;
}

static void connected(void *context, struct MHD_Connection *connection, void **socket_context,
                      enum MHD_ConnectionNotificationCode what)
{
    const tr_httpd *server = context;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
        *socket_context = info == NULL ? NULL : tr_guard_enter(server->guard, info->connect_fd);
    } else if (*socket_context != NULL) {
        tr_guard_leave(server->guard, *socket_context);
        *socket_context = NULL;
    }
}

static void wake(void *connection) { MHD_resume_connection(connection); }

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;
    return at == NULL ? -1 : (int)(at - digits);
}

/* As libmicrohttpd does it, but for %00: it stays as it is, since it would end the text. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    char *to = text;
    (void)context, (void)connection;
    for (const char *at = text; *at != '\0'; at++) {
        const int high = *at == '%' ? hex_digit(at[1]) : -1, low = high >= 0 ? hex_digit(at[2]) : -1;
        const int code = low >= 0 ? 16 * high + low : 0;
        if (code > 0) {
            *to++ = (char)code;
            at += 2;
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
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

/* Files that may be open at once, after asking for all that may be had. */
static size_t raise_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 256;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur == RLIM_INFINITY ? (size_t)1 << 20 : (size_t)limit.rlim_cur;
}

/* "127.0.0.1", "localhost", "::1". */
static int address_of(const char *host, int port, struct sockaddr_storage *out)
{
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)out;
    memset(out, 0, sizeof *out);
    if (strcmp(host, "localhost") == 0)
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons((uint16_t)port);
        return 1;
    }
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons((uint16_t)port);
        return 1;
    }
    return 0;
}

static struct MHD_Daemon *listen_on(tr_httpd *server, const struct sockaddr_storage *address, size_t connections)
{
    const unsigned flags = MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG |
                           MHD_ALLOW_SUSPEND_RESUME | (address->ss_family == AF_INET6 ? MHD_USE_IPv6 : 0);
    return MHD_start_daemon(
        flags, (uint16_t)server->options.port, NULL, NULL, handle, server, MHD_OPTION_EXTERNAL_LOGGER, say_nothing,
        NULL, MHD_OPTION_SOCK_ADDR, address, MHD_OPTION_NOTIFY_COMPLETED, completed, server,
        MHD_OPTION_NOTIFY_CONNECTION,
        connected, server, MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)connections, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)SERVING_THREADS,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)REQUEST_BYTE, MHD_OPTION_LISTEN_BACKLOG_SIZE, (unsigned)1024,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)(1 << 20), MHD_OPTION_END);
}

tr_status tr_httpd_start(const tr_httpd_options *options, tr_httpd **out, tr_error *err)
{
    struct sockaddr_storage address;
    if (!address_of(options->host, options->port, &address))
        return fail(err, TR_EDOMAIN, "host",
                    "'%.60s' is not an address: expected one such as 127.0.0.1, ::1 or localhost", options->host);
    tr_httpd *server = calloc(1, sizeof *server);
    if (server == NULL)
        return fail(err, TR_ENOMEM, "", "out of memory%s", "");
    const size_t files = raise_files();
    const size_t connections = files < CONNECTIONS + FILES_ELSEWHERE ? files / 2 : CONNECTIONS;
    const tr_work_options work = {&server->options, WORKERS, QUEUE, wake};
    server->options = *options;
    (void)snprintf(server->host, sizeof server->host, address.ss_family == AF_INET6 ? "[%s]" : "%s", options->host);
    server->guard = tr_guard_start(connections / 2, WHOLE_S);
    server->work = tr_work_start(&work);
    errno = 0;
    server->daemon = server->guard == NULL || server->work == NULL ? NULL : listen_on(server, &address, connections);
    if (server->daemon == NULL) {
        const int code = errno;
        if (server->work == NULL || tr_work_stop(server->work, STOP_S))
            tr_work_free(server->work);
        tr_guard_stop(server->guard);
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

int tr_httpd_stop(tr_httpd *server)
{
    if (server == NULL)
        return 1;
    MHD_socket listening = MHD_quiesce_daemon(server->daemon);
    if (listening != MHD_INVALID_SOCKET)
        (void)close(listening);
    if (!tr_work_stop(server->work, STOP_S))
        return 0;
    MHD_stop_daemon(server->daemon);
    tr_work_free(server->work);
    tr_guard_stop(server->guard);
    free(server);
    return 1;
}
