/* ask/working.c -- puts numbers into the formulas of docs/equations.md, as text and as JSON. */
#include "ask/working.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "price/speed_menu.h"
#include "write/print.h"

/* ---- which equations, with which numbers ---------------------------------- */

tr_working *tr_working_start(tr_workings *out, const char *id)
{
    tr_working *w = &out->working[out->count < TR_WORKING_MAX ? out->count++ : TR_WORKING_MAX - 1];
    w->id = id;
    w->count = 0;
    return w;
}

void tr_working_put(tr_working *w, const char *name, tr_unit unit, double value, int is_result)
{
    if (w->count < TR_SYMBOL_MAX)
        w->symbol[w->count++] = (tr_symbol){name, value, unit, is_result};
}

static void result(tr_working *w, const char *name, tr_unit unit, double value)
{
    tr_working_put(w, name, unit, value, 1);
}
static void with(tr_working *w, const char *name, tr_unit unit, double value)
{
    tr_working_put(w, name, unit, value, 0);
}

/* [R41] Of layers on the host, where there are any. */
static int with_host(tr_workings *out, const tr_step *step)
{
    if (step == NULL || !(step->host_s > 0.0))
        return 0;
    tr_working *w = tr_working_start(out, "R41");
    result(w, "t", TR_UNIT_SECOND, step->step_s);
    with(w, "t_chip", TR_UNIT_SECOND, step->step_s - step->host_s - step->crossing_s);
    with(w, "t_host", TR_UNIT_SECOND, step->host_s);
    with(w, "t_crossing", TR_UNIT_SECOND, step->crossing_s);
    return 1;
}

void tr_working_pass(tr_workings *out, const tr_step *bound, const tr_step *predicted)
{
    tr_working *w;
    if (predicted != NULL && !isnan(predicted->step_s) && !with_host(out, predicted)) {
        w = tr_working_start(out, "F3");
        result(w, "step_s", TR_UNIT_SECOND, predicted->step_s);
        with(w, "compute_s", TR_UNIT_SECOND, predicted->compute_s);
        with(w, "weights_s", TR_UNIT_SECOND, predicted->weights_s);
        with(w, "kv_s", TR_UNIT_SECOND, predicted->kv_s);
        with(w, "comm_s", TR_UNIT_SECOND, predicted->comm_s);
        with(w, "fixed_s", TR_UNIT_SECOND, predicted->fixed_s);
    }
    if (bound == NULL || isnan(bound->step_s) || bound->host_s > 0.0)
        return;
    w = tr_working_start(out, "R1");
    result(w, "step_s", TR_UNIT_SECOND, bound->step_s);
    with(w, "compute_s", TR_UNIT_SECOND, bound->compute_s);
    with(w, "weights_s", TR_UNIT_SECOND, bound->weights_s);
    with(w, "kv_s", TR_UNIT_SECOND, bound->kv_s);
}

void tr_working_cost(tr_workings *out, double usd_per_s, double token_per_s)
{
    if (!(usd_per_s > 0.0) || isnan(token_per_s))
        return;
    tr_working *w = tr_working_start(out, "K1");
    result(w, "usd_per_mtoken", TR_UNIT_USD, usd_per_s / token_per_s * 1e6);
    with(w, "usd_per_s", TR_UNIT_USD, usd_per_s);
    with(w, "token_per_s", TR_UNIT_TOKEN_PER_S, token_per_s);
}

void tr_working_balance(tr_workings *out, const tr_roofline *roof, double context_token, double copy_count)
{
    if (roof->host_byte_per_s > 0.0) /* two sides of compute and memory */
        return;
    const double w_s = tr_floor_s(roof) / roof->copy_count;
    const double attention = tr_model_attention_flop(roof->pooled.model, context_token);
    const double c_s = (roof->flop_per_token + attention) / roof->flop_per_s;
    const double k_s = tr_roofline_kv_read_byte(roof, context_token) / roof->byte_per_s;
    const double balance_seq = c_s > k_s ? w_s / (c_s - k_s) : HUGE_VAL;
    tr_working *w = tr_working_start(out, "R9");
    result(w, "B*", TR_UNIT_SEQ, balance_seq);
    with(w, "w", TR_UNIT_SECOND, w_s);
    with(w, "c", TR_UNIT_SECOND, c_s);
    with(w, "k", TR_UNIT_SECOND, k_s);
    if (!(copy_count > 1.0 && isfinite(balance_seq)))
        return;
    w = tr_working_start(out, "K110");
    result(w, "balance", TR_UNIT_SEQ, copy_count * balance_seq);
    with(w, "replicas", TR_UNIT_NONE, copy_count);
    with(w, "B*", TR_UNIT_SEQ, balance_seq);
}

