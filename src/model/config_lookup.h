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

#endif
