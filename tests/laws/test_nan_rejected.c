/* tests/laws/test_nan_rejected.c -- law: a NaN never comes out as a plausible number.
 *
 * The fields are read from the headers (double_fields.py), so that a field is
 * poisoned here from the day it is declared. What returns a status must refuse
 * and leave its output untouched; what returns a double must return NaN.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>

#include <cmocka.h>

#include <tokenroof/tokenroof.h>

#include "lab/lab.h"
#include "life/reversible_limits.h"
#include "life/train_memory.h"
#include "price/cache_place.h"
#include "price/oracle_parts.h"
#include "price/published_day.h"

typedef struct field {
    const char *name;
    size_t offset;
    size_t count;
} field;

#include "double_fields.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NOT_A_NUMBER ((double)NAN)

/* A number no function here would write. */
static const unsigned char UNTOUCHED = 0xA5;

typedef tr_status (*taker)(const void *poisoned, void *out, tr_error *err);

static void put(void *base, size_t offset, double value) { memcpy((char *)base + offset, &value, sizeof value); }

/* Names in `except` are documented not to be looked at. */
/* An entry that ends in a dot stands for all that begins with it. */
static int is_listed(const char *name, const char *const *except)
{
    for (; except != NULL && *except != NULL; except++) {
        const size_t n = strlen(*except);
        if (strcmp(name, *except) == 0 || ((*except)[n - 1] == '.' && strncmp(name, *except, n) == 0))
            return 1;
    }
    return 0;
}

/* Call take() with each field of *good poisoned in turn. */
static void refuses_each(const char *what, const field *fields, size_t field_count, const void *good, size_t size,
                         size_t out_size, taker take, const char *const *except)
{
    unsigned char *input = malloc(size), *out = malloc(out_size), *before = malloc(out_size);
    assert_true(input != NULL && out != NULL && before != NULL);
    memset(before, UNTOUCHED, out_size);
    tr_error err;
    memset(&err, 0, sizeof err);
    memcpy(input, good, size);
    memcpy(out, before, out_size);
    if (take(input, out, &err) != TR_OK)
        fail_msg("%s refuses the good input: %s", what, err.text);
    int bad = 0;
    for (size_t f = 0; f < field_count; f++) {
        if (is_listed(fields[f].name, except))
            continue;
        for (size_t i = 0; i < fields[f].count; i++) {
            memcpy(input, good, size);
            memcpy(out, before, out_size);
            memset(&err, 0, sizeof err);
            put(input, fields[f].offset + i * sizeof(double), NOT_A_NUMBER);
            const tr_status status = take(input, out, &err);
            if (status == TR_OK) {
                print_error("# %s: takes a NaN in %s[%zu]\n", what, fields[f].name, i);
                bad++;
            } else if (memcmp(out, before, out_size) != 0) {
                print_error("# %s: refuses %s[%zu] and touches its output\n", what, fields[f].name, i);
                bad++;
            } else if (err.status != status || err.text[0] == '\0') {
                print_error("# %s: refuses %s[%zu] and does not say why\n", what, fields[f].name, i);
                bad++;
            }
        }
    }
    free(input);
    free(out);
    free(before);
    assert_int_equal(bad, 0);
}

/* ---- good values to start from ---------------------------------------------- */

typedef struct good {
    tr_model model;
    tr_system system;
    tr_roofline roof;
    tr_shard shard;
    tr_calibration calibration;
} good;

static const tr_layout good_layout = {1, 72, 72, 1, 1, 0};

static void make_good(good *g)
{
    tr_error err;
    if (tr_model_catalog_get("deepseek-v3", &g->model, &err) != TR_OK ||
        tr_system_catalog_get("gb200-nvl72", &g->system, &err) != TR_OK ||
        tr_roofline_of(&g->model, &g->system, NULL, NULL, &g->roof, &err) != TR_OK ||
        tr_calibration_find(&g->system.chip, "vllm", NULL, &g->calibration, &err) != TR_OK ||
        tr_shard_of(&g->model, &g->system, tr_engine_default(), &good_layout, NULL, &g->shard, &err) != TR_OK)
        fail_msg("the catalog has no deepseek-v3 on a gb200-nvl72: %s", err.text);
}

static int setup(void **state)
{
    good *g = calloc(1, sizeof *g);
    if (g == NULL)
        return -1;
    make_good(g);
    *state = g;
    return 0;
}

static int teardown(void **state)
{
    free(*state);
    return 0;
}

/* ---- chip ---------------------------------------------------------------------- */

static tr_status take_chip_check(const void *chip, void *out, tr_error *err)
{
    (void)out;
    return tr_chip_check(chip, err);
}

static tr_status take_system_of(const void *chip, void *out, tr_error *err)
{
    return tr_system_of(chip, 8.0, out, err);
}

static tr_status take_system_numbers(const void *numbers, void *out, tr_error *err)
{
    return tr_system_from_numbers(numbers, out, err);
}

