/* price/oracle_evidence.c -- a price sheet's row as evidence: from the catalog, from typed numbers, checked. */
#include <math.h>
#include <string.h>

#include "base/check.h"
#include "base/fail.h"
#include "base/near.h"
#include "base/quantity.h"
#include "price/oracle_parts.h"
#include "price/price_sheet.h"

#define USD_MAX 1e6
#define RATIO_MAX 1e6
#define FORM "input=0.27,output=1.10,cached=0.07,threshold=200k"

typedef struct key {
    char name[16];
    tr_unit unit;
    size_t offset;
} key;

#define KEY(NAME, UNIT, MEMBER) {NAME, TR_UNIT_##UNIT, offsetof(tr_price_evidence, MEMBER)}
static const key keys[] = {
    KEY("input", USD_PER_MTOKEN, input_usd_per_mtoken),
    KEY("output", USD_PER_MTOKEN, output_usd_per_mtoken),
    KEY("cached", USD_PER_MTOKEN, cached_read_usd_per_mtoken),
    KEY("write_5m", USD_PER_MTOKEN, write_5m_usd_per_mtoken),
    KEY("write_1h", USD_PER_MTOKEN, write_1h_usd_per_mtoken),
    KEY("threshold", TOKEN, long_above_token),
    KEY("long_input", NONE, long_input_ratio),
    KEY("long_output", NONE, long_output_ratio),
    KEY("fast_price", NONE, fast_price_ratio),
    KEY("fast_speed", NONE, fast_speed_ratio),
    KEY("batch", NONE, batch_price_ratio),
    KEY("context", TOKEN, context_token),
};
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static double *value_of(tr_price_evidence *e, const key *k) { return (double *)(void *)((char *)e + k->offset); }

static tr_price_evidence nothing(void)
{
    tr_price_evidence e;
    for (int i = 0; i < KEY_COUNT; i++)
        *value_of(&e, &keys[i]) = (double)NAN;
    return e;
}

/* A price that must be there, or may be (NaN). */
static tr_status check_price(const char *field, double usd, int must, tr_error *err)
{
    if (isnan(usd) && !must)
        return TR_OK;
    if (!(usd > 0.0 && usd <= USD_MAX))
        return tr_fail(err, TR_EDOMAIN, field, usd,
                       isnan(usd) ? "%s: a price is missing: the oracle needs input and output, in dollars for a "
                                    "million tokens"
                                  : "%s: a price must be above $0 and at most $1e6 for a million tokens: what costs "
                                    "nothing explains nothing",
                       field);
    return TR_OK;
}

static tr_status check_ratio(const char *field, double ratio, double above, tr_error *err)
{
    if (isnan(ratio) || (ratio >= 1.0 && ratio > above && ratio <= RATIO_MAX))
        return TR_OK;
    return tr_fail(err, TR_EDOMAIN, field, ratio, "%s: a ratio of prices or speeds here is %s 1 and at most 1e6", field,
                   above > 0.0 ? "above" : "at least");
}

static tr_status check_prices(const tr_price_evidence *e, tr_error *err)
{
    tr_status s = check_price("input", e->input_usd_per_mtoken, 1, err);
    if (s == TR_OK)
        s = check_price("output", e->output_usd_per_mtoken, 1, err);
    if (s == TR_OK)
        s = check_price("cached", e->cached_read_usd_per_mtoken, 0, err);
    if (s == TR_OK)
        s = check_price("write_5m", e->write_5m_usd_per_mtoken, 0, err);
    if (s == TR_OK)
        s = check_price("write_1h", e->write_1h_usd_per_mtoken, 0, err);
    if (s == TR_OK && e->cached_read_usd_per_mtoken > e->input_usd_per_mtoken)
        s = tr_fail(err, TR_ECONFLICT, "cached", e->cached_read_usd_per_mtoken,
                    "a cached read at $%.4g cannot cost more than input at $%.4g: nobody would use it",
                    e->cached_read_usd_per_mtoken, e->input_usd_per_mtoken);
    return s;
}

