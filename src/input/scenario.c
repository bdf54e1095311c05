/* input/scenario.c -- the values of every input: setting them from text or numbers, and reading them. */
#include <tokenroof/input.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "input/table.h"

static const tr_input inputs[TR_IN_SIZE] = {
#define TR_INPUT_ROW(ID, KEY, OPTION, KIND, UNIT, MIN, MAX, SMIN, SMAX, STEP, LOG, FALLBACK, CHOICES, GROUP, \
                     DOC)                                                                                    \
    {KEY,  OPTION, TR_INPUT_##KIND, TR_UNIT_##UNIT, MIN,   MAX, SMIN, SMAX,                                  \
     STEP, LOG,    FALLBACK,        CHOICES,        GROUP, DOC},
    TR_INPUT_TABLE(TR_INPUT_ROW)
#undef TR_INPUT_ROW
};

/* One input's value. Which member counts follows from the input's kind. */
typedef struct value {
    int set;       /* explicitly */
    int present;   /* set, or has a default */
    double number; /* NUMBER; CHOICE, SWITCH, DTYPE: the index */
    double *list;  /* LIST: owned */
    size_t count;
    char text[TR_TEXT_MAX]; /* TEXT */
} value;

struct tr_scenario {
    value values[TR_IN_SIZE];
};

/* ---- the table ---------------------------------------------------------- */

size_t tr_input_count(void) { return TR_IN_SIZE; }

const tr_input *tr_input_at(size_t index) { return index < TR_IN_SIZE ? &inputs[index] : NULL; }

static int find(const char *name)
{
    for (int i = 0; name != NULL && i < TR_IN_SIZE; i++)
        if (strcmp(name, inputs[i].key) == 0 || strcmp(name, inputs[i].option) == 0)
            return i;
    return -1;
}

const tr_input *tr_input_find(const char *key_or_option)
{
    const int i = find(key_or_option);
    return i < 0 ? NULL : &inputs[i];
}

static const char *option_name(size_t index, const void *context)
{
    (void)context;
    return index < TR_IN_SIZE ? inputs[index].option : NULL;
}

static const char *key_name(size_t index, const void *context)
{
    (void)context;
    return index < TR_IN_SIZE ? inputs[index].key : NULL;
}

static tr_status unknown(const char *name, tr_error *err)
{
    const char *near = tr_near_name(name, option_name, NULL);
    if (near == NULL)
        near = tr_near_name(name, key_name, NULL);
    if (near != NULL)
        return tr_fail(err, TR_EUNKNOWN, name, 0, "unknown input '%.60s': did you mean '%s'?", name, near);
    return tr_fail(err, TR_EUNKNOWN, name, 0, "unknown input '%.60s'", name);
}

/* ---- setting ------------------------------------------------------------ */

static int is_numeric(const tr_input *input)
{
    return input->kind == TR_INPUT_NUMBER || input->kind == TR_INPUT_LIST;
}

/* Written so that NaN fails. */
static tr_status check_range(const tr_input *input, double number, tr_error *err)
{
    if (number >= input->min && number <= input->max)
        return TR_OK;
    char low[48], high[48], got[48];
    (void)tr_number_format(input->min, low, sizeof low);
    (void)tr_number_format(input->max, high, sizeof high);
    (void)tr_number_format(number, got, sizeof got);
    return tr_fail(err, TR_EDOMAIN, input->key, number, "%s: expected %s to %s, not %s", input->option, low,
                   high, isfinite(number) ? got : "a number that is not finite");
}

/* The position of word in "a|b|c", or -1. */
static int choice_index(const char *choices, const char *word)
{
    const size_t length = strlen(word);
    int index = 0;
    for (const char *at = choices; at != NULL; index++) {
        const char *bar = strchr(at, '|');
        const size_t n = bar == NULL ? strlen(at) : (size_t)(bar - at);
        if (n == length && memcmp(at, word, n) == 0)
            return index;
        at = bar == NULL ? NULL : bar + 1;
    }
    return -1;
}

/* "decode|prefill" as "decode or prefill". */
static void spell_choices(const char *choices, char *out, size_t size)
{
    size_t n = 0;
    for (const char *c = choices; *c != '\0' && n + 6 < size; c++) {
        if (*c == '|') {
            const char *joint = strchr(c + 1, '|') == NULL ? " or " : ", ";
            while (*joint != '\0')
                out[n++] = *joint++;
        } else {
            out[n++] = *c;
        }
    }
    out[n] = '\0';
}

static int is_word(const char *text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (strcmp(text, *words) == 0)
            return 1;
    return 0;
}

