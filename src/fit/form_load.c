/* fit/form_load.c -- serving runs told by their request rate: the load is an arrival process, not a
 * concurrency. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"
#include "fit/protocol.h"
#include "io/file.h"

/* The rate of a stage: "600s@2.5;600s@6.0" or "2.5rps x 600s|6.0rps x 600s"; stage -1: the mean over the run.
 */
static double rate_of(const char *stages, double stage)
{
    double request = 0, length = 0;
    int index = 0;
    for (const char *at = stages; *at != '\0'; index++) {
        double rate = 0, seconds = 0;
        // NOLINTNEXTLINE(cert-err34-c): what is no number is not counted, and the count is looked at
        if (sscanf(at, "%lfs@%lf", &seconds, &rate) != 2 && sscanf(at, "%lfrps x %lfs", &rate, &seconds) != 2)
            return (double)NAN;
        if (stage == (double)index)
            return rate;
        request += rate * seconds;
        length += seconds;
        at += strcspn(at, ";|");
        at += *at != '\0';
    }
    return stage < 0 && length > 0 ? request / length : (double)NAN;
}

typedef struct workload {
    const char *stages;
    double shared_token, question_token, output_token, tp, max_seq, chunk_token;
} workload;

static tr_status emit(tr_record *r, tr_measured *row, const workload *load, double stage)
{
    tr_serving *serving = &row->serving;
    serving->tp = load->tp;
    serving->pp = serving->dp = serving->ep = 1;
    serving->input_token = load->shared_token + load->question_token;
    serving->cached_token = load->shared_token; /* prompts of a group begin alike */
    serving->output_token = load->output_token;
    serving->request_per_s = rate_of(load->stages, stage);
    serving->most_seq = load->max_seq;
    serving->chunk_token = load->chunk_token;
    if (!(serving->input_token >= 1) || !(serving->output_token >= 1))
        return tr_record_skip(r, "no lengths of prompt and answer");
    if (!(serving->request_per_s > 0))
        return tr_record_skip(r, "no request rate");
    if (!(serving->tp >= 1))
        return tr_record_skip(r, "no layout");
    row->engine = "vllm";
    row->version = "0.15.1"; /* of all such tables so far: github.com/inference-sim/sim-to-real-accuracy-validation */
    row->model = tr_names_model(r->names, row->model_name);
    row->system = tr_names_system(r->names, row->system_name, serving->tp);
    if (row->model == NULL)
        return tr_record_skip(r, "a model that is not in the catalog");
    if (row->system == NULL)
        return tr_record_skip(r, "a chip that is not in the catalog");
    row->dtypes = (tr_formats){.weight = tr_names_weights(row->precision)};
    const protocol_run run = {"", "", 0, TR_DTYPE_NATIVE};
    (void)protocol_complete(row, &run);
    return tr_record_measured(r, row);
}

/* ---- all in one line --------------------------------------------------------------- */

enum {
    ONE_MODEL,
    ONE_HARDWARE,
    ONE_STAGE,
    ONE_ITL,
    ONE_TTFT,
    ONE_SHARED,
    ONE_QUESTION,
    ONE_OUTPUT,
    ONE_STAGES,
    ONE_TP,
    ONE_PRECISION,
    ONE_MAX_SEQ,
    ONE_CHUNK
};

static tr_status read_one(tr_record *r)
{
    tr_measured row = {.model_name = tr_record_text(r, ONE_MODEL),
                       .system_name = tr_record_text(r, ONE_HARDWARE),
                       .precision = tr_record_text(r, ONE_PRECISION)};
    const workload load = {.stages = tr_record_text(r, ONE_STAGES),
                           .shared_token = tr_record_number(r, ONE_SHARED, 0),
                           .question_token = tr_record_number(r, ONE_QUESTION, 0),
                           .output_token = tr_record_number(r, ONE_OUTPUT, 0),
                           .tp = tr_record_number(r, ONE_TP, 1),
                           .max_seq = tr_record_number(r, ONE_MAX_SEQ, 0),
                           .chunk_token = tr_record_number(r, ONE_CHUNK, 0)};
    const double stage = tr_record_number(r, ONE_STAGE, -1);
    row.metric = TR_METRIC_TPOT;
    row.measured_s = tr_record_number(r, ONE_ITL, 0) * 1e-3;
    const tr_status s = emit(r, &row, &load, stage);
    if (s != TR_OK)
        return s;
    row.metric = TR_METRIC_TTFT;
    row.measured_s = tr_record_number(r, ONE_TTFT, 0) * 1e-3;
    return emit(r, &row, &load, stage);
}

/* ---- a metric a line, lengths in a table beside it ------------------------------------ */

