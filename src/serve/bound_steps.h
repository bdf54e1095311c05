/* serve/bound_steps.h -- decode steps at their bound, and a step divided into drafting and verifying. */
#ifndef TOKENROOF_SRC_SERVE_BOUND_STEPS_H
#define TOKENROOF_SRC_SERVE_BOUND_STEPS_H

#include <tokenroof/serve.h>

/* Steps of two batches at their bound, with the clients' drafts. */
typedef struct tr_bound_steps {
    double compute_s[2], weights_s[2], kv_s[2], step_s[2];
} tr_bound_steps;
void tr_bound_steps_of(const tr_roofline *roof, const tr_clients *clients, const double batch_seq[2],
                       tr_bound_steps *out);

/* Fill draft_s and verify_s of a service that is answered. Errors: as tr_timing_of and tr_bound_pass.  [F23] */
tr_status tr_split_step(const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration,
                        tr_distance distance, const tr_clients *clients, tr_service *service, tr_error *err);

/* The 90 % interval of what is predicted; at datasheet peak there is none. */
static inline void tr_interval_put(tr_quantity *q, const tr_calibration *calibration, tr_interval of,
                                   tr_distance distance)
{
    q->low = q->high = q->predicted;
    if (calibration == NULL)
        return;
    q->low *= calibration->band[of][distance].low_ratio;
    q->high *= calibration->band[of][distance].high_ratio;
}

#endif
