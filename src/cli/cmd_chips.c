/* cli/cmd_chips.c -- `tokenroof chips [SYSTEM]`: the catalog of chips and systems, or one of them. */
#include "cli/cli.h"

#include "io/chip_folder.h"

static tr_status list_at(void *context, size_t index, tr_system *out, tr_error *err)
{
    return tr_chip_list_get(context, index, out, err);
}

/* The catalog with what --data DIR adds or puts in its place. */
static tr_status list_with_folder(cli *c, const char *folder, tr_error *err)
{
    tr_chip_list *chips = NULL;
    tr_status s = tr_chip_list_create(folder, &chips, err);
    if (s != TR_OK)
        return s;
    const tr_system_list list = {.count = tr_chip_list_count(chips), .at = list_at, .context = chips};
    s = tr_answer_chips(c->scenario, &list, &c->style, &c->out, err);
    tr_chip_list_destroy(chips);
    return s;
}

tr_status cmd_chips(cli *c, tr_error *err)
{
    const char *folder = tr_input_text(c->scenario, TR_IN_DATA);
    const int is_list = tr_input_text(c->scenario, TR_IN_SYSTEM)[0] == '\0';
    return is_list && folder[0] != '\0' ? list_with_folder(c, folder, err) : cli_answer(c, err);
}
