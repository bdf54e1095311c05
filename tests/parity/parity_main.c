/* parity_main.c -- parity hash CASES BLOCK: a hash a block; parity case N: the values of one case with their bits. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parity.h"

int main(int argc, char **argv)
{
    if (!parity_begin())
        return 3;
    if (argc == 4 && strcmp(argv[1], "hash") == 0) {
        const uint32_t cases = (uint32_t)strtoul(argv[2], NULL, 10);
        const uint32_t block = (uint32_t)strtoul(argv[3], NULL, 10);
        for (uint32_t first = 0; block > 0 && first < cases; first += block)
            (void)printf("%" PRIu32 " %016" PRIx64 "\n", first, parity_hash(first, block));
        return 0;
    }
    if (argc == 3 && strcmp(argv[1], "case") == 0) {
        const double *value = parity_case((uint32_t)strtoul(argv[2], NULL, 10));
        for (size_t i = 0; i < parity_value_count(); i++) {
            uint64_t bits;
            memcpy(&bits, &value[i], sizeof bits);
            if (value[i] != value[i])
                bits = 0x7FF8000000000000u;
            (void)printf("%016" PRIx64 " %s\n", bits, parity_value_name(i));
        }
        return 0;
    }
    (void)fprintf(stderr, "usage: parity hash CASES BLOCK | parity case N\n");
    return 2;
}
