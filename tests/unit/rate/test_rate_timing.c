/* test_rate_timing.c -- a boiled-down pass is the pass, and a pass is the sum of its operators. */
#include "fixture.h"

static tr_model model;
static tr_timing timing;
static tr_op ops[TR_OP_LIST_MAX];

static double timed(double batch_seq)
{
    double step_s;
    tr_timing_array(&timing, 1, &batch_seq, &step_s);
    return step_s;
}

static tr_pass decodes(double batch_seq, double context_token)
{
    return (tr_pass){.decode_seq = batch_seq, .decode_context_token = context_token, .token_per_seq = 1.0};
}

static void take(const tr_shard *shard, const tr_calibration *c, const tr_pass *at)
{
    tr_error err;
    if (tr_timing_of(shard, c, at, &timing, &err) != TR_OK)
        fail_msg("%s: %s", shard->model->name, err.text);
}

static tr_step pass_step(const tr_shard *shard, const tr_calibration *c, const tr_pass *pass)
{
    tr_roofline roof;
    tr_step step = {0};
    tr_error err;
    if (tr_roofline_of(shard->model, shard->system, shard->engine, &shard->formats, &roof, &err) != TR_OK ||
        tr_pass_step(shard, &roof, c, TR_DISTANCE_NEAR, pass, &step, &err) != TR_OK)
        fail_msg("%s: %s", shard->model->name, err.text);
    return step;
}

static void a_step_is_the_sum_of_its_operators(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("8xb200-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){2, 4, 8, 1, 1, 0});
    const tr_pass pass = decodes(64, 4096);
    size_t count = 0;
    double sum_s = 0.0;
    assert_int_equal(tr_operator_list(&shard, &pass, ops, TR_OP_LIST_MAX, &count, NULL), TR_OK);
    for (size_t i = 0; i < count; i++) {
        tr_op_time t;
        assert_int_equal(tr_operator_time(&ops[i], &system, NULL, &t, NULL), TR_OK);
        sum_s += t.total_s;
    }
    assert_close(pass_step(&shard, NULL, &pass).step_s, sum_s, 1e-12);
}

/* What a calibration adds beside its operators: layers by kind, the step, and each sequence of a rank. */
static void times_of_layers_sequences_and_the_step_stand_beside_the_operators(void **state)
{
    (void)state;
    tr_calibration c = ideal_calibration();
    c.value[TR_CONSTANT_STEP_S] = 2.0;
    c.value[TR_CONSTANT_LAYER_S] = 1.0;
    c.value[TR_CONSTANT_SEQ_S] = 0.25;
    get_model("llama-3.1-8b", &model); /* 32 layers in BF16 */
    const tr_system system = get_system("2xh100-sxm");
    const tr_shard copies = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 2, 0});
    const tr_pass pass = decodes(8, 1000);
    assert_close(pass_step(&copies, &c, &pass).fixed_s, 2.0 + 32.0 + 4 * 0.25, 1e-12);
    c.value[TR_CONSTANT_MOE_FP8_S] = 0.5;
    c.value[TR_CONSTANT_GROUP_FP8_S] = 0.125;
    c.value[TR_CONSTANT_MLA_S] = 0.0625;
    c.value[TR_CONSTANT_FP8_S] = 4.0;
    get_model("deepseek-v3", &model); /* 61 latent layers in FP8, 58 of them mixtures */
    const tr_system wide = get_system("8xh200-sxm");
    const tr_shard tp = shard_of(&model, &wide, (tr_layout){8, 1, 1, 1, 1, 0});
    const tr_shard ep = shard_of(&model, &wide, (tr_layout){8, 1, 8, 1, 1, 0});
    const double layers_s = 61.0 * (1.0 + 4.0 + 0.0625) + 58.0 * 0.5;
    assert_close(pass_step(&tp, &c, &pass).fixed_s, 2.0 + layers_s + 8 * 0.25, 2e-6); /* and starts of 3 us */
    assert_close(pass_step(&ep, &c, &pass).fixed_s, 2.0 + layers_s + 58.0 * 0.125 + 8 * 0.25, 2e-6);
}

