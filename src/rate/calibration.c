/* rate/calibration.c -- which calibration a chip gets: its own, its nearest relative's, or the one shared by
 * all. */
#include <tokenroof/calibration.h>

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "rate/calibration_table.h"
#include "rate/op_rate.h"
#include "rate/power_limit.h"

size_t tr_calibration_count(void) { return tr_calibration_table_count; }

const tr_calibration *tr_calibration_at(size_t index)
{
    return index < tr_calibration_table_count ? &tr_calibration_table[index] : NULL;
}

/* Whether the index-th calibration is the first with its engine. */
static int is_first(size_t index)
{
    const char *engine = tr_calibration_table[index].engine;
    if (engine[0] == '\0')
        return 0;
    for (size_t i = 0; i < index; i++)
        if (strcmp(tr_calibration_table[i].engine, engine) == 0)
            return 0;
    return 1;
}

const char *tr_calibration_engine(size_t index)
{
    for (size_t i = 0; i < tr_calibration_table_count; i++)
        if (is_first(i) && index-- == 0)
            return tr_calibration_table[i].engine;
    return NULL;
}

int tr_calibration_has_model(const tr_model *model)
{
    for (uint32_t i = 0; model != NULL && i < tr_calibration_model_count; i++)
        if (strcmp(tr_calibration_model_table[i], model->name) == 0)
            return 1;
    return 0;
}

/* Kinds of memory: servers' chips, cards, and what shares its memory with a CPU. */
static int memory_class(const tr_chip *chip)
{
    return strncmp(chip->memory_kind, "HBM", 3) == 0 ? 0 : strncmp(chip->memory_kind, "GDDR", 4) == 0 ? 1 : 2;
}

/* Cards for players multiply FP16 at half of what their units could do, which shows beside INT8; and what runs on them
 * adds up in FP16, where they do not. */
static int is_halved(const tr_chip *chip)
{
    return chip->flop_per_s[TR_DTYPE_INT8] > 3.0 * chip->flop_per_s[TR_DTYPE_BF16];
}

/* How many times more the larger is; 0: alike, or not known. */
static double times_more(double a, double b)
{
    if (!(a > 0.0 && b > 0.0))
        return 0.0;
    return (a > b ? a / b : b / a) - 1.0;
}

double tr_chip_unlike_year(const tr_chip *chip, const tr_chip *other)
{
    if (strcmp(chip->vendor, other->vendor) != 0 || (chip->kind == TR_CHIP_CPU) != (other->kind == TR_CHIP_CPU))
        return 100.0;
    /* What runs on cards and laptops is quantised to whole numbers: narrow floats decide less there. */
    const int memory = memory_class(chip);
    const double format = memory == 0 ? 10.0 : 3.0;
    double far = 0.0;
    if ((chip->flop_per_s[TR_DTYPE_FP8] > 0.0) != (other->flop_per_s[TR_DTYPE_FP8] > 0.0))
        far += format;
    if ((chip->flop_per_s[TR_DTYPE_FP4] > 0.0) != (other->flop_per_s[TR_DTYPE_FP4] > 0.0))
        far += format;
    if (memory != 0 && is_halved(chip) != is_halved(other))
        far += 10.0;
    /* A server's chip says little about a card or a laptop. */
    if (memory != memory_class(other))
        far += 20.0;
    /* Nor does a large one of a small one: twice the bandwidth, or the peak, is as far as a year. */
    far += times_more(chip->memory_byte_per_s, other->memory_byte_per_s);
    far += times_more(chip->flop_per_s[TR_DTYPE_BF16], other->flop_per_s[TR_DTYPE_BF16]);
    const double years = (double)(chip->year - other->year);
    return far + (years < 0.0 ? -years : years);
}

/* Whether what was measured holds for it: a name may have changed its speeds, or a file of its own states others.
 * Memory's size, power and prices decide no time. */
static int is_as_fast(const tr_chip *chip, const tr_chip *other)
{
    int same = chip->memory_byte_per_s == other->memory_byte_per_s && chip->cache_byte == other->cache_byte &&
               chip->scaleup_byte_per_s == other->scaleup_byte_per_s &&
               chip->scaleout_byte_per_s == other->scaleout_byte_per_s;
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++)
        same = same && chip->flop_per_s[d] == other->flop_per_s[d];
    return same;
}

