/* fit/predict.h -- what each physics says about a measured row. Pure functions; any thread may call them. */
#ifndef TOKENROOF_SRC_FIT_PREDICT_H
#define TOKENROOF_SRC_FIT_PREDICT_H

#include <tokenroof/rate.h>

#include "fit/measured.h"

typedef struct tr_prediction {
    double predicted_s;   /* in the unit of measured_s */
    double low_s, high_s; /* both predicted_s where the physics has no band */
    double bound_s;       /* by bound physics */
} tr_prediction;

int tr_predicts(tr_physics physics); /* 1 if tr_predict knows this physics */

/* Errors: TR_ENOFIT (weights do not fit, a dtype the chip has not), TR_EDOMAIN; the text says why. */
tr_status tr_predict(const tr_measured *row, tr_physics physics, tr_prediction *out, tr_error *err);

#endif
