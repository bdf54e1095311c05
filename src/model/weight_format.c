/* model/weight_format.c -- how a model is stored in each of the formats that people ask for. */
#include "base/fail.h"
#include "base/near.h"
#include "base/text.h"
#include "model/format.h"
#include "model/gguf_mix.h"
#include "model/mixer.h"
#include "model/weights.h"

/* ---- names ------------------------------------------------------------------------- */

static const struct {
    char name[8];
    tr_dtype dtype;
} formats[] = {
    [TR_WEIGHT_FORMAT_NATIVE] = {"native", TR_DTYPE_NATIVE}, [TR_WEIGHT_FORMAT_FP32] = {"fp32", TR_DTYPE_FP32},
    [TR_WEIGHT_FORMAT_BF16] = {"bf16", TR_DTYPE_BF16},       [TR_WEIGHT_FORMAT_FP8] = {"fp8", TR_DTYPE_FP8},
    [TR_WEIGHT_FORMAT_INT8] = {"int8", TR_DTYPE_INT8},       [TR_WEIGHT_FORMAT_FP4] = {"fp4", TR_DTYPE_FP4},
    [TR_WEIGHT_FORMAT_INT4] = {"int4", TR_DTYPE_INT4},       [TR_WEIGHT_FORMAT_MXFP4] = {"mxfp4", TR_DTYPE_FP4},
};
enum { OWN = sizeof formats / sizeof formats[0] };

const char *tr_weight_format_name(tr_weight_format format)
{
    if (format < 0)
        return NULL;
    return format < OWN ? formats[format].name : tr_gguf_mix_name((size_t)(format - OWN));
}

static const char *name_at(size_t index, const void *context)
{
    (void)context;
    return tr_weight_format_name((tr_weight_format)index);
}

/* Names that llama.cpp has for one mix among several: the middle one. */
static const char *usual_name(const char *text)
{
    static const char usual[][2][8] = {{"q3_k", "q3_k_m"}, {"q4_k", "q4_k_m"}, {"q5_k", "q5_k_m"}};
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (tr_text_same(text, usual[i][0]))
            return usual[i][1];
    return text;
}

tr_status tr_weight_format_parse(const char *text, tr_weight_format *out, tr_error *err)
{
    tr_dtype dtype = TR_DTYPE_COUNT;
    if (text == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "weight_format", 0, "the name of a format is needed");
    for (tr_weight_format i = 0; tr_weight_format_name(i) != NULL; i++)
        if (tr_text_same(usual_name(text), tr_weight_format_name(i))) {
            *out = i;
            return TR_OK;
        }
    /* the same element by another name: "nvfp4", "torch.float16"; TF32 is stored as FP32 */
    if (tr_dtype_parse(text, &dtype, NULL) == TR_OK)
        for (tr_weight_format i = 0; i < OWN; i++)
            if (formats[i].dtype == (dtype == TR_DTYPE_TF32 ? TR_DTYPE_FP32 : dtype)) {
                *out = i;
                return TR_OK;
            }
    const char *near = tr_near_name(text, name_at, NULL);
    return tr_fail(err, TR_EUNKNOWN, "weight_format", 0,
                   "'%.40s' is not a format of weights; expected one of native, fp32, bf16, fp8, int8, fp4, "
                   "mxfp4, int4, or a mix of GGUF files such as q4_k_m%s%s%s",
                   text, near != NULL ? "; did you mean '" : "", near != NULL ? near : "", near != NULL ? "'?" : "");
}

