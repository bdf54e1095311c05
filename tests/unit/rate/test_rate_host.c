/* test_rate_host.c -- a pass of which the host beside the chips runs a part: time there, crossings, copies, bounds. */
#include "../csv_rows.h"
#include "fixture.h"

static tr_model model;
static tr_op ops[TR_OP_LIST_MAX];

static const tr_layout one = {1, 1, 1, 1, 1, 0};
static const char *const names[] = {"llama-3.1-70b", "gemma-3-12b", "gpt-oss-120b", "deepseek-v3", "qwen3-30b-a3b"};

enum { MODELS = sizeof names / sizeof names[0] };

static tr_formats left(double layers, double expert_layers)
{
    tr_formats f = {.host_layer_count = layers, .host_expert_layer_count = expert_layers};
    assert_int_equal(tr_weight_format_parse("q4_k_m", &f.weight, NULL), TR_OK);
    return f;
}

static tr_calibration llamacpp(const tr_system *system)
{
    tr_calibration c;
    assert_int_equal(tr_calibration_find(&system->chip, "llamacpp", NULL, &c, NULL), TR_OK);
    return c;
}

static tr_pass pass_of(double decode_seq, double query_token, double context_token)
{
    return (tr_pass){.decode_seq = decode_seq, .decode_context_token = context_token, .token_per_seq = 1.0,
                     .prefill_seq = query_token > 0.0 ? 1.0 : 0.0, .prefill_query_token = query_token,
                     .prefill_context_token = query_token > 0.0 ? context_token : 0.0};
}

/* By bound, ops and fitted. */
static void three(const tr_system *system, const tr_formats *f, const tr_pass *pass, tr_step step[3])
{
    const tr_engine *engine = get_engine("llamacpp");
    const tr_shard shard = shard_with(&model, system, engine, one, f);
    const tr_calibration c = llamacpp(system);
    tr_roofline roof;
    tr_error err;
    memset(step, 0, 3 * sizeof *step);
    if (tr_roofline_of(&model, system, engine, f, &roof, &err) != TR_OK ||
        tr_bound_pass(&roof, pass, &step[0], &err) != TR_OK ||
        tr_pass_step(&shard, &roof, NULL, TR_DISTANCE_NEAR, pass, &step[1], &err) != TR_OK ||
        tr_pass_step(&shard, &roof, &c, TR_DISTANCE_NEAR, pass, &step[2], &err) != TR_OK)
        fail_msg("%s: %s", model.name, err.text);
}

static void a_host_that_has_nothing_changes_no_bit(void **state)
{
    (void)state;
    const tr_system with = get_system("rtx-4090+epyc-9654,mem=2TB"), without = get_system("rtx-4090");
    const tr_formats none = left(0, 0);
    for (size_t i = 0; i < MODELS; i++)
        for (double query = 0.0; query <= 2000.0; query += 1000.0) {
            const tr_pass pass = pass_of(query > 0.0 ? 0.0 : 3.0, query, 4096.0);
            tr_step a[3], b[3];
            get_model(names[i], &model);
            three(&with, &none, &pass, a);
            three(&without, &none, &pass, b);
            assert_memory_equal(a, b, sizeof a);
            assert_true(a[2].host_s <= 0.0 && a[2].crossing_s <= 0.0);
        }
}

