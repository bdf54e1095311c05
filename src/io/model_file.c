/* io/model_file.c -- a model from the disk: config.json, its folder, a GGUF file, or a catalog entry. */
#include "io/model_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/near.h"
#include "io/config_flat.h"
#include "io/file.h"
#include "io/gguf.h"
#include "io/gguf_model.h"
#include "io/model_disk.h"
#include "io/model_entry.h"
#include "model/model_change.h"

static void set_text(char *out, size_t size, const char *text, size_t length)
{
    (void)snprintf(out, size, "%.*s", (int)(length < size ? length : size - 1), text);
}

/* How a file is read: as which family (NULL: its own), and what is changed of it. */
typedef struct tr_as {
    const char *family, *changes;
    int is_head; /* the first bytes of a GGUF file */
} tr_as;

/* The path without what follows it; the changes stay a part of text. A path that is there is taken whole. */
static const char *split_changes(const char *text, char base[TR_PATH_MAX])
{
    size_t length;
    const char *changes = tr_model_changes(text, &length);
    if (tr_path_look(text) != TR_PATH_NONE) {
        changes = "";
        length = strlen(text);
    }
    set_text(base, TR_PATH_MAX, text, length);
    return changes;
}

/* Errors of a room above know the key and line, but not the file. */
static tr_status name_file(tr_status s, const char *path, const tr_error *inner, tr_error *err)
{
    if (s != TR_OK && err != NULL) {
        *err = *inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner->text);
    }
    return s;
}

/* A model room's error has the line of the key at fault; the flat list knows its column too. */
static void add_column(const tr_flat *flat, const char *prefix, tr_error *err)
{
    char key[TR_JSON_KEY_MAX];
    if (err->line == 0 || err->column != 0)
        return;
    (void)snprintf(key, sizeof key, "%s%s%s", prefix, prefix[0] == '\0' ? "" : ".", err->field);
    const tr_flat_entry *e = tr_flat_find(flat, key);
    if (e != NULL && e->line == err->line)
        err->column = e->column;
}

/* The folder of a file, "." for a bare name. */
static tr_status folder_of(const char *path, char *out, size_t size, tr_error *err)
{
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    if (length >= size)
        return tr_fail(err, TR_ECAPACITY, NULL, 0.0, "the path '%.200s' is too long", path);
    memcpy(out, slash == NULL ? "." : path, length);
    out[length] = '\0';
    return TR_OK;
}

/* "models/llama" from ".../models/llama/config.json": people know a model by its folder. */
static void name_after_folder(tr_model *model, const char *folder, const char *path)
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    size_t start = length;
    while (start > 0 && folder[start - 1] != '/')
        start--;
    const char *last = folder + start;
    const char *file = tr_path_last(path);
    length -= start;
    if (strcmp(file, "config.json") != 0 || length == 0 || strcmp(folder, ".") == 0 ||
        strcmp(folder, "..") == 0) {
        last = file; /* a config under a name of its own */
        length = strlen(file);
        if (tr_has_suffix(file, ".json") && length > strlen(".json"))
            length -= strlen(".json");
    }
    set_text(model->name, sizeof model->name, last, length);
    (void)snprintf(model->source, sizeof model->source, "%.250s", path);
}

/* ---- config.json ---------------------------------------------------------- */

/* Formats that NVIDIA's tools write beside the config: {"quantization": {...}}. */
static tr_status add_quantization(tr_config *config, const tr_flat *flat, tr_error *err)
{
    tr_status s = tr_config_set_text(config, "quantization_config.quant_method", "modelopt", 0, err);
    for (size_t i = 0; i < tr_flat_count(flat) && s == TR_OK; i++) {
        const tr_flat_entry *e = tr_flat_at(flat, i);
        const char *below = tr_flat_below(e->key, "quantization");
        char key[TR_JSON_KEY_MAX];
        const int length = below == NULL ? 0 : snprintf(key, sizeof key, "quantization_config.%s", below);
        if (length <= 0 || length >= 256 || strlen(e->text) >= 4096)
            continue;
        if (e->kind == TR_FLAT_NUMBER)
            s = tr_config_set_number(config, key, e->number, e->line, err);
        else if (e->kind == TR_FLAT_TEXT)
            s = tr_config_set_text(config, key, e->text, e->line, err);
        else if (e->kind == TR_FLAT_BOOL)
            s = tr_config_set_bool(config, key, e->number > 0.0, e->line, err);
    }
    return s;
}

