/* price/oracle_prior.c -- the stated priors, and the names of what they are about. */
#include "price/oracle_prior.h"

#include <string.h>

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
