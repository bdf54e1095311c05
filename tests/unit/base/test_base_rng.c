/* test_base_rng.c -- random numbers: published vectors, the jump against matrix algebra, and moments. */
#include <math.h>

#include "base/rng.h"
#include "unit_base.h"

static void splitmix64_gives_its_published_stream(void **state)
{
    (void)state;
    static const uint64_t want[] = {6457827717110365317ULL, 3203168211198807973ULL, 9817491932198370423ULL,
                                    4593380528125082431ULL, 16408922859458223821ULL};
    uint64_t s = 1234567;
    for (size_t i = 0; i < 5; i++)
        assert_true(tr_splitmix64(&s) == want[i]);
}

static void xoshiro256pp_gives_its_published_stream(void **state)
{
    (void)state;
    static const uint64_t want[] = {41943041ULL, 58720359ULL, 3588806011781223ULL, 3591011842654386ULL,
                                    9228616714210784205ULL, 9973669472204895162ULL, 14011001112246962877ULL,
                                    12406186145184390807ULL, 15849039046786891736ULL, 10450023813501588000ULL};
    tr_rng rng = {{1, 2, 3, 4}};
    for (size_t i = 0; i < 10; i++)
        assert_true(tr_rng_next(&rng) == want[i]);
}

/* One draw is linear over GF(2): a 256 x 256 bit matrix, here as the images of the 256 unit states. */
typedef struct matrix {
    tr_rng column[256];
} matrix;

static tr_rng apply(const matrix *m, const tr_rng *x)
{
    tr_rng y = {{0, 0, 0, 0}};
    for (int i = 0; i < 256; i++)
        if ((x->state[i / 64] >> (i % 64)) & 1)
            for (int k = 0; k < 4; k++)
                y.state[k] ^= m->column[i].state[k];
    return y;
}

static void a_jump_is_two_to_the_128_draws(void **state)
{
    (void)state;
    static matrix m;
    static matrix square;
    for (int i = 0; i < 256; i++) {
        tr_rng unit = {{0, 0, 0, 0}};
        unit.state[i / 64] = 1ULL << (i % 64);
        (void)tr_rng_next(&unit);
        m.column[i] = unit;
    }
    for (int doubling = 0; doubling < 128; doubling++) {
        for (int i = 0; i < 256; i++)
            square.column[i] = apply(&m, &m.column[i]);
        m = square;
    }
    tr_rng rng;
    tr_rng_seed(&rng, 42);
    const tr_rng want = apply(&m, &rng);
    tr_rng_jump(&rng);
    assert_memory_equal(&rng, &want, sizeof want);
}

static void a_seed_decides_the_stream(void **state)
{
    (void)state;
    tr_rng a;
    tr_rng b;
    tr_rng_seed(&a, 5);
    tr_rng_seed(&b, 5);
    for (int i = 0; i < 100; i++)
        assert_true(tr_rng_next(&a) == tr_rng_next(&b));
    tr_rng_seed(&b, 6);
    assert_true(tr_rng_next(&a) != tr_rng_next(&b));
    tr_rng_seed(&a, 0); /* must not be the stuck all-zero state */
    assert_true(tr_rng_next(&a) != 0 || tr_rng_next(&a) != 0);
}

static void draws_have_the_moments_of_their_distribution(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 12);
    const int n = 200000; /* five deviations of each mean are allowed */
    double uniform = 0.0;
    double exponential = 0.0;
    double normal = 0.0;
    double normal2 = 0.0;
    double log_uniform = 0.0;
    for (int i = 0; i < n; i++) {
        const double u = tr_rng_uniform(&rng);
        assert_true(u >= 0.0 && u < 1.0);
        uniform += u;
        const double e = tr_rng_exponential(&rng, 3.0);
        assert_true(e >= 0.0 && isfinite(e));
        exponential += e;
        const double z = tr_rng_normal(&rng);
        normal += z;
        normal2 += z * z;
        const double l = tr_rng_log_uniform(&rng, 1.0, 1e6);
        assert_true(l >= 1.0 && l <= 1e6);
        log_uniform += log(l);
    }
    const double root_n = sqrt((double)n);
    assert_true(fabs(uniform / n - 0.5) < 5.0 * 0.2887 / root_n);
    assert_true(fabs(exponential / n - 3.0) < 5.0 * 3.0 / root_n);
    assert_true(fabs(normal / n) < 5.0 / root_n);
    assert_true(fabs(normal2 / n - 1.0) < 5.0 * sqrt(2.0) / root_n);
    assert_true(fabs(log_uniform / n - 0.5 * log(1e6)) < 5.0 * 0.2887 * log(1e6) / root_n);
}

static void below_is_even_over_all_values(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 13);
    int count[7] = {0};
    for (int i = 0; i < 70000; i++)
        count[tr_rng_below(&rng, 7)]++;
    double chi2 = 0.0;
    for (int k = 0; k < 7; k++)
        chi2 += (count[k] - 10000.0) * (count[k] - 10000.0) / 10000.0;
    assert_true(chi2 < 22.46); /* 6 degrees of freedom, 99.9 % */
    assert_true(tr_rng_below(&rng, 0) == 0);
    assert_true(tr_rng_below(&rng, 1) == 0);
    const uint64_t big = (1ULL << 63) + 1;
    for (int i = 0; i < 100; i++)
        assert_true(tr_rng_below(&rng, big) < big);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splitmix64_gives_its_published_stream),
        cmocka_unit_test(xoshiro256pp_gives_its_published_stream),
        cmocka_unit_test(a_jump_is_two_to_the_128_draws),
        cmocka_unit_test(a_seed_decides_the_stream),
        cmocka_unit_test(draws_have_the_moments_of_their_distribution),
        cmocka_unit_test(below_is_even_over_all_values),
    };
    return cmocka_run_group_tests_name("base rng", tests, NULL, NULL);
}
