/* model/config_lookup.h -- looking a key up by its hashed pieces, without building the path first. */
#ifndef TOKENROOF_SRC_MODEL_CONFIG_LOOKUP_H
#define TOKENROOF_SRC_MODEL_CONFIG_LOOKUP_H

#include "model/keys.h"

#define TR_CONFIG_ENTRY_MAX 65536

/* FNV-1a, continued piece by piece: hash(hash(START, "text_config."), "hidden_size"). */
#define TR_CONFIG_HASH_START 2166136261u
uint32_t tr_config_hash(uint32_t hash, const char *text, size_t length);

/* 1 and *value if the key head + tail is set (null included). hash is that of the whole key. */
int tr_config_lookup(const tr_config *config, uint32_t hash, const char *head, size_t head_length,
                     const char *tail, size_t tail_length, tr_value *value);

/* What stands at a key in place of a plain value ("an object", "Infinity"). It is no entry of the config, but who asks
 * for a number there is told of it. Errors: as tr_config_set_text. */
tr_status tr_config_set_shape(tr_config *config, const char *key, const char *what, int line, tr_error *err);
/* The shapes as a config of their own, each key's text the word for it; NULL if there are none. */
const tr_config *tr_config_shapes(const tr_config *config);

#endif
