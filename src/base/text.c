/* base/text.c -- bounded copies, ASCII case folding, and fixed-point numbers without printf. */
#include "base/text.h"

#include <stdint.h>
#include <string.h>

size_t tr_text_copy_span(char *out, size_t size, const char *text, size_t length)
{
    if (size > 0) {
        const size_t kept = length < size ? length : size - 1;
        memcpy(out, text, kept);
        out[kept] = '\0';
    }
    return length;
}

size_t tr_text_copy(char *out, size_t size, const char *text)
{
    return tr_text_copy_span(out, size, text, strlen(text));
}

size_t tr_text_append(char *out, size_t size, const char *text)
{
    size_t used = 0;
    while (used < size && out[used] != '\0')
        used++;
    if (used == size)
        return used + strlen(text);
    return used + tr_text_copy(out + used, size - used, text);
}

char tr_text_lower(char c) { return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }
int tr_text_is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
int tr_text_is_digit(char c) { return c >= '0' && c <= '9'; }

int tr_text_compare(const char *a, const char *b)
{
    while (*a != '\0' && tr_text_lower(*a) == tr_text_lower(*b)) {
        a++;
        b++;
    }
    const unsigned char x = (unsigned char)tr_text_lower(*a);
    const unsigned char y = (unsigned char)tr_text_lower(*b);
    return (x > y) - (x < y);
}

int tr_text_same(const char *a, const char *b) { return tr_text_compare(a, b) == 0; }

int tr_text_starts(const char *text, const char *prefix)
{
    for (; *prefix != '\0'; text++, prefix++)
        if (tr_text_lower(*text) != tr_text_lower(*prefix))
            return 0;
    return 1;
}

int tr_text_holds(const char *text, const char *part)
{
    for (;; text++) {
        if (tr_text_starts(text, part))
            return 1;
        if (*text == '\0')
            return 0;
    }
}

static int is_letter_or_digit(char c)
{
    const char low = tr_text_lower(c);
    return tr_text_is_digit(c) || (low >= 'a' && low <= 'z');
}

int tr_text_holds_word(const char *text, const char *part)
{
    for (const char *at = text;; at++) {
        if ((at == text || !is_letter_or_digit(at[-1]) || !is_letter_or_digit(*at)) && tr_text_starts(at, part))
            return 1;
        if (*at == '\0')
            return 0;
    }
}

size_t tr_text_fixed(char *out, size_t size, double value, int decimals)
{
    static const double POWER[] = {1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    static const double LIMIT = 1e9;
    decimals = decimals < 0 ? 0 : decimals > 9 ? 9 : decimals;
    if (!(value <= LIMIT)) /* NaN too */
        value = value > LIMIT ? LIMIT : 0.0;
    if (value < -LIMIT)
        value = -LIMIT;
    const int negative = value < 0.0;
    uint64_t scaled = (uint64_t)((negative ? -value : value) * POWER[decimals] + 0.5);
    while (decimals > 0 && scaled % 10 == 0) {
        scaled /= 10;
        decimals--;
    }
    char text[24];
    size_t at = sizeof text;
    const int sign = negative && scaled != 0;
    for (int i = 0; scaled > 0 || i <= decimals; i++) {
        if (i == decimals && i > 0)
            text[--at] = '.';
        text[--at] = (char)('0' + scaled % 10);
        scaled /= 10;
    }
    if (sign)
        text[--at] = '-';
    return tr_text_copy_span(out, size, text + at, sizeof text - at);
}