static void one_rank_has_no_links_to_wait_for(void **state)
{
    (void)state;
    get_model("llama-3.1-8b", &model);
    const tr_system system = get_system("h100-sxm");
    const tr_calibration c = get_calibration("h100-sxm", "vllm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 1, 0});
    const tr_step step = step_on(&shard, &c, (tr_load){TR_PHASE_DECODE, 8, 1000, 1});
    assert_true(step.comm_s == 0.0 && step.fixed_s > 0.0);
    assert_true(step.low_s < step.step_s && step.step_s < step.high_s);
}

/* Two instances side by side on twice the chips share the batch, and nothing else. */
static void replicas_share_the_batch_and_nothing_else(void **state)
{
    (void)state;
    static const char *const models[] = {"llama-3.1-70b", "deepseek-v3"};
    const tr_system one = get_system("8xh200-sxm"), two = get_system("16xh200-sxm");
    const tr_calibration c = get_calibration("h200-sxm", "vllm");
    for (int m = 0; m < 2; m++)
        for (int fitted = 0; fitted < 2; fitted++) {
            get_model(models[m], &model);
            const tr_shard a = shard_of(&model, &one, (tr_layout){8, 1, 1, 1, 1, 0});
            const tr_shard b = shard_of(&model, &two, (tr_layout){8, 1, 1, 1, 2, 0});
            const tr_step x = step_on(&a, fitted ? &c : NULL, (tr_load){TR_PHASE_DECODE, 32, 2048, 1});
            const tr_step y = step_on(&b, fitted ? &c : NULL, (tr_load){TR_PHASE_DECODE, 64, 2048, 1});
            assert_close(y.step_s, x.step_s, 1e-12);
            assert_close(y.token_per_s, 2.0 * x.token_per_s, 1e-12);
            assert_close(y.token_per_s_per_chip, x.token_per_s_per_chip, 1e-12);
        }
}

static void stages_each_take_their_part_of_the_batch_in_turn(void **state)
{
    (void)state;
    get_model("llama-3.1-70b", &model);
    const tr_system one = get_system("h200-sxm"), four = get_system("4xh200-sxm");
    const tr_shard whole = shard_of(&model, &one, (tr_layout){1, 1, 1, 1, 1, 0});
    const tr_shard cut = shard_of(&model, &four, (tr_layout){1, 1, 1, 4, 1, 0});
    const tr_step a = step_on(&whole, NULL, (tr_load){TR_PHASE_DECODE, 16, 2048, 1});
    const tr_step b = step_on(&cut, NULL, (tr_load){TR_PHASE_DECODE, 64, 2048, 1});
    assert_close(b.step_s - b.comm_s - b.fixed_s, a.step_s, 1e-12); /* a token passes all layers */
    assert_close(b.fixed_s + b.comm_s, 3.0 * (1e-6 + 16.0 * 8192 * 2 / 450e9), 1e-6); /* and three hops */
}

static void links_hide_behind_the_other_micro_batch(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("16xh200-sxm");
    tr_layout layout = {1, 16, 16, 1, 1, 0};
    const tr_load load = {TR_PHASE_PREFILL, 32, 0, 4096};
    const tr_shard plain = shard_of(&model, &system, layout);
    layout.overlap = 1;
    const tr_shard overlapped = shard_of(&model, &system, layout);
    const tr_step a = step_on(&plain, NULL, load), b = step_on(&overlapped, NULL, load);
    assert_true(a.comm_s > 0.0 && b.comm_s < a.comm_s);
    assert_true(b.step_s < a.step_s);
    assert_true(b.weights_s >= a.weights_s); /* each half reads the weights */
}

static void a_boiled_down_pass_is_the_pass_at_every_point(void **state)
{
    (void)state;
    static const char *const names[] = {"deepseek-v3", "llama-3.1-70b", "gpt-oss-120b", "gemma-3-27b",
                                        "qwen3-next-80b-a3b", "deepseek-v3.2", "nemotron-nano-9b-v2"};
    const tr_system system = get_system("8xb200-sxm");
    const tr_calibration c = get_calibration("b200-sxm", "vllm");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        tr_layout all[64];
        size_t count = 0;
        get_model(names[i], &model);
        assert_int_equal(tr_layout_list(&model, &system, NULL, all, 64, &count, NULL), TR_OK);
        for (size_t k = 0; k < count; k++)
            for (int kind = 0; kind < 4; kind++) {
                all[k].overlap = kind & 1;
                const tr_calibration *by = kind & 2 ? &c : NULL;
                const tr_formats f = {.draft_token = 3.0};
                const tr_shard shard = shard_with(&model, &system, NULL, all[k], &f);
                for (double context = 0; context < 200000; context = context * 9 + 333) {
                    tr_pass at = decodes(1, context);
                    at.token_per_seq = k % 2 ? 1.0 : 4.0;
                    take(&shard, by, &at);
                    for (double batch = 1; batch < 5000; batch = floor(batch * 3.7)) {
                        tr_pass pass = at;
                        pass.decode_seq = batch;
                        assert_close(timed(batch), pass_step(&shard, by, &pass).step_s, 1e-9);
                    }
                }
            }
    }
}

