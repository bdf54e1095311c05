/* shared.c -- oracles and JSON for the tests of the model room. */
#include "shared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/config_flat.h"
#include "io/json_flat.h"

int shared_path(const char *rest, char *out, size_t size)
{
    const char *root = getenv("TOKENROOF_SHARED");
    if (root != NULL)
        (void)snprintf(out, size, "%s/%s", root, rest);
    else
        (void)snprintf(out, size, "%s/../shared/%s", TR_SOURCE_ROOT, rest);
    FILE *file = fopen(out, "rb");
    if (file == NULL)
        return 0;
    (void)fclose(file);
    return 1;
}

static tr_status count_flat(const tr_flat *flat, const char *family, tr_model *out, tr_error *err)
{
    tr_config *config = NULL;
    tr_status s = tr_config_from_flat(flat, "", &config, err);
    if (s == TR_OK)
        s = tr_model_from_config(config, family, out, err);
    tr_config_destroy(config);
    return s;
}

tr_status count_file(const char *path, tr_model *out, tr_error *err)
{
    tr_flat *flat = NULL;
    tr_status s = tr_flat_read(path, &flat, err);
    if (s == TR_OK)
        s = count_flat(flat, NULL, out, err);
    tr_flat_destroy(flat);
    return s;
}

tr_status count_text_as(const char *json, const char *family, tr_model *out, tr_error *err)
{
    tr_flat *flat = NULL;
    tr_status s = tr_flat_parse(json, strlen(json), &flat, err);
    if (s == TR_OK)
        s = count_flat(flat, family, out, err);
    tr_flat_destroy(flat);
    return s;
}

tr_status count_text(const char *json, tr_model *out, tr_error *err)
{
    return count_text_as(json, NULL, out, err);
}

int same_weights(const tr_weights *a, const tr_weights *b)
{
    for (int part = 0; part < TR_PART_COUNT; part++)
        if (a->part[part].byte != b->part[part].byte || a->part[part].dtype != b->part[part].dtype)
            return 0;
    return 1;
}
