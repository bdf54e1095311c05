/* chip/catalog.c -- chips and systems compiled in: by name, by alias, by a count and a name. */
#include <tokenroof/chip.h>

#include <string.h>

#include "base/fail.h"
#include "chip/change.h"
#include "chip/name.h"
#include "chip/table.h"

size_t tr_chip_catalog_count(void) { return tr_chip_table_count; }

const tr_chip *tr_chip_catalog_at(size_t index)
{
    return index < tr_chip_table_count ? &tr_chip_table[index] : NULL;
}

const char *tr_chip_catalog_alias(size_t chip_index, size_t index)
{
    for (uint32_t i = 0; i < tr_chip_alias_count; i++)
        if (tr_chip_alias_table[i].of == chip_index && index-- == 0)
            return tr_chip_alias_table[i].name;
    return NULL;
}

size_t tr_system_catalog_count(void) { return tr_system_table_count; }

const char *tr_system_catalog_name(size_t index)
{
    return index < tr_system_table_count ? tr_system_table[index].name : NULL;
}

/* ---- lookup --------------------------------------------------------------- */

static const tr_chip *find_chip(const char *spelt)
{
    for (uint32_t i = 0; i < tr_chip_table_count; i++)
        if (strcmp(tr_chip_table[i].name, spelt) == 0)
            return &tr_chip_table[i];
    for (uint32_t i = 0; i < tr_chip_alias_count; i++)
        if (strcmp(tr_chip_alias_table[i].name, spelt) == 0)
            return &tr_chip_table[tr_chip_alias_table[i].of];
    return NULL;
}

static const tr_system_row *find_system(const char *spelt)
{
    for (uint32_t i = 0; i < tr_system_table_count; i++)
        if (strcmp(tr_system_table[i].name, spelt) == 0)
            return &tr_system_table[i];
    for (uint32_t i = 0; i < tr_system_alias_count; i++)
        if (strcmp(tr_system_alias_table[i].name, spelt) == 0)
            return &tr_system_table[tr_system_alias_table[i].of];
    return NULL;
}

const tr_chip *tr_chip_catalog_find(const char *name)
{
    char spelt[TR_NAME_MAX];
    tr_name_spell(name, spelt);
    const tr_chip *chip = find_chip(spelt);
    return chip != NULL ? chip : find_chip(tr_name_without_maker(spelt));
}

/* Every name one may type, aliases included, for "did you mean". */
static const char *name_at(size_t index, const void *context)
{
    (void)context;
    if (index < tr_system_table_count)
        return tr_system_table[index].name;
    index -= tr_system_table_count;
    if (index < tr_chip_table_count)
        return tr_chip_table[index].name;
    index -= tr_chip_table_count;
    if (index < tr_chip_alias_count)
        return tr_chip_alias_table[index].name;
    index -= tr_chip_alias_count;
    return index < tr_system_alias_count ? tr_system_alias_table[index].name : NULL;
}

static tr_status fail_unknown(const char *typed, const char *spelt, tr_error *err)
{
    const char *near = spelt[0] != '\0' ? tr_near_name(spelt, name_at, NULL) : NULL;
    if (near != NULL)
        return tr_fail(err, TR_EUNKNOWN, "system", 0.0, "no chip or system \"%.64s\"; did you mean \"%s\"?",
                       typed, near);
    return tr_fail(err, TR_EUNKNOWN, "system", 0.0,
                   "no chip or system \"%.64s\" among %u chips and %u systems; a path to a JSON file or "
                   "flops=...,bw=...,mem=... works too", typed, (unsigned)tr_chip_table_count,
                   (unsigned)tr_system_table_count);
}

static tr_status look_up(const char *name, const void *context, tr_system *out, tr_error *err)
{
    (void)context;
    double count = 1.0;
    const char *typed = name;
    const tr_status s = tr_name_split_count(name, &count, &typed, err);
    if (s != TR_OK)
        return s;
    char spelt[TR_NAME_MAX];
    tr_name_spell(typed, spelt);
    const char *const bare = tr_name_without_maker(spelt);
    const tr_system_row *row = find_system(spelt);
    if (row == NULL)
        row = find_system(bare);
    if (row != NULL)
        return tr_system_from_row(row, &tr_chip_table[row->chip], count, out, err);
    const tr_chip *chip = find_chip(spelt);
    if (chip == NULL)
        chip = find_chip(bare);
    if (chip == NULL)
        return fail_unknown(typed, bare, err);
    return tr_system_of(chip, count, out, err);
}

tr_status tr_system_catalog_get(const char *name, tr_system *out, tr_error *err)
{
    return tr_system_compose(name, look_up, NULL, out, err);
}