void tr_working_room(tr_workings *out, const tr_shard *shard, double held_token)
{
    const double kv_byte = tr_shard_seq_byte(shard, held_token);
    const double room_byte = shard->memory_byte - shard->weight_byte - shard->activation_byte - shard->buffer_byte -
                             shard->reserve_byte;
    if (!(kv_byte > 0.0 && isfinite(room_byte)))
        return;
    tr_working *w = tr_working_start(out, "L3");
    result(w, "batch", TR_UNIT_SEQ, tr_shard_max_batch_seq(shard, held_token));
    result(w, "room", TR_UNIT_BYTE, room_byte);
    with(w, "capacity", TR_UNIT_BYTE, shard->memory_byte);
    with(w, "weights", TR_UNIT_BYTE, shard->weight_byte);
    with(w, "activations", TR_UNIT_BYTE, shard->activation_byte);
    with(w, "buffers", TR_UNIT_BYTE, shard->buffer_byte);
    with(w, "reserve", TR_UNIT_BYTE, shard->reserve_byte);
    with(w, "kv", TR_UNIT_BYTE, kv_byte);
    with(w, "dp", TR_UNIT_NONE, shard->layout.dp_rank);
    with(w, "replicas", TR_UNIT_NONE, shard->layout.replica_count);
}

void tr_working_context(tr_workings *out, const tr_model *model, const tr_roofline *roof)
{
    const double token = tr_balance_context_token(roof);
    if (!isfinite(token))
        return;
    tr_working *w = tr_working_start(out, "R10");
    result(w, "L*", TR_UNIT_TOKEN, token);
    with(w, "kv_read(L*)", TR_UNIT_BYTE, tr_roofline_kv_read_byte(roof, token));
    with(w, "BW", TR_UNIT_BYTE_PER_S, roof->byte_per_s);
    with(w, "N_mul", TR_UNIT_NONE, roof->flop_per_token / 2);
    with(w, "attention(L*)", TR_UNIT_FLOP, tr_model_attention_flop(model, token));
    with(w, "F", TR_UNIT_FLOP_PER_S, roof->flop_per_s);
}

static double attention_flop(const tr_step_row *row)
{
    const tr_load *load = &row->load;
    return load->phase == TR_PHASE_DECODE
               ? tr_model_attention_flop(row->question->model, load->context_token)
               : tr_model_prefill_attention_flop(row->question->model, load->context_token,
                                                 load->query_token) /
                     load->query_token;
}

/* New tokens in the pass. */
static double pass_token(const tr_step_row *row)
{
    return row->load.batch_seq * (row->load.phase == TR_PHASE_DECODE ? 1.0 : row->load.query_token);
}

/* Copies of the weights that have a sequence, and their share of the chips. */
static double busy_copies(const tr_step_row *row)
{
    const double copies = row->question->roof.copy_count;
    return row->load.batch_seq < copies ? row->load.batch_seq : copies;
}
static double busy_share(const tr_step_row *row) { return busy_copies(row) / row->question->roof.copy_count; }

/* What multiplies a token, on average: in prefill the output table works for one token of a sequence alone. */
static double multiply_param(const tr_step_row *row)
{
    return (row->bound.compute_s * row->question->roof.flop_per_s * busy_share(row) / pass_token(row) -
            attention_flop(row)) / 2.0;
}

