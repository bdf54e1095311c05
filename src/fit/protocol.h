/* fit/protocol.h -- how published benchmarks start clients and servers, looked up for a row, and what is
 * assumed. */
#ifndef TOKENROOF_SRC_FIT_PROTOCOL_H
#define TOKENROOF_SRC_FIT_PROTOCOL_H

#include <stdint.h>

#include "fit/measured.h"

/* What a rule may set, in the order of tools/embed_protocols.py. */
enum {
    PROTOCOL_SPREAD_RATIO,
    PROTOCOL_REQUEST_PER_CLIENT,
    PROTOCOL_START_TOGETHER,
    PROTOCOL_WARMED,
    PROTOCOL_MEMORY_SHARE,
    PROTOCOL_MOST_SEQ,
    PROTOCOL_CHUNK_TOKEN,       /* a step's budget: this many, */
    PROTOCOL_CHUNK_INPUT_RATIO, /* so many stated prompts more, */
    PROTOCOL_CHUNK_SEQ_RATIO,   /* so many tokens a client more (and as many again for each of its drafts), */
    PROTOCOL_CHUNK_LEAST_TOKEN, /* but this many at least */
    PROTOCOL_PREFILL_FIRST,
    PROTOCOL_WHOLE_PROMPT,
    PROTOCOL_POLL_STEP,
    PROTOCOL_BATCH_WAIT_STEP,
    PROTOCOL_DRAFT_TOKEN,
    PROTOCOL_KV, /* a tr_dtype */
    PROTOCOL_SET_COUNT
};

/* Conditions, "", 0 and -1 being any; texts of model and chip are how its name begins. */
typedef struct protocol_rule {
    const char *protocol, *engine_text, *model_text, *chip_text, *precision_text;
    const char *from_text, *before_text; /* a row without a date meets neither */
    double input_token, output_token;    /* as stated */
    double tp_below, seq_from, seq_below;
    int speculative, attention_dp, apart;
    uint32_t said; /* bit i: value[i] is set */
    double value[PROTOCOL_SET_COUNT];
} protocol_rule;

/* How a table's column of origins begins, and the protocol that means. */
typedef struct protocol_origin {
    const char *begins, *protocol;
} protocol_origin;

extern const protocol_rule protocol_rule_table[];
extern const size_t protocol_rule_count;
extern const protocol_origin protocol_origin_table[];
extern const size_t protocol_origin_count;

/* The protocol of a table's rows by their origin; "" if none is known. Static. */
const char *protocol_of(const char *origin);

/* What a table says of a run beside its serving fields. */
typedef struct protocol_run {
    const char *protocol;   /* "" = none known */
    const char *date;       /* of the run; "" = not stated */
    int speculative;        /* drafts its tokens */
    tr_dtype checkpoint_kv; /* the directive that such weights come with; NATIVE = none */
} protocol_run;

/* Completes a row whose names, weights, layout, clients and stated lengths are read: the engine's record,
 * what the protocol sets, the engine's own defaults where it sets nothing, the cache's format, mean lengths,
 * and the drafts a step accepts. NULL, or why the row cannot be used. */
const char *protocol_complete(tr_measured *row, const protocol_run *run);

#endif
