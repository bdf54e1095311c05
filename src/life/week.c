/* life/week.c -- a week of traffic, hour by hour: places taken, places idle, and the work that may wait. */
#include "life/week.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/extreme.h"
#include "base/fail.h"

enum { WEEKDAYS = 5 * TR_DAY_HOURS };
static const double HOUR_S = 3600.0;

typedef struct constant {
    char name[48];
    double value;
} constant;

static const constant constants[] = {
#include "life/traffic.inc"
};

static double constant_of(const char *service, const char *name)
{
    char wanted[64];
    (void)snprintf(wanted, sizeof wanted, "traffic.%s.%s", service, name);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (strcmp(constants[i].name, wanted) == 0)
            return constants[i].value;
    return 0.0;
}

tr_swing tr_swing_of(int published)
{
    static const char service[2][16] = {"conversation", "coding"};
    if (published == 0)
        return (tr_swing){1.0, 1.0};
    if (published < 0 || published > 2)
        return (tr_swing){0.0, 0.0};
    return (tr_swing){constant_of(service[published - 1], "busiest_over_quietest"),
                      constant_of(service[published - 1], "weekend_over_weekday")};
}

/* ---- what users ask ---------------------------------------------------------------- */

/* cos(15 degrees x hour), hour 0 to 6. */
static double cosine(int hour)
{
    static const double quarter[] = {1.0, 0.9659258262890683, 0.8660254037844387, 0.7071067811865476,
                                     0.5, 0.2588190451025207, 0.0};
    const int at = hour % TR_DAY_HOURS <= 12 ? hour % TR_DAY_HOURS : TR_DAY_HOURS - hour % TR_DAY_HOURS;
    return at <= 6 ? quarter[at] : -quarter[12 - at];
}

double tr_swing_share(const tr_swing *s) { return (s->busiest_ratio - 1.0) / (s->busiest_ratio + 1.0); }

double tr_swing_week_ratio(const tr_swing *s) { return (5.0 + 2.0 * s->weekend_ratio) / 7.0; }

static int is_swing(const tr_swing *s)
{
    return s->busiest_ratio >= 1.0 && s->busiest_ratio <= 1e6 && s->weekend_ratio >= 0.0 && s->weekend_ratio <= 1.0;
}

double tr_swing_mean_share(const tr_swing *swing)
{
    return is_swing(swing) ? tr_swing_week_ratio(swing) / (1.0 + tr_swing_share(swing)) : (double)NAN;
}

/* [K80] A cosine over each day, lower at the weekend; the mean of the week is the share of the places. */
static void ask(const tr_week_terms *terms, tr_week *w)
{
    const double a = tr_swing_share(&terms->swing), mean = tr_swing_week_ratio(&terms->swing);
    for (int h = 0; h < TR_WEEK_HOURS; h++) {
        const double day = h < WEEKDAYS ? 1.0 : terms->swing.weekend_ratio;
        w->hour[h].asked_share = terms->utilisation_share * day * (1.0 - a * cosine(h)) / mean;
    }
}

/* ---- who takes the places ------------------------------------------------------------ */

/* What is done in each hour where `asked` comes and `room` is there; what finds no room waits for the next. The second
 * week begins as the first ended. Returns what was late, all weeks alike. */
static double serve(const double *asked, const double *room, double *done, double *backlog)
{
    double left = 0.0, late = 0.0;
    for (int round = 0; round < 2; round++) {
        late = 0.0;
        for (int h = 0; h < TR_WEEK_HOURS; h++) {
            const double wanted = left + asked[h];
            done[h] = smaller(wanted, room[h]);
            left = wanted - done[h];
            late += smaller(left, asked[h]);
            backlog[h] = left;
        }
    }
    return late;
}

static void users(tr_week *w)
{
    double asked[TR_WEEK_HOURS], room[TR_WEEK_HOURS], done[TR_WEEK_HOURS], backlog[TR_WEEK_HOURS], sum = 0.0;
    for (int h = 0; h < TR_WEEK_HOURS; h++) {
        asked[h] = w->hour[h].asked_share;
        room[h] = 1.0;
        sum += asked[h];
    }
    w->late_users_share = serve(asked, room, done, backlog) / sum;
    for (int h = 0; h < TR_WEEK_HOURS; h++)
        w->hour[h].taken_share = done[h];
    w->utilisation_share = sum / TR_WEEK_HOURS;
}

