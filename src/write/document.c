/* write/document.c -- version, data and scenario at the head of every document, and the notes at its foot.
 */
#include "write/document.h"

#include <string.h>

#include "base/text.h"
#include "input/echo.h"
#include "write/data_stamp.h"
#include "write/print.h"

static void stamp(const tr_scenario *scenario, tr_json *json)
{
    const char *folder = scenario == NULL ? "" : tr_input_text(scenario, TR_IN_DATA);
    char data[TR_TEXT_MAX + 32];
    (void)tr_text_copy(data, sizeof data, TR_DATA_STAMP);
    if (folder[0] != '\0') {
        (void)tr_text_append(data, sizeof data, "+");
        (void)tr_text_append(data, sizeof data, folder);
    }
    tr_json_key(json, "tokenroof");
    tr_json_object_inline(json);
    tr_json_key_string(json, "version", tr_version());
    tr_json_key_string(json, "commit", tr_commit());
    tr_json_key_string(json, "data", data);
    tr_json_close(json);
}

void tr_document_begin(tr_json *json, const tr_sink *sink, int pretty, const tr_scenario *scenario,
                       const tr_load *load)
{
    tr_json_begin(json, sink, pretty);
    tr_json_object(json);
    stamp(scenario, json);
    if (scenario != NULL) {
        tr_json_key_object(json, "scenario");
        tr_scenario_echo(scenario, load, json);
        tr_json_close(json);
    }
}

static void add(tr_notes *notes, const char *text)
{
    if (text != NULL && notes->count < TR_NOTE_MAX)
        notes->text[notes->count++] = text;
}

/* The note of the preset that the scenario started from. */
static const char *preset_note(const tr_scenario *scenario)
{
    const int preset = tr_input_choice(scenario, TR_IN_PRESET);
    return preset < 0 ? NULL : tr_preset_note((size_t)preset);
}

static double longest(const tr_scenario *scenario)
{
    size_t count = 0;
    const double *context_token = tr_input_list(scenario, TR_IN_CONTEXT, &count);
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = context_token[i] > most ? context_token[i] : most;
    return most;
}

void tr_notes_of_model(const tr_model *model, tr_notes *out)
{
    out->count = 0;
    if (model->note[0] != '\0')
        add(out, model->note);
    if (model->unread_count == 0)
        return;
    (void)tr_text_copy(out->unread, sizeof out->unread,
                       "its config has keys that this family does not read, counted as if they were not there:");
    for (int i = 0; i < model->unread_count && i < TR_UNREAD_MAX; i++) {
        (void)tr_text_append(out->unread, sizeof out->unread, i > 0 ? ", " : " ");
        (void)tr_text_append(out->unread, sizeof out->unread, model->unread[i]);
    }
    if (model->unread_count > TR_UNREAD_MAX)
        (void)tr_text_append(out->unread, sizeof out->unread, " and more");
    add(out, out->unread);
}

void tr_notes_of(const tr_scenario *scenario, const tr_problem *question, tr_notes *out)
{
    const tr_roofline *roof = &question->roof;
    const int preset = tr_input_choice(scenario, TR_IN_PRESET) >= 0;
    tr_notes_of_model(question->model, out);
    add(out, preset_note(scenario));
    if (!(roof->kv_byte_per_token > 0) && !preset && question->model->layer_kinds == 0)
        add(out, "the model's kv was not given: reading the KV cache costs nothing here");
    if (question->model->layer_kinds == 0 && question->formats.kv != TR_DTYPE_NATIVE)
        add(out, "the model's kv was given in bytes: --kv does not change it");
    if (question->formats.math != TR_DTYPE_NATIVE && question->formats.math != roof->math_dtype)
        add(out, "--math is not what runs: the chip does not have it, or it is narrower than the weights");
    if (question->model->max_context_token > 0 && longest(scenario) > question->model->max_context_token)
        add(out, "the context is longer than the model was made for");
    if (!(roof->memory_byte < 1e300) && !preset)
        add(out, "the system's mem was not given: everything fits");
    if (!(roof->usd_per_s > 0) && !preset)
        add(out, "no price is known for this system: --price gives one");
}

void tr_notes_json(const tr_notes *notes, tr_json *json)
{
    if (notes->count == 0)
        return;
    tr_json_key_array(json, "notes");
    for (size_t i = 0; i < notes->count; i++)
        tr_json_string(json, notes->text[i]);
    tr_json_close(json);
}

void tr_notes_text(const tr_notes *notes, int columns, tr_writer *out)
{
    for (size_t i = 0; i < notes->count; i++) {
        tr_write_text(out, i == 0 ? "\n" : "");
        tr_print_wrapped(out, i == 0 ? "note: " : "      ", "      ", notes->text[i], columns);
    }
}
