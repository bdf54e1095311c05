/* step/fitted.h -- one pass of a rank under a calibration: shared by fitted.c and serve.c. */
#ifndef TOKENROOF_SRC_STEP_FITTED_H
#define TOKENROOF_SRC_STEP_FITTED_H

#include <tokenroof/calibration.h>

/* What one pass brings to one attention replica. */
typedef struct fitted_pass {
    double decode_seq;       /* sequences that decode */
    double kv_byte;          /* cache read by all of them, before it is shared among ranks */
    double attention_flop;   /* of all their scores and values, decode */
    double prompt_token;     /* prompt tokens beside them */
    double prompt_seq;       /* whose last token needs scores */
    double prompt_flop;      /* attention of the prompt tokens */
    double prompt_kv_byte;   /* cache that prompts read and write */
} fitted_pass;

typedef struct fitted_terms {
    double compute_s, weights_s, kv_s, comm_s, fixed_s;
    double step_s;           /* not their sum: multiplies overlap the reading of weights in part */
} fitted_terms;

/* [F3] */
fitted_terms tr_fitted_pass_terms(const tr_fitted *fitted, const fitted_pass *pass);

#endif
