/* ask/oracle_page.c -- the answer of `oracle` as a page for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/oracle.h"
#include "base/text.h"
#include "write/print.h"
#include "write/rows.h"

const char tr_oracle_dtype_names[TR_ORACLE_DTYPE_COUNT][8] = {"bf16", "fp8", "fp4"};

static const char *said(double value, tr_unit unit, char *out, size_t size)
{
    char number[64];
    if (unit == TR_UNIT_NONE)
        (void)snprintf(number, sizeof number, "%.3g", value);
    else
        (void)tr_quantity_format(value, unit, number, sizeof number);
    (void)tr_text_copy(out, size, number);
    return out;
}

/* Three digits: what a band is good for. Quantities are rounded before they are written. */
static double rounded(double x)
{
    char text[40];
    (void)snprintf(text, sizeof text, "%.2e", x);
    double out = x;
    tr_error err;
    return tr_quantity_parse(text, TR_UNIT_NONE, &out, &err) == TR_OK ? out : x;
}

static const char *short_of(double value, tr_unit unit, char *out, size_t size)
{
    return said(isfinite(value) ? rounded(value) : value, unit, out, size);
}

static void right(tr_writer *out, const char *text, size_t width)
{
    const size_t n = strlen(text);
    tr_write_repeat(out, ' ', n < width ? width - n : 1);
    tr_write_text(out, text);
}

static void left(tr_writer *out, const char *text, size_t width)
{
    const size_t n = strlen(text);
    tr_write_text(out, text);
    tr_write_repeat(out, ' ', n < width ? width - n : 1);
}

static void print_prices(const tr_oracle_page *o, tr_writer *out)
{
    const tr_price_evidence *e = &o->question.evidence;
    char text[256], remark[96];
    (void)snprintf(remark, sizeof remark, "%.3g times input",
                   e->output_usd_per_mtoken / e->input_usd_per_mtoken);
    tr_print_quantity(out, "input", e->input_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, NULL);
    tr_print_quantity(out, "output", e->output_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, remark);
    if (e->cached_read_usd_per_mtoken > 0.0) {
        (void)snprintf(remark, sizeof remark, "%.3g times less than input",
                       e->input_usd_per_mtoken / e->cached_read_usd_per_mtoken);
        tr_print_quantity(out, "cached read", e->cached_read_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, remark);
    }
    for (int i = 0; i < 2; i++) {
        const double usd = i == 0 ? e->write_5m_usd_per_mtoken : e->write_1h_usd_per_mtoken;
        (void)snprintf(remark, sizeof remark, "%.3g times input", usd / e->input_usd_per_mtoken);
        if (usd > 0.0)
            tr_print_quantity(out, i == 0 ? "cache write, 5 min" : "cache write, 1 h", usd, TR_UNIT_USD_PER_MTOKEN,
                              remark);
    }
    if (e->long_above_token > 0.0) {
        (void)snprintf(text, sizeof text, "%.0f tokens", e->long_above_token);
        (void)snprintf(remark, sizeof remark, "above it input x%.3g, output x%.3g", e->long_input_ratio,
                       e->long_output_ratio);
        tr_print_line(out, "long prompts from", text,
                      isnan(e->long_input_ratio) || isnan(e->long_output_ratio) ? NULL : remark);
    }
    if (e->fast_price_ratio > 1.0) {
        (void)snprintf(text, sizeof text, "x%.3g", e->fast_price_ratio);
        (void)snprintf(remark, sizeof remark, "at %.3g times the speed", e->fast_speed_ratio);
        tr_print_line(out, "fast mode", text,
                      isnan(e->fast_speed_ratio) ? "its speed is in no price sheet: --fast-speed gives it" : remark);
    }
}

static void print_sizes(const tr_oracle_page *o, const char *label, tr_writer *out)
{
    char text[48];
    tr_write_text(out, "  ");
    left(out, label, 34);
    for (int i = 0; i < o->sizes; i++)
        right(out, short_of(o->size_param[i], TR_UNIT_PARAM, text, sizeof text), 11);
    tr_write_char(out, '\n');
}

static void print_levels(const tr_oracle_page *o, tr_writer *out)
{
    static const char label[3][40] = {"input price over its cost", "  margin, chips always busy",
                                      "  busy share that pays for them"};
    char text[48];
    for (int k = 0; k < 3; k++) {
        tr_write_text(out, "  ");
        left(out, label[k], 34);
        for (int i = 0; i < o->sizes; i++) {
            const tr_price_level *l = &o->level[i];
            if (k == 0)
                (void)snprintf(text, sizeof text, "%.3g", l->over_cost_ratio);
            else
                (void)snprintf(text, sizeof text, "%.3g %%",
                               100.0 * (k == 1 ? l->margin_share : l->break_even_busy_share));
            right(out, text, 11);
        }
        tr_write_char(out, '\n');
    }
}