static void a_chip_with_a_nan_is_refused(void **state)
{
    const good *g = *state;
    assert_true(g->system.chip.tier_count >= 1);
    refuses_each("tr_chip_check", tr_chip_field, COUNT(tr_chip_field), &g->system.chip, sizeof(tr_chip), 1,
                 take_chip_check, NULL);
    refuses_each("tr_system_of", tr_chip_field, COUNT(tr_chip_field), &g->system.chip, sizeof(tr_chip),
                 sizeof(tr_system), take_system_of, NULL);
}

static void a_system_of_nan_chips_is_refused(void **state)
{
    const good *g = *state;
    tr_system out;
    tr_error err;
    assert_int_not_equal(tr_system_of(&g->system.chip, NOT_A_NUMBER, &out, &err), TR_OK);
}

static void a_system_from_numbers_with_a_nan_is_refused(void **state)
{
    (void)state;
    const tr_chip_numbers numbers = {.flop_per_s = 2e15, .memory_byte_per_s = 3.35e12, .memory_byte = 80e9,
                                     .usd_per_hour = 2.5};
    refuses_each("tr_system_from_numbers", tr_chip_numbers_field, COUNT(tr_chip_numbers_field), &numbers,
                 sizeof numbers, sizeof(tr_system), take_system_numbers, NULL);
}

/* ---- model ---------------------------------------------------------------------- */

static tr_status take_model_numbers(const void *numbers, void *out, tr_error *err)
{
    return tr_model_from_numbers(numbers, out, err);
}

static void a_model_from_numbers_with_a_nan_is_refused(void **state)
{
    (void)state;
    const tr_model_numbers numbers = {.total_param = 671e9, .active_param = 37e9, .kv_byte_per_token = 70272,
                                      .weight_byte = 1};
    refuses_each("tr_model_from_numbers", tr_model_numbers_field, COUNT(tr_model_numbers_field), &numbers,
                 sizeof numbers, sizeof(tr_model), take_model_numbers, NULL);
}

static void a_config_key_with_a_nan_is_refused(void **state)
{
    (void)state;
    tr_config *config = tr_config_create();
    assert_non_null(config);
    assert_int_equal(tr_config_set_number(config, "hidden_size", NOT_A_NUMBER, 3, NULL), TR_EDOMAIN);
    assert_int_equal(tr_config_set_number(config, "hidden_size", HUGE_VAL, 3, NULL), TR_EDOMAIN);
    assert_int_equal(tr_config_set_number(config, "hidden_size", 4096.0, 3, NULL), TR_OK);
    tr_config_destroy(config);
}

static void bytes_and_flops_of_a_nan_context_are_nan(void **state)
{
    const good *g = *state;
    assert_true(isnan(tr_model_kv_store_byte(&g->model, NOT_A_NUMBER, 1.0)));
    assert_true(isnan(tr_model_kv_read_byte(&g->model, NOT_A_NUMBER, 1.0)));
    assert_true(isnan(tr_model_attention_flop(&g->model, NOT_A_NUMBER)));
    assert_true(isnan(tr_model_prefill_attention_flop(&g->model, NOT_A_NUMBER, 1.0)));
    assert_true(isnan(tr_model_prefill_attention_flop(&g->model, 1.0, NOT_A_NUMBER)));
}

/* ---- pass and rate ----------------------------------------------------------------------- */

typedef struct step_input {
    tr_roofline roof;
    tr_load load;
} step_input;

static tr_status take_step(const void *input, void *out, tr_error *err)
{
    const step_input *in = input;
    return tr_bound_step(&in->roof, &in->load, out, err);
}

typedef struct roof_input {
    tr_system system;
    const tr_model *model;
} roof_input;

static tr_status take_roofline(const void *input, void *out, tr_error *err)
{
    const roof_input *in = input;
    return tr_roofline_of(in->model, &in->system, NULL, NULL, out, err);
}

static void a_step_with_a_nan_load_is_refused(void **state)
{
    const good *g = *state;
    step_input in = {.roof = g->roof,
                     .load = {.phase = TR_PHASE_PREFILL, .batch_seq = 4, .context_token = 100, .query_token = 512}};
    field moved[COUNT(tr_load_field)];
    for (size_t i = 0; i < COUNT(moved); i++) {
        moved[i] = tr_load_field[i];
        moved[i].offset += offsetof(step_input, load);
    }
    refuses_each("tr_bound_step (prefill load)", moved, COUNT(moved), &in, sizeof in, sizeof(tr_step), take_step, NULL);
    in.load.phase = TR_PHASE_DECODE;
    static const char *const decode_ignores[] = {"query_token", NULL};
    refuses_each("tr_bound_step (decode load)", moved, COUNT(moved), &in, sizeof in, sizeof(tr_step), take_step,
                 decode_ignores);
}

