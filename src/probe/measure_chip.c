/* probe/measure_chip.c -- a measured machine as a chip file. */
#include "probe/measure.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/json.h"
#include "base/text.h"

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

/* "intel-xeon-platinum-8480+-measured-28": letters, digits and +, what stands in brackets left out. */
static void name_of(const tr_measured *m, char *out, size_t size)
{
    const char *at = m->map.cpu[0] != '\0' ? m->map.cpu : "cpu";
    size_t n = 0;
    for (; *at != '\0' && n + 20 < size; at++) {
        const char c = tr_text_lower(*at);
        if (*at == '(')
            at += strcspn(at, ")") - (at[strcspn(at, ")")] == '\0');
        else if (tr_text_is_digit(c) || (c >= 'a' && c <= 'z') || c == '+')
            out[n++] = c;
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    (void)snprintf(out + n, size - n, "%smeasured-%d", n > 0 && out[n - 1] == '-' ? "" : "-", m->thread_count);
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
    return s == TR_OK ? TR_OK : tr_fail(err, s, "", 0, "the chip file could not be written");
}
