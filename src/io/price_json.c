/* io/price_json.c -- one provider's price sheet from data/prices: models, periods, tiers, dates and sources.
 */
#include "io/price_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "io/file.h"
#include "io/json_value.h"

enum { MODEL_MAX = 4096, PERIOD_MAX = 16 };
#define USD_PER_MTOKEN_MAX 1e4

typedef struct reader {
    tr_price_sheet *sheet;
    size_t model_room, period_room;
    tr_error *err;
} reader;

static tr_status unknown(reader *r, const tr_flat_entry *e, const char *expected)
{
    return tr_fail_at(r->err, TR_EUNKNOWN, e->key, 0.0, e->line, e->column,
                      "unknown key '%.100s'; expected %s", e->key, expected);
}

static tr_status read_rate(reader *r, const tr_flat_entry *e, const char *key, tr_rates *rates)
{
    double *to = strcmp(key, "input") == 0         ? &rates->input_usd_per_mtoken
                 : strcmp(key, "cached_read") == 0 ? &rates->cached_read_usd_per_mtoken
                 : strcmp(key, "write_5m") == 0    ? &rates->write_5m_usd_per_mtoken
                 : strcmp(key, "write_1h") == 0    ? &rates->write_1h_usd_per_mtoken
                 : strcmp(key, "output") == 0      ? &rates->output_usd_per_mtoken
                                                   : NULL;
    if (to == NULL)
        return unknown(r, e, "input, cached_read, write_5m, write_1h or output");
    return tr_value_between(e, TR_UNIT_USD_PER_MTOKEN, 1e-9, USD_PER_MTOKEN_MAX, 0, to, r->err);
}

/* "00:30": hours and minutes of a day. */
static tr_status read_clock(reader *r, const tr_flat_entry *e, char out[8])
{
    const tr_status s = tr_value_text(e, out, 8, r->err);
    if (s != TR_OK)
        return s;
    const int shape = strlen(out) == 5 && strspn(out, "0123456789") == 2 && out[2] == ':' &&
                      strspn(out + 3, "0123456789") == 2;
    if (!shape || memcmp(out, "24", 2) >= 0 || memcmp(out + 3, "60", 2) >= 0)
        return tr_fail_at(r->err, TR_EDOMAIN, e->key, 0.0, e->line, e->column,
                          "'%.100s' must be a time such as \"16:30\"", e->key);
    return TR_OK;
}

static tr_status read_fast(reader *r, const tr_flat_entry *e, const char *key, tr_price_period *period)
{
    const char *rest = tr_flat_below(key, "usd_per_mtoken");
    if (rest != NULL)
        return read_rate(r, e, rest, &period->fast);
    if (strcmp(key, "from") == 0)
        return tr_value_date(e, period->fast_from, sizeof period->fast_from, r->err);
    if (strcmp(key, "date") == 0)
        return tr_value_date(e, period->fast_date, sizeof period->fast_date, r->err);
    if (strcmp(key, "source") == 0)
        return tr_value_text(e, period->fast_source, sizeof period->fast_source, r->err);
    if (strcmp(key, "note") == 0)
        return tr_value_text(e, period->fast_note, sizeof period->fast_note, r->err);
    if (strcmp(key, "speed_ratio") == 0)
        return tr_value_between(e, TR_UNIT_NONE, 1.0, 1e6, 0, &period->fast_speed_ratio, r->err);
    return unknown(r, e, "fast.usd_per_mtoken, fast.speed_ratio, fast.from, fast.note, fast.source or fast.date");
}

