/* input/host_layers.h -- layers left to the host beside the chips, of a problem that is being resolved. */
#ifndef TOKENROOF_SRC_INPUT_HOST_LAYERS_H
#define TOKENROOF_SRC_INPUT_HOST_LAYERS_H

#include <tokenroof/problem.h>

/* What was asked for, put into the formats. Errors: TR_ECONFLICT (no host, an engine or a model that cannot).  [L22] */
tr_status tr_host_asked(const tr_scenario *scenario, tr_problem *problem, tr_error *err);
/* 1 where the number of layers was left open, and a host and an engine are there that can take some. */
int tr_host_is_open(const tr_scenario *scenario, const tr_problem *problem);
/* Leave layers to the host where the chips do not hold the largest load, or if that is too much, the first: formats,
 * layout and roof change; layout_status is TR_ENOFIT where neither side has room. Errors: those of tr_shard_place. */
tr_status tr_host_place(tr_problem *problem, const tr_load *largest, tr_error *err);

#endif
