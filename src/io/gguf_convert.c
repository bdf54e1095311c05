/* io/gguf_convert.c -- reading metadata of one architecture and writing keys of a config.json, with a sticky error. */
#include "io/gguf_convert.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"

#define NUMBER_MAX 9007199254740992.0 /* 2^53 */

const tr_gguf_value *tr_convert_find(const tr_convert *c, const char *key)
{
    char path[192];
    (void)snprintf(path, sizeof path, "%s.%s", c->arch->name, key);
    return tr_gguf_find(c->gguf, path);
}

void tr_convert_fail(tr_convert *c, tr_status status, const char *field, double value, const char *text)
{
    if (c->status == TR_OK)
        c->status = tr_fail(c->err, status, field, value, "%.80s %s", field, text);
}

/* All items are the same one, or the largest where they may differ. */
static double of_list(tr_convert *c, const tr_gguf_value *v)
{
    double value = v->list[0];
    for (size_t i = 1; i < (size_t)v->list_count; i++) {
        const int differs = v->list[i] < value || v->list[i] > value;
        if (differs && !(c->arch->looks & TR_LOOK_UNEVEN))
            tr_convert_fail(c, TR_EUNKNOWN, v->key, v->list[i],
                            "differs from layer to layer; expected one number for this architecture");
        value = v->list[i] > value ? v->list[i] : value;
    }
    return value;
}

int tr_convert_number(tr_convert *c, const char *key, double *out)
{
    const tr_gguf_value *v = tr_convert_find(c, key);
    if (v == NULL || c->status != TR_OK)
        return 0;
    double value = v->number;
    if (v->kind == TR_GGUF_LIST && v->list != NULL && v->list_count > 0.0)
        value = of_list(c, v);
    else if (v->kind != TR_GGUF_NUMBER)
        tr_convert_fail(c, TR_EPARSE, v->key, 0.0, "is not a number; expected one");
    if (!(value >= 0.0 && value <= NUMBER_MAX))
        tr_convert_fail(c, TR_EDOMAIN, v->key, value, "is out of range; expected a whole number from 0 to 2^53");
    *out = value;
    return c->status == TR_OK && value > 0.0;
}

double tr_convert_number_or(tr_convert *c, const char *key, double fallback)
{
    double value = 0.0;
    return tr_convert_number(c, key, &value) ? value : fallback;
}

double tr_convert_need(tr_convert *c, const char *key)
{
    double value = 0.0;
    if (!tr_convert_number(c, key, &value) && c->status == TR_OK)
        c->status = tr_fail(c->err, TR_EMISSING, key, 0.0,
                            "the metadata has no %s.%s, which this architecture needs", c->arch->name, key);
    return c->status == TR_OK ? value : 0.0;
}

double tr_convert_item(const tr_convert *c, const char *key, size_t index)
{
    const tr_gguf_value *v = tr_convert_find(c, key);
    double value = 0.0;
    if (v != NULL && v->kind == TR_GGUF_LIST && v->list != NULL && (double)index < v->list_count)
        value = v->list[index];
    else if (v != NULL && v->kind == TR_GGUF_NUMBER)
        value = v->number;
    return value > 0.0 && value <= NUMBER_MAX ? value : 0.0;
}

size_t tr_convert_layers(tr_convert *c)
{
    const double layers = tr_convert_need(c, "block_count") - tr_convert_number_or(c, "nextn_predict_layers", 0.0);
    return layers > 0.0 ? layers < TR_GGUF_LIST_MAX ? (size_t)layers : TR_GGUF_LIST_MAX : 0;
}

/* ---- keys ----------------------------------------------------------------- */

static void keep(tr_convert *c, tr_status status)
{
    if (c->status == TR_OK && status != TR_ECONFLICT)
        c->status = status;
}

void tr_convert_set(tr_convert *c, const char *key, double value)
{
    if (c->status == TR_OK)
        keep(c, tr_config_set_number(c->config, key, value, 0, c->err));
}

void tr_convert_set_text(tr_convert *c, const char *key, const char *text)
{
    if (c->status == TR_OK)
        keep(c, tr_config_set_text(c->config, key, text, 0, c->err));
}

void tr_convert_set_bool(tr_convert *c, const char *key, int value)
{
    if (c->status == TR_OK)
        keep(c, tr_config_set_bool(c->config, key, value, 0, c->err));
}

void tr_convert_set_at(tr_convert *c, const char *key, size_t index, double value)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%.64s.%zu", key, index);
    tr_convert_set(c, path, value);
}

void tr_convert_set_item(tr_convert *c, const char *key, size_t index, const char *text)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%.64s.%zu", key, index);
    tr_convert_set_text(c, path, text);
}

void tr_convert_take(tr_convert *c, const char *from, const char *to)
{
    double value = 0.0;
    if (tr_convert_number(c, from, &value))
        tr_convert_set(c, to, value);
}

/* ---- tensors -------------------------------------------------------------- */

int tr_convert_has_tensor(const tr_convert *c, const char *end)
{
    const size_t m = strlen(end);
    for (size_t i = 0; i < tr_gguf_tensor_count(c->gguf); i++) {
        const char *name = tr_gguf_tensor(c->gguf, i)->name;
        const size_t n = strlen(name);
        if (n >= m && strcmp(name + n - m, end) == 0)
            return 1;
    }
    return 0;
}

const tr_tensor *tr_convert_tensor(const tr_convert *c, size_t layer, const char *rest)
{
    char name[96];
    (void)snprintf(name, sizeof name, "blk.%zu.%.64s", layer, rest);
    return tr_gguf_tensor_find(c->gguf, name);
}
