/* ask/menu.c -- the answer of `menu`: modes and speeds with batches and prices, and fast modes held against them. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/menu.h"
#include "ask/working.h"
#include "base/fail.h"
#include "write/print.h"
#include "write/rows.h"

enum { MODES_MAX = 32 };

typedef struct menu {
    tr_menu m;               /* first: the rows' walk is its */
    int has_ratio;           /* both are given, and K3 reads them */
    int has_asked;           /* one of them at least */
    double price_ratio, speed_ratio;
    tr_menu_ratio ratio;
    int possible;
    tr_error why_not;
    double fast_batch_seq, normal_batch_seq;
    tr_menu_judged judged;   /* the mode that was asked about */
} menu;

/* ---- what a fast mode implies -------------------------------------------------- */

static tr_status ratios_of(menu *m, tr_error *err)
{
    const tr_problem *q = &m->m.plain;
    const int price = tr_input_is_set(m->m.scenario, TR_IN_PRICE_RATIO);
    const int speed = tr_input_is_set(m->m.scenario, TR_IN_SPEED_RATIO);
    m->price_ratio = price ? tr_input_number(m->m.scenario, TR_IN_PRICE_RATIO) : (double)NAN;
    m->speed_ratio = speed ? tr_input_number(m->m.scenario, TR_IN_SPEED_RATIO) : (double)NAN;
    m->has_asked = price || speed;
    if (m->has_asked)
        tr_menu_judge(&m->m, m->price_ratio, m->speed_ratio, &m->judged);
    if (!price || !speed)
        return TR_OK;
    tr_status s = tr_menu_ratio_of(m->price_ratio, m->speed_ratio, &m->ratio, err);
    if (s != TR_OK)
        return s;
    m->has_ratio = 1;
    m->fast_batch_seq = m->normal_batch_seq = (double)NAN;
    s = tr_menu_batches(&q->roof, &q->shard, m->m.report.context_token, &m->ratio,
                        &m->fast_batch_seq, &m->normal_batch_seq, &m->why_not);
    m->possible = s == TR_OK;
    if (s != TR_OK && s != TR_ENOFIT && err != NULL)
        *err = m->why_not;
    return s == TR_ENOFIT ? TR_OK : s;
}

#define RATIO(NAME, VALUE) TR_NUMBER(menu, NAME, VALUE)
RATIO(ratio_cost, row->judged.cost_ratio)
RATIO(ratio_bought, row->judged.bought_speed_ratio)
RATIO(ratio_judged_batch, row->judged.fast_batch_seq)
TR_FLAG(menu, ratio_plausible, row->judged.plausible)
TR_TEXT(menu, ratio_verdict, row->judged.verdict)
RATIO(ratio_price, row->price_ratio)
RATIO(ratio_speed, row->speed_ratio)
RATIO(ratio_batch, row->ratio.batch_ratio)
RATIO(ratio_kv, row->ratio.fast_kv_ratio)
RATIO(ratio_fast_share, row->ratio.fast_kv_share)
RATIO(ratio_normal_share, row->ratio.normal_kv_share)
RATIO(ratio_fast_batch, row->fast_batch_seq)
RATIO(ratio_normal_batch, row->normal_batch_seq)
TR_FLAG(menu, ratio_possible, row->possible)
TR_TEXT(menu, ratio_reason, row->possible ? NULL : row->why_not.text)

