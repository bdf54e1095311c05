/* ask/oracle.c -- gathers what `oracle` answers: the prices, what each says alone, and all of them together. */
#include "ask/oracle.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

#define REFERENCE_CHIP "h100-sxm"
#define REFERENCE_MFU 0.45

/* ---- the prices ------------------------------------------------------------------------- */

static tr_status prices_of(tr_oracle_page *o, tr_error *err)
{
    const char *text = tr_input_text(o->scenario, TR_IN_PRICES);
    const double speed = tr_input_number(o->scenario, TR_IN_FAST_SPEED);
    tr_price_evidence *e = &o->question.evidence;
    tr_status s;
    if (text[0] == '\0')
        return tr_fail(err, TR_EMISSING, "prices", 0.0,
                       "expected a price of `tokenroof prices`, or numbers: input=0.27,output=1.10,cached=0.07");
    if (tr_is_inline(text)) {
        s = tr_price_evidence_inline(text, e, err);
        (void)tr_text_copy(o->name, sizeof o->name, "these prices");
    } else {
        s = tr_price_named(text, &o->price, err);
        if (s == TR_OK)
            s = tr_price_evidence_of(o->price, e, err);
        if (s == TR_OK)
            (void)snprintf(o->name, sizeof o->name, "%s/%s", o->price->provider, o->price->model);
    }
    if (s != TR_OK || isnan(speed))
        return s;
    if (!isnan(e->fast_speed_ratio))
        return tr_fail(err, TR_ECONFLICT, "fast_speed_ratio", speed, "the fast mode's speed is given twice");
    e->fast_speed_ratio = speed;
    if (isnan(e->fast_price_ratio) && o->price != NULL)
        return tr_fail(err, TR_ECONFLICT, "fast_speed_ratio", speed,
                       "no fast-mode price of %.120s is published, so --fast-speed cannot be used", o->name);
    return tr_price_evidence_check(e, err);
}

/* ---- what else is evidence ---------------------------------------------------------------- */

/* Parts of a text between '+', one after another; 0 when there is no further one. */
static int next_part(const char **at, char *out, size_t size)
{
    const size_t length = strcspn(*at, "+");
    if (**at == '\0')
        return 0;
    (void)tr_text_copy_span(out, size, *at, length);
    *at += length + ((*at)[length] == '+');
    return 1;
}

/* "80@1k+62@64k": a value, and the context it was measured at. */
static tr_status measures_of(const tr_oracle_page *o, tr_input_id id, tr_unit unit, tr_oracle_measure *out,
                             tr_error *err)
{
    const char *at = tr_input_text(o->scenario, id), *option = tr_input_at(id)->option;
    char part[64];
    for (int n = 0; next_part(&at, part, sizeof part); n++) {
        char *context = strchr(part, '@');
        tr_error inner;
        if (n == TR_ORACLE_MEASURE_MAX)
            return tr_fail(err, TR_ECAPACITY, option, n, "--%s takes at most %d measurements", option,
                           TR_ORACLE_MEASURE_MAX);
        if (context == NULL)
            return tr_fail(err, TR_EPARSE, option, 0.0,
                           "--%s: expected the context behind @, such as %s@4k, as speeds change with it",
                           option, part);
        *context++ = '\0';
        tr_status s = tr_quantity_parse(part, unit, &out[n].value, &inner);
        if (s == TR_OK)
            s = tr_quantity_parse(context, TR_UNIT_CONTEXT, &out[n].context_token, &inner);
        if (s == TR_OK && !(out[n].value > 0.0))
            return tr_fail(err, TR_EDOMAIN, option, out[n].value, "--%s: what was measured is above 0", option);
        if (s != TR_OK)
            return tr_fail(err, s, option, 0.0, "--%s: %.300s", option, inner.text);
    }
    return TR_OK;
}

static tr_status siblings_of(tr_oracle_page *o, tr_error *err)
{
    const char *at = tr_input_text(o->scenario, TR_IN_SIBLING);
    char part[112];
    for (int n = 0; next_part(&at, part, sizeof part); n++) {
        if (n == TR_ORACLE_SIBLING_MAX)
            return tr_fail(err, TR_ECAPACITY, "sibling", n, "--sibling takes at most %d prices", TR_ORACLE_SIBLING_MAX);
        const tr_status s = tr_price_named(part, &o->question.sibling[n], err);
        if (s != TR_OK)
            return s;
        if (o->question.sibling[n]->catalog_model[0] == '\0')
            return tr_fail(err, TR_EMISSING, "sibling", 0.0,
                           "the size of %.80s is not public: a sibling is an open model with a price", part);
    }
    return TR_OK;
}

