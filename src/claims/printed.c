/* claims/printed.c -- forms as the sources print them and this library does not have them, being wrong.
 *
 * Only here, so that a wrong number can be shown beside the right one.
 */
#include "claims/question.h"

/* The balance batch with the sparsity upside down: tokens of the chip's balance x active / total. */
static tr_status balance_inverted(const char *with, double *out, tr_error *err)
{
    tr_problem c;
    const tr_status s = tr_claim_case(with, &c, err);
    if (s == TR_OK) {
        const double right_seq = tr_balance_batch_seq(&c.roof, c.model, 0.0);
        const double sparsity_ratio = c.model->total_param / c.model->active_param;
        *out = right_seq / sparsity_ratio / sparsity_ratio;
    }
    return s;
}

/* The memory side as the larger of its two streams. */
static tr_status memory_as_max(const char *with, double *out, tr_error *err)
{
    tr_problem c;
    tr_step step;
    tr_status s = tr_claim_case(with, &c, err);
    if (s == TR_OK)
        s = tr_bound_step(&c.roof, c.model, &c.load, &step, err);
    if (s == TR_OK)
        *out = step.weights_s > step.kv_s ? step.weights_s : step.kv_s;
    return s;
}

/* KV elements of a token as embedding x layers x heads x 2, of the first layer. */
static tr_status kv_by_hidden(const char *with, double *out, tr_error *err)
{
    tr_model m;
    const tr_status s = tr_claim_model(with, &m, err);
    if (s == TR_OK)
        *out = m.hidden * m.layers * m.layer[0].heads * 2.0;
    return s;
}

/* A token's cost with its utilisation multiplied. */
TR_CLAIM_FORMULA(token_cost_multiplied, v[0] / 6.0 * v[1], "flop_per_param", "mfu_ratio")

static const tr_claim_question questions[] = {
    {"printed.balance_inverted_seq", TR_UNIT_SEQ, "the form as printed", "", balance_inverted},
    {"printed.memory_as_max_s", TR_UNIT_SECOND, "the form as printed", "", memory_as_max},
    {"printed.kv_by_hidden_elem", TR_UNIT_NONE, "the form as printed", "", kv_by_hidden},
    {"printed.token_cost_multiplied_ratio", TR_UNIT_NONE, "the form as printed", "", token_cost_multiplied},
};
TR_CLAIM_QUESTIONS(tr_claim_printed_questions, questions);
