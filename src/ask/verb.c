/* ask/verb.c -- a row of the table of verbs put to work: found, its question resolved, answered and drawn. */
#include <tokenroof/verb.h>

#include <stdio.h>
#include <string.h>

#include "ask/along.h"
#include "base/fail.h"
#include "base/near.h"
#include "base/text.h"

const tr_verb *tr_verb_find(const char *name)
{
    for (size_t i = 0; name != NULL && i < tr_verb_count(); i++)
        if (strcmp(tr_verb_at(i)->name, name) == 0)
            return tr_verb_at(i);
    return NULL;
}

static const char *verb_name(size_t index, const void *context)
{
    (void)context;
    return index < tr_verb_count() ? tr_verb_at(index)->name : NULL;
}

/* By its meaning, or by its spelling: of a short word one slip, or its beginning. */
const char *tr_verb_near(const char *name)
{
    const size_t length = strlen(name);
    for (size_t i = 0; i < tr_verb_count(); i++)
        if (tr_name_is_among(name, length, tr_verb_at(i)->words, " "))
            return tr_verb_at(i)->name;
    const char *near = tr_near_name(name, verb_name, NULL);
    const int is_far = near != NULL && length < 5 && !tr_text_starts(near, name) &&
                       tr_name_distance(name, length, near, strlen(near)) > 1;
    return is_far ? NULL : near;
}

int tr_verb_takes(const tr_verb *verb, const tr_input *input) { return (verb->groups >> input->group & 1) != 0; }

/* The next verb from *index on that takes an input; NULL: there are no more. */
static const char *next_of(const tr_input *input, size_t *index)
{
    for (; *index < tr_verb_count(); (*index)++)
        if (tr_verb_takes(tr_verb_at(*index), input))
            return tr_verb_at((*index)++)->name;
    return NULL;
}

void tr_verb_takers(const tr_input *input, char *out, size_t size)
{
    size_t index = 0;
    const char *name = next_of(input, &index);
    out[0] = '\0';
    while (name != NULL) {
        const char *after = next_of(input, &index);
        (void)tr_text_append(out, size, out[0] == '\0' ? "" : after != NULL ? ", " : " and ");
        (void)tr_text_append(out, size, name);
        name = after;
    }
}

/* Most verbs look at decode steps: a query is refused where it would be passed over. */
static tr_status check_query(const tr_verb *verb, const tr_scenario *scenario, tr_error *err)
{
    if ((verb->flags & TR_VERB_QUERIES) != 0 || !tr_verb_takes(verb, tr_input_at(TR_IN_QUERY)) ||
        !tr_input_is_set(scenario, TR_IN_QUERY) || tr_input_number(scenario, TR_IN_QUERY) <= 1.0)
        return TR_OK;
    return tr_fail(err, TR_ECONFLICT, "query_token", tr_input_number(scenario, TR_IN_QUERY),
                   "%s looks at decode steps, of one new token a sequence: --query is for step, layout, memory, roof "
                   "and curve --over query", verb->name);
}

tr_status tr_verb_prepare(const tr_verb *verb, tr_scenario *scenario, tr_error *err)
{
    tr_status s = (verb->flags & TR_VERB_EVERY_LIST) != 0
                            ? TR_OK
                            : tr_input_check_lists(scenario, verb->lists, verb->list_count, err);
    if (s == TR_OK)
        s = check_query(verb, scenario, err);
    return s == TR_OK && verb->prepare != NULL ? verb->prepare(scenario, err) : s;
}

tr_status tr_verb_question(const tr_verb *verb, const tr_scenario *scenario, const tr_model *model,
                           tr_system *system, tr_problem *out, tr_error *err)
{
    tr_problem question;
    tr_status s = tr_problem_system(scenario, system, err);
    if (s == TR_OK)
        s = (verb->resolve != NULL ? verb->resolve : tr_problem_of)(scenario, model, system, &question, err);
    const int over_query = tr_input_choice(scenario, TR_IN_OVER) == TR_ALONG_QUERY; /* looks at one batch */
    if (s == TR_OK && (verb->flags & TR_VERB_OVER_BATCHES) != 0 && !over_query)
        s = tr_problem_over_batches(scenario, &question, err);
    if (s == TR_OK)
        *out = question;
    return s;
}

static tr_status no_question(const tr_verb *verb, tr_error *err)
{
    return tr_fail(err, TR_EMISSING, "model", 0, "%s answers for a model and a system: expected both", verb->name);
}

tr_status tr_verb_answer(const tr_verb *verb, const tr_subject *subject, const tr_style *style, tr_sink *sink,
                         tr_error *err)
{
    if (verb->answer != NULL && subject->question == NULL)
        return no_question(verb, err);
    if (verb->answer != NULL)
        return verb->answer(subject->scenario, subject->question, style, sink, err);
    if (verb->tell != NULL)
        return verb->tell(subject, style, sink, err);
    return tr_fail(err, TR_EUNKNOWN, "verb", 0, "only the program tokenroof answers %s", verb->name);
}

int tr_verb_has_figure(const tr_verb *verb, size_t index, const tr_scenario *scenario)
{
    return index < verb->figure_count &&
           (verb->figures[index].is_there == NULL || verb->figures[index].is_there(scenario));
}

tr_status tr_verb_draw(const tr_verb *verb, size_t index, const tr_subject *subject,
                       const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    if (!tr_verb_has_figure(verb, index, subject->scenario))
        return tr_fail(err, TR_EUNKNOWN, "index", (double)index, "%s has no such picture", verb->name);
    const tr_verb_figure *figure = &verb->figures[index];
    if (figure->show != NULL)
        return figure->show(subject, target, sink, err);
    if (subject->question == NULL)
        return no_question(verb, err);
    return figure->draw(subject->scenario, subject->question, target, sink, err);
}

tr_status tr_verb_draw_part(const tr_verb *verb, const char *suffix, const tr_subject *subject,
                            const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    if (verb->figure_count == 0 && subject->elsewhere != NULL)
        return subject->elsewhere(verb, suffix, subject, target, sink, err);
    for (size_t i = 0; i < verb->figure_count; i++)
        if (strcmp(verb->figures[i].suffix, suffix) == 0)
            return tr_verb_draw(verb, i, subject, target, sink, err);
    return tr_fail(err, TR_EUNKNOWN, "suffix", 0, "%s has no such picture here", verb->name);
}
