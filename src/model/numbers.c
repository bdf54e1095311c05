/* model/numbers.c -- a model given as a few plain numbers, without layers. */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include <tokenroof/model.h>

/* The dtype whose size is nearest above: only a label, the bytes are taken as given. */
static tr_dtype dtype_of(double weight_byte)
{
    return weight_byte <= 0.625  ? TR_DTYPE_FP4
           : weight_byte <= 1.25 ? TR_DTYPE_FP8
           : weight_byte <= 2    ? TR_DTYPE_BF16
                                 : TR_DTYPE_FP32;
}

tr_status tr_model_from_numbers(const tr_model_numbers *n, tr_model *out, tr_error *err)
{
    if (n == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0, "the numbers of a model are needed");
    if (!(n->total_param > 0 && n->total_param <= 1e18))
        return tr_fail(err, TR_EDOMAIN, "total_param", n->total_param,
                       "total_param is %g; expected above 0, up to 1e18", n->total_param);
    if (!(n->active_param >= 0 && n->active_param <= 1e18))
        return tr_fail(err, TR_EDOMAIN, "active_param", n->active_param,
                       "active_param is %g; expected 0 (all of them) or a count up to 1e18", n->active_param);
    if (n->active_param > n->total_param)
        return tr_fail(err, TR_ECONFLICT, "active_param", n->active_param,
                       "active_param %g is more than total_param %g", n->active_param, n->total_param);
    if (!(n->kv_byte_per_token >= 0 && n->kv_byte_per_token <= 1e12))
        return tr_fail(err, TR_EDOMAIN, "kv_byte_per_token", n->kv_byte_per_token,
                       "kv_byte_per_token is %g; expected 0 to 1e12", n->kv_byte_per_token);
    if (!(n->weight_byte > 0 && n->weight_byte <= 16))
        return tr_fail(err, TR_EDOMAIN, "weight_byte", n->weight_byte,
                       "weight_byte is %g; expected above 0, up to 16", n->weight_byte);
    memset(out, 0, sizeof *out);
    (void)snprintf(out->name, sizeof out->name, "inline");
    (void)snprintf(out->family, sizeof out->family, "inline");
    out->total_param = n->total_param;
    out->active_param = n->active_param > 0 ? n->active_param : n->total_param;
    out->multiply_param = out->active_param;
    out->stream_param = out->total_param;
    out->kv_byte_per_token = n->kv_byte_per_token;
    out->weight_dtype = dtype_of(n->weight_byte);
    for (int part = 0; part < TR_PART_COUNT; part++) {
        out->weight.part[part].byte = n->weight_byte;
        out->weight.part[part].dtype = out->weight_dtype;
    }
    out->kv_dtype = TR_DTYPE_BF16;
    return TR_OK;
}
