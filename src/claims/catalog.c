/* claims/catalog.c -- questions about what is known: models, chips, systems, number formats, inputs, ratios. */
#include <tokenroof/life.h>
#include <tokenroof/price.h>

#include <string.h>

#include "claims/question.h"
#include "base/fail.h"

/* ---- models ------------------------------------------------------------------ */

TR_CLAIM_MODEL(total_param, m->total_param)
TR_CLAIM_MODEL(active_param, m->active_param)
TR_CLAIM_MODEL(multiply_param, m->multiply_param)
TR_CLAIM_MODEL(with_mtp_param, m->total_param + m->mtp_param)
TR_CLAIM_MODEL(model_context, m->max_context_token)

/* Routed experts over those a token uses, of the first layer that is a mixture. */
static tr_status expert_ratio(const char *with, double *out, tr_error *err)
{
    tr_model *m = NULL;
    tr_status s = tr_claim_model(with, &m, err);
    if (s != TR_OK)
        return s;
    int i = 0;
    while (i < m->layer_kinds && !(m->layer[i].experts > 0))
        i++;
    if (i < m->layer_kinds)
        *out = m->layer[i].experts / m->layer[i].experts_active;
    else
        s = tr_fail(err, TR_EMISSING, "model", 0, "'%.60s' has no routed experts", m->name);
    free(m);
    return s;
}

typedef double (*by_context)(const tr_model *model, double context_token, double kv_byte);

static tr_status of_context(const char *with, by_context of, double *out, tr_error *err)
{
    tr_model *m = NULL;
    double context_token = 0, kv_byte = 0;
    tr_status s = tr_claim_model(with, &m, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "context", &context_token, err);
    if (s == TR_OK)
        s = tr_claim_number_or(with, "kv_elem_byte", 0, &kv_byte, err); /* 0: the model's own */
    if (s == TR_OK)
        *out = of(m, context_token, kv_byte);
    free(m);
    return s;
}

static tr_status kv_store(const char *with, double *out, tr_error *err)
{
    return of_context(with, tr_model_kv_store_byte, out, err);
}
static tr_status kv_read(const char *with, double *out, tr_error *err)
{
    return of_context(with, tr_model_kv_read_byte, out, err);
}

/* Context at which attention multiplies as much as the weights do, embedding counted. */
static tr_status attention_context(const char *with, double *out, tr_error *err)
{
    tr_model *m = NULL;
    const tr_status s = tr_claim_model(with, &m, err);
    if (s != TR_OK)
        return s;
    m->multiply_param = m->active_param; /* as the lecture counts: the input table too */
    *out = tr_attention_wall_token(m);
    free(m);
    return TR_OK;
}

/* KV bytes a token of `layers` layers of grouped heads, from a config as a file would hold it. */
static tr_status kv_of_shape(const char *with, double *out, tr_error *err)
{
    static const char *const keys[] = {"num_hidden_layers", "num_key_value_heads", "head_dim"};
    static const char *const names[] = {"layers", "kv_heads", "head_dim"};
    double elem_byte = 0, value = 0;
    tr_model *m = malloc(sizeof *m);
    tr_config *config = tr_config_create();
    tr_status s = m == NULL || config == NULL ? tr_fail(err, TR_ENOMEM, "", 0, "out of memory") : TR_OK;
    if (s == TR_OK)
        s = tr_claim_number(with, "kv_elem_byte", &elem_byte, err);
    for (size_t i = 0; s == TR_OK && i < 3; i++) {
        s = tr_claim_number(with, names[i], &value, err);
        if (s == TR_OK)
            s = tr_config_set_number(config, keys[i], value, 0, err);
    }
    static const struct {
        const char *key;
        double value;
    } rest[] = {{"num_attention_heads", 64}, {"hidden_size", 8192}, {"intermediate_size", 28672},
                {"vocab_size", 128256}};
    for (size_t i = 0; s == TR_OK && i < sizeof rest / sizeof rest[0]; i++)
        s = tr_config_set_number(config, rest[i].key, rest[i].value, 0, err);
    if (s == TR_OK)
        s = tr_model_from_config(config, "LlamaForCausalLM", m, err);
    if (s == TR_OK)
        *out = tr_model_kv_byte_per_token(m, elem_byte);
    tr_config_destroy(config);
    free(m);
    return s;
}

