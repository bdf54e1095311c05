/* tokenroof/serve.h -- requests over time, in closed form: TTFT, TPOT, end to end and throughput of a server whose
 * clients wait for their answers, or whose requests arrive at a rate.
 *
 * Built on the boiled-down passes of rate.h: a step of the engine is a pass with
 * the sequences that decode and the prompts beside them. Functions are pure: no
 * globals, no allocation, no I/O; any thread may call them. [Fn] are the
 * entries of docs/equations.md.
 */
#ifndef TOKENROOF_SERVE_H
#define TOKENROOF_SERVE_H

#include <tokenroof/base.h>
#include <tokenroof/calibration.h>
#include <tokenroof/rate.h>
#include <tokenroof/shard.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- speculative decoding ------------------------------------------------------------------ */

/* Tokens out of a step that verifies draft_token drafts (whole, 0 to 1024), each accepted with chance accept_share (0 to
 * 1) where those before it were: (1 - a^(k+1)) / (1 - a). NaN outside.  [F22] */
TR_API double tr_draft_kept_token(double draft_token, double accept_share);
/* Backwards: the acceptance that gives token_per_step (1 to draft_token + 1). NaN outside.  [F22] */
TR_API double tr_draft_accept_share(double draft_token, double token_per_step);

/* How near a measured acceptance is to what was asked. */
typedef enum tr_kin { TR_KIN_NONE = 0, TR_KIN_FAMILY, TR_KIN_SAME } tr_kin;
typedef struct tr_acceptance {
    double share;                /* of drafts whose predecessors were accepted; NaN: none was measured */
    double low_share, high_share; /* over the runs that it was taken from */
    double token_per_step;       /* at the drafts asked for */
    tr_kin kin;                  /* of the model that was measured; none: the middle of all that were */
    const char *model, *method;  /* static; "" of the middle of all */
    const char *dataset, *source, *date;
} tr_acceptance;
/* The measured acceptance to take where none is given: of the model itself, or of its family where both draft with
 * prediction layers; else, and where another model drafts, the middle one of all measured. The runs are in data/spec, of
 * models that think; without 1 or more drafts all is NaN.  [F22] */
TR_API void tr_acceptance_of(const tr_model *model, double draft_token, tr_acceptance *out);
/* A run of just this model or its family with just so many drafts by this method (NULL: any); kin NONE if there is none. */
TR_API void tr_acceptance_measured(const char *model, const char *method, double draft_token, tr_acceptance *out);

/* ---- requests ---------------------------------------------------------------------------------- */

/* Clients that each send a prompt, wait for its answer, and send the next; or requests that arrive at a rate. And
 * how they do it, since much of the time to the first token is decided by that. Zero takes what is said. */
typedef struct tr_clients {
    double concurrency_seq;    /* clients, >= 1; not looked at where request_per_s is given */
    double request_per_s;      /* arrivals; 0: concurrency_seq is given */
    double prompt_token;       /* mean of a request, >= 1 */
    double output_token;       /* mean, >= 1 */
    double cached_token;       /* of the prompt, in the cache already: 0 to prompt_token */
    int fixed_lengths;         /* 1: all requests are alike, so that clients stay in step; 0: lengths vary */
    double request_per_client; /* of a benchmark whose clients all start together: the first wave is its share of the
                                * mean; 0: a steady state, as users meet it */
    double mean_batch_share;   /* of the clients that are in flight over a whole run, its ramps included; 0: all */
    double chunk_token;        /* token budget of a step; 0: the engine's */
    double max_seq;            /* running requests of a replica at most; 0: the engine's */
    int prefill_first;         /* 1: a step carries prompts or decodes; -1: both; 0: as the engine does */
    int whole_prompt;          /* 1: prompts are not cut; -1: they are; 0: as the engine does */
    double poll_step;          /* decode steps between looks for new requests; 0: the engine's */
    double batch_wait_step;    /* steps that an engine waits to fill a batch of prompts */
    double draft_token;        /* speculation: tokens drafted a step; 0: none */
    double token_per_step;     /* of a sequence, drafts accepted among them: 1 to draft_token + 1; 0: 1 */
    int prefill_apart;         /* 1: other chips take the prompts, and ttft_s is of the first decode step alone */
    double think_s;            /* concurrency_seq users wait so long between an answer and their next request */
} tr_clients;

/* Machines that only take prompts in, beside those that decode; the cache of each prompt is sent over. */
typedef struct tr_prefill_side {
    const tr_shard *shard;     /* of one worker */
    const tr_roofline *roof;
    double worker_count;       /* >= 1 */
    double link_byte_per_s;    /* of one chip that sends; 0: the chip's way out of its scale-up domain */
} tr_prefill_side;

