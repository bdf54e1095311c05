/* lab/stack.c -- a stack of layers trained three ways, with its memory and multiplies counted as they happen. */
#include "lab/revnet.h"

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "life/reversible_limits.h"
#include "life/train_memory.h"

/* The work area, handed out from the front and taken back from the end: what is in use is known to the byte. */
typedef struct arena {
    double *base;
    size_t capacity, used, peak; /* numbers */
    int full;
} arena;

static double *take(arena *work, size_t count)
{
    if (count > work->capacity - work->used) {
        work->full = 1;
        return NULL;
    }
    double *at = work->base + work->used;
    work->used += count;
    work->peak = work->used > work->peak ? work->used : work->peak;
    return at;
}

typedef struct training {
    const tr_stack *stack;
    const double *param;
    double *gradient;
    arena work;
    double *slope; /* one stream of scratch */
    double flop;
} training;

static size_t stream(const tr_stack *stack) { return stack->batch * stack->width; }

static void multiplied(training *t, double matrices)
{
    t->flop += matrices * 2.0 * (double)t->stack->batch * (double)t->stack->width * (double)t->stack->width;
}

static void forward(training *t, size_t layer, int which, const double *x, double *a)
{
    tr_branch_forward(t->stack, tr_branch_param(t->stack, t->param, layer, which), t->stack->batch, x, a);
    multiplied(t, 1.0);
}

static void add(double *to, const double *from, size_t n, double sign)
{
    for (size_t i = 0; i < n; i++)
        to[i] += sign * from[i];
}

/* Eight sums side by side: in one order on every machine, and not one long chain. */
static double dot(const double *a, const double *b, size_t n)
{
    double sum[8] = {0, 0, 0, 0, 0, 0, 0, 0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t k = 0; k < 8; k++)
            sum[k] += a[i + k] * b[i + k];
    for (; i < n; i++)
        sum[0] += a[i] * b[i];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/* Through a = z / sqrt(1 + z^2), z = x W + bias: from the slope by a to those by x (added), W and bias. */
static void backward(training *t, size_t layer, int which, const double *x, const double *a, const double *by_a,
                     double *by_x)
{
    const size_t width = t->stack->width;
    const double *weight = tr_branch_param(t->stack, t->param, layer, which);
    double *by_weight = t->gradient + (weight - t->param), *by_bias = by_weight + width * width;
    double *by_z = t->slope;
    for (size_t i = 0; i < stream(t->stack); i++) {
        const double rest = 1.0 - a[i] * a[i];
        by_z[i] = by_a[i] * rest * sqrt(rest > 0.0 ? rest : 0.0);
    }
    for (size_t row = 0; row < t->stack->batch; row++, by_z += width, x += width, by_x += width) {
        for (size_t j = 0; j < width; j++) {
            double *out = by_weight + j * width;
            const double input = x[j];
            for (size_t i = 0; i < width; i++)
                out[i] += input * by_z[i];
            by_x[j] += dot(weight + j * width, by_z, width);
        }
        add(by_bias, by_z, width, 1.0);
    }
    multiplied(t, 2.0);
}

/* What a layer's backward pass asks for: the input and the output of both branches. */
typedef struct saved {
    double *x2, *f, *y1, *g;
} saved;

static saved saved_at(double *base, size_t n, size_t index)
{
    double *at = base + 4 * n * index;
    return (saved){at, at + n, at + 2 * n, at + 3 * n};
}

static void layer_keeping(training *t, size_t layer, double *x1, double *x2, const saved *keep)
{
    const size_t n = stream(t->stack);
    memcpy(keep->x2, x2, n * sizeof *x2);
    forward(t, layer, 0, x2, keep->f);
    add(x1, keep->f, n, 1.0);
    memcpy(keep->y1, x1, n * sizeof *x1);
    forward(t, layer, 1, x1, keep->g);
    add(x2, keep->g, n, 1.0);
}

static void layer_forgetting(training *t, size_t layer, double *x1, double *x2)
{
    const size_t n = stream(t->stack);
    forward(t, layer, 0, x2, t->slope);
    add(x1, t->slope, n, 1.0);
    forward(t, layer, 1, x1, t->slope);
    add(x2, t->slope, n, 1.0);
}

static void layer_back(training *t, size_t layer, const saved *keep, double *by1, double *by2)
{
    backward(t, layer, 1, keep->y1, keep->g, by2, by1);
    backward(t, layer, 0, keep->x2, keep->f, by1, by2);
}

/* Half the mean square, and its slope by the state: the state over its count. May be in place. */
static double loss_of(const double *state, double *slope, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += state[i] * state[i];
        slope[i] = state[i] / (double)n;
    }
    return sum / (2.0 * (double)n);
}

/* ---- the three ways --------------------------------------------------------------- */

static double train_ordinary(training *t, const double *x)
{
    const size_t n = stream(t->stack), layers = t->stack->layers;
    double *state = take(&t->work, 2 * n);
    t->slope = take(&t->work, n);
    double *kept = take(&t->work, 4 * n * layers);
    if (t->work.full)
        return 0.0;
    memcpy(state, x, 2 * n * sizeof *x);
    for (size_t i = 0; i < layers; i++) {
        const saved keep = saved_at(kept, n, i);
        layer_keeping(t, i, state, state + n, &keep);
    }
    const double loss = loss_of(state, state, 2 * n); /* from here on the state is its slope */
    for (size_t i = layers; i-- > 0;) {
        const saved keep = saved_at(kept, n, i);
        layer_back(t, i, &keep, state, state + n);
    }
    return loss;
}

