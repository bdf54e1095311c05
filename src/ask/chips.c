/* ask/chips.c -- the catalog of chips and systems as rows, and one of them with its sources. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

static double known(double number) { return number > 0 ? number : (double)NAN; }

static const char *said(const char *text) { return text[0] != '\0' ? text : NULL; }

/* Peak over bandwidth, FLOP/byte, in a dtype that the chip has. */
static double ridge_of(const tr_chip *chip, tr_dtype dtype)
{
    return known(chip->flop_per_s[dtype]) / known(chip->memory_byte_per_s);
}

/* ---- fields: all figures are of one chip, but the last few ----------------------- */

#define NUMBER(NAME, VALUE) TR_NUMBER(tr_system, NAME, VALUE)
#define TEXT(NAME, VALUE) TR_TEXT(tr_system, NAME, VALUE)

TEXT(name, row->name)
TEXT(title, said(row->title[0] != '\0' ? row->title : row->chip.title))
TEXT(chip_name, row->chip.name)
TEXT(vendor, said(row->chip.vendor))
NUMBER(year, known(row->chip.year))
NUMBER(fp32, known(row->chip.flop_per_s[TR_DTYPE_FP32]))
NUMBER(tf32, known(row->chip.flop_per_s[TR_DTYPE_TF32]))
NUMBER(bf16, known(row->chip.flop_per_s[TR_DTYPE_BF16]))
NUMBER(fp8, known(row->chip.flop_per_s[TR_DTYPE_FP8]))
NUMBER(int8, known(row->chip.flop_per_s[TR_DTYPE_INT8]))
NUMBER(fp4, known(row->chip.flop_per_s[TR_DTYPE_FP4]))
NUMBER(measured_bf16, known(row->chip.measured_flop_per_s[TR_DTYPE_BF16]))
NUMBER(measured_fp8, known(row->chip.measured_flop_per_s[TR_DTYPE_FP8]))
NUMBER(measured_fp4, known(row->chip.measured_flop_per_s[TR_DTYPE_FP4]))
TEXT(memory_kind, said(row->chip.memory_kind))
NUMBER(memory, known(row->chip.memory_byte))
NUMBER(label, known(row->chip.label_memory_byte > 0 ? row->chip.label_memory_byte : row->chip.memory_byte))
NUMBER(cache, known(row->chip.cache_byte))
NUMBER(cache_rate, known(row->chip.cache_byte_per_s))
NUMBER(cores, known(row->chip.core_count))
NUMBER(channels, known(row->chip.memory_channel_count))
TEXT(kind, tr_chip_kind_name(row->chip.kind))
NUMBER(bandwidth, known(row->chip.memory_byte_per_s))
NUMBER(ridge_bf16, ridge_of(&row->chip, TR_DTYPE_BF16))
NUMBER(ridge_fp8, ridge_of(&row->chip, TR_DTYPE_FP8))
NUMBER(ridge_fp4, ridge_of(&row->chip, TR_DTYPE_FP4))
NUMBER(balance_bf16, known(tr_chip_balance_token(&row->chip, TR_DTYPE_BF16)))
NUMBER(balance_fp8, known(tr_chip_balance_token(&row->chip, TR_DTYPE_FP8)))
NUMBER(balance_fp4, known(tr_chip_balance_token(&row->chip, TR_DTYPE_FP4)))
NUMBER(drain, known(row->chip.memory_byte) / known(row->chip.memory_byte_per_s))
NUMBER(power, known(row->chip.power_w))
NUMBER(all_in_power, known(row->chip.all_in_power_w))
NUMBER(idle_power, known(row->chip.idle_power_w))
TEXT(scaleup_link, said(row->chip.scaleup_link))
NUMBER(scaleup, known(row->chip.scaleup_byte_per_s))
TEXT(topology, tr_topology_name(row->chip.topology))
NUMBER(pair, known(row->chip.pair_byte_per_s))
NUMBER(to_host, known(row->chip.host_byte_per_s))
TR_FLAG(tr_system, staged, row->chip.staged_copy)
NUMBER(torus_x, known(row->chip.torus_dimension[0]))
NUMBER(torus_y, known(row->chip.torus_dimension[1]))
NUMBER(torus_z, known(row->chip.torus_dimension[2]))
TEXT(changed, said(row->chip.change))
TEXT(host_name, said(row->host.name))
NUMBER(host_count, known(row->host_count))
NUMBER(host_memory, known(row->host.memory_byte))
NUMBER(scaleup_domain, known(row->chip.scaleup_domain_chip))
NUMBER(scaleout, known(row->chip.scaleout_byte_per_s))
NUMBER(chip_price, known(row->chip.usd_per_hour))
NUMBER(price_low, known(row->chip.quote[row->chip.price_kind].low_usd_per_hour))
NUMBER(price_high, known(row->chip.quote[row->chip.price_kind].high_usd_per_hour))
TEXT(price_kind, said(tr_price_kind_name(row->price_kind)))
TEXT(price_date, said(row->price_date))
TEXT(chip_price_kind, said(tr_price_kind_name(row->chip.price_kind)))
TEXT(chip_price_date, said(row->chip.price_date))
TEXT(price_source, said(row->chip.price_source))
NUMBER(chips, row->chip_count)
NUMBER(domain, known(row->domain_chip))
NUMBER(price, known(row->usd_per_hour))
TEXT(confidence, said(row->chip.confidence))

