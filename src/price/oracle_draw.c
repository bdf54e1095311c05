/* price/oracle_draw.c -- a model and its machines drawn from what is learned and stated, weighed by each
 * evidence. */
#include "price/oracle_draw.h"

#include <math.h>
#include <stddef.h>

#include "base/explog.h"

#define LN_2 0.69314718055994529
#define LN_3600 8.1886891244442008
#define LN_MILLION 13.815510557964274
#define LOGISTIC_SCALE 0.55132889542179209 /* sqrt(3) / pi: of a logistic with deviation 1 */
#define HALF 0.5
#define USABLE_MEMORY 0.9 /* of a chip for weights, at most */

enum { REDRAWS = 16 };

static double of(const tr_log_range *r, tr_rng *rng) { return r->low + r->width_nat * tr_rng_uniform(rng); }

static double logistic(double u) { return tr_log(u) - tr_log(1.0 - u); }

/* Density of a logistic of that middle and scale. */
static double logistic_density(double at, double center, double scale)
{
    const double e = tr_exp(-fabs(at - center) / scale);
    return e / (scale * (1.0 + e) * (1.0 + e));
}

static double normal_density(double at, double mean, double deviation)
{
    const double z = (at - mean) / deviation;
    return tr_exp(-0.5 * z * z) / (deviation * 2.5066282746310002);
}

/* Every other time even over the range, else from a logistic around a middle; *density is that of the
 * mixture. A draw outside the range has density 0. */
static double mixed(const tr_log_range *r, tr_rng *rng, double center, double scale, double *density)
{
    const double coin = tr_rng_uniform(rng), u = tr_rng_uniform(rng);
    const double at = coin < HALF ? r->low + r->width_nat * u : center + scale * logistic(u);
    *density = 0.0;
    if (at >= r->low && at <= r->low + r->width_nat)
        *density = HALF / r->width_nat + HALF * logistic_density(at, center, scale);
    return at;
}

/* From an even prior, or around what evidence asks for; x->share makes up for it. [K17] */
static double around(const tr_log_range *r, tr_rng *rng, double center, double inverse_sigma,
                     tr_oracle_draw *x)
{
    double density;
    if (!(r->width_nat > 0.0)) {
        (void)tr_rng_uniform(rng);
        (void)tr_rng_uniform(rng);
        return r->low;
    }
    const double at = mixed(r, rng, center, 0.7 / inverse_sigma, &density);
    x->share = density > 0.0 ? x->share / (density * r->width_nat) : 0.0;
    return density > 0.0 ? at : r->low;
}

/* Density of ln total over active among what models are like, where it is not dense. */
static double sparse_density(const tr_oracle_deck *d, double sparsity_nat)
{
    return sparsity_nat > 0.0
               ? normal_density(sparsity_nat, d->lessons.sparse_mean_nat, d->lessons.sparse_deviation_nat)
               : 0.0;
}

/* ---- the model -------------------------------------------------------------------------- */

/* Active and total parameters: from what open models are like, drawn wider, and near what the input price
 * says. [K92] With all parameters stated, the density is that of the stated number: dense models stand at one
 * point. */
