/* test_shard_layout.c -- which layouts are legal for a model, a system's links and an engine. */
#include "fixture.h"

static tr_model model;

static tr_status legal(const tr_system *system, const char *engine, tr_layout layout, tr_error *err)
{
    return tr_layout_check(&model, system, engine == NULL ? NULL : get_engine(engine), &layout, err);
}

static void heads_experts_layers_and_chips_limit_a_layout(void **state)
{
    (void)state;
    tr_error err;
    const tr_system system = get_system("8xh100-sxm");
    get_model("llama-3.1-70b", &model); /* 64 heads, 8 KV heads, 80 layers */
    assert_int_equal(legal(&system, NULL, (tr_layout){8, 1, 1, 1, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, NULL, (tr_layout){2, 1, 1, 4, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, NULL, (tr_layout){3, 1, 1, 1, 1, 0}, &err), TR_ENOFIT);
    assert_int_equal(legal(&system, NULL, (tr_layout){8, 1, 1, 1, 2, 0}, &err), TR_ENOFIT);
    assert_int_equal(legal(&system, NULL, (tr_layout){4, 2, 1, 1, 1, 0}, &err), TR_ENOFIT); /* no experts to share */
    assert_int_equal(legal(&system, NULL, (tr_layout){4, 1, 4, 1, 1, 0}, &err), TR_ENOFIT);
    get_model("deepseek-v3", &model);
    assert_int_equal(legal(&system, NULL, (tr_layout){1, 8, 8, 1, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, NULL, (tr_layout){4, 2, 8, 1, 1, 0}, &err), TR_OK);
    assert_int_equal(legal(&system, NULL, (tr_layout){4, 2, 3, 1, 1, 0}, &err), TR_ENOFIT);
    const tr_system many = get_system("72xh100-sxm");
    assert_int_equal(legal(&many, NULL, (tr_layout){1, 1, 1, 62, 1, 0}, &err), TR_ENOFIT); /* 61 layers */
    assert_non_null(strstr(err.text, "61 layers"));
}

static void ranks_that_are_no_whole_numbers_are_refused(void **state)
{
    (void)state;
    tr_error err;
    const tr_system system = get_system("8xh100-sxm");
    get_model("llama-3.1-8b", &model);
    const tr_layout bad[] = {{0, 1, 1, 1, 1, 0}, {1.5, 1, 1, 1, 1, 0}, {(double)NAN, 1, 1, 1, 1, 0},
                             {1, 0.5, 1, 1, 1, 0}, {1, 1, -1, 1, 1, 0}, {1, 1, 1, HUGE_VAL, 1, 0},
                             {1, 1, 1, 1, (double)NAN, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_shard shard, before;
        memset(&shard, 0x5a, sizeof shard);
        before = shard;
        assert_int_equal(legal(&system, NULL, bad[i], &err), TR_EDOMAIN);
        assert_int_equal(tr_shard_of(&model, &system, NULL, &bad[i], NULL, &shard, &err), TR_EDOMAIN);
        assert_memory_equal(&shard, &before, sizeof shard);
    }
    assert_int_equal(tr_layout_check(NULL, &system, NULL, &bad[0], &err), TR_EMISSING);
    assert_int_equal(tr_layout_check(&model, &system, NULL, NULL, &err), TR_EMISSING);
}

static void a_link_without_a_published_rate_is_said_and_not_guessed(void **state)
{
    (void)state;
    tr_error err;
    const tr_layout two = {2, 1, 1, 1, 1, 0}, copies = {1, 1, 1, 1, 2, 0};
    const tr_system system = get_system("2xm4-max");
    get_model("llama-3.1-70b", &model);
    assert_int_equal(legal(&system, NULL, two, &err), TR_EMISSING);
    assert_non_null(strstr(err.text, "m4-max"));
    assert_non_null(strstr(err.text, "link="));
    assert_int_equal(legal(&system, NULL, copies, &err), TR_OK); /* replicas need no link */
    const tr_system told = get_system("2xm4-max,link=10GB/s");
    assert_int_equal(legal(&told, NULL, two, &err), TR_OK);
}

static void an_engine_refuses_what_it_cannot_run(void **state)
{
    (void)state;
    tr_error err;
    const tr_system system = get_system("8xh100-sxm");
    get_model("deepseek-v3", &model);
    tr_engine engine = *get_engine("vllm");
    const struct {
        tr_layout layout;
        int *can;
    } needs[] = {{{4, 2, 8, 1, 1, 0}, &engine.attention_dp},
                 {{8, 1, 8, 1, 1, 0}, &engine.expert_groups},
                 {{8, 1, 1, 1, 1, 0}, &engine.expert_slices},
                 {{1, 1, 1, 8, 1, 0}, &engine.pipeline}};
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        engine.attention_dp = engine.expert_groups = engine.expert_slices = engine.pipeline = 1;
        assert_int_equal(tr_layout_check(&model, &system, &engine, &needs[i].layout, &err), TR_OK);
        *needs[i].can = 0;
        assert_int_equal(tr_layout_check(&model, &system, &engine, &needs[i].layout, &err), TR_ENOFIT);
        assert_non_null(strstr(err.text, "vLLM"));
    }
    engine = *get_engine("vllm");
    engine.max_tp_rank = 4.0;
    const tr_layout wide = {8, 1, 1, 1, 1, 0};
    assert_int_equal(tr_layout_check(&model, &system, &engine, &wide, &err), TR_ENOFIT);
}

static void the_list_holds_every_legal_layout_once(void **state)
{
    (void)state;
    tr_layout all[64];
    size_t count = 0;
    tr_error err;
    const tr_system system = get_system("8xh100-sxm");
    get_model("llama-3.1-70b", &model);
    assert_int_equal(tr_layout_list(&model, &system, NULL, all, 64, &count, &err), TR_OK);
    assert_int_equal(count, 10); /* tp x pp x replicas = 8: three powers of two that add up to 3 */
    for (size_t i = 0; i < count; i++) {
        assert_true(all[i].tp_rank * all[i].dp_rank * all[i].pp_rank * all[i].replica_count == 8.0);
        assert_int_equal(tr_layout_check(&model, &system, NULL, &all[i], NULL), TR_OK);
        for (size_t k = 0; k < i; k++)
            assert_memory_not_equal(&all[i], &all[k], sizeof all[i]);
    }
    assert_int_equal(tr_layout_list(&model, &system, NULL, all, 3, &count, &err), TR_ECAPACITY);
    assert_int_equal(count, 10);
}

static void ranks_above_one_are_named(void **state)
{
    (void)state;
    char text[80];
    const tr_layout one = {1, 1, 1, 1, 1, 0}, all = {4, 2, 8, 3, 5, 0};
    assert_int_equal(tr_layout_format(&one, text, sizeof text), 6);
    assert_string_equal(text, "1 chip");
    assert_int_equal(tr_layout_format(&all, text, sizeof text), 34);
    assert_string_equal(text, "tp 4, ep 8, pp 3, dp 2, replicas 5");
    assert_int_equal(tr_layout_format(&all, text, 7), 34);
    assert_string_equal(text, "tp 4, ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_experts_layers_and_chips_limit_a_layout),
        cmocka_unit_test(ranks_that_are_no_whole_numbers_are_refused),
        cmocka_unit_test(a_link_without_a_published_rate_is_said_and_not_guessed),
        cmocka_unit_test(an_engine_refuses_what_it_cannot_run),
        cmocka_unit_test(the_list_holds_every_legal_layout_once),
        cmocka_unit_test(ranks_above_one_are_named),
    };
    return cmocka_run_group_tests_name("shard layout", tests, NULL, NULL);
}
