/* ask/figure_scale_systems.c -- a picture of the systems that serve a model, by price or by time. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ask/figure_parts.h"
#include "ask/scale.h"
#include "base/fail.h"

enum { DRAWN = 12 };

/* Those drawn: the least first, and the one asked for whatever it takes. */
typedef struct chosen {
    const tr_scale_domain *row[DRAWN];
    char name[DRAWN][64];
    tr_quantity value[DRAWN];
    size_t count, own; /* own: its place; count, where it is not among them */
    size_t known;      /* of all */
} chosen;

static double worth(const tr_quantity *q) { return isnan(q->predicted) ? q->bound : q->predicted; }

static tr_quantity value_of(const tr_scale_domain *row, int money)
{
    return money ? row->usd_per_mtoken : row->token_s;
}

static int is_known(const tr_quantity *q) { return worth(q) > 0.0 && isfinite(worth(q)); }

static void insert(const tr_scale_domain *row, int money, chosen *out)
{
    const tr_quantity value = value_of(row, money);
    size_t at = out->count < DRAWN ? out->count++ : DRAWN - 1;
    for (; at > 0 && worth(&value) < worth(&out->value[at - 1]); at--) {
        out->row[at] = out->row[at - 1];
        out->value[at] = out->value[at - 1];
    }
    out->row[at] = row;
    out->value[at] = value;
}

static void choose(const tr_scale_domain *domain, size_t count, int money, chosen *out)
{
    const tr_scale_domain *own = NULL;
    tr_words words = {.next = 0};
    for (size_t i = 0; i < count; i++) {
        const tr_quantity value = value_of(&domain[i], money);
        if (!domain[i].serves || !is_known(&value))
            continue;
        own = domain[i].own ? &domain[i] : own;
        out->known++;
        if (out->count < DRAWN || worth(&value) < worth(&out->value[DRAWN - 1]))
            insert(&domain[i], money, out);
    }
    for (out->own = 0; out->own < out->count && !out->row[out->own]->own;)
        out->own++;
    if (own != NULL && out->own == out->count) {
        out->own = out->count - 1;
        out->row[out->own] = own;
        out->value[out->own] = value_of(own, money);
    }
    for (size_t i = 0; i < out->count; i++)
        (void)snprintf(out->name[i], sizeof out->name[0], "%s%.28s (%s)", out->row[i]->own ? "* " : "",
                       out->row[i]->name,
                       tr_words_short(&words, out->row[i]->train.train.batch_seq, TR_UNIT_SEQ));
}

static const tr_quantity *chosen_at(const void *context, size_t index, const char **name)
{
    const chosen *c = context;
    *name = c->name[index];
    return &c->value[index];
}

static void write_title(const chosen *c, int money, char *title, size_t size)
{
    tr_words words = {.next = 0};
    const tr_unit unit = money ? TR_UNIT_USD : TR_UNIT_SECOND;
    const char *best = tr_words_short(&words, worth(&c->value[0]), unit);
    const char *what = money ? "A million tokens" : "A token";
    if (c->own == 0 || c->own == c->count)
        (void)snprintf(title, size, "%s: %s on %.40s, the least of %zu domains", what, best, c->row[0]->name,
                       c->known);
    else
        (void)snprintf(title, size, "%s: %s on %.40s, %s on %.40s", what,
                       tr_words_short(&words, worth(&c->value[c->own]), unit), c->row[c->own]->name, best,
                       c->row[0]->name);
}

static tr_status draw(const tr_scale_terms *terms, const tr_scale_domain *domain, size_t count,
                      const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    size_t priced = 0;
    int own_priced = 0;
    chosen *c = calloc(1, sizeof *c);
    tr_spans *spans = calloc(1, sizeof *spans);
    tr_series series[TR_SPANS_SERIES];
    char title[200], subtitle[384];
    tr_words words = {.next = 0};
    for (size_t i = 0; i < count; i++) {
        const int is = domain[i].serves && is_known(&domain[i].usd_per_mtoken);
        priced += (size_t)is;
        own_priced = own_priced || (is && domain[i].own);
    }
    const int money = own_priced && priced > 1;
    if (c != NULL)
        choose(domain, count, money, c);
    tr_status s = c == NULL || spans == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                  : c->count == 0
                      ? tr_fail(err, TR_ENOFIT, "system", 0.0, "nothing to draw: no domain serves the model")
                      : TR_OK;
    if (s == TR_OK) {
        tr_spans_of(spans, chosen_at, c, c->count, money ? TR_UNIT_USD : TR_UNIT_SECOND, target->terminal);
        tr_spans_series(spans, series);
        write_title(c, money, title, sizeof title);
        (void)snprintf(
            subtitle, sizeof subtitle,
            "%.60s on one scale-up domain of each system \xC2\xB7 %s tokens of context \xC2\xB7 %s",
            terms->question->model->name, tr_words_of(&words, terms->context_token, TR_UNIT_CONTEXT),
            terms->batch_asked ? "as many users as asked, or as fit" : "as many users as fill it");
        const tr_figure figure = {
            .title = title,
            .subtitle = subtitle,
            .caption = "Each in its best layout; further left is better. A bar is the 90 % interval, * the "
                       "system asked. "
                       "In brackets: users, who fill a domain by its balance or its memory.",
            .source = money ? "At most 12, at their own prices K1. Users K29, bound R1, fitted F3."
                            : "At most 12. Users K29, bound R1, fitted F3.",
            .x = {.label = money ? "dollars for a million tokens" : "time of a token",
                  .unit = money ? TR_UNIT_USD : TR_UNIT_SECOND,
                  .scale = TR_SCALE_LOG,
                  .min = spans->least / 1.2,
                  .max = spans->most * 1.2},
            .y = {.unit = TR_UNIT_NONE, .min = 0.4, .max = (double)spans->count + 0.6},
            .series = series,
            .series_count = TR_SPANS_SERIES,
            .row_names = spans->name,
            .row_count = spans->count,
        };
        s = tr_figure_draw(&figure, target, sink, err);
    }
    free(c);
    free(spans);
    return s;
}

tr_status tr_figure_systems(const tr_scenario *scenario, const tr_scale_terms *terms,
                            const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    tr_scale_domain *domain = NULL;
    size_t count = 0;
    tr_status s = tr_scale_domains(terms, &domain, &count, err);
    for (size_t i = 0; s == TR_OK && i < count; i++)
        s = tr_scale_domain_serve(scenario, &domain[i], err);
    if (s == TR_OK)
        s = draw(terms, domain, count, target, sink, err);
    free(domain);
    return s;
}
