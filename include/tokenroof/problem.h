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
#include <tokenroof/price.h>
#include <tokenroof/rate.h>
#include <tokenroof/serve.h>
#include <tokenroof/shard.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Plain data but for the model, the system and the engine, which are the caller's and must outlive it; may be copied. */
typedef struct tr_problem {
    const tr_model *model;
    const tr_system *system;
    const tr_engine *engine;     /* NULL: numbers on a blackboard, where nothing is held back */
    tr_formats formats;          /* with the layers that the host has, as given or as few as fit */
    tr_formats asked_formats;    /* before they were placed */
    int host_placed;             /* 1: they were, for layout_load; a deployment places them for its clients */
    tr_physics physics;          /* the one asked for; else fitted, of numbers alone bound */
    tr_load load;                /* first values of the lists */
    tr_roofline roof;            /* bound: all chips pooled; over batches, each replica's by themselves */
    tr_layout layout;            /* as given, or the best one that fits */
    int layout_given;
    tr_load layout_load;         /* what it was chosen for: the largest of each list asked for */
    int by_copy;                 /* 1: the roof is of the layout's replicas, tr_problem_over_batches */
    tr_status layout_status;     /* TR_OK; TR_ENOFIT: no layout holds the load, and this one comes closest */
    tr_shard shard;
    double accept_share;         /* of drafts, as given or measured; NaN where nothing is drafted */
    double token_per_step;       /* that a sequence gets out of a decode step: 1 without drafts */
    tr_acceptance acceptance;    /* what was measured; share NaN: it was given */
    tr_calibration calibration;  /* of the chip and engine, with the distance of the model counted in */
    tr_distance distance;
    double pue_ratio, usd_per_kwh; /* of its energy */
    int blackboard;              /* 1: the model or the system is made of numbers alone, and bound is all there is */
} tr_problem;

/* The phase of a pass of so many new tokens of each sequence: as given, else a decode step of one and a prefill of
 * more. */
TR_API tr_phase tr_problem_phase(const tr_scenario *scenario, double query_token);

/* What the scenario changes of a system that was looked up: its count, price and utilisation. Errors: as tr_system_of and
 * tr_system_price. */
TR_API tr_status tr_problem_system(const tr_scenario *scenario, tr_system *system, tr_error *err);

/* Resolve a scenario whose model and system are looked up (the catalog, a file, inline numbers: the caller's
 * business). The layout that is chosen is the best for the largest batch and context asked for.
 * Errors: those of the rooms below; TR_ECONFLICT. On error *out is untouched. */
TR_API tr_status tr_problem_of(const tr_scenario *scenario, const tr_model *model, const tr_system *system,
                               tr_problem *out, tr_error *err);

/* For who looks over many batches. The roof becomes that of the layout: each replica reads weights of its own, for its
 * own share of the sequences. Where one sequence is asked for, the default, the layout is chosen for the batch at which
 * multiplies take as long as reading the weights in that same layout, or comes closest to holding it. The layout stays
 * where more sequences are asked for or one is given; nothing changes where all is numbers. Errors: as above. On error
 * *problem is untouched.  [K111] */
TR_API tr_status tr_problem_over_batches(const tr_scenario *scenario, tr_problem *problem, tr_error *err);

/* Copies of the weights that share a batch: the layout's replicas. By the bound alone, where no layout is given and no
 * batches are looked over, all chips are one, as on the blackboard: 1. */
TR_API double tr_problem_copy_count(const tr_problem *problem);
/* The balance batch of so many copies. NaN and HUGE_VAL: as tr_balance_batch_seq.  [K110] */
TR_API double tr_problem_balance_batch_seq(const tr_problem *problem, double context_token);

/* The same question with draft_token drafts (0: none), in the same layout. accept_share: of them, NaN: as measured.
 * Errors: those of tr_shard_of and tr_roofline_of; TR_EDOMAIN. out may be the problem itself.  [F22] */
TR_API tr_status tr_problem_drafting(const tr_problem *problem, double draft_token, double accept_share,
                                     tr_problem *out, tr_error *err);

/* A load as the pass it comes to, with the drafts that it verifies. Errors: as tr_pass_of. */
TR_API tr_status tr_problem_pass(const tr_problem *problem, const tr_load *load, tr_pass *out, tr_error *err);

