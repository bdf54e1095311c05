/* shard/hold.c -- what one chip of the busiest stage holds: weights, cache and state, activations, buffers. */
#include <tokenroof/shard.h>

#include <math.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "model/context.h"
#include "shard/split.h"

#define NUMBER_BYTE 2.0 /* of an activation: BF16 */

/* ---- weights ------------------------------------------------------------------- */

static double mixer_param(const tr_model *m, const tr_layer *l, double tp)
{
    if (!tr_split_mixer_known(l, m->hidden))
        return l->mixer_param / tp;
    if (l->mixer == TR_MIXER_MLA) {
        const double copied = smaller(tr_split_latent_copied(l, m->hidden), l->mixer_param);
        return copied + (l->mixer_param - copied) / tp;
    }
    const double in = m->hidden * l->in_dim;
    return (in * tr_split_projection_copy(l, tp) + l->mixer_param - in) / tp;
}

static double routed_byte(const tr_shard *s, const tr_layer *l)
{
    if (!(l->experts > 0.0))
        return 0.0;
    return tr_split_expert_slots(l, &s->layout) * tr_split_expert_share(&s->layout) * (l->routed_param / l->experts) *
           s->weights.part[TR_PART_ROUTED].byte;
}

static double layer_byte(const tr_shard *s, const tr_layer *l)
{
    const tr_part_format *part = s->weights.part;
    const double tp = s->layout.tp_rank;
    double byte = mixer_param(s->model, l, tp) * part[TR_PART_MIXER].byte +
                  l->dense_param / tp * part[TR_PART_DENSE].byte + l->shared_param / tp * part[TR_PART_SHARED].byte +
                  (l->norm_param + l->router_param) * part[TR_PART_OTHER].byte;
    return byte + routed_byte(s, l);
}

/* Bytes of the whole model in these formats. */
static double model_byte(const tr_model *m, const tr_weights *w)
{
    const tr_layout one = {1.0, 1.0, 1.0, 1.0, 1.0, 0};
    const tr_shard all = {.model = m, .layout = one, .weights = *w};
    double byte = m->embedding_param * w->part[TR_PART_EMBEDDING].byte + m->head_param * w->part[TR_PART_HEAD].byte +
                  (m->final_param + m->lookup_param) * w->part[TR_PART_OTHER].byte;
    for (int i = 0; i < m->layer_kinds; i++)
        byte += m->layer[i].layer_count * layer_byte(&all, &m->layer[i]);
    return byte;
}

/* Files that are smaller than the parts say know better: every part is smaller in proportion, resident and read. */
static void heed_files(tr_shard *s)
{
    const tr_model *m = s->model;
    if (s->formats.weight != TR_WEIGHT_FORMAT_NATIVE || m->layer_kinds == 0 || !(m->weight_total_byte > 0.0))
        return;
    const double counted = model_byte(m, &s->weights);
    for (int part = 0; part < TR_PART_COUNT && m->weight_total_byte < counted; part++)
        s->weights.part[part].byte *= m->weight_total_byte / counted;
}

/* [L9] What drafts lies on the last stage, whole: prediction layers in the parts' formats, another model in its own. */
static tr_status hold_draft(tr_shard *s, tr_error *err)
{
    const tr_model *m = s->model;
    const tr_part_format *part = s->weights.part;
    const double tp = s->layout.tp_rank;
    tr_shard draft;
    if (!(s->formats.draft_token > 0.0))
        return TR_OK;
    if (m->draft_model == NULL) {
        s->draft_weight_byte = m->mtp_routed_param * part[TR_PART_ROUTED].byte / (tp * s->layout.dp_rank) +
                               (m->mtp_param - m->mtp_routed_param) * part[TR_PART_MIXER].byte / tp;
        return TR_OK;
    }
    const tr_status status = tr_shard_draft(s, &draft, err);
    if (status == TR_OK)
        s->draft_weight_byte = draft.weight_byte;
    return status;
}

/* ---- what the host holds ---------------------------------------------------------- */

int tr_shard_has_host(const tr_shard *s)
{
    return s->formats.host_layer_count > 0.0 || s->formats.host_expert_layer_count > 0.0;
}

/* [L20] Of the layers of one kind. */
static double host_layer_byte(const tr_shard *s, int kind)
{
    const tr_layer *l = &s->model->layer[kind];
    if (!tr_shard_has_host(s))
        return 0.0;
    const double whole = tr_split_host_layers(s->model, &s->formats, kind, 0);
    return whole * layer_byte(s, l) +
           (tr_split_host_layers(s->model, &s->formats, kind, 1) - whole) * routed_byte(s, l);
}

