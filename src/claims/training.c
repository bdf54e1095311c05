/* claims/training.c -- questions about what a model's life costs, and about published scaling laws. */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "claims/question.h"
#include "life/life_cost.h"
#include "life/loss_law.h"
#include "life/reversible_limits.h"
#include "life/train_memory.h"

/* Chip seconds of pre-training alone. */
static double train_chip_s(double active_param, double token, double flop_per_s, double mfu)
{
    const tr_life life = {.active_param = active_param, .train_token = token};
    const tr_life_terms terms = {
        .rl_flop_per_param = 6, .train_mfu = mfu, .rl_mfu = 1, .serve_mfu = 1, .chip_flop_per_s = flop_per_s};
    tr_life_cost cost;
    return tr_life_cost_of(&life, &terms, &cost, NULL) == TR_OK ? cost.train_chip_s : (double)NAN;
}
TR_CLAIM_FORMULA(train_flop, train_chip_s(1.0, v[0], 1.0, 1.0), "token")
TR_CLAIM_FORMULA(chip_seconds, train_chip_s(v[0], v[1], v[2], v[3]), "active_param", "token", "flop_per_s", "mfu")

/* Tokens of reinforcement that cost as much as one of pre-training, at FLOPs a parameter and a share of the
 * utilisation of that. */
static double equal_token(double flop_per_param, double mfu_ratio)
{
    const tr_life_terms terms = {.rl_flop_per_param = flop_per_param,
                                 .train_mfu = 1,
                                 .rl_mfu = mfu_ratio,
                                 .serve_mfu = 1,
                                 .chip_flop_per_s = 1};
    double rl_token = 0, serve_token = 0;
    return tr_life_equal_of(1.0, &terms, &rl_token, &serve_token, NULL) == TR_OK ? rl_token : (double)NAN;
}
TR_CLAIM_FORMULA(token_cost, 1.0 / equal_token(v[0], v[1]), "flop_per_param", "mfu_ratio")
TR_CLAIM_FORMULA(equal_flop, equal_token(v[0], v[1]) * v[0] / 6.0, "flop_per_param", "mfu_ratio")
TR_CLAIM_FORMULA(life_token, tr_life_serve_token(v[0], v[1] * 86400.0, 1.0), "token_per_s", "days")
TR_CLAIM_FORMULA(shipped_token, tr_life_serve_token(v[0], v[1] * 86400.0, v[2]), "token_per_s", "days",
                 "ship_share")
TR_CLAIM_FORMULA(rule_token, tr_rule_token_per_param() * v[0], "param")
/* Parameters that a compute of 6 N D buys at so many tokens a parameter. */
TR_CLAIM_FORMULA(param_at, sqrt(v[0] / (6.0 * v[1])), "flop", "token_per_param")

/* Weights that a model stores over those of the dense one, of which a share was given experts. */
TR_CLAIM_FORMULA(routed_store, 1.0 + v[0] * (v[1] - 1.0), "routed_share", "experts")

/* ---- loss by parameters and tokens -------------------------------------------------------- */

typedef struct best {
    double param, token;
    double param_term, token_term;
} best;

/* The best split of a budget, by constants that the check gives; the floor plays no part in it. */
static tr_status best_of(const char *with, best *out, tr_error *err)
{
    static const char *const keys[] = {"a", "b", "alpha", "beta", "flop", NULL};
    double v[TR_CLAIM_NUMBERS];
    tr_status s = tr_claim_numbers(with, keys, v, err);
    if (s != TR_OK)
        return s;
    const tr_loss_law law = {
        .e_nat = 1.0, .a_ratio = v[0], .b_ratio = v[1], .alpha_ratio = v[2], .beta_ratio = v[3]};
    s = tr_loss_best_of(&law, v[4], &out->param, &out->token, err);
    if (s != TR_OK)
        return s;
    /* Each term alone: the law with next to nothing of the other. */
    tr_loss_law one = law, other = law;
    one.e_nat = one.b_ratio = other.e_nat = other.a_ratio = 1e-300;
    out->param_term = tr_loss_nat(&one, out->param, out->token);
    out->token_term = tr_loss_nat(&other, out->param, out->token);
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
    tr_routed_law law;
    double param, experts;
} routed;