/* Idle places of the fullest day, as a mean of its hours: work that comes evenly and finds room every day. */
static double every_day_share(const tr_week *w)
{
    double least = 1.0;
    for (int d = 0; d < 7; d++) {
        double idle = 0.0;
        for (int h = 0; h < TR_DAY_HOURS; h++)
            idle += 1.0 - w->hour[d * TR_DAY_HOURS + h].taken_share;
        least = smaller(least, idle / TR_DAY_HOURS);
    }
    return larger(least, 0.0);
}

/* Hours until what came in hour h has its place: first come, first served. A day is as far as it is looked. */
static double wait_hours(const double *done, const double *backlog, int h)
{
    double left = backlog[h];
    for (int k = 1; k <= TR_DAY_HOURS; k++) {
        const double next = done[(h + k) % TR_WEEK_HOURS];
        if (left <= next * (1.0 + 1e-12))
            return left > 0.0 ? (double)(k - 1) + left / next : 0.0;
        left -= next;
    }
    return HUGE_VAL;
}

/* What is left of shares that make a whole. */
static double above_nothing(double share) { return share > 1e-12 ? share : 0.0; }

static void work(double asked_share, tr_week *w)
{
    double asked[TR_WEEK_HOURS], room[TR_WEEK_HOURS], done[TR_WEEK_HOURS], backlog[TR_WEEK_HOURS], longest = 0.0;
    double sum = 0.0, waits = 0.0, overdue = 0.0;
    for (int h = 0; h < TR_WEEK_HOURS; h++) {
        asked[h] = asked_share;
        room[h] = 1.0 - w->hour[h].taken_share;
    }
    (void)serve(asked, room, done, backlog);
    for (int h = 0; h < TR_WEEK_HOURS; h++) {
        const double wait = wait_hours(done, backlog, h);
        w->hour[h].work_share = done[h];
        w->hour[h].idle_share = above_nothing(room[h] - done[h]);
        sum += done[h];
        overdue += isfinite(wait) ? 0.0 : 1.0;
        waits += isfinite(wait) ? wait : TR_DAY_HOURS;
        longest = larger(longest, wait);
    }
    const int any = asked_share > 0.0;
    w->work_share = sum / TR_WEEK_HOURS;
    w->idle_share = above_nothing(1.0 - w->utilisation_share - w->work_share);
    w->work_mean_wait_s = any ? waits / TR_WEEK_HOURS * HOUR_S : 0.0;
    w->work_longest_wait_s = any ? longest * HOUR_S : 0.0;
    w->overdue_share = any ? overdue / TR_WEEK_HOURS : 0.0;
}

/* [K81] A machine costs the same in every hour; what is paid for its tokens covers it. */
static void prices(double work_price_ratio, tr_week *w)
{
    w->alone_ratio = 1.0 / w->utilisation_share;
    w->users_ratio = 1.0 / (w->utilisation_share + work_price_ratio * w->work_share);
    w->work_pay_ratio = work_price_ratio * w->users_ratio;
    w->own_discount_share = 1.0 - w->utilisation_share;
}

tr_status tr_week_of(const tr_week_terms *terms, tr_week *out, tr_error *err)
{
    tr_week w = {.late_users_share = 0.0};
    tr_status s = tr_check_between("busiest_ratio", terms->swing.busiest_ratio, 1.0, 1e6, err);
    if (s == TR_OK)
        s = tr_check_between("weekend_ratio", terms->swing.weekend_ratio, 0.0, 1.0, err);
    if (s == TR_OK)
        s = tr_check_between("utilisation_share", terms->utilisation_share, 1e-9, 1.0, err);
    if (s == TR_OK)
        s = tr_check_between("work_price_ratio", terms->work_price_ratio, 0.0, 1.0, err);
    if (s == TR_OK && !isnan(terms->work_ratio))
        s = tr_check_between("work_ratio", terms->work_ratio, 0.0, 1e9, err);
    if (s != TR_OK)
        return s;
    ask(terms, &w);
    users(&w);
    const double most = every_day_share(&w);
    w.most_work_ratio = most / w.utilisation_share;
    work(isnan(terms->work_ratio) ? most : terms->work_ratio * w.utilisation_share, &w);
    prices(terms->work_price_ratio, &w);
    *out = w;
    return TR_OK;
}
