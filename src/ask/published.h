/* ask/published.h -- a preset's answer in its source's own words and digits, to be held against the
 * source. */
#ifndef TOKENROOF_SRC_ASK_PUBLISHED_H
#define TOKENROOF_SRC_ASK_PUBLISHED_H

#include "ask/step_row.h"

/* Both write nothing where the scenario did not start from a preset. */
void tr_published_text(const tr_scenario *scenario, const tr_step_row *row, const tr_style *style,
                       tr_writer *out);
void tr_published_json(const tr_scenario *scenario, const tr_step_row *row,
                       tr_json *json); /* "published": {...} */

#endif
