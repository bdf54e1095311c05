/* io/model_disk.c -- the weights beside a config.json and in a GGUF file, compared with what was counted. */
#include "io/model_disk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "io/file.h"
#include "io/gguf.h"
#include "io/gguf_config.h"
#include "io/safetensors.h"
#include "io/weight_index.h"
#include "model/model_change.h"

static void note(tr_model_file *file, const char *text, ...) __attribute__((format(printf, 2, 3)));

static void note(tr_model_file *file, const char *text, ...)
{
    if (file->note_count == TR_MODEL_NOTE_MAX)
        return;
    va_list args;
    va_start(args, text);
    (void)vsnprintf(file->note[file->note_count++], sizeof file->note[0], text, args);
    va_end(args);
}

/* 671026419200 -> "671,026,419,200". Counts below 2^53. */
static const char *grouped(double value, char out[32])
{
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%.0f", value < 0.0 ? -value : value);
    size_t at = 0;
    if (value < 0.0)
        out[at++] = '-';
    for (int i = 0; i < n && at + 2 < 32; i++) {
        out[at++] = digits[i];
        if ((n - i) % 3 == 1 && i + 1 < n)
            out[at++] = ',';
    }
    out[at] = '\0';
    return out;
}

/* ---- what the headers say about the model --------------------------------- */

/* Exact bytes a parameter, by part. The total is the language model's: what a decoding step may have to read.
 */
static void set_exact_bytes(tr_model_file *file)
{
    const tr_tensors *t = &file->tensors;
    double byte = 0.0;
    for (int part = 0; part < TR_PART_COUNT; part++) {
        tr_part_format *f = &file->model.weight.part[part];
        const tr_dtype dtype = tr_tensors_part_dtype(t, (tr_part)part);
        byte += t->part_byte[part];
        if (t->param[part] > 0.0)
            f->byte = t->part_byte[part] / t->param[part];
        if (dtype != TR_DTYPE_NATIVE)
            f->dtype = dtype;
    }
    file->model.weight_total_byte = byte;
}

/* Every way in which the checkpoint and the count differ, by name. */
static void compare(tr_model_file *file)
{
    const tr_tensors *t = &file->tensors;
    const double counted = file->model.total_param, stored = tr_tensors_language_param(t);
    char a[32], b[32], c[32];
    note(file, "read %s tensors of %s bytes; their language model has %s parameters",
         grouped(t->tensor_count, a), grouped(t->byte, b), grouped(stored, c));
    for (int part = TR_PART_COUNT; part < TR_TENSOR_PART_COUNT; part++)
        if (t->param[part] > 0.0)
            note(file, "beside it: %s, %s parameters, %s bytes", tr_tensor_part_name(part),
                 grouped(t->param[part], a), grouped(t->part_byte[part], b));
    if (t->scale_elem > 0.0)
        note(file, "block scales and zero points: %s elements, %s bytes", grouped(t->scale_elem, a),
             grouped(t->scale_byte, b));
    if (stored < counted || stored > counted)
        note(file, "the config.json gives %s parameters, the tensors %s: %s not explained",
             grouped(counted, a), grouped(stored, b), grouped(stored - counted, c));
    const double predicted = t->param[TR_BESIDE_PREDICTION], expected = file->model.mtp_param;
    if (expected > 0.0 && predicted > 0.0 && (predicted < expected || predicted > expected))
        note(file, "its prediction layers should have %s parameters, the tensors have %s",
             grouped(expected, a), grouped(predicted, b));
}

/* Keys that the family has no name for: said, since what they stand for is not counted. */
static void note_unread(tr_model_file *file)
{
    const tr_model *m = &file->model;
    char names[TR_UNREAD_MAX * (TR_UNREAD_NAME_MAX + 2)] = "";
    size_t at = 0;
    for (int i = 0; i < m->unread_count && i < TR_UNREAD_MAX; i++)
        at += (size_t)snprintf(names + at, sizeof names - at, "%s%s", i > 0 ? ", " : "", m->unread[i]);
    if (m->unread_count > 0)
        note(file, "%s does not know %s%s: counted as if %s not there", m->family, names,
             m->unread_count > TR_UNREAD_MAX ? " and more" : "", m->unread_count > 1 ? "they were" : "it was");
}

