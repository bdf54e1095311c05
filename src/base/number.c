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

/* ---- without printf ------------------------------------------------------------------- */

/* A number times 10^k as a fraction of 192 bits: m x 2^e is m x 5^k over 2^shift, exactly. */
__extension__ typedef unsigned __int128 wide;
typedef struct scaled {
    wide high;           /* of m x 5^k: bits from 64 on */
    uint64_t low;
    wide five;           /* 5^k: what one step of m is worth */
    int shift;           /* 1..127 */
    uint64_t whole;      /* what is left of the point */
    int rest;            /* what is right of it against a half: -1 below, 0 even, 1 above */
    int is_exact;        /* nothing is right of it */
} scaled;

static wide power_of_five(int k)
{
    wide power = 1;
    for (wide square = 5; k > 0; k >>= 1, square *= square)
        power = (k & 1) != 0 ? power * square : power;
    return power;
}

static int compare(wide a_high, uint64_t a_low, wide b_high, uint64_t b_low)
{
    if (a_high != b_high)
        return a_high > b_high ? 1 : -1;
    return a_low == b_low ? 0 : a_low > b_low ? 1 : -1;
}

/* m x 2^e x 10^k. 0: the point is not where this can say it. */
static int scale(uint64_t m, int e, int k, scaled *n)
{
    n->five = power_of_five(k);
    n->shift = -e - k;
    const wide low = (wide)m * (uint64_t)n->five;
    n->high = (wide)m * (uint64_t)(n->five >> 64) + (low >> 64);
    n->low = (uint64_t)low;
    if (n->shift < 1 || n->shift > 127)
        return 0;
    wide rest_high = 0, half_high = 0;
    uint64_t rest_low = n->low, half_low = 0;
    if (n->shift > 64) {
        n->whole = (uint64_t)(n->high >> (n->shift - 64));
        rest_high = n->high & (((wide)1 << (n->shift - 64)) - 1);
        half_high = (wide)1 << (n->shift - 65);
    } else {
        const wide bits = (n->high << 64) | n->low; /* whole is below 2^60: the bits above are none */
        n->whole = (uint64_t)(bits >> n->shift);
        rest_low = n->shift == 64 ? n->low : n->low & ((UINT64_C(1) << n->shift) - 1);
        half_low = UINT64_C(1) << (n->shift - 1);
    }
    n->rest = compare(rest_high, rest_low, half_high, half_low);
    n->is_exact = rest_high == 0 && rest_low == 0;
    return 1;
}

/* Whether digits x 2^shift is no further from the number than half of a step of m, where a double reads back. */
static int is_within(uint64_t digits, const scaled *n, int ties)
{
    const wide shifted = n->shift < 64 ? (wide)digits << n->shift : (wide)digits << (n->shift - 64);
    const wide high = n->shift < 64 ? shifted >> 64 : shifted;
    const uint64_t low = n->shift < 64 ? (uint64_t)shifted : 0;
    const int above = compare(high, low, n->high, n->low) > 0;
    const uint64_t gap_low = above ? low - n->low : n->low - low;
    const int borrow = above ? low < n->low : n->low < low;
    const wide gap_high = (above ? high - n->high : n->high - high) - (borrow ? 1U : 0U);
    if (gap_high >> 62 != 0)
        return 0;
    const wide twice = ((gap_high << 64) | gap_low) * 2;
    return twice < n->five || (ties && twice == n->five);
}

/* whole and what is right of its point, rounded to a multiple of unit (1, 10, 100), ties to even. */
static uint64_t rounded(const scaled *n, uint64_t unit)
{
    const uint64_t down = n->whole / unit * unit, over = n->whole - down;
    const int side = unit == 1           ? n->rest
                     : over != unit / 2 ? (over > unit / 2 ? 1 : -1)
                     : n->is_exact      ? 0
                                        : 1;
    return side > 0 || (side == 0 && (down / unit & 1) != 0) ? down + unit : down;
}

/* As shortest, of 1e-37 <= value < 1e16 that is no power of two. 0: not of this kind. */
static int shortest_exactly(double value, char *digits, int *exp10)
{
    static const uint64_t TEN_17 = UINT64_C(100000000000000000);
    int binary_exp, count = 15;
    const double fraction = frexp(value, &binary_exp);
    if (!(value >= 1e-37 && value < 1e16) || fraction == 0.5)
        return 0;
    const uint64_t m = (uint64_t)(fraction * EXACT_INTEGER_MAX);
    scaled n = {.whole = TEN_17};
    /* The power of ten below value, or the one below that. */
    for (*exp10 = (int)floor((binary_exp - 1) * 0.30102999566398120); n.whole >= TEN_17; (*exp10)++)
        if (!scale(m, binary_exp - 53, 16 - *exp10, &n))
            return 0;
    (*exp10)--;
    uint64_t chosen = rounded(&n, 100);
    for (uint64_t unit = 10; count < 17 && !is_within(chosen, &n, (m & 1) == 0); unit /= 10, count++)
        chosen = rounded(&n, unit);
    if (chosen >= TEN_17) { /* nines that were rounded up */
        chosen /= 10;
        (*exp10)++;
    }
    for (int i = 16; i >= 0; i--, chosen /= 10)
        digits[i] = (char)('0' + chosen % 10);
    for (count = 17; count > 1 && digits[count - 1] == '0';)
        count--;
    return count;
}

/* ---- laid out --------------------------------------------------------------------------- */

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
        int count = shortest_exactly(value, digits, &exp10);
        if (count == 0)
            count = shortest(value, digits, &exp10);
        n += lay_out(digits, count, exp10, text + n);
    }
    text[n] = '\0';
    return tr_text_copy(out, size, text);
}
