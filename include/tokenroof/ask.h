/* tokenroof/ask.h -- a verb's answer as a document: JSON, rows, and figures.
 *
 * The same functions serve the command line, the HTTP server and the page, so
 * that an answer is written down once. Text goes to the caller's sink. No
 * allocation but where it says so, and no stack frame over 16 KiB. An error may come
 * after part of the text went to the sink (never a wrong text): a caller that
 * must not show half an answer buffers it. What fits, the largest batch and the
 * layout named are those of the question's shard.
 */
#ifndef TOKENROOF_ASK_H
#define TOKENROOF_ASK_H

#include <tokenroof/base.h>
#include <tokenroof/claims.h>
#include <tokenroof/figure.h>
#include <tokenroof/problem.h>
#include <tokenroof/price.h>
#include <tokenroof/write.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Every JSON document begins {"tokenroof": {version, commit, data}, "scenario": {...}}. */

/* The first question: requests of a length at a load on a deployment, their TTFT, TPOT, throughput and cost, each
 * predicted with its 90 % interval beside its bound; what limits them and which changes help most. Lists make rows, the
 * load fastest; a row that does not fit says why. Allocates and frees. Errors: TR_ENOFIT (not one request fits),
 * TR_ECONFLICT (numbers alone; two kinds of load), TR_EPARSE, TR_ECAPACITY (more than ten million rows), TR_EIO. */
TR_API tr_status tr_answer_predict(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                   tr_sink *sink, tr_error *err);

/* Its pictures over the load that is asked for (clients, users or arrivals): TPOT, TTFT, and what a million output tokens
 * cost against the speed of one user; with interval, bound, what was asked, the knee, and published runs of the same
 * model, chips and lengths. Of lists the first value counts, but for the load. Allocate and free. Errors: as above, and
 * those of tr_figure_draw. */
TR_API tr_status tr_answer_figure_predict_tpot(const tr_scenario *scenario, const tr_problem *question,
                                               const tr_figure_target *target, tr_sink *sink, tr_error *err);
TR_API tr_status tr_answer_figure_predict_ttft(const tr_scenario *scenario, const tr_problem *question,
                                               const tr_figure_target *target, tr_sink *sink, tr_error *err);
