/* test_rate_layout.c -- the layout in which a load takes least, and what is said where none fits. */
#include "fixture.h"

static tr_model model;

static const tr_load decode_64 = {TR_PHASE_DECODE, 64, 4096, 1};

static void the_best_layout_is_the_least_of_all_that_fit(void **state)
{
    (void)state;
    static const char *const models[] = {"llama-3.1-70b", "gpt-oss-120b", "deepseek-v3", "qwen3-next-80b-a3b"};
    static const char *const systems[] = {"8xh100-sxm", "8xb200-sxm", "mi300x-platform"};
    static const tr_load loads[] = {{TR_PHASE_DECODE, 1, 1000, 1}, {TR_PHASE_DECODE, 64, 8192, 1},
                                    {TR_PHASE_PREFILL, 8, 0, 4096}};
    const tr_engine *engine = get_engine("vllm");
    for (size_t m = 0; m < 4; m++)
        for (size_t s = 0; s < 3; s++)
            for (size_t l = 0; l < 3; l++)
                for (int fitted = 0; fitted < 2; fitted++) {
                    get_model(models[m], &model);
                    const tr_system system = get_system(systems[s]);
                    const tr_calibration c = get_calibration(system.chip.name, "vllm");
                    const double held = loads[l].context_token + (loads[l].phase == TR_PHASE_PREFILL ? 4096 : 0);
                    tr_layout best, all[128];
                    tr_error err;
                    size_t count = 0;
                    double least_s = HUGE_VAL;
                    assert_int_equal(tr_layout_list(&model, &system, engine, all, 128, &count, &err), TR_OK);
                    for (size_t i = 0; i < count; i++) {
                        const tr_shard shard = shard_with(&model, &system, engine, all[i], NULL);
                        if (tr_shard_check(&shard, loads[l].batch_seq, held, NULL) == TR_OK)
                            least_s = fmin(least_s, step_on(&shard, fitted ? &c : NULL, loads[l]).step_s);
                    }
                    const tr_status status =
                        tr_layout_best(&model, &system, engine, NULL, fitted ? &c : NULL, &loads[l], &best, &err);
                    assert_int_equal(status, least_s < HUGE_VAL ? TR_OK : TR_ENOFIT);
                    if (status != TR_OK)
                        continue;
                    const tr_shard shard = shard_with(&model, &system, engine, best, NULL);
                    assert_true(step_on(&shard, fitted ? &c : NULL, loads[l]).step_s == least_s);
                }
}

static void where_none_fits_the_closest_is_named_with_what_it_lacks(void **state)
{
    (void)state;
    tr_layout y = {0};
    tr_error err;
    get_model("llama-3.1-405b", &model);
    const tr_system system = get_system("8xh100-sxm"); /* 812 GB on 684 */
    assert_int_equal(tr_layout_best(&model, &system, tr_engine_default(), NULL, NULL, &decode_64, &y, &err), TR_ENOFIT);
    assert_true(y.tp_rank * y.pp_rank == 8.0); /* one copy over all chips */
    assert_non_null(strstr(err.text, "tp"));
    assert_non_null(strstr(err.text, "GB"));
    const tr_system two = get_system("16xh100-sxm");
    assert_int_equal(tr_layout_best(&model, &two, tr_engine_default(), NULL, NULL,
                                    &(tr_load){TR_PHASE_DECODE, 1, 1000, 1}, &y, &err), TR_OK);
}

static void a_layout_that_an_engine_cannot_run_is_not_chosen(void **state)
{
    (void)state;
    tr_layout y;
    tr_error err;
    get_model("qwen3-30b-a3b", &model);
    const tr_system system = get_system("8xh100-sxm");
    tr_engine engine = *tr_engine_default();
    engine.attention_dp = engine.pipeline = 0;
    for (double batch = 1; batch < 2000; batch *= 8) {
        const tr_load load = {TR_PHASE_DECODE, batch, 2048, 1};
        assert_int_equal(tr_layout_best(&model, &system, &engine, NULL, NULL, &load, &y, &err), TR_OK);
        assert_true(y.dp_rank == 1.0 && y.pp_rank == 1.0);
    }
}

static void numbers_on_a_blackboard_are_pooled(void **state)
{
    (void)state;
    tr_layout y;
    const tr_model plain = plain_model(70e9, 70e9, 1e5, 1.0);
    tr_system system = plain_system(1e15, 3e12, 80e9, 0.0);
    system.chip_count = 8.0;
    assert_int_equal(tr_layout_best(&plain, &system, NULL, NULL, NULL, &decode_64, &y, NULL), TR_OK);
    assert_true(y.tp_rank == 8.0 && y.dp_rank * y.ep_rank * y.pp_rank * y.replica_count == 1.0);
}

static void a_load_that_is_none_is_refused_and_the_layout_left_alone(void **state)
{
    (void)state;
    tr_layout y = {3, 3, 3, 3, 3, 0};
    tr_error err;
    get_model("llama-3.1-8b", &model);
    const tr_system system = get_system("h100-sxm");
    const tr_load bad = {TR_PHASE_DECODE, (double)NAN, 1000, 1};
    assert_int_equal(tr_layout_best(&model, &system, NULL, NULL, NULL, &bad, &y, &err), TR_EDOMAIN);
    assert_int_equal(tr_layout_best(&model, &system, NULL, NULL, NULL, NULL, &y, &err), TR_EMISSING);
    assert_int_equal(tr_layout_best(NULL, &system, NULL, NULL, NULL, &decode_64, &y, &err), TR_EMISSING);
    assert_true(y.tp_rank == 3.0 && y.replica_count == 3.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_layout_is_the_least_of_all_that_fit),
        cmocka_unit_test(where_none_fits_the_closest_is_named_with_what_it_lacks),
        cmocka_unit_test(a_layout_that_an_engine_cannot_run_is_not_chosen),
        cmocka_unit_test(numbers_on_a_blackboard_are_pooled),
        cmocka_unit_test(a_load_that_is_none_is_refused_and_the_layout_left_alone),
    };
    return cmocka_run_group_tests_name("rate layout", tests, NULL, NULL);
}
