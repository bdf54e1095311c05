/* base/json.c -- JSON text with the state of open brackets in three bit sets. */
#include "base/json.h"

#include <math.h>
#include <string.h>

static uint64_t level(const tr_json *json) { return 1ULL << json->depth; }

static void refuse(tr_json *json, tr_status status)
{
    if (json->status == TR_OK)
        json->status = status;
}

static void indent(tr_json *json, int depth)
{
    if (!json->pretty)
        return;
    tr_write_char(&json->writer, '\n');
    tr_write_repeat(&json->writer, ' ', 2 * (size_t)depth);
}

/* Comma and line break before an item of the innermost bracket. */
static void separate(tr_json *json)
{
    const uint64_t here = level(json);
    if (json->has_item & here) {
        tr_write_char(&json->writer, ',');
        if (json->pretty && (json->is_inline & here))
            tr_write_char(&json->writer, ' ');
    }
    json->has_item |= here;
    if (!(json->is_inline & here))
        indent(json, json->depth);
}

/* Get ready for a value; 0 if there is no place for one. */
int tr_json_place(tr_json *json)
{
    if (json->status != TR_OK)
        return 0;
    if (json->depth == 0) {
        if (json->done) {
            refuse(json, TR_ECONFLICT);
            return 0;
        }
        json->done = 1;
        return 1;
    }
    if (json->is_array & level(json)) {
        separate(json);
        return 1;
    }
    if (!json->has_key) {
        refuse(json, TR_ECONFLICT);
        return 0;
    }
    json->has_key = 0;
    return 1;
}

static size_t utf8_length(const unsigned char *s)
{
    size_t n;
    if (s[0] < 0x80)
        return 1;
    if (s[0] >= 0xC2 && s[0] <= 0xDF)
        n = 2;
    else if (s[0] >= 0xE0 && s[0] <= 0xEF)
        n = 3;
    else if (s[0] >= 0xF0 && s[0] <= 0xF4)
        n = 4;
    else
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
        (s[0] == 0xF4 && s[1] > 0x8F))
        return 0; /* overlong, surrogate, or past U+10FFFF */
    return n;
}

/* Characters that stand for themselves: ASCII but for quotes, backslashes and controls. */
static size_t plain_length(const char *text)
{
    size_t n = 0;
    while (text[n] >= 0x20 && text[n] < 0x7F && text[n] != '"' && text[n] != '\\')
        n++;
    return n;
}

static void quote(tr_writer *writer, const char *text)
{
    static const char HEX[] = "0123456789abcdef";
    tr_write_char(writer, '"');
    for (const char *p = text; *p != '\0';) {
        const size_t plain = plain_length(p);
        tr_write_span(writer, p, plain);
        p += plain;
        const unsigned char c = (unsigned char)*p;
        if (c == '\0')
            break;
        if (c == '"' || c == '\\') {
            tr_write_char(writer, '\\');
            tr_write_char(writer, *p++);
        } else if (c == '\n' || c == '\t' || c == '\r') {
            tr_write_char(writer, '\\');
            tr_write_text(writer, c == '\n' ? "n" : c == '\t' ? "t" : "r");
            p++;
        } else if (c < 0x20 || c == 0x7F) {
            tr_write_text(writer, "\\u00");
            tr_write_char(writer, HEX[c >> 4]);
            tr_write_char(writer, HEX[c & 15]);
            p++;
        } else {
            const size_t n = utf8_length((const unsigned char *)p);
            tr_write_span(writer, n > 0 ? p : "\xEF\xBF\xBD", n > 0 ? n : 3);
            p += n > 0 ? n : 1;
        }
    }
    tr_write_char(writer, '"');
}

void tr_json_begin(tr_json *json, const tr_sink *sink, int pretty)
{
    tr_writer_begin(&json->writer, sink);
    json->status = TR_OK;
    json->pretty = pretty != 0;
    json->depth = 0;
    json->has_key = 0;
    json->done = 0;
    json->is_array = 0;
    json->is_inline = 0;
    json->has_item = 0;
}

static void open(tr_json *json, int is_array, int is_inline)
{
    if (json->status == TR_OK && json->depth == TR_JSON_DEPTH_MAX)
        refuse(json, TR_ECAPACITY);
    if (!tr_json_place(json))
        return;
    const uint64_t inherited = json->is_inline & level(json);
    json->depth++;
    const uint64_t here = level(json);
    json->is_array = is_array ? json->is_array | here : json->is_array & ~here;
    json->is_inline = is_inline || inherited ? json->is_inline | here : json->is_inline & ~here;
    json->has_item &= ~here;
    tr_write_char(&json->writer, is_array ? '[' : '{');
}