static tr_status routed_of(const char *with, routed *out, tr_error *err)
{
    static const char *const keys[] = {"a", "b", "c", "d", "e_start", "e_max", "param", "experts"};
    double *const to[] = {&out->law.a_ratio,     &out->law.b_ratio,    &out->law.c_ratio, &out->law.d_ratio,
                          &out->law.start_count, &out->law.most_count, &out->param,       &out->experts};
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof keys / sizeof keys[0]; i++)
        s = tr_claim_number(with, keys[i], to[i], err);
    return s;
}

static tr_status routed_log_loss(const char *with, double *out, tr_error *err)
{
    routed r;
    const tr_status s = routed_of(with, &r, err);
    if (s == TR_OK)
        *out = tr_routed_log10_loss_nat(&r.law, r.param, r.experts);
    return s;
}

static tr_status routed_dense_param(const char *with, double *out, tr_error *err)
{
    routed r;
    const tr_status s = routed_of(with, &r, err);
    if (s == TR_OK)
        *out = tr_routed_dense_param(&r.law, r.param, r.experts);
    return s;
}

/* ---- reversible layers ---------------------------------------------------------------------- */

static tr_status keep_named(const char *with, tr_keep *out, tr_error *err)
{
    char name[16];
    if (!tr_claim_text(with, "keep", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "keep", 0, "this question needs the setting 'keep'");
    for (int k = 0; k < TR_KEEP_COUNT; k++)
        if (strcmp(tr_keep_name((tr_keep)k), name) == 0) {
            *out = (tr_keep)k;
            return TR_OK;
        }
    return tr_fail(err, TR_EUNKNOWN, "keep", 0, "no way to keep '%.12s'", name);
}

static tr_status keep_compute(const char *with, double *out, tr_error *err)
{
    tr_keep keep = TR_KEEP_ALL;
    const tr_status s = keep_named(with, &keep, err);
    if (s == TR_OK)
        *out = tr_keep_compute_ratio(keep);
    return s;
}

/* Of the work area of a pass forwards and backwards through so many layers, in streams. */
static tr_status train_streams(const char *with, double *out, tr_error *err)
{
    tr_keep keep = TR_KEEP_ALL;
    double layers = 0;
    tr_status s = keep_named(with, &keep, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "layers", &layers, err);
    if (s == TR_OK)
        *out = (double)tr_stack_train_streams((size_t)layers, keep);
    return s;
}

static const tr_claim_question questions[] = {
    {"train_flop_per_param", TR_UNIT_FLOP, "tr_life_cost_of", "K25", NULL, NULL, train_flop},
    {"chip_s", TR_UNIT_SECOND, "tr_life_cost_of", "K25", NULL, NULL, chip_seconds},
    {"token_cost_ratio", TR_UNIT_NONE, "tr_life_equal_of", "K26", NULL, NULL, token_cost},
    {"equal_rl_flop_ratio", TR_UNIT_NONE, "tr_life_equal_of", "K26", NULL, NULL, equal_flop},
    {"life_token", TR_UNIT_TOKEN, "tr_life_serve_token", "K27", NULL, NULL, life_token},
    {"shipped_token", TR_UNIT_TOKEN, "tr_life_serve_token", "K27", NULL, NULL, shipped_token},
    {"rule_token", TR_UNIT_TOKEN, "tr_rule_token_per_param", "", NULL, NULL, rule_token},
    {"param_at", TR_UNIT_PARAM, "sqrt(flop / (6 token_per_param))", "", NULL, NULL, param_at},
    {"best_token_per_param", TR_UNIT_NONE, "tr_loss_best_of", "K21", NULL, NULL, best_token_per_param},
    {"best_term_ratio", TR_UNIT_NONE, "tr_loss_best_of", "K21", NULL, NULL, best_term_ratio},
    {"routed_log_loss", TR_UNIT_NONE, "tr_routed_log10_loss_nat", "K23", NULL, NULL, routed_log_loss},
    {"routed_dense_param", TR_UNIT_PARAM, "tr_routed_dense_param", "K24", NULL, NULL, routed_dense_param},
    {"keep_compute_ratio", TR_UNIT_NONE, "tr_keep_compute_ratio", "K48", NULL, NULL, keep_compute},
    {"stack_stream_count", TR_UNIT_NONE, "tr_stack_train_streams", "K53", NULL, NULL, train_streams},
    {"routed_store_ratio", TR_UNIT_NONE, "1 + routed_share (experts - 1)", "", NULL, NULL, routed_store},
};
TR_CLAIM_QUESTIONS(tr_claim_training_questions, questions);