/* The output head with the norm before it; a tied table is stored once more to be one. */
static double head_byte(const tr_shard *s)
{
    const tr_model *m = s->model;
    const tr_part_format *part = s->weights.part;
    return (m->tied ? m->embedding_param * part[TR_PART_EMBEDDING].byte : m->head_param * part[TR_PART_HEAD].byte) +
           m->final_param * part[TR_PART_OTHER].byte;
}

/* [L20] Its layers, the tables that are only looked up in, and the head if no layer is left to the chips. */
static double host_weight_byte(const tr_shard *s)
{
    const tr_model *m = s->model;
    const tr_part_format *part = s->weights.part;
    double byte = m->embedding_param * part[TR_PART_EMBEDDING].byte + m->lookup_param * part[TR_PART_OTHER].byte;
    if (!tr_shard_has_host(s))
        return 0.0;
    for (int i = 0; i < m->layer_kinds; i++)
        byte += host_layer_byte(s, i);
    if (tr_split_host_head(m, &s->formats))
        byte += m->tied ? m->final_param * part[TR_PART_OTHER].byte : head_byte(s);
    return byte;
}

/* [L3] The busiest stage has a layer more than the mean, and one of the tables. */
static double weight_byte(const tr_shard *s)
{
    const tr_model *m = s->model;
    const tr_layout *y = &s->layout;
    const tr_part_format *part = s->weights.part;
    const double tp = y->tp_rank;
    if (m->layer_kinds == 0)
        return m->total_param * part[TR_PART_DENSE].byte / (tp * y->dp_rank * y->pp_rank) + s->draft_weight_byte;
    double layers = 0.0;
    for (int i = 0; i < m->layer_kinds; i++)
        layers += m->layer[i].layer_count * layer_byte(s, &m->layer[i]) - host_layer_byte(s, i);
    const double table = (m->embedding_param * part[TR_PART_EMBEDDING].byte +
                          m->lookup_param * part[TR_PART_OTHER].byte) / tp;
    const double head = m->head_param * part[TR_PART_HEAD].byte / tp + m->final_param * part[TR_PART_OTHER].byte;
    double byte = y->pp_rank > 1.0 ? layers * s->stage_share + larger(table, head) : layers + table + head;
    if (tr_shard_has_host(s)) /* the table lies on the host; a tied one on the chips too, as their head */
        byte = layers * s->stage_share + (tr_split_host_head(m, &s->formats) ? 0.0 : head_byte(s));
    byte += s->draft_weight_byte;
    if (s->formats.weight == TR_WEIGHT_FORMAT_NATIVE) /* files hold more than the text model: it is resident too */
        byte += larger(m->weight_total_byte - model_byte(m, &s->weights), 0.0) / (tp * y->pp_rank);
    return byte;
}

/* ---- what a pass needs beside them ------------------------------------------------ */

/* [R18] Numbers of one token between operators at their widest: the stream twice, and what the widest operator takes
 * and gives. */
static double activation_byte_per_token(const tr_shard *s)
{
    const tr_model *m = s->model;
    const double tp = s->layout.tp_rank;
    double widest = 0.0;
    for (int i = 0; i < m->layer_kinds; i++) {
        const tr_layer *l = &m->layer[i];
        widest = larger(widest, (l->in_dim + l->out_dim) / tp);
        widest = larger(widest, l->ffn_matrices * larger(l->dense_dim, l->shared_dim) / tp);
        const double expert = 2.0 * l->expert_in_dim + l->ffn_matrices * l->expert_dim;
        if (l->experts > 0.0)
            widest = larger(widest, l->experts_active * expert / tp);
    }
    return NUMBER_BYTE * (2.0 * m->hidden + widest);
}

/* What the engine leaves for cache and state. */
static void leave_room(tr_shard *s)
{
    const tr_engine *e = s->engine;
    const double all = s->memory_byte;
    if (!(all < HUGE_VAL) || e == NULL || s->model->layer_kinds == 0) {
        s->cache_room_byte = all - s->weight_byte;
        return;
    }
    const double group = s->layout.tp_rank * s->layout.dp_rank;
    s->activation_byte = e->chunk_token * activation_byte_per_token(s);
    s->buffer_byte = e->buffer_byte + (group > 1.0 ? 2.0 * e->chunk_token * s->model->hidden * NUMBER_BYTE : 0.0);
    const double beside = s->activation_byte + s->buffer_byte;
    const double share = s->formats.memory_share > 0.0 ? s->formats.memory_share : e->memory_share;
    switch (e->memory_rule) {
    case TR_MEMORY_WHOLE:
        s->reserve_byte = all * (1.0 - share);
        break;
    case TR_MEMORY_STATIC: /* activations live in what is left out: more is held back only where that is too little */
        s->reserve_byte = larger(all * (1.0 - share) - beside, 0.0);
        break;
    case TR_MEMORY_FREE:
        s->reserve_byte = larger(all - s->weight_byte - beside, 0.0) * (1.0 - share);
        break;
    case TR_MEMORY_ALL:
        break;
    }
    s->cache_room_byte = all - s->reserve_byte - s->weight_byte - beside;
}