static void print_alone(const tr_oracle_page *o, const tr_style *style, tr_writer *out)
{
    const tr_price_evidence *e = &o->question.evidence;
    char text[320], number[48], other[96];
    (void)snprintf(text, sizeof text, "Each alone (%.40s in %s, $%.3g/h; prefill at %.3g of the peak)", o->chip.name,
                   tr_dtype_name(o->math), o->usd_per_hour, o->mfu);
    tr_print_heading(out, style, text);
    (void)snprintf(text, sizeof text, "%.3g", o->memory_ratio);
    tr_print_line(out, "memory over compute", text,
                  o->memory_ratio > 1.0
                      ? "decode waits so many times as long as it multiplies"
                      : "decode costs no more than prefill: compute bounds it, or one price is for both");
    if (o->memory_ratio > 1.0) {
        (void)snprintf(text, sizeof text, o->known[TR_UNKNOWN_TOTAL] ? "without KV; %.4g at balance"
                                                                     : "dense, without KV; %.4g at balance; a "
                                                                       "mixture's x total/active",
                       o->balance_token * o->sparsity_ratio);
        (void)tr_print_batch(o->dense_batch_seq * o->sparsity_ratio, number, sizeof number);
        tr_print_line(out, "batch", number, text);
    }
    if (o->long_context_token > 0.0) {
        tr_print_quantity(out, "mean long prompt", o->long_context_token, TR_UNIT_TOKEN,
                          "of those who pay the surcharge, if KV bounds them");
    }
    if (o->has_fast) {
        (void)snprintf(text, sizeof text, "normal over fast; KV is %.3g %% of the normal step, if memory bounds",
                       100.0 * o->fast.normal_kv_share);
        (void)snprintf(number, sizeof number, "%.4g", o->fast.batch_ratio);
        tr_print_line(out, "batch ratio", number, text);
    }
    for (int i = 0; i < 2; i++) {
        const int tier = i == 0 ? o->tier_5m : o->tier_1h;
        const double write = i == 0 ? e->write_5m_usd_per_mtoken : e->write_1h_usd_per_mtoken;
        if (tier < 0)
            continue;
        (void)tr_quantity_format(tr_tier_drain_s(&o->chip.tier[tier]), TR_UNIT_SECOND, number, sizeof number);
        const double hits = tr_premium_hit_count(write / e->input_usd_per_mtoken,
                                                 e->cached_read_usd_per_mtoken / e->input_usd_per_mtoken);
        (void)snprintf(text, sizeof text, "drains in %s, nearest to it", number);
        if (isfinite(hits)) {
            (void)snprintf(other, sizeof other, "; %.3g hits pay the write", hits);
            (void)tr_text_append(text, sizeof text, other);
        }
        tr_print_line(out, i == 0 ? "held for 5 min" : "held for 1 h", o->chip.tier[tier].name, text);
    }
    if (e->cached_read_usd_per_mtoken > 0.0 && o->chip.tier_count > 1) {
        (void)snprintf(text, sizeof text, "of KV a token from %s", o->chip.tier[1].name);
        if (o->chip.tier_count > 2) {
            (void)snprintf(other, sizeof other, ", %s from %s",
                           short_of(o->affordable_byte[2], TR_UNIT_BYTE, number, sizeof number), o->chip.tier[2].name);
            (void)tr_text_append(text, sizeof text, other);
        }
        tr_print_line(out, "a cached read buys", short_of(o->affordable_byte[1], TR_UNIT_BYTE, number, sizeof number),
                      text);
    }
    tr_write_char(out, '\n');
    print_sizes(o, "with active parameters of", out);
    if (o->usd_per_hour > 0.0)
        print_levels(o, out);
    for (int c = 0; c < o->cells; c++) {
        (void)snprintf(text, sizeof text, "KV a token, %.20s %s", o->cell[c].chip, tr_dtype_name(o->cell[c].dtype));
        tr_write_text(out, "  ");
        left(out, text, 34);
        for (int i = 0; i < o->sizes; i++)
            right(out, short_of(o->cell[c].kv_byte_per_token[i], TR_UNIT_BYTE, number, sizeof number), 11);
        tr_write_char(out, '\n');
    }
}

