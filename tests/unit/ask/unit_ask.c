/* unit_ask.c -- a question from texts, its answer as text or as parsed JSON. */
#include "unit_ask.h"

#include <stdio.h>

enum { TEXT_SIZE = 1 << 20 };

tr_scenario *scenario_of(const char *const *pairs)
{
    tr_scenario *scenario = tr_scenario_create();
    tr_error err;
    assert_non_null(scenario);
    for (; *pairs != NULL; pairs += 2) {
        const tr_status s = strcmp(pairs[0], "preset") == 0
                                ? tr_scenario_preset(scenario, pairs[1], &err)
                                : tr_scenario_set(scenario, pairs[0], pairs[1], &err);
        if (s != TR_OK)
            fail_msg("%s=%s: %s", pairs[0], pairs[1], err.text);
    }
    return scenario;
}

/* The question first, so that who frees it frees all. */
typedef struct asked {
    tr_problem question;
    tr_model model;
    tr_system system;
} asked;

tr_problem *question_of(const tr_scenario *scenario)
{
    const char *model_text = tr_input_text(scenario, TR_IN_MODEL);
    const char *system_text = tr_input_text(scenario, TR_IN_SYSTEM);
    asked *made = malloc(sizeof *made);
    tr_error err;
    assert_non_null(made);
    tr_status s = tr_is_inline(model_text) ? tr_model_inline(model_text, &made->model, &err)
                                           : tr_model_catalog_get(model_text, &made->model, &err);
    if (s == TR_OK)
        s = tr_is_inline(system_text) ? tr_system_inline(system_text, &made->system, &err)
                                      : tr_system_catalog_get(system_text, &made->system, &err);
    if (s == TR_OK)
        s = tr_problem_system(scenario, &made->system, &err);
    if (s == TR_OK)
        s = tr_problem_of(scenario, &made->model, &made->system, &made->question, &err);
    if (s != TR_OK)
        fail_msg("%s", err.text);
    return &made->question;
}

char *answer_of(answer_fn answer, const char *const *pairs, const tr_style *style)
{
    tr_scenario *scenario = scenario_of(pairs);
    tr_problem *question = question_of(scenario);
    tr_buffer buffer = {.data = malloc(TEXT_SIZE), .capacity = TEXT_SIZE, .length = 0};
    assert_non_null(buffer.data);
    tr_sink sink = tr_buffer_sink(&buffer);
    tr_error err;
    if (answer(scenario, question, style, &sink, &err) != TR_OK)
        fail_msg("%s", err.text);
    assert_true(buffer.length < buffer.capacity);
    free(question);
    tr_scenario_destroy(scenario);
    return buffer.data;
}

json_t *json_of(answer_fn answer, const char *const *pairs)
{
    const tr_style style = {.format = TR_FORMAT_JSON, .columns = 100, .explain = 1};
    char *text = answer_of(answer, pairs, &style);
    json_error_t why;
    json_t *document = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    if (document == NULL)
        fail_msg("line %d: %s", why.line, why.text);
    free(text);
    return document;
}

const json_t *at(const json_t *document, const char *path)
{
    char key[64];
    const char *start = path;
    while (*path != '\0') {
        const size_t n = strcspn(path, ".");
        assert_true(n < sizeof key);
        memcpy(key, path, n);
        key[n] = '\0';
        document = json_is_array(document) ? json_array_get(document, strtoul(key, NULL, 10))
                                           : json_object_get(document, key);
        if (document == NULL)
            fail_msg("no '%s' in the document", start);
        path += n + (path[n] == '.');
    }
    return document;
}

double number_at(const json_t *document, const char *path)
{
    const json_t *value = at(document, path);
    if (!json_is_number(value))
        fail_msg("'%s' is no number", path);
    return json_number_value(value);
}

const char *text_at(const json_t *document, const char *path)
{
    const json_t *value = at(document, path);
    if (!json_is_string(value))
        fail_msg("'%s' is no text", path);
    return json_string_value(value);
}
