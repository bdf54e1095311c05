/* ask/figure_tiers.c -- the cost of a held cache over hold time, each place a line, the cheapest underneath. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/figure_parts.h"
#include "ask/tiers.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "base/text.h"

enum { POINTS = 161 };

typedef struct sheet {
    double at[POINTS];
    double cost[TR_TIER_MAX + 1][POINTS];
    double least[POINTS], low[POINTS], high[POINTS], bound[POINTS];
    double drain_s[TR_TIER_MAX], drain_cost[TR_TIER_MAX]; /* each tier's own point */
    char drain_text[TR_TIER_MAX][48];
    const char *drain_label[TR_TIER_MAX];
    size_t drain_count;
    char title[224], what[128], subtitle[384], mark[TR_TIER_MAX + 1][64];
    char name[TR_TIER_MAX + 1][24];
    tr_words words;
} sheet;

/* Hold times about the ones at which the cheapest changes, and about all drain times. */
static void range_of(const tr_tiers *t, double *from, double *to)
{
    double first = t->cheapest_count > 1 ? t->cheapest[1].from_s : 1.0;
    double last = t->cheapest_count > 1 ? t->cheapest[t->cheapest_count - 1].from_s : 3600.0;
    for (int i = 0; i + 1 < t->place_count; i++) {
        const double drain_s = tr_tier_drain_s(t->place[i].tier);
        if (t->place[i].counts && isfinite(drain_s)) {
            first = smaller(first, 2.5 * drain_s);
            last = larger(last, drain_s);
        }
    }
    *from = 0.1;
    *to = 604800.0;
    while (*from > first / 5.0 && *from > 1e-6)
        *from /= 10.0;
    while (*to < last * 5.0 && *to < 1e12)
        *to *= 10.0;
}

/* Evenly in the logarithm, by repeated multiplication, each change a point of its own. */
static void grid_of(const tr_tiers *t, double from, double to, sheet *s)
{
    const double step = tr_figure_even_ratio(to / from, POINTS);
    s->at[0] = from;
    for (size_t k = 1; k < POINTS; k++)
        s->at[k] = s->at[k - 1] * step;
    for (size_t i = 1; i < t->cheapest_count; i++) {
        size_t near = 1;
        for (size_t k = 1; k + 1 < POINTS; k++)
            if (fabs(s->at[k] - t->cheapest[i].from_s) < fabs(s->at[near] - t->cheapest[i].from_s))
                near = k;
        if (t->cheapest[i].from_s > from)
            s->at[near] = t->cheapest[i].from_s;
    }
}

static tr_role role_of(const tr_tiers_place *p)
{
    return p->tier == NULL                 ? TR_ROLE_COMPUTE
           : strcmp(p->name, "hbm") == 0   ? TR_ROLE_WEIGHTS
           : strcmp(p->name, "ddr") == 0   ? TR_ROLE_KV
           : strcmp(p->name, "flash") == 0 ? TR_ROLE_COMM
           : strcmp(p->name, "disk") == 0  ? TR_ROLE_FIXED
                                           : TR_ROLE_OTHER;
}

static const char *word_of(const tr_tiers_place *p, char out[24])
{
    if (p->tier == NULL)
        return "compute again";
    if (strcmp(p->name, "hbm") == 0 || strcmp(p->name, "ddr") == 0) {
        for (size_t i = 0; i < 4; i++)
            out[i] = p->name[i] != '\0' ? (char)(p->name[i] - 'a' + 'A') : '\0';
        return out;
    }
    (void)tr_text_copy(out, 24, strcmp(p->name, "flash-qlc") == 0 ? "QLC flash" : p->name);
    return out;
}

