/* ask/oracle_page.c -- the answer of `oracle` as a page for people. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/oracle.h"
#include "base/explog.h"
#include "base/text.h"
#include "price/oracle_learn.h"
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

static void print_measures(const tr_oracle_measure *m, const char *label, tr_unit unit, tr_writer *out)
{
    char remark[64];
    for (int i = 0; i < TR_ORACLE_MEASURE_MAX && m[i].value > 0.0; i++) {
        (void)snprintf(remark, sizeof remark, "at %.0f tokens of context", m[i].context_token);
        tr_print_quantity(out, i == 0 ? label : "", m[i].value, unit, remark);
    }
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
    if (e->batch_price_ratio < 1.0) {
        (void)snprintf(text, sizeof text, "x%.3g", e->batch_price_ratio);
        tr_print_line(out, "batch", text, "for work that may wait a day");
    }
    if (e->context_token > 0.0) {
        (void)snprintf(text, sizeof text, "%.0f tokens", e->context_token);
        tr_print_line(out, "longest prompt", text, NULL);
    }
    if (o->launch[0] != '\0')
        tr_print_line(out, "launched", o->launch, NULL);
    if (!isnan(o->question.total_param) && isnan(o->question.active_param))
        tr_print_quantity(out, "all parameters", o->question.total_param, TR_UNIT_PARAM, "as stated");
    for (int i = 0; i < TR_ORACLE_SIBLING_MAX && o->question.sibling[i] != NULL; i++) {
        const tr_price *p = o->question.sibling[i];
        (void)snprintf(text, sizeof text, "%.16s/%.70s", p->provider, p->model);
        tr_print_line(out, i == 0 ? "siblings" : "", text, NULL);
    }
    print_measures(o->question.speed, "measured", TR_UNIT_TOKEN_PER_S, out);
    print_measures(o->question.ttft, "first token", TR_UNIT_SECOND, out);
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
    tr_print_left(out, label, 34);
    for (int i = 0; i < o->sizes; i++)
        tr_print_right(out, short_of(o->size_param[i], TR_UNIT_PARAM, text, sizeof text), 11);
    tr_write_char(out, '\n');
}

static void print_levels(const tr_oracle_page *o, tr_writer *out)
{
    static const char label[3][40] = {"input price over its cost", "  margin, chips always busy",
                                      "  busy share that pays for them"};
    char text[48];
    for (int k = 0; k < 3; k++) {
        tr_write_text(out, "  ");
        tr_print_left(out, label[k], 34);
        for (int i = 0; i < o->sizes; i++) {
            const tr_price_level *l = &o->level[i];
            if (k == 0)
                (void)snprintf(text, sizeof text, "%.3g", l->over_cost_ratio);
            else
                (void)snprintf(text, sizeof text, "%.3g %%",
                               100.0 * (k == 1 ? l->margin_share : l->break_even_busy_share));
            tr_print_right(out, text, 11);
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
    if (e->cached_read_usd_per_mtoken > 0.0 && o->chip.tier_count > 1 && o->affordable_byte[1] > TR_ORACLE_KV_MOST) {
        tr_print_line(out, "a cached read", "says nothing",
                      "it pays for fetching any model's cache from beside the chip, so no size follows from it alone");
    } else if (e->cached_read_usd_per_mtoken > 0.0 && o->chip.tier_count > 1) {
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
        tr_print_left(out, text, 34);
        for (int i = 0; i < o->sizes; i++)
            tr_print_right(out, short_of(o->cell[c].kv_byte_per_token[i], TR_UNIT_BYTE, number, sizeof number), 11);
        tr_write_char(out, '\n');
    }
}

/* What the bands rest on. */
static void print_lessons(const tr_oracle_page *o, const tr_style *style, tr_writer *out)
{
    const tr_oracle_learned *l = &o->answer.learned;
    char text[640], size[32], fixed[32], more[256];
    tr_print_heading(out, style, o->known[TR_UNKNOWN_ACTIVE] ? "All together" : "If priced like open models");
    if (o->known[TR_UNKNOWN_ACTIVE])
        return;
    (void)snprintf(
        text, sizeof text,
        "%zu prices of open models at %zu sellers: $%.2g/M of input for %s active, in proportion to (active "
        "+ %s)^%.2g, a seller never seen within a factor of %.2g two times in three.",
        l->row_count, l->provider_count, l->usd_per_mtoken, said(30e9, TR_UNIT_PARAM, size, sizeof size),
        l->fixed_param > 0.0 ? said(l->fixed_param, TR_UNIT_PARAM, fixed, sizeof fixed) : "0", l->power_ratio,
        tr_exp(l->scatter_nat));
    if (tr_price_is_fast(o->price))
        (void)tr_text_append(text, sizeof text, " This one is sold as a faster mode, and compared as one.");
    if (l->left_provider_count + l->left_weight_count > 0) {
        (void)snprintf(
            more, sizeof more,
            " %.60s is one of the open models: it is asked as if it were closed, its seller's %zu prices and "
            "the same weights at others (%zu) left out.",
            o->truth_name, l->left_provider_count, l->left_weight_count);
        (void)tr_text_append(text, sizeof text, more);
    } else if (l->own_count > 0) {
        (void)snprintf(more, sizeof more, " Of them %zu are the same seller's, or siblings: how dear it sells is in.",
                       l->own_count);
        (void)tr_text_append(text, sizeof text, more);
    }
    tr_print_wrapped(out, "  ", "  ", text, style->columns);
    tr_write_char(out, '\n');
}

