/* io/config_flat.c -- a flat JSON file to the keys of a model. */
#include "io/config_flat.h"

#include <string.h>

#include "base/fail.h"

enum { CONFIG_KEY_MAX = 256, CONFIG_TEXT_MAX = 4096 };

/* "...quantized_layers.model.layers.3.mlp.experts.17.up_proj": one of many alike. */
static int is_repeated_expert(const char *key)
{
    const char *list = strstr(key, "quantized_layers.");
    const char *expert = list == NULL ? NULL : strstr(list, ".experts.");
    if (expert == NULL)
        return 0;
    const char digit = expert[strlen(".experts.")];
    return digit >= '1' && digit <= '9';
}

static int is_left_out(const char *key, const tr_flat_entry *e)
{
    return e->kind == TR_FLAT_EMPTY_LIST || e->kind == TR_FLAT_EMPTY_OBJECT ||
           strlen(key) >= CONFIG_KEY_MAX || strlen(e->text) >= CONFIG_TEXT_MAX || is_repeated_expert(key);
}

static tr_status set(tr_config *config, const char *key, const tr_flat_entry *e, tr_error *err)
{
    switch (e->kind) {
    case TR_FLAT_NUMBER: return tr_config_set_number(config, key, e->number, e->line, err);
    case TR_FLAT_TEXT: return tr_config_set_text(config, key, e->text, e->line, err);
    case TR_FLAT_BOOL: return tr_config_set_bool(config, key, e->number != 0.0, e->line, err);
    case TR_FLAT_NULL: return tr_config_set_null(config, key, e->line, err);
    case TR_FLAT_EMPTY_LIST:
    case TR_FLAT_EMPTY_OBJECT: break;
    }
    return TR_OK;
}

tr_status tr_config_from_flat(const tr_flat *flat, const char *prefix, tr_config **out, tr_error *err)
{
    tr_config *config = tr_config_create();
    if (config == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *key = tr_flat_below(e->key, prefix);
        if (key == NULL || is_left_out(key, e))
            continue;
        const tr_status s = set(config, key, e, err);
        if (s != TR_OK) {
            if (err != NULL)
                err->column = e->column;
            tr_config_destroy(config);
            return s;
        }
    }
    *out = config;
    return TR_OK;
}
