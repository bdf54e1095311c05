/* test_base_root.c -- Brent's root and minimum: analytic cases, cases that must fail, and GSL as a second opinion. */
#include <float.h>
#include <math.h>

#ifdef TR_HAVE_GSL
#include <gsl/gsl_errno.h>
#include <gsl/gsl_min.h>
#include <gsl/gsl_roots.h>
#endif

#include "base/rng.h"
#include "base/root.h"
#include "unit_base.h"

typedef struct counted {
    double (*f)(double);
    int *calls;
} counted;

static double call(double x, const void *context)
{
    const counted *c = context;
    ++*c->calls;
    return c->f(x);
}

static double f_sin(double x) { return sin(x); }
static double f_cos(double x) { return cos(x); }
static double f_square(double x) { return x * x - 2.0; }
static double f_pole(double x) { return 1e-3 - 1.0 / x; }
static double f_flat(double x) { return (x - 1.0) * (x - 1.0) * (x - 1.0); }
static double f_ninth(double x) { return pow(x, 9); }
static double f_tiny(double x) { return x - 1e-200; }
static double f_huge(double x) { return x - 1e140; }
static double f_step(double x) { return x < 0.7 ? -1.0 : 1.0; }
static double f_kink(double x) { return fmax(x, 2.0 + 0.1 * x) - 5.0; }
static double f_exp(double x) { return x * exp(-x * x); }
static double f_linear(double x) { return 3.0 * x - 6.0; }
static double f_zero_at_end(double x) { return x; }

typedef struct root_case {
    double (*f)(double);
    double low;
    double high;
    double root;
} root_case;

static const root_case ROOT[] = {
    {f_sin, 3.0, 4.0, 3.141592653589793},     {f_sin, -4.0, -3.0, -3.141592653589793},
    {f_sin, -1.0 / 3.0, 1.0, 0.0},            {f_cos, 0.0, 3.0, 1.5707963267948966},
    {f_cos, -3.0, 0.0, -1.5707963267948966},  {f_square, 0.0, 2.0, 1.4142135623730951},
    {f_square, -1e6, 0.0, -1.4142135623730951}, {f_pole, 1e-3, 1e9, 1000.0},
    {f_flat, 0.0, 3.3, 1.0},                  {f_exp, -1.0 / 3.0, 1.0, 0.0},
    {f_kink, 0.0, 100.0, 5.0},                {f_linear, -1e9, 1e9, 2.0},
    {f_step, 0.0, 1.0, 0.7},                  {f_tiny, 0.0, 1.0, 1e-200},
    {f_huge, 1.0, 1e150, 1e140},              {f_zero_at_end, 0.0, 1.0, 0.0},
    {f_zero_at_end, -1.0, 0.0, 0.0},
};

static void a_root_is_found_to_its_last_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROOT / sizeof ROOT[0]; i++) {
        int calls = 0;
        const counted c = {ROOT[i].f, &calls};
        double x = (double)NAN;
        assert_int_equal(tr_root_brent(call, &c, ROOT[i].low, ROOT[i].high, 0.0, &x, NULL), TR_OK);
        const double slack = ROOT[i].f == f_flat ? 1e-5 : 8.0 * DBL_EPSILON * fabs(ROOT[i].root) + 1e-300;
        if (!(fabs(x - ROOT[i].root) <= slack))
            print_message("case %zu: %.17g, expected %.17g\n", i, x, ROOT[i].root);
        assert_true(fabs(x - ROOT[i].root) <= slack);
        assert_true(x >= ROOT[i].low && x <= ROOT[i].high);
    }
}

static void a_smooth_root_takes_few_calls_and_any_root_a_bounded_number(void **state)
{
    (void)state;
    int calls = 0;
    double x;
    const counted smooth = {f_square, &calls};
    assert_int_equal(tr_root_brent(call, &smooth, 0.0, 2.0, 1e-12, &x, NULL), TR_OK);
    assert_true(calls <= 12);
    calls = 0;
    const counted ninth = {f_ninth, &calls};
    assert_int_equal(tr_root_brent(call, &ninth, -1.0, 4.0, 0.0, &x, NULL), TR_OK);
    assert_true(calls < 2300);
    assert_true(fabs(x) < 1e-30);
}

static void a_looser_tolerance_costs_less(void **state)
{
    (void)state;
    int loose = 0;
    int tight = 0;
    double x;
    const counted a = {f_cos, &loose};
    const counted b = {f_cos, &tight};
    assert_int_equal(tr_root_brent(call, &a, 0.0, 3.0, 1e-3, &x, NULL), TR_OK);
    assert_true(fabs(x - 1.5707963267948966) < 2e-3);
    assert_int_equal(tr_root_brent(call, &b, 0.0, 3.0, 0.0, &x, NULL), TR_OK);
    assert_true(loose < tight);
}

