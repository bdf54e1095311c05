/* fit/kernel_pass.c -- what fitted kernels say of a serving pass, each at one shape; native only. */
#include "fit/kernel_pass.h"

#include <math.h>
#include <string.h>

#include "base/text.h"
#include "fit/kernel_fit.h"

#define ENDLESS 1e9 /* times a datasheet's figure: that part takes no time */

/* One library's kernel, and a chip that has no cache and one thing to wait for. */
typedef struct one {
    double value[KERNEL_CONSTANT_MAX]; /* constants of the kernel */
    tr_chip chip;
    tr_kernel kernel;
    double flop_per_s, byte_per_s; /* of the datasheet */
} one;

static one of_group(const kernel_group *g)
{
    one w = {.chip = *g->chip, .kernel = g->kernel[0], .byte_per_s = g->chip->memory_byte_per_s};
    tr_dtype used;
    memcpy(w.value, g->row.value, sizeof w.value);
    if (tr_chip_math(g->chip, w.kernel.math_dtype, &w.flop_per_s, &used, NULL) != TR_OK)
        w.flop_per_s = 0;
    w.chip.name[0] = '\0';
    w.kernel.skew = 0;
    w.kernel.weight_byte = w.kernel.kv_byte = w.kernel.activation_byte = w.kernel.flop = 0;
    return w;
}

static one only_bytes(one w)
{
    for (int d = 0; d < TR_DTYPE_COUNT; d++)
        w.chip.flop_per_s[d] *= ENDLESS;
    return w;
}

static one only_flop(one w)
{
    w.chip.memory_byte_per_s *= ENDLESS;
    return w;
}

static double time_s(const one *w) { return kernel_time_s(&w->kernel, &w->chip, w->value); }

/* ---- each class at its shape -------------------------------------------------------- */

static double gemm_s(one w, double m, double n, double k)
{
    w.kernel.m = m;
    w.kernel.n = n;
    w.kernel.k = k;
    kernel_gemm_work(&w.kernel);
    return time_s(&w);
}

static void pass_gemm(const one *w, double *value)
{
    static const double wide = 8192;
    one flop = only_flop(*w), byte = only_bytes(*w);
    for (int k = 0; k < kernel_constant_count(TR_KERNEL_GEMM); k++) /* a graph's multiplies do not wait for the host */
        if (strcmp(kernel_constant_at(TR_KERNEL_GEMM, k)->name, "floor_s") == 0)
            flop.value[k] = byte.value[k] = 0;
    const double token_s = (gemm_s(flop, 2 * wide, wide, wide) - gemm_s(flop, wide, wide, wide)) / wide;
    const double walk_s = gemm_s(flop, 1, wide, wide) - gemm_s(flop, 1, 1, 1);
    value[KERNEL_PASS_GEMM_FLOP_SHARE] = 2 * wide * wide / (token_s * w->flop_per_s);
    value[KERNEL_PASS_GEMM_HALF_TOKEN] = walk_s > token_s ? walk_s / token_s - 1 : 0;
    value[KERNEL_PASS_GEMM_BYTE_SHARE] =
        wide * wide * tr_dtype_byte(w->kernel.weight_dtype) /
        ((gemm_s(byte, 1, 2 * wide, wide) - gemm_s(byte, 1, wide, wide)) * w->byte_per_s);
}

static double attention_s(one w, double batch, double query, double context)
{
    const double pair = w.kernel.kind == TR_KERNEL_DECODE_ATTENTION ? context : query * (query + 1) / 2;
    w.kernel.batch_seq = batch;
    w.kernel.heads = 32;
    w.kernel.kv_heads = 8;
    w.kernel.head_dim = 128;
    w.kernel.query_token = query;
    w.kernel.context_token = context;
    w.kernel.flop = 4 * batch * pair * w.kernel.heads * w.kernel.head_dim;
    w.kernel.kv_byte = 2 * batch * (query > 1 ? query : context) * w.kernel.kv_heads * w.kernel.head_dim *
                       tr_dtype_byte(w.kernel.kv_dtype);
    return time_s(&w);
}

static void pass_decode(const one *w, double *value)
{
    const double byte = 2 * 64 * 4096 * 8 * 128 * tr_dtype_byte(w->kernel.kv_dtype);
    value[KERNEL_PASS_DECODE_BYTE_SHARE] =
        byte / ((attention_s(*w, 64, 1, 8192) - attention_s(*w, 64, 1, 4096)) * w->byte_per_s);
    value[KERNEL_PASS_DECODE_ITEM_S] = (attention_s(*w, 65, 1, 1e-9) - attention_s(*w, 1, 1, 1e-9)) / (64 * 8);
}