static tr_status read_period(reader *r, const tr_flat_entry *e, const char *key, tr_price_period *period)
{
    const char *rest;
    if ((rest = tr_flat_below(key, "usd_per_mtoken")) != NULL)
        return read_rate(r, e, rest, &period->base);
    if ((rest = tr_flat_below(key, "long.usd_per_mtoken")) != NULL)
        return read_rate(r, e, rest, &period->above);
    if ((rest = tr_flat_below(key, "fast")) != NULL)
        return read_fast(r, e, rest, period);
    if (strcmp(key, "long.above_token") == 0)
        return tr_value_between(e, TR_UNIT_TOKEN, 1.0, 1e9, 0, &period->long_above_token, r->err);
    if (strcmp(key, "from") == 0)
        return tr_value_date(e, period->from, sizeof period->from, r->err);
    if (strcmp(key, "daily.from_utc") == 0)
        return read_clock(r, e, period->daily_from_utc);
    if (strcmp(key, "daily.to_utc") == 0)
        return read_clock(r, e, period->daily_to_utc);
    return unknown(r, e, "from, daily, usd_per_mtoken, long or fast");
}

/* ---- models --------------------------------------------------------------- */

/* Lists come in order, so that the model or period of an entry is the last one or a new one. */
static tr_price_model *model_at(reader *r, size_t index)
{
    tr_price_sheet *sheet = r->sheet;
    if (index < sheet->model_count)
        return &sheet->models[index];
    if (sheet->model_count == r->model_room) {
        const size_t room = r->model_room == 0 ? 64 : 2 * r->model_room;
        tr_price_model *more = realloc(sheet->models, room * sizeof *more);
        if (more == NULL)
            return NULL;
        sheet->models = more;
        r->model_room = room;
    }
    tr_price_model *model = &sheet->models[sheet->model_count++];
    memset(model, 0, sizeof *model);
    model->first_period = sheet->period_count;
    return model;
}

static tr_price_period *period_at(reader *r, tr_price_model *model, size_t index)
{
    tr_price_sheet *sheet = r->sheet;
    if (index < model->period_count)
        return &sheet->periods[model->first_period + index];
    if (sheet->period_count == r->period_room) {
        const size_t room = r->period_room == 0 ? 64 : 2 * r->period_room;
        tr_price_period *more = realloc(sheet->periods, room * sizeof *more);
        if (more == NULL)
            return NULL;
        sheet->periods = more;
        r->period_room = room;
    }
    tr_price_period *period = &sheet->periods[sheet->period_count++];
    memset(period, 0, sizeof *period);
    model->period_count++;
    return period;
}

static tr_status read_model(reader *r, const tr_flat_entry *e, const char *rest)
{
    size_t index;
    const char *key = tr_value_index(rest, MODEL_MAX, &index);
    tr_price_model *model = key != NULL ? model_at(r, index) : NULL;
    if (key == NULL)
        return tr_fail_at(r->err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                          "models is a list of at most %d", MODEL_MAX);
    if (model == NULL)
        return tr_fail(r->err, TR_ENOMEM, NULL, 0.0, "out of memory");
    if (strcmp(key, "name") == 0)
        return tr_value_text(e, model->name, sizeof model->name, r->err);
    if (strcmp(key, "catalog") == 0)
        return tr_value_text(e, model->catalog, sizeof model->catalog, r->err);
    if (strcmp(key, "context_token") == 0)
        return tr_value_between(e, TR_UNIT_TOKEN, 1.0, 1e9, 0, &model->context_token, r->err);
    const char *prices = tr_flat_below(key, "prices");
    if (prices == NULL)
        return unknown(r, e, "name, catalog, context_token or prices");
    key = tr_value_index(prices, PERIOD_MAX, &index);
    if (key == NULL)
        return tr_fail_at(r->err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                          "prices is a list of at most %d periods", PERIOD_MAX);
    tr_price_period *period = period_at(r, model, index);
    if (period == NULL)
        return tr_fail(r->err, TR_ENOMEM, NULL, 0.0, "out of memory");
    return read_period(r, e, key, period);
}