static void draw_size(const tr_oracle_deck *d, tr_rng *rng, tr_oracle_draw *x)
{
    const tr_lessons *l = &d->lessons;
    const double center =
        d->given[TR_EVIDENCE_LEVEL] ? tr_lesson_active_nat(l, d->input_nat) : l->active_mean_nat;
    const int stated = d->given[TR_EVIDENCE_TOTAL];
    const int dense = tr_rng_uniform(rng) < HALF;
    const double log_stated = stated ? tr_log(d->question->total_param) : 0.0;
    double density;
    double active = mixed(&d->active, rng, center, 0.6, &density);
    double sparsity = of(&d->sparsity, rng);
    if (!(density > 0.0)) {
        active = d->active.low;
        x->share = 0.0;
        density = 1.0;
    }
    if (stated && dense) {
        active = log_stated;
        density = 1.0;
    }
    sparsity = dense ? 0.0 : stated ? log_stated - active : sparsity;
    if (sparsity < 0.0)
        x->share = 0.0;
    const double chosen = dense ? l->dense_share / HALF
                                : (1.0 - l->dense_share) / HALF * sparse_density(d, sparsity) *
                                      (stated ? 1.0 : d->sparsity.width_nat);
    x->share *= normal_density(active, l->active_mean_nat, l->active_deviation_nat) / density * chosen;
    x->nat[TR_UNKNOWN_ACTIVE] = active;
    x->nat[TR_UNKNOWN_TOTAL] = active + (sparsity > 0.0 ? sparsity : 0.0);
}

static void draw_kv(const tr_oracle_deck *d, tr_rng *rng, tr_oracle_draw *x)
{
    double variance, density;
    const double middle = tr_lesson_kv_nat(&d->lessons, x->nat[TR_UNKNOWN_ACTIVE], &variance);
    const double at = mixed(&d->kv, rng, middle, sqrt(variance) * LOGISTIC_SCALE, &density);
    if (density > 0.0)
        x->share *= tr_lesson_kv_density_ratio(&d->lessons, x->nat[TR_UNKNOWN_ACTIVE], at) / density;
    else
        x->share = 0.0;
    x->nat[TR_UNKNOWN_KV] = density > 0.0 ? at : d->kv.low;
}

/* ---- all of it ---------------------------------------------------------------------------- */

/* Chips that hold one copy: 1, 2, 4 to 64, of those that hold its weights where a measured speed asks. */
static void draw_chips(const tr_oracle_deck *d, tr_rng *rng, const tr_oracle_machine *m, tr_oracle_draw *x)
{
    const int asked = d->given[TR_EVIDENCE_SPEED] || d->given[TR_EVIDENCE_TTFT];
    const double need =
        asked ? m->weight_byte * tr_exp(x->nat[TR_UNKNOWN_TOTAL]) / (USABLE_MEMORY * d->memory_byte[x->chip])
              : 0.0;
    const double most = tr_exp(d->chips.low + d->chips.width_nat) * 1.0001;
    double least = 1.0, n;
    int kinds = 0;
    while (least < need)
        least *= 2.0;
    for (n = least; n <= most; n *= 2.0)
        kinds++;
    n = least;
    for (uint64_t k = tr_rng_below(rng, kinds > 0 ? (uint64_t)kinds : 1); k > 0; k--)
        n *= 2.0;
    x->nat[TR_UNKNOWN_CHIPS] = tr_log(n);
    if (kinds == 0)
        x->share = 0.0;
}

/* The machine under the model, and what serving costs on it. */
static void draw_machine(const tr_oracle_deck *d, tr_rng *rng, tr_oracle_draw *x)
{
    do { /* a chip, and weights it can multiply */
        x->chip = (size_t)tr_rng_below(rng, d->chip_count);
        x->dtype = (int)tr_rng_below(rng, TR_ORACLE_DTYPE_COUNT);
    } while (!d->machine[x->chip][x->dtype].ok);
    const tr_oracle_machine *m = &d->machine[x->chip][x->dtype];
    x->nat[TR_UNKNOWN_PREFILL_MFU] = of(&d->mfu, rng);
    x->nat[TR_UNKNOWN_CHIP_PRICE] = d->price_nat[x->chip] + of(&d->price, rng);
    /* [K16] input is the multiplies; its price is that times the markup. */
    x->cost_nat = LN_2 + x->nat[TR_UNKNOWN_ACTIVE] - m->log_flop_per_s - x->nat[TR_UNKNOWN_PREFILL_MFU] +
                  x->nat[TR_UNKNOWN_CHIP_PRICE] - LN_3600 + LN_MILLION;
}

