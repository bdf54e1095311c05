/* cli/cmd_tiers.c -- `tokenroof tiers MODEL SYSTEM`: where to keep a KV cache, over hold time. */
#include "cli/cli.h"

tr_status cmd_tiers(cli *c, tr_error *err)
{
    return cli_pictured(c, tr_answer_tiers, tr_answer_figure_tiers, err);
}
