/* price/constant.c -- the constants of data/laws that prices need, written while building. */
#include "price/constant.h"

#include <math.h>
#include <string.h>

typedef struct constant {
    char name[48];
    double value;
} constant;

static const constant constants[] = {
#include "price/constants.inc"
};

double tr_price_constant(const char *name)
{
    for (size_t i = 0; i < sizeof constants / sizeof constants[0]; i++)
        if (strcmp(constants[i].name, name) == 0)
            return constants[i].value;
    return (double)NAN;
}
