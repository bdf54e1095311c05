/* ask/prepare.h -- what verbs of one pass take where nothing was said, and what they refuse. */
#ifndef TOKENROOF_SRC_ASK_PREPARE_H
#define TOKENROOF_SRC_ASK_PREPARE_H

#include <tokenroof/problem.h>

/* step --by operator */
int tr_is_by_operator(const tr_scenario *scenario);

/* 1 where one of the passes asked for is a prefill. */
int tr_asks_prefill(const tr_scenario *scenario);

/* As tr_verb's prepare. */
tr_status tr_prepare_step(tr_scenario *scenario, tr_error *err);
tr_status tr_prepare_curve(tr_scenario *scenario, tr_error *err);
tr_status tr_prepare_roof(tr_scenario *scenario, tr_error *err);
tr_status tr_prepare_lifecycle(tr_scenario *scenario, tr_error *err);
tr_status tr_prepare_memory(tr_scenario *scenario, tr_error *err);
/* What fits is asked of every format apart: the question itself is of the chips alone, with the host beside them told.
 * As tr_verb's resolve. Allocates and frees. */
tr_status tr_local_question(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                            tr_problem *out, tr_error *err);
tr_status tr_prepare_local(tr_scenario *scenario, tr_error *err);
tr_status tr_prepare_layout(tr_scenario *scenario, tr_error *err);

#endif
