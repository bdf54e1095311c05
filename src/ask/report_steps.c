/* ask/report_steps.c -- the report's decode steps at usual batches: predicted beside the bound. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/report.h"
#include "write/print.h"

enum { USUAL = 4, BATCHES = USUAL + 2 };

/* Usual batches of each replica, the normal one and the one asked for: rising, each once. Returns how many. */
static int batches_of(const tr_report *report, double *batch_seq)
{
    const double each = report->question->roof.copy_count, asked = report->question->load.batch_seq;
    const double all[BATCHES] = {each, 8.0 * each, 64.0 * each, 256.0 * each, floor(report->normal_batch_seq + 0.5),
                                 asked > 1.0 ? asked : each}; /* one is the default */
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

typedef struct steps_row {
    tr_step_row pass;            /* first: tr_pass_* read it */
    int is_answered;             /* it fits; else pass.why says why not */
    int has_energy;              /* the chip's power is known */
    tr_power power;
    tr_energy energy;
} steps_row;

static void row_of(const tr_report *report, double batch_seq, steps_row *out)
{
    tr_problem asked = *report->question;
    const tr_load load = {TR_PHASE_DECODE, batch_seq, report->context_token, 1.0};
    tr_step_row *pass = &out->pass;
    tr_error why;
    asked.physics = report->physics;
    memset(out, 0, sizeof *out);
    if (tr_step_row_of(&asked, &load, pass, &why) != TR_OK) {
        (void)tr_step_row_bound(&asked, &load, pass, NULL);
        pass->fits = 0;
        pass->why = why;
        tr_step_row_by_physics(pass);
    }
    pass->question = report->question;
    out->is_answered = pass->fits;
    out->has_energy = out->is_answered && tr_problem_energy(pass->question, pass->step.mfu, pass->step.mbu,
                                                            &out->power, &out->energy, NULL) == TR_OK;
}

static double usd_per_mtoken(const steps_row *row, double usd_per_s)
{
    return usd_per_s * 1e6 / row->pass.step.token_per_s;
}

TR_NUMBER(steps_row, batch, row->pass.load.batch_seq)
#define ENERGY(NAME, VALUE) TR_NUMBER(steps_row, NAME, row->has_energy ? (VALUE) : (double)NAN)
ENERGY(power, row->power.predicted_w)
ENERGY(energy, usd_per_mtoken(row, row->energy.usd_per_s))
ENERGY(energy_low, usd_per_mtoken(row, row->energy.low_usd_per_s))
ENERGY(energy_high, usd_per_mtoken(row, row->energy.high_usd_per_s))
TR_TEXT(steps_row, reason, row->is_answered ? NULL : row->pass.why.text)

static const tr_field fields[] = {
    TR_N("batch_seq", SEQ, batch),
    TR_N("step_s", SECOND, tr_pass_time),
    TR_PASS_TIME_BESIDE,
    TR_T("limited_by", tr_pass_limited_by),
    TR_N("token_per_s_per_seq", TOKEN_PER_S, tr_pass_each),
    TR_PASS_EACH_BESIDE,
    TR_N("usd_per_mtoken", USD_PER_MTOKEN, tr_pass_cost),
    TR_PASS_COST_BESIDE,
    TR_N("chip_power_w", WATT, power),
    TR_N("energy_usd_per_mtoken", USD_PER_MTOKEN, energy),
    TR_N("energy_usd_per_mtoken_low", USD_PER_MTOKEN, energy_low),
    TR_N("energy_usd_per_mtoken_high", USD_PER_MTOKEN, energy_high),
    TR_T("reason", reason),
};

void tr_report_steps_json(const tr_report *report, tr_json *json)
{
    static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};
    const tr_problem *q = report->question;
    double batch_seq[BATCHES];
    if (q->blackboard)
        return;
    tr_json_key_object(json, "steps");
    tr_json_key_string(json, "physics", tr_physics_name(report->physics));
    tr_json_key_string(json, "calibration", q->calibration.origin);
    tr_json_key_string(json, "distance", tr_distance_name(q->distance));
    tr_json_key_array(json, "rows");
    const int n = batches_of(report, batch_seq);
    for (int i = 0; i < n; i++) {
        steps_row row;
        row_of(report, batch_seq[i], &row);
        tr_json_object_inline(json);
        tr_fields_json(&row_fields, &row, json);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_close(json);
}

static void print_row(const steps_row *row, tr_physics physics, tr_writer *out)
{
    const tr_step_row *pass = &row->pass;
    char text[128], label[96], batch[48], number[48];
    (void)tr_quantity_format(pass->load.batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)snprintf(label, sizeof label, "batch %s", batch);
    if (!row->is_answered || !pass->is_predicted) {
        tr_print_line(out, label, "-", pass->why.text);
        return;
    }
    const tr_quantity time_s = tr_step_row_time_s(pass);
    if (physics == TR_PHYSICS_OPS)
        (void)snprintf(text, sizeof text, "by operators %s",
                       tr_print_three(pass->step.step_s, TR_UNIT_SECOND, number, sizeof number));
    else
        (void)snprintf(text, sizeof text, "%s tokens/s each",
                       tr_print_three(pass->predicted.token_per_s_per_seq, TR_UNIT_NONE, number, sizeof number));
    tr_print_predicted(out, label, &time_s, TR_UNIT_SECOND, text);
}

/* A part of the cost, not on top of it. */
static void print_energy(const tr_problem *q, const steps_row *row, tr_writer *out)
{
    char text[320], batch[48], low[48], high[48], watt[48], kwh[48];
    if (!row->has_energy)
        return;
    (void)tr_quantity_format(row->pass.load.batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)snprintf(
        text, sizeof text, "of the cost, per million tokens at batch %s, %s to %s: %s a chip, PUE %.4g, %s", batch,
        tr_print_three(usd_per_mtoken(row, row->energy.low_usd_per_s), TR_UNIT_USD, low, sizeof low),
        tr_print_three(usd_per_mtoken(row, row->energy.high_usd_per_s), TR_UNIT_USD, high, sizeof high),
        tr_print_three(row->power.predicted_w, TR_UNIT_WATT, watt, sizeof watt), q->pue_ratio,
        tr_print_three(q->usd_per_kwh, TR_UNIT_USD_PER_KWH, kwh, sizeof kwh));
    tr_print_quantity(out, "energy", usd_per_mtoken(row, row->energy.usd_per_s), TR_UNIT_USD, text);
}

void tr_report_steps_text(const tr_report *report, const tr_style *style, tr_writer *out)
{
    double batch_seq[BATCHES];
    steps_row row, last = {.has_energy = 0};
    if (report->question->blackboard)
        return;
    tr_print_heading(out, style, "Decode steps, predicted");
    tr_print_line(out, "calibration", report->question->calibration.origin, NULL);
    tr_print_predicted_head(out);
    const int n = batches_of(report, batch_seq);
    for (int i = 0; i < n; i++) {
        row_of(report, batch_seq[i], &row);
        print_row(&row, report->physics, out);
        if (row.is_answered)
            last = row;
    }
    print_energy(report->question, &last, out);
}
