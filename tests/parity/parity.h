/* parity.h -- random cases of the model path, one driver for every build of the core. */
#ifndef TEST_PARITY_H
#define TEST_PARITY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define PARITY_API __attribute__((visibility("default")))
#else
#define PARITY_API
#endif

/* Set up the shared models; 0 if memory ran out. Call once. */
PARITY_API int parity_begin(void);
PARITY_API size_t parity_value_count(void);
PARITY_API const char *parity_value_name(size_t index);
/* All values of one case, as doubles. The array is overwritten by the next call. */
PARITY_API const double *parity_case(uint32_t index);
/* FNV-1a over the bits of all values of the cases first .. first + count - 1. */
PARITY_API uint64_t parity_hash(uint32_t first, uint32_t count);

#endif
