/* test_rate_bound.c -- one pass by the two equations: hand-worked terms, bounds, and refusals. */
#include "fixture.h"

/* 100e9 parameters of a byte, 10e9 active, 100 kB of KV a token; 1e15 FLOP/s, 1 TB/s, no memory limit, $3.60/h. */
static tr_roofline plain(void)
{
    static tr_model model;
    static tr_system system;
    model = plain_model(100e9, 10e9, 100e3, 1.0);
    system = plain_system(1e15, 1e12, 0.0, 3.6);
    return roof_of(&model, &system);
}

static void compute_overlaps_memory_but_streams_share_the_bus(void **state)
{
    (void)state;
    const tr_roofline roof = plain();
    /* weights 100e9/1e12 = 0.1 s; KV 10 x 1000 x 1e5 / 1e12 = 1 ms; compute 10 x 2e10 / 1e15 = 0.2 ms */
    const tr_step step = decode(&roof, 10.0, 1000.0);
    assert_true(step.weights_s == 0.1);
    assert_true(step.kv_s == 1e-3);
    assert_true(step.compute_s == 2e-4);
    assert_true(step.step_s == 0.1 + 1e-3);
    assert_true(step.low_s == step.step_s && step.high_s == step.step_s);
    assert_true(step.comm_s == 0.0 && step.fixed_s == 0.0);
    /* compute 10000 x 2e10 / 1e15 = 0.2 s over weights 0.1 s + KV 10000 x 10 x 1e5 / 1e12 = 10 ms */
    const tr_step busy = decode(&roof, 10000.0, 10.0);
    assert_true(busy.compute_s == 0.2);
    assert_true(busy.step_s == 0.2);
}

static void the_limit_is_the_side_that_decides(void **state)
{
    (void)state;
    const tr_roofline roof = plain();
    assert_int_equal(decode(&roof, 1.0, 0.0).limit, TR_LIMIT_WEIGHTS);
    assert_int_equal(decode(&roof, 10000.0, 10.0).limit, TR_LIMIT_COMPUTE);
    assert_int_equal(decode(&roof, 10.0, 200000.0).limit, TR_LIMIT_KV);
    /* Compute 0.2 s is the largest single term here, but weights 0.1 s and KV 0.15 s together are longer. */
    const tr_step both = decode(&roof, 10000.0, 150.0);
    assert_true(both.compute_s > both.weights_s && both.compute_s > both.kv_s);
    assert_int_equal(both.limit, TR_LIMIT_KV);
}

static void compute_time_is_two_flop_per_parameter_and_sequence(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(2.0);
    const tr_roofline roof = roof_of(&model, &system);
    /* 16 x (2 x 1.05e9 + 10 layers x 32768 x 1000) / 2e15 = 16 x 2.42768e9 / 2e15 */
    const tr_step step = decode(&roof, 16.0, 1000.0);
    assert_close(step.flop, 16.0 * 2.42768e9, 1e-15);
    assert_close(step.compute_s, 1.942144e-5, 1e-15);
}

static void weights_are_read_once_whatever_the_batch(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(2.0);
    const tr_roofline roof = roof_of(&model, &system);
    /* 1.05e9 x 2 B over 2 x 4 TB/s: the input table is a look-up and stays where it is. */
    assert_close(decode(&roof, 1.0, 0.0).weights_s, 2.1e9 / 8e12, 1e-15);
    assert_true(decode(&roof, 1.0, 0.0).weights_s == decode(&roof, 512.0, 100.0).weights_s);
}