enum {
    METRIC_MODEL,
    METRIC_HARDWARE,
    METRIC_STAGE,
    METRIC_NAME,
    METRIC_MS,
    METRIC_EXPERIMENT,
    METRIC_TP,
    METRIC_PRECISION,
    METRIC_CHUNK
};

/* The line of an experiment in a table beside this one whose name ends in workloads.csv; its texts go into
 * stages. */
static int find_workload(const tr_record *r, const char *experiment, workload *out, char *stages, size_t size)
{
    char **name = NULL, path[TR_PATH_MAX];
    size_t count = 0;
    int found = 0;
    double wanted = 0;
    if (tr_quantity_parse(experiment, TR_UNIT_NONE, &wanted, NULL) != TR_OK ||
        tr_folder_list(r->folder, "workloads.csv", &name, &count, NULL) != TR_OK)
        return 0;
    for (size_t i = 0; i < count && !found; i++) {
        tr_csv *csv = NULL;
        tr_error ignored;
        int more = 1;
        if (tr_path_join(path, sizeof path, r->folder, name[i], NULL) != TR_OK ||
            tr_csv_open(path, &csv, &ignored) != TR_OK)
            continue;
        while (!found && tr_csv_next(csv, &more, &ignored) == TR_OK && more) {
            double id = 0;
            const char *const column[] = {"system_prompt_len", "question_len", "output_len", "tp",
                                          "max_num_seqs"};
            double *const value[] = {&out->shared_token, &out->question_token, &out->output_token, &out->tp,
                                     &out->max_seq};
            found = tr_csv_number_or(csv, tr_csv_column(csv, "exp_id"), TR_UNIT_NONE, -1, &id, &ignored) ==
                        TR_OK &&
                    id == wanted;
            for (size_t k = 0; found && k < sizeof column / sizeof column[0]; k++)
                found = tr_csv_number_or(csv, tr_csv_column(csv, column[k]), TR_UNIT_NONE, 0, value[k],
                                         &ignored) == TR_OK;
            (void)tr_text_copy(stages, size, tr_csv_text(csv, tr_csv_column(csv, "stages")));
        }
        tr_csv_close(csv);
    }
    free(name);
    out->stages = stages;
    return found;
}

static tr_status read_metric(tr_record *r)
{
    char stages[512];
    workload load = {.tp = 1, .chunk_token = tr_record_number(r, METRIC_CHUNK, 0)};
    const char *metric = tr_record_text(r, METRIC_NAME);
    tr_measured row = {.model_name = tr_record_text(r, METRIC_MODEL),
                       .system_name = tr_record_text(r, METRIC_HARDWARE),
                       .precision = tr_record_text(r, METRIC_PRECISION)};
    if (strcmp(metric, "itl_mean") == 0 || strcmp(metric, "tpot_mean") == 0)
        row.metric = TR_METRIC_TPOT;
    else if (strcmp(metric, "ttft_mean") == 0)
        row.metric = TR_METRIC_TTFT;
    else
        return tr_record_skip(r, "a metric other than mean TTFT and TPOT");
    if (!find_workload(r, tr_record_text(r, METRIC_EXPERIMENT), &load, stages, sizeof stages))
        return tr_record_skip(r, "no lengths and rates (a *workloads.csv beside the file has them)");
    row.measured_s = tr_record_number(r, METRIC_MS, 0) * 1e-3;
    return emit(r, &row, &load, tr_record_number(r, METRIC_STAGE, -1));
}

/* ---- tables that belong to the others --------------------------------------------------- */

static tr_status read_description(tr_record *r)
{
    return tr_record_skip(r, "a description, not a measurement");
}
static tr_status read_summary(tr_record *r)
{
    return tr_record_skip(r, "a summary that names neither model nor chip");
}

const tr_form tr_forms_load[] = {
    {"runs by request rate",
     10,
     {"model", "hardware", "stage_index", "itl_mean", "ttft_mean", "sys_len", "q_len", "out_len", "stages",
      "tp", "precision", "max_num_seqs",
      "max_num_batched_tokens"},
     read_one},
    {"metrics by request rate",
     6,
     {"model", "hardware", "stage_index", "metric_name", "measured_ms", "exp_id", "tp", "precision",
      "max_num_batched_tokens"},
     read_metric},
    {"workloads", 4, {"exp_id", "question_len", "output_len", "stages"}, read_description},
    {"systems", 3, {"system", "mem_bw_Bps", "mem_capacity_B"}, read_description},
    {"trace summaries", 4, {"file", "trace", "ttft_mean_s", "tpot_mean_s"}, read_summary},
    {NULL, 0, {NULL}, NULL},
};
