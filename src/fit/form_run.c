/* fit/form_run.c -- what tables of serving runs share: looking names up, completing a row, emitting its two
 * times. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"
#include "fit/run.h"

const char *tr_run_trouble(const tr_serving *load)
{
    if (!(load->concurrency_seq >= 1))
        return "no concurrency";
    if (!(load->input_token >= 1) || !(load->output_token >= 1))
        return "no lengths of prompt and answer";
    if (!(load->tp >= 1) || !(load->pp >= 1) || !(load->dp >= 1))
        return "no layout";
    return NULL;
}

const char *tr_run_look_up(const tr_record *record, tr_measured *row, double chip_count)
{
    row->model = tr_names_model(record->names, row->model_name);
    row->system = tr_names_system(record->names, row->system_name, chip_count);
    return row->model == NULL    ? "a model that is not in the catalog"
           : row->system == NULL ? "a chip that is not in the catalog"
                                 : NULL;
}

tr_dtype tr_run_checkpoint_kv(const tr_measured *row, const char *format)
{
    const int fp8 =
        tr_text_same(format, "fp8") && tr_text_starts(row->engine, "trt"); /* others: the maker's blocks */
    const int nvfp4 = tr_text_same(format, "nvfp4") || tr_text_same(format, "fp4");
    return fp8 || nvfp4 ? TR_DTYPE_FP8 : TR_DTYPE_NATIVE;
}

const char *tr_run_over_room(const tr_measured *row)
{
    const tr_serving *s = &row->serving;
    const double workers =
        s->decode_worker > s->idle_decode_worker ? s->decode_worker - s->idle_decode_worker : 1;
    fit_run *run = malloc(sizeof *run);
    double room = HUGE_VAL;
    if (run != NULL && fit_run_of(row, run, NULL) == TR_OK)
        room = tr_shard_max_batch_seq(&run->shard, s->input_token + s->output_token / 2);
    free(run);
    return s->concurrency_seq / workers > room ? "more requests than fit in the KV cache" : NULL;
}

tr_status tr_run_emit(const tr_record *record, tr_measured *row, const tr_run_times *times)
{
    const char *unclean = row->unclean;
    if (!(times->tpot_s > 0) && !(times->ttft_s > 0))
        return tr_record_skip(record, "neither TPOT nor TTFT");
    tr_status s = TR_OK;
    if (times->tpot_s > 0) {
        row->metric = TR_METRIC_TPOT;
        row->measured_s = times->tpot_s;
        row->is_median = times->tpot_is_median;
        s = tr_record_measured(record, row);
    }
    if (s == TR_OK && times->ttft_s > 0) {
        row->metric = TR_METRIC_TTFT;
        row->measured_s = times->ttft_s;
        row->is_median = times->ttft_is_median;
        row->unclean = unclean != NULL && unclean[0] != '\0' ? unclean : times->ttft_unclean;
        s = tr_record_measured(record, row);
    }
    return s;
}
