/* fit/validate.c -- measured tables judged: rows read, predicted by each physics, scored. */
#include "fit/validate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "fit/validation.h"

/* While a file is read. */
typedef struct reading {
    tr_validation *validation;
    int file;
    int last_used_line; /* a record may give several rows, and is used once */
} reading;

/* The row with its clients as asked for; 0: it has none that could start together. */
static int as_asked(const tr_validation *v, tr_measured *row)
{
    tr_serving *s = &row->serving;
    const int of_clients = row->metric == TR_METRIC_TPOT || row->metric == TR_METRIC_TTFT;
    if (v->burst_request < 0 || !of_clients)
        return 1;
    if (v->burst_request > 0 && !(s->concurrency_seq >= 1))
        return 0;
    s->start_together = v->burst_request > 0;
    s->request_per_client = v->burst_request;
    if (v->burst_request <= 0)
        s->mean_batch_share = 0; /* no end of a run that leaves places empty */
    return 1;
}

static tr_status take(void *context, const tr_measured *measured, tr_error *err)
{
    reading *now = context;
    tr_validation *v = now->validation;
    tr_measured asked = *measured, *const row = &asked;
    if (v->metric >= 0 && (int)row->metric != v->metric)
        return tr_score_skip(v->score[v->physics], "another metric than --metric asks for", err);
    if (!row->clean) /* what it measures beside is named, and no prediction is judged by it */
        return tr_score_skip(v->score[v->physics], row->unclean, err);
    if (!as_asked(v, row))
        return tr_score_skip(v->score[v->physics], "arrivals at a rate: no clients that could start together", err);
    int used = 0;
    for (int physics = 0; physics < TR_PHYSICS_COUNT; physics++) {
        tr_prediction prediction;
        tr_error why;
        if (!v->known[physics])
            continue;
        tr_status s = tr_predict(row, (tr_physics)physics, &prediction, &why);
        if (s == TR_OK)
            s = tr_score_add(v->score[physics], now->file, row, &prediction, err);
        else
            s = tr_score_skip(v->score[physics], why.text, err);
        if (s != TR_OK)
            return s;
        used |= physics == v->physics;
    }
    if (used && row->line != now->last_used_line) {
        v->used_record_count++;
        now->last_used_line = row->line;
    }
    return TR_OK;
}

static tr_status skip(void *context, int line, const char *reason, tr_error *err)
{
    reading *now = context;
    (void)line;
    return tr_score_skip(now->validation->score[now->validation->physics], reason, err);
}

tr_status tr_validation_run(const tr_scenario *scenario, const char *const *path, int path_count,
                            tr_validation **out, tr_error *err)
{
    tr_validation *v = calloc(1, sizeof *v);
    tr_status s = TR_OK;
    if (v == NULL || path_count > TR_VALIDATE_FILE_MAX) {
        free(v);
        return tr_fail(err, v == NULL ? TR_ENOMEM : TR_ECAPACITY, "", (double)NAN,
                       "too many files, or out of memory");
    }
    v->scenario = scenario;
    v->path = path;
    v->path_count = path_count;
    v->physics = tr_input_choice(scenario, TR_IN_PHYSICS);
    v->metric = tr_input_choice(scenario, TR_IN_METRIC) - 1;
    v->worst = (size_t)tr_input_number(scenario, TR_IN_WORST);
    s = tr_protocol_parse(tr_input_text(scenario, TR_IN_PROTOCOL), &v->burst_request, err);
    for (int i = 0; s == TR_OK && i < TR_PHYSICS_COUNT; i++) {
        v->known[i] = i == v->physics || tr_predicts((tr_physics)i);
        v->score[i] = v->known[i] ? tr_score_create() : NULL;
        if (v->known[i] && v->score[i] == NULL)
            s = tr_fail(err, TR_ENOMEM, "", (double)NAN, "out of memory");
    }
    for (int i = 0; s == TR_OK && i < path_count; i++) {
        reading now = {.validation = v, .file = i, .last_used_line = -1};
        const tr_measured_sink sink = {take, skip, &now};
        size_t count = 0;
        s = tr_measured_read(path[i], &sink, &count, &v->form[i], err);
        v->record_count += count;
    }
    if (s != TR_OK) {
        tr_validation_destroy(v);
        return s;
    }
    *out = v;
    return TR_OK;
}

void tr_validation_destroy(tr_validation *v)
{
    if (v == NULL)
        return;
    for (int i = 0; i < TR_PHYSICS_COUNT; i++)
        tr_score_destroy(v->score[i]);
    free(v);
}

const char *tr_anomaly_reason(const tr_judged *row)
{
    const double ratio = row->measured_s / row->bound_s;
    if (ratio < 0.01)
        return "a hundred times under the bound: other units, or another model than named";
    switch (row->metric) {
    case TR_METRIC_KERNEL:
        return "small enough to stay in the chip's caches, or a switch that adds up on the way";
    case TR_METRIC_TPOT:
    case TR_METRIC_GENERATE:
        return "speculative decoding, fewer requests in flight than stated, or narrower weights than stated";
    case TR_METRIC_TTFT:
    case TR_METRIC_PROMPT: return "a prompt partly cached, shorter than stated, or multiplied in narrower numbers";
    case TR_METRIC_OUTPUT:
    case TR_METRIC_WORKED:
    case TR_METRIC_COUNT: break;
    }
    return "other units, or another layout than stated";
}

int tr_is_anomaly(const tr_judged *row)
{
    return row->metric != TR_METRIC_WORKED && row->measured_s < row->bound_s * (1 - 1e-9);
}