/* "1.3 s", "4.2 min", "3.9 d": two digits, in the unit it is said in. */
static const char *time_of(double seconds, char out[32])
{
    static const struct {
        double s;
        char word[4];
    } unit[] = {{31557600.0, "y"}, {86400.0, "d"}, {3600.0, "h"}, {60.0, "min"}};
    for (size_t i = 0; i < sizeof unit / sizeof unit[0]; i++)
        if (seconds >= 1.5 * unit[i].s) {
            const double count = seconds / unit[i].s;
            (void)snprintf(out, 32, count < 9.95 ? "%.1f\xC2\xA0%s" : "%.0f\xC2\xA0%s", count, unit[i].word);
            return out;
        }
    const double scale = seconds >= 9.95 ? 1.0 : seconds >= 0.1 ? 10.0 : 1e3;
    tr_fig_quantity(floor(seconds * scale + 0.5) / scale, TR_UNIT_SECOND, out, 32);
    return out;
}

static void title_of(const tr_tiers *t, sheet *s)
{
    const size_t n = t->cheapest_count;
    if (t->place[t->cheapest[0].place].tier == NULL) {
        (void)tr_text_copy(s->title, sizeof s->title, "A cache is never worth holding: computing it again costs less");
        return;
    }
    (void)tr_text_copy(s->title, sizeof s->title, "Cheapest cache:");
    for (size_t i = 0; i < n; i++) {
        char name[24], until[32], text[96];
        const tr_tiers_place *p = &t->place[t->cheapest[i].place];
        if (isfinite(t->cheapest[i].to_s))
            (void)snprintf(text, sizeof text, " %s to %s,", word_of(p, name), time_of(t->cheapest[i].to_s, until));
        else
            (void)snprintf(text, sizeof text, n > 1 ? " then %s" : " %s", word_of(p, name));
        (void)tr_text_append(s->title, sizeof s->title, text);
    }
}

/* Computing again with its interval, and what it costs at the whole peak. */
static size_t again_series(const tr_tiers *t, sheet *s, tr_series *out)
{
    const tr_quantity *usd = &t->recompute_usd;
    const tr_tiers_place *p = &t->place[t->place_count - 1];
    const double per_mtoken = tr_tiers_per_mtoken(t, t->fetch_count);
    size_t drawn = 0;
    for (size_t k = 0; k < POINTS; k++) {
        s->low[k] = usd->low * per_mtoken;
        s->high[k] = usd->high * per_mtoken;
        s->bound[k] = usd->bound * per_mtoken;
    }
    if (isfinite(usd->low))
        out[drawn++] = (tr_series){
            .kind = TR_SERIES_BAND, .role = role_of(p), .x = s->at, .y = s->low, .y2 = s->high, .n = POINTS};
    out[drawn++] = (tr_series){.name = "compute again, bound", .kind = TR_SERIES_DASHED,
                               .role = TR_ROLE_LIMIT, .x = s->at, .y = s->bound, .n = POINTS};
    return drawn;
}

/* A dot on each tier's line at its drain time: where it turns if a fetch costs the drive alone. */
static void drains_of(const tr_tiers *t, sheet *s)
{
    for (int i = 0; i + 1 < t->place_count; i++) {
        char text[32];
        const double drain_s = tr_tier_drain_s(t->place[i].tier);
        if (!t->place[i].counts || !isfinite(drain_s))
            continue;
        const size_t k = s->drain_count++;
        s->drain_s[k] = drain_s;
        s->drain_cost[k] = tr_tiers_usd_per_mtoken(t, i, drain_s);
        (void)snprintf(s->drain_text[k], sizeof s->drain_text[k], "drained in %s", time_of(drain_s, text));
        s->drain_label[k] = s->drain_text[k];
    }
}

static size_t series_of(const tr_tiers *t, sheet *s, tr_series *out)
{
    size_t drawn = 0;
    for (int i = 0; i < t->place_count; i++) {
        if (!t->place[i].counts)
            continue;
        for (size_t k = 0; k < POINTS; k++)
            s->cost[i][k] = tr_tiers_usd_per_mtoken(t, i, s->at[k]);
        out[drawn++] = (tr_series){.name = word_of(&t->place[i], s->name[i]),
                               .role = role_of(&t->place[i]),
                               .x = s->at,
                               .y = s->cost[i],
                               .n = POINTS};
    }
    drawn += again_series(t, s, out + drawn);
    for (size_t k = 0; k < POINTS; k++)
        s->least[k] = tr_tiers_usd_per_mtoken(t, tr_tiers_cheapest(t, s->at[k]), s->at[k]);
    out[drawn++] = (tr_series){.name = "cheapest", .role = TR_ROLE_RESULT, .x = s->at, .y = s->least, .n = POINTS};
    drains_of(t, s);
    if (s->drain_count > 0)
        out[drawn++] = (tr_series){.kind = TR_SERIES_POINTS, .role = TR_ROLE_LIMIT, .x = s->drain_s, .y = s->drain_cost,
                               .n = s->drain_count, .label = s->drain_label};
    return drawn;
}

