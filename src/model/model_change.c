/* model/model_change.c -- changes behind a model's name: keys of its config set before it is counted. */
#include "model/model_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantity.h"
#include "base/text.h"
#include "model/build.h"
#include "model/config_copy.h"

enum { CHANGE_MAX = 16, CHANGES_SIZE = 96, KEY_SIZE = 256 };

/* A word for keys that every family spells in its own way. */
typedef struct word {
    char name[16];
    tr_unit unit;
    size_t at; /* of a layer's figure, for what a config leaves to its family; 0 = none */
    const char *keys;
} word;

#define AT(member) offsetof(tr_layer, member)

static const word words[] = {
    {"layers", TR_UNIT_NONE, 0, TR_KEY_LAYERS},
    {"hidden", TR_UNIT_NONE, 0, TR_KEY_HIDDEN},
    {"heads", TR_UNIT_NONE, AT(heads), TR_KEY_HEADS},
    {"kv_heads", TR_UNIT_NONE, AT(kv_heads), TR_KEY_KV_HEADS},
    {"head_dim", TR_UNIT_NONE, AT(head_dim), TR_KEY_HEAD_DIM},
    {"ffn", TR_UNIT_NONE, AT(dense_dim), TR_KEY_FFN},
    {"experts", TR_UNIT_NONE, 0, TR_KEY_EXPERTS},
    {"active_experts", TR_UNIT_NONE, 0, TR_KEY_TOP_K},
    {"expert_ffn", TR_UNIT_NONE, 0, TR_KEY_EXPERT_DIM "|expert_ffn_hidden_size|" TR_KEY_FFN},
    {"shared_experts", TR_UNIT_NONE, 0, TR_KEY_SHARED_EXPERTS},
    {"dense_layers", TR_UNIT_NONE, 0, "first_k_dense_replace|moe_layer_start_index"},
    {"kv_rank", TR_UNIT_NONE, 0, "kv_lora_rank"},
    {"q_rank", TR_UNIT_NONE, 0, "q_lora_rank"},
    {"window", TR_UNIT_CONTEXT, 0, "sliding_window|sliding_window_size|attention_chunk_size|window_size"},
    {"vocab", TR_UNIT_NONE, 0, "padded_vocab_size|vocab_size"},
    {"context", TR_UNIT_CONTEXT, 0, TR_KEY_CONTEXT},
};
enum { WORDS = sizeof words / sizeof words[0] };
static const char known_words[] =
    "layers, hidden, heads, kv_heads, head_dim, ffn, experts, active_experts, expert_ffn, shared_experts, "
    "dense_layers, kv_rank, q_rank, window, vocab, context";

/* One "key=value". */
typedef struct change {
    const word *word;    /* NULL: a key of the config itself */
    char name[KEY_SIZE]; /* as typed */
    char key[KEY_SIZE];  /* in the config, without the reader's prefix and without list positions */
    tr_value value;      /* to set; a number if is_factor */
    int is_factor;
    double stated;       /* what the config says, 0 if nothing */
    char text[CHANGES_SIZE];
} change;

typedef struct change_list {
    change item[CHANGE_MAX];
    size_t count;
} change_list;

/* ---- what was typed ------------------------------------------------------------- */

static int ends_with(const char *text, const char *tail)
{
    const size_t n = strlen(text), m = strlen(tail);
    return n >= m && tr_text_same(text + n - m, tail);
}

const char *tr_model_changes(const char *text, size_t *base_length)
{
    const char *slash = strrchr(text, '/');
    const char *comma = strchr(slash != NULL ? slash : text, ',');
    *base_length = strlen(text);
    if (comma == NULL || comma[1] == '\0' || ends_with(text, ".json") || ends_with(text, ".gguf") ||
        ends_with(text, ".safetensors"))
        return "";
    *base_length = (size_t)(comma - text);
    return comma + 1;
}

static int is_listed(const char *names, const char *name)
{
    const size_t length = strlen(name);
    for (const char *at = names;; at++) {
        const size_t n = strcspn(at, "|");
        if (n == length && strncmp(at, name, n) == 0)
            return 1;
        at += n;
        if (*at == '\0')
            return 0;
    }
}

