/* tokenroof/problem.h -- one question, resolved once: what is served, on what, by which engine, in which layout and
 * formats, under which load. Nothing below looks anything up again.
 */
#ifndef TOKENROOF_PROBLEM_H
#define TOKENROOF_PROBLEM_H

#include <tokenroof/base.h>
#include <tokenroof/calibration.h>
#include <tokenroof/chip.h>
#include <tokenroof/engine.h>
#include <tokenroof/input.h>
#include <tokenroof/model.h>
#include <tokenroof/pass.h>
#include <tokenroof/rate.h>
#include <tokenroof/shard.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Plain data but for the model, the system and the engine, which are the caller's and must outlive it; may be copied. */
typedef struct tr_problem {
    const tr_model *model;
    const tr_system *system;
    const tr_engine *engine;     /* NULL: numbers on a blackboard, where nothing is held back */
    tr_formats formats;
    tr_physics physics;          /* the one asked for */
    tr_load load;                /* first values of the lists */
    tr_roofline roof;            /* bound: all chips pooled */
    tr_layout layout;            /* as given, or the best one that fits */
    int layout_given;
    tr_load layout_load;         /* what it was chosen for: the largest of each list asked for */
    tr_status layout_status;     /* TR_OK; TR_ENOFIT: no layout holds the load, and this one comes closest */
    tr_shard shard;
    tr_calibration calibration;  /* of the chip and engine, with the distance of the model counted in */
    tr_distance distance;
    int blackboard;              /* 1: the model or the system is made of numbers alone, and bound is all there is */
} tr_problem;

/* What the scenario changes of a system that was looked up: its count and price. Errors: as tr_system_of. */
TR_API tr_status tr_problem_system(const tr_scenario *scenario, tr_system *system, tr_error *err);

/* Resolve a scenario whose model and system are looked up (the catalog, a file, inline numbers: the caller's
 * business). The layout that is chosen is the best for the largest batch and context asked for.
 * Errors: those of the rooms below; TR_ECONFLICT. On error *out is untouched. */
TR_API tr_status tr_problem_of(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                               tr_problem *out, tr_error *err);

/* For who looks over many batches and is asked for one sequence, the default: the layout is chosen for the batch at which multiplies take
 * as long as reading the weights, or comes closest to holding it. Nothing changes where more than one sequence is asked for,
 * a layout is given, or all is numbers. Errors: as above. On error *problem is untouched. */
TR_API tr_status tr_problem_over_batches(const tr_scenario *scenario, tr_problem *problem, tr_error *err);

/* One pass by one of the three physics, where it fits. Errors: TR_ENOFIT (what lacks and the largest batch), those of
 * tr_pass_step. On error *out is untouched. */
TR_API tr_status tr_problem_step(const tr_problem *problem, tr_physics physics, const tr_load *load, tr_step *out,
                                 tr_error *err);

/* 1 where fitted physics has an answer to stand beside the bound. */
TR_API int tr_problem_predicts(const tr_problem *problem);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_PROBLEM_H */
