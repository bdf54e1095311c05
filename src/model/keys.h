/* model/keys.h -- reading a tr_config inside the room: typed, range-checked getters with a sticky error.
 *
 * A reader keeps the first failure (with key, line and what was expected) and
 * from then on every getter returns a harmless value, so that a builder reads
 * like the formula it stands for and checks once, at its end.
 *
 * `names` is one key or alternatives separated by '|': "hidden_size|n_embd|d_model".
 * Every alternative is looked up below the reader's prefix ("text_config."). An
 * explicit null counts as absent: Hugging Face writes one for "not set".
 */
#ifndef TOKENROOF_SRC_MODEL_KEYS_H
#define TOKENROOF_SRC_MODEL_KEYS_H

#include <tokenroof/model.h>

typedef enum tr_value_kind {
    TR_VALUE_NULL = 0,
    TR_VALUE_NUMBER,
    TR_VALUE_TEXT,
    TR_VALUE_BOOL,
    TR_VALUE_SHAPE /* no plain value: an object, a list, Infinity; only typed getters see it, and refuse it */
} tr_value_kind;

typedef struct tr_value {
    tr_value_kind kind;
    int line;
    double number;    /* NUMBER; BOOL: 0 or 1 */
    const char *text; /* TEXT; SHAPE: what it is; owned by the config */
    size_t place;     /* its number in document order, from 1; 0: no entry of the config */
} tr_value;

/* Whole set, in document order. */
size_t tr_config_count(const tr_config *config);
/* Entry index; key (terminated) and value. index < count. */
const char *tr_config_at(const tr_config *config, size_t index, tr_value *value);

#define TR_KEYS_DIM_MAX 1e9       /* widths, counts of heads, layers, experts */
#define TR_KEYS_TOKEN_MAX 1e12    /* contexts */
#define TR_KEYS_LAYER_MAX 16384.0 /* numbers of layers, and periods of them */

#define TR_KEYS_PREFIX_MAX 128

typedef struct tr_keys {
    const tr_config *config;
    char prefix[TR_KEYS_PREFIX_MAX];
    const char *defaults; /* model_type whose class defaults stand in for absent keys; NULL = none */
    unsigned char *read;  /* a bit for each entry of the config: set where it was looked at. NULL = not kept */
    tr_error *err;        /* the caller's, may be NULL */
    tr_status status;     /* of the first failure */
} tr_keys;

void tr_keys_init(tr_keys *keys, const tr_config *config, const char *prefix, tr_error *err);

/* A config inside a config leaves out what equals its class's default. 1 and *value if that of this
 * model_type has one for the key name[0..length). */
int tr_key_default(const char *type, const char *name, size_t length, double *value);

/* 1 and *value if one of names is present and not null; never fails. */
int tr_keys_find(const tr_keys *keys, const char *names, tr_value *value);
int tr_keys_has(const tr_keys *keys, const char *names);
/* All of names, and the items of lists by these names, count as looked at: what they say follows from another key,
 * or is switched off by one. */
void tr_keys_know(const tr_keys *keys, const char *names);
/* 1 if entry `place` of the config was looked at. */
int tr_keys_was_read(const tr_keys *keys, size_t place);

/* Whole numbers in [least, most]. The required form fails with TR_EMISSING; the
 * other returns fallback where the key is absent. */
double tr_keys_whole(tr_keys *keys, const char *names, double least, double most);
double tr_keys_whole_or(tr_keys *keys, const char *names, double least, double most, double fallback);
/* Dimensions: whole, 1 .. TR_KEYS_DIM_MAX. */
double tr_keys_dim(tr_keys *keys, const char *names);
double tr_keys_dim_or(tr_keys *keys, const char *names, double fallback);
/* Any finite number in [least, most]. */
double tr_keys_number_or(tr_keys *keys, const char *names, double least, double most, double fallback);
int tr_keys_bool(tr_keys *keys, const char *names);
int tr_keys_bool_or(tr_keys *keys, const char *names, int fallback);
/* NULL only as fallback, or after a failure of the required form. */
const char *tr_keys_text(tr_keys *keys, const char *names);
const char *tr_keys_text_or(tr_keys *keys, const char *names, const char *fallback);

/* Lists of plain values: "name.0", "name.1", ... One name, no alternatives. */
size_t tr_keys_list_length(const tr_keys *keys, const char *name);
int tr_keys_item_find(const tr_keys *keys, const char *name, size_t index, tr_value *value);
double tr_keys_item_whole(tr_keys *keys, const char *name, size_t index, double least, double most);
const char *tr_keys_item_text(tr_keys *keys, const char *name, size_t index);
/* Fails (TR_ECONFLICT) if the list is present but has not least .. most items, one for each of `of`. */
void tr_keys_list_expect(tr_keys *keys, const char *name, double least, double most, const char *of);

/* Record a failure about the first present of names (or its first name, if none is): the line is looked
 * up. Does nothing after an earlier failure. */
void tr_keys_fail(tr_keys *keys, tr_status status, const char *names, double value, const char *text, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 5, 6)))
#endif
    ;

#endif
