/* model/config_copy.c -- a copy of a config with some keys set, and with more or fewer layers. */
#include "model/config_copy.h"
#include "model/config_lookup.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"

enum { PATH_SIZE = 256 };

typedef struct copying {
    const tr_config *from;
    tr_config *to;
    const tr_config_copying *how;
    unsigned char placed[32]; /* by edit: 1 once its key was met */
    tr_error *err;
} copying;

static tr_status put(copying *c, const char *key, const tr_value *v)
{
    switch (v->kind) {
    case TR_VALUE_NUMBER: return tr_config_set_number(c->to, key, v->number, v->line, c->err);
    case TR_VALUE_TEXT: return tr_config_set_text(c->to, key, v->text, v->line, c->err);
    case TR_VALUE_BOOL: return tr_config_set_bool(c->to, key, v->number > 0, v->line, c->err);
    case TR_VALUE_NULL:
    case TR_VALUE_SHAPE: break; /* a shape is no entry: copy_all */
    }
    return tr_config_set_null(c->to, key, v->line, c->err);
}

/* ---- lists with an item a layer ------------------------------------------------------ */

/* "a.block_configs.12.attention.no_op": length of "a.block_configs", the number, what follows it. 0: no list item. */
static size_t split(const char *key, double *number, const char **rest)
{
    for (size_t n = 0; key[n] != '\0'; n++) {
        if (key[n] != '.' || !tr_text_is_digit(key[n + 1]))
            continue;
        *number = 0;
        for (*rest = key + n + 1; tr_text_is_digit(**rest); ++*rest)
            *number = 10 * *number + (**rest - '0');
        return n;
    }
    return 0;
}

static double length_of(const tr_config *config, const char *key, size_t stem)
{
    double most = -1, number = 0;
    const char *rest = "";
    tr_value value;
    for (size_t i = 0; i < tr_config_count(config); i++) {
        const char *other = tr_config_at(config, i, &value);
        if (strncmp(other, key, stem) == 0 && split(other, &number, &rest) == stem && number > most)
            most = number;
    }
    return most + 1;
}

static int ends_in(const char *key, size_t length, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t n = strlen(names[i]);
        if (length >= n && strncmp(key + length - n, names[i], n) == 0)
            return 1;
    }
    return 0;
}

/* A list of layers' numbers: after its own come the same again, so many layers on. */
static int tells_layers(const char *key, size_t stem)
{
    static const char *const names[] = {"full_attn_idxs", "attn_layer_indices", "full_attn_layers", "kda_layers"};
    return ends_in(key, stem, names, sizeof names / sizeof names[0]);
}

static tr_status put_item(copying *c, const char *key, size_t stem, double number, const char *rest, const tr_value *v)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%.*s.%.0f%s", (int)stem, key, number, rest);
    return put(c, path, v);
}

/* Item `number` of a list, as often as the layers to come need it. */
static tr_status put_items(copying *c, const char *key, size_t stem, double number, const char *rest, tr_value *v)
{
    const double from = c->how->layers, to = c->how->layers_to;
    const double length = length_of(c->from, key, stem);
    const double few_more = 8; /* items for layers that predict ahead */
    tr_status s = TR_OK;
    if (tells_layers(key, stem)) {
        s = put(c, key, v);
        for (double again = 1; v->kind == TR_VALUE_NUMBER && v->number + from <= to && s == TR_OK; again++) {
            v->number += from;
            s = put_item(c, key, stem, number + again * length, rest, v);
        }
        return s;
    }
    if (!(length >= from && length <= from + few_more) || strstr(key, "quantization_config") != NULL)
        return put(c, key, v);
    for (double i = number; number < from && i < to && s == TR_OK; i += from)
        s = put_item(c, key, stem, i, rest, v);
    return s;
}

/* A letter a layer. */
static tr_status put_pattern(copying *c, const char *key, tr_value *v)
{
    char letters[TR_STACK_MAX + 1];
    const size_t length = strlen(v->text), from = (size_t)c->how->layers;
    size_t n = 0;
    if (length != from)
        return put(c, key, v);
    for (; n < TR_STACK_MAX && (double)n < c->how->layers_to; n++)
        letters[n] = v->text[n % length];
    letters[n] = '\0';
    tr_value cut = *v;
    cut.text = letters;
    return put(c, key, &cut);
}

