/* A pass and a server under a calibration: never under the bound, and each term worth what it says. */
#include "fixture.h"

#include <tokenroof/calibration.h>

#include "step/fitted.h"

static tr_calibration calibration_of(const char *chip, const char *engine)
{
    tr_calibration c;
    tr_error err;
    if (tr_calibration_find(tr_chip_catalog_find(chip), engine, &c, &err) != TR_OK)
        fail_msg("%s", err.text);
    return c;
}

static void get(const char *model_name, const char *system_name, tr_model *model, tr_system *system)
{
    tr_error err;
    if (tr_model_catalog_get(model_name, model, &err) != TR_OK || tr_system_catalog_get(system_name, system, &err) != TR_OK)
        fail_msg("%s", err.text);
}

static tr_fitted fitted_of(const char *engine, const tr_model *model, const tr_system *system, const tr_layout *layout)
{
    tr_fitted f;
    tr_error err;
    const tr_calibration c = calibration_of(system->chip.name, engine);
    if (tr_fitted_of(&c, model, system, NULL, layout, &f, &err) != TR_OK)
        fail_msg("%s", err.text);
    return f;
}

static void nothing_fitted_is_faster_than_its_bound(void **state)
{
    (void)state;
    static const char *const systems[] = {"8xh100-sxm", "8xb200-sxm", "8xmi300x", "8xh200-sxm", "gb200-nvl72", "rtx-5090"};
    static const char *const engines[] = {"", "vllm", "sglang", "trtllm"};
    static const double batches[] = {1, 7, 64, 1024};
    static tr_model model;
    int judged = 0;
    for (size_t m = 0; tr_model_catalog_name(m) != NULL; m += 3) {
        assert_int_equal(tr_model_catalog_get(tr_model_catalog_name(m), &model, NULL), TR_OK);
        for (size_t s = 0; s < 6; s++) {
            tr_system system;
            tr_fitted f;
            assert_int_equal(tr_system_catalog_get(systems[s], &system, NULL), TR_OK);
            const tr_calibration c = calibration_of(system.chip.name, engines[(m + s) % 4]);
            if (tr_fitted_of(&c, &model, &system, NULL, NULL, &f, NULL) != TR_OK)
                continue;
            for (int b = 0; b < 4; b++)
                for (int phase = 0; phase < 2; phase++) {
                    const tr_load load = {(tr_phase)phase, batches[b], 1000, 512};
                    tr_step bound, step;
                    if (tr_bound_step(&f.roof, &model, &load, &bound, NULL) != TR_OK)
                        continue;
                    tr_error err = {.status = TR_OK};
                    if (tr_fitted_step(&f, &model, &load, &step, &err) != TR_OK) {
                        assert_int_equal(err.status, TR_ENOFIT); /* a rank holds too little */
                        continue;
                    }
                    assert_true(step.step_s >= bound.step_s);
                    assert_true(step.low_s >= bound.step_s && step.low_s <= step.step_s && step.high_s >= step.step_s);
                    judged++;
                }
        }
    }
    assert_true(judged > 500);
}

static void a_pass_is_the_sum_of_its_blended_parts(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("llama-3.1-8b", "h100-sxm", &model, &system);
    tr_fitted f = fitted_of("", &model, &system, NULL);
    for (int i = 0; i < TR_CONSTANT_COUNT; i++)
        f.calibration.value[i] = 1.0;
    f.calibration.value[TR_CONSTANT_LINEAR_BYTE] = 0.5;
    f.calibration.value[TR_CONSTANT_SEQ_S] = 0.25;
    f.linear_byte = 3e12; /* 3e12 / (0.5 x 1e12) = 6 s */
    f.byte_per_s = 1e12;
    f.linear_flop_per_token = 2e15; /* 4 tokens x 2e15 / 1e15 = 8 s */
    f.head_flop_per_seq = 0.0;
    f.flop_per_s = 1e15; /* BF16: no ratio of narrow formats */
    f.attention_flop_per_s = 1e15;
    f.kv_share = 0.5;
    f.step_fixed_s = 2.0;
    const fitted_pass pass = {.decode_seq = 4, .kv_byte = 8e12, .attention_flop = 3e15}; /* 4 s and 3 s: 5 s */
    const fitted_terms t = tr_fitted_pass_terms(&f, &pass);
    assert_close(t.compute_s, 11.0, 1e-12);
    assert_close(t.weights_s, 6.0, 1e-12);
    assert_close(t.kv_s, 4.0, 1e-12);
    assert_close(t.fixed_s, 3.0, 1e-12);
    assert_close(t.step_s, 10.0 + 5.0 + 3.0, 1e-12); /* root(6^2 + 8^2), root(3^2 + 4^2), 2 + 4 x 0.25 */
}

