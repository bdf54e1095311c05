/* chip/field.c -- the table of a chip's fields and the check of one number against it. */
#include "chip/field.h"

#include <string.h>

#include "base/fail.h"

#define NUMBER(path, member, unit, required, min, max) \
    { path, #member, offsetof(tr_chip, member), 0, TR_CHIP_NUMBER, unit, required, min, max, {""} }
#define SIDE(n)                                                                                              \
    {                                                                                                        \
        "scaleup.torus." #n, "torus_dimension[" #n "]",                                                      \
            offsetof(tr_chip, torus_dimension) + (n) * sizeof(double), 0, TR_CHIP_NUMBER, TR_UNIT_NONE, 0,   \
            2.0, 256.0, {""}                                                                                   \
    }
#define WORD(path, member, ...) \
    { path, #member, offsetof(tr_chip, member), 0, TR_CHIP_WORD, TR_UNIT_NONE, 0, 0.0, 0.0, { __VA_ARGS__ } }
#define CEILING(word, dtype)                                                                                 \
    {                                                                                                        \
        "flop_per_s." word, "flop_per_s[" word "]",                                                          \
            offsetof(tr_chip, flop_per_s) + (dtype) * sizeof(double), 0, TR_CHIP_NUMBER, TR_UNIT_FLOP_PER_S, \
            0, 1e6, 1e20, {""}                                                                               \
    }
#define MEASURED(word, dtype)                                                                       \
    { "measured_flop_per_s." word, "measured_flop_per_s[" word "]",                                 \
      offsetof(tr_chip, measured_flop_per_s) + (dtype) * sizeof(double), 0, TR_CHIP_NUMBER,         \
      TR_UNIT_FLOP_PER_S, 0, 1e6, 1e20, {""} }
#define TEXT(path, member, kind, required)                                                                   \
    {                                                                                                        \
        path, #member, offsetof(tr_chip, member), sizeof(((tr_chip *)0)->member), kind, TR_UNIT_NONE,        \
            required, 0.0, 0.0, {""}                                                                         \
    }

/* The upper limits catch a wrong unit (GB for B, TB for GB) with room for a
 * wafer of the next decade; the lower ones catch GB/s given as a plain number. */
static const tr_chip_field FIELD[] = {
    TEXT("name", name, TR_CHIP_TEXT, 1),
    TEXT("title", title, TR_CHIP_TEXT, 0),
    TEXT("vendor", vendor, TR_CHIP_TEXT, 0),
    WORD("kind", kind, "gpu", "cpu", "unified", "other"),
    { "year", "year", offsetof(tr_chip, year), 0, TR_CHIP_YEAR, TR_UNIT_NONE, 0, 1970.0, 2100.0, {""} },
    CEILING("fp32", TR_DTYPE_FP32),
    CEILING("tf32", TR_DTYPE_TF32),
    CEILING("bf16", TR_DTYPE_BF16),
    CEILING("fp8", TR_DTYPE_FP8),
    CEILING("int8", TR_DTYPE_INT8),
    CEILING("fp4", TR_DTYPE_FP4),
    MEASURED("fp32", TR_DTYPE_FP32),
    MEASURED("tf32", TR_DTYPE_TF32),
    MEASURED("bf16", TR_DTYPE_BF16),
    MEASURED("fp8", TR_DTYPE_FP8),
    MEASURED("int8", TR_DTYPE_INT8),
    MEASURED("fp4", TR_DTYPE_FP4),
    TEXT("memory.kind", memory_kind, TR_CHIP_TEXT, 0),
    NUMBER("memory.usable.byte", memory_byte, TR_UNIT_BYTE, 1, 1e6, 1e15),
    NUMBER("memory.capacity_byte", label_memory_byte, TR_UNIT_BYTE, 0, 1e6, 1e15),
    NUMBER("memory.read_byte_per_s", memory_byte_per_s, TR_UNIT_BYTE_PER_S, 1, 1e6, 1e18),
    NUMBER("memory.channel_count", memory_channel_count, TR_UNIT_NONE, 0, 1.0, 1e3),
    NUMBER("cache.byte", cache_byte, TR_UNIT_BYTE, 0, 1e3, 1e15),
    NUMBER("cache.read_byte_per_s", cache_byte_per_s, TR_UNIT_BYTE_PER_S, 0, 1e6, 1e18),
    NUMBER("core_count", core_count, TR_UNIT_NONE, 0, 1.0, 1e7),
    NUMBER("vector_flop_per_s", vector_flop_per_s, TR_UNIT_FLOP_PER_S, 0, 1e6, 1e20),
    NUMBER("fast_core_count", fast_core_count, TR_UNIT_NONE, 0, 1.0, 1e7),
    NUMBER("power.board_w", power_w, TR_UNIT_WATT, 0, 0.1, 1e6),
    NUMBER("power.all_in_w", all_in_power_w, TR_UNIT_WATT, 0, 0.1, 1e6),
    NUMBER("power.idle_w", idle_power_w, TR_UNIT_WATT, 0, 0.1, 1e6),
    TEXT("scaleup.link", scaleup_link, TR_CHIP_TEXT, 0),
    WORD("scaleup.topology", topology, "unknown", "host", "switch", "mesh", "torus"),
    NUMBER("scaleup.byte_per_s", scaleup_byte_per_s, TR_UNIT_BYTE_PER_S, 0, 1e6, 1e15),
    NUMBER("scaleup.pair_byte_per_s", pair_byte_per_s, TR_UNIT_BYTE_PER_S, 0, 1e6, 1e15),
    SIDE(0),
    SIDE(1),
    SIDE(2),
    NUMBER("scaleup.domain_chip", scaleup_domain_chip, TR_UNIT_NONE, 0, 1.0, 1e7),
    NUMBER("host.byte_per_s", host_byte_per_s, TR_UNIT_BYTE_PER_S, 0, 1e6, 1e15),
    { "host.staged_copy", "staged_copy", offsetof(tr_chip, staged_copy), 0, TR_CHIP_FLAG, TR_UNIT_NONE, 0, 0.0, 1.0,
      {""} },
    NUMBER("scaleout.byte_per_s", scaleout_byte_per_s, TR_UNIT_BYTE_PER_S, 0, 1e6, 1e15),
    NUMBER("usd_per_hour", usd_per_hour, TR_UNIT_USD_PER_HOUR, 0, 1e-6, 1e6),
    TEXT("note", note, TR_CHIP_TEXT, 0),
    TEXT("source", source, TR_CHIP_TEXT, 0),
    TEXT("date", date, TR_CHIP_DATE, 0),
    TEXT("confidence", confidence, TR_CHIP_TEXT, 0),
};

size_t tr_chip_field_count(void) { return sizeof FIELD / sizeof FIELD[0]; }

const tr_chip_field *tr_chip_field_at(size_t index)
{
    return index < tr_chip_field_count() ? &FIELD[index] : NULL;
}

const tr_chip_field *tr_chip_field_find(const char *path)
{
    for (size_t i = 0; i < tr_chip_field_count(); i++)
        if (strcmp(FIELD[i].path, path) == 0)
            return &FIELD[i];
    return NULL;
}

double *tr_chip_field_number(tr_chip *chip, const tr_chip_field *field)
{
    return (double *)(void *)((char *)chip + field->offset);
}

int tr_chip_field_word(const tr_chip_field *field, const char *text)
{
    for (int i = 0; i < (int)(sizeof field->word / sizeof field->word[0]) && field->word[i][0] != '\0'; i++)
        if (strcmp(field->word[i], text) == 0)
            return i;
    return -1;
}

static const char *word_at(const char *path, unsigned index)
{
    const tr_chip_field *field = tr_chip_field_find(path);
    return index < sizeof field->word / sizeof field->word[0] ? field->word[index] : "";
}

const char *tr_chip_kind_name(tr_chip_kind kind) { return word_at("kind", (unsigned)kind); }
const char *tr_topology_name(tr_topology topology) { return word_at("scaleup.topology", (unsigned)topology); }

static int digits(const char *text, int count, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return 0;
        *out = *out * 10 + (text[i] - '0');
    }
    return 1;
}

int tr_is_date(const char *text)
{
    static const int day_count[12] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    const size_t length = strlen(text);
    int year, month, day;
    if ((length != 4 && length != 7 && length != 10) || !digits(text, 4, &year) || year < 1900 || year > 2100)
        return 0;
    if (length == 4)
        return 1;
    if (text[4] != '-' || !digits(text + 5, 2, &month) || month < 1 || month > 12)
        return 0;
    if (length == 7)
        return 1;
    const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return text[7] == '-' && digits(text + 8, 2, &day) && day >= 1 &&
           day <= day_count[month - 1] - (month == 2 && !leap);
}

tr_status tr_chip_field_check(const tr_chip_field *field, const char *name, double value, tr_error *err)
{
    if (!(value >= 0.0)) /* NaN too */
        return tr_fail(err, TR_EDOMAIN, name, value, "%s must be a number, 0 or more, not %g", name, value);
    if (value == 0.0)
        return field->required
                   ? tr_fail(err, TR_EMISSING, name, value, "%s is needed: a number above 0", name)
                   : TR_OK;
    if (!(value >= field->min && value <= field->max))
        return tr_fail(err, TR_EDOMAIN, name, value, "%s must be between %g and %g, not %g", name, field->min,
                       field->max, value);
    return TR_OK;
}
