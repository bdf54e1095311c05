/* io/chip_file.c -- the system somebody names on a command line: a file, a name in a data folder, or one
 * compiled in. */
#include "io/chip_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "chip/change.h"
#include "io/chip_folder.h"
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

/* The chip that a system file names: it may not name a system in its turn. */
static tr_status find_chip(const char *name, const char *data_folder, tr_chip *out, tr_error *err)
{
    char path[TR_PATH_MAX];
    int found = 0;
    tr_status s = tr_chip_folder_find(data_folder, "chips", name, path, &found, err);
    if (s != TR_OK)
        return s;
    if (found) {
        tr_flat *flat = NULL;
        tr_error inner = { .text = "" };
        s = tr_flat_read(path, &flat, err);
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
    s = tr_system_catalog_get(name, &system, err);
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
        (void)snprintf(made.name, sizeof made.name, "%.0fx%.200s", count, one->name);
        (void)snprintf(made.title, sizeof made.title, "%.0f x %.80s", count, one->title);
    }
    *out = made;
    return TR_OK;
}

static const char *list_name(size_t index, const void *context) { return tr_chip_list_name(context, index); }

/* The catalog's "did you mean" again, with the folder's names among those it may mean. */
static tr_status fail_near(const char *data_folder, const char *name, tr_error *err)
{
    tr_chip_list *list = NULL;
    char spelt[TR_NAME_MAX];
    tr_name_spell(name, spelt);
    if (tr_chip_list_create(data_folder, &list, NULL) != TR_OK)
        return TR_EUNKNOWN;
    const char *near = tr_near_name(spelt, list_name, list);
    if (near != NULL)
        (void)tr_fail(err, TR_EUNKNOWN, "system", 0.0, "no chip or system \"%.64s\"; did you mean \"%s\"?",
                      name, near);
    tr_chip_list_destroy(list);
    return TR_EUNKNOWN;
}

/* A path, or a name in the data folder or the catalog, a count in front or not; context is the data folder. */
static tr_status look_up(const char *text, const void *context, tr_system *out, tr_error *err)
{
    const char *const data_folder = context;
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
    }
    int found = 0;
    for (int k = 0; k < 2 && from == NULL; k++) {
        const tr_status s =
            tr_chip_folder_find(data_folder, k == 0 ? "systems" : "chips", name, path, &found, err);
        if (s != TR_OK)
            return s;
        if (found)
            from = path;
    }
    if (from == NULL) {
        const tr_status s = tr_system_catalog_get(text, out, err);
        return s == TR_EUNKNOWN && data_folder != NULL ? fail_near(data_folder, name, err) : s;
    }
    tr_system one;
    const tr_status s = tr_system_file_read(from, data_folder, &one, err);
    return s == TR_OK ? multiply(count, &one, out, err) : s;
}

tr_status tr_system_open(const char *text, const char *data_folder, tr_system *out, tr_error *err)
{
    return tr_system_compose(text, look_up, data_folder, out, err);
}
