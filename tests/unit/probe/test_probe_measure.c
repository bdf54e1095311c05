/* test_probe_measure.c -- the statistics, the kernels' results, the chip file, and a short measurement of this machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/chip_file.h"
#include "probe/machine.h"
#include "probe/measure.h"

static int near(double a, double b) { return a - b <= 1e-9 * b && b - a <= 1e-9 * b; }

/* ---- repeats ------------------------------------------------------------------------------------------- */

static tr_repeats *repeats_of(const double *rate, size_t count)
{
    tr_repeats *r = calloc(1, sizeof *r);
    assert_non_null(r);
    for (size_t i = 0; i < count; i++)
        tr_repeats_add(r, rate[i]);
    return r;
}

static void repeats_are_steady_when_the_last_eight_agree_within_five_percent(void **state)
{
    (void)state;
    static const double warm[] = {10, 60, 98, 99, 100, 101, 100, 102, 99, 101};
    tr_repeats *r = repeats_of(warm, 9); /* 60 is among the last eight */
    assert_false(tr_repeats_steady(r));
    tr_repeats_add(r, warm[9]); /* 98 to 102 around 100 */
    assert_true(tr_repeats_steady(r));
    tr_repeats_add(r, 96); /* 96 to 102 is 6 % */
    assert_false(tr_repeats_steady(r));
    free(r);
    r = repeats_of(warm + 2, 7);
    assert_false(tr_repeats_steady(r)); /* too few to say */
    free(r);
}

static void the_first_quarter_is_warm_up_and_the_spread_is_from_p10_to_p90(void **state)
{
    (void)state;
    /* 15 repeats: 3 are warm-up, one of them faster than all; 12 are kept, 101 to 111 and a disturbed one. */
    static const double rate[] = {500, 1, 2, 50, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111};
    tr_repeats *r = repeats_of(rate, 15);
    const tr_steady s = tr_repeats_sum_up(r);
    assert_true(near(s.best, 111));
    assert_true(near(s.median, 105.5));                           /* between the 6th and 7th of 12 */
    assert_true(near(s.spread_ratio, (109.9 - 101.1) / 105.5));   /* places 1.1 and 9.9 of 0 to 11 */
    assert_int_equal(s.repeat_count, 15);
    assert_false(s.is_steady);
    free(r);
}

static void no_repeat_and_more_than_are_kept_are_no_fault(void **state)
{
    (void)state;
    tr_repeats *r = repeats_of(NULL, 0);
    assert_true(tr_repeats_sum_up(r).best < 1e-300);
    for (int i = 1; i <= TR_REPEAT_MAX + 100; i++)
        tr_repeats_add(r, i);
    const tr_steady s = tr_repeats_sum_up(r);
    assert_true(near(s.best, TR_REPEAT_MAX + 100));
    assert_int_equal(s.repeat_count, TR_REPEAT_MAX + 100);
    assert_true(s.median > 100.0 + TR_REPEAT_MAX / 2.0); /* the oldest hundred are gone */
    free(r);
}

static void a_cache_reaches_as_far_as_it_is_faster_than_memory(void **state)
{
    (void)state;
    static const double set[] = {64e6, 32e6, 16e6, 8e6}, rate[] = {31e9, 52e9, 90e9, 100e9};
    assert_true(near(tr_cache_reach_byte(set, rate, 4, 25e9), 32e6)); /* the geometric mean of 100 and 25 is 50 */
    assert_true(near(tr_cache_reach_byte(set, rate, 4, 31e9), 16e6)); /* 55.7 */
    assert_true(tr_cache_reach_byte(set, rate, 4, 101e9) < 1.0);      /* no faster than memory: none */
}

/* ---- kernels ----------------------------------------------------------------------------------------------- */

static void every_multiply_of_this_processor_gives_the_exact_sum(void **state)
{
    (void)state;
    size_t here = 0;
    for (size_t i = 0; i < tr_multiply_count(); i++) {
        const tr_multiply *m = tr_multiply_at(i);
        if (!m->is_here())
            continue;
        here++;
        static const size_t rounds[] = {1, 7, 1000, TR_MULTIPLY_ROUNDS};
        for (size_t k = 0; k < sizeof rounds / sizeof rounds[0]; k++)
            if (!near(m->run(rounds[k]), (double)rounds[k] * m->sum_per_round))
                fail_msg("%s %s: %zu rounds gave %.17g", m->name, tr_dtype_name(m->dtype), rounds[k],
                         m->run(rounds[k]));
    }
    assert_true(here >= 1); /* the portable one */
    assert_null(tr_multiply_at(tr_multiply_count()));
}

