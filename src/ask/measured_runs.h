/* ask/measured_runs.h -- published runs of the model and chips that are asked about, as rings of a figure. */
#ifndef TOKENROOF_SRC_ASK_MEASURED_RUNS_H
#define TOKENROOF_SRC_ASK_MEASURED_RUNS_H

#include <tokenroof/figure.h>
#include <tokenroof/problem.h>

enum { TR_MEASURED_GROUPS = 3, TR_MEASURED_RUNS = 12, TR_MEASURED_ALSO = 3 };

/* One deployment at several loads; means over all requests of a run. Static storage. */
typedef struct tr_measured_group {
    const char *model, *chip, *date;
    const char *name;            /* "vLLM 0.18.0, measured 2026-03-27" */
    const char *also[TR_MEASURED_ALSO]; /* models with the same layers, by their names in the catalog; NULL: no more */
    double chips, isl, osl;
    tr_dtype weight_dtype;
    size_t count;
    double seq[TR_MEASURED_RUNS]; /* clients */
    double ttft_s[TR_MEASURED_RUNS], tpot_s[TR_MEASURED_RUNS];
    const char *title[TR_MEASURED_RUNS]; /* all of it, a run each: what hovering shows */
} tr_measured_group;

typedef struct tr_measured {
    size_t count;                /* of groups; 0: nobody published any */
    const tr_measured_group *group[TR_MEASURED_GROUPS]; /* newest first */
} tr_measured;

/* Runs of the question's model, chips, count of chips and weight format whose lengths are within 25 % of these; the
 * newest where more groups than fit are known. Returns how many groups. */
size_t tr_measured_of_requests(const tr_problem *question, double prompt_token, double output_token, tr_measured *out);
/* The same of runs whose requests are on average half way at about this context, and whose prompts are no longer than
 * their answers: what they take beside is little then, and a step can be compared. */
size_t tr_measured_of_context(const tr_problem *question, double context_token, tr_measured *out);

/* Rings over the clients, TPOT or else TTFT, one series a group. Returns how many. */
size_t tr_measured_series(const tr_measured *measured, int is_tpot, tr_series *out);
/* Appends a sentence: whose runs they are; what: "", or "TPOT of ". Nothing where there are none. */
void tr_measured_caption(const tr_measured *measured, const char *what, char *out, size_t size);

#endif
