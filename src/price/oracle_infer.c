/* price/oracle_infer.c -- the inference: machines and models drawn from the priors, weighed by every price.
 *
 * Draws are not kept: each goes at once into a histogram of its logarithm for
 * every view (the prior, all evidence, all but one piece), so that a piece is
 * left out by weighing the same draws anew.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/explog.h"
#include "base/fail.h"
#include "base/rng.h"
#include "price/oracle_prior.h"

#define LN_2 0.69314718055994529
#define LN_3600 8.1886891244442008
#define LN_MILLION 13.815510557964274

enum { BIN_COUNT = 1024, VIEW_MAX = TR_EVIDENCE_COUNT + 2, VIEW_PRIOR = 0, VIEW_ALL = 1, VIEW_WITHOUT = 2 };

/* A chip with weights in one dtype, as logarithms. */
typedef struct machine {
    int ok;
    double log_flop_per_s;
    double log_dense_token;   /* weight bytes x F / (2 BW): the batch of a dense model at balance */
    double log_cliff;         /* 2 BW / F: times active over KV bytes it is the balanced context */
} machine;

typedef struct range {
    double low, width;        /* of a logarithm */
} range;

typedef struct run {
    const tr_oracle_question *q;
    machine machine[TR_ORACLE_CHIP_MAX][TR_ORACLE_DTYPE_COUNT];
    double log_price[TR_ORACLE_CHIP_MAX]; /* dollars an hour */
    size_t chip_count;
    size_t tier_count;
    double log_read[TR_ORACLE_TIER_MAX], hold_log[TR_ORACLE_TIER_MAX]; /* of its rate; of the hold's likelihood */
    range active, sparsity, kv, context, balance, mfu, decode, price, markup, stall;
    double dense_share;
    double inverse[TR_EVIDENCE_COUNT]; /* one over each sigma */
    int given[TR_EVIDENCE_COUNT];
    double log_input, log_ratio, log_threshold, log_cached, log_speed, fast_batch_ratio;
    range seen[TR_UNKNOWN_COUNT]; /* of each histogram */
    double bin[VIEW_MAX][TR_UNKNOWN_COUNT][BIN_COUNT];
    double chip_sum[VIEW_MAX][TR_ORACLE_CHIP_MAX], dtype_sum[VIEW_MAX][TR_ORACLE_DTYPE_COUNT];
    double tier_sum[VIEW_MAX][TR_ORACLE_TIER_MAX];
    double sum[VIEW_MAX], square[VIEW_MAX];
} run;

static const tr_dtype weight_dtypes[TR_ORACLE_DTYPE_COUNT] = {TR_DTYPE_BF16, TR_DTYPE_FP8, TR_DTYPE_FP4};

/* ---- setting up ------------------------------------------------------------------- */

static range range_of(const char *name)
{
    const tr_prior *p = tr_prior_find(name);
    if (p == NULL)
        return (range){0.0, 0.0};
    return (range){tr_log(p->min), tr_log(p->max) - tr_log(p->min)};
}

static double value_of(const char *name)
{
    const tr_prior *p = tr_prior_find(name);
    return p != NULL ? p->min : (double)NAN;
}

static range fixed(double value) { return (range){tr_log(value), 0.0}; }

static tr_status check(const tr_oracle_question *q, tr_error *err)
{
    if (q == NULL)
        return tr_fail(err, TR_EMISSING, "question", 0.0, "expected the prices to explain");
    tr_status s = tr_price_evidence_check(&q->evidence, err);
    if (s != TR_OK)
        return s;
    const struct {
        char name[20];
        double value, min, max;
    } known[] = {{"active_param", q->active_param, 1e3, 1e15},
                 {"total_param", q->total_param, 1e3, 1e15},
                 {"kv_byte_per_token", q->kv_byte_per_token, 1e-3, 1e12},
                 {"chip_usd_per_hour", q->chip_usd_per_hour, 1e-6, 1e6}};
    for (int i = 0; i < 4; i++)
        if (!isnan(known[i].value) && (s = tr_check_between(known[i].name, known[i].value, known[i].min, known[i].max,
                                                            err)) != TR_OK)
            return s;
    if (!isnan(q->total_param) && !(q->total_param >= q->active_param))
        return tr_fail(err, TR_ECONFLICT, "total_param", q->total_param,
                       "all parameters are known only with the active ones, and are not fewer");
    if (q->sample_count < 1000 || q->sample_count > 1000000000)
        return tr_fail(err, TR_EDOMAIN, "sample_count", (double)q->sample_count, "samples must be 1000 to 1e9");
    if (q->weight_dtype != TR_DTYPE_NATIVE && q->weight_dtype != TR_DTYPE_BF16 && q->weight_dtype != TR_DTYPE_FP8 &&
        q->weight_dtype != TR_DTYPE_FP4)
        return tr_fail(err, TR_EDOMAIN, "weight_dtype", (double)q->weight_dtype,
                       "the oracle knows weights in bf16, fp8 and fp4");
    return TR_OK;
}

