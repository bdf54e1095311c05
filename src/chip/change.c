/* chip/change.c -- what follows a chip's or system's name: changes of it, and a host beside it. */
#include "chip/change.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "base/fail.h"
#include "base/quantity.h"
#include "base/text.h"
#include "chip/field.h"
#include "chip/table.h"

/* ---- the changes ---------------------------------------------------------- */

typedef enum change_kind {
    CHANGE_FIELD = 0,      /* one double of the chip */
    CHANGE_MEMORY, CHANGE_LINK, CHANGE_FLOPS, CHANGE_POWER, CHANGE_PRICE, CHANGE_DOMAIN
} change_kind;

typedef struct change {
    char key[8];
    change_kind kind;
    tr_unit unit;
    int zero_ok;           /* 0 says "none" or "not known" */
    size_t offset;         /* of a CHANGE_FIELD, and of what a factor multiplies */
} change;

#define AT(member) offsetof(tr_chip, member)
#define MATH(dtype) CHANGE_FIELD, TR_UNIT_FLOP_PER_S, 1, AT(flop_per_s) + (dtype) * sizeof(double)

static const change CHANGE[] = {
    { "mem", CHANGE_MEMORY, TR_UNIT_BYTE, 0, AT(memory_byte) },
    { "bw", CHANGE_FIELD, TR_UNIT_BYTE_PER_S, 0, AT(memory_byte_per_s) },
    { "cache", CHANGE_FIELD, TR_UNIT_BYTE, 1, AT(cache_byte) },
    { "flops", CHANGE_FLOPS, TR_UNIT_FLOP_PER_S, 0, 0 },
    { "fp32", MATH(TR_DTYPE_FP32) },
    { "tf32", MATH(TR_DTYPE_TF32) },
    { "bf16", MATH(TR_DTYPE_BF16) },
    { "fp8", MATH(TR_DTYPE_FP8) },
    { "int8", MATH(TR_DTYPE_INT8) },
    { "fp4", MATH(TR_DTYPE_FP4) },
    { "link", CHANGE_LINK, TR_UNIT_BYTE_PER_S, 0, AT(scaleup_byte_per_s) },
    { "net", CHANGE_FIELD, TR_UNIT_BYTE_PER_S, 1, AT(scaleout_byte_per_s) },
    { "power", CHANGE_POWER, TR_UNIT_WATT, 0, AT(power_w) },
    { "price", CHANGE_PRICE, TR_UNIT_USD_PER_HOUR, 1, AT(usd_per_hour) },
    { "domain", CHANGE_DOMAIN, TR_UNIT_NONE, 0, AT(scaleup_domain_chip) },
};
enum { CHANGE_COUNT = sizeof CHANGE / sizeof CHANGE[0] };

static const char *change_key(size_t index, const void *context)
{
    (void)context;
    return index < CHANGE_COUNT ? CHANGE[index].key : NULL;
}

static double *number_of(tr_chip *chip, size_t offset) { return (double *)(void *)((char *)chip + offset); }

double tr_macos_gpu_byte(double label_byte, double *label)
{
    for (uint32_t i = 0; i < tr_macos_table_count; i++) {
        const tr_macos_row *row = &tr_macos_table[i];
        const double gib = row->label_byte / 1e9 * 1073741824.0;
        if (fabs(label_byte - row->label_byte) < 1e6 || fabs(label_byte - gib) < 1e6) {
            *label = row->label_byte;
            return row->gpu_byte;
        }
    }
    return 0.0;
}

static tr_status change_memory(tr_chip *chip, double value, tr_error *err)
{
    double label = 0.0;
    if (chip->kind == TR_CHIP_UNIFIED && strcmp(chip->vendor, "Apple") == 0) {
        const double gpu_byte = tr_macos_gpu_byte(value, &label);
        if (!(gpu_byte > 0.0))
            return tr_fail(err, TR_EDOMAIN, "mem", value,
                           "mem: Apple sells 8, 16, 18, 24, 32, 36, 48, 64, 96, 128, 192, 256 and 512 GB; not %g GB",
                           value / 1e9);
        value = gpu_byte;
    }
    chip->memory_byte = value;
    chip->label_memory_byte = label;
    return TR_OK;
}

/* The links of a chip together; one link of a mesh or torus goes with them. */
static void change_link(tr_system *system, double value)
{
    tr_chip *chip = &system->chip;
    const double before = chip->scaleup_byte_per_s;
    if (chip->topology == TR_TOPOLOGY_HOST || chip->topology == TR_TOPOLOGY_UNKNOWN) {
        chip->topology = TR_TOPOLOGY_SWITCH;
        (void)tr_text_copy(chip->scaleup_link, sizeof chip->scaleup_link, "given");
        if (!(chip->scaleup_domain_chip > 1.0))
            system->domain_chip = chip->scaleup_domain_chip = system->chip_count;
    }
    chip->pair_byte_per_s = before > 0.0 ? chip->pair_byte_per_s * (value / before) : 0.0;
    chip->scaleup_byte_per_s = value;
}

