/* cli/cmd_memory.c -- `tokenroof memory MODEL SYSTEM`: what fits; --plot draws the largest batch over
 * context. */
#include "cli/cli.h"

#include <stdlib.h>

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_room(context, target, sink, err);
}

tr_status cmd_memory(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK && cli_plots(c))
        s = cli_plot(c, "", draw, question, err);
    if (s == TR_OK && (!cli_plots(c) || c->style.format != TR_FORMAT_TEXT))
        s = tr_answer_memory(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
