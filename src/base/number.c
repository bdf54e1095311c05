/* base/number.c -- the shortest decimal that reads back as exactly the same double.
 *
 * The layout is that of ECMAScript's Number::toString, so that the page and
 * the command line write the same bytes; only a negative zero keeps its sign.
 */
#include <tokenroof/base.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include "base/decimal.h"
#include "base/text.h"

static const double EXACT_INTEGER_MAX = 9007199254740992.0; /* 2^53 */

static int reads_back(const char *digits, int count, int exp10, double value)
{
    return tr_decimal_read(digits, (size_t)count, (long)exp10 - count + 1) == value;
}

/* Just above a power of two the gap to the next double is twice the one below,
 * so the nearest 16 digits may miss where their neighbour hits. */
static int neighbour_reads_back(char *digits, int count, int exp10, double value)
{
    for (int step = -1; step <= 1; step += 2) {
        char other[18];
        memcpy(other, digits, (size_t)count);
        other[count - 1] = (char)(other[count - 1] + step);
        if (other[count - 1] < '0' || other[count - 1] > '9')
            continue;
        if (reads_back(other, count, exp10, value)) {
            memcpy(digits, other, (size_t)count);
            return 1;
        }
    }
    return 0;
}

/* Digits of value > 0 with no trailing zeros. */
static int shortest(double value, char *digits, int *exp10)
{
    /* Normal doubles with a short form show it at 15 digits; subnormals carry fewer. */
    int count = value < DBL_MIN ? 1 : 15;
    for (; count < 17; count++) {
        tr_decimal_write(value, count, digits, exp10);
        if (reads_back(digits, count, *exp10, value))
            break;
        int binary_exp;
        if (frexp(value, &binary_exp) == 0.5 && neighbour_reads_back(digits, count, *exp10, value))
            break;
    }
    if (count == 17)
        tr_decimal_write(value, 17, digits, exp10);
    while (count > 1 && digits[count - 1] == '0')
        count--;
    return count;
}

static size_t whole(uint64_t value, char *out)
{
    char reversed[24];
    size_t k = 0;
    do {
        reversed[k++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    for (size_t i = 0; i < k; i++)
        out[i] = reversed[k - 1 - i];
    return k;
}

/* Lay out digits as ECMAScript does: plain from 1e-6 up to 1e21, else with an exponent. */
static size_t lay_out(const char *digits, int count, int exp10, char *out)
{
    size_t n = 0;
    if (exp10 >= 0 && exp10 < 21) {
        for (int i = 0; i < count || i <= exp10; i++) {
            if (i == exp10 + 1)
                out[n++] = '.';
            out[n++] = (char)(i < count ? digits[i] : '0');
        }
        return n;
    }
    if (exp10 < 0 && exp10 >= -6) {
        out[n++] = '0';
        out[n++] = '.';
        for (int i = -1; i > exp10; i--)
            out[n++] = '0';
        memcpy(out + n, digits, (size_t)count);
        return n + (size_t)count;
    }
    out[n++] = digits[0];
    if (count > 1) {
        out[n++] = '.';
        memcpy(out + n, digits + 1, (size_t)count - 1);
        n += (size_t)count - 1;
    }
    out[n++] = 'e';
    out[n++] = exp10 < 0 ? '-' : '+';
    return n + whole((uint64_t)(exp10 < 0 ? -exp10 : exp10), out + n);
}

size_t tr_number_format(double value, char *out, size_t size)
{
    if (!isfinite(value))
        return tr_text_copy(out, size, "null");
    char text[40];
    size_t n = 0;
    if (signbit(value)) {
        text[n++] = '-';
        value = -value;
    }
    if (value < EXACT_INTEGER_MAX && value == (double)(uint64_t)value) {
        n += whole((uint64_t)value, text + n);
    } else {
        char digits[18];
        int exp10;
        const int count = shortest(value, digits, &exp10);
        n += lay_out(digits, count, exp10, text + n);
    }
    text[n] = '\0';
    return tr_text_copy(out, size, text);
}
