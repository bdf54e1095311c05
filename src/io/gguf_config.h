/* io/gguf_config.h -- the metadata of a GGUF file as the keys of a config.json. */
#ifndef TOKENROOF_SRC_IO_GGUF_CONFIG_H
#define TOKENROOF_SRC_IO_GGUF_CONFIG_H

#include <tokenroof/model.h>

#include "io/gguf.h"

/* The keys that tr_model_from_config needs, from metadata and from which tensors
 * there are (biases, q/k norms, a separate head). Free with tr_config_destroy.
 * Errors: TR_EUNKNOWN (general.architecture is not known: the text names the
 * known ones near it), TR_EMISSING, TR_EPARSE, TR_EDOMAIN. */
tr_status tr_config_from_gguf(const tr_gguf *gguf, tr_config **out, tr_error *err);

#endif
