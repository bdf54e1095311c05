/* ask/predict_walk.c -- every combination of a scenario's lists as a row of `predict`, resolved as little as may be. */
#include "ask/predict_row.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "base/fail.h"

enum { ROW_MAX = 10000000 };

/* What clients are asked without resolving anything again; the last runs fastest. */
static const tr_input_id inner_id[] = {TR_IN_CHUNK, TR_IN_MAX_SEQS, TR_IN_PREFIX_HIT, TR_IN_ISL, TR_IN_OSL, TR_IN_THINK,
                                       TR_IN_USERS, TR_IN_RATE, TR_IN_CONCURRENCY};
enum { INNER_COUNT = sizeof inner_id / sizeof inner_id[0], OUTER_MAX = 16 };

typedef struct axis {
    tr_input_id id;
    const double *value;
    size_t count;
} axis;

struct tr_predict_walk {
    const tr_problem *question;
    const tr_model *model;
    tr_scenario *scenario;       /* with its defaults in place */
    tr_scenario *one;            /* the same, with one value of each outer input */
    axis inner[INNER_COUNT], outer[OUTER_MAX];
    size_t outer_count, inner_rows, outer_rows;
    size_t outer_at;             /* which is resolved */
    tr_status outer_status;
    tr_error outer_why;
    tr_system system;
    tr_problem problem;
    tr_deployment deployment;
    tr_clients base;
    tr_slo slo;
    tr_clients most_of;          /* what most_rate is of */
    double most_rate;
    tr_predict_row row;
};

/* ---- one row ---------------------------------------------------------------------------------------------- */

static const char *limit_of(const tr_service *o)
{
    static const char *const name[TR_TIME_COUNT] = {"compute", "weights",  "kv",     "comm",
                                                    "fixed",   "host", "crossing", "prefill"};
    int most = 0;
    for (int i = 1; i < TR_TIME_COUNT; i++)
        if (tr_time_share(o, (tr_time_part)i) > tr_time_share(o, (tr_time_part)most))
            most = i;
    return name[most];
}

/* Rows that differ in their load alone have the same. */
static int same_most(const tr_clients *a, const tr_clients *b)
{
    return a->prompt_token == b->prompt_token && a->output_token == b->output_token &&
           a->cached_token == b->cached_token && a->chunk_token == b->chunk_token && a->max_seq == b->max_seq;
}

static const tr_quantity no_time = {(double)NAN, (double)NAN, (double)NAN, (double)NAN};

static tr_status serve(tr_predict_walk *w, const tr_clients *c, tr_predict_row *row, tr_error *err)
{
    tr_status s = tr_deployment_serve(&w->deployment, c, &row->service, err);
    if (s == TR_OK && !same_most(c, &w->most_of)) {
        s = tr_deployment_most(&w->deployment, c, &w->most_rate, err);
        w->most_of = *c;
    }
    if (s != TR_OK)
        return s;
    const tr_service *o = &row->service;
    row->max_request_per_s = fmax(w->most_rate, o->request_per_s);
    row->limit = limit_of(o);
    row->endless = o->saturated && c->request_per_s > 0.0;
    row->per_user = (tr_quantity){1.0 / o->tpot_s.predicted, 1.0 / o->tpot_s.high, 1.0 / o->tpot_s.low,
                                  1.0 / o->tpot_s.bound};
    tr_service_cost_of(o, c, row->question->roof.usd_per_s, &row->cost);
    row->has_power = tr_problem_energy(row->question, o->compute_share, o->memory_share, &row->power, &row->energy,
                                       NULL) == TR_OK;
    row->promised = w->slo.count > 0;
    row->holds = tr_slo_holds(&w->slo, o, c);
    /* Little: those who wait for a place are counted, as clients without thought are. */
    row->in_system_seq = row->endless ? o->flight_seq
                                      : o->request_per_s * (o->e2e_s.predicted + o->tpot_s.predicted);
    if (!tr_predict_has_tpot(row))
        row->service.tpot_s = row->service.itl_s = row->per_user = no_time;
    return TR_OK;
}

/* ---- resolving ----------------------------------------------------------------------------------------------- */

static double most_of(const axis *a, double otherwise)
{
    double most = otherwise;
    for (size_t i = 0; i < a->count; i++)
        most = a->value[i] > most ? a->value[i] : most;
    return most;
}

