/* price/oracle_infer.c -- the inference: what is learned and stated set up, draws made and weighed, bands
 * read off.
 *
 * Draws are not kept: each goes at once into a histogram of its logarithm. What a piece of evidence moved is
 * found by inferring again without it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/explog.h"
#include "base/fail.h"
#include "price/oracle_draw.h"
#include "price/oracle_prior.h"

enum { BIN_COUNT = 1024, ALL_EVIDENCE = -1, NO_EVIDENCE = -2, ROUND_MAX = 4 };

/* Wider than any model that is sold by the token. */
#define LOG_ACTIVE_MIN 19.519293032620475    /* ln 3e8 */
#define LOG_ACTIVE_MAX 28.729633404596658    /* ln 3e12 */
#define LOG_SPARSITY_MIN 0.18232155679395459 /* ln 1.2 */
#define LOG_SPARSITY_MAX 4.1588830833596715  /* ln 64 */
#define LOG_KV_MIN 6.2146080984221914        /* ln 500 */
#define LOG_KV_MAX 14.914122846632385        /* ln 3e6 */
#define LOG_MARKUP_MIN (-9.0)
#define LOG_MARKUP_MAX 11.0

typedef struct run {
    tr_oracle_deck deck;
    tr_open_rows rows;
    tr_fit_rows scratch;
    tr_log_range seen[TR_UNKNOWN_COUNT]; /* of each histogram */
    double bin[TR_UNKNOWN_COUNT][BIN_COUNT];
    double chip_sum[TR_ORACLE_CHIP_MAX], dtype_sum[TR_ORACLE_DTYPE_COUNT], tier_sum[TR_ORACLE_TIER_MAX];
    double sum, square;
    double drawn, to_draw; /* of all views; more where few draws count */
} run;

static const tr_dtype weight_dtypes[TR_ORACLE_DTYPE_COUNT] = {TR_DTYPE_BF16, TR_DTYPE_FP8, TR_DTYPE_FP4};

/* ---- what is asked --------------------------------------------------------------- */

static tr_status check_measures(const char *field, const tr_oracle_measure *m, tr_error *err)
{
    for (int i = 0; i < TR_ORACLE_MEASURE_MAX && m[i].value != 0.0; i++) {
        tr_status s = tr_check_between(field, m[i].value, 1e-6, 1e9, err);
        if (s == TR_OK)
            s = tr_check_between(field, m[i].context_token, 0.0, 1e9, err);
        if (s != TR_OK)
            return s;
    }
    return TR_OK;
}

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
                 {"chip_usd_per_hour", q->chip_usd_per_hour, 1e-6, 1e6},
                 {"launch_year", q->launch_year, 2015, 2101}};
    for (int i = 0; i < 5; i++)
        if (!isnan(known[i].value) &&
            (s = tr_check_between(known[i].name, known[i].value, known[i].min, known[i].max, err)) != TR_OK)
            return s;
    if (q->total_param < q->active_param)
        return tr_fail(err, TR_ECONFLICT, "total_param", q->total_param,
                       "all parameters are not fewer than the active");
    if (!isnan(q->active_param) && isnan(q->total_param))
        return tr_fail(err, TR_ECONFLICT, "total_param", q->total_param,
                       "active parameters are known only with all of them");
    if (isnan(q->active_param) && !isnan(q->total_param) &&
        !(q->total_param >= 1e8 && q->total_param <= 1e14))
        return tr_fail(err, TR_EDOMAIN, "total_param", q->total_param,
                       "a model sold by the token has 1e8 to 1e14 parameters");
    if (q->sample_count < 1000 || q->sample_count > 1000000000)
        return tr_fail(err, TR_EDOMAIN, "sample_count", (double)q->sample_count,
                       "samples must be 1000 to 1e9");
    if (q->weight_dtype != TR_DTYPE_NATIVE && q->weight_dtype != TR_DTYPE_BF16 &&
        q->weight_dtype != TR_DTYPE_FP8 && q->weight_dtype != TR_DTYPE_FP4)
        return tr_fail(err, TR_EDOMAIN, "weight_dtype", (double)q->weight_dtype,
                       "the oracle knows weights in bf16, fp8 and fp4");
    s = check_measures("token_per_s", q->speed, err);
    return s == TR_OK ? check_measures("first_token_s", q->ttft, err) : s;
}

