/* chip/name.c -- the names people type for chips and systems: one spelling, and a count in front. */
#include "chip/name.h"

#include <string.h>

#include "base/fail.h"

static int is_blank(char c) { return c == ' ' || c == '\t' || c == '_' || c == '-'; }

void tr_name_spell(const char *text, char out[TR_NAME_MAX])
{
    size_t n = 0;
    for (const char *c = text; *c != '\0' && n < TR_NAME_MAX - 1; c++) {
        if (!is_blank(*c))
            out[n++] = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    out[n] = '\0';
}

const char *tr_name_without_maker(const char *name)
{
    static const char maker[][16] = { "nvidia-", "amd-", "amd-instinct-", "google-", "aws-", "amazon-",
                                      "intel-", "apple-", "geforce-", "instinct-", "cloud-" };
    size_t longest = 0;
    for (size_t i = 0; i < sizeof maker / sizeof maker[0]; i++) {
        const size_t n = strlen(maker[i]);
        if (n > longest && strncmp(name, maker[i], n) == 0)
            longest = n;
    }
    return name + longest;
}

/* The length of a multiplication sign at c: x, X, * or the two bytes of U+00D7; 0 if none. */
static size_t times_length(const char *c)
{
    if (*c == 'x' || *c == 'X' || *c == '*')
        return 1;
    return (unsigned char)c[0] == 0xc3 && (unsigned char)c[1] == 0x97 ? 2 : 0;
}

tr_status tr_name_split_count(const char *text, double *count, const char **name, tr_error *err)
{
    const char *at = text + strspn(text, " \t");
    const char *number = at;
    at += strspn(at, "0123456789.");
    const size_t length = (size_t)(at - number);
    at += strspn(at, " \t");
    const size_t times = times_length(at);
    if (length == 0 || times == 0) {
        *count = 1.0;
        *name = number;
        return TR_OK;
    }
    double value = 0.0;
    for (size_t i = 0; i < length; i++) {
        if (number[i] == '.')
            return tr_fail(err, TR_EDOMAIN, "chip_count", value,
                           "a count of chips is a whole number, not %.*s", (int)(length < 32 ? length : 32),
                           number);
        if (value <= 1e9)
            value = value * 10.0 + (double)(number[i] - '0');
    }
    if (!(value >= 1.0 && value <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "chip_count", value,
                       "a count of chips is a whole number from 1 to 1e9, not %.*s",
                       (int)(length < 32 ? length : 32), number);
    *count = value;
    *name = at + times + strspn(at + times, " \t");
    return TR_OK;
}
