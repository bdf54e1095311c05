/* model/config_copy.h -- a copy of a config with some keys set, and with more or fewer layers. */
#ifndef TOKENROOF_SRC_MODEL_CONFIG_COPY_H
#define TOKENROOF_SRC_MODEL_CONFIG_COPY_H

#include "model/keys.h"

/* Sets a key, or each item of a list by that name; a factor multiplies the number that is there. */
typedef struct tr_config_edit {
    const char *key; /* below the prefix, without list positions */
    tr_value value;
    int is_factor;
} tr_config_edit;

typedef struct tr_config_copying {
    const char *prefix; /* where the language model's keys stand */
    tr_config_edit *edits;
    size_t edit_count;
    double layers, layers_to; /* as they are, and as they shall be; the same: lists stay as they are */
} tr_config_copying;

/* Allocates *out: tr_config_destroy. Where the number of layers changes, lists and patterns that have an item a layer
 * are cut, or go on from their beginning; lists of layers' numbers too. Errors: TR_ENOMEM, TR_ECAPACITY,
 * TR_ECONFLICT (more layers, and a text tells which are sparse). */
tr_status tr_config_copy(const tr_config *from, const tr_config_copying *how, tr_config **out, tr_error *err);

#endif
