/* io/config_flat.c -- a flat JSON file to the keys of a model. */
#include "io/config_flat.h"

#include <string.h>

#include "base/fail.h"
#include "model/config_lookup.h"

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

/* Objects and lists on the way to key that before did not pass: they stand where a plain value may be expected. */
static tr_status set_containers(tr_config *config, const char *before, const char *key, int line, tr_error *err)
{
    char path[CONFIG_KEY_MAX];
    for (const char *dot = strchr(key, '.'); dot != NULL; dot = strchr(dot + 1, '.')) {
        const size_t length = (size_t)(dot - key);
        if (strncmp(before, key, length) == 0 && before[length] == '.')
            continue;
        memcpy(path, key, length);
        path[length] = '\0';
        const int is_list = dot[1] >= '0' && dot[1] <= '9';
        const tr_status s = tr_config_set_shape(config, path, is_list ? "a list" : "an object", line, err);
        if (s != TR_OK && s != TR_ECONFLICT) /* {"a.b": 1, "a": {}} names one place twice */
            return s;
    }
    return TR_OK;
}

static tr_status set_one(tr_config *config, const char *before, const char *key, const tr_flat_entry *e, tr_error *err)
{
    const int long_key = strlen(key) >= CONFIG_KEY_MAX;
    tr_status s = long_key ? TR_OK : set_containers(config, before, key, e->line, err);
    if (s == TR_OK && !long_key && (e->kind == TR_FLAT_EMPTY_LIST || e->kind == TR_FLAT_EMPTY_OBJECT))
        return tr_config_set_shape(config, key, tr_flat_kind_name(e->kind), e->line, err);
    if (s == TR_OK && !long_key && e->kind == TR_FLAT_NULL && e->text[0] != '\0')
        s = tr_config_set_shape(config, key, e->text, e->line, err);
    return s != TR_OK || is_left_out(key, e) ? s : set(config, key, e, err);
}

tr_status tr_config_from_flat(const tr_flat *flat, const char *prefix, tr_config **out, tr_error *err)
{
    tr_config *config = tr_config_create();
    if (config == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    const char *before = "";
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *key = tr_flat_below(e->key, prefix);
        if (key == NULL)
            continue;
        const tr_status s = set_one(config, before, key, e, err);
        before = key;
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