static tr_status parse_word(const tr_input *input, const char *text, double *out, tr_error *err)
{
    static const char *const on[] = {"on", "true", "yes", "1", NULL};
    static const char *const off[] = {"off", "false", "no", "0", NULL};
    if (input->kind == TR_INPUT_SWITCH) {
        if (!is_word(text, on) && !is_word(text, off))
            return tr_fail(err, TR_EPARSE, input->key, 0, "%s: expected on or off, not '%.60s'",
                           input->option, text);
        *out = is_word(text, on);
        return TR_OK;
    }
    if (input->kind == TR_INPUT_DTYPE) {
        tr_dtype dtype = TR_DTYPE_NATIVE;
        if (strcmp(text, "native") == 0 || tr_dtype_parse(text, &dtype, NULL) == TR_OK) {
            *out = dtype;
            return TR_OK;
        }
    } else {
        const int index = choice_index(input->choices, text);
        if (index >= 0) {
            *out = index;
            return TR_OK;
        }
    }
    char words[160];
    spell_choices(input->choices, words, sizeof words);
    return tr_fail(err, TR_EPARSE, input->key, 0, "%s: expected %s, not '%.60s'", input->option, words, text);
}

static tr_status store_list(value *v, const tr_input *input, const double *numbers, size_t count,
                            tr_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const tr_status s = check_range(input, numbers[i], err);
        if (s != TR_OK)
            return s;
    }
    double *list = malloc((count > 0 ? count : 1) * sizeof *list);
    if (list == NULL)
        return tr_fail(err, TR_ENOMEM, input->key, 0, "out of memory for %zu values", count);
    memcpy(list, numbers, count * sizeof *list);
    free(v->list);
    v->list = list;
    v->count = count;
    return TR_OK;
}

/* The room's errors name the option that was typed, not the parser's view of it. */
static tr_status name_error(const tr_input *input, tr_status status, const tr_error *inner, tr_error *err)
{
    return tr_fail(err, status, input->key, inner->value, "%s: %.280s", input->option, inner->text);
}

static tr_status store_list_text(value *v, const tr_input *input, const char *text, tr_error *err)
{
    double *numbers = malloc(TR_LIST_MAX * sizeof *numbers);
    if (numbers == NULL)
        return tr_fail(err, TR_ENOMEM, input->key, 0, "out of memory for a list");
    size_t count = 0;
    tr_error inner;
    tr_status s = tr_quantity_list_parse(text, input->unit, numbers, TR_LIST_MAX, &count, &inner);
    s = s == TR_OK ? store_list(v, input, numbers, count, err) : name_error(input, s, &inner, err);
    free(numbers);
    return s;
}

static tr_status store_text(value *v, const tr_input *input, const char *text, tr_error *err)
{
    tr_error inner;
    tr_status s = TR_OK;
    double number = 0;
    switch (input->kind) {
    case TR_INPUT_LIST: return store_list_text(v, input, text, err);
    case TR_INPUT_TEXT:
        if (strlen(text) >= TR_TEXT_MAX)
            return tr_fail(err, TR_ECAPACITY, input->key, (double)strlen(text), "%s: longer than %d bytes",
                           input->option, TR_TEXT_MAX - 1);
        memcpy(v->text, text, strlen(text) + 1);
        return TR_OK;
    case TR_INPUT_NUMBER:
        s = tr_quantity_parse(text, input->unit, &number, &inner);
        s = s == TR_OK ? check_range(input, number, err) : name_error(input, s, &inner, err);
        break;
    case TR_INPUT_CHOICE:
    case TR_INPUT_SWITCH:
    case TR_INPUT_DTYPE: s = parse_word(input, text, &number, err); break;
    }
    if (s == TR_OK)
        v->number = number;
    return s;
}

static void reset(value *v, const tr_input *input);

/* A decode step looks back on a conversation, a prefill starts one: the
 * default context follows the phase, so that `--phase prefill` alone means a fresh prompt. */
static void follow_phase(tr_scenario *scenario)
{
    value *context = &scenario->values[TR_IN_CONTEXT];
    if (context->set)
        return;
    reset(context, &inputs[TR_IN_CONTEXT]);
    if (context->present && scenario->values[TR_IN_PHASE].number > 0)
        context->list[0] = 0;
}

static void mark_set(tr_scenario *scenario, int id)
{
    scenario->values[id].set = 1;
    scenario->values[id].present = 1;
    if (id == TR_IN_PHASE)
        follow_phase(scenario);
}

tr_status tr_scenario_set(tr_scenario *scenario, const char *key, const char *text, tr_error *err)
{
    const int id = find(key);
    if (id < 0)
        return unknown(key, err);
    const tr_status s = store_text(&scenario->values[id], &inputs[id], text, err);
    if (s == TR_OK)
        mark_set(scenario, id);
    return s;
}

