/* model/nearest.h -- the family that a config of an unknown architecture is most like. */
#ifndef TOKENROOF_SRC_MODEL_NEAREST_H
#define TOKENROOF_SRC_MODEL_NEAREST_H

#include "model/count.h"

/* By what its keys say: latent attention, states, experts first, then how much of it a family reads. b is scratch;
 * named: what the architecture calls itself. Never NULL. */
const tr_family *tr_family_like(tr_bench *b, const tr_config *config, const char *wrapper, const char *named);

#endif
