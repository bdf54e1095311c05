/* ask/report.c -- gathers everything the blackboard knows about a model on a system. */
#include "ask/report.h"

#include <tokenroof/ask.h>

#include <math.h>

#include "ask/working.h"
#include "base/fail.h"
#include "write/rows.h"

/* The batch where the weights' multiplies take as long as reading all weights:
 * ridge x bytes / 2 x sparsity, with neither KV nor attention.  [R9] */
static double balance_without_kv(const tr_roofline *roof)
{
    return tr_floor_s(roof) / (roof->flop_per_token / roof->flop_per_s);
}

/* The terms of a batch that does not fit still say what more memory would give. */
static tr_status row_of(const tr_report *report, double batch_seq, tr_step_row *out, tr_error *err)
{
    const tr_load load = {.phase = TR_PHASE_DECODE,
                          .batch_seq = batch_seq,
                          .context_token = report->context_token,
                          .query_token = 1};
    return tr_step_row_bound(report->question, &load, out, err);
}

static void compare(tr_report *report)
{
    const tr_step *normal = &report->point[1].row.step;
    for (int i = 0; i < TR_REPORT_POINTS; i++) {
        const tr_step *step = &report->point[i].row.step;
        report->point[i].speed_ratio = normal->step_s / step->step_s;
        report->point[i].price_ratio = normal->token_per_s / step->token_per_s;
    }
}

/* What would be passed over in silence is refused. */
static tr_status check_load(const tr_scenario *scenario, tr_error *err)
{
    size_t context_count = 0;
    (void)tr_input_list(scenario, TR_IN_CONTEXT, &context_count);
    if (tr_input_choice(scenario, TR_IN_PHASE) == TR_PHASE_PREFILL)
        return tr_fail(err, TR_ECONFLICT, "phase", 0, "report is about decode; step answers --phase prefill");
    if (context_count > 1)
        return tr_fail(err, TR_ECONFLICT, "context_token", (double)context_count,
                       "report takes one context; step takes a list");
    return TR_OK;
}

tr_status tr_report_of(const tr_scenario *scenario, const tr_problem *question, tr_report *out, tr_error *err)
{
    const tr_roofline *roof = &question->roof;
    const tr_model *model = question->model;
    tr_status s = check_load(scenario, err);
    if (s == TR_OK)
        s = tr_check_weights_fit(question, err);
    if (s != TR_OK)
        return s;
    *out = (tr_report){.question = question, .context_token = tr_input_number(scenario, TR_IN_CONTEXT)};
    out->balance_batch_seq = tr_balance_batch_seq(roof, out->context_token);
    out->balance_without_kv_batch_seq = balance_without_kv(roof);
    const double normal_batch_seq =
        isfinite(out->balance_batch_seq) ? out->balance_batch_seq : out->balance_without_kv_batch_seq;
    out->normal_batch_seq = floor(normal_batch_seq + 0.5) > roof->copy_count ? floor(normal_batch_seq + 0.5)
                                                                             : roof->copy_count;
    out->sparsity_ratio = model->total_param / model->active_param;
    out->balance_token = tr_ridge_flop_per_byte(roof) * roof->weight_byte / 2;
    out->balanced_context_token = tr_balance_context_token(roof);
    out->kv_byte_per_seq = tr_model_kv_store_byte(model, out->context_token, tr_dtype_byte(roof->kv_dtype));
    out->hold = tr_hold_of(question, 1.0, out->context_token);
    out->drain_s = tr_drain_s(roof);
    out->floor_usd_per_mtoken = tr_floor_usd_per_mtoken(roof, out->context_token);
    static const char *const names[TR_REPORT_POINTS] = {"fast", "normal", "slow"};
    /* Fast: one for each copy of the weights. Fewer would be no faster, and leave replicas idle. */
    const double batches_seq[TR_REPORT_POINTS] = {roof->copy_count, out->normal_batch_seq, 3 * out->normal_batch_seq};
    for (int i = 0; s == TR_OK && i < TR_REPORT_POINTS; i++) {
        out->point[i].name = names[i];
        s = row_of(out, batches_seq[i], &out->point[i].row, err);
    }
    if (s == TR_OK)
        compare(out);
    return s;
}

