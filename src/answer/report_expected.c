/* answer/report_expected.c -- the report's lines of ops or fitted physics: what a step takes, beside its bound. */
#include <math.h>
#include <stdio.h>

#include "answer/expected.h"
#include "answer/print.h"
#include "answer/report.h"
#include "base/text.h"

enum { BATCHES = 5, CELL = 64 };

typedef struct expected_row {
    double batch_seq;
    tr_step step, bound;
} expected_row;

/* The index-th batch of the list, the normal one among them; 0 where it does not fit, or stands there already. */
static int row_of(const tr_report *report, int index, expected_row *out)
{
    static const double usual[BATCHES - 1] = {1.0, 8.0, 64.0, 256.0};
    const double normal = floor(report->normal_batch_seq + 0.5);
    int before = 0; /* of the usual ones, how many stand before the normal one */
    while (before < BATCHES - 1 && usual[before] < normal)
        before++;
    if (index == before && before < BATCHES - 1 && !(usual[before] > normal))
        return 0; /* the normal one is a usual one */
    out->batch_seq = index == before ? normal : usual[index < before ? index : index - 1];
    const tr_problem *q = report->expected;
    const tr_load load = {TR_PHASE_DECODE, out->batch_seq, report->context_token, 1.0};
    return tr_expected_step(q, &load, &out->step, NULL) == TR_OK &&
           tr_bound_step(&q->roof, q->model, &load, &out->bound, NULL) == TR_OK;
}

void tr_report_expected_json(const tr_report *report, tr_json *json)
{
    if (report->expected == NULL)
        return;
    const tr_problem *q = report->expected;
    tr_json_key_object(json, "expected");
    tr_json_key_string(json, "physics", tr_physics_name(q->physics));
    if (q->physics == TR_PHYSICS_FITTED) {
        tr_json_key_string(json, "calibration", q->fitted.calibration.origin);
        tr_json_key_string(json, "distance", tr_distance_name(q->fitted.distance));
    }
    tr_json_key_array(json, "rows");
    for (int i = 0; i < BATCHES; i++) {
        expected_row row;
        if (!row_of(report, i, &row))
            continue;
        tr_json_object_inline(json);
        tr_json_key_number(json, "batch_seq", row.batch_seq);
        tr_json_key_number(json, "step_s", row.step.step_s);
        tr_json_key_number(json, "low_s", row.step.low_s);
        tr_json_key_number(json, "high_s", row.step.high_s);
        tr_json_key_number(json, "bound_s", row.bound.step_s);
        tr_json_key_number(json, "token_per_s_per_seq", row.step.token_per_s_per_seq);
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

void tr_report_expected_text(const tr_report *report, const tr_style *style, tr_writer *out)
{
    if (report->expected == NULL)
        return;
    const tr_problem *q = report->expected;
    const int fitted = q->physics == TR_PHYSICS_FITTED;
    char text[384], label[CELL + 16], a[CELL], b[3 * CELL], c[CELL], d[CELL], e[CELL];
    tr_print_heading(out, style, fitted ? "What such systems take" : "What the operators of a step take");
    if (fitted)
        tr_print_line(out, "calibration", q->fitted.calibration.origin, NULL);
    for (int i = 0; i < BATCHES; i++) {
        expected_row row;
        if (!row_of(report, i, &row))
            continue;
        (void)snprintf(label, sizeof label, "batch %s", show(row.batch_seq, TR_UNIT_SEQ, a));
        (void)tr_text_fixed(e, sizeof e, row.step.step_s / row.bound.step_s, 1);
        (void)snprintf(b, sizeof b, "%s times its bound; %s each", e,
                       show(row.step.token_per_s_per_seq, TR_UNIT_TOKEN_PER_S, d));
        if (fitted)
            (void)snprintf(text, sizeof text, "nine in ten %s to %s; %s", show(row.step.low_s, TR_UNIT_SECOND, a),
                           show(row.step.high_s, TR_UNIT_SECOND, c), b);
        else
            (void)snprintf(text, sizeof text, "%s", b);
        tr_print_line(out, label, show(row.step.step_s, TR_UNIT_SECOND, c), text);
    }
}
