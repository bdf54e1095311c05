/* fit/form_worked.c -- a textbook's worked problems: not measurements but answers that must come out. */
#include <tokenroof/input.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "fit/form.h"

enum { BOOK_QUESTION, BOOK_INPUTS, BOOK_ANSWER, BOOK_UNIT, BOOK_TOLERANCE };

/* The inputs of a problem: "key=value" pairs, and loose words such as a model's name or "8x v5e". */
typedef struct inputs {
    char text[512];
    char *part[24];
    int count;
} inputs;

static void split(const char *text, inputs *out)
{
    out->count = 0;
    (void)tr_text_copy(out->text, sizeof out->text, text);
    for (char *at = out->text; at != NULL && out->count < 24;) {
        out->part[out->count++] = at;
        at = strchr(at, ';');
        if (at != NULL)
            *at++ = '\0';
    }
}

/* The value of "key=...", or fallback. "1.97e14 bf16" is read up to its blank. */
static double value_of(const inputs *in, const char *key, double fallback)
{
    const size_t n = strlen(key);
    for (int i = 0; i < in->count; i++) {
        char number[64];
        double value;
        if (strncmp(in->part[i], key, n) != 0 || in->part[i][n] != '=')
            continue;
        (void)tr_text_copy(number, sizeof number, in->part[i] + n + 1);
        number[strcspn(number, " ")] = '\0';
        return tr_quantity_parse(number, TR_UNIT_NONE, &value, NULL) == TR_OK ? value : fallback;
    }
    return fallback;
}

/* "8x v5e" among the inputs. */
static const tr_system *system_of(const tr_record *r, const inputs *in)
{
    for (int i = 0; i < in->count; i++) {
        double count;
        int used = 0;
        // NOLINTNEXTLINE(cert-err34-c): what is no number is not counted, and the count is looked at
        if (sscanf(in->part[i], "%lfx %n", &count, &used) == 1 && used > 0)
            return tr_names_system(r->names, in->part[i] + used, count);
    }
    return NULL;
}

/* The number after a word of the question: "batch 256". */
static double after(const char *text, const char *word, double fallback)
{
    const char *at = strstr(text, word);
    double value;
    // NOLINTNEXTLINE(cert-err34-c): what is no number is not counted, and the count is looked at
    return at != NULL && sscanf(at + strlen(word), "%lf", &value) == 1 ? value : fallback;
}

/* Weights against their own roof, then the cache: two operators one after the other. */
static double two_operators_s(const tr_roofline *roof, double batch, double context)
{
    tr_step step;
    const tr_load load = {
        .phase = TR_PHASE_DECODE, .batch_seq = batch, .context_token = context, .query_token = 1};
    if (tr_bound_step(roof, &load, &step, NULL) != TR_OK)
        return (double)NAN;
    return (step.compute_s > step.weights_s ? step.compute_s : step.weights_s) + step.kv_s;
}

/* Model and chips in numbers. */
static double numbers_step_s(const inputs *in, double batch)
{
    tr_model model;
    tr_system system;
    tr_roofline roof;
    char model_text[128], system_text[128];
    (void)snprintf(model_text, sizeof model_text, "total=%.17g,kv=%.17g,weight=%.17g",
                   value_of(in, "params", 0), value_of(in, "kv_per_token", 0),
                   value_of(in, "bytes/param", 2));
    const double chips = value_of(in, "chips", 1);
    (void)snprintf(system_text, sizeof system_text, "flops=%.17g,bw=%.17g",
                   chips * value_of(in, "flops", 1.97e14), chips * value_of(in, "bw", 0));
    if (tr_model_inline(model_text, &model, NULL) != TR_OK ||
        tr_system_inline(system_text, &system, NULL) != TR_OK ||
        tr_roofline_of(&model, &system, NULL, NULL, &roof, NULL) != TR_OK)
        return (double)NAN;
    return two_operators_s(&roof, batch, value_of(in, "ctx", 0));
}

static double counted_param(const inputs *in)
{
    static const struct {
        const char *book, *key;
    } names[] = {{"L", "num_hidden_layers"},   {"D", "hidden_size"}, {"F", "intermediate_size"},
                 {"N", "num_attention_heads"}, {"H", "head_dim"},    {"K", "num_key_value_heads"},
                 {"V", "vocab_size"}};
    tr_model model;
    tr_config *config = tr_config_create();
    tr_status s = config == NULL ? TR_ENOMEM : TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof names / sizeof names[0]; i++)
        s = tr_config_set_number(config, names[i].key, value_of(in, names[i].book, 0), 0, NULL);
    if (s == TR_OK)
        s = tr_config_set_bool(config, "tie_word_embeddings", 1, 0, NULL);
    if (s == TR_OK)
        s = tr_model_from_config(config, "LlamaForCausalLM", &model, NULL);
    tr_config_destroy(config);
    return s == TR_OK ? model.total_param : (double)NAN;
}

