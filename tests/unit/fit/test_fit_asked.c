/* test_fit_asked.c -- published runs asked as a person would, through the inputs of `predict`: how many lie in the
 * interval that is printed, by input length over output length. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/problem.h>

#include "fit/measured.h"

static const char *const files[] = {"e2e_silicon.csv", "e2e_inferencex_dsr1_allhw.csv"};
static const struct {
    const char *name;
    double most_ratio;
} buckets[] = {{"isl/osl to 2", 2.0}, {"2 to 5", 5.0}, {"5 to 10", 10.0}, {"above 10", 1e9}};
enum { BUCKETS = sizeof buckets / sizeof buckets[0], METRICS = 2 };
static const tr_metric metrics[METRICS] = {TR_METRIC_TPOT, TR_METRIC_TTFT};
static const char *const metric_names[METRICS] = {"TPOT", "TTFT"};

typedef struct tally {
    tr_scenario *scenario;
    size_t rows[METRICS][BUCKETS], inside[METRICS][BUCKETS];
    size_t unasked;
} tally;

static void set(tr_scenario *scenario, tr_input_id id, double value)
{
    tr_error err;
    if (tr_scenario_set_number(scenario, tr_input_at(id)->key, value, &err) != TR_OK)
        fail_msg("%s", err.text);
}

/* A run's own layout, formats, engine, token budget, lengths and clients, who start together as benchmarks have them
 * do. */
static void ask(const tr_measured *row, tr_scenario *scenario)
{
    const tr_serving *s = &row->serving;
    tr_error err;
    char engine[64], protocol[32];
    set(scenario, TR_IN_TP, s->tp);
    set(scenario, TR_IN_PP, s->pp);
    set(scenario, TR_IN_DP, s->dp);
    set(scenario, TR_IN_EP, s->ep);
    set(scenario, TR_IN_ISL, s->input_token);
    set(scenario, TR_IN_OSL, s->output_token);
    set(scenario, TR_IN_CONCURRENCY, s->concurrency_seq);
    set(scenario, TR_IN_CHUNK, s->chunk_token);
    (void)snprintf(engine, sizeof engine, "%s%s%s", row->known_engine->name, row->known_engine->version[0] ? "@" : "",
                   row->known_engine->version);
    assert_int_equal(tr_input_set(scenario, TR_IN_ENGINE, engine, &err), TR_OK);
    (void)snprintf(protocol, sizeof protocol, s->start_together ? "burst:%.0f" : "steady", s->request_per_client);
    assert_int_equal(tr_input_set(scenario, TR_IN_PROTOCOL, protocol, &err), TR_OK);
    const int spread = s->spread_ratio > 0 && s->spread_ratio < 1;
    assert_int_equal(tr_input_set(scenario, TR_IN_LENGTHS, spread ? "spread" : "fixed", &err), TR_OK);
    const char *weights = tr_weight_format_name(row->dtypes.weight);
    assert_int_equal(tr_input_set(scenario, TR_IN_WEIGHT_DTYPE, weights, &err), TR_OK);
    assert_int_equal(tr_input_set(scenario, TR_IN_KV_DTYPE, tr_dtype_name(row->dtypes.kv), &err), TR_OK);
}

static int is_asked(const tr_measured *row)
{
    const tr_serving *s = &row->serving;
    return (row->metric == TR_METRIC_TPOT || row->metric == TR_METRIC_TTFT) && row->clean && row->model != NULL &&
           row->known_engine != NULL && s->concurrency_seq >= 1 && !(s->prefill_worker > 0) && !(s->draft_token > 0) &&
           !row->is_median;
}

static tr_status judge(void *context, const tr_measured *row, tr_error *err)
{
    tally *t = context;
    static tr_problem problem;
    static tr_deployment deployment;
    tr_clients clients;
    tr_service service;
    (void)err;
    if (!is_asked(row))
        return TR_OK;
    ask(row, t->scenario);
    if (tr_problem_of(t->scenario, row->model, row->system, &problem, NULL) != TR_OK ||
        tr_clients_of(t->scenario, &problem, &clients, NULL) != TR_OK ||
        tr_deployment_of(t->scenario, &problem, &clients, &deployment, NULL) != TR_OK ||
        tr_deployment_serve(&deployment, &clients, &service, NULL) != TR_OK) {
        t->unasked++;
        return TR_OK;
    }
    const int m = row->metric == metrics[0] ? 0 : 1;
    const tr_quantity *q = m == 0 ? &service.tpot_s : &service.ttft_s;
    size_t b = 0;
    while (clients.prompt_token / clients.output_token > buckets[b].most_ratio * (1 + 1e-9))
        b++;
    t->rows[m][b]++;
    t->inside[m][b] += row->measured_s >= q->low && row->measured_s <= q->high;
    return TR_OK;
}

static tr_status skipped(void *context, int line, const char *reason, tr_error *err)
{
    (void)context, (void)line, (void)reason, (void)err;
    return TR_OK;
}

static void printed_intervals_hold_published_runs(void **state)
{
    (void)state;
    const char *shared = getenv("TOKENROOF_SHARED"), *root = getenv("TOKENROOF_ROOT");
    tally t = {.scenario = tr_scenario_create()};
    const tr_measured_sink sink = {judge, skipped, &t};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[1024];
        const char *form = NULL;
        size_t count = 0;
        tr_error err;
        if (shared != NULL && shared[0] != '\0')
            (void)snprintf(path, sizeof path, "%s/truth/%s", shared, files[i]);
        else
            (void)snprintf(path, sizeof path, "%s/../shared/truth/%s", root != NULL ? root : ".", files[i]);
        const tr_status s = tr_measured_read(path, &sink, &count, &form, &err);
        if (s == TR_EIO) {
            print_message("    %s is absent: skipped\n", files[i]);
            tr_scenario_destroy(t.scenario);
            skip();
        }
        assert_int_equal(s, TR_OK);
    }
    tr_scenario_destroy(t.scenario);
    size_t rows = 0;
    for (int m = 0; m < METRICS; m++)
        for (size_t b = 0; b < BUCKETS; b++) {
            rows += t.rows[m][b];
            print_message("    %s, %s: %zu of %zu in the interval\n", metric_names[m], buckets[b].name, t.inside[m][b],
                          t.rows[m][b]);
        }
    print_message("    %zu rows have no answer\n", t.unasked);
    assert_true(rows > 1500);
    for (int m = 0; m < METRICS; m++)
        for (size_t b = 0; b < BUCKETS; b++)
            assert_true(t.inside[m][b] * 10 >= t.rows[m][b] * 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(printed_intervals_hold_published_runs)};
    return cmocka_run_group_tests_name("fit asked", tests, NULL, NULL);
}
