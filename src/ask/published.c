/* ask/published.c -- what the presets' sources print, computed from this row and written in their form. */
#include "ask/published.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "write/print.h"

/* One figure of the source: its label there, our number in its unit and form. */
typedef struct figure {
    const char *label;
    double value;    /* in the unit named by key */
    const char *key; /* JSON */
    char text[80];
} figure;

enum { FIGURE_MAX = 10 };

typedef struct figures {
    const char *title;
    figure figure[FIGURE_MAX];
    size_t count;
} figures;

static figure *add(figures *out, const char *label, const char *key, double value)
{
    figure *f = &out->figure[out->count++];
    f->label = label;
    f->key = key;
    f->value = value;
    return f;
}

/* Milliseconds with four significant digits, as the simulator writes them; "8.192e-5". */
static void add_ms(figures *out, const char *label, const char *key, double value_s)
{
    figure *f = add(out, label, key, value_s * 1e3);
    (void)snprintf(f->text, sizeof f->text, "%.4g ms", f->value);
    char *zero = strstr(f->text, "e-0");
    if (zero != NULL)
        memmove(zero + 2, zero + 3, strlen(zero + 3) + 1);
}

static void relearning(const tr_step_row *row, figures *out)
{
    const tr_step *step = &row->step;
    const double memory_s = step->weights_s + step->kv_s;
    out->title = "As the simulator prints it";
    add_ms(out, "T_compute", "compute_ms", step->compute_s);
    add_ms(out, "T_memory", "memory_ms", memory_s);
    add_ms(out, "Estimated latency", "latency_ms", step->step_s);
    add_ms(out, "Memory weight term", "weights_ms", step->weights_s);
    add_ms(out, "Memory KV term", "kv_ms", step->kv_s);
    add_ms(out, "Memory slope", "slope_ms_per_seq", step->kv_s / row->load.batch_seq);
    figure *f = add(out, "Crossover B*", "balance_batch_seq", row->balance_batch_seq);
    (void)snprintf(f->text, sizeof f->text, isfinite(f->value) ? "%.2f" : "none", f->value);
    f = add(out, "Compute / Memory ratio", "compute_over_memory_ratio", step->compute_s / memory_s);
    (void)snprintf(f->text, sizeof f->text, "%.4g", f->value);
    f = add(out, "KV share", "kv_share_percent", 100 * step->kv_s / memory_s);
    (void)snprintf(f->text, sizeof f->text, "%.2f %%", f->value);
}

/* The lesson divides 2 x batch / bytes by the BF16 ridge. FP8 math runs at
 * twice the BF16 rate on these chips, so its ridge is twice as far. */
static void lesson(const tr_step_row *row, figures *out)
{
    const double ridge = row->ridge_flop_per_byte;
    const double byte1 = 2 * row->load.batch_seq, byte2 = row->load.batch_seq;
    out->title = "The lesson's figures (it prints 214, 16 and 4 %)";
    figure *f = add(out, "ridge", "ridge_flop_per_byte", ridge);
    (void)snprintf(f->text, sizeof f->text, "%.1f FLOP/byte", ridge);
    f = add(out, "BF16 weights and math", "bf16_share_percent", 100 * byte2 / ridge);
    (void)snprintf(f->text, sizeof f->text, "%.1f %% of the ridge (%g of %.1f)", f->value, byte2, ridge);
    f = add(out, "FP8 weights and math", "fp8_share_percent", 100 * byte1 / (2 * ridge));
    (void)snprintf(f->text, sizeof f->text, "%.1f %% of the ridge (%g of %.1f)", f->value, byte1, 2 * ridge);
    f = add(out, "FP8 weights, BF16 math", "mixed_share_percent", 100 * byte1 / ridge);
    (void)snprintf(f->text, sizeof f->text, "%.1f %% of the ridge (%g of %.1f)", f->value, byte1, ridge);
    f = add(out, "batch at the ridge", "ridge_batch_seq", ridge);
    (void)snprintf(f->text, sizeof f->text, "%.0f with one dtype, %.0f with FP8 weights and BF16 math", ridge,
                   ridge / 2);
}

/* 0 if the scenario did not start from a preset, or the row has no numbers. */
static int figures_of(const tr_scenario *scenario, const tr_step_row *row, figures *out)
{
    const int preset = tr_input_choice(scenario, TR_IN_PRESET);
    const char *name = preset < 0 ? NULL : tr_preset_name((size_t)preset);
    out->count = 0;
    if (name == NULL || !row->fits)
        return 0;
    if (strcmp(name, "relearning-02") == 0)
        relearning(row, out);
    else if (strcmp(name, "lesson-11") == 0)
        lesson(row, out);
    return out->count > 0;
}

void tr_published_text(const tr_scenario *scenario, const tr_step_row *row, const tr_style *style,
                       tr_writer *out)
{
    figures all;
    if (!figures_of(scenario, row, &all))
        return;
    tr_print_heading(out, style, all.title);
    for (size_t i = 0; i < all.count; i++)
        tr_print_line(out, all.figure[i].label, all.figure[i].text, NULL);
}

void tr_published_json(const tr_scenario *scenario, const tr_step_row *row, tr_json *json)
{
    figures all;
    if (!figures_of(scenario, row, &all))
        return;
    tr_json_key_object(json, "published");
    for (size_t i = 0; i < all.count; i++)
        tr_json_key_number(json, all.figure[i].key, all.figure[i].value);
    tr_json_close(json);
}
