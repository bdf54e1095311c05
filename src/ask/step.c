/* ask/step.c -- the answer of `step`: one pass as a page, or many as rows. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "ask/asked.h"
#include "ask/published.h"
#include "ask/step_row.h"
#include "ask/working.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

typedef struct walk {
    const tr_problem *question;
    tr_loads loads;
    tr_step_row row;
} walk;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    const tr_load load = tr_loads_at(&w->loads, index);
    return tr_step_row_of(w->question, &load, &w->row, err) == TR_OK ? &w->row : NULL;
}

/* Nothing fits: an answer of empty rows would hide it. */
static tr_status check_any_fits(walk *w, tr_error *err)
{
    tr_error first = {.status = TR_OK};
    for (size_t i = 0; i < w->loads.count; i++) {
        const tr_step_row *row = row_at(w, i, err);
        if (row == NULL)
            return TR_EDOMAIN;
        if (row->fits)
            return TR_OK;
        if (first.status == TR_OK)
            first = row->why;
    }
    if (err != NULL)
        *err = first;
    return first.status;
}

/* ---- one pass as JSON ------------------------------------------------------ */

/* model, system and layout are the same in every row: a document of rows says them once more at its top. */
static tr_status write_json(const tr_rows *rows, walk *w, const tr_style *style, const tr_sink *sink,
                            tr_error *err)
{
    const tr_fields shared = {tr_step_fields.field, tr_step_shared_count};
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    const tr_step_row *row = row_at(w, 0, err);
    if (row == NULL)
        return TR_EDOMAIN;
    tr_fields_json(rows->count == 1 ? &tr_step_fields : &shared, row, &json);
    if (rows->count > 1) {
        tr_json_key_array(&json, rows->name);
        const tr_status s = tr_rows_json(rows, &json, err);
        if (s != TR_OK)
            return s;
        tr_json_close(&json);
    }
    tr_published_json(rows->scenario, row, &json);
    tr_notes_json(rows->notes, &json);
    if (style->explain) {
        tr_workings workings;
        (void)row_at(w, 0, err);
        tr_workings_of_step(&w->row, &workings);
        tr_workings_json(&workings, &json);
    }
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

/* ---- one pass as a page ----------------------------------------------------- */

static const char *format(double value, tr_unit unit, char *out, size_t size)
{
    (void)tr_quantity_format(value, unit, out, size);
    return out;
}

static void print_title(const tr_step_row *row, tr_writer *out)
{
    char text[768], batch[64], context[64], query[64];
    const tr_load *load = &row->load;
    (void)format(load->batch_seq, TR_UNIT_SEQ, batch, sizeof batch);
    (void)format(load->context_token, TR_UNIT_CONTEXT, context, sizeof context);
    (void)format(load->query_token, TR_UNIT_CONTEXT, query, sizeof query);
    if (load->phase == TR_PHASE_DECODE)
        (void)snprintf(text, sizeof text, "%s on %s: decode, batch %s at %s tokens of context\n",
                       row->question->model->name, row->question->system->name, batch, context);
    else
        (void)snprintf(text, sizeof text, "%s on %s: prefill of %s new tokens on %s cached, batch %s\n",
                       row->question->model->name, row->question->system->name, query, context, batch);
    tr_write_text(out, text);
}

/* For a table: the interval is a ratio, one for all rows. */
static void print_band_of_table(const tr_problem *question, tr_phase phase, tr_writer *out)
{
    const tr_interval of = phase == TR_PHASE_PREFILL ? TR_INTERVAL_PREFILL : TR_INTERVAL_DECODE;
    const tr_band *band = &question->calibration.band[of][question->distance];
    char text[384], low[32], high[32];
    (void)tr_text_fixed(low, sizeof low, band->low_ratio, 2);
    (void)tr_text_fixed(high, sizeof high, band->high_ratio, 2);
    (void)snprintf(text, sizeof text,
                   "90 %% interval of %s: %s to %s times the predicted step; %s (calibration %s)",
                   tr_phase_name(phase), low, high, tr_question_rests_on(question), question->calibration.origin);
    tr_print_wrapped(out, "", "  ", text, TR_PAGE_COLUMNS);
}

/* Nothing of numbers alone. */
static void print_predicted(const tr_step_row *row, tr_writer *out)
{
    if (row->question->blackboard)
        return;
    tr_step_row_print(row, out);
    if (row->is_predicted)
        tr_print_line(out, "how sure", tr_question_rests_on(row->question), NULL);
    else
        tr_print_line(out, "not predicted", row->why.text, NULL);
    if (row->is_predicted && row->load.phase == TR_PHASE_DECODE && row->load.batch_seq <= 1.0)
        tr_print_line(out, "interval", "of one step; of a request served alone: `predict --concurrency 1`", NULL);
    tr_drafts_explain(&row->drafts, "sequences", out);
    tr_write_char(out, '\n');
}

static void print_terms(const tr_step_row *row, tr_writer *out)
{
    static const char *const why[] = {"multiplying", "reading weights", "reading the KV cache", "links",
                                      "launches and host", "what the host computes", "crossing to the host"};
    const tr_physics physics = row->question->physics;
    const int bound = physics == TR_PHYSICS_BOUND;
    char text[128];
    tr_print_quantity(out, "compute", row->step.compute_s, TR_UNIT_SECOND,
                      bound ? "overlaps with memory" : "operators limited by multiplies");
    tr_print_quantity(out, "weights", row->step.weights_s, TR_UNIT_SECOND,
                      bound ? "memory: read once for the whole batch" : "... by reading weights");
    tr_print_quantity(out, "KV cache", row->step.kv_s, TR_UNIT_SECOND,
                      bound ? "memory: read for each sequence" : "... by reading the KV cache");
    if (!bound) {
        tr_print_quantity(out, "links", row->step.comm_s, TR_UNIT_SECOND, "collectives between chips");
        tr_print_quantity(out, "fixed", row->step.fixed_s, TR_UNIT_SECOND,
                          physics == TR_PHYSICS_OPS ? "before a collective's first byte"
                                                    : "kernel launches, per-layer overheads, the host");
    }
    if (tr_shard_has_host(&row->question->shard)) {
        tr_print_quantity(out, "host", row->step.host_s, TR_UNIT_SECOND,
                          "its layers: reading weights and KV cache, multiplying");
        tr_print_quantity(out, "crossing", row->step.crossing_s, TR_UNIT_SECOND,
                          "between chip and host: activations, and weights that are copied");
    }
    (void)snprintf(text, sizeof text, "%s %s", bound ? "limited by" : "their sum, most of it",
                   why[row->step.limit]);
    tr_print_quantity(out, "step", row->step.step_s, TR_UNIT_SECOND, text);
    if (physics == TR_PHYSICS_FITTED)
        tr_print_line(out, "calibration", row->question->calibration.origin, NULL);
}

static void print_rates(const tr_step_row *row, tr_writer *out)
{
    const tr_roofline *roof = &row->question->roof;
    char price[64], text[128];
    /* By the physics asked for, where the lines above have not said it. */
    const int is_said = row->is_predicted && row->question->physics == TR_PHYSICS_FITTED;
    if (!is_said) {
        tr_print_quantity(out, "throughput", row->step.token_per_s, TR_UNIT_TOKEN_PER_S, "all sequences");
        tr_print_quantity(out, "each sequence", row->step.token_per_s_per_seq, TR_UNIT_TOKEN_PER_S, NULL);
    }
    tr_print_quantity(out, "each chip", row->step.token_per_s_per_chip, TR_UNIT_TOKEN_PER_S, NULL);
    if (roof->usd_per_s > 0 && !is_said) {
        (void)snprintf(text, sizeof text, "per million tokens, at %s for the system",
                       format(row->question->system->usd_per_hour, TR_UNIT_USD_PER_HOUR, price, sizeof price));
        tr_print_quantity(out, "cost", row->step.usd_per_mtoken, TR_UNIT_USD, text);
    }
    tr_print_quantity(out, "compute used (MFU)", row->step.mfu, TR_UNIT_RATIO, NULL);
    tr_print_quantity(out, "bandwidth used (MBU)", row->step.mbu, TR_UNIT_RATIO, NULL);
}

static void print_marks(const tr_step_row *row, tr_writer *out)
{
    char text[192], ridge[64], batch[64];
    tr_print_quantity(out, "floor", row->floor_s, TR_UNIT_SECOND,
                      "to read all weights once: no large batch is faster");
    (void)snprintf(text, sizeof text, "ridge point at %s",
                   format(row->ridge_flop_per_byte, TR_UNIT_FLOP_PER_BYTE, ridge, sizeof ridge));
    tr_print_quantity(out, "intensity", row->step.intensity_flop_per_byte, TR_UNIT_FLOP_PER_BYTE, text);
    if (tr_shard_has_host(&row->question->shard)) /* two sides of compute and memory, and no balance of the two */
        tr_print_line(out, "balance batch", "-", "chip and host have a balance each");
    else if (row->load.phase == TR_PHASE_DECODE && !isfinite(row->balance_batch_seq))
        tr_print_line(out, "balance batch", "none",
                      "at this context KV reads keep every batch memory-bound");
    else if (row->load.phase == TR_PHASE_DECODE)
        tr_print_line(out, "balance batch", tr_print_batch(row->balance_batch_seq, batch, sizeof batch),
                      tr_balance_words(row->question, row->balance_batch_seq,
                                       "sequences: compute and memory take the same time", text, sizeof text));
    if (isfinite(row->max_batch_seq))
        tr_print_quantity(out, "largest batch", row->max_batch_seq, TR_UNIT_SEQ, "sequences fit in memory");
}

static tr_status write_page(const tr_rows *rows, walk *w, const tr_style *style, const tr_sink *sink,
                            tr_error *err)
{
    tr_writer out;
    const tr_step_row *row = row_at(w, 0, err);
    if (row == NULL)
        return TR_EDOMAIN;
    tr_writer_begin(&out, sink);
    print_title(row, &out);
    tr_print_setting(w->question, &out);
    tr_print_price(w->question, &out);
    tr_write_char(&out, '\n');
    print_predicted(row, &out);
    print_terms(row, &out);
    tr_write_char(&out, '\n');
    print_rates(row, &out);
    tr_write_char(&out, '\n');
    print_marks(row, &out);
    tr_published_text(rows->scenario, row, style, &out);
    tr_notes_text(rows->notes, style->columns, &out);
    if (style->explain) {
        tr_workings workings;
        tr_workings_of_step(row, &workings);
        tr_workings_text(&workings, style, &out);
    }
    return tr_written(tr_writer_finish(&out), err);
}

static tr_status write_table(const tr_rows *rows, walk *w, const tr_style *style, const tr_sink *sink,
                             tr_error *err)
{
    tr_writer out;
    char text[512];
    const int decodes = tr_loads_have(&w->loads, TR_PHASE_DECODE);
    const int prefills = tr_loads_have(&w->loads, TR_PHASE_PREFILL);
    tr_writer_begin(&out, sink);
    (void)snprintf(text, sizeof text, "%s on %s, %s%s%s\n", w->question->model->name, w->question->system->name,
                   decodes ? tr_phase_name(TR_PHASE_DECODE) : "", decodes && prefills ? " and " : "",
                   prefills ? tr_phase_name(TR_PHASE_PREFILL) : "");
    tr_write_text(&out, text);
    tr_print_setting(w->question, &out);
    tr_print_price(w->question, &out);
    tr_drafts_head(w->question, &out);
    if (!w->question->blackboard && decodes)
        print_band_of_table(w->question, TR_PHASE_DECODE, &out);
    if (!w->question->blackboard && prefills)
        print_band_of_table(w->question, TR_PHASE_PREFILL, &out);
    tr_write_char(&out, '\n');
    tr_status s = tr_writer_finish(&out);
    if (s != TR_OK)
        return tr_written(s, err);
    s = tr_rows_write(rows, style, sink, err);
    if (s != TR_OK || !style->explain)
        return s;
    if (row_at(w, 0, err) == NULL)
        return TR_EDOMAIN;
    tr_workings workings;
    tr_writer_begin(&out, sink);
    tr_workings_of_step(&w->row, &workings);
    tr_write_text(&out, "\nThe first row:");
    tr_workings_text(&workings, style, &out);
    return tr_written(tr_writer_finish(&out), err);
}

tr_status tr_answer_step(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                         tr_sink *sink, tr_error *err)
{
    walk w = {.question = question};
    tr_notes notes;
    tr_status s = tr_loads_of(scenario, style, &w.loads, err);
    if (s == TR_OK)
        s = tr_check_weights_fit(question, err);
    if (s == TR_OK)
        s = check_any_fits(&w, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    const tr_rows rows = {.fields = &tr_step_fields,
                          .columns = tr_step_columns(question, tr_loads_have(&w.loads, TR_PHASE_PREFILL)),
                          .name = "rows",
                          .count = w.loads.count,
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_JSON)
        return write_json(&rows, &w, style, sink, err);
    if (style->format == TR_FORMAT_TEXT)
        return rows.count == 1 ? write_page(&rows, &w, style, sink, err)
                               : write_table(&rows, &w, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
