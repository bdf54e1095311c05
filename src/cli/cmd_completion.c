/* cli/cmd_completion.c -- `tokenroof completion bash`, and the names that the script asks for while you type.
 */
#include "cli/cli.h"

#include <string.h>

static void models(cli *c)
{
    for (size_t i = 0; tr_model_catalog_name(i) != NULL; i++)
        cli_print(c, "%s\n", tr_model_catalog_name(i));
}

static void systems(cli *c)
{
    for (size_t i = 0; i < tr_system_catalog_count(); i++)
        cli_print(c, "%s\n", tr_system_catalog_name(i));
    for (size_t i = 0; tr_chip_catalog_at(i) != NULL; i++)
        cli_print(c, "%s\n", tr_chip_catalog_at(i)->name);
}

static void equations(cli *c)
{
    for (size_t i = 0; tr_equation_at(i) != NULL; i++)
        cli_print(c, "%s\n", tr_equation_at(i)->id);
}

tr_status cmd_completion(cli *c, tr_error *err)
{
    static const struct {
        const char *name;
        void (*print)(cli *c);
    } kinds[] = {
        {"bash", cli_completion_bash}, {"models", models}, {"systems", systems}, {"equations", equations}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(c->args[0], kinds[i].name) == 0) {
            kinds[i].print(c);
            return TR_OK;
        }
    }
    return cli_fail(err, TR_EUNKNOWN, "shell", "no completion for the shell '%.40s': expected bash", c->args[0]);
}
