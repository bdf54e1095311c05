/* ask/train_row.c -- a machine's train: asked once, written alike by every verb that names it. */
#include "ask/train_row.h"

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"
#include "ask/working.h"
#include "base/extreme.h"
#include "write/print.h"

tr_status tr_train_row_of(const tr_scenario *scenario, const tr_problem *question, tr_train_row *out, tr_error *err)
{
    tr_train_row row = {.question = question};
    const double used_share = question->system->utilisation_share;
    row.terms = (tr_train_terms){.physics = question->physics,
                                 .predicts = !question->blackboard,
                                 .context_token = question->load.context_token,
                                 .answer_token = 1.0,
                                 .utilisation_share = used_share > 0.0 ? used_share : 1.0};
    if (scenario != NULL) {
        /* One, the default, asks for a full train: an answer's own scenario says it too. */
        row.terms.batch_seq = question->load.batch_seq > 1.0 ? question->load.batch_seq : 0.0;
        row.terms.answer_token = tr_input_number(scenario, TR_IN_OSL);
        row.terms.world_token_per_s = tr_input_number(scenario, TR_IN_WORLD);
    }
    const tr_status s =
        tr_train_of(&row.terms, &question->roof, &question->shard, &question->calibration, &row.train, err);
    if (s != TR_OK)
        return s;
    if (tr_seat_wait_of(floor(row.train.batch_seq), row.terms.utilisation_share,
                        row.terms.answer_token * row.train.asked.period_s, &row.place, NULL) != TR_OK)
        row.place = (tr_seat_wait){.share = (double)NAN, .mean_s = (double)NAN};
    *out = row;
    return TR_OK;
}

/* ---- its fields ------------------------------------------------------------------------------ */

static tr_quantity usd(const tr_train_row *row)
{
    return row->question->roof.usd_per_s > 0.0 ? TR_TRAIN_QUANTITY(&row->train, asked, usd_per_mtoken)
                                               : TR_NO_QUANTITY;
}

#define OF(NAME, VALUE) TR_NUMBER(tr_train_row, NAME, VALUE)
#define QUANTITY(NAME, VALUE) TR_QUANTITY(tr_train_row, NAME, VALUE)
TR_TEXT(tr_train_row, physics, tr_physics_name(row->terms.physics))
TR_TEXT(tr_train_row, limit, row->train.fits ? tr_limit_name(row->train.limit) : NULL)
TR_FLAG(tr_train_row, fits, row->train.fits)
OF(batch, row->train.batch_seq)
OF(room, row->train.room_seq)
OF(balance, row->train.balance_seq)
OF(context, row->terms.context_token)
QUANTITY(period, TR_TRAIN_QUANTITY(&row->train, asked, period_s))
OF(period_predicted, row->train.predicted.period_s)
OF(drain, row->train.drain_s)
OF(mean, row->train.asked.mean_wait_s)
OF(worst, row->train.asked.worst_wait_s)
OF(place_share, row->place.share)
OF(place_wait, row->place.mean_s)
OF(used, row->terms.utilisation_share)
OF(taken, row->train.taken_seq)
OF(idle, row->train.idle_seq)
OF(answer, row->terms.answer_token)
OF(requests, row->train.boarding_request)
QUANTITY(rate, TR_TRAIN_FALLING(&row->train, asked, token_per_s))
QUANTITY(cost, usd(row))
OF(idle_cost, row->train.idle_share *usd(row).predicted)
OF(world, row->terms.world_token_per_s)
QUANTITY(racks, TR_TRAIN_QUANTITY(&row->train, asked, machine_count))

#define TRAIN                                                                                              \
    TR_T("train.physics", physics), TR_N("train.context_token", CONTEXT, context), TR_F("train.fits", fits),  \
        TR_N("train.batch_seq", SEQ, batch), TR_N("train.max_batch_seq", SEQ, room),                       \
        TR_N("train.balance_batch_seq", SEQ, balance), TR_N("train.period_s", SECOND, period),             \
        TR_N("train.period_s_bound", SECOND, period_bound),                                                \
        TR_N("train.period_s_predicted", SECOND, period_predicted),                                        \
        TR_N("train.period_s_low", SECOND, period_low), TR_N("train.period_s_high", SECOND, period_high),  \
        TR_T("train.limited_by", limit), TR_N("train.drain_s", SECOND, drain),                             \
        TR_N("train.mean_wait_s", SECOND, mean), TR_N("train.worst_wait_s", SECOND, worst),                \
        TR_N("train.place_wait_share", RATIO, place_share), TR_N("train.place_wait_s", SECOND, place_wait), \
        TR_N("train.utilisation_share", RATIO, used), TR_N("train.taken_seq", SEQ, taken),                 \
        TR_N("train.idle_seq", SEQ, idle), TR_N("train.answer_token", CONTEXT, answer),                    \
        TR_N("train.boarding_request", NONE, requests), TR_B("train.token_per_s", TOKEN_PER_S, rate),      \
        TR_B("train.usd_per_mtoken", USD_PER_MTOKEN, cost),                                                \
        TR_N("train.idle_usd_per_mtoken", USD_PER_MTOKEN, idle_cost),                                      \
        TR_N("train.world_token_per_s", TOKEN_PER_S, world), TR_B("train.racks", NONE, racks)
