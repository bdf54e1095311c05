/* model/catalog_table.h -- the catalog as compiled in: read-only, generated from data/models at build time.
 *
 * No pointers: a table of pointers is relocated at load time and so becomes
 * writable data. Every text is an offset into tr_model_catalog_text; offset 0
 * is the empty text. Models are sorted by name (bytes); the keys of one model
 * lie together, in the order in which they are to be set.
 */
#ifndef TOKENROOF_SRC_MODEL_CATALOG_TABLE_H
#define TOKENROOF_SRC_MODEL_CATALOG_TABLE_H

#include <stdint.h>

enum { TR_CATALOG_NULL = 0, TR_CATALOG_NUMBER = 1, TR_CATALOG_TEXT = 2, TR_CATALOG_BOOL = 3 };

typedef struct tr_catalog_key {
    uint32_t key;    /* flat path: "text_config.layer_types.3" */
    uint32_t kind;   /* TR_CATALOG_* */
    uint32_t text;   /* TEXT */
    uint32_t repeat; /* >= 1; above 1 the key is a list and ends in ".N": this value for N, N+1, ... */
    double number;   /* NUMBER; BOOL: 0 or 1 */
} tr_catalog_key;

typedef struct tr_catalog_model {
    uint32_t name;      /* "deepseek-v3" */
    uint32_t hf_id;     /* "deepseek-ai/DeepSeek-V3" */
    uint32_t aliases;   /* other names and ids, separated by '|' */
    uint32_t family;    /* empty: from `architectures` */
    uint32_t source;    /* with date */
    uint32_t first_key; /* into tr_model_catalog_key */
    uint32_t key_count;
    uint32_t reserved;        /* 0 */
    double weight_total_byte; /* exact stored bytes where known, else 0 */
} tr_catalog_model;

extern const char tr_model_catalog_text[];
extern const tr_catalog_key tr_model_catalog_key[];
extern const tr_catalog_model tr_model_catalog_table[];
extern const uint32_t tr_model_catalog_size;

#endif