static void print_band(const tr_oracle_page *o, tr_unknown u, tr_writer *out)
{
    const tr_unit unit = tr_unknown_unit(u);
    const tr_oracle_band *prior = &o->answer.prior.band[u], *posterior = &o->answer.posterior.band[u];
    const double value[8] = {prior->min,    prior->value,     prior->max,      posterior->min,
                             posterior->low, posterior->value, posterior->high, posterior->max};
    char number[48];
    tr_print_left(out, tr_unknown_title(u), 22);
    if (o->known[u]) {
        tr_write_text(out, "  ");
        tr_write_text(out, short_of(posterior->value, unit, number, sizeof number));
        tr_write_text(out, ", known\n");
        return;
    }
    for (int k = 0; k < 8; k++)
        tr_print_right(out, short_of(value[k], unit, number, sizeof number), k == 3 ? 10 : 8);
    if (!isnan(o->truth[u])) {
        tr_print_right(out, short_of(o->truth[u], unit, number, sizeof number), 10);
        tr_write_text(out, tr_oracle_holds(posterior, o->truth[u]) ? " inside" : " OUTSIDE");
    }
    tr_write_char(out, '\n');
}

static void print_bands(const tr_oracle_page *o, tr_writer *out)
{
    tr_write_text(out, "                      before: 5, 50, 95 %   with the evidence: 5, 25, 50, 75, 95 %");
    tr_write_text(out, o->truth_name[0] != '\0' ? "        truth\n" : "\n");
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++)
        if (o->known[u] || tr_oracle_is_told(&o->answer, (tr_unknown)u))
            print_band(o, (tr_unknown)u, out);
}

static void print_shares(const char *label, const char *names, size_t stride, const double *share, size_t count,
                         const tr_style *style, tr_writer *out)
{
    char text[512] = "", one[96], first[32];
    for (size_t i = 0; i < count; i++) {
        if (share[i] < 0.005)
            continue;
        (void)snprintf(one, sizeof one, "%s%.64s %.0f %%", text[0] == '\0' ? "" : ", ", names + i * stride,
                       100.0 * share[i]);
        (void)tr_text_append(text, sizeof text, one);
    }
    (void)snprintf(first, sizeof first, "%-22s  ", label);
    tr_print_wrapped(out, first, "                        ", text, style->columns);
}

int tr_oracle_is_share_told(const double *prior, const double *posterior, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (posterior[i] - prior[i] > 0.05 || prior[i] - posterior[i] > 0.05)
            return 1;
    return 0;
}

static void and_also(char *text, size_t size, const char *more)
{
    (void)tr_text_append(text, size, text[0] == '\0' ? "" : ", ");
    (void)tr_text_append(text, size, more);
}

static void print_all_shares(const tr_oracle_page *o, const tr_style *style, tr_writer *out)
{
    const tr_oracle_answer *a = &o->answer;
    const tr_oracle_view *p = &a->prior, *q = &a->posterior;
    char text[512] = "";
    const int chip = tr_oracle_is_share_told(p->chip_share, q->chip_share, a->chip_count);
    const int dtype = tr_oracle_is_share_told(p->dtype_share, q->dtype_share, TR_ORACLE_DTYPE_COUNT);
    if (chip)
        print_shares("chip", a->chip[0], sizeof a->chip[0], q->chip_share, a->chip_count, style, out);
    if (dtype)
        print_shares("weights in", tr_oracle_dtype_names[0], sizeof tr_oracle_dtype_names[0], q->dtype_share,
                     TR_ORACLE_DTYPE_COUNT, style, out);
    if (a->given[TR_EVIDENCE_HOLD])
        print_shares("caches kept in", a->tier[0], sizeof a->tier[0], q->tier_share, a->tier_count, style, out);
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++)
        if (!o->known[u] && !tr_oracle_is_told(a, (tr_unknown)u))
            and_also(text, sizeof text, tr_unknown_title((tr_unknown)u));
    if (!chip && a->chip_count > 1)
        and_also(text, sizeof text, "which chip");
    if (!dtype)
        and_also(text, sizeof text, "the weights' format");
    if (!a->given[TR_EVIDENCE_HOLD])
        and_also(text, sizeof text, "where caches are kept (no write price)");
    if (text[0] == '\0')
        return;
    tr_write_char(out, '\n');
    tr_print_wrapped(out, "  no line, as no evidence here says more than the priors: ", "    ", text, style->columns);
}

