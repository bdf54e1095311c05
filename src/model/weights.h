/* model/weights.h -- parameters by part, and bytes made of them. */
#ifndef TOKENROOF_SRC_MODEL_WEIGHTS_H
#define TOKENROOF_SRC_MODEL_WEIGHTS_H

#include <tokenroof/model.h>

/* A set of parts: 1 << TR_PART_MIXER and so on. */
enum {
    TR_PARTS_LINEAR = 1 << TR_PART_MIXER | 1 << TR_PART_DENSE | 1 << TR_PART_SHARED | 1 << TR_PART_ROUTED,
    TR_PARTS_ALL = (1 << TR_PART_COUNT) - 1
};

/* Parameters of a part in the whole model; they add up to total_param. Those of a model of plain numbers are all
 * in TR_PART_OTHER. */
double tr_model_part_param(const tr_model *model, tr_part part);
/* Of one layer: 0 for the parts outside layers and for TR_PART_OTHER. */
double tr_layer_part_param(const tr_layer *layer, tr_part part);
/* Bytes of all parameters in these formats, tables that are only looked up in among them. */
double tr_model_stored_byte(const tr_model *model, const tr_weights *weights);
/* Average bytes a parameter over a set of parts; the first one's where they have no parameters. */
double tr_model_mean_byte(const tr_model *model, const tr_weights *weights, int parts);

#endif