/* ---- safetensors ---------------------------------------------------------- */

static tr_status read_listed(const char *folder, const tr_weight_index *index, tr_model_file *file,
                             tr_error *err)
{
    const char *name = index->file;
    for (int i = 0; i < index->file_count; i++, name += strlen(name) + 1) {
        char path[TR_PATH_MAX];
        tr_status s = tr_path_join(path, sizeof path, folder, name, err);
        if (s == TR_OK && tr_path_look(path) == TR_PATH_FILE) {
            s = tr_safetensors_read(path, &file->tensors, err);
            file->files_read++;
        }
        if (s != TR_OK)
            return s;
    }
    return TR_OK;
}

static tr_status read_index(const char *folder, const char *path, tr_model_file *file, tr_error *err)
{
    tr_weight_index index;
    tr_status s = tr_weight_index_read(path, &index, err);
    if (s != TR_OK)
        return s;
    file->index_byte = index.total_byte;
    file->index_param = index.total_param;
    file->file_count = index.file_count;
    s = read_listed(folder, &index, file, err);
    tr_weight_index_free(&index);
    return s;
}

/* Close enough that each part's bytes a parameter can be believed. */
static int nearly(double a, double b) { return a > 0.99 * b && a < 1.01 * b; }

static void use_headers(tr_model_file *file)
{
    compare(file);
    if (nearly(tr_tensors_language_param(&file->tensors), file->model.total_param))
        set_exact_bytes(file);
    else
        file->model.weight_total_byte = file->tensors.byte;
}

/* Only the index is here: its total holds everything that the repository does. */
static void use_index(tr_model_file *file)
{
    char a[32], b[32], c[32];
    const tr_model *m = &file->model;
    const double expected = tr_model_weight_byte(m) * m->total_param;
    file->model.weight_total_byte = file->index_byte;
    if (!nearly(file->index_byte, expected))
        note(file,
             "the index states %s bytes, the counted parameters in their formats take %.4g: prediction "
             "layers (%s "
             "parameters), towers, or another format make the difference",
             grouped(file->index_byte, a), expected, grouped(m->mtp_param, b));
    if (file->index_param > 0.0 && (file->index_param < m->total_param || file->index_param > m->total_param))
        note(file, "the index states %s parameters, the config.json gives %s and %s in prediction layers",
             grouped(file->index_param, a), grouped(m->total_param, b), grouped(m->mtp_param, c));
}

static void weigh(tr_model_file *file)
{
    char a[32], b[32];
    if (file->file_count > 0 && file->files_read == file->file_count) {
        if (file->index_byte > 0.0 &&
            (file->tensors.byte < file->index_byte || file->tensors.byte > file->index_byte))
            note(file, "the index states %s bytes, the headers add up to %s", grouped(file->index_byte, a),
                 grouped(file->tensors.byte, b));
        use_headers(file);
        return;
    }
    if (file->files_read > 0)
        note(file, "%d of the %d weight files are here: their headers were checked, not counted",
             file->files_read, file->file_count);
    if (file->index_byte > 0.0)
        use_index(file);
}

tr_status tr_model_disk_weights(const char *folder, int is_changed, tr_model_file *file, tr_error *err)
{
    char path[TR_PATH_MAX];
    note_unread(file);
    if (is_changed)
        return TR_OK;
    tr_status s = tr_path_join(path, sizeof path, folder, "model.safetensors.index.json", err);
    if (s != TR_OK)
        return s;
    if (tr_path_look(path) == TR_PATH_FILE) {
        s = read_index(folder, path, file, err);
    } else {
        s = tr_path_join(path, sizeof path, folder, "model.safetensors", err);
        if (s == TR_OK && tr_path_look(path) == TR_PATH_FILE) {
            file->file_count = file->files_read = 1;
            s = tr_safetensors_read(path, &file->tensors, err);
        }
    }
    if (s == TR_OK)
        weigh(file);
    return s;
}

/* ---- GGUF ----------------------------------------------------------------- */

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