/* ---- chips and systems -------------------------------------------------------- */

/* One chip of the catalog, with the changes that follow its name: "b200-sxm,bw=8TB/s". */
static tr_status chip_of(const char *with, tr_chip *out, tr_error *err)
{
    char name[128];
    tr_system system;
    if (!tr_claim_text(with, "chip", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "chip", 0, "this question needs the setting 'chip'");
    const tr_status s = tr_system_catalog_get(name, &system, err);
    if (s == TR_OK)
        *out = system.chip;
    return s;
}

#define CHIP(NAME, VALUE)                                                                                  \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        tr_chip c = {.name = ""};                                                                          \
        const tr_status s = chip_of(with, &c, err);                                                        \
        if (s == TR_OK)                                                                                    \
            *out = VALUE;                                                                                  \
        return s;                                                                                          \
    }

CHIP(chip_bandwidth, c.memory_byte_per_s)
CHIP(chip_memory, c.memory_byte)
CHIP(chip_scaleup, c.scaleup_byte_per_s)
CHIP(chip_scaleout, c.scaleout_byte_per_s)
CHIP(chip_low, c.quote[TR_PRICE_ON_DEMAND].low_usd_per_hour)
CHIP(chip_high, c.quote[TR_PRICE_ON_DEMAND].high_usd_per_hour)

static tr_status dtype_named(const char *with, tr_dtype *out, tr_error *err)
{
    char name[32];
    if (!tr_claim_text(with, "dtype", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "dtype", 0, "this question needs the setting 'dtype'");
    return tr_dtype_parse(name, out, err);
}

static tr_status chip_balance(const char *with, double *out, tr_error *err)
{
    tr_chip chip;
    tr_dtype dtype = TR_DTYPE_NATIVE;
    tr_status s = chip_of(with, &chip, err);
    if (s == TR_OK)
        s = dtype_named(with, &dtype, err);
    if (s == TR_OK)
        *out = tr_chip_balance_token(&chip, dtype);
    return s;
}

static tr_status chip_flop(const char *with, double *out, tr_error *err)
{
    tr_chip chip;
    tr_dtype dtype = TR_DTYPE_NATIVE, used = TR_DTYPE_NATIVE;
    tr_status s = chip_of(with, &chip, err);
    if (s == TR_OK)
        s = dtype_named(with, &dtype, err);
    return s == TR_OK ? tr_chip_math(&chip, dtype, out, &used, err) : s;
}

static int is_faster(const tr_chip *a, const tr_chip *b)
{
    const double x = a->flop_per_s[TR_DTYPE_BF16], y = b->flop_per_s[TR_DTYPE_BF16];
    return x > y || (x == y && a->memory_byte_per_s > b->memory_byte_per_s);
}

/* What a vendor had in a year: its chip with the most BF16 (or FP16) multiplies; of equal ones that which reads
 * faster. */
static tr_status chip_of_year(const char *with, const tr_chip **out, tr_error *err)
{
    char vendor[32];
    double year = 0;
    if (!tr_claim_text(with, "vendor", vendor, sizeof vendor))
        return tr_fail(err, TR_EMISSING, "vendor", 0, "this question needs the setting 'vendor'");
    const tr_status s = tr_claim_number(with, "year", &year, err);
    *out = NULL;
    for (size_t i = 0; s == TR_OK && i < tr_chip_catalog_count(); i++) {
        const tr_chip *c = tr_chip_catalog_at(i);
        if (strcmp(c->vendor, vendor) == 0 && c->year == (int)year && (*out == NULL || is_faster(c, *out)))
            *out = c;
    }
    if (s == TR_OK && *out == NULL)
        return tr_fail(err, TR_EUNKNOWN, "year", year, "no chip of %.30s of %.0f is known", vendor, year);
    return s;
}

#define YEAR(NAME, VALUE)                                                                                  \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        const tr_chip *c = NULL;                                                                           \
        const tr_status s = chip_of_year(with, &c, err);                                                   \
        if (s == TR_OK)                                                                                    \
            *out = VALUE;                                                                                  \
        return s;                                                                                          \
    }

