/* claims/question.h -- how a claim's check is asked: settings, questions, and the functions that answer them. */
#ifndef TOKENROOF_SRC_CLAIMS_QUESTION_H
#define TOKENROOF_SRC_CLAIMS_QUESTION_H

#include <tokenroof/claims.h>
#include <tokenroof/problem.h>

#include <stdlib.h>

/* One kind of question. with: settings as "key=value; key=value". */
typedef struct tr_claim_question {
    const char *name;        /* "balance_batch_seq" */
    tr_unit unit;            /* of the answer */
    const char *function;    /* the public function that answers, or the whole formula */
    const char *equation;    /* "R9", "" if none */
    /* The command that answers it: "*" for model, system and options, "{chip}" for a setting; NULL: `explain` of the
     * equation. And the key of its JSON; NULL: no single one. */
    const char *command, *key;
    tr_status (*answer)(const char *with, double *out, tr_error *err);
} tr_claim_question;

typedef struct tr_claim_questions {
    const tr_claim_question *at;
    size_t count;
} tr_claim_questions;

#define TR_CLAIM_QUESTIONS(LIST, TABLE) const tr_claim_questions LIST = {TABLE, sizeof(TABLE) / sizeof((TABLE)[0])}

/* By theme, one file each. */
extern const tr_claim_questions tr_claim_step_questions;
extern const tr_claim_questions tr_claim_catalog_questions;
extern const tr_claim_questions tr_claim_oracle_questions;
extern const tr_claim_questions tr_claim_price_questions;
extern const tr_claim_questions tr_claim_schedule_questions;
extern const tr_claim_questions tr_claim_training_questions;

/* All of them, one after the other; NULL past the end. */
const tr_claim_question *tr_claim_question_at(size_t index);
const tr_claim_question *tr_claim_question_named(const char *name); /* NULL: none of that name */

/* A setting and where the next begins; 0 at the end, or where with is not of the form "key=value; key=value". */
typedef struct tr_claim_setting {
    const char *key, *value;
    size_t key_length, value_length;
} tr_claim_setting;
int tr_claim_next(const char **with, tr_claim_setting *out);

/* A setting's text; 0 if it is not among them, or longer than out. */
int tr_claim_text(const char *with, const char *key, char *out, size_t size);
/* A setting that is a plain number. Errors: TR_EMISSING, TR_EPARSE. */
tr_status tr_claim_number(const char *with, const char *key, double *out, tr_error *err);
/* The same, or what stands in for it. */
tr_status tr_claim_number_or(const char *with, const char *key, double fallback, double *out, tr_error *err);

/* Several plain numbers; keys end at NULL, and are at most TR_CLAIM_NUMBERS. Errors: as above. */
enum { TR_CLAIM_NUMBERS = 8 };
tr_status tr_claim_numbers(const char *with, const char *const *keys, double *out, tr_error *err);

/* A question NAME that is a VALUE of plain numbers: v[0], v[1], ... are those of the keys that follow. */
#define TR_CLAIM_FORMULA(NAME, VALUE, ...)                                                                 \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        static const char *const keys[] = {__VA_ARGS__, NULL};                                             \
        double v[TR_CLAIM_NUMBERS];                                                                        \
        const tr_status s = tr_claim_numbers(with, keys, v, err);                                          \
        if (s == TR_OK)                                                                                    \
            *out = VALUE;                                                                                  \
        return s;                                                                                          \
    }

/* The model that "model" names; allocated, free() it. */
tr_status tr_claim_model(const char *with, tr_model **out, tr_error *err);

/* A question with the model and the system that it is about. */
typedef struct tr_claim_case {
    tr_model model;
    tr_system system;
    tr_problem question;
} tr_claim_case;
/* Model, system and load of the settings, which are inputs of the table and the key "margin"; allocated, free() it. */
tr_status tr_claim_case_of(const char *with, tr_claim_case **out, tr_error *err);

#define TR_CLAIM_ANSWER(NAME, TYPE, MAKE, VALUE)                                                           \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        TYPE made = NULL;                                                                                  \
        const tr_status s = MAKE(with, &made, err);                                                        \
        if (s == TR_OK)                                                                                    \
            *out = VALUE(made);                                                                            \
        free(made);                                                                                        \
        return s;                                                                                          \
    }
/* A question NAME that is a VALUE of the model m. */
#define TR_CLAIM_MODEL(NAME, VALUE)                                                                        \
    static double NAME##_of(const tr_model *m) { return VALUE; }                                           \
    TR_CLAIM_ANSWER(NAME, tr_model *, tr_claim_model, NAME##_of)
/* One that is a VALUE of the case q. */
#define TR_CLAIM_CASE(NAME, VALUE)                                                                         \
    static double NAME##_in(const tr_problem *q) { return VALUE; }                                         \
    static double NAME##_of(const tr_claim_case *c) { return NAME##_in(&c->question); }                    \
    TR_CLAIM_ANSWER(NAME, tr_claim_case *, tr_claim_case_of, NAME##_of)
/* One that is a VALUE of one pass of the case, by the two equations. */
#define TR_CLAIM_PASS(NAME, VALUE)                                                                         \
    static tr_status NAME(const char *with, double *out, tr_error *err)                                    \
    {                                                                                                      \
        tr_claim_case *c = NULL;                                                                           \
        tr_step step;                                                                                      \
        tr_status s = tr_claim_case_of(with, &c, err);                                                     \
        if (s == TR_OK)                                                                                    \
            s = tr_bound_step(&c->question.roof, &c->question.load, &step, err);                           \
        if (s == TR_OK)                                                                                    \
            *out = VALUE;                                                                                  \
        free(c);                                                                                           \
        return s;                                                                                          \
    }

#endif
