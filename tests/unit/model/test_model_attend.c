/* test_model_attend.c -- one model with another's way of looking at its cache. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/attend.h"

/* Large, so not on the stack. */
static tr_model a, b, made;

static void as(const char *name, const char *like)
{
    tr_error err;
    assert_int_equal(tr_model_catalog_get(name, &a, &err), TR_OK);
    assert_int_equal(tr_model_catalog_get(like, &b, &err), TR_OK);
    if (tr_model_attend_as(&a, &b, &made, &err) != TR_OK)
        fail_msg("%s", err.text);
}

static void v3_with_the_index_of_v32_is_v32(void **state)
{
    (void)state;
    as("deepseek-v3", "deepseek-v3.2");
    assert_true(made.total_param == b.total_param && made.active_param == b.active_param);
    assert_true(made.multiply_param == b.multiply_param && made.stream_param == b.stream_param);
    for (double token = 64; token < 2e6; token *= 3) {
        assert_true(tr_model_kv_read_byte(&made, token, 2) == tr_model_kv_read_byte(&b, token, 2));
        assert_true(tr_model_kv_store_byte(&made, token, 2) == tr_model_kv_store_byte(&b, token, 2));
        assert_true(tr_model_attention_flop(&made, token) == tr_model_attention_flop(&b, token));
    }
}

static void and_back_it_is_v3(void **state)
{
    (void)state;
    as("deepseek-v3.2", "deepseek-v3");
    assert_true(made.total_param == b.total_param);
    assert_true(tr_model_kv_read_byte(&made, 1e5, 2) == tr_model_kv_read_byte(&b, 1e5, 2));
    assert_int_equal(tr_model_attend_of(&made), TR_ATTEND_DENSE);
}

static void looking_as_it_does_changes_nothing(void **state)
{
    (void)state;
    static const char *const name[] = {"deepseek-v4-pro", "deepseek-v3.2", "llama-3.1-70b", "gpt-oss-120b"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        as(name[i], name[i]);
        assert_true(fabs(made.total_param / a.total_param - 1) < 1e-12);
        for (double token = 100; token < 2e6; token *= 7) {
            assert_true(fabs(tr_model_kv_read_byte(&made, token, 2) / tr_model_kv_read_byte(&a, token, 2) - 1) < 1e-12);
            assert_true(fabs(tr_model_attention_flop(&made, token) / tr_model_attention_flop(&a, token) - 1) < 1e-12);
        }
    }
}

/* 80 layers of 8 heads of 128, keys and values: 4,096 bytes a row; 132 bytes a key of the index. */
static void llama_reads_the_rows_that_an_index_picks(void **state)
{
    (void)state;
    as("llama-3.1-70b", "deepseek-v3.2");
    assert_true(tr_model_kv_read_byte(&made, 100000, 2) == 80.0 * (2048 * 4096.0 + 100000 * 132.0));
    assert_true(tr_model_kv_store_byte(&made, 100000, 2) == 80.0 * 100000 * (4096 + 132));
    double layers = 0;
    as("llama-3.1-70b", "deepseek-v4-pro");
    for (int i = 0; i < made.layer_kinds; i++)
        layers += made.layer[i].layer_count;
    assert_true(layers == 80);
    assert_int_equal(tr_model_attend_of(&made), TR_ATTEND_COMPRESSED);
    assert_true(tr_model_kv_store_byte(&made, 1e6, 2) < tr_model_kv_store_byte(&a, 1e6, 2) / 4);
}

static void windows_stay_as_they_are(void **state)
{
    (void)state;
    as("gpt-oss-120b", "deepseek-v3.2"); /* half of its layers look back 128 tokens */
    double windows = 0, indexed = 0;
    for (int i = 0; i < made.layer_kinds; i++) {
        windows += made.layer[i].cache[0].row_cap == 128 ? made.layer[i].layer_count : 0;
        indexed += made.layer[i].cache_count == 2 ? made.layer[i].layer_count : 0;
    }
    assert_true(windows == 18 && indexed == 18);
}

static void what_has_no_growing_cache_is_refused(void **state)
{
    (void)state;
    const tr_model_numbers numbers = {.total_param = 1e9, .weight_byte = 2, .kv_byte_per_token = 100};
    tr_error err;
    assert_int_equal(tr_model_catalog_get("deepseek-v3.2", &b, &err), TR_OK);
    assert_int_equal(tr_model_from_numbers(&numbers, &a, &err), TR_OK);
    assert_int_equal(tr_model_attend_of(&a), TR_ATTEND_NONE);
    assert_int_equal(tr_model_attend_as(&a, &b, &made, &err), TR_ENOFIT);
    assert_int_equal(tr_model_attend_as(&b, &a, &made, &err), TR_ENOFIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(v3_with_the_index_of_v32_is_v32),
        cmocka_unit_test(and_back_it_is_v3),
        cmocka_unit_test(looking_as_it_does_changes_nothing),
        cmocka_unit_test(llama_reads_the_rows_that_an_index_picks),
        cmocka_unit_test(windows_stay_as_they_are),
        cmocka_unit_test(what_has_no_growing_cache_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
