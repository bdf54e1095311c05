/* cli/cmd_lifecycle.c -- `tokenroof lifecycle MODEL SYSTEM`: what a life costs, and the size to choose. */
#include "cli/cli.h"

tr_status cmd_lifecycle(cli *c, tr_error *err)
{
    return cli_pictured(c, tr_answer_lifecycle, tr_answer_figure_lifecycle, err);
}
