/* cli/cmd_layout.c -- `tokenroof layout MODEL SYSTEM`: every legal way to spread the model over the chips. */
#include "cli/cli.h"

#include <stdlib.h>

typedef struct picture {
    const tr_scenario *scenario;
    const tr_case *question;
} picture;

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const picture *p = context;
    return tr_answer_figure_layout(p->scenario, p->question, target, sink, err);
}

tr_status cmd_layout(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = TR_OK;
    if (!tr_scenario_is_set(c->scenario, "physics"))
        s = tr_scenario_set(c->scenario, "physics", "ops", err);
    if (s == TR_OK && tr_scenario_choice(c->scenario, "physics") == TR_PHYSICS_BOUND)
        s = cli_fail(err, TR_ECONFLICT, "physics",
                     "to the bound all layouts are one: --physics ops (which is what layout takes) or fitted");
    if (s == TR_OK)
        s = cli_case(c, &question, err);
    picture p = {c->scenario, question};
    if (s == TR_OK && cli_plots(c))
        s = cli_plot(c, "", draw, &p, err);
    if (s == TR_OK && (!cli_plots(c) || c->style.format != TR_FORMAT_TEXT))
        s = tr_answer_layout(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
