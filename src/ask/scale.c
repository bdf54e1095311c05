/* ask/scale.c -- what the parts of `scale` share, and the walls of context. */
#include "ask/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "base/fail.h"
#include "base/text.h"

int tr_scale_asks(int part, int of) { return part == TR_SCALE_ALL || part == of; }

void tr_scale_terms_of(const tr_scenario *scenario, const tr_problem *question, tr_scale_terms *out)
{
    const tr_roofline *roof = &question->roof;
    /* The batch at which all weights' time is hidden, were there no cache. */
    const double balance = tr_floor_s(roof) * roof->flop_per_s / roof->flop_per_token;
    *out = (tr_scale_terms){.question = question,
                            .batch_seq = tr_input_is_set(scenario, TR_IN_BATCH)
                                             ? question->load.batch_seq
                                             : floor((balance > 1 ? balance : 1) + 0.5),
                            .batch_asked = tr_input_is_set(scenario, TR_IN_BATCH),
                            .context_token = question->load.context_token,
                            .hop_s = tr_input_number(scenario, TR_IN_HOP),
                            .micro_batch_count = tr_input_number(scenario, TR_IN_MICRO),
                            .rack_count = tr_input_number(scenario, TR_IN_RACKS)};
    out->domain_seq = out->batch_asked ? out->batch_seq : floor(out->batch_seq / roof->copy_count + 0.5);
}

double tr_scale_seq_byte(const tr_scale_terms *terms)
{
    const tr_problem *q = terms->question;
    return tr_model_kv_store_byte(q->model, terms->context_token, tr_dtype_byte(q->roof.kv_dtype)) +
           q->model->state_byte_per_seq;
}

double tr_scale_room_byte(const tr_problem *question)
{
    return question->shard.weight_byte + question->shard.cache_room_byte;
}

/* ---- walls of context ------------------------------------------------------------------ */

static const char *attention_of(const tr_model *model)
{
    const char *most = "none";
    double count = 0;
    for (int i = 0; i < model->layer_kinds; i++)
        if (model->layer[i].layer_count > count && model->layer[i].attention[0] != '\0') {
            most = model->layer[i].attention;
            count = model->layer[i].layer_count;
        }
    return most;
}

static void wall_of(const tr_problem *q, double batch_seq, tr_scale_wall *out)
{
    const tr_model *model = q->model;
    (void)tr_text_copy(out->name, sizeof out->name, model->name);
    (void)tr_text_copy(out->attention, sizeof out->attention, attention_of(model));
    out->batch_seq = batch_seq;
    out->bandwidth_token = tr_balance_context_token(&q->roof);
    out->capacity_token = tr_shard_max_context_token(&q->shard, batch_seq);
    out->compute_token = tr_attention_wall_token(model);
    out->limit_token = model->max_context_token > 0 ? model->max_context_token : (double)NAN;
}

tr_status tr_scale_walls(const tr_scenario *scenario, const tr_scale_terms *terms, tr_scale_wall *out,
                         size_t *count, tr_error *err)
{
    /* One of each kind of attention: dense, windowed, sparse, compressed. */
    static const char others[TR_SCALE_WALLS - 1][24] = {"llama-3.1-70b", "gpt-oss-120b", "deepseek-v3.2",
                                                        "deepseek-v4-pro"};
    const tr_problem *q = terms->question;
    const double batch = tr_input_is_set(scenario, TR_IN_BATCH) ? q->load.batch_seq : 64.0;
    tr_model *model = malloc(sizeof *model);
    tr_status s = model == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : TR_OK;
    size_t n = 0;
    wall_of(q, batch, &out[n++]);
    for (size_t i = 0; s == TR_OK && i < TR_SCALE_WALLS - 1; i++) {
        tr_problem other;
        if (strcmp(others[i], q->model->name) == 0 || tr_model_catalog_get(others[i], model, NULL) != TR_OK)
            continue;
        s = tr_problem_of(scenario, model, q->system, &other, err);
        if (s == TR_OK)
            wall_of(&other, batch, &out[n++]);
    }
    free(model);
    if (s == TR_OK)
        *count = n;
    return s;
}
