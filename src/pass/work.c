/* pass/work.c -- one pass on one shard, made ready to be taken apart into operators. */
#include "pass/work.h"

#include <math.h>
#include <string.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "shard/split.h"

/* Parameters of a part: formats of parts that a model does not have decide nothing. */
static int has_part(const tr_shard *shard, tr_part part)
{
    const tr_model *m = shard->model;
    if (m->layer_kinds == 0)
        return part == TR_PART_DENSE;
    if (part == TR_PART_ROUTED)
        return m->routed_param > 0.0;
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        if ((part == TR_PART_DENSE && l->dense_param > 0.0) || (part == TR_PART_SHARED && l->shared_param > 0.0) ||
            (part == TR_PART_MIXER && l->mixer_param > 0.0))
            return 1;
    }
    if (part == TR_PART_DENSE && shard->formats.draft_token > 0.0 && m->mtp_layer.dense_param > 0.0)
        return 1;
    return part == TR_PART_HEAD || part == TR_PART_OTHER;
}

/* What each part multiplies in on one side, `count` of such a chip acting as one, and how fast. */
tr_status tr_pass_roofs_of(pass_work *w, const tr_chip *chip, double count, tr_error *err)
{
    const tr_shard *shard = w->shard;
    w->chip = chip;
    w->chip_count = count;
    w->byte_per_s = chip->memory_byte_per_s * count;
    w->peak_flop_per_s = 0.0;
    if (!(chip->memory_byte_per_s > 0.0 && chip->memory_byte_per_s <= 1e300))
        return tr_fail(err, TR_EDOMAIN, "memory_byte_per_s", chip->memory_byte_per_s,
                       "the chip's memory bandwidth must be above 0");
    for (int i = 0; i < TR_PART_COUNT; i++) {
        /* A tied table is the head too, and stored once. */
        const int from = i == TR_PART_HEAD && shard->model->tied ? TR_PART_EMBEDDING : i;
        const tr_part_format *stored = &shard->weights.part[from];
        pass_part *p = &w->part[i];
        p->byte = stored->byte;
        p->weight_dtype = stored->dtype;
        p->flop_per_s = 0.0;
        if (!has_part(shard, (tr_part)i))
            continue;
        int seen = i - 1; /* parts in one format have one roof */
        while (seen >= 0 && !(w->part[seen].weight_dtype == stored->dtype && w->part[seen].flop_per_s > 0.0))
            seen--;
        tr_status s = TR_OK;
        if (seen >= 0) {
            p->flop_per_s = w->part[seen].flop_per_s;
            p->math_dtype = w->part[seen].math_dtype;
        } else {
            s = tr_pass_math(chip, stored->dtype, shard->formats.math, &p->flop_per_s, &p->math_dtype, err);
            p->flop_per_s *= count;
        }
        if (s != TR_OK)
            return s;
        if (p->flop_per_s > w->peak_flop_per_s) {
            w->peak_flop_per_s = p->flop_per_s;
            w->peak_dtype = p->math_dtype;
        }
    }
    /* Scores and values multiply in BF16, or in FP8 where the cache is, and no faster than the fastest weights: the
     * two equations hold all multiplies to that. */
    const tr_dtype scores = shard->kv_dtype == TR_DTYPE_FP8 ? TR_DTYPE_FP8 : TR_DTYPE_BF16;
    double rate;
    w->attention = w->part[w->model->layer_kinds == 0 ? TR_PART_DENSE : TR_PART_OTHER];
    if (w->model->layer_kinds > 0) {
        const tr_status s = tr_chip_math(chip, scores, &rate, &w->attention.math_dtype, NULL);
        w->attention.flop_per_s = s != TR_OK || rate * count > w->peak_flop_per_s ? w->peak_flop_per_s : rate * count;
    }
    w->attention.weight_dtype = w->attention.math_dtype;
    return TR_OK;
}

/* The same pass, seen from the host: its roofs, and the way to the chip. */
tr_status tr_pass_host_side(const pass_work *w, pass_work *out, tr_error *err)
{
    const tr_system *system = w->system;
    pass_work host = *w;
    if (!(system->chip.host_byte_per_s > 0.0))
        return tr_fail(err, TR_EMISSING, "host_byte_per_s", 0.0,
                       "the rate between %s and its host is not published: layers cannot be left there",
                       system->chip.name);
    const tr_status s = tr_pass_roofs_of(&host, &system->host, system->host_count / w->layout.replica_count, err);
    if (s != TR_OK)
        return s;
    host.on_host = 1;
    host.chips = w;
    host.link_byte_per_s = smaller(system->chip.host_byte_per_s, host.byte_per_s);
    *out = host;
    return TR_OK;
}

tr_status tr_pass_work_of(const tr_shard *shard, pass_work *out, tr_error *err)
{
    const tr_status range = tr_shard_range(shard, err);
    if (range != TR_OK)
        return range;
    pass_work *w = out;
    memset(w, 0, sizeof *w);
    w->shard = shard;
    w->model = shard->model;
    w->system = shard->system;
    w->layout = shard->layout;
    tr_status s = tr_pass_roofs_of(w, &shard->system->chip, 1.0, err);
    w->has_host = tr_shard_has_host(shard);
    pass_work host;
    if (s == TR_OK && w->has_host)
        s = tr_pass_host_side(w, &host, err);
    if (s != TR_OK)
        return s;
    tr_shard draft;
    if (shard->formats.draft_token > 0.0 && shard->model->draft_model != NULL) { /* it runs on the same chips */
        pass_work of;
        s = tr_shard_draft(shard, &draft, err);
        const tr_status runs = s == TR_OK ? tr_pass_work_of(&draft, &of, err) : s;
        if (runs != TR_OK)
            return runs;
    }
    w->repeat = shard->layout.overlap ? 2.0 : 1.0;
    /* Stages take turns with as many micro-batches; with layers on the host llama.cpp takes all through in one. */
    w->group_count = shard->layout.replica_count * (w->has_host ? 1.0 : shard->layout.pp_rank) * w->repeat;
    return TR_OK;
}

