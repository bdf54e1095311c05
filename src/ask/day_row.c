/* ask/day_row.c -- a machine's week: gathered, and its fields. */
#include "ask/day_row.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <tokenroof/price.h>

#include "ask/quantity_ratio.h"
#include "ask/working.h"
#include "base/check.h"
#include "base/extreme.h"
#include "input/day.h"
#include "write/print.h"

enum { WEDNESDAY = 2 * TR_DAY_HOURS, SUNDAY = 6 * TR_DAY_HOURS };
static const double QUEUE_REQUESTS = 5e5;

/* What is published of work that may wait: one price a provider. */
static void published(tr_day_row *row)
{
    const char *provider = "";
    row->published_ratio = (double)NAN;
    row->published_date = NULL;
    for (size_t i = 0; i < tr_price_count(); i++) {
        const tr_price *p = tr_price_at(i);
        if (!isfinite(p->batch_price_ratio) || strcmp(p->provider, provider) == 0)
            continue;
        provider = p->provider;
        row->published_count++;
        if (row->published_ratio <= p->batch_price_ratio)
            continue;
        row->published_ratio = p->batch_price_ratio;
        row->published_date = tr_price_provider_find(p->provider)->batch_date;
    }
}

/* A weekday's requests, one after the other. */
static tr_status queue_of(tr_day_row *row, tr_error *err)
{
    const tr_train *t = &row->train->train;
    double share[TR_DAY_HOURS], mean = 0.0;
    for (int h = 0; h < TR_DAY_HOURS; h++) {
        share[h] = row->week.hour[WEDNESDAY + h].asked_share;
        mean += share[h] / TR_DAY_HOURS;
    }
    row->queues = mean < 1.0 - 1e-9 && t->asked.period_s > 0.0;
    if (!row->queues)
        return TR_OK;
    const tr_seat_queue_terms terms = {.place_seq = floor(t->batch_seq),
                                       .period_s = t->asked.period_s,
                                       .answer_token = row->train->terms.answer_token,
                                       .hour_share = share,
                                       .hour_count = TR_DAY_HOURS,
                                       .hour_s = larger(3600.0, t->asked.period_s),
                                       .group_request = tr_input_number(row->scenario, TR_IN_BURST),
                                       .most_request = QUEUE_REQUESTS,
                                       .seed = 1};
    return tr_seat_queue_of(&terms, &row->queue, err);
}

tr_status tr_day_row_of(const tr_scenario *scenario, const tr_train_row *train, tr_day_row *out, tr_error *err)
{
    tr_day_row row = {.scenario = scenario, .train = train};
    published(&row);
    const int priced = tr_input_is_set(scenario, TR_IN_BATCH_PRICE) || isnan(row.published_ratio);
    row.terms = (tr_week_terms){.swing = tr_scenario_swing(scenario),
                                .utilisation_share = train->terms.utilisation_share,
                                .work_ratio = tr_input_number(scenario, TR_IN_BATCH_WORK),
                                .work_price_ratio = priced ? tr_input_number(scenario, TR_IN_BATCH_PRICE)
                                                           : row.published_ratio};
    tr_status s =
        tr_check_whole_between("burst_request", tr_input_number(scenario, TR_IN_BURST), 1.0, 1e6, err);
    if (s == TR_OK)
        s = tr_week_of(&row.terms, &row.week, err);
    if (s == TR_OK)
        s = queue_of(&row, err);
    if (s == TR_OK)
        *out = row;
    return s;
}

/* ---- its fields ------------------------------------------------------------------------------ */

/* Of a token in a machine whose places are all taken, times a ratio: the train's price has the empty ones in it. */
static tr_quantity priced(const tr_day_row *row, tr_quantity usd, double ratio)
{
    const int is_known = row->train->question->roof.usd_per_s > 0.0;
    const tr_quantity full = tr_quantity_times(&usd, row->terms.utilisation_share);
    return tr_quantity_times(&full, is_known ? ratio : (double)NAN);
}