/* The list and the boiled-down pass, where a model of its own drafts; and what it adds at least. */
static void a_pass_that_another_model_drafts_is_timed_as_its_list(void **state)
{
    (void)state;
    static tr_model drafter;
    static const char *const name[] = {"llama-3.1-70b", "deepseek-v3", "qwen3-235b-a22b"};
    static const char *const by[] = {"llama-3.2-1b", "qwen3-0.6b", "qwen3-30b-a3b"};
    const tr_system system = get_system("8xb200-sxm");
    const tr_calibration c = get_calibration("b200-sxm", "sglang");
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        get_model(name[i], &model);
        get_model(by[i], &drafter);
        model.draft_model = &drafter;
        for (int fitted = 0; fitted < 2; fitted++) {
            const tr_calibration *with = fitted ? &c : NULL;
            const tr_formats f = {.draft_token = 3.0};
            const tr_layout layout = i == 0 ? (tr_layout){4, 1, 1, 1, 2, 0} : (tr_layout){4, 2, 8, 1, 1, 0};
            const tr_shard shard = shard_with(&model, &system, NULL, layout, &f);
            tr_pass at = decodes(1, 3000);
            at.token_per_seq = 4.0;
            take(&shard, with, &at);
            for (double batch = 1; batch < 5000; batch = floor(batch * 3.7)) {
                tr_pass pass = at;
                tr_shard bare = shard;
                pass.decode_seq = batch;
                bare.formats.draft_token = 0.0;
                const double step_s = pass_step(&shard, with, &pass).step_s;
                assert_close(timed(batch), step_s, 1e-9);
                assert_true(step_s > pass_step(&bare, with, &pass).step_s);
                if (fitted) /* three passes of all its layers */
                    assert_true(step_s - pass_step(&bare, with, &pass).step_s >
                                3 * drafter.layers * c.value[TR_CONSTANT_LAYER_S]);
            }
        }
        model.draft_model = NULL;
    }
}

