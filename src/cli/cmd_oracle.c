/* cli/cmd_oracle.c -- `tokenroof oracle PRICES`: backwards, from a price sheet to the model and machines behind it. */
#include "cli/cli.h"

#include <stdlib.h>

typedef struct picture {
    const tr_scenario *scenario;
    const tr_model *known;
    const tr_system *system;
} picture;

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    const picture *p = context;
    return tr_answer_figure_oracle(p->scenario, p->known, p->system, target, sink, err);
}

tr_status cmd_oracle(cli *c, tr_error *err)
{
    tr_system system;
    tr_status s = TR_OK;
    picture p = {.scenario = c->scenario};
    tr_model *model = NULL;
    if (tr_input_text(c->scenario, TR_IN_MODEL)[0] != '\0') {
        model = malloc(sizeof *model);
        s = model == NULL ? cli_fail(err, TR_ENOMEM, "", "out of memory") : cli_model(c, model, err);
        p.known = model;
    }
    if (s == TR_OK && tr_input_text(c->scenario, TR_IN_SYSTEM)[0] != '\0') {
        s = cli_system(c, &system, err);
        p.system = &system;
    }
    if (s == TR_OK && cli_plots(c))
        s = cli_plot(c, "", draw, &p, err);
    if (s == TR_OK && (!cli_plots(c) || c->style.format != TR_FORMAT_TEXT))
        s = tr_answer_oracle(p.scenario, p.known, p.system, &c->style, &c->out, err);
    free(model);
    return s;
}
