/* cli/cmd_validate.c -- `tokenroof validate FILE...`: predictions judged by measurements. */
#include "cli/cli.h"

#include "fit/validate.h"

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_validation_figure(context, target, sink, err);
}

tr_status cmd_validate(cli *c, tr_error *err)
{
    tr_validation *validation = NULL;
    tr_status s = TR_OK;
    /* What is judged is what claims to predict: the bound only claims that nothing is faster. */
    if (!tr_input_is_set(c->scenario, TR_IN_PHYSICS))
        s = tr_input_set(c->scenario, TR_IN_PHYSICS, "fitted", err);
    if (s == TR_OK)
        s = tr_validation_run(c->scenario, c->args, c->arg_count, &validation, err);
    if (s == TR_OK)
        s = tr_validation_write(validation, &c->style, &c->out, err);
    if (s == TR_OK && cli_plots(c)) {
        cli_print(c, "%s", tr_input_text(c->scenario, TR_IN_PLOT)[0] == '-' ? "\n" : "");
        s = cli_plot(c, "", draw, validation, err);
    }
    tr_validation_destroy(validation);
    return s;
}
