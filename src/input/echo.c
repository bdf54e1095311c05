/* input/echo.c -- writes the question back as JSON members, in the order of the table. */
#include "input/echo.h"

#include <string.h>

#include "base/text.h"

static void list(const tr_scenario *scenario, const tr_input *input, tr_json *json)
{
    size_t count = 0;
    const double *numbers = tr_input_list(scenario, input->id, &count);
    if (numbers == NULL)
        return;
    tr_json_key(json, input->key);
    if (count == 1) {
        tr_json_number(json, numbers[0]);
        return;
    }
    tr_json_array_inline(json);
    for (size_t i = 0; i < count; i++)
        tr_json_number(json, numbers[i]);
    tr_json_close(json);
}

/* The index-th word of "a|b|c". */
static void word(const char *choices, int index, const char *key, tr_json *json)
{
    char text[48];
    while (index-- > 0)
        choices = strchr(choices, '|') + 1;
    (void)tr_text_copy_span(text, sizeof text, choices, strcspn(choices, "|"));
    tr_json_key_string(json, key, text);
}

enum { FORMATS_MAX = 64 };

static void formats(const tr_scenario *scenario, const tr_input *input, tr_json *json)
{
    tr_weight_format format[FORMATS_MAX];
    const size_t count = tr_input_formats(scenario, input->id, format, FORMATS_MAX);
    if (count == 1) {
        tr_json_key_string(json, input->key, tr_weight_format_name(format[0]));
        return;
    }
    tr_json_key(json, input->key);
    tr_json_array_inline(json);
    for (size_t i = 0; i < count && i < FORMATS_MAX; i++)
        tr_json_string(json, tr_weight_format_name(format[i]));
    tr_json_close(json);
}

static void echo_one(const tr_scenario *scenario, const tr_input *input, tr_json *json)
{
    const int choice = tr_input_choice(scenario, input->id);
    switch (input->kind) {
    case TR_INPUT_NUMBER:
    case TR_INPUT_LIST:
        if (choice >= 0)
            word(input->choices, choice, input->key, json);
        else
            list(scenario, input, json);
        break;
    case TR_INPUT_TEXT:
        if (tr_input_text(scenario, input->id)[0] != '\0')
            tr_json_key_string(json, input->key, tr_input_text(scenario, input->id));
        break;
    case TR_INPUT_CHOICE:
        if (choice >= 0)
            word(input->choices, choice, input->key, json);
        break;
    case TR_INPUT_SWITCH: tr_json_key_bool(json, input->key, choice > 0); break;
    case TR_INPUT_WEIGHTS: formats(scenario, input, json); break;
    case TR_INPUT_DTYPE: tr_json_key_string(json, input->key, tr_dtype_name((tr_dtype)choice)); break;
    }
}

void tr_scenario_echo(const tr_scenario *scenario, const tr_load *load, tr_json *json)
{
    const int of_requests = tr_input_is_set(scenario, TR_IN_ISL); /* whose batch follows from them */
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        /* What only some verbs are asked is a question where it was asked: nothing is said of it otherwise. */
        const int is_asked = tr_input_is_set(scenario, input->id) ||
                             (input->group <= TR_GROUP_PHYSICS && (!of_requests || input->group != TR_GROUP_LOAD));
        if (!is_asked || input->group >= TR_GROUP_OUTPUT)
            continue;
        if (i == TR_IN_PHASE && load != NULL)
            word(input->choices, (int)load->phase, input->key, json);
        else if (i == TR_IN_PHASE && !tr_input_is_set(scenario, TR_IN_PHASE) && tr_input_is_set(scenario, TR_IN_QUERY))
            continue; /* each query's own */
        else if (load != NULL && i == TR_IN_BATCH)
            tr_json_key_number(json, input->key, load->batch_seq);
        else if (load != NULL && i == TR_IN_CONTEXT)
            tr_json_key_number(json, input->key, load->context_token);
        else if (load != NULL && i == TR_IN_QUERY)
            tr_json_key_number(json, input->key, load->query_token);
        else
            echo_one(scenario, input, json);
    }
}