static int has_quantization(const tr_flat *flat)
{
    for (size_t i = 0; i < tr_flat_count(flat); i++)
        if (strstr(tr_flat_at(flat, i)->key, "quantization_config.") != NULL)
            return 1;
    return 0;
}

static tr_status read_quantization(const char *folder, const tr_flat *flat, tr_config *config, tr_error *err)
{
    char path[TR_PATH_MAX];
    if (has_quantization(flat) ||
        tr_path_join(path, sizeof path, folder, "hf_quant_config.json", NULL) != TR_OK ||
        tr_path_look(path) != TR_PATH_FILE)
        return TR_OK;
    tr_flat *beside = NULL;
    tr_status s = tr_flat_read(path, &beside, err);
    if (s != TR_OK)
        return s;
    if (tr_flat_find(beside, "quantization.quant_algo") != NULL)
        s = add_quantization(config, beside, err);
    tr_flat_destroy(beside);
    return s;
}

static double stated_packing(const tr_flat *flat)
{
    static const char *const keys[] = {
        "quantization_config.bits",
        "quantization_config.w_bit",
        "quantization_config.config_groups.group_0.weights.num_bits",
        "text_config.quantization_config.config_groups.group_0.weights.num_bits",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const tr_flat_entry *e = tr_flat_find(flat, keys[i]);
        if (e != NULL && e->kind == TR_FLAT_NUMBER && e->number >= 1.0 && e->number <= 32.0)
            return e->number;
    }
    return 4.0;
}

static tr_status build_config(const char *path, const char *folder, const tr_flat *flat, const tr_as *as,
                              tr_model_file *out, tr_error *err)
{
    tr_config *config = NULL;
    tr_error inner = {.text = ""};
    tr_status s = name_file(tr_config_from_flat(flat, "", &config, &inner), path, &inner, err);
    if (s != TR_OK)
        return s;
    s = read_quantization(folder, flat, config, err);
    if (s == TR_OK) {
        s = tr_model_from_changed(config, as->family, as->changes, &out->model, &inner);
        if (s != TR_OK)
            add_column(flat, "", &inner);
        s = name_file(s, path, &inner, err);
    }
    tr_config_destroy(config);
    if (s != TR_OK)
        return s;
    name_after_folder(&out->model, folder, path);
    tr_tensors_init(&out->tensors);
    out->tensors.hidden_layers = out->model.layers; /* later ones are prediction layers */
    out->tensors.tied = out->model.tied;
    out->tensors.packed_bit = stated_packing(flat);
    return tr_model_disk_weights(folder, as->changes[0] != '\0', out, err);
}

/* ---- catalog entries ------------------------------------------------------ */

static tr_status build_entry(const char *path, const tr_model_entry *entry, const tr_as *as, tr_model_file *out,
                             tr_error *err)
{
    tr_config *config = NULL;
    tr_error inner = {.text = ""};
    tr_status s = tr_config_from_flat(entry->flat, TR_ENTRY_CONFIG, &config, &inner);
    if (s == TR_OK) {
        const char *family = as->family != NULL ? as->family : entry->family[0] != '\0' ? entry->family : NULL;
        s = tr_model_from_changed(config, family, as->changes, &out->model, &inner);
        tr_config_destroy(config);
    }
    if (s != TR_OK) {
        add_column(entry->flat, TR_ENTRY_CONFIG, &inner);
        return name_file(s, path, &inner, err);
    }
    tr_model *m = &out->model;
    set_text(m->name, sizeof m->name, entry->name, strlen(entry->name));
    set_text(m->hf_id, sizeof m->hf_id, entry->hf_id, strlen(entry->hf_id));
    (void)snprintf(m->source, sizeof m->source, "%.235s, %.12s", entry->source, entry->date);
    m->weight_total_byte = entry->weight_total_byte;
    tr_tensors_init(&out->tensors);
    return TR_OK;
}