static void few_sequences_read_only_the_experts_they_chose(void **state)
{
    (void)state;
    const tr_model model = toy_model(1);
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    /* fixed 0.49e9 x 2 B; routed 2.56e9 x 2 B x 8/256 for one token */
    assert_close(decode(&roof, 1.0, 0.0).weight_read_byte, 0.98e9 + 5.12e9 / 32.0, 1e-15);
    assert_close(decode(&roof, 1.0, 0.0).weights_s, (0.98e9 + 0.16e9) / 4e12, 1e-15);
    assert_close(decode(&roof, 2.0, 0.0).weight_read_byte, 0.98e9 + 5.12e9 * (1.0 - 0.96875 * 0.96875), 1e-15);
    assert_close(decode(&roof, 1e5, 0.0).weights_s, 6.1e9 / 4e12, 1e-15);
    /* A prefill of one sequence sends 300 tokens to the router, not one. */
    assert_close(prefill(&roof, 1.0, 0.0, 300.0).weights_s, decode(&roof, 300.0, 0.0).weights_s, 1e-15);
}

static void doubling_context_halves_throughput_when_kv_bound(void **state)
{
    (void)state;
    const tr_model model = plain_model(1.0, 1.0, 100e3, 1.0); /* weights of one byte: all KV */
    const tr_system system = plain_system(1e15, 1e12, 0.0, 0.0);
    const tr_roofline roof = roof_of(&model, &system);
    const tr_step near = decode(&roof, 32.0, 100e3), far = decode(&roof, 32.0, 200e3);
    assert_int_equal(near.limit, TR_LIMIT_KV);
    assert_close(near.token_per_s / far.token_per_s, 2.0, 1e-9);
    assert_close(near.kv_s, 0.32, 1e-15); /* 32 x 1e5 x 1e5 / 1e12 */
}

static void throughput_and_cost_come_from_the_same_step(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(4.0);
    const tr_roofline roof = roof_of(&model, &system);
    const tr_step step = decode(&roof, 8.0, 0.0);
    /* 2.1e9 B / 16e12 B/s = 131.25 us; 8 / 131.25 us = 60952.38 tokens/s; 4 x $3.60/h = 0.4 cent/s */
    assert_close(step.step_s, 131.25e-6, 1e-15);
    assert_close(step.token_per_s, 60952.380952380954, 1e-14);
    assert_close(step.token_per_s_per_seq, 7619.047619047619, 1e-14);
    assert_close(step.token_per_s_per_chip, 15238.095238095239, 1e-14);
    assert_close(step.usd_per_mtoken, 0.004 / 60952.380952380954 * 1e6, 1e-14);
    assert_close(step.intensity_flop_per_byte, 8.0 * 2.1e9 / 2.1e9, 1e-15);
    assert_true(step.mbu == 1.0);
    assert_close(step.mfu, 8.0 * 2.1e9 / 4e15 / 131.25e-6, 1e-14);
}

static void prefill_scores_only_the_last_token(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    /* 1.0e9 parameters meet each of 2000 tokens, the 50e6 of the output table one token a sequence */
    const double weights_flop = 3.0 * (2.0 * 1.0e9 * 2000.0 + 2.0 * 50e6);
    const double attention_flop = 3.0 * tr_model_prefill_attention_flop(&model, 0.0, 2000.0);
    assert_close(prefill(&roof, 3.0, 0.0, 2000.0).flop, weights_flop + attention_flop, 1e-14);
    assert_close(prefill(&roof, 3.0, 0.0, 2000.0).token_per_s_per_seq,
                 2000.0 / prefill(&roof, 3.0, 0.0, 2000.0).step_s, 1e-15);
}

static void a_tied_output_table_is_scored_once_too(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.tied = 1;
    model.head_param = 0.0;
    model.total_param = model.active_param = 1.05e9;
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    const double attention_flop = tr_model_prefill_attention_flop(&model, 0.0, 2000.0);
    assert_close(prefill(&roof, 1.0, 0.0, 2000.0).flop, 4e12 + 1e8 + attention_flop, 1e-14);
}

