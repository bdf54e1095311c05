/* model/modules.h -- which part of which layer the name or pattern of a module means. */
#ifndef TOKENROOF_SRC_MODEL_MODULES_H
#define TOKENROOF_SRC_MODEL_MODULES_H

#include "model/weights.h"

/* The set of parts that the name means: "model.layers.3.self_attn*", "re:.*shared_experts.*". 0: none of a layer's
 * (a norm, a router, another tower, the head). *layer: its number, or -1 for all layers. */
int tr_module_parts(const char *name, long *layer);

#endif
