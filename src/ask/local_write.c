/* ask/local_write.c -- the answer of `local`: a table of quantisations, the one to take and why, or what would do. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/figure_parts.h"
#include "ask/local.h"
#include "ask/working.h"
#include "base/fail.h"
#include "base/text.h"
#include "write/document.h"
#include "write/print.h"
#include "write/rows.h"

/* ---- what else there is to say -------------------------------------------------------------------------------- */

static const tr_local_row *best_of(const tr_local *l)
{
    return l->choice.best < l->count ? &l->row[l->choice.best] : NULL;
}

/* The row the rest is about: the best, else the smallest. */
static const tr_local_row *about(const tr_local *l) { return best_of(l) != NULL ? best_of(l) : &l->row[l->count - 1]; }

static void show(double value, tr_unit unit, char *out, size_t size)
{
    (void)tr_quantity_format(value, unit, out, size);
}

const char *tr_local_context_text(double token, char *out, size_t size)
{
    (void)tr_text_copy(out, size, "any");
    if (token < 1e300)
        show(token >= 10240.0 ? floor(token / 1024.0) * 1024.0 : token, TR_UNIT_CONTEXT, out, size);
    return out;
}

static void quality_text(const tr_local_row *row, char *out, size_t size)
{
    char more[32], like[64] = "";
    if (row->is_published) {
        (void)snprintf(out, size, "as published");
    } else if (tr_text_starts(row->name, "mxfp4")) {
        (void)snprintf(out, size, "experts as published, the rest in Q8_0");
    } else if (isnan(row->perplexity_ratio)) {
        (void)snprintf(out, size, "no perplexity of this format was published with llama.cpp");
    } else {
        (void)tr_text_fixed(more, sizeof more, 100.0 * (row->perplexity_ratio - 1.0), 2);
        if (row->is_like)
            (void)snprintf(like, sizeof like, ", that of %s with as many bits", tr_weight_format_name(row->format));
        (void)snprintf(out, size, "perplexity %s %% above F16's%s (%s); other models differ", more, like,
                       tr_local_perplexity_source);
    }
}

static void best_json(const tr_local *l, tr_json *json)
{
    char quality[256];
    const tr_local_row *row = best_of(l);
    tr_json_key_object(json, "best");
    tr_json_key_string(json, "weight_dtype", row != NULL ? row->name : NULL);
    tr_json_key_string(json, "why", l->choice.why);
    if (row != NULL) {
        quality_text(row, quality, sizeof quality);
        tr_json_key_string(json, "quality", quality);
        tr_json_key_number(json, "kv_even_context_token", tr_context_marks_of(row->question, 1.0).even_token);
    }
    tr_json_close(json);
}

static void near_json(const tr_local *l, tr_json *json)
{
    tr_json_key_array(json, "nearest");
    for (size_t i = 0; i < l->near_count; i++) {
        const tr_local_near *n = &l->near[i];
        const double value[] = {n->token_per_s.predicted, n->token_per_s.low, n->token_per_s.high,
                                n->token_per_s.bound};
        static const char *const key[] = {"predicted", "low", "high", "bound"};
        tr_json_object_inline(json);
        tr_json_key_string(json, "change", n->change);
        tr_json_key_string(json, "model", n->model);
        tr_json_key_string(json, "system", n->system);
        tr_json_key_string(json, "weight_dtype", n->format);
        tr_json_key_number(json, "file_byte", n->file_byte);
        tr_json_key_number(json, "context_token", n->context_token);
        tr_json_key(json, "token_per_s");
        tr_json_object_inline(json);
        for (size_t k = 0; k < 4; k++)
            tr_json_key_number(json, key[k], value[k]);
        tr_json_close(json);
        tr_json_key_string(json, "command", n->command);
        tr_json_close(json);
    }
    tr_json_close(json);
}

/* ---- a page --------------------------------------------------------------------------------------------------- */

static void explained(tr_writer *out, const char *name, const char *text)
{
    char first[16];
    (void)snprintf(first, sizeof first, "  %-11s", name);
    tr_print_wrapped(out, first, "             ", text, TR_PAGE_COLUMNS);
}

