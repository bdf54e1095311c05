/* claims/oracle.c -- questions read backwards from prices, and a published day of serving. */
#include <string.h>

#include "base/fail.h"
#include "claims/question.h"
#include "price/oracle_parts.h"
#include "price/published_day.h"

TR_CLAIM_FORMULA(memory_ratio, tr_implied_memory_ratio(v[0], 1.0), "output_input_ratio")
TR_CLAIM_FORMULA(implied_batch, tr_implied_batch_seq(v[0], v[1], v[2]), "memory_ratio", "context_ratio",
                 "balance_batch_seq")
TR_CLAIM_FORMULA(implied_kv, tr_implied_kv_byte_per_token(v[0], v[1], v[2], v[3], 0.0), "active_param", "flop_per_s",
                 "byte_per_s", "cliff_token")

/* Drain time of the tier beside a chip that suits a hold time best. */
static tr_status implied_tier_drain(const char *with, double *out, tr_error *err)
{
    char name[64];
    double hold_s = 0;
    const tr_chip *chip =
        tr_claim_text(with, "chip", name, sizeof name) ? tr_chip_catalog_find(name) : NULL;
    if (chip == NULL)
        return tr_fail(err, TR_EMISSING, "chip", 0, "this question needs the setting 'chip'");
    const tr_status s = tr_claim_number(with, "hold_s", &hold_s, err);
    if (s != TR_OK)
        return s;
    const int tier = tr_implied_tier(chip->tier, (size_t)chip->tier_count, hold_s);
    if (tier < 0)
        return tr_fail(err, TR_ENOFIT, "chip", 0, "nothing beside %.60s is known", chip->name);
    *out = tr_tier_drain_s(&chip->tier[tier]);
    return TR_OK;
}

/* DeepSeek's day, 2025-02-27 to 28: the published numbers, as data/laws/deepseek_fleet.json has them. */
static tr_status day_of(const char *with, tr_fleet_answer *out, tr_error *err)
{
    static const struct {
        const char *key;
        size_t offset;
    } field[] = {
        {"node_count", offsetof(tr_fleet_day, node_count)},
        {"node_chip", offsetof(tr_fleet_day, node_chip)},
        {"chip_usd_per_hour", offsetof(tr_fleet_day, chip_usd_per_hour)},
        {"input_token", offsetof(tr_fleet_day, input_token)},
        {"cached_token", offsetof(tr_fleet_day, cached_token)},
        {"output_token", offsetof(tr_fleet_day, output_token)},
        {"prefill_node_token_per_s", offsetof(tr_fleet_day, prefill_node_token_per_s)},
        {"decode_node_token_per_s", offsetof(tr_fleet_day, decode_node_token_per_s)},
        {"seq_token_per_s", offsetof(tr_fleet_day, seq_token_per_s)},
        {"unit_chip", offsetof(tr_fleet_day, unit_chip)},
        {"balance_batch_seq", offsetof(tr_fleet_day, balance_batch_seq)},
        {"input_usd", offsetof(tr_fleet_day, input_usd_per_mtoken)},
        {"cached_usd", offsetof(tr_fleet_day, cached_usd_per_mtoken)},
        {"output_usd", offsetof(tr_fleet_day, output_usd_per_mtoken)},
    };
    tr_fleet_day day;
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof field / sizeof field[0]; i++) {
        double value = 0;
        s = tr_claim_number(with, field[i].key, &value, err);
        memcpy((char *)&day + field[i].offset, &value, sizeof value);
    }
    return s == TR_OK ? tr_fleet_day_of(&day, out, err) : s;
}

#define DAY(NAME, VALUE)                                                                                   \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        tr_fleet_answer a;                                                                                 \
        const tr_status s = day_of(with, &a, err);                                                         \
        if (s == TR_OK)                                                                                    \
            *out = VALUE;                                                                                  \
        return s;                                                                                          \
    }

DAY(day_cost, a.cost_usd)
DAY(day_revenue, a.revenue_usd)
DAY(day_margin, a.margin_ratio)
DAY(day_nodes, a.needed_node_count)
DAY(day_unit, a.unit_seq)
DAY(day_batch_ratio, a.batch_balance_ratio)
DAY(day_decode_prefill, a.decode_prefill_ratio)

static const tr_claim_question questions[] = {
    {"implied_memory_ratio", TR_UNIT_NONE, "tr_implied_memory_ratio", "K10", NULL, NULL, memory_ratio},
    {"implied_batch_seq", TR_UNIT_SEQ, "tr_implied_batch_seq", "K11", NULL, NULL, implied_batch},
    {"implied_kv_byte_per_token", TR_UNIT_BYTE, "tr_implied_kv_byte_per_token", "K12", NULL, NULL,
     implied_kv},
    {"implied_tier_drain_s", TR_UNIT_SECOND, "tr_implied_tier", "K14", NULL, NULL, implied_tier_drain},
    {"day_cost_usd", TR_UNIT_USD, "tr_fleet_day_of", "K18", NULL, NULL, day_cost},
    {"day_revenue_usd", TR_UNIT_USD, "tr_fleet_day_of", "K18", NULL, NULL, day_revenue},
    {"day_margin_ratio", TR_UNIT_RATIO, "tr_fleet_day_of", "K18", NULL, NULL, day_margin},
    {"day_needed_node_count", TR_UNIT_NONE, "tr_fleet_day_of", "K18", NULL, NULL, day_nodes},
    {"day_unit_seq", TR_UNIT_SEQ, "tr_fleet_day_of", "K18", NULL, NULL, day_unit},
    {"day_batch_balance_ratio", TR_UNIT_NONE, "tr_fleet_day_of", "K18", NULL, NULL, day_batch_ratio},
    {"day_decode_prefill_ratio", TR_UNIT_NONE, "tr_fleet_day_of", "K18", NULL, NULL, day_decode_prefill},
};
TR_CLAIM_QUESTIONS(tr_claim_oracle_questions, questions);