static void set_inner(tr_clients *c, tr_input_id id, double value)
{
    switch (id) {
    case TR_IN_CHUNK: c->chunk_token = value; break;
    case TR_IN_MAX_SEQS: c->max_seq = value; break;
    case TR_IN_ISL: c->prompt_token = value; break;
    case TR_IN_OSL: c->output_token = value; break;
    case TR_IN_THINK: c->think_s = value; break;
    case TR_IN_RATE: c->request_per_s = value; break;
    default: c->concurrency_seq = value; break;
    }
}

/* The layout is the best for the most that is asked of it. */
static tr_clients heaviest(const tr_predict_walk *w)
{
    tr_clients c = w->base;
    for (size_t i = 0; i < INNER_COUNT; i++) {
        const axis *a = &w->inner[i];
        if (a->count > 1 && (a->id == TR_IN_ISL || a->id == TR_IN_OSL || a->id == TR_IN_RATE || a->id == TR_IN_USERS ||
                             a->id == TR_IN_CONCURRENCY))
            set_inner(&c, a->id, most_of(a, 0.0));
    }
    return c;
}

static tr_status resolve(tr_predict_walk *w, size_t index, tr_error *err)
{
    const tr_problem *problem = w->question;
    size_t left = index;
    tr_status s = TR_OK;
    for (size_t i = w->outer_count; s == TR_OK && i-- > 0;) {
        const axis *a = &w->outer[i];
        s = tr_scenario_set_number(w->one, tr_input_at(a->id)->key, a->value[left % a->count], err);
        left /= a->count;
    }
    if (s == TR_OK && w->outer_count > 0) {
        w->system = *w->question->system;
        s = tr_problem_system(w->one, &w->system, err);
        if (s == TR_OK)
            s = tr_problem_of(w->one, w->model, &w->system, &w->problem, err);
        problem = &w->problem;
    }
    if (s == TR_OK)
        s = tr_clients_of(w->one, problem, &w->base, err);
    if (s != TR_OK)
        return s;
    const tr_clients most = heaviest(w);
    w->most_of.prompt_token = 0.0;
    s = tr_deployment_of(w->one, problem, &most, &w->deployment, err);
    /* Where not even the weights fit, how many chips would hold them is the better word. */
    return s == TR_ENOFIT && tr_check_weights_fit(problem, err) != TR_OK ? TR_ENOFIT : s;
}

static tr_status see_to(tr_predict_walk *w, size_t outer)
{
    if (outer != w->outer_at) {
        w->outer_status = resolve(w, outer, &w->outer_why);
        if (w->outer_status != TR_OK)
            w->deployment.problem = NULL;
        w->outer_at = outer;
    }
    return w->outer_status;
}

const void *tr_predict_walk_at(void *walk, size_t index, tr_error *err)
{
    tr_predict_walk *w = walk;
    tr_predict_row *row = &w->row;
    size_t left = index % w->inner_rows;
    tr_status s = see_to(w, index / w->inner_rows);
    memset(row, 0, sizeof *row);
    row->deployment = &w->deployment;
    row->question = w->deployment.problem != NULL ? w->deployment.problem : w->question;
    row->clients = w->base;
    row->prefix_hit_share = tr_input_number(w->one, TR_IN_PREFIX_HIT);
    row->accept_share = row->question->accept_share;
    for (size_t i = INNER_COUNT; i-- > 0;) {
        const axis *a = &w->inner[i];
        if (a->count < 2)
            continue;
        const double value = a->value[left % a->count];
        left /= a->count;
        if (a->id == TR_IN_PREFIX_HIT)
            row->prefix_hit_share = value;
        else
            set_inner(&row->clients, a->id, value);
    }
    row->clients.cached_token = floor(row->clients.prompt_token * row->prefix_hit_share);
    row->users = tr_input_is_set(w->one, TR_IN_USERS) ? row->clients.concurrency_seq : (double)NAN;
    row->why = w->outer_why;
    if (s == TR_OK)
        s = serve(w, &row->clients, row, &row->why);
    row->fits = s == TR_OK;
    row->drafts = tr_no_drafts();
    if (row->fits)
        tr_predict_drafts(row);
    if (s != TR_OK && s != TR_ENOFIT && w->outer_rows * w->inner_rows == 1) {
        if (err != NULL)
            *err = row->why;
        return NULL;
    }
    return row;
}