static const tr_field one_field[] = {
    TR_T("name", name),
    TR_T("title", title),
    TR_N("chip_count", NONE, chips),
    TR_N("domain_chip", NONE, domain),
    TR_N("usd_per_hour", USD_PER_HOUR, price),
    TR_T("price_kind", price_kind),
    TR_T("price_date", price_date),
    TR_T("chip.name", chip_name),
    TR_T("chip.change", changed),
    TR_T("chip.vendor", vendor),
    TR_T("chip.kind", kind),
    TR_N("chip.year", NONE, year),
    TR_N("chip.flop_per_s.fp32", FLOP_PER_S, fp32),
    TR_N("chip.flop_per_s.tf32", FLOP_PER_S, tf32),
    TR_N("chip.flop_per_s.bf16", FLOP_PER_S, bf16),
    TR_N("chip.flop_per_s.fp8", FLOP_PER_S, fp8),
    TR_N("chip.flop_per_s.int8", FLOP_PER_S, int8),
    TR_N("chip.flop_per_s.fp4", FLOP_PER_S, fp4),
    TR_N("chip.measured_flop_per_s.bf16", FLOP_PER_S, measured_bf16),
    TR_N("chip.measured_flop_per_s.fp8", FLOP_PER_S, measured_fp8),
    TR_N("chip.measured_flop_per_s.fp4", FLOP_PER_S, measured_fp4),
    TR_T("chip.memory_kind", memory_kind),
    TR_N("chip.memory_byte", BYTE, memory),
    TR_N("chip.label_memory_byte", BYTE, label),
    TR_N("chip.memory_byte_per_s", BYTE_PER_S, bandwidth),
    TR_N("chip.cache_byte", BYTE, cache),
    TR_N("chip.cache_byte_per_s", BYTE_PER_S, cache_rate),
    TR_N("chip.core_count", NONE, cores),
    TR_N("chip.memory_channel_count", NONE, channels),
    TR_N("chip.drain_s", SECOND, drain),
    TR_N("chip.ridge_flop_per_byte.bf16", FLOP_PER_BYTE, ridge_bf16),
    TR_N("chip.ridge_flop_per_byte.fp8", FLOP_PER_BYTE, ridge_fp8),
    TR_N("chip.ridge_flop_per_byte.fp4", FLOP_PER_BYTE, ridge_fp4),
    TR_N("chip.balance_token.bf16", TOKEN, balance_bf16),
    TR_N("chip.balance_token.fp8", TOKEN, balance_fp8),
    TR_N("chip.balance_token.fp4", TOKEN, balance_fp4),
    TR_N("chip.power_w", WATT, power),
    TR_N("chip.all_in_power_w", WATT, all_in_power),
    TR_N("chip.idle_power_w", WATT, idle_power),
    TR_T("chip.scaleup_link", scaleup_link),
    TR_T("chip.topology", topology),
    TR_N("chip.scaleup_byte_per_s", BYTE_PER_S, scaleup),
    TR_N("chip.pair_byte_per_s", BYTE_PER_S, pair),
    TR_N("chip.torus_dimension.x", NONE, torus_x),
    TR_N("chip.torus_dimension.y", NONE, torus_y),
    TR_N("chip.torus_dimension.z", NONE, torus_z),
    TR_N("chip.scaleup_domain_chip", NONE, scaleup_domain),
    TR_N("chip.host_byte_per_s", BYTE_PER_S, to_host),
    TR_F("chip.staged_copy", staged),
    TR_N("chip.scaleout_byte_per_s", BYTE_PER_S, scaleout),
    TR_N("chip.usd_per_hour", USD_PER_HOUR, chip_price),
    TR_N("chip.low_usd_per_hour", USD_PER_HOUR, price_low),
    TR_N("chip.high_usd_per_hour", USD_PER_HOUR, price_high),
    TR_T("chip.price_kind", chip_price_kind),
    TR_T("chip.price_date", chip_price_date),
    TR_T("chip.price_source", price_source),
    TR_T("chip.confidence", confidence),
    TR_T("host.name", host_name),
    TR_N("host.count", NONE, host_count),
    TR_N("host.memory_byte", BYTE, host_memory),
};
static const tr_fields one_fields = {one_field, sizeof one_field / sizeof one_field[0]};

