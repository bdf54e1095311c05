/* lab/reversible.c -- the answer of `reversible`: memory for compute in a model, and an experiment that shows it. */
#include "lab/reversible.h"

#include <tokenroof/ask.h>

#include <math.h>
#include <stdio.h>

#include "write/print.h"
#include "write/rows.h"
#include "ask/working.h"
#include "base/fail.h"
#include "life/reversible_limits.h"

void tr_answer_lab_inputs(const tr_scenario *scenario, tr_stack *stack, tr_feistel *cipher, size_t *block)
{
    const uint64_t key = (uint64_t)tr_input_number(scenario, TR_IN_KEY);
    *stack = (tr_stack){.layers = (size_t)tr_input_number(scenario, TR_IN_STACK_LAYERS),
                        .width = (size_t)tr_input_number(scenario, TR_IN_STACK_DIM),
                        .batch = (size_t)tr_input_number(scenario, TR_IN_STACK_ROWS),
                        .seed = key,
                        .gain_ratio = tr_input_number(scenario, TR_IN_STACK_GAIN)};
    *cipher = (tr_feistel){.key = key, .rounds = (int)tr_input_number(scenario, TR_IN_ROUNDS)};
    *block = (size_t)tr_input_number(scenario, TR_IN_BLOCK);
}

tr_status tr_reversible_of(const tr_scenario *scenario, const tr_problem *question, const tr_lab *lab,
                           tr_reversible *out, tr_error *err)
{
    *out = (tr_reversible){.question = question, .lab = lab};
    if (question == NULL)
        return TR_OK;
    out->numbers = (tr_train_numbers){.state_byte_per_param = tr_input_number(scenario, TR_IN_STATE_BYTE),
                                      .activation_elem_byte = tr_input_number(scenario, TR_IN_ACTIVATION_BYTE),
                                      .sequence_token = tr_input_number(scenario, TR_IN_SEQUENCE),
                                      .memory_byte = question->roof.memory_byte};
    out->context_token = question->load.context_token;
    const tr_status s = tr_train_memory_of(question->model, &out->numbers, &out->memory, err);
    if (s != TR_OK)
        return s;
    return tr_kv_mirror_of(question->model, out->context_token, tr_dtype_byte(question->roof.kv_dtype),
                           &out->mirror, err);
}

static int way_count(const tr_reversible *answer) { return answer->question != NULL ? TR_WAY_COUNT : TR_KEEP_COUNT; }

/* ---- the equations, with numbers --------------------------------------------------- */

static void model_workings(const tr_reversible *r, tr_workings *out)
{
    const tr_train_memory *m = &r->memory;
    tr_working *w = tr_working_start(out, "K45");
    tr_working_put(w, "ordinary", TR_UNIT_BYTE, m->kept_byte_per_token[TR_KEEP_ALL], 1);
    tr_working_put(w, "reversible", TR_UNIT_BYTE, m->kept_byte_per_token[TR_KEEP_NOTHING], 1);
    tr_working_put(w, "L", TR_UNIT_NONE, m->layer_count, 0);
    tr_working_put(w, "A", TR_UNIT_BYTE, m->mean_layer_byte_per_token, 0);
    tr_working_put(w, "A_max", TR_UNIT_BYTE, m->widest_layer_byte_per_token, 0);
    tr_working_put(w, "s", TR_UNIT_BYTE, m->stream_byte_per_token, 0);
    w = tr_working_start(out, "K46");
    tr_working_put(w, "checkpointed", TR_UNIT_BYTE, m->kept_byte_per_token[TR_KEEP_CHECKPOINTS], 1);
    tr_working_put(w, "L", TR_UNIT_NONE, m->layer_count, 0);
    tr_working_put(w, "k", TR_UNIT_NONE, m->segment_layer, 0);
    tr_working_put(w, "s", TR_UNIT_BYTE, m->stream_byte_per_token, 0);
    tr_working_put(w, "A", TR_UNIT_BYTE, m->mean_layer_byte_per_token, 0);
    w = tr_working_start(out, "K49");
    tr_working_put(w, "batch", TR_UNIT_SEQ, m->batch_seq[TR_KEEP_NOTHING], 1);
    tr_working_put(w, "memory", TR_UNIT_BYTE, r->numbers.memory_byte, 0);
    tr_working_put(w, "state", TR_UNIT_BYTE, m->state_byte, 0);
    tr_working_put(w, "kept", TR_UNIT_BYTE, m->kept_byte_per_token[TR_KEEP_NOTHING], 0);
    tr_working_put(w, "T", TR_UNIT_TOKEN, r->numbers.sequence_token, 0);
    w = tr_working_start(out, "K47");
    tr_working_put(w, "ratio", TR_UNIT_NONE, r->mirror.compute_ratio, 1);
    tr_working_put(w, "cached", TR_UNIT_BYTE, r->mirror.cached_byte_per_token, 1);
    tr_working_put(w, "held", TR_UNIT_BYTE, r->mirror.again_byte_per_token, 1);
    tr_working_put(w, "n", TR_UNIT_TOKEN, r->context_token, 0);
    tr_working_put(w, "flop(n + 1 tokens)", TR_UNIT_FLOP, r->mirror.again_flop, 0);
    tr_working_put(w, "flop(1 token)", TR_UNIT_FLOP, r->mirror.once_flop, 0);
    tr_working_put(w, "kv_store(n)", TR_UNIT_BYTE, r->mirror.stored_byte, 0);
    tr_working_put(w, "hidden", TR_UNIT_NONE, r->question->model->hidden, 0);
    tr_working_put(w, "widest kv_store(n)", TR_UNIT_BYTE, r->mirror.widest_byte, 0);
}

