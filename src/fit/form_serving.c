/* fit/form_serving.c -- tables of serving runs: what clients measured, by layout and load. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"

/* What all forms give before a model and a system can be looked up. */
static tr_status looked_up(tr_record *record, tr_measured *row, double chip_count, const char **why)
{
    row->model = tr_names_model(record->names, row->model_name);
    row->system = tr_names_system(record->names, row->system_name, chip_count);
    *why = row->model == NULL    ? "a model that is not in the catalog"
           : row->system == NULL ? "a chip that is not in the catalog"
                                 : NULL;
    return *why == NULL ? TR_OK : TR_EUNKNOWN;
}

/* The cache's format is not told: TensorRT-LLM's quantised engines keep it in FP8, the others as the model
 * has it. */
static tr_dtypes dtypes_of(const char *engine, tr_dtype weight)
{
    const int narrow = weight == TR_DTYPE_FP8 || weight == TR_DTYPE_FP4;
    const int fp8_cache = narrow && tr_text_starts(engine, "trt");
    return (tr_dtypes){weight, fp8_cache ? TR_DTYPE_FP8 : TR_DTYPE_NATIVE, TR_DTYPE_NATIVE};
}

/* Both client means of one run; a missing one is left out. */
static tr_status both_means(const tr_record *record, tr_measured *row, double tpot_s, double ttft_s)
{
    if (!(tpot_s > 0) && !(ttft_s > 0))
        return tr_record_skip(record, "neither TPOT nor TTFT");
    tr_status s = TR_OK;
    if (tpot_s > 0) {
        row->metric = TR_METRIC_TPOT;
        row->measured_s = tpot_s;
        s = tr_record_measured(record, row);
    }
    if (s == TR_OK && ttft_s > 0) {
        row->metric = TR_METRIC_TTFT;
        row->measured_s = ttft_s;
        s = tr_record_measured(record, row);
    }
    return s;
}

static int is_speculative(const char *text)
{
    return text[0] != '\0' && !tr_text_same(text, "none") && !tr_text_same(text, "none_presumed");
}

static const char *load_trouble(const tr_serving *load)
{
    if (!(load->concurrency_seq >= 1))
        return "no concurrency";
    if (!(load->input_token >= 1) || !(load->output_token >= 1))
        return "no lengths of prompt and answer";
    if (!(load->tp >= 1) || !(load->pp >= 1) || !(load->dp >= 1))
        return "no layout";
    return NULL;
}

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
    RUN_EP,
    RUN_BACKEND,
    RUN_VERSION,
    RUN_PRECISION,
    RUN_GEMM,
    RUN_MODE,
    RUN_SPEC,
    RUN_PREFILL_WORKERS,
    RUN_PREFILL_TP,
    RUN_PREFILL_PP,
    RUN_PREFILL_DP,
    RUN_DECODE_WORKERS,
    RUN_DECODE_TP,
    RUN_DECODE_PP
};
#define RUN_REQUIRED 7

static tr_status read_run(tr_record *r)
{
    tr_measured row = {.model_name = tr_record_text(r, RUN_MODEL),
                       .system_name = tr_record_text(r, RUN_SYSTEM),
                       .engine = tr_record_text(r, RUN_BACKEND),
                       .version = tr_record_text(r, RUN_VERSION),
                       .precision = tr_record_text(r, RUN_PRECISION)};
    tr_serving *load = &row.serving;
    const char *why = NULL;
    if (is_speculative(tr_record_text(r, RUN_SPEC)))
        return tr_record_skip(r, "speculative decoding, or not told");
    const char *mode = tr_record_text(r, RUN_MODE);
    const int split = tr_text_starts(mode, "disagg");
    load->concurrency_seq = tr_record_number(r, RUN_CONCURRENCY, 0);
    load->input_token = tr_record_number(r, RUN_ISL, 0);
    load->output_token = tr_record_number(r, RUN_OSL, 0);
    load->tp = tr_record_number(r, split ? RUN_DECODE_TP : RUN_TP, split ? 0 : 1);
    load->pp = tr_record_number(r, split ? RUN_DECODE_PP : RUN_PP, 1);
    load->dp = split ? 1 : tr_record_number(r, RUN_DP, 1);
    load->ep = split ? 1 : tr_record_number(r, RUN_EP, 1);
    if (split) {
        load->prefill_worker = tr_record_number(r, RUN_PREFILL_WORKERS, 1);
        load->decode_worker = tr_record_number(r, RUN_DECODE_WORKERS, 1);
        load->prefill_tp = tr_record_number(r, RUN_PREFILL_TP, 1);
        load->prefill_dp = tr_record_number(r, RUN_PREFILL_DP, 1);
        load->prefill_chip = load->prefill_worker * load->prefill_tp * load->prefill_dp *
                             tr_record_number(r, RUN_PREFILL_PP, 1);
        load->decode_chip = load->decode_worker * load->tp * load->pp;
    }
    if ((why = load_trouble(load)) != NULL)
        return tr_record_skip(r, why);
    if (looked_up(r, &row, load->tp * load->pp * load->dp, &why) != TR_OK)
        return tr_record_skip(r, why);
    const tr_dtype weight =
        tr_names_dtype(row.precision[0] != '\0' ? row.precision : tr_record_text(r, RUN_GEMM));
    row.dtypes = dtypes_of(row.engine, weight);
    return both_means(r, &row, tr_record_number(r, RUN_TPOT, 0) * 1e-3,
                      tr_record_number(r, RUN_TTFT, 0) * 1e-3);
}

/* ---- InferenceX: seconds, prefill and decode layouts ------------------------------ */

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
    IX_PREFILL_WORKERS,
    IX_DECODE_WORKERS,
    IX_IMAGE,
    IX_PREFILL_DP_ATTENTION,
    IX_MEDIAN_TPOT,
    IX_MEDIAN_TTFT
};

