/* io/scenario_file.c -- flat JSON keys into a scenario, the table of inputs being the only judge of them. */
#include "io/scenario_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

enum { KEY_SIZE = 64 };

/* Errors of the table know no place in a file: add it. */
static tr_status placed(tr_status status, const tr_error *inner, const tr_flat_entry *entry, tr_error *err)
{
    if (status == TR_OK)
        return TR_OK;
    return tr_fail_at(err, status, inner->field, inner->value, entry->line, entry->column, "%.310s", inner->text);
}

/* "batch_seq" of "batch_seq.0"; 0 if it does not fit. */
static int head_of(const char *key, char *out)
{
    return tr_text_copy_span(out, KEY_SIZE, key, strcspn(key, ".")) < KEY_SIZE;
}

static tr_status check_key(const char *head, const tr_flat_entry *entry, tr_error *err)
{
    const tr_input *input = tr_input_find(head);
    if (input != NULL && input->group >= TR_GROUP_OUTPUT)
        return tr_fail_at(err, TR_ECONFLICT, head, 0, entry->line, entry->column,
                          "%s sets how the answer is printed: give it as --%s", head, input->option);
    return TR_OK;
}

static tr_status set_one(const char *key, const tr_flat_entry *entry, tr_scenario *scenario, tr_error *err)
{
    tr_error inner;
    tr_status s = TR_OK;
    switch (entry->kind) {
    case TR_FLAT_NULL: s = tr_scenario_unset(scenario, key, &inner); break;
    case TR_FLAT_BOOL: s = tr_scenario_set(scenario, key, entry->number > 0 ? "on" : "off", &inner); break;
    case TR_FLAT_NUMBER: s = tr_scenario_set_number(scenario, key, entry->number, &inner); break;
    case TR_FLAT_TEXT: s = tr_scenario_set(scenario, key, entry->text, &inner); break;
    case TR_FLAT_EMPTY_LIST:
    case TR_FLAT_EMPTY_OBJECT:
        return tr_fail_at(err, TR_EPARSE, key, 0, entry->line, entry->column,
                          "%s: expected a value, not an empty %s", key,
                          entry->kind == TR_FLAT_EMPTY_LIST ? "list" : "object");
    }
    return placed(s, &inner, entry, err);
}

/* The index-th element of the list that key names; NULL: it has ended, or is none of such values. *is_other: that. */
static const tr_flat_entry *element(const tr_flat *flat, const char *prefix, size_t at, const char *head, size_t index,
                                    int words, int *is_other)
{
    const tr_flat_entry *entry = tr_flat_at(flat, at);
    char expected[KEY_SIZE + 32];
    (void)snprintf(expected, sizeof expected, "%s.%zu", head, index);
    const char *key = entry == NULL ? NULL : tr_flat_below(entry->key, prefix);
    if (key == NULL || tr_flat_below(key, head) == NULL)
        return NULL;
    *is_other = strcmp(key, expected) != 0 ||
                !(entry->kind == TR_FLAT_NUMBER || (words && entry->kind == TR_FLAT_TEXT));
    return *is_other ? NULL : entry;
}

static int holds_words(const tr_flat *flat, const char *prefix, size_t from, const char *head)
{
    const tr_flat_entry *entry;
    int is_other = 0;
    for (size_t i = 0; (entry = element(flat, prefix, from + i, head, i, 1, &is_other)) != NULL; i++)
        if (entry->kind == TR_FLAT_TEXT)
            return 1;
    return 0;
}

/* As typed, a newline between each: for who makes rows of them. */
static tr_status set_words(const tr_flat *flat, const char *prefix, size_t *index, const char *head,
                           const tr_words_taker *taker, tr_error *err)
{
    const tr_flat_entry *first = tr_flat_at(flat, *index), *entry;
    const tr_input *input = tr_input_find(head);
    char values[TR_TEXT_MAX] = "", number[48];
    size_t count = 0, size = 0;
    int is_other = 0;
    if (input == NULL || taker == NULL)
        return tr_fail_at(err, TR_EPARSE, head, 0, first->line, first->column, "%s: expected one value or numbers here",
                          head);
    for (; (entry = element(flat, prefix, *index, head, count, 1, &is_other)) != NULL; (*index)++, count++) {
        if (entry->kind == TR_FLAT_NUMBER)
            (void)tr_number_format(entry->number, number, sizeof number);
        (void)tr_text_append(values, sizeof values, count > 0 ? "\n" : "");
        size = tr_text_append(values, sizeof values, entry->kind == TR_FLAT_NUMBER ? number : entry->text);
    }
    if (is_other || size >= sizeof values)
        return tr_fail_at(err, TR_EPARSE, head, 0, first->line, first->column,
                          is_other ? "%s: expected a list of numbers and words" : "%s: the list is too long", head);
    tr_error inner;
    return placed(taker->take(taker->context, input, values, &inner), &inner, first, err);
}