static void bound_ops_and_fitted_stand_in_this_order(void **state)
{
    (void)state;
    static const char *const systems[] = {"rtx-4090+epyc-9654,mem=2TB", "rtx-3060+core-i9-14900k,mem=2TB",
                                          "h100-pcie+2xepyc-9654,mem=2TB"};
    static const double tokens[] = {1, 2, 7, 31, 32, 100, 511, 512, 513, 4096};
    for (size_t s = 0; s < 3; s++) {
        const tr_system system = get_system(systems[s]);
        for (size_t i = 0; i < MODELS; i++) {
            get_model(names[i], &model);
            for (double n = 1.0; n <= model.layers + 1.0; n += 11.0)
                for (size_t t = 0; t < sizeof tokens / sizeof tokens[0]; t++) {
                    const int mixture = model.routed_param > 0.0 && n <= model.layers && ((int)t & 1);
                    const tr_formats f = left(mixture ? 0.0 : n, mixture ? n : 0.0);
                    for (int prompt = 0; prompt < 2; prompt++) {
                        const tr_pass pass = prompt ? pass_of(0.0, tokens[t], 1000.0) : pass_of(tokens[t], 0.0, 1000.0);
                        tr_step step[3];
                        three(&system, &f, &pass, step);
                        assert_true(step[0].step_s <= step[1].step_s * (1.0 + 1e-12));
                        assert_true(step[1].step_s <= step[2].step_s * (1.0 + 1e-12));
                        for (int k = 1; k < 3; k++) {
                            const tr_step *p = &step[k];
                            assert_close(p->compute_s + p->weights_s + p->kv_s + p->comm_s + p->fixed_s + p->host_s +
                                             p->crossing_s, p->step_s, 1e-12);
                        }
                    }
                }
        }
    }
}

/* Of what decodes, on a host slower than the card, by all three. */
static void more_layers_on_a_slower_host_never_decode_faster(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+core-i9-14900k,mem=2TB");
    for (size_t i = 0; i < MODELS; i++)
        for (int experts = 0; experts < 2; experts++) {
            double before[3] = {0, 0, 0};
            get_model(names[i], &model);
            for (double n = 0.0; n <= model.layers && (!experts || model.routed_param > 0.0); n += 1.0) {
                const tr_formats f = left(experts ? 0.0 : n, experts ? n : 0.0);
                const tr_pass pass = pass_of(1.0, 0.0, 4096.0);
                tr_step step[3];
                three(&system, &f, &pass, step);
                for (int k = 0; k < 3; k++) {
                    assert_true(step[k].step_s >= before[k] * (1.0 - 1e-12));
                    before[k] = step[k].step_s;
                }
            }
        }
}

/* One token: the card's part at its rates, the host's at its own, one after the other. */
static void a_token_waits_for_the_card_and_then_for_the_host(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=256GB");
    const tr_formats none = left(0, 0), half = left(40, 0);
    const tr_pass pass = pass_of(1.0, 0.0, 0.0);
    tr_step all[3], some[3];
    get_model("llama-3.1-70b", &model); /* 80 layers alike */
    three(&system, &none, &pass, all);
    three(&system, &half, &pass, some);
    const tr_shard shard = shard_with(&model, &system, get_engine("llamacpp"), one, &half);
    const double table = model.embedding_param * shard.weights.part[TR_PART_EMBEDDING].byte;
    assert_close(some[0].host_s, (shard.host_weight_byte - table) / system.host.memory_byte_per_s, 1e-6);
    assert_close(some[0].step_s, some[0].weights_s + some[0].kv_s + some[0].host_s + some[0].crossing_s, 1e-12);
    assert_true(some[0].limit == TR_LIMIT_HOST && some[2].limit == TR_LIMIT_HOST);
    assert_true(all[0].weights_s > some[0].weights_s);
}

/* [R43] From 32 tokens in a chunk weights are copied, once for each chunk of 512. */
static void weights_are_copied_once_for_each_chunk(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=256GB");
    const tr_formats half = left(40, 0);
    const double share = llamacpp(&system).value[TR_CONSTANT_LINK_BYTE];
    get_model("llama-3.1-70b", &model);
    const tr_shard shard = shard_with(&model, &system, get_engine("llamacpp"), one, &half);
    const double table = model.embedding_param * shard.weights.part[TR_PART_EMBEDDING].byte;
    const double once_s = (shard.host_weight_byte - table) / (system.chip.host_byte_per_s * share);
    static const double tokens[] = {31, 32, 512, 1024, 2048};
    static const double chunks[] = {0, 1, 1, 2, 4};
    for (size_t i = 0; i < 5; i++) {
        const tr_pass pass = pass_of(0.0, tokens[i], 0.0);
        tr_step step[3];
        three(&system, &half, &pass, step);
        if (i == 0) {
            assert_true(step[2].host_s > 0.0);
            continue;
        }
        assert_true(step[2].host_s <= 40.0 * 1e-3); /* what no operator has of its layers */
        assert_close(step[2].crossing_s, chunks[i] * once_s, 0.02); /* and its cache */
    }
}

