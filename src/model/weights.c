/* model/weights.c -- parameters by part, and bytes made of them. */
#include "model/weights.h"

#include "model/mixer.h"

double tr_layer_part_param(const tr_layer *layer, tr_part part)
{
    return part == TR_PART_MIXER    ? layer->mixer_param
           : part == TR_PART_DENSE  ? layer->dense_param
           : part == TR_PART_SHARED ? layer->shared_param
           : part == TR_PART_ROUTED ? layer->routed_param
                                    : 0;
}

static double part_of(const tr_layer *layer, void *context)
{
    const tr_part *part = context;
    return tr_layer_part_param(layer, *part);
}

double tr_model_part_param(const tr_model *model, tr_part part)
{
    if (part == TR_PART_EMBEDDING)
        return model->embedding_param;
    if (part == TR_PART_HEAD)
        return model->head_param;
    if (part != TR_PART_OTHER)
        return tr_model_sum(model, part_of, &part);
    double other = model->total_param;
    for (int i = 0; i < TR_PART_OTHER; i++)
        other -= tr_model_part_param(model, (tr_part)i);
    return other;
}

static void add_up(const tr_model *model, const tr_weights *weights, int parts, double *param, double *byte)
{
    *param = *byte = 0;
    for (int i = 0; i < TR_PART_COUNT; i++)
        if (parts & 1 << i) {
            const double here = tr_model_part_param(model, (tr_part)i);
            *param += here;
            *byte += here * weights->part[i].byte;
        }
}

double tr_model_stored_byte(const tr_model *model, const tr_weights *weights)
{
    double param, byte;
    add_up(model, weights, TR_PARTS_ALL, &param, &byte);
    return byte;
}

double tr_model_mean_byte(const tr_model *model, const tr_weights *weights, int parts)
{
    double param, byte;
    int first = 0;
    add_up(model, weights, parts, &param, &byte);
    while (first + 1 < TR_PART_COUNT && !(parts & 1 << first))
        first++;
    return param > 0 ? byte / param : weights->part[first].byte;
}

double tr_model_weight_byte(const tr_model *model)
{
    /* [M10] exact where the files say so, else by part */
    if (!(model->total_param > 0))
        return 0;
    return model->weight_total_byte > 0 ? model->weight_total_byte / model->total_param
                                        : tr_model_mean_byte(model, &model->weight, TR_PARTS_ALL);
}
