/* cli/cmd_layout.c -- `tokenroof layout MODEL SYSTEM`: every legal way to spread the model over the chips. */
#include "cli/cli.h"

tr_status cmd_layout(cli *c, tr_error *err)
{
    tr_status s = TR_OK;
    if (!tr_input_is_set(c->scenario, TR_IN_PHYSICS))
        s = tr_input_set(c->scenario, TR_IN_PHYSICS, "fitted", err);
    if (s == TR_OK && tr_input_choice(c->scenario, TR_IN_PHYSICS) == TR_PHYSICS_BOUND)
        s = cli_fail(err, TR_ECONFLICT, "physics",
                     "to the bound all layouts are one: --physics fitted (which is what layout takes) or ops");
    return s == TR_OK ? cli_pictured(c, tr_answer_layout, tr_answer_figure_layout, err) : s;
}
