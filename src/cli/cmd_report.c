/* cli/cmd_report.c -- `tokenroof report MODEL SYSTEM`: everything on one page. */
#include "cli/cli.h"

#include <stdlib.h>

tr_status cmd_report(cli *c, tr_error *err)
{
    tr_case *question = NULL;
    tr_status s = cli_case(c, &question, err);
    if (s == TR_OK)
        s = tr_answer_report(c->scenario, question, &c->style, &c->out, err);
    free(question);
    return s;
}