/* ---- any path ------------------------------------------------------------- */

static tr_status read_json(const char *path, const tr_as *as, tr_model_file *out, tr_error *err)
{
    tr_flat *flat = NULL;
    tr_status s = tr_flat_read(path, &flat, err);
    if (s != TR_OK)
        return s;
    if (tr_model_entry_is(flat)) {
        tr_model_entry entry;
        tr_error inner = {.text = ""};
        s = name_file(tr_model_entry_from_flat(flat, &entry, &inner), path, &inner, err);
        if (s == TR_OK)
            s = build_entry(path, &entry, as, out, err);
    } else {
        char folder[TR_PATH_MAX];
        s = folder_of(path, folder, sizeof folder, err);
        if (s == TR_OK)
            s = build_config(path, folder, flat, as, out, err);
    }
    tr_flat_destroy(flat);
    return s;
}

static tr_status read_folder(const char *folder, const tr_as *as, tr_model_file *out, tr_error *err)
{
    char path[TR_PATH_MAX];
    tr_status s = tr_path_join(path, sizeof path, folder, "config.json", err);
    if (s != TR_OK)
        return s;
    if (tr_path_look(path) == TR_PATH_FILE)
        return read_json(path, as, out, err);
    char **name = NULL;
    size_t count = 0;
    s = tr_folder_list(folder, ".gguf", &name, &count, err);
    if (s != TR_OK)
        return s;
    /* one file, or the first of a split one; anything else is a choice that is the caller's */
    if (count == 1 || (count > 1 && strstr(name[0], "-00001-of-") != NULL)) {
        s = tr_path_join(path, sizeof path, folder, name[0], err);
        if (s == TR_OK)
            s = tr_gguf_model(path, as->family, as->changes, as->is_head, out, err);
    } else {
        s = tr_fail(err, TR_EIO, NULL, (double)count,
                    count == 0 ? "the folder '%.200s' holds no config.json and no .gguf file"
                               : "the folder '%.200s' holds several .gguf files: name one of them",
                    folder);
    }
    free(name);
    return s;
}

static tr_status read_path(const char *path, const tr_as *as, tr_model_file *out, tr_error *err)
{
    if (tr_path_look(path) == TR_PATH_FOLDER)
        return read_folder(path, as, out, err);
    if (as->is_head || tr_has_suffix(path, ".gguf") || tr_gguf_is(path))
        return tr_gguf_model(path, as->family, as->changes, as->is_head, out, err);
    if (tr_has_suffix(path, ".safetensors") || tr_has_suffix(path, ".safetensors.index.json")) {
        char folder[TR_PATH_MAX];
        if (tr_path_look(path) == TR_PATH_NONE)
            return tr_fail(err, TR_EIO, NULL, 0.0, "cannot read '%.200s': no such file or folder", path);
        const tr_status s = folder_of(path, folder, sizeof folder, err);
        return s == TR_OK ? read_folder(folder, as, out, err) : s;
    }
    return read_json(path, as, out, err);
}

static tr_status read_as(const char *path, const char *family, int is_head, tr_model_file *out, tr_error *err)
{
    if (path == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0.0, "a path is needed");
    tr_model_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory");
    char base[TR_PATH_MAX];
    const tr_as as = {family, split_changes(path, base), is_head};
    const tr_status s = read_path(base, &as, file, err);
    if (s == TR_OK) {
        tr_model_name_changes(&file->model, as.changes);
        *out = *file;
    }
    free(file);
    return s;
}

tr_status tr_model_file_read(const char *path, const char *family, tr_model_file *out, tr_error *err)
{
    return read_as(path, family, 0, out, err);
}

tr_status tr_model_head_read(const char *path, const char *family, tr_model_file *out, tr_error *err)
{
    return read_as(path, family, 1, out, err);
}

