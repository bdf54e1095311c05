/* tests/fuzz/fuzz.h -- what a fuzz target defines; libFuzzer, AFL++ and replay.c call it. */
#ifndef TOKENROOF_TESTS_FUZZ_FUZZ_H
#define TOKENROOF_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Any bytes at all; returns 0. Must not crash, leak, or print. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
