/* model/catalog_find.h -- a model of the catalog by any of its names. */
#ifndef TOKENROOF_SRC_MODEL_CATALOG_FIND_H
#define TOKENROOF_SRC_MODEL_CATALOG_FIND_H

#include <tokenroof/model.h>

#include "model/catalog_table.h"

/* By name, id or alias; else what is left of a name of somebody who packed it again, with the format that it says
 * and *is_packed 1. NULL and err with a suggestion if there is none, or several. */
const tr_catalog_model *tr_catalog_find(const char *name, tr_weight_format *format, int *is_packed, tr_error *err);

#endif
