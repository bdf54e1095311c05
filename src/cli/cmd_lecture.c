/* cli/cmd_lecture.c -- `tokenroof lecture [ID]`: the lecture's claims, computed now. */
#include "cli/cli.h"
#include "lab/lab.h"

tr_status cmd_lecture(cli *c, tr_error *err)
{
    if (tr_input_choice(c->scenario, TR_IN_MARKDOWN) == 1)
        return tr_answer_lecture_markdown(tr_lab_claim, &c->out, err);
    return tr_answer_lecture(c->arg_count > 0 ? c->args[0] : NULL, tr_lab_claim, &c->style, &c->out, err);
}