/* The elements of a list stand together: "batch_seq.0", "batch_seq.1", ... from index on. */
static tr_status set_list(const tr_flat *flat, const char *prefix, size_t *index, const char *head,
                          tr_scenario *scenario, tr_error *err)
{
    const tr_flat_entry *first = tr_flat_at(flat, *index);
    double *numbers = malloc(TR_LIST_MAX * sizeof *numbers);
    size_t count = 0;
    tr_status s = TR_OK;
    if (numbers == NULL)
        return tr_fail(err, TR_ENOMEM, head, 0, "out of memory for a list");
    const tr_flat_entry *entry;
    int is_other = 0;
    for (; s == TR_OK && (entry = element(flat, prefix, *index, head, count, 0, &is_other)) != NULL; (*index)++) {
        if (count == TR_LIST_MAX)
            s = tr_fail_at(err, TR_ECAPACITY, head, 0, entry->line, entry->column, "%s: more than %d values", head,
                           TR_LIST_MAX);
        else
            numbers[count++] = entry->number;
    }
    if (s == TR_OK && is_other) {
        entry = tr_flat_at(flat, *index);
        s = tr_fail_at(err, TR_EPARSE, head, 0, entry->line, entry->column, "%s: expected a list of numbers", head);
    }
    if (s == TR_OK) {
        tr_error inner;
        s = placed(tr_scenario_set_list(scenario, head, numbers, count, &inner), &inner, first, err);
    }
    free(numbers);
    return s;
}

static tr_status apply_preset(const tr_flat *flat, const char *prefix, tr_scenario *scenario, tr_error *err)
{
    char key[KEY_SIZE];
    tr_error inner;
    (void)snprintf(key, sizeof key, "%s%spreset", prefix, prefix[0] == '\0' ? "" : ".");
    const tr_flat_entry *entry = tr_flat_find(flat, key);
    if (entry == NULL || entry->kind != TR_FLAT_TEXT)
        return TR_OK;
    return placed(tr_scenario_preset(scenario, entry->text, &inner), &inner, entry, err);
}

static int has_below(const tr_flat *flat, const char *prefix)
{
    for (size_t i = 0; i < tr_flat_count(flat); i++)
        if (tr_flat_below(tr_flat_at(flat, i)->key, prefix) != NULL)
            return 1;
    return 0;
}

/* All below prefix, but what is below beside; NULL: nothing is. */
static tr_status set_all(const tr_flat *flat, const char *prefix, const char *beside, tr_scenario *scenario,
                         const tr_words_taker *taker, tr_error *err)
{
    tr_status s = apply_preset(flat, prefix, scenario, err);
    for (size_t i = 0; s == TR_OK && i < tr_flat_count(flat);) {
        const tr_flat_entry *entry = tr_flat_at(flat, i);
        const char *key = tr_flat_below(entry->key, prefix);
        char head[KEY_SIZE];
        const int is_beside = beside != NULL && tr_flat_below(entry->key, beside) != NULL;
        if (key == NULL || key[0] == '\0' || is_beside) { /* beside "scenario", or the empty document */
            i++;
            continue;
        }
        if (!head_of(key, head))
            return tr_fail_at(err, TR_EUNKNOWN, "", 0, entry->line, entry->column, "unknown input '%.60s'", key);
        s = check_key(head, entry, err);
        if (s == TR_OK && strchr(key, '.') != NULL) {
            s = holds_words(flat, prefix, i, head) ? set_words(flat, prefix, &i, head, taker, err)
                                                   : set_list(flat, prefix, &i, head, scenario, err);
        } else if (s == TR_OK) {
            s = set_one(head, entry, scenario, err);
            i++;
        }
    }
    return s;
}

tr_status tr_scenario_from_flat(const tr_flat *flat, tr_scenario *scenario, const tr_words_taker *taker, tr_error *err)
{
    return set_all(flat, has_below(flat, "scenario") ? "scenario" : "", NULL, scenario, taker, err);
}

static const char *case_prefix(size_t index, char *out)
{
    (void)snprintf(out, KEY_SIZE, "cases.%zu", index);
    return out;
}

tr_status tr_scenario_beside_cases(const tr_flat *flat, tr_scenario *scenario, const tr_words_taker *taker,
                                   tr_error *err)
{
    return set_all(flat, "", "cases", scenario, taker, err);
}

int tr_scenario_has_case(const tr_flat *flat, size_t index)
{
    char prefix[KEY_SIZE];
    return has_below(flat, case_prefix(index, prefix));
}

tr_status tr_scenario_from_case(const tr_flat *flat, size_t index, tr_scenario *scenario, tr_error *err)
{
    char prefix[KEY_SIZE];
    return set_all(flat, case_prefix(index, prefix), NULL, scenario, NULL, err);
}

tr_status tr_scenario_read(const char *path, tr_scenario *scenario, const tr_words_taker *taker, tr_error *err)
{
    tr_flat *flat = NULL;
    tr_error inner;
    tr_status s = tr_flat_read(path, &flat, err);
    if (s != TR_OK)
        return s;
    s = tr_scenario_from_flat(flat, scenario, taker, &inner);
    if (s != TR_OK)
        s = tr_fail_at(err, s, inner.field, inner.value, inner.line, inner.column, "%.120s: %.190s", path,
                       inner.text);
    tr_flat_destroy(flat);
    return s;
}