static void lab_workings(const tr_lab *lab, tr_workings *out)
{
    const double segment = (double)tr_stack_segment_layer(lab->stack.layers);
    tr_working *w = tr_working_start(out, "K53");
    tr_working_put(w, "ordinary", TR_UNIT_BYTE, lab->predicted_byte[TR_KEEP_ALL], 1);
    tr_working_put(w, "checkpointed", TR_UNIT_BYTE, lab->predicted_byte[TR_KEEP_CHECKPOINTS], 1);
    tr_working_put(w, "reversible", TR_UNIT_BYTE, lab->predicted_byte[TR_KEEP_NOTHING], 1);
    tr_working_put(w, "L", TR_UNIT_NONE, (double)lab->stack.layers, 0);
    tr_working_put(w, "k", TR_UNIT_NONE, segment, 0);
    tr_working_put(w, "n", TR_UNIT_NONE, ceil((double)lab->stack.layers / segment), 0);
    tr_working_put(w, "u", TR_UNIT_BYTE, lab->predicted_byte[TR_KEEP_NOTHING] / 6, 0);
    w = tr_working_start(out, "K51");
    tr_working_put(w, "share(2)", TR_UNIT_RATIO, tr_feistel_ideal_share(lab->block, 2), 1);
    tr_working_put(w, "share(0)", TR_UNIT_RATIO, tr_feistel_ideal_share(lab->block, 0), 1);
    const size_t left = lab->block / 2, right = lab->block - left; /* an odd byte stands on the right */
    tr_working_put(w, "left", TR_UNIT_NONE, 8.0 * (double)left, 0);
    tr_working_put(w, "right", TR_UNIT_NONE, 8.0 * (double)right, 0);
    w = tr_working_start(out, "K54");
    tr_working_put(w, "growth", TR_UNIT_NONE, tr_stack_growth_ratio(lab->stack.gain_ratio), 1);
    tr_working_put(w, "gain", TR_UNIT_NONE, lab->stack.gain_ratio, 0);
    tr_working_put(w, "s", TR_UNIT_NONE, lab->stack.gain_ratio * lab->stack.gain_ratio, 0);
}

static void workings_of(const tr_reversible *r, tr_workings *out)
{
    out->count = 0;
    tr_working *w = tr_working_start(out, "K48");
    tr_working_put(w, "ratio", TR_UNIT_NONE, tr_keep_compute_ratio(TR_KEEP_NOTHING), 1);
    tr_working_put(w, "forward", TR_UNIT_NONE, 1, 0);
    tr_working_put(w, "backward", TR_UNIT_NONE, 2, 0);
    tr_working_put(w, "again", TR_UNIT_NONE, 1, 0);
    if (r->question != NULL)
        model_workings(r, out);
    if (r->lab != NULL)
        lab_workings(r->lab, out);
}

/* ---- the page ------------------------------------------------------------------------ */

static const char *format(double value, tr_unit unit, char *out, size_t size)
{
    (void)tr_quantity_format(value, unit, out, size);
    return out;
}

