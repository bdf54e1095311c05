/* model/config.c -- the flat, ordered, hashed set of keys of a config.json. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "model/config_lookup.h"

enum { ENTRY_MAX = TR_CONFIG_ENTRY_MAX, KEY_MAX = 256, TEXT_MAX = 4096 };

typedef struct entry {
    uint32_t hash;
    uint32_t key; /* offset into text */
    uint32_t key_length;
    uint32_t value; /* offset into text, TEXT only */
    int line;
    tr_value_kind kind;
    double number;
} entry;

/* Entries in document order; an open-addressing table of 1 + their index; one
 * arena for all text. Everything grows by doubling. */
struct tr_config {
    entry *entries;
    size_t count, capacity;
    uint32_t *slots;
    size_t slot_count; /* a power of two, at least twice count */
    char *text;
    size_t text_length, text_capacity;
    tr_config *shapes; /* NULL = none */
};

tr_config *tr_config_create(void) { return calloc(1, sizeof(tr_config)); }

void tr_config_destroy(tr_config *config)
{
    if (config == NULL)
        return;
    tr_config_destroy(config->shapes);
    free(config->entries);
    free(config->slots);
    free(config->text);
    free(config);
}

uint32_t tr_config_hash(uint32_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

static void fill(const tr_config *config, const entry *e, tr_value *value)
{
    value->kind = e->kind;
    value->line = e->line;
    value->number = e->number;
    value->text = e->kind == TR_VALUE_TEXT ? config->text + e->value : NULL;
    value->place = (size_t)(e - config->entries) + 1;
}

int tr_config_lookup(const tr_config *config, uint32_t hash, const char *head, size_t head_length,
                     const char *tail, size_t tail_length, tr_value *value)
{
    if (config->slot_count == 0)
        return 0;
    const size_t mask = config->slot_count - 1;
    for (size_t slot = hash & mask; config->slots[slot] != 0; slot = (slot + 1) & mask) {
        const entry *e = &config->entries[config->slots[slot] - 1];
        const char *key = config->text + e->key;
        if (e->hash == hash && e->key_length == head_length + tail_length &&
            memcmp(key, head, head_length) == 0 && memcmp(key + head_length, tail, tail_length) == 0) {
            fill(config, e, value);
            return 1;
        }
    }
    return 0;
}

static int grow(void **data, size_t *capacity, size_t item, size_t needed)
{
    if (needed <= *capacity)
        return 1;
    size_t more = *capacity == 0 ? 256 : *capacity;
    while (more < needed)
        more *= 2;
    void *moved = realloc(*data, more * item);
    if (moved == NULL)
        return 0;
    *data = moved;
    *capacity = more;
    return 1;
}

static int rehash(tr_config *config)
{
    if (config->slot_count >= 2 * (config->count + 1))
        return 1;
    const size_t count = config->slot_count == 0 ? 512 : 2 * config->slot_count;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return 0;
    for (size_t i = 0; i < config->count; i++) {
        size_t slot = config->entries[i].hash & (count - 1);
        while (slots[slot] != 0)
            slot = (slot + 1) & (count - 1);
        slots[slot] = (uint32_t)(i + 1);
    }
    free(config->slots);
    config->slots = slots;
    config->slot_count = count;
    return 1;
}

static tr_status check_key(const char *key, size_t *length, int line, tr_error *err)
{
    size_t n = 0;
    for (; key[n] != '\0'; n++) {
        if (n >= KEY_MAX - 1)
            return tr_fail_at(err, TR_ECAPACITY, key, (double)n, line, 0, "a key is longer than %d bytes",
                              KEY_MAX - 1);
        if ((unsigned char)key[n] < 0x20)
            return tr_fail_at(err, TR_EPARSE, NULL, (double)n, line, 0, "a key holds a control character");
    }
    if (n == 0)
        return tr_fail_at(err, TR_EPARSE, NULL, 0, line, 0,
                          "a key is empty; expected a name such as hidden_size");
    *length = n;
    return TR_OK;
}

static tr_status set(tr_config *config, const char *key, tr_value_kind kind, double number, const char *text,
                     int line, tr_error *err)
{
    if (config == NULL || key == NULL || (kind == TR_VALUE_TEXT && text == NULL))
        return tr_fail_at(err, TR_EMISSING, key, 0, line, 0, "a config, a key and a value are needed");
    size_t length = 0;
    const tr_status checked = check_key(key, &length, line, err);
    if (checked != TR_OK)
        return checked;
    const size_t text_length = kind == TR_VALUE_TEXT ? strlen(text) : 0;
    if (text_length >= TEXT_MAX)
        return tr_fail_at(err, TR_ECAPACITY, key, (double)text_length, line, 0,
                          "%s holds %zu bytes of text; the limit is %d", key, text_length, TEXT_MAX - 1);
    const uint32_t hash = tr_config_hash(TR_CONFIG_HASH_START, key, length);
    tr_value old;
    if (tr_config_lookup(config, hash, key, length, "", 0, &old))
        return tr_fail_at(err, TR_ECONFLICT, key, 0, line, 0, "%s is given twice (first on line %d)", key,
                          old.line);
    if (config->count >= ENTRY_MAX)
        return tr_fail_at(err, TR_ECAPACITY, key, ENTRY_MAX, line, 0,
                          "more than %d keys; a config.json has a few hundred", ENTRY_MAX);
    void *entries = config->entries, *arena = config->text;
    const int room = grow(&entries, &config->capacity, sizeof(entry), config->count + 1);
    config->entries = entries;
    const int words = grow(&arena, &config->text_capacity, 1, config->text_length + length + text_length + 2);
    config->text = arena;
    if (!room || !words || !rehash(config))
        return tr_fail_at(err, TR_ENOMEM, key, 0, line, 0, "out of memory for the keys of a model");

    entry *e = &config->entries[config->count];
    e->hash = hash;
    e->key = (uint32_t)config->text_length;
    e->key_length = (uint32_t)length;
    memcpy(config->text + config->text_length, key, length + 1);
    config->text_length += length + 1;
    e->value = (uint32_t)config->text_length;
    if (kind == TR_VALUE_TEXT) {
        memcpy(config->text + config->text_length, text, text_length + 1);
        config->text_length += text_length + 1;
    }
    e->kind = kind;
    e->number = number;
    e->line = line;
    size_t slot = hash & (config->slot_count - 1);
    while (config->slots[slot] != 0)
        slot = (slot + 1) & (config->slot_count - 1);
    config->slots[slot] = (uint32_t)(config->count + 1);
    config->count++;
    return TR_OK;
}

tr_status tr_config_set_number(tr_config *config, const char *key, double value, int line, tr_error *err)
{
    if (!(fabs(value) <= 1.7976931348623157e308))
        return tr_fail_at(err, TR_EDOMAIN, key, value, line, 0, "%s is not a finite number",
                          key == NULL ? "" : key);
    return set(config, key, TR_VALUE_NUMBER, value, NULL, line, err);
}

tr_status tr_config_set_text(tr_config *config, const char *key, const char *value, int line, tr_error *err)
{
    return set(config, key, TR_VALUE_TEXT, 0, value, line, err);
}

tr_status tr_config_set_bool(tr_config *config, const char *key, int value, int line, tr_error *err)
{
    return set(config, key, TR_VALUE_BOOL, value != 0, NULL, line, err);
}

tr_status tr_config_set_null(tr_config *config, const char *key, int line, tr_error *err)
{
    return set(config, key, TR_VALUE_NULL, 0, NULL, line, err);
}

tr_status tr_config_set_shape(tr_config *config, const char *key, const char *what, int line, tr_error *err)
{
    if (config->shapes == NULL)
        config->shapes = tr_config_create();
    if (config->shapes == NULL)
        return tr_fail_at(err, TR_ENOMEM, key, 0, line, 0, "out of memory for the keys of a model");
    return set(config->shapes, key, TR_VALUE_TEXT, 0, what, line, err);
}

const tr_config *tr_config_shapes(const tr_config *config) { return config->shapes; }

size_t tr_config_count(const tr_config *config) { return config->count; }

const char *tr_config_at(const tr_config *config, size_t index, tr_value *value)
{
    const entry *e = &config->entries[index];
    fill(config, e, value);
    return config->text + e->key;
}
