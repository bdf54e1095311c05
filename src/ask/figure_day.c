/* ask/figure_day.c -- the places of a machine over a week: users, work that may wait, and what stays idle. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/day_row.h"
#include "ask/figure_parts.h"

/* Each hour as a stair of two points, so that areas are what they mean. */
enum { STAIR = 2 * TR_WEEK_HOURS };

typedef struct stairs {
    double day[STAIR], zero[STAIR], users[STAIR], filled[STAIR], asked[STAIR];
} stairs;

static void stairs_of(const tr_week *week, double place_seq, stairs *out)
{
    for (int i = 0; i < STAIR; i++) {
        const tr_week_hour *h = &week->hour[i / 2];
        const int hour = i / 2 + i % 2;
        out->day[i] = (double)hour / TR_DAY_HOURS;
        out->zero[i] = 0.0;
        out->users[i] = h->taken_share * place_seq;
        out->filled[i] = (h->taken_share + h->work_share) * place_seq;
        out->asked[i] = h->asked_share > 1.0 ? h->asked_share * place_seq : (double)NAN;
    }
}

static tr_status draw(const tr_day_row *row, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    stairs s;
    char title[160], subtitle[384], what[96], full[64];
    tr_words words = {.next = 0};
    const tr_week *w = &row->week;
    const double places = row->train->train.batch_seq, ends[2] = {0.0, 7.0}, level[2] = {places, places};
    stairs_of(w, places, &s);
    (void)snprintf(title, sizeof title, "Users leave %s of the places idle; work that may wait fills %s",
                   tr_words_short(&words, 1.0 - w->utilisation_share, TR_UNIT_RATIO),
                   tr_words_short(&words, w->work_share, TR_UNIT_RATIO));
    (void)snprintf(what, sizeof what, "busiest hour %s times the quietest",
                   tr_words_short(&words, row->terms.swing.busiest_ratio, TR_UNIT_NONE));
    tr_figure_subtitle(row->train->question, what, subtitle, sizeof subtitle);
    (void)snprintf(full, sizeof full, "%s places", tr_words_of(&words, places, TR_UNIT_SEQ));
    const tr_series series[] = {
        {.name = "users who wait", .kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = s.day, .y = s.zero,
         .y2 = s.users, .n = STAIR},
        {.name = "work that may wait", .kind = TR_SERIES_BAND, .role = TR_ROLE_KV, .x = s.day, .y = s.users,
         .y2 = s.filled, .n = STAIR},
        {.name = "asked for", .kind = TR_SERIES_LINE, .role = TR_ROLE_OTHER, .x = s.day, .y = s.asked, .n = STAIR},
        {.name = full, .kind = TR_SERIES_DASHED, .role = TR_ROLE_LIMIT, .x = ends, .y = level, .n = 2},
    };
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "A batch leaves with its idle places too, and somebody pays for them. Work that may wait for a day "
                   "takes them hour by hour, without another machine.",
        .source = "Equations K29, K80, K81.",
        .x = {.label = "days of a week, Monday first, each from its quietest hour",
              .unit = TR_UNIT_NONE,
              .scale = TR_SCALE_LINEAR,
              .min = 0.0,
              .max = 7.0},
        .y = {.label = "sequences decoded together", .unit = TR_UNIT_SEQ, .scale = TR_SCALE_LINEAR, .min = 0.0,
              .max = (double)NAN},
        .series = series,
        .series_count = sizeof series / sizeof series[0],
    };
    return tr_figure_draw(&figure, target, sink, err);
}

int tr_answer_has_day(const tr_scenario *scenario)
{
    return tr_input_is_set(scenario, TR_IN_DAY) || tr_input_is_set(scenario, TR_IN_UTILISATION);
}

tr_status tr_answer_figure_day(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                               tr_sink *sink, tr_error *err)
{
    tr_train_row train;
    tr_day_row day;
    tr_status s = tr_check_figure(question, 1.0, question->load.context_token, err);
    if (s == TR_OK)
        s = tr_train_row_of(scenario, question, &train, err);
    if (s == TR_OK)
        s = tr_day_row_of(scenario, &train, &day, err);
    return s == TR_OK ? draw(&day, target, sink, err) : s;
}