/* ---- what drafts ------------------------------------------------------------------------ */

/* [L9] As the target is split where its heads allow that; else every chip has all of it and does the same. */
static tr_layout draft_layout(const tr_shard *shard)
{
    tr_layout y = {shard->layout.tp_rank, 1.0, 1.0, 1.0, 1.0, 0};
    if (tr_layout_check(shard->model->draft_model, shard->system, NULL, &y, NULL) != TR_OK)
        y.tp_rank = 1.0;
    return y;
}

tr_status tr_shard_draft(const tr_shard *shard, tr_shard *out, tr_error *err)
{
    const tr_model *draft = shard->model->draft_model;
    if (draft == NULL || !(shard->formats.draft_token > 0.0))
        return tr_fail(err, TR_EUNKNOWN, "draft_model", 0.0, "no model drafts for this one");
    if (draft->layer_kinds == 0 || draft->draft_model != NULL)
        return tr_fail(err, TR_EDOMAIN, "draft_model", 0.0,
                       "what drafts must be a model of the catalog or a config.json, with no draft model of its own");
    const tr_formats formats = {.weight = shard->formats.weight, .kv = shard->kv_dtype, .math = shard->formats.math};
    const tr_layout layout = draft_layout(shard);
    return tr_shard_of(draft, shard->system, NULL, &layout, &formats, out, err);
}

/* ---- the shard ------------------------------------------------------------------------ */

