/* base/decimal.c -- decimal digits through strtod and printf, kept clear of the locale.
 *
 * libc rounds correctly in both directions, but it reads and writes the
 * locale's decimal point. So text for strtod is an integer with an exponent
 * ("335e-2"), which has no point, and of printf's output only digits are used.
 */
#include "base/decimal.h"

#include <float.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Beyond this no double is finite or nonzero, however many digits stand before. */
#define EXP10_LIMIT 100000L

static size_t write_exponent(char *out, long exp10)
{
    size_t n = 0;
    out[n++] = 'e';
    if (exp10 < 0) {
        out[n++] = '-';
        exp10 = -exp10;
    }
    char reversed[24];
    size_t k = 0;
    do {
        reversed[k++] = (char)('0' + exp10 % 10);
        exp10 /= 10;
    } while (exp10 > 0);
    while (k > 0)
        out[n++] = reversed[--k];
    out[n] = '\0';
    return n;
}

/* Up to 15 digits and powers up to 10^22 are doubles exactly, so that one
 * operation rounds once, as it should (Clinger 1990). Most of what people type
 * is of this kind; wasi-libc's strtod is slow, in 128-bit software. */
static int read_exactly(const char *digits, size_t count, long exp10, double *out)
{
    static const double POWER[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                   1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || count > 15 || exp10 < -22 || exp10 > 22)
        return 0;
    int64_t mantissa = 0;
    for (size_t i = 0; i < count; i++)
        mantissa = mantissa * 10 + (digits[i] - '0');
    const double value = (double)mantissa;
    *out = exp10 < 0 ? value / POWER[-exp10] : value * POWER[exp10];
    return 1;
}

double tr_decimal_read(const char *digits, size_t count, long exp10)
{
    while (count > 0 && digits[0] == '0') {
        digits++;
        count--;
    }
    if (count == 0)
        return 0.0;
    double exact;
    if (read_exactly(digits, count, exp10, &exact))
        return exact;
    char text[TR_DECIMAL_DIGIT_MAX + 32];
    size_t kept = 0;
    int sticky = 0;
    for (size_t i = 0; i < count; i++) {
        if (kept < TR_DECIMAL_DIGIT_MAX)
            text[kept++] = digits[i];
        else {
            sticky |= digits[i] != '0';
            exp10 = exp10 < EXP10_LIMIT ? exp10 + 1 : exp10;
        }
    }
    if (sticky) { /* "a little more than this" decides a tie, nothing else */
        text[kept++] = '1';
        exp10--;
    }
    if (exp10 > EXP10_LIMIT)
        exp10 = EXP10_LIMIT;
    if (exp10 < -EXP10_LIMIT)
        exp10 = -EXP10_LIMIT;
    (void)write_exponent(text + kept, exp10);
    return strtod(text, NULL);
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

void tr_decimal_write(double value, int significant, char *digits, int *exp10)
{
    char text[64];
    (void)snprintf(text, sizeof text, "%.*e", significant - 1, value);
    int found = 0;
    const char *p = text;
    for (; *p != '\0' && *p != 'e'; p++)
        if (is_digit(*p) && found < significant)
            digits[found++] = *p;
    while (found < significant)
        digits[found++] = '0';
    int e = 0;
    int negative = 0;
    if (*p == 'e') {
        p++;
        negative = *p == '-';
        if (*p == '-' || *p == '+')
            p++;
        for (; is_digit(*p); p++)
            e = e * 10 + (*p - '0');
    }
    *exp10 = negative ? -e : e;
}