static void pass_prefill(const one *w, double *value)
{
    const double length = 8192, flop = 4 * length * (length + 1) / 2 * 32 * 128;
    value[KERNEL_PASS_PREFILL_FLOP_SHARE] =
        flop / ((attention_s(*w, 2, length, 0) - attention_s(*w, 1, length, 0)) * w->flop_per_s);
}

enum { LATENT_WIDTH = 576, LATENT_VALUE = 512, HEAD_WIDTH = 192, HEAD_VALUE = 128 }; /* DeepSeek-V3 */

static double latent_s(one w, double batch, double query, double context, double heads)
{
    const int decode = w.kernel.kind == TR_KERNEL_DECODE_MLA;
    w.kernel.batch_seq = batch;
    w.kernel.heads = heads;
    w.kernel.query_token = query;
    w.kernel.context_token = context;
    w.kernel.flop = decode ? 2 * batch * context * heads * (LATENT_WIDTH + LATENT_VALUE)
                           : 2 * batch * query * (query + 1) / 2 * heads * (HEAD_WIDTH + HEAD_VALUE);
    w.kernel.kv_byte = batch * (decode ? context : query) * LATENT_WIDTH * tr_dtype_byte(w.kernel.kv_dtype);
    return time_s(&w);
}

static void pass_latent(const one *w, double *value)
{
    const one flop = only_flop(*w);
    const double heads = 128, batch = 64, more = 4096, length = 8192;
    if (w->kernel.kind == TR_KERNEL_DECODE_MLA) {
        value[KERNEL_PASS_MLA_DECODE_BYTE_SHARE] =
            batch * more * LATENT_WIDTH * tr_dtype_byte(w->kernel.kv_dtype) /
            ((latent_s(*w, batch, 1, 2 * more, 1) - latent_s(*w, batch, 1, more, 1)) * w->byte_per_s);
        value[KERNEL_PASS_MLA_DECODE_FLOP_SHARE] =
            2 * batch * more * heads * (LATENT_WIDTH + LATENT_VALUE) /
            ((latent_s(flop, batch, 1, 2 * more, heads) - latent_s(flop, batch, 1, more, heads)) * w->flop_per_s);
        return;
    }
    value[KERNEL_PASS_MLA_PREFILL_FLOP_SHARE] =
        length * (length + 1) * heads * (HEAD_WIDTH + HEAD_VALUE) /
        ((latent_s(*w, 2, length, 0, heads) - latent_s(*w, 1, length, 0, heads)) * w->flop_per_s);
}

static double experts_s(one w, double token_each, double here)
{
    w.kernel.hidden = 7168;
    w.kernel.inner = 2048;
    w.kernel.experts = 256;
    w.kernel.experts_active = 8;
    w.kernel.expert_tp = 1;
    w.kernel.expert_ep = w.kernel.experts / here;
    w.kernel.m = token_each * w.kernel.experts / w.kernel.experts_active;
    w.kernel.flop = 2 * token_each * here * 3 * w.kernel.hidden * w.kernel.inner;
    return time_s(&w);
}

static void pass_experts(const one *w, double *value)
{
    const one flop = only_flop(*w), byte = only_bytes(*w);
    const double here = 32, many = 1024, param = 3.0 * 7168 * 2048;
    const double token_s = (experts_s(flop, 2 * many, here) - experts_s(flop, many, here)) / many;
    value[KERNEL_PASS_EXPERT_FLOP_SHARE] = 2 * here * param / (token_s * w->flop_per_s);
    value[KERNEL_PASS_EXPERT_HALF_TOKEN] = (experts_s(flop, 1, here) - experts_s(flop, 1e-9, here)) / token_s - 1;
    value[KERNEL_PASS_EXPERT_BYTE_SHARE] = here * param * tr_dtype_byte(w->kernel.weight_dtype) /
                                           ((experts_s(byte, 1, 2 * here) - experts_s(byte, 1, here)) * w->byte_per_s);
}

static double reduce_s(one w, double byte, double group)
{
    w.kernel.m = 0;
    w.kernel.group_chip = group;
    w.kernel.activation_byte = byte;
    return time_s(&w);
}

static void pass_reduce(const one *w, double *value)
{
    const double much = 256e6, some = 1e6, chips = 8,
                 wire = 2 * (chips - 1) / chips / kernel_link_byte_per_s(&w->chip, chips);
    const double start_s = reduce_s(*w, 1e-9, 2), full_s = reduce_s(*w, 1e-9, chips);
    const double share = wire * much / (reduce_s(*w, 2 * much, chips) - reduce_s(*w, much, chips));
    const double mid_s = reduce_s(*w, some, chips) - full_s - wire * some / share;
    value[KERNEL_PASS_REDUCE_START_S] = start_s;
    value[KERNEL_PASS_REDUCE_RANK_S] = (full_s - start_s) / (chips - 2);
    value[KERNEL_PASS_REDUCE_MID_S] = mid_s > 0 ? mid_s * mid_s / (wire * some) : 0;
    value[KERNEL_PASS_REDUCE_BYTE_SHARE] = share;
}