/* ---- setting up ------------------------------------------------------------------- */

static tr_log_range range_of(const char *name)
{
    const tr_prior *p = tr_prior_find(name);
    if (p == NULL)
        return (tr_log_range){0.0, 0.0};
    return (tr_log_range){tr_log(p->min), tr_log(p->max) - tr_log(p->min)};
}

static double value_of(const char *name)
{
    const tr_prior *p = tr_prior_find(name);
    return p != NULL ? p->min : (double)NAN;
}

static tr_log_range fixed(double value) { return (tr_log_range){tr_log(value), 0.0}; }

double tr_oracle_chip_usd_per_hour(const tr_chip *chip)
{
    const int is_default = chip->price_kind == TR_PRICE_ON_DEMAND || chip->price_kind == TR_PRICE_RESERVED;
    tr_chip_quote quote;
    return is_default && tr_chip_price(chip, TR_PRICE_3YR, &quote, NULL) == TR_OK ? quote.usd_per_hour
                                                                                  : chip->usd_per_hour;
}

static tr_status add_chip(tr_oracle_deck *d, const tr_chip *chip, tr_oracle_answer *out, tr_error *err)
{
    const tr_oracle_question *q = d->question;
    const size_t at = d->chip_count;
    const double usd = isnan(q->chip_usd_per_hour) ? tr_oracle_chip_usd_per_hour(chip) : q->chip_usd_per_hour;
    if (!tr_is_positive(chip->memory_byte_per_s))
        return tr_fail(err, TR_EMISSING, "system", 0.0, "%.60s has no published figures", chip->name);
    if (!(usd > 0.0))
        return tr_fail(err, TR_EMISSING, "chip_usd_per_hour", 0.0,
                       "no price of %.60s is published: give one with --price", chip->name);
    d->price_nat[at] = tr_log(usd);
    d->byte_per_s[at] = chip->memory_byte_per_s;
    d->memory_byte[at] = chip->memory_byte;
    for (int i = 0; i < TR_ORACLE_DTYPE_COUNT; i++) {
        tr_oracle_machine *m = &d->machine[at][i];
        double flop_per_s = 0.0;
        tr_dtype used;
        m->ok = (q->weight_dtype == TR_DTYPE_NATIVE || q->weight_dtype == weight_dtypes[i]) &&
                tr_chip_math(chip, weight_dtypes[i], &flop_per_s, &used, NULL) == TR_OK && flop_per_s > 0.0;
        if (!m->ok)
            continue;
        m->weight_byte = tr_dtype_byte(weight_dtypes[i]);
        m->log_flop_per_s = tr_log(flop_per_s);
        m->cliff_nat = tr_log(2.0 * chip->memory_byte_per_s / flop_per_s);
        m->log_dense_token = tr_log(m->weight_byte) - m->cliff_nat;
    }
    memcpy(out->chip[at], chip->name, sizeof out->chip[at]);
    d->chip_count = out->chip_count = at + 1;
    return TR_OK;
}

/* All chips of the priors; those that came out after the launch are left without a machine, unless that
 * leaves none. */
