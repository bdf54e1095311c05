/* shared.h -- where the oracles are, and a config.json as a counted model: for the tests of this room. */
#ifndef TOKENROOF_TESTS_MODEL_SHARED_H
#define TOKENROOF_TESTS_MODEL_SHARED_H

#include <tokenroof/model.h>

/* "<shared>/<rest>" into out: TOKENROOF_SHARED, or ../shared beside the repository. 0 if it cannot be read.
 */
int shared_path(const char *rest, char *out, size_t size);
/* Count a config.json, or JSON text. */
tr_status count_file(const char *path, tr_model *out, tr_error *err);
tr_status count_text(const char *json, tr_model *out, tr_error *err);
/* The same with the family forced. */
tr_status count_text_as(const char *json, const char *family, tr_model *out, tr_error *err);

/* The same bytes and formats in every part. */
int same_weights(const tr_weights *a, const tr_weights *b);

#endif