static const tr_field list_field[] = {
    TR_T("name", name),
    TR_T("title", title),
    TR_T("chip", chip_name),
    TR_T("vendor", vendor),
    TR_N("year", NONE, year),
    TR_N("chip_count", NONE, chips),
    TR_N("bf16_flop_per_s", FLOP_PER_S, bf16),
    TR_N("fp8_flop_per_s", FLOP_PER_S, fp8),
    TR_N("fp4_flop_per_s", FLOP_PER_S, fp4),
    TR_N("memory_byte", BYTE, memory),
    TR_N("memory_byte_per_s", BYTE_PER_S, bandwidth),
    TR_N("scaleup_byte_per_s", BYTE_PER_S, scaleup),
    TR_N("domain_chip", NONE, domain),
    TR_N("usd_per_hour", USD_PER_HOUR, price),
    TR_T("price_kind", price_kind),
    TR_T("price_date", price_date),
    TR_N("power_w", WATT, power),
    TR_T("confidence", confidence),
};
static const tr_fields list_fields = {list_field, sizeof list_field / sizeof list_field[0]};
/* As much of it as a page is wide: a line below it has the unit of its peaks. */
static double bf16_tera(const void *row) { return bf16(row) / 1e12; }
static double fp8_tera(const void *row) { return fp8(row) / 1e12; }
static double fp4_tera(const void *row) { return fp4(row) / 1e12; }
static const tr_field list_column[] = {
    TR_T_HEAD("name", "system", 21, name),
    TR_N_HEAD("year", NONE, "year", 4, year),
    TR_N_HEAD("chip_count", NONE, "chips", 5, chips),
    TR_N_HEAD("bf16_flop_per_s", NONE, "bf16", 5, bf16_tera),
    TR_N_HEAD("fp8_flop_per_s", NONE, "fp8", 5, fp8_tera),
    TR_N_HEAD("fp4_flop_per_s", NONE, "fp4", 5, fp4_tera),
    TR_N_HEAD("memory_byte", BYTE, "memory", 8, memory),
    TR_N_HEAD("memory_byte_per_s", BYTE_PER_S, "bandwidth", 10, bandwidth),
    TR_N_HEAD("usd_per_hour", USD_PER_HOUR, "price", 8, price),
    TR_T_HEAD("price_kind", "kind", 9, price_kind),
};
static const tr_fields list_columns = {list_column, sizeof list_column / sizeof list_column[0]};

/* ---- one system ------------------------------------------------------------------ */

static void json_tiers(const tr_chip *chip, tr_json *json)
{
    tr_json_key_array(json, "tiers");
    for (int i = 0; i < chip->tier_count; i++) {
        tr_json_object_inline(json);
        tr_json_key_string(json, "name", chip->tier[i].name);
        tr_json_key_number(json, "capacity_byte", chip->tier[i].capacity_byte);
        tr_json_key_number(json, "read_byte_per_s", chip->tier[i].read_byte_per_s);
        tr_json_key_number(json, "write_byte_per_s", known(chip->tier[i].write_byte_per_s));
        tr_json_key_number(json, "drain_s", tr_tier_drain_s(&chip->tier[i]));
        tr_json_key_number(json, "usd_per_byte_s", known(chip->tier[i].usd_per_byte_s));
        tr_json_key_number(json, "usd_per_byte", known(chip->tier[i].usd_per_byte));
        tr_json_key_string(json, "price_source", said(chip->tier[i].price_source));
        tr_json_close(json);
    }
    tr_json_close(json);
}