static tr_status add_chips(tr_oracle_deck *d, tr_oracle_answer *out, tr_error *err)
{
    d->chip_count = 0;
    if (d->question->chip != NULL) {
        const tr_status s = add_chip(d, d->question->chip, out, err);
        const tr_oracle_machine *m = d->machine[0];
        if (s == TR_OK && !m[0].ok && !m[1].ok && !m[2].ok)
            return tr_fail(err, TR_ENOFIT, "weight_dtype", 0.0, "%.60s cannot multiply such weights",
                           d->question->chip->name);
        return s;
    }
    const char *name;
    int old = 0, later[TR_ORACLE_CHIP_MAX] = {0};
    for (size_t i = 0; (name = tr_prior_chip_at(i)) != NULL; i++) {
        const tr_chip *chip = tr_chip_catalog_find(name);
        if (chip == NULL)
            return tr_fail(err, TR_EUNKNOWN, "chip", 0.0, "the priors name %.60s, which no catalog has",
                           name);
        const tr_status s = add_chip(d, chip, out, err);
        if (s != TR_OK)
            return s;
        later[i] = d->given[TR_EVIDENCE_LAUNCH] && chip->year >= d->question->launch_year;
        old += !later[i];
    }
    for (size_t i = 0; i < d->chip_count && old > 0; i++)
        for (int k = 0; k < TR_ORACLE_DTYPE_COUNT; k++)
            d->machine[i][k].ok = d->machine[i][k].ok && !later[i];
    return TR_OK;
}

static void add_tiers(tr_oracle_deck *d, tr_oracle_answer *out)
{
    const tr_price_evidence *e = &d->question->evidence;
    const tr_chip *chip = tr_chip_catalog_find(tr_prior_tier_chip);
    d->tier_count = 0;
    if (!(e->write_5m_usd_per_mtoken > 0.0 || e->write_1h_usd_per_mtoken > 0.0))
        return;
    const double hold_nat = tr_log(e->write_5m_usd_per_mtoken > 0.0 ? 300.0 : 3600.0);
    for (int i = 0; chip != NULL && i < chip->tier_count && i < TR_ORACLE_TIER_MAX; i++) {
        const size_t at = d->tier_count;
        if (!tr_is_positive(chip->tier[i].read_byte_per_s))
            continue;
        /* The same distance that [K14] compares, as a normal deviate. */
        const double z =
            (hold_nat - tr_log(tr_tier_drain_s(&chip->tier[i]))) * d->inverse_ratio[TR_EVIDENCE_HOLD];
        d->hold_nat[at] = -0.5 * z * z;
        memcpy(out->tier[at], chip->tier[i].name, sizeof out->tier[at]);
        d->tier_count = out->tier_count = at + 1;
    }
}

static void set_evidence(tr_oracle_deck *d, int without)
{
    static const struct {
        tr_evidence_kind kind;
        char name[20];
    } sigma[] = {{TR_EVIDENCE_LEVEL, "sigma.level"},         {TR_EVIDENCE_RATIO, "sigma.ratio"},
                 {TR_EVIDENCE_THRESHOLD, "sigma.threshold"}, {TR_EVIDENCE_HOLD, "sigma.hold"},
                 {TR_EVIDENCE_FAST, "sigma.fast"},           {TR_EVIDENCE_BATCH, "sigma.batch"},
                 {TR_EVIDENCE_SPEED, "sigma.speed"},         {TR_EVIDENCE_TTFT, "sigma.ttft"}};
    const tr_oracle_question *q = d->question;
    const tr_price_evidence *e = &q->evidence;
    for (size_t i = 0; i < sizeof sigma / sizeof sigma[0]; i++)
        d->inverse_ratio[sigma[i].kind] = 1.0 / value_of(sigma[i].name);
    for (int i = 0; i < TR_EVIDENCE_COUNT; i++)
        d->given[i] = without != NO_EVIDENCE && i != without && tr_evidence_is_given(q, (tr_evidence_kind)i);
    d->threshold_share = value_of("threshold_share");
    d->input_nat = tr_log(e->input_usd_per_mtoken);
    d->log_ratio = tr_log(e->output_usd_per_mtoken) - d->input_nat;
    if (d->given[TR_EVIDENCE_THRESHOLD])
        d->threshold_nat = tr_log(e->long_above_token);
    if (d->given[TR_EVIDENCE_CACHED])
        d->cached_nat = tr_log(e->cached_read_usd_per_mtoken) - d->input_nat;
    if (d->given[TR_EVIDENCE_BATCH])
        d->batch_nat = tr_log(e->batch_price_ratio);
    if (d->given[TR_EVIDENCE_FAST]) {
        d->log_speed_ratio = tr_log(e->fast_speed_ratio);
        d->fast_batch_ratio = e->fast_price_ratio * e->fast_speed_ratio; /* as in [K3] */
    }
    for (int i = 0; i < TR_ORACLE_MEASURE_MAX; i++) {
        if (q->speed[i].value > 0.0)
            d->speed_nat[i] = tr_log(q->speed[i].value);
        if (q->ttft[i].value > 0.0)
            d->ttft_nat[i] = tr_log(q->ttft[i].value);
    }
}

