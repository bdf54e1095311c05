/* ask/predict_sweep.c -- follows the deployment of `predict` along its load, and finds where it fills up. */
#include "ask/predict_sweep.h"

#include <math.h>
#include <stdlib.h>

#include "ask/quantity_ratio.h"
#include "base/fail.h"

#define LOAD_MAX 1e6

static tr_clients clients_at(const tr_sweep *w, double load)
{
    tr_clients c = w->row.clients;
    *(w->load == TR_SWEEP_RATE ? &c.request_per_s : &c.concurrency_seq) = load;
    return c;
}

int tr_sweep_serve(const tr_sweep *w, double load, tr_service *out)
{
    const tr_clients c = clients_at(w, load);
    return tr_deployment_serve(w->row.deployment, &c, out, NULL) == TR_OK;
}

int tr_sweep_holds(const tr_sweep *w, double load)
{
    const tr_clients c = clients_at(w, load);
    tr_service service;
    return w->slo.count > 0 && tr_sweep_serve(w, load, &service) && !(service.saturated && w->load == TR_SWEEP_RATE) &&
           tr_slo_holds(&w->slo, &service, &c);
}

tr_quantity tr_sweep_value(const tr_sweep *w, const tr_service *o, tr_sweep_metric metric, double load)
{
    const tr_quantity none = TR_NO_QUANTITY;
    const tr_clients c = clients_at(w, load);
    tr_service_cost cost;
    if (w->load == TR_SWEEP_RATE && (o->saturated || load > w->row.max_request_per_s * (1.0 + 1e-9)))
        return none;
    if ((metric == TR_SWEEP_TPOT || metric == TR_SWEEP_SPEED) && !tr_predict_has_tpot(&w->row))
        return none;
    switch (metric) {
    case TR_SWEEP_TTFT: return o->ttft_s;
    case TR_SWEEP_TPOT: return o->tpot_s;
    case TR_SWEEP_SPEED:
        return (tr_quantity){1.0 / o->tpot_s.predicted, 1.0 / o->tpot_s.high, 1.0 / o->tpot_s.low,
                             1.0 / o->tpot_s.bound};
    case TR_SWEEP_COST: tr_service_cost_of(o, &c, w->usd_per_s, &cost); return cost.output_usd_per_mtoken;
    }
    return none;
}

tr_quantity tr_sweep_at(const tr_sweep *w, tr_sweep_metric metric, double load)
{
    tr_service service;
    if (tr_sweep_serve(w, load, &service))
        return tr_sweep_value(w, &service, metric, load);
    return TR_NO_QUANTITY;
}

void tr_sweep_line_of(const tr_sweep *w, tr_sweep_metric metric, tr_sweep_line *out)
{
    for (size_t i = 0; i < w->n; i++) {
        const tr_quantity q = tr_sweep_at(w, metric, w->at[i]);
        out->predicted[i] = q.predicted;
        out->low[i] = q.low;
        out->high[i] = q.high;
        out->bound[i] = q.bound;
    }
}

void tr_sweep_alone(const tr_sweep *w, double tpot_s[SWEEP_POINTS])
{
    for (size_t i = 0; i < w->n; i++) {
        const tr_clients c = clients_at(w, w->at[i]);
        tpot_s[i] = tr_predict_alone_tpot_s(&w->row, &c);
    }
}

/* ---- where it fills up ------------------------------------------------------------------------------------- */

static int is_full(const tr_sweep *w, double load)
{
    tr_service service;
    return !tr_sweep_serve(w, load, &service) || service.saturated;
}

static int misses(const tr_sweep *w, double load) { return !tr_sweep_holds(w, load); }

/* The largest load before `past` says so, between one where it does not and one where it does. */
static double last_before(const tr_sweep *w, int (*past)(const tr_sweep *, double), double low, double high)
{
    for (int i = 0; i < 50 && high > low * (1.0 + 1e-6); i++) {
        const double middle = sqrt(low * high);
        if (past(w, middle))
            high = middle;
        else
            low = middle;
    }
    return w->load == TR_SWEEP_RATE ? low : floor(low + 1e-3);
}

