/* ask/local_figure.c -- the pictures of `local`: quantisations before the wall of memory, and speed over context. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/figure_parts.h"
#include "ask/local.h"
#include "base/fail.h"

static tr_status begin(const tr_scenario *scenario, const tr_problem *question, tr_local **out, tr_error *err)
{
    tr_local *l = NULL;
    const tr_status s = tr_local_begin(scenario, question, NULL, 0, &l, err);
    if (s != TR_OK)
        return s;
    const int knows = tr_local_knows_speed(l), fits = l->choice.best < l->count;
    if (knows && fits) {
        *out = l;
        return TR_OK;
    }
    tr_local_end(l);
    return !fits ? tr_fail(err, TR_ENOFIT, "memory_byte", 0.0,
                           "nothing to draw: no quantisation of %s fits %s; without --plot local says what would",
                           question->model->name, question->system->name)
                 : tr_fail(err, TR_EMISSING, "system", 0.0,
                           "speeds need this machine's bandwidth: `tokenroof measure` finds it");
}

/* ---- quantisations over their files ---------------------------------------------------------------------------- */

typedef struct files {
    char title[320], subtitle[640], caption[400], wall_text[96], context[32];
    tr_words numbers;
    size_t n, whisker_n, over_n, count;
    double x[TR_LOCAL_MAX], y[TR_LOCAL_MAX], at[TR_LOCAL_MAX], bound[TR_LOCAL_MAX];
    double whisker_x[3 * TR_LOCAL_MAX], whisker_y[3 * TR_LOCAL_MAX];
    double over_x[TR_LOCAL_MAX], over_y[TR_LOCAL_MAX];
    const char *label[TR_LOCAL_MAX], *over_label[TR_LOCAL_MAX];
    double wall, card_wall, least, most, fastest; /* where memory ends, and the chips' alone; 0: nothing fits these */
    int uses_host;
} files;