static void a_collective_costs_its_start_its_wire_and_the_root_between(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("llama-3.1-8b", "2xh100-sxm", &model, &system);
    tr_fitted f = fitted_of("", &model, &system, NULL);
    assert_close(f.reduce_count, 64.0, 0.0);
    assert_close(f.reduce_byte_per_token, 64.0 * 2.0 * 4096.0 * 1.0, 1e-12); /* 2 (2 - 1) / 2 = 1 of each row */
    f.reduce_link_byte_per_s = 8192.0; /* a row takes a second on the wire */
    f.calibration.value[TR_CONSTANT_LINK_S] = 2.0;
    f.calibration.value[TR_CONSTANT_LINK_BYTE] = 0.5;
    f.calibration.value[TR_CONSTANT_LINK_MID_S] = 9.0;
    const fitted_pass pass = {.decode_seq = 4};
    assert_close(tr_fitted_pass_terms(&f, &pass).comm_s, 64.0 * (2.0 + 8.0 + 6.0), 1e-12);
}

static void one_rank_has_no_links_to_wait_for(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("llama-3.1-8b", "h100-sxm", &model, &system);
    const tr_fitted f = fitted_of("vllm", &model, &system, NULL);
    const tr_load load = {TR_PHASE_DECODE, 8, 1000, 1};
    tr_step step;
    assert_int_equal(tr_fitted_step(&f, &model, &load, &step, NULL), TR_OK);
    assert_true(step.comm_s == 0.0 && step.fixed_s > 0.0);
}

static void a_latent_cache_is_copied_and_heads_are_split(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("deepseek-v3", "8xh200-sxm", &model, &system);
    assert_close(fitted_of("", &model, &system, NULL).kv_share, 1.0, 1e-12);
    get("llama-3.1-70b", "4xh100-sxm", &model, &system);
    assert_close(fitted_of("", &model, &system, NULL).kv_share, 0.25, 1e-12);
    get("qwen3-235b-a22b", "8xh200-sxm", &model, &system); /* 4 KV heads on 8 ranks */
    assert_close(fitted_of("", &model, &system, NULL).kv_share, 0.25, 1e-12);
}

static void a_latent_cache_fills_each_rank_by_itself(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_step step;
    tr_error err;
    get("deepseek-v3", "8xh200-sxm", &model, &system);
    const tr_fitted f = fitted_of("sglang", &model, &system, NULL);
    tr_load load = {TR_PHASE_DECODE, 512, 4096, 1};
    assert_int_equal(tr_bound_step(&f.roof, &model, &load, &step, NULL), TR_OK); /* pooled, it fits */
    assert_int_equal(tr_fitted_step(&f, &model, &load, &step, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "largest batch"));
    load.batch_seq = 64;
    assert_int_equal(tr_fitted_step(&f, &model, &load, &step, &err), TR_OK);
}

static void a_chip_nobody_measured_gets_its_generations_constants_and_says_so(void **state)
{
    (void)state;
    const tr_calibration own = calibration_of("h100-sxm", "vllm"), lent = calibration_of("h200-sxm", "vllm");
    assert_int_equal(own.distance, TR_DISTANCE_NEAR);
    assert_int_equal(lent.distance, TR_DISTANCE_CHIP);
    assert_string_equal(lent.origin, "h200-sxm from h100-sxm, vllm");
    assert_memory_equal(own.value, lent.value, sizeof own.value);
    assert_string_equal(calibration_of("b300-sxm", "").chip, "b200-sxm");
    const tr_calibration other = calibration_of("mi300x", "vllm");
    assert_int_equal(other.distance, TR_DISTANCE_GENERIC);
    assert_string_equal(other.origin, "mi300x from all chips measured, vllm");
    for (int d = 1; d < TR_DISTANCE_COUNT; d++) {
        assert_true(own.step[d].low_ratio <= own.step[d - 1].low_ratio);
        assert_true(own.step[d].high_ratio >= own.step[d - 1].high_ratio);
    }
}

static void a_model_nobody_measured_gets_a_wider_band(void **state)
{
    (void)state;
    static tr_model known, new;
    tr_system system;
    get("llama-3.1-8b", "h100-sxm", &known, &system);
    get("mistral-large-2407", "4xh100-sxm", &new, &system);
    assert_int_equal(fitted_of("vllm", &known, &system, NULL).distance, TR_DISTANCE_NEAR);
    assert_int_equal(fitted_of("vllm", &new, &system, NULL).distance, TR_DISTANCE_MODEL);
}

static void an_engine_nobody_measured_is_refused_with_those_that_were(void **state)
{
    (void)state;
    tr_calibration c;
    tr_error err;
    memset(&c, 0x5a, sizeof c);
    const tr_calibration before = c;
    assert_int_equal(tr_calibration_find(tr_chip_catalog_find("h100-sxm"), "orca", &c, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "vllm"));
    assert_memory_equal(&c, &before, sizeof c);
    assert_int_equal(tr_calibration_find(NULL, "vllm", &c, &err), TR_EMISSING);
}