TR_API tr_status tr_answer_figure_predict_cost(const tr_scenario *scenario, const tr_problem *question,
                                               const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* A whole question of several that are compared. The caller's, who lets it outlive the answer. */
typedef struct tr_case {
    const tr_scenario *scenario;
    const tr_problem *question;
} tr_case;
enum { TR_CASE_MAX = 8 };

/* The same of 2 to TR_CASE_MAX questions side by side: what each predicts, its difference and ratio to the first with
 * the ratio's 90 % interval, and which is better in what. A case that does not fit says why. Allocates and
 * frees. Errors: TR_EMISSING, TR_ECAPACITY (their count), TR_ENOFIT (none fits), those of tr_answer_predict: the text
 * names the case. */
TR_API tr_status tr_answer_compare(const tr_case *cases, size_t count, const tr_style *style, tr_sink *sink,
                                   tr_error *err);
/* TTFT, TPOT and dollars of each with its interval, over those of the first. Errors: as above, and those of
 * tr_figure_draw. */
TR_API tr_status tr_answer_figure_cases(const tr_case *cases, size_t count, const tr_figure_target *target,
                                        tr_sink *sink, tr_error *err);

/* "8xh100-sxm is priced at $2.95/h a chip, on demand (2026-05-20)": for rows, of which each has only its dollars. Empty
 * where the price was given as a number and is always in use, or none is known. */
TR_API void tr_question_price(const tr_problem *question, char *out, size_t size);
/* "drafts: 3 a step at no cost in these figures ...": who drafts. Empty where nothing does. */
TR_API void tr_question_drafts(const tr_problem *question, char *out, size_t size);

/* Everything the blackboard knows on one page: floor, ridge, balance, cliff, a
 * step at batch 1, at balance and at three times balance with the price menu
 * they imply, what fits, the train schedule, and in text two figures. Decode at
 * one context. Where no batch balances at it, the balance without KV stands in.
 * Errors: TR_ECONFLICT (prefill, or a list), TR_ENOFIT (the weights alone do not
 * fit), TR_EDOMAIN, TR_EIO. */
TR_API tr_status tr_answer_report(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                  tr_sink *sink, tr_error *err);

/* One pass by terms, bound, throughput and cost. Where batch, context or query
 * is a list: one row for each combination (batch runs fastest), of which those
 * that do not fit the memory say so instead of a time.
 * Errors: TR_ENOFIT (no row fits), TR_EDOMAIN, TR_ECAPACITY (more than a million rows), TR_EIO. */
TR_API tr_status tr_answer_step(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                tr_sink *sink, tr_error *err);

/* What one chip holds: weights, activations, buffers, what the engine leaves alone, the caches of the load and what is
 * left; the largest batch and the longest context; lists give rows. A load that does not fit is a row that says so.
 * Errors: TR_ENOFIT (the weights alone do not fit: the text says how many chips would do), TR_ECAPACITY, TR_EIO. */
TR_API tr_status tr_answer_memory(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                  tr_sink *sink, tr_error *err);

/* "Can it run on mine": every quantisation of the model on the machine with its file, longest context, one user's
 * tokens/s at a short and a long context and time to the first token, each predicted with its interval beside its bound;
 * the one to take and why; where none fits, what would, tried. That nothing fits is an answer. Allocates and frees.
 * Errors: TR_ECONFLICT (numbers alone), TR_ECAPACITY, TR_EIO. */
TR_API tr_status tr_answer_local(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                 tr_sink *sink, tr_error *err);
/* *fits: 1 where a quantisation does. Errors: as above. */
TR_API tr_status tr_answer_local_fits(const tr_scenario *scenario, const tr_problem *question, int *fits,
                                      tr_error *err);
/* Its pictures: tokens/s of each over its file, with the wall of memory; and tokens/s of the one to take over context.
 * Errors: as above, TR_ENOFIT (nothing fits), and those of tr_figure_draw. */
TR_API tr_status tr_answer_figure_local(const tr_scenario *scenario, const tr_problem *question,
                                        const tr_figure_target *target, tr_sink *sink, tr_error *err);
TR_API tr_status tr_answer_figure_local_context(const tr_scenario *scenario, const tr_problem *question,
                                                const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* Cost against speed at one context: fast (one sequence), normal (balance) and slow (three times that);
 * a row for each seq_token_per_s asked for; and, where price_ratio and speed_ratio are set, the batches
 * and the KV share that they imply. Errors: as tr_answer_report, and
 * TR_EMISSING (one ratio without the other). */
TR_API tr_status tr_answer_menu(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                tr_sink *sink, tr_error *err);

/* What a token costs against the speed each sequence gets: the modes, the floor no slow mode passes, and what others
 * ask for the same model where data/prices has it. Errors: as tr_answer_report, and those of tr_figure_draw. */
TR_API tr_status tr_answer_figure_menu(const tr_scenario *scenario, const tr_problem *question,
                                       const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* Backwards from prices: what each says alone, and all together as bands against their priors. The scenario's
 * prices say which; known: the model, if it is (its parameters and KV bytes are taken as given), else NULL;
 * system: the chips, if they are known, else NULL. Allocates and frees.
 * Errors: TR_EMISSING (no prices; a chip without a price), TR_ENOFIT (no draw explains them), TR_ECONFLICT,
 * TR_EDOMAIN, TR_EUNKNOWN, TR_EIO. */
TR_API tr_status tr_answer_oracle(const tr_scenario *scenario, const tr_model *known, const tr_system *system,
                                  const tr_style *style, tr_sink *sink, tr_error *err);
/* Its bands, the prior's behind them, the truth where the model is open. */
TR_API tr_status tr_answer_figure_oracle(const tr_scenario *scenario, const tr_model *known, const tr_system *system,
                                         const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* Pre-training, reinforcement learning and serving of a model's life, how far it is overtrained, and, a row for each
 * serving rate, the size that reaches the same loss for the least. Errors: TR_EDOMAIN, TR_ENOFIT (a loss no size
 * reaches), TR_EIO. */
TR_API tr_status tr_answer_lifecycle(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                     tr_sink *sink, tr_error *err);
/* Cost against size at that loss. Errors: as above, and those of tr_figure_draw. */
TR_API tr_status tr_answer_figure_lifecycle(const tr_scenario *scenario, const tr_problem *question,
                                            const tr_figure_target *target, tr_sink *sink, tr_error *err);
/* Its second: what reinforcement learning reaches of the peak over the share of its time in sampling. Errors: TR_ENOFIT
 * (the system does not decode the model), and as above. */
TR_API tr_status tr_answer_figure_rl(const tr_scenario *scenario, const tr_problem *question,
                                     const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* From one machine to a world, in parts: train schedule, what doubling the domain gives, scale-up domains, experts'
 * traffic, boxes in stages and across, sparsity, attention over context, walls of context. Allocates and frees. Errors:
 * TR_ENOFIT, TR_ECONFLICT (rows of no one part), TR_EIO. */
TR_API tr_status tr_answer_scale(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                 tr_sink *sink, tr_error *err);
/* The walls of context. Errors: as above, and those of tr_figure_draw. */
TR_API tr_status tr_answer_figure_scale(const tr_scenario *scenario, const tr_problem *question,
                                        const tr_figure_target *target, tr_sink *sink, tr_error *err);
/* A machine's places over a week; there is something to see where --day or --utilisation was given. Errors: as above. */
TR_API int tr_answer_has_day(const tr_scenario *scenario);
TR_API tr_status tr_answer_figure_day(const tr_scenario *scenario, const tr_problem *question,
                                      const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* A pass taken apart: operators of one name together, the longest first, each with its time, share and roof. The
 * scenario may add drafts, a chunk of a prompt and skewed routing to the pass of ops physics; fitted physics shows
 * what passes between operators too. Errors: TR_ECONFLICT (bound physics), TR_EIO, and as tr_operator_step. */
TR_API tr_status tr_answer_operators(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                     tr_sink *sink, tr_error *err);
/* The same as bars. */
TR_API tr_status tr_answer_figure_operators(const tr_scenario *scenario, const tr_problem *question,
                                            const tr_figure_target *target, tr_sink *sink,
                                            tr_error *err);

/* Every legal layout that the engine can run, uses all chips, and agrees with what the scenario tells of tp, ep, pp and
 * dp: memory of a chip, traffic, time of the case's pass by all three physics; the fastest of the one asked for (not the
 * bound) first, and why it is. Allocates and frees. Errors: TR_ENOFIT (there is none), TR_ECONFLICT (numbers on a
 * blackboard), TR_EIO. */
TR_API tr_status tr_answer_layout(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                  tr_sink *sink, tr_error *err);
/* The same as bars: those with room for the batch. Errors: as above; TR_ENOFIT (none has). */
TR_API tr_status tr_answer_figure_layout(const tr_scenario *scenario, const tr_problem *question,
                                         const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* What each input is worth: x2, x10 and /2 of the system's figures, the model's parts and the load, each predicted as a
 * question of its own, as ratios to the question as asked; the most gain first. With a question by name the case as asked
 * and as changed, as tr_answer_compare writes them. Allocates and frees. Errors: as tr_answer_predict; TR_EMISSING (the
 * named question changes what the case does not have). */
TR_API tr_status tr_answer_whatif(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                  tr_sink *sink, tr_error *err);

/* ---- figures ---------------------------------------------------------------- */

/* Pictures of a case.
 * Errors: TR_ENOFIT (the weights, or one sequence beside them, do not fit),
 * TR_ECONFLICT (the case is a prefill), and those of tr_figure_draw. */

/* Time of one decode step against batch at the case's context: compute, weights
 * and KV cache, where they balance, and where memory is full. The case's own
 * batch is marked if it is more than 1. */
TR_API tr_status tr_answer_figure_batch(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                        tr_error *err);
/* Bars of the case's own pass: compute beside memory, which is weights and then KV cache, and links; below them the step
 * by the case's physics. Of a prefill too. */
TR_API tr_status tr_answer_figure_overlap(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                          tr_error *err);
/* Dollars for a million tokens against batch (chip-seconds where no price is
 * known), with the floor that no batch can pass. */
TR_API tr_status tr_answer_figure_cost(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                       tr_error *err);
/* Time and cost of one decode step against context at the case's batch, with the cliff. */
TR_API tr_status tr_answer_figure_context(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                          tr_error *err);
/* The largest batch against context: what the layout has room for, up to the model's own limit, and the balance beside
 * it. Errors: TR_ENOFIT, TR_ECONFLICT (memory that is not limited, or a model that keeps nothing). */
TR_API tr_status tr_answer_figure_room(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                       tr_error *err);
/* The roofline: weight multiplies by batch, attention, prefill, the ridge, and
 * the batch at which memory is full. */
TR_API tr_status tr_answer_figure_roof(const tr_problem *question, const tr_figure_target *target, tr_sink *sink,
                                       tr_error *err);

/* Two cases on the same axes: time of one decode step against batch, each as far as its memory reaches. */
TR_API tr_status tr_answer_figure_compare(const tr_problem *first, const tr_problem *second,
                                          const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* Decode steps along batch (lists of batch_seq, else powers of two) or, where
 * "over" says so, along context, with the crossings as rows of their own:
 * balance, KV = weights, cliff, memory full. Text is drawn, then tabled.
 * Allocates and frees. Errors: as the figures. */
TR_API tr_status tr_answer_curve(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                 tr_sink *sink, tr_error *err);
/* The pictures of a curve: over batch time and cost, over context the one that
 * has both. Errors: as the figures; TR_EDOMAIN (no such picture). */
TR_API size_t tr_answer_curve_figures(const tr_scenario *scenario);
TR_API tr_status tr_answer_curve_figure(const tr_scenario *scenario, const tr_problem *question, size_t index,
                                        const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* The places under the roof as rows, with the ridge; text is drawn.
 * Errors: as the figures. */
TR_API tr_status tr_answer_roof(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                tr_sink *sink, tr_error *err);

/* Where to keep a KV cache between requests: what each tier beside the chip costs to write, to hold and to fetch from,
 * against computing again; the cheapest place over hold time; break-even times by money and by drain time; what a hit and
 * a write could be sold at; the time to the first token after a hit. Rows are every hold time with every place. Without a
 * price of the chip the times alone. Errors: TR_ECONFLICT (a price of a tier that is not there),
 * TR_EDOMAIN (nothing held), TR_ECAPACITY, TR_EIO; of the figure TR_EMISSING too (no price of the chip). */
TR_API tr_status tr_answer_tiers(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                                 tr_sink *sink, tr_error *err);
/* The same over hold time, with the lower envelope and its crossings. Errors: as above and as the figures. */
TR_API tr_status tr_answer_figure_tiers(const tr_scenario *scenario, const tr_problem *question,
                                        const tr_figure_target *target, tr_sink *sink, tr_error *err);

/* ---- the catalogs ----------------------------------------------------------- */

/* One model with what it is made of; kv_dtype of the scenario says in what the
 * cache is counted. Errors: TR_EIO. */
TR_API tr_status tr_answer_model(const tr_scenario *scenario, const tr_model *model, const tr_style *style,
                                 tr_sink *sink, tr_error *err);

/* Models by position, for a list that is more than the catalog. */
typedef struct tr_model_list {
    size_t count;
    tr_status (*at)(void *context, size_t index, tr_model *out, tr_error *err);
    void *context;
} tr_model_list;

/* One row a model; list NULL: the catalog. Allocates and frees. Errors: those of at, TR_EIO. */
TR_API tr_status tr_answer_models(const tr_scenario *scenario, const tr_model_list *list, const tr_style *style,
                                  tr_sink *sink, tr_error *err);

/* One system and its chip, with sources. Errors: TR_EIO. */
TR_API tr_status tr_answer_chip(const tr_scenario *scenario, const tr_system *system, const tr_style *style,
                                tr_sink *sink, tr_error *err);

/* Systems by position, for a list that is more than the catalog. */
typedef struct tr_system_list {
    size_t count;
    tr_status (*at)(void *context, size_t index, tr_system *out, tr_error *err);
    void *context;
} tr_system_list;

/* One row a chip or system; list NULL: the catalog's chips, then its systems. Errors: those of at, TR_EIO. */
TR_API tr_status tr_answer_chips(const tr_scenario *scenario, const tr_system_list *list, const tr_style *style,
                                 tr_sink *sink, tr_error *err);

/* Published prices as rows: those that text names (tr_price_is_named), else those whose provider or model
 * holds it; text NULL or "": all. Errors: TR_EUNKNOWN, with a "did you mean"; TR_EIO. */
TR_API tr_status tr_answer_prices(const char *text, const tr_style *style, tr_sink *sink, tr_error *err);
/* One price with its ratios, the same model's other periods, and its sources. Errors: TR_EUNKNOWN (a
 * provider nobody knows), TR_EIO. */
TR_API tr_status tr_answer_price(const tr_price *price, const tr_style *style, tr_sink *sink, tr_error *err);
/* Two prices side by side: every number that either has, and b over a. Errors: as tr_answer_price. */
TR_API tr_status tr_answer_price_diff(const tr_price *a, const tr_price *b, const tr_style *style, tr_sink *sink,
                                      tr_error *err);

/* ---- the equations ---------------------------------------------------------- */

/* One section of docs/equations.md. Static storage, no NULL fields. */
typedef struct tr_equation {
    const char *id;          /* "R1" */
    const char *title;
    const char *formula;
    const char *meaning;
    const char *derivation;
    const char *source;
    const char *caveats;
    const char *test;        /* names of the tests that prove it */
} tr_equation;

TR_API size_t tr_equation_count(void);
TR_API const tr_equation *tr_equation_at(size_t index);      /* by id; NULL past the end */
TR_API const tr_equation *tr_equation_find(const char *id);  /* ASCII case ignored; NULL if unknown */

/* One equation in full, or the claim of the lecture with this id (as tr_answer_lecture); id NULL or "": the
 * list of all equations.
 * Errors: TR_EUNKNOWN (with a "did you mean"), TR_EIO. */
TR_API tr_status tr_answer_explain(const char *id, tr_claim_experiment experiment, const tr_style *style,
                                   tr_sink *sink, tr_error *err);

/* ---- the lecture ------------------------------------------------------------ */

/* Which claims: all, or those that hold every word and are of the topic; a word that is an id ("L048") asks for that
 * one in full. */
enum { TR_LECTURE_WORDS = 6 };
typedef struct tr_lecture_ask {
    const char *word[TR_LECTURE_WORDS]; /* the first word_count are not NULL */
    size_t word_count;
    const char *topic;                  /* a part of it is enough; "": any */
} tr_lecture_ask;
/* The claims of the lecture as rows, computed now: what was said, what comes out, the verdict; of one of them each
 * question too, as a command to type, and its equation. What needs an experiment is "not run" where experiment is NULL
 * (tr_claim_compute). Allocates and frees.
 * Errors: TR_EUNKNOWN (with a "did you mean", or the topics), those of tr_claim_compute, TR_EIO. */
TR_API tr_status tr_answer_lecture(const tr_lecture_ask *ask, tr_claim_experiment experiment, const tr_style *style,
                                   tr_sink *sink, tr_error *err);
/* All of them as the Markdown of docs/lecture.md, totals first. Errors: as above. */
TR_API tr_status tr_answer_lecture_markdown(tr_claim_experiment experiment, tr_sink *sink, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_ASK_H */
