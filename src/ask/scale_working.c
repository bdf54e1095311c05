/* ask/scale_working.c -- the equations behind each part of `scale`, with the numbers of one of its rows. */
#include <math.h>
#include <string.h>

#include "ask/scale.h"
#include "ask/working.h"

static void put(tr_working *w, const char *name, tr_unit unit, double value)
{
    tr_working_put(w, name, unit, value, 0);
}
static void result(tr_working *w, const char *name, tr_unit unit, double value)
{
    tr_working_put(w, name, unit, value, 1);
}

static void pass(const tr_problem *p, double batch_seq, double context_token, tr_workings *out)
{
    const tr_load load = {TR_PHASE_DECODE, batch_seq, context_token, 1.0};
    tr_step bound, predicted;
    if (tr_problem_step(p, TR_PHYSICS_BOUND, &load, &bound, NULL) != TR_OK)
        return;
    const int predicts =
        !p->blackboard && tr_problem_step(p, TR_PHYSICS_FITTED, &load, &predicted, NULL) == TR_OK;
    tr_working_pass(out, &bound, predicts ? &predicted : NULL);
}

/* [K29 to K31, K82] */
static void train(const tr_scale_answer *s, tr_workings *out)
{
    tr_train_row_workings(&s->train, out);
    pass(s->terms.question, s->train.train.batch_seq, s->terms.context_token, out);
    tr_working_cost(out, s->terms.question->roof.usd_per_s,
                    s->train.train.batch_seq / s->train.train.asked.period_s);
}

static double predicted_or_bound(const tr_quantity *q)
{
    return isnan(q->predicted) ? q->bound : q->predicted;
}

/* The system as it is. */
static void doubles(const tr_scale_answer *s, tr_workings *out)
{
    const tr_scale_double *row = &s->doubles->row[0];
    if (!row->fits)
        return;
    tr_working_pass(out, &row->bound, &row->predicted);
    tr_working_cost(out, s->terms.question->roof.usd_per_s, predicted_or_bound(&row->token_per_s));
}

/* [K32] The domain of the system asked. */
static void systems(const tr_scale_answer *s, tr_workings *out)
{
    const tr_scale_domain *row = s->domain;
    while (!row->own)
        row++;
    tr_working *w = tr_working_start(out, "K32");
    result(w, "fetch_s", TR_UNIT_SECOND, row->fetch_s);
    put(w, "W", TR_UNIT_BYTE, row->weight_byte);
    put(w, "BW", TR_UNIT_BYTE_PER_S, row->system.chip.memory_byte_per_s);
    put(w, "domain", TR_UNIT_NONE, row->system.chip_count);
    if (!row->serves)
        return;
    tr_train_row_seats(&row->train, out);
    if (row->usd_per_mtoken.predicted > 0.0) {
        const double rate = row->train.train.batch_seq / row->token_s.predicted;
        tr_working_cost(out, row->usd_per_mtoken.predicted * rate / 1e6, rate);
    }
}

/* [K33 to K35, K105] Of the batch nearest to the balance from below. */
static void experts(const tr_scale_answer *s, int alone, tr_workings *out)
{
    const tr_scale_moe *m = &s->moe;
    tr_working *w;
    if (!m->is_mixture)
        return;
    if (alone && m->batches > 0) {
        tr_scale_experts row;
        size_t at = 0;
        while (at + 1 < m->batches && m->batch[at + 1] <= m->batch_seq)
            at++;
        tr_scale_experts_of(m, m->batch[at], &row);
        w = tr_working_start(out, "R4");
        put(w, "k/E", TR_UNIT_NONE, m->experts_active / m->experts);
        put(w, "n", TR_UNIT_TOKEN, row.replica_seq);
        result(w, "touched(n)", TR_UNIT_RATIO, row.touched_share);
        w = tr_working_start(out, "K105");
        put(w, "B", TR_UNIT_SEQ, row.replica_seq);
        put(w, "k", TR_UNIT_NONE, m->experts_active);
        put(w, "E", TR_UNIT_NONE, m->experts);
        result(w, "token", TR_UNIT_NONE, row.token_per_expert);
        pass(m->question, row.batch_seq, m->question->load.context_token, out);
        tr_working_cost(out, m->question->roof.usd_per_s, row.batch_seq / predicted_or_bound(&row.step_s));
    }
    w = tr_working_start(out, "K33");
    put(w, "k", TR_UNIT_NONE, m->experts_active);
    put(w, "h", TR_UNIT_NONE, m->question->model->hidden);
    put(w, "E", TR_UNIT_NONE, m->group_chip);
    put(w, "dispatch", TR_UNIT_BYTE, TR_DISPATCH_BYTE);
    put(w, "combine", TR_UNIT_BYTE, TR_COMBINE_BYTE);
    result(w, "byte", TR_UNIT_BYTE, m->token_byte);
    w = tr_working_start(out, "K34");
    put(w, "R", TR_UNIT_NONE, m->rack_count);
    result(w, "share", TR_UNIT_RATIO, m->leaving_share);
    if (!isfinite(m->stage_over_hop_ratio))
        return;
    w = tr_working_start(out, "K35");
    put(w, "k", TR_UNIT_NONE, m->experts_active);
    put(w, "layers", TR_UNIT_NONE, 1.0);
    put(w, "scaleup", TR_UNIT_BYTE_PER_S, m->question->system->chip.scaleup_byte_per_s);
    put(w, "scaleout", TR_UNIT_BYTE_PER_S, m->question->system->chip.scaleout_byte_per_s);
    result(w, "ratio", TR_UNIT_NONE, m->stage_over_hop_ratio);
}