static tr_quantity asked_usd(const tr_day_row *row)
{
    return TR_TRAIN_QUANTITY(&row->train->train, asked, usd_per_mtoken);
}

static double work_token_per_s(const tr_day_row *row)
{
    return row->week.work_share * row->train->train.batch_seq / row->train->train.asked.period_s;
}

#define OF(NAME, VALUE) TR_NUMBER(tr_day_row, NAME, VALUE)
#define WEEK(NAME) OF(NAME, row->week.NAME)
#define QUEUE(NAME, VALUE) OF(queue_##NAME, row->queues ? row->queue.VALUE : (double)NAN)
#define PRICE(NAME, RATIO) TR_QUANTITY(tr_day_row, NAME, priced(row, asked_usd(row), RATIO))
OF(busiest, row->terms.swing.busiest_ratio)
OF(weekend, row->terms.swing.weekend_ratio)
WEEK(utilisation_share)
WEEK(work_share)
WEEK(idle_share)
WEEK(late_users_share)
WEEK(most_work_ratio)
WEEK(work_mean_wait_s)
WEEK(work_longest_wait_s)
WEEK(overdue_share)
WEEK(own_discount_share)
OF(work_ratio, row->week.work_share / row->week.utilisation_share)
OF(work_rate, work_token_per_s(row))
OF(work_price, row->terms.work_price_ratio)
OF(saved, 1.0 - row->week.users_ratio / row->week.alone_ratio)
PRICE(full, 1.0)
PRICE(alone, row->week.alone_ratio)
PRICE(users, row->week.users_ratio)
PRICE(work, row->week.work_pay_ratio)
TR_FLAG(tr_day_row, own_machine, row->terms.work_price_ratio *row->week.alone_ratio >= 1.0)
QUEUE(share, wait_share)
QUEUE(mean, wait_s)
QUEUE(worst, worst_hour_wait_s)
QUEUE(count, request_count)
QUEUE(hour, hour_share)

static const tr_field fields[] = {
    TR_N("day.swing_ratio", NONE, busiest),
    TR_N("day.weekend_ratio", RATIO, weekend),
    TR_N("day.users_share", RATIO, utilisation_share),
    TR_N("day.late_users_share", RATIO, late_users_share),
    TR_N("day.batch_work_share", RATIO, work_share),
    TR_N("day.idle_share", RATIO, idle_share),
    TR_N("day.batch_work_ratio", RATIO, work_ratio),
    TR_N("day.most_batch_work_ratio", RATIO, most_work_ratio),
    TR_N("day.batch_work_token_per_s", TOKEN_PER_S, work_rate),
    TR_N("day.batch_work_mean_wait_s", SECOND, work_mean_wait_s),
    TR_N("day.batch_work_longest_wait_s", SECOND, work_longest_wait_s),
    TR_N("day.batch_work_overdue_share", RATIO, overdue_share),
    TR_B("day.full_usd_per_mtoken", USD_PER_MTOKEN, full),
    TR_B("day.users_alone_usd_per_mtoken", USD_PER_MTOKEN, alone),
    TR_N("day.batch_price_ratio", RATIO, work_price),
    TR_B("day.users_usd_per_mtoken", USD_PER_MTOKEN, users),
    TR_B("day.batch_usd_per_mtoken", USD_PER_MTOKEN, work),
    TR_N("day.users_save_share", RATIO, saved),
    TR_N("day.own_machine_discount_share", RATIO, own_discount_share),
    TR_F("day.pays_own_machine", own_machine),
    TR_N("day.queue_wait_share", RATIO, queue_share),
    TR_N("day.queue_mean_wait_s", SECOND, queue_mean),
    TR_N("day.queue_worst_hour_mean_wait_s", SECOND, queue_worst),
    TR_N("day.queue_request_count", NONE, queue_count),
    TR_N("day.queue_hour_share", RATIO, queue_hour),
};
const tr_fields tr_day_fields = {fields, sizeof fields / sizeof fields[0]};