double tr_oracle_chip_usd_per_hour(const tr_chip *chip)
{
    const int is_default = chip->price_kind == TR_PRICE_ON_DEMAND || chip->price_kind == TR_PRICE_RESERVED;
    tr_chip_quote quote;
    return is_default && tr_chip_price(chip, TR_PRICE_3YR, &quote, NULL) == TR_OK ? quote.usd_per_hour
                                                                                  : chip->usd_per_hour;
}

static tr_status add_chip(run *r, const tr_chip *chip, tr_oracle_answer *out, tr_error *err)
{
    const tr_oracle_question *q = r->q;
    const size_t at = r->chip_count;
    const double usd = isnan(q->chip_usd_per_hour) ? tr_oracle_chip_usd_per_hour(chip) : q->chip_usd_per_hour;
    if (!tr_is_positive(chip->memory_byte_per_s))
        return tr_fail(err, TR_EMISSING, "system", 0.0, "%.60s has no published figures", chip->name);
    if (!(usd > 0.0))
        return tr_fail(err, TR_EMISSING, "chip_usd_per_hour", 0.0,
                       "no price of %.60s is published: give one with --price", chip->name);
    r->log_price[at] = tr_log(usd);
    for (int d = 0; d < TR_ORACLE_DTYPE_COUNT; d++) {
        machine *m = &r->machine[at][d];
        double flop_per_s = 0.0;
        tr_dtype used;
        m->ok = (q->weight_dtype == TR_DTYPE_NATIVE || q->weight_dtype == weight_dtypes[d]) &&
                tr_chip_math(chip, weight_dtypes[d], &flop_per_s, &used, NULL) == TR_OK && flop_per_s > 0.0;
        if (!m->ok)
            continue;
        m->log_flop_per_s = tr_log(flop_per_s);
        m->log_cliff = tr_log(2.0 * chip->memory_byte_per_s / flop_per_s);
        m->log_dense_token = tr_log(tr_dtype_byte(weight_dtypes[d])) - m->log_cliff;
    }
    memcpy(out->chip[at], chip->name, sizeof out->chip[at]);
    r->chip_count = out->chip_count = at + 1;
    return TR_OK;
}

static tr_status add_chips(run *r, tr_oracle_answer *out, tr_error *err)
{
    if (r->q->chip != NULL) {
        const tr_status s = add_chip(r, r->q->chip, out, err);
        const machine *m = r->machine[0];
        if (s == TR_OK && !m[0].ok && !m[1].ok && !m[2].ok)
            return tr_fail(err, TR_ENOFIT, "weight_dtype", 0.0, "%.60s cannot multiply such weights", r->q->chip->name);
        return s;
    }
    const char *name;
    for (size_t i = 0; (name = tr_prior_chip_at(i)) != NULL; i++) {
        const tr_chip *chip = tr_chip_catalog_find(name);
        if (chip == NULL)
            return tr_fail(err, TR_EUNKNOWN, "chip", 0.0, "the priors name %.60s, which no catalog has", name);
        const tr_status s = add_chip(r, chip, out, err);
        if (s != TR_OK)
            return s;
    }
    return TR_OK;
}

static void add_tiers(run *r, tr_oracle_answer *out)
{
    const tr_price_evidence *e = &r->q->evidence;
    const tr_chip *chip = tr_chip_catalog_find(tr_prior_tier_chip);
    const double hold_log = tr_log(e->write_5m_usd_per_mtoken > 0.0 ? 300.0 : 3600.0);
    for (int i = 0; chip != NULL && i < chip->tier_count && i < TR_ORACLE_TIER_MAX; i++) {
        const size_t at = r->tier_count;
        if (!tr_is_positive(chip->tier[i].read_byte_per_s))
            continue;
        /* The same distance that [K14] compares, as a normal deviate. */
        const double z = (hold_log - tr_log(tr_tier_drain_s(&chip->tier[i]))) * r->inverse[TR_EVIDENCE_HOLD];
        r->log_read[at] = tr_log(chip->tier[i].read_byte_per_s);
        r->hold_log[at] = -0.5 * z * z;
        memcpy(out->tier[at], chip->tier[i].name, sizeof out->tier[at]);
        r->tier_count = out->tier_count = at + 1;
    }
}

