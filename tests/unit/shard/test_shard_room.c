/* test_shard_room.c -- what fits on one chip: the largest batch, the longest context, and one rule of reserve. */
#include "fixture.h"

static const tr_layout one_chip = {1, 1, 1, 1, 1, 0};

/* 50e9 parameters of a byte and 100 kB a token on 80 GB: 30 GB left, 1 GB a sequence of 10,000 tokens. */
static tr_shard plain(double memory_byte)
{
    static tr_model model;
    static tr_system system;
    model = plain_model(50e9, 50e9, 100e3, 1.0);
    system = plain_system(1e15, 4e12, memory_byte, 0.0);
    return shard_of(&model, &system, one_chip);
}

static void the_largest_batch_fits_and_one_more_does_not(void **state)
{
    (void)state;
    const tr_shard shard = plain(80e9);
    assert_true(tr_shard_max_batch_seq(&shard, 10000.0) == 30.0);
    assert_true(tr_shard_max_batch_seq(&shard, 10001.0) == 29.0);
    assert_true(tr_shard_max_batch_seq(&shard, 300000.0) == 1.0);
    assert_true(tr_shard_max_batch_seq(&shard, 300001.0) == 0.0);
    for (double context = 1.0; context < 3e5; context = floor(context * 1.07) + 3.0) {
        const double most = tr_shard_max_batch_seq(&shard, context);
        assert_int_equal(tr_shard_check(&shard, most, context, NULL), TR_OK);
        assert_int_equal(tr_shard_check(&shard, most + 1.0, context, NULL), TR_ENOFIT);
    }
}

static void the_largest_batch_agrees_with_the_check_where_quotients_round(void **state)
{
    (void)state;
    /* Tenths are not exact in binary, so memory / cache lands on either side of a whole number. */
    for (int tenths = 1; tenths <= 5000; tenths++) {
        const double weight_byte = 0.1 * (1 + tenths % 60);
        const double edge_byte = weight_byte + 0.1 * tenths;
        const double memory_byte = tenths % 2 ? edge_byte : edge_byte * (1.0 - 0x1p-53); /* on it, or a hair below */
        const tr_model model = plain_model(1.0, 1.0, 0.1, weight_byte);
        const tr_system system = plain_system(1e15, 4e12, memory_byte, 0.0);
        const tr_shard shard = shard_of(&model, &system, one_chip);
        const double most = tr_shard_max_batch_seq(&shard, 1.0);
        if (most >= 1.0)
            assert_int_equal(tr_shard_check(&shard, most, 1.0, NULL), TR_OK);
        assert_int_equal(tr_shard_check(&shard, most + 1.0, 1.0, NULL), TR_ENOFIT);
    }
}

static void what_does_not_fit_says_by_how_much_and_what_does(void **state)
{
    (void)state;
    tr_error err;
    const tr_shard shard = plain(80e9), tight = plain(40e9);
    assert_int_equal(tr_shard_check(&shard, 30.0, 10000.0, &err), TR_OK);
    assert_int_equal(tr_shard_check(&shard, 42.0, 10000.0, &err), TR_ENOFIT);
    assert_string_equal(err.field, "memory_byte");
    assert_true(err.value == 92e9);
    assert_non_null(strstr(err.text, "12 GB more"));
    assert_non_null(strstr(err.text, "is 30"));
    /* One sequence too long, and weights too large, are told apart. */
    assert_int_equal(tr_shard_check(&shard, 1.0, 400000.0, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "not one sequence"));
    assert_non_null(strstr(err.text, "10 GB more memory"));
    assert_int_equal(tr_shard_check(&tight, 1.0, 0.0, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "the weights (50 GB of"));
    assert_non_null(strstr(err.text, "10 GB more"));
}

static void weights_that_do_not_fit_leave_no_batch_and_no_context(void **state)
{
    (void)state;
    const tr_shard shard = plain(40e9);
    assert_true(tr_shard_max_batch_seq(&shard, 0.0) == 0.0);
    assert_true(tr_shard_max_context_token(&shard, 1.0) == 0.0);
    assert_true(shard.cache_room_byte == -10e9);
}