static void find_marks(tr_sweep *w)
{
    const int rate = w->load == TR_SWEEP_RATE;
    const double from = rate ? w->row.max_request_per_s / 100.0 : 1.0;
    double least = from, asked = 0.0;
    tr_service one;
    for (size_t i = 0; i < w->asked_count; i++) {
        least = w->asked[i] < least ? w->asked[i] : least;
        asked = w->asked[i] > asked ? w->asked[i] : asked;
    }
    w->full = rate ? w->row.max_request_per_s
              : !is_full(w, LOAD_MAX) ? HUGE_VAL
              : is_full(w, 1.0)       ? 1.0
                                      : last_before(w, is_full, 1.0, LOAD_MAX);
    /* Where a busy system's throughput would leave no one waiting: most requests a second x the time of one alone. */
    w->knee = (double)NAN;
    if (w->load == TR_SWEEP_CLIENTS && tr_sweep_serve(w, 1.0, &one))
        w->knee = one.e2e_s.predicted * w->row.max_request_per_s;
    w->end = w->full < HUGE_VAL ? 1.3 * w->full : w->knee > asked ? 8.0 * w->knee : 8.0 * asked;
    if (w->end < 8.0 * from)
        w->end = 8.0 * from;
    if (w->end < 1.25 * asked)
        w->end = 1.25 * asked;
    w->at[0] = least;
    w->held = (double)NAN;
    if (w->slo.count > 0)
        w->held = !tr_sweep_holds(w, w->at[0]) ? 0.0
                  : tr_sweep_holds(w, w->end)  ? w->end
                                               : last_before(w, misses, w->at[0], w->end);
}

static void fill_grid(tr_sweep *w)
{
    double ratio = w->end / w->at[0];
    /* The 64th root by six square roots, then a few of the asked loads in their places. */
    for (int i = 0; i < 6; i++)
        ratio = sqrt(ratio);
    for (size_t i = 1; i < 65; i++)
        w->at[i] = i == 64 ? w->end : w->at[i - 1] * ratio;
    w->n = 65;
    const double more[3] = {w->asked[0], w->full, w->knee};
    for (size_t k = 0; k < 3; k++) {
        size_t i = w->n;
        if (!(more[k] > w->at[0] && more[k] < w->end))
            continue;
        for (; w->at[i - 1] > more[k]; i--)
            w->at[i] = w->at[i - 1];
        w->at[i] = more[k];
        w->n++;
    }
}

/* ---- begin and end ------------------------------------------------------------------------------------------ */

/* The loads of the first combination of everything else: rows run through them fastest. */
static void find_asked(tr_sweep *w)
{
    const tr_input_id id = w->load == TR_SWEEP_RATE    ? TR_IN_RATE
                           : w->load == TR_SWEEP_USERS ? TR_IN_USERS
                                                       : TR_IN_CONCURRENCY;
    size_t count = 0;
    const double *value = tr_input_list(tr_predict_walk_scenario(w->walk), id, &count);
    w->asked_count = count < SWEEP_ASKED ? count : SWEEP_ASKED;
    for (size_t i = 0; i < w->asked_count; i++)
        w->asked[i] = value[i];
}

static tr_status begin(const tr_scenario *scenario, const tr_problem *question, tr_sweep *w, tr_error *err)
{
    const tr_status s = tr_predict_walk_begin(scenario, question, &w->walk, err);
    const tr_predict_row *first = s == TR_OK ? tr_predict_walk_at(w->walk, 0, err) : NULL;
    if (first == NULL)
        return s != TR_OK ? s : err != NULL ? err->status : TR_EDOMAIN;
    if (!first->fits) {
        if (err != NULL)
            *err = first->why;
        return first->why.status;
    }
    const tr_roofline *roof = &first->question->roof;
    w->row = *first;
    w->load = first->clients.request_per_s > 0.0 ? TR_SWEEP_RATE
              : isfinite(first->users)           ? TR_SWEEP_USERS
                                                 : TR_SWEEP_CLIENTS;
    w->usd_per_s = roof->usd_per_s > 0.0 ? roof->usd_per_s : roof->chip_count;
    return tr_slo_parse(tr_input_text(scenario, TR_IN_SLO), &w->slo, err);
}

tr_status tr_sweep_begin(const tr_scenario *scenario, const tr_problem *question, tr_sweep **out, tr_error *err)
{
    tr_sweep *w = calloc(1, sizeof *w);
    *out = NULL;
    if (w == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    const tr_status s = begin(scenario, question, w, err);
    if (s != TR_OK) {
        tr_sweep_end(w);
        return s;
    }
    find_asked(w);
    find_marks(w);
    fill_grid(w);
    *out = w;
    return TR_OK;
}

void tr_sweep_end(tr_sweep *sweep)
{
    if (sweep == NULL)
        return;
    tr_predict_walk_end(sweep->walk);
    free(sweep);
}