static void a_step_on_a_nan_roofline_is_refused(void **state)
{
    const good *g = *state;
    const step_input in = {.roof = g->roof,
                           .load = {.phase = TR_PHASE_DECODE, .batch_seq = 4, .context_token = 100}};
    refuses_each("tr_bound_step (roofline)", tr_roofline_field, COUNT(tr_roofline_field), &in, sizeof in,
                 sizeof(tr_step), take_step, NULL);
}

static void a_roofline_of_a_nan_system_is_refused(void **state)
{
    const good *g = *state;
    const roof_input in = {.system = g->system, .model = &g->model};
    /* A roofline is of rates and sizes: the rest of a chip is checked where a chip is read (tr_chip_check). */
    static const char *const not_looked_at[] = {
        "chip.flop_per_s", "chip.measured_flop_per_s", "chip.power_w", "chip.all_in_power_w", "chip.idle_power_w",
        "chip.label_memory_byte", "chip.cache_byte", "chip.cache_byte_per_s", "chip.core_count",
        "chip.vector_flop_per_s", "chip.fast_core_count",
        "chip.memory_channel_count", "chip.pair_byte_per_s", "chip.torus_dimension", "chip.host_byte_per_s",
        "chip.scaleup_byte_per_s", "chip.scaleup_domain_chip", "chip.scaleout_byte_per_s", "chip.usd_per_hour",
        "chip.quote[0].usd_per_hour", "chip.quote[0].low_usd_per_hour", "chip.quote[0].high_usd_per_hour",
        "chip.tier[0].capacity_byte",
        "chip.tier[0].read_byte_per_s", "chip.tier[0].write_byte_per_s", "chip.tier[0].usd_per_byte_s",
        "chip.tier[0].usd_per_byte", "domain_chip", "host.", "host_count", NULL};
    refuses_each("tr_roofline_of", tr_system_field, COUNT(tr_system_field), &in, sizeof in, sizeof(tr_roofline),
                 take_roofline, not_looked_at);
}

static void a_nan_ceiling_is_not_an_absent_one(void **state)
{
    const good *g = *state;
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++) {
        tr_chip chip = g->system.chip;
        double flop_per_s = -1.0;
        tr_dtype used = TR_DTYPE_COUNT;
        tr_error err;
        assert_int_equal(tr_chip_math(&chip, (tr_dtype)d, &flop_per_s, &used, &err), TR_OK);
        chip.flop_per_s[used] = NOT_A_NUMBER;
        flop_per_s = -1.0;
        assert_int_equal(tr_chip_math(&chip, (tr_dtype)d, &flop_per_s, &used, &err), TR_EDOMAIN);
        assert_true(flop_per_s == -1.0);
    }
}

typedef struct named_value {
    const char *name;
    double value;
} named_value;

static size_t values_of(const tr_roofline *roof, named_value *out)
{
    const named_value all[] = {
        {"tr_floor_s", tr_floor_s(roof)},
        {"tr_ridge_flop_per_byte", tr_ridge_flop_per_byte(roof)},
        {"tr_balance_batch_seq", tr_balance_batch_seq(roof, 100.0)},
        {"tr_balance_context_token", tr_balance_context_token(roof)},
        {"tr_cliff_context_token", tr_cliff_context_token(roof, 8.0)},
        {"tr_roofline_kv_read_byte", tr_roofline_kv_read_byte(roof, 100.0)},
        {"tr_drain_s", tr_drain_s(roof)},
        {"tr_weight_intensity_flop_per_byte", tr_weight_intensity_flop_per_byte(roof, 8.0)},
        {"tr_attention_intensity_flop_per_byte", tr_attention_intensity_flop_per_byte(roof, 100.0)},
    };
    memcpy(out, all, sizeof all);
    return COUNT(all);
}

static void values_of_a_nan_roofline_are_nan(void **state)
{
    const good *g = *state;
    named_value v[32];
    size_t n = values_of(&g->roof, v);
    int bad = 0;
    for (size_t i = 0; i < n; i++)
        assert_true(!isnan(v[i].value));
    for (size_t f = 0; f < COUNT(tr_roofline_field); f++) {
        tr_roofline roof = g->roof;
        put(&roof, tr_roofline_field[f].offset, NOT_A_NUMBER);
        n = values_of(&roof, v);
        for (size_t i = 0; i < n; i++) {
            /* A value may be of what it does not depend on, but only if the whole roofline is not refused. */
            if (!isnan(v[i].value)) {
                print_error("# %s: a NaN in %s gives %g\n", v[i].name, tr_roofline_field[f].name, v[i].value);
                bad++;
            }
        }
    }
    assert_int_equal(bad, 0);
}

