/* ask/figure_scale_parts.c -- pictures of what doubling gives, of sparsity, and of attention over context. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ask/asked.h"
#include "ask/figure_parts.h"
#include "ask/scale.h"
#include "base/fail.h"

/* ---- what doubling gives: a row a change ------------------------------------------------------------ */

/* The index-th change that fits. */
static const tr_quantity *doubled_at(const void *context, size_t index, const char **name)
{
    const tr_scale_double *row = ((const tr_scale_doubles *)context)->row;
    while (!row->fits || index-- > 0)
        row++;
    *name = row->name;
    return &row->token_per_s;
}

tr_status tr_figure_doubles(const tr_scenario *scenario, const tr_scale_terms *terms,
                            const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_scale_doubles *d = NULL;
    tr_spans r;
    tr_series series[TR_SPANS_SERIES];
    size_t fitting = 0;
    char title[200], subtitle[384], what[96];
    tr_words words = {.next = 0};
    tr_status s = tr_scale_doubles_of(scenario, terms, &d, err);
    if (s != TR_OK)
        return s;
    for (size_t i = 0; i < d->count; i++)
        fitting += d->row[i].fits != 0;
    tr_spans_of(&r, doubled_at, d, fitting, TR_UNIT_NONE, target->terminal);
    tr_spans_series(&r, series);
    const tr_scale_double *best = NULL;
    for (size_t i = 1; i < d->count; i++)
        if (d->row[i].fits && isfinite(d->row[i].ratio) && (best == NULL || d->row[i].ratio > best->ratio))
            best = &d->row[i];
    if (best != NULL)
        (void)snprintf(title, sizeof title, "%s gives most: %s times the tokens a second", best->name,
                       tr_words_short(&words, best->ratio, TR_UNIT_NONE));
    else
        (void)snprintf(title, sizeof title, "What doubling one figure of the system gives");
    (void)snprintf(what, sizeof what, "%s tokens of context",
                   tr_words_of(&words, d->context_token, TR_UNIT_CONTEXT));
    tr_figure_subtitle_of(terms->question, "", what, subtitle, sizeof subtitle);
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "Further right is better; a bar is the 90 % interval. The same batch, or as much of it as "
                   "fits; domain x2 has "
                   "twice the chips, so twice the price. Where the bound moves and the prediction does not, "
                   "links and fixed times take the time.",
        .source = "Bound R1, fitted F3; each change asked as `whatif` asks it.",
        .x = {.label = "tokens a second",
              .unit = TR_UNIT_NONE,
              .scale = TR_SCALE_LOG,
              .min = r.least / 1.1,
              .max = r.most * 1.1},
        .y = {.unit = TR_UNIT_NONE, .min = 0.4, .max = (double)r.count + 0.6},
        .series = series,
        .series_count = TR_SPANS_SERIES,
        .row_names = r.name,
        .row_count = r.count,
    };
    s = r.count == 0 ? tr_fail(err, TR_ENOFIT, "part", 0.0,
                           "nothing to draw: neither the system nor any of its changes fits")
                 : tr_figure_draw(&figure, target, sink, err);
    free(d);
    return s;
}

/* ---- sparsity: users to fill, against users that fit
 * ------------------------------------------------------- */

enum { SPARSE_MAX = 16 };

tr_status tr_figure_sparsity(const tr_scale_terms *terms, const tr_figure_target *target, tr_sink *sink,
                             tr_error *err)
{
    double x[SPARSE_MAX], balance[SPARSE_MAX], room[SPARSE_MAX];
    char text[SPARSE_MAX][24], title[200], subtitle[384], what[96];
    const char *label[SPARSE_MAX];
    tr_words words = {.next = 0};
    const size_t n = tr_scale_sparse_count();
    double filled = 0.0;
    tr_scale_sparse row;
    for (size_t i = 0; i < n; i++) {
        tr_scale_sparse_of(terms, i, &row);
        x[i] = row.experts;
        balance[i] = isfinite(row.balance_seq) ? row.balance_seq : (double)NAN;
        room[i] = isfinite(row.room_seq) && row.room_seq >= 1.0 ? row.room_seq : (double)NAN;
        (void)snprintf(text[i], sizeof text[i], "x %.2f", row.dense_param / row.active_param);
        label[i] = text[i];
        if (row.fits && row.balance_seq <= row.room_seq)
            filled = row.experts;
    }
    if (filled >= 1.0)
        (void)snprintf(title, sizeof title,
                       "This machine holds the users that up to %.0f experts need to pay", filled);
    else
        (void)snprintf(title, sizeof title,
                       "This machine holds fewer users than even one expert needs to pay");
    (void)snprintf(what, sizeof what, "%s tokens of context; its %s active parameters with experts",
                   tr_words_of(&words, terms->context_token, TR_UNIT_CONTEXT),
                   tr_words_short(&words, terms->question->model->active_param, TR_UNIT_PARAM));
    tr_figure_subtitle_pooled(terms->question, what, subtitle, sizeof subtitle);
    const tr_series series[] = {
        {.name = "users to fill it",
         .kind = TR_SERIES_LINE,
         .role = TR_ROLE_WEIGHTS,
         .x = x,
         .y = balance,
         .n = n},
        {.kind = TR_SERIES_POINTS, .role = TR_ROLE_WEIGHTS, .x = x, .y = balance, .n = n, .label = label},
        {.name = "users that fit", .kind = TR_SERIES_LINE, .role = TR_ROLE_KV, .x = x, .y = room, .n = n}};
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "Experts multiply the weights to be read, so the users from which that is hidden; the "
                   "gain beside each "
                   "point (parameters of the dense model that does as well, over this one's) saturates. "
                   "Memory for users "
                   "goes the other way.",
        .source = "Equations K24 (S-BASE, models of 130 G tokens and up to 512 experts), R9, R12; users to "
                  "fill: without KV.",
        .x = {.label = "experts, one a token", .unit = TR_UNIT_NONE, .scale = TR_SCALE_LOG},
        .y = {.label = "users at once", .unit = TR_UNIT_NONE, .scale = TR_SCALE_LOG},
        .series = series,
        .series_count = sizeof series / sizeof series[0],
    };
    return tr_figure_draw(&figure, target, sink, err);
}