static void set_evidence(run *r)
{
    static const char sigma[TR_EVIDENCE_COUNT][20] = {"sigma.level",  "sigma.ratio", "sigma.threshold",
                                                      "sigma.cached", "sigma.hold",  "sigma.fast"};
    const tr_price_evidence *e = &r->q->evidence;
    for (int i = 0; i < TR_EVIDENCE_COUNT; i++) {
        r->inverse[i] = 1.0 / value_of(sigma[i]);
        r->given[i] = tr_evidence_is_given(e, (tr_evidence_kind)i);
    }
    r->log_input = tr_log(e->input_usd_per_mtoken);
    r->log_ratio = tr_log(e->output_usd_per_mtoken) - r->log_input;
    if (r->given[TR_EVIDENCE_THRESHOLD])
        r->log_threshold = tr_log(e->long_above_token);
    if (r->given[TR_EVIDENCE_CACHED])
        r->log_cached = tr_log(e->cached_read_usd_per_mtoken);
    if (r->given[TR_EVIDENCE_FAST]) {
        r->log_speed = tr_log(e->fast_speed_ratio);
        r->fast_batch_ratio = e->fast_price_ratio * e->fast_speed_ratio; /* as in [K3] */
    }
}

static range sum_of(range a, range b) { return (range){a.low + b.low, a.width + b.width}; }

static void set_ranges(run *r)
{
    const tr_oracle_question *q = r->q;
    r->active = isnan(q->active_param) ? range_of("active_param") : fixed(q->active_param);
    r->sparsity = isnan(q->total_param) ? range_of("total_over_active") : fixed(q->total_param / q->active_param);
    r->dense_share = isnan(q->total_param) ? value_of("dense_share") : 0.0;
    r->kv = isnan(q->kv_byte_per_token) ? range_of("kv_byte_per_token") : fixed(q->kv_byte_per_token);
    r->price = isnan(q->chip_usd_per_hour) ? range_of("chip_price_ratio") : (range){0.0, 0.0};
    r->context = range_of("context_token");
    r->balance = range_of("batch_balance_ratio");
    r->mfu = range_of("prefill_mfu");
    r->decode = range_of("decode_ratio");
    r->markup = range_of("markup");
    r->stall = range_of("stall_ratio");
    range dense = {HUGE_VAL, 0.0}, price = {HUGE_VAL, 0.0};
    double dense_high = -HUGE_VAL, price_high = -HUGE_VAL;
    for (size_t c = 0; c < r->chip_count; c++) {
        price.low = r->log_price[c] < price.low ? r->log_price[c] : price.low;
        price_high = r->log_price[c] > price_high ? r->log_price[c] : price_high;
        for (int d = 0; d < TR_ORACLE_DTYPE_COUNT; d++) {
            const machine *m = &r->machine[c][d];
            if (!m->ok)
                continue;
            dense.low = m->log_dense_token < dense.low ? m->log_dense_token : dense.low;
            dense_high = m->log_dense_token > dense_high ? m->log_dense_token : dense_high;
        }
    }
    dense.width = dense_high - dense.low;
    price.width = price_high - price.low;
    r->seen[TR_UNKNOWN_ACTIVE] = r->active;
    r->seen[TR_UNKNOWN_TOTAL] = sum_of(r->active, r->sparsity);
    r->seen[TR_UNKNOWN_KV] = r->kv;
    r->seen[TR_UNKNOWN_CONTEXT] = r->context;
    r->seen[TR_UNKNOWN_BATCH] = sum_of(sum_of(dense, r->sparsity), r->balance);
    r->seen[TR_UNKNOWN_BALANCE] = r->balance;
    r->seen[TR_UNKNOWN_PREFILL_MFU] = r->mfu;
    r->seen[TR_UNKNOWN_DECODE] = r->decode;
    r->seen[TR_UNKNOWN_CHIP_PRICE] = sum_of(price, r->price);
    r->seen[TR_UNKNOWN_MARKUP] = r->markup;
}