/* Those that people know, so that names do not crowd. */
static const char *name_of(const tr_local_row *row, size_t count)
{
    static const char *const known[] = {"f16", "q8_0", "q6_k", "q5_k_m", "q4_k_m", "q3_k_m", "q2_k", "iq1_s", "iq2_m",
                                        "mlx-4bit"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (count <= 8 || row->is_best || strcmp(known[i], row->name) == 0)
            return row->name;
    return NULL;
}

/* Bandwidth over bytes, whether they fit or not. */
static double bound_of(const tr_local_row *row)
{
    tr_step step;
    const tr_load load = {TR_PHASE_DECODE, 1.0, row->asked_token, 1.0};
    return tr_bound_step(&row->question->roof, &load, &step, NULL) == TR_OK ? 1.0 / step.step_s : (double)NAN;
}

static void gather(const tr_local *l, files *f)
{
    f->least = HUGE_VAL;
    for (size_t i = l->count; i-- > 0;) { /* the smallest first */
        const tr_local_row *row = &l->row[i];
        f->least = fmin(f->least, row->file_byte);
        f->most = fmax(f->most, row->file_byte);
        f->at[f->count] = row->file_byte;
        f->bound[f->count++] = bound_of(row);
        if (!row->fits) {
            f->over_x[f->over_n] = row->file_byte;
            f->over_label[f->over_n++] = name_of(row, l->count);
            continue;
        }
        f->wall = row->file_byte + (row->memory_byte - row->used_byte) * l->system->chip_count;
        if (isfinite(row->host_used_byte))
            f->wall += row->host_memory_byte - row->host_used_byte;
        else
            f->card_wall = f->wall;
        f->uses_host = f->uses_host || isfinite(row->host_used_byte);
        const tr_quantity *q = &row->token_per_s;
        const double x[3] = {row->file_byte, row->file_byte, row->file_byte}, y[3] = {q->low, q->high, (double)NAN};
        memcpy(f->whisker_x + f->whisker_n, x, sizeof x);
        memcpy(f->whisker_y + f->whisker_n, y, sizeof y);
        f->whisker_n += 3;
        f->x[f->n] = row->file_byte;
        f->y[f->n] = q->predicted;
        f->label[f->n++] = row->is_best ? NULL : name_of(row, l->count);
    }
    f->fastest = f->bound[0];
}

static void write_files(const tr_local *l, files *f)
{
    const tr_local_row *best = &l->row[l->choice.best];
    const char *context = tr_local_context_text(best->asked_token, f->context, sizeof f->context);
    (void)snprintf(f->title, sizeof f->title, "%s in %s: %s tokens/s from a file of %s", l->model->name, best->name,
                   tr_words_short(&f->numbers, best->token_per_s.predicted, TR_UNIT_NONE),
                   tr_words_short(&f->numbers, best->file_byte, TR_UNIT_BYTE));
    (void)snprintf(f->subtitle, sizeof f->subtitle,
                   "%s on %s \xC2\xB7 %s \xC2\xB7 one user at %s of context, KV\xC2\xA0%s", l->model->name,
                   l->system->name, best->question->engine->title, context,
                   tr_dtype_name(best->question->roof.kv_dtype));
    const double host_byte = f->uses_host ? l->system->host.memory_byte * l->system->host_count : 0.0;
    (void)snprintf(f->wall_text, sizeof f->wall_text, "memory is full: %s with its cache",
                   tr_words_short(&f->numbers, best->memory_byte * l->system->chip_count + host_byte, TR_UNIT_BYTE));
    (void)snprintf(f->caption, sizeof f->caption,
                   "Every token reads the whole file, or what of it is active: half the bytes, up to twice the speed. "
                   "Whiskers: 90\xC2\xA0%% intervals. In colour: the one to take, %s.", best->name);
}

tr_status tr_answer_figure_local(const tr_scenario *scenario, const tr_problem *question,
                                 const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_local *l = NULL;
    tr_status s = begin(scenario, question, &l, err);
    if (s != TR_OK)
        return s;
    files f = {.n = 0};
    gather(l, &f);
    write_files(l, &f);
    const tr_local_row *best = &l->row[l->choice.best];
    const double end = fmax(1.25 * f.most, f.wall < 6.0 * f.most ? 1.3 * f.wall : 0.0);
    const tr_series series[] = {
        {.name = "bound", .kind = TR_SERIES_DASHED, .role = TR_ROLE_LIMIT, .x = f.at, .y = f.bound, .n = f.count},
        {.role = TR_ROLE_RESULT, .x = f.whisker_x, .y = f.whisker_y, .n = f.whisker_n},
        {.name = "predicted", .kind = TR_SERIES_POINTS, .role = TR_ROLE_RESULT, .x = f.x, .y = f.y, .n = f.n,
         .label = f.label},
        {.name = "does not fit", .kind = TR_SERIES_POINTS, .role = TR_ROLE_OTHER, .x = f.over_x, .y = f.over_y,
         .n = f.over_n, .label = f.over_label},
    };
    const tr_mark mark[] = {
        {.kind = TR_MARK_POINT, .role = TR_ROLE_WEIGHTS, .x = best->file_byte, .y = best->token_per_s.predicted,
         .text = best->name},
        {.kind = TR_MARK_HORIZONTAL, .role = TR_ROLE_OTHER, .y = TR_LOCAL_READABLE_TOKEN_PER_S,
         .text = "10 tokens/s: reading speed"},
        {.kind = TR_MARK_REGION, .role = TR_ROLE_LIMIT, .x = f.wall, .x2 = HUGE_VAL, .text = f.wall_text},
        {.kind = TR_MARK_VERTICAL, .role = TR_ROLE_COMM, .x = f.card_wall,
         .text = "from here on layers lie on the host"}};
    const tr_figure figure = {
        .title = f.title,
        .subtitle = f.subtitle,
        .caption = f.caption,
        .source = "Predicted by fitted physics beside its lower bound. Equations K115\xE2\x80\x93K117, R12, R13, F5.",
        .x = {.label = "file", .unit = TR_UNIT_BYTE, .scale = TR_SCALE_LOG, .min = f.least / 1.25, .max = end},
        .y = {.label = "tokens/s of one user", .min = 0.0, .max = 1.1 * f.fastest},
        .series = series,
        .series_count = f.over_n > 0 ? 4 : 3,
        .marks = mark,
        .mark_count = sizeof mark / sizeof mark[0] - (f.uses_host && f.card_wall > 0.0 ? 0 : 1)};
    s = tr_figure_draw(&figure, target, sink, err);
    tr_local_end(l);
    return s;
}

/* ---- the one to take over context ---------------------------------------------------------------------------- */

typedef struct contexts {
    char title[320], subtitle[640], caption[400], wall[96], even[128], limit[96], text[3][32];
    tr_words numbers;
    tr_curve grid;
    double y[FIGURE_POINTS], low[FIGURE_POINTS], high[FIGURE_POINTS], bound[FIGURE_POINTS];
} contexts;

static void walk(tr_local *l, const tr_local_row *row, double from, double to, contexts *c)
{
    tr_curve_grid_log(&c->grid, from, to, NULL, 0);
    for (size_t i = 0; i < c->grid.n; i++) {
        const tr_quantity q = tr_local_speed(l, row, floor(c->grid.at[i]));
        c->y[i] = q.predicted;
        c->low[i] = q.low;
        c->high[i] = q.high;
        c->bound[i] = q.bound;
    }
}

tr_status tr_answer_figure_local_context(const tr_scenario *scenario, const tr_problem *question,
                                         const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_local *l = NULL;
    tr_status s = begin(scenario, question, &l, err);
    if (s != TR_OK)
        return s;
    const tr_local_row *row = &l->row[l->choice.best];
    const double stated = l->model->max_context_token, even = tr_context_marks_of(row->question, 1.0).even_token;
    const double usual = stated > 0.0 ? 2.0 * stated : 131072.0;
    const double end = fmin(row->max_token, fmax(usual, row->asked_token));
    const int is_full = row->max_token <= end;
    contexts c = {.numbers = {.next = 0}};
    walk(l, row, 256.0 < 0.1 * end ? 256.0 : 0.1 * end, end, &c);
    (void)snprintf(c.title, sizeof c.title, "%s in %s: %s tokens/s at %s, %s at %s", l->model->name, row->name,
                   tr_words_short(&c.numbers, row->short_token_per_s.predicted, TR_UNIT_NONE),
                   tr_local_context_text(row->short_token, c.text[0], sizeof c.text[0]),
                   tr_words_short(&c.numbers, c.y[c.grid.n - 1], TR_UNIT_NONE),
                   tr_local_context_text(end, c.text[1], sizeof c.text[1]));
    (void)snprintf(c.subtitle, sizeof c.subtitle, "%s on %s \xC2\xB7 %s \xC2\xB7 one user, KV\xC2\xA0%s",
                   l->model->name,
                   l->system->name, row->question->engine->title, tr_dtype_name(row->question->roof.kv_dtype));
    (void)snprintf(c.even, sizeof c.even, "from %s on the cache is more than the weights",
                   tr_local_context_text(even, c.text[2], sizeof c.text[2]));
    (void)snprintf(c.wall, sizeof c.wall, "memory is full at %s", c.text[1]);
    (void)snprintf(c.limit, sizeof c.limit, "the model's limit, %s", tr_words_of(&c.numbers, stated, TR_UNIT_CONTEXT));
    tr_mark mark[3];
    size_t marks = 0;
    if (even < end)
        mark[marks++] = (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_KV, .x = even, .text = c.even};
    if (stated > 0.0 && stated < end)
        mark[marks++] = (tr_mark){.kind = TR_MARK_VERTICAL, .role = TR_ROLE_LIMIT, .x = stated, .text = c.limit};
    if (is_full)
        mark[marks++] =
            (tr_mark){.kind = TR_MARK_REGION, .role = TR_ROLE_LIMIT, .x = end, .x2 = HUGE_VAL, .text = c.wall};
    const tr_series series[] = {
        {.kind = TR_SERIES_BAND, .role = TR_ROLE_RESULT, .x = c.grid.at, .y = c.low, .y2 = c.high, .n = c.grid.n},
        {.name = "bound", .kind = TR_SERIES_DASHED, .role = TR_ROLE_LIMIT, .x = c.grid.at, .y = c.bound, .n = c.grid.n},
        {.name = "predicted", .role = TR_ROLE_RESULT, .x = c.grid.at, .y = c.y, .n = c.grid.n}};
    const tr_figure figure = {
        .title = c.title,
        .subtitle = c.subtitle,
        .caption = "A token reads the weights once and the cache of all tokens before it: where the cache is as large "
                   "as the weights, speed has halved. Band: 90\xC2\xA0% interval.",
        .source = "Predicted by fitted physics beside its lower bound. Equations K116, K117, R13, F5.",
        .x = {.label = "context: tokens in the cache", .unit = TR_UNIT_CONTEXT, .scale = TR_SCALE_LOG,
              .min = c.grid.at[0], .max = is_full ? 1.3 * end : end},
        .y = {.label = "tokens/s of one user", .min = 0.0, .max = 1.1 * c.bound[0]},
        .series = series,
        .series_count = 3,
        .marks = mark,
        .mark_count = marks};
    s = tr_figure_draw(&figure, target, sink, err);
    tr_local_end(l);
    return s;
}
