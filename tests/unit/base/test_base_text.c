/* test_base_text.c -- names, number formats, checks, errors: the small things every room leans on. */
#include <math.h>

#include "base/check.h"
#include "base/fail.h"
#include "base/near.h"
#include "base/rng.h"
#include "base/text.h"
#include "unit_base.h"

static size_t distance(const char *a, const char *b) { return tr_name_distance(a, strlen(a), b, strlen(b)); }

static void a_distance_counts_insertions_deletions_replacements_and_swaps(void **state)
{
    (void)state;
    assert_int_equal(distance("", ""), 0);
    assert_int_equal(distance("", "abc"), 3);
    assert_int_equal(distance("h100", "h200"), 1);
    assert_int_equal(distance("kitten", "sitting"), 3);
    assert_int_equal(distance("bacth", "batch"), 1);
    assert_int_equal(distance("H100-SXM", "h100-sxm"), 0);
    tr_rng rng;
    tr_rng_seed(&rng, 4);
    for (int i = 0; i < 5000; i++) { /* symmetric, zero only for equals, at most the longer length */
        char a[12] = "";
        char b[12] = "";
        const size_t n = (size_t)tr_rng_below(&rng, 11);
        const size_t m = (size_t)tr_rng_below(&rng, 11);
        for (size_t k = 0; k < n; k++)
            a[k] = (char)('a' + tr_rng_below(&rng, 3));
        for (size_t k = 0; k < m; k++)
            b[k] = (char)('a' + tr_rng_below(&rng, 3));
        const size_t d = distance(a, b);
        assert_int_equal(d, distance(b, a));
        assert_true((d == 0) == (strcmp(a, b) == 0));
        assert_true(d <= (n > m ? n : m) && d >= (n > m ? n - m : m - n));
    }
}

static const char *const CHIP[] = {"a100-sxm", "b200-sxm", "gb200-nvl72", "h100-pcie", "h100-sxm", "h200-sxm",
                                   "mi300x", "tpu-v5e"};
static const tr_name_array CHIPS = {CHIP, sizeof CHIP / sizeof CHIP[0]};

static const char *near(const char *name)
{
    const char *found = tr_near_name(name, tr_name_in_array, &CHIPS);
    return found != NULL ? found : "(none)";
}

static void a_near_miss_finds_the_name_meant(void **state)
{
    (void)state;
    assert_string_equal(near("h100-smx"), "h100-sxm");
    assert_string_equal(near("H100SXM"), "h100-sxm");
    assert_string_equal(near("gb200"), "gb200-nvl72");
    assert_string_equal(near("nvl72"), "gb200-nvl72");
    assert_string_equal(near("mi300"), "mi300x");
    assert_string_equal(near("tpuv5e"), "tpu-v5e");
    assert_string_equal(near("potato"), "(none)");
    assert_string_equal(near(""), "(none)");
}

static void near_names_come_nearest_first(void **state)
{
    (void)state;
    const char *found[3] = {NULL, NULL, NULL};
    assert_int_equal(tr_near_names("h100-sxn", tr_name_in_array, &CHIPS, found, 3), 3);
    assert_string_equal(found[0], "h100-sxm");
    assert_int_equal(tr_near_names("h100", tr_name_in_array, &CHIPS, found, 2), 2);
    assert_string_equal(found[0], "h100-sxm");
    assert_string_equal(found[1], "h100-pcie");
    assert_int_equal(tr_near_names("h100", tr_name_in_array, &CHIPS, found, 0), 0);
}

static void names_are_compared_without_case(void **state)
{
    (void)state;
    assert_true(tr_text_same("Llama-3", "llama-3"));
    assert_false(tr_text_same("llama-3", "llama-31"));
    assert_true(tr_text_compare("a", "B") < 0 && tr_text_compare("b", "A") > 0 && tr_text_compare("a", "ab") < 0);
    assert_true(tr_text_starts("DeepSeek-V3", "deepseek"));
    assert_false(tr_text_starts("deep", "deepseek"));
    assert_true(tr_text_holds("a DeepSeek", "seek") && tr_text_holds("x", "") && !tr_text_holds("see", "seek"));
    assert_true(tr_text_holds_word("the RL spikes", "rl") && tr_text_holds_word("prefill/decode", "deco"));
    assert_true(tr_text_holds_word("B200s", "b200") && tr_text_holds_word("50 % off", "%"));
    assert_false(tr_text_holds_word("of the world", "rl") || tr_text_holds_word("overlap", "rl"));
    assert_true(tr_name_equal("abc", 2, "ABx", 2));
}