static void values_at_a_nan_batch_or_context_are_nan(void **state)
{
    const good *g = *state;
    const double x = NOT_A_NUMBER;
    assert_true(isnan(tr_balance_batch_seq(&g->roof, x)));
    assert_true(isnan(tr_cliff_context_token(&g->roof, x)));
    assert_true(isnan(tr_roofline_kv_read_byte(&g->roof, x)));
    assert_true(isnan(tr_shard_max_batch_seq(&g->shard, x)));
    assert_true(isnan(tr_shard_max_context_token(&g->shard, x)));
    assert_true(isnan(tr_shard_seq_byte(&g->shard, x)));
    assert_true(isnan(tr_shard_used_byte(&g->shard, x, 1.0)) && isnan(tr_shard_used_byte(&g->shard, 1.0, x)));
    assert_true(isnan(tr_weight_intensity_flop_per_byte(&g->roof, x)));
    assert_true(isnan(tr_attention_intensity_flop_per_byte(&g->roof, x)));
    assert_true(isnan(tr_expert_touched_share(x, 4.0)));
    assert_true(isnan(tr_expert_touched_share(0.9, x)));
}

static tr_status take_evidence(const void *in, void *out, tr_error *err)
{
    const tr_price_evidence *e = in;
    const tr_status s = tr_price_evidence_check(e, err);
    if (s == TR_OK)
        memcpy(out, e, sizeof *e);
    return s;
}

static tr_status take_fleet_day(const void *in, void *out, tr_error *err) { return tr_fleet_day_of(in, out, err); }

static tr_status take_oracle(const void *in, void *out, tr_error *err) { return tr_oracle_infer(in, out, err); }

/* NaN is "not given", but for the two prices that everything rests on. */
static const char *const may_be_missing[] = {
    "cached_read_usd_per_mtoken", "write_5m_usd_per_mtoken", "write_1h_usd_per_mtoken", "long_input_ratio",
    "long_output_ratio", "fast_speed_ratio", "evidence.cached_read_usd_per_mtoken", "evidence.write_5m_usd_per_mtoken",
    "evidence.write_1h_usd_per_mtoken", "evidence.long_input_ratio", "evidence.long_output_ratio",
    "evidence.fast_speed_ratio", "kv_byte_per_token", "chip_usd_per_hour", "total_param", "batch_price_ratio",
    "context_token", "evidence.batch_price_ratio", "evidence.context_token", "launch_year", "active_param", NULL};

static void a_nan_price_or_day_is_refused(void **state)
{
    (void)state;
    const tr_oracle_question question = {.evidence = {5, 25, 0.5, 6.25, 10, 2e5, 2, 1.5, 6, 2.5, 0.5, 1e6},
                                         .active_param = 1e11, .total_param = 1e12, .kv_byte_per_token = 1e4,
                                         .chip_usd_per_hour = 2, .launch_year = 2025, .speed = {{80, 1000}},
                                         .ttft = {{0.5, 1000}}, .sample_count = 2000, .seed = 1};
    refuses_each("tr_price_evidence_check", tr_price_evidence_field, COUNT(tr_price_evidence_field), &question.evidence,
                 sizeof question.evidence, sizeof(tr_price_evidence), take_evidence, may_be_missing);
    refuses_each("tr_oracle_infer", tr_oracle_question_field, COUNT(tr_oracle_question_field), &question,
                 sizeof question, sizeof(tr_oracle_answer), take_oracle, may_be_missing);
    const tr_fleet_day day = {226.75, 8, 2, 608e9, 342e9, 168e9, 73700, 14800, 21, 144, 5278, 0.55, 0.14, 2.19};
    refuses_each("tr_fleet_day_of", tr_fleet_day_field, COUNT(tr_fleet_day_field), &day, sizeof day,
                 sizeof(tr_fleet_answer), take_fleet_day, NULL);
}

static void deductions_from_a_nan_are_nan(void **state)
{
    (void)state;
    const double x = NOT_A_NUMBER;
    tr_price_level level = {0};
    assert_true(isnan(tr_implied_memory_ratio(x, 1)) && isnan(tr_implied_memory_ratio(5, x)));
    assert_true(isnan(tr_implied_batch_seq(x, 0, 2400)) && isnan(tr_implied_batch_seq(5, x, 2400)));
    assert_true(isnan(tr_implied_batch_seq(5, 0, x)));
    assert_true(isnan(tr_implied_kv_byte_per_token(x, 1e15, 1e12, 2e5, 0)));
    assert_true(isnan(tr_implied_kv_byte_per_token(1e11, x, 1e12, 2e5, 0)));
    assert_true(isnan(tr_implied_kv_byte_per_token(1e11, 1e15, x, 2e5, 0)));
    assert_true(isnan(tr_implied_kv_byte_per_token(1e11, 1e15, 1e12, x, 0)));
    assert_true(isnan(tr_implied_kv_byte_per_token(1e11, 1e15, 1e12, 2e5, x)));
    assert_true(isnan(tr_implied_context_token(x, 1.5)) && isnan(tr_implied_context_token(2e5, x)));
    assert_int_equal(tr_implied_tier(NULL, 0, x), -1);
    assert_true(isnan(tr_affordable_kv_byte_per_token(x, 1e9, 1, 1)));
    assert_true(isnan(tr_affordable_kv_byte_per_token(1, x, 1, 1)));
    assert_true(isnan(tr_affordable_kv_byte_per_token(1, 1e9, x, 1)));
    assert_true(isnan(tr_affordable_kv_byte_per_token(1, 1e9, 1, x)));
    assert_int_equal(tr_price_level_of(x, 1e9, 1e15, 0.5, 1, &level, NULL), TR_EDOMAIN);
    assert_int_equal(tr_price_level_of(1, x, 1e15, 0.5, 1, &level, NULL), TR_EDOMAIN);
    assert_int_equal(tr_price_level_of(1, 1e9, x, 0.5, 1, &level, NULL), TR_EDOMAIN);
    assert_int_equal(tr_price_level_of(1, 1e9, 1e15, x, 1, &level, NULL), TR_EDOMAIN);
    assert_int_equal(tr_price_level_of(1, 1e9, 1e15, 0.5, x, &level, NULL), TR_EDOMAIN);
}

