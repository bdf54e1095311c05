/* fit/protocol.c -- rows completed by what their benchmark's protocol and their engine decide. */
#include "fit/protocol.h"

#include <tokenroof/serve.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* In flight over a whole run, of what the clients could keep in flight: ten requests each, lengths uniform
 * from 0.8 of the stated ones up, the last of them leaving places empty. A test plays such a run. */
static const double spread_batch_share = 0.95;

const char *protocol_of(const char *origin)
{
    for (size_t i = 0; i < protocol_origin_count; i++)
        if (tr_text_starts(origin, protocol_origin_table[i].begins))
            return protocol_origin_table[i].protocol;
    return "";
}

static int within(double value, double from, double below)
{
    return !(value < from) && !(below > 0 && value >= below);
}

static int is_number(double condition, double value) { return !(condition > 0) || condition == value; }
static int is_flag(int condition, int value) { return condition < 0 || condition == (value != 0); }

static int holds(const protocol_rule *rule, const tr_measured *row, const protocol_run *run,
                 const char *engine)
{
    const tr_serving *s = &row->serving;
    const double group = s->tp * s->dp;
    return strcmp(rule->protocol, run->protocol) == 0 &&
           (rule->engine_text[0] == '\0' || strcmp(rule->engine_text, engine) == 0) &&
           tr_text_starts(row->model->name, rule->model_text) &&
           tr_text_starts(row->system->chip.name, rule->chip_text) &&
           (rule->precision_text[0] == '\0' ||
            strcmp(rule->precision_text, tr_weight_format_name(row->dtypes.weight)) == 0) &&
           (rule->from_text[0] == '\0' ||
            (run->date[0] != '\0' && strcmp(run->date, rule->from_text) >= 0)) &&
           (rule->before_text[0] == '\0' ||
            (run->date[0] != '\0' && strcmp(run->date, rule->before_text) < 0)) &&
           is_number(rule->input_token, s->input_token) && is_number(rule->output_token, s->output_token) &&
           within(group, 0, rule->tp_below) && within(s->concurrency_seq, rule->seq_from, rule->seq_below) &&
           is_flag(rule->speculative, run->speculative) && is_flag(rule->attention_dp, s->dp > 1) &&
           is_flag(rule->apart, s->prefill_chip > 0);
}

/* The model's own prediction layers drafted; a model that nobody measured is taken for its family's. */
static double accepted_token(const tr_measured *row, double draft_token, char *said, size_t size)
{
    tr_acceptance a;
    tr_acceptance_measured(row->model->name, "MTP", draft_token, &a);
    if (a.kin == TR_KIN_NONE)
        return 0;
    (void)snprintf(said, size, "%g drafts, of which a step keeps %.3g, as %.40s does in SPEED-Bench",
                   draft_token, a.token_per_step - 1, a.model);
    return a.token_per_step;
}

/* "0.5.9" of "0.5.9", "TensorRT-LLM v1.0", "lmsysorg/sglang:v0.5.9-cu130", "tensorrt-llm/release:1.3.0rc14";
 * "" of an image that is numbered by something else. */
static const char *version_of(const char *text)
{
    if (text == NULL || tr_text_holds(text, "ai-dynamo"))
        return "";
    const char *image = strrchr(text, ':');
    const char *version = image != NULL ? image + 1 : text;
    version += strcspn(version, "0123456789");
    return version[strspn(version, "0123456789")] == '.' ? version : "";
}

/* The record of an engine as a benchmark writes it, with the version of the image it ran. */
static const tr_engine *engine_of(const tr_measured *row)
{
    const tr_engine *engine = NULL;
    char text[96];
    const size_t name = strcspn(row->engine, "@ ");
    if (row->engine[0] == '\0')
        return NULL;
    (void)tr_text_copy_span(text, sizeof text, row->engine, name);
    const char *version = version_of(row->version);
    if (version[0] != '\0') {
        (void)tr_text_append(text, sizeof text, "@");
        (void)tr_text_append(text, sizeof text, version);
        if (tr_engine_find(text, &engine, NULL) == TR_OK)
            return engine;
        (void)tr_text_copy_span(text, sizeof text, row->engine, name);
    }
    return tr_engine_find(text, &engine, NULL) == TR_OK ? engine : NULL;
}

