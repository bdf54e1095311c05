/* cli/cmd_step.c -- `tokenroof step MODEL SYSTEM`: one forward pass; --plot draws it over batch. */
#include "cli/cli.h"

#include <stdlib.h>

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_batch(context, target, sink, err);
}

/* What only --by operator can answer. */
static tr_status plain_pass(const cli *c, tr_error *err)
{
    static const tr_input_id more[] = {TR_IN_DRAFT, TR_IN_CHUNK, TR_IN_SKEW};
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++)
        if (tr_input_number(c->scenario, more[i]) > 0.0)
            return cli_fail(err, TR_ECONFLICT, tr_input_at(more[i])->key,
                            "--%s is of a pass taken apart: add --by operator", tr_input_at(more[i])->option);
    return TR_OK;
}

/* --by operator: the operators of one pass. */
static tr_status by_operator(cli *c, tr_error *err)
{
    tr_status s = TR_OK;
    if (tr_input_check_lists(c->scenario, NULL, 0, NULL) != TR_OK)
        return cli_fail(err, TR_ECONFLICT, "by", "--by operator takes one pass apart: give one batch and one context");
    if (!tr_input_is_set(c->scenario, TR_IN_PHYSICS))
        s = tr_input_set(c->scenario, TR_IN_PHYSICS, "ops", err);
    return s == TR_OK ? cli_pictured(c, tr_answer_operators, tr_answer_figure_operators, err) : s;
}

tr_status cmd_step(cli *c, tr_error *err)
{
    tr_problem *question = NULL;
    if (tr_input_choice(c->scenario, TR_IN_BY) == 1)
        return by_operator(c, err);
    tr_status s = plain_pass(c, err);
    if (s == TR_OK)
        s = cli_case(c, &question, err);
    if (s == TR_OK && cli_plots(c) && question->load.phase != TR_PHASE_DECODE)
        s = cli_fail(err, TR_ECONFLICT, "plot", "--plot draws decode over batch: leave out --phase prefill");
    if (s == TR_OK)
        s = tr_answer_step(c->scenario, question, &c->style, &c->out, err);
    if (s == TR_OK && cli_plots(c)) {
        cli_print(c, "%s", tr_input_text(c->scenario, TR_IN_PLOT)[0] == '-' ? "\n" : "");
        s = cli_plot(c, "", draw, question, err);
    }
    free(question);
    return s;
}
