/* fit/form_serving.c -- tables of serving runs: what clients measured, by layout and load. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"
#include "fit/protocol.h"

/* ---- one line a run, milliseconds ------------------------------------------------ */

enum {
    RUN_MODEL,
    RUN_SYSTEM,
    RUN_ISL,
    RUN_OSL,
    RUN_CONCURRENCY,
    RUN_TP,
    RUN_TPOT,
    RUN_TTFT,
    RUN_PP,
    RUN_DP,
    RUN_MOE_TP,
    RUN_MOE_EP,
    RUN_BACKEND,
    RUN_VERSION,
    RUN_PRECISION,
    RUN_GEMM,
    RUN_MODE,
    RUN_SPEC,
    RUN_ORIGIN,
    RUN_MEASURED,
    RUN_BATCH,
    RUN_DECODE_BATCH,
    RUN_PREFILL_WORKERS,
    RUN_PREFILL_TP,
    RUN_PREFILL_PP,
    RUN_PREFILL_DP,
    RUN_PREFILL_MOE_EP,
    RUN_DECODE_WORKERS,
    RUN_DECODE_TP,
    RUN_DECODE_PP,
    RUN_DECODE_DP,
    RUN_DECODE_MOE_EP
};
#define RUN_REQUIRED 7

/* A group of g ranks that share one set of experts is written as g x g by some: ep over tp and over dp at
 * once. */
static void mend_layout(tr_serving *load, double moe_tp)
{
    if (moe_tp == 1 && load->dp > 1 && load->tp == load->dp && load->ep == load->tp * load->dp) {
        load->ep = load->tp;
        load->dp = 1;
    }
}

/* Both sides of a run with prefill on machines of its own. NULL, or why it cannot be used. */
static const char *read_apart(tr_record *r, tr_serving *load)
{
    load->tp = tr_record_number(r, RUN_DECODE_TP, 0);
    load->pp = tr_record_number(r, RUN_DECODE_PP, 1);
    load->dp = tr_record_number(r, RUN_DECODE_DP, 1);
    load->ep = tr_record_number(r, RUN_DECODE_MOE_EP, 0);
    load->prefill_tp = tr_record_number(r, RUN_PREFILL_TP, 0);
    load->prefill_pp = tr_record_number(r, RUN_PREFILL_PP, 1);
    load->prefill_dp = tr_record_number(r, RUN_PREFILL_DP, 1);
    load->prefill_ep = tr_record_number(r, RUN_PREFILL_MOE_EP, 0);
    load->prefill_worker = tr_record_number(r, RUN_PREFILL_WORKERS, 0);
    load->decode_worker = tr_record_number(r, RUN_DECODE_WORKERS, 0);
    if (!(load->prefill_worker >= 1) || !(load->decode_worker >= 1))
        return "prefill and decode apart, and how many workers is not stated";
    if (!(load->prefill_tp >= 1) || !(load->prefill_pp >= 1) || !(load->prefill_dp >= 1))
        return "no layout";
    if (!(load->concurrency_seq >= 1)) /* the other rows have it from the clients by this */
        load->concurrency_seq = tr_record_number(r, RUN_DECODE_BATCH, 0) * load->decode_worker * load->dp;
    load->prefill_chip = load->prefill_worker * load->prefill_tp * load->prefill_pp * load->prefill_dp;
    load->decode_chip = load->decode_worker * load->tp * load->pp * load->dp;
    return NULL;
}

/* Where experts lie must be stated of a model that has some. */
static const char *experts_told(tr_measured *row)
{
    tr_serving *load = &row->serving;
    const int mixture = row->model->routed_param > 0;
    if (mixture && (!(load->ep >= 1) || (load->prefill_chip > 0 && !(load->prefill_ep >= 1))))
        return "how experts lie over the ranks is not stated";
    if (!mixture)
        load->ep = 1;
    if (!mixture && load->prefill_chip > 0)
        load->prefill_ep = 1;
    return NULL;
}