static void ranks_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_fitted f;
    tr_error err;
    get("llama-3.1-8b", "4xh100-sxm", &model, &system);
    const tr_calibration c = calibration_of("h100-sxm", "");
    const tr_layout bad[] = {{8, 1, 1, 1, 1, 0}, {0, 1, 1, 1, 1, 0}, {1.5, 1, 1, 1, 1, 0}, {2, 2, 1, 2, 1, 0},
                             {2, 1, 4, 1, 1, 0}, {4, 1, 1, 1, 2, 0}, {(double)NAN, 1, 1, 1, 1, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tr_fitted_of(&c, &model, &system, NULL, &bad[i], &f, &err), TR_EDOMAIN);
}

/* Two instances side by side on twice the chips share the batch, and nothing else. */
static void replicas_share_the_batch_and_nothing_else(void **state)
{
    (void)state;
    static const char *const models[] = {"llama-3.1-70b", "deepseek-v3"};
    static tr_model model;
    tr_system one, two;
    tr_error err;
    for (int m = 0; m < 2; m++) {
        get(models[m], "8xh200-sxm", &model, &one);
        get(models[m], "16xh200-sxm", &model, &two);
        const tr_layout alone = {8, 1, 1, 1, 1, 0}, pair = {8, 1, 1, 1, 2, 0};
        const tr_fitted a = fitted_of("vllm", &model, &one, &alone), b = fitted_of("vllm", &model, &two, &pair);
        const tr_load load = {TR_PHASE_DECODE, 32, 2048, 1}, both = {TR_PHASE_DECODE, 64, 2048, 1};
        tr_step x, y;
        assert_int_equal(tr_fitted_step(&a, &model, &load, &x, &err), TR_OK);
        assert_int_equal(tr_fitted_step(&b, &model, &both, &y, &err), TR_OK);
        assert_close(y.step_s, x.step_s, 1e-12);
        assert_close(y.token_per_s, 2.0 * x.token_per_s, 1e-12);
        assert_close(y.token_per_s_per_chip, x.token_per_s_per_chip, 1e-12);
    }
}

/* An all-reduce among neighbours does not wait for the network that experts' tokens take. */
static void each_collective_goes_over_its_own_link(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("deepseek-v3", "16xh200-sxm", &model, &system);
    const tr_layout layout = {2, 8, 16, 1, 1, 0};
    const tr_fitted f = fitted_of("", &model, &system, &layout);
    assert_true(f.reduce_link_byte_per_s >= system.chip.scaleup_byte_per_s);
    assert_true(f.exchange_link_byte_per_s <= system.chip.scaleout_byte_per_s);
    assert_true(f.reduce_count > 0 && f.exchange_count > 0);
}

static tr_service serve(const tr_fitted *f, const tr_model *model, double clients, double prompt, double output)
{
    const tr_clients c = {clients, prompt, output, 0, 0, 0};
    tr_service s;
    tr_error err;
    if (tr_fitted_serve(f, model, &c, &s, &err) != TR_OK)
        fail_msg("%s", err.text);
    return s;
}

static void more_clients_make_tokens_slower_and_the_machine_faster(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("llama-3.1-70b", "8xh100-sxm", &model, &system);
    const tr_fitted f = fitted_of("vllm", &model, &system, NULL);
    tr_service last = serve(&f, &model, 1, 1024, 1024);
    for (double clients = 2; clients <= 128; clients *= 2) {
        const tr_service now = serve(&f, &model, clients, 1024, 1024);
        assert_true(now.tpot_s > last.tpot_s && now.output_token_per_s > last.output_token_per_s);
        assert_true(now.batch_seq > last.batch_seq && now.batch_seq <= clients);
        assert_true(now.tpot_s >= now.tpot_bound_s && now.ttft_low_s < now.ttft_s && now.ttft_s < now.ttft_high_s);
        last = now;
    }
}

static void longer_prompts_slow_the_tokens_beside_them(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("llama-3.1-8b", "h100-sxm", &model, &system);
    const tr_fitted f = fitted_of("vllm", &model, &system, NULL);
    assert_true(serve(&f, &model, 16, 4096, 256).tpot_s > 1.3 * serve(&f, &model, 16, 256, 256).tpot_s);
}

static void prompts_taken_elsewhere_leave_tokens_alone(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_service apart;
    get("llama-3.1-8b", "h100-sxm", &model, &system);
    const tr_fitted f = fitted_of("vllm", &model, &system, NULL);
    const tr_clients c = {16, 4096, 256, 0, 0, 1};
    assert_int_equal(tr_fitted_serve(&f, &model, &c, &apart, NULL), TR_OK);
    const tr_service beside = serve(&f, &model, 16, 4096, 256);
    assert_true(apart.tpot_s < 0.8 * beside.tpot_s && apart.batch_seq > beside.batch_seq);
}