tr_status tr_price_evidence_check(const tr_price_evidence *e, tr_error *err)
{
    if (e == NULL)
        return tr_fail(err, TR_EMISSING, "evidence", 0.0, "expected the prices to explain");
    tr_status s = check_prices(e, err);
    if (s != TR_OK)
        return s;
    if (!isnan(e->long_above_token) && !(e->long_above_token >= 1.0 && e->long_above_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "threshold", e->long_above_token,
                       "threshold: long prompts begin at 1 to 1e9 tokens");
    if (isnan(e->long_above_token) && !(isnan(e->long_input_ratio) && isnan(e->long_output_ratio)))
        return tr_fail(err, TR_ECONFLICT, "threshold", 0.0,
                       "a surcharge for long prompts needs the threshold above which it is paid");
    if ((s = check_ratio("long_input", e->long_input_ratio, 0.0, err)) != TR_OK ||
        (s = check_ratio("long_output", e->long_output_ratio, 0.0, err)) != TR_OK ||
        (s = check_ratio("fast_price", e->fast_price_ratio, 1.0, err)) != TR_OK)
        return s;
    if (!isnan(e->batch_price_ratio) && !(e->batch_price_ratio > 0.0 && e->batch_price_ratio <= 1.0))
        return tr_fail(err, TR_EDOMAIN, "batch", e->batch_price_ratio,
                       "batch: work that may wait costs a share of the normal price, above 0 and at most 1");
    if (!isnan(e->context_token) && !(e->context_token >= 1.0 && e->context_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "context", e->context_token, "context: the longest prompt is 1 to 1e9 tokens");
    if (!isnan(e->fast_speed_ratio) && isnan(e->fast_price_ratio))
        return tr_fail(err, TR_ECONFLICT, "fast_speed", e->fast_speed_ratio,
                       "a fast mode's speed needs its price ratio: give fast_price");
    return check_ratio("fast_speed", e->fast_speed_ratio, 0.0, err);
}

tr_status tr_price_evidence_of(const tr_price *price, tr_price_evidence *out, tr_error *err)
{
    if (price == NULL)
        return tr_fail(err, TR_EMISSING, "price", 0.0, "expected a published price");
    const tr_price_ratios ratios = tr_price_ratios_of(price);
    tr_price_evidence e = nothing();
    e.input_usd_per_mtoken = price->base.input_usd_per_mtoken;
    e.output_usd_per_mtoken = price->base.output_usd_per_mtoken;
    e.cached_read_usd_per_mtoken = price->base.cached_read_usd_per_mtoken;
    e.write_5m_usd_per_mtoken = price->base.write_5m_usd_per_mtoken;
    e.write_1h_usd_per_mtoken = price->base.write_1h_usd_per_mtoken;
    if (price->long_above_token > 0.0) {
        e.long_above_token = price->long_above_token;
        e.long_input_ratio = ratios.long_input_ratio;
        e.long_output_ratio = ratios.long_output_ratio;
    }
    if (ratios.fast_output_ratio > 1.0)
        e.fast_price_ratio = ratios.fast_output_ratio;
    e.batch_price_ratio = price->batch_price_ratio;
    e.context_token = price->context_token;
    const tr_status s = tr_price_evidence_check(&e, err);
    if (s == TR_OK)
        *out = e;
    return s;
}

/* ---- typed ---------------------------------------------------------------------- */

static const char *key_name(size_t index, const void *context)
{
    (void)context;
    return index < KEY_COUNT ? keys[index].name : NULL;
}

static tr_status set_key(tr_price_evidence *e, const char *name, size_t length, const char *text, size_t text_length,
                         tr_error *err)
{
    char word[24];
    for (int i = 0; i < KEY_COUNT; i++) {
        if (!tr_name_equal(keys[i].name, strlen(keys[i].name), name, length))
            continue;
        double *value = value_of(e, &keys[i]);
        if (!isnan(*value))
            return tr_fail(err, TR_ECONFLICT, keys[i].name, 0.0, "%s is given twice", keys[i].name);
        tr_error inner;
        const tr_status s = tr_quantity_parse_span(text, text_length, keys[i].unit, value, &inner);
        return s == TR_OK ? TR_OK : tr_fail(err, s, keys[i].name, 0.0, "%s: %.280s", keys[i].name, inner.text);
    }
    const size_t n = length < sizeof word ? length : sizeof word - 1;
    memcpy(word, name, n);
    word[n] = '\0';
    const char *near = tr_near_name(word, key_name, NULL);
    return near != NULL ? tr_fail(err, TR_EUNKNOWN, "prices", 0.0, "unknown price '%s': did you mean '%s'?", word, near)
                        : tr_fail(err, TR_EUNKNOWN, "prices", 0.0, "unknown price '%s': expected the form " FORM, word);
}

static size_t trim(const char **text, size_t length)
{
    while (length > 0 && **text == ' ') {
        (*text)++;
        length--;
    }
    while (length > 0 && (*text)[length - 1] == ' ')
        length--;
    return length;
}

tr_status tr_price_evidence_inline(const char *text, tr_price_evidence *out, tr_error *err)
{
    tr_price_evidence e = nothing();
    if (text == NULL)
        return tr_fail(err, TR_EMISSING, "prices", 0.0, "expected prices of the form " FORM);
    for (const char *at = text;;) {
        const char *comma = strchr(at, ',');
        const size_t length = comma == NULL ? strlen(at) : (size_t)(comma - at);
        const char *equals = memchr(at, '=', length), *value = equals != NULL ? equals + 1 : NULL;
        if (equals == NULL)
            return tr_fail(err, TR_EPARSE, "prices", 0.0,
                           "expected key=price between commas, as in " FORM ", at '%.40s'", at);
        const size_t value_length = trim(&value, length - (size_t)(value - at));
        const char *name = at;
        const size_t name_length = trim(&name, (size_t)(equals - at));
        const tr_status s = set_key(&e, name, name_length, value, value_length, err);
        if (s != TR_OK)
            return s;
        if (comma == NULL)
            break;
        at = comma + 1;
    }
    const tr_status s = tr_price_evidence_check(&e, err);
    if (s == TR_OK)
        *out = e;
    return s;
}

/* ---- what there is ---------------------------------------------------------------- */

static const char evidence_name[TR_EVIDENCE_COUNT][20] = {
    "input_price",    "output_over_input", "long_threshold", "cached_read",    "cache_write",
    "fast_mode",      "batch_price",       "launch_date",    "context_length", "total_param",
    "sibling_prices", "token_per_s",       "first_token_s"};
static const char evidence_title[TR_EVIDENCE_COUNT][24] = {
    "input price", "output over input", "long-prompt threshold", "cached read",    "cache write",
    "fast mode",   "batch discount",    "launch date",           "context length", "size stated",
    "siblings",    "measured tokens/s", "measured TTFT"};

const char *tr_evidence_name(tr_evidence_kind kind)
{
    return (unsigned)kind < TR_EVIDENCE_COUNT ? evidence_name[kind] : "";
}

const char *tr_evidence_title(tr_evidence_kind kind)
{
    return (unsigned)kind < TR_EVIDENCE_COUNT ? evidence_title[kind] : "";
}

int tr_evidence_is_given(const tr_oracle_question *q, tr_evidence_kind kind)
{
    const tr_price_evidence *e = &q->evidence;
    const int known = !isnan(q->active_param);
    switch (kind) {
    case TR_EVIDENCE_LEVEL: return e->input_usd_per_mtoken > 0.0;
    case TR_EVIDENCE_RATIO: return e->output_usd_per_mtoken > 0.0;
    case TR_EVIDENCE_THRESHOLD: return e->long_above_token > 0.0;
    case TR_EVIDENCE_CACHED: return e->cached_read_usd_per_mtoken > 0.0;
    case TR_EVIDENCE_HOLD: return e->write_5m_usd_per_mtoken > 0.0 || e->write_1h_usd_per_mtoken > 0.0;
    case TR_EVIDENCE_FAST: return e->fast_price_ratio > 1.0 && e->fast_speed_ratio >= 1.0;
    case TR_EVIDENCE_BATCH: return e->batch_price_ratio < 1.0;
    case TR_EVIDENCE_LAUNCH: return q->launch_year > 0.0;
    case TR_EVIDENCE_LENGTH: return e->context_token > 0.0 && !known;
    case TR_EVIDENCE_TOTAL: return q->total_param > 0.0 && !known;
    case TR_EVIDENCE_SIBLING: return q->sibling[0] != NULL && !known;
    case TR_EVIDENCE_SPEED: return q->speed[0].value > 0.0;
    case TR_EVIDENCE_TTFT: return q->ttft[0].value > 0.0;
    case TR_EVIDENCE_COUNT: break;
    }
    return 0;
}
