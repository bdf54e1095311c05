/* probe/nvml.h -- the NVIDIA driver's cards, by its library, which need not be there. */
#ifndef TOKENROOF_SRC_PROBE_NVML_H
#define TOKENROOF_SRC_PROBE_NVML_H

#include <stddef.h>

typedef struct tr_nvml_cards {
    unsigned count;              /* like the first; 0: none */
    char name[96];
    double memory_byte;          /* of one; 0: not told (its memory is the host's) */
} tr_nvml_cards;

/* library: as dlopen takes it. Returns 1 where at least one card was found. */
int tr_nvml_read(const char *library, tr_nvml_cards *out);

#endif
