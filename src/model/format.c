/* model/format.c -- what quantisations call their formats, in bytes an element. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/format.h"

tr_part_format tr_format_of_bits(double bits, int is_float, double group, double scale_byte)
{
    const tr_dtype eight = is_float ? TR_DTYPE_FP8 : TR_DTYPE_INT8;
    const tr_part_format f = {
        .byte = bits / 8 + (group > 0 ? scale_byte / group : 0),
        .dtype = bits <= 4   ? (is_float ? TR_DTYPE_FP4 : TR_DTYPE_INT4)
                 : bits <= 8 ? eight
                             : TR_DTYPE_BF16,
    };
    return f;
}

/* NVFP4: 4-bit payload, an FP8 scale for 16; MXFP4: a power-of-two scale for 32; FP8: a float for 128 x 128.
 */
int tr_format_of_algo(const char *algo, tr_part_format *out)
{
    if (tr_text_starts(algo, "NVFP4"))
        *out = tr_format_of_bits(4, 1, 16, 1);
    else if (tr_text_starts(algo, "MXFP4"))
        *out = tr_format_of_bits(4, 1, 32, 1);
    else if (tr_text_starts(algo, "MXFP8"))
        *out = tr_format_of_bits(8, 1, 32, 1);
    else if (tr_text_starts(algo, "FP8_BLOCK") || tr_text_starts(algo, "FP8_PB"))
        *out = tr_format_of_bits(8, 1, 128 * 128, 4);
    else if (tr_text_starts(algo, "FP8"))
        *out = tr_format_of_bits(8, 1, 0, 0);
    else if (tr_text_starts(algo, "INT8") || tr_text_starts(algo, "W8A8"))
        *out = tr_format_of_bits(8, 0, 0, 0);
    else if (tr_text_starts(algo, "W4A8") || tr_text_starts(algo, "W4A16") || tr_text_starts(algo, "INT4"))
        *out = tr_format_of_bits(4, 0, 128, 2);
    else
        return 0;
    return 1;
}

/* compressed-tensors: what group number `group` says about its weights. 0 if there is no such group. */
int tr_format_of_group(tr_keys *q, int number, tr_part_format *out)
{
    char prefix[TR_KEYS_PREFIX_MAX];
    tr_keys g;
    (void)snprintf(prefix, sizeof prefix, "%.64sconfig_groups.group_%d.weights.", q->prefix, number);
    tr_keys_init(&g, q->config, prefix, q->err);
    if (!tr_keys_has(&g, "num_bits"))
        return 0;
    const int is_float = tr_text_same(tr_keys_text_or(&g, "type", "int"), "float");
    const char *scale = tr_keys_text_or(&g, "scale_dtype", "");
    const double bits = tr_keys_whole(&g, "num_bits", 1, 64);
    double group = tr_keys_whole_or(&g, "group_size", -1, 1 << 20, 0);
    double scale_byte = strstr(scale, "8") != NULL || (bits == 4 && is_float) ? 1 : 2;
    tr_value block;
    if (tr_keys_item_find(&g, "block_structure", 0, &block)) {
        group = tr_keys_item_whole(&g, "block_structure", 0, 1, 65536) *
                tr_keys_item_whole(&g, "block_structure", 1, 1, 65536);
        scale_byte = 4;
    }
    if (g.status != TR_OK && q->status == TR_OK)
        q->status = g.status;
    *out = tr_format_of_bits(bits, is_float, group, scale_byte);
    return 1;
}

tr_part_format tr_format_of_method(tr_keys *q, const char *method)
{
    tr_part_format f = {0, TR_DTYPE_BF16};
    const double group = tr_keys_whole_or(q, "group_size|q_group_size", -1, 1 << 20, 128);
    if (tr_text_same(method, "fp8") || tr_text_same(method, "fbgemm_fp8") ||
        tr_text_same(method, "finegrained_fp8")) {
        tr_value block;
        double size = 0;
        if (tr_keys_item_find(q, "weight_block_size", 0, &block))
            size = tr_keys_item_whole(q, "weight_block_size", 0, 1, 65536) *
                   tr_keys_item_whole(q, "weight_block_size", 1, 1, 65536);
        f = tr_format_of_bits(8, 1, size, 4);
    } else if (tr_format_of_algo(method, &f)) {
        return f;
    } else if (tr_text_same(method, "awq") || tr_text_same(method, "gptq") ||
               tr_text_same(method, "auto-round") || tr_text_same(method, "intel/auto-round") ||
               tr_text_same(method, "gptq_marlin") || tr_text_same(method, "awq_marlin")) {
        /* a 16-bit scale and a packed zero point for each group */
        const double bits = tr_keys_whole(q, "bits|w_bit", 1, 16);
        f = tr_format_of_bits(bits, 0, group, 2 + bits / 8);
    } else if (tr_text_same(method, "quark")) {
        const char *dtype = tr_keys_text(q, "global_quant_config.weight.dtype");
        if (!tr_format_of_algo(tr_text_starts(dtype, "fp4") ? "MXFP4" : dtype, &f))
            tr_keys_fail(q, TR_EUNKNOWN, "global_quant_config.weight.dtype", 0,
                         "is \"%.40s\"; expected fp4, fp8, int8 or int4", dtype);
    } else if (tr_text_same(method, "bitsandbytes")) {
        f = tr_keys_bool_or(q, "load_in_8bit", 0) ? tr_format_of_bits(8, 0, 0, 0)
                                                  : tr_format_of_bits(4, 0, 64, 4);
    } else {
        tr_keys_fail(q, TR_EUNKNOWN, "quant_method|quant_algo", 0,
                     "is \"%.40s\"; expected fp8, mxfp4, modelopt, compressed-tensors, awq, gptq, quark or "
                     "bitsandbytes",
                     method);
    }
    return f;
}