/* [K36 to K38] Of the first row that is marked, or else that has a time, or else of the first of several
 * boxes. */
static void pipeline(tr_scale_pipeline *p, tr_workings *out)
{
    const tr_scale_stage *row = NULL;
    size_t at = 0, most = 0;
    int best = -1;
    for (size_t i = 0; i < p->rows; i++) {
        row = tr_scale_pipeline_at(p, i, NULL);
        const int worth =
            row == NULL ? -1 : 4 * (row->stages > 1.0 && !row->across) + 2 * row->runs + row->needed;
        most = worth > best ? i : most;
        best = worth > best ? worth : best;
        at = row != NULL && !row->has_layout && at == 0 ? i : at;
    }
    row = tr_scale_pipeline_at(p, most, NULL);
    if (row == NULL)
        return;
    const tr_problem *q = p->terms->question;
    const double hop_s = p->terms->hop_s;
    tr_working *w;
    if (row->has_layout)
        tr_working_room(out, &row->in.shard, p->terms->context_token);
    if (row->runs) {
        const double batch_seq = row->batch_seq;
        if (row->across || isnan(hop_s))
            pass(&row->in, batch_seq, p->terms->context_token, out);
        tr_working_cost(out, row->in.roof.usd_per_s, predicted_or_bound(&row->token_per_s));
    }
    const double stages = row->has_layout ? row->in.layout.pp_rank : row->across ? 1.0 : row->stages;
    const double micro = p->terms->micro_batch_count >= 1.0 ? p->terms->micro_batch_count : stages;
    w = tr_working_start(out, "K38");
    put(w, "P", TR_UNIT_NONE, stages);
    put(w, "M", TR_UNIT_NONE, micro);
    put(w, "M_d", TR_UNIT_NONE, 1.0);
    result(w, "bubble", TR_UNIT_RATIO, row->bubble_share);
    result(w, "idle", TR_UNIT_RATIO, row->idle_share);
    if (row->runs && !row->across && row->stages > 1.0 && !isnan(hop_s)) {
        w = tr_working_start(out, "K37");
        put(w, "P", TR_UNIT_NONE, row->stages);
        put(w, "hop_s", TR_UNIT_SECOND, hop_s);
        result(w, "hops_s", TR_UNIT_SECOND, row->hops_s);
    }
    if (at == 0 || (row = tr_scale_pipeline_at(p, at, NULL)) == NULL)
        return;
    w = tr_working_start(out, "K36"); /* what no layout cuts, as if it were even */
    put(w, "W", TR_UNIT_BYTE, q->roof.store_weight_byte);
    put(w, "E", TR_UNIT_NONE, q->roof.chip_count);
    put(w, "P", TR_UNIT_NONE, row->stages);
    put(w, "B", TR_UNIT_SEQ, p->terms->batch_seq);
    put(w, "kv", TR_UNIT_BYTE, tr_scale_seq_byte(p->terms));
    result(w, "byte", TR_UNIT_BYTE, row->chip_byte);
}