int tr_model_is_path(const char *typed)
{
    char text[TR_PATH_MAX];
    (void)split_changes(typed, text);
    if (strstr(text, "://") != NULL) /* a link: its id may be in the catalog */
        return 0;
    if (tr_has_suffix(text, ".json") || tr_has_suffix(text, ".gguf") || tr_has_suffix(text, ".safetensors"))
        return 1;
    if (strcmp(text, ".") == 0 || strcmp(text, "..") == 0 || strncmp(text, "./", 2) == 0 ||
        strncmp(text, "../", 3) == 0 || text[0] == '/' || text[0] == '~')
        return 1;
    return strchr(text, '/') != NULL && tr_path_look(text) != TR_PATH_NONE;
}

/* ---- a folder of catalog files -------------------------------------------- */

tr_status tr_model_data_list(const char *data_folder, char ***out, size_t *count, tr_error *err)
{
    char folder[TR_PATH_MAX];
    tr_status s = tr_path_join(folder, sizeof folder, data_folder, "models", err);
    if (s == TR_OK)
        s = tr_folder_list(folder, ".json", out, count, err);
    for (size_t i = 0; s == TR_OK && i < *count; i++)
        (*out)[i][strlen((*out)[i]) - strlen(".json")] = '\0';
    return s;
}

static int same(const char *a, size_t n, const char *b) { return tr_name_equal(a, n, b, strlen(b)); }

static int entry_is_called(const tr_model_entry *entry, const char *name)
{
    if (same(entry->name, strlen(entry->name), name) || same(entry->hf_id, strlen(entry->hf_id), name))
        return 1;
    for (const char *at = entry->aliases; *at != '\0';) {
        const size_t length = strcspn(at, "|");
        if (same(at, length, name))
            return 1;
        at += at[length] == '|' ? length + 1 : length;
    }
    return 0;
}

static const char *listed(size_t index, const void *context)
{
    const char *const *name = context;
    return name[index]; /* the list ends in NULL */
}

/* One file of the folder, if it is the model wanted. A damaged file is an error only for its own name. */
static tr_status try_entry(const char *data_folder, const char *stem, const char *wanted, const tr_as *as,
                           tr_model_file *out, int *found, tr_error *err)
{
    char relative[TR_PATH_MAX], path[TR_PATH_MAX];
    const int length = snprintf(relative, sizeof relative, "models/%.512s.json", stem);
    tr_status s = length < 0 ? TR_ECAPACITY : tr_path_join(path, sizeof path, data_folder, relative, err);
    if (s != TR_OK)
        return s;
    tr_model_entry entry;
    tr_error inner = {.text = ""};
    s = tr_model_entry_read(path, &entry, &inner);
    const int own = same(stem, strlen(stem), wanted);
    if (s != TR_OK) {
        if (own && err != NULL)
            *err = inner;
        return own ? s : TR_OK;
    }
    *found = own || entry_is_called(&entry, wanted);
    if (*found) {
        tr_model_file *file = calloc(1, sizeof *file);
        s = file == NULL ? tr_fail(err, TR_ENOMEM, NULL, 0.0, "out of memory")
                         : build_entry(path, &entry, as, file, err);
        if (s == TR_OK) {
            tr_model_name_changes(&file->model, as->changes);
            *out = *file;
        }
        free(file);
    }
    tr_model_entry_free(&entry);
    if (*found && s == TR_EUNKNOWN) /* it is there, and something in it or behind its name is not known */
        return TR_EPARSE;
    return s;
}

tr_status tr_model_data_read(const char *data_folder, const char *name, const char *family,
                             tr_model_file *out, tr_error *err)
{
    char **stem = NULL;
    size_t count = 0;
    tr_status s = tr_model_data_list(data_folder, &stem, &count, err);
    if (s != TR_OK)
        return s;
    int found = 0;
    char base[TR_PATH_MAX];
    const tr_as as = {family, split_changes(name, base), 0};
    for (size_t i = 0; i < count && s == TR_OK && !found; i++)
        s = try_entry(data_folder, stem[i], base, &as, out, &found, err);
    if (s == TR_OK && !found) {
        const char *near = tr_near_name(base, listed, stem);
        s = tr_fail(err, TR_EUNKNOWN, "model", 0.0, "no model '%.80s' in %.120s/models%s%.80s%s", name,
                    data_folder, near == NULL ? "" : "; did you mean '", near == NULL ? "" : near,
                    near == NULL ? "" : "'?");
    }
    free(stem);
    return s;
}
