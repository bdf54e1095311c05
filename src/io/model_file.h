/* io/model_file.h -- a model from the disk: config.json, its folder, a GGUF file, or a catalog entry.
 *
 * Beside a config.json these are read where they are there:
 *   hf_quant_config.json           number formats, if the config.json states none
 *   model.safetensors.index.json   exact bytes, number of tensors, names of the weight files
 *   *.safetensors it lists         headers only: parameters and bytes, tensor by tensor
 * What they say is compared with what was counted from the config; every
 * disagreement becomes a note that names what it is made of.
 */
#ifndef TOKENROOF_SRC_IO_MODEL_FILE_H
#define TOKENROOF_SRC_IO_MODEL_FILE_H

#include <tokenroof/model.h>

#include "io/tensors.h"

#define TR_MODEL_NOTE_MAX 12

typedef struct tr_model_file {
    tr_model model;
    tr_tensors tensors; /* of all headers read; tensor_count 0 if none was */
    double index_byte;  /* from the index; 0 = none */
    double index_param;
    int is_gguf;
    int file_count; /* weight files: listed, and read */
    int files_read;
    char note[TR_MODEL_NOTE_MAX][280]; /* sentences for a person */
    int note_count;
} tr_model_file;

/* path: a config.json (any name ending in .json), a folder that holds one, a
 * .gguf file (or the folder of a single one), a file of the form of
 * data/models, or one of the files beside a config.json. family as in
 * tr_model_from_config. Changes may follow, as at tr_model_catalog_get: "models/mine,layers=30"; of a changed model
 * no weights are read. *out is large: keep it off small stacks. On error it is
 * untouched; err names file, key, line. Errors: TR_EIO and all of the readers. */
tr_status tr_model_file_read(const char *path, const char *family, tr_model_file *out, tr_error *err);

/* The first bytes of a GGUF file, whatever it is called, as if the rest were there too: nothing is said of bytes that
 * are missing behind its header. Errors: as tr_model_file_read. */
tr_status tr_model_head_read(const char *path, const char *family, tr_model_file *out, tr_error *err);

/* A model of a folder of catalog files (--data DIR): DIR/models/NAME.json, or
 * any file there whose hf_id or alias is name. TR_EUNKNOWN if DIR has no such
 * model (the text says which is near): then ask the catalog compiled in. */
tr_status tr_model_data_read(const char *data_folder, const char *name, const char *family,
                             tr_model_file *out, tr_error *err);

/* Names of the models of DIR/models, sorted; *out is one allocation: free() it. TR_EIO if there is no such
 * folder. */
tr_status tr_model_data_list(const char *data_folder, char ***out, size_t *count, tr_error *err);

/* 1 if text names something on the disk rather than in the catalog: it holds a
 * slash and exists, or ends in .json or .gguf. A Hugging Face id has a slash too:
 * the disk wins only where the path exists. */
int tr_model_is_path(const char *text);

#endif
