/* cli/cmd_predict.c -- `tokenroof predict MODEL SYSTEM`: requests of these lengths at this load. */
#include "cli/cli.h"

tr_status cmd_predict(cli *c, tr_error *err) { return cli_pictured(c, tr_answer_predict, NULL, err); }
