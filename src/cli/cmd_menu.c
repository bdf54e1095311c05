/* cli/cmd_menu.c -- `tokenroof menu MODEL SYSTEM`: cost against speed. */
#include "cli/cli.h"

#include <stdlib.h>

tr_status cmd_menu(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK)
        s = tr_answer_menu(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
