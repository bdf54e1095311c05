/* ask/figure_scale.c -- the picture of the part asked for; of all, the walls of context: a row a model, where
 * bandwidth, capacity and compute stop it. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/figure_parts.h"
#include "ask/scale.h"

static tr_status draw_walls(const tr_scenario *scenario, const tr_problem *question, const tr_scale_terms *terms,
                            const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_scale_wall wall[TR_SCALE_WALLS];
    size_t n = 0;
    double x[3][TR_SCALE_WALLS] = {{0}}, y[TR_SCALE_WALLS];
    const char *name[TR_SCALE_WALLS];
    char names[TR_SCALE_WALLS][64], title[200], subtitle[384], what[64];
    tr_words words = {.next = 0};
    const tr_status s = tr_scale_walls(scenario, terms, wall, &n, err);
    if (s != TR_OK)
        return s;
    double low = HUGE_VAL, high = 0;
    for (size_t i = 0; i < n; i++) {
        const size_t row = n - 1 - i; /* the asked model on top */
        const double place[3] = {wall[i].bandwidth_token, wall[i].capacity_token, wall[i].compute_token};
        for (int k = 0; k < 3; k++) {
            x[k][row] = isfinite(place[k]) && place[k] >= 1 ? place[k] : (double)NAN;
            if (!isnan(x[k][row])) {
                low = x[k][row] < low ? x[k][row] : low;
                high = x[k][row] > high ? x[k][row] : high;
            }
        }
        y[row] = (double)row + 1;
        (void)snprintf(names[row], sizeof names[row], "%.24s", wall[i].name);
        name[row] = names[row];
    }
    static const char *const wall_name[3] = {"bandwidth", "capacity", "compute"};
    int first = -1;
    for (int k = 0; k < 3; k++)
        if (!isnan(x[k][n - 1]) && (first < 0 || x[k][n - 1] < x[first][n - 1]))
            first = k;
    if (first < 0)
        (void)snprintf(title, sizeof title, "Nothing here stops the context of %.60s", wall[0].name);
    else
        (void)snprintf(title, sizeof title, "%s stops the context of %.60s first, at %s tokens",
                       first == 0   ? "Bandwidth"
                       : first == 1 ? "Capacity"
                                    : "Compute",
                       wall[0].name, tr_words_short(&words, floor(x[first][n - 1]), TR_UNIT_TOKEN));
    (void)snprintf(what, sizeof what, "and a model of each kind of attention");
    tr_figure_subtitle(question, what, subtitle, sizeof subtitle);
    static const tr_role role[3] = {TR_ROLE_KV, TR_ROLE_WEIGHTS, TR_ROLE_COMPUTE};
    tr_series series[3];
    for (int k = 0; k < 3; k++)
        series[k] = (tr_series){
            .name = wall_name[k], .kind = TR_SERIES_POINTS, .role = role[k], .x = x[k], .y = y, .n = n};
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption =
            "Bandwidth: reading the cache takes as long as multiplying, so more context is paid in full. "
            "Capacity: the "
            "cache of the batch fills the memory. Compute: attention multiplies as much as the weights do.",
        .source = "Equations R10, R13, K39.",
        .x = {.label = "context",
              .unit = TR_UNIT_TOKEN,
              .scale = TR_SCALE_LOG,
              .min = low / 2,
              .max = high * 2},
        .y = {.unit = TR_UNIT_NONE, .scale = TR_SCALE_LINEAR, .min = 0.4, .max = (double)n + 0.6},
        .series = series,
        .series_count = 3,
        .row_names = name,
        .row_count = n,
    };
    return tr_figure_draw(&figure, target, sink, err);
}

tr_status tr_answer_figure_scale(const tr_scenario *scenario, const tr_problem *question,
                                 const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_scale_terms terms;
    tr_scale_terms_of(scenario, question, &terms);
    switch (tr_input_choice(scenario, TR_IN_PART)) {
    case TR_SCALE_DOMAIN: return tr_figure_doubles(scenario, &terms, target, sink, err);
    case TR_SCALE_MOE: return tr_figure_moe(&terms, target, sink, err);
    case TR_SCALE_SYSTEMS: return tr_figure_systems(scenario, &terms, target, sink, err);
    case TR_SCALE_PIPELINE: return tr_figure_pipeline(scenario, &terms, target, sink, err);
    case TR_SCALE_SPARSITY: return tr_figure_sparsity(&terms, target, sink, err);
    case TR_SCALE_ATTENTION: return tr_figure_attention(scenario, &terms, target, sink, err);
    default: return draw_walls(scenario, question, &terms, target, sink, err);
    }
}