static void add_terms(const tr_step_row *row, tr_workings *out)
{
    const tr_roofline *roof = &row->question->roof;
    const tr_load *load = &row->load;
    const tr_step *step = &row->bound;
    const double touched = roof->routed_weight_byte > 0
                               ? (step->weight_read_byte / busy_copies(row) - roof->fixed_weight_byte) /
                                     roof->routed_weight_byte
                               : 0;
    tr_working_pass(out, step, NULL);
    tr_working *w = tr_working_start(out, "R2");
    result(w, "compute_s", TR_UNIT_SECOND, step->compute_s);
    with(w, "B", TR_UNIT_SEQ, load->batch_seq);
    with(w, "q", TR_UNIT_TOKEN, load->phase == TR_PHASE_DECODE ? 1 : load->query_token);
    with(w, "N_mul", TR_UNIT_NONE, multiply_param(row));
    with(w, "attention", TR_UNIT_FLOP, attention_flop(row));
    with(w, "F", TR_UNIT_FLOP_PER_S, roof->flop_per_s * busy_share(row));
    w = tr_working_start(out, "R3");
    result(w, "weights_s", TR_UNIT_SECOND, step->weights_s);
    with(w, "fixed", TR_UNIT_BYTE, roof->fixed_weight_byte);
    with(w, "routed", TR_UNIT_BYTE, roof->routed_weight_byte);
    with(w, "touched", TR_UNIT_RATIO, touched);
    with(w, "BW", TR_UNIT_BYTE_PER_S, roof->byte_per_s / roof->copy_count); /* of one copy's chips */
    if (roof->routed_weight_byte > 0) {
        w = tr_working_start(out, "R4");
        result(w, "touched(n)", TR_UNIT_RATIO, touched);
        with(w, "k/E", TR_UNIT_NONE, 1 - roof->expert_idle_share);
        with(w, "n", TR_UNIT_TOKEN, pass_token(row) / busy_copies(row));
    }
    w = tr_working_start(out, "R5");
    result(w, "kv_s", TR_UNIT_SECOND, step->kv_s);
    with(w, "B", TR_UNIT_SEQ, load->batch_seq);
    with(w, "kv_read(L)", TR_UNIT_BYTE, step->kv_read_byte / load->batch_seq);
    with(w, "BW", TR_UNIT_BYTE_PER_S, roof->byte_per_s * busy_share(row));
}

static void add_marks(const tr_step_row *row, tr_workings *out)
{
    const tr_roofline *roof = &row->question->roof;
    const tr_model *model = row->question->model;
    const double context_token = row->load.context_token;
    const double kv_byte = tr_roofline_kv_read_byte(roof, context_token);
    const double flop = tr_model_attention_flop(model, context_token);
    tr_working *w = tr_working_start(out, "R6");
    result(w, "floor_s", TR_UNIT_SECOND, row->floor_s);
    with(w, "fixed", TR_UNIT_BYTE, roof->fixed_weight_byte);
    with(w, "routed", TR_UNIT_BYTE, roof->routed_weight_byte);
    with(w, "BW", TR_UNIT_BYTE_PER_S, roof->byte_per_s / roof->copy_count);
    w = tr_working_start(out, "R7");
    result(w, "ridge", TR_UNIT_FLOP_PER_BYTE, row->ridge_flop_per_byte);
    with(w, "F", TR_UNIT_FLOP_PER_S, roof->flop_per_s);
    with(w, "BW", TR_UNIT_BYTE_PER_S, roof->byte_per_s);
    if (row->load.phase == TR_PHASE_DECODE)
        tr_working_balance(out, roof, context_token, tr_problem_copy_count(row->question));
    w = tr_working_start(out, "R15");
    result(w, "I_w", TR_UNIT_FLOP_PER_BYTE, row->weight_intensity_flop_per_byte);
    with(w, "B", TR_UNIT_TOKEN, pass_token(row) / busy_copies(row));
    with(w, "N_mul", TR_UNIT_NONE, roof->flop_per_token / 2);
    with(w, "fixed", TR_UNIT_BYTE, roof->fixed_weight_byte);
    with(w, "routed", TR_UNIT_BYTE, roof->routed_weight_byte);
    with(w, "touched(B)", TR_UNIT_RATIO,
         tr_expert_touched_share(roof->expert_idle_share, pass_token(row) / busy_copies(row)));
    if (kv_byte > 0 && flop > 0) {
        w = tr_working_start(out, "R16");
        result(w, "I_a", TR_UNIT_FLOP_PER_BYTE, row->attention_intensity_flop_per_byte);
        with(w, "attention(L)", TR_UNIT_FLOP, flop);
        with(w, "kv_read(L)", TR_UNIT_BYTE, kv_byte);
    }
}

