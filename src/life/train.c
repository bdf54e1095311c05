/* life/train.c -- the schedule of one machine: who rides, how often it leaves, who pays, how many a world takes. */
#include <tokenroof/life.h>

#include <math.h>

#include "base/check.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "life/racks.h"

static const double MOST_SEQ = 1e9;

static double whole(double seq) { return seq >= 1.0 ? floor(smaller(seq, MOST_SEQ) + 0.5) : 1.0; }

/* [K29] Beyond the balance a seat makes no token cheaper and every token later. Where the cache outgrows compute every
 * seat helps, and memory says how many there are; without a limit the balance of the weights alone stands in. */
static void seats(const tr_train_terms *terms, const tr_roofline *roof, const tr_shard *shard, tr_train *t)
{
    t->room_seq = tr_shard_max_batch_seq(shard, terms->context_token);
    t->balance_seq = tr_balance_batch_seq(roof, terms->context_token);
    t->fits = t->room_seq >= 1.0;
    double wanted = terms->batch_seq > 0.0 ? terms->batch_seq : t->balance_seq;
    if (!isfinite(wanted) && !isfinite(t->room_seq))
        wanted = tr_balance_batch_seq(roof, 0.0);
    t->batch_seq = t->fits ? smaller(whole(wanted), t->room_seq) : 1.0;
}

static tr_train_at at(const tr_train_terms *terms, const tr_roofline *roof, double batch_seq, double period_s)
{
    tr_train_at a = {.period_s = period_s,
                     .mean_wait_s = tr_train_mean_wait_s(period_s),
                     .worst_wait_s = tr_train_worst_wait_s(period_s)};
    a.token_per_s = terms->utilisation_share * batch_seq / period_s;
    /* [K1] The price of a second of work is over the share that is used: seats taken are the work. */
    a.usd_per_mtoken = roof->usd_per_s * period_s / batch_seq * 1e6;
    a.machine_count = tr_rack_count(terms->world_token_per_s, a.token_per_s);
    return a;
}

static tr_status check(const tr_train_terms *terms, const tr_calibration *calibration, tr_error *err)
{
    if (terms->physics == TR_PHYSICS_FITTED && calibration == NULL)
        return tr_fail(err, TR_EMISSING, "calibration", 0.0, "fitted physics needs a calibration");
    tr_status s = tr_check_between("batch_seq", terms->batch_seq, terms->batch_seq == 0.0 ? 0.0 : 1.0, MOST_SEQ, err);
    if (s == TR_OK)
        s = tr_check_between("answer_token", terms->answer_token, 1.0, 1e9, err);
    if (s == TR_OK)
        s = tr_check_between("utilisation_share", terms->utilisation_share, 1e-9, 1.0, err);
    if (s == TR_OK)
        s = tr_check_between("world_token_per_s", terms->world_token_per_s, 0.0, 1e30, err);
    return s;
}

tr_status tr_train_of(const tr_train_terms *terms, const tr_roofline *roof, const tr_shard *shard,
                      const tr_calibration *calibration, tr_train *out, tr_error *err)
{
    tr_train t = {.drain_s = tr_drain_s(roof), .idle_share = 1.0 - terms->utilisation_share};
    tr_step bound, asked, predicted = {.step_s = (double)NAN, .low_s = (double)NAN, .high_s = (double)NAN};
    tr_status s = check(terms, calibration, err);
    if (s != TR_OK)
        return s;
    seats(terms, roof, shard, &t);
    const tr_load load = {.phase = TR_PHASE_DECODE,
                          .batch_seq = t.batch_seq,
                          .context_token = terms->context_token,
                          .query_token = 1.0};
    tr_pass pass;
    s = tr_pass_of(&load, &pass, err);
    if (s == TR_OK)
        s = tr_bound_pass(roof, &pass, &bound, err);
    if (s != TR_OK)
        return s;
    asked = bound;
    if (t.fits && terms->physics != TR_PHYSICS_BOUND)
        s = tr_pass_step(shard, roof, terms->physics == TR_PHYSICS_FITTED ? calibration : NULL,
                         calibration != NULL ? calibration->distance : (tr_distance)0, &pass, &asked, err);
    if (s != TR_OK)
        return s;
    /* What is not asked for may be missing: the rest stands without it. */
    if (t.fits && terms->predicts && calibration != NULL)
        (void)tr_pass_step(shard, roof, calibration, calibration->distance, &pass, &predicted, NULL);
    t.taken_seq = terms->utilisation_share * t.batch_seq;
    t.idle_seq = t.batch_seq - t.taken_seq;
    t.boarding_request = t.taken_seq / terms->answer_token;
    t.limit = asked.limit;
    t.asked = at(terms, roof, t.batch_seq, asked.step_s);
    t.bound = at(terms, roof, t.batch_seq, bound.step_s);
    t.predicted = at(terms, roof, t.batch_seq, predicted.step_s);
    t.low = at(terms, roof, t.batch_seq, predicted.low_s);
    t.high = at(terms, roof, t.batch_seq, predicted.high_s);
    *out = t;
    return TR_OK;
}