static void costs_of_a_nan_place_are_nan(void **state)
{
    (void)state;
    const double x = NOT_A_NUMBER;
    const tr_place sound = {.hold_usd_per_byte_s = 1e-15, .fetch_usd_per_byte = 1e-14};
    tr_place dear = sound, far = sound;
    dear.hold_usd_per_byte_s = x;
    far.fetch_usd_per_byte = x;
    assert_true(!isnan(tr_hold_usd(&sound, 1e6, 60, 1)) && !isnan(tr_recompute_usd(1e12, 1e15, 0.5, 1e-3)));
    assert_true(isnan(tr_hold_usd(&dear, 1e6, 60, 1)) && isnan(tr_hold_usd(&far, 1e6, 60, 1)));
    assert_true(isnan(tr_hold_usd(&sound, x, 60, 1)) && isnan(tr_hold_usd(&sound, 1e6, x, 1)) &&
                isnan(tr_hold_usd(&sound, 1e6, 60, x)));
    assert_true(isnan(tr_place_break_even_s(&dear, &sound, 1)) && isnan(tr_place_break_even_s(&sound, &far, 1)) &&
                isnan(tr_place_break_even_s(&sound, &sound, x)));
    assert_true(isnan(tr_recompute_break_even_s(&dear, 1e6, 1, 1)) &&
                isnan(tr_recompute_break_even_s(&sound, x, 1, 1)) &&
                isnan(tr_recompute_break_even_s(&sound, 1e6, x, 1)) &&
                isnan(tr_recompute_break_even_s(&sound, 1e6, 1, x)));
    assert_true(isnan(tr_recompute_usd(x, 1, 1, 1)) && isnan(tr_recompute_usd(1, x, 1, 1)) &&
                isnan(tr_recompute_usd(1, 1, x, 1)) && isnan(tr_recompute_usd(1, 1, 1, x)));
    assert_true(isnan(tr_premium_hit_count(x, 0.1)) && isnan(tr_premium_hit_count(1.25, x)));
}

typedef struct place_input {
    tr_tier tier;
    tr_hold_terms terms;
} place_input;

static tr_status take_place(const void *poisoned, void *out, tr_error *err)
{
    const place_input *in = poisoned;
    return tr_place_of(&in->tier, 0, &in->terms, out, err);
}

static void a_place_of_a_nan_tier_is_refused(void **state)
{
    (void)state;
    place_input in;
    memset(&in, 0, sizeof in);
    in.tier = (tr_tier){.name = "ddr", .capacity_byte = 1e9, .read_byte_per_s = 1e9, .usd_per_byte = 1e-9};
    in.terms = (tr_hold_terms){1e-3, 1, 1e8};
    refuses_each("tr_place_of (tier)", tr_tier_field, COUNT(tr_tier_field), &in, sizeof in, sizeof(tr_place),
                 take_place, NULL);
    field moved[COUNT(tr_hold_terms_field)];
    for (size_t i = 0; i < COUNT(moved); i++) {
        moved[i] = tr_hold_terms_field[i];
        moved[i].offset += offsetof(place_input, terms);
    }
    refuses_each("tr_place_of (terms)", moved, COUNT(moved), &in, sizeof in, sizeof(tr_place), take_place, NULL);
}

static void a_nan_in_an_array_costs_its_own_element_only(void **state)
{
    const good *g = *state;
    for (int poisoned = 0; poisoned < 3; poisoned++) {
        double in[3][5], out[4][5];
        for (int i = 0; i < 5; i++) {
            in[0][i] = 8.0;
            in[1][i] = 7e6;
            in[2][i] = 1e9;
        }
        in[poisoned][2] = NOT_A_NUMBER;
        tr_bound_step_array(&g->roof, 5, in[0], in[1], in[2], out[0], out[1], out[2], out[3]);
        for (int i = 0; i < 5; i++)
            assert_int_equal(isnan(out[3][i]) != 0, i == 2);
    }
}

/* ---- scenario --------------------------------------------------------------------- */