static double train_checkpointed(training *t, const double *x)
{
    const size_t n = stream(t->stack), layers = t->stack->layers, step = tr_stack_segment_layer(layers);
    if (step == 0) /* no stack at all: refused before */
        return 0.0;
    const size_t segments = (layers + step - 1) / step;
    double *state = take(&t->work, 2 * n);
    t->slope = take(&t->work, n);
    double *point = take(&t->work, 2 * n * segments);
    if (t->work.full)
        return 0.0;
    memcpy(state, x, 2 * n * sizeof *x);
    for (size_t i = 0; i < layers; i++) {
        if (i % step == 0)
            memcpy(point + 2 * n * (i / step), state, 2 * n * sizeof *state);
        layer_forgetting(t, i, state, state + n);
    }
    double *by = take(&t->work, 2 * n);
    double *kept = take(&t->work, 4 * n * step);
    if (t->work.full)
        return 0.0;
    const double loss = loss_of(state, by, 2 * n);
    for (size_t segment = segments; segment-- > 0;) {
        const size_t first = segment * step, end = first + step < layers ? first + step : layers;
        memcpy(state, point + 2 * n * segment, 2 * n * sizeof *state);
        for (size_t i = first; i < end; i++) {
            const saved keep = saved_at(kept, n, i - first);
            layer_keeping(t, i, state, state + n, &keep);
        }
        for (size_t i = end; i-- > first;) {
            const saved keep = saved_at(kept, n, i - first);
            layer_back(t, i, &keep, by, by + n);
        }
    }
    return loss;
}

static double train_reversible(training *t, const double *x)
{
    const size_t n = stream(t->stack);
    double *y1 = take(&t->work, 2 * n);
    t->slope = take(&t->work, n);
    double *by1 = take(&t->work, 2 * n), *a = take(&t->work, n);
    if (t->work.full)
        return 0.0;
    double *y2 = y1 + n, *by2 = by1 + n;
    memcpy(y1, x, 2 * n * sizeof *x);
    for (size_t i = 0; i < t->stack->layers; i++)
        layer_forgetting(t, i, y1, y2);
    const double loss = loss_of(y1, by1, 2 * n);
    for (size_t i = t->stack->layers; i-- > 0;) { /* run the layer backwards just ahead of its slopes */
        forward(t, i, 1, y1, a);
        add(y2, a, n, -1.0);
        backward(t, i, 1, y1, a, by2, by1);
        forward(t, i, 0, y2, a);
        add(y1, a, n, -1.0);
        backward(t, i, 0, y2, a, by1, by2);
    }
    return loss;
}

size_t tr_stack_train_byte(const tr_stack *stack, tr_keep keep)
{
    if (tr_stack_params(stack) == 0)
        return 0;
    return tr_stack_train_streams(stack->layers, keep) * stream(stack) * sizeof(double);
}

tr_status tr_stack_train(const tr_stack *stack, const double *param, const double *x, tr_keep keep, void *work,
                         size_t work_size, double *gradient_per_param, tr_stack_run *out, tr_error *err)
{
    const tr_status s = tr_stack_check(stack, param, x, err);
    if (s != TR_OK)
        return s;
    if (work == NULL || gradient_per_param == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "work", 0.0, "expected space for the work, the gradient and the result");
    if ((unsigned)keep >= TR_KEEP_COUNT)
        return tr_fail(err, TR_EDOMAIN, "keep", (double)keep, "expected a way to keep activations");
    if (work_size < tr_stack_train_byte(stack, keep))
        return tr_fail(err, TR_ECAPACITY, "work_size", (double)work_size, "the %s way takes %.0f bytes of work area",
                       tr_keep_name(keep), (double)tr_stack_train_byte(stack, keep));
    for (size_t i = 0; i < tr_stack_states(stack); i++)
        if (!(x[i] >= -1e6 && x[i] <= 1e6))
            return tr_fail(err, TR_EDOMAIN, "x", x[i], "the state must be between -1e6 and 1e6");
    training t = {.stack = stack,
                  .param = param,
                  .gradient = gradient_per_param,
                  .work = {.base = work, .capacity = work_size / sizeof(double)}};
    memset(gradient_per_param, 0, tr_stack_params(stack) * sizeof *gradient_per_param);
    const double loss = keep == TR_KEEP_ALL           ? train_ordinary(&t, x)
                        : keep == TR_KEEP_CHECKPOINTS ? train_checkpointed(&t, x)
                                                      : train_reversible(&t, x);
    if (t.work.full)
        return tr_fail(err, TR_ECAPACITY, "work_size", (double)work_size, "the work area is too small");
    *out = (tr_stack_run){.loss_ratio = loss, .peak_byte = (double)(t.work.peak * sizeof(double)), .flop = t.flop};
    return TR_OK;
}
