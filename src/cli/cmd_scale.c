/* cli/cmd_scale.c -- `tokenroof scale MODEL SYSTEM`: trains, domains, experts, stages, walls. */
#include "cli/cli.h"

tr_status cmd_scale(cli *c, tr_error *err)
{
    return cli_pictured(c, tr_answer_scale, tr_answer_figure_scale, err);
}
