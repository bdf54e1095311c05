/* cli/cmd_models.c -- `tokenroof models [MODEL]`: the catalog, or one model and what it is made of. */
#include "cli/cli.h"

#include <stdlib.h>

tr_status cmd_models(cli *c, tr_error *err)
{
    if (tr_scenario_text(c->scenario, "model")[0] == '\0')
        return tr_answer_models(c->scenario, NULL, &c->style, &c->out, err);
    tr_model *model = malloc(sizeof *model);
    if (model == NULL)
        return cli_fail(err, TR_ENOMEM, "", "out of memory");
    tr_status s = cli_model(c, model, err);
    if (s == TR_OK)
        s = tr_answer_model(c->scenario, model, &c->style, &c->out, err);
    free(model);
    return s;
}
