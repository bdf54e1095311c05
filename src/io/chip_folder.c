/* io/chip_folder.c -- the chips and systems of a data folder: found by name or alias, and listed with the
 * catalog's. */
#define _POSIX_C_SOURCE 200809L

#include "io/chip_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "chip/name.h"
#include "io/chip_file.h"
#include "io/json_flat.h"

static tr_status out_of_memory(tr_error *err) { return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory"); }

/* ---- names of a folder ------------------------------------------------------ */

/* Insert name into the sorted texts at *out, *used bytes long; once. */
static int insert(char **out, size_t *used, size_t *count, const char *name, size_t length)
{
    size_t at = 0;
    while (at < *used) {
        const size_t have = strlen(*out + at);
        const int order = strncmp(*out + at, name, length);
        if (order == 0 && have == length)
            return 1;
        if (order > 0 || (order == 0 && have > length))
            break;
        at += have + 1;
    }
    char *grown = realloc(*out, *used + length + 1);
    if (grown == NULL)
        return 0;
    *out = grown;
    memmove(grown + at + length + 1, grown + at, *used - at);
    memcpy(grown + at, name, length);
    grown[at + length] = '\0';
    *used += length + 1;
    (*count)++;
    return 1;
}

static tr_status look_at_folder(const char *folder, tr_error *err)
{
    if (tr_path_look(folder) != TR_PATH_FOLDER)
        return tr_fail(err, TR_EIO, "data", 0.0, "there is no folder '%.240s'", folder);
    return TR_OK;
}

/* Adds to the texts at *out. A folder without this kind has none of it. */
static tr_status add_names(const char *folder, const char *kind, char **out, size_t *used, size_t *count,
                           tr_error *err)
{
    char path[TR_PATH_MAX];
    tr_status s = tr_path_join(path, sizeof path, folder, kind, err);
    if (s != TR_OK)
        return s;
    DIR *dir = opendir(path);
    if (dir == NULL)
        return errno == ENOENT ? TR_OK
                               : tr_fail(err, TR_EIO, "data", 0.0, "%.200s: %s", path, tr_errno_text(errno));
    for (struct dirent *d = readdir(dir); d != NULL && s == TR_OK; d = readdir(dir)) {
        const size_t length = strlen(d->d_name);
        if (d->d_name[0] != '.' && length > strlen(".json") && tr_has_suffix(d->d_name, ".json") &&
            !insert(out, used, count, d->d_name, length - strlen(".json")))
            s = out_of_memory(err);
    }
    (void)closedir(dir);
    return s;
}

tr_status tr_data_folder_list(const char *folder, const char *kind, char **out, size_t *count, tr_error *err)
{
    char *texts = NULL;
    size_t used = 0, found = 0;
    tr_status s = look_at_folder(folder, err);
    if (s == TR_OK)
        s = add_names(folder, kind, &texts, &used, &found, err);
    if (s != TR_OK) {
        free(texts);
        return s;
    }
    *out = texts;
    *count = found;
    return TR_OK;
}

/* ---- one name in a folder --------------------------------------------------- */

static int path_of(const char *folder, const char *kind, const char *name, char path[TR_PATH_MAX])
{
    const int n = snprintf(path, TR_PATH_MAX, "%s/%s/%s.json", folder, kind, name);
    return n > 0 && n < TR_PATH_MAX && tr_path_look(path) == TR_PATH_FILE;
}

static tr_status has_alias(const char *path, const char *spelt, int *has, tr_error *err)
{
    tr_flat *flat = NULL;
    const tr_status s = tr_flat_read(path, &flat, err);
    if (s != TR_OK)
        return s;
    for (size_t i = 0; i < tr_flat_count(flat) && !*has; i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        char alias[TR_NAME_MAX];
        if (e->kind != TR_FLAT_TEXT ||
            (tr_flat_below(e->key, "alias") == NULL && strcmp(e->key, "name") != 0))
            continue;
        tr_name_spell(e->text, alias);
        *has = strcmp(alias, spelt) == 0;
    }
    tr_flat_destroy(flat);
    return TR_OK;
}

tr_status tr_chip_folder_find(const char *folder, const char *kind, const char *name, char path[TR_PATH_MAX],
                              int *found, tr_error *err)
{
    char spelt[TR_NAME_MAX], *names = NULL;
    size_t count = 0;
    *found = 0;
    if (folder == NULL)
        return TR_OK;
    tr_status s = tr_data_folder_list(folder, kind, &names, &count, err);
    if (s != TR_OK)
        return s;
    tr_name_spell(name, spelt);
    const char *at = names;
    for (size_t i = 0; i < count && !*found; i++, at += strlen(at) + 1)
        if (strcmp(at, spelt) == 0)
            *found = path_of(folder, kind, at, path);
    at = names;
    for (size_t i = 0; i < count && !*found && s == TR_OK && spelt[0] != '\0'; i++, at += strlen(at) + 1)
        if (path_of(folder, kind, at, path))
            s = has_alias(path, spelt, found, err);
    free(names);
    return s;
}

/* ---- all there is ------------------------------------------------------------ */

struct tr_chip_list {
    char *folder;            /* NULL = none */
    char *names;             /* chips, then systems */
    size_t chip_count, count;
    size_t used;
};

static tr_status fill(tr_chip_list *list, tr_error *err)
{
    char *systems = NULL;
    size_t used = 0, count = 0;
    tr_status s = TR_OK;
    for (size_t i = 0; tr_chip_catalog_at(i) != NULL && s == TR_OK; i++) {
        const char *name = tr_chip_catalog_at(i)->name;
        if (!insert(&list->names, &list->used, &list->chip_count, name, strlen(name)))
            s = out_of_memory(err);
    }
    for (size_t i = 0; tr_system_catalog_name(i) != NULL && s == TR_OK; i++)
        if (!insert(&systems, &used, &count, tr_system_catalog_name(i), strlen(tr_system_catalog_name(i))))
            s = out_of_memory(err);
    if (s == TR_OK && list->folder != NULL)
        s = add_names(list->folder, "chips", &list->names, &list->used, &list->chip_count, err);
    if (s == TR_OK && list->folder != NULL)
        s = add_names(list->folder, "systems", &systems, &used, &count, err);
    if (s == TR_OK) {
        char *all = realloc(list->names, list->used + used + 1);
        if (all == NULL) {
            s = out_of_memory(err);
        } else {
            if (used > 0)
                memcpy(all + list->used, systems, used);
            list->names = all;
            list->used += used;
            list->count = list->chip_count + count;
        }
    }
    free(systems);
    return s;
}

tr_status tr_chip_list_create(const char *folder, tr_chip_list **out, tr_error *err)
{
    tr_status s = folder != NULL ? look_at_folder(folder, err) : TR_OK;
    if (s != TR_OK)
        return s;
    tr_chip_list *list = calloc(1, sizeof *list);
    if (list == NULL)
        return out_of_memory(err);
    if (folder != NULL) {
        list->folder = malloc(strlen(folder) + 1);
        if (list->folder == NULL)
            s = out_of_memory(err);
        else
            memcpy(list->folder, folder, strlen(folder) + 1);
    }
    if (s == TR_OK)
        s = fill(list, err);
    if (s == TR_OK)
        *out = list;
    else
        tr_chip_list_destroy(list);
    return s;
}

void tr_chip_list_destroy(tr_chip_list *list)
{
    if (list == NULL)
        return;
    free(list->folder);
    free(list->names);
    free(list);
}

size_t tr_chip_list_count(const tr_chip_list *list) { return list->count; }

const char *tr_chip_list_name(const tr_chip_list *list, size_t index)
{
    const char *at = list->names;
    if (index >= list->count)
        return NULL;
    while (index-- > 0)
        at += strlen(at) + 1;
    return at;
}

tr_status tr_chip_list_get(const tr_chip_list *list, size_t index, tr_system *out, tr_error *err)
{
    const char *name = tr_chip_list_name(list, index);
    if (name == NULL)
        return tr_fail(err, TR_EDOMAIN, "index", (double)index, "the index is beyond the %zu chips and systems",
                       list->count);
    const tr_chip *chip = index < list->chip_count ? tr_chip_catalog_find(name) : NULL;
    if (chip != NULL && strcmp(chip->name, name) == 0 && tr_chip_check(chip, NULL) == TR_EMISSING) {
        memset(out, 0, sizeof *out);
        memcpy(out->name, chip->name, sizeof chip->name);
        memcpy(out->title, chip->title, sizeof chip->title);
        out->chip = *chip;
        out->chip_count = 1.0;
        out->domain_chip = 1.0;
        return TR_OK;
    }
    return tr_system_open(name, list->folder, out, err);
}
