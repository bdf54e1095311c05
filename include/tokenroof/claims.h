/* tokenroof/claims.h -- the claims of the blackboard lecture, each computed by this library's own functions.
 *
 * data/lecture/ holds the claims L001 and on: what was said, where, and checks. A
 * check is a question in the words of the command line ("model=...; system=...;
 * batch_seq=128") put to a named function, with the number that must come out
 * and, where the claim says a number of that case, that number as it was
 * written. The verdict is not written down anywhere: it follows from those two
 * by one rule, tr_claim_judge. Static storage; any thread may call these functions.
 */
#ifndef TOKENROOF_CLAIMS_H
#define TOKENROOF_CLAIMS_H

#include <tokenroof/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* No NULL fields. A claim with several assertions ("flash for five minutes, a disk for an hour") has a part for each,
 * "L067a" and "L067b", which follow it, and no checks of its own. */
typedef struct tr_claim {
    const char *id;          /* "L001" */
    const char *topic;
    const char *claim;       /* what was said, in our words */
    const char *source;      /* documents and sections */
    const char *date;        /* of the first of them */
    const char *printed;     /* the number as the sources have it, "" if none */
    const char *reason;      /* why right, or why not, or under what condition */
    size_t check_count;
    size_t part_count;       /* of the claims behind it that are its parts */
} tr_claim;

/* One question and its answer. No NULL fields. */
typedef struct tr_claim_check {
    const char *what;        /* of which case, "" if there is one only */
    const char *asks;        /* "balance_batch_seq"; "" where the source's number is all there is */
    const char *with;        /* "model=total=671e9,active=37e9; system=flops=600e12,bw=1e12" */
    const char *against;     /* "over", "less": the answer is set against a second one; "" if not */
    const char *against_asks;
    const char *against_with;
    const char *says;        /* what the claim says of this case, as written; "": it says nothing, and is not judged by it */
    const char *gives;       /* what must come out, to the digits written; "" where nothing is asked */
} tr_claim_check;

TR_API size_t tr_claim_count(void);
TR_API const tr_claim *tr_claim_at(size_t index);      /* by id; NULL past the end */
TR_API const tr_claim *tr_claim_find(const char *id);  /* ASCII case ignored; NULL if unknown */
TR_API const tr_claim_check *tr_claim_check_at(size_t index, size_t check); /* NULL past the end */

/* ---- the answers --------------------------------------------------------------- */

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
/* NaN where nothing is asked, and of an experiment that nobody has (experiment NULL). */
TR_API tr_status tr_claim_compute(size_t index, size_t check, tr_claim_experiment experiment, tr_claim_answer *out,
                                  tr_error *err);

/* The command that answers the same question, "" if none does, and the key of its JSON that holds the number: "a.b+c.d"
 * adds two; "" where no single key does. second: that of the question it is set against. */
typedef struct tr_claim_line {
    char command[320], key[64];
} tr_claim_line;
TR_API void tr_claim_command(const tr_claim_check *check, int second, tr_claim_line *out);

/* ---- the verdict --------------------------------------------------------------- */

/* A number as written: "300", "12.8e-3", "15e-3 to 20e-3", ">= 10e-3", "<= 1". Every digit written counts, so that it
 * stands for all numbers within half of a unit of its last digit. */
typedef struct tr_claim_span {
    double low, high;        /* +-TR_CLAIM_NO_END: to no end */
    double value;            /* as written, the lower of a range */
    int single;              /* one number, neither a range nor a limit */
} tr_claim_span;
#define TR_CLAIM_NO_END 1e300
TR_API int tr_claim_written(const char *text, tr_claim_span *out); /* 0: not such a text */

/* THE tolerance, the only one: agrees, if the computed number rounds to the one written or lies in the range written;
 * near, if one number was written and the two are within a factor of 1.3; off, if neither. A range or a limit has said
 * itself how far it reaches, and nothing is near it. */
#define TR_CLAIM_NEAR_RATIO 1.3
typedef enum tr_agreement { TR_AGREES = 0, TR_AGREE_NEAR, TR_AGREE_OFF, TR_AGREE_NOT_JUDGED } tr_agreement;
TR_API tr_agreement tr_claim_judge(const char *written, double value); /* NaN, or no such text: not judged */
TR_API const char *tr_agreement_name(tr_agreement agreement); /* "agrees", "near", "off"; "" for not judged */

typedef enum tr_verdict {
    TR_VERDICT_RIGHT = 0,    /* every number computed for it agrees with what it says */
    TR_VERDICT_SLOPPY,       /* some agree and some do not, or one is near: a unit, a digit or a condition is missing */
    TR_VERDICT_CONTRADICTED, /* all are off */
    TR_VERDICT_STATED,       /* nothing here computes what it says */
    TR_VERDICT_COUNT
} tr_verdict;
TR_API const char *tr_verdict_name(tr_verdict verdict); /* "right", "sloppy", ...; "unknown" for others */
/* A claim with parts: right if all of them are, contradicted if all are, else sloppy; stated ones are left aside.
 * Numbers that read back what a source states, or that nobody has run, do not count. Errors: of tr_claim_compute. */
TR_API tr_status tr_claim_verdict(size_t index, tr_claim_experiment experiment, tr_verdict *out, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_CLAIMS_H */