static void without_a_limit_nothing_limits(void **state)
{
    (void)state;
    const tr_shard shard = plain(0.0);
    assert_true(isinf(tr_shard_max_batch_seq(&shard, 1e6)));
    assert_true(isinf(tr_shard_max_context_token(&shard, 1e6)));
    assert_int_equal(tr_shard_check(&shard, 1e9, 1e12, NULL), TR_OK);
    /* Nor does KV of no bytes. */
    const tr_model light = plain_model(9e9, 9e9, 0.0, 1.0);
    const tr_system small = plain_system(1e15, 4e12, 80e9, 0.0);
    const tr_shard b = shard_of(&light, &small, one_chip);
    assert_true(isinf(tr_shard_max_batch_seq(&b, 1e6)));
}

static void the_longest_context_fits_and_one_token_more_does_not(void **state)
{
    (void)state;
    const tr_shard shard = plain(80e9);
    assert_true(tr_shard_max_context_token(&shard, 1.0) == 300000.0);
    assert_true(tr_shard_max_context_token(&shard, 7.0) == 42857.0); /* 300000 / 7 = 42857.14 */
    assert_true(tr_shard_max_context_token(&shard, 300000.0) == 1.0);
    assert_true(tr_shard_max_context_token(&shard, 300001.0) == 0.0);
}

static void a_window_caps_what_is_stored(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.layer[0].cache[0].row_cap = 1024.0; /* 10 x 1024 x 4096 B = 41.94 MB a sequence, never more */
    const tr_system system = toy_system(1.0);
    const tr_shard shard = shard_of(&model, &system, one_chip);
    /* (100e9 - 2.2e9) / 41943040 = 2331.73 */
    assert_true(tr_shard_max_batch_seq(&shard, 1e6) == 2331.0);
    assert_true(isinf(tr_shard_max_context_token(&shard, 2331.0)));
    /* One sequence more, and 97.8e9 / 2332 = 41938250.4 B hold 1023 rows of 40960 B (41902080), not 1024. */
    assert_true(tr_shard_max_context_token(&shard, 2332.0) == 1023.0);
}

static void recurrent_state_is_kept_for_every_sequence(void **state)
{
    (void)state;
    tr_model model = toy_model(0);
    model.layer[0].state_byte = 1e8; /* ten layers: 1 GB a sequence */
    model.state_byte_per_seq = 1e9;
    const tr_system system = toy_system(1.0);
    const tr_shard shard = shard_of(&model, &system, one_chip);
    assert_true(tr_shard_max_batch_seq(&shard, 0.0) == 97.0); /* 97.8 GB left */
    assert_true(tr_shard_max_context_token(&shard, 98.0) == 0.0);
}

/* llama-3.1-70b in BF16 is 141.1 GB; a stage of eight has 10 of 80 layers and one table: 20 GB of 85.5. 256k tokens
 * of its 10 layers are 10.7 GB. */
static void a_pipeline_of_eight_holds_a_long_context(void **state)
{
    (void)state;
    static tr_model model;
    tr_error err;
    get_model("llama-3.1-70b", &model);
    const tr_system system = get_system("8xh100-sxm");
    const tr_shard shard = shard_with(&model, &system, tr_engine_default(), (tr_layout){1, 1, 1, 8, 1, 0}, NULL);
    if (tr_shard_check(&shard, 1.0, 262144.0, &err) != TR_OK)
        fail_msg("%s", err.text);
    assert_close(tr_shard_seq_byte(&shard, 262144.0), 262144.0 * 10 * 2 * 8 * 128 * 2, 1e-15);
    assert_true(tr_shard_used_byte(&shard, 1.0, 262144.0) > 28e9 && tr_shard_used_byte(&shard, 1.0, 262144.0) < 36e9);
}

static void memory_is_what_the_driver_leaves(void **state)
{
    (void)state;
    static tr_model model;
    get_model("llama-3.1-8b", &model);
    const tr_system system = get_system("h100-sxm");
    assert_close(shard_of(&model, &system, one_chip).memory_byte, 85.5e9, 2e-3);
}

