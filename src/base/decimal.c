/* base/decimal.c -- decimal digits through strtod and printf, kept clear of the locale.
 *
 * libc rounds correctly in both directions, but it reads and writes the
 * locale's decimal point. So text for strtod is an integer with an exponent
 * ("335e-2"), which has no point, and of printf's output only digits are used.
 */
#include "base/decimal.h"

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

double tr_decimal_read(const char *digits, size_t count, long exp10)
{
    while (count > 0 && digits[0] == '0') {
        digits++;
        count--;
    }
    if (count == 0)
        return 0.0;
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
