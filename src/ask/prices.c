/* ask/prices.c -- the answer of `prices`: published prices as rows, one with its sources, two side by side. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "price/price_sheet.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

typedef struct price_row {
    const tr_price *price;
    const tr_price_provider *provider;
    tr_price_ratios ratio;
    char period[24]; /* "2026-03-13", "00:30-16:30": for people */
} price_row;

static void fill(price_row *row, const tr_price *price)
{
    row->price = price;
    row->provider = tr_price_provider_find(price->provider);
    row->ratio = tr_price_ratios_of(price);
    if (price->daily_from_utc[0] != '\0')
        (void)snprintf(row->period, sizeof row->period, "%s-%s", price->daily_from_utc, price->daily_to_utc);
    else
        (void)snprintf(row->period, sizeof row->period, "%s", price->from);
}

static const char *said(const char *text) { return text[0] != '\0' ? text : NULL; }

#define NUMBER(NAME, VALUE) TR_NUMBER(price_row, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(price_row, NAME, VALUE)
TEXT(provider, row->price->provider)
TEXT(model, row->price->model)
TEXT(catalog_model, said(row->price->catalog_model))
TEXT(period, said(row->period))
TEXT(from, said(row->price->from))
TEXT(daily_from, said(row->price->daily_from_utc))
TEXT(daily_to, said(row->price->daily_to_utc))
NUMBER(context, row->price->context_token)
NUMBER(input, row->price->base.input_usd_per_mtoken)
NUMBER(cached, row->price->base.cached_read_usd_per_mtoken)
NUMBER(write_5m, row->price->base.write_5m_usd_per_mtoken)
NUMBER(write_1h, row->price->base.write_1h_usd_per_mtoken)
NUMBER(output, row->price->base.output_usd_per_mtoken)
NUMBER(long_above, row->price->long_above_token)
NUMBER(long_input, row->price->long_rates.input_usd_per_mtoken)
NUMBER(long_cached, row->price->long_rates.cached_read_usd_per_mtoken)
NUMBER(long_output, row->price->long_rates.output_usd_per_mtoken)
NUMBER(fast_input, row->price->fast.input_usd_per_mtoken)
NUMBER(fast_cached, row->price->fast.cached_read_usd_per_mtoken)
NUMBER(fast_5m, row->price->fast.write_5m_usd_per_mtoken)
NUMBER(fast_output, row->price->fast.output_usd_per_mtoken)
NUMBER(batch_ratio, row->price->batch_price_ratio)
NUMBER(hold, row->price->hold_usd_per_mtoken_hour)
NUMBER(ratio_output, row->ratio.output_input_ratio)
NUMBER(ratio_cached, row->ratio.input_cached_ratio)
NUMBER(ratio_5m, row->ratio.write_5m_input_ratio)
NUMBER(ratio_1h, row->ratio.write_1h_input_ratio)
NUMBER(ratio_long_input, row->ratio.long_input_ratio)
NUMBER(ratio_long_output, row->ratio.long_output_ratio)
NUMBER(ratio_fast, row->ratio.fast_output_ratio)
TEXT(source, row->provider != NULL ? row->provider->source : NULL)
TEXT(date, row->price->date)

