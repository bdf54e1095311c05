/* cli/cmd_chips.c -- `tokenroof chips [SYSTEM]`: the catalog of chips and systems, or one of them. */
#include "cli/cli.h"

#include "io/chip_folder.h"

static tr_status system_at(void *context, size_t index, tr_system *out, tr_error *err)
{
    return tr_chip_list_get(context, index, out, err);
}

static tr_status list_all(cli *c, tr_error *err)
{
    const char *folder = tr_scenario_text(c->scenario, "data");
    tr_chip_list *all = NULL;
    tr_status s = tr_chip_list_create(folder[0] != '\0' ? folder : NULL, &all, err);
    if (s != TR_OK)
        return s;
    const tr_system_list list = { .count = tr_chip_list_count(all), .at = system_at, .context = all };
    s = tr_answer_chips(c->scenario, &list, &c->style, &c->out, err);
    tr_chip_list_destroy(all);
    return s;
}

tr_status cmd_chips(cli *c, tr_error *err)
{
    tr_system system;
    if (tr_scenario_text(c->scenario, "system")[0] == '\0')
        return list_all(c, err);
    const tr_status s = cli_system(c, &system, err);
    return s == TR_OK ? tr_answer_chip(c->scenario, &system, &c->style, &c->out, err) : s;
}
