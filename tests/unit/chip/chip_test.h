/* tests/unit/chip/chip_test.h -- what the tests of the chip room share. */
#ifndef TOKENROOF_TESTS_CHIP_TEST_H
#define TOKENROOF_TESTS_CHIP_TEST_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/chip.h>

#define TESTS(name) static const struct CMUnitTest name[]
#define CASE(f) cmocka_unit_test(f)
#define CASE_WITH(f, teardown) cmocka_unit_test_teardown(f, teardown)

/* Within relative tolerance; NaN fails. */
static inline void assert_near_at(double have, double want, double tolerance, const char *file, int line)
{
    if (!(fabs(have - want) <= tolerance * fabs(want))) {
        print_error("%.17g is not %.17g within %g\n", have, want, tolerance);
        _fail(file, line);
    }
}
#define assert_near(have, want, tolerance) assert_near_at(have, want, tolerance, __FILE__, __LINE__)
#define assert_same(have, want) assert_near_at(have, want, 0.0, __FILE__, __LINE__)

static inline const tr_chip *chip_named(const char *name)
{
    const tr_chip *chip = tr_chip_catalog_find(name);
    assert_non_null(chip);
    return chip;
}

/* A plain valid chip to break in one place. */
static inline tr_chip plain_chip(void)
{
    tr_chip_numbers numbers = { 1e15, 3e12, 80e9, 2.0 };
    tr_system system;
    assert_int_equal(tr_system_from_numbers(&numbers, &system, NULL), TR_OK);
    return system.chip;
}

#endif