static const tr_field all_field[] = {
    TR_T("provider", provider),
    TR_T("model", model),
    TR_T("catalog_model", catalog_model),
    TR_T("from", from),
    TR_T("daily_from_utc", daily_from),
    TR_T("daily_to_utc", daily_to),
    TR_N("context_token", TOKEN, context),
    TR_N("input_usd_per_mtoken", USD_PER_MTOKEN, input),
    TR_N("cached_read_usd_per_mtoken", USD_PER_MTOKEN, cached),
    TR_N("write_5m_usd_per_mtoken", USD_PER_MTOKEN, write_5m),
    TR_N("write_1h_usd_per_mtoken", USD_PER_MTOKEN, write_1h),
    TR_N("output_usd_per_mtoken", USD_PER_MTOKEN, output),
    TR_N("long.above_token", TOKEN, long_above),
    TR_N("long.input_usd_per_mtoken", USD_PER_MTOKEN, long_input),
    TR_N("long.cached_read_usd_per_mtoken", USD_PER_MTOKEN, long_cached),
    TR_N("long.output_usd_per_mtoken", USD_PER_MTOKEN, long_output),
    TR_N("fast.input_usd_per_mtoken", USD_PER_MTOKEN, fast_input),
    TR_N("fast.cached_read_usd_per_mtoken", USD_PER_MTOKEN, fast_cached),
    TR_N("fast.write_5m_usd_per_mtoken", USD_PER_MTOKEN, fast_5m),
    TR_N("fast.output_usd_per_mtoken", USD_PER_MTOKEN, fast_output),
    TR_N("batch_price_ratio", NONE, batch_ratio),
    TR_N("hold_usd_per_mtoken_hour", NONE, hold),
    TR_N("ratio.output_over_input", NONE, ratio_output),
    TR_N("ratio.input_over_cached_read", NONE, ratio_cached),
    TR_N("ratio.write_5m_over_input", NONE, ratio_5m),
    TR_N("ratio.write_1h_over_input", NONE, ratio_1h),
    TR_N("ratio.long_over_input", NONE, ratio_long_input),
    TR_N("ratio.long_over_output", NONE, ratio_long_output),
    TR_N("ratio.fast_over_output", NONE, ratio_fast),
    TR_T("source", source),
    TR_T("date", date),
};
static const tr_fields all_fields = {all_field, sizeof all_field / sizeof all_field[0]};

/* A long name without who made it: a part finds it too. */
enum { MODEL_WIDTH = 37 };
static const char *short_model(const void *p)
{
    const char *name = model(p), *slash = strrchr(name, '/');
    return strlen(name) > MODEL_WIDTH && slash != NULL ? slash + 1 : name;
}

static const tr_field page_field[] = {
    TR_T_HEAD("provider", "provider", 10, provider),
    TR_T_HEAD("model", "model", MODEL_WIDTH, short_model),
    TR_N_HEAD("input", USD, "input", 7, input),
    TR_N_HEAD("cached", USD, "cached", 9, cached),
    TR_N_HEAD("output", USD, "output", 7, output),
    TR_N_HEAD("fast", USD, "fast", 7, fast_output),
    TR_T_HEAD("period", "from", 10, period),
};
static const tr_fields page_fields = {page_field, sizeof page_field / sizeof page_field[0]};

/* ---- many ------------------------------------------------------------------------ */

typedef struct walk {
    const char *text;
    int exact; /* something is called exactly so */
    price_row row;
} walk;

static int is_wanted(const walk *w, const tr_price *price)
{
    if (w->text[0] == '\0')
        return 1;
    return w->exact ? tr_price_is_named(price, w->text)
                    : tr_text_holds(price->model, w->text) || tr_text_holds(price->catalog_model, w->text) ||
                          tr_text_holds(price->provider, w->text);
}

static size_t count_of(const walk *w)
{
    size_t count = 0;
    for (size_t i = 0; i < tr_price_count(); i++)
        count += (size_t)is_wanted(w, tr_price_at(i));
    return count;
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    (void)err;
    for (size_t i = 0; i < tr_price_count(); i++)
        if (is_wanted(w, tr_price_at(i)) && index-- == 0) {
            fill(&w->row, tr_price_at(i));
            return &w->row;
        }
    return NULL;
}

tr_status tr_answer_prices(const char *text, const tr_style *style, tr_sink *sink, tr_error *err)
{
    walk w = {.text = text != NULL ? text : "", .exact = 1};
    w.exact = count_of(&w) > 0;
    static const tr_notes notes = {
        .text = {"dollars per million tokens; `tokenroof prices NAME`: cache writes, long prompts, fast mode and "
                 "sources"},
        .count = 1};
    const tr_rows rows = {.fields = &all_fields,
                          .columns = &page_fields,
                          .name = "prices",
                          .count = count_of(&w),
                          .at = row_at,
                          .context = &w,
                          .notes = style->format == TR_FORMAT_TEXT ? &notes : NULL};
    if (rows.count == 0) {
        const tr_price *none = NULL;
        return tr_price_named(text, &none, err);
    }
    return tr_rows_write(&rows, style, sink, err);
}

/* ---- one ------------------------------------------------------------------------- */

