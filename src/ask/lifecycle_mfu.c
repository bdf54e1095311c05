/* ask/lifecycle_mfu.c -- utilisation from chip-hours or tokens a second and back, and that of reinforcement
 * learning from decoding. */
#include "ask/lifecycle.h"

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"
#include "ask/working.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "write/print.h"

#define HOUR_S 3600.0

/* ---- pre-training --------------------------------------------------------------------------------- */

/* What was told in its place; the two others follow it where they were not told. */
static tr_status train_mfu(const tr_scenario *scenario, tr_lifecycle *t, tr_error *err)
{
    static const tr_input_id way[] = {TR_IN_TRAIN_MFU, TR_IN_TRAIN_HOURS, TR_IN_TRAIN_RATE};
    const double chips = t->question->roof.chip_count;
    int told = -1;
    for (int i = 0; i < 3; i++) {
        if (!tr_input_is_set(scenario, way[i]))
            continue;
        if (told >= 0)
            return tr_fail(err, TR_ECONFLICT, tr_input_at(way[i])->key, 0.0,
                           "--%s and --%s say the same: give one", tr_input_at(way[told])->option,
                           tr_input_at(way[i])->option);
        told = i;
    }
    t->mfu_from = tr_input_at(way[told > 0 ? told : 0])->option;
    if (told <= 0)
        return TR_OK;
    const double value = tr_input_number(scenario, way[told]);
    const double chip_s = told == 1 ? value * HOUR_S : t->life.train_token / value * chips;
    const double mfu =
        tr_life_train_mfu(t->life.active_param, t->life.train_token, t->terms.chip_flop_per_s, chip_s);
    if (!(mfu <= 1.0))
        return tr_fail(err, TR_EDOMAIN, tr_input_at(way[told])->key, value,
                       "that would be an MFU of %.3g %%: nothing passes the peak; see --train-tokens, the "
                       "system and --math",
                       mfu * 100.0);
    t->terms.train_mfu = mfu;
    if (!tr_input_is_set(scenario, TR_IN_RL_MFU)) /* the lecture's third, as the inputs have it */
        t->terms.rl_mfu = mfu / 3.0;
    if (!tr_input_is_set(scenario, TR_IN_SERVE_MFU))
        t->terms.serve_mfu = mfu / 3.0;
    return TR_OK;
}

/* ---- reinforcement learning -----------------------------------------------------------------------------
 */

/* As many as pay without a cache, or as fit. */
static double sampled_seq(const tr_scenario *scenario, const tr_problem *q)
{
    if (tr_input_is_set(scenario, TR_IN_BATCH))
        return q->load.batch_seq;
    const double room = tr_shard_max_batch_seq(&q->shard, q->load.context_token);
    return larger(floor(smaller(tr_balance_batch_seq(&q->roof, 0.0) + 0.5, room)), 1.0);
}

static void decode_mfu_of(const tr_scenario *scenario, tr_lifecycle *t)
{
    const tr_problem *q = t->question;
    tr_lifecycle_rl *rl = &t->rl;
    tr_step bound, fitted;
    rl->batch_seq = sampled_seq(scenario, q);
    rl->context_token = q->load.context_token;
    const tr_load load = {TR_PHASE_DECODE, rl->batch_seq, rl->context_token, 1.0};
    rl->decode_mfu = TR_NO_QUANTITY;
    if (tr_check_fits(q, rl->batch_seq, rl->context_token, &rl->why) != TR_OK ||
        tr_problem_step(q, TR_PHYSICS_BOUND, &load, &bound, &rl->why) != TR_OK)
        return;
    rl->decode_mfu.bound = smaller(bound.mfu, 1.0);
    if (q->blackboard || tr_problem_step(q, TR_PHYSICS_FITTED, &load, &fitted, NULL) != TR_OK)
        return;
    rl->decode_mfu.predicted = fitted.mfu;
    rl->decode_mfu.low = fitted.mfu * (fitted.step_s / fitted.high_s);
    rl->decode_mfu.high = fitted.mfu * (fitted.step_s / fitted.low_s);
}

/* The same of each of a quantity's figures: f(decode's MFU, training's, more). */
typedef double (*mixing)(double decode_mfu, double train_mfu, double more);
static tr_quantity each(const tr_lifecycle *t, mixing f, double more)
{
    const tr_quantity *m = &t->rl.decode_mfu;
    const double train = t->terms.train_mfu;
    const double low = f(m->low, train, more), high = f(m->high, train, more);
    return (tr_quantity){f(m->predicted, train, more), low < high ? low : high, low < high ? high : low,
                         f(m->bound, train, more)};
}

