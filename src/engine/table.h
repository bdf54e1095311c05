/* engine/table.h -- the records of data/engines as tools/embed_engines.py writes them. */
#ifndef TOKENROOF_SRC_ENGINE_TABLE_H
#define TOKENROOF_SRC_ENGINE_TABLE_H

#include <tokenroof/engine.h>

extern const tr_engine tr_engine_table[];
extern const uint32_t tr_engine_table_count;

/* Other spellings of an engine's name. */
typedef struct tr_engine_alias {
    char alias[24];
    char name[24];
} tr_engine_alias;
extern const tr_engine_alias tr_engine_alias_table[];
extern const uint32_t tr_engine_alias_count;

#endif