static void a_pass_reads_the_recurrent_state_and_writes_it_back(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.layer[0].state_byte = 1e6;
    model.state_byte_per_seq = 1e7;
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(prefill(&roof, 2.0, 100.0, 50.0).kv_read_byte, 2.0 * (2.0 * 1e7 + 150.0 * 40960.0), 1e-15);
    assert_close(decode(&roof, 2.0, 100.0).kv_read_byte, 2.0 * (2.0 * 1e7 + 100.0 * 40960.0), 1e-15);
}

static void prefill_of_a_model_of_plain_numbers_is_two_flop_per_parameter_and_token(void **state)
{
    (void)state;
    const tr_roofline roof = plain();
    const tr_step step = prefill(&roof, 2.0, 0.0, 50000.0);
    assert_close(step.compute_s, 2.0 * 50000.0 * 2e10 / 1e15, 1e-15);
    assert_close(step.kv_s, 2.0 * 50000.0 * 1e5 / 1e12, 1e-15); /* written */
    assert_int_equal(step.limit, TR_LIMIT_COMPUTE);
}

static void prefill_reads_its_cache_once_and_writes_its_own_rows(void **state)
{
    (void)state;
    const tr_model model = toy_model(0);
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(prefill(&roof, 4.0, 7000.0, 1000.0).kv_read_byte, 4.0 * 40960.0 * 8000.0, 1e-15);
    /* Cut in chunks, a prompt pays for its cache again in each. */
    const double whole = prefill(&roof, 1.0, 0.0, 8000.0).kv_read_byte;
    const double first = prefill(&roof, 1.0, 0.0, 4000.0).kv_read_byte;
    const double second = prefill(&roof, 1.0, 4000.0, 4000.0).kv_read_byte;
    assert_close(first + second, whole + 40960.0 * 4000.0, 1e-15);
}

static void many_sparse_queries_read_at_most_all_that_is_stored(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.layer[0].cache[0].read_cap = 500.0; /* top-500 of what is stored */
    const tr_system system = toy_system(1.0);
    const tr_roofline roof = roof_of(&model, &system);
    assert_close(decode(&roof, 1.0, 8000.0).kv_read_byte, 500.0 * 40960.0, 1e-15);
    assert_close(prefill(&roof, 1.0, 8000.0, 2.0).kv_read_byte, (1000.0 + 2.0) * 40960.0, 1e-15);
    assert_close(prefill(&roof, 1.0, 8000.0, 100.0).kv_read_byte, (8000.0 + 100.0) * 40960.0, 1e-15);
}

