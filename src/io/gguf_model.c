/* io/gguf_model.c -- a model from a GGUF file, or from the parts of a split one that are here. */
#include "io/gguf_model.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "io/file.h"
#include "io/gguf.h"
#include "io/gguf_config.h"
#include "io/model_disk.h"
#include "model/model_change.h"
#include "model/weights.h"

/* ---- split files ---------------------------------------------------------- */

enum { TAIL = sizeof "-00001-of-00001.gguf" - 1 };

/* Five digits as a number, -1 if they are not. */
static int five_digits(const char *text)
{
    int value = 0;
    for (int i = 0; i < 5; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value;
}

/* "name-00002-of-00005.gguf": how many parts, 0 for a whole file; *part: its number. */
static int split_of(const char *path, int *part)
{
    const size_t length = strlen(path);
    *part = 1;
    if (length < TAIL)
        return 0;
    const char *end = path + length - TAIL;
    const int number = five_digits(end + 1);
    const int count = number >= 1 && strncmp(end + 6, "-of-", 4) == 0 ? five_digits(end + 10) : -1;
    if (end[0] != '-' || !tr_has_suffix(end, ".gguf") || count < number)
        return 0;
    *part = number;
    return count;
}

static tr_status part_path(const char *path, int part, int count, char out[TR_PATH_MAX], tr_error *err)
{
    const size_t stem = strlen(path) - TAIL;
    const int length = snprintf(out, TR_PATH_MAX, "%.*s-%05d-of-%05d.gguf", (int)stem, path, part, count);
    if (length < 0 || length >= TR_PATH_MAX)
        return tr_fail(err, TR_ECAPACITY, NULL, 0.0, "the path '%.200s' is too long", path);
    return TR_OK;
}

/* ---- one file ------------------------------------------------------------- */

/* What one reading works on. */
typedef struct reading {
    const char *path, *family, *changes;
    int is_head;
    tr_model_file *file;
    double tensors;          /* that a split file says it has; 0: it is whole */
    tr_weight_format format; /* of general.file_type; TR_WEIGHT_FORMAT_NATIVE: not stated, or none of those known */
} reading;

static double number_of(const tr_gguf *gguf, const char *key)
{
    const tr_gguf_value *v = tr_gguf_find(gguf, key);
    return v != NULL && v->kind == TR_GGUF_NUMBER && v->number > 0.0 ? v->number : 0.0;
}

static const char *text_of(const tr_gguf *gguf, const char *key)
{
    const tr_gguf_value *v = tr_gguf_find(gguf, key);
    return v != NULL && v->kind == TR_GGUF_TEXT ? v->text : "";
}

/* Files in the same format that hold no model. */
static tr_status check_kind(const tr_gguf *gguf, tr_error *err)
{
    static const struct {
        const char *type, *what;
    } others[] = {{"mmproj", "the projector for a model's images and sound"},
                  {"clip", "the projector for a model's images and sound"},
                  {"adapter", "a LoRA adapter"},
                  {"imatrix", "an importance matrix"}};
    const char *type = text_of(gguf, "general.type"), *arch = text_of(gguf, "general.architecture");
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (strcmp(type, others[i].type) == 0 || strcmp(arch, others[i].type) == 0)
            return tr_fail(err, TR_EUNKNOWN, "general.type", 0.0, "it holds %s: name the model's own file",
                           others[i].what);
    if (number_of(gguf, "split.no") > 0.0 && arch[0] == '\0')
        return tr_fail(err, TR_EMISSING, "split.no", number_of(gguf, "split.no") + 1.0,
                       "part %.0f of %.0f of a split file: the first part alone has the metadata",
                       number_of(gguf, "split.no") + 1.0, number_of(gguf, "split.count"));
    return TR_OK;
}

static void name_model(tr_model *model, const tr_gguf *gguf, const char *path)
{
    const char *last = tr_path_last(path), *title = text_of(gguf, "general.name");
    int part, length = (int)strlen(last);
    if (split_of(last, &part) > 0)
        length -= TAIL;
    else if (tr_has_suffix(last, ".gguf"))
        length -= 5;
    (void)snprintf(model->name, sizeof model->name, "%.*s", length < 90 ? length : 90, last);
    (void)snprintf(model->source, sizeof model->source, "%.150s%s%.90s", path, title[0] == '\0' ? "" : ": ",
                   title);
}

static tr_status add_tensors(const tr_gguf *gguf, tr_tensors *sums, tr_error *err)
{
    tr_status s = TR_OK;
    for (size_t i = 0; i < tr_gguf_tensor_count(gguf) && s == TR_OK; i++)
        s = tr_tensors_add(sums, tr_gguf_tensor(gguf, i), err);
    return s;
}

static void note_short(const reading *r, const tr_gguf *gguf, const char *path)
{
    char a[32], b[32];
    const double is = tr_gguf_size_byte(gguf), whole = tr_gguf_whole_byte(gguf);
    if (!r->is_head && is < whole)
        tr_model_note(r->file,
                      "%.80s has %s of %s bytes (an unfinished download?): its header is whole, and all that is read",
                      tr_path_last(path), tr_grouped(is, a), tr_grouped(whole, b));
}

/* The model by its metadata, and the tensors of this file. */
static tr_status build(reading *r, const tr_gguf *gguf, tr_error *err)
{
    tr_config *config = NULL;
    tr_model_file *file = r->file;
    tr_status s = check_kind(gguf, err);
    if (s == TR_OK)
        s = tr_config_from_gguf(gguf, &config, err);
    if (s != TR_OK)
        return s;
    s = tr_model_from_changed(config, r->family, r->changes, &file->model, err);
    tr_config_destroy(config);
    if (s != TR_OK)
        return s;
    const tr_gguf_value *type = tr_gguf_find(gguf, "general.file_type");
    if (type != NULL && type->kind == TR_GGUF_NUMBER)
        r->format = tr_weight_format_of_file(type->number, file->model.weight_name);
    r->tensors = number_of(gguf, "split.tensors.count");
    file->file_count = (int)tr_gguf_parts(gguf);
    file->files_read = (int)tr_gguf_parts_here(gguf);
    name_model(&file->model, gguf, r->path);
    tr_tensors_init(&file->tensors);
    file->tensors.hidden_layers = file->model.layers;
    file->is_gguf = 1;
    return add_tensors(gguf, &file->tensors, err);
}

/* Errors of the rooms above name no file. */
static tr_status name_file(tr_status s, const char *path, const tr_error *inner, tr_error *err)
{
    if (s != TR_OK && err != NULL) {
        *err = *inner;
        (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner->text);
    }
    return s;
}

/* The other parts that are here. */
static tr_status read_others(const reading *r, int count, tr_gguf *first, tr_error *err)
{
    tr_status s = TR_OK;
    for (int i = 2; i <= count && s == TR_OK; i++) {
        char path[TR_PATH_MAX];
        tr_gguf *gguf = NULL;
        s = part_path(r->path, i, count, path, err);
        if (s != TR_OK || tr_path_look(path) != TR_PATH_FILE)
            continue;
        s = tr_gguf_read(path, &gguf, err);
        if (s == TR_OK) {
            note_short(r, gguf, path);
            s = tr_gguf_join(first, gguf, err);
        }
    }
    return s;
}

/* All parts first: biases, norms and a head of its own may be in any of them. */
static tr_status read_all(reading *r, const char *path, int count, tr_error *err)
{
    tr_gguf *gguf = NULL;
    tr_error inner = {.text = ""};
    tr_status s = tr_gguf_read(path, &gguf, err);
    if (s != TR_OK)
        return s;
    note_short(r, gguf, path);
    s = read_others(r, count, gguf, err);
    if (s == TR_OK)
        s = name_file(build(r, gguf, &inner), path, &inner, err);
    tr_gguf_destroy(gguf);
    return s;
}

/* ---- weights -------------------------------------------------------------- */

/* The format that most weights are stored in. */
static tr_dtype main_dtype(const tr_tensors *sums)
{
    double elem[TR_DTYPE_STORED_END] = {0.0};
    int most = TR_DTYPE_BF16;
    for (int part = 0; part < TR_PART_COUNT; part++)
        for (int d = 1; d < TR_DTYPE_STORED_END; d++)
            elem[d] += sums->part_elem[part][d];
    for (int d = 1; d < TR_DTYPE_STORED_END; d++)
        if (elem[d] > elem[most])
            most = d;
    return (tr_dtype)most;
}

/* [M20] Of a part of the model that is not all here: the bytes that are, and for the rest those of the file's mix. */
static void fill_up(const reading *r)
{
    tr_model_file *file = r->file;
    tr_model *m = &file->model;
    const tr_tensors *t = &file->tensors;
    const double seen = tr_tensors_language_param(t);
    tr_weights mix;
    const int mixed = r->format != TR_WEIGHT_FORMAT_NATIVE && tr_model_weights(m, r->format, &mix, NULL) == TR_OK;
    double seen_byte = 0.0;
    for (int part = 0; part < TR_PART_COUNT; part++)
        seen_byte += t->part_byte[part];
    for (int part = 0; part < TR_PART_COUNT; part++) {
        const double all = tr_model_part_param(m, (tr_part)part);
        const double here = t->param[part] < all ? t->param[part] : all;
        const tr_dtype dtype = tr_tensors_part_dtype(t, (tr_part)part);
        tr_part_format *f = &m->weight.part[part];
        if (mixed)
            *f = mix.part[part];
        else if (seen > 0.0)
            f->byte = seen_byte / seen;
        if (all > 0.0 && here > 0.0)
            f->byte = (t->part_byte[part] / t->param[part] * here + f->byte * (all - here)) / all;
        if (dtype != TR_DTYPE_NATIVE && 2.0 * here >= all)
            f->dtype = dtype;
    }
    m->weight_total_byte = 0.0;
}

static void note_parts(const reading *r)
{
    tr_model_file *file = r->file;
    char a[32], b[32];
    const double missing = file->file_count - file->files_read;
    tr_model_note(file, "%.0f of %d parts %s not here: %s%s%s tensors read, the rest is counted %s%s", missing,
                  file->file_count, missing > 1.0 ? "are" : "is", tr_grouped(file->tensors.tensor_count, a),
                  r->tensors > 0.0 ? " of " : "", r->tensors > 0.0 ? tr_grouped(r->tensors, b) : "",
                  r->format != TR_WEIGHT_FORMAT_NATIVE ? "as the mix " : "at the bytes a weight of these",
                  r->format != TR_WEIGHT_FORMAT_NATIVE ? file->model.weight_name : "");
}

/* "stored in Q8_0 (98 tensors, 1,432,000,000 bytes), ...": the tensors decide, whatever the mix is called. */
static void note_types(tr_model_file *file)
{
    const tr_tensors *t = &file->tensors;
    char text[224] = "", one[64], a[32], b[32];
    for (int i = 0; i < t->format_count; i++) {
        (void)snprintf(one, sizeof one, "%s%s (%s tensors, %s bytes)", i > 0 ? ", " : "", t->format[i].name,
                       tr_grouped(t->format[i].tensor_count, a), tr_grouped(t->format[i].byte, b));
        if (tr_text_append(text, sizeof text, one) >= sizeof text)
            return;
    }
    if (t->format_count > 0)
        tr_model_note(file, "stored in %s", text);
}

static void weigh(const reading *r)
{
    tr_model_file *file = r->file;
    if (file->files_read < file->file_count) {
        note_parts(r);
        fill_up(r);
    } else if (file->tensors.tensor_count > 0.0) {
        if (r->changes[0] != '\0')
            tr_model_exact_bytes(file);
        else
            tr_model_use_headers(file);
    }
    note_types(file);
    if (file->tensors.tensor_count > 0.0)
        file->model.weight_dtype = main_dtype(&file->tensors);
}

tr_status tr_gguf_model(const char *path, const char *family, const char *changes, int is_head, tr_model_file *file,
                        tr_error *err)
{
    int part;
    const int count = split_of(path, &part);
    char first[TR_PATH_MAX];
    reading r = {.path = path, .family = family, .changes = changes, .is_head = is_head, .file = file};
    if (count > 0 && part_path(path, 1, count, first, err) != TR_OK)
        return TR_ECAPACITY;
    if (count > 0 && tr_path_look(first) != TR_PATH_FILE)
        return tr_fail(err, TR_EIO, NULL, 0.0, "%.80s is not here, and it alone has the metadata of the %d parts",
                       tr_path_last(first), count);
    const tr_status s = read_all(&r, count > 0 ? first : path, count, err);
    if (s == TR_OK)
        weigh(&r);
    return s;
}