/* By the word, or by a key that it stands for, which this config may spell in another way. */
static const word *find_word(const char *name)
{
    for (int by_key = 0; by_key < 2; by_key++)
        for (size_t i = 0; i < WORDS; i++)
            if (by_key ? is_listed(words[i].keys, name) : strcmp(words[i].name, name) == 0)
                return &words[i];
    return NULL;
}

/* The words, then the keys of the config that are no lists and stand below the reader's prefix. */
static const char *known_at(size_t index, const void *context)
{
    const tr_keys *keys = context;
    tr_value value;
    if (index < WORDS)
        return words[index].name;
    index -= WORDS;
    if (index >= tr_config_count(keys->config))
        return NULL;
    const char *key = tr_config_at(keys->config, index, &value);
    const size_t head = strlen(keys->prefix);
    return strncmp(key, keys->prefix, head) == 0 && strchr(key + head, '.') == NULL ? key + head : "?";
}

/* The first of names that the config has, alone or as a list, into c; the first of all if it has none. */
static int find_key(const tr_keys *keys, const char *names, change *c, tr_value *value)
{
    for (const char *at = names;;) {
        char one[KEY_SIZE];
        const size_t n = strcspn(at, "|");
        (void)tr_text_copy_span(one, sizeof one, at, n > 2 && strncmp(at + n - 2, ".0", 2) == 0 ? n - 2 : n);
        if (at == names)
            (void)tr_text_copy(c->key, sizeof c->key, one);
        if (tr_keys_find(keys, one, value) || tr_keys_item_find(keys, one, 0, value)) {
            (void)tr_text_copy(c->key, sizeof c->key, one);
            return 1;
        }
        if (at[n] == '\0')
            return 0;
        at += n + 1;
    }
}

static tr_status find_named(const tr_keys *keys, change *c, tr_value *stated, tr_error *err)
{
    c->word = find_word(c->name);
    if (find_key(keys, c->word != NULL ? c->word->keys : c->name, c, stated) || c->word != NULL)
        return TR_OK;
    const char *near = tr_near_name(c->name, known_at, keys);
    return tr_fail(err, TR_EUNKNOWN, "model", 0,
                   "a model has no '%.30s' to change%s%.30s%s known: %s, a key of its config", c->name,
                   near != NULL ? "; did you mean '" : ";", near != NULL ? near : "", near != NULL ? "'?" : "",
                   known_words);
}

/* What the config leaves to its family: of the first layer that has it. */
static double figure_of(const tr_model *model, const change *c)
{
    double figure = 0;
    if (c->word == &words[0])
        return model->layers;
    for (int i = 0; c->word != NULL && c->word->at > 0 && i < model->layer_kinds && !(figure > 0); i++)
        memcpy(&figure, (const char *)&model->layer[i] + c->word->at, sizeof figure);
    return figure;
}

/* A number with a suffix, a factor "0.5x"; true, false or a text where the config has such a value. */
static tr_status read_value(const tr_model *model, const tr_value *stated, const char *text, size_t length, change *c,
                            tr_error *err)
{
    tr_error inner;
    (void)tr_text_copy_span(c->text, sizeof c->text, text, length);
    c->value.kind = TR_VALUE_NUMBER;
    if (stated->kind == TR_VALUE_TEXT) {
        c->value.kind = TR_VALUE_TEXT;
        c->value.text = c->text;
        return TR_OK;
    }
    if (strcmp(c->text, "true") == 0 || strcmp(c->text, "false") == 0) {
        c->value.kind = TR_VALUE_BOOL;
        c->value.number = strcmp(c->text, "true") == 0;
        return TR_OK;
    }
    c->is_factor = length > 1 && tr_text_lower(text[length - 1]) == 'x';
    const tr_unit unit = c->word != NULL && !c->is_factor ? c->word->unit : TR_UNIT_NONE;
    const size_t digits = c->is_factor ? length - 1 : length;
    const tr_status s = tr_quantity_parse_span(text, digits, unit, &c->value.number, &inner);
    if (s != TR_OK)
        return tr_fail(err, s, "model", inner.value, "%.60s: %.240s", c->name, inner.text);
    if (stated->kind == TR_VALUE_NUMBER)
        c->stated = stated->number;
    if (c->is_factor && !(stated->kind == TR_VALUE_NUMBER && stated->place > 0)) {
        const double figure = c->stated > 0 ? c->stated : figure_of(model, c);
        if (!(figure > 0))
            return tr_fail(err, TR_EMISSING, "model", c->value.number,
                           "%.60s: the config of %.60s states none to multiply; give it as a number", c->name,
                           model->family);
        c->value.number *= figure;
        c->is_factor = 0;
    }
    return TR_OK;
}

