/* lab/revnet.c -- RevNet layers over floats and over integers: forward, back, drift, and growth. */
#include "lab/revnet.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/rng.h"

const char *tr_form_name(tr_form form)
{
    static const char *const names[TR_FORM_COUNT] = {"int64", "fp64", "fp32", "bf16"};
    return (unsigned)form < TR_FORM_COUNT ? names[form] : "unknown";
}

tr_status tr_stack_check(const tr_stack *stack, const void *a, const void *b, tr_error *err)
{
    if (stack == NULL || a == NULL || b == NULL)
        return tr_fail(err, TR_EMISSING, stack == NULL ? "stack" : "x", 0.0, "expected a stack and its numbers");
    if (stack->layers < 1 || stack->layers > TR_STACK_LAYER_MAX)
        return tr_fail(err, TR_EDOMAIN, "stack_layers", (double)stack->layers, "a stack has 1 to %d layers",
                       TR_STACK_LAYER_MAX);
    if (stack->width < 1 || stack->width > TR_STACK_WIDTH_MAX)
        return tr_fail(err, TR_EDOMAIN, "stack_dim", (double)stack->width, "a stream is 1 to %d numbers wide",
                       TR_STACK_WIDTH_MAX);
    if (stack->batch < 1 || stack->batch > TR_STACK_BATCH_MAX)
        return tr_fail(err, TR_EDOMAIN, "stack_rows", (double)stack->batch, "a stack runs on 1 to %d rows",
                       TR_STACK_BATCH_MAX);
    if (!(stack->gain_ratio >= 0.0 && stack->gain_ratio <= 4.0))
        return tr_fail(err, TR_EDOMAIN, "gain_ratio", stack->gain_ratio, "the gain is 0 to 4");
    return TR_OK;
}

size_t tr_branch_params(const tr_stack *stack) { return stack->width * stack->width + stack->width; }

const double *tr_branch_param(const tr_stack *stack, const double *param, size_t layer, int which)
{
    return param + (2 * layer + (size_t)which) * tr_branch_params(stack);
}

size_t tr_stack_params(const tr_stack *stack)
{
    return tr_stack_check(stack, stack, stack, NULL) == TR_OK ? 2 * stack->layers * tr_branch_params(stack) : 0;
}

size_t tr_stack_states(const tr_stack *stack)
{
    return tr_stack_check(stack, stack, stack, NULL) == TR_OK ? 2 * stack->batch * stack->width : 0;
}

/* Of variance 1, from sums and a root alone, so that every machine draws the same. */
static double draw(tr_rng *rng) { return sqrt(12.0) * (tr_rng_uniform(rng) - 0.5); }

tr_status tr_stack_draw(const tr_stack *stack, double *param, double *x, tr_error *err)
{
    const tr_status s = tr_stack_check(stack, param, x, err);
    if (s != TR_OK)
        return s;
    const size_t branch = tr_branch_params(stack), weights = stack->width * stack->width;
    const double scale = stack->gain_ratio / sqrt((double)stack->width);
    tr_rng rng;
    tr_rng_seed(&rng, stack->seed);
    for (size_t i = 0; i < tr_stack_params(stack); i++)
        param[i] = i % branch < weights ? scale * draw(&rng) : 0.1 * stack->gain_ratio * draw(&rng);
    for (size_t i = 0; i < tr_stack_states(stack); i++)
        x[i] = draw(&rng);
    return TR_OK;
}

void tr_branch_forward(const tr_stack *stack, const double *param, size_t rows, const double *x, double *y)
{
    const size_t width = stack->width;
    const double *bias = param + width * width;
    for (size_t row = 0; row < rows; row++, x += width, y += width) {
        memcpy(y, bias, width * sizeof *y);
        size_t j = 0;
        for (; j + 4 <= width; j += 4) { /* four inputs a sweep: fewer reads and writes of y */
            const double *w = param + j * width;
            const double x0 = x[j], x1 = x[j + 1], x2 = x[j + 2], x3 = x[j + 3];
            for (size_t i = 0; i < width; i++)
                y[i] += x0 * w[i] + x1 * w[width + i] + x2 * w[2 * width + i] + x3 * w[3 * width + i];
        }
        for (; j < width; j++)
            for (size_t i = 0; i < width; i++)
                y[i] += x[j] * param[j * width + i];
        for (size_t i = 0; i < width; i++)
            y[i] /= sqrt(1.0 + y[i] * y[i]);
    }
}

/* ---- over floats ---------------------------------------------------------------- */

static double rounded(double x, tr_form form)
{
    if (form == TR_FORM_FP64)
        return x;
    const float single = (float)x;
    if (form == TR_FORM_FP32)
        return single;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    bits = (bits + 0x7FFFU + ((bits >> 16) & 1U)) & 0xFFFF0000U; /* to nearest, halves to even */
    float out;
    memcpy(&out, &bits, sizeof out);
    return out;
}

