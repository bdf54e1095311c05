/* life/seat_queue.c -- the queue for a machine's places: Erlang's formula, and a simulation in whole ticks. */
#include "life/seat_queue.h"

#include <math.h>

#include "base/check.h"
#include "base/explog.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "base/rng.h"

enum { HOURS_MOST = 24 };
static const double TICKS = 1000.0; /* of a period */

/* [K82] Erlang's B by its recursion, which is C's chance to wait once the load of the places is taken out of it. */
tr_status tr_seat_wait_of(double place_seq, double load_share, double held_s, tr_seat_wait *out, tr_error *err)
{
    tr_status s = tr_check_whole_between("place_seq", place_seq, 1.0, 1e7, err);
    if (s == TR_OK)
        s = tr_check_positive("held_s", held_s, err);
    if (s == TR_OK && !(load_share >= 0.0 && load_share < 1.0))
        s = tr_fail(err, TR_EDOMAIN, "load_share", load_share, "with a load of %g the queue has no end: below 1",
                    load_share);
    if (s != TR_OK)
        return s;
    const double load = load_share * place_seq;
    double blocked = 1.0;
    for (double n = 1.0; n <= place_seq; n += 1.0)
        blocked = load * blocked / (n + load * blocked);
    const double chance = blocked / (1.0 - load_share * (1.0 - blocked));
    const double share = chance > 1e-15 ? chance : 0.0;
    *out = (tr_seat_wait){.share = share,
                          .lost_share = share > 0.0 ? blocked : 0.0,
                          .mean_s = share * held_s / (place_seq * (1.0 - load_share))};
    return TR_OK;
}

/* ---- event by event ---------------------------------------------------------------- */

/* Who waits is counted, not remembered: by Little's law the mean wait is the time that all of them wait together over
 * their number. Answers vary as if each token were the last by the same chance, so that who rides is a number too. */
typedef struct queue {
    const tr_seat_queue_terms *terms;
    tr_rng rng;
    int64_t now_tick, arrival_tick, end_tick; /* of the next of each; INT64_MAX: none */
    double hour_tick, ride_tick;              /* an hour; the mean of the exponential whose whole periods are rides */
    double waiting, fresh, aboard, ended;     /* fresh: came since the last departure */
    int counts;                               /* the first round of hours only fills the places */
    double request[HOURS_MOST], late_tick[HOURS_MOST]; /* late: beyond the first departure */
    double missed, waited_tick, aboard_tick, counted_tick;
} queue;

static double draw(tr_rng *rng, double mean) { return -mean * tr_log(1.0 - tr_rng_uniform(rng)); }

static int64_t after(int64_t now_tick, double tick)
{
    return tick < 1e18 ? now_tick + (int64_t)(tick + 0.5) : INT64_MAX;
}

static size_t hour_of(const queue *q)
{
    return (size_t)((double)q->now_tick / q->hour_tick) % q->terms->hour_count;
}

/* Arrivals at the rate of the hour; an hour without any is looked at again as it ends. */
static void next_arrival(queue *q)
{
    const tr_seat_queue_terms *t = q->terms;
    const double share = t->hour_share[hour_of(q)];
    const double end = (floor((double)q->now_tick / q->hour_tick) + 1.0) * q->hour_tick;
    const double gap = share > 0.0 ? t->group_request * t->answer_token * TICKS / (share * t->place_seq) : HUGE_VAL;
    const int64_t at = gap < 1e15 ? after(q->now_tick, draw(&q->rng, gap)) : INT64_MAX;
    /* Beyond the hour the rate is another: what is without memory may begin again there. */
    q->arrival_tick = (double)at < end ? at : -(int64_t)ceil(end);
}

static void next_end(queue *q)
{
    q->end_tick = q->aboard > 0.0 ? after(q->now_tick, draw(&q->rng, q->ride_tick / q->aboard)) : INT64_MAX;
}

static void pass_to(queue *q, int64_t tick)
{
    const double passed = (double)(tick - q->now_tick);
    if (q->counts) {
        q->waited_tick += q->waiting * passed;
        q->late_tick[hour_of(q)] += (q->waiting - q->fresh) * passed;
        q->aboard_tick += (q->aboard + q->ended) * passed;
        q->counted_tick += passed;
    }
    q->now_tick = tick;
}

static void arrive(queue *q)
{
    const int turn = q->arrival_tick < 0;
    pass_to(q, turn ? -q->arrival_tick : q->arrival_tick);
    if (!turn) {
        q->waiting += q->terms->group_request;
        q->fresh += q->terms->group_request;
        if (q->counts)
            q->request[hour_of(q)] += q->terms->group_request;
    }
    next_arrival(q);
}

