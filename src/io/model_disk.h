/* io/model_disk.h -- the weights beside a config.json and in a GGUF file, compared with what was counted. */
#ifndef TOKENROOF_SRC_IO_MODEL_DISK_H
#define TOKENROOF_SRC_IO_MODEL_DISK_H

#include "io/model_file.h"

/* Read the index and the headers in folder, if they are there, into file (whose
 * model is counted, and whose tensors are ready); set exact bytes and write notes. Of a changed model no weights are
 * there: they are not read. */
tr_status tr_model_disk_weights(const char *folder, int is_changed, tr_model_file *file, tr_error *err);

/* A whole model from a GGUF file, or from all parts of a split one; a changed one keeps each part's bytes a
 * parameter. */
tr_status tr_model_disk_gguf(const char *path, const char *family, const char *changes, tr_model_file *file,
                             tr_error *err);

#endif
