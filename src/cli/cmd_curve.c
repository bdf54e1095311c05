/* cli/cmd_curve.c -- `tokenroof curve MODEL SYSTEM`: steps along batch or context. */
#include "cli/cli.h"

#include <stdlib.h>

typedef struct picture {
    const tr_scenario *scenario;
    const tr_problem *question;
    size_t index;
} picture;

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const picture *p = context;
    return tr_answer_curve_figure(p->scenario, p->question, p->index, target, sink, err);
}

/* Pictures go where --plot says, the second into FILE-cost; rows go to stdout
 * where a format was asked for, or no picture was. */
tr_status cmd_curve(cli *c, tr_error *err)
{
    tr_problem *question = NULL;
    const tr_input_id along = tr_input_choice(c->scenario, TR_IN_OVER) == 1 ? TR_IN_CONTEXT : TR_IN_BATCH;
    tr_status s = tr_input_check_lists(c->scenario, &along, 1, err);
    if (s == TR_OK)
        s = cli_case(c, &question, err);
    picture p = {c->scenario, question, 0};
    for (; s == TR_OK && cli_plots(c) && p.index < tr_answer_curve_figures(c->scenario); p.index++)
        s = cli_plot(c, p.index == 0 ? "" : "-cost", draw, &p, err);
    if (s == TR_OK && (!cli_plots(c) || c->style.format != TR_FORMAT_TEXT))
        s = tr_answer_curve(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