static tr_log_range sum_of(tr_log_range a, tr_log_range b)
{
    return (tr_log_range){a.low + b.low, a.width_nat + b.width_nat};
}

static void widen(tr_log_range *r, double at)
{
    const double high = r->low + r->width_nat > at ? r->low + r->width_nat : at;
    r->low = r->low < at ? r->low : at;
    r->width_nat = high - r->low;
}

static void set_ranges(run *r)
{
    tr_oracle_deck *d = &r->deck;
    const tr_oracle_question *q = d->question;
    const double total_nat = d->given[TR_EVIDENCE_TOTAL] ? tr_log(q->total_param) : LOG_ACTIVE_MAX;
    const double high = total_nat > LOG_ACTIVE_MIN + 1.0 ? total_nat : LOG_ACTIVE_MIN + 1.0;
    d->active = d->is_known ? fixed(q->active_param) : (tr_log_range){LOG_ACTIVE_MIN, high - LOG_ACTIVE_MIN};
    d->sparsity = d->is_known ? fixed(q->total_param / q->active_param)
                              : (tr_log_range){LOG_SPARSITY_MIN, LOG_SPARSITY_MAX - LOG_SPARSITY_MIN};
    d->kv = isnan(q->kv_byte_per_token) ? (tr_log_range){LOG_KV_MIN, LOG_KV_MAX - LOG_KV_MIN}
                                        : fixed(q->kv_byte_per_token);
    d->price = isnan(q->chip_usd_per_hour) ? range_of("chip_price_ratio") : (tr_log_range){0.0, 0.0};
    d->context = range_of("context_token");
    d->balance = range_of("batch_balance_ratio");
    d->mfu = range_of("prefill_mfu");
    d->decode = range_of("decode_ratio");
    d->markup = range_of("markup");
    d->chips = range_of("chip_count");
    d->overhead = range_of("pass_overhead_s");
    d->draft = range_of("draft_ratio");
    d->first_token = range_of("first_token_overhead_s");
    tr_log_range dense = {0.0, -1.0}, price = {0.0, -1.0};
    for (size_t c = 0; c < d->chip_count; c++)
        for (int i = 0; i < TR_ORACLE_DTYPE_COUNT; i++) {
            const tr_oracle_machine *m = &d->machine[c][i];
            if (!m->ok)
                continue;
            if (dense.width_nat < 0.0) {
                dense = (tr_log_range){m->log_dense_token, 0.0};
                price = (tr_log_range){d->price_nat[c], 0.0};
            }
            widen(&dense, m->log_dense_token);
            widen(&price, d->price_nat[c]);
        }
    const tr_log_range sparsity = d->is_known ? d->sparsity : (tr_log_range){0.0, 8.0};
    r->seen[TR_UNKNOWN_ACTIVE] = d->active;
    r->seen[TR_UNKNOWN_TOTAL] =
        d->given[TR_EVIDENCE_TOTAL] ? fixed(q->total_param) : sum_of(d->active, sparsity);
    r->seen[TR_UNKNOWN_KV] = d->kv;
    r->seen[TR_UNKNOWN_CONTEXT] = d->context;
    r->seen[TR_UNKNOWN_BATCH] = sum_of(sum_of(dense, sparsity), d->balance);
    r->seen[TR_UNKNOWN_BALANCE] = d->balance;
    r->seen[TR_UNKNOWN_PREFILL_MFU] = d->mfu;
    r->seen[TR_UNKNOWN_DECODE] = d->decode;
    r->seen[TR_UNKNOWN_CHIP_PRICE] = sum_of(price, d->price);
    r->seen[TR_UNKNOWN_MARKUP] =
        d->is_known ? d->markup : (tr_log_range){LOG_MARKUP_MIN, LOG_MARKUP_MAX - LOG_MARKUP_MIN};
    r->seen[TR_UNKNOWN_CHIPS] = d->chips;
}