static tr_status write_json(const tr_scenario *scenario, const tr_report *report, const tr_report_lead *lead,
                            const tr_notes *notes, const tr_style *style, const tr_sink *sink, tr_error *err)
{
    const tr_fields shared = {tr_step_fields.field, tr_step_shared_count};
    tr_json json;
    tr_document_begin(&json, sink, style->format == TR_FORMAT_JSON, scenario, NULL);
    tr_fields_json(&shared, &report->point[1].row, &json);
    tr_report_lead_json(lead, &json);
    tr_report_json(report, &json);
    tr_notes_json(notes, &json);
    if (style->explain) {
        tr_workings workings;
        tr_workings_of_step(&report->point[1].row, &workings);
        tr_workings_add_report(report, &workings);
        tr_train_row_workings(&report->train, &workings);
        tr_workings_json(&workings, &json);
    }
    tr_json_close(&json);
    tr_status s = tr_json_finish(&json);
    if (s == TR_OK && style->format == TR_FORMAT_JSONL && sink->write(sink->context, "\n", 1) != 0)
        s = TR_EIO;
    return tr_written(s, err);
}

enum { FIGURE_ROWS = 18, FIGURE_COLUMNS_MAX = 110 };

/* Latency against batch and cost against batch: the two pictures that matter. */
static tr_status draw(const tr_problem *question, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const tr_figure_target terminal = {.terminal = 1,
                                       .columns = style->columns < FIGURE_COLUMNS_MAX ? style->columns
                                                                                      : FIGURE_COLUMNS_MAX,
                                       .rows = FIGURE_ROWS,
                                       .colour = style->colour,
                                       .ascii = style->ascii};
    tr_status (*const figures[])(const tr_problem *, const tr_figure_target *, tr_sink *,
                                 tr_error *) = {tr_answer_figure_batch, tr_answer_figure_cost};
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        if (sink->write(sink->context, "\n", 1) != 0)
            return tr_written(TR_EIO, err);
        const tr_status s = figures[i](question, &terminal, sink, err);
        if (s != TR_OK)
            return s;
    }
    return TR_OK;
}

static tr_status write_text(const tr_report *report, const tr_report_lead *lead, const tr_problem *question,
                            const tr_notes *notes, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_writer out;
    tr_writer_begin(&out, sink);
    tr_report_lead_text(lead, &out);
    tr_report_text(report, style, &out);
    tr_status s = tr_written(tr_writer_finish(&out), err);
    if (s == TR_OK)
        s = draw(question, style, sink, err);
    if (s != TR_OK)
        return s;
    tr_writer_begin(&out, sink);
    tr_notes_text(notes, style->columns, &out);
    if (style->explain) {
        tr_workings workings;
        tr_workings_of_step(&report->point[1].row, &workings);
        tr_workings_add_report(report, &workings);
        tr_train_row_workings(&report->train, &workings);
        tr_workings_text(&workings, style, &out);
    }
    return tr_written(tr_writer_finish(&out), err);
}

/* The points as rows, with the fields of `step`. */
static const void *point_at(void *context, size_t index, tr_error *err)
{
    (void)err;
    return &((tr_report *)context)->point[index].row;
}

static tr_status write(const tr_scenario *scenario, tr_report *report, const tr_problem *question,
                       const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_report_lead lead;
    tr_notes notes;
    tr_status s = tr_report_lead_of(scenario, question, &lead, err);
    if (s != TR_OK)
        return s;
    tr_notes_of(scenario, question, &notes);
    s = style->format == TR_FORMAT_TEXT ? write_text(report, &lead, question, &notes, style, sink, err)
                                        : write_json(scenario, report, &lead, &notes, style, sink, err);
    tr_report_lead_end(&lead);
    return s;
}

tr_status tr_answer_report(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                           tr_sink *sink, tr_error *err)
{
    tr_report report;
    /* The points are the bound's, each with what is predicted beside. */
    tr_problem plain = *question;
    plain.physics = TR_PHYSICS_BOUND;
    tr_status s = tr_report_of(scenario, &plain, &report, err);
    if (s == TR_OK)
        s = tr_train_row_of(scenario, question, &report.train, err);
    if (s != TR_OK)
        return s;
    report.physics = question->physics != TR_PHYSICS_BOUND ? question->physics : TR_PHYSICS_FITTED;
    if (style->format < TR_FORMAT_CSV)
        return write(scenario, &report, question, style, sink, err);
    const tr_rows rows = {.fields = &tr_step_fields,
                          .name = NULL,
                          .count = TR_REPORT_POINTS,
                          .at = point_at,
                          .context = &report};
    return tr_rows_write(&rows, style, sink, err);
}
