/* wasm/page.c -- what the page calls: text in, text out, so that its script knows no layout of any struct.
 *
 * A page asks two questions side by side (slot 0 and 1), so that they can be
 * compared. A call returns a tr_status; the answer, or the error as
 * {"status", "field", "text", "line"}, is the text at page_out. One thread.
 */
#include <tokenroof/tokenroof.h>

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "input/echo.h"
#include "lab/lab.h"

#define PAGE_API __attribute__((visibility("default")))

enum { SLOTS = 2 };

/* A question with what it is about, to which it points. */
typedef struct asked {
    tr_model model, draft_model;
    tr_system system;
    tr_problem question;
    tr_problem over;         /* the same for verbs that look over many batches */
} asked;

typedef struct slot {
    tr_scenario *scenario;
    tr_model dropped;        /* a config.json of the visitor's */
    int has_dropped;
    asked both[2];           /* the last good question, and room for the next */
    int now;
} slot;

static slot slots[SLOTS];
static tr_config *config;    /* being told */

/* ---- text out ------------------------------------------------------------------ */

static char *out_text;
static size_t out_size, out_capacity;

static int out_write(void *context, const char *text, size_t length)
{
    (void)context;
    if (out_capacity - out_size <= length) {
        const size_t more = (out_size + length + 1) * 2 + 65536;
        char *bigger = realloc(out_text, more);
        if (bigger == NULL)
            return 1;
        out_text = bigger;
        out_capacity = more;
    }
    memcpy(out_text + out_size, text, length);
    out_size += length;
    out_text[out_size] = '\0';
    return 0;
}

static tr_sink out_begin(void)
{
    out_size = 0;
    return (tr_sink){.write = out_write};
}

PAGE_API const char *page_out(void) { return out_text == NULL ? "" : out_text; }
PAGE_API size_t page_out_size(void) { return out_size; }

/* Room for text from the page; good until the next call. */
PAGE_API char *page_room(size_t size)
{
    static char *room;
    static size_t capacity;
    if (size > capacity) {
        char *bigger = realloc(room, size);
        if (bigger == NULL)
            return NULL;
        room = bigger;
        capacity = size;
    }
    return room;
}

static int fail(const tr_error *err)
{
    tr_json json;
    tr_sink sink = out_begin();
    tr_json_begin(&json, &sink, 0);
    tr_json_object(&json);
    tr_json_key_string(&json, "status", tr_status_name(err->status));
    tr_json_key_string(&json, "field", err->field);
    tr_json_key_string(&json, "text", err->text);
    tr_json_key_number(&json, "line", err->line);
    tr_json_close(&json);
    (void)tr_json_finish(&json);
    return (int)err->status;
}

static int done(tr_status status, const tr_error *err) { return status == TR_OK ? 0 : fail(err); }

/* ---- what can be asked ----------------------------------------------------------- */

PAGE_API int page_start(void)
{
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].scenario == NULL)
            slots[i].scenario = tr_scenario_create();
        if (slots[i].scenario == NULL)
            return TR_ENOMEM;
    }
    return 0;
}

static const char *kind_name(tr_input_kind kind)
{
    static const char *const name[] = {"number", "list", "text", "choice", "switch", "dtype", "weights"};
    return name[kind];
}

/* The table of inputs: the page makes its controls from it. */
PAGE_API int page_inputs(void)
{
    tr_json json;
    tr_sink sink = out_begin();
    tr_json_begin(&json, &sink, 0);
    tr_json_array(&json);
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        tr_json_object(&json);
        tr_json_key_string(&json, "key", input->key);
        tr_json_key_string(&json, "option", input->option);
        tr_json_key_string(&json, "kind", kind_name(input->kind));
        tr_json_key_string(&json, "unit", input->unit == TR_UNIT_NONE ? "" : tr_unit_expected(input->unit));
        tr_json_key_number(&json, "unit_id", input->unit);
        tr_json_key_number(&json, "min", input->min);
        tr_json_key_number(&json, "max", input->max);
        tr_json_key_number(&json, "slider_min", input->slider.min);
        tr_json_key_number(&json, "slider_max", input->slider.max);
        tr_json_key_number(&json, "slider_step", input->slider.step);
        tr_json_key_bool(&json, "slider_log", input->slider.log);
        tr_json_key_string(&json, "fallback", input->fallback == NULL ? "" : input->fallback);
        tr_json_key_string(&json, "follows", input->follows == NULL ? "" : input->follows);
        tr_json_key_string(&json, "choices", input->choices);
        tr_json_key_string(&json, "group", tr_group_name(input->group));
        tr_json_key_string(&json, "doc", input->doc);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    return (int)tr_json_finish(&json);
}

