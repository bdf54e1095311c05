/* io/gguf_model.h -- a model from a GGUF file, or from the parts of a split one that are here. */
#ifndef TOKENROOF_SRC_IO_GGUF_MODEL_H
#define TOKENROOF_SRC_IO_GGUF_MODEL_H

#include "io/model_file.h"

/* path: a file, or any part of a split one; the first must be there, since it alone has the metadata. Weights are as
 * the tensors are stored; those in parts that are not here are taken as the file's mix stores them, and a note says so.
 * A changed model keeps each part's bytes a parameter. is_head: these are a file's first bytes, and no note tells that
 * the rest is missing. Errors: those of tr_gguf_read, tr_config_from_gguf and tr_model_from_config. */
tr_status tr_gguf_model(const char *path, const char *family, const char *changes, int is_head, tr_model_file *file,
                        tr_error *err);

#endif
