/* ask/along.h -- passes along batch, context or query, the other two held; and what bounds them. */
#ifndef TOKENROOF_SRC_ASK_ALONG_H
#define TOKENROOF_SRC_ASK_ALONG_H

#include <tokenroof/problem.h>

#include "base/json.h"
#include "base/sink.h"

typedef enum tr_along_input {
    TR_ALONG_BATCH = 0,
    TR_ALONG_CONTEXT,
    TR_ALONG_QUERY,
    TR_ALONG_COUNT
} tr_along_input;

/* The words of --over: "batch", "context", "query". */
const char *tr_along_name(tr_along_input input);

typedef struct tr_along {
    const tr_problem *question;
    tr_along_input input;
    double batch_seq, context_token; /* held; the one it runs along is not read */
} tr_along;

/* The pass at a place: a decode step, along the query a prefill of more than one token. */
tr_load tr_along_load(const tr_along *along, double at);

/* ---- what bounds them ---- */

/* A stretch of the input in which one thing bounds the pass at datasheet peak. */
typedef struct tr_region {
    tr_limit limit;
    double from, to; /* HUGE_VAL: to the end of what may be asked */
} tr_region;
enum { TR_REGION_MAX = 6 };

/* In order, without gaps, from the least that may be asked on. Returns how many. */
size_t tr_regions_of(const tr_along *along, tr_region *out);
const char *tr_region_name(tr_limit limit); /* "weights-bound" */
const char *tr_region_rule(tr_limit limit); /* the rule that makes it */

void tr_regions_json(const tr_along *along, tr_json *json);  /* "regions": [...] */
void tr_regions_text(const tr_along *along, tr_writer *out); /* all three, also one that is nowhere */

#endif