/* The format whose rate a plain flops= gives: BF16, or FP32 of a chip without it. */
static double main_flop_per_s(const tr_chip *chip)
{
    return chip->flop_per_s[TR_DTYPE_BF16] > 0.0 ? chip->flop_per_s[TR_DTYPE_BF16] : chip->flop_per_s[TR_DTYPE_FP32];
}

static tr_status change_domain(tr_system *system, double value, tr_error *err)
{
    const tr_status s = tr_check_whole_between("domain", value, 1.0, 1e7, err);
    if (s != TR_OK)
        return s;
    system->chip.scaleup_domain_chip = value;
    system->domain_chip = value < system->chip_count ? value : system->chip_count;
    return TR_OK;
}

static tr_status apply(tr_system *system, const change *c, double value, tr_error *err)
{
    tr_chip *chip = &system->chip;
    switch (c->kind) {
    case CHANGE_MEMORY: return change_memory(chip, value, err);
    case CHANGE_DOMAIN: return change_domain(system, value, err);
    case CHANGE_LINK: change_link(system, value); break;
    case CHANGE_FIELD: *number_of(chip, c->offset) = value; break;
    case CHANGE_FLOPS: {
        const double factor = value / main_flop_per_s(chip);
        for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++)
            chip->flop_per_s[d] *= factor;
        break;
    }
    case CHANGE_POWER: /* the share of the building goes with the board */
        chip->all_in_power_w *= chip->power_w > 0.0 ? value / chip->power_w : 0.0;
        chip->power_w = value;
        break;
    case CHANGE_PRICE: return tr_system_price_given(system, value, "given with the name", err);
    }
    return TR_OK;
}

/* What a factor multiplies: the size on the box of memory that macOS shares out, else the figure itself. */
static double present(const tr_chip *chip, const change *c)
{
    if (c->kind == CHANGE_FLOPS)
        return main_flop_per_s(chip);
    if (c->kind == CHANGE_MEMORY && chip->label_memory_byte > 0.0 && chip->kind == TR_CHIP_UNIFIED)
        return chip->label_memory_byte;
    double value = 0.0;
    memcpy(&value, (const char *)chip + c->offset, sizeof value);
    return value;
}

/* "4.8TB/s" is a value; "2x" multiplies what is there. */
static tr_status read_value(const tr_chip *chip, const change *c, const char *text, size_t length, double *out,
                            tr_error *err)
{
    tr_error inner;
    double value = 0.0;
    while (length > 0 && tr_text_is_space(text[length - 1]))
        length--;
    const int factor = c->kind != CHANGE_DOMAIN && length > 1 && (text[length - 1] == 'x' || text[length - 1] == 'X');
    const tr_status s = tr_quantity_parse_span(text, factor ? length - 1 : length, factor ? TR_UNIT_NONE : c->unit,
                                               &value, &inner);
    if (s != TR_OK)
        return tr_fail(err, s, c->key, inner.value, "%s: %.280s", c->key, inner.text);
    if (!(value > 0.0 || (c->zero_ok && !factor && value == 0.0)))
        return tr_fail(err, TR_EDOMAIN, c->key, value, "%s must be above 0, not %g", c->key, value);
    if (factor && !(present(chip, c) > 0.0 && present(chip, c) < HUGE_VAL))
        return tr_fail(err, TR_EMISSING, c->key, value,
                       "%s: %s has no such figure to multiply; give it with its unit", c->key, chip->name);
    *out = factor ? value * present(chip, c) : value;
    return TR_OK;
}

/* The same by another word. */
static const char OTHER[][2][12] = {
    { "usd", "price" }, { "cost", "price" }, { "memory", "mem" }, { "vram", "mem" }, { "hbm", "mem" },
    { "bandwidth", "bw" }, { "membw", "bw" }, { "nvlink", "link" }, { "scaleup", "link" }, { "network", "net" },
    { "scaleout", "net" }, { "tdp", "power" }, { "l2", "cache" }, { "fp16", "bf16" }, { "nvfp4", "fp4" },
};

static const change *find_change(const char *key, size_t length)
{
    for (size_t i = 0; i < sizeof OTHER / sizeof OTHER[0]; i++)
        if (strlen(OTHER[i][0]) == length && strncmp(OTHER[i][0], key, length) == 0) {
            key = OTHER[i][1];
            length = strlen(key);
            break;
        }
    for (size_t i = 0; i < CHANGE_COUNT; i++)
        if (strlen(CHANGE[i].key) == length && strncmp(CHANGE[i].key, key, length) == 0)
            return &CHANGE[i];
    return NULL;
}

