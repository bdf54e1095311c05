/* tokenroof/calibration.h -- what measurement adds to the equations: achieved shares of the datasheet, and
 * the times no datasheet lists.
 *
 * A calibration is a short list of readable constants for one chip under one
 * engine, fitted to published measurements (data/calibration, `tokenroof fit`).
 * None of them belongs to a model: a new config.json predicts on day one. A
 * chip nobody measured gets the constants of its nearest relative, which are
 * shares and times and so carry over by the datasheet's own ratios; the answer
 * says so and its band is wider. Evaluation uses only + - * / sqrt and
 * comparisons; functions are pure: no globals, no allocation, no I/O. [Fn] are
 * the entries of docs/equations.md.
 */
#ifndef TOKENROOF_CALIBRATION_H
#define TOKENROOF_CALIBRATION_H

#include <tokenroof/base.h>
#include <tokenroof/chip.h>
#include <tokenroof/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* X(ID, name in data/calibration, unit, meaning) */
#define TR_CONSTANT_TABLE(X)                                                                                 \
    X(LINEAR_BYTE, "linear_byte_share", RATIO, "of memory bandwidth, reading dense weights")                 \
    X(LINEAR_FLOP, "linear_flop_share", RATIO, "of the chip's peak, in dense matrix multiplies of many rows") \
    X(EXPERT_BYTE, "expert_byte_share", RATIO, "of memory bandwidth, reading routed experts")                \
    X(EXPERT_FLOP, "expert_flop_share", RATIO, "of the chip's peak, in routed experts with many rows each")  \
    X(KV_BYTE, "kv_byte_share", RATIO, "of memory bandwidth, reading the KV cache")                          \
    X(ATTENTION_FLOP, "attention_flop_share", RATIO, "of the peak, in a decode's scores and values")         \
    X(PROMPT_FLOP, "prompt_flop_share", RATIO, "of the peak, in a prompt's scores and values")               \
    X(LINK_BYTE, "link_byte_share", RATIO, "of the link's bandwidth, in long collectives")                   \
    X(FP8_FLOP, "fp8_flop_ratio", RATIO, "of these shares of the peak, where dense multiplies are in FP8 or INT8") \
    X(FP4_FLOP, "fp4_flop_ratio", RATIO, "of these shares of the peak, where dense multiplies are in FP4")   \
    X(EXPERT_FP8, "expert_fp8_flop_ratio", RATIO, "of the experts' share of the peak, in FP8 or INT8")       \
    X(EXPERT_FP4, "expert_fp4_flop_ratio", RATIO, "of the experts' share of the peak, in FP4")               \
    X(LINEAR_TILE, "linear_tile_token", TOKEN, "rows that a dense multiply is padded by")                    \
    X(EXPERT_TILE, "expert_tile_token", TOKEN, "rows that each touched expert is padded by")                 \
    X(MOVE, "activation_move_ratio", NONE, "of the bytes between operators, those that memory carries")     \
    X(LINK_S, "collective_s", SECOND, "a collective of no bytes")                                            \
    X(LINK_MID_S, "collective_mid_s", SECOND, "what slows collectives of middle size: its root with the wire's time") \
    X(LAYER_S, "layer_s", SECOND, "a layer: launches, norms, attention at no context, synchronisation")      \
    X(MLA_S, "mla_layer_s", SECOND, "more for latent attention: its extra projections")                      \
    X(STATE_S, "state_layer_s", SECOND, "more for a recurrent layer")                                        \
    X(FP8_S, "fp8_layer_s", SECOND, "more for dense multiplies in FP8 or INT8: activations are quantised first") \
    X(FP4_S, "fp4_layer_s", SECOND, "more for dense multiplies in FP4")                                      \
    X(MOE_S, "moe_layer_s", SECOND, "more for a mixture in BF16: router, sorting, grouped launches")         \
    X(MOE_FP8_S, "moe_fp8_layer_s", SECOND, "more for a mixture in FP8 or INT8")                             \
    X(MOE_FP4_S, "moe_fp4_layer_s", SECOND, "more for a mixture in FP4")                                     \
    X(GROUP_S, "expert_group_layer_s", SECOND, "more for a mixture whose whole experts are spread over ranks") \
    X(GROUP_FP8_S, "expert_group_fp8_layer_s", SECOND, "the same where they are in FP8 or INT8")             \
    X(STEP_S, "step_s", SECOND, "a step: scheduling, sampling, the host")                                    \
    X(SEQ_S, "seq_s", SECOND, "more for each sequence of a step")                                            \
    X(FIRST_S, "first_token_s", SECOND, "a request before its first token, beside the passes it needs")      \
    X(FRONT_S, "front_token_s", SECOND, "a prompt's token, tokenised and taken in before the first pass")    \
    X(BALANCE, "balance_wait_step", NONE, "decode steps that a prompt waits where attention ranks take theirs in together") \
    X(HOST, "prompt_host_ratio", NONE, "least time of a step with prompts, over the fixed part of a decode step")