/* ---- begin and end ---------------------------------------------------------------------------------------------- */

static int is_inner(tr_input_id id)
{
    for (size_t i = 0; i < INNER_COUNT; i++)
        if (inner_id[i] == id)
            return 1;
    return 0;
}

static tr_status find_axes(tr_predict_walk *w, tr_error *err)
{
    double rows = 1.0;
    w->inner_rows = w->outer_rows = 1;
    for (size_t i = 0; i < INNER_COUNT; i++) {
        axis *a = &w->inner[i];
        a->id = inner_id[i];
        a->value = tr_input_list(w->scenario, a->id, &a->count);
        rows *= a->count > 1 ? (double)a->count : 1.0;
        w->inner_rows *= a->count > 1 ? a->count : 1;
    }
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        axis a = {.id = (tr_input_id)i};
        a.value = tr_input_list(w->scenario, a.id, &a.count);
        if (a.count < 2 || !tr_input_is_set(w->scenario, a.id) || is_inner(a.id))
            continue;
        if (w->outer_count == OUTER_MAX)
            return tr_fail(err, TR_ECAPACITY, tr_input_at(i)->key, OUTER_MAX, "lists in more than %d inputs",
                           OUTER_MAX);
        w->outer[w->outer_count++] = a;
        rows *= (double)a.count;
        w->outer_rows *= a.count;
        if (rows > ROW_MAX)
            break;
    }
    if (rows > ROW_MAX)
        return tr_fail(err, TR_ECAPACITY, "rows", rows, "the lists make more than ten million rows");
    return TR_OK;
}

/* What is asked without being typed is said in the answer. */
static tr_status put_defaults(tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id always[] = {TR_IN_ISL, TR_IN_OSL};
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof always / sizeof always[0]; i++)
        if (!tr_input_is_set(scenario, always[i]))
            s = tr_input_set(scenario, always[i], tr_input_at(always[i])->fallback, err);
    const int other = tr_input_is_set(scenario, TR_IN_RATE) || tr_input_is_set(scenario, TR_IN_USERS);
    if (s == TR_OK && !other && !tr_input_is_set(scenario, TR_IN_CONCURRENCY))
        s = tr_input_set(scenario, TR_IN_CONCURRENCY, tr_input_at(TR_IN_CONCURRENCY)->fallback, err);
    if (s == TR_OK && tr_input_is_set(scenario, TR_IN_USERS) && !tr_input_is_set(scenario, TR_IN_THINK))
        s = tr_input_set(scenario, TR_IN_THINK, tr_input_at(TR_IN_THINK)->fallback, err);
    return s;
}

tr_status tr_predict_walk_begin(const tr_scenario *scenario, const tr_problem *question, tr_predict_walk **out,
                                tr_error *err)
{
    tr_predict_walk *w = calloc(1, sizeof *w);
    tr_status s = TR_OK;
    if (w != NULL) {
        w->scenario = tr_scenario_create();
        w->one = tr_scenario_create();
    }
    if (w == NULL || w->scenario == NULL || w->one == NULL || tr_scenario_copy(w->scenario, scenario) != TR_OK)
        s = tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    if (s == TR_OK) {
        w->question = question;
        w->model = question->model;
        w->outer_at = (size_t)-1;
        s = put_defaults(w->scenario, err);
    }
    if (s == TR_OK && tr_scenario_copy(w->one, w->scenario) != TR_OK)
        s = tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    if (s == TR_OK)
        s = tr_slo_parse(tr_input_text(scenario, TR_IN_SLO), &w->slo, err);
    if (s == TR_OK)
        s = find_axes(w, err);
    if (s == TR_OK && w->outer_rows == 1) {
        s = see_to(w, 0);
        if (s != TR_OK && err != NULL)
            *err = w->outer_why;
    }
    if (s != TR_OK) {
        tr_predict_walk_end(w);
        return s;
    }
    *out = w;
    return TR_OK;
}

void tr_predict_walk_end(tr_predict_walk *w)
{
    if (w == NULL)
        return;
    tr_scenario_destroy(w->scenario);
    tr_scenario_destroy(w->one);
    free(w);
}

size_t tr_predict_walk_count(const tr_predict_walk *w) { return w->inner_rows * w->outer_rows; }
const tr_scenario *tr_predict_walk_scenario(const tr_predict_walk *w) { return w->scenario; }