static int is_true(const char *text) { return tr_text_same(text, "true") || strcmp(text, "1") == 0; }

static tr_status read_inferencex(tr_record *r)
{
    tr_measured row = {.model_name = tr_record_text(r, IX_MODEL),
                       .system_name = tr_record_text(r, IX_HARDWARE),
                       .engine = tr_record_text(r, IX_FRAMEWORK),
                       .version = tr_record_text(r, IX_IMAGE),
                       .precision = tr_record_text(r, IX_PRECISION)};
    tr_serving *load = &row.serving;
    const char *why = NULL;
    if (is_speculative(tr_record_text(r, IX_SPEC)))
        return tr_record_skip(r, "speculative decoding, or not told");
    const double tp = tr_record_number(r, IX_DECODE_TP, 0);
    const int attention_dp = is_true(tr_record_text(r, IX_DECODE_DP_ATTENTION));
    load->concurrency_seq = tr_record_number(r, IX_CONC, 0);
    load->input_token = tr_record_number(r, IX_ISL, 0);
    load->output_token = tr_record_number(r, IX_OSL, 0);
    load->tp = attention_dp ? 1 : tp;
    load->dp = attention_dp ? tp : 1;
    load->pp = 1;
    load->ep = tr_record_number(r, IX_DECODE_EP, 1);
    if (is_true(tr_record_text(r, IX_DISAGG))) {
        const double prefill_tp = tr_record_number(r, IX_PREFILL_TP, 1);
        const int prefill_attention_dp = is_true(tr_record_text(r, IX_PREFILL_DP_ATTENTION));
        load->prefill_worker = tr_record_number(r, IX_PREFILL_WORKERS, 1);
        load->decode_worker = tr_record_number(r, IX_DECODE_WORKERS, 1);
        load->prefill_tp = prefill_attention_dp ? 1 : prefill_tp;
        load->prefill_dp = prefill_attention_dp ? prefill_tp : 1;
        load->prefill_chip = tr_record_number(r, IX_PREFILL_GPU, load->prefill_worker * prefill_tp);
        load->decode_chip = tr_record_number(r, IX_DECODE_GPU, load->decode_worker * tp);
    }
    if ((why = load_trouble(load)) != NULL)
        return tr_record_skip(r, why);
    if (looked_up(r, &row, load->tp * load->dp, &why) != TR_OK)
        return tr_record_skip(r, why);
    row.dtypes = dtypes_of(row.engine, tr_names_dtype(row.precision));
    /* Older rows have medians only. */
    return both_means(r, &row, tr_record_number(r, IX_TPOT, tr_record_number(r, IX_MEDIAN_TPOT, 0)),
                      tr_record_number(r, IX_TTFT, tr_record_number(r, IX_MEDIAN_TTFT, 0)));
}

/* ---- published maximum throughput -------------------------------------------------- */

enum { OFF_MODEL, OFF_GPU, OFF_PARALLELISM, OFF_ISL, OFF_OSL, OFF_RATE, OFF_DTYPE, OFF_VERSION };

static tr_status read_offline(tr_record *r)
{
    tr_measured row = {.metric = TR_METRIC_OUTPUT,
                       .model_name = tr_record_text(r, OFF_MODEL),
                       .system_name = tr_record_text(r, OFF_GPU),
                       .version = tr_record_text(r, OFF_VERSION),
                       .precision = tr_record_text(r, OFF_DTYPE)};
    tr_serving *load = &row.serving;
    const char *layout = tr_record_text(r, OFF_PARALLELISM);
    const char *why = NULL;
    double count = 0;
    load->input_token = tr_record_number(r, OFF_ISL, 0);
    load->output_token = tr_record_number(r, OFF_OSL, 0);
    load->tp = load->pp = load->dp = load->ep = 1;
    const int expert_parallel = tr_text_starts(layout, "dep");
    const size_t skip = expert_parallel ? 3 : 2;
    if (strlen(layout) <= skip || tr_quantity_parse(layout + skip, TR_UNIT_NONE, &count, NULL) != TR_OK ||
        count < 1)
        return tr_record_skip(r, "no layout");
    if (expert_parallel)
        load->dp = load->ep = count;
    else if (tr_text_starts(layout, "tp"))
        load->tp = count;
    else if (tr_text_starts(layout, "ep"))
        load->tp = load->ep = count;
    else
        return tr_record_skip(r, "no layout");
    if (!(load->input_token >= 1) || !(load->output_token >= 1))
        return tr_record_skip(r, "no lengths of prompt and answer");
    if (looked_up(r, &row, count, &why) != TR_OK)
        return tr_record_skip(r, why);
    row.engine = tr_text_holds(row.version, "tensorrt") ? "trtllm" : "";
    row.dtypes = dtypes_of(row.engine, tr_names_dtype(row.precision));
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
      "moe_ep_size",
      "backend",
      "backend_version",
      "precision",
      "gemm_quant_mode",
      "mode",
      "spec_decode",
      "prefill_num_workers",
      "prefill_tp_size",
      "prefill_pp_size",
      "prefill_attention_dp_size",
      "decode_num_workers",
      "decode_tp_size",
      "decode_pp_size"},
     read_run},
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
      "prefill_num_workers",
      "decode_num_workers",
      "image",
      "prefill_dp_attention",
      "median_tpot",
      "median_ttft"},
     read_inferencex},
    {"offline throughput",
     6,
     {"model", "gpu", "parallelism", "isl", "osl", "output_tok_s_total", "dtype", "version"},
     read_offline},
    {NULL, 0, {NULL}, NULL},
};
