/* life/life_cost.c -- the cost of a model's life, and the size that makes it least. */
#include "life/life_cost.h"

#include <math.h>

#include "base/explog.h"
#include "base/fail.h"
#include "base/root.h"
#include "life/loss_law.h"

static int is_share(double x) { return x > 0.0 && x <= 1.0; }

static tr_status check_terms(const tr_life_terms *terms, tr_error *err)
{
    const struct {
        const char *name;
        double value;
    } mfu[] = {{"train_mfu", terms->train_mfu}, {"rl_mfu", terms->rl_mfu}, {"serve_mfu", terms->serve_mfu}};
    for (size_t i = 0; i < sizeof mfu / sizeof mfu[0]; i++)
        if (!is_share(mfu[i].value))
            return tr_fail(err, TR_EDOMAIN, mfu[i].name, mfu[i].value,
                           "a share of the peak is above 0 and at most 1 (100%%)");
    if (!(terms->rl_flop_per_param >= 2.0 && terms->rl_flop_per_param <= 6.0))
        return tr_fail(
            err, TR_EDOMAIN, "rl_flop_per_param", terms->rl_flop_per_param,
            "expected 2 (samples alone) to 6 (every sample trained on) FLOP a parameter and token");
    if (!(terms->chip_flop_per_s > 0.0 && terms->chip_flop_per_s <= 1e24) ||
        !(terms->chip_usd_per_s >= 0.0 && terms->chip_usd_per_s <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "system", terms->chip_flop_per_s,
                       "expected a chip with a rate and a price");
    return TR_OK;
}

static int is_tokens(double x) { return x >= 0.0 && x <= 1e30; }

/* Chip seconds of tokens at so many FLOP a parameter. */
static double chip_s(double flop_per_param, double param, double token, double mfu,
                     const tr_life_terms *terms)
{
    return flop_per_param * param * token / (terms->chip_flop_per_s * mfu);
}

tr_status tr_life_cost_of(const tr_life *life, const tr_life_terms *terms, tr_life_cost *out, tr_error *err)
{
    const tr_status s = check_terms(terms, err);
    if (s != TR_OK)
        return s;
    if (!(life->active_param > 0.0 && life->active_param <= 1e30) || !is_tokens(life->train_token) ||
        !is_tokens(life->rl_token) || !is_tokens(life->serve_token))
        return tr_fail(err, TR_EDOMAIN, "life", life->active_param,
                       "expected parameters above 0 and tokens of at least 0");
    tr_life_cost c = {0}; /* [K25] every kind over its own utilisation */
    c.train_chip_s = chip_s(6.0, life->active_param, life->train_token, terms->train_mfu, terms);
    c.rl_chip_s = chip_s(terms->rl_flop_per_param, life->active_param, life->rl_token, terms->rl_mfu, terms);
    c.serve_chip_s = chip_s(2.0, life->active_param, life->serve_token, terms->serve_mfu, terms);
    c.total_chip_s = c.train_chip_s + c.rl_chip_s + c.serve_chip_s;
    c.total_usd = c.total_chip_s * terms->chip_usd_per_s;
    if (c.total_chip_s > 0.0) {
        c.train_share = c.train_chip_s / c.total_chip_s;
        c.rl_share = c.rl_chip_s / c.total_chip_s;
        c.serve_share = c.serve_chip_s / c.total_chip_s;
    }
    *out = c;
    return TR_OK;
}

tr_status tr_life_equal_of(double train_token, const tr_life_terms *terms, double *rl_token,
                           double *serve_token, tr_error *err)
{
    const tr_status s = check_terms(terms, err);
    if (s != TR_OK)
        return s;
    if (!is_tokens(train_token))
        return tr_fail(err, TR_EDOMAIN, "train_token", train_token, "expected tokens of at least 0");
    /* [K26] Parameters and peak cancel. */
    *rl_token = train_token * (6.0 / terms->rl_flop_per_param) * (terms->rl_mfu / terms->train_mfu);
    *serve_token = train_token * 3.0 * (terms->serve_mfu / terms->train_mfu);
    return TR_OK;
}

/* ---- utilisation from time, and back ------------------------------------------------ */

static int is_count(double x) { return x > 0.0 && x <= 1e30; }

double tr_life_train_mfu(double active_param, double token, double chip_flop_per_s, double chip_s_taken)
{
    if (!is_count(active_param) || !is_count(token) || !is_count(chip_flop_per_s) || !is_count(chip_s_taken))
        return (double)NAN;
    return 6.0 * active_param * token / (chip_flop_per_s * chip_s_taken); /* [K61] */
}

double tr_life_train_chip_s(double active_param, double token, double chip_flop_per_s, double mfu)
{
    return is_share(mfu) ? tr_life_train_mfu(active_param, token, chip_flop_per_s, mfu) : (double)NAN; /* [K61] */
}

double tr_life_rl_mfu(double decode_mfu, double train_mfu, double decode_share)
{
    if (!is_share(decode_mfu) || !is_share(train_mfu) || !(decode_share >= 0.0 && decode_share <= 1.0))
        return (double)NAN;
    return decode_share * decode_mfu + (1.0 - decode_share) * train_mfu; /* [K62] */
}

double tr_life_rl_decode_share(double decode_mfu, double train_mfu, double rl_flop_per_param)
{
    if (!is_share(decode_mfu) || !is_share(train_mfu) || !(rl_flop_per_param >= 2.0 && rl_flop_per_param <= 6.0))
        return (double)NAN;
    const double decode = 2.0 / decode_mfu, train = (rl_flop_per_param - 2.0) / train_mfu;
    return decode / (decode + train); /* [K62] */
}

double tr_life_rl_share_of_mfu(double decode_mfu, double train_mfu, double rl_mfu)
{
    if (!is_share(decode_mfu) || !is_share(train_mfu) || !is_share(rl_mfu) || decode_mfu == train_mfu)
        return (double)NAN;
    return (train_mfu - rl_mfu) / (train_mfu - decode_mfu); /* [K62] */
}

double tr_life_serve_token(double token_per_s, double life_s, double ship_share)
{
    if (!(token_per_s >= 0.0 && token_per_s <= 1e18) || !(life_s >= 0.0 && life_s <= 1e12) ||
        !(ship_share >= 0.0 && ship_share <= 1.0))
        return (double)NAN;
    return token_per_s * life_s * ship_share; /* [K27] */
}

/* ---- the size to choose ------------------------------------------------------------ */

double tr_life_at_chip_s(const tr_loss_law *law, double loss_nat, double serve_token,
                         const tr_life_terms *terms, double param)
{
    const double token = tr_loss_needs_token(law, param, loss_nat);
    if (isnan(token) || !is_tokens(serve_token) || check_terms(terms, NULL) != TR_OK)
        return (double)NAN;
    if (!(token < 1e30))
        return HUGE_VAL;
    /* [K28] */
    return chip_s(6.0, param, token, terms->train_mfu, terms) +
           chip_s(2.0, param, serve_token, terms->serve_mfu, terms);
}

typedef struct search {
    const tr_loss_law *law;
    const tr_life_terms *terms;
    double loss_nat, serve_token;
} search;

/* The logarithm of the cost over the logarithm of the size: one valley. */
static double log_cost(double log_param, const void *context)
{
    const search *s = context;
    const double cost = tr_life_at_chip_s(s->law, s->loss_nat, s->serve_token, s->terms, tr_exp(log_param));
    return cost < HUGE_VAL ? tr_log(cost) : 1e3;
}

static double train_less_serve(double log_param, const void *context)
{
    const search *s = context;
    const double param = tr_exp(log_param);
    const double train = tr_life_at_chip_s(s->law, s->loss_nat, 0.0, s->terms, param);
    const double serve = chip_s(2.0, param, s->serve_token, s->terms->serve_mfu, s->terms);
    return (train < HUGE_VAL ? tr_log(train) : 1e3) - tr_log(serve);
}

static tr_status least(const search *s, double low, double high, double *param, double *cost, tr_error *err)
{
    double at = 0.0, value = 0.0;
    const tr_status status = tr_minimum_brent(log_cost, s, low, high, 1e-8, &at, &value, err);
    if (status == TR_OK) {
        *param = tr_exp(at);
        *cost = tr_exp(value);
    }
    return status;
}

tr_status tr_life_choose(const tr_loss_law *law, double loss_nat, double serve_token,
                         const tr_life_terms *terms, tr_life_choice *out, tr_error *err)
{
    tr_status s = check_terms(terms, err);
    if (s != TR_OK)
        return s;
    const double floor_param = tr_loss_least_param(law, loss_nat);
    if (isnan(floor_param) || !is_tokens(serve_token))
        return tr_fail(err, TR_EDOMAIN, "loss_nat", loss_nat, "expected a loss and tokens above 0");
    if (!(floor_param < 1e20))
        return tr_fail(
            err, TR_ENOFIT, "loss_nat", loss_nat,
            "no size reaches this loss: the law's floor is %.4g nats, however large and long the training",
            law->e_nat);
    tr_life_choice c = {0};
    const search served = {law, terms, loss_nat, serve_token}, unserved = {law, terms, loss_nat, 0.0};
    const double low = tr_log(floor_param) + 1e-6, high = tr_log(floor_param) + 30.0;
    s = least(&unserved, low, high, &c.best_param, &c.best_chip_s, err);
    if (s == TR_OK)
        s = least(&served, low, tr_log(c.best_param) + 1e-6, &c.active_param, &c.chip_s, err);
    if (s != TR_OK)
        return s;
    c.train_token = tr_loss_needs_token(law, c.active_param, loss_nat);
    c.best_token = tr_loss_needs_token(law, c.best_param, loss_nat);
    c.best_chip_s = tr_life_at_chip_s(law, loss_nat, serve_token, terms, c.best_param);
    c.serve_share = chip_s(2.0, c.active_param, serve_token, terms->serve_mfu, terms) / c.chip_s;
    c.overtrain_ratio = c.train_token / tr_loss_best_token(law, c.active_param);
    double equal = 0.0;
    c.equal_param = c.equal_chip_s = (double)NAN;
    /* Below the best size training costs more the smaller the model, so there is one crossing there at most.
     */
    if (serve_token > 0.0 &&
        tr_root_brent(train_less_serve, &served, low, tr_log(c.best_param), 0.0, &equal, NULL) == TR_OK) {
        c.equal_param = tr_exp(equal);
        c.equal_chip_s = tr_life_at_chip_s(law, loss_nat, serve_token, terms, c.equal_param);
    }
    *out = c;
    return TR_OK;
}
