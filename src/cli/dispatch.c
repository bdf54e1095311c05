/* cli/dispatch.c -- a verb run: by the table's row, or by the command of its own that only a program can run. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lab/lab.h"

/* What a command line can do that a function of a question cannot: read files and folders, ask back, serve. */
static const struct {
    const char *verb;
    tr_status (*run)(cli *c, tr_error *err);
} commands[] = {
    {"compare", cmd_compare},       {"reversible", cmd_reversible}, {"validate", cmd_validate},
    {"fit", cmd_fit},               {"models", cmd_models},
    {"chips", cmd_chips},           {"lesson", cmd_lesson},
    {"local", cmd_local},     {"web", cmd_web},   {"help", cmd_help},
    {"completion", cmd_completion}, {"version", cmd_version},
};

/* ---- what is asked about ------------------------------------------------------------ */

/* What a subject points to; one allocation. */
typedef struct named {
    tr_subject subject;
    tr_problem *question;
    tr_model model;
    tr_system system;
} named;

static int is_named(const cli *c, tr_input_id id)
{
    return tr_verb_takes(c->verb, tr_input_at(id)) && tr_input_text(c->scenario, id)[0] != '\0';
}

static tr_status look_up(const cli *c, named *n, tr_error *err)
{
    tr_status s = TR_OK;
    if (c->verb->answer != NULL) {
        s = cli_case(c, &n->question, err);
        n->subject.question = n->question;
        return s;
    }
    if (is_named(c, TR_IN_MODEL)) {
        s = cli_model(c, &n->model, err);
        n->subject.model = &n->model;
    }
    if (s == TR_OK && is_named(c, TR_IN_SYSTEM)) {
        s = cli_system(c, &n->system, err);
        if (s == TR_OK)
            s = tr_problem_system(c->scenario, &n->system, err);
        n->subject.system = &n->system;
    }
    return s;
}

/* ---- the answer and its pictures ------------------------------------------------------ */

typedef struct picture {
    const tr_verb *verb;
    size_t index;
    const tr_subject *subject;
} picture;

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const picture *p = context;
    return tr_verb_draw(p->verb, p->index, p->subject, target, sink, err);
}

static tr_status draw_all(cli *c, const tr_subject *subject, tr_error *err)
{
    tr_status s = TR_OK;
    picture p = {c->verb, 0, subject};
    for (; s == TR_OK && p.index < c->verb->figure_count; p.index++)
        if (tr_verb_has_figure(c->verb, p.index, c->scenario))
            s = cli_plot(c, c->verb->figures[p.index].suffix, draw, &p, err);
    return s;
}

/* Pictures go where --plot says, the answer to stdout where no picture takes its place or a format was asked for. */
tr_status cli_write(cli *c, const tr_subject *subject, tr_error *err)
{
    const unsigned flags = c->verb->flags;
    const int here = strcmp(tr_input_text(c->scenario, TR_IN_PLOT), "-") == 0;
    const int plots = cli_plots(c) && !(here && (flags & TR_VERB_PAGE_DRAWS) != 0);
    const int beside = (flags & TR_VERB_PICTURE_BESIDE) != 0;
    tr_status s = TR_OK;
    c->text.streams = c->style.format == TR_FORMAT_JSONL || c->style.format == TR_FORMAT_CSV;
    if (beside || !plots || c->style.format != TR_FORMAT_TEXT)
        s = tr_verb_answer(c->verb, subject, &c->style, &c->out, err);
    if (s == TR_OK && plots) {
        cli_print(c, "%s", beside && here ? "\n" : "");
        s = draw_all(c, subject, err);
    }
    return s;
}

static void note(cli *c, const char *text)
{
    for (int i = 0; i < c->price_count && i < CLI_PRICE_MAX; i++)
        if (strcmp(c->prices[i], text) == 0)
            return;
    if (text[0] != '\0' && c->price_count++ < CLI_PRICE_MAX)
        (void)snprintf(c->prices[c->price_count - 1], CLI_PRICE_SIZE, "%s", text);
}

void cli_note_price(cli *c, const tr_problem *question)
{
    char text[CLI_PRICE_SIZE];
    tr_question_price(question, text, sizeof text);
    note(c, text);
    tr_question_drafts(question, text, sizeof text);
    note(c, text);
}

tr_status cli_answer(cli *c, tr_error *err)
{
    if (c->arg_count > TR_OPERAND_MAX)
        return cli_fail(err, TR_ECAPACITY, "", "expected at most %d words, not %d", TR_OPERAND_MAX,
                        c->arg_count);
    named *n = calloc(1, sizeof *n);
    if (n == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    n->subject.scenario = c->scenario;
    n->subject.experiment = tr_lab_claim;
    for (int i = 0; i < c->arg_count && i < TR_OPERAND_MAX; i++)
        n->subject.operand[i] = c->args[i];
    tr_status s = look_up(c, n, err);
    if (s == TR_OK)
        s = cli_write(c, &n->subject, err);
    if (s == TR_OK && n->question != NULL)
        cli_note_price(c, n->question);
    free(n->question);
    free(n);
    return s;
}

/* A sweep is of answers alone: what reads files or asks back takes one value. */
static int may_sweep(const cli *c)
{
    return !c->is_one_of_many && (c->verb->answer != NULL || c->verb->tell != NULL) &&
           c->style.format != TR_FORMAT_SCHEMA;
}

tr_status cli_run(cli *c, tr_error *err)
{
    if (may_sweep(c) && cli_sweeps(c))
        return cli_sweep(c, err);
    const tr_status s = tr_verb_prepare(c->verb, c->scenario, err);
    for (size_t i = 0; s == TR_OK && i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(commands[i].verb, c->verb->name) == 0)
            return commands[i].run(c, err);
    return s == TR_OK ? cli_answer(c, err) : s;
}
