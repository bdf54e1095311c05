/* embed_models -- the files of data/models as one read-only C table.
 *
 *     embed_models OUT.c OUT.c.d DATA_FOLDER
 *
 * Runs while building, on the building machine. Writes the tables that
 * src/model/catalog_table.h declares, and a dependency file, so that touching
 * or adding a model rebuilds the catalog. Any fault in a file stops the build
 * with the file, line and reason.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/near.h"
#include "io/file.h"
#include "io/model_entry.h"
#include "model/catalog_table.h"

enum { KEY_MAX = 256, SOURCE_MAX = 256 };

/* Texts, each once; offset 0 is the empty one. */
typedef struct pool {
    char *text;
    size_t used, room;
    uint32_t *slot; /* offset + 1, or 0: open addressing */
    size_t slots, count;
} pool;

typedef struct table {
    pool texts;
    tr_catalog_key *key;
    size_t keys, key_room;
    tr_catalog_model *model;
    size_t models;
} table;

static void *grown(void *old, size_t size)
{
    void *more = realloc(old, size);
    if (more == NULL) {
        (void)fprintf(stderr, "embed_models: out of memory\n");
        exit(1);
    }
    return more;
}

static uint32_t hash(const char *text)
{
    uint32_t h = 2166136261u;
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * 16777619u;
    return h;
}

static void pool_rehash(pool *p)
{
    const size_t slots = p->slots == 0 ? 1024 : p->slots * 2;
    free(p->slot);
    p->slot = grown(NULL, slots * sizeof *p->slot);
    memset(p->slot, 0, slots * sizeof *p->slot);
    p->slots = slots;
    for (size_t at = 0; at < p->used; at += strlen(p->text + at) + 1) {
        size_t i = hash(p->text + at) & (slots - 1);
        while (p->slot[i] != 0)
            i = (i + 1) & (slots - 1);
        p->slot[i] = (uint32_t)at + 1;
    }
}

static uint32_t pool_add(pool *p, const char *text)
{
    if (2 * (p->count + 1) > p->slots)
        pool_rehash(p);
    size_t i = hash(text) & (p->slots - 1);
    for (; p->slot[i] != 0; i = (i + 1) & (p->slots - 1))
        if (strcmp(p->text + p->slot[i] - 1, text) == 0)
            return p->slot[i] - 1;
    const size_t length = strlen(text) + 1, at = p->used;
    if (at + length > p->room) {
        p->room = (p->room + length) * 2;
        p->text = grown(p->text, p->room);
    }
    memcpy(p->text + at, text, length);
    p->used += length;
    p->slot[i] = (uint32_t)at + 1;
    p->count++;
    return (uint32_t)at;
}

static uint32_t kind_of(const tr_flat_entry *e)
{
    switch (e->kind) {
    case TR_FLAT_NUMBER: return TR_CATALOG_NUMBER;
    case TR_FLAT_TEXT: return TR_CATALOG_TEXT;
    case TR_FLAT_BOOL: return TR_CATALOG_BOOL;
    case TR_FLAT_NULL:
    case TR_FLAT_EMPTY_LIST:
    case TR_FLAT_EMPTY_OBJECT: break;
    }
    return TR_CATALOG_NULL;
}

/* "layer_types.12" -> 12 and the length of the stem; -1 if key is no list item. */
static long list_position(const char *key, size_t *stem)
{
    const char *dot = strrchr(key, '.');
    if (dot == NULL || dot[1] == '\0')
        return -1;
    char *end = NULL;
    const long position = strtol(dot + 1, &end, 10);
    *stem = (size_t)(dot - key);
    return dot[1] >= '0' && dot[1] <= '9' && *end == '\0' ? position : -1;
}

/* The item continues the run that the last key began: same list, next position, same value. */
static int continues(const table *t, size_t first_key, const tr_catalog_key *next, const char *key)
{
    if (t->keys == first_key)
        return 0;
    const tr_catalog_key *last = &t->key[t->keys - 1];
    const char *last_key = t->texts.text + last->key;
    size_t stem = 0, last_stem = 0;
    const long at = list_position(key, &stem), last_at = list_position(last_key, &last_stem);
    return at > 0 && last_at >= 0 && at == last_at + (long)last->repeat && stem == last_stem &&
           strncmp(key, last_key, stem) == 0 && last->kind == next->kind && last->text == next->text &&
           !(last->number < next->number) && !(last->number > next->number);
}