static void print_room(const tr_reversible *r, tr_writer *out)
{
    const tr_train_memory *m = &r->memory;
    char text[160], number[64];
    (void)snprintf(text, sizeof text, "%s for each parameter",
                   format(r->numbers.state_byte_per_param, TR_UNIT_BYTE, number, sizeof number));
    tr_print_quantity(out, "weights and optimizer", m->state_byte, TR_UNIT_BYTE, text);
    (void)snprintf(text, sizeof text, "of %s, spread over all chips",
                   format(r->numbers.memory_byte, TR_UNIT_BYTE, number, sizeof number));
    if (!isfinite(m->free_byte)) {
        tr_print_line(out, "left", "not limited", NULL);
    } else if (m->free_byte >= 0.0) {
        tr_print_quantity(out, "left for activations", m->free_byte, TR_UNIT_BYTE, text);
    } else {
        const double chips =
            ceil(m->state_byte / (r->numbers.memory_byte / r->question->system->chip_count));
        (void)snprintf(text, sizeof text, "of %s: %.0f such chips would hold them, with nothing to spare",
                       format(r->numbers.memory_byte, TR_UNIT_BYTE, number, sizeof number), chips);
        tr_print_quantity(out, "over by", -m->free_byte, TR_UNIT_BYTE, text);
    }
}

static void print_ways(const tr_reversible *r, const tr_fields *fields, int first, int end, tr_writer *out)
{
    for (int way = first; way < end; way++) {
        const tr_way_row row = tr_way_row_of(r, way);
        tr_fields_table_row(fields, &row, out);
    }
}

static void print_model(const tr_reversible *r, const tr_style *style, tr_writer *out)
{
    const tr_train_memory *m = &r->memory;
    char text[800], number[64], ratio[64];
    (void)snprintf(text, sizeof text, "%.90s on %.60s: training sequences of %s tokens\n\n", r->question->model->name,
                   r->question->system->name,
                   format(r->numbers.sequence_token, TR_UNIT_CONTEXT, number, sizeof number));
    tr_write_text(out, text);
    print_room(r, out);
    tr_write_char(out, '\n');
    tr_fields_table_head(&tr_way_model_fields, out);
    print_ways(r, &tr_way_model_fields, 0, TR_KEEP_COUNT, out);
    (void)snprintf(text, sizeof text,
                   "batch: sequences that fit together; layers: such layers that fit with one sequence (the model has "
                   "%.0f). Checkpoints stand before every %s%s; a reversible stack of this shape, with two "
                   "streams, keeps %s times less than the ordinary one.",
                   m->layer_count, m->segment_layer > 1 ? format(m->segment_layer, TR_UNIT_NONE, number, sizeof number)
                                                        : "layer",
                   m->segment_layer > 1 ? " layers" : "",
                   format(m->kept_byte_per_token[TR_KEEP_ALL] / m->kept_byte_per_token[TR_KEEP_NOTHING], TR_UNIT_NONE,
                          ratio, sizeof ratio));
    tr_print_wrapped(out, "  ", "  ", text, style->columns);
    (void)snprintf(text, sizeof text, "The mirror image: decoding one token at %s tokens of context",
                   format(r->context_token, TR_UNIT_CONTEXT, number, sizeof number));
    tr_print_heading(out, style, text);
    print_ways(r, &tr_way_model_fields, TR_KEEP_COUNT, TR_WAY_COUNT, out);
}

static void print_training(const tr_reversible *r, const tr_style *style, tr_writer *out)
{
    const tr_lab *lab = r->lab;
    char text[200];
    (void)snprintf(text, sizeof text, "A stack trained here: %zu layer%s, two streams of %zu, %zu rows, fp64",
                   lab->stack.layers, lab->stack.layers > 1 ? "s" : "", lab->stack.width, lab->stack.batch);
    tr_print_heading(out, style, text);
    tr_fields_table_head(&tr_way_lab_fields, out);
    print_ways(r, &tr_way_lab_fields, 0, TR_KEEP_COUNT, out);
    (void)snprintf(text, sizeof text,
                   "predicted and counted: bytes of activations and slopes in use at once. Recomputing should take "
                   "%.4g times as long.", tr_keep_compute_ratio(TR_KEEP_NOTHING));
    tr_print_wrapped(out, "  ", "  ", text, style->columns);
}

static void print_inversion(const tr_lab *lab, const tr_style *style, tr_writer *out)
{
    tr_print_heading(out, style, "Forward and back again: the largest error over the largest number");
    tr_fields_table_head(&tr_drift_fields, out);
    for (size_t i = 0; i < lab->depths; i++) {
        const tr_drift_row row = {(double)lab->depth[i], lab->drift_ratio[i]};
        tr_fields_table_row(&tr_drift_fields, &row, out);
    }
}