/* One row: to += sign * F(from). */
static void add_branch(const tr_stack *stack, const double *branch, const double *from, double *to, double sign,
                       tr_form form)
{
    double a[TR_STACK_WIDTH_MAX];
    tr_branch_forward(stack, branch, 1, from, a);
    for (size_t i = 0; i < stack->width; i++)
        to[i] = rounded(to[i] + sign * a[i], form);
}

static void layer_forward(const tr_stack *stack, const double *param, size_t layer, tr_form form, double *x)
{
    for (size_t row = 0; row < stack->batch; row++) {
        double *x1 = x + row * stack->width, *x2 = x1 + stack->batch * stack->width;
        /* [K52] Each addition changes one stream by what the other, unchanged, says. */
        add_branch(stack, tr_branch_param(stack, param, layer, 0), x2, x1, 1.0, form);
        add_branch(stack, tr_branch_param(stack, param, layer, 1), x1, x2, 1.0, form);
    }
}

static tr_status check_form(tr_form form, tr_error *err)
{
    if (form != TR_FORM_FP64 && form != TR_FORM_FP32 && form != TR_FORM_BF16)
        return tr_fail(err, TR_EDOMAIN, "form", (double)form, "expected fp64, fp32 or bf16");
    return TR_OK;
}

tr_status tr_revnet_forward(const tr_stack *stack, const double *param, tr_form form, double *x, tr_error *err)
{
    tr_status s = tr_stack_check(stack, param, x, err);
    if (s == TR_OK)
        s = check_form(form, err);
    for (size_t layer = 0; s == TR_OK && layer < stack->layers; layer++)
        layer_forward(stack, param, layer, form, x);
    return s;
}

tr_status tr_revnet_inverse(const tr_stack *stack, const double *param, tr_form form, double *x, tr_error *err)
{
    tr_status s = tr_stack_check(stack, param, x, err);
    if (s == TR_OK)
        s = check_form(form, err);
    for (size_t layer = s == TR_OK ? stack->layers : 0; layer-- > 0;) {
        for (size_t row = 0; row < stack->batch; row++) {
            double *x1 = x + row * stack->width, *x2 = x1 + stack->batch * stack->width;
            add_branch(stack, tr_branch_param(stack, param, layer, 1), x1, x2, -1.0, form);
            add_branch(stack, tr_branch_param(stack, param, layer, 0), x2, x1, -1.0, form);
        }
    }
    return s;
}

/* ---- over integers ---------------------------------------------------------------- */

/* relu and weights in units of 2^-16, in arithmetic modulo 2^64: any function of `from` would do. */
static void add_branch_int(const tr_stack *stack, const double *branch, const int64_t *from, int64_t *to, int back)
{
    const size_t width = stack->width;
    for (size_t i = 0; i < width; i++) {
        uint64_t sum = (uint64_t)(int64_t)floor(branch[width * width + i] * 65536.0) << 16;
        for (size_t j = 0; j < width; j++) {
            const int64_t weight = (int64_t)floor(branch[j * width + i] * 65536.0);
            if (from[j] > 0)
                sum += (uint64_t)weight * ((uint64_t)from[j] >> 16);
        }
        to[i] = (int64_t)(back ? (uint64_t)to[i] - sum : (uint64_t)to[i] + sum);
    }
}

static tr_status check_params(const tr_stack *stack, const double *param, tr_error *err)
{
    for (size_t i = 0; i < tr_stack_params(stack); i++)
        if (!(param[i] >= -1e6 && param[i] <= 1e6))
            return tr_fail(err, TR_EDOMAIN, "param", param[i], "the parameters must be between -1e6 and 1e6");
    return TR_OK;
}

static tr_status run_int(const tr_stack *stack, const double *param, int64_t *x, int back, tr_error *err)
{
    tr_status s = tr_stack_check(stack, param, x, err);
    if (s == TR_OK)
        s = check_params(stack, param, err);
    for (size_t n = 0; s == TR_OK && n < 2 * stack->layers; n++) {
        const size_t at = back ? 2 * stack->layers - 1 - n : n;
        const double *branch = tr_branch_param(stack, param, at / 2, at % 2);
        for (size_t row = 0; row < stack->batch; row++) {
            int64_t *x1 = x + row * stack->width, *x2 = x1 + stack->batch * stack->width;
            add_branch_int(stack, branch, at % 2 ? x1 : x2, at % 2 ? x2 : x1, back);
        }
    }
    return s;
}

tr_status tr_revnet_forward_int(const tr_stack *stack, const double *param, int64_t *x, tr_error *err)
{
    return run_int(stack, param, x, 0, err);
}

tr_status tr_revnet_inverse_int(const tr_stack *stack, const double *param, int64_t *x, tr_error *err)
{
    return run_int(stack, param, x, 1, err);
}

