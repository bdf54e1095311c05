/* cli/cmd_roof.c -- `tokenroof roof MODEL SYSTEM`: the roofline, drawn. */
#include "cli/cli.h"

static tr_status figure(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                        tr_sink *sink, tr_error *err)
{
    (void)scenario;
    return tr_answer_figure_roof(question, target, sink, err);
}

tr_status cmd_roof(cli *c, tr_error *err)
{
    return cli_pictured(c, tr_answer_roof, figure, err);
}