static void a_mixed_pass_of_all_ranks_alike_is_timed_by_rank(void **state)
{
    (void)state;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("8xb200-sxm");
    const tr_calibration c = get_calibration("b200-sxm", "sglang");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){2, 2, 4, 1, 2, 0});
    const tr_pass at = {.decode_seq = 1, .decode_context_token = 5000, .token_per_seq = 1, .prefill_seq = 1,
                        .prefill_query_token = 1024, .prefill_context_token = 512};
    for (int fitted = 0; fitted < 2; fitted++) {
        take(&shard, fitted ? &c : NULL, &at);
        for (double decode_seq = 0; decode_seq < 100; decode_seq = decode_seq * 3 + 1)
            for (double prefill_seq = 0; prefill_seq < 4; prefill_seq += 1) {
                if (decode_seq + prefill_seq < 1)
                    continue;
                tr_terms t;
                tr_pass pass = at;
                pass.decode_seq = 4 * decode_seq;
                pass.prefill_seq = 4 * prefill_seq;
                const tr_step step = pass_step(&shard, fitted ? &c : NULL, &pass);
                tr_timing_rank(&timing, decode_seq, prefill_seq, &t);
                assert_close(t.step_s, step.step_s, 1e-9);
                assert_close(t.compute_s, step.compute_s, 1e-9);
                assert_close(t.weights_s, step.weights_s, 1e-9);
                assert_close(t.kv_s, step.kv_s, 1e-9);
                assert_close(t.comm_s, step.comm_s, 1e-9);
                assert_close(t.fixed_s, step.fixed_s, 1e-9);
            }
    }
}

static void bad_points_are_nan_and_bad_passes_refused(void **state)
{
    (void)state;
    tr_error err;
    get_model("llama-3.1-8b", &model);
    const tr_system system = get_system("h100-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 1, 1, 1, 1, 0});
    tr_pass at = decodes(1, 100);
    take(&shard, NULL, &at);
    static const double bad[] = {0.5, -1.0, 2e9};
    for (int i = 0; i < 3; i++)
        assert_true(isnan(timed(bad[i])));
    assert_true(isnan(timed((double)NAN)) && isnan(timed(HUGE_VAL)) && timed(1.0) > 0.0);
    const double one = 1.0;
    double out = 0.0;
    tr_timing_array(NULL, 1, &one, &out);
    assert_true(isnan(out));
    const tr_timing before = timing;
    at.routing_skew_ratio = 1.0;
    assert_int_equal(tr_timing_of(&shard, NULL, &at, &timing, &err), TR_EDOMAIN);
    at = decodes(1, (double)NAN);
    assert_int_equal(tr_timing_of(&shard, NULL, &at, &timing, &err), TR_EDOMAIN);
    assert_int_equal(tr_timing_of(NULL, NULL, &at, &timing, &err), TR_EMISSING);
    assert_int_equal(tr_timing_of(&shard, NULL, NULL, &timing, &err), TR_EMISSING);
    assert_memory_equal(&timing, &before, sizeof timing);
    const tr_roofline roof = roof_of(&model, &system);
    tr_step step, left;
    memset(&step, 0x5a, sizeof step);
    left = step;
    assert_int_equal(tr_pass_step(&shard, &roof, NULL, TR_DISTANCE_NEAR, &at, &step, &err), TR_EDOMAIN);
    at = decodes(1, 100);
    assert_int_equal(tr_pass_step(NULL, &roof, NULL, TR_DISTANCE_NEAR, &at, &step, &err), TR_EMISSING);
    const tr_calibration c = get_calibration("h100-sxm", "");
    assert_int_equal(tr_pass_step(&shard, &roof, &c, TR_DISTANCE_COUNT, &at, &step, &err), TR_EDOMAIN);
    assert_memory_equal(&step, &left, sizeof step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_is_the_sum_of_its_operators),
        cmocka_unit_test(times_of_layers_sequences_and_the_step_stand_beside_the_operators),
        cmocka_unit_test(one_rank_has_no_links_to_wait_for),
        cmocka_unit_test(replicas_share_the_batch_and_nothing_else),
        cmocka_unit_test(stages_each_take_their_part_of_the_batch_in_turn),
        cmocka_unit_test(links_hide_behind_the_other_micro_batch),
        cmocka_unit_test(a_boiled_down_pass_is_the_pass_at_every_point),
        cmocka_unit_test(a_pass_that_another_model_drafts_is_timed_as_its_list),
        cmocka_unit_test(a_mixed_pass_of_all_ranks_alike_is_timed_by_rank),
        cmocka_unit_test(bad_points_are_nan_and_bad_passes_refused),
    };
    return cmocka_run_group_tests_name("rate timing", tests, NULL, NULL);
}