typedef enum tr_constant {
#define TR_CONSTANT_ID(ID, ...) TR_CONSTANT_##ID,
    TR_CONSTANT_TABLE(TR_CONSTANT_ID)
#undef TR_CONSTANT_ID
    TR_CONSTANT_COUNT
} tr_constant;

TR_API const char *tr_constant_name(tr_constant constant); /* "layer_s"; NULL past the end */
TR_API tr_unit tr_constant_unit(tr_constant constant);     /* TR_UNIT_NONE past the end */
TR_API const char *tr_constant_doc(tr_constant constant);  /* NULL past the end */

/* How far a question is from what was measured; bands widen in this order. */
typedef enum tr_distance {
    TR_DISTANCE_NEAR = 0,    /* chip, engine and model were measured, together or each with others */
    TR_DISTANCE_MODEL,       /* chip and engine were measured, this model was not */
    TR_DISTANCE_ENGINE,      /* the chip was measured; its engine is not told, or was not measured */
    TR_DISTANCE_CHIP,        /* constants of the nearest relative of this chip */
    TR_DISTANCE_GENERIC,     /* constants shared by all: another vendor, another class of machine */
    TR_DISTANCE_COUNT
} tr_distance;
TR_API const char *tr_distance_name(tr_distance distance); /* "near", "model", "engine", "chip", "generic"; NULL past the end */

/* What an interval is of: each printed quantity has its own. Throughput and cost follow from the whole request. */
typedef enum tr_interval {
    TR_INTERVAL_DECODE = 0,  /* a pass that only decodes */
    TR_INTERVAL_PREFILL,     /* a pass that takes in prompts */
    TR_INTERVAL_TPOT,        /* time per output token of a server, prompts beside it */
    TR_INTERVAL_TTFT,        /* time to the first token, waiting included, up to TR_CROWD_SEQ clients */
    TR_INTERVAL_CROWD,       /* the same with more clients, whose bursts and limits decide it */
    TR_INTERVAL_E2E,         /* a whole request */
    TR_INTERVAL_COUNT
} tr_interval;
#define TR_CROWD_SEQ 128.0
TR_API const char *tr_interval_name(tr_interval interval); /* "decode_pass", "tpot"; NULL past the end */

/* The 90 % interval of measurements, over the prediction. */
typedef struct tr_band {
    double low_ratio;        /* > 0, <= high_ratio */
    double high_ratio;
} tr_band;

#define TR_ENGINE_MAX 24
#define TR_CALIBRATION_CPUS "cpu"        /* in place of a chip: what CPUs of all makers share */

typedef struct tr_calibration {
    char name[TR_NAME_MAX];              /* "h100-sxm-vllm", "generic" */
    char chip[64];                       /* catalog name, or TR_CALIBRATION_CPUS; "" = generic */
    char engine[TR_ENGINE_MAX];          /* "vllm", "sglang", "trtllm", "llamacpp"; "" = any */
    char origin[160];                    /* what an answer says of it: "h200-sxm from h100-sxm, vllm" */
    double value[TR_CONSTANT_COUNT];     /* > 0, in the units of tr_constant_unit */
    double error_ratio[TR_CONSTANT_COUNT]; /* standard error over value, 0 = not fitted */
    tr_band band[TR_INTERVAL_COUNT][TR_DISTANCE_COUNT];
    tr_distance distance;                /* of the chip, engine and model asked for */
} tr_calibration;

/* The best calibration for a chip under an engine, and how far a model is from what it rests on. engine NULL or "": the
 * generic one of that chip; model NULL: one that was measured. Errors: TR_EUNKNOWN (no such engine; the text names those
 * there are), TR_EMISSING (chip NULL). On error *out is untouched.  [F9] */
TR_API tr_status tr_calibration_find(const tr_chip *chip, const char *engine, const tr_model *model,
                                     tr_calibration *out, tr_error *err);
TR_API size_t tr_calibration_count(void);
TR_API const tr_calibration *tr_calibration_at(size_t index); /* compiled in, sorted by name; NULL past the end */
TR_API const char *tr_calibration_engine(size_t index);       /* engines measured; NULL past the end */
/* Whether measurements of this model, by catalog name or HF id, are among those fitted. */
TR_API int tr_calibration_has_model(const tr_model *model);
/* Each value in range. Errors: TR_EDOMAIN, TR_EMISSING (NULL). */
TR_API tr_status tr_calibration_check(const tr_calibration *calibration, tr_error *err);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_CALIBRATION_H */
