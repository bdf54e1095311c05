/* input/scenario.c -- the values of every input: setting them from text or numbers, and reading them. */
#include <tokenroof/input.h>
#include <tokenroof/pass.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

enum { WORDS_MAX = 64 };

/* One input's value. Small, and most are never set: what does not fit in it is allocated. */
typedef struct value {
    double number;      /* of a list the first; CHOICE, SWITCH, DTYPE: the index */
    void *more;         /* owned: all numbers of a list of two or more; a text that is set; else NULL */
    uint32_t count;     /* of numbers; 0: there is no value, or it is a text */
    unsigned char set;  /* explicitly */
    unsigned char word; /* of a number: one of the words that may stand in its place, its index in number */
} value;

struct tr_scenario {
    value values[TR_IN_COUNT];
    const tr_progress *progress;
};

static const tr_input *row(tr_input_id id) { return tr_input_at((size_t)id); }

static const tr_input *find(const char *name, tr_error *err)
{
    const tr_input *input = tr_input_find(name);
    if (input != NULL)
        return input;
    const char *near = tr_input_near(name, TR_GROUP_ALL);
    (void)tr_fail(err, TR_EUNKNOWN, name, 0, "unknown input '%.60s'%s%s%s", name,
                  near != NULL ? ": did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
    return NULL;
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
        if (tr_dtype_parse(text, &dtype, NULL) == TR_OK) {
            *out = dtype;
            return TR_OK;
        }
    } else if (input->kind == TR_INPUT_WEIGHTS) {
        tr_weight_format format = 0;
        tr_error why;
        if (tr_weight_format_parse(text, &format, &why) != TR_OK)
            return tr_fail(err, TR_EPARSE, input->key, 0, "%s: %.250s", input->option, why.text);
        *out = format;
        return TR_OK;
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

static void take(value *v, void *more, double number, size_t count)
{
    free(v->more);
    v->more = more;
    v->number = number;
    v->count = (uint32_t)count;
    v->word = 0;
}

static tr_status out_of_memory(const tr_input *input, tr_error *err)
{
    return tr_fail(err, TR_ENOMEM, input->key, 0, "%s: out of memory", input->option);
}

static tr_status store_numbers(value *v, const tr_input *input, const double *numbers, size_t count, tr_error *err)
{
    double *list = NULL;
    for (size_t i = 0; i < count; i++) {
        const tr_status s = check_range(input, numbers[i], err);
        if (s != TR_OK)
            return s;
    }
    if (count > 1) {
        list = malloc(count * sizeof *list);
        if (list == NULL)
            return out_of_memory(input, err);
        memcpy(list, numbers, count * sizeof *list);
    }
    take(v, list, numbers[0], count);
    return TR_OK;
}

static tr_status store_number_text(value *v, const tr_input *input, const char *text, tr_error *err)
{
    double few[16], *numbers = few, *many = NULL;
    size_t count = 0;
    tr_error inner;
    tr_status s = tr_quantity_list_parse(text, input->unit, few, sizeof few / sizeof few[0], &count, &inner);
    if (s == TR_ECAPACITY) { /* long lists are rare: room for one is made when it comes */
        numbers = many = malloc(TR_LIST_MAX * sizeof *many);
        if (many == NULL)
            return out_of_memory(input, err);
        s = tr_quantity_list_parse(text, input->unit, many, TR_LIST_MAX, &count, &inner);
    }
    /* The room's errors name the option that was typed, not the parser's view of it. */
    if (s != TR_OK && input->choices != NULL) {
        char words[160];
        spell_choices(input->choices, words, sizeof words);
        (void)tr_fail(err, s, input->key, inner.value, "%s: %.140s, or %s", input->option, inner.text,
                      words);
    } else if (s != TR_OK) {
        (void)tr_fail(err, s, input->key, inner.value, "%s: %.280s", input->option, inner.text);
    } else {
        s = store_numbers(v, input, numbers, count, err);
    }
    free(many);
    return s;
}

/* "q4_k_m,q8_0": one format, or several of which a verb makes rows. */
static tr_status store_words(value *v, const tr_input *input, const char *text, tr_error *err)
{
    double number[WORDS_MAX];
    size_t count = 0;
    while (1) {
        char word[TR_TEXT_MAX];
        const size_t length = strcspn(text, ",");
        if (count == WORDS_MAX)
            return tr_fail(err, TR_ECAPACITY, input->key, WORDS_MAX, "%s: more than %d formats", input->option,
                           WORDS_MAX);
        (void)tr_text_copy_span(word, sizeof word, text, length);
        const tr_status s = parse_word(input, word, &number[count++], err);
        if (s != TR_OK)
            return s;
        if (text[length] == '\0')
            break;
        text += length + 1;
    }
    double *list = count > 1 ? malloc(count * sizeof *list) : NULL;
    if (count > 1 && list == NULL)
        return out_of_memory(input, err);
    if (list != NULL)
        memcpy(list, number, count * sizeof *list);
    take(v, list, number[0], count);
    return TR_OK;
}

static tr_status store(value *v, const tr_input *input, const char *text, tr_error *err)
{
    tr_status s = TR_OK;
    double number = 0;
    char *copy = NULL;
    const size_t length = strlen(text);
    switch (input->kind) {
    case TR_INPUT_NUMBER:
    case TR_INPUT_LIST:
        if (input->choices == NULL || choice_index(input->choices, text) < 0)
            return store_number_text(v, input, text, err);
        take(v, NULL, choice_index(input->choices, text), 0);
        v->word = 1;
        return TR_OK;
    case TR_INPUT_TEXT:
        if (length >= TR_TEXT_MAX)
            return tr_fail(err, TR_ECAPACITY, input->key, (double)length, "%s: longer than %d bytes", input->option,
                           TR_TEXT_MAX - 1);
        copy = malloc(length + 1);
        if (copy == NULL)
            return out_of_memory(input, err);
        memcpy(copy, text, length + 1);
        take(v, copy, 0, 0);
        return TR_OK;
    case TR_INPUT_WEIGHTS: return store_words(v, input, text, err);
    case TR_INPUT_CHOICE:
    case TR_INPUT_SWITCH:
    case TR_INPUT_DTYPE:
        s = parse_word(input, text, &number, err);
        if (s == TR_OK)
            take(v, NULL, number, 1);
        break;
    }
    return s;
}

/* ---- defaults ------------------------------------------------------------- */

/* A text that is not set is read from the table; a switch is off. A default that does not parse would be a
 * fault of the table, which a unit test walks. */
static tr_status reset(value *v, const tr_input *input, tr_error *err)
{
    tr_status s = TR_OK;
    if (is_numeric(input) || input->kind == TR_INPUT_CHOICE || input->kind >= TR_INPUT_DTYPE) {
        if (input->fallback != NULL)
            s = store(v, input, input->fallback, err);
        else
            take(v, NULL, 0, 0);
    } else {
        take(v, NULL, 0, input->kind == TR_INPUT_SWITCH);
    }
    if (s == TR_OK)
        v->set = 0;
    return s;
}

/* Every default that follows other inputs, here and nowhere else; those that follow the model or the system are
 * worked out where these are known. */
static void follow(tr_scenario *scenario)
{
    value *v = scenario->values;
    /* A decode step looks back on a conversation, a prefill starts one: `--phase prefill` alone is a fresh prompt. */
    if (!v[TR_IN_CONTEXT].set) {
        (void)reset(&v[TR_IN_CONTEXT], row(TR_IN_CONTEXT), NULL);
        if ((tr_phase)v[TR_IN_PHASE].number == TR_PHASE_PREFILL)
            v[TR_IN_CONTEXT].number = 0;
    }
    /* A decode step brings one new token of each sequence. */
    if (!v[TR_IN_QUERY].set) {
        (void)reset(&v[TR_IN_QUERY], row(TR_IN_QUERY), NULL);
        if ((tr_phase)v[TR_IN_PHASE].number == TR_PHASE_DECODE)
            v[TR_IN_QUERY].number = 1;
    }
    /* The lecture's third: what samples or serves tokens reaches a third of the utilisation of training. */
    if (!v[TR_IN_RL_MFU].set)
        take(&v[TR_IN_RL_MFU], NULL, v[TR_IN_TRAIN_MFU].number / 3.0, 1);
    if (!v[TR_IN_SERVE_MFU].set)
        take(&v[TR_IN_SERVE_MFU], NULL, v[TR_IN_TRAIN_MFU].number / 3.0, 1);
}

static tr_status finish_set(tr_scenario *scenario, tr_input_id id, tr_status status)
{
    if (status == TR_OK) {
        scenario->values[id].set = 1;
        follow(scenario);
    }
    return status;
}

tr_status tr_input_set(tr_scenario *scenario, tr_input_id id, const char *text, tr_error *err)
{
    return finish_set(scenario, id, store(&scenario->values[id], row(id), text, err));
}

tr_status tr_scenario_set(tr_scenario *scenario, const char *name, const char *text, tr_error *err)
{
    const tr_input *input = find(name, err);
    return input == NULL ? TR_EUNKNOWN : tr_input_set(scenario, input->id, text, err);
}

tr_status tr_scenario_set_list(tr_scenario *scenario, const char *name, const double *numbers, size_t count,
                               tr_error *err)
{
    const tr_input *input = find(name, err);
    if (input == NULL)
        return TR_EUNKNOWN;
    value *v = &scenario->values[input->id];
    if (input->kind == TR_INPUT_SWITCH) {
        if (count != 1 || (numbers[0] != 0 && numbers[0] != 1))
            return tr_fail(err, TR_EPARSE, input->key, 0, "%s: expected on or off, not a number",
                           input->option);
        take(v, NULL, numbers[0], 1);
        return finish_set(scenario, input->id, TR_OK);
    }
    if (!is_numeric(input))
        return tr_fail(err, TR_EPARSE, input->key, 0, "%s: expected %s, not a number", input->option,
                       input->kind == TR_INPUT_TEXT ? "a text" : "one of its words");
    if (count == 0 || count > TR_LIST_MAX)
        return tr_fail(err, TR_ECAPACITY, input->key, (double)count, "%s: expected 1 to %d numbers, not %zu",
                       input->option, TR_LIST_MAX, count);
    return finish_set(scenario, input->id, store_numbers(v, input, numbers, count, err));
}

tr_status tr_scenario_set_number(tr_scenario *scenario, const char *name, double number, tr_error *err)
{
    return tr_scenario_set_list(scenario, name, &number, 1, err);
}

tr_status tr_scenario_unset(tr_scenario *scenario, const char *name, tr_error *err)
{
    const tr_input *input = find(name, err);
    if (input == NULL)
        return TR_EUNKNOWN;
    const tr_status s = reset(&scenario->values[input->id], input, err);
    follow(scenario);
    return s;
}

/* ---- life ------------------------------------------------------------------ */

tr_scenario *tr_scenario_create(void)
{
    tr_scenario *scenario = calloc(1, sizeof *scenario);
    for (size_t i = 0; scenario != NULL && i < TR_IN_COUNT; i++) {
        if (reset(&scenario->values[i], tr_input_at(i), NULL) != TR_OK) {
            tr_scenario_destroy(scenario);
            return NULL;
        }
    }
    if (scenario != NULL)
        follow(scenario);
    return scenario;
}

void tr_scenario_destroy(tr_scenario *scenario)
{
    for (size_t i = 0; scenario != NULL && i < TR_IN_COUNT; i++)
        free(scenario->values[i].more);
    free(scenario);
}

void tr_scenario_set_progress(tr_scenario *scenario, const tr_progress *progress) { scenario->progress = progress; }

const tr_progress *tr_scenario_progress(const tr_scenario *scenario) { return scenario->progress; }

tr_status tr_scenario_copy(tr_scenario *to, const tr_scenario *from)
{
    void *more[TR_IN_COUNT] = {NULL};
    if (to == from)
        return TR_OK;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const value *v = &from->values[i];
        if (v->more == NULL)
            continue;
        const size_t size = v->count > 0 ? v->count * sizeof(double) : strlen(v->more) + 1;
        more[i] = malloc(size);
        if (more[i] == NULL) {
            while (i-- > 0)
                free(more[i]);
            return TR_ENOMEM;
        }
        memcpy(more[i], v->more, size);
    }
    to->progress = from->progress;
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        free(to->values[i].more);
        to->values[i] = from->values[i];
        to->values[i].more = more[i];
    }
    return TR_OK;
}

