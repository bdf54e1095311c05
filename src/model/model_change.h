/* model/model_change.h -- changes behind a model's name: "deepseek-v3,layers=30", "llama-3.1-70b,kv_heads=4".
 *
 * A change sets a key of the config before it is counted, so that every count follows by the architecture. The words
 * are told at tr_model_catalog_get; a key of the config itself ("kv_lora_rank=256") is one too.
 */
#ifndef TOKENROOF_SRC_MODEL_MODEL_CHANGE_H
#define TOKENROOF_SRC_MODEL_MODEL_CHANGE_H

#include <tokenroof/model.h>

/* The changes behind the name or path that text begins with: "layers=30" of "deepseek-v3,layers=30"; "" if there are
 * none. *base is set to the name's length. A path may hold commas before its last '/', or end in ".json". */
const char *tr_model_changes(const char *text, size_t *base_length);

/* As tr_model_from_config, with changes "layers=30,heads=0.5x" made first; "" changes nothing. Where layers change,
 * lists and patterns with an item a layer are cut, or go on from their beginning. Allocates and frees.
 * Errors: as tr_model_from_config; TR_EPARSE (a change), TR_EUNKNOWN with a "did you mean", TR_ECONFLICT (a change
 * twice, one that changes nothing), TR_EMISSING (a factor of what is not stated), TR_ECAPACITY. */
tr_status tr_model_from_changed(const tr_config *config, const char *family, const char *changes, tr_model *out,
                                tr_error *err);

/* What changed goes into name and source, and what was known of the original alone (its id, its exact bytes) falls
 * away. */
void tr_model_name_changes(tr_model *model, const char *changes);

#endif