static void print_spread(const tr_lab *lab, const tr_style *style, tr_writer *out)
{
    char text[200];
    (void)snprintf(text, sizeof text, "One bit flipped: a Feistel cipher of %zu bytes beside the stack, layer by round",
                   lab->block);
    tr_print_heading(out, style, text);
    tr_fields_table_head(&tr_spread_fields, out);
    for (int round = 0; round <= lab->cipher.rounds; round++) {
        const tr_spread_row row = tr_spread_row_of(lab, round);
        tr_fields_table_row(&tr_spread_fields, &row, out);
    }
    (void)snprintf(text, sizeof text,
                   "%zu of %zu messages came back to the bit. Unrelated messages differ in 50%% of their bits, "
                   "unrelated states are 100%% apart.", lab->inverted, lab->samples);
    tr_print_wrapped(out, "  ", "  ", text, style->columns);
}

static tr_status write_text(const tr_reversible *r, const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_writer out;
    tr_writer_begin(&out, sink);
    if (r->question != NULL)
        print_model(r, style, &out);
    else
        tr_write_text(&out, "Reversible layers: memory saved, compute paid\n");
    print_training(r, style, &out);
    print_inversion(r->lab, style, &out);
    print_spread(r->lab, style, &out);
    if (style->explain) {
        tr_workings workings;
        workings_of(r, &workings);
        tr_workings_text(&workings, style, &out);
    }
    return tr_written(tr_writer_finish(&out), err);
}

/* ---- the document ---------------------------------------------------------------------- */

static void lab_json(const tr_lab *lab, tr_json *json)
{
    tr_json_key_object(json, "experiment");
    tr_json_key_number(json, "layers", (double)lab->stack.layers);
    tr_json_key_number(json, "stream_dim", (double)lab->stack.width);
    tr_json_key_number(json, "rows", (double)lab->stack.batch);
    tr_json_key_number(json, "gain_ratio", lab->stack.gain_ratio);
    tr_json_key_number(json, "segment_layer", (double)tr_stack_segment_layer(lab->stack.layers));
    tr_json_key_number(json, "loss_ratio", lab->run[0].loss_ratio);
    tr_json_key_number(json, "block_byte", (double)lab->block);
    tr_json_key_number(json, "messages", (double)lab->samples);
    tr_json_key_number(json, "inverted", (double)lab->inverted);
    tr_json_key_array(json, "drift");
    for (size_t i = 0; i < lab->depths; i++) {
        const tr_drift_row row = {(double)lab->depth[i], lab->drift_ratio[i]};
        tr_json_object_inline(json);
        tr_fields_json(&tr_drift_fields, &row, json);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_key_array(json, "avalanche");
    for (int round = 0; round <= lab->cipher.rounds || (size_t)round <= lab->stack.layers; round++) {
        const tr_spread_row row = tr_spread_row_of(lab, round);
        tr_json_object_inline(json);
        tr_fields_json(&tr_spread_fields, &row, json);
        tr_json_close(json);
    }
    tr_json_close(json);
    tr_json_close(json);
}

static tr_status write_json(const tr_reversible *r, const tr_rows *rows, const tr_style *style, tr_sink *sink,
                            tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, rows->scenario, NULL);
    if (r->question != NULL)
        tr_fields_json(&tr_reversible_fields, r, &json);
    tr_json_key_array(&json, "ways");
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    lab_json(r->lab, &json);
    if (style->explain) {
        tr_workings workings;
        workings_of(r, &workings);
        tr_workings_json(&workings, &json);
    }
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

typedef struct walk {
    const tr_reversible *answer;
    tr_way_row row;
} walk;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    walk *w = context;
    (void)err;
    w->row = tr_way_row_of(w->answer, (int)index);
    return &w->row;
}

tr_status tr_answer_reversible(const tr_scenario *scenario, const tr_problem *question, const tr_lab *lab,
                               const tr_style *style, tr_sink *sink, tr_error *err)
{
    tr_reversible r;
    if (lab == NULL)
        return tr_fail(err, TR_EMISSING, "lab", 0.0, "expected the results of an experiment");
    const tr_status s = tr_reversible_of(scenario, question, lab, &r, err);
    if (s != TR_OK)
        return s;
    walk w = {.answer = &r};
    const tr_rows rows = {.fields = &tr_way_fields,
                          .name = "ways",
                          .count = (size_t)way_count(&r),
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario};
    if (style->format == TR_FORMAT_TEXT)
        return write_text(&r, style, sink, err);
    if (style->format == TR_FORMAT_JSON)
        return write_json(&r, &rows, style, sink, err);
    return tr_rows_write(&rows, style, sink, err);
}
