/* io/chip_file.c -- the system somebody names on a command line: a file, a name in a data folder, or one
 * compiled in. */
#define _POSIX_C_SOURCE 200809L

#include "io/chip_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "io/chip_json.h"
#include "io/file.h"

/* ---- kinds of server ------------------------------------------------------ */

enum { SERVER_MAX = 32 };

typedef struct servers {
    tr_server_row row[SERVER_MAX];
    size_t count;
} servers;

static const tr_server_row *find_server(const void *context, const char *name)
{
    const servers *own = context;
    for (size_t i = 0; i < own->count; i++)
        if (strcmp(own->row[i].name, name) == 0)
            return &own->row[i];
    for (uint32_t i = 0; i < tr_server_table_count; i++)
        if (strcmp(tr_server_table[i].name, name) == 0)
            return &tr_server_table[i];
    return NULL;
}

/* A data folder may bring tiers.json; without one the compiled-in kinds stay. */
static tr_status read_servers(const char *data_folder, servers *out, tr_error *err)
{
    char path[TR_PATH_MAX];
    tr_flat *flat = NULL;
    out->count = 0;
    if (data_folder == NULL)
        return TR_OK;
    tr_status s = tr_path_join(path, sizeof path, data_folder, "tiers.json", err);
    if (s != TR_OK || tr_path_look(path) != TR_PATH_FILE)
        return s;
    s = tr_flat_read(path, &flat, err);
    if (s == TR_OK)
        s = tr_servers_from_json(flat, out->row, SERVER_MAX, &out->count, err);
    tr_flat_destroy(flat);
    return s;
}

/* ---- one file ------------------------------------------------------------- */

static tr_status find_chip(const char *name, const char *data_folder, tr_chip *out, tr_error *err);

static tr_status read_chip(const tr_flat *flat, const char *prefix, const char *data_folder, tr_chip *out,
                           tr_error *err)
{
    servers *own = malloc(sizeof *own);
    tr_chip_entry *entry = malloc(sizeof *entry);
    tr_status s = TR_OK;
    if (own == NULL || entry == NULL)
        s = tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    if (s == TR_OK)
        s = read_servers(data_folder, own, err);
    if (s == TR_OK)
        s = tr_chip_from_json(flat, prefix, TR_READ_USER, find_server, own, entry, err);
    if (s == TR_OK)
        *out = entry->chip;
    free(entry);
    free(own);
    return s;
}

static tr_status read_flat(const tr_flat *flat, const char *data_folder, tr_system *out, tr_error *err)
{
    tr_chip chip;
    if (!tr_json_is_system(flat)) {
        const tr_status s = read_chip(flat, "", data_folder, &chip, err);
        return s == TR_OK ? tr_system_of(&chip, 1.0, out, err) : s;
    }
    tr_system_entry *entry = malloc(sizeof *entry);
    if (entry == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    tr_status s = tr_system_from_json(flat, TR_READ_USER, entry, err);
    if (s == TR_OK)
        s = entry->chip_name[0] == '\0' ? read_chip(flat, "chip", data_folder, &chip, err)
                                        : find_chip(entry->chip_name, data_folder, &chip, err);
    if (s == TR_OK)
        s = tr_system_from_row(&entry->row, &chip, 1.0, out, err);
    free(entry);
    return s;
}

tr_status tr_system_text_read(const char *text, size_t size, const char *data_folder, tr_system *out,
                              tr_error *err)
{
    tr_flat *flat = NULL;
    tr_status s = tr_flat_parse(text, size, &flat, err);
    if (s == TR_OK)
        s = read_flat(flat, data_folder, out, err);
    tr_flat_destroy(flat);
    return s;
}

/* Put the file's name before the text of an error that came from its contents. */
static tr_status in_file(const char *path, tr_status s, const tr_error *inner, tr_error *err)
{
    if (s != TR_OK && err != NULL) {
        *err = *inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner->text);
    }
    return s;
}

tr_status tr_system_file_read(const char *path, const char *data_folder, tr_system *out, tr_error *err)
{
    tr_flat *flat = NULL;
    tr_error inner = { .text = "" };
    tr_status s = tr_flat_read(path, &flat, err);
    if (s != TR_OK)
        return s;
    s = in_file(path, read_flat(flat, data_folder, out, &inner), &inner, err);
    tr_flat_destroy(flat);
    return s;
}

/* ---- names ---------------------------------------------------------------- */

/* data_folder/kind/NAME.json, if there is such a file. */
static int data_path(const char *data_folder, const char *kind, const char *name, char path[TR_PATH_MAX])
{
    char spelt[TR_NAME_MAX];
    if (data_folder == NULL)
        return 0;
    tr_name_spell(name, spelt);
    if (spelt[0] == '\0' || strchr(spelt, '/') != NULL || spelt[0] == '.')
        return 0;
    const int n = snprintf(path, TR_PATH_MAX, "%s/%s/%s.json", data_folder, kind, spelt);
    return n > 0 && n < TR_PATH_MAX && tr_path_look(path) == TR_PATH_FILE;
}

