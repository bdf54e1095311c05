/* io/model_disk.c -- the weights beside a config.json, compared with what was counted. */
#include "io/model_disk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "io/file.h"
#include "io/safetensors.h"
#include "io/weight_index.h"

void tr_model_note(tr_model_file *file, const char *text, ...)
{
    if (file->note_count == TR_MODEL_NOTE_MAX)
        return;
    va_list args;
    va_start(args, text);
    (void)vsnprintf(file->note[file->note_count++], sizeof file->note[0], text, args);
    va_end(args);
}

const char *tr_grouped(double value, char out[32])
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

void tr_model_exact_bytes(tr_model_file *file)
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
    tr_model_note(file, "read %s tensors of %s bytes; their language model has %s parameters",
         tr_grouped(t->tensor_count, a), tr_grouped(t->byte, b), tr_grouped(stored, c));
    for (int part = TR_PART_COUNT; part < TR_TENSOR_PART_COUNT; part++)
        if (t->param[part] > 0.0)
            tr_model_note(file, "beside it: %s, %s parameters, %s bytes", tr_tensor_part_name(part),
                 tr_grouped(t->param[part], a), tr_grouped(t->part_byte[part], b));
    if (t->scale_elem > 0.0)
        tr_model_note(file, "block scales and zero points: %s elements, %s bytes", tr_grouped(t->scale_elem, a),
             tr_grouped(t->scale_byte, b));
    if (stored < counted || stored > counted)
        tr_model_note(file, "the %s gives %s parameters, the tensors %s: %s not explained",
             file->is_gguf ? "metadata" : "config.json", tr_grouped(counted, a), tr_grouped(stored, b),
             tr_grouped(stored - counted, c));
    const double predicted = t->param[TR_BESIDE_PREDICTION], expected = file->model.mtp_param;
    if (expected > 0.0 && predicted > 0.0 && (predicted < expected || predicted > expected))
        tr_model_note(file, "its prediction layers should have %s parameters, the tensors have %s",
             tr_grouped(expected, a), tr_grouped(predicted, b));
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
        tr_model_note(file, "%s does not know %s%s: counted as if %s not there", m->family, names,
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

void tr_model_use_headers(tr_model_file *file)
{
    compare(file);
    if (nearly(tr_tensors_language_param(&file->tensors), file->model.total_param))
        tr_model_exact_bytes(file);
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
        tr_model_note(file,
             "the index states %s bytes, the counted parameters in their formats take %.4g: prediction "
             "layers (%s "
             "parameters), towers, or another format make the difference",
             tr_grouped(file->index_byte, a), expected, tr_grouped(m->mtp_param, b));
    if (file->index_param > 0.0 && (file->index_param < m->total_param || file->index_param > m->total_param))
        tr_model_note(file, "the index states %s parameters, the config.json gives %s and %s in prediction layers",
             tr_grouped(file->index_param, a), tr_grouped(m->total_param, b), tr_grouped(m->mtp_param, c));
}

static void weigh(tr_model_file *file)
{
    char a[32], b[32];
    if (file->file_count > 0 && file->files_read == file->file_count) {
        if (file->index_byte > 0.0 &&
            (file->tensors.byte < file->index_byte || file->tensors.byte > file->index_byte))
            tr_model_note(file, "the index states %s bytes, the headers add up to %s", tr_grouped(file->index_byte, a),
                 tr_grouped(file->tensors.byte, b));
        tr_model_use_headers(file);
        return;
    }
    if (file->files_read > 0)
        tr_model_note(file, "%d of the %d weight files are here: their headers were checked, not counted",
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
