/* probe/measure_chip.c -- a measured machine as a chip file, and the datasheet it is held against. */
#include "probe/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

/* ---- the datasheet --------------------------------------------------------------------------------------------- */

static int is_letter(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '+'; }

/* "Intel(R) Xeon(R) Platinum 8480+ @ 2GHz" -> " intel xeon platinum 8480+ 2ghz ": words that can be looked for. */
static void words_of(const char *name, char *out, size_t size)
{
    size_t n = 0;
    out[n++] = ' ';
    for (; *name != '\0' && n + 2 < size; name++) {
        const char c = *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name;
        if (strncmp(name, "(R)", 3) == 0 || strncmp(name, "(TM)", 4) == 0) {
            name += name[1] == 'R' ? 2 : 3;
            continue;
        }
        if (is_letter(c))
            out[n++] = c;
        else if (out[n - 1] != ' ')
            out[n++] = ' ';
    }
    if (out[n - 1] != ' ')
        out[n++] = ' ';
    out[n] = '\0';
}

/* Every word of title is one of cpu's. */
static int has_words(const char *cpu, const char *title)
{
    char words[128], word[128];
    words_of(title, words, sizeof words);
    for (const char *at = words + 1; *at != '\0'; at += strcspn(at, " ") + 1) {
        (void)snprintf(word, sizeof word, " %.*s ", (int)strcspn(at, " "), at);
        if (strstr(cpu, word) == NULL)
            return 0;
    }
    return 1;
}

const tr_chip *tr_datasheet_of(const char *cpu)
{
    char words[128];
    const tr_chip *found = NULL;
    words_of(cpu, words, sizeof words);
    for (size_t i = 0; cpu[0] != '\0' && i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        if (chip->kind == TR_CHIP_CPU && has_words(words, chip->title) &&
            (found == NULL || strlen(chip->title) > strlen(found->title)))
            found = chip;
    }
    return found;
}

/* ---- the file ---------------------------------------------------------------------------------------------------- */

/* Four digits: more would say more than was seen. */
static double rounded(double value)
{
    double step = 1.0;
    while (value / step >= 10000.0)
        step *= 10.0;
    return floor(value / step + 0.5) * step;
}

static void rate(tr_json *json, const char *key, double value)
{
    tr_json_key_number(json, key, value > 0.0 ? rounded(value) : (double)NAN);
}

static void name_of(const tr_measured *m, char *out, size_t size)
{
    char words[128];
    size_t n = 0;
    words_of(m->map.cpu[0] != '\0' ? m->map.cpu : "cpu", words, sizeof words);
    for (const char *at = words + 1; *at != '\0' && n + 20 < size; at++)
        out[n++] = is_letter(*at) ? *at : '-';
    (void)snprintf(out + n, size - n, "measured-%d", m->thread_count);
}

static void note_of(const tr_measured *m, char *out, size_t size)
{
    char triad[32], text[128];
    (void)tr_quantity_format(m->triad_byte_per_s, TR_UNIT_BYTE_PER_S, triad, sizeof triad);
    (void)snprintf(out, size,
                   "The fastest of repeats with %d thread%s of %d core%s; repeats differ by %.0f %% at most (p10 to "
                   "p90). Triad %s.",
                   m->thread_count, m->thread_count > 1 ? "s" : "", m->map.core_count, m->map.core_count > 1 ? "s" : "",
                   100.0 * m->spread_ratio, triad);
    if (m->datasheet != NULL) {
        (void)snprintf(text, sizeof text, " Reads %.0f %% of the datasheet's bandwidth (%s).",
                       100.0 * m->read_byte_per_s / m->datasheet->memory_byte_per_s, m->datasheet->name);
        (void)tr_text_append(out, size, text);
    }
}

tr_status tr_measured_chip(const tr_measured *m, const char *date, const tr_sink *sink, tr_error *err)
{
    char text[256];
    tr_json json;
    tr_json_begin(&json, sink, 1);
    tr_json_object(&json);
    name_of(m, text, 64);
    tr_json_key_string(&json, "name", text);
    (void)snprintf(text, 96, "%.70s, measured", m->map.cpu[0] != '\0' ? m->map.cpu : "A CPU without a name");
    tr_json_key_string(&json, "title", text);
    tr_json_key_string(&json, "kind", "cpu");
    tr_json_key_number(&json, "core_count", m->thread_count);
    tr_json_key_object(&json, "flop_per_s");
    rate(&json, "fp32", m->flop_per_s[TR_DTYPE_FP32]);
    rate(&json, "bf16", m->flop_per_s[TR_DTYPE_BF16]);
    rate(&json, "int8", m->flop_per_s[TR_DTYPE_INT8]);
    tr_json_close(&json);
    if (m->sgemm_flop_per_s > 0.0) {
        tr_json_key_object(&json, "measured_flop_per_s");
        rate(&json, "fp32", m->sgemm_flop_per_s);
        tr_json_key_string(&json, "note", "a matrix multiply of OpenBLAS");
        tr_json_close(&json);
    }
    tr_json_key_object(&json, "memory");
    tr_json_key_number(&json, "capacity_byte", m->map.memory_byte > 0.0 ? m->map.memory_byte : (double)NAN);
    rate(&json, "read_byte_per_s", m->read_byte_per_s);
    tr_json_close(&json);
    if (m->cache_byte > 0.0) {
        tr_json_key_object(&json, "cache");
        tr_json_key_number(&json, "byte", floor(m->cache_byte));
        rate(&json, "read_byte_per_s", m->cache_byte_per_s);
        tr_json_close(&json);
    }
    note_of(m, text, sizeof text);
    tr_json_key_string(&json, "note", text);
    (void)snprintf(text, sizeof text, "measured on this machine in %.0f s: tokenroof measure", m->took_s);
    tr_json_key_string(&json, "source", text);
    tr_json_key_string(&json, "date", date);
    tr_json_key_string(&json, "confidence", m->spread_ratio < 0.1 ? "high" : m->spread_ratio < 0.3 ? "medium" : "low");
    tr_json_close(&json);
    const tr_status s = tr_json_finish(&json);
    if (s != TR_OK && err != NULL) {
        err->status = s;
        (void)snprintf(err->text, sizeof err->text, "the chip file could not be written");
    }
    return s;
}
