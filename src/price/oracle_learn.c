/* price/oracle_learn.c -- open models' prices made into lessons: who may teach, and the lines through them.
 */
#include "price/oracle_learn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/explog.h"
#include "base/fail.h"
#include "base/text.h"
#include "price/oracle_prior.h"

/* Dense: all over active parameters up to this; embeddings alone can make a dense model a little more than 1.
 */
#define DENSE_RATIO 1.2
/* Models launched so many years away, or with so many times the context, count 0.6 as much in what models are
 * like. */
#define NEAR_YEAR 0.75
#define NEAR_LOG_CONTEXT 0.7
#define LOG_REFERENCE_PARAM 24.124463218526259 /* ln 30e9 */

int tr_price_is_fast(const tr_price *price)
{
    char name[112] = "";
    if (price == NULL)
        return 0;
    (void)tr_text_append(name, sizeof name, price->provider);
    (void)tr_text_append(name, sizeof name, "/");
    (void)tr_text_append(name, sizeof name, price->model);
    for (uint32_t i = 0; i < tr_prior_fast_table_count; i++)
        if (tr_text_same(tr_prior_fast_table[i], name))
            return 1;
    return 0;
}

/* ---- rows --------------------------------------------------------------------------- */

static int is_again(const tr_open_rows *rows, const tr_price *p)
{
    for (size_t i = 0; i < rows->count; i++) {
        const tr_price *q = rows->row[i].price;
        const double a[3] = {p->base.input_usd_per_mtoken, p->base.output_usd_per_mtoken,
                             p->base.cached_read_usd_per_mtoken};
        const double b[3] = {q->base.input_usd_per_mtoken, q->base.output_usd_per_mtoken,
                             q->base.cached_read_usd_per_mtoken};
        if (strcmp(p->provider, q->provider) == 0 && strcmp(p->catalog_model, q->catalog_model) == 0 &&
            a[0] == b[0] && a[1] == b[1] && (a[2] == b[2] || (isnan(a[2]) && isnan(b[2]))))
            return 1;
    }
    return 0;
}

tr_status tr_open_rows_of(tr_open_rows *out, tr_error *err)
{
    tr_model *model = malloc(sizeof *model);
    tr_status s = model == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : TR_OK;
    out->count = 0;
    for (size_t i = 0; s == TR_OK && i < tr_price_count() && out->count < TR_FIT_ROW_MAX; i++) {
        const tr_price *p = tr_price_at(i);
        if (p->catalog_model[0] == '\0' || !(p->base.input_usd_per_mtoken > 0.0) ||
            !(p->base.output_usd_per_mtoken > 0.0) || is_again(out, p))
            continue;
        s = tr_model_catalog_get(p->catalog_model, model, err);
        if (s != TR_OK)
            break;
        const double kv = model->kv_byte_per_token > 0.0
                              ? model->kv_byte_per_token
                              : tr_model_kv_byte_per_token(model, tr_dtype_byte(model->kv_dtype));
        out->row[out->count++] = (tr_open_row){.price = p,
                                               .active_nat = tr_log(model->active_param),
                                               .total_nat = tr_log(model->total_param),
                                               .kv_nat = tr_log(kv),
                                               .context_token = model->max_context_token,
                                               .launch_year = tr_launch_year(p),
                                               .is_fast = tr_price_is_fast(p)};
    }
    free(model);
    return s;
}

/* ---- who may teach --------------------------------------------------------------------- */

typedef struct teachers {
    const tr_open_row *row[TR_FIT_ROW_MAX];
    int group[TR_FIT_ROW_MAX];
    int is_first[TR_FIT_ROW_MAX]; /* of a model: counts once in what models are like */
    size_t count;
    int own; /* the group asked about, -1 if none of its rows is left */
} teachers;

static int is_sibling(const tr_learn_ask *ask, const tr_price *price)
{
    for (int i = 0; ask->with_siblings && i < TR_ORACLE_SIBLING_MAX && ask->sibling[i] != NULL; i++)
        if (ask->sibling[i] == price)
            return 1;
    return 0;
}

/* All parameters of the open model asked about, as a log; NaN for a closed one. Other trainings of the same
 * weights have the same. */
static double own_total(const tr_open_rows *rows, const tr_learn_ask *ask)
{
    for (size_t i = 0; ask->price != NULL && ask->price->catalog_model[0] != '\0' && i < rows->count; i++)
        if (strcmp(rows->row[i].price->catalog_model, ask->price->catalog_model) == 0)
            return rows->row[i].total_nat;
    return (double)NAN;
}

static int group_of(const teachers *t, const tr_open_row *row)
{
    int next = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (strcmp(t->row[i]->price->provider, row->price->provider) == 0 && t->group[i] != t->own)
            return t->group[i];
        next = t->group[i] >= next ? t->group[i] + 1 : next;
    }
    return next < TR_FIT_GROUP_MAX ? next : TR_FIT_GROUP_MAX - 1;
}