/* Activations of 2,048 tokens, buffers and a reserve: what each engine leaves for the cache. */
static void an_engine_holds_back_by_its_own_rule(void **state)
{
    (void)state;
    static tr_model model;
    get_model("llama-3.1-8b", &model);
    const tr_system system = get_system("h100-sxm");
    tr_engine e = *tr_engine_default();
    e.buffer_byte = 1e9;
    for (int rule = TR_MEMORY_WHOLE; rule <= TR_MEMORY_ALL; rule++) {
        e.memory_rule = (tr_memory_rule)rule;
        e.memory_share = 0.8;
        const tr_shard s = shard_with(&model, &system, &e, one_chip, NULL);
        const double all = s.memory_byte, beside = s.activation_byte + s.buffer_byte;
        assert_true(s.activation_byte > 0.0 && s.buffer_byte == 1e9);
        const double room[] = {
            [TR_MEMORY_WHOLE] = 0.8 * all - s.weight_byte - beside,
            [TR_MEMORY_STATIC] = 0.8 * all - s.weight_byte, /* activations live in the other fifth */
            [TR_MEMORY_FREE] = 0.8 * (all - s.weight_byte - beside),
            [TR_MEMORY_ALL] = all - s.weight_byte - beside,
        };
        assert_close(s.cache_room_byte, room[rule], 1e-12);
        /* One rule: the room and every answer about it agree. */
        assert_close(s.cache_room_byte + s.reserve_byte + s.weight_byte + beside, all, 1e-12);
        const double most = tr_shard_max_batch_seq(&s, 8192.0);
        assert_true(most == floor(s.cache_room_byte / tr_shard_seq_byte(&s, 8192.0)));
        assert_true(tr_shard_used_byte(&s, most, 8192.0) + s.reserve_byte <= all);
        assert_int_equal(tr_shard_check(&s, most + 1.0, 8192.0, NULL), TR_ENOFIT);
    }
}

static void sequences_are_dealt_out_whole_to_the_ranks(void **state)
{
    (void)state;
    static tr_model model;
    get_model("deepseek-v3", &model);
    const tr_system system = get_system("8xb200-sxm");
    const tr_shard shard = shard_of(&model, &system, (tr_layout){1, 8, 8, 1, 1, 0});
    const double fixed = tr_shard_used_byte(&shard, 0.0, 4096.0), each = tr_shard_seq_byte(&shard, 4096.0);
    assert_close(tr_shard_used_byte(&shard, 1.0, 4096.0) - fixed, each, 1e-6);
    assert_close(tr_shard_used_byte(&shard, 8.0, 4096.0) - fixed, each, 1e-6);
    assert_close(tr_shard_used_byte(&shard, 9.0, 4096.0) - fixed, 2.0 * each, 1e-6);
    const double most = tr_shard_max_batch_seq(&shard, 4096.0);
    assert_true(most >= 8.0 && floor(most / 8.0) * 8.0 == most);
}

static void nan_and_out_of_range_give_nan(void **state)
{
    (void)state;
    const tr_shard shard = plain(80e9);
    assert_true(isnan(tr_shard_max_batch_seq(&shard, (double)NAN)));
    assert_true(isnan(tr_shard_max_batch_seq(&shard, -1.0)));
    assert_true(isnan(tr_shard_max_batch_seq(NULL, 1.0)));
    assert_true(isnan(tr_shard_max_context_token(&shard, (double)NAN)));
    assert_true(isnan(tr_shard_max_context_token(&shard, 0.0)));
    assert_true(isnan(tr_shard_seq_byte(&shard, (double)NAN)));
    assert_true(isnan(tr_shard_used_byte(&shard, (double)NAN, 1.0)));
    assert_true(isnan(tr_shard_used_byte(&shard, 1.0, (double)NAN)));
    tr_error err;
    assert_int_equal(tr_shard_check(&shard, (double)NAN, 1.0, &err), TR_EDOMAIN);
    assert_int_equal(tr_shard_check(&shard, 1.0, (double)NAN, &err), TR_EDOMAIN);
    assert_int_equal(tr_shard_check(NULL, 1.0, 1.0, &err), TR_EMISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_batch_fits_and_one_more_does_not),
        cmocka_unit_test(the_largest_batch_agrees_with_the_check_where_quotients_round),
        cmocka_unit_test(what_does_not_fit_says_by_how_much_and_what_does),
        cmocka_unit_test(weights_that_do_not_fit_leave_no_batch_and_no_context),
        cmocka_unit_test(without_a_limit_nothing_limits),
        cmocka_unit_test(the_longest_context_fits_and_one_token_more_does_not),
        cmocka_unit_test(a_window_caps_what_is_stored),
        cmocka_unit_test(recurrent_state_is_kept_for_every_sequence),
        cmocka_unit_test(a_pipeline_of_eight_holds_a_long_context),
        cmocka_unit_test(memory_is_what_the_driver_leaves),
        cmocka_unit_test(an_engine_holds_back_by_its_own_rule),
        cmocka_unit_test(sequences_are_dealt_out_whole_to_the_ranks),
        cmocka_unit_test(nan_and_out_of_range_give_nan),
    };
    return cmocka_run_group_tests_name("shard room", tests, NULL, NULL);
}
