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

/* The mix that general.file_type of a GGUF file tells (a guess of the quantiser's counts as told), and into name how it
 * is written there: "Q4_K_M". TR_WEIGHT_FORMAT_NATIVE and "" for a number that stands for none. */
tr_weight_format tr_weight_format_of_file(double file_type, char name[TR_WEIGHT_NAME_MAX]);

/* How a format is written where it is a name: "Q4_K_M", "fp8". */
void tr_weight_format_write(tr_weight_format format, char name[TR_WEIGHT_NAME_MAX]);

#endif
