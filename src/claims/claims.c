/* claims/claims.c -- the claims of the lecture as read-only tables, and their checks asked. */
#include <math.h>
#include <string.h>

#include "claims/question.h"
#include "base/fail.h"
#include "base/text.h"

static const tr_claim_check checks[] = {
#define CLAIM_CHECKS
#include "claims/claims.inc"
#undef CLAIM_CHECKS
};

typedef struct entry {
    tr_claim claim;
    size_t first_check;
} entry;

static const entry claims[] = {
#define CLAIMS
#include "claims/claims.inc"
#undef CLAIMS
};
static const size_t claim_count = sizeof claims / sizeof claims[0];

const char *tr_verdict_name(tr_verdict verdict)
{
    switch (verdict) {
    case TR_VERDICT_RIGHT: return "right";
    case TR_VERDICT_SLOPPY: return "sloppy";
    case TR_VERDICT_CONTRADICTED: return "contradicted";
    case TR_VERDICT_STATED: return "stated";
    case TR_VERDICT_COUNT: break;
    }
    return "unknown";
}

size_t tr_claim_count(void) { return claim_count; }

const tr_claim *tr_claim_at(size_t index) { return index < claim_count ? &claims[index].claim : NULL; }

const tr_claim *tr_claim_find(const char *id)
{
    for (size_t i = 0; i < claim_count; i++)
        if (tr_text_same(claims[i].claim.id, id))
            return &claims[i].claim;
    return NULL;
}

const tr_claim_check *tr_claim_check_at(size_t index, size_t check)
{
    return index < claim_count && check < claims[index].claim.check_count ? &checks[claims[index].first_check + check]
                                                                          : NULL;
}

const tr_claim_question *tr_claim_question_at(size_t index)
{
    static const tr_claim_questions *const lists[] = {
        &tr_claim_step_questions,       &tr_claim_catalog_questions, &tr_claim_price_questions,
        &tr_claim_schedule_questions,   &tr_claim_training_questions, &tr_claim_oracle_questions,
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (index < lists[i]->count)
            return &lists[i]->at[index];
        index -= lists[i]->count;
    }
    return NULL;
}

const tr_claim_question *tr_claim_question_named(const char *name)
{
    const tr_claim_question *q = NULL;
    for (size_t i = 0; (q = tr_claim_question_at(i)) != NULL; i++)
        if (strcmp(q->name, name) == 0)
            break;
    return q;
}

static tr_status ask(const char *name, const char *with, tr_claim_experiment experiment, tr_claim_answer *out,
                     tr_error *err)
{
    const tr_claim_question *by = tr_claim_question_named(name);
    if (by == NULL && name[0] != '\0' && experiment != NULL)
        return experiment(name, with, out, err);
    if (by == NULL) { /* an experiment, or nothing asked */
        *out = (tr_claim_answer){.value = (double)NAN, .function = "", .equation = ""};
        return TR_OK;
    }
    *out = (tr_claim_answer){.unit = by->unit, .function = by->function, .equation = by->equation};
    return by->answer(with, &out->value, err);
}

tr_status tr_claim_compute(size_t index, size_t check, tr_claim_experiment experiment, tr_claim_answer *out,
                           tr_error *err)
{
    const tr_claim_check *c = tr_claim_check_at(index, check);
    tr_claim_answer answer, other;
    if (c == NULL)
        return tr_fail(err, TR_EDOMAIN, "check", (double)check, "no such claim or check");
    tr_status s = ask(c->asks, c->with, experiment, &answer, err);
    if (s == TR_OK && c->against[0] != '\0') {
        s = ask(c->against_asks, c->against_with, experiment, &other, err);
        if (s != TR_OK)
            return s;
        if (strcmp(c->against, "over") == 0) {
            answer.value /= other.value;
            answer.unit = TR_UNIT_NONE;
        } else {
            answer.value -= other.value;
        }
        if (answer.function[0] == '\0') { /* a stated number set against a computed one */
            answer.function = other.function;
            answer.equation = other.equation;
        }
    }
    if (s == TR_OK)
        *out = answer;
    return s;
}
