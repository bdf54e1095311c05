/* lab/lab_claims.c -- the claims about layers that run backwards, answered by running them. */
#include "lab/lab.h"

#include <string.h>

#include "base/fail.h"
#include "claims/question.h"

enum { BLOCK = 64, MESSAGES = 256, LAYERS = 16, WIDTH = 6, BATCH = 2 };
enum { PARAMS = 2 * LAYERS * (WIDTH * WIDTH + WIDTH), STATES = 2 * BATCH * WIDTH }; /* 11 KiB on the stack */

/* Share of messages that come back from a cipher whose round function cannot be inverted. */
static tr_status feistel_back(const char *with, double *out, tr_error *err)
{
    double rounds = 0, back = 0;
    tr_status s = tr_claim_number(with, "rounds", &rounds, err);
    if (s != TR_OK)
        return s;
    const tr_feistel cipher = {.key = 42, .rounds = (int)rounds, .reach = 0};
    for (int m = 0; m < MESSAGES; m++) {
        unsigned char message[BLOCK], block[BLOCK];
        for (int i = 0; i < BLOCK; i++)
            message[i] = (unsigned char)(m * 7 + i * i);
        memcpy(block, message, BLOCK);
        s = tr_feistel_encrypt(&cipher, block, BLOCK, err);
        const int changed = s == TR_OK && memcmp(block, message, BLOCK) != 0;
        if (s == TR_OK)
            s = tr_feistel_decrypt(&cipher, block, BLOCK, err);
        if (s != TR_OK)
            return s;
        back += changed && memcmp(block, message, BLOCK) == 0;
    }
    *out = back / MESSAGES;
    return TR_OK;
}

/* Largest error over largest number after a stack forwards and backwards, in the numbers "form" names. */
static tr_status revnet_drift(const char *with, double *out, tr_error *err)
{
    const tr_stack stack = {.layers = LAYERS, .width = WIDTH, .batch = BATCH, .seed = 1, .gain_ratio = 1};
    double param[PARAMS], x[STATES], work[STATES];
    char name[16];
    tr_form form = TR_FORM_COUNT;
    if (!tr_claim_text(with, "form", name, sizeof name))
        return tr_fail(err, TR_EMISSING, "form", 0, "this question needs the setting 'form'");
    for (int f = 0; f < TR_FORM_COUNT; f++)
        if (strcmp(tr_form_name((tr_form)f), name) == 0)
            form = (tr_form)f;
    if (form == TR_FORM_COUNT)
        return tr_fail(err, TR_EUNKNOWN, "form", 0, "no form '%.10s'", name);
    if (tr_stack_params(&stack) > PARAMS || tr_stack_states(&stack) > STATES)
        return tr_fail(err, TR_ECAPACITY, "", 0, "the stack is larger than its work area");
    tr_status s = tr_stack_draw(&stack, param, x, err);
    return s == TR_OK ? tr_revnet_drift(&stack, param, x, form, work, out, err) : s;
}

tr_status tr_lab_claim(const char *asks, const char *with, tr_claim_answer *out, tr_error *err)
{
    static const tr_claim_question questions[] = {
        {"feistel_back_share", TR_UNIT_RATIO, "tr_feistel_decrypt", "K50", "reversible", NULL, feistel_back},
        {"revnet_drift_ratio", TR_UNIT_NONE, "tr_revnet_drift", "K52", "reversible", NULL, revnet_drift},
    };
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        const tr_claim_question *q = &questions[i];
        if (strcmp(q->name, asks) != 0)
            continue;
        tr_claim_answer answer = {.unit = q->unit, .function = q->function, .equation = q->equation};
        const tr_status s = q->answer(with, &answer.value, err);
        if (s == TR_OK)
            *out = answer;
        return s;
    }
    return tr_fail(err, TR_EUNKNOWN, "asks", 0, "no question '%.60s'", asks);
}