static void print_known(tr_writer *out, const char *label, double value, tr_unit unit, const char *remark)
{
    if (isfinite(value))
        tr_print_quantity(out, label, value, unit, remark);
}

static void print_times(tr_writer *out, const char *label, double value, double ratio, const char *of_what)
{
    char text[96];
    (void)snprintf(text, sizeof text, "%.4g times %s", ratio, of_what);
    print_known(out, label, value, TR_UNIT_USD_PER_MTOKEN, isfinite(ratio) ? text : NULL);
}

static void print_rates(const price_row *row, const tr_style *style, tr_writer *out)
{
    const tr_price *p = row->price;
    char text[128], share[64];
    print_known(out, "input", p->base.input_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, NULL);
    (void)snprintf(text, sizeof text, "%.4g times less than input", row->ratio.input_cached_ratio);
    print_known(out, "cached read", p->base.cached_read_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, text);
    print_times(out, "cache write, 5 min", p->base.write_5m_usd_per_mtoken, row->ratio.write_5m_input_ratio, "input");
    print_times(out, "cache write, 1 h", p->base.write_1h_usd_per_mtoken, row->ratio.write_1h_input_ratio, "input");
    if (isfinite(p->hold_usd_per_mtoken_hour)) {
        (void)snprintf(text, sizeof text, "$%.4g/M for each hour", p->hold_usd_per_mtoken_hour);
        tr_print_line(out, "cache kept", text, NULL);
    }
    print_times(out, "output", p->base.output_usd_per_mtoken, row->ratio.output_input_ratio, "input");
    if (isfinite(p->long_above_token)) {
        (void)snprintf(text, sizeof text, "Prompts longer than %.0f tokens", p->long_above_token);
        tr_print_heading(out, style, text);
        print_times(out, "input", p->long_rates.input_usd_per_mtoken, row->ratio.long_input_ratio, "a short one's");
        print_known(out, "cached read", p->long_rates.cached_read_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, NULL);
        print_times(out, "output", p->long_rates.output_usd_per_mtoken, row->ratio.long_output_ratio, "a short one's");
    }
    if (isfinite(p->fast.output_usd_per_mtoken)) {
        tr_print_heading(out, style, "Fast mode");
        print_known(out, "input", p->fast.input_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, NULL);
        print_known(out, "cached read", p->fast.cached_read_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, NULL);
        print_known(out, "cache write, 5 min", p->fast.write_5m_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, NULL);
        print_times(out, "output", p->fast.output_usd_per_mtoken, row->ratio.fast_output_ratio, "the normal price");
    }
    if (isfinite(p->batch_price_ratio)) {
        (void)tr_quantity_format(p->batch_price_ratio, TR_UNIT_RATIO, share, sizeof share);
        tr_write_char(out, '\n');
        tr_print_line(out, "work that may wait", share, "of these prices");
    }
}

static void print_source(const char *label, const char *source, const char *date, int columns, tr_writer *out)
{
    char text[256];
    if (source[0] == '\0')
        return;
    (void)snprintf(text, sizeof text, date[0] != '\0' ? "%s (%s)" : "%s%s", source, date);
    tr_print_wrapped(out, label, "          ", text, columns);
}

/* The same model's price in other periods. */
static const tr_price *other_period(const tr_price *price, size_t index)
{
    for (size_t i = 0; i < tr_price_count(); i++) {
        const tr_price *p = tr_price_at(i);
        if (p != price && strcmp(p->provider, price->provider) == 0 && strcmp(p->model, price->model) == 0 &&
            index-- == 0)
            return p;
    }
    return NULL;
}

static void print_others(const tr_price *price, const tr_style *style, tr_writer *out)
{
    const tr_price *other;
    for (size_t i = 0; (other = other_period(price, i)) != NULL; i++) {
        char text[160], input[32], output[32];
        price_row row;
        fill(&row, other);
        if (i == 0)
            tr_print_heading(out, style, "Other periods of the same model");
        (void)tr_quantity_format(other->base.input_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, input, sizeof input);
        (void)tr_quantity_format(other->base.output_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, output, sizeof output);
        (void)snprintf(text, sizeof text, "input %s, output %s%s", input, output,
                       isfinite(other->long_above_token) ? ", with a tier for long prompts" : "");
        if (row.period[0] == '\0')
            (void)tr_text_copy(row.period, sizeof row.period,
                               price->daily_from_utc[0] != '\0' ? "other hours" : "before");
        tr_print_line(out, row.period, text, NULL);
    }
}

