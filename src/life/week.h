/* life/week.h -- traffic over a week: the hours of users who wait, the places they leave empty, and work that may wait
 * to fill them. */
#ifndef TOKENROOF_SRC_LIFE_WEEK_H
#define TOKENROOF_SRC_LIFE_WEEK_H

#include <tokenroof/base.h>

/* [Kn] are the entries of docs/equations.md. */

enum { TR_DAY_HOURS = 24, TR_WEEK_HOURS = 7 * TR_DAY_HOURS };

/* How traffic swings. */
typedef struct tr_swing {
    double busiest_ratio;        /* busiest hour of a weekday over its quietest, 1 to 1e6 */
    double weekend_ratio;        /* an hour at the weekend over the same of a weekday, 0 to 1 */
} tr_swing;
/* Published: 0 flat, 1 conversation, 2 coding; past the end all 0, which is refused. */
tr_swing tr_swing_of(int published);

/* What the mean of the week is of its busiest hour: the share of the places taken by users of a machine that is just
 * large enough. NaN out of range.  [K80] */
double tr_swing_mean_share(const tr_swing *swing);
/* How far a weekday swings about its mean; and the mean hour of the week over that of a weekday.  [K80] */
double tr_swing_share(const tr_swing *swing);
double tr_swing_week_ratio(const tr_swing *swing);

typedef struct tr_week_terms {
    tr_swing swing;
    double utilisation_share;    /* places that users take on average, 0 < to < 1; or to 1 where the traffic is flat */
    double work_ratio;           /* tokens of work that may wait, over those of users; NaN: all that every day takes */
    double work_price_ratio;     /* its price over the users', 0 to 1 */
} tr_week_terms;

/* Of all places, in one hour. */
typedef struct tr_week_hour {
    double asked_share, taken_share, work_share, idle_share; /* asked by users; taken by them; by work; by nobody */
} tr_week_hour;

typedef struct tr_week {
    tr_week_hour hour[TR_WEEK_HOURS]; /* Monday first, each day from its quietest hour on */
    double utilisation_share;    /* of the places: by users, by work, by nobody */
    double work_share, idle_share;
    double late_users_share;     /* of the users' tokens: made in a later hour, since all places were taken */
    double most_work_ratio;      /* over the users' tokens: what the idle places of every day take */
    double work_mean_wait_s, work_longest_wait_s; /* until it has its place; 0 without work */
    double overdue_share;        /* of the work that may wait: it would wait for longer than a day */
    /* Prices over that of a token in a machine whose places are all taken.  [K81] */
    double alone_ratio;          /* users', without any work that may wait */
    double users_ratio, work_pay_ratio; /* that cover the machine together, at work_price_ratio */
    double own_discount_share;   /* off alone_ratio, at which such work pays for machines of its own, which are full */
} tr_week;

/* A week that repeats itself.  [K80] [K81] Errors: TR_EDOMAIN. On error *out is untouched. */
tr_status tr_week_of(const tr_week_terms *terms, tr_week *out, tr_error *err);

#endif