static void a_copy_never_leaves_its_buffer(void **state)
{
    (void)state;
    char out[8];
    memset(out, 'z', sizeof out);
    assert_int_equal(tr_text_copy(out, 4, "hello"), 5);
    assert_memory_equal(out, "hel\0zzzz", 8);
    assert_int_equal(tr_text_copy(NULL, 0, "hello"), 5);
    assert_int_equal(tr_text_copy(out, 8, "ab"), 2);
    assert_int_equal(tr_text_append(out, 8, "cdef"), 6);
    assert_string_equal(out, "abcdef");
    assert_int_equal(tr_text_append(out, 8, "ghi"), 9);
    assert_string_equal(out, "abcdefg");
}

static void blocks_of_32_count_with_their_scales(void **state)
{
    (void)state;
    assert_true(tr_dtype_byte(TR_DTYPE_Q8_0) == 34.0 / 32 && tr_dtype_byte(TR_DTYPE_Q5_1) == 24.0 / 32);
    assert_true(tr_dtype_byte(TR_DTYPE_Q5_0) == 22.0 / 32 && tr_dtype_byte(TR_DTYPE_Q4_1) == 20.0 / 32);
    assert_true(tr_dtype_byte(TR_DTYPE_Q4_0) == 18.0 / 32 && tr_dtype_byte(TR_DTYPE_IQ4_NL) == 18.0 / 32);
    assert_true(tr_dtype_byte(TR_DTYPE_COUNT) == 0 && tr_dtype_byte(TR_DTYPE_STORED_END) == 0);
    assert_string_equal(tr_dtype_name(TR_DTYPE_COUNT), "unknown");
    assert_string_equal(tr_dtype_name(TR_DTYPE_STORED_END), "unknown");
}

static void a_number_format_has_many_spellings_and_one_name(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        tr_dtype dtype;
    } row[] = {{"bf16", TR_DTYPE_BF16},   {"FP16", TR_DTYPE_BF16},  {"torch.bfloat16", TR_DTYPE_BF16},
               {"float16", TR_DTYPE_BF16}, {"nvfp4", TR_DTYPE_FP4}, {"mxfp4", TR_DTYPE_FP4},
               {"float8_e4m3fn", TR_DTYPE_FP8}, {"fp8", TR_DTYPE_FP8}, {"int4", TR_DTYPE_INT4},
               {"int8", TR_DTYPE_INT8},   {"float32", TR_DTYPE_FP32}, {"tf32", TR_DTYPE_TF32},
               {"native", TR_DTYPE_NATIVE}, {"auto", TR_DTYPE_NATIVE}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        tr_dtype dtype = TR_DTYPE_COUNT;
        assert_int_equal(tr_dtype_parse(row[i].text, &dtype, NULL), TR_OK);
        assert_int_equal(dtype, row[i].dtype);
    }
    for (int d = 0; d < TR_DTYPE_STORED_END; d++) {
        if (d == TR_DTYPE_COUNT) /* no format */
            continue;
        tr_dtype back = TR_DTYPE_COUNT;
        assert_int_equal(tr_dtype_parse(tr_dtype_name((tr_dtype)d), &back, NULL), TR_OK);
        assert_int_equal(back, d);
    }
    tr_dtype untouched = TR_DTYPE_FP8;
    tr_error err;
    assert_int_equal(tr_dtype_parse("bp16", &untouched, &err), TR_EUNKNOWN);
    assert_non_null(strstr(err.text, "did you mean"));
    assert_int_equal(tr_dtype_parse("potato", &untouched, &err), TR_EUNKNOWN);
    assert_null(strstr(err.text, "did you mean"));
    assert_int_equal(untouched, TR_DTYPE_FP8);
}

static void a_number_format_knows_its_bytes(void **state)
{
    (void)state;
    assert_true(tr_dtype_byte(TR_DTYPE_FP32) == 4.0 && tr_dtype_byte(TR_DTYPE_TF32) == 4.0);
    assert_true(tr_dtype_byte(TR_DTYPE_BF16) == 2.0);
    assert_true(tr_dtype_byte(TR_DTYPE_FP8) == 1.0 && tr_dtype_byte(TR_DTYPE_INT8) == 1.0);
    assert_true(tr_dtype_byte(TR_DTYPE_FP4) == 0.5 && tr_dtype_byte(TR_DTYPE_INT4) == 0.5);
    assert_true(tr_dtype_byte(TR_DTYPE_NATIVE) == 0.0 && tr_dtype_byte((tr_dtype)99) == 0.0);
    assert_string_equal(tr_dtype_name((tr_dtype)-1), "unknown");
}

