/* step/plan.c -- a decode pass boiled down to straight lines, and many points on them. */
#include <tokenroof/operators.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "model/context.h"
#include "step/op_work.h"
#include "step/terms.h"

enum { LINEAR = 0, EXPERTS, CACHE, LINK }; /* from LINK on: the collective's kind is added */

static void push(tr_plan *plan, const tr_plan_term *term)
{
    if (plan->term_count < TR_PLAN_TERM_MAX)
        plan->term[plan->term_count] = *term;
    plan->term_count++;
}

/* Taken from a pass of one sequence a rank: everything but caches and experts grows straight with it. */
static void take(void *context, const op_work *w, const tr_op *op)
{
    tr_plan *plan = context;
    const double token = w->token;
    tr_plan_term t = {.kind = LINEAR, .count = op->count, .group_chip = op->group_chip};
    if (op->op_class >= TR_OP_ALL_REDUCE) {
        t.kind = LINK + (int)tr_op_collective_kind(op->op_class);
        t.message_byte_per_token = op->message_byte / token;
        push(plan, &t);
        return;
    }
    t.compute_s_per_token = op->flop / op->flop_per_s / token;
    t.memory_s = op->weight_byte / op->byte_per_s;
    if (op->op_class == TR_OP_MOE) {
        t.kind = EXPERTS;
        t.memory_s = op->weight_byte / (op->touched_count / op->experts) / op->byte_per_s;
    } else if (op->op_class == TR_OP_STATE) {
        t.memory_s_per_token = op->kv_byte / op->byte_per_s / token;
    } else if (op->op_class >= TR_OP_DECODE_ATTENTION && op->op_class <= TR_OP_INDEX) {
        if (op->layer < 0) { /* a chalkboard's bytes per token of context */
            t = (tr_plan_term){.kind = CACHE, .count = 1.0, .token_per_row = 1.0};
            t.byte_s_per_row = w->model->kv_byte_per_token / w->layout.tp_rank / op->byte_per_s;
            t.memory_s_per_token = w->model->state_byte_per_seq / w->layout.tp_rank / op->byte_per_s;
            push(plan, &t);
            return;
        }
        /* One term a cache; those of one operator share its roof (count 0 until the last). */
        const tr_layer *l = &w->model->layer[op->layer];
        const int index = op->op_class == TR_OP_INDEX;
        int last = -1;
        for (int k = 0; k < l->cache_count; k++)
            if ((l->cache[k].kind == TR_CACHE_INDEX) == index)
                last = k;
        for (int k = 0; k <= last; k++) {
            const tr_cache *c = &l->cache[k];
            if ((c->kind == TR_CACHE_INDEX) != index)
                continue;
            const double tp = w->layout.tp_rank;
            t = (tr_plan_term){.kind = CACHE, .count = k == last ? op->count : 0.0, .token_per_row = c->token_per_row,
                               .row_cap = c->row_cap, .read_cap = c->read_cap};
            t.flop_s_per_row = c->flop_per_row / (index ? 1.0 : tp) / op->flop_per_s;
            t.byte_s_per_row = c->elem * w->roof.kv_elem_byte / tr_op_kv_split(l, c, tp) / op->byte_per_s;
            push(plan, &t);
        }
        return;
    }
    /* Matrices one after another stay apart: each has a corner of its own. */
    push(plan, &t);
}

tr_status tr_plan_of(const tr_model *model, const tr_system *system, const tr_layout *layout, const tr_dtypes *dtypes,
                     tr_plan *out, tr_error *err)
{
    op_work w;
    tr_status s = tr_op_work_of(model, system, layout, dtypes, &w, err);
    if (s == TR_OK && out == NULL)
        return tr_fail(err, TR_EMISSING, "plan", 0.0, "expected a place for the plan");
    if (s != TR_OK)
        return s;
    const tr_pass one = {.decode_seq = 1.0, .token_per_seq = 1.0};
    s = tr_op_work_pass(&w, &one, err);
    if (s != TR_OK)
        return s;
    out->term_count = 0;
    tr_op_walk(&w, take, out);
    if (out->term_count > TR_PLAN_TERM_MAX)
        return tr_fail(err, TR_ECAPACITY, "plan", (double)out->term_count,
                       "the pass has %zu distinct operators, a plan holds %d", out->term_count, TR_PLAN_TERM_MAX);
    out->system = *system;
    out->layout = w.layout;
    out->expert_idle_share = w.roof.expert_idle_share;
    out->batch_share_ratio = w.batch_share;
    out->repeat_count = w.repeat;
    return TR_OK;
}

static double point_s(const tr_plan *plan, double batch_seq, double context_token)
{
    if (!(batch_seq >= 1.0 && batch_seq <= STEP_BATCH_MAX_SEQ) ||
        !(context_token >= 0.0 && context_token <= STEP_CONTEXT_MAX_TOKEN))
        return (double)NAN;
    double seq = batch_seq * plan->batch_share_ratio;
    seq = seq > 1.0 ? seq : 1.0;
    const double touched = tr_expert_touched_share(plan->expert_idle_share, seq * plan->layout.dp_rank);
    double work_s = 0.0, links_s = 0.0, flop_s = 0.0, read_s = 0.0;
    for (size_t i = 0; i < plan->term_count; i++) {
        const tr_plan_term *t = &plan->term[i];
        if (t->kind <= EXPERTS) { /* [R28] */
            const double compute_s = seq * t->compute_s_per_token;
            const double memory_s =
                t->kind == LINEAR ? t->memory_s + seq * t->memory_s_per_token : t->memory_s * touched;
            work_s += t->count * (compute_s > memory_s ? compute_s : memory_s);
        } else if (t->kind == CACHE) {
            const tr_cache cache = {.token_per_row = t->token_per_row, .row_cap = t->row_cap, .read_cap = t->read_cap};
            const double rows = tr_cache_read_row(&cache, context_token);
            flop_s += seq * rows * t->flop_s_per_row;
            read_s += seq * (rows * t->byte_s_per_row + t->memory_s_per_token);
            if (t->count > 0.0) {
                work_s += t->count * (flop_s > read_s ? flop_s : read_s);
                flop_s = read_s = 0.0;
            }
        } else {
            tr_collective c = {.time_s = (double)NAN};
            (void)tr_collective_of(&plan->system, (tr_collective_kind)(t->kind - LINK), t->group_chip,
                                   seq * t->message_byte_per_token, &c, NULL);
            links_s += t->count * c.time_s;
        }
    }
    const double once_s = plan->layout.overlap ? (work_s > links_s ? work_s : links_s) : work_s + links_s;
    return plan->repeat_count * once_s;
}

void tr_plan_step_array(const tr_plan *plan, size_t n, const double *batch_seq, const double *context_token,
                        double *step_s)
{
    for (size_t i = 0; i < n; i++)
        step_s[i] = plan == NULL ? (double)NAN : point_s(plan, batch_seq[i], context_token[i]);
}
