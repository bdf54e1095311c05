/* lab/experiment.c -- the whole experiment: ciphers, drift, growth, and a stack trained three ways. */
#include "lab/lab.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/rng.h"
#include "life/reversible_limits.h"

enum { SAMPLES = 256 };

static size_t most_train_byte(const tr_stack *stack)
{
    size_t most = 0;
    for (int keep = 0; keep < TR_KEEP_COUNT; keep++) {
        const size_t byte = tr_stack_train_byte(stack, (tr_keep)keep);
        most = byte > most ? byte : most;
    }
    return most;
}

/* Parameters, two gradients and a state; then one area that each part of the experiment has to itself. */
static size_t shared_area_byte(const tr_stack *stack, size_t block)
{
    const size_t train = most_train_byte(stack), pair = 2 * tr_stack_states(stack) * sizeof(double);
    const size_t most = train > pair ? train : pair, messages = 2 * block;
    return most > messages ? most : messages;
}

size_t tr_lab_byte(const tr_stack *stack, size_t block)
{
    if (tr_stack_params(stack) == 0 || block > TR_FEISTEL_BLOCK_MAX)
        return 0;
    return (3 * tr_stack_params(stack) + tr_stack_states(stack)) * sizeof(double) + shared_area_byte(stack, block);
}

static tr_status count_inverted(tr_lab *lab, unsigned char *work, tr_error *err)
{
    unsigned char *message = work, *copy = work + lab->block;
    tr_rng rng;
    tr_rng_seed(&rng, lab->cipher.key + 1);
    for (size_t n = 0; n < lab->samples; n++) {
        for (size_t i = 0; i < lab->block; i++)
            message[i] = (unsigned char)tr_rng_next(&rng);
        memcpy(copy, message, lab->block);
        tr_status s = tr_feistel_encrypt(&lab->cipher, copy, lab->block, err);
        if (s == TR_OK)
            s = tr_feistel_decrypt(&lab->cipher, copy, lab->block, err);
        if (s != TR_OK)
            return s;
        lab->inverted += memcmp(copy, message, lab->block) == 0;
    }
    return TR_OK;
}

static tr_status try_ciphers(tr_lab *lab, unsigned char *work, tr_error *err)
{
    tr_feistel local = lab->cipher;
    local.reach = 2;
    tr_status s = tr_feistel_avalanche(&lab->cipher, lab->block, lab->samples, work, lab->flip_share, err);
    if (s == TR_OK)
        s = tr_feistel_avalanche(&local, lab->block, lab->samples, work, lab->local_flip_share, err);
    for (int round = 0; round <= lab->cipher.rounds; round++)
        lab->ideal_share[round] = tr_feistel_ideal_share(lab->block, round);
    return s == TR_OK ? count_inverted(lab, work, err) : s;
}

static tr_status try_layers(tr_lab *lab, const double *param, const double *x, void *work, tr_error *err)
{
    const double growth_ratio = tr_stack_growth_ratio(lab->stack.gain_ratio);
    /* One bit of a message is this share of the bits in which unrelated ones differ. */
    const double offset_ratio = 2.0 * lab->ideal_share[0];
    tr_status s = tr_stack_growth(&lab->stack, param, x, offset_ratio, work, lab->apart_share, err);
    lab->apart_limit_share[0] = lab->apart_share[0];
    for (size_t i = 1; i <= lab->stack.layers; i++) {
        const double next = lab->apart_limit_share[i - 1] * growth_ratio;
        lab->apart_limit_share[i] = next < 1.0 ? next : 1.0;
    }
    for (size_t depth = 1; s == TR_OK && depth <= lab->stack.layers; depth *= 2) {
        tr_stack shallow = lab->stack;
        shallow.layers = depth;
        lab->depth[lab->depths] = depth;
        for (int form = 0; s == TR_OK && form < TR_FORM_COUNT; form++)
            s = tr_revnet_drift(&shallow, param, x, (tr_form)form, work, &lab->drift_ratio[lab->depths][form], err);
        lab->depths++;
    }
    return s;
}

static double error_ratio(const double *a, const double *reference, size_t n)
{
    double worst = 0.0, largest = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double error = fabs(a[i] - reference[i]), size = fabs(reference[i]);
        worst = error > worst ? error : worst;
        largest = size > largest ? size : largest;
    }
    return largest > 0.0 ? worst / largest : worst;
}

tr_status tr_lab_run(const tr_stack *stack, const tr_feistel *cipher, size_t block, void *work, size_t work_size,
                     tr_lab *out, tr_error *err)
{
    if (stack == NULL || cipher == NULL || work == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "work", 0.0, "expected a stack, a cipher and a work area");
    const size_t need = tr_lab_byte(stack, block), params = tr_stack_params(stack);
    if (need > 0 && work_size < need)
        return tr_fail(err, TR_ECAPACITY, "work_size", (double)work_size, "the experiment takes %.0f bytes",
                       (double)need);
    double *param = work, *reference = param + params, *gradient = reference + params, *x = gradient + params;
    double *area = x + tr_stack_states(stack);
    tr_status s = tr_stack_draw(stack, param, x, err);
    if (s != TR_OK)
        return s;
    tr_lab lab = {.stack = *stack, .cipher = *cipher, .block = block, .samples = SAMPLES};
    lab.cipher.reach = 0;
    s = try_ciphers(&lab, (unsigned char *)area, err);
    if (s == TR_OK)
        s = try_layers(&lab, param, x, area, err);
    for (int keep = 0; s == TR_OK && keep < TR_KEEP_COUNT; keep++) {
        const size_t byte = tr_stack_train_byte(stack, (tr_keep)keep);
        double *by = keep == 0 ? reference : gradient;
        lab.predicted_byte[keep] = (double)byte;
        lab.time_s[keep] = (double)NAN;
        s = tr_stack_train(stack, param, x, (tr_keep)keep, area, byte, by, &lab.run[keep], err);
        if (s == TR_OK)
            lab.gradient_error_ratio[keep] = error_ratio(by, reference, params);
    }
    if (s == TR_OK)
        *out = lab;
    return s;
}