static void no_input_takes_a_nan(void **state)
{
    (void)state;
    tr_scenario *scenario = tr_scenario_create();
    assert_non_null(scenario);
    int bad = 0;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        tr_error err;
        memset(&err, 0, sizeof err);
        if (tr_scenario_set_number(scenario, input->key, NOT_A_NUMBER, &err) == TR_OK || err.text[0] == '\0' ||
            tr_input_is_set(scenario, input->id)) {
            print_error("# %s takes a NaN\n", input->key);
            bad++;
        }
        if ((input->kind == TR_INPUT_NUMBER || input->kind == TR_INPUT_LIST) &&
            tr_scenario_set(scenario, input->key, "nan", &err) == TR_OK) {
            print_error("# %s takes the word nan\n", input->key);
            bad++;
        }
    }
    tr_scenario_destroy(scenario);
    assert_int_equal(bad, 0);
}

/* ---- base and figure ---------------------------------------------------------------- */

static void a_nan_is_no_quantity(void **state)
{
    (void)state;
    static const char *const words[] = {"nan", "NaN", "-nan", "inf", "infinity", "-inf", "nan(1)", "1e999"};
    for (int unit = 0; unit < TR_UNIT_COUNT; unit++) {
        for (size_t i = 0; i < COUNT(words); i++) {
            double out = -1.0;
            assert_int_not_equal(tr_quantity_parse(words[i], (tr_unit)unit, &out, NULL), TR_OK);
            assert_true(out == -1.0);
        }
    }
    char text[32];
    assert_int_equal(tr_number_format(NOT_A_NUMBER, text, sizeof text), 4);
    assert_string_equal(text, "null");
}

/* ---- reversible ------------------------------------------------------------------ */

static tr_status take_train_numbers(const void *numbers, void *out, tr_error *err)
{
    tr_model *model = malloc(sizeof *model);
    if (model == NULL)
        return TR_ENOMEM;
    tr_status s = tr_model_catalog_get("llama-3.1-8b", model, err);
    if (s == TR_OK)
        s = tr_train_memory_of(model, numbers, out, err);
    free(model);
    return s;
}

static tr_status take_stack(const void *stack, void *out, tr_error *err)
{
    static double param[2 * 2 * 6], x[8];
    (void)out;
    return tr_stack_draw(stack, param, x, err);
}

static void training_and_a_stack_of_nan_are_refused(void **state)
{
    const good *g = *state;
    const tr_train_numbers numbers = {16, 2, 4096, 640e9};
    const tr_stack stack = {2, 2, 2, 1, 0.5};
    tr_kv_mirror mirror;
    tr_error err;
    refuses_each("tr_train_memory_of", tr_train_numbers_field, COUNT(tr_train_numbers_field), &numbers, sizeof numbers,
                 sizeof(tr_train_memory), take_train_numbers, NULL);
    refuses_each("tr_stack_draw", tr_stack_field, COUNT(tr_stack_field), &stack, sizeof stack, sizeof(double),
                 take_stack, NULL);
    assert_int_equal(tr_kv_mirror_of(&g->model, NOT_A_NUMBER, 2, &mirror, &err), TR_EDOMAIN);
    assert_true(isnan(tr_stack_growth_ratio(NOT_A_NUMBER)));
    double param[2 * 2 * 6], x[8], work[16], y[3];
    assert_int_equal(tr_stack_draw(&stack, param, x, &err), TR_OK);
    assert_int_equal(tr_stack_growth(&stack, param, x, NOT_A_NUMBER, work, y, &err), TR_EDOMAIN);
    x[5] = NOT_A_NUMBER;
    assert_int_equal(tr_stack_growth(&stack, param, x, 0.1, work, y, &err), TR_EDOMAIN);
}

static void a_guess_of_nan_is_refused(void **state)
{
    const tr_exercise asked = {.id = "x", .asked = 1, .value = 2};
    const tr_exercise poisoned = {.id = "x", .asked = 1, .value = NOT_A_NUMBER};
    tr_grade grade = {.score_share = 42};
    tr_error err;
    (void)state;
    assert_int_equal(tr_lesson_grade(&asked, 2, &grade, &err), TR_OK);
    grade.score_share = 42;
    assert_int_equal(tr_lesson_grade(&asked, NOT_A_NUMBER, &grade, &err), TR_EDOMAIN);
    assert_int_equal(tr_lesson_grade(&poisoned, 2, &grade, &err), TR_EDOMAIN);
    assert_true(grade.score_share == 42);
}

static int swallow(void *context, const char *text, size_t length)
{
    (void)text;
    *(size_t *)context += length;
    return 0;
}