/* [R27] */
static void add_operators(const tr_step_row *row, tr_workings *out)
{
    const tr_step *step = &row->step;
    if (with_host(out, step))
        return;
    tr_working *w = tr_working_start(out, "R27");
    result(w, "step_s", TR_UNIT_SECOND, step->step_s);
    result(w, "work_s", TR_UNIT_SECOND, step->step_s - step->comm_s - step->fixed_s);
    with(w, "compute_s", TR_UNIT_SECOND, step->compute_s);
    with(w, "weights_s", TR_UNIT_SECOND, step->weights_s);
    with(w, "kv_s", TR_UNIT_SECOND, step->kv_s);
    with(w, "comm_s", TR_UNIT_SECOND, step->comm_s);
    with(w, "fixed_s", TR_UNIT_SECOND, step->fixed_s);
    tr_working_cost(out, row->question->roof.usd_per_s, step->token_per_s);
}

void tr_workings_of_step(const tr_step_row *row, tr_workings *out)
{
    out->count = 0;
    if (row->is_predicted)
        tr_working_pass(out, NULL, &row->predicted);
    if (row->question->physics == TR_PHYSICS_OPS) {
        if (row->fits && !row->question->layout.overlap)
            add_operators(row, out);
        return;
    }
    if (row->fits) {
        add_terms(row, out);
        tr_working *w = tr_working_start(out, "R8");
        result(w, "mfu", TR_UNIT_RATIO, row->bound.mfu);
        result(w, "mbu", TR_UNIT_RATIO, row->bound.mbu);
        with(w, "flop", TR_UNIT_FLOP, row->bound.compute_s * row->question->roof.flop_per_s);
        with(w, "F", TR_UNIT_FLOP_PER_S, row->question->roof.flop_per_s);
        with(w, "byte", TR_UNIT_BYTE, row->bound.weight_read_byte + row->bound.kv_read_byte);
        with(w, "BW", TR_UNIT_BYTE_PER_S, row->question->roof.byte_per_s);
        with(w, "compute_s", TR_UNIT_SECOND, row->bound.compute_s);
        with(w, "weights_s", TR_UNIT_SECOND, row->bound.weights_s);
        with(w, "kv_s", TR_UNIT_SECOND, row->bound.kv_s);
        with(w, "step_s", TR_UNIT_SECOND, row->bound.step_s);
        tr_working_cost(out, row->question->roof.usd_per_s, row->bound.token_per_s);
    }
    add_marks(row, out);
    if (isfinite(row->max_batch_seq))
        tr_working_room(out, &row->question->shard, tr_held_token(&row->load));
}

void tr_workings_add_report(const tr_report *report, tr_workings *out)
{
    const tr_step_row *row = &report->point[1].row;
    const tr_roofline *roof = &row->question->roof;
    const double context_token = report->context_token;
    tr_working *w;
    tr_working_context(out, row->question->model, roof);
    if (isfinite(roof->memory_byte)) {
        w = tr_working_start(out, "R14");
        result(w, "drain_s", TR_UNIT_SECOND, tr_drain_s(roof));
        with(w, "memory", TR_UNIT_BYTE, roof->memory_byte);
        with(w, "BW", TR_UNIT_BYTE_PER_S, roof->byte_per_s);
    }
    if (roof->usd_per_s > 0) {
        w = tr_working_start(out, "K2");
        result(w, "floor", TR_UNIT_USD, report->floor_usd_per_mtoken);
        with(w, "usd_per_s", TR_UNIT_USD, roof->usd_per_s);
        with(w, "c", TR_UNIT_SECOND, tr_unshared_compute_s(roof, context_token));
        with(w, "k", TR_UNIT_SECOND, tr_unshared_kv_s(roof, context_token));
    }
}

