/* test_chip_threads.c -- a CPU of which only some cores work. */
#include "chip_test.h"

static tr_system with(const char *name, double threads)
{
    tr_system s;
    tr_error err = {.text = ""};
    if (tr_system_catalog_get(name, &s, &err) != TR_OK || tr_system_threads(&s, threads, &err) != TR_OK)
        fail_msg("%s: %s", name, err.text);
    return s;
}

static void half_the_cores_have_half_the_peak_and_all_the_memory(void **state)
{
    (void)state;
    const tr_chip *all = chip_named("epyc-9654");
    const tr_chip half = with("epyc-9654", 48.0).chip;
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++)
        assert_near(half.flop_per_s[d], all->flop_per_s[d] / 2.0, 1e-14);
    assert_same(half.memory_byte_per_s, all->memory_byte_per_s);
    assert_same(with("epyc-9654", 1000.0).chip.flop_per_s[TR_DTYPE_INT8], all->flop_per_s[TR_DTYPE_INT8]);
}

static void few_cores_read_no_more_than_102_gigabytes_a_second_each(void **state)
{
    (void)state;
    assert_same(with("epyc-9654", 1.0).chip.memory_byte_per_s, 102e9);
    assert_same(with("epyc-9654", 4.0).chip.memory_byte_per_s, 408e9);
    assert_same(with("epyc-9654", 5.0).chip.memory_byte_per_s, 460.8e9);
    assert_same(with("core-i9-14900k", 1.0).chip.memory_byte_per_s, 89.6e9);
    assert_same(with("epyc-9654", 1.0).chip.tier[0].read_byte_per_s, 102e9);
}

static void fast_cores_work_first_and_count_three_times(void **state)
{
    (void)state;
    const tr_chip *all = chip_named("core-i9-14900k"); /* 8 fast ones and 16 others: 40 parts */
    assert_near(with("core-i9-14900k", 8.0).chip.flop_per_s[TR_DTYPE_INT8],
                all->flop_per_s[TR_DTYPE_INT8] * 24.0 / 40.0, 1e-14);
    assert_near(with("core-i9-14900k", 12.0).chip.flop_per_s[TR_DTYPE_INT8],
                all->flop_per_s[TR_DTYPE_INT8] * 28.0 / 40.0, 1e-14);
    assert_near(with("m4-max-cpu", 12.0).chip.vector_flop_per_s, 1.89e12 * 36.0 / 40.0, 1e-14);
}

static void sockets_share_threads_out_and_a_host_has_its_own(void **state)
{
    (void)state;
    assert_near(with("2xepyc-9654", 96.0).chip.flop_per_s[TR_DTYPE_FP32],
                chip_named("epyc-9654")->flop_per_s[TR_DTYPE_FP32] / 2.0, 1e-14);
    const tr_system s = with("rtx-4090+ryzen-9950x", 8.0);
    assert_same(s.chip.flop_per_s[TR_DTYPE_BF16], chip_named("rtx-4090")->flop_per_s[TR_DTYPE_BF16]);
    assert_near(s.host.flop_per_s[TR_DTYPE_FP32], chip_named("ryzen-9950x")->flop_per_s[TR_DTYPE_FP32] / 2.0, 1e-14);
}

static void threads_of_a_gpu_or_half_a_thread_are_refused(void **state)
{
    (void)state;
    tr_system s;
    tr_error err;
    assert_int_equal(tr_system_catalog_get("rtx-4090", &s, NULL), TR_OK);
    assert_int_equal(tr_system_threads(&s, 8.0, &err), TR_ECONFLICT);
    assert_non_null(strstr(err.text, "threads are of a CPU"));
    assert_int_equal(tr_system_catalog_get("epyc-9654", &s, NULL), TR_OK);
    assert_int_equal(tr_system_threads(&s, 0.0, NULL), TR_EDOMAIN);
    assert_int_equal(tr_system_threads(&s, 1.5, NULL), TR_EDOMAIN);
    assert_int_equal(tr_system_threads(&s, (double)NAN, NULL), TR_EDOMAIN);
}

int main(void)
{
    TESTS(tests) = {
        CASE(half_the_cores_have_half_the_peak_and_all_the_memory),
        CASE(few_cores_read_no_more_than_102_gigabytes_a_second_each),
        CASE(fast_cores_work_first_and_count_three_times),
        CASE(sockets_share_threads_out_and_a_host_has_its_own),
        CASE(threads_of_a_gpu_or_half_a_thread_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