static void a_figure_of_nan_size_or_ratio_is_refused(void **state)
{
    (void)state;
    const double x[] = {1, 2, 3}, y[] = {2, 4, 8};
    const tr_series series = {.name = "line", .x = x, .y = y, .n = 3};
    const tr_figure plain = {.title = "t", .x = {.label = "x", .min = 1, .max = 3}, .y = {.label = "y"},
                             .series = &series, .series_count = 1};
    const tr_svg_style style = {.width_px = 800, .height_px = 500};
    size_t written = 0;
    tr_sink sink = {swallow, &written};
    tr_error err;
    assert_int_equal(tr_figure_svg(&plain, &style, &sink, &err), TR_OK);
    assert_true(written > 0);
    for (size_t f = 0; f < COUNT(tr_svg_style_field); f++) {
        tr_svg_style bad = style;
        put(&bad, tr_svg_style_field[f].offset, NOT_A_NUMBER);
        assert_int_equal(tr_figure_svg(&plain, &bad, &sink, &err), TR_EDOMAIN);
    }
    /* On an axis one NaN end means "from the data"; two, or a second reading that is none, mean nothing. */
    const tr_axis second = {.label = "again"};
    tr_figure bad = plain;
    bad.y2 = &second;
    bad.y2_ratio = NOT_A_NUMBER;
    assert_int_equal(tr_figure_svg(&bad, &style, &sink, &err), TR_EDOMAIN);
    assert_int_equal(tr_figure_terminal(&bad, 80, 20, 0, 0, &sink, &err), TR_EDOMAIN);
}

/* One chip of a layout, what it does and how that is served: every field of each. */
typedef struct chip_input {
    tr_shard shard;
    tr_roofline roof;
    tr_calibration calibration;
    tr_pass pass;
    tr_load load;
    tr_clients clients;
} chip_input;

static tr_status take_list(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    size_t count = 0;
    const tr_status s = tr_operator_list(&in->shard, &in->pass, NULL, 0, &count, err);
    if (s != TR_ECAPACITY)
        return s;
    memcpy(out, &count, sizeof count);
    return TR_OK;
}

static tr_status take_pass_step(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    return tr_pass_step(&in->shard, &in->roof, &in->calibration, TR_DISTANCE_NEAR, &in->pass, out, err);
}

static tr_status take_timing(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    return tr_timing_of(&in->shard, &in->calibration, &in->pass, out, err);
}

static tr_status take_bound_pass(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    return tr_bound_pass(&in->roof, &in->pass, out, err);
}

static tr_status take_serve(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    return tr_serve(&in->shard, &in->roof, &in->calibration, TR_DISTANCE_NEAR, &in->clients, out, err);
}

static tr_status take_fit(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    (void)out;
    return tr_shard_check(&in->shard, 8.0, 100.0, err);
}

static tr_status take_best(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    return tr_layout_best(in->shard.model, in->shard.system, NULL, &in->shard.formats, &in->calibration, &in->load, out,
                          err);
}

static tr_status take_shard(const void *input, void *out, tr_error *err)
{
    const chip_input *in = input;
    return tr_shard_of(in->shard.model, in->shard.system, in->shard.engine, &in->shard.layout, &in->shard.formats, out,
                       err);
}

