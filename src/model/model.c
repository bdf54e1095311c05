/* model/model.c -- from keys to a counted model: find the family, count. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/count.h"
#include "model/nearest.h"

const char *tr_model_family(size_t index)
{
    const char *last = "";
    const tr_family *family;
    for (size_t row = 0; (family = tr_family_at(row)) != NULL; row++) {
        /* other model_types of the same architecture stand next to each other */
        if (strcmp(family->name, last) == 0)
            continue;
        last = family->name;
        if (index-- == 0)
            return last;
    }
    return NULL;
}

/* ---- which family ------------------------------------------------------------ */

/* Where the language model's keys stand: a vision-language config keeps them below. */
static const char wrappers[][32] = {"text_config.", "llm_config.", "language_config.", "language_model.",
                                    "thinker_config.text_config."};

const char *tr_model_wrapper(const tr_config *config)
{
    static const char known[] = TR_KEY_LAYERS "|" TR_KEY_HIDDEN "|model_type";
    tr_keys keys;
    for (size_t i = 0; i < sizeof wrappers / sizeof wrappers[0]; i++) {
        tr_keys_init(&keys, config, wrappers[i], NULL);
        if (tr_keys_has(&keys, known))
            return wrappers[i];
    }
    return "";
}

/* The family named by keys below prefix; NULL if none is named or known. *named: what was read. */
static const tr_family *family_below(const tr_config *config, const char *prefix, const char **named)
{
    tr_keys keys;
    tr_value value;
    tr_keys_init(&keys, config, prefix, NULL);
    const tr_family *family = NULL;
    if (tr_keys_item_find(&keys, "architectures", 0, &value) && value.kind == TR_VALUE_TEXT) {
        *named = value.text;
        family = tr_family_find(value.text);
    }
    if (family == NULL && tr_keys_find(&keys, "model_type", &value) && value.kind == TR_VALUE_TEXT) {
        if (**named == '\0')
            *named = value.text;
        family = tr_family_find(value.text);
    }
    return family;
}

static tr_status find_family(tr_bench *b, const tr_config *config, const char *forced, const char *wrapper,
                             const tr_family **out, tr_error *err)
{
    if (forced != NULL) {
        *out = tr_family_find(forced);
        if (*out == NULL)
            return tr_fail(err, TR_EUNKNOWN, "family", 0, "no family \"%.80s\"; the nearest known one is %s",
                           forced, tr_family_nearest(forced)->name);
        return TR_OK;
    }
    const char *named = "", *inner = "";
    *out = family_below(config, "", &named);
    if (*out == NULL && *wrapper != '\0')
        *out = family_below(config, wrapper, &inner);
    if (*out != NULL)
        return TR_OK;
    tr_keys keys;
    tr_keys_init(&keys, config, "", err);
    const tr_family *near = tr_family_like(b, config, wrapper, named);
    if (*named == '\0') {
        tr_keys_fail(&keys, TR_EMISSING, "architectures.0|model_type", 0,
                     "is missing; expected the name of an architecture such as LlamaForCausalLM; by its keys it is "
                     "most like %s: --as %s counts it as that", near->name, near->type);
        return keys.status;
    }
    tr_keys_fail(&keys, TR_EUNKNOWN, "architectures.0|model_type", 0,
                 "is \"%.60s\", which is not known; by its keys it is most like %s: --as %s counts it as that", named,
                 near->name, near->type);
    return keys.status;
}

tr_status tr_model_from_config(const tr_config *config, const char *family, tr_model *out, tr_error *err)
{
    if (config == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "config", 0, "a config is needed");
    const char *wrapper = tr_model_wrapper(config);
    const tr_family *found = NULL;
    tr_bench *b = calloc(1, sizeof *b);
    if (b == NULL)
        return tr_fail(err, TR_ENOMEM, "model", 0, "out of memory for the count of a model");
    tr_status status = find_family(b, config, family, wrapper, &found, err);
    if (status == TR_OK) {
        tr_bench_start(b, config, wrapper, found, err);
        status = tr_bench_count(b);
    }
    if (status == TR_OK)
        *out = b->model;
    free(b);
    return status;
}