static double not_a_number(double x, const void *context)
{
    (void)context;
    return x > 0.4 && x < 0.6 ? (double)NAN : x - 0.5;
}

static void what_has_no_root_is_refused(void **state)
{
    (void)state;
    int calls = 0;
    const counted c = {f_square, &calls};
    double x = 42.0;
    tr_error err;
    assert_int_equal(tr_root_brent(call, &c, 2.0, 3.0, 0.0, &x, &err), TR_ENOFIT);
    assert_non_null(strstr(err.text, "same sign"));
    assert_int_equal(tr_root_brent(call, &c, 3.0, 0.0, 0.0, &x, &err), TR_EDOMAIN);
    assert_int_equal(tr_root_brent(call, &c, (double)NAN, 3.0, 0.0, &x, &err), TR_EDOMAIN);
    assert_int_equal(tr_root_brent(call, &c, 0.0, HUGE_VAL, 0.0, &x, &err), TR_EDOMAIN);
    assert_int_equal(tr_root_brent(call, &c, 0.0, 2.0, -1.0, &x, &err), TR_EDOMAIN);
    assert_int_equal(tr_root_brent(call, &c, 0.0, 2.0, (double)NAN, &x, &err), TR_EDOMAIN);
    assert_int_equal(tr_root_brent(not_a_number, NULL, 0.0, 1.0, 0.0, &x, &err), TR_EDOMAIN);
    assert_int_equal(tr_minimum_brent(call, &c, 3.0, 0.0, 0.0, &x, NULL, &err), TR_EDOMAIN);
    assert_int_equal(tr_minimum_brent(not_a_number, NULL, 0.0, 1.2, 0.0, &x, NULL, &err), TR_EDOMAIN);
    assert_true(x == 42.0);
}

static double m_cos(double x) { return cos(x); }
static double m_square(double x) { return (x - 3.0) * (x - 3.0) + 1.0; }
static double m_fourth(double x) { return pow(x - 1.0, 4); }
static double m_kink(double x) { return fabs(x - 0.3) + 2.0; }
static double m_cost(double x) { return 100.0 / x + x; }
static double m_rising(double x) { return x; }

static const struct {
    double (*f)(double);
    double low;
    double high;
    double x;
    double slack;
} MINIMUM[] = {
    {m_cos, 0.0, 6.0, 3.141592653589793, 1e-6}, {m_square, -100.0, 100.0, 3.0, 1e-6},
    {m_fourth, -3.0, 17.0, 1.0, 1e-2},          {m_kink, 0.0, 1.0, 0.3, 1e-6},
    {m_cost, 1e-3, 1e6, 10.0, 1e-5},            {m_rising, 2.0, 5.0, 2.0, 1e-6},
};

static void a_minimum_is_found_to_half_the_bits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof MINIMUM / sizeof MINIMUM[0]; i++) {
        int calls = 0;
        const counted c = {MINIMUM[i].f, &calls};
        double x = (double)NAN;
        double least = (double)NAN;
        assert_int_equal(tr_minimum_brent(call, &c, MINIMUM[i].low, MINIMUM[i].high, 0.0, &x, &least, NULL), TR_OK);
        if (!(fabs(x - MINIMUM[i].x) <= MINIMUM[i].slack))
            print_message("case %zu: %.17g, expected %.17g\n", i, x, MINIMUM[i].x);
        assert_true(fabs(x - MINIMUM[i].x) <= MINIMUM[i].slack);
        assert_same_double(least, MINIMUM[i].f(x));
        assert_true(calls < 200);
    }
}

#ifdef TR_HAVE_GSL
static double gsl_call(double x, void *context) { return call(x, context); }

