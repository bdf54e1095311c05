/* test_input_local.c -- machines of one's own: cards that share a model out, threads, engines that run on some alone. */
#include "unit_input.h"

static tr_status asked(tr_scenario *scenario, const char *model, const char *name, tr_problem *out, tr_error *err)
{
    static tr_model m;
    static tr_system s;
    assert_int_equal(tr_model_catalog_get(model, &m, NULL), TR_OK);
    assert_int_equal(tr_system_catalog_get(name, &s, NULL), TR_OK);
    const tr_status status = tr_problem_system(scenario, &s, err);
    return status == TR_OK ? tr_problem_of(scenario, &m, &s, out, err) : status;
}

/* github.com/XiongjieDai/GPU-Benchmarks-on-LLM-Inference (May 2024): tokens/s of an answer of 1024, cards by layer. */
static void cards_by_layer_are_as_fast_as_one_and_as_was_measured(void **state)
{
    (void)state;
    static const struct {
        const char *model, *system, *weights;
        double token_per_s;
    } row[] = {{"llama-3-8b", "2xrtx-3090", "q4_k_m", 108.07}, {"llama-3-8b", "2xrtx-3090", "f16", 47.15},
               {"llama-3-70b", "2xrtx-3090", "q4_k_m", 16.29}, {"llama-3-70b", "4xrtx-4090", "q4_k_m", 18.83}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        tr_scenario *scenario = fresh();
        tr_problem p;
        tr_error err;
        tr_step step;
        set(scenario, "engine", "llamacpp");
        set(scenario, "weights", row[i].weights);
        set(scenario, "context", "512");
        set(scenario, "split", "layer");
        if (asked(scenario, row[i].model, row[i].system, &p, &err) != TR_OK)
            fail_msg("%s", err.text);
        assert_true(p.layout.pp_rank == p.system->chip_count && p.layout.tp_rank == 1.0);
        assert_int_equal(tr_problem_step(&p, TR_PHYSICS_FITTED, &p.load, &step, &err), TR_OK);
        if (!(step.low_s <= 1.0 / row[i].token_per_s && step.high_s >= 1.0 / row[i].token_per_s))
            fail_msg("%s on %s: %g tokens/s, predicted %g to %g", row[i].model, row[i].system, row[i].token_per_s,
                     1.0 / step.high_s, 1.0 / step.low_s);
        tr_scenario_destroy(scenario);
    }
}

static void by_row_is_tensor_parallel_and_never_chosen_unasked(void **state)
{
    (void)state;
    tr_scenario *scenario = fresh();
    tr_problem p;
    tr_error err;
    set(scenario, "engine", "llamacpp");
    set(scenario, "weights", "q4_k_m");
    assert_int_equal(asked(scenario, "llama-3-70b", "4xrtx-4090", &p, &err), TR_OK);
    assert_true(p.layout.tp_rank == 1.0);
    set(scenario, "split", "row");
    assert_int_equal(asked(scenario, "llama-3-70b", "4xrtx-4090", &p, &err), TR_OK);
    assert_true(p.layout.tp_rank == 4.0 && p.layout.pp_rank == 1.0);
    set(scenario, "pp", "2");
    refuse(asked(scenario, "llama-3-70b", "4xrtx-4090", &p, &err), TR_ECONFLICT, &err, "say the same");
    tr_scenario_destroy(scenario);
}

static void what_another_engine_or_chip_does_not_do_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *engine, *key, *value, *system, *says;
    } bad[] = {{"vllm", "split", "row", "2xrtx-4090", "--tp and --pp for vLLM"},
               {"", "split", "layer", "2xrtx-4090", "--engine llamacpp"},
               {"llamacpp", "threads", "8", "rtx-4090", "threads are of a CPU"},
               {"mlx", "context", "512", "rtx-4090", "Apple's GPUs"},
               {"mlx", "context", "512", "m4-max-cpu", "Apple's GPUs"}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_scenario *scenario = fresh();
        tr_problem p;
        tr_error err;
        if (bad[i].engine[0] != '\0')
            set(scenario, "engine", bad[i].engine);
        set(scenario, bad[i].key, bad[i].value);
        refuse(asked(scenario, "llama-3-8b", bad[i].system, &p, &err), TR_ECONFLICT, &err, bad[i].says);
        tr_scenario_destroy(scenario);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cards_by_layer_are_as_fast_as_one_and_as_was_measured),
        cmocka_unit_test(by_row_is_tensor_parallel_and_never_chosen_unasked),
        cmocka_unit_test(what_another_engine_or_chip_does_not_do_is_refused),
    };
    return cmocka_run_group_tests_name("input local", tests, NULL, NULL);
}