static void nan_passes_no_check(void **state)
{
    (void)state;
    const double bad[] = {(double)NAN, HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; i < 3; i++) {
        assert_false(tr_is_finite(bad[i]) || tr_is_positive(bad[i]) || tr_is_nonnegative(bad[i]));
        assert_false(tr_is_between(bad[i], -1e300, 1e300) || tr_is_whole(bad[i]));
        tr_error err;
        assert_int_equal(tr_check_positive("x", bad[i], &err), TR_EDOMAIN);
        assert_string_equal(err.text, "x is not finite; expected a number greater than 0");
        assert_int_equal(tr_check_nonnegative("x", bad[i], &err), TR_EDOMAIN);
        assert_int_equal(tr_check_between("x", bad[i], 0.0, 1.0, &err), TR_EDOMAIN);
        assert_int_equal(tr_check_whole_between("x", bad[i], 0.0, 1.0, &err), TR_EDOMAIN);
    }
}

static void a_check_says_the_range_it_wanted(void **state)
{
    (void)state;
    tr_error err;
    assert_int_equal(tr_check_between("batch_seq", 0.5, 1.0, 1e6, &err), TR_EDOMAIN);
    assert_string_equal(err.field, "batch_seq");
    assert_true(err.value == 0.5);
    assert_string_equal(err.text, "batch_seq is 0.5; expected a number from 1 to 1000000");
    assert_int_equal(tr_check_whole_between("tp", 2.5, 1.0, 64.0, &err), TR_EDOMAIN);
    assert_string_equal(err.text, "tp is 2.5; expected a whole number from 1 to 64");
    assert_int_equal(tr_check_whole_between("tp", 8.0, 1.0, 64.0, &err), TR_OK);
    assert_int_equal(tr_check_positive("x", 0.0, &err), TR_EDOMAIN);
    assert_int_equal(tr_check_positive("x", 1e200, &err), TR_EDOMAIN); /* too large to multiply */
    assert_non_null(strstr(err.text, "at most 1e+150"));
    assert_int_equal(tr_check_nonnegative("x", -0.0, &err), TR_OK);
    assert_true(tr_is_whole(9007199254740992.0) && !tr_is_whole(0.5) && !tr_is_whole(1e17));
}

static void an_error_is_one_printable_line(void **state)
{
    (void)state;
    tr_error err;
    assert_int_equal(tr_fail(&err, TR_EPARSE, "a\nb", 3.0, "got '%s'", "x\ny\x01"), TR_EPARSE);
    assert_string_equal(err.field, "a?b");
    assert_string_equal(err.text, "got 'x?y?'");
    assert_int_equal(err.line, 0);
    assert_int_equal(tr_fail_at(&err, TR_EPARSE, NULL, 0.0, 3, 7, "no"), TR_EPARSE);
    assert_int_equal(err.line, 3);
    assert_int_equal(err.column, 7);
    assert_int_equal(tr_fail(NULL, TR_EIO, "x", 0.0, "nobody listens"), TR_EIO);
    char wide[400];
    for (size_t i = 0; i < sizeof wide - 1; i++)
        wide[i] = "\xE2\x88\x9E"[i % 3]; /* a three-byte sign over and over: the cut must not split one */
    wide[sizeof wide - 1] = '\0';
    for (size_t skip_bytes = 0; skip_bytes < 3; skip_bytes++) {
        (void)tr_fail(&err, TR_EPARSE, NULL, 0.0, "%.*s%s", (int)skip_bytes, "ab", wide);
        assert_int_equal((strlen(err.text) - (skip_bytes < 2 ? skip_bytes : 2)) % 3, 0);
        assert_true(strlen(err.text) >= sizeof err.text - 4);
    }
}

static void a_status_has_a_stable_word(void **state)
{
    (void)state;
    assert_string_equal(tr_status_name(TR_OK), "ok");
    assert_string_equal(tr_status_name(TR_EDOMAIN), "domain");
    assert_string_equal(tr_status_name(TR_ENOFIT), "no-fit");
    assert_string_equal(tr_status_name((tr_status)77), "unknown");
    assert_string_equal(tr_version(), TR_VERSION);
    assert_non_null(tr_commit());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_distance_counts_insertions_deletions_replacements_and_swaps),
        cmocka_unit_test(a_near_miss_finds_the_name_meant),
        cmocka_unit_test(near_names_come_nearest_first),
        cmocka_unit_test(names_are_compared_without_case),
        cmocka_unit_test(a_copy_never_leaves_its_buffer),
        cmocka_unit_test(blocks_of_32_count_with_their_scales),
        cmocka_unit_test(a_number_format_has_many_spellings_and_one_name),
        cmocka_unit_test(a_number_format_knows_its_bytes),
        cmocka_unit_test(nan_passes_no_check),
        cmocka_unit_test(a_check_says_the_range_it_wanted),
        cmocka_unit_test(an_error_is_one_printable_line),
        cmocka_unit_test(a_status_has_a_stable_word),
    };
    return cmocka_run_group_tests_name("base text", tests, NULL, NULL);
}
