/* cli/cmd_memory.c -- `tokenroof memory MODEL SYSTEM`: what fits. */
#include "cli/cli.h"

#include <stdlib.h>

tr_status cmd_memory(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK)
        s = tr_answer_memory(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
