/* cli/resolve.c -- what MODEL and SYSTEM name: numbers, a file, or an entry of a catalog. */
#include "cli/cli.h"

#include <stdlib.h>

#include "io/chip_file.h"

tr_status cli_model(const cli *c, tr_model *out, tr_error *err)
{
    const char *name = tr_scenario_text(c->scenario, "model");
    if (tr_is_inline(name))
        return tr_model_inline(name, out, err);
    return tr_model_catalog_get(name, out, err);
}

tr_status cli_system(const cli *c, tr_system *out, tr_error *err)
{
    const char *name = tr_scenario_text(c->scenario, "system");
    if (tr_is_inline(name))
        return tr_system_inline(name, out, err);
    const char *folder = tr_scenario_text(c->scenario, "data");
    return tr_system_open(name, folder[0] != '\0' ? folder : NULL, out, err);
}

tr_status cli_case(const cli *c, tr_case **out, tr_error *err)
{
    tr_system system;
    tr_model *model = malloc(sizeof *model);
    tr_case *made = malloc(sizeof *made);
    tr_status s = model == NULL || made == NULL ? cli_fail(err, TR_ENOMEM, "", "out of memory") : TR_OK;
    if (s == TR_OK)
        s = cli_model(c, model, err);
    if (s == TR_OK)
        s = cli_system(c, &system, err);
    if (s == TR_OK)
        s = tr_case_build(c->scenario, model, &system, made, err);
    free(model);
    if (s != TR_OK) {
        free(made);
        return s;
    }
    *out = made;
    return TR_OK;
}