void tr_weight_format_write(tr_weight_format format, char name[TR_WEIGHT_NAME_MAX])
{
    (void)tr_text_copy(name, TR_WEIGHT_NAME_MAX, tr_weight_format_name(format));
    for (char *c = name; format >= OWN && *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
}

tr_weight_format tr_weight_format_of_file(double file_type, char name[TR_WEIGHT_NAME_MAX])
{
    enum { GUESSED = 1024 }; /* added where a file does not say it and its tensors were counted */
    static const struct {
        int file_type;
        char name[8];
        tr_weight_format format;
    } own[] = {{0, "F32", TR_WEIGHT_FORMAT_FP32}, {32, "BF16", TR_WEIGHT_FORMAT_BF16},
               {39, "NVFP4", TR_WEIGHT_FORMAT_FP4}};
    const double told = file_type >= GUESSED ? file_type - GUESSED : file_type;
    name[0] = '\0';
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (told == own[i].file_type) {
            (void)tr_text_copy(name, TR_WEIGHT_NAME_MAX, own[i].name);
            return own[i].format;
        }
    for (size_t i = 0; tr_gguf_mix_name(i) != NULL; i++)
        if (told == tr_gguf_mix_file_type(i)) {
            tr_weight_format_write((tr_weight_format)(OWN + i), name);
            return (tr_weight_format)(OWN + i);
        }
    return TR_WEIGHT_FORMAT_NATIVE;
}

/* ---- conventions ------------------------------------------------------------------- */

static double latent_of(const tr_layer *layer, void *context)
{
    (void)context;
    return layer->kv_rank > 0 ? layer->mixer_param : 0;
}

/* Every linear part in one format, and latent attention in its own; the rest in BF16. */
static void apart(const tr_model *model, tr_part_format linear, tr_part_format latent, tr_weights *out)
{
    const tr_part_format wide = {2, TR_DTYPE_BF16};
    for (int i = 0; i < TR_PART_COUNT; i++)
        out->part[i] = TR_PARTS_LINEAR & 1 << i ? linear : wide;
    const double all = tr_model_part_param(model, TR_PART_MIXER), kept = tr_model_sum(model, latent_of, NULL);
    if (kept > 0)
        out->part[TR_PART_MIXER] = (tr_part_format){(kept * latent.byte + (all - kept) * linear.byte) / all,
                                                    2 * kept >= all ? latent.dtype : linear.dtype};
}

static void all_in(tr_part_format format, tr_weights *out)
{
    for (int i = 0; i < TR_PART_COUNT; i++)
        out->part[i] = format;
}

tr_status tr_model_weights(const tr_model *model, tr_weight_format format, tr_weights *out, tr_error *err)
{
    if (model == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0, "expected a model, and a place for its formats");
    if (tr_weight_format_name(format) == NULL)
        return tr_fail(err, TR_EDOMAIN, "weight_format", format, "there is no format of weights with number %d",
                       format);
    if (format >= OWN) {
        if (model->layer_kinds == 0)
            return tr_fail(err, TR_ECONFLICT, "weight_format", format,
                           "a GGUF file is mixed tensor by tensor, and a model of plain numbers has none: say the "
                           "bytes of a weight in place of %s",
                           tr_weight_format_name(format));
        const size_t mix = (size_t)(format - OWN);
        tr_gguf_mix_weights(model, mix, tr_gguf_mix_importance(mix), out);
        return TR_OK;
    }
    /* [M11] */
    const tr_dtype dtype = formats[format].dtype;
    const tr_part_format payload = {tr_dtype_byte(dtype), dtype};
    const tr_part_format eight = tr_format_of_bits(8, dtype != TR_DTYPE_INT8, 128 * 128, 4);
    const tr_part_format four = format == TR_WEIGHT_FORMAT_MXFP4 ? tr_format_of_bits(4, 1, 32, 1)
                                                                 : tr_format_of_bits(4, 1, 16, 1);
    if (dtype == TR_DTYPE_NATIVE || (model->layer_kinds > 0 && dtype == model->weight_dtype)) {
        *out = model->weight;
    } else if (model->layer_kinds == 0 || payload.byte >= 2) {
        all_in(payload, out);
    } else if (dtype == TR_DTYPE_FP4) {
        apart(model, four, eight, out);
    } else {
        const tr_part_format narrow = dtype == TR_DTYPE_INT4 ? tr_format_of_bits(4, 0, 128, 2 + 0.5) : eight;
        apart(model, narrow, narrow, out);
    }
    return TR_OK;
}