static void add_keys(table *t, const tr_flat *flat)
{
    const size_t first_key = t->keys;
    for (size_t i = 0; i < tr_flat_count(flat); i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *key = tr_flat_below(e->key, TR_ENTRY_CONFIG);
        if (key == NULL || e->kind == TR_FLAT_EMPTY_LIST || e->kind == TR_FLAT_EMPTY_OBJECT)
            continue;
        const tr_catalog_key next = {
            .kind = kind_of(e), .text = pool_add(&t->texts, e->text), .repeat = 1, .number = e->number};
        if (continues(t, first_key, &next, key)) {
            t->key[t->keys - 1].repeat++;
            continue;
        }
        if (t->keys == t->key_room) {
            t->key_room *= 2;
            t->key = grown(t->key, t->key_room * sizeof *t->key);
        }
        t->key[t->keys] = next;
        t->key[t->keys++].key = pool_add(&t->texts, key);
    }
}

static int add_model(table *t, const char *path)
{
    tr_model_entry e;
    tr_error err = {.text = ""};
    if (tr_model_entry_read(path, &e, &err) != TR_OK) {
        (void)fprintf(stderr, "%s:%d:%d: error: %s\n", path, err.line, err.column, err.text);
        return 0;
    }
    char source[SOURCE_MAX];
    const int length = snprintf(source, sizeof source, "%s, %s", e.source, e.date);
    int ok = length > 0 && (size_t)length < sizeof source;
    if (!ok)
        (void)fprintf(stderr, "%s: error: source and date are longer than %d bytes\n", path, SOURCE_MAX - 1);
    for (size_t i = 0; ok && i < tr_flat_count(e.flat); i++)
        if (strlen(tr_flat_at(e.flat, i)->key) >= KEY_MAX) {
            (void)fprintf(stderr, "%s: error: a key is longer than %d bytes\n", path, KEY_MAX - 1);
            ok = 0;
        }
    if (ok) {
        const size_t first = t->keys;
        add_keys(t, e.flat);
        t->model[t->models++] = (tr_catalog_model){
            .name = pool_add(&t->texts, e.name),
            .hf_id = pool_add(&t->texts, e.hf_id),
            .aliases = pool_add(&t->texts, e.aliases),
            .family = pool_add(&t->texts, e.family),
            .source = pool_add(&t->texts, source),
            .first_key = (uint32_t)first,
            .key_count = (uint32_t)(t->keys - first),
            .weight_total_byte = e.weight_total_byte,
        };
    }
    tr_model_entry_free(&e);
    return ok;
}

/* Files are sorted with their ".json", which orders "a-b" and "a" otherwise than their names do. */
static void sort_models(table *t)
{
    for (size_t i = 1; i < t->models; i++) {
        const tr_catalog_model m = t->model[i];
        size_t j = i;
        for (; j > 0 && strcmp(t->texts.text + t->model[j - 1].name, t->texts.text + m.name) > 0; j--)
            t->model[j] = t->model[j - 1];
        t->model[j] = m;
    }
}

/* 1 if name (n bytes, case ignored) is the name, id or an alias of m. */
static int is_called(const table *t, const tr_catalog_model *m, const char *name, size_t n)
{
    const char *const lists[3] = {t->texts.text + m->name, t->texts.text + m->hf_id,
                                  t->texts.text + m->aliases};
    for (int i = 0; i < 3; i++)
        for (const char *at = lists[i]; *at != '\0';) {
            const size_t length = strcspn(at, "|");
            if (tr_name_equal(at, length, name, n))
                return 1;
            at += at[length] == '|' ? length + 1 : length;
        }
    return 0;
}