/* [F31] Of CPUs of any maker, of which few were measured, and none without an engine. */
static int is_of_cpus(const tr_calibration *c) { return strcmp(c->chip, TR_CALIBRATION_CPUS) == 0; }

static const tr_calibration *best(const tr_chip *chip, const char *engine, double *far)
{
    const tr_calibration *found = NULL;
    *far = 1e9;
    for (size_t i = 0; i < tr_calibration_table_count; i++) {
        const tr_calibration *c = &tr_calibration_table[i];
        const int of_cpus = is_of_cpus(c);
        if (of_cpus ? chip->kind != TR_CHIP_CPU || (engine[0] != '\0' && strcmp(c->engine, engine) != 0)
                    : strcmp(c->engine, engine) != 0)
            continue;
        double unlike = 99.0; /* the generic one: nearer than another vendor's chip */
        if (of_cpus) {
            unlike = engine[0] != '\0' ? 5.0 : 50.0;
        } else if (c->chip[0] != '\0') {
            const tr_chip *measured = tr_chip_catalog_find(c->chip);
            if (strcmp(c->chip, chip->name) == 0 && (measured == NULL || is_as_fast(chip, measured)))
                unlike = -1.0;
            else if (measured != NULL)
                unlike = tr_chip_unlike_year(chip, measured);
        }
        if (unlike < *far) {
            *far = unlike;
            found = c;
        }
    }
    return found;
}

/* Its shares and times; bands and origin are the chips'. */
const tr_calibration *tr_host_calibration(const tr_system *system, const tr_calibration *calibration)
{
    double far;
    return calibration != NULL && system->has_host ? best(&system->host, calibration->engine, &far) : NULL;
}

static void list_engines(char *text, size_t size)
{
    size_t at = 0;
    text[0] = '\0';
    for (size_t i = 0; tr_calibration_engine(i) != NULL && at < size; i++) {
        const int n = snprintf(text + at, size - at, "%s%s", i > 0 ? ", " : "", tr_calibration_engine(i));
        if (n < 0)
            break;
        at += (size_t)n;
    }
}

tr_status tr_calibration_find(const tr_chip *chip, const char *engine, const tr_model *model, tr_calibration *out,
                              tr_error *err)
{
    if (chip == NULL)
        return tr_fail(err, TR_EMISSING, "chip", 0.0, "expected a chip");
    const char *wanted = engine == NULL ? "" : engine;
    double far = 0.0;
    const tr_calibration *found = best(chip, wanted, &far);
    if (found == NULL) {
        char known[160];
        list_engines(known, sizeof known);
        return tr_fail(err, TR_EUNKNOWN, "engine", 0.0, "no engine '%.40s' has been measured; known: %s", wanted,
                       known);
    }
    tr_calibration made = *found;
    const char *name = chip->name[0] != '\0' ? chip->name : "this chip";
    const char *under = wanted[0] != '\0' ? wanted : "no engine in particular";
    const char *comma = chip->change[0] != '\0' ? "," : "";
    if (far < 0.0) {
        made.distance = wanted[0] == '\0'                                     ? TR_DISTANCE_ENGINE
                        : model != NULL && !tr_calibration_has_model(model) ? TR_DISTANCE_MODEL
                                                                            : TR_DISTANCE_NEAR;
        (void)snprintf(made.origin, sizeof made.origin, "%s, %s", found->chip, under);
    } else if (far < 99.0) {
        made.distance = far < 10.0 ? TR_DISTANCE_CHIP : TR_DISTANCE_GENERIC;
        const int of_cpus = is_of_cpus(found);
        (void)snprintf(made.origin, sizeof made.origin, "%.36s%s%.24s from %s, %s", name, comma, chip->change,
                       of_cpus ? "all CPUs measured" : found->chip, of_cpus ? found->engine : under);
    } else {
        made.distance = TR_DISTANCE_GENERIC;
        (void)snprintf(made.origin, sizeof made.origin, "%.60s from all chips measured, %s", name, under);
    }
    const double power_share = tr_power_limit_of(chip);
    if (power_share < 1.0)
        tr_power_limit_apply(power_share, &made);
    *out = made;
    return TR_OK;
}