static tr_status set_up(run *r, int without, tr_oracle_answer *a, tr_error *err)
{
    tr_oracle_deck *d = &r->deck;
    const tr_oracle_question *q = d->question;
    d->is_known = !isnan(q->active_param);
    set_evidence(d, without);
    const tr_learn_ask ask = {.price = q->price,
                              .sibling = q->sibling,
                              .with_siblings = d->given[TR_EVIDENCE_SIBLING],
                              .launch_year = d->given[TR_EVIDENCE_LAUNCH] ? q->launch_year : (double)NAN,
                              .context_token =
                                  d->given[TR_EVIDENCE_LENGTH] ? q->evidence.context_token : (double)NAN,
                              .is_fast = tr_price_is_fast(q->price)};
    tr_status s = tr_learn(&r->rows, &ask, &r->scratch, &d->lessons, err);
    if (s == TR_OK)
        s = add_chips(d, a, err);
    if (s != TR_OK)
        return s;
    add_tiers(d, a);
    set_ranges(r);
    return TR_OK;
}

/* ---- collecting --------------------------------------------------------------------- */

static void collect(run *r, const tr_oracle_draw *x, double weight)
{
    r->sum += weight;
    r->square += weight * weight;
    r->chip_sum[x->chip] += weight;
    r->dtype_sum[x->dtype] += weight;
    r->tier_sum[x->tier] += weight;
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        const tr_log_range *seen = &r->seen[u];
        const double at = seen->width_nat > 0.0 ? (x->nat[u] - seen->low) / seen->width_nat * BIN_COUNT : 0.0;
        r->bin[u][at >= BIN_COUNT ? BIN_COUNT - 1 : at > 0.0 ? (int)at : 0] += weight;
    }
}

/* The value with share q of the weight below it; straight within a bin. */
static double quantile(const double *bin, double sum, const tr_log_range *seen, double q)
{
    double below = 0.0;
    if (!(seen->width_nat > 0.0))
        return tr_exp(seen->low);
    for (int i = 0; i < BIN_COUNT; i++) {
        if (bin[i] > 0.0 && below + bin[i] >= q * sum)
            return tr_exp(seen->low + seen->width_nat * (i + (q * sum - below) / bin[i]) / BIN_COUNT);
        below += bin[i];
    }
    return tr_exp(seen->low + seen->width_nat);
}

static void view_of(const run *r, tr_oracle_view *out)
{
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++) {
        static const double share[5] = {0.05, 0.25, 0.5, 0.75, 0.95};
        double at[5];
        for (int k = 0; k < 5; k++)
            at[k] = quantile(r->bin[u], r->sum, &r->seen[u], share[k]);
        out->band[u] = (tr_oracle_band){at[0], at[1], at[2], at[3], at[4]};
    }
    for (size_t i = 0; i < r->deck.chip_count; i++)
        out->chip_share[i] = r->chip_sum[i] / r->sum;
    for (int i = 0; i < TR_ORACLE_DTYPE_COUNT; i++)
        out->dtype_share[i] = r->dtype_sum[i] / r->sum;
    for (size_t i = 0; i < r->deck.tier_count; i++)
        out->tier_share[i] = r->tier_sum[i] / r->sum;
    out->effective_count = r->sum * r->sum / r->square;
}