static tr_status evidence_of(tr_oracle_page *o, tr_error *err)
{
    tr_oracle_question *q = &o->question;
    const char *launch = tr_input_text(o->scenario, TR_IN_LAUNCH);
    const tr_launch *known = tr_launch_of(o->price);
    q->price = o->price;
    q->launch_year = (double)NAN;
    (void)tr_text_copy(o->launch, sizeof o->launch, launch[0] != '\0' ? launch : known != NULL ? known->date : "");
    tr_status s = o->launch[0] != '\0' ? tr_launch_year_parse(o->launch, &q->launch_year, err) : TR_OK;
    if (s == TR_OK)
        s = siblings_of(o, err);
    if (s == TR_OK)
        s = measures_of(o, TR_IN_MEASURED_SPEED, TR_UNIT_TOKEN_PER_S, q->speed, err);
    return s == TR_OK ? measures_of(o, TR_IN_MEASURED_TTFT, TR_UNIT_SECOND, q->ttft, err) : s;
}

/* ---- what is known ------------------------------------------------------------------------ */

static double kv_of(const tr_scenario *scenario, const tr_model *model)
{
    tr_dtype dtype = (tr_dtype)tr_input_choice(scenario, TR_IN_KV_DTYPE);
    if (dtype == TR_DTYPE_NATIVE)
        dtype = model->kv_dtype;
    return model->kv_byte_per_token > 0.0 ? model->kv_byte_per_token
                                          : tr_model_kv_byte_per_token(model, tr_dtype_byte(dtype));
}

static tr_status known_of(tr_oracle_page *o, const tr_model *known, const tr_system *system, tr_error *err)
{
    tr_oracle_question *q = &o->question;
    const int kind = tr_input_choice(o->scenario, TR_IN_PRICE);
    const double price = kind >= 0 && system != NULL ? system->usd_per_hour / system->chip_count
                                                     : tr_input_number(o->scenario, TR_IN_PRICE);
    if (kind >= 0 && system == NULL)
        return tr_fail(err, TR_EMISSING, "system", 0.0,
                       "a kind of price needs a chip: name one with --system, or give --price a number");
    q->active_param = q->kv_byte_per_token = (double)NAN;
    q->total_param = tr_input_number(o->scenario, TR_IN_STATED_TOTAL);
    q->chip_usd_per_hour = isnan(price) ? (double)NAN : price;
    if (price <= 0.0)
        return tr_fail(err, TR_EDOMAIN, "chip_usd_per_hour", price, "a chip that costs nothing cannot explain a price");
    q->progress = tr_scenario_progress(o->scenario);
    q->sample_count = (uint64_t)tr_input_number(o->scenario, TR_IN_SAMPLES);
    q->seed = (uint64_t)tr_input_number(o->scenario, TR_IN_DRAW_SEED);
    if (known != NULL && !isnan(q->total_param))
        return tr_fail(err, TR_ECONFLICT, "stated_total_param", q->total_param,
                       "--model says how many parameters there are: leave out --total");
    if (known != NULL) {
        const double kv = kv_of(o->scenario, known);
        q->active_param = known->active_param;
        q->total_param = known->total_param;
        q->kv_byte_per_token = kv > 0.0 ? kv : (double)NAN;
        o->known[TR_UNKNOWN_ACTIVE] = o->known[TR_UNKNOWN_TOTAL] = 1;
        o->known[TR_UNKNOWN_KV] = kv > 0.0;
    }
    if (tr_input_is_set(o->scenario, TR_IN_CHIP_COUNT))
        return tr_fail(err, TR_ECONFLICT, "chip_count", 0.0,
                       "what a token costs does not change with the number of chips: leave out --count");
    const tr_chip *reference = system != NULL ? &system->chip : tr_chip_catalog_find(REFERENCE_CHIP);
    if (reference == NULL)
        return tr_fail(err, TR_EUNKNOWN, "system", 0.0, "the catalog has no %s", REFERENCE_CHIP);
    o->chip = *reference;
    if (system != NULL) {
        q->chip = &o->chip;
        if (system->price_kind != system->chip.price_kind) { /* a price of the whole */
            o->chip.usd_per_hour = system->usd_per_hour / system->chip_count;
            o->chip.price_kind = system->price_kind;
        }
    }
    o->known[TR_UNKNOWN_CHIP_PRICE] = !isnan(q->chip_usd_per_hour);
    return TR_OK;
}

/* The same model in the catalog, where its weights are public: not used, only compared. */
static void truth_of(tr_oracle_page *o, const tr_model *known)
{
    for (int u = 0; u < TR_UNKNOWN_COUNT; u++)
        o->truth[u] = (double)NAN;
    if (known != NULL || o->price == NULL || o->price->catalog_model[0] == '\0')
        return;
    tr_model *model = malloc(sizeof *model);
    if (model != NULL && tr_model_catalog_get(o->price->catalog_model, model, NULL) == TR_OK) {
        (void)tr_text_copy(o->truth_name, sizeof o->truth_name, model->name);
        o->truth[TR_UNKNOWN_ACTIVE] = model->active_param;
        o->truth[TR_UNKNOWN_TOTAL] = model->total_param;
        o->truth[TR_UNKNOWN_KV] = kv_of(o->scenario, model);
    }
    free(model);
}

/* ---- one at a time -------------------------------------------------------------------------- */