static void heading(const tr_local *l, tr_writer *out)
{
    const tr_local_row *row = about(l);
    const tr_shard *shard = &row->question->shard;
    const tr_engine *other = NULL;
    for (size_t i = 0; i < l->count; i++)
        other = l->row[i].question->engine != row->question->engine ? l->row[i].question->engine : other;
    char text[1024], engine[96] = "", machine[128] = "", memory[48], bandwidth[48], isl[32], osl[32];
    show(shard->memory_byte - shard->reserve_byte, TR_UNIT_BYTE, memory, sizeof memory);
    show(l->system->chip.memory_byte_per_s, TR_UNIT_BYTE_PER_S, bandwidth, sizeof bandwidth);
    show(l->clients.prompt_token, TR_UNIT_CONTEXT, isl, sizeof isl);
    show(l->clients.output_token, TR_UNIT_CONTEXT, osl, sizeof osl);
    const tr_chip *chip = &l->system->chip;
    if (!tr_local_knows_speed(l))
        (void)snprintf(machine, sizeof machine, ": %.80s, %.0f cores", chip->title, chip->core_count);
    if (other != NULL)
        (void)snprintf(engine, sizeof engine, ", %s %s", other->title, other->version);
    (void)snprintf(text, sizeof text, "%s on %s%s (%s %s%s; KV cache %s)", l->model->name, l->system->name, machine,
                   row->question->engine->title, row->question->engine->version, engine,
                   tr_dtype_name(row->question->roof.kv_dtype));
    tr_print_wrapped(out, "", "  ", text, TR_PAGE_COLUMNS);
    (void)snprintf(text, sizeof text, "%s%s of memory%s, %s; one user, %s in, %s out\n\n",
                   l->system->chip_count > 1.0 ? "each " : "", memory,
                   l->system->chip.kind == TR_CHIP_UNIFIED ? " for the GPU" : "",
                   tr_local_knows_speed(l) ? bandwidth : "bandwidth not known", isl, osl);
    tr_write_text(out, text);
}

enum { NAME = 11, FILE_SIZE = 9, LONGEST = 8, VALUE = 6, RANGE = 11, BOUND = 6, TIME = 7, TIMES = 13, TIME_BOUND = 7 };
enum { HOST = 5 };

/* 1 where a row leaves layers to the host: a column says how many. */
static int uses_host(const tr_local *l)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->row[i].fits && l->row[i].host_expert_layers + l->row[i].host_layers > 0.0)
            return 1;
    return 0;
}

/* "45", or "e48" where only the routed experts of so many layers lie there. */
static void host_cell(const tr_local_row *row, tr_writer *out)
{
    char text[16] = "-";
    if (row->host_layers > 0.0)
        (void)snprintf(text, sizeof text, "%.0f", row->host_layers);
    else if (row->host_expert_layers > 0.0)
        (void)snprintf(text, sizeof text, "e%.0f", row->host_expert_layers);
    tr_print_right(out, text, HOST);
}

/* Seconds without their unit, which the head says. */
static void cells(const tr_quantity *q, size_t value, size_t range, size_t bound, tr_writer *out)
{
    char low[32], high[32], text[80] = "-";
    tr_print_right(out, tr_print_three(q->predicted, TR_UNIT_NONE, low, sizeof low), value);
    if (isfinite(q->low))
        (void)snprintf(text, sizeof text, "%s-%s", tr_print_three(q->low, TR_UNIT_NONE, low, sizeof low),
                       tr_print_three(q->high, TR_UNIT_NONE, high, sizeof high));
    tr_print_right(out, text, range);
    tr_print_right(out, tr_print_three(q->bound, TR_UNIT_NONE, low, sizeof low), bound);
}