static tr_status change_one(tr_system *system, const char *item, size_t length, unsigned *seen, tr_error *err)
{
    char key[24];
    const char *equals = memchr(item, '=', length);
    size_t key_length = equals != NULL ? (size_t)(equals - item) : 0;
    while (key_length > 0 && tr_text_is_space(item[0]))
        item++, key_length--, length--;
    while (key_length > 0 && tr_text_is_space(item[key_length - 1]))
        key_length--;
    (void)tr_text_copy_span(key, sizeof key, item, key_length);
    if (key_length == 0)
        return tr_fail(err, TR_EPARSE, "system", 0.0,
                       "expected key=value between commas, as in %s,mem=80GB, at '%.*s'", system->chip.name,
                       (int)(length < 40 ? length : 40), item);
    const change *c = find_change(item, key_length);
    if (c == NULL) {
        const char *near = tr_near_name(key, change_key, NULL);
        return tr_fail(err, TR_EUNKNOWN, key, 0.0,
                       "a chip has no '%s' to change%s%s%s known: mem, bw, cache, flops, a format (fp32, tf32, bf16, "
                       "fp8, int8, fp4), link, net, power, price, domain", key,
                       near != NULL ? "; did you mean '" : ";", near != NULL ? near : "", near != NULL ? "'?" : "");
    }
    if (*seen >> (c - CHANGE) & 1u)
        return tr_fail(err, TR_ECONFLICT, c->key, 0.0, "%s is given twice", c->key);
    *seen |= 1u << (c - CHANGE);
    double value = 0.0;
    const tr_status s = read_value(&system->chip, c, equals + 1, (size_t)(item + length - equals - 1), &value, err);
    return s == TR_OK ? apply(system, c, value, err) : s;
}

static tr_status append(char *out, size_t size, const char *join, const char *text, tr_error *err)
{
    if (tr_text_append(out, size, join) < size && tr_text_append(out, size, text) < size)
        return TR_OK;
    return tr_fail(err, TR_ECAPACITY, "system", 0.0, "the changes of a system take more than %zu bytes", size - 1);
}

/* Each key once, left to right, then the whole chip as if it had come from a file. */
static tr_status change_all(tr_system *system, const char *list, size_t length, tr_error *err)
{
    tr_chip *chip = &system->chip;
    unsigned seen = 0;
    for (const char *at = list;; at++) {
        const char *comma = memchr(at, ',', (size_t)(list + length - at));
        const char *end = comma != NULL ? comma : list + length;
        const tr_status s = change_one(system, at, (size_t)(end - at), &seen, err);
        if (s != TR_OK)
            return s;
        if (comma == NULL)
            break;
        at = comma;
    }
    char text[sizeof chip->change];
    if (tr_text_copy_span(text, sizeof text, list, length) >= sizeof text)
        return tr_fail(err, TR_ECAPACITY, "system", 0.0, "the changes of a chip take more than %zu bytes",
                       sizeof text - 1);
    const char *const join = chip->change[0] != '\0' ? "," : "";
    tr_status s = append(chip->change, sizeof chip->change, join, text, err);
    if (s == TR_OK)
        s = append(system->name, sizeof system->name, ",", text, err);
    (void)tr_text_append(system->title, sizeof system->title, ", ");
    (void)tr_text_append(system->title, sizeof system->title, text);
    tr_chip_set_own_tier(chip);
    for (int i = 1; i < chip->tier_count; i++) /* what comes from beside the chip passes its own memory */
        if (chip->tier[i].read_byte_per_s > chip->memory_byte_per_s)
            chip->tier[i].read_byte_per_s = chip->memory_byte_per_s;
    return s == TR_OK ? tr_chip_check(chip, err) : s;
}

/* ---- a host beside the chips ------------------------------------------------ */

/* The host's memory, shared out over the chips, is their tier "ddr"; what is stated of a usual server falls away. */
static void set_host_tier(tr_system *system)
{
    tr_chip *chip = &system->chip;
    const double share = system->host_count / system->chip_count;
    tr_tier ddr = {.name = "ddr",
                   .capacity_byte = system->host.memory_byte * share,
                   .read_byte_per_s = system->host.memory_byte_per_s * share};
    const double limit[] = {chip->host_byte_per_s, chip->memory_byte_per_s};
    for (int i = 0; i < 2; i++)
        if (limit[i] > 0.0 && ddr.read_byte_per_s > limit[i])
            ddr.read_byte_per_s = limit[i];
    int to = 1;
    for (int i = 1; i < chip->tier_count; i++) {
        if (strcmp(chip->tier[i].name, "ddr") != 0) {
            chip->tier[to++] = chip->tier[i];
            continue;
        }
        ddr.usd_per_byte = chip->tier[i].usd_per_byte;
        memcpy(ddr.price_source, chip->tier[i].price_source, sizeof ddr.price_source);
    }
    if (to == TR_TIER_MAX)
        to--;
    for (chip->tier_count = to + 1; to > 1 && chip->tier[to - 1].read_byte_per_s < ddr.read_byte_per_s; to--)
        chip->tier[to] = chip->tier[to - 1];
    chip->tier[to] = ddr;
}