static tr_status write_card(const price_row *row, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    const tr_price *p = row->price;
    const tr_price_fast *fast = tr_price_fast_of(p);
    char text[256];
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(&out, p->provider);
    tr_write_char(&out, '/');
    tr_write_text(&out, p->model);
    if (p->daily_from_utc[0] != '\0')
        (void)snprintf(text, sizeof text, ", %s UTC\n\n", row->period);
    else
        (void)snprintf(text, sizeof text, "%s%s\n\n", p->from[0] != '\0' ? ", from " : "", p->from);
    tr_write_text(&out, text);
    if (p->catalog_model[0] != '\0')
        tr_print_line(&out, "in the catalog", p->catalog_model, NULL);
    print_known(&out, "longest prompt", p->context_token, TR_UNIT_TOKEN, NULL);
    print_rates(row, style, &out);
    print_others(p, style, &out);
    tr_write_char(&out, '\n');
    print_source("  source: ", row->provider->source, p->date, style->columns, &out);
    if (fast != NULL) {
        print_source("  fast:   ", fast->source, fast->date, style->columns, &out);
        print_source("          ", fast->note, "", style->columns, &out);
    }
    if (isfinite(p->batch_price_ratio))
        print_source("  batch:  ", row->provider->batch_source, row->provider->batch_date, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

static void json_source(const char *what, const char *source, const char *date, const char *note, tr_json *json)
{
    tr_json_object_inline(json);
    tr_json_key_string(json, "of", what);
    tr_json_key_string(json, "source", source);
    tr_json_key_string(json, "date", said(date));
    if (note[0] != '\0')
        tr_json_key_string(json, "note", note);
    tr_json_close(json);
}

static void json_card(const price_row *row, tr_json *json)
{
    const tr_price_fast *fast = tr_price_fast_of(row->price);
    const tr_price *other;
    tr_fields_json(&all_fields, row, json);
    tr_json_key_array(json, "other_periods");
    for (size_t i = 0; (other = other_period(row->price, i)) != NULL; i++) {
        price_row one;
        fill(&one, other);
        tr_json_object_inline(json);
        tr_fields_json(&all_fields, &one, json);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_key_array(json, "sources");
    json_source("prices", row->provider->source, row->price->date, "", json);
    if (fast != NULL)
        json_source("fast", fast->source, fast->date, fast->note, json);
    if (isfinite(row->price->batch_price_ratio))
        json_source("batch", row->provider->batch_source, row->provider->batch_date, "", json);
    tr_json_close(json);
}

tr_status tr_answer_price(const tr_price *price, const tr_style *style, tr_sink *sink, tr_error *err)
{
    price_row row;
    fill(&row, price);
    if (row.provider == NULL)
        return tr_fail(err, TR_EUNKNOWN, "provider", 0.0, "unknown provider \"%.32s\"", price->provider);
    if (style->format == TR_FORMAT_TEXT)
        return write_card(&row, style, sink, err);
    if (style->format >= TR_FORMAT_CSV)
        return tr_row_write(&all_fields, "prices", &row, style, sink, err);
    tr_json json;
    tr_document_begin(&json, sink, style->format == TR_FORMAT_JSON, NULL, NULL);
    json_card(&row, &json);
    tr_json_close(&json);
    const tr_status s = tr_json_finish(&json);
    if (s == TR_OK && style->format == TR_FORMAT_JSONL && sink->write(sink->context, "\n", 1) != 0)
        return tr_written(TR_EIO, err);
    return tr_written(s, err);
}

/* ---- two side by side ---------------------------------------------------------------- */

typedef struct difference {
    const tr_field *field;
    double a, b;
} difference;

#define DIFFERENCE_NUMBER(NAME, VALUE) TR_NUMBER(difference, NAME, VALUE)
TR_TEXT(difference, what, row->field->path)
DIFFERENCE_NUMBER(first, row->a)
DIFFERENCE_NUMBER(second, row->b)
DIFFERENCE_NUMBER(second_over_first, row->b / row->a)

static const tr_field difference_field[] = {
    TR_T("what", what),
    TR_N("a", NONE, first),
    TR_N("b", NONE, second),
    TR_N("b_over_a", NONE, second_over_first),
};
static const tr_fields difference_fields = {difference_field, sizeof difference_field / sizeof difference_field[0]};

typedef struct pair {
    price_row a, b;
    difference row;
} pair;

/* The index-th number that either of the two has. */
static const void *difference_at(void *context, size_t index, tr_error *err)
{
    pair *p = context;
    (void)err;
    for (size_t i = 0; i < all_fields.count; i++) {
        const tr_field *field = &all_fields.field[i];
        if (field->number == NULL)
            continue;
        const difference row = {field, field->number(&p->a), field->number(&p->b)};
        if ((isfinite(row.a) || isfinite(row.b)) && index-- == 0) {
            p->row = row;
            return &p->row;
        }
    }
    return NULL;
}

static void side_by_side(const difference *d, tr_writer *out)
{
    char label[64], a[32] = "-", b[32] = "-", ratio[32] = "-", text[192];
    (void)tr_text_copy(label, sizeof label, d->field->path);
    char *unit = strstr(label, "_usd_per_mtoken");
    if (unit != NULL && strcmp(unit, "_usd_per_mtoken") == 0)
        *unit = '\0';
    for (char *c = label; *c != '\0'; c++)
        if (*c == '_' || *c == '.')
            *c = ' ';
    if (isfinite(d->a))
        (void)tr_quantity_format(d->a, d->field->unit, a, sizeof a);
    if (isfinite(d->b))
        (void)tr_quantity_format(d->b, d->field->unit, b, sizeof b);
    if (isfinite(d->b / d->a))
        (void)snprintf(ratio, sizeof ratio, "%.4g", d->b / d->a);
    (void)snprintf(text, sizeof text, "  %-28s%14s%16s%10s\n", label, a, b, ratio);
    tr_write_text(out, text);
}

static void title_of(const price_row *row, const char *letter, tr_writer *out)
{
    char text[192];
    (void)snprintf(text, sizeof text, "%s: %s/%s%s%s, seen %s\n", letter, row->price->provider, row->price->model,
                   row->period[0] == '\0' ? "" : row->price->daily_from_utc[0] != '\0' ? ", " : ", from ", row->period,
                   row->price->date);
    tr_write_text(out, text);
}

static tr_status write_pair(pair *p, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    tr_writer out;
    const difference *row;
    tr_writer_begin(&out, sink);
    title_of(&p->a, "a", &out);
    title_of(&p->b, "b", &out);
    tr_write_text(&out, "\n                                           a               b     b / a\n");
    for (size_t i = 0; (row = difference_at(p, i, err)) != NULL; i++)
        side_by_side(row, &out);
    tr_write_char(&out, '\n');
    print_source("  source: ", p->a.provider->source, p->a.price->date, style->columns, &out);
    if (p->a.provider != p->b.provider)
        print_source("  source: ", p->b.provider->source, p->b.price->date, style->columns, &out);
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status json_pair(const pair *p, const tr_rows *rows, const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, NULL, NULL);
    tr_json_key_object(&json, "a");
    json_card(&p->a, &json);
    tr_json_close(&json);
    tr_json_key_object(&json, "b");
    json_card(&p->b, &json);
    tr_json_close(&json);
    tr_json_key_array(&json, rows->name);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_price_diff(const tr_price *a, const tr_price *b, const tr_style *style, tr_sink *sink,
                               tr_error *err)
{
    pair p;
    size_t count = 0;
    fill(&p.a, a);
    fill(&p.b, b);
    if (p.a.provider == NULL || p.b.provider == NULL)
        return tr_fail(err, TR_EUNKNOWN, "provider", 0.0, "a price names an unknown provider");
    while (difference_at(&p, count, err) != NULL)
        count++;
    const tr_rows rows = {
        .fields = &difference_fields, .name = "differences", .count = count, .at = difference_at, .context = &p};
    if (style->format == TR_FORMAT_TEXT)
        return write_pair(&p, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return json_pair(&p, &rows, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