static double mfu_of_flop(double decode_mfu, double train_mfu, double flop_per_param)
{
    return tr_life_rl_mfu(decode_mfu, train_mfu,
                          tr_life_rl_decode_share(decode_mfu, train_mfu, flop_per_param));
}

/* A share beyond 0 or 1 is none: the ends of an interval stop there. */
static tr_quantity as_share(tr_quantity q)
{
    double *const all[] = {&q.predicted, &q.bound};
    for (size_t i = 0; i < 2; i++)
        if (!(*all[i] >= 0.0 && *all[i] <= 1.0))
            *all[i] = (double)NAN;
    q.low = isnan(q.predicted) ? (double)NAN : larger(q.low, 0.0);
    q.high = isnan(q.predicted) ? (double)NAN : smaller(q.high, 1.0);
    return q;
}

static tr_status rl_mfu(const tr_scenario *scenario, tr_lifecycle *t, tr_error *err)
{
    tr_lifecycle_rl *rl = &t->rl;
    rl->share_given = tr_input_is_set(scenario, TR_IN_RL_DECODE);
    rl->given_share = rl->share_given ? tr_input_number(scenario, TR_IN_RL_DECODE) : (double)NAN;
    rl->given_mfu = TR_NO_QUANTITY;
    decode_mfu_of(scenario, t);
    if (rl->share_given && tr_input_is_set(scenario, TR_IN_RL_MFU))
        return tr_fail(err, TR_ECONFLICT, "rl_decode_share", rl->given_share,
                       "--rl-mfu and --rl-decode-share say the same: give one");
    if (rl->share_given && rl->why.status != TR_OK)
        return tr_fail(err, rl->why.status, "rl_decode_share", rl->given_share,
                       "--rl-decode-share needs a system that decodes this model: %.300s", rl->why.text);
    if (rl->share_given) {
        rl->given_mfu = each(t, tr_life_rl_mfu, rl->given_share);
        t->terms.rl_mfu = isnan(rl->given_mfu.predicted) ? rl->given_mfu.bound : rl->given_mfu.predicted;
    }
    rl->flop_share = each(t, tr_life_rl_decode_share, t->terms.rl_flop_per_param);
    rl->flop_mfu = each(t, mfu_of_flop, t->terms.rl_flop_per_param);
    rl->used_share = as_share(each(t, tr_life_rl_share_of_mfu, t->terms.rl_mfu));
    return TR_OK;
}

tr_status tr_lifecycle_mfu(const tr_scenario *scenario, tr_lifecycle *t, tr_error *err)
{
    const tr_status s = train_mfu(scenario, t, err);
    return s == TR_OK ? rl_mfu(scenario, t, err) : s;
}

/* ---- fields
 * -------------------------------------------------------------------------------------------------- */

static double train_chip_s(const tr_lifecycle *t)
{
    return tr_life_train_chip_s(t->life.active_param, t->life.train_token, t->terms.chip_flop_per_s,
                                t->terms.train_mfu);
}

static double chip_token_per_s(const tr_lifecycle *t) { return t->life.train_token / train_chip_s(t); }

/* Of the peak in BF16, in which utilisations are published; NaN: the chip has none. */
static double bf16_flop_per_s(const tr_lifecycle *t)
{
    const double peak = t->question->system->chip.flop_per_s[TR_DTYPE_BF16];
    return peak > 0.0 ? peak : (double)NAN;
}

