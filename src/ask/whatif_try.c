/* ask/whatif_try.c -- every input x2, x10 and /2, each asked as `predict` would be, the most gain first. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/whatif.h"
#include "base/fail.h"
#include "base/text.h"

const double tr_whatif_factor[3] = {2.0, 10.0, 0.5};

static double gain_of(const tr_whatif *w, const tr_whatif_row *row)
{
    if (!row->fits)
        return 0.0;
    const double done = isfinite(row->ratio[2]) ? 1.0 / row->ratio[2] : row->most_ratio; /* whole requests */
    const double gain = w->base->clients.request_per_s > 0.0 ? done : row->ratio[4];
    return isfinite(gain) ? gain : 0.0;
}

static void fill(const tr_whatif *w, const tr_predict_row *now, tr_whatif_row *row)
{
    row->fits = now->fits;
    row->limit = now->fits ? now->limit : NULL;
    row->most_ratio = now->max_request_per_s / w->base->max_request_per_s;
    for (size_t i = 0; i < TR_METRIC_COUNT; i++) {
        row->metric[i] = tr_metric_of(now, i);
        row->ratio[i] = row->metric[i].predicted / w->metric[i].predicted;
        row->bound_ratio[i] = row->metric[i].bound / w->metric[i].bound;
    }
}

/* 0 where there is nothing of the kind to change. */
static int try_one(const tr_scenario *scenario, const tr_problem *question, const tr_whatif *w, tr_whatif_row *row)
{
    static const tr_predict_row nothing;
    tr_error why = {.status = TR_OK};
    tr_changed *changed = NULL;
    tr_predict_walk *walk = NULL;
    tr_status s = tr_changed_of(scenario, question, row->change, row->factor, &changed, &why);
    /* What a model of its kind does not have, or not in that number, is no question either. */
    const int model_refuses = row->change->kind == TR_CHANGE_MODEL && s != TR_OK && s != TR_ENOFIT;
    if (s == TR_EMISSING || s == TR_ENOMEM || model_refuses) {
        tr_changed_end(changed);
        return 0;
    }
    if (s == TR_OK)
        s = tr_predict_walk_begin(changed->scenario, &changed->problem, &walk, &why);
    const tr_predict_row *now = s == TR_OK ? tr_predict_walk_at(walk, 0, &why) : NULL;
    fill(w, now != NULL ? now : &nothing, row);
    if (!row->fits) {
        const tr_error *reason = now != NULL ? &now->why : &why;
        row->status = reason->status;
        (void)tr_text_copy(row->reason, sizeof row->reason, reason->text);
    }
    (void)tr_text_copy(row->how, sizeof row->how, changed->how);
    row->input = changed->input;
    tr_predict_walk_end(walk);
    tr_changed_end(changed);
    row->gain = gain_of(w, row);
    return 1;
}

static void add(tr_whatif *w, const tr_whatif_row *row)
{
    size_t at = w->count++;
    for (; at > 0 && w->row[at - 1].gain < row->gain; at--)
        w->row[at] = w->row[at - 1];
    w->row[at] = *row;
}

static void add_all(const tr_scenario *scenario, const tr_problem *question, tr_whatif *w)
{
    for (size_t i = 0; i < tr_change_count(); i++)
        for (size_t k = 0; k < sizeof tr_whatif_factor / sizeof tr_whatif_factor[0] && w->count < TR_WHATIF_MAX; k++) {
            tr_whatif_row row = {
                .asked = w->base->question, .change = tr_change_at(i), .factor = tr_whatif_factor[k]};
            const tr_named_change *named = tr_named_change_of(row.change->input, row.factor);
            row.question = named != NULL ? named->name : NULL;
            if (try_one(scenario, question, w, &row))
                add(w, &row);
        }
}

tr_status tr_whatif_begin(const tr_scenario *scenario, const tr_problem *question, tr_whatif **out, tr_error *err)
{
    tr_whatif *w = calloc(1, sizeof *w);
    if (w == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    tr_status s = tr_predict_walk_begin(scenario, question, &w->walk, err);
    if (s == TR_OK) {
        w->base = tr_predict_walk_at(w->walk, 0, err);
        s = w->base == NULL ? (err != NULL ? err->status : TR_EDOMAIN) : TR_OK;
    }
    if (s == TR_OK && w->base != NULL && !w->base->fits) {
        s = w->base->why.status;
        if (err != NULL)
            *err = w->base->why;
    }
    if (s != TR_OK) {
        tr_whatif_end(w);
        return s;
    }
    for (size_t i = 0; i < TR_METRIC_COUNT; i++)
        w->metric[i] = tr_metric_of(w->base, i);
    add_all(tr_predict_walk_scenario(w->walk), question, w);
    *out = w;
    return TR_OK;
}

void tr_whatif_end(tr_whatif *w)
{
    if (w != NULL)
        tr_predict_walk_end(w->walk);
    free(w);
}