static tr_status read_storage(reader *r, const tr_flat_entry *e, const char *rest)
{
    tr_price_sheet *sheet = r->sheet;
    size_t index;
    const char *key = tr_value_index(rest, sizeof sheet->storage / sizeof sheet->storage[0], &index);
    if (key == NULL)
        return tr_fail_at(r->err, TR_ECAPACITY, e->key, 0.0, e->line, e->column,
                          "cache_storage is a list of at most 4");
    if (index >= sheet->storage_count)
        sheet->storage_count = index + 1;
    tr_cache_storage *storage = &sheet->storage[index];
    if (strcmp(key, "family") == 0)
        return tr_value_text(e, storage->family, sizeof storage->family, r->err);
    if (strcmp(key, "usd_per_mtoken_hour") == 0)
        return tr_value_between(e, TR_UNIT_NONE, 1e-9, USD_PER_MTOKEN_MAX, 0, &storage->usd_per_mtoken_hour,
                                r->err);
    if (strcmp(key, "source") == 0)
        return tr_value_text(e, storage->source, sizeof storage->source, r->err);
    if (strcmp(key, "date") == 0)
        return tr_value_date(e, storage->date, sizeof storage->date, r->err);
    return unknown(r, e, "family, usd_per_mtoken_hour, source or date");
}

static tr_status read_entry(reader *r, const tr_flat_entry *e)
{
    tr_price_sheet *sheet = r->sheet;
    const char *rest;
    if ((rest = tr_flat_below(e->key, "models")) != NULL)
        return read_model(r, e, rest);
    if ((rest = tr_flat_below(e->key, "cache_storage")) != NULL)
        return read_storage(r, e, rest);
    if (strcmp(e->key, "name") == 0)
        return tr_value_text(e, sheet->name, sizeof sheet->name, r->err);
    if (strcmp(e->key, "title") == 0)
        return tr_value_text(e, sheet->title, sizeof sheet->title, r->err);
    if (strcmp(e->key, "source") == 0)
        return tr_value_text(e, sheet->source, sizeof sheet->source, r->err);
    if (strcmp(e->key, "date") == 0)
        return tr_value_date(e, sheet->date, sizeof sheet->date, r->err);
    if (strcmp(e->key, "batch.price_ratio") == 0)
        return tr_value_between(e, TR_UNIT_RATIO, 0.01, 1.0, 0, &sheet->batch_price_ratio, r->err);
    if (strcmp(e->key, "batch.source") == 0)
        return tr_value_text(e, sheet->batch_source, sizeof sheet->batch_source, r->err);
    if (strcmp(e->key, "batch.date") == 0)
        return tr_value_date(e, sheet->batch_date, sizeof sheet->batch_date, r->err);
    return unknown(r, e, "name, title, source, date, batch, models or cache_storage");
}

/* ---- checks on the whole --------------------------------------------------- */

static tr_status bad_model(reader *r, tr_status status, const tr_price_model *model, const char *what)
{
    return tr_fail(r->err, status, model->name, 0.0, "%.64s: %s",
                   model->name[0] != '\0' ? model->name : "a model", what);
}

static tr_status check_period(reader *r, const tr_price_model *model, const tr_price_period *p)
{
    if (!(p->base.input_usd_per_mtoken > 0.0) || !(p->base.output_usd_per_mtoken > 0.0))
        return bad_model(r, TR_EMISSING, model, "a price needs at least input and output");
    if ((p->daily_from_utc[0] == '\0') != (p->daily_to_utc[0] == '\0'))
        return bad_model(r, TR_EMISSING, model, "daily needs both from_utc and to_utc");
    const int tier = p->above.input_usd_per_mtoken > 0.0 || p->above.output_usd_per_mtoken > 0.0;
    if (tier != (p->long_above_token > 0.0))
        return bad_model(r, TR_EMISSING, model, "long needs both above_token and usd_per_mtoken");
    if (tier && (p->above.input_usd_per_mtoken < p->base.input_usd_per_mtoken ||
                 p->above.output_usd_per_mtoken < p->base.output_usd_per_mtoken))
        return bad_model(r, TR_ECONFLICT, model, "long prompts cost less than short ones");
    const int fast = p->fast.output_usd_per_mtoken > 0.0;
    if (fast && (p->fast_source[0] == '\0' || p->fast_date[0] == '\0'))
        return bad_model(r, TR_EMISSING, model, "a fast mode ships with its source and date");
    if (!fast && (p->fast_source[0] != '\0' || p->fast.input_usd_per_mtoken > 0.0))
        return bad_model(r, TR_EMISSING, model, "a fast mode needs its output price");
    return TR_OK;
}