/* Two lines: what is shown, and of which kind the figures are. */
static void head(const tr_local *l, tr_writer *out)
{
    char first[64], last[64], prompt[64], context[32];
    const int knows = tr_local_knows_speed(l), host = uses_host(l);
    (void)snprintf(first, sizeof first, "tokens/s at %s",
                   tr_local_context_text(l->short_token, context, sizeof context));
    (void)snprintf(last, sizeof last, l->context_given ? "tokens/s at %s" : "at %s or longest",
                   tr_local_context_text(l->long_token, context, sizeof context));
    (void)snprintf(prompt, sizeof prompt, "first token of %s, s",
                   tr_local_context_text(l->clients.prompt_token, context, sizeof context));
    tr_print_left(out, "", NAME);
    tr_print_right(out, "", FILE_SIZE);
    tr_print_right(out, host ? "on" : "", host ? HOST : 0);
    tr_print_right(out, "longest", LONGEST);
    if (knows) {
        tr_print_right(out, first, VALUE + RANGE + BOUND);
        tr_print_right(out, last, VALUE + RANGE + BOUND);
        tr_print_right(out, prompt, TIME + TIMES + TIME_BOUND);
    }
    tr_write_char(out, '\n');
    tr_print_left(out, "  weights", NAME);
    tr_print_right(out, "file", FILE_SIZE);
    tr_print_right(out, host ? "host" : "", host ? HOST : 0);
    tr_print_right(out, "context", LONGEST);
    for (int i = 0; knows && i < 3; i++) {
        tr_print_right(out, "pred.", i < 2 ? VALUE : TIME);
        tr_print_right(out, "90 %", i < 2 ? RANGE : TIMES);
        tr_print_right(out, "bound", i < 2 ? BOUND : TIME_BOUND);
    }
    tr_write_char(out, '\n');
}

static void table_row(const tr_local_row *row, int knows, int host, tr_writer *out)
{
    char text[48];
    (void)snprintf(text, sizeof text, "%s %s", row->is_best ? "*" : " ", row->name);
    tr_print_left(out, text, NAME);
    tr_print_right(out, tr_print_three(row->file_byte, TR_UNIT_BYTE, text, sizeof text), FILE_SIZE);
    if (host)
        host_cell(row, out);
    const double stated = row->question->model->max_context_token;
    const double longest = stated > 0.0 ? fmin(row->max_token, stated) : row->max_token;
    tr_print_right(out, tr_local_context_text(longest, text, sizeof text), LONGEST);
    if (knows) {
        cells(&row->short_token_per_s, VALUE, RANGE, BOUND, out);
        cells(&row->long_token_per_s, VALUE, RANGE, BOUND, out);
        cells(&row->ttft_s, TIME, TIMES, TIME_BOUND, out);
    }
    tr_write_char(out, '\n');
}

/* The first two and the last, with how many there are. */
static void print_rest(const tr_local *l, tr_writer *out)
{
    char text[512] = "", size[32], item[96];
    size_t left = 0, at = 0;
    for (size_t i = 0; i < l->count; i++)
        left += !l->row[i].fits;
    for (size_t i = 0; i < l->count; i++) {
        const tr_local_row *row = &l->row[i];
        if (row->fits || (++at > 2 && at < left && left > 4))
            continue;
        (void)snprintf(item, sizeof item, "%s%s (%s)", at == 1 ? "" : at == left && left > 4 ? " ... " : ", ",
                       row->name, tr_print_three(row->file_byte, TR_UNIT_BYTE, size, sizeof size));
        (void)tr_text_append(text, sizeof text, item);
    }
    if (left > 4)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), ": %zu in all", left);
    if (left > 0)
        explained(out, "too large", text);
}

static void print_best(const tr_local *l, tr_writer *out)
{
    char text[512], used[32], all[32], even[32], context[32];
    const tr_local_row *row = best_of(l);
    if (row == NULL)
        return;
    (void)snprintf(text, sizeof text, "* %s: %s", row->name, l->choice.why);
    explained(out, "best", text);
    quality_text(row, text, sizeof text);
    explained(out, "quality", text);
    show(row->used_byte, TR_UNIT_BYTE, used, sizeof used);
    show(row->memory_byte, TR_UNIT_BYTE, all, sizeof all);
    (void)snprintf(text, sizeof text, "%s of %s in use at %s of context", used, all,
                   tr_local_context_text(row->asked_token, context, sizeof context));
    if (isfinite(row->host_used_byte)) {
        show(row->host_used_byte, TR_UNIT_BYTE, used, sizeof used);
        show(row->host_memory_byte, TR_UNIT_BYTE, all, sizeof all);
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "; %s of %s on the host", used, all);
    }
    const double even_token = tr_context_marks_of(row->question, 1.0).even_token;
    const double stated = row->question->model->max_context_token;
    if (stated > 0.0 && 1.05 * stated < row->max_token)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "; the model was made for %s, memory holds %s",
                       tr_local_context_text(stated, context, sizeof context),
                       tr_local_context_text(row->max_token, all, sizeof all));
    if (even_token < row->max_token)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text),
                       "; from %s on its KV cache is more to read than its weights",
                       tr_local_context_text(even_token, even, sizeof even));
    explained(out, "memory", text);
}