static double or_else(double value, double fallback) { return value > 0 ? value : fallback; }

static double idle_of(double workers, double concurrency)
{
    return workers > concurrency && concurrency > 0 ? workers - concurrency : 0;
}

const char *protocol_complete(tr_measured *row, const protocol_run *run)
{
    tr_serving *s = &row->serving;
    const tr_engine *engine = engine_of(row);
    const tr_engine *usual = engine != NULL ? engine : tr_engine_default();
    double value[PROTOCOL_SET_COUNT] = {0};
    uint32_t said = 0;
    row->known_engine = engine;
    row->protocol = run->protocol;
    for (size_t i = 0; i < protocol_rule_count; i++) {
        const protocol_rule *rule = &protocol_rule_table[i];
        if (!holds(rule, row, run, usual->name))
            continue;
        said |= rule->said;
        for (int k = 0; k < PROTOCOL_SET_COUNT; k++)
            if (rule->said & 1U << k)
                value[k] = rule->value[k];
    }
    (void)tr_text_copy(s->engine_date, sizeof s->engine_date, run->date);
    s->spread_ratio = value[PROTOCOL_SPREAD_RATIO];
    s->request_per_client = value[PROTOCOL_REQUEST_PER_CLIENT];
    s->start_together = value[PROTOCOL_START_TOGETHER] > 0;
    s->warmed = value[PROTOCOL_WARMED] > 0;
    s->memory_share = or_else(value[PROTOCOL_MEMORY_SHARE], usual->memory_share);
    s->most_seq = or_else(s->most_seq, or_else(value[PROTOCOL_MOST_SEQ], usual->max_seq));
    s->prefill_first =
        said & 1U << PROTOCOL_PREFILL_FIRST ? value[PROTOCOL_PREFILL_FIRST] > 0 : usual->prefill_first;
    s->whole_prompt =
        said & 1U << PROTOCOL_WHOLE_PROMPT ? value[PROTOCOL_WHOLE_PROMPT] > 0 : usual->whole_prompt;
    s->poll_step = or_else(value[PROTOCOL_POLL_STEP], usual->poll_step);
    s->batch_wait_step = value[PROTOCOL_BATCH_WAIT_STEP];
    s->draft_token = run->speculative ? or_else(s->draft_token, value[PROTOCOL_DRAFT_TOKEN]) : 0;
    const double each =
        value[PROTOCOL_CHUNK_SEQ_RATIO] * (1 + s->draft_token) * s->concurrency_seq / or_else(s->dp, 1);
    const double chunk =
        value[PROTOCOL_CHUNK_TOKEN] + value[PROTOCOL_CHUNK_INPUT_RATIO] * s->input_token + each;
    const double least = value[PROTOCOL_CHUNK_LEAST_TOKEN];
    s->chunk_token = or_else(s->chunk_token, or_else(chunk > least ? chunk : least, usual->chunk_token));
    if (run->speculative) {
        if (!(s->draft_token >= 1))
            return "speculative decoding, and how many tokens it drafts is not stated";
        const double accepted = accepted_token(row, s->draft_token, row->assumed, sizeof row->assumed);
        if (!(accepted >= 1))
            return "speculative decoding, and nobody measured how many drafts such a model takes";
        s->accept_share = (accepted - 1) / s->draft_token;
    }
    if (s->spread_ratio > 0 && s->spread_ratio < 1) {
        s->input_token *= (1 + s->spread_ratio) / 2;
        s->output_token *= (1 + s->spread_ratio) / 2;
        s->mean_batch_share = spread_batch_share;
    }
    s->idle_decode_worker = idle_of(s->decode_worker, s->concurrency_seq);
    s->idle_prefill_worker = idle_of(s->prefill_worker, s->concurrency_seq);
    const tr_dtype asked = said & 1U << PROTOCOL_KV ? (tr_dtype)value[PROTOCOL_KV] : TR_DTYPE_NATIVE;
    const tr_dtype directive = usual->kv_from_checkpoint ? run->checkpoint_kv : TR_DTYPE_NATIVE;
    row->dtypes.kv = tr_engine_kv_dtype(usual, row->model, asked != TR_DTYPE_NATIVE ? asked : directive);
    return NULL;
}