static double gauss(double z) { return tr_exp(-0.5 * z * z); }

/* Work that may wait is not taken to be sold below cost: one-sided. */
static double batch_likelihood(const tr_oracle_deck *d, double log_markup)
{
    const double z = log_markup + d->batch_nat;
    return d->given[TR_EVIDENCE_BATCH] && z < 0.0 ? gauss(z * d->inverse_ratio[TR_EVIDENCE_BATCH]) : 1.0;
}

/* A machine on which a model of that size, at that price, is not sold below cost. Drawn anew where it would
 * be: a machine is ruled out by the size, not the size by a machine that nobody knows. */
static void draw_paying_machine(const tr_oracle_deck *d, tr_rng *rng, tr_oracle_draw *x)
{
    double variance;
    const double u = tr_rng_uniform(rng),
                 middle = tr_lesson_input_nat(&d->lessons, x->nat[TR_UNKNOWN_ACTIVE], &variance);
    /* Before its price is seen, an open model of that size is what it would be sold like. */
    const double price =
        d->given[TR_EVIDENCE_LEVEL] ? d->input_nat : middle + sqrt(variance) * LOGISTIC_SCALE * logistic(u);
    for (int i = 0; i < REDRAWS; i++) {
        draw_machine(d, rng, x);
        x->nat[TR_UNKNOWN_MARKUP] = price - x->cost_nat;
        if (tr_rng_uniform(rng) < batch_likelihood(d, x->nat[TR_UNKNOWN_MARKUP]))
            break;
    }
}

/* [K93] Seconds of a step at a context, were the roof reached: weights that the batch touches and everybody's
 * KV are read, or everybody's multiplies done, whichever takes longer. */
static double roof_s(const tr_oracle_deck *d, const tr_oracle_draw *x, double context_token)
{
    const tr_oracle_machine *m = &d->machine[x->chip][x->dtype];
    const double chips = tr_exp(x->nat[TR_UNKNOWN_CHIPS]), active = tr_exp(x->nat[TR_UNKNOWN_ACTIVE]);
    const double total = tr_exp(x->nat[TR_UNKNOWN_TOTAL]), batch = tr_exp(x->nat[TR_UNKNOWN_BATCH]);
    const double share = active / total; /* of the experts, that one token calls */
    const double missed = share < 1.0 ? tr_exp(batch * tr_log(1.0 - share)) : 0.0;
    const double kv_byte = tr_exp(x->nat[TR_UNKNOWN_KV]) * batch * context_token;
    const double memory_s =
        (m->weight_byte * total * (1.0 - missed) + kv_byte) / (chips * d->byte_per_s[x->chip]);
    const double compute_s = 2.0 * active * batch / (chips * tr_exp(m->log_flop_per_s));
    return memory_s > compute_s ? memory_s : compute_s;
}

/* What decode reaches of the roof: even, or near what the first measured speed asks for. */
static void draw_decode(const tr_oracle_deck *d, tr_rng *rng, tr_oracle_draw *x)
{
    const tr_oracle_measure *m = &d->question->speed[0];
    const double step_s = d->given[TR_EVIDENCE_SPEED] ? x->draft_ratio / m->value - x->overhead_s : 0.0;
    x->nat[TR_UNKNOWN_DECODE] = step_s > 0.0
                                    ? around(&d->decode, rng, tr_log(roof_s(d, x, m->context_token) / step_s),
                                             d->inverse_ratio[TR_EVIDENCE_SPEED], x)
                                    : of(&d->decode, rng);
}