/* Names of models, systems and presets. */
PAGE_API int page_catalog(void)
{
    tr_json json;
    tr_sink sink = out_begin();
    tr_json_begin(&json, &sink, 0);
    tr_json_object(&json);
    tr_json_key_array(&json, "models");
    for (size_t i = 0; i < tr_model_catalog_count(); i++)
        tr_json_string(&json, tr_model_catalog_name(i));
    tr_json_close(&json);
    tr_json_key_array(&json, "systems");
    for (size_t i = 0; i < tr_system_catalog_count(); i++)
        tr_json_string(&json, tr_system_catalog_name(i));
    for (size_t i = 0; i < tr_chip_catalog_count(); i++)
        if (tr_chip_catalog_at(i)->memory_byte > 0)
            tr_json_string(&json, tr_chip_catalog_at(i)->name);
    tr_json_close(&json);
    tr_json_key_array(&json, "presets");
    for (size_t i = 0; tr_preset_name(i) != NULL; i++) {
        tr_json_object(&json);
        tr_json_key_string(&json, "name", tr_preset_name(i));
        tr_json_key_string(&json, "doc", tr_preset_doc(i));
        tr_json_close(&json);
    }
    tr_json_close(&json);
    tr_json_key_object(&json, "units"); /* so that the script numbers none of them itself */
    tr_json_key_number(&json, "none", TR_UNIT_NONE);
    tr_json_key_number(&json, "ratio", TR_UNIT_RATIO);
    tr_json_key_number(&json, "second", TR_UNIT_SECOND);
    tr_json_key_number(&json, "byte", TR_UNIT_BYTE);
    tr_json_key_number(&json, "context", TR_UNIT_CONTEXT);
    tr_json_key_number(&json, "seq", TR_UNIT_SEQ);
    tr_json_key_number(&json, "param", TR_UNIT_PARAM);
    tr_json_key_number(&json, "usdPerMtoken", TR_UNIT_USD_PER_MTOKEN);
    tr_json_key_number(&json, "tokenPerS", TR_UNIT_TOKEN_PER_S);
    tr_json_key_number(&json, "flopPerByte", TR_UNIT_FLOP_PER_BYTE);
    tr_json_close(&json);
    tr_json_key_string(&json, "version", tr_version());
    tr_json_key_string(&json, "commit", tr_commit());
    tr_json_close(&json);
    return (int)tr_json_finish(&json);
}

/* One quantity for a person: "3.35 TB/s". */
PAGE_API int page_format(double value, int unit)
{
    char text[64];
    tr_sink sink = out_begin();
    (void)tr_quantity_format(value, unit >= 0 && unit < TR_UNIT_COUNT ? (tr_unit)unit : TR_UNIT_NONE, text, sizeof text);
    return sink.write(sink.context, text, strlen(text));
}

/* What was typed as a number: "128k" is 131072 where it is a context. NaN if it is none. */
PAGE_API double page_parse(const char *text, int unit)
{
    double value;
    const tr_unit of = unit >= 0 && unit < TR_UNIT_COUNT ? (tr_unit)unit : TR_UNIT_NONE;
    return tr_quantity_parse(text, of, &value, NULL) == TR_OK ? value : (double)__builtin_nan("");
}

/* ---- the scenario ------------------------------------------------------------------- */

static slot *slot_of(int index) { return &slots[index == 1]; }

PAGE_API int page_set(int index, const char *key, const char *text)
{
    tr_error err;
    return done(tr_scenario_set(slot_of(index)->scenario, key, text, &err), &err);
}

PAGE_API void page_unset(int index, const char *key)
{
    (void)tr_scenario_unset(slot_of(index)->scenario, key, NULL);
}

PAGE_API int page_preset(int index, const char *name)
{
    tr_error err;
    return done(tr_scenario_preset(slot_of(index)->scenario, name, &err), &err);
}

/* The scenario as an answer would echo it. */
PAGE_API int page_scenario(int index)
{
    tr_json json;
    tr_sink sink = out_begin();
    tr_json_begin(&json, &sink, 0);
    tr_json_object(&json);
    tr_scenario_echo(slot_of(index)->scenario, NULL, &json);
    tr_json_close(&json);
    return (int)tr_json_finish(&json);
}

