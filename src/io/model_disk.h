/* io/model_disk.h -- the weights beside a config.json, compared with what was counted. */
#ifndef TOKENROOF_SRC_IO_MODEL_DISK_H
#define TOKENROOF_SRC_IO_MODEL_DISK_H

#include "io/model_file.h"

/* Read the index and the headers in folder, if they are there, into file (whose
 * model is counted, and whose tensors are ready); set exact bytes and write notes. Of a changed model no weights are
 * there: they are not read. */
tr_status tr_model_disk_weights(const char *folder, int is_changed, tr_model_file *file, tr_error *err);

/* One more sentence for a person; nothing where there are as many as fit. */
void tr_model_note(tr_model_file *file, const char *text, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* 671026419200 -> "671,026,419,200", for counts below 2^53. */
const char *tr_grouped(double value, char out[32]);
/* Exact bytes a parameter, by part, of file->tensors. The total is the language model's: what a decoding step may have
 * to read. */
void tr_model_exact_bytes(tr_model_file *file);
/* The same where the tensors and the count agree, and a note of each way in which they differ. */
void tr_model_use_headers(tr_model_file *file);

#endif
