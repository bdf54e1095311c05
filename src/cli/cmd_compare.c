/* cli/cmd_compare.c -- `tokenroof compare`: operands into whole questions, by which of them name models or systems. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/model_file.h"
#include "io/scenario_file.h"

enum { WORD_MAX = 64 };

/* One operand, taken apart: what its words name, and the common scenario with its own options over it. */
typedef struct part {
    cli c;                       /* args: its words without the options */
    char *text;                  /* owned: what the words stand in */
    char *word[WORD_MAX + 1];
    int word_count;
    int has_options;
    int is_system;               /* of a single word: it names a system; else a model */
    size_t index;                /* of a body: which case it is */
} part;

/* ---- a shell word into words -------------------------------------------------------------------------------- */

/* At blanks; quotes of either kind hold words together. */
static tr_status split(part *p, const char *text, tr_error *err)
{
    p->text = malloc(strlen(text) + 2);
    if (p->text == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    char *to = p->text;
    for (const char *at = text + strspn(text, " \t\n"); *at != '\0'; at += strspn(at, " \t\n")) {
        if (p->word_count == WORD_MAX)
            return cli_fail(err, TR_ECAPACITY, "case", "a question takes at most %d words", WORD_MAX);
        p->word[p->word_count++] = to;
        char quote = '\0';
        for (; *at != '\0' && (quote != '\0' || strchr(" \t\n", *at) == NULL); at++) {
            if (quote == '\0' ? *at == '\'' || *at == '"' : *at == quote)
                quote = quote == '\0' ? *at : '\0';
            else
                *to++ = *at;
        }
        *to++ = '\0';
        if (quote != '\0')
            return cli_fail(err, TR_EPARSE, "case", "'%.80s': a quote %c is not closed", text, quote);
    }
    return TR_OK;
}

/* ---- its options -------------------------------------------------------------------------------------------- */

/* Sets a scenario from one operand, or from one case of a body. */
typedef tr_status (*filler)(const cli *c, part *p, tr_scenario *scenario, tr_error *err);

static tr_status fill_from_body(const cli *c, part *p, tr_scenario *scenario, tr_error *err)
{
    return tr_scenario_from_case(c->cases, p->index, scenario, err);
}

static tr_status fill_from_words(const cli *c, part *p, tr_scenario *scenario, tr_error *err)
{
    static char name[] = "compare";
    char *argv[WORD_MAX + 2] = {name};
    int help = 0;
    (void)c;
    memcpy(argv + 1, p->word, (size_t)p->word_count * sizeof *argv);
    p->c.scenario = scenario;
    p->c.arg_count = 0;
    return cli_parse(&p->c, p->word_count + 1, argv, &help, err);
}

/* How many requests there are is one question with three answers: the nearer one wins. */
static void drop_rivals(const tr_scenario *own, tr_scenario *scenario)
{
    static const tr_input_id load[] = {TR_IN_CONCURRENCY, TR_IN_RATE, TR_IN_USERS, TR_IN_THINK};
    int any = 0;
    for (size_t i = 0; i < sizeof load / sizeof load[0]; i++)
        any = any || tr_input_is_set(own, load[i]);
    for (size_t i = 0; any && i < sizeof load / sizeof load[0]; i++)
        (void)tr_scenario_unset(scenario, tr_input_at(load[i])->key, NULL);
}

static tr_status check_own(const tr_scenario *own, int *any, tr_error *err)
{
    for (size_t i = 0; i < TR_IN_COUNT; i++) {
        const tr_input *input = tr_input_at(i);
        if (!tr_input_is_set(own, input->id))
            continue;
        *any = 1;
        if (input->group >= TR_GROUP_OUTPUT && input->group != TR_GROUP_OUTPUT_QUESTION)
            return cli_fail(err, TR_ECONFLICT, input->key, "--%s is for the whole answer: put it outside the quotes",
                            input->option);
    }
    return TR_OK;
}

/* What a case says itself, over what is said outside of it. */
static tr_status fill_part(const cli *c, part *p, filler fill, tr_error *err)
{
    tr_scenario *own = tr_scenario_create(), *scenario = tr_scenario_create();
    tr_status s = TR_OK;
    if (own == NULL || scenario == NULL || tr_scenario_copy(scenario, c->scenario) != TR_OK)
        s = cli_fail(err, TR_ENOMEM, "", "out of memory");
    p->c.verb = c->verb;
    if (s == TR_OK)
        s = fill(c, p, own, err);
    if (s == TR_OK)
        s = check_own(own, &p->has_options, err);
    if (s == TR_OK) {
        drop_rivals(own, scenario);
        s = fill(c, p, scenario, err);
    }
    if (s == TR_OK)
        s = tr_verb_prepare(c->verb, scenario, err);
    tr_scenario_destroy(own);
    p->c.scenario = scenario;
    return s;
}

static tr_status parse_part(const cli *c, const char *text, part *p, tr_error *err)
{
    const tr_status s = split(p, text, err);
    return s == TR_OK ? fill_part(c, p, fill_from_words, err) : s;
}

/* ---- which words name models, and which systems --------------------------------------------------------------- */

static int looks_up(part *p, tr_input_id id, tr_error *why)
{
    void *room = malloc(id == TR_IN_MODEL ? sizeof(tr_model) : sizeof(tr_system));
    char was[TR_TEXT_MAX];
    (void)snprintf(was, sizeof was, "%s", tr_input_text(p->c.scenario, id));
    tr_status s = room == NULL ? TR_ENOMEM : tr_input_set(p->c.scenario, id, p->c.args[0], why);
    if (s == TR_OK)
        s = id == TR_IN_MODEL ? cli_model(&p->c, room, why) : cli_system(&p->c, room, why);
    (void)(was[0] != '\0' ? tr_input_set(p->c.scenario, id, was, NULL)
                          : tr_scenario_unset(p->c.scenario, tr_input_at(id)->key, NULL));
    free(room);
    return s == TR_OK;
}

static tr_status classify(part *p, tr_error *err)
{
    tr_error as_model = {.status = TR_OK}, as_system = {.status = TR_OK};
    const char *word = p->c.args[0];
    p->is_system = looks_up(p, TR_IN_SYSTEM, &as_system);
    /* A model's file is read once, when its question is made: its notes are said then. */
    const int is_file = !tr_is_inline(word) && tr_model_is_path(word);
    const int is_model = is_file ? !p->is_system : looks_up(p, TR_IN_MODEL, &as_model);
    if (is_model && p->is_system)
        return cli_fail(err, TR_ECONFLICT, "case",
                        "'%.60s' names a model and a system: quote each question, as in 'MODEL SYSTEM'", word);
    const tr_error *near = strstr(as_system.text, "did you mean") != NULL  ? &as_system
                           : strstr(as_model.text, "did you mean") != NULL ? &as_model
                                                                           : NULL;
    if (!is_model && !p->is_system && near != NULL)
        return cli_fail(err, TR_EUNKNOWN, "case", "%.480s", near->text);
    if (!is_model && !p->is_system)
        return cli_fail(err, TR_EUNKNOWN, "case", "'%.60s' is neither a system (%.180s) nor a model (%.180s)", word,
                        as_system.text, as_model.text);
    return TR_OK;
}

static tr_status ambiguous(int models, int systems, tr_error *err)
{
    static const char how[] = "name one model and several systems, or several models and one system, or quote each "
                              "question: 'MODEL SYSTEM' 'MODEL SYSTEM --tp 4'";
    if (models == 0 || systems == 0)
        return cli_fail(err, TR_EMISSING, models == 0 ? "model" : "system", "no %s is named: %s",
                        models == 0 ? "model" : "system", how);
    if (models == 1 && systems == 1)
        return cli_fail(err, TR_EMISSING, "case",
                        "one model and one system are one question, and a list in an option asks it again: %s", how);
    return cli_fail(err, TR_ECONFLICT, "case", "%d model%s and %d system%s do not say which goes with which: %s",
                    models, models == 1 ? "" : "s", systems, systems == 1 ? "" : "s", how);
}

/* ---- the questions ---------------------------------------------------------------------------------------------- */

typedef struct cases {
    part part[CLI_ARG_MAX];
    int count;
    tr_problem *question[TR_CASE_MAX];
    tr_case list[TR_CASE_MAX];
    size_t list_count;
} cases;

static tr_status add_case(cases *all, part *p, const char *model, const char *system, tr_error *err)
{
    tr_error why = {.status = TR_OK};
    if (all->list_count == TR_CASE_MAX)
        return cli_fail(err, TR_ECAPACITY, "case", "compare takes at most %d cases", TR_CASE_MAX);
    tr_status s = model != NULL ? tr_input_set(p->c.scenario, TR_IN_MODEL, model, &why) : TR_OK;
    if (s == TR_OK && system != NULL)
        s = tr_input_set(p->c.scenario, TR_IN_SYSTEM, system, &why);
    if (s == TR_OK)
        s = cli_case(&p->c, &all->question[all->list_count], &why);
    if (s != TR_OK)
        return cli_fail(err, s, why.field, "%c: %.480s", (char)('A' + (int)all->list_count), why.text);
    all->list[all->list_count] = (tr_case){p->c.scenario, all->question[all->list_count]};
    all->list_count++;
    return TR_OK;
}

static tr_status whole_questions(cases *all, tr_error *err)
{
    tr_status s = TR_OK;
    for (int i = 0; s == TR_OK && i < all->count; i++)
        s = add_case(all, &all->part[i], all->part[i].c.args[0], all->part[i].c.args[1], err);
    return s;
}

/* One word each: several of one kind, and of the other one word or an option outside. */
static tr_status short_form(const cli *c, cases *all, tr_error *err)
{
    int count[2] = {0, 0}; /* models, systems */
    tr_status s = TR_OK;
    for (int i = 0; s == TR_OK && i < all->count; i++) {
        s = classify(&all->part[i], err);
        count[all->part[i].is_system]++;
    }
    if (s != TR_OK)
        return s;
    const int told = (tr_input_text(c->scenario, TR_IN_MODEL)[0] != '\0') |
                     (tr_input_text(c->scenario, TR_IN_SYSTEM)[0] != '\0') << 1;
    const int several = count[1] > 1 || (count[0] == 0 && count[1] == 1);
    const int shared = count[!several]; /* words for what all have in common */
    if (count[several] < 2 || shared + (told >> !several & 1) != 1 || (told >> several & 1) != 0)
        return ambiguous(count[0], count[1], err);
    const part *common = NULL;
    for (int i = 0; shared == 1 && i < all->count; i++)
        if (all->part[i].is_system != several)
            common = &all->part[i];
    if (common != NULL && common->has_options)
        return cli_fail(err, TR_ECONFLICT, "case",
                        "options beside '%.60s' are for every case: put them outside the quotes",
                        common->c.args[0]);
    for (int i = 0; s == TR_OK && i < all->count; i++) {
        part *p = &all->part[i];
        const char *other = common != NULL ? common->c.args[0] : NULL;
        if (p->is_system == several)
            s = add_case(all, p, several ? other : p->c.args[0], several ? p->c.args[0] : other, err);
    }
    return s;
}

/* {"cases": [{"model": ..., "system": ...}, ...]}: what stands beside them is in the scenario already. */
static tr_status cases_of_body(const cli *c, cases *all, tr_error *err)
{
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < CLI_ARG_MAX && tr_scenario_has_case(c->cases, i); i++) {
        part *p = &all->part[all->count++];
        p->index = i;
        s = fill_part(c, p, fill_from_body, err);
        for (int k = 0; s == TR_OK && k < 2; k++) {
            const tr_input *input = tr_input_at(k == 0 ? TR_IN_MODEL : TR_IN_SYSTEM);
            if (tr_input_text(p->c.scenario, input->id)[0] == '\0')
                s = cli_fail(err, TR_EMISSING, input->key, "%c: \"%s\" is missing, in the case or beside \"cases\"",
                             (char)('A' + (int)i), input->key);
        }
        if (s == TR_OK)
            s = add_case(all, p, NULL, NULL, err);
    }
    if (s == TR_OK && all->list_count < 2)
        return cli_fail(err, TR_EMISSING, "cases",
                        "expected two cases at least: {\"cases\": [{\"model\": ..., \"system\": ...}, ...], ...}");
    return s;
}

