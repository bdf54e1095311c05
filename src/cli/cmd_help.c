/* cli/cmd_help.c -- `tokenroof help [VERB]`, and the man page's source. */
#include "cli/cli.h"

#include <string.h>

tr_status cmd_help(cli *c, tr_error *err)
{
    if (c->arg_count == 0) {
        cli_help_first(c);
        return TR_OK;
    }
    if (strcmp(c->args[0], "scenario") == 0)
        return tr_scenario_schema(&c->out);
    if (strcmp(c->args[0], "all") == 0) {
        cli_help_overview(c);
        return TR_OK;
    }
    if (strcmp(c->args[0], "man") == 0) {
        cli_help_man(c);
        return TR_OK;
    }
    const tr_verb *verb = tr_verb_find(c->args[0]);
    if (verb == NULL) {
        const char *near = tr_verb_near(c->args[0]);
        return near != NULL ? cli_fail(err, TR_EUNKNOWN, "verb", "unknown verb '%.60s': did you mean '%s'?",
                                       c->args[0], near)
                            : cli_fail(err, TR_EUNKNOWN, "verb",
                                       "unknown verb '%.60s': `tokenroof help` lists them", c->args[0]);
    }
    cli_help_verb(c, verb);
    return TR_OK;
}