/* ---- a config.json, told key by key ---------------------------------------------------- */

PAGE_API int page_config_begin(void)
{
    tr_config_destroy(config);
    config = tr_config_create();
    return config == NULL ? TR_ENOMEM : 0;
}

PAGE_API int page_config_number(const char *key, double value, int line)
{
    tr_error err;
    return done(tr_config_set_number(config, key, value, line, &err), &err);
}

PAGE_API int page_config_text(const char *key, const char *value, int line)
{
    tr_error err;
    return done(tr_config_set_text(config, key, value, line, &err), &err);
}

PAGE_API int page_config_bool(const char *key, int value, int line)
{
    tr_error err;
    return done(tr_config_set_bool(config, key, value, line, &err), &err);
}

PAGE_API int page_config_null(const char *key, int line)
{
    tr_error err;
    return done(tr_config_set_null(config, key, line, &err), &err);
}

/* The model of a slot is what was told; on an error it stays what it was. */
PAGE_API int page_config_end(int index, const char *family, const char *name)
{
    static tr_model model;
    tr_error err;
    slot *s = slot_of(index);
    const tr_status status = tr_model_from_config(config, family[0] == '\0' ? NULL : family, &model, &err);
    if (status != TR_OK)
        return fail(&err);
    (void)tr_text_copy(model.name, sizeof model.name, name);
    s->dropped = model;
    s->has_dropped = 1;
    return 0;
}

PAGE_API void page_config_forget(int index) { slot_of(index)->has_dropped = 0; }

/* ---- the question ----------------------------------------------------------------------- */

/* Lists are for the inputs of which verbs make rows, the page's and those whose command it writes. */
static tr_status check_lists(const tr_scenario *scenario, tr_error *err)
{
    tr_input_id lists[TR_IN_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < TR_IN_COUNT; i++)
        if (tr_input_at(i)->kind == TR_INPUT_LIST)
            lists[count++] = tr_input_at(i)->id;
    return tr_input_check_lists(scenario, lists, count, err);
}

static tr_status look_up(const slot *s, asked *out, tr_error *err)
{
    const char *name = tr_input_text(s->scenario, TR_IN_MODEL);
    const char *on = tr_input_text(s->scenario, TR_IN_SYSTEM);
    tr_status status = check_lists(s->scenario, err);
    if (status == TR_OK && s->has_dropped)
        out->model = s->dropped;
    else if (status == TR_OK)
        status = tr_is_inline(name) ? tr_model_inline(name, &out->model, err)
                                    : tr_model_catalog_get(name, &out->model, err);
    const char *drafts = tr_input_text(s->scenario, TR_IN_DRAFT_MODEL);
    if (status == TR_OK && drafts[0] != '\0') {
        status = tr_model_catalog_get(drafts, &out->draft_model, err);
        out->model.draft_model = &out->draft_model;
    }
    if (status == TR_OK)
        status = tr_is_inline(on) ? tr_system_inline(on, &out->system, err)
                                  : tr_system_catalog_get(on, &out->system, err);
    if (status == TR_OK)
        status = tr_problem_system(s->scenario, &out->system, err);
    if (status == TR_OK)
        status = tr_problem_of(s->scenario, &out->model, &out->system, &out->question, err);
    out->over = out->question;
    return status == TR_OK ? tr_problem_over_batches(s->scenario, &out->over, err) : status;
}

/* Look up what the scenario names. After an error the slot keeps its last good question. */
PAGE_API int page_ask(int index)
{
    tr_error err;
    slot *s = slot_of(index);
    if (look_up(s, &s->both[!s->now], &err) != TR_OK)
        return fail(&err);
    s->now = !s->now;
    return 0;
}

static const tr_problem *question_of(int index)
{
    const slot *s = slot_of(index);
    return &s->both[s->now].question;
}

static const tr_problem *over_batches_of(int index)
{
    const slot *s = slot_of(index);
    return &s->both[s->now].over;
}

/* Nothing was asked yet, or nothing that has an answer: the refusal. */
static int is_asked(int index, tr_error *err)
{
    *err = (tr_error){.status = TR_EMISSING, .text = "no question was asked yet"};
    return question_of(index)->model != NULL;
}

/* What a verb is asked: the slot's question as the verb takes it. One call at a time holds it. */
typedef struct asking {
    const tr_verb *verb;
    tr_scenario *scenario; /* a copy, in which the verb sets what was not said */
    tr_problem own;        /* of a verb that takes other physics than the slot's */
    tr_case cases[SLOTS];  /* of a verb that compares */
    tr_subject subject;
} asking;