/* Sweeps whose first token is known to be off, beside what the run's own fields say. */
static const char *odd_first_token(const tr_measured *row, const protocol_run *run, double moe_ep)
{
    const int trtllm = row->known_engine != NULL && strcmp(row->known_engine->name, "trtllm") == 0;
    const int sglang = row->known_engine != NULL && strcmp(row->known_engine->name, "sglang") == 0;
    if (row->serving.batch_wait_step > 0)
        return "prompts wait for others to fill a batch";
    if (sglang && strcmp(run->protocol, "inferencex") == 0 && moe_ep == 1 && strcmp(run->date, "2026-02") < 0)
        return "a cold start: kernels compiled during the run";
    if (trtllm && strcmp(run->protocol, "nvidia-internal") == 0 &&
        strcmp(row->model->name, "llama-3.1-8b") == 0)
        return "a sweep that behaves as with one place fewer than clients";
    return NULL;
}

static tr_status read_run(tr_record *r)
{
    tr_measured row = {.model_name = tr_record_text(r, RUN_MODEL),
                       .system_name = tr_record_text(r, RUN_SYSTEM),
                       .engine = tr_record_text(r, RUN_BACKEND),
                       .version = tr_record_text(r, RUN_VERSION),
                       .precision = tr_record_text(r, RUN_PRECISION)};
    tr_serving *load = &row.serving;
    const char *spec = tr_record_text(r, RUN_SPEC), *format = tr_record_text(r, RUN_GEMM), *why = NULL;
    if (tr_text_same(spec, "unknown"))
        return tr_record_skip(r, "whether it decodes speculatively is not stated");
    const int speculative =
        spec[0] != '\0' && !tr_text_same(spec, "none") && !tr_text_same(spec, "none_presumed");
    load->concurrency_seq = tr_record_number(r, RUN_CONCURRENCY, 0);
    load->input_token = tr_record_number(r, RUN_ISL, 0);
    load->output_token = tr_record_number(r, RUN_OSL, 0);
    const double batch = tr_record_number(r, RUN_BATCH, 0);
    double moe_tp = 0, dp = 1;
    if (tr_text_starts(tr_record_text(r, RUN_MODE), "disagg")) {
        why = read_apart(r, load);
    } else {
        load->tp = tr_record_number(r, RUN_TP, 1);
        load->pp = tr_record_number(r, RUN_PP, 1);
        load->dp = dp = tr_record_number(r, RUN_DP, 1);
        load->ep = tr_record_number(r, RUN_MOE_EP, 1);
        moe_tp = tr_record_number(r, RUN_MOE_TP, 0);
        mend_layout(load, moe_tp);
    }
    if (why == NULL)
        why = tr_run_trouble(load);
    if (why == NULL)
        why = tr_run_look_up(r, &row, load->tp * load->pp * load->dp);
    if (why == NULL)
        why = experts_told(&row);
    if (why != NULL)
        return tr_record_skip(r, why);
    row.dtypes.weight = tr_names_weights(row.precision[0] != '\0' ? row.precision : format);
    const protocol_run run = {protocol_of(tr_record_text(r, RUN_ORIGIN)), tr_record_text(r, RUN_MEASURED),
                              speculative,
                              tr_run_checkpoint_kv(&row, format[0] != '\0' ? format : row.precision)};
    why = protocol_complete(&row, &run);
    if (why != NULL)
        return tr_record_skip(r, why);
    row.unclean = batch > 0 && batch != load->concurrency_seq / dp
                      ? "its batch is not its clients over its replicas"
                      : tr_run_over_room(&row);
    const tr_run_times times = {.tpot_s = tr_record_number(r, RUN_TPOT, 0) * 1e-3,
                                .ttft_s = tr_record_number(r, RUN_TTFT, 0) * 1e-3,
                                .ttft_unclean = odd_first_token(&row, &run, load->ep)};
    return tr_run_emit(r, &row, &times);
}

/* ---- published maximum throughput -------------------------------------------------- */

enum { OFF_MODEL, OFF_GPU, OFF_PARALLELISM, OFF_ISL, OFF_OSL, OFF_RATE, OFF_DTYPE, OFF_VERSION };

