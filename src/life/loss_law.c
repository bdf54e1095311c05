/* life/loss_law.c -- published scaling laws with their constants from data/laws. */
#include "life/loss_law.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/explog.h"
#include "base/fail.h"

typedef struct constant {
    char name[48];
    double value;
} constant;

static const constant constants[] = {
#include "life/laws.inc"
};

/* 0 where there is none: a law made of it is refused everywhere. */
static double constant_of(const char *law, const char *set, const char *name)
{
    char wanted[64];
    (void)snprintf(wanted, sizeof wanted, "%s.%s.%s", law, set, name);
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (strcmp(constants[i].name, wanted) == 0)
            return constants[i].value;
    return 0.0;
}

static double power(double x, double y) { return tr_exp(y * tr_log(x)); }
static double log10_of(double x) { return tr_log(x) / 2.302585092994045684; }

/* ---- loss by parameters and tokens ------------------------------------------------ */

static const char fit_name[TR_LOSS_FIT_COUNT][12] = {"hoffmann", "epoch"};

const char *tr_loss_fit_name(tr_loss_fit fit)
{
    return fit >= 0 && fit < TR_LOSS_FIT_COUNT ? fit_name[fit] : NULL;
}

tr_loss_law tr_loss_law_of(tr_loss_fit fit)
{
    const char *set = tr_loss_fit_name(fit);
    if (set == NULL)
        return (tr_loss_law){0};
    return (tr_loss_law){.e_nat = constant_of("chinchilla", set, "e"),
                         .a_ratio = constant_of("chinchilla", set, "a"),
                         .b_ratio = constant_of("chinchilla", set, "b"),
                         .alpha_ratio = constant_of("chinchilla", set, "alpha"),
                         .beta_ratio = constant_of("chinchilla", set, "beta")};
}

double tr_rule_token_per_param(void) { return constant_of("chinchilla", "rule", "token_per_param"); }

static int is_law(const tr_loss_law *law)
{
    return law->e_nat > 0.0 && law->a_ratio > 0.0 && law->b_ratio > 0.0 && law->alpha_ratio > 0.0 &&
           law->beta_ratio > 0.0;
}

static int is_count(double x) { return x > 0.0 && x <= 1e30; }

double tr_loss_nat(const tr_loss_law *law, double param, double token)
{
    if (!is_law(law) || !is_count(param) || !is_count(token))
        return (double)NAN;
    return law->e_nat + law->a_ratio * power(param, -law->alpha_ratio) +
           law->b_ratio * power(token, -law->beta_ratio); /* [K20] */
}

tr_status tr_loss_best_of(const tr_loss_law *law, double flop, double *param, double *token, tr_error *err)
{
    if (!is_law(law))
        return tr_fail(err, TR_EDOMAIN, "law", (double)NAN, "the constants of the law must be positive");
    if (!(flop > 0.0 && flop <= 1e40))
        return tr_fail(err, TR_EDOMAIN, "flop", flop, "expected a compute budget above 0 FLOP");
    /* [K21] The derivatives of the two terms along C = 6 N D are equal: alpha a N^-alpha = beta b D^-beta. */
    const double sum = law->alpha_ratio + law->beta_ratio;
    const double g = power(law->alpha_ratio * law->a_ratio / (law->beta_ratio * law->b_ratio), 1.0 / sum);
    *param = g * power(flop / 6.0, law->beta_ratio / sum);
    *token = flop / 6.0 / *param;
    return TR_OK;
}

double tr_loss_best_token(const tr_loss_law *law, double param)
{
    if (!is_law(law) || !is_count(param))
        return (double)NAN;
    /* [K21] */
    return power(law->beta_ratio * law->b_ratio / (law->alpha_ratio * law->a_ratio) *
                     power(param, law->alpha_ratio),
                 1.0 / law->beta_ratio);
}

double tr_loss_needs_token(const tr_loss_law *law, double param, double loss_nat)
{
    if (!is_law(law) || !is_count(param) || !(loss_nat > 0.0))
        return (double)NAN;
    const double left = loss_nat - law->e_nat - law->a_ratio * power(param, -law->alpha_ratio);
    return left > 0.0 ? power(law->b_ratio / left, 1.0 / law->beta_ratio) : HUGE_VAL; /* [K22] */
}

double tr_loss_least_param(const tr_loss_law *law, double loss_nat)
{
    if (!is_law(law) || !(loss_nat > 0.0))
        return (double)NAN;
    return loss_nat > law->e_nat ? power(law->a_ratio / (loss_nat - law->e_nat), 1.0 / law->alpha_ratio)
                                 : HUGE_VAL; /* [K22] */
}

/* ---- loss by parameters and experts -------------------------------------------------- */

static const char routing_name[TR_ROUTING_COUNT][8] = {"s-base", "rl-r", "hash"};

const char *tr_routing_name(tr_routing routing)
{
    return routing >= 0 && routing < TR_ROUTING_COUNT ? routing_name[routing] : NULL;
}

tr_routed_law tr_routed_law_of(tr_routing routing)
{
    const char *set = tr_routing_name(routing);
    if (set == NULL)
        return (tr_routed_law){0};
    return (tr_routed_law){.a_ratio = constant_of("routed_scaling", set, "a"),
                           .b_ratio = constant_of("routed_scaling", set, "b"),
                           .c_ratio = constant_of("routed_scaling", set, "c"),
                           .d_ratio = constant_of("routed_scaling", set, "d"),
                           .start_count = constant_of("routed_scaling", set, "expert_start"),
                           .most_count = constant_of("routed_scaling", set, "expert_max")};
}

tr_routed_range tr_routed_range_of(tr_routing routing)
{
    const char *set = tr_routing_name(routing);
    if (set == NULL)
        return (tr_routed_range){0};
    return (tr_routed_range){.expert_count = constant_of("routed_scaling", "fitted", "expert_count"),
                             .train_token = constant_of("routed_scaling", "fitted", "train_token"),
                             .cutoff_param = constant_of("routed_scaling", set, "cutoff_param")};
}

static int is_routed(const tr_routed_law *law, double param, double experts)
{
    return law->start_count > 0.0 && law->most_count > law->start_count && is_count(param) &&
           experts >= 1.0 && experts <= 1e9;
}

double tr_routed_expert_count(const tr_routed_law *law, double experts)
{
    return 1.0 / (1.0 / (experts - 1.0 + 1.0 / (1.0 / law->start_count - 1.0 / law->most_count)) +
                  1.0 / law->most_count);
}

double tr_routed_exponent_ratio(const tr_routed_law *law, double counted_count)
{
    return law->a_ratio + law->c_ratio * log10_of(counted_count);
}

double tr_routed_log10_loss_nat(const tr_routed_law *law, double param, double experts)
{
    if (!is_routed(law, param, experts))
        return (double)NAN;
    const double n = log10_of(param), e = log10_of(tr_routed_expert_count(law, experts));
    return law->a_ratio * n + law->b_ratio * e + law->c_ratio * n * e + law->d_ratio; /* [K23] */
}

double tr_routed_dense_param(const tr_routed_law *law, double param, double experts)
{
    if (!is_routed(law, param, experts))
        return (double)NAN;
    const double hat = tr_routed_expert_count(law, experts);
    const double one = tr_routed_exponent_ratio(law, law->start_count), many = tr_routed_exponent_ratio(law, hat);
    return power(param, many / one) * power(hat / law->start_count, law->b_ratio / one); /* [K24] */
}