/* A predicted figure with its 90 % interval, and what nothing real can beat. */
typedef struct tr_quantity {
    double predicted, low, high, bound;
} tr_quantity;

typedef struct tr_service {
    tr_quantity tpot_s;        /* mean time per output token after the first */
    tr_quantity itl_s;         /* between two arrivals at a user: a step, which may bring several tokens */
    tr_quantity ttft_s;        /* mean time to the first token, waiting included */
    tr_quantity e2e_s;         /* a whole request */
    tr_quantity output_token_per_s; /* all clients; its bound is the most that is possible, low <= predicted <= high */
    tr_quantity request_s;     /* of the whole system's time that a request takes up: one over the requests a second */
    double request_per_s;
    double batch_seq;          /* decoding together, all replicas, on average */
    double rank_count;         /* attention ranks that have requests, all replicas and stages */
    double flight_seq;         /* with a place: decoding, or on their way to the first token */
    double room_seq;           /* whose cache fits at their mean length, all replicas */
    double kv_used_share;      /* of that room, by the requests in flight */
    int saturated;             /* requests wait for a place; under arrivals at a rate: they never stop queueing */
    double wait_s;             /* of ttft_s: behind other requests, on average */
    double wait_share;         /* of the requests that wait at all */
    double decode_s;           /* a step that only decodes, at that batch */
    tr_terms decode_terms;     /* its parts */
    double prompt_share;       /* of the time between tokens, what prompts beside them take; 0 where they are apart */
    double compute_share;      /* of the chips' peak, and of their bandwidth, what the requests' own work takes: MFU, MBU */
    double memory_share;
    double input_share;        /* of the chips' time, what prompts take: the part of the cost that is theirs */
    double prefill_busy_share; /* of the machines that only take prompts in; 0 without them */
    double send_s;             /* of ttft_s: a prompt's cache on its way to the decoding machines */
    double token_per_step;     /* accepted tokens of a sequence in a step */
    tr_quantity draft_s;       /* of a step without prompts: drafting its tokens, and */
    tr_quantity verify_s;      /* the pass that verifies them; without drafts all of it */
} tr_service;

/* Steady state or benchmark mean of an engine that admits prompts while it decodes. calibration NULL: passes at
 * datasheet peak, without the times beside them. Errors: TR_EDOMAIN, TR_EMISSING, TR_ENOFIT (weights, or not one
 * sequence). On error *out is untouched.  [F5] [F6] [F7] [F10] */
TR_API tr_status tr_serve(const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration,
                          tr_distance distance, const tr_clients *clients, tr_service *out, tr_error *err);

/* The same where `prefill` takes the prompts and `shard` only decodes: ttft_s holds the prompt's wait, its pass and the
 * sending of its cache. prefill NULL: as tr_serve. Errors: as tr_serve; TR_EDOMAIN (no workers).  [F18] */
TR_API tr_status tr_serve_apart(const tr_shard *shard, const tr_roofline *roof, const tr_prefill_side *prefill,
                                const tr_calibration *calibration, tr_distance distance, const tr_clients *clients,
                                tr_service *out, tr_error *err);

/* Requests a second with every place taken: more arrivals than that queue up without end. Errors: as above. */
TR_API tr_status tr_serve_most(const tr_shard *shard, const tr_roofline *roof, const tr_prefill_side *prefill,
                               const tr_calibration *calibration, tr_distance distance, const tr_clients *clients,
                               double *request_per_s, tr_error *err);

/* What a percentile of the requests stays under. Waits behind others are exponential, as in a queue; a mean over more
 * tokens varies less, by the prompts that arrive during it. */
typedef enum tr_statistic { TR_STATISTIC_MEAN = 0, TR_STATISTIC_P50, TR_STATISTIC_P90, TR_STATISTIC_P95, TR_STATISTIC_P99,
                            TR_STATISTIC_COUNT } tr_statistic;
TR_API const char *tr_statistic_name(tr_statistic statistic); /* "mean", "p95"; NULL past the end */
/* Over the mean of ttft_s (which = TR_INTERVAL_TTFT), tpot_s or e2e_s of clients' requests; 1 for the mean. >= 0; NaN
 * for another interval.  [F19] */
TR_API double tr_service_statistic_ratio(const tr_service *service, const tr_clients *clients, tr_interval which,
                                         tr_statistic statistic);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_SERVE_H */
