/* cli/cmd_menu.c -- `tokenroof menu MODEL SYSTEM`: cost against speed. */
#include "cli/cli.h"

#include <stdlib.h>

typedef struct picture {
    const tr_scenario *scenario;
    const tr_case *question;
} picture;

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const picture *p = context;
    return tr_answer_figure_menu(p->scenario, p->question, target, sink, err);
}

tr_status cmd_menu(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    picture p = {c->scenario, question};
    if (s == TR_OK && cli_plots(c))
        s = cli_plot(c, "", draw, &p, err);
    if (s == TR_OK && (!cli_plots(c) || c->style.format != TR_FORMAT_TEXT))
        s = tr_answer_menu(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
