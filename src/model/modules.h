/* model/modules.h -- which part of which layer the name or pattern of a module means. */
#ifndef TOKENROOF_SRC_MODEL_MODULES_H
#define TOKENROOF_SRC_MODEL_MODULES_H

enum {
    TR_PART_ATTENTION = 1, /* and every other mixer */
    TR_PART_DENSE = 2,
    TR_PART_SHARED = 4,
    TR_PART_ROUTED = 8,
    TR_PART_EVERYTHING = 15,
    TR_PART_COUNT = 4
};

/* Parts that the name means: "model.layers.3.self_attn*", "re:.*shared_experts.*". 0: none of them (a norm, a
 * router, another tower, the head). *layer: its number, or -1 for all layers. */
int tr_module_parts(const char *name, long *layer);

#endif