static void json_quotes(const tr_chip *chip, tr_json *json)
{
    tr_json_key_array(json, "prices");
    for (int kind = TR_PRICE_GIVEN; kind < TR_PRICE_KIND_COUNT; kind++) {
        const tr_chip_quote *quote = &chip->quote[kind];
        if (quote->kind == TR_PRICE_NONE)
            continue;
        tr_json_object_inline(json);
        tr_json_key_string(json, "kind", tr_price_kind_name(quote->kind));
        tr_json_key_string(json, "what", tr_price_kind_words(quote->kind));
        tr_json_key_number(json, "usd_per_hour", quote->usd_per_hour);
        tr_json_key_number(json, "low_usd_per_hour", quote->low_usd_per_hour);
        tr_json_key_number(json, "high_usd_per_hour", quote->high_usd_per_hour);
        tr_json_key_string(json, "source", quote->source);
        tr_json_key_string(json, "date", quote->date);
        tr_json_close(json);
    }
    tr_json_close(json);
}

static void json_source(const char *source, const char *date, tr_json *json)
{
    if (source[0] == '\0')
        return;
    tr_json_object_inline(json);
    tr_json_key_string(json, "source", source);
    tr_json_key_string(json, "date", said(date));
    tr_json_close(json);
}

static tr_status write_json(const tr_scenario *scenario, const tr_system *system, int pretty,
                            const tr_sink *sink, tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, pretty, scenario, NULL);
    tr_fields_json(&one_fields, system, &json);
    json_tiers(&system->chip, &json);
    json_quotes(&system->chip, &json);
    tr_json_key_array(&json, "sources");
    json_source(system->source, system->date, &json);
    if (strcmp(system->source, system->chip.source) != 0)
        json_source(system->chip.source, system->chip.date, &json);
    tr_json_close(&json);
    tr_json_key_array(&json, "notes");
    if (system->note[0] != '\0')
        tr_json_string(&json, system->note);
    if (system->chip.note[0] != '\0' && strcmp(system->note, system->chip.note) != 0)
        tr_json_string(&json, system->chip.note);
    tr_json_close(&json);
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

static void print_known(tr_writer *out, const char *label, double value, tr_unit unit, const char *remark)
{
    if (value > 0)
        tr_print_quantity(out, label, value, unit, remark);
}

static void print_peaks(const tr_chip *chip, tr_writer *out)
{
    static const tr_dtype order[] = {TR_DTYPE_FP32, TR_DTYPE_TF32, TR_DTYPE_BF16,
                                     TR_DTYPE_FP8,  TR_DTYPE_INT8, TR_DTYPE_FP4};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char label[32], text[160] = "", number[64];
        (void)snprintf(label, sizeof label, "peak %s", tr_dtype_name(order[i]));
        if (chip->memory_byte_per_s > 0) {
            (void)tr_quantity_format(ridge_of(chip, order[i]), TR_UNIT_FLOP_PER_BYTE, number, sizeof number);
            (void)snprintf(text, sizeof text, "dense; ridge %s", number);
        }
        if (chip->measured_flop_per_s[order[i]] > 0) {
            (void)tr_quantity_format(chip->measured_flop_per_s[order[i]], TR_UNIT_FLOP_PER_S, number,
                                     sizeof number);
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "; measured %s", number);
        }
        print_known(out, label, chip->flop_per_s[order[i]], TR_UNIT_FLOP_PER_S, text);
    }
}

static void print_tiers(const tr_chip *chip, const tr_style *style, tr_writer *out)
{
    if (chip->tier_count == 0)
        return;
    tr_print_heading(out, style, "Memory tiers, for each chip");
    for (int i = 0; i < chip->tier_count; i++) {
        char text[192], rate[64], drain_time[64];
        (void)tr_quantity_format(chip->tier[i].read_byte_per_s, TR_UNIT_BYTE_PER_S, rate, sizeof rate);
        (void)tr_quantity_format(tr_tier_drain_s(&chip->tier[i]), TR_UNIT_SECOND, drain_time,
                                 sizeof drain_time);
        (void)snprintf(text, sizeof text, "%s, read once in %s", rate, drain_time);
        tr_print_quantity(out, chip->tier[i].name, chip->tier[i].capacity_byte, TR_UNIT_BYTE, text);
    }
}

