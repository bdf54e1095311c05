/* cli/cmd_explain.c -- `tokenroof explain [ID]`: an equation, or the list of all. */
#include "cli/cli.h"
#include "lab/lab.h"

tr_status cmd_explain(cli *c, tr_error *err)
{
    return tr_answer_explain(c->arg_count > 0 ? c->args[0] : NULL, tr_lab_claim, &c->style, &c->out, err);
}
