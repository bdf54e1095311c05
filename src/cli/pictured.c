/* cli/pictured.c -- verbs with an answer and a picture of it: which of them, and where each goes. */
#include "cli/cli.h"

#include <stdlib.h>

typedef struct picture {
    const tr_scenario *scenario;
    const tr_problem *question;
    cli_figure figure;
} picture;

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const picture *p = context;
    return p->figure(p->scenario, p->question, target, sink, err);
}

tr_status cli_pictured(cli *c, cli_answer answer, cli_figure figure, tr_error *err)
{
    tr_problem *question = NULL;
    tr_status s = cli_case(c, &question, err);
    picture p = {c->scenario, question, figure};
    if (s == TR_OK && cli_plots(c))
        s = cli_plot(c, "", draw, &p, err);
    if (s == TR_OK && (!cli_plots(c) || c->style.format != TR_FORMAT_TEXT))
        s = answer(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
