/* fit/names.c -- names as benchmarks write them, looked up in the catalogs and kept. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"

enum { NAME_SIZE = 160, MODEL_MAX = 512, SYSTEM_MAX = 1024 };

typedef struct named_model {
    char name[NAME_SIZE];
    tr_model *model; /* NULL: looked up and not found */
} named_model;

typedef struct named_system {
    char name[NAME_SIZE];
    double count;
    tr_system *system;
} named_system;

struct tr_names {
    named_model model[MODEL_MAX];
    named_system system[SYSTEM_MAX];
    size_t model_count, system_count;
    char before[512];
};

tr_names *tr_names_create(void) { return calloc(1, sizeof(tr_names)); }

void tr_names_destroy(tr_names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < names->model_count; i++)
        free(names->model[i].model);
    for (size_t i = 0; i < names->system_count; i++)
        free(names->system[i].system);
    free(names);
}

const char *tr_names_before(const tr_names *names) { return names->before; }
void tr_names_remember(tr_names *names, const char *text)
{
    (void)tr_text_copy(names->before, sizeof names->before, text);
}

/* Short names that benchmarks use and no catalog has. */
static const char *const short_name[][2] = {
    {"dsr1", "deepseek-r1"},
    {"dsv3", "deepseek-v3"},
    {"gptoss120b", "gpt-oss-120b"},
    {"gptoss", "gpt-oss-120b"},
    {"llama70b", "llama-3.3-70b"},
    {"llama2-7b", "llama-2-7b"},
    {"llama2-13b", "llama-2-13b"},
    {"llama2-70b", "llama-2-70b"},
    {"llama3-8b", "llama-3-8b"},
    {"llama3-70b", "llama-3-70b"},
    {"bloom-176b", "bloom"},
    {"meta-llama-3-8b", "llama-3-8b"},
    {"meta-llama-3-70b", "llama-3-70b"},
};

/* Endings that name a packaging of the same architecture. */
static const char *const ending[] = {
    "-instruct", "-chat",    "-hf",    "-fp8-dynamic",    "-fp8-static", "-fp8",  "-nvfp4", "-fp4",  "-mxfp4",
    "-awq",      "-gptq",    "-bf16",  "-fp16",           "-w8a8",       "-int4", "-int8",  "-gguf", "-base",
    "-it",       "-preview", "-w4a16", "-quantized.w8a8", "-16e",        "-128e", "-17b",   "-kv",
};

static int cut_ending(char *name)
{
    const size_t n = strlen(name);
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        const size_t e = strlen(ending[i]);
        if (n > e && tr_text_same(name + n - e, ending[i])) {
            name[n - e] = '\0';
            return 1;
        }
    }
    return 0;
}

static tr_status look_up(const char *text, tr_model *out)
{
    char name[NAME_SIZE];
    if (tr_model_catalog_get(text, out, NULL) == TR_OK)
        return TR_OK;
    const char *slash = strrchr(text, '/');
    (void)tr_text_copy(name, sizeof name, slash == NULL ? text : slash + 1);
    do {
        if (tr_model_catalog_get(name, out, NULL) == TR_OK)
            return TR_OK;
        for (size_t i = 0; i < sizeof short_name / sizeof short_name[0]; i++)
            if (tr_text_same(name, short_name[i][0]))
                return tr_model_catalog_get(short_name[i][1], out, NULL);
    } while (cut_ending(name));
    return TR_EUNKNOWN;
}

const tr_model *tr_names_model(tr_names *names, const char *text)
{
    for (size_t i = 0; i < names->model_count; i++)
        if (strcmp(names->model[i].name, text) == 0)
            return names->model[i].model;
    if (names->model_count == MODEL_MAX || strlen(text) >= NAME_SIZE)
        return NULL;
    named_model *entry = &names->model[names->model_count++];
    (void)tr_text_copy(entry->name, sizeof entry->name, text);
    tr_model *model = malloc(sizeof *model);
    if (model == NULL || look_up(text, model) != TR_OK) {
        free(model);
        return NULL;
    }
    return entry->model = model;
}

