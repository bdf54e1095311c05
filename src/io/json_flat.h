/* io/json_flat.h -- JSON text to a flat list of "path = value", each with its line and column.
 *
 * Reads every JSON file of the program: config.json, catalog entries, chips,
 * scenarios. The text is checked by jansson (RFC 8259, UTF-8, duplicate keys
 * refused); a second walk over the checked text finds where each value stands,
 * which jansson does not keep. Two things differ from plain JSON: a byte order
 * mark is skipped, and a bare Infinity, which Python writes into some published
 * config.json, is read as a null whose text is "Infinity". NaN is refused.
 */
#ifndef TOKENROOF_SRC_IO_JSON_FLAT_H
#define TOKENROOF_SRC_IO_JSON_FLAT_H

#include <tokenroof/base.h>

#define TR_JSON_SIZE_MAX ((size_t)16 << 20)    /* bytes of text */
#define TR_JSON_DEPTH_MAX 32                   /* objects and lists inside each other */
#define TR_JSON_KEY_MAX 1024                   /* bytes of a whole path */
#define TR_JSON_INTEGER_MAX 9007199254740992.0 /* 2^53: beyond it a double cannot count */

typedef enum tr_flat_kind {
    TR_FLAT_NULL = 0,
    TR_FLAT_BOOL, /* number is 0 or 1 */
    TR_FLAT_NUMBER,
    TR_FLAT_TEXT,
    TR_FLAT_EMPTY_LIST, /* containers show only where they hold nothing */
    TR_FLAT_EMPTY_OBJECT
} tr_flat_kind;

typedef struct tr_flat_entry {
    const char *key; /* "text_config.layer_types.3" */
    tr_flat_kind kind;
    int whole; /* a number written without fraction or exponent */
    double number;
    const char *text; /* "" unless TR_FLAT_TEXT, or an Infinity */
    int line, column; /* of the value, 1-based */
} tr_flat_entry;

/* Entries in document order; owns every key and text. One thread at a time. */
typedef struct tr_flat tr_flat;

/* Parse text, which need not be terminated. The outermost value must be an
 * object. *out is freed with tr_flat_destroy.
 * Errors: TR_EPARSE (with line and column), TR_ECONFLICT (a key twice),
 * TR_EDOMAIN (an integer beyond 2^53, or a number too large), TR_ECAPACITY (size, depth, key length),
 * TR_ENOMEM. */
tr_status tr_flat_parse(const char *text, size_t size, tr_flat **out, tr_error *err);

/* The same from a file; error texts start with the file's name. Errors: also TR_EIO. */
tr_status tr_flat_read(const char *path, tr_flat **out, tr_error *err);

void tr_flat_destroy(tr_flat *flat); /* NULL is fine */

size_t tr_flat_count(const tr_flat *flat);
const tr_flat_entry *tr_flat_at(const tr_flat *flat, size_t index);      /* NULL past the end */
const tr_flat_entry *tr_flat_find(const tr_flat *flat, const char *key); /* NULL if absent; logarithmic */

/* The part of key after prefix and a dot, or NULL if key does not begin so;
 * an empty prefix gives key itself. */
const char *tr_flat_below(const char *key, const char *prefix);

/* "null", "a text", ...: for messages. */
const char *tr_flat_kind_name(tr_flat_kind kind);

#endif
