/* fit/form_inferencex.c -- rows of InferenceX: seconds, prefill and decode layouts, several dates. */
#include <string.h>

#include "base/text.h"
#include "fit/form.h"
#include "fit/protocol.h"

enum {
    IX_HARDWARE,
    IX_FRAMEWORK,
    IX_MODEL,
    IX_DECODE_TP,
    IX_ISL,
    IX_OSL,
    IX_CONC,
    IX_TPOT,
    IX_TTFT,
    IX_PRECISION,
    IX_SPEC,
    IX_DISAGG,
    IX_DECODE_EP,
    IX_DECODE_DP_ATTENTION,
    IX_DECODE_GPU,
    IX_PREFILL_GPU,
    IX_PREFILL_TP,
    IX_PREFILL_EP,
    IX_PREFILL_WORKERS,
    IX_DECODE_WORKERS,
    IX_IMAGE,
    IX_PREFILL_DP_ATTENTION,
    IX_MEDIAN_TPOT,
    IX_MEDIAN_TTFT,
    IX_P99_TTFT,
    IX_DATE
};

static int is_true(const char *text) { return tr_text_same(text, "true") || strcmp(text, "1") == 0; }

/* Prefill on machines of its own. NULL, or why the row cannot be used. */
static const char *read_apart(tr_record *r, tr_serving *load, double decode_tp)
{
    const double tp = tr_record_number(r, IX_PREFILL_TP, 0);
    const int attention_dp = is_true(tr_record_text(r, IX_PREFILL_DP_ATTENTION));
    load->prefill_worker = tr_record_number(r, IX_PREFILL_WORKERS, 0);
    load->decode_worker = tr_record_number(r, IX_DECODE_WORKERS, 0);
    if (!(load->prefill_worker >= 1) || !(load->decode_worker >= 1))
        return "prefill and decode apart, and how many workers is not stated";
    if (!(tp >= 1))
        return "no layout";
    load->prefill_tp = attention_dp ? 1 : tp;
    load->prefill_dp = attention_dp ? tp : 1;
    load->prefill_pp = 1;
    load->prefill_ep = tr_record_number(r, IX_PREFILL_EP, 1);
    load->prefill_chip = tr_record_number(r, IX_PREFILL_GPU, load->prefill_worker * tp);
    load->decode_chip = tr_record_number(r, IX_DECODE_GPU, load->decode_worker * decode_tp);
    return NULL;
}

/* Warm-ups came in on 2026-01-21; before, kernels were compiled in the run, and a hundredth of the requests
 * waited a minute for it. */
static const char *cold_start(const char *date, double p99_s)
{
    return strcmp(date, "2026-01-21") < 0 && p99_s > 60 ? "a cold start: kernels compiled during the run"
                                                        : NULL;
}

static tr_status read_inferencex(tr_record *r)
{
    tr_measured row = {.model_name = tr_record_text(r, IX_MODEL),
                       .system_name = tr_record_text(r, IX_HARDWARE),
                       .engine = tr_record_text(r, IX_FRAMEWORK),
                       .version = tr_record_text(r, IX_IMAGE),
                       .precision = tr_record_text(r, IX_PRECISION)};
    tr_serving *load = &row.serving;
    const char *spec = tr_record_text(r, IX_SPEC), *date = tr_record_text(r, IX_DATE), *why = NULL;
    const int speculative = spec[0] != '\0' && !tr_text_same(spec, "none");
    const double tp = tr_record_number(r, IX_DECODE_TP, 0);
    const int attention_dp = is_true(tr_record_text(r, IX_DECODE_DP_ATTENTION));
    load->concurrency_seq = tr_record_number(r, IX_CONC, 0);
    load->input_token = tr_record_number(r, IX_ISL, 0);
    load->output_token = tr_record_number(r, IX_OSL, 0);
    load->tp = attention_dp ? 1 : tp;
    load->dp = attention_dp ? tp : 1;
    load->pp = 1;
    load->ep = tr_record_number(r, IX_DECODE_EP, 1);
    if (is_true(tr_record_text(r, IX_DISAGG)))
        why = read_apart(r, load, tp);
    if (why == NULL)
        why = tr_run_trouble(load);
    if (why == NULL)
        why = tr_run_look_up(r, &row, load->tp * load->dp);
    if (why != NULL)
        return tr_record_skip(r, why);
    row.dtypes.weight = tr_names_weights(row.precision);
    const protocol_run run = {"inferencex", date, speculative, tr_run_checkpoint_kv(&row, row.precision)};
    why = protocol_complete(&row, &run);
    if (why != NULL)
        return tr_record_skip(r, why);
    row.unclean = tr_run_over_room(&row);
    /* Older rows have medians only. */
    const double tpot = tr_record_number(r, IX_TPOT, 0), ttft = tr_record_number(r, IX_TTFT, 0);
    const tr_run_times times = {.tpot_s = tpot > 0 ? tpot : tr_record_number(r, IX_MEDIAN_TPOT, 0),
                                .ttft_s = ttft > 0 ? ttft : tr_record_number(r, IX_MEDIAN_TTFT, 0),
                                .tpot_is_median = !(tpot > 0),
                                .ttft_is_median = !(ttft > 0),
                                .ttft_unclean =
                                    load->batch_wait_step > 0 ? "prompts wait for others to fill a batch"
                                    : ttft > 0 ? cold_start(date, tr_record_number(r, IX_P99_TTFT, 0))
                                               : NULL};
    return tr_run_emit(r, &row, &times);
}

const tr_form tr_forms_inferencex[] = {
    {"InferenceX",
     8,
     {"hardware",
      "framework",
      "model",
      "decode_tp",
      "isl",
      "osl",
      "conc",
      "mean_tpot",
      "mean_ttft",
      "precision",
      "spec_method",
      "disagg",
      "decode_ep",
      "decode_dp_attention",
      "num_decode_gpu",
      "num_prefill_gpu",
      "prefill_tp",
      "prefill_ep",
      "prefill_num_workers",
      "decode_num_workers",
      "image",
      "prefill_dp_attention",
      "median_tpot",
      "median_ttft",
      "p99_ttft",
      "date"},
     read_inferencex},
    {NULL, 0, {NULL}, NULL},
};
