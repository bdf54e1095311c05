/* model/attend.h -- one model with another's way of looking at its cache: dense, by an index, compressed. */
#ifndef TOKENROOF_SRC_MODEL_ATTEND_H
#define TOKENROOF_SRC_MODEL_ATTEND_H

#include <tokenroof/model.h>

/* How a model's growing caches are read, in general. */
typedef enum tr_attend { TR_ATTEND_NONE = 0, TR_ATTEND_DENSE, TR_ATTEND_SPARSE, TR_ATTEND_COMPRESSED } tr_attend;
tr_attend tr_model_attend_of(const tr_model *model);   /* NONE: no cache of it grows with the context */

/* The model with its rows cut, indexed and picked as those of `like` are, layer for layer in like's proportion, and
 * with the parameters that takes. Rows keep their width and their work; windows and states stay as they are. Quality
 * is not looked at: who trains such a model finds out.  [M12]
 * Errors: TR_ENOFIT (no cache of one of them grows), TR_ECAPACITY (too many distinct layers). On error *out is not to
 * be read. out may not be one of the others. */
tr_status tr_model_attend_as(const tr_model *model, const tr_model *like, tr_model *out, tr_error *err);

#endif