static void experts_on_the_host_cross_twice_a_layer(void **state)
{
    (void)state;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=256GB");
    const tr_formats f = left(0, 30);
    const tr_pass pass = pass_of(1.0, 0.0, 4096.0);
    size_t count = 0;
    double crossings = 0.0, there = 0.0, here = 0.0;
    get_model("gpt-oss-120b", &model);
    const tr_shard shard = shard_with(&model, &system, get_engine("llamacpp"), one, &f);
    assert_int_equal(tr_operator_list(&shard, &pass, ops, TR_OP_LIST_MAX, &count, NULL), TR_OK);
    for (size_t i = 0; i < count; i++) {
        crossings += ops[i].op_class == TR_OP_CROSS ? ops[i].count : 0.0;
        if (ops[i].op_class != TR_OP_MOE) {
            assert_true(!ops[i].on_host);
            continue;
        }
        *(ops[i].on_host ? &there : &here) += ops[i].count;
    }
    assert_close(crossings, 60.0, 1e-12);
    assert_close(there, 30.0, 1e-12);
    assert_close(here, 6.0, 1e-12);
}

/* The straight lines of a timing are the sums of the operators, on both sides of the step where copying begins. */
static void a_timing_with_a_host_is_its_pass(void **state)
{
    (void)state;
    static const double sequences[] = {1, 2, 8, 31, 32, 200};
    static tr_timing timing;
    const tr_system system = get_system("rtx-4090+epyc-9654,mem=2TB");
    const tr_calibration c = llamacpp(&system), *const by[] = {NULL, &c};
    for (size_t i = 0; i < MODELS; i++)
        for (int k = 0; k < 2; k++)
            for (size_t b = 0; b < sizeof sequences / sizeof sequences[0]; b++) {
                tr_pass pass = pass_of(sequences[b], 0.0, 4096.0);
                tr_step step[3];
                tr_terms terms;
                get_model(names[i], &model);
                const tr_formats f = left(5, model.routed_param > 0.0 ? 20 : 0);
                const tr_shard shard = shard_with(&model, &system, get_engine("llamacpp"), one, &f);
                three(&system, &f, &pass, step);
                pass.prefill_seq = 1.0; /* taken of both kinds at once, as a server does */
                pass.prefill_query_token = 512.0;
                assert_int_equal(tr_timing_of(&shard, by[k], &pass, &timing, NULL), TR_OK);
                tr_timing_rank(&timing, sequences[b], 0.0, &terms);
                assert_close(terms.step_s, step[1 + k].step_s, 1e-9);
                assert_close(terms.host_s, step[1 + k].host_s, 1e-9);
                assert_close(terms.crossing_s, step[1 + k].crossing_s, 1e-9);
            }
}

static void a_link_of_unknown_rate_is_said(void **state)
{
    (void)state;
    tr_system system = get_system("rtx-4090+epyc-9654,mem=256GB");
    const tr_formats f = left(4, 0);
    const tr_pass pass = pass_of(1.0, 0.0, 0.0);
    size_t count;
    get_model("llama-3.1-8b", &model);
    system.chip.host_byte_per_s = 0.0;
    const tr_shard shard = shard_with(&model, &system, get_engine("llamacpp"), one, &f);
    assert_int_equal(tr_operator_list(&shard, &pass, ops, TR_OP_LIST_MAX, &count, NULL), TR_EMISSING);
}