static void a_load_out_of_range_is_refused_and_the_answer_left_alone(void **state)
{
    (void)state;
    const tr_roofline roof = plain();
    const double none = (double)NAN;
    const struct {
        tr_load load;
        const char *field;
    } bad[] = {
        {{TR_PHASE_DECODE, 0.0, 10.0, 1.0}, "batch_seq"},
        {{TR_PHASE_DECODE, none, 10.0, 1.0}, "batch_seq"},
        {{TR_PHASE_DECODE, HUGE_VAL, 10.0, 1.0}, "batch_seq"},
        {{TR_PHASE_DECODE, 2e9, 10.0, 1.0}, "batch_seq"},
        {{TR_PHASE_DECODE, 4.0, -1.0, 1.0}, "context_token"},
        {{TR_PHASE_DECODE, 4.0, none, 1.0}, "context_token"},
        {{TR_PHASE_DECODE, 4.0, HUGE_VAL, 1.0}, "context_token"},
        {{TR_PHASE_PREFILL, 4.0, 10.0, 0.0}, "query_token"},
        {{TR_PHASE_PREFILL, 4.0, 10.0, none}, "query_token"},
        {{(tr_phase)7, 4.0, 10.0, 1.0}, "phase"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tr_step step, before;
        memset(&step, 0x5a, sizeof step);
        before = step;
        tr_error err;
        assert_int_equal(tr_bound_step(&roof, &bad[i].load, &step, &err), TR_EDOMAIN);
        assert_string_equal(err.field, bad[i].field);
        assert_memory_equal(&step, &before, sizeof step);
        assert_int_equal(tr_bound_step(&roof, &bad[i].load, &step, NULL), TR_EDOMAIN);
    }
    /* Decode does not look at query_token. */
    const tr_load fine = {TR_PHASE_DECODE, 4.0, 10.0, none};
    tr_step step;
    assert_int_equal(tr_bound_step(&roof, &fine, &step, NULL), TR_OK);
}

static void a_broken_roofline_is_refused_by_name(void **state)
{
    (void)state;
    const tr_roofline roof = plain();
    const tr_load load = {TR_PHASE_DECODE, 4.0, 10.0, 1.0};
    tr_step step;
    tr_error err;
    tr_roofline broken = roof;
    broken.byte_per_s = (double)NAN;
    assert_int_equal(tr_bound_step(&broken, &load, &step, &err), TR_EDOMAIN);
    assert_string_equal(err.field, "byte_per_s");
    broken = roof;
    broken.expert_idle_share = 1.0;
    assert_int_equal(tr_bound_step(&broken, &load, &step, &err), TR_EDOMAIN);
    assert_string_equal(err.field, "expert_idle_share");
    assert_int_equal(tr_bound_step(NULL, &load, &step, &err), TR_EMISSING);
    assert_int_equal(tr_bound_step(&roof, NULL, &step, &err), TR_EMISSING);
}

static void phases_physics_and_limits_have_their_words(void **state)
{
    (void)state;
    assert_string_equal(tr_phase_name(TR_PHASE_DECODE), "decode");
    assert_string_equal(tr_phase_name(TR_PHASE_PREFILL), "prefill");
    assert_string_equal(tr_physics_name(TR_PHYSICS_BOUND), "bound");
    assert_string_equal(tr_physics_name(TR_PHYSICS_OPS), "ops");
    assert_string_equal(tr_physics_name(TR_PHYSICS_FITTED), "fitted");
    assert_string_equal(tr_limit_name(TR_LIMIT_COMPUTE), "compute");
    assert_string_equal(tr_limit_name(TR_LIMIT_WEIGHTS), "weights");
    assert_string_equal(tr_limit_name(TR_LIMIT_KV), "kv");
    assert_string_equal(tr_limit_name(TR_LIMIT_COMM), "comm");
    assert_string_equal(tr_limit_name(TR_LIMIT_FIXED), "fixed");
    assert_string_equal(tr_limit_name((tr_limit)99), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compute_overlaps_memory_but_streams_share_the_bus),
        cmocka_unit_test(the_limit_is_the_side_that_decides),
        cmocka_unit_test(compute_time_is_two_flop_per_parameter_and_sequence),
        cmocka_unit_test(weights_are_read_once_whatever_the_batch),
        cmocka_unit_test(few_sequences_read_only_the_experts_they_chose),
        cmocka_unit_test(doubling_context_halves_throughput_when_kv_bound),
        cmocka_unit_test(throughput_and_cost_come_from_the_same_step),
        cmocka_unit_test(prefill_scores_only_the_last_token),
        cmocka_unit_test(a_tied_output_table_is_scored_once_too),
        cmocka_unit_test(a_pass_reads_the_recurrent_state_and_writes_it_back),
        cmocka_unit_test(prefill_of_a_model_of_plain_numbers_is_two_flop_per_parameter_and_token),
        cmocka_unit_test(prefill_reads_its_cache_once_and_writes_its_own_rows),
        cmocka_unit_test(many_sparse_queries_read_at_most_all_that_is_stored),
        cmocka_unit_test(a_load_out_of_range_is_refused_and_the_answer_left_alone),
        cmocka_unit_test(a_broken_roofline_is_refused_by_name),
        cmocka_unit_test(phases_physics_and_limits_have_their_words),
    };
    return cmocka_run_group_tests_name("rate bound", tests, NULL, NULL);
}