static tr_status check_models(reader *r)
{
    const tr_price_sheet *sheet = r->sheet;
    for (size_t i = 0; i < sheet->model_count; i++) {
        const tr_price_model *model = &sheet->models[i];
        if (model->name[0] == '\0' || model->period_count == 0)
            return bad_model(r, TR_EMISSING, model, "a model needs a name and prices");
        for (size_t k = 0; k < i; k++)
            if (strcmp(sheet->models[k].name, model->name) == 0)
                return bad_model(r, TR_ECONFLICT, model, "given twice");
        for (size_t k = 0; k < model->period_count; k++) {
            const tr_price_period *period = &sheet->periods[model->first_period + k];
            const tr_status s = check_period(r, model, period);
            if (s != TR_OK)
                return s;
            if (k > 0 && strcmp(period[-1].from, period->from) > 0)
                return bad_model(r, TR_ECONFLICT, model, "periods go from the oldest to the newest");
        }
    }
    return TR_OK;
}

static tr_status check_sheet(reader *r)
{
    const tr_price_sheet *sheet = r->sheet;
    if (sheet->name[0] == '\0' || sheet->source[0] == '\0' || sheet->date[0] == '\0')
        return tr_fail(r->err, TR_EMISSING, "source", 0.0, "a price sheet has name, source and date");
    if (sheet->batch_price_ratio > 0.0 && (sheet->batch_source[0] == '\0' || sheet->batch_date[0] == '\0'))
        return tr_fail(r->err, TR_EMISSING, "batch.source", 0.0, "batch ships with its source and date");
    for (size_t i = 0; i < sheet->storage_count; i++)
        if (!(sheet->storage[i].usd_per_mtoken_hour > 0.0) || sheet->storage[i].family[0] == '\0' ||
            sheet->storage[i].source[0] == '\0' || sheet->storage[i].date[0] == '\0')
            return tr_fail(r->err, TR_EMISSING, "cache_storage", 0.0,
                           "cache_storage needs family, usd_per_mtoken_hour, source and date");
    return check_models(r);
}

void tr_price_sheet_destroy(tr_price_sheet *sheet)
{
    if (sheet == NULL)
        return;
    free(sheet->models);
    free(sheet->periods);
    free(sheet);
}

tr_status tr_price_sheet_from_json(const tr_flat *flat, tr_price_sheet **out, tr_error *err)
{
    reader r = { .sheet = calloc(1, sizeof *r.sheet), .err = err };
    if (r.sheet == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    tr_status s = TR_OK;
    for (size_t i = 0; i < tr_flat_count(flat) && s == TR_OK; i++)
        s = read_entry(&r, tr_flat_at(flat, i));
    if (s == TR_OK)
        s = check_sheet(&r);
    if (s == TR_OK)
        *out = r.sheet;
    else
        tr_price_sheet_destroy(r.sheet);
    return s;
}

tr_status tr_price_sheet_read(const char *path, tr_price_sheet **out, tr_error *err)
{
    tr_flat *flat = NULL;
    tr_error inner = { .text = "" };
    tr_status s = tr_flat_read(path, &flat, err);
    if (s != TR_OK)
        return s;
    s = tr_price_sheet_from_json(flat, out, &inner);
    tr_flat_destroy(flat);
    if (s != TR_OK && err != NULL) {
        *err = inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner.text);
    }
    return s;
}