#define LIFE(NAME, VALUE) TR_NUMBER(tr_lifecycle, NAME, VALUE)
LIFE(mfu, row->terms.train_mfu)
LIFE(mfu_bf16, row->terms.train_mfu * row->terms.chip_flop_per_s / bf16_flop_per_s(row))
TR_TEXT(tr_lifecycle, mfu_from, row->mfu_from)
LIFE(chip_hour, train_chip_s(row) / HOUR_S)
LIFE(chip_hour_bound, train_chip_s(row) * row->terms.train_mfu / HOUR_S)
LIFE(chip_rate, chip_token_per_s(row))
LIFE(rate, chip_token_per_s(row) * row->question->roof.chip_count)
LIFE(train_s, train_chip_s(row) / row->question->roof.chip_count)
LIFE(batch, row->rl.why.status == TR_OK ? row->rl.batch_seq : (double)NAN)
LIFE(context, row->rl.context_token)
LIFE(rl_used, row->terms.rl_mfu)
LIFE(given_share, row->rl.given_share)
TR_QUANTITY(tr_lifecycle, decode, row->rl.decode_mfu)
TR_QUANTITY(tr_lifecycle, flop_share, row->rl.flop_share)
TR_QUANTITY(tr_lifecycle, flop_mfu, row->rl.flop_mfu)
TR_QUANTITY(tr_lifecycle, given_mfu, row->rl.given_mfu)
TR_QUANTITY(tr_lifecycle, used_share, row->rl.used_share)
TR_TEXT(tr_lifecycle, reason, row->rl.why.status != TR_OK ? row->rl.why.text : NULL)
static const tr_field list[] = {
    TR_N("train.mfu", RATIO, mfu),
    TR_N("train.mfu_of_bf16", RATIO, mfu_bf16),
    TR_T("train.mfu_from", mfu_from),
    TR_N("train.chip_hour", NONE, chip_hour),
    TR_N("train.chip_hour_bound", NONE, chip_hour_bound),
    TR_N("train.token_per_s_per_chip", NONE, chip_rate),
    TR_N("train.token_per_s", TOKEN_PER_S, rate),
    TR_N("train.system_s", SECOND, train_s),
    TR_N("rl.mfu", RATIO, rl_used),
    TR_N("rl.batch_seq", SEQ, batch),
    TR_N("rl.context_token", CONTEXT, context),
    TR_Q("rl.decode_mfu", RATIO, decode),
    TR_Q("rl.decode_share_by_flop", RATIO, flop_share),
    TR_Q("rl.mfu_by_flop", RATIO, flop_mfu),
    TR_N("rl.decode_share_given", RATIO, given_share),
    TR_Q("rl.mfu_given", RATIO, given_mfu),
    TR_Q("rl.decode_share_of_mfu", RATIO, used_share),
    TR_T("rl.reason", reason),
};
const tr_fields tr_lifecycle_mfu_fields = {list, sizeof list / sizeof list[0]};

/* ---- the page
 * ---------------------------------------------------------------------------------------------- */

enum { CELL = 48 };

static const char *show(double value, tr_unit unit, char *out)
{
    (void)tr_quantity_format(value, unit, out, CELL);
    return out;
}

static void print_train(const tr_lifecycle *t, tr_writer *out)
{
    char text[240], a[CELL], b[CELL], c[CELL];
    const tr_problem *q = t->question;
    const double peak = t->terms.chip_flop_per_s, bf16 = bf16_flop_per_s(t), chip_s = train_chip_s(t);
    (void)snprintf(text, sizeof text, "of %s a chip in %s", show(peak, TR_UNIT_FLOP_PER_S, a),
                   tr_dtype_name(q->roof.math_dtype));
    if (isfinite(bf16) && bf16 != peak)
        (void)snprintf(text, sizeof text, "of %s a chip in %s; of BF16's, as published ones are, %s",
                       show(peak, TR_UNIT_FLOP_PER_S, a), tr_dtype_name(q->roof.math_dtype),
                       show(t->terms.train_mfu * peak / bf16, TR_UNIT_RATIO, b));
    tr_print_quantity(out, "MFU", t->terms.train_mfu, TR_UNIT_RATIO, text);
    (void)snprintf(text, sizeof text, "chip-hours; %s at the peak, the lower bound",
                   show(chip_s * t->terms.train_mfu / HOUR_S, TR_UNIT_NONE, a));
    tr_print_quantity(out, "takes", chip_s / HOUR_S, TR_UNIT_NONE, text);
    (void)snprintf(text, sizeof text, "a chip; %s on %.0f, in %s",
                   show(chip_token_per_s(t) * q->roof.chip_count, TR_UNIT_TOKEN_PER_S, a), q->roof.chip_count,
                   show(chip_s / q->roof.chip_count, TR_UNIT_SECOND, b));
    tr_print_line(out, "passes", show(chip_token_per_s(t), TR_UNIT_TOKEN_PER_S, c), text);
}

