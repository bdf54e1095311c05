/* ask/report_write.c -- the report as a page and as members of a document. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/report.h"
#include "base/text.h"
#include "write/print.h"

/* ---- JSON ------------------------------------------------------------------- */

TR_NUMBER(tr_report_point, point_batch, row->row.load.batch_seq)
TR_FLAG(tr_report_point, point_fits, row->row.fits)
TR_TEXT(tr_report_point, point_name, row->name)
#define TERM(NAME) TR_NUMBER(tr_report_point, point_##NAME, row->row.step.NAME##_s)
TERM(compute)
TERM(weights)
TERM(kv)
TERM(comm)
TERM(fixed)
TR_TEXT(tr_report_point, point_limit, tr_limit_name(row->row.step.limit)) /* of what does not fit too */
TR_NUMBER(tr_report_point, point_speed, row->speed_ratio)
TR_NUMBER(tr_report_point, point_price, row->price_ratio)

static const tr_field point_list[] = {
    TR_T("name", point_name),
    TR_N("batch_seq", SEQ, point_batch),
    TR_F("fits", point_fits),
    TR_N("terms.compute_s", SECOND, point_compute),
    TR_N("terms.weights_s", SECOND, point_weights),
    TR_N("terms.kv_s", SECOND, point_kv),
    TR_N("terms.comm_s", SECOND, point_comm),
    TR_N("terms.fixed_s", SECOND, point_fixed),
    TR_N("step_s", SECOND, tr_pass_time),
    TR_PASS_TIME_BESIDE,
    TR_T("limited_by", point_limit),
    TR_N("token_per_s", TOKEN_PER_S, tr_pass_rate),
    TR_PASS_RATE_BESIDE,
    TR_N("token_per_s_per_seq", TOKEN_PER_S, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N("usd_per_mtoken", USD_PER_MTOKEN, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_N("speed_ratio", NONE, point_speed),
    TR_N("price_ratio", NONE, point_price),
};

static void json_point(const tr_report_point *point, tr_json *json)
{
    static const tr_fields fields = {point_list, sizeof point_list / sizeof point_list[0]};
    tr_json_object_inline(json);
    tr_fields_json(&fields, point, json);
    tr_json_close(json);
}

void tr_report_json(const tr_report *report, tr_json *json)
{
    const tr_step_row *normal = &report->point[1].row;
    tr_json_key_number(json, "context_token", report->context_token);
    tr_json_key_string(json, "phase", tr_phase_name(normal->load.phase));
    tr_json_key_string(json, "physics", tr_physics_name(report->question->physics));
    tr_json_key_number(json, "sparsity_ratio", report->sparsity_ratio);
    tr_json_key_number(json, "kv_byte_per_seq", report->kv_byte_per_seq);
    tr_json_key_number(json, "floor_s", normal->floor_s);
    tr_json_key_number(json, "ridge_flop_per_byte", normal->ridge_flop_per_byte);
    tr_json_key_number(json, "balance_token", report->balance_token);
    tr_json_key_number(json, "balance_batch_seq", report->balance_batch_seq);
    tr_json_key_number(json, "balance_without_kv_batch_seq", report->balance_without_kv_batch_seq);
    tr_json_key_number(json, "balanced_context_token", report->balanced_context_token);
    tr_hold_json(&report->hold, json);
    tr_json_key_number(json, "max_batch_seq", report->hold.max_batch_seq);
    tr_json_key_number(json, "max_context_token", report->hold.max_context_token);
    tr_json_key_number(json, "drain_s", report->drain_s);
    tr_json_key_number(json, "floor_usd_per_mtoken", report->floor_usd_per_mtoken);
    tr_json_key_array(json, "points");
    for (int i = 0; i < TR_REPORT_POINTS; i++)
        json_point(&report->point[i], json);
    tr_json_close(json);
    tr_offers_json(report->question->model, json);
    tr_report_steps_json(report, json);
    tr_fields_json(&tr_train_fields, &report->train, json);
}

/* ---- the page ----------------------------------------------------------------- */

enum { CELL = 64 };

static const char *show(double value, tr_unit unit, char *out)
{
    (void)tr_quantity_format(value, unit, out, CELL);
    return out;
}

static void print_model(const tr_report *report, tr_writer *out)
{
    const tr_problem *q = report->question;
    char text[256], a[CELL], b[CELL];
    if (report->sparsity_ratio > 1)
        (void)snprintf(text, sizeof text, "%s active for a token, 1 in %s",
                       show(q->model->active_param, TR_UNIT_PARAM, a),
                       show(report->sparsity_ratio, TR_UNIT_NONE, b));
    else
        (void)tr_text_copy(text, sizeof text, "all active for every token");
    tr_print_quantity(out, "parameters", q->model->total_param, TR_UNIT_PARAM, text);
    tr_print_quantity(out, "weights", q->roof.store_weight_byte, TR_UNIT_BYTE, tr_question_weights(q));
    (void)snprintf(text, sizeof text, "for each token (%s); %s at %s tokens", tr_dtype_name(q->roof.kv_dtype),
                   show(report->kv_byte_per_seq, TR_UNIT_BYTE, a),
                   show(report->context_token, TR_UNIT_CONTEXT, b));
    tr_print_quantity(out, "KV cache", q->roof.kv_byte_per_token, TR_UNIT_BYTE, text);
}

static void print_machine(const tr_report *report, tr_writer *out)
{
    const tr_step_row *normal = &report->point[1].row;
    char text[256], a[CELL], b[CELL];
    (void)snprintf(text, sizeof text, "%s peak over memory bandwidth",
                   tr_dtype_name(report->question->roof.math_dtype));
    tr_print_quantity(out, "ridge point", normal->ridge_flop_per_byte, TR_UNIT_FLOP_PER_BYTE, text);
    (void)snprintf(text, sizeof text, "tokens where compute takes as long as reading weights: ridge x %s bytes a "
                                      "weight / 2 (the lecture's 300)",
                   show(report->question->roof.weight_byte, TR_UNIT_NONE, a));
    tr_print_quantity(out, "balance, dense model", report->balance_token, TR_UNIT_TOKEN, text);
    tr_print_line(out, "balance without KV",
                  tr_print_batch(report->balance_without_kv_batch_seq, b, sizeof b),
                  "sequences: the same for this model's active share");
    if (isfinite(report->balance_batch_seq))
        tr_print_line(out, "balance batch", tr_print_batch(report->balance_batch_seq, b, sizeof b),
                      tr_balance_words(report->question, report->balance_batch_seq,
                                       "sequences at this context, KV cache and attention counted", text,
                                       sizeof text));
    else
        tr_print_line(out, "balance batch", "none", "at this context no batch is compute-bound");
    if (isfinite(report->balanced_context_token))
        tr_print_quantity(out, "context cliff", report->balanced_context_token, TR_UNIT_TOKEN,
                          "tokens of context: beyond, every batch is memory-bound");
    else
        tr_print_line(out, "context cliff", "none", "reading the KV cache never takes longer than compute");
    tr_print_quantity(out, "floor", normal->floor_s, TR_UNIT_SECOND,
                      "to read all weights once: no large batch is faster");
    if (isfinite(report->drain_s))
        tr_print_quantity(out, "drain time", report->drain_s, TR_UNIT_SECOND, "to read all of the memory once");
}

/* A line of the table of points. */
static void print_cells(tr_writer *out, const char *label, char cells[TR_REPORT_POINTS][CELL])
{
    char line[256];
    (void)snprintf(line, sizeof line, "  %-24s%16s%16s%16s\n", label, cells[0], cells[1], cells[2]);
    tr_write_text(out, line);
}

static void print_quantities(tr_writer *out, const tr_report *report, const char *label, tr_unit unit,
                             double (*read)(const tr_report_point *point))
{
    char cells[TR_REPORT_POINTS][CELL];
    for (int i = 0; i < TR_REPORT_POINTS; i++)
        if (isfinite(read(&report->point[i])))
            (void)show(read(&report->point[i]), unit, cells[i]);
        else
            (void)tr_text_copy(cells[i], CELL, "-");
    print_cells(out, label, cells);
}

static double compute_s(const tr_report_point *p) { return p->row.step.compute_s; }
static double weights_s(const tr_report_point *p) { return p->row.step.weights_s; }
static double kv_s(const tr_report_point *p) { return p->row.step.kv_s; }
static double step_s(const tr_report_point *p) { return p->row.step.step_s; }
static double predicted_s(const tr_report_point *p) { return p->row.predicted.step_s; }
static double predicted_usd(const tr_report_point *p) { return p->row.predicted.usd_per_mtoken; }
static double predicted_token_per_s(const tr_report_point *p) { return p->row.predicted.token_per_s_per_seq; }
static double all_token_per_s(const tr_report_point *p) { return p->row.step.token_per_s; }
static double each_token_per_s(const tr_report_point *p) { return p->row.step.token_per_s_per_seq; }
static double cost_usd(const tr_report_point *p) { return p->row.step.usd_per_mtoken; }

static void print_batches(const tr_report *report, tr_writer *out)
{
    char cells[TR_REPORT_POINTS][CELL];
    for (int i = 0; i < TR_REPORT_POINTS; i++) {
        (void)show(report->point[i].row.load.batch_seq, TR_UNIT_SEQ, cells[i]);
        if (!report->point[i].row.fits)
            (void)tr_text_append(cells[i], CELL, " *");
    }
    print_cells(out, "batch", cells);
}

static void print_ratios(const tr_report *report, const char *label, int price, tr_writer *out)
{
    char cells[TR_REPORT_POINTS][CELL];
    for (int i = 0; i < TR_REPORT_POINTS; i++) {
        (void)show(price ? report->point[i].price_ratio : report->point[i].speed_ratio, TR_UNIT_NONE,
                   cells[i]);
        (void)tr_text_append(cells[i], CELL, "x");
    }
    print_cells(out, label, cells);
}

static void print_points(const tr_report *report, tr_writer *out)
{
    char heads[TR_REPORT_POINTS][CELL] = {"", "normal: balance", "slow: 3 x that"};
    char cells[TR_REPORT_POINTS][CELL];
    int all_fit = 1;
    (void)snprintf(heads[0], CELL, "fast: %s", report->question->roof.copy_count > 1.0 ? "1 a replica" : "batch 1");
    print_cells(out, "", heads);
    print_batches(report, out);
    print_quantities(out, report, "compute", TR_UNIT_SECOND, compute_s);
    print_quantities(out, report, "weights", TR_UNIT_SECOND, weights_s);
    print_quantities(out, report, "KV cache", TR_UNIT_SECOND, kv_s);
    print_quantities(out, report, "step", TR_UNIT_SECOND, step_s);
    for (int i = 0; i < TR_REPORT_POINTS; i++) {
        (void)tr_text_copy(cells[i], CELL, tr_limit_name(report->point[i].row.step.limit));
        all_fit = all_fit && report->point[i].row.fits;
    }
    print_cells(out, "limited by", cells);
    print_quantities(out, report, "tokens/s, all", TR_UNIT_NONE, all_token_per_s);
    print_quantities(out, report, "tokens/s, each", TR_UNIT_NONE, each_token_per_s);
    if (report->question->roof.usd_per_s > 0)
        print_quantities(out, report, "$ per million tokens", TR_UNIT_USD, cost_usd);
    if (!report->question->blackboard) {
        print_quantities(out, report, "predicted: step", TR_UNIT_SECOND, predicted_s);
        print_quantities(out, report, "  tokens/s, each", TR_UNIT_NONE, predicted_token_per_s);
        if (report->question->roof.usd_per_s > 0)
            print_quantities(out, report, "  $ per million tokens", TR_UNIT_USD, predicted_usd);
    }
    print_ratios(report, "speed against normal", 0, out);
    print_ratios(report, "price against normal", 1, out);
    if (!all_fit)
        tr_write_text(out, "  * does not fit in this layout; the figures are what more memory would give\n");
}

static void print_capacity(const tr_report *report, tr_writer *out)
{
    const double stated_token = report->question->model->max_context_token;
    char text[320], a[CELL], b[CELL];
    tr_hold_text(&report->hold, out);
    if (!isfinite(report->hold.max_batch_seq)) {
        tr_print_line(out, "largest batch", "not limited", NULL);
        return;
    }
    (void)snprintf(text, sizeof text, "sequences on the whole system at %s tokens",
                   show(report->context_token, TR_UNIT_CONTEXT, a));
    tr_print_quantity(out, "largest batch", report->hold.max_batch_seq, TR_UNIT_SEQ, text);
    (void)snprintf(text, sizeof text, "tokens, one sequence alone%s%s",
                   stated_token > 0 ? "; the model was made for " : "",
                   stated_token > 0 ? show(stated_token, TR_UNIT_CONTEXT, b) : "");
    if (isfinite(report->hold.max_context_token))
        tr_print_quantity(out, "longest context", report->hold.max_context_token, TR_UNIT_TOKEN, text);
    else
        tr_print_line(out, "longest context", "not limited", NULL);
}

void tr_report_text(const tr_report *report, const tr_style *style, tr_writer *out)
{
    const tr_problem *q = report->question;
    char text[512], context[CELL], price[CELL];
    (void)snprintf(text, sizeof text, "%s on %s: decode at %s tokens of context\n", q->model->name,
                   q->system->name, show(report->context_token, TR_UNIT_CONTEXT, context));
    tr_write_text(out, text);
    tr_print_setting(q, out);
    tr_print_price(q, out);
    tr_print_heading(out, style, "The model and the machine");
    print_model(report, out);
    print_machine(report, out);
    tr_print_heading(out, style, q->blackboard ? "One step, and the price menu it implies"
                                                    : "One step by the lower bound, and the price menu it implies");
    print_points(report, out);
    if (!isfinite(report->balance_batch_seq))
        tr_write_text(out, "  normal is the balance without KV: at this context no batch is compute-bound\n");
    if (q->roof.usd_per_s > 0) {
        (void)snprintf(text, sizeof text, "per million tokens: no batch is cheaper, at %s for the system",
                       show(q->system->usd_per_hour, TR_UNIT_USD_PER_HOUR, price));
        tr_print_quantity(out, "cost floor", report->floor_usd_per_mtoken, TR_UNIT_USD, text);
    }
    if (q->blackboard) /* else what stands above has them */
        tr_offers_text(q->model, out);
    tr_report_steps_text(report, style, out);
    tr_print_heading(out, style, "What fits");
    print_capacity(report, out);
    tr_print_heading(out, style, "Batch schedule (the lecture's trains)");
    tr_train_row_text(&report->train, out);
}