static tr_status check(const tr_pass *p, tr_error *err)
{
    const struct {
        const char *field;
        double value, low, high;
    } range[] = {{"decode_seq", p->decode_seq, 0.0, PASS_BATCH_MAX_SEQ},
                 {"decode_context_token", p->decode_context_token, 0.0, PASS_CONTEXT_MAX_TOKEN},
                 {"token_per_seq", p->token_per_seq, 1.0, 1024.0},
                 {"kept_per_seq", p->kept_per_seq, 0.0, p->token_per_seq},
                 {"prefill_seq", p->prefill_seq, 0.0, PASS_BATCH_MAX_SEQ},
                 {"prefill_query_token", p->prefill_query_token, p->prefill_seq > 0.0 ? 1.0 : 0.0,
                  PASS_CONTEXT_MAX_TOKEN},
                 {"prefill_context_token", p->prefill_context_token, 0.0, PASS_CONTEXT_MAX_TOKEN},
                 {"routing_skew_ratio", p->routing_skew_ratio, 0.0, 8.0}};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        if (!(range[i].value >= range[i].low && range[i].value <= range[i].high))
            return tr_fail(err, TR_EDOMAIN, range[i].field, range[i].value, "%s must be %g to %g", range[i].field,
                           range[i].low, range[i].high);
    if (!(p->decode_seq + p->prefill_seq > 0.0))
        return tr_fail(err, TR_EDOMAIN, "decode_seq", 0.0, "a pass needs a sequence that decodes or one that prefills");
    return TR_OK;
}

tr_status tr_pass_work_load(pass_work *w, const tr_pass *pass, tr_error *err)
{
    if (pass == NULL)
        return tr_fail(err, TR_EMISSING, "pass", 0.0, "expected a pass");
    const tr_status s = check(pass, err);
    if (s != TR_OK)
        return s;
    const tr_layout *y = &w->layout;
    const double groups = w->group_count, ranks = groups * y->dp_rank;
    const double query = pass->prefill_seq > 0.0 ? pass->prefill_query_token : 0.0;
    w->pass = *pass;
    w->decode_seq = tr_split_busiest(pass->decode_seq, ranks);
    w->prefill_seq = tr_split_busiest(pass->prefill_seq, ranks);
    w->decode_token = w->decode_seq * pass->token_per_seq;
    w->prefill_token = w->prefill_seq * query;
    w->token = w->decode_token + w->prefill_token;
    w->head_token = w->decode_token + w->prefill_seq;
    w->group_seq = tr_split_busiest(pass->decode_seq, groups);
    w->group_token = w->group_seq * pass->token_per_seq + tr_split_busiest(pass->prefill_seq, groups) * query;
    return TR_OK;
}

double tr_pass_idle_share(const pass_work *w, const tr_op *op)
{
    const tr_layer *l = tr_pass_layer_at(w, op->layer);
    return (l->experts - l->experts_active) / l->experts;
}

double tr_pass_work_amount(const pass_work *w, tr_grows grows)
{
    switch (grows) {
    case TR_GROWS_TOKEN:
        return w->token;
    case TR_GROWS_HEAD_TOKEN:
        return w->head_token;
    case TR_GROWS_GROUP_TOKEN:
        return w->group_token;
    case TR_GROWS_GROUP_SEQ:
        return w->group_seq;
    case TR_GROWS_DECODE_SEQ:
        return w->decode_seq;
    case TR_GROWS_PREFILL_SEQ:
        return w->prefill_seq;
    }
    return 0.0;
}

tr_status tr_pass_of(const tr_load *load, tr_pass *out, tr_error *err)
{
    if (load == NULL)
        return tr_fail(err, TR_EMISSING, "load", 0.0, "expected a load: batch, context and phase");
    if (load->phase != TR_PHASE_DECODE && load->phase != TR_PHASE_PREFILL)
        return tr_fail(err, TR_EDOMAIN, "phase", (double)load->phase, "the phase must be decode or prefill");
    if (!(load->batch_seq >= 1.0 && load->batch_seq <= PASS_BATCH_MAX_SEQ))
        return tr_fail(err, TR_EDOMAIN, "batch_seq", load->batch_seq, "the batch must be 1 to 1e9 sequences");
    if (!(load->context_token >= 0.0 && load->context_token <= PASS_CONTEXT_MAX_TOKEN))
        return tr_fail(err, TR_EDOMAIN, "context_token", load->context_token, "the context must be 0 to 1e12 tokens");
    tr_pass p = {.token_per_seq = 1.0};
    if (load->phase == TR_PHASE_PREFILL) {
        if (!(load->query_token >= 1.0 && load->query_token <= PASS_CONTEXT_MAX_TOKEN))
            return tr_fail(err, TR_EDOMAIN, "query_token", load->query_token,
                           "a prefill pass must bring 1 to 1e12 new tokens per sequence");
        p.prefill_seq = load->batch_seq;
        p.prefill_query_token = load->query_token;
        p.prefill_context_token = load->context_token;
    } else {
        p.decode_seq = load->batch_seq;
        p.decode_context_token = load->context_token;
    }
    *out = p;
    return TR_OK;
}
