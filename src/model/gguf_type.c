/* model/gguf_type.c -- the types of GGUF tensors: blocks of elements and the bytes that one takes.
 *
 * Numbers and blocks as in ggml's include/ggml.h and src/ggml-common.h (ggml-org/ggml, 2026-08-21).
 */
#include "model/gguf_type.h"

#include <stddef.h>

static const tr_gguf_type types[] = {
    {TR_GGUF_F32, "F32", 1, 4, TR_DTYPE_FP32},
    {TR_GGUF_F16, "F16", 1, 2, TR_DTYPE_BF16},
    {TR_GGUF_Q4_0, "Q4_0", 32, 18, TR_DTYPE_Q4_0},
    {TR_GGUF_Q4_1, "Q4_1", 32, 20, TR_DTYPE_Q4_1},
    {TR_GGUF_Q5_0, "Q5_0", 32, 22, TR_DTYPE_Q5_0},
    {TR_GGUF_Q5_1, "Q5_1", 32, 24, TR_DTYPE_Q5_1},
    {TR_GGUF_Q8_0, "Q8_0", 32, 34, TR_DTYPE_Q8_0},
    {TR_GGUF_Q8_1, "Q8_1", 32, 36, TR_DTYPE_Q8_0},
    {TR_GGUF_Q2_K, "Q2_K", 256, 84, TR_DTYPE_INT4},
    {TR_GGUF_Q3_K, "Q3_K", 256, 110, TR_DTYPE_INT4},
    {TR_GGUF_Q4_K, "Q4_K", 256, 144, TR_DTYPE_INT4},
    {TR_GGUF_Q5_K, "Q5_K", 256, 176, TR_DTYPE_INT4},
    {TR_GGUF_Q6_K, "Q6_K", 256, 210, TR_DTYPE_INT4},
    {TR_GGUF_Q8_K, "Q8_K", 256, 292, TR_DTYPE_Q8_0},
    {TR_GGUF_IQ2_XXS, "IQ2_XXS", 256, 66, TR_DTYPE_INT4},
    {TR_GGUF_IQ2_XS, "IQ2_XS", 256, 74, TR_DTYPE_INT4},
    {TR_GGUF_IQ3_XXS, "IQ3_XXS", 256, 98, TR_DTYPE_INT4},
    {TR_GGUF_IQ1_S, "IQ1_S", 256, 50, TR_DTYPE_INT4},
    {TR_GGUF_IQ4_NL, "IQ4_NL", 32, 18, TR_DTYPE_IQ4_NL},
    {TR_GGUF_IQ3_S, "IQ3_S", 256, 110, TR_DTYPE_INT4},
    {TR_GGUF_IQ2_S, "IQ2_S", 256, 82, TR_DTYPE_INT4},
    {TR_GGUF_IQ4_XS, "IQ4_XS", 256, 136, TR_DTYPE_INT4},
    {TR_GGUF_I8, "I8", 1, 1, TR_DTYPE_INT8},
    {TR_GGUF_I16, "I16", 1, 2, TR_DTYPE_BF16},
    {TR_GGUF_I32, "I32", 1, 4, TR_DTYPE_FP32},
    {TR_GGUF_I64, "I64", 1, 8, TR_DTYPE_FP32},
    {TR_GGUF_F64, "F64", 1, 8, TR_DTYPE_FP32},
    {TR_GGUF_IQ1_M, "IQ1_M", 256, 56, TR_DTYPE_INT4},
    {TR_GGUF_BF16, "BF16", 1, 2, TR_DTYPE_BF16},
    {TR_GGUF_TQ1_0, "TQ1_0", 256, 54, TR_DTYPE_INT4},
    {TR_GGUF_TQ2_0, "TQ2_0", 256, 66, TR_DTYPE_INT4},
    {TR_GGUF_MXFP4, "MXFP4", 32, 17, TR_DTYPE_FP4},
    {TR_GGUF_NVFP4, "NVFP4", 64, 36, TR_DTYPE_FP4},
    {TR_GGUF_Q1_0, "Q1_0", 128, 18, TR_DTYPE_INT4},
    {TR_GGUF_Q2_0, "Q2_0", 64, 18, TR_DTYPE_INT4},
};

const tr_gguf_type *tr_gguf_type_of(unsigned number)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (types[i].number == number)
            return &types[i];
    return NULL;
}

double tr_gguf_type_byte(const tr_gguf_type *type)
{
    return (double)type->block_byte / type->block_elem;
}