static tr_status asking_of(int index, const char *name, asking *out, tr_error *err)
{
    const slot *s = slot_of(index);
    out->verb = tr_verb_find(name);
    if (out->verb == NULL || !is_asked(index, err)) {
        if (out->verb == NULL)
            *err = (tr_error){.status = TR_EUNKNOWN, .text = "no such verb"};
        return err->status;
    }
    if (out->scenario == NULL)
        out->scenario = tr_scenario_create();
    if (out->scenario == NULL || tr_scenario_copy(out->scenario, s->scenario) != TR_OK) {
        *err = (tr_error){.status = TR_ENOMEM, .text = "out of memory"};
        return TR_ENOMEM;
    }
    tr_status status = tr_verb_prepare(out->verb, out->scenario, err);
    const tr_problem *question =
        (out->verb->flags & TR_VERB_OVER_BATCHES) != 0 ? over_batches_of(index) : question_of(index);
    if (status == TR_OK && tr_input_is_set(out->scenario, TR_IN_PHYSICS) &&
        tr_input_choice(out->scenario, TR_IN_PHYSICS) != (int)question->physics) {
        out->own = *question;
        out->own.physics = (tr_physics)tr_input_choice(out->scenario, TR_IN_PHYSICS);
        question = &out->own;
    }
    for (int i = 0; i < SLOTS; i++)
        out->cases[i] = (tr_case){slots[i].scenario, question_of(i)};
    out->subject = (tr_subject){.scenario = out->scenario,
                                .question = question,
                                .cases = out->cases,
                                .case_count = question_of(1)->model != NULL ? SLOTS : 1,
                                .model = question->model,
                                .system = question->system,
                                .experiment = tr_lab_claim};
    return status;
}

static asking now; /* one thread */

/* The answer of any verb of the table that needs a question alone. format: a tr_format. Errors: those of the verb. */
PAGE_API int page_answer(int index, const char *verb, int format, int explain)
{
    tr_error err;
    const tr_style style = {.format = (tr_format)format, .explain = explain, .columns = 100};
    if (asking_of(index, verb, &now, &err) != TR_OK)
        return fail(&err);
    tr_sink sink = out_begin();
    return done(tr_verb_answer(now.verb, &now.subject, &style, &sink, &err), &err);
}

/* The verb's number-th picture. dark: 0 and 1 for a file, 2 for the page's own colours. */
PAGE_API int page_figure(int index, const char *verb, int number, double width_px, double height_px, int dark)
{
    tr_error err;
    const tr_figure_target target = {.svg = {.width_px = width_px, .height_px = height_px, .dark = dark}};
    if (asking_of(index, verb, &now, &err) != TR_OK)
        return fail(&err);
    tr_sink sink = out_begin();
    return done(tr_verb_draw(now.verb, (size_t)number, &now.subject, &target, &sink, &err), &err);
}

/* The table of verbs, those that this module answers. */
PAGE_API int page_verbs(void)
{
    tr_json json;
    tr_sink sink = out_begin();
    tr_json_begin(&json, &sink, 0);
    tr_json_array(&json);
    for (size_t i = 0; i < tr_verb_count(); i++) {
        const tr_verb *verb = tr_verb_at(i);
        if (verb->answer == NULL && verb->tell == NULL)
            continue;
        tr_json_object(&json);
        tr_json_key_string(&json, "name", verb->name);
        tr_json_key_string(&json, "topic", verb->topic);
        tr_json_key_string(&json, "doc", verb->doc);
        tr_json_key_string(&json, "operands", verb->operands);
        tr_json_key_array(&json, "inputs");
        for (size_t k = 0; k < TR_IN_COUNT; k++)
            if (tr_verb_takes(verb, tr_input_at(k)))
                tr_json_string(&json, tr_input_at(k)->key);
        tr_json_close(&json);
        tr_json_key_array(&json, "figures");
        for (size_t k = 0; k < verb->figure_count; k++)
            tr_json_string(&json, verb->figures[k].words);
        tr_json_close(&json);
        tr_json_close(&json);
    }
    tr_json_close(&json);
    return (int)tr_json_finish(&json);
}

/* The model as the catalog tells it. */
PAGE_API int page_model(int index)
{
    tr_error err;
    const slot *s = slot_of(index);
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100};
    if (!is_asked(index, &err))
        return fail(&err);
    tr_sink sink = out_begin();
    return done(tr_answer_model(s->scenario, question_of(index)->model, &style, &sink, &err), &err);
}

