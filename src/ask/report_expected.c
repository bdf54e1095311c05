/* ask/report_expected.c -- the report's lines of ops or fitted physics: what a step takes, beside its bound. */
#include <math.h>
#include <stdio.h>

#include "ask/report.h"
#include "base/text.h"
#include "write/print.h"

enum { USUAL = 4, BATCHES = USUAL + 2, CELL = 64 };

typedef struct expected_row {
    double batch_seq;
    int known;
    tr_step step, bound;
    int has_energy;              /* the chip's power is known */
    tr_power power;
    tr_energy energy;
    tr_error why;                /* why not */
} expected_row;

/* Usual batches, the normal one and the one asked for: rising, each once. Returns how many. */
static int batches_of(const tr_report *report, double *batch_seq)
{
    const double all[BATCHES] = {1.0, 8.0, 64.0, 256.0, floor(report->normal_batch_seq + 0.5),
                                 report->question->load.batch_seq};
    int n = 0;
    for (int i = 0; i < BATCHES; i++) {
        int k = n;
        while (k > 0 && batch_seq[k - 1] > all[i])
            k--;
        if (k > 0 && !(batch_seq[k - 1] < all[i]))
            continue;
        for (int j = n; j > k; j--)
            batch_seq[j] = batch_seq[j - 1];
        batch_seq[k] = all[i];
        n++;
    }
    return n;
}

static void row_of(const tr_report *report, double batch_seq, expected_row *out)
{
    const tr_problem *q = report->question;
    const tr_load load = {TR_PHASE_DECODE, batch_seq, report->context_token, 1.0};
    out->batch_seq = batch_seq;
    out->known = tr_problem_step(q, report->beside, &load, &out->step, &out->why) == TR_OK &&
                 tr_problem_step(q, TR_PHYSICS_BOUND, &load, &out->bound, &out->why) == TR_OK;
    out->power = (tr_power){0};
    out->energy = (tr_energy){0};
    out->has_energy = out->known && tr_problem_energy(q, out->step.mfu, out->step.mbu, &out->power, &out->energy,
                                                      NULL) == TR_OK;
}

static double usd_per_mtoken(const expected_row *row, double usd_per_s)
{
    return usd_per_s * 1e6 / row->step.token_per_s;
}

static void json_energy(const expected_row *row, tr_json *json)
{
    const tr_energy *e = &row->energy;
    const double known = row->has_energy ? 1.0 : (double)NAN;
    tr_json_key_number(json, "chip_power_w", known * row->power.predicted_w);
    tr_json_key_number(json, "energy_usd_per_mtoken", known * usd_per_mtoken(row, e->usd_per_s));
    tr_json_key_number(json, "low_energy_usd_per_mtoken", known * usd_per_mtoken(row, e->low_usd_per_s));
    tr_json_key_number(json, "high_energy_usd_per_mtoken", known * usd_per_mtoken(row, e->high_usd_per_s));
}

void tr_report_expected_json(const tr_report *report, tr_json *json)
{
    const tr_problem *q = report->question;
    double batch_seq[BATCHES];
    if (q->blackboard)
        return;
    tr_json_key_object(json, "expected");
    tr_json_key_string(json, "physics", tr_physics_name(report->beside));
    if (report->beside == TR_PHYSICS_FITTED) {
        tr_json_key_string(json, "calibration", q->calibration.origin);
        tr_json_key_string(json, "distance", tr_distance_name(q->distance));
    }
    tr_json_key_array(json, "rows");
    const int n = batches_of(report, batch_seq);
    for (int i = 0; i < n; i++) {
        expected_row row;
        row_of(report, batch_seq[i], &row);
        tr_json_object_inline(json);
        tr_json_key_number(json, "batch_seq", row.batch_seq);
        if (row.known) {
            tr_json_key_number(json, "step_s", row.step.step_s);
            tr_json_key_number(json, "low_s", row.step.low_s);
            tr_json_key_number(json, "high_s", row.step.high_s);
            tr_json_key_number(json, "bound_s", row.bound.step_s);
            tr_json_key_number(json, "token_per_s_per_seq", row.step.token_per_s_per_seq);
            json_energy(&row, json);
        } else {
            tr_json_key_null(json, "step_s");
            tr_json_key_string(json, "reason", row.why.text);
        }
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_close(json);
}

static const char *show(double value, tr_unit unit, char *out)
{
    (void)tr_quantity_format(value, unit, out, CELL);
    return out;
}

static void print_row(const expected_row *row, int fitted, tr_writer *out)
{
    char text[384], label[CELL + 16], a[CELL], b[3 * CELL], c[CELL], d[CELL], e[CELL];
    (void)snprintf(label, sizeof label, "batch %s", show(row->batch_seq, TR_UNIT_SEQ, a));
    if (!row->known) {
        tr_print_line(out, label, "none", row->why.text);
        return;
    }
    (void)tr_text_fixed(e, sizeof e, row->step.step_s / row->bound.step_s, 1);
    (void)snprintf(b, sizeof b, "%s times its bound; %s each", e,
                   show(row->step.token_per_s_per_seq, TR_UNIT_TOKEN_PER_S, d));
    if (fitted)
        (void)snprintf(text, sizeof text, "nine in ten %s to %s; %s", show(row->step.low_s, TR_UNIT_SECOND, a),
                       show(row->step.high_s, TR_UNIT_SECOND, c), b);
    else
        (void)snprintf(text, sizeof text, "%s", b);
    tr_print_line(out, label, show(row->step.step_s, TR_UNIT_SECOND, c), text);
}

/* A part of the cost, not on top of it. */
static void print_energy(const tr_problem *q, const expected_row *row, tr_writer *out)
{
    char text[8 * CELL], a[CELL], b[CELL], c[CELL], d[CELL], e[CELL];
    const double low = usd_per_mtoken(row, row->energy.low_usd_per_s),
                 high = usd_per_mtoken(row, row->energy.high_usd_per_s);
    if (!row->has_energy)
        return;
    (void)snprintf(text, sizeof text, "of the cost, per million tokens at batch %s, %s to %s: %s a chip, PUE %.4g, %s",
                   show(row->batch_seq, TR_UNIT_SEQ, a), show(low, TR_UNIT_USD, b), show(high, TR_UNIT_USD, c),
                   show(floor(row->power.predicted_w + 0.5), TR_UNIT_WATT, d), q->pue_ratio,
                   show(q->usd_per_kwh, TR_UNIT_USD_PER_KWH, e));
    tr_print_quantity(out, "energy", usd_per_mtoken(row, row->energy.usd_per_s), TR_UNIT_USD, text);
}

void tr_report_expected_text(const tr_report *report, const tr_style *style, tr_writer *out)
{
    const int fitted = report->beside == TR_PHYSICS_FITTED;
    double batch_seq[BATCHES];
    expected_row last = {.has_energy = 0};
    if (report->question->blackboard)
        return;
    tr_print_heading(out, style, fitted ? "What such systems take" : "What the operators of a step take");
    if (fitted)
        tr_print_line(out, "calibration", report->question->calibration.origin, NULL);
    const int n = batches_of(report, batch_seq);
    for (int i = 0; i < n; i++) {
        expected_row row;
        row_of(report, batch_seq[i], &row);
        print_row(&row, fitted, out);
        if (row.known)
            last = row;
    }
    print_energy(report->question, &last, out);
}