static const tr_field fields[] = {TRAIN};
const tr_fields tr_train_fields = {fields, sizeof fields / sizeof fields[0]};
static const tr_field with_names[] = {TR_QUESTION_PRICED, TRAIN};
const tr_fields tr_train_row_fields = {with_names, sizeof with_names / sizeof with_names[0]};

/* ---- the page -------------------------------------------------------------------------------- */

enum { CELL = 64 };

static const char *show(double value, tr_unit unit, char *out)
{
    (void)tr_quantity_format(value, unit, out, CELL);
    return out;
}

static void print_predicted(const tr_train_row *row, tr_writer *out)
{
    const tr_train *t = &row->train;
    const tr_quantity period_s = TR_TRAIN_QUANTITY(t, predicted, period_s);
    const tr_quantity rate = TR_TRAIN_FALLING(t, predicted, token_per_s);
    const tr_quantity cost = TR_TRAIN_QUANTITY(t, predicted, usd_per_mtoken);
    const tr_quantity racks = TR_TRAIN_QUANTITY(t, predicted, machine_count);
    if (isnan(t->predicted.period_s))
        return;
    tr_print_predicted_head(out);
    tr_print_predicted(out, "a batch departs every", &period_s, TR_UNIT_SECOND, NULL);
    tr_print_predicted(out, "tokens a second", &rate, TR_UNIT_NONE, NULL);
    if (row->question->roof.usd_per_s > 0.0)
        tr_print_predicted(out, "$ per million tokens", &cost, TR_UNIT_USD, NULL);
    tr_print_predicted(out, "systems for the world", &racks, TR_UNIT_NONE, NULL);
    tr_write_char(out, '\n');
}

/* What decides how many ride. */
static const char *why_so_many(const tr_train_row *row)
{
    const tr_train *t = &row->train;
    if (!t->fits)
        return "not one sequence fits: the bound of one alone";
    if (t->batch_seq == t->room_seq)
        return "as many as memory holds";
    if (row->terms.batch_seq > 0.0)
        return "as asked";
    return isfinite(t->balance_seq) ? "balance at this context: by the bound more is not cheaper"
                                    : "the balance without KV: nothing limits a batch here";
}

/* [K82] */
static void print_place(const tr_train_row *row, tr_writer *out)
{
    char text[160], a[CELL];
    if (!(row->terms.utilisation_share < 1.0)) {
        tr_print_line(out, "for a place", "no end", "all are taken: --utilisation or --day leaves some free");
        return;
    }
    if (isnan(row->place.share)) {
        tr_print_line(out, "for a place", "-", "not worked out for more than ten million places");
        return;
    }
    (void)snprintf(text, sizeof text, "of requests find none free; all wait %s for one on average",
                   show(row->place.mean_s, TR_UNIT_SECOND, a));
    tr_print_quantity(out, "for a place", row->place.share, TR_UNIT_RATIO, text);
}

static void print_empty_seats(const tr_train_row *row, tr_writer *out)
{
    const tr_train *t = &row->train;
    char text[320], part[CELL], whole[CELL], used[CELL];
    if (!(t->idle_seq > 0.0))
        return;
    (void)show(row->terms.utilisation_share, TR_UNIT_RATIO, used);
    if (row->question->roof.usd_per_s > 0.0)
        (void)snprintf(text, sizeof text, "%s are taken: their users pay %s of %s a million tokens for the rest",
                       used, show(t->idle_share * t->asked.usd_per_mtoken, TR_UNIT_USD, part),
                       show(t->asked.usd_per_mtoken, TR_UNIT_USD, whole));
    else
        (void)snprintf(text, sizeof text, "%s of the places are taken", used);
    tr_print_quantity(out, "empty places", t->idle_seq, TR_UNIT_SEQ, text);
}