/* What the least of those worth having would take. */
static void print_need(const tr_local *l, tr_writer *out)
{
    char text[384], need[48], have[48], context[48];
    const tr_local_row *row = &l->row[l->count - 1];
    for (size_t i = 0; i < l->count; i++)
        row = strcmp(l->row[i].name, "q4_k_m") == 0 ? &l->row[i] : row;
    const tr_shard *shard = &row->question->shard;
    const double have_byte = shard->memory_byte - shard->reserve_byte;
    show(tr_shard_used_byte(shard, 1.0, row->asked_token), TR_UNIT_BYTE, need, sizeof need);
    show(have_byte, TR_UNIT_BYTE, have, sizeof have);
    (void)tr_local_context_text(row->asked_token, context, sizeof context);
    if (shard->host_memory_byte > 0.0) { /* with everything there that can be moved */
        char on_host[48], of_host[48];
        show(tr_shard_host_used_byte(shard, 1.0, row->asked_token), TR_UNIT_BYTE, on_host, sizeof on_host);
        show(shard->host_memory_byte, TR_UNIT_BYTE, of_host, sizeof of_host);
        (void)snprintf(text, sizeof text,
                       "%s at %s of context takes %s of a card and %s of the host; there are %s and %s", row->name,
                       context, need, on_host, have, of_host);
    } else {
        (void)snprintf(text, sizeof text, "%s at %s of context takes %s%s; there are %s", row->name, context, need,
                       l->system->chip_count > 1.0 ? " of a chip" : "", have);
    }
    explained(out, "needs", text);
}

static void print_near(const tr_local *l, tr_writer *out)
{
    char text[256], speed[48], size[48], context[48];
    if (!tr_local_asks_near(l))
        return;
    print_need(l, out);
    if (l->near_count == 0)
        return;
    tr_write_text(out, best_of(l) == NULL ? "\n  nothing fits. What would, each tried:\n\n"
                                          : "\n  For better quality, each tried:\n\n");
    for (size_t i = 0; i < l->near_count; i++) {
        const tr_local_near *n = &l->near[i];
        (void)tr_local_context_text(n->context_token, context, sizeof context);
        (void)snprintf(text, sizeof text, "%s %s", n->format,
                       tr_print_three(n->file_byte, TR_UNIT_BYTE, size, sizeof size));
        if (isfinite(n->token_per_s.predicted))
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), ", %s tokens/s at %s",
                           tr_print_three(n->token_per_s.predicted, TR_UNIT_NONE, speed, sizeof speed), context);
        tr_write_text(out, "  ");
        tr_print_left(out, n->change, 42);
        tr_write_text(out, text);
        if (n->command[0] != '\0')
            tr_write_text(out, "\n      tokenroof local ");
        tr_write_text(out, n->command);
        tr_write_char(out, '\n');
    }
}

static void workings_of(const tr_local *l, tr_workings *out)
{
    const tr_local_row *row = about(l);
    tr_working *w = tr_working_start(out, "K116");
    tr_working_put(w, "file", TR_UNIT_BYTE, row->file_byte, 1);
    tr_working_put(w, "L_max", TR_UNIT_CONTEXT, row->max_token, 0);
    tr_working_put(w, "memory", TR_UNIT_BYTE, row->question->shard.memory_byte, 0);
    if (!isfinite(row->token_per_s.predicted))
        return;
    w = tr_working_start(out, "K117");
    tr_working_put(w, "speed(L)", TR_UNIT_NONE, row->token_per_s.predicted, 1);
    tr_working_put(w, "L", TR_UNIT_CONTEXT, row->asked_token, 0);
    tr_working_put(w, "tpot(L)", TR_UNIT_SECOND, 1.0 / row->token_per_s.predicted, 0);
    w = tr_working_start(out, "K115");
    tr_working_put(w, "speed", TR_UNIT_NONE, row->token_per_s.predicted, 0);
}

