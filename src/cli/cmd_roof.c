/* cli/cmd_roof.c -- `tokenroof roof MODEL SYSTEM`: the roofline, drawn. */
#include "cli/cli.h"

#include <stdlib.h>

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_roof(context, target, sink, err);
}

/* The picture goes where --plot says; rows go to stdout where a format was asked for, or no picture was. */
tr_status cmd_roof(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK && cli_plots(c))
        s = cli_plot(c, "", draw, question, err);
    if (s == TR_OK && (!cli_plots(c) || c->style.format != TR_FORMAT_TEXT))
        s = tr_answer_roof(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