/* ---- its hours -------------------------------------------------------------------------------- */

#define HOUR(NAME, VALUE) TR_NUMBER(tr_day_hour, NAME, VALUE)
TR_TEXT(tr_day_hour, hour_day, row->day)
HOUR(hour_at, row->hour)
HOUR(hour_asked, row->share.asked_share)
HOUR(hour_taken, row->share.taken_share *row->place_seq)
HOUR(hour_work, row->share.work_share *row->place_seq)
HOUR(hour_idle, row->share.idle_share *row->place_seq)
static const tr_field hour_list[] = {
    TR_T_HEAD("day", "day", 8, hour_day),
    TR_N_HEAD("hour_after_quietest", NONE, "hour", 5, hour_at),
    TR_N_HEAD("asked_share", RATIO, "asked for", 10, hour_asked),
    TR_N_HEAD("taken_seq", SEQ, "users", 8, hour_taken),
    TR_N_HEAD("batch_work_seq", SEQ, "batch work", 10, hour_work),
    TR_N_HEAD("idle_seq", SEQ, "idle", 8, hour_idle),
};
static const tr_fields hour_fields = {hour_list, sizeof hour_list / sizeof hour_list[0]};

static const void *hour_of(void *context, size_t index, tr_error *err)
{
    tr_day_row *row = context;
    const int weekend = index >= TR_DAY_HOURS, hour = (int)(index % TR_DAY_HOURS);
    (void)err;
    row->hour = (tr_day_hour){.day = weekend ? "weekend" : "weekday",
                              .hour = hour,
                              .place_seq = row->train->train.batch_seq,
                              .share = row->week.hour[(weekend ? SUNDAY : WEDNESDAY) + hour]};
    return &row->hour;
}

tr_rows tr_day_rows(tr_day_row *row)
{
    return (tr_rows){.fields = &hour_fields,
                     .name = "hours",
                     .count = (row->terms.swing.weekend_ratio < 1.0 ? 2 : 1) * (size_t)TR_DAY_HOURS,
                     .at = hour_of,
                     .context = row,
                     .scenario = row->scenario};
}

void tr_day_row_workings(const tr_day_row *row, tr_workings *out)
{
    const tr_week *w = &row->week;
    tr_working *now = tr_working_start(out, "K80");
    tr_working_put(now, "r", TR_UNIT_NONE, row->terms.swing.busiest_ratio, 0);
    tr_working_put(now, "e", TR_UNIT_RATIO, row->terms.swing.weekend_ratio, 0);
    tr_working_put(now, "a", TR_UNIT_RATIO, tr_swing_share(&row->terms.swing), 1);
    tr_working_put(now, "mean", TR_UNIT_RATIO, tr_swing_week_ratio(&row->terms.swing), 1);
    tr_working_put(now, "day", TR_UNIT_NONE, 1.0, 0);
    tr_working_put(now, "u", TR_UNIT_RATIO, w->utilisation_share, 1);
    now = tr_working_start(out, "K81");
    tr_working_put(now, "u", TR_UNIT_RATIO, w->utilisation_share, 0);
    tr_working_put(now, "b", TR_UNIT_RATIO, w->work_share, 0);
    tr_working_put(now, "d", TR_UNIT_RATIO, row->terms.work_price_ratio, 0);
    tr_working_put(now, "alone", TR_UNIT_NONE, w->alone_ratio, 1);
    tr_working_put(now, "users", TR_UNIT_NONE, w->users_ratio, 1);
    tr_working_put(now, "waits", TR_UNIT_NONE, w->work_pay_ratio, 1);
    tr_working_put(now, "own", TR_UNIT_RATIO, w->own_discount_share, 1);
    tr_working_cost(out, row->train->question->roof.usd_per_s * row->terms.utilisation_share,
                    row->train->train.batch_seq / row->train->train.asked.period_s);
}