static const tr_field ratio_list[] = {
    TR_N("fast_mode.price_ratio", NONE, ratio_price),
    TR_N("fast_mode.speed_ratio", NONE, ratio_speed),
    TR_N("fast_mode.batch_ratio", NONE, ratio_batch),
    TR_N("fast_mode.fast_kv_ratio", NONE, ratio_kv),
    TR_N("fast_mode.fast_kv_share", RATIO, ratio_fast_share),
    TR_N("fast_mode.normal_kv_share", RATIO, ratio_normal_share),
    TR_F("fast_mode.possible", ratio_possible),
    TR_N("fast_mode.fast_batch_seq", SEQ, ratio_fast_batch),
    TR_N("fast_mode.normal_batch_seq", SEQ, ratio_normal_batch),
    TR_T("fast_mode.reason", ratio_reason),
};
static const tr_fields ratio_fields = {ratio_list, sizeof ratio_list / sizeof ratio_list[0]};
/* As predicted: what of it is there with one ratio alone. */
static const tr_field judged_list[] = {
    TR_F("fast_mode_judged.plausible", ratio_plausible),
    TR_N("fast_mode_judged.batch_seq", SEQ, ratio_judged_batch),
    TR_N("fast_mode_judged.price_ratio", NONE, ratio_cost),
    TR_N("fast_mode_judged.bought_speed_ratio", NONE, ratio_bought),
    TR_T("fast_mode_judged.verdict", ratio_verdict),
};
static const tr_fields judged_fields = {judged_list, sizeof judged_list / sizeof judged_list[0]};

static void print_ratios(const menu *m, const tr_style *style, tr_writer *out)
{
    char text[160], share[32];
    if (m->has_ratio)
        (void)snprintf(text, sizeof text, "A fast mode of %.4g times the price and %.4g times the speed",
                       m->price_ratio, m->speed_ratio);
    else
        (void)snprintf(text, sizeof text, "A fast mode of %.4g times the %s", isnan(m->price_ratio) ? m->speed_ratio
                                                                                                  : m->price_ratio,
                       isnan(m->price_ratio) ? "speed" : "price");
    tr_print_heading(out, style, text);
    tr_print_wrapped(out, "  ", "  ", m->judged.verdict, style->columns);
    if (!m->has_ratio)
        return;
    tr_print_quantity(out, "batch ratio", m->ratio.batch_ratio, TR_UNIT_NONE, "normal over fast batch: price x speed");
    (void)tr_quantity_format(m->ratio.fast_kv_share, TR_UNIT_RATIO, share, sizeof share);
    (void)snprintf(text, sizeof text, "of the normal step reads KV; %s of the fast one", share);
    tr_print_quantity(out, "KV share", m->ratio.normal_kv_share, TR_UNIT_RATIO, text);
    if (m->possible) {
        tr_print_line(out, "fast batch", tr_print_batch(m->fast_batch_seq, text, sizeof text),
                      "sequences, by the bound, if both ratios are cost's own");
        tr_print_line(out, "normal batch", tr_print_batch(m->normal_batch_seq, text, sizeof text),
                      "sequences, by the bound");
    } else {
        tr_print_wrapped(out, "  by the bound no pair of batches has both ratios: ", "            ", m->why_not.text,
                         style->columns);
    }
}

/* ---- fast modes on sale ------------------------------------------------------------- */

static void print_modes(const menu *m, const tr_style *style, tr_writer *out)
{
    tr_fast_mode mode[MODES_MAX];
    size_t count = tr_fast_modes(mode, MODES_MAX);
    tr_menu_judged judged = {.plausible = -1};
    count = count < MODES_MAX ? count : MODES_MAX;
    tr_print_heading(out, style, "Fast modes on sale (`tokenroof prices`), were they this model on this system");
    for (size_t i = 0; i < count; i++) {
        char first[112];
        /* Of one ratio there is one verdict. */
        const int again = i > 0 && mode[i].price_ratio == mode[i - 1].price_ratio && isnan(mode[i].speed_ratio) &&
                          isnan(mode[i - 1].speed_ratio);
        if (!again)
            tr_menu_judge(&m->m, mode[i].price_ratio, mode[i].speed_ratio, &judged);
        (void)snprintf(first, sizeof first, "  %s %s (%s): ", mode[i].price->provider, mode[i].price->model,
                       mode[i].date);
        tr_print_wrapped(out, first, "      ", again ? "the same ratio" : judged.verdict, style->columns);
    }
}

