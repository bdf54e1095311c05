/* unit_base.h -- what the tests of the base room share. */
#ifndef UNIT_BASE_H
#define UNIT_BASE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <tokenroof/base.h>

/* The same bits, not merely equal. */
static inline void assert_same_double(double a, double b)
{
    uint64_t x;
    uint64_t y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    if (x != y)
        print_message("%.17g is not %.17g\n", a, b);
    assert_true(x == y);
}

static inline double double_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif
