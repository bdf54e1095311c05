/* cli/cmd_menu.c -- `tokenroof menu MODEL SYSTEM`: cost against speed. */
#include "cli/cli.h"

tr_status cmd_menu(cli *c, tr_error *err)
{
    return cli_pictured(c, tr_answer_menu, tr_answer_figure_menu, err);
}
