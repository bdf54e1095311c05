/* cli/cmd_chips.c -- `tokenroof chips [SYSTEM]`: the catalog of chips and systems, or one of them. */
#include "cli/cli.h"

tr_status cmd_chips(cli *c, tr_error *err)
{
    tr_system system;
    if (tr_scenario_text(c->scenario, "system")[0] == '\0')
        return tr_answer_chips(c->scenario, NULL, &c->style, &c->out, err);
    const tr_status s = cli_system(c, &system, err);
    return s == TR_OK ? tr_answer_chip(c->scenario, &system, &c->style, &c->out, err) : s;
}