static void cells_of(tr_oracle_page *o, const tr_chip *chip)
{
    static const tr_dtype dtypes[] = {TR_DTYPE_BF16, TR_DTYPE_FP8, TR_DTYPE_FP4};
    for (int d = 0; d < 3; d++) {
        double flop_per_s = 0.0;
        tr_dtype used;
        if (o->cells == TR_ORACLE_CELLS || tr_chip_math(chip, dtypes[d], &flop_per_s, &used, NULL) != TR_OK ||
            used != dtypes[d])
            continue;
        tr_oracle_cell *cell = &o->cell[o->cells++];
        (void)tr_text_copy(cell->chip, sizeof cell->chip, chip->name);
        cell->dtype = dtypes[d];
        for (int i = 0; i < o->sizes; i++)
            cell->kv_byte_per_token[i] =
                tr_implied_kv_byte_per_token(o->size_param[i], flop_per_s, chip->memory_byte_per_s,
                                             o->question.evidence.long_above_token, 0.0);
    }
}

static tr_status deduce(tr_oracle_page *o, tr_error *err)
{
    static const double sizes[TR_ORACLE_SIZES] = {10e9, 30e9, 100e9, 300e9};
    static const char others[][16] = {"gb200", "tpu-v6e"};
    const tr_price_evidence *e = &o->question.evidence;
    const int is_known = o->known[TR_UNKNOWN_ACTIVE];
    tr_status s = tr_chip_math(&o->chip, TR_DTYPE_FP8, &o->flop_per_s, &o->math, err);
    if (s != TR_OK)
        return s;
    o->usd_per_hour =
        isnan(o->question.chip_usd_per_hour) ? tr_oracle_chip_usd_per_hour(&o->chip) : o->question.chip_usd_per_hour;
    o->mfu = REFERENCE_MFU;
    o->sizes = is_known ? 1 : TR_ORACLE_SIZES;
    memcpy(o->size_param, sizes, sizeof sizes);
    if (is_known)
        o->size_param[0] = o->question.active_param;
    o->memory_ratio = tr_implied_memory_ratio(e->output_usd_per_mtoken / e->input_usd_per_mtoken, 1.0);
    o->balance_token = tr_dtype_byte(o->math) * o->flop_per_s / (2.0 * o->chip.memory_byte_per_s);
    o->dense_batch_seq = tr_implied_batch_seq(o->memory_ratio, 0.0, o->balance_token);
    o->sparsity_ratio = o->known[TR_UNKNOWN_TOTAL] ? o->question.total_param / o->question.active_param : 1.0;
    for (int i = 0; i < o->sizes && o->usd_per_hour > 0.0; i++) {
        s = tr_price_level_of(e->input_usd_per_mtoken, o->size_param[i], o->flop_per_s, o->mfu,
                              o->usd_per_hour / 3600.0, &o->level[i], err);
        if (s != TR_OK)
            return s;
    }
    if (e->long_above_token > 0.0) {
        cells_of(o, &o->chip);
        for (int i = 0; i < 2 && o->question.chip == NULL; i++) {
            const tr_chip *chip = tr_chip_catalog_find(others[i]);
            if (chip != NULL)
                cells_of(o, chip);
        }
        o->long_context_token = tr_implied_context_token(e->long_above_token, e->long_output_ratio);
    }
    for (int i = 0; i < o->chip.tier_count; i++)
        o->affordable_byte[i] =
            tr_affordable_kv_byte_per_token(e->cached_read_usd_per_mtoken, o->chip.tier[i].read_byte_per_s,
                                            o->usd_per_hour / 3600.0, 1.0);
    const size_t tiers = (size_t)o->chip.tier_count;
    o->tier_5m = e->write_5m_usd_per_mtoken > 0.0 ? tr_implied_tier(o->chip.tier, tiers, 300.0) : -1;
    o->tier_1h = e->write_1h_usd_per_mtoken > 0.0 ? tr_implied_tier(o->chip.tier, tiers, 3600.0) : -1;
    o->has_fast = tr_evidence_is_given(&o->question, TR_EVIDENCE_FAST);
    if (o->has_fast)
        s = tr_menu_ratio_of(e->fast_price_ratio, e->fast_speed_ratio, &o->fast, err);
    return s;
}

tr_status tr_oracle_page_of(const tr_scenario *scenario, const tr_model *known, const tr_system *system,
                            tr_oracle_page *o, tr_error *err)
{
    memset(o, 0, sizeof *o);
    o->scenario = scenario;
    tr_status s = prices_of(o, err);
    if (s == TR_OK)
        s = evidence_of(o, err);
    if (s == TR_OK)
        s = known_of(o, known, system, err);
    if (s == TR_OK)
        s = deduce(o, err);
    if (s != TR_OK)
        return s;
    truth_of(o, known);
    return tr_oracle_infer(&o->question, &o->answer, err);
}

int tr_oracle_holds(const tr_oracle_band *band, double value)
{
    return value >= 0.999 * band->min && value <= 1.001 * band->max;
}