/* A catalog model on catalog chips; kv_share: "with KV 5x smaller" is a fifth. */
static double catalog_answer(const tr_model *model, const tr_system *system, const char *question,
                             double batch, double context, double kv_share)
{
    tr_roofline roof;
    const tr_formats formats = {.weight = TR_WEIGHT_FORMAT_BF16, .kv = TR_DTYPE_BF16, .math = TR_DTYPE_BF16};
    if (tr_roofline_of(model, system, NULL, &formats, &roof, NULL) != TR_OK)
        return (double)NAN;
    const double kv_byte = batch * tr_model_kv_store_byte(model, context, tr_dtype_byte(roof.kv_dtype)) * kv_share;
    if (strstr(question, "KV memory") != NULL)
        return kv_byte * 1e-9;
    /* The book does not ask whether it fits. */
    double compute_s, weights_s, kv_s, step_s;
    const double read = tr_roofline_kv_read_byte(&roof, context) * kv_share, flop = 0;
    tr_bound_step_array(&roof, 1, &batch, &read, &flop, &compute_s, &weights_s, &kv_s, &step_s);
    return strstr(question, "throughput") != NULL ? batch / step_s : step_s * 1e3;
}

static tr_status read_worked(tr_record *r)
{
    tr_measured row = {.metric = TR_METRIC_WORKED, .system_name = "book", .engine = "", .precision = ""};
    const char *question = tr_record_text(r, BOOK_QUESTION);
    char text[512];
    inputs in;
    (void)tr_text_copy(text, sizeof text, tr_record_text(r, BOOK_INPUTS));
    if (strncmp(question, "same", 4) == 0) { /* what this one does not say, the one before it did */
        (void)tr_text_append(text, sizeof text, ";");
        (void)tr_text_append(text, sizeof text, tr_names_before(r->names));
    }
    tr_names_remember(r->names, text);
    split(text, &in);
    row.measured_s = tr_record_number(r, BOOK_ANSWER, 0);
    row.tolerance = tr_record_number(r, BOOK_TOLERANCE, 0);
    row.model_name = "";
    const tr_system *system = system_of(r, &in);
    const tr_system *v5e = tr_names_system(r->names, "tpu-v5e", 1);
    if (value_of(&in, "params", 0) > 0) {
        row.worked = numbers_step_s(&in, after(question, "batch ", value_of(&in, "batch", 1))) * 1e3;
    } else if (value_of(&in, "V", 0) > 0) {
        row.worked = counted_param(&in);
    } else if (system != NULL) {
        char name[64];
        (void)tr_text_copy(name, sizeof name, in.part[0]);
        name[strcspn(name, " ")] = '\0';
        const tr_model *model = tr_names_model(r->names, name);
        if (model == NULL)
            return tr_record_skip(r, "a model that is not in the catalog");
        row.worked = catalog_answer(model, system, question, value_of(&in, "batch", 1),
                                    value_of(&in, "ctx", 0), 1 / after(in.part[0], "with KV ", 1));
    } else if (strstr(question, "critical batch") != NULL && v5e != NULL) {
        const double whole = tr_chip_balance_token(&v5e->chip, TR_DTYPE_BF16);
        row.worked = strstr(question, "int8 weights") != NULL ? whole / 2 : whole;
    } else {
        return tr_record_skip(r, "a problem whose inputs are in its text");
    }
    if (!(row.worked > 0))
        return tr_record_skip(r, "a problem whose inputs are incomplete");
    return tr_record_measured(r, &row);
}

static tr_status read_published(tr_record *r)
{
    return tr_record_skip(r, "a published ceiling or an identity of prices, not a run");
}

const tr_form tr_forms_worked[] = {
    {"worked problems", 5, {"question", "inputs", "answer", "unit", "rel_tol"}, read_worked},
    {"published numbers", 6, {"hardware", "model", "phase", "metric", "value", "kind"}, read_published},
    {NULL, 0, {NULL}, NULL},
};