/* "name-00002-of-00005.gguf": the part's number and how many, 0 for a whole file. */
static int split_of(const char *path, int *part)
{
    const size_t length = strlen(path), tail = strlen("-00001-of-00001.gguf");
    if (length < tail)
        return 0;
    const char *end = path + length - tail;
    *part = five_digits(end + 1);
    const int count = strncmp(end + 6, "-of-", 4) == 0 ? five_digits(end + 10) : -1;
    const int is_split = end[0] == '-' && strcmp(end + 15, ".gguf") == 0 && *part >= 1 && *part <= count;
    return is_split ? count : 0;
}

static tr_status part_path(const char *path, int part, int count, char *out, size_t size, tr_error *err)
{
    const size_t stem = strlen(path) - strlen("-00001-of-00001.gguf");
    const int length = snprintf(out, size, "%.*s-%05d-of-%05d.gguf", (int)stem, path, part, count);
    if (length < 0 || (size_t)length >= size)
        return tr_fail(err, TR_ECAPACITY, NULL, 0.0, "the path '%.200s' is too long", path);
    return TR_OK;
}

static tr_status add_tensors(const tr_gguf *gguf, tr_tensors *sums, tr_error *err)
{
    tr_status s = TR_OK;
    for (size_t i = 0; i < tr_gguf_tensor_count(gguf) && s == TR_OK; i++)
        s = tr_tensors_add(sums, tr_gguf_tensor(gguf, i), err);
    return s;
}

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

static void name_gguf(tr_model *model, const tr_gguf *gguf, const char *path)
{
    const char *last = tr_path_last(path);
    (void)snprintf(model->name, sizeof model->name, "%.*s", (int)(strlen(last) < 90 ? strlen(last) : 90),
                   last);
    char *dot = strrchr(model->name, '.');
    if (dot != NULL)
        *dot = '\0';
    const tr_gguf_value *title = tr_gguf_find(gguf, "general.name");
    (void)snprintf(model->source, sizeof model->source, "%.150s%s%.90s", path, title == NULL ? "" : ": ",
                   title == NULL || title->kind != TR_GGUF_TEXT ? "" : title->text);
}

static tr_status build_gguf(const char *path, const tr_gguf *gguf, const char *family, const char *changes,
                            tr_model_file *file, tr_error *err)
{
    tr_config *config = NULL;
    tr_status s = tr_config_from_gguf(gguf, &config, err);
    if (s != TR_OK)
        return s;
    s = tr_model_from_changed(config, family, changes, &file->model, err);
    tr_config_destroy(config);
    if (s != TR_OK)
        return s;
    name_gguf(&file->model, gguf, path);
    tr_tensors_init(&file->tensors);
    file->tensors.hidden_layers = file->model.layers;
    return add_tensors(gguf, &file->tensors, err);
}

tr_status tr_model_disk_gguf(const char *path, const char *family, const char *changes, tr_model_file *file,
                             tr_error *err)
{
    int part = 1;
    const int count = split_of(path, &part);
    char first[TR_PATH_MAX];
    if (count > 0 && part_path(path, 1, count, first, sizeof first, err) != TR_OK)
        return TR_ECAPACITY;
    tr_gguf *gguf = NULL;
    tr_status s = tr_gguf_read(count > 0 ? first : path, &gguf, err);
    if (s != TR_OK)
        return s;
    tr_error inner = {.text = ""};
    s = build_gguf(path, gguf, family, changes, file, &inner);
    tr_gguf_destroy(gguf);
    if (s != TR_OK) {
        if (err != NULL) {
            *err = inner;
            (void)snprintf(err->text, sizeof err->text, "%.80s: %.230s", tr_path_last(path), inner.text);
        }
        return s;
    }
    for (int i = 2; i <= count && s == TR_OK; i++) {
        char next[TR_PATH_MAX];
        s = part_path(path, i, count, next, sizeof next, err);
        if (s == TR_OK)
            s = tr_gguf_read(next, &gguf, err);
        if (s == TR_OK) {
            s = add_tensors(gguf, &file->tensors, err);
            tr_gguf_destroy(gguf);
        }
    }
    if (s != TR_OK)
        return s;
    file->file_count = file->files_read = count > 0 ? count : 1;
    if (file->tensors.tensor_count > 0.0) {
        if (changes[0] != '\0')
            set_exact_bytes(file);
        else
            use_headers(file);
        file->model.weight_dtype = main_dtype(&file->tensors);
    }
    return TR_OK;
}
