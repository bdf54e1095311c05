/* base/dtype.c -- number formats: names, spellings found in the wild, bytes an element. */
#include <tokenroof/base.h>

#include "base/fail.h"
#include "base/text.h"

static const struct {
    const char *name;
    double byte;
} DTYPE[TR_DTYPE_STORED_END] = {
    [TR_DTYPE_NATIVE] = {"native", 0.0}, [TR_DTYPE_FP32] = {"fp32", 4.0}, [TR_DTYPE_TF32] = {"tf32", 4.0},
    [TR_DTYPE_BF16] = {"bf16", 2.0},     [TR_DTYPE_FP8] = {"fp8", 1.0},   [TR_DTYPE_INT8] = {"int8", 1.0},
    [TR_DTYPE_FP4] = {"fp4", 0.5},       [TR_DTYPE_INT4] = {"int4", 0.5},
    [TR_DTYPE_COUNT] = {NULL, 0.0}, /* no format */
    /* [M22] */
    [TR_DTYPE_Q8_0] = {"q8_0", 34.0 / 32.0}, [TR_DTYPE_Q5_1] = {"q5_1", 24.0 / 32.0},
    [TR_DTYPE_Q5_0] = {"q5_0", 22.0 / 32.0}, [TR_DTYPE_Q4_1] = {"q4_1", 20.0 / 32.0},
    [TR_DTYPE_Q4_0] = {"q4_0", 18.0 / 32.0}, [TR_DTYPE_IQ4_NL] = {"iq4_nl", 18.0 / 32.0},
};

/* Spellings of torch, safetensors, quantisation configs and vendors. */
static const struct {
    const char *name;
    tr_dtype dtype;
} ALIAS[] = {
    {"auto", TR_DTYPE_NATIVE},           {"float32", TR_DTYPE_FP32},        {"float", TR_DTYPE_FP32},
    {"f32", TR_DTYPE_FP32},              {"single", TR_DTYPE_FP32},         {"bfloat16", TR_DTYPE_BF16},
    {"fp16", TR_DTYPE_BF16},             {"float16", TR_DTYPE_BF16},        {"f16", TR_DTYPE_BF16},
    {"half", TR_DTYPE_BF16},             {"float8", TR_DTYPE_FP8},          {"f8", TR_DTYPE_FP8},
    {"float8_e4m3fn", TR_DTYPE_FP8},     {"float8_e4m3", TR_DTYPE_FP8},     {"float8_e5m2", TR_DTYPE_FP8},
    {"float8_e4m3fnuz", TR_DTYPE_FP8},   {"float8_e5m2fnuz", TR_DTYPE_FP8}, {"fp8_e4m3", TR_DTYPE_FP8},
    {"fp8_e5m2", TR_DTYPE_FP8},          {"f8_e4m3", TR_DTYPE_FP8},         {"f8_e5m2", TR_DTYPE_FP8},
    {"e4m3", TR_DTYPE_FP8},              {"e5m2", TR_DTYPE_FP8},            {"mxfp8", TR_DTYPE_FP8},
    {"i8", TR_DTYPE_INT8},               {"uint8", TR_DTYPE_INT8},          {"w8a8", TR_DTYPE_INT8},
    {"nvfp4", TR_DTYPE_FP4},             {"mxfp4", TR_DTYPE_FP4},           {"float4", TR_DTYPE_FP4},
    {"float4_e2m1fn_x2", TR_DTYPE_FP4},  {"f4", TR_DTYPE_FP4},              {"e2m1", TR_DTYPE_FP4},
    {"i4", TR_DTYPE_INT4},               {"uint4", TR_DTYPE_INT4},          {"w4a16", TR_DTYPE_INT4},
};
#define ALIAS_COUNT (sizeof ALIAS / sizeof ALIAS[0])

const char *tr_dtype_name(tr_dtype dtype)
{
    return (int)dtype >= 0 && dtype < TR_DTYPE_STORED_END && dtype != TR_DTYPE_COUNT ? DTYPE[dtype].name : "unknown";
}

double tr_dtype_byte(tr_dtype dtype)
{
    return (int)dtype >= 0 && dtype < TR_DTYPE_STORED_END ? DTYPE[dtype].byte : 0.0;
}

/* Names first, then spellings: the number that stands for no format is left out. */
static const char *name_at(size_t index, const void *context)
{
    (void)context;
    if (index >= TR_DTYPE_COUNT)
        index++;
    if (index < TR_DTYPE_STORED_END)
        return DTYPE[index].name;
    return index - TR_DTYPE_STORED_END < ALIAS_COUNT ? ALIAS[index - TR_DTYPE_STORED_END].name : NULL;
}

tr_status tr_dtype_parse(const char *text, tr_dtype *out, tr_error *err)
{
    const char *name = tr_text_starts(text, "torch.") ? text + 6 : text;
    for (int i = 0; i < TR_DTYPE_STORED_END; i++) {
        if (i != TR_DTYPE_COUNT && tr_text_same(name, DTYPE[i].name)) {
            *out = (tr_dtype)i;
            return TR_OK;
        }
    }
    for (size_t i = 0; i < ALIAS_COUNT; i++) {
        if (tr_text_same(name, ALIAS[i].name)) {
            *out = ALIAS[i].dtype;
            return TR_OK;
        }
    }
    const char *near = tr_near_name(name, name_at, NULL);
    return tr_fail(err, TR_EUNKNOWN, "", 0.0,
                   "'%.40s' is not a number format; expected one of native, fp32, tf32, bf16 (or fp16), fp8, "
                   "int8, fp4, int4, q8_0, q5_1, q5_0, q4_1, q4_0, iq4_nl%s%s%s",
                   text, near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}