static void gsl_finds_the_same_root(void **state)
{
    (void)state;
    (void)gsl_set_error_handler_off();
    gsl_root_fsolver *solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    for (size_t i = 0; i < sizeof ROOT / sizeof ROOT[0]; i++) {
        if (ROOT[i].f == f_flat || ROOT[i].f == f_tiny || ROOT[i].f == f_step)
            continue; /* flat or without a slope: each stops where it likes */
        int calls = 0;
        counted c = {ROOT[i].f, &calls};
        gsl_function function = {gsl_call, &c};
        assert_int_equal(gsl_root_fsolver_set(solver, &function, ROOT[i].low, ROOT[i].high), GSL_SUCCESS);
        for (int k = 0; k < 500; k++) {
            assert_int_equal(gsl_root_fsolver_iterate(solver), GSL_SUCCESS);
            if (gsl_root_test_interval(gsl_root_fsolver_x_lower(solver), gsl_root_fsolver_x_upper(solver), 1e-300,
                                       1e-15) == GSL_SUCCESS)
                break;
        }
        const int gsl_calls = calls;
        calls = 0;
        double x = 0.0;
        assert_int_equal(tr_root_brent(call, &c, ROOT[i].low, ROOT[i].high, 0.0, &x, NULL), TR_OK);
        assert_true(fabs(x - gsl_root_fsolver_root(solver)) <= 1e-14 * fabs(x) + 1e-15);
        assert_true(calls <= 2 * gsl_calls + 10);
    }
    gsl_root_fsolver_free(solver);
}

static void gsl_finds_the_same_minimum(void **state)
{
    (void)state;
    (void)gsl_set_error_handler_off();
    gsl_min_fminimizer *minimizer = gsl_min_fminimizer_alloc(gsl_min_fminimizer_brent);
    for (size_t i = 0; i < sizeof MINIMUM / sizeof MINIMUM[0]; i++) {
        int calls = 0;
        counted c = {MINIMUM[i].f, &calls};
        gsl_function function = {gsl_call, &c};
        const double guess = 0.5 * (MINIMUM[i].low + MINIMUM[i].high);
        if (gsl_min_fminimizer_set(minimizer, &function, guess, MINIMUM[i].low, MINIMUM[i].high) != GSL_SUCCESS)
            continue; /* GSL wants a guess below both ends */
        for (int k = 0; k < 500 && gsl_min_fminimizer_iterate(minimizer) == GSL_SUCCESS; k++)
            if (gsl_min_test_interval(gsl_min_fminimizer_x_lower(minimizer), gsl_min_fminimizer_x_upper(minimizer),
                                      0.0, 1e-9) == GSL_SUCCESS)
                break;
        double x = 0.0;
        double least = 0.0;
        assert_int_equal(tr_minimum_brent(call, &c, MINIMUM[i].low, MINIMUM[i].high, 0.0, &x, &least, NULL), TR_OK);
        assert_true(fabs(x - gsl_min_fminimizer_x_minimum(minimizer)) <= 2.0 * MINIMUM[i].slack);
        assert_true(least <= gsl_min_fminimizer_f_minimum(minimizer) + 1e-8);
    }
    gsl_min_fminimizer_free(minimizer);
}
#else
static void gsl_finds_the_same_root(void **state)
{
    (void)state;
    print_message("# SKIP: GSL absent\n");
    skip();
}
static void gsl_finds_the_same_minimum(void **state) { gsl_finds_the_same_root(state); }
#endif

static double cubic(double x, const void *context)
{
    const double *c = context;
    return ((c[3] * x + c[2]) * x + c[1]) * x + c[0];
}

static void a_random_cubic_has_its_sign_change_found(void **state)
{
    (void)state;
    tr_rng rng;
    tr_rng_seed(&rng, 31);
    for (int i = 0; i < 5000; i++) {
        double c[4];
        for (int k = 0; k < 4; k++)
            c[k] = tr_rng_normal(&rng) * tr_rng_log_uniform(&rng, 1e-6, 1e6);
        double x = 0.0;
        if (tr_root_brent(cubic, c, -10.0, 10.0, 0.0, &x, NULL) != TR_OK) {
            assert_true((cubic(-10.0, c) > 0.0) == (cubic(10.0, c) > 0.0));
            continue;
        }
        const double step = 8.0 * DBL_EPSILON * fabs(x) + 1e-300; /* the sign changes within a step of x */
        assert_true(cubic(x, c) == 0.0 || (cubic(x - step, c) > 0.0) != (cubic(x + step, c) > 0.0) ||
                    fabs(cubic(x, c)) < 1e-12 * (fabs(c[0]) + fabs(c[1] * x) + fabs(c[2] * x * x)));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_root_is_found_to_its_last_bits),
        cmocka_unit_test(a_smooth_root_takes_few_calls_and_any_root_a_bounded_number),
        cmocka_unit_test(a_looser_tolerance_costs_less),
        cmocka_unit_test(what_has_no_root_is_refused),
        cmocka_unit_test(a_minimum_is_found_to_half_the_bits),
        cmocka_unit_test(gsl_finds_the_same_root),
        cmocka_unit_test(gsl_finds_the_same_minimum),
        cmocka_unit_test(a_random_cubic_has_its_sign_change_found),
    };
    return cmocka_run_group_tests_name("base root", tests, NULL, NULL);
}
