/* model/catalog_empty.c -- a catalog of nothing, for builds without the generated one. */
#include "model/catalog_table.h"

const char tr_model_catalog_text[] = "";
const tr_catalog_key tr_model_catalog_key[] = {{0, TR_CATALOG_NULL, 0, 1, 0}};
const tr_catalog_model tr_model_catalog_table[] = {{0, 0, 0, 0, 0, 0, 0, 0, 0}};
const uint32_t tr_model_catalog_size = 0;