static tr_status make_cases(const cli *c, cases *all, tr_error *err)
{
    if (c->cases != NULL)
        return cases_of_body(c, all, err);
    int pairs = 0;
    tr_status s = TR_OK;
    for (; s == TR_OK && all->count < c->arg_count; all->count++) {
        part *p = &all->part[all->count];
        s = parse_part(c, c->args[all->count], p, err);
        if (s == TR_OK && p->c.arg_count > 2)
            s = cli_fail(err, TR_EPARSE, "case", "'%.80s' is one too many: expected 'MODEL SYSTEM [options]'",
                         p->c.args[2]);
        pairs += s == TR_OK && p->c.arg_count == 2;
    }
    if (s != TR_OK)
        return s;
    if (all->count < 2)
        return cli_fail(err, TR_EMISSING, "case",
                        "two questions at least: expected tokenroof compare 'MODEL SYSTEM' 'MODEL SYSTEM', or MODEL "
                        "SYSTEM SYSTEM, or MODEL MODEL SYSTEM");
    if (pairs > 0 && pairs < all->count)
        return cli_fail(err, TR_ECONFLICT, "case",
                        "some of these are whole questions and some are not: quote each, as in 'MODEL SYSTEM --tp 4'");
    return pairs > 0 ? whole_questions(all, err) : short_form(c, all, err);
}

tr_status cmd_compare(cli *c, tr_error *err)
{
    cases *all = calloc(1, sizeof *all);
    if (all == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    tr_status s = make_cases(c, all, err);
    const tr_subject subject = {.scenario = c->scenario, .cases = all->list, .case_count = all->list_count};
    if (s == TR_OK)
        s = cli_write(c, &subject, err);
    for (size_t i = 0; s == TR_OK && i < all->list_count; i++)
        cli_note_price(c, all->question[i]);
    for (int i = 0; i < CLI_ARG_MAX; i++) {
        free(all->part[i].text);
        tr_scenario_destroy(all->part[i].c.scenario);
    }
    for (size_t i = 0; i < TR_CASE_MAX; i++)
        free(all->question[i]);
    free(all);
    return s;
}