static tr_status read_change(const tr_keys *keys, const tr_model *model, const char *item, size_t length,
                             change_list *list, tr_error *err)
{
    const char *equals = memchr(item, '=', length);
    const char *end = item + length;
    if (equals == NULL)
        return tr_fail(err, TR_EPARSE, "model", 0,
                       "expected key=value behind the name, as in deepseek-v3,layers=30, at '%.*s'; several models: "
                       "--model A --model B",
                       (int)(length < 40 ? length : 40), item);
    if (list->count == CHANGE_MAX)
        return tr_fail(err, TR_ECAPACITY, "model", CHANGE_MAX, "more than %d changes of a model", CHANGE_MAX);
    change *c = &list->item[list->count];
    memset(c, 0, sizeof *c);
    const char *name_end = equals, *value = equals + 1;
    for (; item < name_end && tr_text_is_space(*item); item++) {}
    for (; name_end > item && tr_text_is_space(name_end[-1]); name_end--) {}
    for (; value < end && tr_text_is_space(*value); value++) {}
    for (; end > value && tr_text_is_space(end[-1]); end--) {}
    (void)tr_text_copy_span(c->name, sizeof c->name, item, (size_t)(name_end - item));
    for (size_t i = 0; c->name[i] != '\0'; i++)
        c->name[i] = c->name[i] == '-' ? '_' : c->name[i];
    tr_value stated = {.kind = TR_VALUE_NULL};
    tr_status s = find_named(keys, c, &stated, err);
    for (size_t i = 0; i < list->count && s == TR_OK; i++)
        if (strcmp(list->item[i].key, c->key) == 0)
            s = tr_fail(err, TR_ECONFLICT, "model", 0, "%.60s is given twice", c->name);
    if (s == TR_OK)
        s = read_value(model, &stated, value, (size_t)(end - value), c, err);
    if (s == TR_OK)
        list->count++;
    return s;
}

static tr_status read_changes(const tr_keys *keys, const tr_model *model, const char *text, change_list *list,
                              tr_error *err)
{
    list->count = 0;
    for (const char *at = text;;) {
        const size_t n = strcspn(at, ",");
        const tr_status s = read_change(keys, model, at, n, list, err);
        if (s != TR_OK || at[n] == '\0')
            return s;
        at += n + 1;
    }
}

/* ---- counting -------------------------------------------------------------------- */

/* The config with all changes but number `without` (SIZE_MAX: with all), counted. */
static tr_status count_with(const tr_config *config, const char *family, const char *prefix, double layers,
                            const change_list *list, size_t without, tr_model *out, tr_error *err)
{
    tr_config_edit edit[CHANGE_MAX];
    tr_config_copying how = {.prefix = prefix, .edits = edit, .layers = layers, .layers_to = layers};
    for (size_t i = 0; i < list->count; i++) {
        const change *c = &list->item[i];
        if (i == without)
            continue;
        edit[how.edit_count++] = (tr_config_edit){.key = c->key, .value = c->value, .is_factor = c->is_factor};
        if (c->word == &words[0])
            how.layers_to = c->is_factor ? layers * c->value.number : c->value.number;
    }
    tr_config *changed = NULL;
    tr_status s = tr_config_copy(config, &how, &changed, err);
    if (s == TR_OK)
        s = tr_model_from_config(changed, family, out, err);
    tr_config_destroy(changed);
    return s;
}

