/* ask/equations.c -- docs/equations.md as a read-only table. */
#include <tokenroof/ask.h>

#include "base/text.h"

static const tr_equation equations[] = {
#include "ask/equations.inc"
    {NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL}, /* the end */
};
static const size_t equation_count = sizeof equations / sizeof equations[0] - 1;

size_t tr_equation_count(void) { return equation_count; }

const tr_equation *tr_equation_at(size_t index) { return index < equation_count ? &equations[index] : NULL; }

const tr_equation *tr_equation_find(const char *id)
{
    for (size_t i = 0; i < equation_count; i++)
        if (tr_text_same(equations[i].id, id))
            return &equations[i];
    return NULL;
}