/* "TP8", "TP4PP2", "TP8-EP8", "DEP8" (attention copied, experts in groups), "TEP4", "EP4" (the same): 0 if
 * none. */
static int read_layout(const char *text, tr_serving *out)
{
    double tp = 0, pp = 1, dp = 1, ep = 0;
    static const char *const names[] = {"dep", "tep", "tp", "pp", "dp", "ep"}; /* "dep" before "dp" */
    double *const first[] = {&dp, &tp, &tp, &pp, &dp, &ep};
    while (*text != '\0') {
        size_t k = 0;
        char *end = NULL;
        while (k < 6 && !tr_text_starts(text, names[k]))
            k++;
        if (k == 6)
            return 0;
        text += strlen(names[k]);
        if (!tr_text_is_digit(*text))
            return 0;
        *first[k] = strtod(text, &end);
        if (k < 2)
            ep = *first[k];
        text = end + strspn(end, " -_x,+/");
    }
    tp = tp > 0 ? tp : dp > 1 ? 1 : ep;
    *out = (tr_serving){.tp = tp, .pp = pp, .dp = dp, .ep = ep > 0 ? ep : 1};
    return tp >= 1 && pp >= 1 && dp >= 1;
}

static tr_status read_offline(tr_record *r)
{
    tr_measured row = {.metric = TR_METRIC_OUTPUT,
                       .model_name = tr_record_text(r, OFF_MODEL),
                       .system_name = tr_record_text(r, OFF_GPU),
                       .version = tr_record_text(r, OFF_VERSION),
                       .precision = tr_record_text(r, OFF_DTYPE)};
    tr_serving *load = &row.serving;
    if (!read_layout(tr_record_text(r, OFF_PARALLELISM), load))
        return tr_record_skip(r, "no layout");
    load->input_token = tr_record_number(r, OFF_ISL, 0);
    load->output_token = tr_record_number(r, OFF_OSL, 0);
    if (!(load->input_token >= 1) || !(load->output_token >= 1))
        return tr_record_skip(r, "no lengths of prompt and answer");
    const char *why = tr_run_look_up(r, &row, load->tp * load->pp * load->dp);
    if (why != NULL)
        return tr_record_skip(r, why);
    row.engine = tr_text_holds(row.version, "tensorrt") ? "trtllm" : "";
    row.dtypes.weight = tr_names_weights(row.precision);
    const protocol_run run = {"", "", 0, tr_run_checkpoint_kv(&row, row.precision)};
    why = protocol_complete(&row, &run);
    if (why != NULL)
        return tr_record_skip(r, why);
    load->spread_ratio = 1; /* fixed lengths, all requests given at once */
    load->start_together = 1;
    row.measured_s = 1 / tr_record_number(r, OFF_RATE, 0);
    return tr_record_measured(r, &row);
}

const tr_form tr_forms_serving[] = {
    {"serving runs",
     RUN_REQUIRED,
     {"model_path",
      "system",
      "isl",
      "osl",
      "concurrency",
      "tp_size",
      "mean_tpot_ms",
      "mean_ttft_ms",
      "pp_size",
      "attention_dp_size",
      "moe_tp_size",
      "moe_ep_size",
      "backend",
      "backend_version",
      "precision",
      "gemm_quant_mode",
      "mode",
      "spec_decode",
      "origin",
      "measured",
      "batch_size",
      "decode_batch_size",
      "prefill_num_workers",
      "prefill_tp_size",
      "prefill_pp_size",
      "prefill_attention_dp_size",
      "prefill_moe_ep_size",
      "decode_num_workers",
      "decode_tp_size",
      "decode_pp_size",
      "decode_attention_dp_size",
      "decode_moe_ep_size"},
     read_run},
    {"offline throughput",
     6,
     {"model", "gpu", "parallelism", "isl", "osl", "output_tok_s_total", "dtype", "version"},
     read_offline},
    {NULL, 0, {NULL}, NULL},
};