PAGE_API int page_compare(double width_px, double height_px, int dark)
{
    tr_error err;
    const tr_figure_target target = {.svg = {.width_px = width_px, .height_px = height_px, .dark = dark}};
    if (!is_asked(0, &err) || !is_asked(1, &err))
        return fail(&err);
    tr_sink sink = out_begin();
    return done(tr_answer_figure_compare(question_of(0), question_of(1), &target, &sink, &err), &err);
}

PAGE_API int page_explain(const char *id)
{
    tr_error err;
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100};
    tr_sink sink = out_begin();
    return done(tr_answer_explain(id, tr_lab_claim, &style, &sink, &err), &err);
}

/* ---- the lesson ------------------------------------------------------------------------- */

/* Exercise number index of a lesson on the slot's case, with everything to reveal it. */
PAGE_API int page_lesson(int index, int number)
{
    static tr_exercise exercise;
    tr_error err;
    tr_json json;
    char answer[128], unit[32];
    if (!is_asked(index, &err) || tr_lesson_ask(over_batches_of(index), (size_t)number, &exercise, &err) != TR_OK)
        return fail(&err);
    (void)tr_lesson_value_text(&exercise, exercise.value, answer, sizeof answer);
    tr_sink sink = out_begin();
    tr_json_begin(&json, &sink, 0);
    tr_json_object(&json);
    tr_json_key_number(&json, "count", (double)tr_lesson_count());
    tr_json_key_string(&json, "id", exercise.id);
    tr_json_key_string(&json, "topic", exercise.topic);
    tr_json_key_string(&json, "equation", exercise.equation);
    tr_json_key_string(&json, "kind", tr_lesson_kind_name(exercise.kind));
    tr_json_key_string(&json, "unit", exercise.kind != TR_LESSON_NUMBER ? tr_lesson_unit_text(&exercise, unit, sizeof unit)
                                      : exercise.unit == TR_UNIT_NONE  ? "a number"
                                                                       : tr_unit_expected(exercise.unit));
    tr_json_key_bool(&json, "asked", exercise.asked);
    tr_json_key_string(&json, "question", exercise.question);
    tr_json_key_string(&json, "hint", exercise.hint);
    tr_json_key_string(&json, "reveal", exercise.reveal);
    tr_json_key_string(&json, "answer", answer);
    tr_json_key_string(&json, "card_front", exercise.card_front);
    tr_json_key_string(&json, "card_back", exercise.card_back);
    tr_json_close(&json);
    return (int)tr_json_finish(&json);
}

/* Its picture: a sketch, or with its answer. */
PAGE_API int page_lesson_figure(int index, int number, int revealed, double width_px, int dark)
{
    static tr_exercise exercise;
    tr_error err;
    const tr_figure_target target = {.svg = {.width_px = width_px, .dark = dark}};
    if (!is_asked(index, &err) || tr_lesson_ask(over_batches_of(index), (size_t)number, &exercise, &err) != TR_OK)
        return fail(&err);
    const tr_subject subject = {
        .scenario = slot_of(index)->scenario, .question = over_batches_of(index), .elsewhere = tr_lab_draw};
    tr_sink sink = out_begin();
    return done(tr_lesson_draw(&subject, &exercise, revealed, NULL, &target, &sink, &err), &err);
}

/* The grade of a guess as typed. */
PAGE_API int page_grade(int index, int number, const char *guess)
{
    static tr_exercise exercise;
    tr_grade grade;
    tr_error err;
    tr_json json;
    double value = 0;
    tr_status status = is_asked(index, &err) ? tr_lesson_ask(over_batches_of(index), (size_t)number, &exercise, &err)
                                             : TR_EMISSING;
    if (status == TR_OK)
        status = tr_lesson_parse(&exercise, guess, &value, &err);
    if (status == TR_OK)
        status = tr_lesson_grade(&exercise, value, &grade, &err);
    if (status != TR_OK)
        return fail(&err);
    tr_sink sink = out_begin();
    tr_json_begin(&json, &sink, 0);
    tr_json_object(&json);
    tr_json_key_number(&json, "log_error", grade.log_error_ratio);
    tr_json_key_number(&json, "score", grade.score_share);
    tr_json_key_string(&json, "verdict", grade.verdict);
    tr_json_close(&json);
    return (int)tr_json_finish(&json);
}