static int names_are_unique(const table *t)
{
    for (size_t i = 0; i < t->models; i++) {
        const char *const lists[3] = {t->texts.text + t->model[i].name, t->texts.text + t->model[i].hf_id,
                                      t->texts.text + t->model[i].aliases};
        for (int k = 0; k < 3; k++)
            for (const char *at = lists[k]; *at != '\0';) {
                const size_t length = strcspn(at, "|");
                for (size_t j = 0; j < t->models; j++)
                    if (j != i && is_called(t, &t->model[j], at, length)) {
                        (void)fprintf(stderr, "embed_models: error: '%.*s' names both %s and %s\n",
                                      (int)length, at, lists[0], t->texts.text + t->model[j].name);
                        return 0;
                    }
                at += at[length] == '|' ? length + 1 : length;
            }
    }
    return 1;
}

static void write_table(FILE *f, const table *t)
{
    (void)fputs("/* Generated from data/models by tools/embed_models.c: edit those files instead. */\n"
                "#include \"model/catalog_table.h\"\n\n",
                f);
    /* Numbers, not a string literal: C promises only 4,095 characters of those. */
    (void)fprintf(f, "const char tr_model_catalog_text[%zu] = {", t->texts.used);
    for (size_t i = 0; i < t->texts.used; i++)
        (void)fprintf(f, "%s%d,", i % 32 == 0 ? "\n" : "", t->texts.text[i]);
    (void)fprintf(f, "\n};\n\nconst tr_catalog_key tr_model_catalog_key[%zu] = {\n", t->keys);
    for (size_t i = 0; i < t->keys; i++)
        (void)fprintf(f, "{%u, %u, %u, %u, %.17g},\n", t->key[i].key, t->key[i].kind, t->key[i].text,
                      t->key[i].repeat, t->key[i].number);
    (void)fprintf(f, "};\n\nconst tr_catalog_model tr_model_catalog_table[%zu] = {\n", t->models);
    for (size_t i = 0; i < t->models; i++) {
        const tr_catalog_model *m = &t->model[i];
        (void)fprintf(f, "{%u, %u, %u, %u, %u, %u, %u, 0, %.17g},\n", m->name, m->hf_id, m->aliases,
                      m->family, m->source, m->first_key, m->key_count, m->weight_total_byte);
    }
    (void)fprintf(f, "};\n\nconst uint32_t tr_model_catalog_size = %zu;\n", t->models);
}

static int write_depends(const char *path, const char *target, const char *folder, char **name, size_t count)
{
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return 0;
    (void)fprintf(f, "%s: %s", target, folder);
    for (size_t i = 0; i < count; i++)
        (void)fprintf(f, " \\\n  %s/%s", folder, name[i]);
    (void)fputc('\n', f);
    return fclose(f) == 0;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: embed_models OUT.c OUT.c.d DATA_FOLDER\n");
        return 2;
    }
    tr_error err = {.text = ""};
    char **name = NULL;
    size_t count = 0;
    if (tr_folder_list(argv[3], ".json", &name, &count, &err) != TR_OK || count == 0) {
        (void)fprintf(stderr, "embed_models: error: %s\n",
                      count == 0 && name != NULL ? "no models" : err.text);
        free(name);
        return 1;
    }
    table t = {.texts = {.text = NULL}};
    (void)pool_add(&t.texts, "");
    t.model = grown(NULL, count * sizeof *t.model);
    t.key_room = 4096;
    t.key = grown(NULL, t.key_room * sizeof *t.key);
    int ok = 1;
    for (size_t i = 0; i < count; i++) {
        char path[TR_PATH_MAX];
        ok &= tr_path_join(path, sizeof path, argv[3], name[i], &err) == TR_OK && add_model(&t, path);
    }
    sort_models(&t);
    ok = ok && names_are_unique(&t);
    FILE *f = ok ? fopen(argv[1], "w") : NULL;
    if (f != NULL) {
        write_table(f, &t);
        ok = fclose(f) == 0 && write_depends(argv[2], argv[1], argv[3], name, count);
    }
    if (f == NULL || !ok) {
        if (ok)
            (void)fprintf(stderr, "embed_models: error: cannot write %s\n", argv[1]);
        ok = 0;
    }
    free(t.texts.text);
    free(t.texts.slot);
    free(t.key);
    free(t.model);
    free(name);
    return ok ? 0 : 1;
}