static void pass_element(const one *w, double *value)
{
    one more = *w, less = *w;
    less.kernel.activation_byte = 256e6;
    more.kernel.activation_byte = 512e6;
    value[KERNEL_PASS_ELEMENT_BYTE_SHARE] = 256e6 / ((time_s(&more) - time_s(&less)) * w->byte_per_s);
}

/* ---- which kernels, and their means ------------------------------------------------- */

static int multiplies_otherwise(const kernel_group *g)
{
    const tr_kernel *k = &g->kernel[0];
    return (k->kind == TR_KERNEL_GEMM || k->kind == TR_KERNEL_MOE) && k->math_dtype != k->weight_dtype &&
           g->chip->flop_per_s[k->weight_dtype] > 0;
}

/* The format a group counts under; NATIVE: it does not count. */
static tr_dtype format_of(const kernel_group *g)
{
    static const char *const left[] = {" window", "eager", "nongated", " of "};
    const tr_kernel *k = &g->kernel[0];
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (strstr(g->row.key, left[i]) != NULL)
            return TR_DTYPE_NATIVE;
    if (multiplies_otherwise(g))
        return TR_DTYPE_NATIVE;
    switch (k->kind) {
    case TR_KERNEL_GEMM:
    case TR_KERNEL_MOE:
        return k->weight_dtype;
    case TR_KERNEL_DECODE_ATTENTION:
    case TR_KERNEL_PREFILL_ATTENTION:
    case TR_KERNEL_DECODE_MLA:
    case TR_KERNEL_PREFILL_MLA:
        return k->kv_dtype;
    case TR_KERNEL_ALL_REDUCE:
    case TR_KERNEL_ELEMENT:
        return k->math_dtype == TR_DTYPE_BF16 ? TR_DTYPE_BF16 : TR_DTYPE_NATIVE;
    case TR_KERNEL_NONE:
    case TR_KERNEL_ALL_GATHER:
    case TR_KERNEL_REDUCE_SCATTER:
    case TR_KERNEL_ALL_TO_ALL:
    case TR_KERNEL_SEND:
    case TR_KERNEL_COUNT:
        break;
    }
    return TR_DTYPE_NATIVE;
}

static void pass_group(const kernel_group *g, double *value)
{
    const one w = of_group(g);
    memset(value, 0, KERNEL_PASS_COUNT * sizeof *value);
    switch (w.kernel.kind) {
    case TR_KERNEL_GEMM:
        pass_gemm(&w, value);
        break;
    case TR_KERNEL_DECODE_ATTENTION:
        pass_decode(&w, value);
        break;
    case TR_KERNEL_PREFILL_ATTENTION:
        pass_prefill(&w, value);
        break;
    case TR_KERNEL_DECODE_MLA:
    case TR_KERNEL_PREFILL_MLA:
        pass_latent(&w, value);
        break;
    case TR_KERNEL_MOE:
        pass_experts(&w, value);
        break;
    case TR_KERNEL_ALL_REDUCE:
        pass_reduce(&w, value);
        break;
    case TR_KERNEL_ELEMENT:
        pass_element(&w, value);
        break;
    default:
        break;
    }
}

int kernel_pass_of(const kernel_data *data, const char *chip, const char *engine, tr_dtype format,
                   kernel_pass_row *out)
{
    double sum[KERNEL_PASS_COUNT] = {0}, weight[KERNEL_PASS_COUNT] = {0}, value[KERNEL_PASS_COUNT];
    memset(out, 0, sizeof *out);
    (void)tr_text_copy(out->chip, sizeof out->chip, chip);
    (void)tr_text_copy(out->engine, sizeof out->engine, engine);
    (void)tr_text_copy(out->format, sizeof out->format, tr_dtype_name(format));
    for (size_t i = 0; i < data->count; i++) {
        const kernel_group *g = &data->group[i];
        if (strcmp(g->row.chip, chip) != 0 || (engine[0] != '\0' && strcmp(g->row.engine, engine) != 0) ||
            format == TR_DTYPE_NATIVE || format_of(g) != format)
            continue;
        pass_group(g, value);
        out->rows += g->row.rows;
        for (int v = 0; v < KERNEL_PASS_COUNT; v++)
            if (value[v] > 0) {
                sum[v] += g->row.rows * log(value[v]);
                weight[v] += g->row.rows;
            }
    }
    for (int v = 0; v < KERNEL_PASS_COUNT; v++)
        out->value[v] = weight[v] > 0 ? exp(sum[v] / weight[v]) : 0;
    return out->rows > 0;
}