tr_status tr_scenario_set_list(tr_scenario *scenario, const char *key, const double *numbers, size_t count,
                               tr_error *err)
{
    const int id = find(key);
    if (id < 0)
        return unknown(key, err);
    const tr_input *input = &inputs[id];
    value *v = &scenario->values[id];
    tr_status s = TR_OK;
    if (input->kind == TR_INPUT_SWITCH) {
        if (count != 1 || (numbers[0] != 0 && numbers[0] != 1))
            return tr_fail(err, TR_EPARSE, input->key, 0, "%s: expected on or off, not a number",
                           input->option);
    } else if (!is_numeric(input)) {
        return tr_fail(err, TR_EPARSE, input->key, 0, "%s: expected %s, not a number", input->option,
                       input->kind == TR_INPUT_TEXT ? "a text" : "one of its words");
    }
    if (count == 0 || count > TR_LIST_MAX || (count != 1 && input->kind != TR_INPUT_LIST))
        return tr_fail(err, TR_ECAPACITY, input->key, (double)count, "%s: expected %s, not %zu",
                       input->option, input->kind == TR_INPUT_LIST ? "1 to 4096 numbers" : "one number",
                       count);
    if (input->kind == TR_INPUT_LIST) {
        s = store_list(v, input, numbers, count, err);
    } else {
        s = check_range(input, numbers[0], err);
        if (s == TR_OK)
            v->number = numbers[0];
    }
    if (s == TR_OK)
        mark_set(scenario, id);
    return s;
}

tr_status tr_scenario_set_number(tr_scenario *scenario, const char *key, double number, tr_error *err)
{
    return tr_scenario_set_list(scenario, key, &number, 1, err);
}

/* ---- defaults, copies ---------------------------------------------------- */

/* A default that does not parse would be a fault of the table, which a unit
 * test walks; here it leaves the input absent. */
static void reset(value *v, const tr_input *input)
{
    v->set = 0;
    v->number = 0;
    v->text[0] = '\0';
    v->present = input->fallback[0] != '\0' && store_text(v, input, input->fallback, NULL) == TR_OK;
    if (!v->present)
        v->count = 0;
}

tr_scenario *tr_scenario_create(void)
{
    tr_scenario *scenario = calloc(1, sizeof *scenario);
    for (int i = 0; scenario != NULL && i < TR_IN_SIZE; i++) {
        reset(&scenario->values[i], &inputs[i]);
        if (inputs[i].fallback[0] != '\0' && !scenario->values[i].present) {
            tr_scenario_destroy(scenario);
            return NULL;
        }
    }
    return scenario;
}

void tr_scenario_destroy(tr_scenario *scenario)
{
    for (int i = 0; scenario != NULL && i < TR_IN_SIZE; i++)
        free(scenario->values[i].list);
    free(scenario);
}

tr_status tr_scenario_copy(tr_scenario *to, const tr_scenario *from)
{
    double *lists[TR_IN_SIZE] = {NULL};
    if (to == from)
        return TR_OK;
    for (int i = 0; i < TR_IN_SIZE; i++) {
        const value *v = &from->values[i];
        if (v->list == NULL)
            continue;
        lists[i] = malloc(v->count > 0 ? v->count * sizeof(double) : sizeof(double));
        if (lists[i] == NULL) {
            while (i-- > 0)
                free(lists[i]);
            return TR_ENOMEM;
        }
        memcpy(lists[i], v->list, v->count * sizeof(double));
    }
    for (int i = 0; i < TR_IN_SIZE; i++) {
        free(to->values[i].list);
        to->values[i] = from->values[i];
        to->values[i].list = lists[i];
    }
    return TR_OK;
}

void tr_scenario_unset(tr_scenario *scenario, const char *key)
{
    const int id = find(key);
    if (id < 0)
        return;
    reset(&scenario->values[id], &inputs[id]);
    follow_phase(scenario);
}

/* ---- reading -------------------------------------------------------------- */

int tr_scenario_is_set(const tr_scenario *scenario, const char *key)
{
    const int id = find(key);
    return id >= 0 && scenario->values[id].set;
}

double tr_scenario_number(const tr_scenario *scenario, const char *key)
{
    const int id = find(key);
    if (id < 0 || !scenario->values[id].present || !is_numeric(&inputs[id]))
        return (double)NAN;
    return inputs[id].kind == TR_INPUT_LIST ? scenario->values[id].list[0] : scenario->values[id].number;
}

const double *tr_scenario_list(const tr_scenario *scenario, const char *key, size_t *count)
{
    const int id = find(key);
    *count = 0;
    if (id < 0 || !scenario->values[id].present || !is_numeric(&inputs[id]))
        return NULL;
    const value *v = &scenario->values[id];
    *count = inputs[id].kind == TR_INPUT_LIST ? v->count : 1;
    return inputs[id].kind == TR_INPUT_LIST ? v->list : &v->number;
}

const char *tr_scenario_text(const tr_scenario *scenario, const char *key)
{
    const int id = find(key);
    return id < 0 || inputs[id].kind != TR_INPUT_TEXT ? "" : scenario->values[id].text;
}

int tr_scenario_choice(const tr_scenario *scenario, const char *key)
{
    const int id = find(key);
    if (id < 0 || !scenario->values[id].present || is_numeric(&inputs[id]) ||
        inputs[id].kind == TR_INPUT_TEXT)
        return -1;
    return (int)scenario->values[id].number;
}