/* Refuses prices so far from all open models' that bands would say nothing: six deviations from the nearest
 * size. */
static tr_status check_belief(const tr_oracle_deck *d, tr_error *err)
{
    double variance;
    if (d->is_known)
        return TR_OK;
    const double low = tr_lesson_input_nat(&d->lessons, d->active.low, &variance) - 6.0 * sqrt(variance);
    const double high = tr_lesson_input_nat(&d->lessons, d->active.low + d->active.width_nat, &variance) +
                        6.0 * sqrt(variance);
    const double at[2] = {1.0, 0.0}, sparse[2] = {1.0, LOG_SPARSITY_MAX};
    const double least = tr_fit_nat(&d->lessons.ratio, at, &variance) - 6.0 * sqrt(variance);
    const double most = tr_fit_nat(&d->lessons.ratio, sparse, &variance) + 6.0 * sqrt(variance);
    if (d->given[TR_EVIDENCE_LEVEL] && !(d->input_nat >= low && d->input_nat <= high))
        return tr_fail(
            err, TR_ENOFIT, "input", d->question->evidence.input_usd_per_mtoken,
            "no draw from the priors explains an input price of $%.3g/M: open models of any size are sold "
            "between $%.2g and $%.2g/M",
            d->question->evidence.input_usd_per_mtoken, tr_exp(low), tr_exp(high));
    if (d->given[TR_EVIDENCE_RATIO] && !(d->log_ratio >= least && d->log_ratio <= most))
        return tr_fail(
            err, TR_ENOFIT, "output", d->question->evidence.output_usd_per_mtoken,
            "no draw from the priors explains output at %.3g times input: open models have %.2g to %.2g",
            tr_exp(d->log_ratio), tr_exp(least), tr_exp(most));
    return TR_OK;
}

enum { DRAWS_TOLD = 4096 };

static tr_status draw_all(run *r, tr_rng *rng, tr_error *err)
{
    const tr_progress *progress = r->deck.question->progress;
    tr_oracle_draw x;
    memset(&x, 0, sizeof x);
    for (uint64_t i = 0; i < r->deck.question->sample_count; i++) { /* [K17] */
        const double done = (double)i + r->drawn;
        if (progress != NULL && i % DRAWS_TOLD == 0 &&
            progress->tell(progress->context, done, done < r->to_draw ? r->to_draw : (double)NAN) != 0)
            return tr_fail(err, TR_ECANCELLED, "sample_count", (double)i, "stopped before all draws were made");
        tr_oracle_draw_one(&r->deck, rng, &x);
        const double weight = x.share > 0.0 ? x.share * tr_oracle_likelihood_ratio(&r->deck, &x) : 0.0;
        if (weight > 0.0)
            collect(r, &x, weight);
    }
    r->drawn += (double)r->deck.question->sample_count;
    return TR_OK;
}

/* One view: with all evidence, without one piece, or with none. */
static tr_status infer(run *r, int without, tr_oracle_answer *a, tr_oracle_view *out, tr_error *err)
{
    const tr_oracle_question *q = r->deck.question;
    tr_status s = set_up(r, without, a, err);
    if (s == TR_OK)
        s = check_belief(&r->deck, err);
    if (s != TR_OK)
        return s;
    memset(r->bin, 0, sizeof r->bin);
    memset(r->chip_sum, 0, sizeof r->chip_sum);
    memset(r->dtype_sum, 0, sizeof r->dtype_sum);
    memset(r->tier_sum, 0, sizeof r->tier_sum);
    r->sum = r->square = 0.0;
    tr_rng rng;
    tr_rng_seed(&rng, q->seed);
    /* Sharp evidence leaves few draws that count: then there are more of them. */
    for (int round = 0; round < ROUND_MAX; round++) {
        s = draw_all(r, &rng, err);
        if (s != TR_OK)
            return s;
        if (r->sum * r->sum >= TR_ORACLE_FEW_COUNT * r->square)
            break;
    }
    if (!(r->sum > 0.0))
        return tr_fail(
            err, TR_ENOFIT, "prices", 0.0,
            "no draw from the priors explains these prices: a price is far outside what serving costs, "
            "or two of them contradict each other");
    view_of(r, out);
    return TR_OK;
}

