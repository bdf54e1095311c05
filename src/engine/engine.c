/* engine/engine.c -- serving engines by name and version, and the format of the cache under each. */
#include <tokenroof/engine.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "engine/table.h"

/* Continuous batching with chunked prefill, the defaults on which most engines agree. */
static const tr_engine no_engine = {.title = "no engine in particular",
                                    .memory_rule = TR_MEMORY_WHOLE,
                                    .memory_share = 0.9,
                                    .chunk_token = 8192,
                                    .block_token = 16,
                                    .poll_step = 1,
                                    .kv_from_checkpoint = 1,
                                    .expert_slices = 1,
                                    .expert_groups = 1,
                                    .attention_dp = 1,
                                    .pipeline = 1};

const char *tr_memory_rule_name(tr_memory_rule rule)
{
    static const char *const name[] = {"whole", "static", "free", "all"};
    return (unsigned)rule < sizeof name / sizeof name[0] ? name[rule] : NULL;
}

size_t tr_engine_count(void) { return tr_engine_table_count; }

const tr_engine *tr_engine_at(size_t index)
{
    return index < tr_engine_table_count ? &tr_engine_table[index] : NULL;
}

const tr_engine *tr_engine_default(void) { return &no_engine; }

/* Names in the table are letters and digits; people also write dots and dashes. */
static int same_name(const char *typed, size_t length, const char *name)
{
    for (size_t i = 0; i < length; i++) {
        const char c = tr_text_lower(typed[i]);
        const int plain = tr_text_is_digit(c) || (c >= 'a' && c <= 'z');
        if (plain && c != *name++)
            return 0;
    }
    return *name == '\0';
}

/* The first three numbers of a version, as one that can be compared. */
static uint64_t version_order(const char *version)
{
    uint64_t order = 0;
    if (*version == 'v' || *version == 'V')
        version++;
    for (int part = 0; part < 3; part++) {
        uint64_t number = 0;
        while (tr_text_is_digit(*version) && number < 100000)
            number = number * 10 + (uint64_t)(*version++ - '0');
        order = order * 1000000 + number;
        /* "1.3.0rc14" ends at its letters */
        version = *version == '.' ? version + 1 : "";
    }
    return order;
}

/* Every name one may type, for "did you mean". */
static const char *name_at(size_t index, const void *context)
{
    (void)context;
    if (index < tr_engine_table_count)
        return tr_engine_table[index].name;
    index -= tr_engine_table_count;
    return index < tr_engine_alias_count ? tr_engine_alias_table[index].alias : NULL;
}

static tr_status fail_unknown(const char *text, size_t length, tr_error *err)
{
    char typed[64];
    (void)tr_text_copy_span(typed, sizeof typed, text, length);
    const char *near = tr_near_name(typed, name_at, NULL);
    if (near != NULL)
        return tr_fail(err, TR_EUNKNOWN, "engine", 0.0, "no engine \"%s\"; did you mean \"%s\"?", typed,
                       near);
    char known[128] = "";
    for (uint32_t i = 0; i < tr_engine_table_count; i++)
        if (i == 0 || strcmp(tr_engine_table[i].name, tr_engine_table[i - 1].name) != 0) {
            (void)tr_text_append(known, sizeof known, i == 0 ? "" : ", ");
            (void)tr_text_append(known, sizeof known, tr_engine_table[i].name);
        }
    return tr_fail(err, TR_EUNKNOWN, "engine", 0.0, "no engine \"%s\" (%s)", typed, known);
}

