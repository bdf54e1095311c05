/* pass/walk.c -- the walk over all operators of a pass, and those that draft what it verifies. */
#include <tokenroof/pass.h>

#include <math.h>

#include "base/fail.h"
#include "pass/work.h"

/* ---- drafts ------------------------------------------------------------------------------ */

double tr_pass_drafted_token(const tr_shard *shard, const tr_pass *pass)
{
    const int drafts = shard->model->draft_model != NULL || shard->model->mtp_layers > 0.0;
    return drafts && shard->formats.draft_token > 0.0 && pass->decode_seq > 0.0 ? pass->token_per_seq - 1.0 : 0.0;
}

/* Whose operators are handed on as drafts. */
typedef struct drafting {
    const pass_work *of;
    double count, layer_count;   /* passes of a token each, and of each layer: prediction layers take turns */
    int in_group;                /* its experts are shared as the target's are; else each rank has its own */
} drafting;

/* Each pass has one new token of each sequence that decodes, whatever the target's pass has. */
static void hand_on(void *context, const pass_work *work, const tr_op *op)
{
    const drafting *d = context;
    const int group = d->in_group && (op->grows == TR_GROWS_GROUP_TOKEN || op->grows == TR_GROWS_GROUP_SEQ);
    tr_op draft = *op;
    draft.name = "draft";
    draft.count *= op->layer >= 0 ? d->layer_count : d->count;
    draft.grows = group ? TR_GROWS_GROUP_SEQ : TR_GROWS_DECODE_SEQ;
    d->of->visit(d->of->context, work, &draft);
}

/* [R29] By the model's own prediction layers, one of them a token. */
static void predict(const pass_work *w, double drafted)
{
    drafting d = {w, drafted, drafted / w->model->mtp_layers, 1};
    pass_work own = *w;
    own.pass.token_per_seq = 1.0;
    own.pass.prefill_seq = own.prefill_seq = own.prefill_token = 0.0;
    own.decode_token = own.token = own.head_token = own.decode_seq;
    own.group_token = own.group_seq;
    own.has_host = 0; /* what drafts is on the chips */
    own.visit = hand_on;
    own.context = &d;
    tr_pass_predict(&own);
}

/* By a model of its own on the same chips. That it can be was checked with the pass. */
static void imitate(const pass_work *w, double drafted)
{
    drafting d = {w, drafted, drafted, 0};
    const tr_pass pass = {.decode_seq = w->decode_seq, .decode_context_token = w->pass.decode_context_token,
                          .token_per_seq = 1.0};
    tr_shard shard;
    pass_work own;
    if (tr_shard_draft(w->shard, &shard, NULL) != TR_OK || tr_pass_work_of(&shard, &own, NULL) != TR_OK ||
        tr_pass_work_load(&own, &pass, NULL) != TR_OK)
        return;
    own.visit = hand_on;
    own.context = &d;
    tr_pass_stack(&own);
}

/* ---- the pass ------------------------------------------------------------------------------ */

void tr_pass_walk(pass_work *w, pass_visit visit, void *context)
{
    const double drafted = w->decode_seq > 0.0 ? tr_pass_drafted_token(w->shard, &w->pass) : 0.0;
    w->visit = visit;
    w->context = context;
    tr_pass_stack(w);
    if (w->has_host)
        tr_pass_host(w);
    if (drafted > 0.0 && w->model->draft_model != NULL)
        imitate(w, drafted);
    else if (drafted > 0.0)
        predict(w, drafted);
    if (w->model->layer_kinds > 0)
        tr_pass_stages(w);
}

typedef struct collected {
    tr_op *ops;
    size_t capacity, count;
} collected;

static void collect(void *context, const pass_work *work, const tr_op *op)
{
    collected *c = context;
    (void)work;
    if (c->count < c->capacity)
        c->ops[c->count] = *op;
    c->count++;
}

tr_status tr_operator_list(const tr_shard *shard, const tr_pass *pass, tr_op *ops, size_t capacity, size_t *count,
                           tr_error *err)
{
    pass_work w;
    if (count == NULL || (ops == NULL && capacity > 0))
        return tr_fail(err, TR_EMISSING, "ops", 0.0, "expected a place for the operators and their count");
    tr_status s = tr_pass_work_of(shard, &w, err);
    if (s == TR_OK)
        s = tr_pass_work_load(&w, pass, err);
    if (s != TR_OK)
        return s;
    collected c = {ops, capacity, 0};
    tr_pass_walk(&w, collect, &c);
    *count = c.count;
    if (c.count > capacity)
        return tr_fail(err, TR_ECAPACITY, "ops", (double)c.count, "the pass has %zu operators, there is space for %zu",
                       c.count, capacity);
    return TR_OK;
}
