/* ask/predict_lever.c -- what would help: changes of one input, each tried at the same load, the best three kept. */
#include "ask/predict_row.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"

#define LEAST_GAIN_RATIO 1.005 /* what is less is no help */

/* One change: inputs to set (NULL text: back to its default). */
typedef struct change {
    tr_input_id id;
    const char *text;
    const char *words;
} change;

typedef struct trial {
    const tr_scenario *scenario;
    tr_predict_row *row;
    tr_system system;
    tr_problem problem;
} trial;

/* Requests served in a time, or where arrivals are given how soon each is. */
static double gain_of(const tr_predict_row *was, const tr_predict_row *now)
{
    if (was->endless || now->endless)
        return now->max_request_per_s / was->max_request_per_s;
    return was->clients.request_per_s > 0.0 ? was->service.e2e_s.predicted / now->service.e2e_s.predicted
                                            : now->service.output_token_per_s.predicted /
                                                  was->service.output_token_per_s.predicted;
}

static void keep(tr_predict_row *row, const tr_lever *lever)
{
    size_t at = row->lever_count;
    if (!(lever->throughput_ratio >= LEAST_GAIN_RATIO))
        return;
    while (at > 0 && row->lever[at - 1].throughput_ratio < lever->throughput_ratio)
        at--;
    if (at == TR_LEVER_MAX)
        return;
    if (row->lever_count < TR_LEVER_MAX)
        row->lever_count++;
    for (size_t i = row->lever_count - 1; i > at; i--)
        row->lever[i] = row->lever[i - 1];
    row->lever[at] = *lever;
}

static tr_status change_scenario(tr_scenario *scenario, const change *c)
{
    static const tr_input_id ranks[] = {TR_IN_TP, TR_IN_EP, TR_IN_PP, TR_IN_DP};
    const int lays_out = c->id == TR_IN_TP || c->id == TR_IN_DISAGG;
    for (size_t i = 0; lays_out && i < sizeof ranks / sizeof ranks[0]; i++)
        (void)tr_scenario_unset(scenario, tr_input_at(ranks[i])->key, NULL);
    return c->text == NULL ? TR_OK : tr_input_set(scenario, c->id, c->text, NULL);
}

static void describe(const trial *t, const change *c, const tr_predict_row *now, tr_lever *out)
{
    const tr_problem *was = t->row->question;
    out->input = tr_input_at(c->id)->option;
    (void)tr_text_copy(out->words, sizeof out->words, c->words);
    (void)tr_text_copy(out->to, sizeof out->to, c->text != NULL ? c->text : "best");
    switch (c->id) {
    case TR_IN_KV_DTYPE: (void)tr_text_copy(out->from, sizeof out->from, tr_dtype_name(was->roof.kv_dtype)); break;
    case TR_IN_WEIGHT_DTYPE:
        (void)tr_text_copy(out->from, sizeof out->from, tr_question_weights(was));
        break;
    case TR_IN_CHUNK:
        (void)tr_quantity_format(was->engine->chunk_token, TR_UNIT_CONTEXT, out->from, sizeof out->from);
        break;
    case TR_IN_TP:
        (void)tr_layout_format(&was->layout, out->from, sizeof out->from);
        (void)tr_layout_format(&now->deployment->shard.layout, out->to, sizeof out->to);
        break;
    case TR_IN_DRAFT: (void)tr_text_copy(out->from, sizeof out->from, "0"); break;
    default: (void)tr_text_copy(out->from, sizeof out->from, "together"); break;
    }
}

