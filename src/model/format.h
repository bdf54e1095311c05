/* model/format.h -- number formats that weights are stored in: bytes an element, scales included. */
#ifndef TOKENROOF_SRC_MODEL_FORMAT_H
#define TOKENROOF_SRC_MODEL_FORMAT_H

#include "model/keys.h"

/* scale_byte for every `group` elements; group 0: no scales worth counting. */
tr_part_format tr_format_of_bits(double bits, int is_float, double group, double scale_byte);
/* By the name of an algorithm ("NVFP4", "FP8_BLOCK_SCALES"); 0 and *out untouched if it is unknown. */
int tr_format_of_algo(const char *algo, tr_part_format *out);
/* compressed-tensors: what config_groups.group_<number> says about weights; 0 if there is no such group. */
int tr_format_of_group(tr_keys *quantisation, int number, tr_part_format *out);
/* By quant_method and its own keys; an unknown one fails. */
tr_part_format tr_format_of_method(tr_keys *quantisation, const char *method);

#endif