static tr_status put_resized(copying *c, const char *key, tr_value *v)
{
    static const char *const patterns[] = {"hybrid_override_pattern", "layer_pattern"};
    double number = 0;
    const char *rest = "";
    const size_t stem = split(key, &number, &rest);
    if (c->how->layers_to == c->how->layers)
        return put(c, key, v);
    if (stem > 0)
        return put_items(c, key, stem, number, rest, v);
    if (v->kind == TR_VALUE_TEXT && ends_in(key, strlen(key), patterns, sizeof patterns / sizeof patterns[0]))
        return put_pattern(c, key, v);
    if (v->kind == TR_VALUE_TEXT && strstr(key, "moe_layers_enum") != NULL && c->how->layers_to > c->how->layers)
        return tr_fail(c->err, TR_ECONFLICT, "layers", c->how->layers_to,
                       "layers: %s lists which of the %.0f layers are sparse, so there can be fewer, not more", key,
                       c->how->layers);
    return put(c, key, v);
}

/* ---- edits ------------------------------------------------------------------------- */

/* The edit whose key this is, or whose list's item; NULL if none is. */
static const tr_config_edit *edit_of(copying *c, const char *key)
{
    const size_t head = strlen(c->how->prefix);
    for (size_t i = 0; i < c->how->edit_count; i++) {
        const tr_config_edit *e = &c->how->edits[i];
        const size_t n = strlen(e->key);
        if (strncmp(key, c->how->prefix, head) != 0 || strncmp(key + head, e->key, n) != 0)
            continue;
        const char *rest = key + head + n;
        if (*rest == '\0' || (*rest == '.' && strspn(rest + 1, "0123456789") == strlen(rest + 1))) {
            c->placed[i] = 1;
            return e;
        }
    }
    return NULL;
}

static tr_status copy_one(copying *c, const char *key, tr_value *v)
{
    const tr_config_edit *e = edit_of(c, key);
    if (e == NULL)
        return put_resized(c, key, v);
    if (!e->is_factor)
        *v = (tr_value){.kind = e->value.kind, .line = v->line, .number = e->value.number, .text = e->value.text};
    else if (v->kind == TR_VALUE_NUMBER)
        v->number *= e->value.number;
    return put_resized(c, key, v);
}

static tr_status copy_all(copying *c)
{
    tr_status s = TR_OK;
    const tr_config *shapes = tr_config_shapes(c->from);
    for (size_t i = 0; shapes != NULL && i < tr_config_count(shapes) && s == TR_OK; i++) {
        tr_value v;
        const char *key = tr_config_at(shapes, i, &v);
        s = tr_config_set_shape(c->to, key, v.text, v.line, c->err);
    }
    for (size_t i = 0; i < tr_config_count(c->from) && s == TR_OK; i++) {
        tr_value v;
        const char *key = tr_config_at(c->from, i, &v);
        s = copy_one(c, key, &v);
    }
    for (size_t i = 0; i < c->how->edit_count && s == TR_OK; i++)
        if (!c->placed[i]) {
            char path[PATH_SIZE];
            (void)snprintf(path, sizeof path, "%.120s%.120s", c->how->prefix, c->how->edits[i].key);
            s = put(c, path, &c->how->edits[i].value);
        }
    return s;
}

tr_status tr_config_copy(const tr_config *from, const tr_config_copying *how, tr_config **out, tr_error *err)
{
    copying c = {.from = from, .how = how, .err = err};
    if (how->edit_count > sizeof c.placed)
        return tr_fail(err, TR_ECAPACITY, "config", (double)how->edit_count, "more than %zu edits", sizeof c.placed);
    c.to = tr_config_create();
    if (c.to == NULL)
        return tr_fail(err, TR_ENOMEM, "config", 0, "out of memory for the keys of a model");
    const tr_status s = copy_all(&c);
    if (s != TR_OK) {
        tr_config_destroy(c.to);
        return s;
    }
    *out = c.to;
    return TR_OK;
}