/* Published runs: none beats its bound or the sum of its roofs, and what is predicted is near. */
static void published_runs_stay_behind_their_bounds_and_near_what_is_predicted(void **state)
{
    const csv *t = csv_of_tests(state, "tests/unit/rate/host_runs.csv");
    double error[2] = {0.0, 0.0}, rows[2] = {0.0, 0.0}, inside[2] = {0.0, 0.0};
    for (size_t i = 0; i < t->rows; i++) {
        const tr_system system = get_system(csv_at(t, i, "system"));
        const int prompt = strcmp(csv_at(t, i, "phase"), "prefill") == 0;
        const double token = csv_number(t, i, "token"), measured = csv_number(t, i, "token_per_s");
        tr_engine engine = *get_engine("llamacpp");
        get_model(csv_at(t, i, "model"), &model);
        const double chips = csv_number(t, i, "gpu_layers");
        tr_formats f = {.host_layer_count = chips < model.layers + 1.0 ? model.layers + 1.0 - chips : 0.0,
                        .host_expert_layer_count = csv_number(t, i, "cpu_moe_layers")};
        assert_int_equal(tr_weight_format_parse(csv_at(t, i, "weights"), &f.weight, NULL), TR_OK);
        engine.chunk_token = csv_number(t, i, "chunk_token");
        const tr_shard shard = shard_with(&model, &system, &engine, one, &f);
        const tr_pass pass = pass_of(prompt ? 0.0 : 1.0, prompt ? token : 0.0, csv_number(t, i, "context_token"));
        tr_calibration c;
        tr_roofline roof;
        tr_step bound, ops_step, step;
        tr_error err;
        if (tr_calibration_find(&system.chip, "llamacpp", &model, &c, &err) != TR_OK ||
            tr_roofline_of(&model, &system, &engine, &f, &roof, &err) != TR_OK ||
            tr_bound_pass(&roof, &pass, &bound, &err) != TR_OK ||
            tr_pass_step(&shard, &roof, NULL, c.distance, &pass, &ops_step, &err) != TR_OK ||
            tr_pass_step(&shard, &roof, &c, c.distance, &pass, &step, &err) != TR_OK)
            fail_msg("row %zu: %s", i, err.text);
        const double off = step.token_per_s / measured;
        print_message("%-22s %-8s %4.0f layers %3.0f experts: %8.2f tok/s, predicted %8.2f (%.2f), ops %8.2f, "
                      "bound %8.2f; host %.0f %% crossing %.0f %%\n",
                      model.name, csv_at(t, i, "phase"), f.host_layer_count, f.host_expert_layer_count, measured,
                      step.token_per_s, off, ops_step.token_per_s, bound.token_per_s, 100.0 * step.host_s / step.step_s,
                      100.0 * step.crossing_s / step.step_s);
        assert_true(measured <= bound.token_per_s && measured <= ops_step.token_per_s);
        assert_true(off > 0.5 && off < 2.0);
        const double measured_s = step.step_s * off;
        inside[prompt] += measured_s >= step.low_s && measured_s <= step.high_s ? 1.0 : 0.0;
        error[prompt] += fabs(off - 1.0);
        rows[prompt] += 1.0;
    }
    print_message("MAPE: decode %.1f %% of %.0f rows, prefill %.1f %% of %.0f\n", 100.0 * error[0] / rows[0], rows[0],
                  100.0 * error[1] / rows[1], rows[1]);
    print_message("in the 90 %% interval: decode %.0f, prefill %.0f\n", inside[0], inside[1]);
    assert_true(error[0] <= 0.25 * rows[0] && error[1] <= 0.5 * rows[1]);
    assert_true(inside[0] >= 0.9 * rows[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_host_that_has_nothing_changes_no_bit),
        cmocka_unit_test(bound_ops_and_fitted_stand_in_this_order),
        cmocka_unit_test(more_layers_on_a_slower_host_never_decode_faster),
        cmocka_unit_test(a_token_waits_for_the_card_and_then_for_the_host),
        cmocka_unit_test(weights_are_copied_once_for_each_chunk),
        cmocka_unit_test(experts_on_the_host_cross_twice_a_layer),
        cmocka_unit_test(a_timing_with_a_host_is_its_pass),
        cmocka_unit_test(a_link_of_unknown_rate_is_said),
        cmocka_unit_test_teardown(published_runs_stay_behind_their_bounds_and_near_what_is_predicted, csv_forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
