/* io/config_flat.h -- a flat JSON file to the keys of a model. */
#ifndef TOKENROOF_SRC_IO_CONFIG_FLAT_H
#define TOKENROOF_SRC_IO_CONFIG_FLAT_H

#include <tokenroof/model.h>

#include "io/json_flat.h"

/* All entries of flat below prefix ("" for all; "config" for a catalog entry)
 * as a tr_config, freed with tr_config_destroy. What cannot matter to an
 * architecture is left out: texts of 4,096 bytes and more (chat templates),
 * empty lists and objects, keys of 256 bytes and more, and in per-tensor
 * quantisation lists every expert but number 0 (its siblings are alike, and
 * there are tens of thousands).
 * Errors: as tr_config_set_number, with line and column. */
tr_status tr_config_from_flat(const tr_flat *flat, const char *prefix, tr_config **out, tr_error *err);

#endif