/* ---- one draw ---------------------------------------------------------------------- */

typedef struct draw {
    size_t chip, tier;
    int dtype;
    double share; /* the prior's density over that of where the draw came from */
    double log[TR_UNKNOWN_COUNT];
    double log_like[TR_EVIDENCE_COUNT];
    double balance;              /* batch over B* */
    double kv;                   /* KV over compute time, L / L* */
    double log_cliff_token;      /* of L* */
    double log_ratio;            /* of output over input, before what decode reaches of the roof */
    double log_usd_per_s, log_cost; /* of a chip; of a million input tokens */
} draw;

static double of(const range *r, tr_rng *rng) { return r->low + r->width * tr_rng_uniform(rng); }

/* From the prior, or, every other time, from around what a piece of evidence asks for (a logistic of that width):
 * more draws count, and x->share makes up for it. [K17] */
static double around(const range *r, tr_rng *rng, double center, double inverse_sigma, draw *x)
{
    const double coin = tr_rng_uniform(rng), u = tr_rng_uniform(rng);
    if (!(r->width > 0.0))
        return r->low;
    const double scale = 0.7 / inverse_sigma;
    const double at = coin < 0.5 ? r->low + r->width * u : center + scale * (tr_log(u) - tr_log(1.0 - u));
    if (!(at >= r->low && at <= r->low + r->width)) {
        x->share = 0.0;
        return r->low;
    }
    const double e = tr_exp(-fabs(at - center) / scale);
    x->share *= 2.0 / (1.0 + r->width * e / (scale * (1.0 + e) * (1.0 + e)));
    return at;
}

static void draw_one(const run *r, tr_rng *rng, draw *x)
{
    do { /* a chip, and weights it can multiply */
        x->chip = (size_t)tr_rng_below(rng, r->chip_count);
        x->dtype = (int)tr_rng_below(rng, TR_ORACLE_DTYPE_COUNT);
    } while (!r->machine[x->chip][x->dtype].ok);
    const machine *m = &r->machine[x->chip][x->dtype];
    x->tier = r->tier_count > 0 ? (size_t)tr_rng_below(rng, r->tier_count) : 0;
    x->log[TR_UNKNOWN_ACTIVE] = of(&r->active, rng);
    const double dense = tr_rng_uniform(rng), sparsity = of(&r->sparsity, rng);
    const double log_sparsity = dense < r->dense_share ? 0.0 : sparsity;
    x->log[TR_UNKNOWN_TOTAL] = x->log[TR_UNKNOWN_ACTIVE] + log_sparsity;
    x->share = 1.0;
    x->log[TR_UNKNOWN_KV] = r->given[TR_EVIDENCE_THRESHOLD]
                                ? around(&r->kv, rng, m->log_cliff + x->log[TR_UNKNOWN_ACTIVE] - r->log_threshold,
                                         r->inverse[TR_EVIDENCE_THRESHOLD], x)
                                : of(&r->kv, rng);
    x->log[TR_UNKNOWN_CONTEXT] = of(&r->context, rng);
    x->log[TR_UNKNOWN_BALANCE] = of(&r->balance, rng);
    x->log[TR_UNKNOWN_BATCH] = m->log_dense_token + log_sparsity + x->log[TR_UNKNOWN_BALANCE];
    x->log[TR_UNKNOWN_PREFILL_MFU] = of(&r->mfu, rng);
    x->log[TR_UNKNOWN_CHIP_PRICE] = r->log_price[x->chip] + of(&r->price, rng);
    x->balance = tr_exp(x->log[TR_UNKNOWN_BALANCE]);
    x->log_cliff_token = m->log_cliff + x->log[TR_UNKNOWN_ACTIVE] - x->log[TR_UNKNOWN_KV];
    x->kv = tr_exp(x->log[TR_UNKNOWN_CONTEXT] - x->log_cliff_token);
    /* [K10] [K11] a step over the multiplies in it: 1, or weights shared by the batch and KV that is not. */
    const double memory = 1.0 / x->balance + x->kv;
    x->log_ratio = tr_log(memory > 1.0 ? memory : 1.0) + x->log[TR_UNKNOWN_PREFILL_MFU];
    x->log[TR_UNKNOWN_DECODE] = around(&r->decode, rng, x->log_ratio - r->log_ratio, r->inverse[TR_EVIDENCE_RATIO], x);
    /* [K16] input is the multiplies; its price is that times the markup. */
    x->log_usd_per_s = x->log[TR_UNKNOWN_CHIP_PRICE] - LN_3600;
    x->log_cost = LN_2 + x->log[TR_UNKNOWN_ACTIVE] - m->log_flop_per_s - x->log[TR_UNKNOWN_PREFILL_MFU] +
                  x->log_usd_per_s + LN_MILLION;
    x->log[TR_UNKNOWN_MARKUP] = around(&r->markup, rng, r->log_input - x->log_cost, r->inverse[TR_EVIDENCE_LEVEL], x);
}