static void a_read_sums_every_word_and_a_triad_writes_every_element(void **state)
{
    (void)state;
    const size_t count = 384;
    uint64_t *word = aligned_alloc(64, count * sizeof *word);
    double *a = aligned_alloc(64, 3 * count * sizeof *a);
    uint64_t sum = 0;
    if (word == NULL || a == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        word[i] = i * i + 1;
        sum += word[i];
        a[i] = 0.0;
        a[count + i] = (double)i;
        a[2 * count + i] = 2.0 * (double)i + 1.0;
    }
    assert_true(tr_read_sum(word, count * sizeof *word) == sum);
    tr_triad(a, a + count, a + 2 * count, count);
    for (size_t i = 0; i < count; i++)
        assert_true(near(a[i], 7.0 * (double)i + 3.0));
    free(word);
    free(a);
}

static void count_in(void *context, int thread)
{
    int *seen = context;
    seen[thread]++;
}

static void a_crew_works_once_a_run_and_a_matrix_multiply_of_openblas_is_right(void **state)
{
    (void)state;
    int seen[3] = {0, 0, 0}, was_told = 0;
    tr_own own = {-1.0, -1.0};
    tr_crew *crew = NULL;
    assert_int_equal(tr_crew_start(3, NULL, NULL, &crew, NULL), TR_OK);
    for (int i = 0; i < 5; i++)
        assert_true(tr_crew_run_s(crew, count_in, seen, &own) >= 0.0);
    tr_crew_stop(crew);
    assert_true(seen[0] == 5 && seen[1] == 5 && seen[2] == 5);
    assert_true(own.share >= 0.0 && own.share <= 1.0 && own.time_s >= 0.0);
    assert_int_equal(tr_crew_start(0, NULL, NULL, &crew, NULL), TR_EDOMAIN);
    tr_blas *blas = tr_blas_open(1, 128, &was_told);
    if (blas == NULL)
        skip(); /* no OpenBLAS on this machine */
    assert_true(tr_blas_multiply_s(blas) > 0.0);
    tr_blas_close(blas);
}

/* ---- the datasheet, and the file ------------------------------------------------------------------------------ */

static void a_processor_is_found_in_the_catalog_by_its_own_name(void **state)
{
    (void)state;
    static const char *const name[][2] = {
        {"Intel(R) Xeon(R) Platinum 8480+", "xeon-8480"},
        {"AMD EPYC 9654 96-Core Processor", "epyc-9654"},
        {"AMD Ryzen 9 7950X 16-Core Processor", "ryzen-7950x"},
        {"Intel(R) Core(TM) i9-14900K", "core-i9-14900k"},
    };
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        const tr_chip *chip = tr_machine_chip(name[i][0], TR_CHIP_CPU);
        if (chip == NULL)
            fail_msg("%s is not found", name[i][0]);
        assert_string_equal(chip->name, name[i][1]);
    }
    assert_null(tr_machine_chip("Intel(R) Xeon(R) Processor", TR_CHIP_CPU));
    assert_null(tr_machine_chip("AMD EPYC 9654P 96-Core Processor", TR_CHIP_CPU));
    assert_null(tr_machine_chip("", TR_CHIP_CPU));
}

static void the_chip_file_is_read_back_as_it_was_measured(void **state)
{
    (void)state;
    char text[4096];
    tr_buffer buffer = {text, sizeof text, 0};
    const tr_sink sink = tr_buffer_sink(&buffer);
    tr_system system;
    tr_error err;
    tr_measured *m = calloc(1, sizeof *m);
    assert_non_null(m);
    (void)strcpy(m->map.cpu, "Intel(R) Xeon(R) Platinum 8480+");
    m->map.core_count = 56;
    m->map.memory_byte = 512e9;
    m->thread_count = 28;
    m->took_s = 29.6;
    m->read_byte_per_s = 250.04e9;
    m->triad_byte_per_s = 210e9;
    m->cache_byte = 90e6;
    m->cache_byte_per_s = 600e9;
    m->flop_per_s[TR_DTYPE_FP32] = 5.1239e12;
    m->flop_per_s[TR_DTYPE_INT8] = 150e12;
    m->sgemm_flop_per_s = 4e12;
    m->spread_ratio = 0.04;
    m->datasheet = tr_machine_chip(m->map.cpu, TR_CHIP_CPU);
    assert_int_equal(tr_measured_chip(m, "2026-11-22", &sink, &err), TR_OK);
    assert_true(buffer.length < sizeof text);
    if (tr_system_text_read(text, buffer.length, NULL, &system, &err) != TR_OK)
        fail_msg("%s", err.text);
    const tr_chip *chip = &system.chip;
    assert_string_equal(chip->name, "intel-xeon-platinum-8480+-measured-28");
    assert_string_equal(chip->date, "2026-11-22");
    assert_string_equal(chip->confidence, "high");
    assert_non_null(strstr(chip->source, "tokenroof measure"));
    assert_non_null(strstr(chip->note, "28 threads of 56 cores"));
    assert_non_null(strstr(chip->note, "81 % of the datasheet's bandwidth (xeon-8480)"));
    assert_int_equal(chip->kind, TR_CHIP_CPU);
    assert_true(near(chip->core_count, 28));
    assert_true(near(chip->memory_byte, 512e9));
    assert_true(near(chip->memory_byte_per_s, 250e9));
    assert_true(near(chip->cache_byte, 90e6) && near(chip->cache_byte_per_s, 600e9));
    assert_true(near(chip->flop_per_s[TR_DTYPE_FP32], 5.124e12));
    assert_true(near(chip->flop_per_s[TR_DTYPE_INT8], 150e12));
    assert_true(chip->flop_per_s[TR_DTYPE_BF16] < 1.0); /* none was measured: none is claimed */
    assert_true(near(chip->measured_flop_per_s[TR_DTYPE_FP32], 4e12));
    free(m);
}

