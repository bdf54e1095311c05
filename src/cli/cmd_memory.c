/* cli/cmd_memory.c -- `tokenroof memory MODEL SYSTEM`: what fits; --plot draws the largest batch over context. */
#include "cli/cli.h"

static tr_status figure(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                        tr_sink *sink, tr_error *err)
{
    (void)scenario;
    return tr_answer_figure_room(question, target, sink, err);
}

tr_status cmd_memory(cli *c, tr_error *err)
{
    return cli_pictured(c, tr_answer_memory, figure, err);
}
