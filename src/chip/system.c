/* chip/system.c -- a system from a count of chips, or from three plain numbers. */
#include <tokenroof/chip.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "chip/chip_price.h"
#include "chip/field.h"
#include "chip/table.h"

#define CHIP_COUNT_MAX 1e9

static tr_status check_count(double count, tr_error *err)
{
    if (!(count >= 1.0 && count <= CHIP_COUNT_MAX) || floor(count) < count)
        return tr_fail(err, TR_EDOMAIN, "chip_count", count,
                       "chip_count must be a whole number from 1 to 1e9, not %g", count);
    return TR_OK;
}

/* "8xh100-sxm,mem=64GB"; change "" where the name already says it. */
static void name_system(tr_system *system, const char *name, const char *title, const char *change, double of)
{
    char count[32] = "", times[32] = "";
    if (of > 1.0) {
        (void)snprintf(count, sizeof count, "%.0fx", of);
        (void)snprintf(times, sizeof times, "%.0f x ", of);
    }
    (void)snprintf(system->name, sizeof system->name, "%s%.63s%s%.127s", count, name, change[0] != '\0' ? "," : "",
                   change);
    (void)tr_text_copy(system->title, sizeof system->title, times);
    (void)tr_text_append(system->title, sizeof system->title, title);
    (void)tr_text_append(system->title, sizeof system->title, change[0] != '\0' ? ", " : "");
    (void)tr_text_append(system->title, sizeof system->title, change);
}

tr_status tr_system_of(const tr_chip *chip, double count, tr_system *out, tr_error *err)
{
    tr_status s = check_count(count, err);
    if (s == TR_OK)
        s = tr_chip_check(chip, err);
    if (s != TR_OK)
        return s;
    tr_system made;
    memset(&made, 0, sizeof made);
    made.chip = *chip;
    made.chip_count = count;
    made.domain_chip = count < chip->scaleup_domain_chip ? count : chip->scaleup_domain_chip;
    tr_system_price_of_chip(&made);
    name_system(&made, chip->name, chip->title, chip->change, count);
    memcpy(made.source, chip->source, sizeof made.source);
    memcpy(made.date, chip->date, sizeof made.date);
    *out = made;
    return TR_OK;
}

/* Each of several systems keeps its own scale-up domain. */
tr_status tr_system_from_row(const tr_system_row *row, const tr_chip *chip, double count, tr_system *out,
                             tr_error *err)
{
    tr_status s = check_count(count, err);
    if (s == TR_OK)
        s = check_count(row->chip_count, err);
    if (s != TR_OK)
        return s;
    tr_system made;
    s = tr_system_of(chip, row->chip_count * count, &made, err);
    if (s != TR_OK)
        return s;
    if (row->domain_chip >= 1.0)
        made.domain_chip = row->domain_chip;
    else if (made.domain_chip > row->chip_count)
        made.domain_chip = row->chip_count;
    if (row->usd_per_hour > 0.0) {
        made.usd_per_hour = row->usd_per_hour * count;
        made.price_kind = TR_PRICE_GIVEN;
        memcpy(made.price_date, row->price_date, sizeof made.price_date);
        memcpy(made.price_source, row->price_source, sizeof made.price_source);
    }
    name_system(&made, row->name, row->title, chip->change, count);
    memcpy(made.source, row->source, sizeof made.source);
    memcpy(made.date, row->date, sizeof made.date);
    memcpy(made.note, row->note, sizeof made.note);
    *out = made;
    return TR_OK;
}

static tr_status check_number(const char *name, double value, double min, double max, tr_error *err)
{
    if (!(value >= min && value <= max))
        return tr_fail(err, TR_EDOMAIN, name, value, "%s must be between %g and %g, not %g", name, min, max,
                       value);
    return TR_OK;
}

tr_status tr_system_from_numbers(const tr_chip_numbers *numbers, tr_system *out, tr_error *err)
{
    /* Wider than a chip file allows: plain numbers may use any unit. */
    tr_status s = check_number("flop_per_s", numbers->flop_per_s, 1e-6, 1e20, err);
    if (s == TR_OK)
        s = check_number("memory_byte_per_s", numbers->memory_byte_per_s, 1e-6, 1e18, err);
    if (s == TR_OK && !(numbers->memory_byte == 0.0))
        s = check_number("memory_byte", numbers->memory_byte, 1e-6, HUGE_VAL, err);
    if (s == TR_OK)
        s = check_number("usd_per_hour", numbers->usd_per_hour, 0.0, 1e9, err);
    if (s != TR_OK)
        return s;

    tr_system made;
    memset(&made, 0, sizeof made);
    tr_chip *chip = &made.chip;
    (void)snprintf(made.name, sizeof made.name, "inline");
    (void)snprintf(made.title, sizeof made.title, "inline numbers");
    (void)snprintf(chip->name, sizeof chip->name, "inline");
    (void)snprintf(chip->title, sizeof chip->title, "inline numbers");
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++)
        chip->flop_per_s[d] = numbers->flop_per_s;
    chip->memory_byte = numbers->memory_byte > 0.0 ? numbers->memory_byte : HUGE_VAL;
    chip->memory_byte_per_s = numbers->memory_byte_per_s;
    chip->scaleup_domain_chip = 1.0;
    tr_chip_set_own_tier(chip);
    made.chip_count = 1.0;
    made.domain_chip = 1.0;
    s = tr_system_price_given(&made, numbers->usd_per_hour, "given inline", err);
    if (s != TR_OK)
        return s;
    *out = made;
    return TR_OK;
}
