/* base/status.c -- names of statuses, filling errors, version. */
#include <tokenroof/base.h>

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#undef tr_fail /* under the analyzer fail.h names macros so */
#undef tr_fail_at

#ifdef TR_HAVE_COMMIT_H
#include "base/commit.h"
#endif
#ifndef TR_COMMIT
#define TR_COMMIT ""
#endif

const char *tr_status_name(tr_status status)
{
    switch (status) {
    case TR_OK: return "ok";
    case TR_EDOMAIN: return "domain";
    case TR_ENOFIT: return "no-fit";
    case TR_EPARSE: return "parse";
    case TR_EUNKNOWN: return "unknown-name";
    case TR_EMISSING: return "missing";
    case TR_ECONFLICT: return "conflict";
    case TR_ECAPACITY: return "capacity";
    case TR_EIO: return "io";
    case TR_ENOMEM: return "no-memory";
    case TR_ECANCELLED: return "cancelled";
    }
    return "unknown";
}

const char *tr_version(void) { return TR_VERSION; }
const char *tr_commit(void) { return TR_COMMIT; }

/* One printable line: what was typed or read may hold anything, and a cut may
 * fall inside a UTF-8 sequence. */
static void clean(char *text)
{
    size_t n = 0;
    for (; text[n] != '\0'; n++)
        if ((unsigned char)text[n] < 0x20 || text[n] == 0x7F)
            text[n] = '?';
    size_t lead = n;
    while (lead > 0 && n - lead < 4 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0 || ((unsigned char)text[lead - 1] & 0xC0) != 0xC0)
        return;
    const unsigned char c = (unsigned char)text[lead - 1];
    const size_t wanted = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if (n - (lead - 1) < wanted)
        text[lead - 1] = '\0';
}

static tr_status fail(tr_error *err, tr_status status, const char *field, double value, int line, int column,
                      const char *text, va_list args)
    __attribute__((format(printf, 7, 0)));

static tr_status fail(tr_error *err, tr_status status, const char *field, double value, int line, int column,
                      const char *text, va_list args)
{
    if (err == NULL)
        return status;
    tr_error e;
    memset(&e, 0, sizeof e);
    e.status = status;
    e.value = value;
    e.line = line;
    e.column = column;
    if (field != NULL)
        (void)snprintf(e.field, sizeof e.field, "%s", field);
    (void)vsnprintf(e.text, sizeof e.text, text, args);
    clean(e.field);
    clean(e.text);
    *err = e;
    return status;
}

tr_status tr_fail(tr_error *err, tr_status status, const char *field, double value, const char *text, ...)
{
    va_list args;
    va_start(args, text);
    const tr_status s = fail(err, status, field, value, 0, 0, text, args);
    va_end(args);
    return s;
}

tr_status tr_fail_at(tr_error *err, tr_status status, const char *field, double value, int line, int column,
                     const char *text, ...)
{
    va_list args;
    va_start(args, text);
    const tr_status s = fail(err, status, field, value, line, column, text, args);
    va_end(args);
    return s;
}
