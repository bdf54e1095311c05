/* claims/training.c -- questions about what a model's life costs, and about published scaling laws. */
#include <math.h>

#include "base/fail.h"
#include "claims/question.h"

/* Forward 2 a parameter, backward twice that. */
TR_CLAIM_FORMULA(train_flop, 2.0 * v[0] + 4.0 * v[0], "passes")
TR_CLAIM_FORMULA(chip_seconds, v[0] * v[1] * v[2] / (v[3] * v[4]), "flop_per_param", "active_param", "token",
                 "flop_per_s", "mfu")
/* A token of another kind over one of pre-training: its FLOPs of six, over its share of that utilisation. */
TR_CLAIM_FORMULA(token_cost, v[0] / 6.0 / v[1], "flop_per_param", "mfu_ratio")
TR_CLAIM_FORMULA(life_token, v[0] * v[1] * 86400.0, "token_per_s", "days")
TR_CLAIM_FORMULA(shipped_token, v[0] * v[1] * 86400.0 * v[2], "token_per_s", "days", "ship_share")
TR_CLAIM_FORMULA(rule_token, 20.0 * v[0], "param")
/* Parameters that a compute of 6 N D buys at so many tokens a parameter. */
TR_CLAIM_FORMULA(param_at, sqrt(v[0] / (6.0 * v[1])), "flop", "token_per_param")

/* ---- loss by parameters and tokens -------------------------------------------------------- */

typedef struct best {
    double param, token;
    double param_term, token_term;
} best;

/* The least a N^-alpha + b D^-beta at 6 N D = flop. */
static tr_status best_of(const char *with, best *out, tr_error *err)
{
    static const char *const keys[] = {"a", "b", "alpha", "beta", "flop", NULL};
    double v[TR_CLAIM_NUMBERS];
    const tr_status s = tr_claim_numbers(with, keys, v, err);
    if (s != TR_OK)
        return s;
    const double a = v[0], b = v[1], alpha = v[2], beta = v[3], product = v[4] / 6.0;
    const double g = pow(alpha * a / (beta * b), 1.0 / (alpha + beta));
    out->param = g * pow(product, beta / (alpha + beta));
    out->token = product / out->param;
    out->param_term = a * pow(out->param, -alpha);
    out->token_term = b * pow(out->token, -beta);
    return TR_OK;
}

static tr_status best_token_per_param(const char *with, double *out, tr_error *err)
{
    best b;
    const tr_status s = best_of(with, &b, err);
    if (s == TR_OK)
        *out = b.token / b.param;
    return s;
}

static tr_status best_term_ratio(const char *with, double *out, tr_error *err)
{
    best b;
    const tr_status s = best_of(with, &b, err);
    if (s == TR_OK)
        *out = b.param_term / b.token_term;
    return s;
}

/* ---- routed models ---------------------------------------------------------------------------- */

typedef struct routed {
    double a, b, c, d, start, max; /* of the law */
    double param, experts;
} routed;

static tr_status routed_of(const char *with, routed *out, tr_error *err)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e_start", "e_max", "param", "experts"};
    double *const to[] = {&out->a, &out->b, &out->c, &out->d, &out->start, &out->max, &out->param, &out->experts};
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof keys / sizeof keys[0]; i++)
        s = tr_claim_number(with, keys[i], to[i], err);
    return s;
}

/* Experts as the law counts them: they saturate at both ends. */
static double saturated(const routed *r)
{
    return 1.0 / (1.0 / (r->experts - 1.0 + 1.0 / (1.0 / r->start - 1.0 / r->max)) + 1.0 / r->max);
}

static tr_status routed_log_loss(const char *with, double *out, tr_error *err)
{
    routed r;
    const tr_status s = routed_of(with, &r, err);
    if (s == TR_OK) {
        const double n = log10(r.param), e = log10(saturated(&r));
        *out = r.a * n + r.b * e + r.c * n * e + r.d;
    }
    return s;
}

/* Parameters of the dense model that does as well. */
static tr_status routed_dense_param(const char *with, double *out, tr_error *err)
{
    routed r;
    const tr_status s = routed_of(with, &r, err);
    if (s == TR_OK) {
        const double hat = saturated(&r);
        const double one = r.a + r.c * log10(r.start), many = r.a + r.c * log10(hat);
        *out = pow(r.param, many / one) * pow(hat / r.start, r.b / one);
    }
    return s;
}

static const tr_claim_question questions[] = {
    {"train_flop_per_param", TR_UNIT_FLOP, "2 forward + 4 backward", "", train_flop},
    {"chip_s", TR_UNIT_SECOND, "flop_per_param active_param token / (flop_per_s mfu)", "", chip_seconds},
    {"token_cost_ratio", TR_UNIT_NONE, "(flop_per_param / 6) / mfu_ratio", "", token_cost},
    {"life_token", TR_UNIT_TOKEN, "token_per_s 86400 days", "", life_token},
    {"shipped_token", TR_UNIT_TOKEN, "token_per_s 86400 days ship_share", "", shipped_token},
    {"rule_token", TR_UNIT_TOKEN, "20 param", "", rule_token},
    {"param_at", TR_UNIT_PARAM, "sqrt(flop / (6 token_per_param))", "", param_at},
    {"best_token_per_param", TR_UNIT_NONE,
     "D / N at the least a N^-alpha + b D^-beta with 6 N D = flop", "", best_token_per_param},
    {"best_term_ratio", TR_UNIT_NONE,
     "a N^-alpha / (b D^-beta) at their least sum with 6 N D = flop", "", best_term_ratio},
    {"routed_log_loss", TR_UNIT_NONE,
     "a log N + b log E + c log N log E + d, E saturated between e_start and e_max", "", routed_log_loss},
    {"routed_dense_param", TR_UNIT_PARAM,
     "N^(al(E)/al(e_start)) (E/e_start)^(b/al(e_start)), al(x) = a + c log x, E saturated", "", routed_dense_param},
};
TR_CLAIM_QUESTIONS(tr_claim_training_questions, questions);
