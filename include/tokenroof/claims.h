/* tokenroof/claims.h -- the claims of the blackboard lecture, each computed by this library's own functions.
 *
 * data/lecture/ holds the claims L001 to L143: what was said, where, what was
 * printed, how it is judged, and checks. A check is a question in the words
 * of the command line ("model=...; system=...; batch_seq=128") put to a
 * named function, with the number that must come out. Static storage; any
 * thread may call these functions.
 */
#ifndef TOKENROOF_CLAIMS_H
#define TOKENROOF_CLAIMS_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tr_verdict {
    TR_VERDICT_RIGHT = 0,    /* right as printed */
    TR_VERDICT_SLOPPY,       /* right in kind: a unit, a factor or a condition is missing */
    TR_VERDICT_CONTRADICTED, /* wrong as printed */
    TR_VERDICT_STATED,       /* a fact that nothing here computes */
    TR_VERDICT_COUNT
} tr_verdict;
TR_API const char *tr_verdict_name(tr_verdict verdict); /* "right", "sloppy", ...; "unknown" for others */

typedef enum tr_check_kind {
    TR_CHECK_PRINTED = 0,    /* gives the number as it was printed */
    TR_CHECK_CORRECTED,      /* gives what it ought to be */
    TR_CHECK_EXAMPLE         /* gives a number worked by hand, where none or another was printed */
} tr_check_kind;
TR_API const char *tr_check_kind_name(tr_check_kind kind); /* "printed", "corrected", "example" */

/* No NULL fields. */
typedef struct tr_claim {
    const char *id;          /* "L001" */
    const char *topic;
    const char *claim;       /* what was said, in our words */
    const char *source;      /* documents and sections */
    const char *date;        /* of the first of them */
    const char *printed;     /* the number as the sources have it, "" if none */
    const char *reason;      /* why not right as printed, or under what condition; "" if nothing is to be said */
    tr_verdict verdict;
    size_t check_count;
} tr_claim;

/* One question and its answer. No NULL fields. */
typedef struct tr_claim_check {
    tr_check_kind kind;
    const char *what;        /* of which case, "" if there is one only */
    const char *asks;        /* "balance_batch_seq" */
    const char *with;        /* "model=total=671e9,active=37e9; system=flops=600e12,bw=1e12" */
    const char *against;     /* "over", "less": the answer is set against a second one; "" if not */
    const char *against_asks;
    const char *against_with;
    double value;            /* what must come out, in the unit of the answer */
    double tolerance_ratio;  /* by how much of it the answer may differ: half of the last digit given; of 1 where it is 0 */
} tr_claim_check;

TR_API size_t tr_claim_count(void);
TR_API const tr_claim *tr_claim_at(size_t index);      /* by id; NULL past the end */
TR_API const tr_claim *tr_claim_find(const char *id);  /* ASCII case ignored; NULL if unknown */
TR_API const tr_claim_check *tr_claim_check_at(size_t index, size_t check); /* NULL past the end */

/* The answer of a check, its unit, and by what function of this tree it came. Allocates and
 * frees. Errors: TR_EDOMAIN (no such check), and those of the function that is asked. */
typedef struct tr_claim_answer {
    double value;
    tr_unit unit;
    const char *function;    /* "tr_balance_batch_seq"; where a formula is all there is, that: "1 - 1 / racks" */
    const char *equation;    /* its entry of docs/equations.md, "" if none */
} tr_claim_answer;
/* Two claims are about layers that run backwards: their questions run an experiment, which this library does not
 * hold. Who has one answers them here, as tr_claim_compute would; TR_EUNKNOWN for any other question. */
typedef tr_status (*tr_claim_experiment)(const char *asks, const char *with, tr_claim_answer *out, tr_error *err);
/* experiment NULL: such a check is TR_EMISSING, of the field "experiment". */
TR_API tr_status tr_claim_compute(size_t index, size_t check, tr_claim_experiment experiment, tr_claim_answer *out,
                                  tr_error *err);

/* The answer is the number that must come out, to its tolerance; NaN is not. */
TR_API int tr_claim_agrees(const tr_claim_check *check, const tr_claim_answer *answer);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_CLAIMS_H */