static void print_quotes(const tr_chip *chip, const tr_style *style, tr_writer *out)
{
    int headed = 0;
    for (int kind = TR_PRICE_GIVEN; kind < TR_PRICE_KIND_COUNT; kind++) {
        const tr_chip_quote *quote = &chip->quote[kind];
        char label[48], low[32], high[32], range[80] = "", text[320];
        if (quote->kind == TR_PRICE_NONE)
            continue;
        if (!headed)
            tr_print_heading(out, style, "Prices of one chip, by kind");
        headed = 1;
        (void)snprintf(label, sizeof label, "%s%s", tr_price_kind_name(quote->kind),
                       quote->kind == chip->price_kind ? " (used)" : "");
        (void)tr_quantity_format(quote->low_usd_per_hour, TR_UNIT_USD_PER_HOUR, low, sizeof low);
        (void)tr_quantity_format(quote->high_usd_per_hour, TR_UNIT_USD_PER_HOUR, high, sizeof high);
        if (quote->high_usd_per_hour > quote->low_usd_per_hour)
            (void)snprintf(range, sizeof range, "%s to %s; ", low, high);
        (void)snprintf(text, sizeof text, "%s%s%s%s", range, quote->date, quote->date[0] != '\0' ? ": " : "",
                       quote->source);
        tr_print_quantity(out, label, quote->usd_per_hour, TR_UNIT_USD_PER_HOUR, text);
    }
}

static void print_sources(const tr_system *system, const tr_style *style, tr_writer *out)
{
    const char *const text[] = {system->note, system->chip.note, system->source, system->chip.source};
    tr_write_char(out, '\n');
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++)
        if (text[i][0] != '\0' &&
            (i % 2 == 0 || strcmp(text[i], text[i - 1]) != 0)) /* a lone chip's are its system's */
            tr_print_wrapped(out, i < 2 ? "  note:   " : "  source: ", "          ", text[i], style->columns);
}

static void print_memory(const tr_chip *chip, tr_writer *out)
{
    char text[96], label[32];
    (void)tr_quantity_format(chip->label_memory_byte, TR_UNIT_BYTE, label, sizeof label);
    (void)snprintf(text, sizeof text, chip->label_memory_byte > 0 ? "%s; %s on the box" : "%s", chip->memory_kind,
                   label);
    print_known(out, "memory", chip->memory_byte, TR_UNIT_BYTE, text);
}

/* "one way, for each chip; mesh, 64 GB/s a pair" */
static void print_cores(const tr_chip *chip, tr_writer *out)
{
    char text[64], rate[48];
    (void)snprintf(text, sizeof text, "%.0f memory channels", chip->memory_channel_count);
    print_known(out, "cores", chip->core_count, TR_UNIT_NONE, chip->memory_channel_count > 0 ? text : NULL);
    (void)tr_quantity_format(chip->cache_byte_per_s, TR_UNIT_BYTE_PER_S, rate, sizeof rate);
    (void)snprintf(text, sizeof text, chip->cache_byte_per_s > 0 ? "that all cores share, read at %s"
                                                                 : "that all cores share", rate);
    print_known(out, "cache", chip->cache_byte, TR_UNIT_BYTE, text);
}

/* How the links of a chip lie: "mesh, 64 GB/s a pair", "torus, 100 GB/s a link, 16 x 20 x 28". */
static void describe_links(const tr_chip *chip, char *out, size_t size)
{
    char rate[32];
    out[0] = '\0';
    if (chip->topology == TR_TOPOLOGY_UNKNOWN)
        return;
    (void)tr_quantity_format(chip->pair_byte_per_s, TR_UNIT_BYTE_PER_S, rate, sizeof rate);
    (void)snprintf(out, size, chip->pair_byte_per_s > 0 ? "; %s, %s %s" : "; %s",
                   tr_topology_name(chip->topology), rate,
                   chip->topology == TR_TOPOLOGY_TORUS ? "a link" : "a pair");
    for (int i = 0; i < 3 && chip->torus_dimension[i] > 0; i++) {
        char more[24];
        (void)snprintf(more, sizeof more, i == 0 ? ", %.0f" : " x %.0f", chip->torus_dimension[i]);
        (void)tr_text_append(out, size, more);
    }
}

static void print_links(const tr_chip *chip, tr_writer *out)
{
    char text[160], how[96];
    describe_links(chip, how, sizeof how);
    (void)snprintf(text, sizeof text, "one way, for each chip%s", how);
    print_known(out, "scale-up", chip->scaleup_byte_per_s, TR_UNIT_BYTE_PER_S, text);
    print_known(out, "scale-out", chip->scaleout_byte_per_s, TR_UNIT_BYTE_PER_S, "one way, for each chip");
    print_known(out, "to the host", chip->host_byte_per_s, TR_UNIT_BYTE_PER_S,
                chip->staged_copy ? "one way, for each chip; from chip to chip all is copied through its memory"
                                  : "one way, for each chip");
}