static void clients_beyond_the_room_wait(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    get("llama-3.1-8b", "h100-sxm", &model, &system);
    const tr_fitted f = fitted_of("vllm", &model, &system, NULL);
    const tr_service s = serve(&f, &model, 16, 16384, 512);
    /* 76 GB - 16.06 GB - 2 GB over 131,072 B x 16,640 tokens */
    assert_close(s.room_seq, (0.95 * 80e9 - f.store_byte - 2e9) / (131072.0 * 16640.0), 1e-9);
    const tr_service many = serve(&f, &model, 400, 16384, 512);
    assert_true(many.batch_seq <= many.room_seq * (1 + 1e-9));
    assert_true(many.ttft_s > 10 * s.ttft_s);
}

static void clients_that_are_no_numbers_are_refused(void **state)
{
    (void)state;
    static tr_model model;
    tr_system system;
    tr_service s;
    tr_error err;
    get("llama-3.1-8b", "h100-sxm", &model, &system);
    const tr_fitted f = fitted_of("vllm", &model, &system, NULL);
    const double nan = (double)NAN;
    const tr_clients bad[] = {{0, 1, 1, 0, 0, 0},   {1, 0, 1, 0, 0, 0},    {1, 1, 0, 0, 0, 0},   {1, 1, 1, 2, 0, 0},
                              {1, 1, 1, 0, -1, 0},  {nan, 1, 1, 0, 0, 0},  {1, nan, 1, 0, 0, 0}, {1, 1, nan, 0, 0, 0},
                              {1, 1, 1, nan, 0, 0}, {1, 1, 1, 0, nan, 0}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(tr_fitted_serve(&f, &model, &bad[i], &s, &err), TR_EDOMAIN);
    get("deepseek-v3", "2xh100-sxm", &model, &system);
    const tr_fitted tight = fitted_of("vllm", &model, &system, NULL);
    const tr_clients one = {1, 128, 128, 0, 0, 0};
    assert_int_equal(tr_fitted_serve(&tight, &model, &one, &s, &err), TR_ENOFIT);
}

static void every_constant_has_a_name_a_unit_and_a_meaning(void **state)
{
    (void)state;
    for (int i = 0; i < TR_CONSTANT_COUNT; i++) {
        assert_non_null(tr_constant_name((tr_constant)i));
        assert_non_null(tr_constant_doc((tr_constant)i));
        assert_true(tr_constant_unit((tr_constant)i) == TR_UNIT_SECOND || tr_constant_unit((tr_constant)i) == TR_UNIT_RATIO);
    }
    assert_null(tr_constant_name(TR_CONSTANT_COUNT));
    for (size_t i = 0; i < tr_calibration_count(); i++) {
        const tr_calibration *c = tr_calibration_at(i);
        assert_int_equal(tr_calibration_check(c, NULL), TR_OK);
        assert_true(c->value[TR_CONSTANT_LINEAR_BYTE] <= 1.0 && c->value[TR_CONSTANT_KV_BYTE] <= 1.0);
    }
    assert_null(tr_calibration_at(tr_calibration_count()));
    assert_non_null(tr_engine_name(0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_fitted_is_faster_than_its_bound),
        cmocka_unit_test(a_pass_is_the_sum_of_its_blended_parts),
        cmocka_unit_test(a_collective_costs_its_start_its_wire_and_the_root_between),
        cmocka_unit_test(one_rank_has_no_links_to_wait_for),
        cmocka_unit_test(a_latent_cache_is_copied_and_heads_are_split),
        cmocka_unit_test(a_latent_cache_fills_each_rank_by_itself),
        cmocka_unit_test(a_chip_nobody_measured_gets_its_generations_constants_and_says_so),
        cmocka_unit_test(a_model_nobody_measured_gets_a_wider_band),
        cmocka_unit_test(an_engine_nobody_measured_is_refused_with_those_that_were),
        cmocka_unit_test(ranks_that_do_not_exist_are_refused),
        cmocka_unit_test(replicas_share_the_batch_and_nothing_else),
        cmocka_unit_test(each_collective_goes_over_its_own_link),
        cmocka_unit_test(more_clients_make_tokens_slower_and_the_machine_faster),
        cmocka_unit_test(longer_prompts_slow_the_tokens_beside_them),
        cmocka_unit_test(prompts_taken_elsewhere_leave_tokens_alone),
        cmocka_unit_test(clients_beyond_the_room_wait),
        cmocka_unit_test(clients_that_are_no_numbers_are_refused),
        cmocka_unit_test(every_constant_has_a_name_a_unit_and_a_meaning),
    };
    return cmocka_run_group_tests_name("fitted", tests, NULL, NULL);
}
