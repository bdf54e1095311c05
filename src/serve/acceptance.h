/* serve/acceptance.h -- measured acceptances, as tools/embed_spec.py writes them from data/spec while building. */
#ifndef TOKENROOF_SRC_SERVE_ACCEPTANCE_H
#define TOKENROOF_SRC_SERVE_ACCEPTANCE_H

#include <stdint.h>

/* Tokens out of one step with so many drafted, the step's own among them. No pointers: it stays in read-only memory. */
typedef struct tr_spec_row {
    char model[48], method[16], dataset[48], source[64], date[12];
    int32_t thinking;
    double drafted_token, kept_token;
} tr_spec_row;

extern const tr_spec_row tr_spec_table[];
extern const uint32_t tr_spec_count;

#endif