/* Below this many draws that count a middle moves by chance alone. */
#define TOO_FEW_COUNT 100.0

/* ---- what each piece says ------------------------------------------------------------------- */

/* A piece's name, and without it the middle and width of active and all parameters; of a known model the name. */
static void piece_head(const tr_oracle_page *o, const char *title, const tr_oracle_view *view, char *out, size_t size)
{
    char number[2][48], width[2][24];
    if (o->known[TR_UNKNOWN_ACTIVE]) {
        (void)snprintf(out, size, "%-22s  ", title);
        return;
    }
    for (int u = 0; u < 2; u++) {
        const tr_oracle_band *b = &view->band[u == 0 ? TR_UNKNOWN_ACTIVE : TR_UNKNOWN_TOTAL];
        (void)short_of(b->value, TR_UNIT_PARAM, number[u], sizeof number[u]);
        (void)snprintf(width[u], sizeof width[u], "x%.3g", b->max / b->min);
    }
    (void)snprintf(out, size, "%-22s%9.12s%7.9s%9.12s%7.9s  ", title, number[0], width[0], number[1], width[1]);
}

/* Unknowns other than the first two that a piece moves, by its shift and by how it narrows them. */
static void moves_of(const tr_oracle_page *o, tr_evidence_kind kind, char *text, size_t size)
{
    char one[96];
    text[0] = '\0';
    for (int u = o->known[TR_UNKNOWN_ACTIVE] ? 0 : TR_UNKNOWN_KV; u < TR_UNKNOWN_COUNT; u++) {
        tr_oracle_shift shift;
        if (tr_oracle_shift_of(&o->answer, kind, (tr_unknown)u, &shift, NULL) != TR_OK || isnan(shift.median_ratio))
            continue;
        const int moved = shift.median_ratio > 1.2 || shift.median_ratio < 1.0 / 1.2;
        const int narrowed = shift.width_ratio < 0.9;
        if (!moved && !narrowed)
            continue;
        (void)snprintf(one, sizeof one, "%s%s x%.2g", text[0] == '\0' ? "" : "; ", tr_unknown_title((tr_unknown)u),
                       shift.median_ratio);
        (void)tr_text_append(text, size, one);
        if (narrowed) {
            (void)snprintf(one, sizeof one, ", %.0f %% narrower", 100.0 * (1.0 - shift.width_ratio));
            (void)tr_text_append(text, size, one);
        }
    }
}

static void print_pieces(const tr_oracle_page *o, const tr_style *style, tr_writer *out)
{
    const int known = o->known[TR_UNKNOWN_ACTIVE];
    const tr_oracle_answer *a = &o->answer;
    char text[512], head[96], blank[96];
    tr_print_heading(out, style,
                     known ? "What each piece of evidence changes: the middle with it over without it, and how much "
                             "narrower the band is"
                           : "What each piece of evidence changes: the middle and the width of the band of 90 % "
                             "without it");
    piece_head(o, "with all of it", &a->posterior, head, sizeof head);
    (void)snprintf(blank, sizeof blank, "%*s", (int)strlen(head), "");
    if (!known) {
        tr_write_text(out, "                         active  width      all  width  else: with it over without it\n");
        head[strlen(head) - 2] = '\0';
        tr_write_text(out, head);
        tr_write_char(out, '\n');
    }
    for (int k = 0; k < TR_EVIDENCE_COUNT; k++) {
        if (!a->given[k])
            continue;
        piece_head(o, tr_evidence_title((tr_evidence_kind)k), &a->without[k], head, sizeof head);
        moves_of(o, (tr_evidence_kind)k, text, sizeof text);
        if (a->posterior.effective_count < TOO_FEW_COUNT || a->without[k].effective_count < TOO_FEW_COUNT)
            (void)tr_text_copy(text, sizeof text, "too few draws count to say");
        tr_print_wrapped(out, head, blank, text[0] != '\0' ? text : known ? "next to nothing" : "-", style->columns);
    }
}

tr_status tr_oracle_page_write(const tr_oracle_page *o, const tr_notes *notes, const tr_workings *workings,
                               const tr_style *style, const tr_sink *sink, tr_error *err)
{
    char text[320];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "What %s%s say about the model and the machines behind them\n\n",
                   o->price != NULL ? "the prices of " : "", o->name);
    tr_write_text(&out, text);
    print_prices(o, &out);
    print_alone(o, style, &out);
    print_lessons(o, style, &out);
    print_bands(o, &out);
    print_all_shares(o, style, &out);
    print_pieces(o, style, &out);
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
