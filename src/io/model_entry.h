/* io/model_entry.h -- one file of data/models: a catalog entry, checked.
 *
 * Read at build time (into the catalog compiled in) and at run time (--data).
 * Its form is described in data/models/README.md.
 */
#ifndef TOKENROOF_SRC_IO_MODEL_ENTRY_H
#define TOKENROOF_SRC_IO_MODEL_ENTRY_H

#include "io/json_flat.h"

#define TR_ENTRY_CONFIG "config" /* prefix of the keys that make the architecture */

/* All texts belong to flat; "" where absent. */
typedef struct tr_model_entry {
    tr_flat *flat;
    const char *name;
    const char *hf_id;
    const char *family; /* forces a family; "" = from `architectures` */
    const char *licence;
    const char *source;
    const char *date;
    char aliases[2048];       /* separated by '|' */
    double weight_total_byte; /* exact stored bytes, 0 = not known */
    double published_param;   /* rounded, as its makers state it; 0 = not stated */
    double stored_param;      /* exact number of stored elements, 0 = not known */
    double difference_param;  /* sum of the named differences: stored_param less the language model */
} tr_model_entry;

/* 1 if flat looks like an entry and not like a config.json. */
int tr_model_entry_is(const tr_flat *flat);

/* Check flat and take it over: on success tr_model_entry_free(out) frees it, on
 * error it stays the caller's. Errors, each with its line: TR_EMISSING, TR_EUNKNOWN
 * (a key that is not of the form), TR_EPARSE (of another kind than expected), TR_EDOMAIN. */
tr_status tr_model_entry_from_flat(tr_flat *flat, tr_model_entry *out, tr_error *err);

/* Read path; the name must be the file's name without ".json". Errors: also as tr_flat_read, TR_ECONFLICT. */
tr_status tr_model_entry_read(const char *path, tr_model_entry *out, tr_error *err);

void tr_model_entry_free(tr_model_entry *entry);

/* Sum of differences whose name starts with what ("multi-token prediction"). */
double tr_model_entry_difference_param(const tr_model_entry *entry, const char *what);

#endif