/* One pass by one of the three physics, where it fits. Errors: TR_ENOFIT (what lacks and the largest batch), those of
 * tr_pass_step. On error *out is untouched. */
TR_API tr_status tr_problem_step(const tr_problem *problem, tr_physics physics, const tr_load *load, tr_step *out,
                                 tr_error *err);

/* The power of one chip that uses such shares of its peak and bandwidth (R8's mfu and mbu; above 1 is 1), and what the
 * system's energy costs meanwhile. Errors: TR_EMISSING (a chip whose power is not known), TR_EDOMAIN. On error outputs
 * are untouched.  [K40] [K41] */
TR_API tr_status tr_problem_energy(const tr_problem *problem, double compute_share, double memory_share, tr_power *power,
                                   tr_energy *energy, tr_error *err);

/* 1 where fitted physics has an answer to stand beside the bound. */
TR_API int tr_problem_predicts(const tr_problem *problem);

/* ---- requests over time ---------------------------------------------------------------------------------- */

/* What must hold: a mean or a percentile of a time stays under a limit. */
typedef struct tr_slo_term {
    tr_interval metric;          /* TR_INTERVAL_TTFT, _TPOT or _E2E */
    int per_step;                /* 1: of the time between arrivals at a user (itl), metric TPOT */
    tr_statistic statistic;
    double limit_s;
} tr_slo_term;
enum { TR_SLO_MAX = 8 };
typedef struct tr_slo {
    size_t count;                /* 0: nothing is promised */
    tr_slo_term term[TR_SLO_MAX];
} tr_slo;
/* "ttft:p95<1s,tpot<50ms"; "" gives no term. Errors: TR_EPARSE, TR_EUNKNOWN (what can be promised), TR_ECAPACITY. */
TR_API tr_status tr_slo_parse(const char *text, tr_slo *out, tr_error *err);
/* 1 where every term is predicted to hold. */
TR_API int tr_slo_holds(const tr_slo *slo, const tr_service *service, const tr_clients *clients);

/* "steady" gives 0, "burst:10" 10 requests of each client, all starting together, "" -1: nothing was said.
 * Errors: TR_EDOMAIN. */
TR_API tr_status tr_protocol_parse(const char *text, double *request_per_client, tr_error *err);

/* The clients that a scenario asks for, first values of the lists, with the problem's drafts. Errors: TR_ECONFLICT (more
 * than one of concurrency, rate and users; --accept without --draft ...), TR_EDOMAIN. */
TR_API tr_status tr_clients_of(const tr_scenario *scenario, const tr_problem *problem, tr_clients *out, tr_error *err);
/* Refuses what says how drafts do where nothing is drafted. Errors: TR_ECONFLICT. */
TR_API tr_status tr_drafts_check(const tr_scenario *scenario, tr_error *err);

/* A problem laid out for requests: the layout as given, or the one in which these clients wait least; with --disagg on
 * two sets of chips. Parts point at one another: made in place, never copied. The problem must outlive it. */
typedef struct tr_deployment {
    const tr_problem *problem;
    tr_formats formats;          /* the problem's, with layers left to a host for these clients */
    tr_system system;            /* that decodes: all of the problem's chips unless prompts are taken elsewhere */
    tr_shard shard;
    tr_roofline roof;
    int apart;                   /* 1: the rest is of the chips that take prompts */
    tr_system prefill_system;
    tr_shard prefill_shard;
    tr_roofline prefill_roof;
    tr_prefill_side side;
} tr_deployment;

/* Errors: TR_ENOFIT (no layout holds one request of that length), TR_EPARSE, TR_EDOMAIN (chips that cannot be shared out
 * so), TR_ECONFLICT (numbers on a blackboard have no engine), those of tr_shard_of. */
TR_API tr_status tr_deployment_of(const tr_scenario *scenario, const tr_problem *problem, const tr_clients *clients,
                                  tr_deployment *out, tr_error *err);
/* Predicted by the problem's calibration. Errors: as tr_serve_apart. */
TR_API tr_status tr_deployment_serve(const tr_deployment *deployment, const tr_clients *clients, tr_service *out,
                                     tr_error *err);
TR_API tr_status tr_deployment_most(const tr_deployment *deployment, const tr_clients *clients, double *request_per_s,
                                    tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_PROBLEM_H */