void tr_oracle_draw_one(const tr_oracle_deck *d, tr_rng *rng, tr_oracle_draw *x)
{
    x->tier = d->tier_count > 0 ? (size_t)tr_rng_below(rng, d->tier_count) : 0;
    x->share = 1.0;
    if (d->is_known) {
        x->nat[TR_UNKNOWN_ACTIVE] = d->active.low;
        x->nat[TR_UNKNOWN_TOTAL] = d->active.low + d->sparsity.low;
        draw_machine(d, rng, x);
    } else {
        draw_size(d, rng, x);
        draw_paying_machine(d, rng, x);
    }
    const tr_oracle_machine *m = &d->machine[x->chip][x->dtype];
    if (d->kv.width_nat > 0.0)
        draw_kv(d, rng, x);
    else
        x->nat[TR_UNKNOWN_KV] = d->kv.low;
    draw_chips(d, rng, m, x);
    x->overhead_s = tr_exp(of(&d->overhead, rng));
    x->draft_ratio = tr_exp(of(&d->draft, rng));
    x->first_token_s = tr_exp(of(&d->first_token, rng));
    x->nat[TR_UNKNOWN_CONTEXT] = of(&d->context, rng);
    x->nat[TR_UNKNOWN_BALANCE] = of(&d->balance, rng);
    x->nat[TR_UNKNOWN_BATCH] = m->log_dense_token + x->nat[TR_UNKNOWN_TOTAL] - x->nat[TR_UNKNOWN_ACTIVE] +
                               x->nat[TR_UNKNOWN_BALANCE];
    x->balance_ratio = tr_exp(x->nat[TR_UNKNOWN_BALANCE]);
    x->log_cliff_token = m->cliff_nat + x->nat[TR_UNKNOWN_ACTIVE] - x->nat[TR_UNKNOWN_KV];
    x->kv_ratio = tr_exp(x->nat[TR_UNKNOWN_CONTEXT] - x->log_cliff_token);
    /* [K10] [K11] a step over the multiplies in it: 1, or weights shared by the batch and KV that is not. */
    const double memory = 1.0 / x->balance_ratio + x->kv_ratio;
    x->log_step_ratio = tr_log(memory > 1.0 ? memory : 1.0) + x->nat[TR_UNKNOWN_PREFILL_MFU];
    if (!d->is_known) {
        draw_decode(d, rng, x);
        return;
    }
    x->nat[TR_UNKNOWN_DECODE] =
        around(&d->decode, rng, x->log_step_ratio - d->log_ratio, d->inverse_ratio[TR_EVIDENCE_RATIO], x);
    x->nat[TR_UNKNOWN_MARKUP] =
        around(&d->markup, rng, d->input_nat - x->cost_nat, d->inverse_ratio[TR_EVIDENCE_LEVEL], x);
}

/* ---- measured speeds -------------------------------------------------------------------------- */

static double speed_likelihood(const tr_oracle_deck *d, const tr_oracle_draw *x)
{
    const double reached = tr_exp(x->nat[TR_UNKNOWN_DECODE]);
    double like = 1.0;
    for (int i = 0; i < TR_ORACLE_MEASURE_MAX && d->question->speed[i].value > 0.0; i++) {
        const double step_s = roof_s(d, x, d->question->speed[i].context_token) / reached + x->overhead_s;
        like *=
            gauss((d->speed_nat[i] - tr_log(x->draft_ratio / step_s)) * d->inverse_ratio[TR_EVIDENCE_SPEED]);
    }
    return like;
}

/* [K93] Seconds to the first token: the prompt's multiplies on the chips of one copy, and what waits before
 * them. */
static double ttft_likelihood(const tr_oracle_deck *d, const tr_oracle_draw *x)
{
    const tr_oracle_machine *m = &d->machine[x->chip][x->dtype];
    const double token_s = tr_exp(LN_2 + x->nat[TR_UNKNOWN_ACTIVE] - m->log_flop_per_s -
                                  x->nat[TR_UNKNOWN_CHIPS] - x->nat[TR_UNKNOWN_PREFILL_MFU]);
    double like = 1.0;
    for (int i = 0; i < TR_ORACLE_MEASURE_MAX && d->question->ttft[i].value > 0.0; i++) {
        const double ttft_s = token_s * d->question->ttft[i].context_token + x->first_token_s;
        like *= gauss((d->ttft_nat[i] - tr_log(ttft_s)) * d->inverse_ratio[TR_EVIDENCE_TTFT]);
    }
    return like;
}