/* [K23, K24] Of the most experts whose weights fit. */
static void sparsity(const tr_scale_terms *terms, tr_workings *out)
{
    const tr_routed_law law = tr_routed_law_of(TR_ROUTING_S_BASE);
    const tr_problem *q = terms->question;
    tr_scale_sparse row, next;
    tr_scale_sparse_of(terms, 0, &row);
    for (size_t i = 1; i < tr_scale_sparse_count(); i++) {
        tr_scale_sparse_of(terms, i, &next);
        row = next.fits ? next : row;
    }
    const double counted = tr_routed_expert_count(&law, row.experts);
    for (int k = 0; k < 2; k++) {
        tr_working *w = tr_working_start(out, k == 0 ? "K23" : "K24");
        put(w, "N", TR_UNIT_PARAM, row.active_param);
        put(w, "E", TR_UNIT_NONE, counted);
        put(w, "a", TR_UNIT_NONE, law.a_ratio);
        put(w, "b", TR_UNIT_NONE, law.b_ratio);
        put(w, "c", TR_UNIT_NONE, law.c_ratio);
        put(w, "start", TR_UNIT_NONE, law.start_count);
        if (k == 0) {
            put(w, "d", TR_UNIT_NONE, law.d_ratio);
            put(w, "experts", TR_UNIT_NONE, row.experts);
            put(w, "most", TR_UNIT_NONE, law.most_count);
            result(w, "log10(loss)", TR_UNIT_NONE, row.log10_loss);
            continue;
        }
        put(w, "al_E", TR_UNIT_NONE, tr_routed_exponent_ratio(&law, counted));
        put(w, "al_1", TR_UNIT_NONE, tr_routed_exponent_ratio(&law, law.start_count));
        result(w, "N_dense", TR_UNIT_PARAM, row.dense_param);
    }
    tr_roofline roof = q->roof;
    roof.fixed_weight_byte = row.stored_param * roof.weight_byte;
    roof.routed_weight_byte = 0.0;
    roof.copy_count = floor(row.weight_byte / roof.fixed_weight_byte + 0.5);
    tr_working_balance(out, &roof, isfinite(row.balance_context_seq) ? terms->context_token : 0.0, roof.copy_count);
}

/* Of its own kind, at the first context. */
static void attention(tr_scale_attention *a, tr_workings *out)
{
    for (int k = 0; k < TR_SCALE_WAYS; k++) {
        const tr_problem *p = &a->way[k].problem;
        if (!a->way[k].own)
            continue;
        tr_working_context(out, p->model, &p->roof);
        pass(p, a->batch_seq, a->context_token[0], out);
    }
}

/* [R10, R13, K39] Of the model asked. */
static void wall(const tr_scale_answer *s, tr_workings *out)
{
    const tr_scale_wall *row = &s->wall[0];
    const tr_problem *q = s->terms.question;
    const tr_shard *shard = &q->shard;
    tr_working *w;
    tr_working_context(out, q->model, &q->roof);
    if (isfinite(row->capacity_token) && row->capacity_token >= 1.0) {
        w = tr_working_start(out, "R13");
        result(w, "L_max", TR_UNIT_TOKEN, row->capacity_token);
        put(w, "busiest(B)", TR_UNIT_SEQ,
            ceil(row->batch_seq / (shard->layout.dp_rank * shard->layout.replica_count)));
        put(w, "seq_byte(L)", TR_UNIT_BYTE, tr_shard_seq_byte(shard, row->capacity_token));
        put(w, "room", TR_UNIT_BYTE, shard->cache_room_byte);
    }
    if (!isfinite(row->compute_token))
        return;
    w = tr_working_start(out, "K39");
    result(w, "L", TR_UNIT_TOKEN, row->compute_token);
    put(w, "attention(L)", TR_UNIT_FLOP, tr_model_attention_flop(q->model, row->compute_token));
    put(w, "N_mul", TR_UNIT_NONE, q->roof.flop_per_token / 2);
}

/* Of all parts the first that uses an equation says its numbers. */
static void keep_first(tr_workings *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++) {
        size_t k = 0;
        while (k < kept && strcmp(out->working[k].id, out->working[i].id) != 0)
            k++;
        if (k == kept)
            out->working[kept++] = out->working[i];
    }
    out->count = kept;
}

void tr_scale_workings(const tr_scale_answer *s, tr_workings *out)
{
    const int part = s->part;
    out->count = 0;
    if (s->has_train)
        train(s, out);
    if (s->has_day)
        tr_day_row_workings(&s->day, out);
    if (s->doubles != NULL)
        doubles(s, out);
    if (tr_scale_asks(part, TR_SCALE_SYSTEMS))
        systems(s, out);
    keep_first(out);
    if (tr_scale_asks(part, TR_SCALE_MOE))
        experts(s, part == TR_SCALE_MOE, out);
    if (s->pipeline != NULL)
        pipeline(s->pipeline, out);
    keep_first(out);
    if (tr_scale_asks(part, TR_SCALE_SPARSITY))
        sparsity(&s->terms, out);
    if (s->attention != NULL)
        attention(s->attention, out);
    keep_first(out);
    if (tr_scale_asks(part, TR_SCALE_WALL))
        wall(s, out);
    keep_first(out);
}