tr_status tr_engine_find(const char *text, const tr_engine **out, tr_error *err)
{
    const char *oldest = NULL, *name = NULL;
    if (text == NULL)
        return tr_fail(err, TR_EMISSING, "engine", 0.0, "expected an engine's name");
    const size_t length = strcspn(text, "@ \t");
    if (*text == '\0') {
        *out = &no_engine;
        return TR_OK;
    }
    for (uint32_t i = 0; name == NULL && i < tr_engine_table_count; i++)
        if (same_name(text, length, tr_engine_table[i].name))
            name = tr_engine_table[i].name;
    for (uint32_t i = 0; name == NULL && i < tr_engine_alias_count; i++)
        if (same_name(text, length, tr_engine_alias_table[i].alias))
            name = tr_engine_alias_table[i].name;
    if (name == NULL)
        return fail_unknown(text, length, err);
    const char *version = text[length] == '@' ? text + length + 1 : "";
    for (uint32_t i = 0; i < tr_engine_table_count; i++) {
        const tr_engine *engine = &tr_engine_table[i];
        if (strcmp(engine->name, name) != 0)
            continue;
        if (*version == '\0' || version_order(engine->version) <= version_order(version)) {
            *out = engine;
            return TR_OK;
        }
        oldest = engine->version;
    }
    return tr_fail(err, TR_EUNKNOWN, "engine", 0.0, "%s %.24s is older than the first known here, %s", name,
                   version, oldest);
}

/* What the checkpoint says of its cache and this engine heeds, NATIVE if nothing: SGLang takes ModelOpt's word
 * (kv_cache_quant_algo) and ignores compressed-tensors' (kv_cache_scheme). */
static tr_dtype directive_of(const tr_engine *engine, const tr_model *model)
{
    if (model == NULL || model->checkpoint_kv == TR_KV_DIRECTIVE_NONE)
        return TR_DTYPE_NATIVE;
    const int heeded = model->checkpoint_kv == TR_KV_DIRECTIVE_ALGO ? 1 : engine->kv_from_checkpoint;
    return heeded ? model->checkpoint_kv_dtype : TR_DTYPE_NATIVE;
}

tr_dtype tr_engine_kv_dtype(const tr_engine *engine, const tr_model *model, tr_dtype asked)
{
    const tr_dtype directive = directive_of(engine, model);
    if (asked != TR_DTYPE_NATIVE)
        return asked;
    if (directive != TR_DTYPE_NATIVE)
        return directive;
    return engine->kv_dtype != TR_DTYPE_NATIVE ? engine->kv_dtype : TR_DTYPE_BF16;
}

/* "bf16, fp8 or q8_0" */
static void list_kv(unsigned set, char *out, size_t size)
{
    out[0] = '\0';
    for (int d = 1; d < TR_DTYPE_STORED_END; d++) {
        const unsigned later = set >> d >> 1;
        if (set & 1u << d)
            (void)tr_text_append(out, size, tr_dtype_name((tr_dtype)d));
        if ((set & 1u << d) && later != 0)
            (void)tr_text_append(out, size, (later & (later - 1)) != 0 ? ", " : " or ");
    }
}

/* Blocks of 32 elements with their scales lie within one head's row of a key or a value, or within a latent's. */
static tr_status check_blocks(const tr_model *model, tr_dtype asked, tr_error *err)
{
    enum { BLOCK = 32 };
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *l = &model->layer[i];
        const double rows[2] = {l->kv_rank > 0 ? l->kv_rank + l->rope_dim : l->head_dim,
                                l->kv_rank > 0 ? l->kv_rank : l->value_dim};
        for (int k = 0; l->cache_count > 0 && k < 2; k++)
            if (BLOCK * floor(rows[k] / BLOCK) < rows[k])
                return tr_fail(err, TR_ECONFLICT, "kv_dtype", rows[k],
                               "kv: %s is made of blocks of %d elements, and a head of %.60s has %.0f, no whole number "
                               "of them: bf16 is kept as it is",
                               tr_dtype_name(asked), BLOCK, model->name, rows[k]);
    }
    return TR_OK;
}

tr_status tr_engine_kv_check(const tr_engine *engine, const tr_model *model, tr_dtype asked, tr_error *err)
{
    char has[128];
    if (asked == TR_DTYPE_NATIVE)
        return TR_OK;
    if (engine != NULL && engine->kv_dtypes != 0 && !(engine->kv_dtypes & 1u << asked)) {
        list_kv(engine->kv_dtypes, has, sizeof has);
        return tr_fail(err, TR_ECONFLICT, "kv_dtype", asked, "kv: %s keeps its cache in %s, not in %s%s", engine->title,
                       has, tr_dtype_name(asked),
                       asked > TR_DTYPE_COUNT ? "; --engine llamacpp has it" : "");
    }
    return asked > TR_DTYPE_COUNT && model != NULL ? check_blocks(model, asked, err) : TR_OK;
}