static void choose(const tr_open_rows *rows, const tr_learn_ask *ask, teachers *t, tr_oracle_learned *out)
{
    const double total = own_total(rows, ask);
    *t = (teachers){.own = -1};
    for (int pass = 0; pass < 2; pass++) /* its own first, so that they are group 0 */
        for (size_t i = 0; i < rows->count; i++) {
            const tr_open_row *r = &rows->row[i];
            const int same_seller =
                ask->price != NULL && strcmp(r->price->provider, ask->price->provider) == 0;
            const int same_weights = r->total_nat == total;
            const int own = is_sibling(ask, r->price) || (same_seller && isnan(total));
            if (own != (pass == 0))
                continue;
            if (same_weights) { /* never a number of what is asked about */
                out->left_weight_count += same_seller ? 0 : 1;
                out->left_provider_count += same_seller ? 1 : 0;
                continue;
            }
            if (!own && same_seller) {
                out->left_provider_count++;
                continue;
            }
            t->own = own ? 0 : t->own;
            t->group[t->count] = own ? 0 : group_of(t, r);
            t->row[t->count] = r;
            t->is_first[t->count] = 1;
            for (size_t k = 0; k < t->count; k++)
                if (strcmp(t->row[k]->price->catalog_model, r->price->catalog_model) == 0)
                    t->is_first[t->count] = 0;
            out->own_count += own ? 1 : 0;
            t->count++;
        }
    out->row_count = t->count;
    for (size_t i = 0; i < t->count; i++)
        if (t->group[i] >= (int)out->provider_count)
            out->provider_count = (size_t)t->group[i] + 1;
}

/* ---- lines -------------------------------------------------------------------------------- */

static void start(tr_fit_rows *rows) { rows->count = 0; }

static void add(tr_fit_rows *rows, int group, double y, double a, double b)
{
    const size_t i = rows->count++;
    rows->x[i][0] = 1.0;
    rows->x[i][1] = a;
    rows->x[i][2] = b;
    rows->y[i] = y;
    rows->group[i] = group;
}

static double log_size(double active_nat, double fixed_param)
{
    return tr_log(tr_exp(active_nat) + fixed_param) - LOG_REFERENCE_PARAM;
}

/* [K92] The fixed part of the cost of a token, in parameters, is the one under which the prices are most
 * likely. */
static int fit_input(const teachers *t, tr_fit_rows *rows, tr_lessons *out)
{
    static const double fixed[] = {0.0, 1e9, 2e9, 4e9, 8e9};
    int found = 0;
    for (size_t k = 0; k < sizeof fixed / sizeof fixed[0]; k++) {
        tr_fit fit;
        start(rows);
        for (size_t i = 0; i < t->count; i++)
            add(rows, t->group[i], tr_log(t->row[i]->price->base.input_usd_per_mtoken),
                log_size(t->row[i]->active_nat, fixed[k]), t->row[i]->is_fast ? 1.0 : 0.0);
        if (tr_fit_line(rows, 3, t->own, &fit) &&
            (!found || fit.likelihood_nat > out->input.likelihood_nat)) {
            out->input = fit;
            out->fixed_param = fixed[k];
            found = 1;
        }
    }
    return found;
}

static int fit_ratio(const teachers *t, tr_fit_rows *rows, tr_lessons *out)
{
    start(rows);
    for (size_t i = 0; i < t->count; i++) {
        const tr_price_rates *r = &t->row[i]->price->base;
        add(rows, t->group[i], tr_log(r->output_usd_per_mtoken / r->input_usd_per_mtoken),
            t->row[i]->total_nat - t->row[i]->active_nat, 0.0);
    }
    return tr_fit_line(rows, 2, t->own, &out->ratio);
}

static int fit_cached(const teachers *t, tr_fit_rows *rows, tr_lessons *out)
{
    start(rows);
    for (size_t i = 0; i < t->count; i++) {
        const tr_price_rates *r = &t->row[i]->price->base;
        if (r->cached_read_usd_per_mtoken > 0.0)
            add(rows, t->group[i], tr_log(r->cached_read_usd_per_mtoken / r->input_usd_per_mtoken),
                t->row[i]->kv_nat, 0.0);
    }
    return tr_fit_line(rows, 2, t->own, &out->cached);
}

/* Of models, each once: the seller has no part in it. */
static int fit_kv(const teachers *t, double context_nat, tr_fit_rows *rows, tr_lessons *out)
{
    start(rows);
    for (size_t i = 0; i < t->count; i++)
        if (t->is_first[i] && t->row[i]->context_token > 0.0)
            add(rows, (int)(rows->count % TR_FIT_GROUP_MAX), t->row[i]->kv_nat, t->row[i]->active_nat,
                tr_log(t->row[i]->context_token));
    out->context_nat = context_nat;
    return tr_fit_line(rows, isnan(context_nat) ? 2 : 3, -1, &out->kv);
}

/* ---- what models are like ------------------------------------------------------------------ */

static double nearness(const tr_open_row *row, const tr_learn_ask *ask)
{
    double z = 0.0;
    if (!isnan(ask->launch_year) && !isnan(row->launch_year))
        z += (row->launch_year - ask->launch_year) * (row->launch_year - ask->launch_year) /
             (NEAR_YEAR * NEAR_YEAR);
    if (ask->context_token > 0.0 && row->context_token > 0.0) {
        const double d = tr_log(row->context_token / ask->context_token) / NEAR_LOG_CONTEXT;
        z += d * d;
    }
    return tr_exp(-0.5 * z);
}