/* ---- numbers into the formula ---------------------------------------------- */

static int is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The longest symbol that stands at text as a whole word. */
static const tr_symbol *symbol_at(const tr_working *w, const char *text)
{
    const tr_symbol *best = NULL;
    for (size_t i = 0; i < w->count; i++) {
        const size_t n = strlen(w->symbol[i].name);
        if (strncmp(text, w->symbol[i].name, n) != 0 || (is_word(text[n - 1]) && is_word(text[n])))
            continue;
        if (best == NULL || n > strlen(best->name))
            best = &w->symbol[i];
    }
    return best;
}

/* Where a trailing clause begins: a comma outside parentheses with no equation behind it. */
static size_t equation_length(const char *formula)
{
    int depth = 0;
    for (const char *c = formula; *c != '\0'; c++) {
        depth += (*c == '(') - (*c == ')');
        if (*c == ',' && depth == 0 && strstr(c, " = ") == NULL)
            return (size_t)(c - formula);
    }
    return strlen(formula);
}

/* Of "B* = w / (c - k), infinite where c <= k" the condition, where what stands first is infinite: an equation with
 * "inf" in it says nothing. NULL: else. */
static const char *why_infinite(const tr_working *working, const char *formula)
{
    static const char clause[] = ", infinite where ";
    const char *where = strstr(formula, clause);
    const tr_symbol *first = symbol_at(working, formula);
    return where != NULL && first != NULL && isinf(first->value) ? where + sizeof clause - 1 : NULL;
}

void tr_working_substitute(const tr_working *working, const char *formula, char *out, size_t size)
{
    const char *condition = why_infinite(working, formula);
    (void)tr_text_copy(out, size, "");
    if (condition != NULL) {
        (void)tr_text_append(out, size, "infinite: ");
        formula = condition;
    }
    const size_t length = equation_length(formula);
    for (size_t i = 0; i < length;) {
        const tr_symbol *symbol = i > 0 && is_word(formula[i - 1]) ? NULL : symbol_at(working, formula + i);
        char text[64] = {formula[i], '\0'};
        if (symbol != NULL)
            (void)tr_quantity_format(symbol->value, symbol->unit, text, sizeof text);
        (void)tr_text_append(out, size, text);
        i += symbol != NULL ? strlen(symbol->name) : 1;
    }
}

void tr_workings_json(const tr_workings *workings, tr_json *json)
{
    tr_json_key_array(json, "explain");
    for (size_t i = 0; i < workings->count; i++) {
        const tr_working *w = &workings->working[i];
        const tr_equation *equation = tr_equation_find(w->id);
        if (equation == NULL)
            continue;
        tr_json_object(json);
        tr_json_key_string(json, "id", w->id);
        tr_json_key_string(json, "title", equation->title);
        tr_json_key_string(json, "formula", equation->formula);
        for (int results = 0; results < 2; results++) {
            tr_json_key(json, results ? "result" : "numbers");
            tr_json_object_inline(json);
            for (size_t k = 0; k < w->count; k++)
                if (w->symbol[k].is_result == results)
                    tr_json_key_number(json, w->symbol[k].name, w->symbol[k].value);
            tr_json_close(json);
        }
        tr_json_close(json);
    }
    tr_json_close(json);
}

void tr_workings_text(const tr_workings *workings, const tr_style *style, tr_writer *out)
{
    tr_print_heading(out, style, "The equations used (tokenroof explain ID: derivation and source)");
    for (size_t i = 0; i < workings->count; i++) {
        const tr_working *w = &workings->working[i];
        const tr_equation *equation = tr_equation_find(w->id);
        char text[512];
        if (equation == NULL)
            continue;
        tr_write_text(out, "  ");
        tr_write_text(out, w->id);
        tr_write_repeat(out, ' ', strlen(w->id) < 4 ? 4 - strlen(w->id) : 1);
        tr_write_text(out, equation->title);
        tr_write_char(out, '\n');
        tr_print_wrapped(out, "      ", "        ", equation->formula, style->columns);
        tr_working_substitute(w, equation->formula, text, sizeof text);
        tr_print_wrapped(out, "      ", "        ", text, style->columns);
    }
}
