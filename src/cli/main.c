/* cli/main.c -- finds the verb, runs it, prints its answer, and turns its status into an exit code. */
#define _POSIX_C_SOURCE 200809L
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int exit_code(tr_status status)
{
    switch (status) {
    case TR_OK: return CLI_ANSWERED;
    case TR_ENOFIT: return CLI_NO_ANSWER;
    case TR_EIO:
    case TR_ENOMEM: return CLI_IO;
    case TR_ECANCELLED: return CLI_INTERRUPTED;
    case TR_EDOMAIN:
    case TR_EPARSE:
    case TR_EUNKNOWN:
    case TR_EMISSING:
    case TR_ECONFLICT:
    case TR_ECAPACITY: break;
    }
    return CLI_USAGE;
}

static void print_error(const tr_verb *verb, const tr_error *err)
{
    char place[64] = "";
    if (err->line > 0 && err->column > 0)
        (void)snprintf(place, sizeof place, " (line %d, column %d)", err->line, err->column);
    else if (err->line > 0)
        (void)snprintf(place, sizeof place, " (line %d)", err->line);
    (void)fprintf(stderr, "tokenroof%s%s: %s%s\n", verb != NULL ? " " : "", verb != NULL ? verb->name : "",
                  err->text, place);
}

/* What to type next. */
static void suggest(const cli *c, const tr_error *err)
{
    const char *model = tr_input_text(c->scenario, TR_IN_MODEL), *system = tr_input_text(c->scenario, TR_IN_SYSTEM);
    const char *example = c->verb->examples;
    const int is_operand = err->field[0] == '\0' || strcmp(err->field, "model") == 0 ||
                           strcmp(err->field, "system") == 0 || strcmp(err->field, "prices") == 0;
    if (err->status == TR_EMISSING && is_operand && example[0] != '\0')
        (void)fprintf(stderr, "  for example: %.*s\n", (int)strcspn(example, "\n"), example);
    const int is_asked = model[0] != '\0' && system[0] != '\0';
    const int is_memory = strcmp(c->verb->name, "memory") == 0;
    static const char *const rank[] = {"tp_rank", "ep_rank", "pp_rank", "dp_rank", "layout"};
    int is_layout = strcmp(c->verb->name, "layout") == 0 ? -1 : 0;
    for (size_t i = 0; is_layout == 0 && i < sizeof rank / sizeof rank[0]; i++)
        is_layout = strcmp(err->field, rank[i]) == 0;
    if (is_asked && is_layout > 0)
        (void)fprintf(stderr, "  to see the layouts that are possible: tokenroof layout %s %s\n", model, system);
    else if (err->status == TR_ENOFIT && is_asked && !is_memory)
        (void)fprintf(stderr, "  to see what fits: tokenroof memory %s %s\n", model, system);
    else if ((err->status == TR_ENOFIT && is_asked) ||
             (err->status == TR_EUNKNOWN && strcmp(err->field, "system") == 0))
        (void)fprintf(stderr, "  to list the systems: tokenroof chips\n");
    else if (err->status == TR_EUNKNOWN && strncmp(err->text, "no model", 8) == 0 &&
             strstr(err->text, "tokenroof models") == NULL)
        (void)fprintf(stderr, "  to list the models: tokenroof models\n");
}

static int names_model(const char *name)
{
    tr_model *model = malloc(sizeof *model);
    const int found = model != NULL && (tr_is_inline(name) || tr_model_catalog_get(name, model, NULL) == TR_OK);
    free(model);
    return found;
}

static tr_status find_verb(const char *name, const tr_verb **out, tr_error *err)
{
    *out = tr_verb_find(name);
    if (*out != NULL)
        return TR_OK;
    if (name[0] == '-')
        return cli_fail(err, TR_EPARSE, "verb", "expected a verb before %.60s: `tokenroof help` lists them",
                        name);
    if (names_model(name))
        return cli_fail(err, TR_EUNKNOWN, "verb",
                        "'%.60s' is a model, and no verb: did you mean `tokenroof %s %.60s SYSTEM`?", name,
                        tr_is_inline(name) ? "step" : "predict", name);
    const char *near = tr_verb_near(name);
    return near != NULL
               ? cli_fail(err, TR_EUNKNOWN, "verb", "unknown verb '%.60s': did you mean '%s'?", name, near)
               : cli_fail(err, TR_EUNKNOWN, "verb", "unknown verb '%.60s': `tokenroof help` lists them",
                          name);
}

/* The answer, or the rows of it before an interrupt. */
static tr_status work(cli *c, tr_error *err)
{
    if (c->verb->answer == NULL && c->verb->tell == NULL)
        return cli_run(c, err); /* asks back, or serves */
    cli_progress_begin(&c->progress);
    tr_scenario_set_progress(c->scenario, &c->progress.progress);
    const tr_status s = cli_run(c, err);
    tr_scenario_set_progress(c->scenario, NULL);
    cli_progress_end(&c->progress);
    tr_error unwritten;
    if (s == TR_ECANCELLED && c->style.format != TR_FORMAT_JSON)
        (void)cli_flush(c, &unwritten);
    return s;
}

/* argv[0] is the verb. */
static tr_status run(cli *c, int argc, char **argv, tr_error *err)
{
    static char man[] = "man";
    int help = 0;
    if (argc == 2 && strcmp(argv[0], "help") == 0 && strcmp(argv[1], "--man") == 0)
        argv[1] = man;
    tr_status s = cli_parse(c, argc, argv, &help, err);
    if (s == TR_OK && help)
        cli_help_verb(c, c->verb);
    else if (s == TR_OK)
        s = work(c, err);
    if (s == TR_OK)
        s = cli_flush(c, err);
    if (s == TR_OK && !help)
        cli_say_next(c);
    return s;
}

static const char *verb_of(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return "help";
    return strcmp(argv[1], "--version") == 0 ? "version" : argv[1];
}

int main(int argc, char **argv)
{
    tr_error err = {.status = TR_OK};
    cli c = {.scenario = tr_scenario_create()};
    tr_status s = TR_OK;
    (void)signal(SIGPIPE, SIG_IGN); /* a pipe that closes is answered where it is written to */
    c.out = cli_text_sink(&c.text);
    cli_style_from_terminal(&c.style);
    s = c.scenario == NULL ? cli_fail(&err, TR_ENOMEM, "", "out of memory")
                           : find_verb(verb_of(argc, argv), &c.verb, &err);
    if (s == TR_OK)
        s = run(&c, argc < 2 ? 1 : argc - 1, argc < 2 ? argv : argv + 1, &err);
    if (s != TR_OK)
        print_error(c.verb, &err);
    if (s != TR_OK && c.verb != NULL)
        suggest(&c, &err);
    for (int i = 0; i < c.word_count; i++)
        free(c.words[i].text);
    free(c.text.data);
    tr_scenario_destroy(c.scenario);
    return s == TR_OK && c.has_no_answer ? CLI_NO_ANSWER : exit_code(s);
}
