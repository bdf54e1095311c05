/* model/catalog_name.c -- how names of models are spelt: by those who pack them again, and one spelling for all. */
#include "model/catalog_name.h"

#include <string.h>

#include "base/text.h"

static const char between[] = "-_.: ";

/* Words at the end of a name, and the format they stand for: "" none of their own. MLX's few bits are in blocks of 64
 * with a scale and an offset, about as large as a K-quant of as many bits. */
static const char endings[][2][12] = {
    {"gguf", ""},       {"awq", "int4"},   {"gptq", "int4"},    {"bnb", "int4"},      {"nf4", "int4"},
    {"4bit", "int4"},   {"8bit", "int8"},  {"2bit", "q2_k"},    {"3bit", "q3_k_m"},   {"5bit", "q5_k_m"},
    {"6bit", "q6_k"},   {"w8a16", "int8"}, {"nvfp4a16", "fp4"}, {"q2_k_xl", "q2_k"},  {"q3_k_xl", "q3_k_l"},
    {"q4_k_xl", "q4_k_m"}, {"q5_k_xl", "q5_k_m"}, {"q6_k_xl", "q6_k"}, {"q8_k_xl", "q8_0"}, {"q4_k_l", "q4_k_m"},
    {"q6_k_l", "q6_k"}, {"dynamic", ""},   {"block", ""},       {"static", ""},       {"kv", ""},
    {"quantized", ""},  {"unsloth", ""},   {"preview", ""},     {"imatrix", ""},      {"i1", ""},
    {"hf", ""},         {"mlx", ""},       {"dwq", ""},         {"ud", ""},           {"qat", ""},
    {"exl2", ""},       {"exl3", ""},      {"onnx", ""},        {"autoround", "int4"}, {"autoawq", "int4"},
    {"inc", ""},        {"sym", ""},       {"asym", ""},        {"fp16mix", ""},      {"marlin", ""},
    {"hqq", ""},        {"eetq", "int8"},  {"aqlm", ""},        {"pv", ""},           {"1x16", ""},
    {"g32", ""},        {"g64", ""},       {"g128", ""},        {"gs64", ""},         {"gs128", ""},
    {"torchao", ""},    {"tensorwise", ""}, {"channelwise", ""}, {"original", ""},    {"quants", ""},
    {"128k", ""},       {"1m", ""},        {"text", ""},        {"only", ""},         {"latest", ""},
    {"q2_k_l", "q2_k"}, {"q5_k_l", "q5_k_m"}, {"gptqmodel", "int4"}, {"quip", ""},     {"256k", ""},
};

/* 1 if the word says how weights are packed. A format's own name counts if it holds a digit: "fp8", "w4a16". */
static int is_ending(const char *word, size_t length, tr_weight_format *format)
{
    char text[16];
    tr_weight_format found = TR_WEIGHT_FORMAT_NATIVE;
    int known = 0;
    if (length == 0 || length >= sizeof text)
        return 0;
    (void)tr_text_copy_span(text, sizeof text, word, length);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0] && !known; i++)
        if (tr_text_same(text, endings[i][0])) {
            known = 1;
            if (endings[i][1][0] != '\0')
                (void)tr_weight_format_parse(endings[i][1], &found, NULL);
        }
    known = known || (strpbrk(text, "0123456789") != NULL && tr_weight_format_parse(text, &found, NULL) == TR_OK);
    if (known && *format == TR_WEIGHT_FORMAT_NATIVE)
        *format = found;
    return known;
}

/* Where the last word of name[0..length) begins; formats of files hold underscores: "q4_k_m". */
static size_t last_word(const char *name, size_t length)
{
    while (length > 0 && strchr("-.: ", name[length - 1]) == NULL)
        length--;
    return length;
}

size_t tr_catalog_unpacked_once(const char *name, size_t length, tr_weight_format *format)
{
    const size_t word = last_word(name, length);
    if (word == 0)
        return length;
    if (is_ending(name + word, length - word, format))
        return word - 1;
    /* "FP4-v2": the packing's version, not the model's */
    tr_weight_format told = *format;
    const size_t before = last_word(name, word - 1);
    const int version = length - word == 2 && tr_text_lower(name[word]) == 'v' && tr_text_is_digit(name[word + 1]);
    if (!version || before == 0 || !is_ending(name + before, word - 1 - before, &told) ||
        told == TR_WEIGHT_FORMAT_NATIVE)
        return length;
    return word - 1;
}

size_t tr_catalog_unpacked(const char *name, size_t length, tr_weight_format *format)
{
    for (size_t shorter; (shorter = tr_catalog_unpacked_once(name, length, format)) < length;)
        length = shorter;
    return length;
}

/* Places that a link or an engine's name of a model begins with. */
static const char places[][32] = {"https://", "http://", "www.", "hf.co/", "huggingface.co/", "hf-mirror.com/",
                                  "registry.ollama.ai/library/", "ollama.com/library/", "ollama.com/",
                                  "modelscope.cn/models/"};

void tr_catalog_id(const char *typed, char *out, size_t size, tr_weight_format *format)
{
    const char *at = typed;
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (tr_text_starts(at, places[i]))
            at += strlen(places[i]);
    const char *owner = at == typed ? NULL : strchr(at, '/'), *page = owner == NULL ? NULL : strchr(owner + 1, '/');
    (void)tr_text_copy_span(out, size, at, page == NULL ? strlen(at) : (size_t)(page - at));
    /* "/resolve/main/Qwen3-8B-Q4_K_M.gguf": the file tells its mix */
    const size_t length = page == NULL ? 0 : strlen(page);
    if (length > 5 && tr_text_same(page + length - 5, ".gguf"))
        (void)tr_catalog_unpacked(page, length - 5, format);
}

static int is_variant(const char *word, size_t length)
{
    static const char variants[][10] = {"instruct", "chat", "it", "meta", "base", "hf"};
    char text[10];
    if (tr_text_copy_span(text, sizeof text, word, length) >= sizeof text)
        return 0;
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
        if (tr_text_same(text, variants[i]))
            return 1;
    return 0;
}

void tr_catalog_spell(const char *name, size_t length, char out[TR_CATALOG_SPELT_MAX])
{
    size_t n = 0;
    for (size_t i = 0, end; i < length; i = end + 1) {
        for (end = i; end < length && strchr(between, name[end]) == NULL; end++) {}
        for (size_t k = i; k < end && n < TR_CATALOG_SPELT_MAX - 1 && !is_variant(name + i, end - i); k++)
            out[n++] = tr_text_lower(name[k]);
    }
    out[n] = '\0';
}