/* How well it explains each price: 0 is perfectly. stall is the log of the share of a fetch that is waited for. */
static void weigh(const run *r, draw *x, double stall)
{
    double z = (r->log_input - x->log_cost - x->log[TR_UNKNOWN_MARKUP]) * r->inverse[TR_EVIDENCE_LEVEL];
    x->log_like[TR_EVIDENCE_LEVEL] = -0.5 * z * z;
    z = (r->log_ratio - x->log_ratio + x->log[TR_UNKNOWN_DECODE]) * r->inverse[TR_EVIDENCE_RATIO];
    x->log_like[TR_EVIDENCE_RATIO] = -0.5 * z * z;
    if (r->given[TR_EVIDENCE_THRESHOLD]) { /* [K12] */
        z = (r->log_threshold - x->log_cliff_token) * r->inverse[TR_EVIDENCE_THRESHOLD];
        x->log_like[TR_EVIDENCE_THRESHOLD] = -0.5 * z * z;
    }
    if (r->given[TR_EVIDENCE_CACHED]) { /* [K15] one side only */
        z = stall + x->log[TR_UNKNOWN_KV] - r->log_read[x->tier] + x->log_usd_per_s + LN_MILLION -
            r->log_cached;
        z = z > 0.0 ? z * r->inverse[TR_EVIDENCE_CACHED] : 0.0;
        x->log_like[TR_EVIDENCE_CACHED] = -0.5 * z * z;
    }
    if (r->given[TR_EVIDENCE_HOLD])
        x->log_like[TR_EVIDENCE_HOLD] = r->hold_log[x->tier];
    if (r->given[TR_EVIDENCE_FAST]) {
        /* [K3] The two steps over the weights' time: max(B / B*, 1 + B kv / B*), at B and at B / (p s). */
        const double fast = x->balance / r->fast_batch_ratio;
        const double slow_step = 1.0 + x->balance * x->kv > x->balance ? 1.0 + x->balance * x->kv : x->balance;
        const double fast_step = 1.0 + fast * x->kv > fast ? 1.0 + fast * x->kv : fast;
        z = (r->log_speed - tr_log(slow_step / fast_step)) * r->inverse[TR_EVIDENCE_FAST];
        x->log_like[TR_EVIDENCE_FAST] = -0.5 * z * z;
    }
}

/* ---- collecting --------------------------------------------------------------------- */

static void add(run *r, int view, const draw *x, const int *bin, double weight)
{
    r->sum[view] += weight;
    r->square[view] += weight * weight;
    r->chip_sum[view][x->chip] += weight;
    r->dtype_sum[view][x->dtype] += weight;
    r->tier_sum[view][x->tier] += weight;
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++)
        r->bin[view][u][bin[u]] += weight;
}

static void collect(run *r, const draw *x)
{
    int bin[TR_UNKNOWN_COUNT];
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        const range *seen = &r->seen[u];
        const double at = seen->width > 0.0 ? (x->log[u] - seen->low) / seen->width * BIN_COUNT : 0.0;
        bin[u] = at >= BIN_COUNT ? BIN_COUNT - 1 : at > 0.0 ? (int)at : 0;
    }
    add(r, VIEW_PRIOR, x, bin, x->share);
    double all = 0.0;
    for (int i = 0; i < TR_EVIDENCE_COUNT; i++)
        all += r->given[i] ? x->log_like[i] : 0.0;
    const double weight = x->share * tr_exp(all);
    if (weight > 0.0)
        add(r, VIEW_ALL, x, bin, weight);
    for (int i = 0; i < TR_EVIDENCE_COUNT; i++) {
        if (!r->given[i])
            continue;
        const double rest = x->share * tr_exp(all - x->log_like[i]);
        if (rest > 1e-12)
            add(r, VIEW_WITHOUT + i, x, bin, rest);
    }
}

