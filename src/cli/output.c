/* cli/output.c -- the answer's buffer, its way to stdout, and what kind of terminal that is. */
#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE
#include "cli/cli.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "io/file.h"

enum { STREAM_BYTE = 1 << 18 };

#undef cli_fail /* a macro under the analyzer */
tr_status cli_fail(tr_error *err, tr_status status, const char *field, const char *format, ...)
{
    va_list args;
    *err = (tr_error){.status = status};
    (void)snprintf(err->field, sizeof err->field, "%s", field);
    va_start(args, format);
    (void)vsnprintf(err->text, sizeof err->text, format, args);
    va_end(args);
    return status;
}

static int reserve(cli_text *text, size_t more)
{
    size_t capacity = text->capacity == 0 ? 4096 : text->capacity;
    while (capacity - text->length < more) {
        if (capacity > (size_t)-1 / 4)
            return 0;
        capacity *= 2;
    }
    if (capacity == text->capacity)
        return 1;
    char *data = realloc(text->data, capacity);
    if (data == NULL)
        return 0;
    text->data = data;
    text->capacity = capacity;
    return 1;
}

/* Who reads stdout has gone, as `| head` does: no error, an end, and the one that a shell expects. */
static void end_quietly(void)
{
    (void)signal(SIGPIPE, SIG_DFL);
    (void)raise(SIGPIPE);
}

/* All that was collected to stdout. Returns 0, or an errno value. */
static int drain(cli_text *text)
{
    errno = 0;
    const int whole = text->length == 0 || fwrite(text->data, 1, text->length, stdout) == text->length;
    text->length = 0;
    if (whole && fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    if (errno == EPIPE)
        end_quietly();
    return errno != 0 ? errno : EIO;
}

static int append(void *context, const char *part, size_t length)
{
    cli_text *text = context;
    if (text->failed || !reserve(text, length + 1)) {
        text->failed = 1;
        return 1;
    }
    memcpy(text->data + text->length, part, length);
    text->length += length;
    text->data[text->length] = '\0';
    return text->streams && text->length >= STREAM_BYTE ? drain(text) : 0;
}

tr_sink cli_text_sink(cli_text *text) { return (tr_sink){.write = append, .context = text}; }

void cli_print(cli *c, const char *format, ...)
{
    char line[2048];
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n > 0 && c->out.write(c->out.context, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1) != 0)
        c->text.failed = 1;
}

tr_status cli_flush(cli *c, tr_error *err)
{
    if (c->text.failed)
        return cli_fail(err, TR_ENOMEM, "", "out of memory for the answer");
    const int code = drain(&c->text);
    return code == 0 ? TR_OK : cli_fail(err, TR_EIO, "", "could not write the answer: %s", tr_errno_text(code));
}

void cli_say_next(const cli *c)
{
    if (c->verb->next != NULL && c->style.format == TR_FORMAT_TEXT && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO))
        (void)fprintf(stderr, "\nnext: %s\n", c->verb->next);
}

static int is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0')
            return strstr(value, "UTF-8") != NULL || strstr(value, "utf8") != NULL ||
                   strstr(value, "utf-8") != NULL;
    }
    return 0;
}

void cli_style_from_terminal(tr_style *style)
{
    struct winsize size;
    const char *no_colour = getenv("NO_COLOR");
    const char *kind = getenv("TERM");
    style->columns = 100;
    if (!isatty(STDOUT_FILENO))
        return;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        style->columns = size.ws_col < 40 ? 40 : size.ws_col > 400 ? 400 : size.ws_col;
    style->colour = (no_colour == NULL || no_colour[0] == '\0') && kind != NULL && strcmp(kind, "dumb") != 0;
    style->ascii = !is_utf8();
}
