/* write/schema.h -- the JSON Schema of an answer's rows and document, from the fields that write them. */
#ifndef TOKENROOF_SRC_WRITE_SCHEMA_H
#define TOKENROOF_SRC_WRITE_SCHEMA_H

#include "write/rows.h"

/* The document's schema: what heads it, its array of rows, and rows as $defs.row. Errors: TR_EIO. */
tr_status tr_rows_schema(const tr_rows *rows, const tr_sink *sink);

#endif