YEAR(year_flop, c->flop_per_s[TR_DTYPE_BF16])
YEAR(year_bandwidth, c->memory_byte_per_s)
YEAR(year_balance, tr_chip_balance_token(c, TR_DTYPE_BF16))

static tr_status tier_drain(const char *with, double *out, tr_error *err)
{
    tr_chip chip;
    char name[24];
    const tr_status s = chip_of(with, &chip, err);
    if (s != TR_OK)
        return s;
    if (!tr_claim_text(with, "tier", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "tier", 0, "this question needs the setting 'tier'");
    for (int i = 0; i < chip.tier_count; i++)
        if (strcmp(chip.tier[i].name, name) == 0) {
            *out = tr_tier_drain_s(&chip.tier[i]);
            return TR_OK;
        }
    return tr_fail(err, TR_EUNKNOWN, "tier", 0, "%.60s has no tier '%.20s'", chip.name, name);
}

static tr_status domain(const char *with, double *out, tr_error *err)
{
    tr_system system;
    char name[64];
    if (!tr_claim_text(with, "system", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "system", 0, "this question needs the setting 'system'");
    const tr_status s = tr_system_catalog_get(name, &system, err);
    if (s == TR_OK)
        *out = system.domain_chip;
    return s;
}

static tr_status dtype_byte(const char *with, double *out, tr_error *err)
{
    tr_dtype dtype = TR_DTYPE_NATIVE;
    const tr_status s = dtype_named(with, &dtype, err);
    if (s == TR_OK)
        *out = tr_dtype_byte(dtype);
    return s;
}

/* ---- a fast mode's ratios ------------------------------------------------------- */

static tr_status ratios(const char *with, tr_menu_ratio *out, tr_error *err)
{
    double price_ratio = 0, speed_ratio = 0;
    tr_status s = tr_claim_number(with, "price_ratio", &price_ratio, err);
    if (s == TR_OK)
        s = tr_claim_number(with, "speed_ratio", &speed_ratio, err);
    return s == TR_OK ? tr_menu_ratio_of(price_ratio, speed_ratio, out, err) : s;
}

#define MENU(NAME, VALUE)                                                                                  \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        tr_menu_ratio m;                                                                                   \
        const tr_status s = ratios(with, &m, err);                                                         \
        if (s == TR_OK)                                                                                    \
            *out = VALUE;                                                                                  \
        return s;                                                                                          \
    }

MENU(batch_ratio, m.batch_ratio)
MENU(fast_kv_ratio, m.fast_kv_ratio)
MENU(normal_kv_share, m.normal_kv_share)

/* A number of the source itself, against which others are set. */
static tr_status stated(const char *with, double *out, tr_error *err)
{
    return tr_claim_number(with, "value", out, err);
}

#define MODELS "models {model}"
#define CHIPS "chips {chip}"
#define RATIOS "menu deepseek-v3 gb200-nvl72 --price-ratio {price_ratio} --speed-ratio {speed_ratio}"

static const tr_claim_question questions[] = {
    {"total_param", TR_UNIT_PARAM, "tr_model_catalog_get", "M1", MODELS, "total_param", total_param},
    {"active_param", TR_UNIT_PARAM, "tr_model_catalog_get", "M2", MODELS, "active_param", active_param},
    {"multiply_param", TR_UNIT_PARAM, "tr_model_catalog_get", "M3", MODELS, "multiply_param", multiply_param},
    {"with_mtp_param", TR_UNIT_PARAM, "tr_model_catalog_get", "M1", MODELS, "total_param+mtp_param",
     with_mtp_param},
    {"model_context_token", TR_UNIT_TOKEN, "tr_model_catalog_get", "", MODELS, "max_context_token",
     model_context},
    {"expert_ratio", TR_UNIT_NONE, "tr_model_catalog_get", "", MODELS, NULL, expert_ratio},
    {"kv_store_byte", TR_UNIT_BYTE, "tr_model_kv_store_byte", "M5", MODELS, NULL, kv_store},
    {"kv_read_byte", TR_UNIT_BYTE, "tr_model_kv_read_byte", "M6", MODELS, NULL, kv_read},
    {"kv_of_shape_byte", TR_UNIT_BYTE, "tr_model_kv_byte_per_token", "M7", NULL, NULL, kv_of_shape},
    {"attention_context_token", TR_UNIT_TOKEN, "tr_attention_wall_token", "K39",
     "scale {model} gb200-nvl72 --part wall", NULL, attention_context},
    {"chip_balance_token", TR_UNIT_TOKEN, "tr_chip_balance_token", "C2", CHIPS,
     "chip.balance_token.{dtype}", chip_balance},
    {"chip_flop_per_s", TR_UNIT_FLOP_PER_S, "tr_chip_math", "C3", CHIPS, "chip.flop_per_s.{dtype}",
     chip_flop},
    {"chip_byte_per_s", TR_UNIT_BYTE_PER_S, "tr_chip_catalog_find", "", CHIPS, "chip.memory_byte_per_s",
     chip_bandwidth},
    {"chip_memory_byte", TR_UNIT_BYTE, "tr_chip_catalog_find", "", CHIPS, "chip.memory_byte", chip_memory},
    {"chip_scaleup_byte_per_s", TR_UNIT_BYTE_PER_S, "tr_chip_catalog_find", "", CHIPS,
     "chip.scaleup_byte_per_s", chip_scaleup},
    {"chip_scaleout_byte_per_s", TR_UNIT_BYTE_PER_S, "tr_chip_catalog_find", "", CHIPS,
     "chip.scaleout_byte_per_s", chip_scaleout},
    {"chip_low_usd_per_hour", TR_UNIT_USD_PER_HOUR, "tr_chip_catalog_find", "", CHIPS,
     "chip.low_usd_per_hour", chip_low},
    {"chip_high_usd_per_hour", TR_UNIT_USD_PER_HOUR, "tr_chip_catalog_find", "", CHIPS,
     "chip.high_usd_per_hour", chip_high},
    {"year_flop_per_s", TR_UNIT_FLOP_PER_S, "tr_chip_catalog_at", "", "chips", NULL, year_flop},
    {"year_byte_per_s", TR_UNIT_BYTE_PER_S, "tr_chip_catalog_at", "", "chips", NULL, year_bandwidth},
    {"year_balance_token", TR_UNIT_TOKEN, "tr_chip_balance_token", "C2", "chips", NULL, year_balance},
    {"tier_drain_s", TR_UNIT_SECOND, "tr_tier_drain_s", "C4", CHIPS, "tiers.{tier}.drain_s", tier_drain},
    {"domain_chip", TR_UNIT_NONE, "tr_system_catalog_get", "", "chips {system}", "domain_chip", domain},
    {"dtype_byte", TR_UNIT_BYTE, "tr_dtype_byte", "", NULL, NULL, dtype_byte},
    {"menu_batch_ratio", TR_UNIT_NONE, "tr_menu_ratio_of", "K3", RATIOS, "fast_mode.batch_ratio",
     batch_ratio},
    {"menu_fast_kv_ratio", TR_UNIT_NONE, "tr_menu_ratio_of", "K3", RATIOS, "fast_mode.fast_kv_ratio",
     fast_kv_ratio},
    {"menu_normal_kv_share", TR_UNIT_RATIO, "tr_menu_ratio_of", "K3", RATIOS, "fast_mode.normal_kv_share",
     normal_kv_share},
    {"stated", TR_UNIT_NONE, "", "", NULL, NULL, stated},
};
TR_CLAIM_QUESTIONS(tr_claim_catalog_questions, questions);