static void print_sure(const tr_local *l, tr_writer *out)
{
    char text[320];
    const tr_problem *q = about(l)->question;
    (void)snprintf(text, sizeof text, "%s (calibration %s)", tr_question_rests_on(q), q->calibration.origin);
    explained(out, "how sure", tr_local_knows_speed(l)
                                   ? text
                                   : "what fits is counted; speeds need this machine's bandwidth: `tokenroof measure` "
                                     "finds it, or name the chip and its bandwidth (NAME,bw=80GB/s)");
}

static void print_page(const tr_local *l, const tr_style *style, const tr_notes *notes, tr_writer *out)
{
    tr_workings workings = {.count = 0};
    heading(l, out);
    if (best_of(l) != NULL)
        head(l, out);
    for (size_t i = 0; i < l->count; i++)
        if (l->row[i].fits)
            table_row(&l->row[i], tr_local_knows_speed(l), uses_host(l), out);
    if (best_of(l) != NULL)
        tr_write_char(out, '\n');
    if (uses_host(l))
        explained(out, "on host", "layers left to the host at the context asked for (e: only their routed experts)");
    print_best(l, out);
    print_rest(l, out);
    print_sure(l, out);
    print_near(l, out);
    tr_notes_text(notes, style->columns, out);
    if (style->explain) {
        workings_of(l, &workings);
        tr_workings_text(&workings, style, out);
    }
}

/* ---- the document ---------------------------------------------------------------------------------------------- */

static const void *row_at(void *context, size_t index, tr_error *err)
{
    tr_local *l = context;
    (void)err;
    return &l->row[index];
}

static tr_status write_json(const tr_local *l, const tr_rows *rows, const tr_style *style, const tr_sink *sink,
                            tr_error *err)
{
    tr_json json;
    tr_document_begin(&json, sink, 1, l->scenario, NULL);
    best_json(l, &json);
    tr_json_key_array(&json, rows->name);
    const tr_status s = tr_rows_json(rows, &json, err);
    if (s != TR_OK)
        return s;
    tr_json_close(&json);
    near_json(l, &json);
    tr_json_key_string(&json, "perplexity_source", tr_local_perplexity_source);
    tr_notes_json(rows->notes, &json);
    if (style->explain) {
        tr_workings workings = {.count = 0};
        workings_of(l, &workings);
        tr_workings_json(&workings, &json);
    }
    tr_json_close(&json);
    return tr_written(tr_json_finish(&json), err);
}

tr_status tr_answer_local_fits(const tr_scenario *scenario, const tr_problem *question, int *fits, tr_error *err)
{
    tr_local *l = NULL;
    const tr_status s = tr_local_begin(scenario, question, NULL, 0, &l, err);
    if (s == TR_OK)
        *fits = best_of(l) != NULL;
    tr_local_end(l);
    return s;
}

tr_status tr_answer_local(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                          tr_sink *sink, tr_error *err)
{
    tr_local *l = NULL;
    tr_notes notes;
    tr_status s = tr_local_begin(scenario, question, NULL, 0, &l, err);
    if (s != TR_OK)
        return s;
    tr_local_find_near(l);
    tr_notes_of_model(question->model, &notes);
    const tr_rows rows = {.fields = &tr_local_fields,
                          .name = "rows",
                          .count = l->count,
                          .at = row_at,
                          .context = l,
                          .scenario = l->scenario,
                          .notes = &notes};
    if (style->format == TR_FORMAT_TEXT) {
        tr_writer out;
        tr_writer_begin(&out, sink);
        print_page(l, style, &notes, &out);
        s = tr_written(tr_writer_finish(&out), err);
    } else if (style->format == TR_FORMAT_JSON) {
        s = write_json(l, &rows, style, sink, err);
    } else {
        s = tr_rows_write(&rows, style, sink, err);
    }
    tr_local_end(l);
    return s;
}
