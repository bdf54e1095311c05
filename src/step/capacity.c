/* step/capacity.c -- what fits: the largest batch, the longest context, and how long the memory takes to read. */
#include <tokenroof/step.h>

#include <math.h>

#include "step/terms.h"

#define WHOLE_MAX 9007199254740992.0 /* 2^53: whole numbers are exact up to here */

static double per_seq_byte(const tr_roofline *roof, const tr_model *model, double stored_token)
{
    return tr_model_kv_store_byte(model, stored_token, roof->kv_elem_byte) + model->state_byte_per_seq;
}

double tr_resident_byte(const tr_roofline *roof, const tr_model *model, double batch_seq, double stored_token)
{
    return roof->store_weight_byte + batch_seq * per_seq_byte(roof, model, stored_token);
}

double tr_max_batch_seq(const tr_roofline *roof, const tr_model *model, double context_token)
{
    if (tr_roofline_check(roof, NULL) != TR_OK || model == NULL || !(context_token >= 0.0) ||
        !(context_token <= STEP_CONTEXT_MAX_TOKEN * 2.0))
        return (double)NAN;
    const double free_byte = roof->memory_byte - roof->store_weight_byte;
    if (!(free_byte >= 0.0))
        return 0.0;
    /* [R12] Weights are stored once, KV and state once per sequence. */
    const double seq_byte = per_seq_byte(roof, model, context_token);
    if (!(seq_byte > 0.0) || !(roof->memory_byte <= 1e300))
        return HUGE_VAL;
    double batch = floor(free_byte / seq_byte);
    if (!(batch < WHOLE_MAX))
        return batch;
    /* The quotient may round across a whole number: settle with the same sum the step checks. */
    if (tr_resident_byte(roof, model, batch, context_token) > roof->memory_byte)
        batch -= 1.0;
    else if (tr_resident_byte(roof, model, batch + 1.0, context_token) <= roof->memory_byte)
        batch += 1.0;
    return batch;
}

double tr_max_context_token(const tr_roofline *roof, const tr_model *model, double batch_seq)
{
    if (tr_roofline_check(roof, NULL) != TR_OK || model == NULL ||
        !(batch_seq >= 1.0 && batch_seq <= STEP_BATCH_MAX_SEQ))
        return (double)NAN;
    if (!(tr_resident_byte(roof, model, batch_seq, 0.0) <= roof->memory_byte))
        return 0.0;
    /* [R13] What is stored never shrinks with context (windows stop it from growing):
     * double until it does not fit, then halve down to one token. */
    double fits = 0.0, over = 1.0;
    while (tr_resident_byte(roof, model, batch_seq, over) <= roof->memory_byte) {
        fits = over;
        over *= 2.0;
        if (over > WHOLE_MAX)
            return HUGE_VAL;
    }
    while (over - fits > 1.0) {
        const double middle = floor(0.5 * (fits + over));
        if (tr_resident_byte(roof, model, batch_seq, middle) <= roof->memory_byte)
            fits = middle;
        else
            over = middle;
    }
    return fits;
}

double tr_drain_s(const tr_roofline *roof)
{
    if (tr_roofline_check(roof, NULL) != TR_OK)
        return (double)NAN;
    return roof->memory_byte / roof->byte_per_s; /* [R14] */
}