/* The chip that a system file names: it may not name a system in its turn. */
static tr_status find_chip(const char *name, const char *data_folder, tr_chip *out, tr_error *err)
{
    char path[TR_PATH_MAX];
    if (data_path(data_folder, "chips", name, path)) {
        tr_flat *flat = NULL;
        tr_error inner = { .text = "" };
        tr_status s = tr_flat_read(path, &flat, err);
        if (s == TR_OK)
            s = in_file(path, read_chip(flat, "", data_folder, out, &inner), &inner, err);
        tr_flat_destroy(flat);
        return s;
    }
    const tr_chip *chip = tr_chip_catalog_find(name);
    if (chip != NULL) {
        *out = *chip;
        return TR_OK;
    }
    tr_system system; /* for its "did you mean" */
    const tr_status s = tr_system_catalog_get(name, &system, err);
    return s != TR_OK
               ? s
               : tr_fail(err, TR_EUNKNOWN, "chip", 0.0,
                         "\"%.64s\" is a system; name the chip in it, \"%.64s\"", name, system.chip.name);
}

/* More of the same: count systems, or count times as many chips. */
static tr_status multiply(double count, const tr_system *one, tr_system *out, tr_error *err)
{
    if (!(one->chip_count * count <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "chip_count", one->chip_count * count, "more than 1e9 chips");
    tr_system made = *one;
    if (count > 1.0) {
        /* Bare chips join one domain as far as their link reaches; whole systems keep theirs. */
        const double reach = one->chip.scaleup_domain_chip, chips = one->chip_count * count;
        made.chip_count = chips;
        if (!(one->chip_count > 1.0))
            made.domain_chip = chips < reach ? chips : reach;
        made.usd_per_hour = one->usd_per_hour * count;
        (void)snprintf(made.name, sizeof made.name, "%.0fx%.52s", count, one->name);
        (void)snprintf(made.title, sizeof made.title, "%.0f x %.80s", count, one->title);
    }
    *out = made;
    return TR_OK;
}

tr_status tr_system_open(const char *text, const char *data_folder, tr_system *out, tr_error *err)
{
    char path[TR_PATH_MAX];
    const char *name = text, *from = NULL;
    double count = 1.0;
    if (tr_path_look(text) == TR_PATH_FILE && tr_has_suffix(text, ".json")) {
        from = text; /* a file may be called "2xmine.json" */
    } else {
        const tr_status s = tr_name_split_count(text, &count, &name, err);
        if (s != TR_OK)
            return s;
        if (strchr(name, '/') != NULL || tr_has_suffix(name, ".json"))
            from = name;
        else if (data_path(data_folder, "systems", name, path) || data_path(data_folder, "chips", name, path))
            from = path;
    }
    if (from == NULL)
        return tr_system_catalog_get(text, out, err);
    tr_system one;
    const tr_status s = tr_system_file_read(from, data_folder, &one, err);
    return s == TR_OK ? multiply(count, &one, out, err) : s;
}

/* ---- listing -------------------------------------------------------------- */

/* Insert name into the sorted texts at *out. */
static int insert(char **out, size_t *used, const char *name, size_t length)
{
    char *grown = realloc(*out, *used + length + 1);
    if (grown == NULL)
        return 0;
    *out = grown;
    size_t at = 0;
    while (at < *used && strncmp(grown + at, name, length) < 0)
        at += strlen(grown + at) + 1;
    memmove(grown + at + length + 1, grown + at, *used - at);
    memcpy(grown + at, name, length);
    grown[at + length] = '\0';
    *used += length + 1;
    return 1;
}

tr_status tr_data_folder_list(const char *data_folder, const char *kind, char **out, size_t *count,
                              tr_error *err)
{
    char path[TR_PATH_MAX];
    char *texts = NULL;
    size_t used = 0, found = 0;
    const tr_status s = tr_path_join(path, sizeof path, data_folder, kind, err);
    if (s != TR_OK)
        return s;
    DIR *dir = opendir(path);
    if (dir == NULL && errno != ENOENT)
        return tr_fail(err, TR_EIO, "data", 0.0, "%.200s: %s", path, tr_errno_text(errno));
    for (struct dirent *d = dir != NULL ? readdir(dir) : NULL; d != NULL; d = readdir(dir)) {
        const size_t length = strlen(d->d_name);
        if (d->d_name[0] == '.' || length <= 5 || !tr_has_suffix(d->d_name, ".json"))
            continue;
        if (!insert(&texts, &used, d->d_name, length - 5)) {
            free(texts);
            (void)closedir(dir);
            return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
        }
        found++;
    }
    if (dir != NULL)
        (void)closedir(dir);
    *out = texts;
    *count = found;
    return TR_OK;
}