static tr_status infer_all(run *r, int is_short, tr_oracle_answer *a, tr_error *err)
{
    tr_status s = tr_open_rows_of(&r->rows, err);
    a->sample_count = r->deck.question->sample_count;
    r->to_draw = (double)a->sample_count;
    for (int i = -1; !is_short && i < TR_EVIDENCE_COUNT; i++)
        if (i < 0 || tr_evidence_is_given(r->deck.question, (tr_evidence_kind)i))
            r->to_draw += (double)a->sample_count;
    if (s == TR_OK && !is_short)
        s = infer(r, NO_EVIDENCE, a, &a->prior, err);
    for (int i = 0; s == TR_OK && i < TR_EVIDENCE_COUNT; i++) {
        a->given[i] = tr_evidence_is_given(r->deck.question, (tr_evidence_kind)i);
        if (a->given[i] && !is_short)
            s = infer(r, i, a, &a->without[i], err);
    }
    if (s == TR_OK)
        s = infer(r, ALL_EVIDENCE, a, &a->posterior, err);
    a->learned = r->deck.lessons.learned;
    return s;
}

static tr_status answer(const tr_oracle_question *question, int is_short, tr_oracle_answer *out,
                        tr_error *err)
{
    tr_status s = check(question, err);
    if (s != TR_OK)
        return s;
    run *r = calloc(1, sizeof *r);
    tr_oracle_answer *a = calloc(1, sizeof *a);
    if (r == NULL || a == NULL) {
        s = tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory for the inference");
    } else {
        r->deck.question = question;
        s = infer_all(r, is_short, a, err);
        if (s == TR_OK)
            *out = *a;
    }
    free(a);
    free(r);
    return s;
}

tr_status tr_oracle_infer(const tr_oracle_question *question, tr_oracle_answer *out, tr_error *err)
{
    return answer(question, 0, out, err);
}

tr_status tr_oracle_posterior(const tr_oracle_question *question, tr_oracle_answer *out, tr_error *err)
{
    return answer(question, 1, out, err);
}

/* ---- what moved what ------------------------------------------------------------------ */

static void shift_between(const tr_oracle_band *with, const tr_oracle_band *without, tr_oracle_shift *out)
{
    *out = (tr_oracle_shift){(double)NAN, (double)NAN};
    if (!(without->max > without->min && with->min > 0.0 && without->min > 0.0))
        return;
    /* [K19] */
    out->median_ratio = with->value / without->value;
    out->width_ratio = tr_log(with->max / with->min) / tr_log(without->max / without->min);
}

tr_status tr_oracle_shift_of(const tr_oracle_answer *answer, tr_evidence_kind kind, tr_unknown unknown,
                             tr_oracle_shift *out, tr_error *err)
{
    if (answer == NULL || (unsigned)kind >= TR_EVIDENCE_COUNT || (unsigned)unknown >= TR_UNKNOWN_COUNT)
        return tr_fail(err, TR_EDOMAIN, "evidence", (double)kind,
                       "no such piece of evidence, or no such unknown");
    *out = (tr_oracle_shift){(double)NAN, (double)NAN};
    if (answer->given[kind])
        shift_between(&answer->posterior.band[unknown], &answer->without[kind].band[unknown], out);
    return TR_OK;
}

int tr_oracle_is_told(const tr_oracle_answer *answer, tr_unknown unknown)
{
    tr_oracle_shift shift;
    shift_between(&answer->posterior.band[unknown], &answer->prior.band[unknown], &shift);
    return shift.width_ratio < 0.9 || shift.median_ratio > 1.2 || shift.median_ratio < 1.0 / 1.2;
}
