/* model/modules.c -- parts of a model by the names of its modules. */
#include <string.h>

#include "model/modules.h"

/* A norm, a router or a single small projection of an attention block. */
static int is_small(const char *name)
{
    static const char parts[][20] = {"norm",    "indexer", "weights_proj", "shared_expert_gate",
                                     "e_score", ".router", "conv1d",       "eh_proj"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(name, parts[i]) != NULL)
            return 1;
    const size_t n = strlen(name);
    return (n >= 5 && strcmp(name + n - 5, ".gate") == 0) || strcmp(name, "gate") == 0;
}

/* Another tower, the head or the tables. */
static int is_outside(const char *name)
{
    static const char parts[][16] = {"vision", "visual", "projector",   "lm_head",
                                     "embed",  "mtp",    "patch_merge", "audio"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(name, parts[i]) != NULL)
            return 1;
    return strcmp(name, "head") == 0;
}

static int parts_of(const char *name)
{
    if (is_small(name))
        return 0;
    if (strstr(name, "shared_expert") != NULL || strstr(name, "shared_mlp") != NULL)
        return 1 << TR_PART_SHARED;
    if (strstr(name, "experts") != NULL)
        return 1 << TR_PART_ROUTED;
    if (strstr(name, "attn") != NULL || strstr(name, "attention") != NULL)
        return 1 << TR_PART_MIXER;
    if (strstr(name, "mixer") != NULL) /* one block, one mixer, whatever it is */
        return 1 << TR_PART_MIXER | 1 << TR_PART_DENSE;
    if (strstr(name, "mlp") != NULL || strstr(name, "ffn") != NULL || strstr(name, "feed_forward") != NULL)
        return 1 << TR_PART_DENSE;
    return 0;
}

/* The layer a name speaks of: its number, or -1 for all. *whole: nothing but the layer is named
 * ("layers.3.*"). */
static long layer_of(const char *name, int *whole)
{
    const char *at = strstr(name, "layers.");
    *whole = 0;
    if (at == NULL || at[7] < '0' || at[7] > '9')
        return -1;
    long layer = 0;
    for (at += 7; *at >= '0' && *at <= '9'; at++)
        if (layer < 100000)
            layer = 10 * layer + (*at - '0');
    *whole = strcmp(at, "") == 0 || strcmp(at, "*") == 0 || strcmp(at, ".*") == 0 || strcmp(at, ".") == 0;
    return layer;
}

int tr_module_parts(const char *name, long *layer)
{
    int whole;
    *layer = layer_of(name, &whole);
    return is_outside(name) ? 0 : whole ? TR_PARTS_LINEAR : parts_of(name);
}