/* ---- weighing ------------------------------------------------------------------------------------ */

/* [K3] The two steps over the weights' time: max(B / B*, 1 + B kv / B*), at B and at B / (p s). */
static double fast_likelihood(const tr_oracle_deck *d, const tr_oracle_draw *x)
{
    const double fast = x->balance_ratio / d->fast_batch_ratio;
    const double slow_step = 1.0 + x->balance_ratio * x->kv_ratio > x->balance_ratio
                                 ? 1.0 + x->balance_ratio * x->kv_ratio
                                 : x->balance_ratio;
    const double fast_step = 1.0 + fast * x->kv_ratio > fast ? 1.0 + fast * x->kv_ratio : fast;
    return gauss((d->log_speed_ratio - tr_log(slow_step / fast_step)) * d->inverse_ratio[TR_EVIDENCE_FAST]);
}

/* What is asked of a model that is known: prices are the machine's cost times its markup. */
static double known_likelihood(const tr_oracle_deck *d, const tr_oracle_draw *x)
{
    double like = batch_likelihood(d, x->nat[TR_UNKNOWN_MARKUP]);
    if (d->given[TR_EVIDENCE_LEVEL])
        like *= gauss((d->input_nat - x->cost_nat - x->nat[TR_UNKNOWN_MARKUP]) *
                      d->inverse_ratio[TR_EVIDENCE_LEVEL]);
    if (d->given[TR_EVIDENCE_RATIO])
        like *= gauss((d->log_ratio - x->log_step_ratio + x->nat[TR_UNKNOWN_DECODE]) *
                      d->inverse_ratio[TR_EVIDENCE_RATIO]);
    return like;
}

/* What is asked of a model that is not: prices are as those of open models. [K92] */
static double learned_likelihood(const tr_oracle_deck *d, const tr_oracle_draw *x)
{
    const double active = x->nat[TR_UNKNOWN_ACTIVE];
    double like = 1.0;
    if (d->given[TR_EVIDENCE_LEVEL])
        like *= tr_lesson_input_density_ratio(&d->lessons, active, d->input_nat);
    if (d->given[TR_EVIDENCE_RATIO])
        like *= tr_lesson_ratio_density_ratio(&d->lessons, x->nat[TR_UNKNOWN_TOTAL] - active, d->log_ratio);
    return like;
}

double tr_oracle_likelihood_ratio(const tr_oracle_deck *d, const tr_oracle_draw *x)
{
    double like = d->is_known ? known_likelihood(d, x) : learned_likelihood(d, x);
    if (d->given[TR_EVIDENCE_CACHED] && d->kv.width_nat > 0.0 && d->lessons.has_cached)
        like *= tr_lesson_cached_density_ratio(&d->lessons, x->nat[TR_UNKNOWN_KV], d->cached_nat);
    if (d->given[TR_EVIDENCE_THRESHOLD]) { /* [K12], or nothing */
        const double cliff =
            gauss((d->threshold_nat - x->log_cliff_token) * d->inverse_ratio[TR_EVIDENCE_THRESHOLD]);
        like *= 1.0 - d->threshold_share + d->threshold_share * cliff;
    }
    if (d->given[TR_EVIDENCE_HOLD] && d->tier_count > 0)
        like *= tr_exp(d->hold_nat[x->tier]);
    if (d->given[TR_EVIDENCE_FAST])
        like *= fast_likelihood(d, x);
    if (d->given[TR_EVIDENCE_SPEED])
        like *= speed_likelihood(d, x);
    if (d->given[TR_EVIDENCE_TTFT])
        like *= ttft_likelihood(d, x);
    return like;
}