/* ---- attention over context
 * ------------------------------------------------------------------------------------ */

enum { LOOKS = 49 };

tr_status tr_figure_attention(const tr_scenario *scenario, const tr_scale_terms *terms,
                              const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    static const char *const way[TR_SCALE_WAYS] = {"dense", "sparse", "compressed"};
    static const tr_role role[TR_SCALE_WAYS] = {TR_ROLE_KV, TR_ROLE_COMPUTE, TR_ROLE_RESULT};
    double x[LOOKS], y[TR_SCALE_WAYS][LOOKS], low[LOOKS], high[LOOKS], bound[LOOKS];
    char title[200], subtitle[384], what[96];
    tr_scale_attention *a = NULL;
    tr_series series[TR_SCALE_WAYS + 2];
    size_t lines = 0;
    int own = 0, drawn = 0;
    tr_status s = tr_scale_attention_begin(scenario, terms, &a, err);
    if (s != TR_OK)
        return s;
    const double batch = a->batch_seq;
    for (size_t i = 0; i < LOOKS; i++) {
        x[i] = i == 0 ? 1024.0 : i % 4 != 0 ? x[i - 1] * 1.189207115002721 : 2.0 * x[i - 4];
        for (int k = 0; k < TR_SCALE_WAYS; k++) {
            tr_scale_look row;
            tr_scale_look_at(a, k, floor(x[i]), &row);
            y[k][i] = isfinite(row.step_s.predicted) ? row.step_s.predicted : row.step_s.bound;
            drawn = drawn || isfinite(y[k][i]);
            if (!a->way[k].own)
                continue;
            own = k;
            low[i] = row.step_s.low;
            high[i] = row.step_s.high;
            bound[i] = row.step_s.bound;
        }
    }
    free(a);
    if (!drawn)
        return tr_check_fits(terms->question, 1.0, x[0], err) != TR_OK
                   ? TR_ENOFIT
                   : tr_fail(err, TR_ENOFIT, "batch_seq", batch,
                             "nothing to draw: %.6g sequences fit at no context; --batch asks for fewer", batch);
    series[lines++] = (tr_series){.name = "90 % interval",
                              .kind = TR_SERIES_BAND,
                              .role = role[own],
                              .x = x,
                              .y = low,
                              .y2 = high,
                              .n = LOOKS};
    series[lines++] = (tr_series){
        .name = "bound", .kind = TR_SERIES_FLOOR, .role = TR_ROLE_LIMIT, .x = x, .y = bound, .n = LOOKS};
    for (int k = 0; k < TR_SCALE_WAYS; k++)
        series[lines++] = (tr_series){.name = way[k],
                                  .kind = k == own ? TR_SERIES_LINE : TR_SERIES_DASHED,
                                  .role = role[k],
                                  .x = x,
                                  .y = y[k],
                                  .n = LOOKS};
    (void)snprintf(title, sizeof title, "What a step takes if %.60s looked at its cache in other ways",
                   terms->question->model->name);
    (void)snprintf(what, sizeof what, "decode, batch %.6g; its own attention is %s", batch, way[own]);
    tr_figure_subtitle_of(terms->question, "", what, subtitle, sizeof subtitle);
    const tr_figure figure = {
        .title = title,
        .subtitle = subtitle,
        .caption = "A line ends where the batch no longer fits. Sparse: an index of all keys and the rows it "
                   "picks, as "
                   "DeepSeek-V3.2 has; compressed: rows of several tokens, as DeepSeek-V4 has. Interval and "
                   "bound: of its "
                   "own.",
        .source = "Fitted physics; equations M6, M8, M12.",
        .x = {.label = "context", .unit = TR_UNIT_TOKEN, .scale = TR_SCALE_LOG},
        .y = {.label = "time per output token", .unit = TR_UNIT_SECOND, .scale = TR_SCALE_LOG},
        .series = series,
        .series_count = lines,
    };
    return tr_figure_draw(&figure, target, sink, err);
}
