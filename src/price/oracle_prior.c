/* price/oracle_prior.c -- the stated priors, and the names of what they are about. */
#include "price/oracle_prior.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

size_t tr_prior_count(void) { return tr_prior_table_count; }

const tr_prior *tr_prior_at(size_t index) { return index < tr_prior_table_count ? &tr_prior_table[index] : NULL; }

const tr_prior *tr_prior_find(const char *name)
{
    for (uint32_t i = 0; name != NULL && i < tr_prior_table_count; i++)
        if (strcmp(tr_prior_table[i].name, name) == 0)
            return &tr_prior_table[i];
    return NULL;
}

const char *tr_prior_chip_at(size_t index)
{
    return index < tr_prior_chip_table_count ? tr_prior_chip_table[index] : NULL;
}

/* ---- launches ----------------------------------------------------------------------- */

static const tr_launch *launch_named(const char *name)
{
    for (uint32_t i = 0; i < tr_launch_table_count; i++)
        if (tr_text_same(tr_launch_table[i].name, name))
            return &tr_launch_table[i];
    return NULL;
}

const tr_launch *tr_launch_of(const tr_price *price)
{
    char name[112] = "";
    if (price == NULL)
        return NULL;
    if (price->catalog_model[0] != '\0')
        return launch_named(price->catalog_model);
    (void)tr_text_append(name, sizeof name, price->provider);
    (void)tr_text_append(name, sizeof name, "/");
    (void)tr_text_append(name, sizeof name, price->model);
    return launch_named(name);
}

/* `length` digits of text as a number; -1 if they are none. */
static int digits(const char *text, int length)
{
    int value = 0;
    for (int i = 0; i < length; i++) {
        if (!tr_text_is_digit(text[i]))
            return -1;
        value = 10 * value + text[i] - '0';
    }
    return value;
}

tr_status tr_launch_year_parse(const char *text, double *year, tr_error *err)
{
    const size_t n = text != NULL ? strlen(text) : 0;
    const int y = n >= 4 ? digits(text, 4) : -1;
    const int m = n == 4 ? 1 : n >= 7 && text[4] == '-' ? digits(text + 5, 2) : -1;
    const int d = n == 4 || n == 7 ? 1 : n == 10 && text[7] == '-' ? digits(text + 8, 2) : -1;
    if (y < 0 || m < 1 || m > 12 || d < 1 || d > 31)
        return tr_fail(err, TR_EPARSE, "launch", 0.0, "expected a day, month or year such as 2025-03-24, not '%.40s'",
                       text != NULL ? text : "");
    if (y < 2015 || y > 2100)
        return tr_fail(err, TR_EDOMAIN, "launch", y, "a model is launched between 2015 and 2100, not in %d", y);
    *year = y + (m - 1) / 12.0 + (d - 1) / 365.0;
    return TR_OK;
}

double tr_launch_year(const tr_price *price)
{
    const tr_launch *launch = tr_launch_of(price);
    double year = (double)NAN;
    return launch != NULL && tr_launch_year_parse(launch->date, &year, NULL) == TR_OK ? year : (double)NAN;
}

/* ---- names ---------------------------------------------------------------------------- */

typedef struct row {
    char name[24];
    char title[32];
    tr_unit unit;
} row;

static const row rows[TR_UNKNOWN_COUNT] = {
    [TR_UNKNOWN_ACTIVE] = {"active_param", "active parameters", TR_UNIT_PARAM},
    [TR_UNKNOWN_TOTAL] = {"total_param", "all parameters", TR_UNIT_PARAM},
    [TR_UNKNOWN_KV] = {"kv_byte_per_token", "KV bytes a token", TR_UNIT_BYTE},
    [TR_UNKNOWN_CONTEXT] = {"context_token", "context read", TR_UNIT_TOKEN},
    [TR_UNKNOWN_BATCH] = {"batch_seq", "batch", TR_UNIT_SEQ},
    [TR_UNKNOWN_BALANCE] = {"batch_balance_ratio", "batch over balance", TR_UNIT_NONE},
    [TR_UNKNOWN_PREFILL_MFU] = {"prefill_mfu", "prefill share of peak", TR_UNIT_RATIO},
    [TR_UNKNOWN_DECODE] = {"decode_ratio", "decode share of roof", TR_UNIT_RATIO},
    [TR_UNKNOWN_CHIP_PRICE] = {"chip_usd_per_hour", "chip price", TR_UNIT_USD_PER_HOUR},
    [TR_UNKNOWN_MARKUP] = {"price_cost_ratio", "price over cost", TR_UNIT_NONE},
    [TR_UNKNOWN_CHIPS] = {"chip_count", "chips a copy", TR_UNIT_NONE},
};

const char *tr_unknown_name(tr_unknown unknown)
{
    return (unsigned)unknown < TR_UNKNOWN_COUNT ? rows[unknown].name : "";
}

const char *tr_unknown_title(tr_unknown unknown)
{
    return (unsigned)unknown < TR_UNKNOWN_COUNT ? rows[unknown].title : "";
}

tr_unit tr_unknown_unit(tr_unknown unknown)
{
    return (unsigned)unknown < TR_UNKNOWN_COUNT ? rows[unknown].unit : TR_UNIT_NONE;
}