static tr_status check_formats(const tr_formats *f, tr_error *err)
{
    if ((int)f->kv < 0 || f->kv >= TR_DTYPE_STORED_END || f->kv == TR_DTYPE_COUNT)
        return tr_fail(err, TR_EDOMAIN, "kv_dtype", (double)f->kv, "kv_dtype is not one of the number formats");
    if ((int)f->math < 0 || f->math >= TR_DTYPE_COUNT)
        return tr_fail(err, TR_EDOMAIN, "math_dtype", (double)f->math, "math_dtype is not one of the number formats");
    if (!(f->memory_share >= 0.0 && f->memory_share <= 1.0))
        return tr_fail(err, TR_EDOMAIN, "memory_share", f->memory_share, "the share of memory must be 0 to 1");
    const double host[] = {f->host_layer_count, f->host_expert_layer_count};
    for (int i = 0; i < 2; i++)
        if (!(host[i] >= 0.0 && host[i] <= TR_STACK_MAX && floor(host[i]) >= host[i]))
            return tr_fail(err, TR_EDOMAIN, i == 0 ? "host_layer_count" : "host_expert_layer_count", host[i],
                           "the host can have 0 to %d whole layers, not %.6g", TR_STACK_MAX, host[i]);
    if (!(f->host_chunk_token >= 0.0 && f->host_chunk_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "host_chunk_token", f->host_chunk_token,
                       "a micro-batch must have 0 to 1e9 tokens");
    if (!(f->draft_token >= 0.0 && f->draft_token <= 1024.0 && floor(f->draft_token) >= f->draft_token))
        return tr_fail(err, TR_EDOMAIN, "draft_token", f->draft_token,
                       "0 to 1024 whole tokens can be drafted, not %.6g", f->draft_token);
    return TR_OK;
}

/* Whether layers can be left to a host, so spread. */
static tr_status check_host(const tr_shard *s, tr_error *err)
{
    const tr_model *m = s->model;
    const tr_formats *f = &s->formats;
    if (!tr_shard_has_host(s))
        return TR_OK;
    if (m->layer_kinds == 0 || f->host_layer_count > m->layers + 1.0 || f->host_expert_layer_count > m->layers)
        return tr_fail(err, TR_EDOMAIN, "host_layer_count", f->host_layer_count,
                       "the model has %.0f layers that a host could have", m->layers);
    if (!s->system->has_host)
        return tr_fail(err, TR_ECONFLICT, "host_layer_count", f->host_layer_count,
                       "no host stands beside the chips to hold layers: name one, as in rtx-4090+epyc-9654,mem=256GB");
    if (s->engine != NULL && !s->engine->host_layers)
        return tr_fail(err, TR_ECONFLICT, "host_layer_count", f->host_layer_count,
                       "%s leaves no layers to the host: llamacpp does",
                       s->engine->title[0] != '\0' ? s->engine->title : "this engine");
    if (s->layout.tp_rank * s->layout.dp_rank > 1.0)
        return tr_fail(err, TR_ENOFIT, "tp_rank", s->layout.tp_rank,
                       "layers are left to the host only where no matrix is split: tp and dp must be 1");
    return TR_OK;
}

tr_status tr_shard_of(const tr_model *model, const tr_system *system, const tr_engine *engine,
                      const tr_layout *layout, const tr_formats *formats, tr_shard *out, tr_error *err)
{
    const tr_formats native = {0};
    tr_status s = tr_layout_check(model, system, engine, layout, err);
    if (s == TR_OK && formats != NULL)
        s = check_formats(formats, err);
    if (s != TR_OK)
        return s;
    if (!(system->chip.memory_byte > 0.0))
        return tr_fail(err, TR_EDOMAIN, "memory_byte", system->chip.memory_byte,
                       "the chip's memory must be above 0 bytes");
    tr_shard made = {.model = model, .system = system, .engine = engine, .layout = *layout,
                     .formats = formats == NULL ? native : *formats, .memory_byte = system->chip.memory_byte};
    s = tr_model_weights(model, made.formats.weight, &made.weights, err);
    if (s != TR_OK)
        return s;
    made.kv_dtype = engine != NULL ? tr_engine_kv_dtype(engine, model, made.formats.kv)
                    : made.formats.kv != TR_DTYPE_NATIVE ? made.formats.kv : model->kv_dtype;
    const double here = larger(model->layers - made.formats.host_layer_count, 1.0); /* the rest is the host's */
    made.stage_share = model->layer_kinds > 0 ? ceil(here / layout->pp_rank) / here : 1.0 / layout->pp_rank;
    s = check_host(&made, err);
    if (s != TR_OK)
        return s;
    heed_files(&made);
    s = hold_draft(&made, err);
    if (s != TR_OK)
        return s;
    made.weight_byte = weight_byte(&made);
    if (tr_shard_has_host(&made)) { /* all instances lie in the memory of all CPUs */
        made.host_memory_byte = system->host.memory_byte * system->host_count / layout->replica_count;
        made.host_weight_byte = host_weight_byte(&made);
        made.host_room_byte = made.host_memory_byte - made.host_weight_byte;
    }
    leave_room(&made);
    *out = made;
    return TR_OK;
}

/* A chunk that starts anew keeps its room: the sequence needed it a token ago. */
static double held_row(const tr_cache *cache, double context_token)
{
    return cache->wraps ? smaller(context_token, cache->row_cap) : tr_cache_stored_row(cache, context_token);
}

/* Of one such layer; KV heads that tp does not reach are copied. */
static double layer_seq_byte(const tr_shard *s, const tr_layer *l, double context_token)
{
    const double tp = s->layout.tp_rank;
    double byte = l->state_byte / tp;
    for (int k = 0; k < l->cache_count; k++)
        if (!l->cache[k].shared)
            byte += held_row(&l->cache[k], context_token) * tr_cache_row_byte(&l->cache[k], s->kv_dtype) /
                    tr_split_cache(l, &l->cache[k], tp);
    return byte;
}

/* [L9] What drafts has a cache of its own of all that it has read. */
static double draft_seq_byte(const tr_shard *s, double context_token)
{
    const tr_layer *l = &s->model->mtp_layer;
    tr_shard draft;
    if (!(s->formats.draft_token > 0.0))
        return 0.0;
    if (s->model->draft_model == NULL)
        return l->layer_count * layer_seq_byte(s, l, context_token);
    return tr_shard_draft(s, &draft, NULL) == TR_OK ? tr_shard_seq_byte(&draft, context_token) : 0.0;
}

double tr_shard_seq_byte(const tr_shard *s, double context_token)
{
    const tr_model *m = s->model;
    if (m->layer_kinds == 0)
        return (m->kv_byte_per_token * context_token + m->state_byte_per_seq) /
                   (s->layout.tp_rank * s->layout.dp_rank * s->layout.pp_rank) +
               draft_seq_byte(s, context_token);
    double byte = 0.0;
    for (int i = 0; i < m->layer_kinds; i++)
        byte += (m->layer[i].layer_count - tr_split_host_layers(m, &s->formats, i, 0)) *
                layer_seq_byte(s, &m->layer[i], context_token);
    return byte * s->stage_share + draft_seq_byte(s, context_token);
}

double tr_shard_host_seq_byte(const tr_shard *s, double context_token)
{
    double byte = 0.0;
    for (int i = 0; i < s->model->layer_kinds; i++) {
        const double count = tr_split_host_layers(s->model, &s->formats, i, 0);
        if (count > 0.0)
            byte += count * layer_seq_byte(s, &s->model->layer[i], context_token);
    }
    return byte;
}