static tr_status add_host(tr_system *system, const tr_system *host, tr_error *err)
{
    if (system->chip.kind == TR_CHIP_CPU || system->chip.kind == TR_CHIP_UNIFIED)
        return tr_fail(err, TR_ECONFLICT, "system", 0.0, "%s needs no host beside it: %s", system->chip.name,
                       system->chip.kind == TR_CHIP_CPU ? "it is one" : "its GPU and CPU share the memory");
    if (host->chip.kind != TR_CHIP_CPU)
        return tr_fail(err, TR_ECONFLICT, "system", 0.0, "the part after + must be the host, a CPU, which %s is not",
                       host->chip.name);
    system->has_host = 1;
    system->host = host->chip;
    system->host_count = host->chip_count;
    if (system->chip.tier_count > 0)
        set_host_tier(system);
    (void)tr_text_append(system->title, sizeof system->title, " + ");
    (void)tr_text_append(system->title, sizeof system->title, host->title);
    return append(system->name, sizeof system->name, "+", host->name, err);
}

/* ---- the whole of what was typed ---------------------------------------------- */

static int opens_host(const char *plus, int in_value)
{
    const char after = tr_text_lower(plus[1]), before = tr_text_lower(plus[-1]);
    if (in_value && before == 'e' && tr_text_is_digit(after)) /* 1e+12 */
        return 0;
    return tr_text_is_digit(after) || (after >= 'a' && after <= 'z') || after == '.' || after == '/';
}

/* The length of the name or path that text begins with. */
static size_t base_length(const char *text)
{
    size_t n = strcspn(text, ",+/");
    if (text[n] == '/') { /* a path, which may hold anything */
        for (const char *end = text; (end = strstr(end, ".json")) != NULL; end++) {
            const size_t length = (size_t)(end - text) + strlen(".json");
            if (text[length] == '\0' || text[length] == ',' || (text[length] == '+' && opens_host(text + length, 0)))
                return length;
        }
        return strlen(text);
    }
    while (text[n] == '+' && (n == 0 || !opens_host(text + n, 0))) /* "xeon-8480+" */
        n += 1 + strcspn(text + n + 1, ",+");
    return n;
}

/* The length of the changes that list begins with, up to the host. */
static size_t list_length(const char *list)
{
    size_t n = strcspn(list, "+");
    while (list[n] == '+' && (n == 0 || !opens_host(list + n, 1)))
        n += 1 + strcspn(list + n + 1, "+");
    return n;
}

/* One part, a chip or its host; *rest stands after it. */
static tr_status compose_part(const char *text, tr_system_lookup *lookup, const void *context, tr_system *out,
                              const char **rest, tr_error *err)
{
    char base[TR_BASE_MAX];
    const size_t length = base_length(text);
    *rest = text + length;
    if (**rest != '\0' && tr_text_copy_span(base, sizeof base, text, length) >= sizeof base)
        return tr_fail(err, TR_EUNKNOWN, "system", 0.0, "no chip or system has a name of %zu bytes", length);
    tr_status s = lookup(**rest != '\0' ? base : text, context, out, err);
    if (s == TR_OK && **rest == ',') {
        const size_t n = list_length(*rest + 1);
        s = change_all(out, *rest + 1, n, err);
        *rest += 1 + n;
    }
    return s;
}

tr_status tr_system_compose(const char *text, tr_system_lookup *lookup, const void *context, tr_system *out,
                            tr_error *err)
{
    tr_system made, host;
    const char *rest = text;
    tr_status s = compose_part(text, lookup, context, &made, &rest, err);
    if (s == TR_OK && *rest == '+') {
        s = compose_part(rest + 1, lookup, context, &host, &rest, err);
        if (s == TR_OK && *rest == '+')
            s = tr_fail(err, TR_ECONFLICT, "system", 0.0, "one host stands beside the chips, not more: '%.60s'",
                        rest);
        if (s == TR_OK)
            s = add_host(&made, &host, err);
    }
    if (s == TR_OK)
        *out = made;
    return s;
}

tr_status tr_system_recount(const tr_system *system, double chip_count, tr_system *out, tr_error *err)
{
    tr_system made, host;
    tr_status s = tr_system_of(&system->chip, chip_count, &made, err);
    if (s == TR_OK && system->has_host) {
        s = tr_system_of(&system->host, system->host_count, &host, err);
        if (s == TR_OK)
            s = add_host(&made, &host, err);
    }
    if (s == TR_OK)
        *out = made;
    return s;
}
