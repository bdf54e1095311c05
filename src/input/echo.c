/* input/echo.c -- writes the question back as JSON members, in the order of the table. */
#include "input/echo.h"

#include <string.h>

#include "base/text.h"
#include "input/table.h"

static void list(const tr_scenario *scenario, const char *key, tr_json *json)
{
    size_t count = 0;
    const double *numbers = tr_scenario_list(scenario, key, &count);
    tr_json_key(json, key);
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

static void echo_one(const tr_scenario *scenario, const tr_input *input, tr_json *json)
{
    size_t count = 0;
    const int choice = tr_scenario_choice(scenario, input->key);
    switch (input->kind) {
    case TR_INPUT_NUMBER:
    case TR_INPUT_LIST:
        if (tr_scenario_list(scenario, input->key, &count) != NULL)
            list(scenario, input->key, json);
        break;
    case TR_INPUT_TEXT:
        if (tr_scenario_text(scenario, input->key)[0] != '\0')
            tr_json_key_string(json, input->key, tr_scenario_text(scenario, input->key));
        break;
    case TR_INPUT_CHOICE:
        if (choice >= 0)
            word(input->choices, choice, input->key, json);
        break;
    case TR_INPUT_SWITCH: tr_json_key_bool(json, input->key, choice > 0); break;
    case TR_INPUT_DTYPE: tr_json_key_string(json, input->key, tr_dtype_name((tr_dtype)choice)); break;
    }
}

void tr_scenario_echo(const tr_scenario *scenario, const tr_load *load, tr_json *json)
{
    for (size_t i = 0; i < tr_input_count(); i++) {
        const tr_input *input = tr_input_at(i);
        if (strncmp(input->group, "output", 6) == 0)
            continue;
        /* A layout is a question of its own: where none was asked for, nothing is said of it. */
        if (strcmp(input->group, "layout") == 0 && !tr_scenario_is_set(scenario, input->key))
            continue;
        if (load != NULL && i == TR_IN_BATCH)
            tr_json_key_number(json, input->key, load->batch_seq);
        else if (load != NULL && i == TR_IN_CONTEXT)
            tr_json_key_number(json, input->key, load->context_token);
        else if (load != NULL && i == TR_IN_QUERY && load->phase == TR_PHASE_PREFILL)
            tr_json_key_number(json, input->key, load->query_token);
        else
            echo_one(scenario, input, json);
    }
}
