/* cli/cmd_version.c -- `tokenroof version`: what this binary is. */
#include "cli/cli.h"

tr_status cmd_version(cli *c, tr_error *err)
{
    (void)err;
    cli_print(c, "tokenroof %s%s%s%s\n", tr_version(), tr_commit()[0] != '\0' ? " (" : "", tr_commit(),
              tr_commit()[0] != '\0' ? ")" : "");
    return TR_OK;
}