static size_t marks_of(const tr_tiers *t, sheet *s, tr_mark *out)
{
    size_t n = 0;
    for (size_t i = 1; i < t->cheapest_count; i++) {
        char name[24], from_text[32];
        const double at = t->cheapest[i].from_s;
        (void)snprintf(s->mark[i], sizeof s->mark[i], "%s: %s", time_of(at, from_text),
                       word_of(&t->place[t->cheapest[i].place], name));
        out[n++] = (tr_mark){.kind = TR_MARK_POINT,
                             .role = TR_ROLE_RESULT,
                             .x = at,
                             .y = tr_tiers_usd_per_mtoken(t, t->cheapest[i].place, at),
                             .text = s->mark[i]};
    }
    return n;
}

static tr_status draw(const tr_scenario *scenario, const tr_problem *question, sheet *s, const tr_figure_target *target,
                      tr_sink *sink, tr_error *err)
{
    tr_tiers t;
    tr_series series[TR_TIER_MAX + 6];
    tr_mark mark[TR_TIER_MAX + 2];
    const tr_status status = tr_tiers_of(scenario, question, &t, err);
    if (status != TR_OK)
        return status;
    if (t.cheapest_count == 0)
        return tr_fail(err, TR_EMISSING, "chip_usd_per_hour", 0.0,
                       "no price is known for %.60s, so that there is no cost to draw: give --price",
                       question->system->name);
    double from, to;
    range_of(&t, &from, &to);
    grid_of(&t, from, to, s);
    const size_t lines = series_of(&t, s, series), marks = marks_of(&t, s, mark);
    title_of(&t, s);
    (void)snprintf(s->what, sizeof s->what, "%s of KV\xC2\xA0" "cache a token, at %s a chip",
                   tr_words_of(&s->words, t.held_byte_per_token, TR_UNIT_BYTE),
                   tr_words_of(&s->words, t.terms.chip_usd_per_s * 3600.0, TR_UNIT_USD_PER_HOUR));
    tr_figure_subtitle_pooled(question, s->what, s->subtitle, sizeof s->subtitle);
    /* Lines that run off upwards need no room: ten times the dearest of the cheapest is enough. */
    const double top = 10.0 * s->least[POINTS - 1], bottom = s->least[0] / 3.0;
    const tr_figure figure = {
        .title = s->title,
        .subtitle = s->subtitle,
        .caption = "A fast memory is dear to hold and cheap to fetch from, a slow one the other way round. Over hold "
                   "time each place is a straight line, bent by the logarithms, and the cheapest changes where two "
                   "of them cross. A tier's drain time is where it would bend if a fetch stalled no chip.",
        .source = "Holding: the chip's price, or what a part costs over its life. Writing and fetching: the part's own "
                  "time, and the chip's while it waits. Computing again: chip time, with its 90 % interval. Equations "
                  "K5\xE2\x80\x93K8, K55.",
        .x = {.label = "hold time", .unit = TR_UNIT_SECOND, .scale = TR_SCALE_LOG, .min = from, .max = to},
        .y = {.label = "dollars for a million tokens", .unit = TR_UNIT_USD, .scale = TR_SCALE_LOG, .min = bottom,
              .max = top > bottom * 10.0 ? top : bottom * 10.0},
        .series = series,
        .series_count = lines,
        .marks = mark,
        .mark_count = marks};
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_tiers(const tr_scenario *scenario, const tr_problem *question,
                                 const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    sheet *s = calloc(1, sizeof *s);
    const tr_status status = s == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                                       : draw(scenario, question, s, target, sink, err);
    free(s);
    return status;
}
