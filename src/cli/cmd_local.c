/* cli/cmd_local.c -- `tokenroof local MODEL [SYSTEM]`: without a system this machine; exit 1 where nothing fits. */
#include "cli/cli.h"

#include <stdlib.h>

tr_status cmd_local(cli *c, tr_error *err)
{
    tr_problem *question = NULL;
    int fits = 1;
    tr_status s = TR_OK;
    if (tr_input_text(c->scenario, TR_IN_SYSTEM)[0] == '\0')
        s = tr_input_set(c->scenario, TR_IN_SYSTEM, CLI_THIS_MACHINE, err);
    if (s == TR_OK)
        s = cli_case(c, &question, err);
    if (s != TR_OK)
        return s;
    const tr_subject subject = {.scenario = c->scenario, .question = question};
    s = cli_write(c, &subject, err);
    if (s == TR_OK)
        s = tr_answer_local_fits(c->scenario, question, &fits, err);
    c->has_no_answer = c->has_no_answer || !fits;
    free(question);
    return s;
}