/* ---- the page ----------------------------------------------------------------------------------- */

enum { CELL = 48 };

static const char *show(double value, tr_unit unit, char *out)
{
    (void)tr_quantity_format(value, unit, out, CELL);
    return out;
}

static void print_traffic(const tr_day_row *row, tr_writer *out)
{
    const tr_week *w = &row->week;
    char text[256], a[CELL], b[CELL];
    if (row->terms.swing.busiest_ratio > 1.0) {
        (void)snprintf(text, sizeof text,
                       "busiest hour of a weekday over its quietest; a weekend has %s of its traffic",
                       show(row->terms.swing.weekend_ratio, TR_UNIT_RATIO, a));
        tr_print_quantity(out, "the day swings", row->terms.swing.busiest_ratio, TR_UNIT_NONE, text);
    } else {
        tr_print_line(out, "the day swings", "1", "the same in every hour: --day says otherwise");
    }
    tr_print_quantity(out, "users take", w->utilisation_share, TR_UNIT_RATIO, "of the places, over a week");
    if (w->late_users_share > 0.0) {
        (void)snprintf(text, sizeof text, "of their tokens come in a later hour: the busiest asks for %s of the places",
                       show(row->terms.utilisation_share / tr_swing_mean_share(&row->terms.swing), TR_UNIT_RATIO, a));
        tr_print_quantity(out, "late", w->late_users_share, TR_UNIT_RATIO, text);
    }
    (void)snprintf(text, sizeof text, "of the places, %s tokens/s; every day takes %s of what users ask for",
                   show(work_token_per_s(row), TR_UNIT_NONE, a), show(w->most_work_ratio, TR_UNIT_RATIO, b));
    tr_print_quantity(out, "work that may wait", w->work_share, TR_UNIT_RATIO, text);
    if (w->overdue_share > 0.0)
        tr_print_quantity(out, "overdue", w->overdue_share, TR_UNIT_RATIO,
                          "of it waits for longer than a day: that much needs other machines");
    else if (w->work_share > 0.0) {
        (void)snprintf(text, sizeof text, "on average; %s at most, of a day that it may",
                       show(w->work_longest_wait_s, TR_UNIT_SECOND, a));
        tr_print_quantity(out, "it waits", w->work_mean_wait_s, TR_UNIT_SECOND, text);
    }
    tr_print_quantity(out, "idle all the same", w->idle_share, TR_UNIT_RATIO, "of the places");
}

static void print_queue(const tr_day_row *row, tr_writer *out)
{
    char text[256], a[CELL], b[CELL], c[CELL], cut[96] = "";
    if (!row->queues) {
        tr_print_line(out, "a place to wait for", "always", "all are taken: requests queue without end");
        return;
    }
    if (row->queue.hour_share < 1.0)
        (void)snprintf(cut, sizeof cut, ", hours cut to %s of theirs", show(row->queue.hour_share, TR_UNIT_RATIO, c));
    (void)snprintf(text, sizeof text,
                   "of requests find none free, and all wait %s for one on average, %s in the worst hour (%.0f "
                   "requests of a weekday simulated, seed 1%s)",
                   show(row->queue.wait_s, TR_UNIT_SECOND, a),
                   show(row->queue.worst_hour_wait_s, TR_UNIT_SECOND, b), row->queue.request_count, cut);
    tr_print_quantity(out, "a place to wait for", row->queue.wait_share, TR_UNIT_RATIO, text);
}

static void print_price(const tr_day_row *row, const char *label, double ratio, const char *remark, tr_writer *out)
{
    const tr_quantity usd =
        priced(row, TR_TRAIN_QUANTITY(&row->train->train, predicted, usd_per_mtoken), ratio);
    if (isnan(usd.predicted))
        tr_print_quantity(out, label, priced(row, asked_usd(row), ratio).predicted, TR_UNIT_USD_PER_MTOKEN, remark);
    else
        tr_print_predicted(out, label, &usd, TR_UNIT_USD, remark);
}