/* The value with share q of the weight below it; straight within a bin. */
static double quantile(const double *bin, double sum, const range *seen, double q)
{
    double below = 0.0;
    if (!(seen->width > 0.0))
        return tr_exp(seen->low);
    for (int i = 0; i < BIN_COUNT; i++) {
        if (bin[i] > 0.0 && below + bin[i] >= q * sum)
            return tr_exp(seen->low + seen->width * (i + (q * sum - below) / bin[i]) / BIN_COUNT);
        below += bin[i];
    }
    return tr_exp(seen->low + seen->width);
}

static void view_of(const run *r, int view, tr_oracle_view *out)
{
    const double sum = r->sum[view];
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        const double *bin = r->bin[view][u];
        out->band[u] = (tr_oracle_band){quantile(bin, sum, &r->seen[u], 0.05), quantile(bin, sum, &r->seen[u], 0.5),
                                        quantile(bin, sum, &r->seen[u], 0.95)};
    }
    for (size_t i = 0; i < r->chip_count; i++)
        out->chip_share[i] = r->chip_sum[view][i] / sum;
    for (int i = 0; i < TR_ORACLE_DTYPE_COUNT; i++)
        out->dtype_share[i] = r->dtype_sum[view][i] / sum;
    for (size_t i = 0; i < r->tier_count; i++)
        out->tier_share[i] = r->tier_sum[view][i] / sum;
    out->effective_count = sum * sum / r->square[view];
}

static tr_status infer(run *r, tr_oracle_answer *a, tr_error *err)
{
    set_evidence(r);
    const tr_status s = add_chips(r, a, err);
    if (s != TR_OK)
        return s;
    add_tiers(r, a);
    set_ranges(r);
    tr_rng rng;
    draw x;
    memset(&x, 0, sizeof x);
    tr_rng_seed(&rng, r->q->seed);
    for (uint64_t i = 0; i < r->q->sample_count; i++) { /* [K17] */
        draw_one(r, &rng, &x);
        weigh(r, &x, of(&r->stall, &rng));
        if (x.share > 0.0)
            collect(r, &x);
    }
    if (!(r->sum[VIEW_ALL] > 0.0))
        return tr_fail(err, TR_ENOFIT, "prices", 0.0,
                       "no draw from the priors explains these prices: a price is far outside what serving costs, "
                       "or two of them contradict each other");
    a->sample_count = r->q->sample_count;
    view_of(r, VIEW_PRIOR, &a->prior);
    view_of(r, VIEW_ALL, &a->posterior);
    for (int i = 0; i < TR_EVIDENCE_COUNT; i++) {
        a->given[i] = r->given[i];
        if (!r->given[i])
            continue;
        view_of(r, VIEW_WITHOUT + i, &a->without[i]);
        a->agreement_ratio[i] = r->sum[VIEW_ALL] / r->sum[VIEW_WITHOUT + i];
    }
    return TR_OK;
}

tr_status tr_oracle_infer(const tr_oracle_question *question, tr_oracle_answer *out, tr_error *err)
{
    tr_status s = check(question, err);
    if (s != TR_OK)
        return s;
    run *r = calloc(1, sizeof *r);
    tr_oracle_answer *a = calloc(1, sizeof *a);
    if (r == NULL || a == NULL) {
        s = tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory for the inference");
    } else {
        r->q = question;
        s = infer(r, a, err);
        if (s == TR_OK)
            *out = *a;
    }
    free(a);
    free(r);
    return s;
}

tr_status tr_oracle_shift_of(const tr_oracle_answer *answer, tr_evidence_kind kind, tr_unknown unknown,
                             tr_oracle_shift *out, tr_error *err)
{
    if (answer == NULL || (unsigned)kind >= TR_EVIDENCE_COUNT || (unsigned)unknown >= TR_UNKNOWN_COUNT)
        return tr_fail(err, TR_EDOMAIN, "evidence", (double)kind, "no such piece of evidence, or no such unknown");
    const tr_oracle_band *with = &answer->posterior.band[unknown], *without = &answer->without[kind].band[unknown];
    *out = (tr_oracle_shift){(double)NAN, (double)NAN};
    if (!answer->given[kind] || !(without->max > without->min && with->min > 0.0 && without->min > 0.0))
        return TR_OK;
    /* [K19] */
    out->median_ratio = with->value / without->value;
    out->width_ratio = tr_log(with->max / with->min) / tr_log(without->max / without->min);
    return TR_OK;
}
