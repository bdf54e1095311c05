/* base/json.h -- a small JSON writer over a tr_sink: no allocation, always well-formed or an error.
 *
 *     tr_json j;
 *     tr_json_begin(&j, sink, 1);
 *     tr_json_object(&j);
 *     tr_json_key(&j, "step_s");
 *     tr_json_number(&j, 0.0128);
 *     tr_json_close(&j);
 *     return tr_json_finish(&j);
 *
 * Calls never fail at the call; the first mistake sticks and finish tells:
 * TR_EIO (the sink stopped), TR_ECAPACITY (deeper than 32), TR_ECONFLICT (a
 * value without a key, a key in an array, a close too many or too few).
 */
#ifndef TOKENROOF_SRC_BASE_JSON_H
#define TOKENROOF_SRC_BASE_JSON_H

#include "base/sink.h"

#define TR_JSON_DEPTH_MAX 32

typedef struct tr_json {
    tr_writer writer;
    tr_status status;
    int pretty;
    int depth;
    int has_key;        /* a key waits for its value */
    int done;           /* the one top value is complete */
    uint64_t is_array;  /* one bit a level */
    uint64_t is_inline;
    uint64_t has_item;
} tr_json;

/* pretty: two blanks a level and a newline at the end; else one line with neither. */
void tr_json_begin(tr_json *json, const tr_sink *sink, int pretty);

void tr_json_object(tr_json *json);
void tr_json_array(tr_json *json);
/* The same, kept on one line when pretty: for short rows. Everything inside is on that line too. */
void tr_json_object_inline(tr_json *json);
void tr_json_array_inline(tr_json *json);
void tr_json_close(tr_json *json);

void tr_json_key(tr_json *json, const char *key);
void tr_json_string(tr_json *json, const char *text);    /* NULL writes null; bad UTF-8 becomes U+FFFD */
void tr_json_number(tr_json *json, double value);        /* not finite: null; beyond 2^53 with an exponent */
void tr_json_bool(tr_json *json, int value);
void tr_json_null(tr_json *json);

/* A key and its value in one call. */
void tr_json_key_string(tr_json *json, const char *key, const char *text);
void tr_json_key_number(tr_json *json, const char *key, double value);
void tr_json_key_bool(tr_json *json, const char *key, int value);
void tr_json_key_null(tr_json *json, const char *key);
void tr_json_key_object(tr_json *json, const char *key);
void tr_json_key_array(tr_json *json, const char *key);

tr_status tr_json_finish(tr_json *json);

/* Whether a value may stand here; then the caller writes exactly one to json->writer. */
int tr_json_place(tr_json *json);
/* The values of tr_json_string and tr_json_number. */
void tr_json_write_string(tr_writer *writer, const char *text);
void tr_json_write_number(tr_writer *writer, double value);

#endif