/* ---- this machine ------------------------------------------------------------------------------------------------ */

static int stop_at_once(void *context, double done, double total)
{
    int *calls = context;
    assert_true(done >= 0.0 && done <= total);
    return ++*calls == 3;
}

static void a_measurement_stops_where_it_is_told_to(void **state)
{
    (void)state;
    tr_error err;
    int calls = 0;
    const tr_progress progress = {stop_at_once, &calls};
    tr_measured *m = calloc(1, sizeof *m);
    assert_non_null(m);
    tr_measure_ask ask = {.time_s = 60.0, .thread_count = 1, .progress = &progress};
    assert_int_equal(tr_measure(&ask, m, &err), TR_ECANCELLED);
    assert_int_equal(calls, 3);
    tr_cpu_map_free(&m->map);
    ask.time_s = 0.5;
    assert_int_equal(tr_measure(&ask, m, &err), TR_EDOMAIN);
    ask = (tr_measure_ask){.time_s = 1.0, .thread_count = 4096};
    if (m->map.core_count < 4096)
        assert_int_equal(tr_measure(&ask, m, &err), TR_EDOMAIN);
    tr_cpu_map_free(&m->map);
    free(m);
}

static void three_seconds_measure_every_ceiling_of_this_machine(void **state)
{
    (void)state;
    tr_error err;
    char text[4096];
    tr_buffer buffer = {text, sizeof text, 0};
    const tr_sink sink = tr_buffer_sink(&buffer);
    tr_system system;
    tr_measured *m = calloc(1, sizeof *m);
    assert_non_null(m);
    const tr_measure_ask ask = {.time_s = 3.0};
    if (tr_measure(&ask, m, &err) != TR_OK)
        fail_msg("%s", err.text);
    assert_int_equal(m->thread_count, m->map.core_count);
    assert_true(m->read_byte_per_s > 1e6 && m->triad_byte_per_s > 1e6 && m->flop_per_s[TR_DTYPE_FP32] > 1e6);
    for (size_t i = 0; i < m->row_count; i++) {
        const tr_measured_row *row = &m->row[i];
        assert_true(row->rate.best > 0.0 && row->rate.best >= row->rate.median && row->rate.median > 0.0);
        assert_true(row->rate.spread_ratio >= 0.0 && row->rate.repeat_count >= 4);
        assert_true(row->thread_count >= 1 && row->thread_count <= m->thread_count);
    }
    assert_int_equal(tr_measured_chip(m, "2026-11-22", &sink, &err), TR_OK);
    if (tr_system_text_read(text, buffer.length, NULL, &system, &err) != TR_OK)
        fail_msg("%s", err.text);
    tr_cpu_map_free(&m->map);
    free(m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_are_steady_when_the_last_eight_agree_within_five_percent),
        cmocka_unit_test(the_first_quarter_is_warm_up_and_the_spread_is_from_p10_to_p90),
        cmocka_unit_test(no_repeat_and_more_than_are_kept_are_no_fault),
        cmocka_unit_test(a_cache_reaches_as_far_as_it_is_faster_than_memory),
        cmocka_unit_test(every_multiply_of_this_processor_gives_the_exact_sum),
        cmocka_unit_test(a_read_sums_every_word_and_a_triad_writes_every_element),
        cmocka_unit_test(a_crew_works_once_a_run_and_a_matrix_multiply_of_openblas_is_right),
        cmocka_unit_test(a_processor_is_found_in_the_catalog_by_its_own_name),
        cmocka_unit_test(the_chip_file_is_read_back_as_it_was_measured),
        cmocka_unit_test(a_measurement_stops_where_it_is_told_to),
        cmocka_unit_test(three_seconds_measure_every_ceiling_of_this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