void tr_train_row_text(const tr_train_row *row, tr_writer *out)
{
    const tr_train *t = &row->train;
    char text[160], a[CELL], b[CELL];
    print_predicted(row, out);
    if (isfinite(t->drain_s))
        (void)snprintf(text, sizeof text, "one step; all of the memory is read in %s",
                       show(t->drain_s, TR_UNIT_SECOND, a));
    else
        (void)snprintf(text, sizeof text, "one step");
    tr_print_quantity(out, "a batch departs every", t->asked.period_s, TR_UNIT_SECOND, text);
    tr_print_quantity(out, "users that fill it", t->batch_seq, TR_UNIT_SEQ, why_so_many(row));
    tr_print_quantity(out, "a token waits", t->asked.mean_wait_s, TR_UNIT_SECOND,
                      "on average: half a period for its batch, one in it");
    tr_print_quantity(out, "at worst", t->asked.worst_wait_s, TR_UNIT_SECOND, "if it just missed a batch");
    print_place(row, out);
    (void)snprintf(text, sizeof text, "join each batch, for answers of %s tokens",
                   show(row->terms.answer_token, TR_UNIT_CONTEXT, b));
    tr_print_quantity(out, "new requests", t->boarding_request, TR_UNIT_NONE, text);
    print_empty_seats(row, out);
    tr_print_quantity(out, "this system gives", t->asked.token_per_s, TR_UNIT_TOKEN_PER_S, "");
    tr_print_quantity(out, "the world asks for", row->terms.world_token_per_s, TR_UNIT_TOKEN_PER_S, "");
    tr_print_quantity(out, "so it takes", t->asked.machine_count, TR_UNIT_NONE, "of these systems");
}

/* ---- the equations, with numbers --------------------------------------------------------------- */

void tr_train_row_seats(const tr_train_row *row, tr_workings *out)
{
    const tr_train *t = &row->train;
    const double balance = isfinite(t->balance_seq) ? floor(larger(t->balance_seq, 1.0) + 0.5) : HUGE_VAL;
    if (!t->fits)
        return;
    tr_working *w = tr_working_start(out, "K29");
    tr_working_put(w, "wanted", TR_UNIT_SEQ,
                   row->terms.batch_seq > 0.0 ? row->terms.batch_seq
                   : isfinite(balance) || isfinite(t->room_seq) ? balance
                                                                : t->batch_seq, 0);
    tr_working_put(w, "room", TR_UNIT_SEQ, t->room_seq, 0);
    tr_working_put(w, "B", TR_UNIT_SEQ, t->batch_seq, 1);
    tr_working_put(w, "tau", TR_UNIT_SECOND, t->asked.period_s, 1);
    tr_working_put(w, "f", TR_UNIT_RATIO, row->terms.utilisation_share, 0);
    tr_working_put(w, "answer", TR_UNIT_TOKEN, row->terms.answer_token, 0);
    tr_working_put(w, "rate", TR_UNIT_TOKEN_PER_S, t->asked.token_per_s, 1);
    tr_working_put(w, "new", TR_UNIT_NONE, t->boarding_request, 1);
    tr_working_put(w, "idle", TR_UNIT_SEQ, t->idle_seq, 1);
}

void tr_train_row_workings(const tr_train_row *row, tr_workings *out)
{
    const tr_train *t = &row->train;
    if (!t->fits)
        return;
    tr_train_row_seats(row, out);
    tr_working *w = tr_working_start(out, "K30");
    tr_working_put(w, "tau", TR_UNIT_SECOND, t->asked.period_s, 0);
    tr_working_put(w, "mean_s", TR_UNIT_SECOND, t->asked.mean_wait_s, 1);
    tr_working_put(w, "worst_s", TR_UNIT_SECOND, t->asked.worst_wait_s, 1);
    if (!isnan(row->place.share)) {
        w = tr_working_start(out, "K82");
        tr_working_put(w, "B", TR_UNIT_RATIO, row->place.lost_share, 0);
        tr_working_put(w, "f", TR_UNIT_RATIO, row->terms.utilisation_share, 0);
        tr_working_put(w, "seats", TR_UNIT_SEQ, floor(t->batch_seq), 0);
        tr_working_put(w, "answer", TR_UNIT_TOKEN, row->terms.answer_token, 0);
        tr_working_put(w, "tau", TR_UNIT_SECOND, t->asked.period_s, 0);
        tr_working_put(w, "C", TR_UNIT_RATIO, row->place.share, 1);
        tr_working_put(w, "wait", TR_UNIT_SECOND, row->place.mean_s, 1);
    }
    w = tr_working_start(out, "K31");
    tr_working_put(w, "world", TR_UNIT_TOKEN_PER_S, row->terms.world_token_per_s, 0);
    tr_working_put(w, "rack", TR_UNIT_TOKEN_PER_S, t->asked.token_per_s, 0);
    tr_working_put(w, "racks", TR_UNIT_NONE, t->asked.machine_count, 1);
}
