/* io/gguf_arch.h -- architectures by the names that GGUF files have for them. */
#ifndef TOKENROOF_SRC_IO_GGUF_ARCH_H
#define TOKENROOF_SRC_IO_GGUF_ARCH_H

#include "io/gguf_convert.h"

/* NULL if none has this name. */
const tr_gguf_arch *tr_gguf_arch_of(const char *name);
/* Index 0 .. count - 1; NULL past the end. */
const tr_gguf_arch *tr_gguf_arch_at(size_t index);

#endif