static tr_status write_card(const tr_system *system, const tr_style *style, const tr_sink *sink,
                            tr_error *err)
{
    const tr_chip *chip = &system->chip;
    char text[256];
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(&out, system->name);
    if (title(system) != NULL) {
        tr_write_text(&out, ": ");
        tr_write_text(&out, title(system));
    }
    tr_write_text(&out, "\n\n");
    if (system->chip_count > 1) {
        (void)snprintf(text, sizeof text, "%.0f x %s, %.0f in one scale-up domain", system->chip_count,
                       chip->name, system->domain_chip);
        tr_print_line(&out, "chips", text, NULL);
    }
    if (system->has_host) {
        (void)snprintf(text, sizeof text, "%.0f x %s", system->host_count, system->host.name);
        tr_print_line(&out, "host", text, NULL);
    }
    print_peaks(chip, &out);
    print_memory(chip, &out);
    print_cores(chip, &out);
    print_known(&out, "bandwidth", chip->memory_byte_per_s, TR_UNIT_BYTE_PER_S, NULL);
    print_known(&out, "drain time", drain(system), TR_UNIT_SECOND, "to read all of the memory once");
    print_links(chip, &out);
    print_known(&out, "power", chip->power_w, TR_UNIT_WATT, "of the board");
    print_known(&out, "idle", chip->idle_power_w, TR_UNIT_WATT, NULL);
    (void)snprintf(text, sizeof text, "%s%s%s", tr_price_kind_words(chip->price_kind),
                   chip->price_date[0] != '\0' ? ", " : "", chip->price_date);
    print_known(&out, "price", chip->usd_per_hour, TR_UNIT_USD_PER_HOUR, text);
    if (system->chip_count > 1)
        print_known(&out, "price of all", system->usd_per_hour, TR_UNIT_USD_PER_HOUR, NULL);
    print_tiers(chip, style, &out);
    print_quotes(chip, style, &out);
    print_sources(system, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_chip(const tr_scenario *scenario, const tr_system *system, const tr_style *style,
                         tr_sink *sink, tr_error *err)
{
    if (style->format == TR_FORMAT_TEXT)
        return write_card(system, style, sink, err);
    if (style->format < TR_FORMAT_CSV) {
        const tr_status s = write_json(scenario, system, style->format == TR_FORMAT_JSON, sink, err);
        if (s == TR_OK && style->format == TR_FORMAT_JSONL && sink->write(sink->context, "\n", 1) != 0)
            return tr_written(TR_EIO, err);
        return s;
    }
    return tr_row_write(&one_fields, "systems", system, style, sink, err);
}

/* ---- all of them ------------------------------------------------------------------- */

typedef struct walk {
    const tr_system_list *list;
    tr_system row;
} walk;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    return w->list->at(w->list->context, index, &w->row, err) == TR_OK ? &w->row : NULL;
}

/* The chips first, then the systems. A chip announced without figures has a row too. */
static tr_status catalog_at(void *context, size_t index, tr_system *out, tr_error *err)
{
    const tr_chip *chip = tr_chip_catalog_at(index);
    (void)context;
    if (chip == NULL)
        return tr_system_catalog_get(tr_system_catalog_name(index - tr_chip_catalog_count()), out, err);
    memset(out, 0, sizeof *out);
    memcpy(out->name, chip->name, sizeof chip->name);
    out->chip = *chip;
    out->chip_count = 1;
    out->domain_chip = 1;
    out->usd_per_hour = chip->usd_per_hour;
    out->price_kind = chip->price_kind;
    memcpy(out->price_date, chip->price_date, sizeof out->price_date);
    return TR_OK;
}

tr_status tr_answer_chips(const tr_scenario *scenario, const tr_system_list *list, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    const tr_system_list catalog = {
        .count = tr_chip_catalog_count() + tr_system_catalog_count(), .at = catalog_at, .context = NULL};
    walk w = {.list = list != NULL ? list : &catalog};
    const tr_rows rows = {.fields = &list_fields,
                          .columns = &list_columns,
                          .name = "chips",
                          .count = w.list->count,
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario};
    const tr_status s = tr_rows_write(&rows, style, sink, err);
    if (s != TR_OK || style->format != TR_FORMAT_TEXT)
        return s;
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_write_text(&out, "\nbf16, fp8, fp4: dense peak of a chip in TFLOP/s; memory and bandwidth are a chip's\n");
    return tr_written(tr_writer_finish(&out), err);
}
