/* claims/prices.c -- questions about price sheets, and about keeping a cache or making it again. */
#include "base/fail.h"
#include "claims/question.h"
#include "price/cache_place.h"
#include "price/price_sheet.h"

static tr_status price_named(const char *with, const tr_price **out, tr_error *err)
{
    char name[128];
    if (!tr_claim_text(with, "price", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "price", 0, "this question needs the setting 'price'");
    return tr_price_named(name, out, err);
}

#define PRICE(NAME, VALUE)                                                                                 \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        const tr_price *p = NULL;                                                                          \
        const tr_status s = price_named(with, &p, err);                                                    \
        if (s == TR_OK) {                                                                                  \
            const tr_price_ratios r = tr_price_ratios_of(p);                                               \
            (void)r;                                                                                       \
            *out = VALUE;                                                                                  \
        }                                                                                                  \
        return s;                                                                                          \
    }

PRICE(output_input, r.output_input_ratio)
PRICE(input_cached, r.input_cached_ratio)
PRICE(write_5m, r.write_5m_input_ratio)
PRICE(write_1h, r.write_1h_input_ratio)
PRICE(long_input, r.long_input_ratio)
PRICE(long_output, r.long_output_ratio)
PRICE(fast_output, r.fast_output_ratio)
PRICE(long_cached, p->long_rates.cached_read_usd_per_mtoken / p->base.cached_read_usd_per_mtoken)
PRICE(long_above, p->long_above_token)
PRICE(context, p->context_token)

/* ---- a cache in a memory ------------------------------------------------------------ */

typedef struct held {
    tr_place place;
    double kv_byte;
} held;

/* A chip's own memory of capacity_byte, read at read_byte_per_s, at usd_per_hour; fetching stops the chip. */
static tr_status held_of(const char *with, held *out, tr_error *err)
{
    tr_tier tier = {.name = "hbm"};
    double usd_per_hour = 0;
    tr_status s = tr_claim_number(with, "capacity_byte", &tier.capacity_byte, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "read_byte_per_s", &tier.read_byte_per_s, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "usd_per_hour", &usd_per_hour, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "kv_byte", &out->kv_byte, err);
    const tr_hold_terms terms = {.chip_usd_per_s = usd_per_hour / 3600.0, .stall_ratio = 1, .life_s = 1};
    return s == TR_OK ? tr_place_of(&tier, 1, &terms, &out->place, err) : s;
}

static tr_status recompute_usd(const char *with, double *out, tr_error *err)
{
    double active_param = 0, flop_per_s = 0, mfu = 0, usd_per_hour = 0;
    tr_status s = tr_claim_number(with, "active_param", &active_param, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "flop_per_s", &flop_per_s, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "mfu", &mfu, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "usd_per_hour", &usd_per_hour, err);
    if (s == TR_OK)
        *out = tr_recompute_usd(2.0 * active_param, flop_per_s, mfu, usd_per_hour / 3600.0);
    return s;
}

static tr_status hold_usd(const char *with, double *out, tr_error *err)
{
    held h;
    double hold_s = 0, fetch_count = 0;
    tr_status s = held_of(with, &h, err);
    if (s == TR_OK)
        s = tr_claim_number_or(with, "hold_s", 0, &hold_s, err);
    if (s == TR_OK)
        s = tr_claim_number_or(with, "fetch_count", 0, &fetch_count, err);
    if (s == TR_OK)
        *out = tr_hold_usd(&h.place, h.kv_byte, hold_s, fetch_count);
    return s;
}

static tr_status recompute_break_even(const char *with, double *out, tr_error *err)
{
    held h;
    double usd = 0, fetch_count = 0;
    tr_status s = held_of(with, &h, err);
    if (s == TR_OK)
        s = recompute_usd(with, &usd, err);
    if (s == TR_OK)
        s = tr_claim_number_or(with, "fetch_count", 0, &fetch_count, err);
    if (s == TR_OK)
        *out = tr_recompute_break_even_s(&h.place, h.kv_byte, usd, fetch_count);
    return s;
}

static tr_status premium_hits(const char *with, double *out, tr_error *err)
{
    double write_ratio = 0, read_ratio = 0;
    tr_status s = tr_claim_number(with, "write_ratio", &write_ratio, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "read_ratio", &read_ratio, err);
    if (s == TR_OK)
        *out = tr_premium_hit_count(write_ratio, read_ratio);
    return s;
}

#define PRICES "prices {price}"

static const tr_claim_question questions[] = {
    {"price_output_input_ratio", TR_UNIT_NONE, "tr_price_ratios_of", "", PRICES, "ratio.output_over_input",
     output_input},
    {"price_input_cached_ratio", TR_UNIT_NONE, "tr_price_ratios_of", "", PRICES,
     "ratio.input_over_cached_read", input_cached},
    {"price_write_5m_ratio", TR_UNIT_NONE, "tr_price_ratios_of", "", PRICES, "ratio.write_5m_over_input",
     write_5m},
    {"price_write_1h_ratio", TR_UNIT_NONE, "tr_price_ratios_of", "", PRICES, "ratio.write_1h_over_input",
     write_1h},
    {"price_long_input_ratio", TR_UNIT_NONE, "tr_price_ratios_of", "", PRICES, "ratio.long_over_input",
     long_input},
    {"price_long_output_ratio", TR_UNIT_NONE, "tr_price_ratios_of", "", PRICES, "ratio.long_over_output",
     long_output},
    {"price_long_cached_ratio", TR_UNIT_NONE, "tr_price_named", "", PRICES, NULL, long_cached},
    {"price_fast_output_ratio", TR_UNIT_NONE, "tr_price_ratios_of", "", PRICES, "ratio.fast_over_output",
     fast_output},
    {"price_long_above_token", TR_UNIT_TOKEN, "tr_price_named", "", PRICES, "long.above_token", long_above},
    {"price_context_token", TR_UNIT_TOKEN, "tr_price_named", "", PRICES, "context_token", context},
    {"recompute_usd", TR_UNIT_NONE, "tr_recompute_usd", "K6", NULL, NULL, recompute_usd},
    {"hold_usd", TR_UNIT_NONE, "tr_hold_usd", "K5", NULL, NULL, hold_usd},
    {"recompute_break_even_s", TR_UNIT_SECOND, "tr_recompute_break_even_s", "K7", NULL, NULL,
     recompute_break_even},
    {"premium_hit_count", TR_UNIT_NONE, "tr_premium_hit_count", "K9", NULL, NULL, premium_hits},
};
TR_CLAIM_QUESTIONS(tr_claim_price_questions, questions);
