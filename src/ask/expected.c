/* ask/expected.c -- curves of ops and fitted physics, to draw beside the bound. */
#include "ask/expected.h"

#include <math.h>
#include <stdio.h>

#include "base/text.h"

static void write_words(const tr_problem *question, const char *where, double times, tr_expected *out)
{
    char times_text[32];
    (void)tr_text_fixed(times_text, sizeof times_text, times, times < 10.0 ? 2 : 1);
    out->has_band = question->physics == TR_PHYSICS_FITTED;
    if (out->has_band) {
        out->name = "predicted";
        out->caption = "The band is the 90 % interval of what is predicted. The distance to the bound is what better "
                       "software could still win.";
        (void)snprintf(out->title, sizeof out->title, "%s a step is predicted to take %s times its bound", where,
                       times_text);
        (void)snprintf(out->source, sizeof out->source,
                       "Fitted physics, calibration %s: equations F3\xE2\x80\x93"
                       "F4. Terms and step at datasheet peak: R1\xE2\x80\x93R6.",
                       question->calibration.origin);
        return;
    }
    out->name = "by operators";
    out->caption = "Each operator against its own roof, one after the other, with the links between the chips: what "
                   "overlap inside a step and faster links could still win is the distance to the bound.";
    (void)snprintf(out->title, sizeof out->title, "%s the operators of a step take %s times its bound", where,
                   times_text);
    (void)snprintf(out->source, sizeof out->source,
                   "Ops physics: datasheet peaks, equations R25, R27. Terms and step of all chips together: "
                   "R1\xE2\x80\x93R6.");
}

int tr_expected_along(const tr_along *along, const tr_curve *curve, double at, tr_expected *out)
{
    static const char *const before[TR_ALONG_COUNT] = {"At batch\xC2\xA0", "At ", "With "};
    static const char *const after[TR_ALONG_COUNT] = {"", " tokens of context", " new tokens a sequence"};
    const tr_problem *question = along->question;
    double times = (double)NAN, place = (double)NAN;
    if (question->physics == TR_PHYSICS_BOUND)
        return 0;
    for (size_t i = 0; i < curve->n; i++) {
        const tr_load here = tr_along_load(along, curve->at[i]);
        tr_step step;
        const int fine = tr_problem_step(question, question->physics, &here, &step, NULL) == TR_OK;
        out->step_s[i] = fine ? step.step_s : (double)NAN;
        out->low_s[i] = fine ? step.low_s : (double)NAN;
        out->high_s[i] = fine ? step.high_s : (double)NAN;
        if (fine && (isnan(times) || curve->at[i] <= at)) {
            times = step.step_s / curve->step_s[i];
            place = curve->at[i];
        }
    }
    char text[48], where[96];
    (void)tr_quantity_format(floor(place + 0.5), along->input == TR_ALONG_BATCH ? TR_UNIT_SEQ : TR_UNIT_CONTEXT, text,
                             sizeof text);
    (void)snprintf(where, sizeof where, "%s%s%s", before[along->input], text, after[along->input]);
    write_words(question, where, times, out);
    if (isnan(times))
        (void)snprintf(out->title, sizeof out->title, "No step of this layout fits its chips");
    return 1;
}

int tr_expected_over_batch(const tr_problem *question, const tr_curve *curve, double context_token, double at,
                           tr_expected *out)
{
    const tr_along along = {question, TR_ALONG_BATCH, 1.0, context_token};
    return tr_expected_along(&along, curve, at, out);
}

int tr_expected_over_context(const tr_problem *question, const tr_curve *curve, double batch_seq, double at,
                             tr_expected *out)
{
    const tr_along along = {question, TR_ALONG_CONTEXT, batch_seq, 0.0};
    return tr_expected_along(&along, curve, at, out);
}

tr_series tr_expected_bound(const tr_curve *curve, const char *alone, int more)
{
    return (tr_series){.name = more ? "bound" : alone,
                       .kind = more ? TR_SERIES_FLOOR : TR_SERIES_LINE,
                       .role = more ? TR_ROLE_LIMIT : TR_ROLE_RESULT,
                       .x = curve->at,
                       .y = curve->step_s,
                       .n = curve->n};
}

size_t tr_expected_series(const tr_expected *expected, const tr_curve *curve, tr_series *out)
{
    size_t n = 0;
    if (expected->has_band) {
        out[n] = (tr_series){.kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = curve->at, .y = expected->low_s,
                               .y2 = expected->high_s, .n = curve->n};
        n++;
    }
    out[n] = (tr_series){.name = expected->name, .role = TR_ROLE_RESULT, .x = curve->at, .y = expected->step_s,
                           .n = curve->n};
    return n + 1;
}
