/* claims/printed.c -- forms as the sources print them and this library does not have them, being wrong.
 *
 * Only here, so that a wrong number can be shown beside the right one.
 */
#include "claims/question.h"

/* The balance batch with the sparsity upside down: tokens of the chip's balance x active / total. */
static double squared(double x) { return x * x; }
TR_CLAIM_CASE(balance_inverted,
              tr_balance_batch_seq(&q->roof, 0.0) / squared(q->model->total_param / q->model->active_param))

/* The memory side as the larger of its two streams. */
TR_CLAIM_PASS(memory_as_max, step.weights_s > step.kv_s ? step.weights_s : step.kv_s)

/* KV elements of a token as embedding x layers x heads x 2, of the first layer. */
TR_CLAIM_MODEL(kv_by_hidden, m->hidden * m->layers * m->layer[0].heads * 2.0)

/* A token's cost with its utilisation multiplied. */
TR_CLAIM_FORMULA(token_cost_multiplied, v[0] / 6.0 * v[1], "flop_per_param", "mfu_ratio")

static const tr_claim_question questions[] = {
    {"printed.balance_inverted_seq", TR_UNIT_SEQ, "the form as printed", "", balance_inverted},
    {"printed.memory_as_max_s", TR_UNIT_SECOND, "the form as printed", "", memory_as_max},
    {"printed.kv_by_hidden_elem", TR_UNIT_NONE, "the form as printed", "", kv_by_hidden},
    {"printed.token_cost_multiplied_ratio", TR_UNIT_NONE, "the form as printed", "", token_cost_multiplied},
};
TR_CLAIM_QUESTIONS(tr_claim_printed_questions, questions);