static void modes_json(const menu *m, tr_json *json)
{
    tr_fast_mode mode[MODES_MAX];
    size_t count = tr_fast_modes(mode, MODES_MAX);
    count = count < MODES_MAX ? count : MODES_MAX;
    tr_json_key_array(json, "fast_modes");
    for (size_t i = 0; i < count; i++) {
        tr_menu_judged judged;
        tr_menu_judge(&m->m, mode[i].price_ratio, mode[i].speed_ratio, &judged);
        tr_json_object_inline(json);
        tr_json_key_string(json, "provider", mode[i].price->provider);
        tr_json_key_string(json, "model", mode[i].price->model);
        tr_json_key_string(json, "date", mode[i].date);
        tr_json_key_number(json, "price_ratio", mode[i].price_ratio);
        tr_json_key_number(json, "speed_ratio", mode[i].speed_ratio);
        tr_json_key_number(json, "batch_seq", judged.fast_batch_seq);
        tr_json_key_number(json, "bought_speed_ratio", judged.bought_speed_ratio);
        tr_json_key_number(json, "needed_price_ratio", judged.cost_ratio);
        tr_json_key_number(json, "chip_ratio", judged.chip_ratio);
        if (judged.plausible >= 0)
            tr_json_key_bool(json, "plausible", judged.plausible);
        tr_json_key_string(json, "verdict", judged.verdict);
        tr_json_close(json);
    }
    tr_json_close(json);
}

/* What a sequence alone pays over the normal batch. */
static double unbatched_ratio(const menu *m)
{
    return m->m.base.bound.token_per_s / m->m.report.point[0].row.bound.token_per_s;
}

/* ---- the equations, with numbers -------------------------------------------------- */

static void workings_of(menu *m, tr_workings *out)
{
    tr_workings_of_step(&m->m.report.point[1].row, out);
    tr_workings_add_report(&m->m.report, out);
    if (m->has_ratio && out->count < TR_WORKING_MAX) {
        tr_working *w = &out->working[out->count++];
        *w = (tr_working){.id = "K3"};
        tr_working_put(w, "p", TR_UNIT_NONE, m->price_ratio, 0);
        tr_working_put(w, "s", TR_UNIT_NONE, m->speed_ratio, 0);
        tr_working_put(w, "B / B_fast", TR_UNIT_NONE, m->ratio.batch_ratio, 1);
        tr_working_put(w, "x", TR_UNIT_NONE, m->ratio.fast_kv_ratio, 1);
        tr_working_put(w, "share", TR_UNIT_RATIO, m->ratio.normal_kv_share, 1);
    }
    for (size_t i = 0; i < m->m.speed_count && out->count < TR_WORKING_MAX; i++) {
        double batch_seq = 0.0;
        if (tr_menu_batch(&m->m, 0, m->m.speed_token_per_s[i], &batch_seq, NULL) != TR_OK)
            continue;
        tr_working *w = &out->working[out->count++];
        *w = (tr_working){.id = "K4"};
        tr_working_put(w, "v", TR_UNIT_TOKEN_PER_S, m->m.speed_token_per_s[i], 0);
        tr_working_put(w, "B_max", TR_UNIT_SEQ, m->m.report.hold.max_batch_seq, 0);
        tr_working_put(w, "B(v)", TR_UNIT_SEQ, batch_seq, 1);
    }
}

/* ---- the document --------------------------------------------------------------- */

static tr_status print_table(const tr_rows *rows, const tr_fields *fields, tr_writer *out, tr_error *err)
{
    tr_fields_table_head(fields, out);
    for (size_t i = 0; i < rows->count; i++) {
        const void *row = rows->at(rows->context, i, err);
        if (row == NULL)
            return err != NULL ? err->status : TR_EDOMAIN;
        tr_fields_table_row(fields, row, out);
    }
    tr_write_char(out, '\n');
    return TR_OK;
}

/* Who drafts in the rows that say so, and what is kept. */
static void print_drafts(const menu *m, tr_writer *out)
{
    char text[512];
    if (!m->m.has_drafts)
        return;
    tr_drafts_say(&m->m.drafted, text, sizeof text);
    tr_print_wrapped(out, "  drafts                  ", "                          ", text, TR_PAGE_COLUMNS);
}

