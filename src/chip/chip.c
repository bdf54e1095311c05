/* chip/chip.c -- placeholder of the skeleton, replaced by the room's files. */
#include <tokenroof/chip.h>

typedef int tr_chip_placeholder;
