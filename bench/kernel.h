/* kernel.h -- the work that native and WebAssembly builds are timed on, the same source in both. */
#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H

#include <stdint.h>

#ifdef __wasm__
#define KERNEL_API __attribute__((visibility("default")))
#else
#define KERNEL_API
#endif

typedef enum kernel_kind { KERNEL_DENSE = 0, KERNEL_EXPERTS, KERNEL_ONE_CASE, KERNEL_PARSE, KERNEL_COUNT } kernel_kind;

/* Prepare; 0 if the model or system is refused. */
KERNEL_API int kernel_begin(int kind);
/* What one round computes: decode steps, or numbers read. */
KERNEL_API double kernel_items_per_round(int kind);
/* Returns a number that depends on all of them. */
KERNEL_API double kernel_run(int kind, uint32_t rounds);

#endif
