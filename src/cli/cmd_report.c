/* cli/cmd_report.c -- `tokenroof report MODEL SYSTEM`: everything on one page, and its two figures. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static tr_status draw_batch(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_batch(context, target, sink, err);
}

static tr_status draw_cost(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_cost(context, target, sink, err);
}

tr_status cmd_report(cli *c, tr_error *err)
{
    tr_problem *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK)
        s = tr_answer_report(c->scenario, question, &c->style, &c->out, err);
    /* The page draws both in any case: --plot - asks for nothing more. */
    const int to_file = cli_plots(c) && strcmp(tr_input_text(c->scenario, TR_IN_PLOT), "-") != 0;
    if (s == TR_OK && to_file)
        s = cli_plot(c, "", draw_batch, question, err);
    if (s == TR_OK && to_file)
        s = cli_plot(c, "-cost", draw_cost, question, err);
    free(question);
    return s;
}
