/* ask/scale_double.c -- the domain, its bandwidth, memory, links or FLOP/s doubled: what each gives one
 * model. */
#include "ask/scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"
#include "ask/whatif.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "base/text.h"

#define SIGN_SHARE 0.005 /* less is no change */

static const char *const doubled[] = {"domain", "bandwidth", "memory", "link", "network", "flops"};

/* ---- one case --------------------------------------------------------------------------------------- */

/* As many as wanted, or as fit, in the layout that gives the most tokens a second with them. */
static tr_status settle(tr_problem *p, double wanted_seq, double context_token, double *batch_seq,
                        tr_error *err)
{
    enum { LAYOUTS = 512 };
    tr_problem best = *p, at = *p;
    tr_layout *all = malloc(LAYOUTS * sizeof *all);
    size_t count = 0;
    double most = -1.0;
    if (all == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    if (p->layout_given || p->blackboard)
        all[count++] = p->layout;
    else
        (void)tr_layout_list(p->model, p->system, p->engine, all, LAYOUTS, &count, NULL);
    for (size_t i = 0; i < count && i < LAYOUTS; i++) {
        tr_step step;
        all[i].overlap = p->layout.overlap;
        if (tr_question_in(p, p->system, &all[i], &at, NULL) != TR_OK)
            continue;
        const double seq = smaller(wanted_seq, tr_shard_max_batch_seq(&at.shard, context_token));
        const tr_load load = {TR_PHASE_DECODE, floor(seq), context_token, 1.0};
        const tr_physics physics = p->blackboard ? TR_PHYSICS_BOUND : TR_PHYSICS_FITTED;
        if (seq >= 1.0 && tr_problem_step(&at, physics, &load, &step, NULL) == TR_OK &&
            step.token_per_s > most) {
            best = at;
            most = step.token_per_s;
            *batch_seq = floor(seq);
        }
    }
    free(all);
    if (!(most > 0.0))
        *batch_seq = 0.0; /* the problem's own layout, which comes closest, says what lacks */
    *p = best;
    return TR_OK;
}

static void time_it(const tr_problem *p, double context_token, double held_seq, tr_scale_double *row)
{
    const tr_load load = {TR_PHASE_DECODE, row->batch_seq, context_token, 1.0};
    tr_error why = {.status = TR_OK};
    row->usd_per_hour = p->roof.usd_per_s > 0.0 ? p->system->usd_per_hour : (double)NAN;
    (void)tr_layout_format(&p->layout, row->layout_text, sizeof row->layout_text);
    row->max_batch_seq = tr_shard_max_batch_seq(&p->shard, context_token);
    row->max_context_token =
        tr_shard_max_context_token(&p->shard, larger(held_seq > 0.0 ? held_seq : row->batch_seq, 1.0));
    row->predicted.step_s = row->predicted.low_s = row->predicted.high_s = (double)NAN;
    row->fits =
        row->batch_seq >= 1.0 && tr_problem_step(p, TR_PHYSICS_BOUND, &load, &row->bound, &why) == TR_OK;
    if (!row->fits) {
        (void)tr_check_fits(p, 1.0, context_token, &why);
        (void)tr_text_copy(row->reason, sizeof row->reason, why.text);
        return;
    }
    if (!p->blackboard)
        (void)tr_problem_step(p, TR_PHYSICS_FITTED, &load, &row->predicted, NULL);
    row->token_s =
        (tr_quantity){row->predicted.step_s, row->predicted.low_s, row->predicted.high_s, row->bound.step_s};
    row->token_per_s = tr_quantity_under(row->batch_seq, &row->token_s);
    if (p->roof.usd_per_s > 0.0)
        row->usd_per_mtoken = tr_quantity_times(&row->token_s, p->roof.usd_per_s / row->batch_seq * 1e6);
}

/* ---- what it gives, and why the two physics differ -------------------------------------------------------
 */

static int sign(double ratio) { return ratio > 1.0 + SIGN_SHARE ? 1 : ratio < 1.0 - SIGN_SHARE ? -1 : 0; }

static double elsewhere_share(const tr_step *s) { return (s->comm_s + s->fixed_s) / s->step_s; }

static void explain(const tr_scale_double *base, const char *input, tr_scale_double *row)
{
    static const char *const work[] = {"multiplies decide", "reading weights decides",
                                       "reading caches decides", "links decide", "fixed times decide"};
    char a[32], b[32];
    const tr_step *was = &base->predicted, *is = &row->predicted;
    const int links = strcmp(input, "link") == 0 || strcmp(input, "network") == 0;
    (void)tr_quantity_format(elsewhere_share(was), TR_UNIT_RATIO, a, sizeof a);
    (void)tr_quantity_format(elsewhere_share(is), TR_UNIT_RATIO, b, sizeof b);
    if (links)
        (void)snprintf(
            row->why, sizeof row->why,
            "the bound counts no links; bytes on links and starts are %s of the predicted step, then %s", a,
            b);
    else if (sign(row->bound_ratio) == 0 && sign(row->ratio) != 0)
        (void)snprintf(row->why, sizeof row->why,
                       "by the bound %s, which this does not change; the prediction adds operator to "
                       "operator, and those "
                       "that wait for what was doubled get shorter",
                       work[base->bound.limit]);
    else
        (void)snprintf(row->why, sizeof row->why,
                       "links and fixed times, which the bound does not count, are %s of the predicted step "
                       "and then %s: "
                       "doubling does not shorten them",
                       a, b);
}

static void compare(const tr_scale_double *base, const char *input, tr_scale_double *row)
{
    row->ratio = row->token_per_s.predicted / base->token_per_s.predicted;
    row->bound_ratio = row->token_per_s.bound / base->token_per_s.bound;
    row->usd_ratio = row->usd_per_mtoken.predicted / base->usd_per_mtoken.predicted;
    row->usd_bound_ratio = row->usd_per_mtoken.bound / base->usd_per_mtoken.bound;
    const int priced = isfinite(row->usd_ratio) && isfinite(row->usd_bound_ratio);
    row->agrees = !isfinite(row->ratio) || (sign(row->ratio) == sign(row->bound_ratio) &&
                                            (!priced || sign(row->usd_ratio) == sign(row->usd_bound_ratio)));
    if (!row->agrees)
        explain(base, input, row);
}

/* ---- all of them
 * -------------------------------------------------------------------------------------------- */

static void clear(const tr_scale_terms *terms, tr_scale_double *row)
{
    row->question = terms->question;
    row->usd_per_hour = (double)NAN;
    row->token_s = row->token_per_s = row->usd_per_mtoken = TR_NO_QUANTITY;
    row->ratio = row->bound_ratio = row->usd_ratio = row->usd_bound_ratio = (double)NAN;
    row->max_batch_seq = row->max_context_token = (double)NAN;
    row->agrees = 1;
}

static const tr_change *change_of(const char *input)
{
    for (size_t i = 0; i < tr_change_count(); i++)
        if (strcmp(tr_change_at(i)->input, input) == 0)
            return tr_change_at(i);
    return NULL;
}

static void double_one(const tr_scenario *scenario, const tr_scale_terms *terms, const tr_scale_double *base,
                       const char *input, tr_scale_double *row)
{
    tr_changed *c = NULL;
    tr_error why = {.status = TR_OK};
    clear(terms, row);
    (void)snprintf(row->name, sizeof row->name, "%s x2", input);
    tr_status s = tr_changed_of(scenario, terms->question, change_of(input), 2.0, &c, &why);
    if (s == TR_OK)
        s = settle(&c->problem, terms->batch_seq, terms->context_token, &row->batch_seq, &why);
    if (s == TR_OK) {
        (void)tr_text_copy(row->how, sizeof row->how, c->how);
        time_it(&c->problem, terms->context_token, base->batch_seq, row);
        compare(base, input, row);
    } else {
        (void)tr_text_copy(row->reason, sizeof row->reason, why.text);
        row->batch_seq = (double)NAN;
    }
    tr_changed_end(c);
}

tr_status tr_scale_doubles_of(const tr_scenario *scenario, const tr_scale_terms *terms,
                              tr_scale_doubles **out, tr_error *err)
{
    const tr_problem *q = terms->question;
    tr_scale_doubles *d = calloc(1, sizeof *d);
    tr_problem p = *q;
    tr_status s = d == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : TR_OK;
    if (s == TR_OK) {
        tr_scale_double *base = &d->row[0];
        clear(terms, base);
        (void)snprintf(base->name, sizeof base->name, "as it is");
        (void)tr_text_copy(base->how, sizeof base->how, q->system->name);
        d->context_token = terms->context_token;
        s = settle(&p, terms->batch_seq, terms->context_token, &base->batch_seq, err);
        if (s == TR_OK)
            time_it(&p, terms->context_token, base->batch_seq, base);
        d->count = 1;
    }
    for (size_t i = 0; s == TR_OK && i < sizeof doubled / sizeof doubled[0]; i++)
        double_one(scenario, terms, &d->row[0], doubled[i], &d->row[d->count++]);
    if (s == TR_OK)
        *out = d;
    else
        free(d);
    return s;
}