static void depart(queue *q, int64_t tick)
{
    pass_to(q, tick);
    q->ended = 0.0;
    const double boards = smaller(q->waiting, q->terms->place_seq - q->aboard);
    q->waiting -= boards;
    q->aboard += boards;
    if (q->counts)
        q->missed += smaller(q->fresh, q->waiting);
    q->fresh = 0.0;
    next_end(q);
}

/* The earliest of an arrival, an end of a ride, and a departure that changes something; a departure goes first. */
static void event(queue *q)
{
    const int64_t arrival = q->arrival_tick < 0 ? -q->arrival_tick : q->arrival_tick;
    const int64_t first = q->end_tick < arrival ? q->end_tick : arrival;
    const int changes = q->fresh > 0.0 || q->ended > 0.0;
    const int64_t leaves = changes ? (q->now_tick / (int64_t)TICKS + 1) * (int64_t)TICKS : INT64_MAX;
    if (leaves <= first) {
        depart(q, leaves);
    } else if (q->end_tick <= arrival) {
        pass_to(q, q->end_tick);
        q->aboard -= 1.0;
        q->ended += 1.0;
        next_end(q);
    } else {
        arrive(q);
    }
}

static tr_status check(const tr_seat_queue_terms *t, tr_error *err)
{
    double sum = 0.0;
    tr_status s = tr_check_whole_between("place_seq", t->place_seq, 1.0, 1e9, err);
    if (s == TR_OK)
        s = tr_check_between("answer_token", t->answer_token, 1.0, 1e9, err);
    if (s == TR_OK)
        s = tr_check_between("hour_count", (double)t->hour_count, 1.0, HOURS_MOST, err);
    if (s == TR_OK)
        s = tr_check_positive("period_s", t->period_s, err);
    if (s == TR_OK)
        s = tr_check_between("hour_s", t->hour_s, t->period_s, 1e12 * t->period_s, err);
    if (s == TR_OK)
        s = tr_check_whole_between("group_request", t->group_request, 1.0, 1e6, err);
    if (s == TR_OK)
        s = tr_check_between("most_request", t->most_request, 1e3, 1e8, err);
    for (size_t h = 0; s == TR_OK && h < t->hour_count; h++) {
        s = tr_check_between("hour_share", t->hour_share[h], 0.0, 1e6, err);
        sum += t->hour_share[h];
    }
    if (s == TR_OK && !(sum > 0.0 && sum < (double)t->hour_count))
        s = tr_fail(err, TR_EDOMAIN, "hour_share", sum / (double)t->hour_count,
                    "with a mean load of %g no queue ends, or none begins: above 0 and below 1",
                    sum / (double)t->hour_count);
    return s;
}

static void sum_up(const queue *q, double hour_share, tr_seat_queue *out)
{
    double request = 0.0, late = 0.0, worst = 0.0;
    for (size_t h = 0; h < q->terms->hour_count; h++) {
        request += q->request[h];
        late += q->late_tick[h];
        if (q->request[h] > 0.0)
            worst = larger(worst, q->late_tick[h] / q->request[h]);
    }
    const double each = request > 0.0 ? 1.0 / request : 0.0, tick_s = q->terms->period_s / TICKS;
    *out = (tr_seat_queue){.mean_s = q->waited_tick * each * tick_s + q->terms->period_s,
                           .wait_s = late * each * tick_s,
                           .worst_hour_wait_s = worst * tick_s,
                           .wait_share = q->missed * each,
                           .taken_share = q->aboard_tick / (q->counted_tick * q->terms->place_seq),
                           .boarding_request = request / (q->counted_tick / TICKS),
                           .request_count = request,
                           .hour_share = hour_share};
}

tr_status tr_seat_queue_of(const tr_seat_queue_terms *terms, tr_seat_queue *out, tr_error *err)
{
    double sum = 0.0;
    const tr_status s = check(terms, err);
    if (s != TR_OK)
        return s;
    for (size_t h = 0; h < terms->hour_count; h++)
        sum += terms->hour_share[h];
    const double hour_period = terms->hour_s / terms->period_s;
    const double all = sum * hour_period * terms->place_seq / terms->answer_token;
    const double hour_share = smaller(1.0, terms->most_request / all);
    /* [K82] Whole periods of an exponential are geometric: their mean is the answer's. */
    const double p = 1.0 / terms->answer_token;
    queue q = {.terms = terms,
               .hour_tick = floor(larger(hour_period * hour_share, 1.0) * TICKS),
               .ride_tick = p < 1.0 ? -TICKS / tr_log(1.0 - p) : 1.0,
               .end_tick = INT64_MAX};
    tr_rng_seed(&q.rng, terms->seed);
    next_arrival(&q);
    const double round_tick = q.hour_tick * (double)terms->hour_count;
    while ((double)q.now_tick < 2.0 * round_tick) {
        q.counts = (double)q.now_tick >= round_tick;
        event(&q);
    }
    sum_up(&q, hour_share, out);
    return TR_OK;
}