/* What the price of work that may wait asks of the week. */
static void print_verdict(const tr_day_row *row, const tr_style *style, tr_writer *out)
{
    const tr_week *w = &row->week;
    const double d = row->terms.work_price_ratio;
    char text[512], off[CELL], a[CELL], b[CELL], c[CELL], who[128] = "";
    if (!tr_input_is_set(row->scenario, TR_IN_BATCH_PRICE) && row->published_count > 0)
        (void)snprintf(who, sizeof who, ", as %zu providers publish (%s),", row->published_count, row->published_date);
    (void)show(1.0 - d, TR_UNIT_RATIO, off);
    if (d * w->alone_ratio >= 1.0)
        (void)snprintf(text, sizeof text,
                       "%s off%s is plausible: users pay for so many idle places that it pays even for machines of "
                       "its own, which are always full and could give %s off what users alone pay.",
                       off, who, show(w->own_discount_share, TR_UNIT_RATIO, a));
    else if (w->work_share > 0.0)
        (void)snprintf(text, sizeof text,
                       "%s off%s is plausible in idle places alone, %s of all: one that leaves anyway costs no machine "
                       "time, so that any price pays, and this one lowers the users' by %s. On machines of its own, "
                       "always full, %s off what users alone pay is the most; %s would take users who leave as much "
                       "idle.",
                       off, who, show(w->work_share, TR_UNIT_RATIO, a),
                       show(1.0 - w->users_ratio / w->alone_ratio, TR_UNIT_RATIO, b),
                       show(w->own_discount_share, TR_UNIT_RATIO, c), off);
    else
        (void)snprintf(text, sizeof text,
                       "%s off%s is not plausible here: no place is idle for it, and nothing is cheaper than a full "
                       "machine: users would pay for the discount. --utilisation or --day leaves places.",
                       off, who);
    tr_write_char(out, '\n');
    tr_print_wrapped(out, "  ", "  ", text, style->columns);
}

static void print_prices(const tr_day_row *row, const tr_style *style, tr_writer *out)
{
    const tr_week *w = &row->week;
    char text[96], label[64], off[CELL];
    tr_write_text(out, "\n  $ per million tokens, whole week paid for\n");
    if (!isnan(row->train->train.predicted.period_s))
        tr_print_predicted_head(out);
    print_price(row, "all places taken", 1.0, "nothing is cheaper", out);
    if (!(w->utilisation_share < 1.0)) {
        print_verdict(row, style, out);
        return;
    }
    print_price(row, "users alone", w->alone_ratio, "they pay for idle places", out);
    (void)snprintf(label, sizeof label, "users, work at %s", show(row->terms.work_price_ratio, TR_UNIT_RATIO, off));
    print_price(row, label, w->users_ratio, "so that both cover it", out);
    (void)snprintf(text, sizeof text, "%s of the users' price", off);
    print_price(row, "work that may wait", w->work_pay_ratio, text, out);
    print_verdict(row, style, out);
}

void tr_day_row_text(tr_day_row *row, const tr_style *style, tr_writer *out)
{
    const tr_rows rows = tr_day_rows(row);
    print_traffic(row, out);
    print_queue(row, out);
    tr_write_char(out, '\n');
    tr_fields_table_head(rows.fields, out);
    /* The page is for people, and --csv has every hour. */
    for (size_t i = 0; i < rows.count; i += row->terms.swing.busiest_ratio > 1.0 ? 3 : TR_DAY_HOURS)
        tr_fields_table_row(rows.fields, rows.at(rows.context, i, NULL), out);
    if (row->train->question->roof.usd_per_s > 0.0)
        print_prices(row, style, out);
    else
        tr_write_text(out, "\n  no price is known for this system: --price says one\n");
}