/* The fields of one member, moved to where it lies. */
#define REFUSES_MEMBER(take, out_size, type, member, in, except)                                                       \
    do {                                                                                                               \
        field moved[COUNT(type##_field)];                                                                              \
        for (size_t i = 0; i < COUNT(moved); i++) {                                                                    \
            moved[i] = type##_field[i];                                                                                \
            moved[i].offset += offsetof(chip_input, member);                                                           \
        }                                                                                                              \
        refuses_each(#take " (" #member ")", moved, COUNT(moved), in, sizeof(chip_input), out_size, take, except);     \
    } while (0)

static void a_chip_of_a_layout_with_a_nan_is_refused(void **state)
{
    const good *g = *state;
    static chip_input in;
    in.shard = g->shard;
    in.roof = g->roof;
    in.calibration = g->calibration;
    in.pass = (tr_pass){64, 4096, 2, 2, 1, 512, 0, 0};
    in.load = (tr_load){TR_PHASE_PREFILL, 4, 100, 512};
    in.clients = (tr_clients){.concurrency_seq = 64, .prompt_token = 1024, .output_token = 1024};
    REFUSES_MEMBER(take_list, sizeof(size_t), tr_shard, shard, &in, NULL);
    REFUSES_MEMBER(take_list, sizeof(size_t), tr_pass, pass, &in, NULL);
    REFUSES_MEMBER(take_bound_pass, sizeof(tr_step), tr_pass, pass, &in, NULL);
    REFUSES_MEMBER(take_bound_pass, sizeof(tr_step), tr_roofline, roof, &in, NULL);
    REFUSES_MEMBER(take_pass_step, sizeof(tr_step), tr_shard, shard, &in, NULL);
    REFUSES_MEMBER(take_pass_step, sizeof(tr_step), tr_roofline, roof, &in, NULL);
    REFUSES_MEMBER(take_pass_step, sizeof(tr_step), tr_pass, pass, &in, NULL);
    REFUSES_MEMBER(take_pass_step, sizeof(tr_step), tr_calibration, calibration, &in, NULL);
    REFUSES_MEMBER(take_timing, sizeof(tr_timing), tr_shard, shard, &in, NULL);
    REFUSES_MEMBER(take_timing, sizeof(tr_timing), tr_pass, pass, &in, NULL);
    REFUSES_MEMBER(take_timing, sizeof(tr_timing), tr_calibration, calibration, &in, NULL);
    REFUSES_MEMBER(take_serve, sizeof(tr_service), tr_shard, shard, &in, NULL);
    REFUSES_MEMBER(take_serve, sizeof(tr_service), tr_roofline, roof, &in, NULL);
    REFUSES_MEMBER(take_serve, sizeof(tr_service), tr_clients, clients, &in, NULL);
    REFUSES_MEMBER(take_serve, sizeof(tr_service), tr_calibration, calibration, &in, NULL);
    REFUSES_MEMBER(take_fit, 1, tr_shard, shard, &in, NULL);
    REFUSES_MEMBER(take_best, sizeof(tr_layout), tr_load, load, &in, NULL);
    REFUSES_MEMBER(take_shard, sizeof(tr_shard), tr_layout, shard.layout, &in, NULL);
    REFUSES_MEMBER(take_shard, sizeof(tr_shard), tr_formats, shard.formats, &in, NULL);
}

static tr_status take_operator(const void *op, void *out, tr_error *err)
{
    static const tr_system *system;
    static tr_system found;
    if (system == NULL && tr_system_catalog_get("gb200-nvl72", &found, err) == TR_OK)
        system = &found;
    return tr_operator_time(op, system, NULL, out, err);
}

static void an_operator_or_collective_of_nan_is_refused(void **state)
{
    const good *g = *state;
    tr_collective collective;
    tr_error err;
    /* What an operator's shape was made of: its work stands beside it. */
    static const char *const shape[] = {"n_dim", "k_dim", "batch_seq", "query_token", "context_token", "heads",
                                        "kv_heads", "head_dim", "experts", "group_chip", "message_byte", "across_byte",
                                        "launch_count", "flop_copy_count", "weight_copy_count", "kv_copy_count", NULL};
    const tr_op op = {.op_class = TR_OP_MOE,
                      .count = 1,
                      .m_row = 8,
                      .touched_count = 2,
                      .flop = 1e9,
                      .weight_byte = 1e6,
                      .flop_per_s = 1e15,
                      .byte_per_s = 1e12};
    refuses_each("tr_operator_time", tr_op_field, COUNT(tr_op_field), &op, sizeof op, sizeof(tr_op_time), take_operator,
                 shape);
    assert_int_equal(tr_collective_of(&g->system, TR_COLLECTIVE_SEND, NOT_A_NUMBER, 1, 0, &collective, &err),
                     TR_EDOMAIN);
    assert_int_equal(tr_collective_of(&g->system, TR_COLLECTIVE_SEND, 2, NOT_A_NUMBER, 0, &collective, &err),
                     TR_EDOMAIN);
    assert_int_equal(tr_collective_of(&g->system, TR_COLLECTIVE_SEND, 2, 1, NOT_A_NUMBER, &collective, &err),
                     TR_EDOMAIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chip_of_a_layout_with_a_nan_is_refused),
        cmocka_unit_test(an_operator_or_collective_of_nan_is_refused),
        cmocka_unit_test(a_chip_with_a_nan_is_refused),
        cmocka_unit_test(a_system_of_nan_chips_is_refused),
        cmocka_unit_test(a_system_from_numbers_with_a_nan_is_refused),
        cmocka_unit_test(a_model_from_numbers_with_a_nan_is_refused),
        cmocka_unit_test(a_config_key_with_a_nan_is_refused),
        cmocka_unit_test(bytes_and_flops_of_a_nan_context_are_nan),
        cmocka_unit_test(a_step_with_a_nan_load_is_refused),
        cmocka_unit_test(a_step_on_a_nan_roofline_is_refused),
        cmocka_unit_test(a_roofline_of_a_nan_system_is_refused),
        cmocka_unit_test(a_nan_ceiling_is_not_an_absent_one),
        cmocka_unit_test(values_of_a_nan_roofline_are_nan),
        cmocka_unit_test(values_at_a_nan_batch_or_context_are_nan),
        cmocka_unit_test(a_nan_price_or_day_is_refused),
        cmocka_unit_test(deductions_from_a_nan_are_nan),
        cmocka_unit_test(costs_of_a_nan_place_are_nan),
        cmocka_unit_test(a_place_of_a_nan_tier_is_refused),
        cmocka_unit_test(a_nan_in_an_array_costs_its_own_element_only),
        cmocka_unit_test(no_input_takes_a_nan),
        cmocka_unit_test(a_nan_is_no_quantity),
        cmocka_unit_test(training_and_a_stack_of_nan_are_refused),
        cmocka_unit_test(a_guess_of_nan_is_refused),
        cmocka_unit_test(a_figure_of_nan_size_or_ratio_is_refused),
    };
    return cmocka_run_group_tests_name("nan", tests, setup, teardown);
}