static void print_bands(const tr_oracle_page *o, const tr_style *style, tr_writer *out)
{
    char text[160], number[48];
    (void)snprintf(text, sizeof text, "All together: %.0f draws from the priors, seed %.0f, of which %.3g count",
                   (double)o->answer.sample_count, (double)o->question.seed, o->answer.posterior.effective_count);
    tr_print_heading(out, style, text);
    tr_write_text(out, "                         before (5, 50, 95 %)          with these prices");
    tr_write_text(out, o->truth_name[0] != '\0' ? "             truth\n" : "\n");
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        const tr_unit unit = tr_unknown_unit((tr_unknown)u);
        const tr_oracle_band *prior = &o->answer.prior.band[u], *posterior = &o->answer.posterior.band[u];
        const double value[6] = {prior->min,     prior->value,     prior->max,
                                 posterior->min, posterior->value, posterior->max};
        left(out, tr_unknown_title((tr_unknown)u), 22);
        if (o->known[u]) {
            tr_write_text(out, "  ");
            tr_write_text(out, short_of(posterior->value, unit, number, sizeof number));
            tr_write_text(out, ", known\n");
            continue;
        }
        for (int k = 0; k < 6; k++)
            right(out, short_of(value[k], unit, number, sizeof number), k == 3 ? 12 : 9);
        if (!isnan(o->truth[u])) {
            right(out, short_of(o->truth[u], unit, number, sizeof number), 11);
            tr_write_text(out, o->truth[u] >= posterior->min && o->truth[u] <= posterior->max ? " inside" : " OUTSIDE");
        }
        tr_write_char(out, '\n');
    }
}

static void print_shares(const char *label, const char *names, size_t stride, const double *share, size_t count,
                         const tr_style *style, tr_writer *out)
{
    char text[512] = "", one[96], first[32];
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(one, sizeof one, "%s%.64s %.0f %%", i == 0 ? "" : ", ", names + i * stride, 100.0 * share[i]);
        (void)tr_text_append(text, sizeof text, one);
    }
    (void)snprintf(first, sizeof first, "%-22s  ", label);
    tr_print_wrapped(out, first, "                        ", text, style->columns);
}

/* The unknowns that a piece moves most, by its shift and by how it narrows them. */
static void print_moves(const tr_oracle_page *o, const tr_style *style, tr_writer *out)
{
    tr_print_heading(out, style, "What each price changes: the median with it over without it, and how much "
                                 "narrower the range is");
    for (int k = 0; k < TR_EVIDENCE_COUNT; k++) {
        char text[512] = "", one[96], first[40];
        if (!o->answer.given[k])
            continue;
        for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
            tr_oracle_shift shift;
            if (tr_oracle_shift_of(&o->answer, (tr_evidence_kind)k, (tr_unknown)u, &shift, NULL) != TR_OK ||
                isnan(shift.median_ratio))
                continue;
            const int moved = shift.median_ratio > 1.2 || shift.median_ratio < 1.0 / 1.2;
            const int narrowed = shift.width_ratio < 0.9;
            if (!moved && !narrowed)
                continue;
            (void)snprintf(one, sizeof one, "%s%s x%.2g", text[0] == '\0' ? "" : "; ",
                           tr_unknown_title((tr_unknown)u), shift.median_ratio);
            (void)tr_text_append(text, sizeof text, one);
            if (narrowed) {
                (void)snprintf(one, sizeof one, ", %.0f %% narrower", 100.0 * (1.0 - shift.width_ratio));
                (void)tr_text_append(text, sizeof text, one);
            }
        }
        (void)snprintf(first, sizeof first, "%-22s  ", tr_evidence_title((tr_evidence_kind)k));
        tr_print_wrapped(out, first, "                        ", text[0] != '\0' ? text : "next to nothing",
                         style->columns);
    }
}

tr_status tr_oracle_page_write(const tr_oracle_page *o, const tr_notes *notes, const tr_workings *workings,
                               const tr_style *style, const tr_sink *sink, tr_error *err)
{
    const tr_oracle_answer *a = &o->answer;
    char text[320];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "What %s%s say about the model and the machines behind them\n\n",
                   o->price != NULL ? "the prices of " : "", o->name);
    tr_write_text(&out, text);
    print_prices(o, &out);
    print_alone(o, style, &out);
    print_bands(o, style, &out);
    print_shares("chip", a->chip[0], sizeof a->chip[0], a->posterior.chip_share, a->chip_count, style, &out);
    print_shares("weights in", tr_oracle_dtype_names[0], sizeof tr_oracle_dtype_names[0], a->posterior.dtype_share,
                 TR_ORACLE_DTYPE_COUNT, style, &out);
    print_shares("caches kept in", a->tier[0], sizeof a->tier[0], a->posterior.tier_share, a->tier_count, style, &out);
    print_moves(o, style, &out);
    tr_notes_text(notes, style->columns, &out);
    if (o->price != NULL && tr_price_provider_find(o->price->provider) != NULL) {
        (void)snprintf(text, sizeof text, "%s (%s)", tr_price_provider_find(o->price->provider)->source,
                       o->price->date);
        tr_print_wrapped(&out, "  source: ", "          ", text, style->columns);
    }
    if (style->explain)
        tr_workings_text(workings, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}
