/* model/gguf_type.h -- the types of GGUF tensors: blocks of elements and the bytes that one takes. */
#ifndef TOKENROOF_SRC_MODEL_GGUF_TYPE_H
#define TOKENROOF_SRC_MODEL_GGUF_TYPE_H

#include <tokenroof/base.h>

/* Numbers are those of ggml's files; what was removed there is not listed. */
typedef enum tr_gguf_number {
    TR_GGUF_F32 = 0,
    TR_GGUF_F16 = 1,
    TR_GGUF_Q4_0 = 2,
    TR_GGUF_Q4_1 = 3,
    TR_GGUF_Q5_0 = 6,
    TR_GGUF_Q5_1 = 7,
    TR_GGUF_Q8_0 = 8,
    TR_GGUF_Q8_1 = 9,
    TR_GGUF_Q2_K = 10,
    TR_GGUF_Q3_K = 11,
    TR_GGUF_Q4_K = 12,
    TR_GGUF_Q5_K = 13,
    TR_GGUF_Q6_K = 14,
    TR_GGUF_Q8_K = 15,
    TR_GGUF_IQ2_XXS = 16,
    TR_GGUF_IQ2_XS = 17,
    TR_GGUF_IQ3_XXS = 18,
    TR_GGUF_IQ1_S = 19,
    TR_GGUF_IQ4_NL = 20,
    TR_GGUF_IQ3_S = 21,
    TR_GGUF_IQ2_S = 22,
    TR_GGUF_IQ4_XS = 23,
    TR_GGUF_I8 = 24,
    TR_GGUF_I16 = 25,
    TR_GGUF_I32 = 26,
    TR_GGUF_I64 = 27,
    TR_GGUF_F64 = 28,
    TR_GGUF_IQ1_M = 29,
    TR_GGUF_BF16 = 30,
    TR_GGUF_TQ1_0 = 34,
    TR_GGUF_TQ2_0 = 35,
    TR_GGUF_MXFP4 = 39,
    TR_GGUF_NVFP4 = 40,
    TR_GGUF_Q1_0 = 41,
    TR_GGUF_Q2_0 = 42
} tr_gguf_number;

typedef struct tr_gguf_type {
    unsigned char number;
    char name[8];
    unsigned short block_elem, block_byte;
    tr_dtype dtype; /* the nearest of our number formats; INT4 for blocks that are unpacked before they multiply */
} tr_gguf_type;

/* NULL if no type has this number. */
const tr_gguf_type *tr_gguf_type_of(unsigned number);
/* Bytes an element, scales included. */
double tr_gguf_type_byte(const tr_gguf_type *type);

#endif
