/* cli/cmd_step.c -- `tokenroof step MODEL SYSTEM`: one forward pass; --plot draws it over batch. */
#include "cli/cli.h"

#include <stdlib.h>

static tr_status draw(void *context, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_batch(context, target, sink, err);
}

tr_status cmd_step(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK && cli_plots(c) && question->load.phase != TR_PHASE_DECODE)
        s = cli_fail(err, TR_ECONFLICT, "plot", "--plot draws decode over batch: leave out --phase prefill");
    if (s == TR_OK)
        s = tr_answer_step(c->scenario, question, &c->style, &c->out, err);
    if (s == TR_OK && cli_plots(c)) {
        cli_print(c, "%s", tr_scenario_text(c->scenario, "plot")[0] == '-' ? "\n" : "");
        s = cli_plot(c, "", draw, question, err);
    }
    free(question);
    return s;
}