/* ---- how well the way back ends, and how far two runs part --------------------------- */

static tr_status check_state(const tr_stack *stack, const double *x, tr_error *err)
{
    for (size_t i = 0; i < tr_stack_states(stack); i++)
        if (!(x[i] >= -1e6 && x[i] <= 1e6))
            return tr_fail(err, TR_EDOMAIN, "x", x[i], "the state must be between -1e6 and 1e6");
    return TR_OK;
}

static tr_status drift_int(const tr_stack *stack, const double *param, const double *x, int64_t *work,
                           double *worst, tr_error *err)
{
    const size_t n = tr_stack_states(stack);
    for (size_t i = 0; i < n; i++)
        work[i] = (int64_t)(x[i] * 4294967296.0);
    tr_status s = tr_revnet_forward_int(stack, param, work, err);
    if (s == TR_OK)
        s = tr_revnet_inverse_int(stack, param, work, err);
    for (size_t i = 0; s == TR_OK && i < n; i++) {
        const double error = fabs((double)work[i] - (double)(int64_t)(x[i] * 4294967296.0)) / 4294967296.0;
        *worst = error > *worst ? error : *worst;
    }
    return s;
}

tr_status tr_revnet_drift(const tr_stack *stack, const double *param, const double *x, tr_form form, void *work,
                          double *drift_ratio, tr_error *err)
{
    tr_status s = tr_stack_check(stack, param, x, err);
    if (s == TR_OK && (work == NULL || drift_ratio == NULL))
        s = tr_fail(err, TR_EMISSING, "work", 0.0, "expected a work area");
    if (s == TR_OK)
        s = check_state(stack, x, err);
    if (s == TR_OK && form != TR_FORM_INT64)
        s = check_form(form, err);
    if (s != TR_OK)
        return s;
    double largest = 0.0, worst = 0.0;
    const size_t n = tr_stack_states(stack);
    for (size_t i = 0; i < n; i++)
        largest = fabs(x[i]) > largest ? fabs(x[i]) : largest;
    if (form == TR_FORM_INT64) {
        s = drift_int(stack, param, x, work, &worst, err);
    } else {
        double *state = work;
        for (size_t i = 0; i < n; i++)
            state[i] = rounded(x[i], form);
        s = tr_revnet_forward(stack, param, form, state, err);
        if (s == TR_OK)
            s = tr_revnet_inverse(stack, param, form, state, err);
        for (size_t i = 0; i < n; i++) {
            const double error = fabs(state[i] - rounded(x[i], form));
            worst = error > worst ? error : worst;
        }
    }
    if (s == TR_OK)
        *drift_ratio = largest > 0.0 ? worst / largest : worst;
    return s;
}

static double apart(const double *a, const double *b, size_t n)
{
    double distance = 0.0, size = 0.0;
    for (size_t i = 0; i < n; i++) {
        distance += (a[i] - b[i]) * (a[i] - b[i]);
        size += a[i] * a[i] + b[i] * b[i];
    }
    return size > 0.0 ? sqrt(distance / size) : 0.0;
}

tr_status tr_stack_growth(const tr_stack *stack, const double *param, const double *x, double offset_ratio,
                          void *work, double *y, tr_error *err)
{
    tr_status s = tr_stack_check(stack, param, x, err);
    if (s == TR_OK && (work == NULL || y == NULL))
        s = tr_fail(err, TR_EMISSING, "work", 0.0, "expected a work area");
    if (s == TR_OK && !(offset_ratio > 0.0 && offset_ratio < 1.0))
        s = tr_fail(err, TR_EDOMAIN, "offset_ratio", offset_ratio,
                    "the two runs begin more than 0 and less than 1 apart");
    if (s == TR_OK)
        s = check_state(stack, x, err);
    if (s != TR_OK)
        return s;
    const size_t n = tr_stack_states(stack);
    double *a = work, *b = a + n;
    double size = 0.0, length = 0.0;
    tr_rng rng;
    tr_rng_seed(&rng, stack->seed + 1);
    memcpy(a, x, n * sizeof *a);
    for (size_t i = 0; i < n; i++) { /* a random direction of the length asked for */
        b[i] = draw(&rng);
        size += 2.0 * a[i] * a[i];
        length += b[i] * b[i];
    }
    const double scale = length > 0.0 ? offset_ratio * sqrt(size / length) : 0.0;
    for (size_t i = 0; i < n; i++)
        b[i] = a[i] + scale * b[i];
    y[0] = apart(a, b, n);
    for (size_t layer = 0; layer < stack->layers; layer++) {
        layer_forward(stack, param, layer, TR_FORM_FP64, a);
        layer_forward(stack, param, layer, TR_FORM_FP64, b);
        y[layer + 1] = apart(a, b, n);
    }
    return TR_OK;
}
