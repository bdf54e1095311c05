/* cli/cmd_step.c -- `tokenroof step MODEL SYSTEM`: one forward pass. */
#include "cli/cli.h"

#include <stdlib.h>

tr_status cmd_step(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK)
        s = tr_answer_step(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