static void describe(const teachers *t, const tr_learn_ask *ask, tr_lessons *out)
{
    double n = 0.0, mean = 0.0, square = 0.0, all = 0.0, dense = 0.0, sparse = 0.0, log_sum = 0.0,
           log_square = 0.0;
    for (size_t i = 0; i < t->count; i++) {
        const tr_open_row *r = t->row[i];
        if (!t->is_first[i])
            continue;
        n += 1.0;
        mean += r->active_nat;
        square += r->active_nat * r->active_nat;
        const double w = nearness(r, ask), s = r->total_nat - r->active_nat;
        all += w;
        if (s < tr_log(DENSE_RATIO)) {
            dense += w;
            continue;
        }
        sparse += w;
        log_sum += w * s;
        log_square += w * s * s;
    }
    mean /= n;
    out->active_mean_nat = mean;
    out->active_deviation_nat = sqrt((square / n - mean * mean) * n / (n - 1.0));
    /* One of each kind is added, so that nothing is certain; so is the scatter of 1 of a model never seen. */
    out->dense_share = (dense + 1.0) / (all + 2.0);
    out->sparse_mean_nat = (log_sum + 2.3) / (sparse + 1.0);
    const double about = log_square - 2.0 * out->sparse_mean_nat * log_sum +
                         out->sparse_mean_nat * out->sparse_mean_nat * sparse;
    out->sparse_deviation_nat = sqrt((about + 1.0) / (sparse + 1.0) * (1.0 + 1.0 / (sparse + 1.0)));
}

tr_status tr_learn(const tr_open_rows *rows, const tr_learn_ask *ask, tr_fit_rows *scratch, tr_lessons *out,
                   tr_error *err)
{
    teachers t;
    memset(out, 0, sizeof *out);
    choose(rows, ask, &t, &out->learned);
    out->fast_share = ask->is_fast ? 1.0 : 0.0;
    if (t.count < 20 || !fit_input(&t, scratch, out) || !fit_ratio(&t, scratch, out) ||
        !fit_kv(&t, ask->context_token > 0.0 ? tr_log(ask->context_token) : (double)NAN, scratch, out))
        return tr_fail(err, TR_ENOFIT, "prices", (double)t.count,
                       "only %zu prices of open models are left to learn from: 20 are needed", t.count);
    out->has_cached = fit_cached(&t, scratch, out);
    describe(&t, ask, out);
    out->learned.fixed_param = out->fixed_param;
    out->learned.power_ratio = out->input.coefficient_nat[1];
    double v;
    out->learned.usd_per_mtoken = tr_exp(tr_lesson_input_nat(out, LOG_REFERENCE_PARAM, &v));
    out->learned.scatter_nat = sqrt(out->input.within_nat + out->input.own_variance_nat);
    return TR_OK;
}

/* ---- what the lines say ----------------------------------------------------------------------- */

double tr_lesson_input_nat(const tr_lessons *l, double active_nat, double *variance_nat)
{
    const double x[3] = {1.0, log_size(active_nat, l->fixed_param), l->fast_share};
    return tr_fit_nat(&l->input, x, variance_nat);
}

double tr_lesson_input_density_ratio(const tr_lessons *l, double active_nat, double input_nat)
{
    const double x[3] = {1.0, log_size(active_nat, l->fixed_param), l->fast_share};
    return tr_fit_density_ratio(&l->input, x, input_nat);
}

double tr_lesson_ratio_density_ratio(const tr_lessons *l, double sparsity_nat, double log_ratio)
{
    const double x[3] = {1.0, sparsity_nat, 0.0};
    return tr_fit_density_ratio(&l->ratio, x, log_ratio);
}

double tr_lesson_cached_density_ratio(const tr_lessons *l, double kv_nat, double log_cached_ratio)
{
    const double x[3] = {1.0, kv_nat, 0.0};
    return tr_fit_density_ratio(&l->cached, x, log_cached_ratio);
}

double tr_lesson_kv_nat(const tr_lessons *l, double active_nat, double *variance_nat)
{
    const double x[3] = {1.0, active_nat, l->context_nat};
    return tr_fit_nat(&l->kv, x, variance_nat);
}

double tr_lesson_kv_density_ratio(const tr_lessons *l, double active_nat, double kv_nat)
{
    const double x[3] = {1.0, active_nat, l->context_nat};
    return tr_fit_density_ratio(&l->kv, x, kv_nat);
}

double tr_lesson_active_nat(const tr_lessons *l, double input_nat)
{
    const tr_fit *f = &l->input;
    const double size =
        (input_nat - f->coefficient_nat[0] - f->own_shift_nat - l->fast_share * f->coefficient_nat[2]) /
        f->coefficient_nat[1];
    const double active = tr_exp(size + LOG_REFERENCE_PARAM) - l->fixed_param;
    return tr_log(active > 1e8 ? active : 1e8);
}