/* Resolved and served as if it had been asked. */
static void try_one(trial *t, const change *c)
{
    tr_scenario *scenario = tr_scenario_create();
    tr_predict_walk *walk = NULL;
    const tr_problem *was = t->row->question;
    tr_lever lever = {.input = ""};
    t->system = *was->system;
    if (scenario != NULL && tr_scenario_copy(scenario, t->scenario) == TR_OK && change_scenario(scenario, c) == TR_OK &&
        tr_problem_of(scenario, was->model, &t->system, &t->problem, NULL) == TR_OK &&
        tr_predict_walk_begin(scenario, &t->problem, &walk, NULL) == TR_OK) {
        const tr_predict_row *now = tr_predict_walk_at(walk, 0, NULL);
        if (now != NULL && now->fits) {
            describe(t, c, now, &lever);
            lever.throughput_ratio = gain_of(t->row, now);
            lever.ttft_ratio = now->service.ttft_s.predicted / t->row->service.ttft_s.predicted;
            lever.tpot_ratio = now->service.tpot_s.predicted / t->row->service.tpot_s.predicted;
            lever.cost_ratio = now->cost.usd_per_mtoken.predicted / t->row->cost.usd_per_mtoken.predicted;
            keep(t->row, &lever);
        }
    }
    tr_predict_walk_end(walk);
    tr_scenario_destroy(scenario);
}

static int has(const tr_problem *p, tr_dtype dtype) { return p->system->chip.flop_per_s[dtype] > 0.0; }

/* The narrowest that the chip multiplies in, or that only saves reading. */
static void try_weights(trial *t)
{
    const tr_problem *p = t->row->question;
    const tr_dtype now = p->roof.weight_dtype;
    if (now == TR_DTYPE_FP4 || now == TR_DTYPE_INT4)
        return;
    if (now != TR_DTYPE_FP8 && now != TR_DTYPE_INT8 && has(p, TR_DTYPE_FP8))
        try_one(t, &(change){TR_IN_WEIGHT_DTYPE, "fp8", "FP8 weights"});
    if (has(p, TR_DTYPE_FP4))
        try_one(t, &(change){TR_IN_WEIGHT_DTYPE, "fp4", "FP4 weights"});
    else
        try_one(t, &(change){TR_IN_WEIGHT_DTYPE, "int4", "4-bit weights"});
}

static void try_chunks(trial *t)
{
    static const double ratio[] = {0.5, 2.0, 4.0};
    const tr_problem *p = t->row->question;
    const double now = t->row->clients.chunk_token > 0.0 ? t->row->clients.chunk_token : p->engine->chunk_token;
    char text[48], words[64];
    if (t->row->deployment->apart)
        return;
    for (size_t i = 0; i < sizeof ratio / sizeof ratio[0]; i++) {
        (void)tr_quantity_format(now * ratio[i], TR_UNIT_CONTEXT, text, sizeof text);
        (void)snprintf(words, sizeof words, "token budget %s", text);
        try_one(t, &(change){TR_IN_CHUNK, text, words});
    }
}

static void try_apart(trial *t)
{
    static const char *const split[] = {"1:1", "1:3", "3:1", "1:7"};
    if (t->row->deployment->apart || t->row->question->layout_given)
        return;
    for (size_t i = 0; i < sizeof split / sizeof split[0]; i++)
        try_one(t, &(change){TR_IN_DISAGG, split[i], "prefill apart"});
}

void tr_levers_of(const tr_scenario *scenario, tr_predict_row *row)
{
    const tr_problem *p = row->question;
    trial *t = malloc(sizeof *t);
    if (t == NULL || !row->fits) {
        free(t);
        return;
    }
    t->scenario = scenario;
    t->row = row;
    if (tr_dtype_byte(p->roof.kv_dtype) >= 2.0) {
        const int has_fp8 = tr_engine_kv_check(p->engine, NULL, TR_DTYPE_FP8, NULL) == TR_OK;
        try_one(t, has_fp8 ? &(change){TR_IN_KV_DTYPE, "fp8", "FP8 KV cache"}
                           : &(change){TR_IN_KV_DTYPE, "q8_0", "Q8_0 KV cache"});
    }
    try_weights(t);
    if (p->layout_given)
        try_one(t, &(change){TR_IN_TP, NULL, "another layout"});
    try_chunks(t);
    if (p->model->mtp_layers > 0.0 && !(row->clients.draft_token > 0.0))
        try_one(t, &(change){TR_IN_DRAFT, "1", "its MTP layer drafts"});
    try_apart(t);
    free(t);
}