static tr_status write_text(menu *m, const tr_rows *rows, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_problem *q = &m->m.plain;
    char text[256], token[32], floor_cost[48];
    tr_writer out;
    tr_writer_begin(&out, sink);
    (void)tr_quantity_format(m->m.report.context_token, TR_UNIT_CONTEXT, token, sizeof token);
    (void)snprintf(text, sizeof text, "%.90s on %.60s: cost against speed at %s tokens of context\n", q->model->name,
                   q->system->name, token);
    tr_write_text(&out, text);
    tr_print_setting(q, &out);
    tr_print_price(q, &out);
    tr_write_char(&out, '\n');
    tr_status s = print_table(rows, tr_rows_columns(rows), &out, err);
    if (s == TR_OK && !q->blackboard)
        s = print_table(rows, &tr_menu_money, &out, err);
    if (s != TR_OK)
        return s;
    if (m->m.report.floor_usd_per_mtoken > 0) {
        (void)tr_quantity_format(m->m.report.floor_usd_per_mtoken, TR_UNIT_USD_PER_MTOKEN, floor_cost,
                                 sizeof floor_cost);
        tr_print_line(&out, "cost floor", floor_cost,
                      "by the bound no batch is cheaper, however slow; an idle place is: `scale --part day`");
    }
    if (m->m.has_full)
        tr_write_text(&out, "  normal does not fit: speed and price are against full, the largest batch that does\n");
    if (!isfinite(m->m.report.balance_batch_seq))
        tr_write_text(&out, "  normal is the balance without KV: at this context no batch is compute-bound\n");
    tr_print_quantity(&out, q->roof.copy_count > 1.0 ? "1 a replica" : "batch 1", unbatched_ratio(m), TR_UNIT_NONE,
                      "times the normal cost per token: the bound on what not batching costs");
    tr_print_quantity(&out, "margin", m->m.margin_ratio, TR_UNIT_NONE,
                      "batch in practice over the balance batch (--margin; usually 2 to 3)");
    print_drafts(m, &out);
    if (m->has_asked)
        print_ratios(m, style, &out);
    if (!q->blackboard)
        print_modes(m, style, &out);
    tr_notes_text(rows->notes, style->columns, &out);
    if (style->explain) {
        tr_workings workings;
        workings_of(m, &workings);
        tr_workings_text(&workings, style, &out);
    }
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_json(menu *m, const tr_rows *rows, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    tr_question_json(&m->m.plain, &json);
    tr_json_key_string(&json, "physics", tr_physics_name(m->m.plain.physics));
    tr_json_key_number(&json, "floor_usd_per_mtoken", m->m.report.floor_usd_per_mtoken);
    tr_json_key_number(&json, "unbatched_cost_ratio", unbatched_ratio(m));
    tr_json_key_number(&json, "margin_ratio", m->m.margin_ratio);
    tr_json_key(&json, "modes");
    tr_json_array(&json);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    if (m->has_ratio)
        tr_fields_json(&ratio_fields, m, &json);
    if (m->has_asked)
        tr_fields_json(&judged_fields, m, &json);
    if (!m->m.plain.blackboard)
        modes_json(m, &json);
    tr_notes_json(rows->notes, &json);
    if (style->explain) {
        tr_workings workings;
        workings_of(m, &workings);
        tr_workings_json(&workings, &json);
    }
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_menu(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                         tr_sink *sink, tr_error *err)
{
    menu m = {.has_ratio = 0};
    tr_notes notes;
    tr_status s = tr_menu_of(scenario, question, &m.m, err);
    if (s == TR_OK)
        s = ratios_of(&m, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &tr_menu_fields,
                          .name = "modes",
                          .count = tr_menu_count(&m.m),
                          .at = tr_menu_at,
                          .columns = question->blackboard ? NULL : &tr_menu_columns,
                          .context = &m.m,
                          .scenario = scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_TEXT)
        return write_text(&m, &rows, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_json(&m, &rows, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
