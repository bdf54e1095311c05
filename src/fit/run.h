/* fit/run.h -- a measured run as a question to the rooms that answer it: engine, layout, shard, clients. */
#ifndef TOKENROOF_SRC_FIT_RUN_H
#define TOKENROOF_SRC_FIT_RUN_H

#include <tokenroof/serve.h>

#include "fit/measured.h"

/* Parts point at one another: made in place, never copied. The row's model must outlive it. */
typedef struct fit_run {
    const tr_model *model;
    tr_engine engine;            /* with what the run was started with */
    tr_system system;            /* of one (decode) worker */
    tr_formats formats;
    tr_shard shard;
    tr_roofline roof;
    tr_clients clients;          /* of one (decode) worker */
    int open_ended;              /* as many clients as it admits */
    /* Prompts on machines of their own; 0 workers: none. */
    double prefill_worker;       /* of those that have requests */
    tr_system prefill_system;
    tr_shard prefill_shard;
    tr_roofline prefill_roof;
} fit_run;

/* Errors: TR_EMISSING (a kernel), those of tr_shard_of and tr_roofline_of. */
tr_status fit_run_of(const tr_measured *row, fit_run *out, tr_error *err);

/* Its clients served under a calibration (NULL: at datasheet peak). Errors: as tr_serve. */
tr_status fit_run_serve(const fit_run *run, const tr_calibration *calibration, tr_distance distance, tr_service *out,
                        tr_error *err);

/* One stream under a calibration (NULL: at datasheet peak): the pass of a generated token, or its whole prompt in steps
 * of the engine's. bound is not written. Errors: those of tr_pass_step. */
tr_status fit_run_pass(const fit_run *run, const tr_calibration *calibration, tr_distance distance, int prompt,
                       tr_quantity *out, tr_error *err);

#endif
