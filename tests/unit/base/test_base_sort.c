/* test_base_sort.c -- sorting and quantiles. */
#include <math.h>
#include <stdlib.h>

#include "base/quantile.h"
#include "base/rng.h"
#include "base/sort.h"
#include "unit_base.h"

#define N 5000

static double value[N];
static double scratch[N];
static double copy[N];

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kinds of input: any bits, few distinct values, sorted, reversed, whole numbers, one value. */
static void fill(tr_rng *rng, int kind, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double v = double_of_bits(tr_rng_next(rng));
        if (kind == 1)
            v = (double)tr_rng_below(rng, 5) - 2.0;
        else if (kind == 2)
            v = (double)i;
        else if (kind == 3)
            v = -(double)i;
        else if (kind == 4)
            v = (double)tr_rng_below(rng, 1000000);
        else if (kind == 5)
            v = 0.25;
        value[i] = v == v ? v : 1.0;
    }
}

static void doubles_of_every_kind_are_sorted(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 1);
    for (int round = 0; round < 240; round++) {
        const size_t n = round < 60 ? (size_t)round : (size_t)tr_rng_below(&rng, N);
        fill(&rng, round % 6, n);
        memcpy(copy, value, sizeof copy);
        qsort(copy, n, sizeof copy[0], by_value);
        tr_sort_double(value, n, scratch);
        for (size_t i = 0; i < n; i++)
            assert_true(value[i] == copy[i]);
    }
}

static void nan_is_last_and_minus_zero_is_before_zero(void **state)
{
    (void)state;
    for (size_t n = 6; n <= 600; n += 594) {
        for (size_t i = 0; i < n; i++)
            value[i] = (double)(i % 7);
        value[0] = (double)NAN;
        value[1] = HUGE_VAL;
        value[2] = 0.0;
        value[3] = -0.0;
        value[4] = -(double)NAN;
        value[5] = -HUGE_VAL;
        tr_sort_double(value, n, scratch);
        assert_true(value[0] == -HUGE_VAL);
        assert_true(value[1] == 0.0 && signbit(value[1]));
        assert_true(value[2] == 0.0 && !signbit(value[2]));
        assert_true(value[n - 3] == HUGE_VAL);
        assert_true(isnan(value[n - 2]) && isnan(value[n - 1]));
    }
}

static void an_index_sort_is_stable_and_keeps_the_keys(void **state)
{
    (void)state;
    static size_t index[N];
    static size_t index_scratch[N];
    tr_rng rng;
    tr_rng_seed(&rng, 2);
    for (int round = 0; round < 120; round++) {
        const size_t n = round < 40 ? (size_t)round : (size_t)tr_rng_below(&rng, N);
        fill(&rng, round % 6, n);
        memcpy(copy, value, sizeof copy);
        for (size_t i = 0; i < n; i++)
            index[i] = i;
        tr_sort_index(value, index, n, index_scratch);
        assert_memory_equal(copy, value, sizeof copy);
        static unsigned char seen[N];
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < n; i++) {
            assert_true(index[i] < n && !seen[index[i]]);
            seen[index[i]] = 1;
            if (i > 0) {
                const double a = value[index[i - 1]];
                const double b = value[index[i]];
                assert_true(a < b || (a == b && (index[i - 1] < index[i] || signbit(a))));
            }
        }
    }
}

static void a_quantile_lies_between_its_neighbours(void **state)
{
    (void)state;
    const double sorted[] = {1.0, 2.0, 4.0, 8.0};
    assert_same_double(tr_quantile_sorted(sorted, 4, 0.0), 1.0);
    assert_same_double(tr_quantile_sorted(sorted, 4, 1.0), 8.0);
    assert_same_double(tr_quantile_sorted(sorted, 4, 0.5), 3.0);  /* half way from 2 to 4 */
    assert_same_double(tr_quantile_sorted(sorted, 4, 0.25), 1.75); /* place 0.75 */
    assert_true(fabs(tr_quantile_sorted(sorted, 4, 0.9) - 6.8) < 1e-14); /* place 2.7: 4 + 0.7 x 4 */
    assert_same_double(tr_quantile_sorted(sorted, 1, 0.99), 1.0);
    assert_true(isnan(tr_quantile_sorted(sorted, 0, 0.5)));
    assert_true(isnan(tr_quantile_sorted(sorted, 4, -0.1)));
    assert_true(isnan(tr_quantile_sorted(sorted, 4, 1.1)));
    assert_true(isnan(tr_quantile_sorted(sorted, 4, (double)NAN)));
    const double far[] = {1.0, HUGE_VAL};
    assert_same_double(tr_quantile_sorted(far, 2, 0.0), 1.0);
    double unsorted[] = {8.0, 1.0, 4.0, 2.0};
    assert_same_double(tr_quantile(unsorted, 4, 0.5, scratch), 3.0);
}

static void a_mean_does_not_lose_small_terms(void **state)
{
    (void)state;
    const double v[] = {1e16, 1.0, -1e16, 1.0};
    assert_same_double(tr_sum(v, 4), 2.0);
    assert_same_double(tr_mean(v, 4), 0.5);
    assert_true(isnan(tr_mean(v, 0)));
    const double far[] = {1.0, HUGE_VAL};
    assert_true(tr_sum(far, 2) == HUGE_VAL);
    const double none[] = {1.0, (double)NAN};
    assert_true(isnan(tr_sum(none, 2)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubles_of_every_kind_are_sorted),
        cmocka_unit_test(nan_is_last_and_minus_zero_is_before_zero),
        cmocka_unit_test(an_index_sort_is_stable_and_keeps_the_keys),
        cmocka_unit_test(a_quantile_lies_between_its_neighbours),
        cmocka_unit_test(a_mean_does_not_lose_small_terms),
    };
    return cmocka_run_group_tests_name("base sort", tests, NULL, NULL);
}