/* ---- reading -------------------------------------------------------------- */

int tr_input_is_set(const tr_scenario *scenario, tr_input_id id) { return scenario->values[id].set; }

const double *tr_input_list(const tr_scenario *scenario, tr_input_id id, size_t *count)
{
    const value *v = &scenario->values[id];
    *count = is_numeric(row(id)) ? v->count : 0;
    return *count == 0 ? NULL : *count == 1 ? &v->number : v->more;
}

size_t tr_input_formats(const tr_scenario *scenario, tr_input_id id, tr_weight_format *out, size_t capacity)
{
    const value *v = &scenario->values[id];
    const size_t count = row(id)->kind == TR_INPUT_WEIGHTS ? v->count : 0;
    const double *number = count > 1 ? v->more : &v->number;
    for (size_t i = 0; i < count && i < capacity; i++)
        out[i] = (tr_weight_format)number[i];
    return count;
}

double tr_input_number(const tr_scenario *scenario, tr_input_id id)
{
    size_t count = 0;
    const double *list = tr_input_list(scenario, id, &count);
    return list == NULL ? (double)NAN : list[0];
}

const char *tr_input_text(const tr_scenario *scenario, tr_input_id id)
{
    if (row(id)->kind != TR_INPUT_TEXT)
        return "";
    const char *text = scenario->values[id].set ? scenario->values[id].more : row(id)->fallback;
    return text == NULL ? "" : text;
}

int tr_input_choice(const tr_scenario *scenario, tr_input_id id)
{
    const value *v = &scenario->values[id];
    const int is_word = is_numeric(row(id)) ? v->word : v->count > 0;
    return is_word ? (int)v->number : -1;
}

tr_status tr_input_check_lists(const tr_scenario *scenario, const tr_input_id *lists, size_t count, tr_error *err)
{
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const value *v = &scenario->values[i];
        const tr_input *input = tr_input_at(i);
        int takes = !v->set || v->count < 2;
        for (size_t k = 0; !takes && k < count; k++)
            takes = (size_t)lists[k] == i;
        if (!takes)
            return tr_fail(err, TR_ECONFLICT, input->key, (double)v->count, "%s: expected one value here, not %u",
                           input->option, (unsigned)v->count);
    }
    return TR_OK;
}
