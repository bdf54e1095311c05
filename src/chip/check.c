/* chip/check.c -- is a chip that came from outside one that can be computed with? */
#include <tokenroof/chip.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "chip/chip_price.h"
#include "chip/field.h"

/* A text from outside: ended within its array, and no line break or escape in it. */
static tr_status check_text(const char *name, const char *text, size_t size, int required, tr_error *err)
{
    const char *end = memchr(text, '\0', size);
    if (end == NULL)
        return tr_fail(err, TR_ECAPACITY, name, (double)size, "%s is longer than %zu bytes", name, size - 1);
    if (required && end == text)
        return tr_fail(err, TR_EMISSING, name, 0.0, "%s is needed: a text", name);
    for (const char *c = text; c < end; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return tr_fail(err, TR_EDOMAIN, name, (double)*c, "%s holds a control character", name);
    return TR_OK;
}

static tr_status check_word(const char *name, const char *text, const char *words, tr_error *err)
{
    const size_t length = strlen(text);
    for (const char *w = words; *w != '\0';) {
        const char *end = strchr(w, ' ');
        const size_t n = end != NULL ? (size_t)(end - w) : strlen(w);
        if (n == length && memcmp(w, text, n) == 0)
            return TR_OK;
        w += n + (end != NULL);
    }
    return tr_fail(err, TR_EDOMAIN, name, 0.0, "%s must be one of: %s; not '%.40s'", name, words, text);
}

static tr_status check_place(const tr_chip_field *field, int value, tr_error *err)
{
    const int last = field->kind == TR_CHIP_FLAG ? 1 : (int)(sizeof field->word / sizeof field->word[0]) - 1;
    if (value < 0 || value > last || (field->kind == TR_CHIP_WORD && field->word[value][0] == '\0'))
        return tr_fail(err, TR_EDOMAIN, field->member, value, "%s has no value %d", field->member, value);
    return TR_OK;
}

static tr_status check_field(const tr_chip *chip, const tr_chip_field *field, tr_error *err)
{
    const char *at = (const char *)chip + field->offset;
    if (field->kind == TR_CHIP_TEXT || field->kind == TR_CHIP_DATE) {
        const tr_status s = check_text(field->member, at, field->size, field->required, err);
        if (s == TR_OK && field->kind == TR_CHIP_DATE && at[0] != '\0' && !tr_is_date(at))
            return tr_fail(err, TR_EDOMAIN, field->member, 0.0,
                           "%s must be a year, year-month or year-month-day, not '%s'", field->member, at);
        return s;
    }
    if (field->kind == TR_CHIP_WORD || field->kind == TR_CHIP_FLAG) {
        int place = 0;
        memcpy(&place, at, sizeof place);
        return check_place(field, place, err);
    }
    double value = (double)chip->year;
    if (field->kind == TR_CHIP_NUMBER)
        memcpy(&value, at, sizeof value);
    if (field->required && value == 0.0)
        return TR_OK; /* left to has_figures, which knows the whole */
    if (field->unit == TR_UNIT_BYTE && value >= HUGE_VAL)
        return TR_OK; /* memory that is not limited */
    return tr_chip_field_check(field, field->member, value, err);
}

static tr_status check_prices(const tr_chip *chip, tr_error *err)
{
    if ((unsigned)chip->price_kind >= TR_PRICE_KIND_COUNT)
        return tr_fail(err, TR_EDOMAIN, "price_kind", chip->price_kind, "price_kind has no value %d",
                       (int)chip->price_kind);
    for (int kind = 0; kind < TR_PRICE_KIND_COUNT; kind++) {
        const tr_status s = tr_quote_check(&chip->quote[kind], (tr_price_kind)kind, err);
        if (s != TR_OK)
            return s;
    }
    const tr_status s = check_text("price_date", chip->price_date, sizeof chip->price_date, 0, err);
    return s != TR_OK ? s : check_text("price_source", chip->price_source, sizeof chip->price_source, 0, err);
}

/* A torus without its sides, or too small for its domain, has no rate for a group. */
static tr_status check_links(const tr_chip *chip, tr_error *err)
{
    const double *side = chip->torus_dimension;
    double chips = 1.0;
    for (int i = 0; i < 3; i++) {
        if (floor(side[i]) < side[i] || (i > 0 && side[i] > 0.0 && !(side[i - 1] > 0.0)))
            return tr_fail(err, TR_EDOMAIN, "torus_dimension", side[i],
                           "torus_dimension holds whole numbers of chips, unused ones last");
        chips *= side[i] > 0.0 ? side[i] : 1.0;
    }
    if (chip->topology != TR_TOPOLOGY_TORUS)
        return TR_OK;
    if (!(chip->pair_byte_per_s > 0.0))
        return tr_fail(err, TR_EMISSING, "pair_byte_per_s", 0.0, "a torus needs the rate of one link: pair_byte_per_s");
    if (!(side[0] > 0.0))
        return tr_fail(err, TR_EMISSING, "torus_dimension", 0.0, "a torus needs its sides: torus_dimension");
    if (chips < chip->scaleup_domain_chip)
        return tr_fail(err, TR_ECONFLICT, "torus_dimension", chips,
                       "a torus of %g chips cannot hold a domain of %g", chips, chip->scaleup_domain_chip);
    return TR_OK;
}

static tr_status check_tier(const tr_tier *tier, tr_error *err)
{
    const tr_status s = check_text("tier.name", tier->name, sizeof tier->name, 1, err);
    if (s != TR_OK)
        return s;
    if (!(tier->capacity_byte > 0.0))
        return tr_fail(err, TR_EDOMAIN, "tier.capacity_byte", tier->capacity_byte,
                       "tier '%s': capacity_byte must be above 0, not %g", tier->name, tier->capacity_byte);
    if (!(tier->read_byte_per_s > 0.0 && tier->read_byte_per_s <= 1e18))
        return tr_fail(err, TR_EDOMAIN, "tier.read_byte_per_s", tier->read_byte_per_s,
                       "tier '%s': read_byte_per_s must be above 0 and at most 1e18, not %g", tier->name,
                       tier->read_byte_per_s);
    if (!(tier->write_byte_per_s >= 0.0 && tier->write_byte_per_s <= 1e18))
        return tr_fail(err, TR_EDOMAIN, "tier.write_byte_per_s", tier->write_byte_per_s,
                       "tier '%s': write_byte_per_s must be between 0 and 1e18, not %g", tier->name,
                       tier->write_byte_per_s);
    if (!(tier->usd_per_byte_s >= 0.0 && tier->usd_per_byte_s <= 1.0))
        return tr_fail(err, TR_EDOMAIN, "tier.usd_per_byte_s", tier->usd_per_byte_s,
                       "tier '%s': usd_per_byte_s must be between 0 and 1, not %g", tier->name,
                       tier->usd_per_byte_s);
    if (!(tier->usd_per_byte >= 0.0 && tier->usd_per_byte <= 1.0))
        return tr_fail(err, TR_EDOMAIN, "tier.usd_per_byte", tier->usd_per_byte,
                       "tier '%s': usd_per_byte must be between 0 and 1, not %g", tier->name, tier->usd_per_byte);
    return check_text("tier.price_source", tier->price_source, sizeof tier->price_source, 0, err);
}

static tr_status check_tiers(const tr_chip *chip, tr_error *err)
{
    if (chip->tier_count < 0 || chip->tier_count > TR_TIER_MAX)
        return tr_fail(err, TR_EDOMAIN, "tier_count", (double)chip->tier_count,
                       "tier_count must be between 0 and %d, not %d", TR_TIER_MAX, chip->tier_count);
    for (int i = 0; i < chip->tier_count; i++) {
        const tr_status s = check_tier(&chip->tier[i], err);
        if (s != TR_OK)
            return s;
        if (i > 0 && chip->tier[i].read_byte_per_s > chip->tier[i - 1].read_byte_per_s)
            return tr_fail(err, TR_ECONFLICT, "tier", chip->tier[i].read_byte_per_s,
                           "tiers go from fast to slow, but '%s' is faster than '%s' before it",
                           chip->tier[i].name, chip->tier[i - 1].name);
        for (int k = 0; k < i; k++)
            if (strcmp(chip->tier[i].name, chip->tier[k].name) == 0)
                return tr_fail(err, TR_ECONFLICT, "tier", (double)i, "tier '%s' is given twice",
                               chip->tier[i].name);
    }
    if (chip->tier_count > 0 && (chip->tier[0].capacity_byte < chip->memory_byte ||
                                 chip->tier[0].capacity_byte > chip->memory_byte ||
                                 chip->tier[0].read_byte_per_s < chip->memory_byte_per_s ||
                                 chip->tier[0].read_byte_per_s > chip->memory_byte_per_s))
        return tr_fail(err, TR_ECONFLICT, "tier", chip->tier[0].capacity_byte,
                       "the first tier is the chip's own memory, but '%s' differs from it",
                       chip->tier[0].name);
    return TR_OK;
}

int tr_chip_has_figures(const tr_chip *chip)
{
    int ceilings = 0;
    for (int d = 0; d < TR_DTYPE_COUNT; d++)
        ceilings += chip->flop_per_s[d] > 0.0;
    return ceilings > 0 && chip->memory_byte > 0.0 && chip->memory_byte_per_s > 0.0;
}

tr_status tr_chip_check_ranges(const tr_chip *chip, tr_error *err)
{
    for (size_t i = 0; i < tr_chip_field_count(); i++) {
        const tr_status s = check_field(chip, tr_chip_field_at(i), err);
        if (s != TR_OK)
            return s;
    }
    /* INT4 is a weight format: no file gives it, but inline numbers set every dtype. */
    const double rest[] = {chip->flop_per_s[TR_DTYPE_INT4], chip->flop_per_s[TR_DTYPE_NATIVE],
                           chip->measured_flop_per_s[TR_DTYPE_INT4], chip->measured_flop_per_s[TR_DTYPE_NATIVE]};
    for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
        if (!(rest[i] >= 0.0 && rest[i] <= 1e20))
            return tr_fail(err, TR_EDOMAIN, i < 2 ? "flop_per_s" : "measured_flop_per_s", rest[i],
                           "every flop_per_s must be between 0 and 1e20");
    if (!(chip->scaleup_domain_chip >= 1.0))
        return tr_fail(err, TR_EDOMAIN, "scaleup_domain_chip", chip->scaleup_domain_chip,
                       "scaleup_domain_chip must be 1 or more (1: no fast link), not %g",
                       chip->scaleup_domain_chip);
    tr_status s = check_links(chip, err);
    if (s == TR_OK)
        s = check_text("change", chip->change, sizeof chip->change, 0, err);
    if (s == TR_OK)
        s = check_prices(chip, err);
    if (s == TR_OK && chip->confidence[0] != '\0')
        s = check_word("confidence", chip->confidence, "high medium low announced", err);
    if (s == TR_OK)
        s = check_tiers(chip, err);
    return s;
}

tr_status tr_chip_check(const tr_chip *chip, tr_error *err)
{
    const tr_status s = tr_chip_check_ranges(chip, err);
    if (s != TR_OK || tr_chip_has_figures(chip))
        return s;
    const char *what = "memory_byte", *words = "memory capacity";
    if (chip->memory_byte > 0.0) {
        what = "memory_byte_per_s", words = "memory bandwidth";
        if (chip->memory_byte_per_s > 0.0)
            what = "flop_per_s", words = "rate of math in any dtype";
    }
    return tr_fail(err, TR_EMISSING, what, 0.0, "%s has no known %s, so nothing can be computed on it",
                   chip->name, words);
}
