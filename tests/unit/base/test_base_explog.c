/* exp and log in plain arithmetic, against libm's and at their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>

#include <cmocka.h>

#include "base/explog.h"

static void exp_and_log_agree_with_libm_to_the_last_places(void **state)
{
    (void)state;
    for (int i = 0; i <= 200000; i++) {
        const double x = -700.0 + 1400.0 * i / 200000, y = exp(x);
        assert_true(fabs(tr_exp(x) / y - 1) <= 5e-16);
        assert_true(fabs(tr_log(y) - log(y)) <= 5e-16 * fabs(log(y)));
        const double near = 0.5 + 1.5 * i / 200000;
        assert_true(fabs(tr_log(near) - log(near)) <= 5e-16 * fabs(log(near)));
    }
}

static void exp_and_log_end_where_doubles_do(void **state)
{
    (void)state;
    assert_true(tr_exp(710) == HUGE_VAL && tr_exp(HUGE_VAL) == HUGE_VAL && tr_exp(-800) == 0);
    assert_true(tr_exp(0) == 1 && tr_log(1) == 0);
    assert_true(tr_log(0) == -HUGE_VAL && tr_log(HUGE_VAL) == HUGE_VAL && isnan(tr_log(-1)));
    assert_true(isnan(tr_exp((double)NAN)) && isnan(tr_log((double)NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_and_log_agree_with_libm_to_the_last_places),
        cmocka_unit_test(exp_and_log_end_where_doubles_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