/* "a100_dgx" is a node of A100s: the words after the chip's name fall away one by one. */
static tr_status look_up_system(const char *text, tr_system *out)
{
    char name[NAME_SIZE];
    (void)tr_text_copy(name, sizeof name, text);
    while (tr_system_catalog_get(name, out, NULL) != TR_OK) {
        char *cut = strrchr(name, '_');
        char *blank = strrchr(name, ' ');
        if (cut == NULL || (blank != NULL && blank > cut))
            cut = blank;
        if (cut == NULL || cut == name)
            return TR_EUNKNOWN;
        *cut = '\0';
    }
    return TR_OK;
}

double tr_names_count(const char *text, char *name, size_t size)
{
    double count = 1;
    (void)tr_text_copy(name, size, text);
    char *last = strrchr(name, ' ');
    if (last == NULL || tr_quantity_parse(last + 1, TR_UNIT_NONE, &count, NULL) != TR_OK || !(count >= 1))
        return 1;
    while (last > name && last[-1] == ' ')
        last--;
    /* a number after a size of memory is a count; after anything else ("RTX 4090") it is the name's */
    if (last < name + 2 || !tr_text_starts(last - 2, "gb"))
        return 1;
    *last = '\0';
    return count;
}

/* A negative count is of threads that work on a CPU. */
const tr_system *tr_names_system(tr_names *names, const char *text, double count)
{
    for (size_t i = 0; i < names->system_count; i++)
        if (names->system[i].count == count && strcmp(names->system[i].name, text) == 0)
            return names->system[i].system;
    if (names->system_count == SYSTEM_MAX || strlen(text) >= NAME_SIZE)
        return NULL;
    named_system *entry = &names->system[names->system_count++];
    (void)tr_text_copy(entry->name, sizeof entry->name, text);
    entry->count = count;
    tr_system *system = malloc(sizeof *system), one;
    if (system == NULL || look_up_system(text, &one) != TR_OK ||
        tr_system_of(&one.chip, count >= 1 ? count : 1, system, NULL) != TR_OK ||
        (count < 0 && tr_system_threads(system, -count, NULL) != TR_OK)) {
        free(system);
        return NULL;
    }
    return entry->system = system;
}

tr_dtype tr_names_dtype(const char *text)
{
    static const struct {
        const char *name;
        tr_dtype dtype;
    } other[] = {
        {"fp8_block", TR_DTYPE_FP8},
        {"int8_wo", TR_DTYPE_INT8},
        {"int4_wo", TR_DTYPE_INT4},
        {"sq", TR_DTYPE_INT8},
        {"half", TR_DTYPE_BF16},
        {"w4a16_mxfp4", TR_DTYPE_FP4},
        {"w4a8_mxfp4_mxfp8", TR_DTYPE_FP4},
        {"f16", TR_DTYPE_BF16},
        {"fp8_e4m3", TR_DTYPE_FP8},
        {"awq", TR_DTYPE_INT4},
        {"gptq", TR_DTYPE_INT4},
        {"w4a16", TR_DTYPE_INT4},
    };
    tr_dtype dtype;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        if (tr_text_same(text, other[i].name))
            return other[i].dtype;
    return tr_dtype_parse(text, &dtype, NULL) == TR_OK ? dtype : TR_DTYPE_NATIVE;
}

tr_weight_format tr_names_weights(const char *text)
{
    tr_weight_format format = TR_WEIGHT_FORMAT_NATIVE;
    const tr_dtype dtype = tr_names_dtype(text);
    if (tr_weight_format_parse(text, &format, NULL) != TR_OK && dtype != TR_DTYPE_NATIVE)
        (void)tr_weight_format_parse(tr_dtype_name(dtype), &format, NULL);
    return format;
}