void tr_json_object(tr_json *json) { open(json, 0, 0); }
void tr_json_array(tr_json *json) { open(json, 1, 0); }
void tr_json_object_inline(tr_json *json) { open(json, 0, 1); }
void tr_json_array_inline(tr_json *json) { open(json, 1, 1); }

void tr_json_close(tr_json *json)
{
    if (json->status != TR_OK)
        return;
    if (json->depth == 0 || json->has_key) {
        refuse(json, TR_ECONFLICT);
        return;
    }
    const uint64_t here = level(json);
    json->depth--;
    if ((json->has_item & here) && !(json->is_inline & here))
        indent(json, json->depth);
    tr_write_char(&json->writer, json->is_array & here ? ']' : '}');
}

void tr_json_key(tr_json *json, const char *key)
{
    if (json->status != TR_OK)
        return;
    if (json->depth == 0 || (json->is_array & level(json)) || json->has_key) {
        refuse(json, TR_ECONFLICT);
        return;
    }
    separate(json);
    quote(&json->writer, key);
    tr_write_char(&json->writer, ':');
    if (json->pretty)
        tr_write_char(&json->writer, ' ');
    json->has_key = 1;
}

void tr_json_write_string(tr_writer *writer, const char *text)
{
    if (text != NULL)
        quote(writer, text);
    else
        tr_write_text(writer, "null");
}

void tr_json_string(tr_json *json, const char *text)
{
    if (tr_json_place(json))
        tr_json_write_string(&json->writer, text);
}

/* A row of digits beyond 2^53 looks like a count and is none: readers that
 * keep whole numbers apart refuse it or round it. 360000000000000000 is
 * written 3.6e17. */
static void write_large(tr_writer *writer, double value)
{
    char text[40];
    size_t n = tr_number_format(value, text, sizeof text);
    const size_t sign = text[0] == '-';
    if (strchr(text, 'e') != NULL) {
        tr_write_text(writer, text);
        return;
    }
    const double exp10 = (double)(n - sign - 1);
    while (n > sign + 1 && text[n - 1] == '0')
        n--;
    tr_write_span(writer, text, sign + 1);
    if (n > sign + 1)
        tr_write_char(writer, '.');
    tr_write_span(writer, text + sign + 1, n - sign - 1);
    tr_write_char(writer, 'e');
    tr_write_number(writer, exp10);
}

void tr_json_write_number(tr_writer *writer, double value)
{
    const double count_max = 9007199254740992.0; /* 2^53 */
    if (isfinite(value) && fabs(value) > count_max)
        write_large(writer, value);
    else
        tr_write_number(writer, value);
}

void tr_json_number(tr_json *json, double value)
{
    if (tr_json_place(json))
        tr_json_write_number(&json->writer, value);
}

void tr_json_bool(tr_json *json, int value)
{
    if (tr_json_place(json))
        tr_write_text(&json->writer, value ? "true" : "false");
}

void tr_json_null(tr_json *json)
{
    if (tr_json_place(json))
        tr_write_text(&json->writer, "null");
}

void tr_json_key_string(tr_json *json, const char *key, const char *text)
{
    tr_json_key(json, key);
    tr_json_string(json, text);
}

void tr_json_key_number(tr_json *json, const char *key, double value)
{
    tr_json_key(json, key);
    tr_json_number(json, value);
}

void tr_json_key_bool(tr_json *json, const char *key, int value)
{
    tr_json_key(json, key);
    tr_json_bool(json, value);
}

void tr_json_key_null(tr_json *json, const char *key)
{
    tr_json_key(json, key);
    tr_json_null(json);
}

void tr_json_key_object(tr_json *json, const char *key)
{
    tr_json_key(json, key);
    tr_json_object(json);
}

void tr_json_key_array(tr_json *json, const char *key)
{
    tr_json_key(json, key);
    tr_json_array(json);
}

tr_status tr_json_finish(tr_json *json)
{
    if (json->depth != 0 || !json->done)
        refuse(json, TR_ECONFLICT);
    if (json->pretty && json->status == TR_OK)
        tr_write_char(&json->writer, '\n');
    const tr_status written = tr_writer_finish(&json->writer);
    return json->status != TR_OK ? json->status : written;
}
