/* fit/collect.c -- the serving runs of measured tables as rows to fit on. */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "fit/fit.h"
#include "fit/fit_stream.h"
#include "fit/measured.h"
#include "fit/predict.h"
#include "io/file.h"

void fit_data_free(fit_data *data)
{
    for (int i = 0; i < data->models; i++)
        free(data->model[i]);
    for (size_t i = 0; i < data->count; i++)
        free(data->row[i].run);
    free(data->row);
    memset(data, 0, sizeof *data);
}

static void skip_row(fit_data *data, const char *why)
{
    data->skipped++;
    for (int i = 0; i < data->reasons; i++)
        if (strcmp(data->reason[i].text, why) == 0) {
            data->reason[i].count++;
            return;
        }
    if (data->reasons == FIT_REASON_MAX)
        return;
    fit_reason *r = &data->reason[data->reasons++];
    (void)snprintf(r->text, sizeof r->text, "%.127s", why);
    r->count = 1;
}

/* The reader's models last as long as its file: keep one of each. */
static tr_status take_model(fit_data *data, const tr_model *model, int *index, tr_error *err)
{
    for (int i = 0; i < data->models; i++)
        if (strcmp(data->model[i]->name, model->name) == 0) {
            *index = i;
            return TR_OK;
        }
    if (data->models == FIT_MODEL_MAX)
        return tr_fail(err, TR_ECAPACITY, "model", 0.0, "more than %d models", FIT_MODEL_MAX);
    tr_model *made = malloc(sizeof *made);
    if (made == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    *made = *model;
    *index = data->models;
    data->model[data->models++] = made;
    return TR_OK;
}

static tr_status take_chip(fit_data *data, const tr_chip *chip, int *index, tr_error *err)
{
    const tr_chip *known = tr_chip_catalog_find(chip->name);
    for (int i = 0; i < data->chips; i++)
        if (data->chip[i] == known) {
            *index = i;
            return TR_OK;
        }
    if (known == NULL || data->chips == FIT_CHIP_MAX)
        return tr_fail(err, TR_ECAPACITY, "system", 0.0, "more than %d chips", FIT_CHIP_MAX);
    *index = data->chips;
    data->chip[data->chips++] = known;
    return TR_OK;
}

static int take_engine(fit_data *data, const char *engine)
{
    for (int i = 0; i < data->engines; i++)
        if (strcmp(data->engine[i], engine) == 0)
            return i;
    if (data->engines == FIT_ENGINE_MAX)
        return -1;
    data->engine[data->engines] = engine;
    return data->engines++;
}

/* A benchmark, by its protocol where one is known, and the table that it stands in. */
static int take_source(fit_data *data, const char *protocol, int file)
{
    char name[sizeof data->source[0]];
    (void)snprintf(name, sizeof name, "%.24s%s%.63s", protocol, protocol[0] != '\0' ? " in " : "", data->file[file]);
    for (int i = 0; i < data->sources; i++)
        if (strcmp(data->source[i], name) == 0)
            return i;
    if (data->sources == FIT_SOURCE_MAX)
        return -1;
    memcpy(data->source[data->sources], name, sizeof name);
    return data->sources++;
}

static tr_status add(fit_data *data, const fit_row *row, tr_error *err)
{
    if (data->count == data->capacity) {
        const size_t more = data->capacity == 0 ? 512 : 2 * data->capacity;
        fit_row *grown = realloc(data->row, more * sizeof *grown);
        if (grown == NULL)
            return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
        data->row = grown;
        data->capacity = more;
    }
    data->row[data->count++] = *row;
    data->file_row[row->file]++;
    return TR_OK;
}

static const char *unusable(fit_data *data, const tr_measured *m, int stream)
{
    if (stream) {
        if (m->metric != TR_METRIC_GENERATE && m->metric != TR_METRIC_PROMPT)
            return "not one stream";
        /* [F32] */
        if (m->known_engine != NULL && data->stream_engine[0] == '\0')
            (void)snprintf(data->stream_engine, sizeof data->stream_engine, "%s", m->known_engine->name);
        return m->known_engine == NULL || strcmp(m->known_engine->name, data->stream_engine) != 0 ? "another engine"
                                                                                                   : NULL;
    }
    if (m->metric != TR_METRIC_TPOT && m->metric != TR_METRIC_TTFT)
        return "not a serving run with clients in a closed loop";
    if (m->serving.prefill_chip > 0 || m->serving.decode_chip > 0)
        return "prefill and decode on machines of their own";
    if (!(m->serving.concurrency_seq >= 1) && !(m->serving.request_per_s > 0))
        return "no concurrency";
    if (!m->clean)
        return m->unclean;
    if (m->serving.draft_token > 0)
        return "speculative decoding";
    if (m->known_engine == NULL || m->known_engine->name[0] == '\0')
        return "an engine that is not stated, or not known";
    return NULL;
}

typedef struct collecting {
    fit_data *data;
    int file;
    int stream;
} collecting;

const char *fit_stream_group(const tr_measured *row)
{
    const char *date = row->serving.engine_date;
    const tr_chip *known = tr_chip_catalog_find(row->system->chip.name);
    if (date[0] != '\0' && strcmp(date, "2024-06") < 0)
        return "before June 2024";
    return known != NULL ? known->vendor : "";
}

/* Where a row keeps its number: of a token, or of what comes before the first. */
static void put(fit_row *row, const tr_measured *m)
{
    if (m->metric == TR_METRIC_TPOT || m->metric == TR_METRIC_GENERATE)
        row->tpot_s = m->measured_s;
    else
        row->ttft_s = m->metric == TR_METRIC_PROMPT ? m->measured_s * m->serving.input_token : m->measured_s;
}

static tr_status take(void *context, const tr_measured *m, tr_error *err)
{
    collecting *now = context;
    fit_data *data = now->data;
    fit_row row;
    const char *why = unusable(data, m, now->stream);
    if (why != NULL) {
        skip_row(data, why);
        return TR_OK;
    }
    /* A run's second number joins its first. */
    fit_row *last = data->count > 0 ? &data->row[data->count - 1] : NULL;
    if (last != NULL && last->line == m->line && last->file == now->file) {
        put(last, m);
        /* A median is of the steady part, and time per token hardly sees the first wave. */
        if (m->metric == TR_METRIC_TTFT && m->is_median)
            last->run->clients.request_per_client = 0.0;
        return TR_OK;
    }
    memset(&row, 0, sizeof row);
    row.file = now->file;
    row.line = m->line;
    put(&row, m);
    row.engine = take_engine(data, now->stream ? fit_stream_group(m) : m->known_engine->name);
    row.source = take_source(data, m->protocol, now->file);
    if (row.engine < 0 || row.source < 0)
        return tr_fail(err, TR_ECAPACITY, "engine", 0.0, "more than %d engines, or %d sources", FIT_ENGINE_MAX,
                       FIT_SOURCE_MAX);
    tr_status s = take_chip(data, &m->system->chip, &row.chip, err);
    if (s == TR_OK)
        s = take_model(data, m->model, &row.model, err);
    if (s != TR_OK)
        return s;
    tr_measured kept = *m;
    kept.model = data->model[row.model]; /* the reader's lasts as long as its file */
    tr_error short_of;
    row.run = malloc(sizeof *row.run);
    if (row.run == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    if (fit_run_of(&kept, row.run, &short_of) != TR_OK) {
        free(row.run);
        skip_row(data, short_of.text);
        return TR_OK;
    }
    s = add(data, &row, err);
    if (s != TR_OK)
        free(row.run);
    return s;
}

static tr_status skip(void *context, int line, const char *reason, tr_error *err)
{
    const collecting *now = context;
    (void)line;
    (void)err;
    skip_row(now->data, reason);
    return TR_OK;
}

int fit_same_shape(const tr_model *a, const tr_model *b)
{
    return !(a->total_param < b->total_param) && !(a->total_param > b->total_param) && !(a->hidden < b->hidden) &&
           !(a->hidden > b->hidden);
}

/* The letters and number that a name begins with, up to a dash or a size: "qwen3", "llama", "gpt". */
static size_t family_length(const char *name)
{
    size_t n = 0;
    while (name[n] != '\0' && name[n] != '-')
        n++;
    return n;
}

int fit_same_family(const tr_model *a, const tr_model *b)
{
    const size_t n = family_length(a->name);
    return n == family_length(b->name) && strncmp(a->name, b->name, n) == 0;
}

const char *fit_all_file(size_t index)
{
    static const char *const all[] = {"e2e_silicon.csv", "e2e_inferencex_dsr1_allhw.csv", "e2e_blis_vllm.csv"};
    return index < sizeof all / sizeof all[0] ? all[index] : NULL;
}

static tr_status read_rows(const char *path, int stream, fit_data *data, tr_error *err)
{
    if (data->files == FIT_FILE_MAX)
        return tr_fail(err, TR_ECAPACITY, "file", 0.0, "more than %d files", FIT_FILE_MAX);
    collecting now = {data, data->files, stream};
    data->by_maker = stream;
    const tr_measured_sink sink = {take, skip, &now};
    const char *form = NULL;
    size_t count = 0;
    (void)snprintf(data->file[data->files], sizeof data->file[0], "%.63s", tr_path_last(path));
    data->files++;
    return tr_measured_read(path, &sink, &count, &form, err);
}

tr_status fit_read(const char *path, fit_data *data, tr_error *err) { return read_rows(path, 0, data, err); }
tr_status fit_read_stream(const char *path, fit_data *data, tr_error *err) { return read_rows(path, 1, data, err); }