/* Every figure that something is computed from. */
static int is_same(const tr_model *a, const tr_model *b)
{
    const double far_token = 1e7;
    for (int i = 0; i < a->layer_kinds && i < b->layer_kinds; i++)
        if (a->layer[i].expert_group_count != b->layer[i].expert_group_count ||
            a->layer[i].expert_group_active_count != b->layer[i].expert_group_active_count)
            return 0;
    return a->total_param == b->total_param && a->active_param == b->active_param && a->mtp_param == b->mtp_param &&
           a->max_context_token == b->max_context_token && a->layers == b->layers && a->tied == b->tied &&
           a->state_byte_per_seq == b->state_byte_per_seq && a->weight_dtype == b->weight_dtype &&
           tr_model_weight_byte(a) == tr_model_weight_byte(b) &&
           tr_model_kv_store_byte(a, far_token, 0) == tr_model_kv_store_byte(b, far_token, 0) &&
           tr_model_kv_read_byte(a, far_token, 0) == tr_model_kv_read_byte(b, far_token, 0) &&
           tr_model_attention_flop(a, far_token) == tr_model_attention_flop(b, far_token);
}

/* A change that no count knows of is a mistake, unless it says what is there already. */
static tr_status check_each(const tr_config *config, const char *family, const tr_keys *keys, double layers,
                            const change_list *list, const tr_model *made, tr_model *other, tr_error *err)
{
    for (size_t i = 0; i < list->count; i++) {
        const change *c = &list->item[i];
        if (c->is_factor ? c->value.number == 1 : c->stated > 0 && c->stated == c->value.number)
            continue;
        if (count_with(config, family, keys->prefix, layers, list, i, other, NULL) == TR_OK && is_same(made, other))
            return tr_fail(err, TR_ECONFLICT, "model", c->value.number,
                           "%.60s=%.60s changes nothing: %.60s does not count %s%.60s", c->name, c->text, made->family,
                           keys->prefix, c->key);
    }
    return TR_OK;
}

tr_status tr_model_from_changed(const tr_config *config, const char *family, const char *changes, tr_model *out,
                                tr_error *err)
{
    if (changes[0] == '\0')
        return tr_model_from_config(config, family, out, err);
    if (strlen(changes) >= CHANGES_SIZE)
        return tr_fail(err, TR_ECAPACITY, "model", 0, "the changes of a model take more than %d bytes",
                       CHANGES_SIZE - 1);
    struct {
        tr_model made, other;
        change_list list;
    } *b = calloc(1, sizeof *b);
    if (b == NULL)
        return tr_fail(err, TR_ENOMEM, "model", 0, "out of memory for the count of a model");
    tr_keys keys;
    tr_keys_init(&keys, config, tr_model_wrapper(config), NULL);
    if (keys.prefix[0] != '\0')
        keys.defaults = tr_keys_text_or(&keys, "model_type", NULL);
    tr_status s = tr_model_from_config(config, family, &b->other, err);
    const double layers = b->other.layers;
    if (s == TR_OK)
        s = read_changes(&keys, &b->other, changes, &b->list, err);
    if (s == TR_OK)
        s = count_with(config, family, keys.prefix, layers, &b->list, SIZE_MAX, &b->made, err);
    if (s == TR_OK)
        s = check_each(config, family, &keys, layers, &b->list, &b->made, &b->other, err);
    if (s == TR_OK)
        *out = b->made;
    free(b);
    return s;
}

void tr_model_name_changes(tr_model *model, const char *changes)
{
    char name[sizeof model->name], source[sizeof model->source];
    if (changes[0] == '\0')
        return;
    const size_t room = sizeof name - strlen(changes) - 2;
    (void)snprintf(name, sizeof name, "%.*s,%s", (int)room, model->name, changes);
    (void)snprintf(source, sizeof source, "%.145s; changed: %.95s", model->source, changes);
    memcpy(model->name, name, sizeof name);
    memcpy(model->source, source, sizeof source);
    model->hf_id[0] = '\0';
    model->weight_total_byte = 0;
}