static void print_rl(const tr_lifecycle *t, tr_writer *out)
{
    const tr_lifecycle_rl *rl = &t->rl;
    char text[480], a[CELL], b[CELL], c[CELL], d[CELL], e[CELL];
    if (rl->why.status != TR_OK) {
        (void)snprintf(text, sizeof text,
                       "No MFU of sampling on this system: %.340s. Name one that decodes the model.",
                       rl->why.text);
        tr_print_wrapped(out, "  ", "  ", text, TR_PAGE_COLUMNS);
        return;
    }
    tr_print_predicted_head(out);
    (void)snprintf(text, sizeof text, "batch %.6g at %s", rl->batch_seq,
                   show(rl->context_token, TR_UNIT_CONTEXT, a));
    tr_print_predicted(out, "MFU of decoding", &rl->decode_mfu, TR_UNIT_RATIO, text);
    (void)snprintf(text, sizeof text, "2 of %.3g FLOP", t->terms.rl_flop_per_param);
    tr_print_predicted(out, "its share of the time", &rl->flop_share, TR_UNIT_RATIO, text);
    tr_print_predicted(out, "so RL's MFU is", &rl->flop_mfu, TR_UNIT_RATIO, NULL);
    if (rl->share_given) {
        (void)snprintf(text, sizeof text, "%s of the time", show(rl->given_share, TR_UNIT_RATIO, a));
        tr_print_predicted(out, "RL's MFU as told", &rl->given_mfu, TR_UNIT_RATIO, text);
        return;
    }
    const tr_quantity *u = &rl->used_share;
    const char *const by_bound =
        isnan(u->bound) ? "none: decoding alone may reach more" : show(u->bound, TR_UNIT_RATIO, d);
    const int predicts = !isnan(rl->decode_mfu.predicted);
    (void)show(t->terms.rl_mfu, TR_UNIT_RATIO, a);
    if (predicts && isnan(u->predicted))
        (void)snprintf(
            text, sizeof text,
            "The MFU in use, %s (--rl-mfu), is %s here whatever the share; --rl-decode-share gives one.", a,
            t->terms.rl_mfu < rl->decode_mfu.predicted ? "less than sampling alone reaches"
                                                       : "more than training alone reaches");
    else if (predicts)
        (void)snprintf(text, sizeof text,
                       "The MFU in use, %s (--rl-mfu), has %s of the time in sampling (90 %% interval %s to "
                       "%s; by the bound "
                       "%s); --rl-decode-share gives one.",
                       a, show(u->predicted, TR_UNIT_RATIO, b), show(u->low, TR_UNIT_RATIO, c),
                       show(u->high, TR_UNIT_RATIO, e), by_bound);
    else
        (void)snprintf(text, sizeof text,
                       "The MFU in use, %s (--rl-mfu), has by the bound this share in sampling: %s.", a,
                       by_bound);
    tr_print_wrapped(out, "  ", "  ", text, TR_PAGE_COLUMNS);
}

void tr_lifecycle_mfu_text(const tr_lifecycle *t, const tr_style *style, tr_writer *out)
{
    char text[96];
    (void)snprintf(text, sizeof text, "Pre-training: its MFU (--%s), chip-hours and tokens a second",
                   t->mfu_from);
    tr_print_heading(out, style, text);
    print_train(t, out);
    tr_print_heading(out, style, "Reinforcement learning: its MFU by the share of its time in sampling");
    print_rl(t, out);
}

void tr_lifecycle_mfu_workings(const tr_lifecycle *t, tr_workings *out)
{
    tr_working *w = tr_working_start(out, "K61");
    tr_working_put(w, "N", TR_UNIT_PARAM, t->life.active_param, 0);
    tr_working_put(w, "D", TR_UNIT_TOKEN, t->life.train_token, 0);
    tr_working_put(w, "F", TR_UNIT_FLOP_PER_S, t->terms.chip_flop_per_s, 0);
    tr_working_put(w, "chip_s", TR_UNIT_SECOND, train_chip_s(t), 0);
    tr_working_put(w, "mfu", TR_UNIT_RATIO, t->terms.train_mfu, 1);
    if (isnan(t->rl.decode_mfu.predicted))
        return;
    w = tr_working_start(out, "K62");
    tr_working_put(w, "m_decode", TR_UNIT_RATIO, t->rl.decode_mfu.predicted, 0);
    tr_working_put(w, "m_train", TR_UNIT_RATIO, t->terms.train_mfu, 0);
    tr_working_put(w, "k", TR_UNIT_NONE, t->terms.rl_flop_per_param, 0);
    tr_working_put(w, "s", TR_UNIT_RATIO, t->rl.flop_share.predicted, 1);
    tr_working_put(w, "m_rl", TR_UNIT_RATIO, t->rl.flop_mfu.predicted, 1);
}
