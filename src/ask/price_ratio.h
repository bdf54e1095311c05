/* ask/price_ratio.h -- the price of output over input at equal margin: from a load, and back from a published
 * ratio. */
#ifndef TOKENROOF_SRC_ASK_PRICE_RATIO_H
#define TOKENROOF_SRC_ASK_PRICE_RATIO_H

#include "ask/along.h"
#include "ask/step_row.h"

/* What a token of a pass takes: chips' seconds over new tokens, as predicted, beside the bound. */
tr_quantity tr_pass_token_s(const tr_step_row *row);

/* Price of a decode step's token over that of a pass's, as predicted and by the bound; NaN where one does not
 * fit; of a pass to itself 1.  [K73] [F21] */
tr_quantity tr_pass_price_ratio(const tr_step_row *output, const tr_step_row *input);

typedef struct tr_price_ratio {
    const tr_problem *question;
    tr_step_row output; /* the decode step */
    tr_step_row input;  /* the longest pass asked for that fits; its fits is 0: none does */
    tr_quantity ratio;
    double memory_ratio; /* memory over compute time of the decode step, by the bound */
    double ridge_query_token;
    /* Back from a published ratio. */
    double published_ratio;
    double balance_batch_seq; /* where weights and compute balance: no KV cache, no attention */
    double weights_batch_seq; /* with that wait for the weights alone */
    double memory_batch_seq;  /* ... for weights and KV cache */
    tr_quantity batch_seq;    /* smallest that sells at that ratio, of what fits; NaN: none does */
} tr_price_ratio;

/* query_token: the pass in which prompts are read. Errors: as tr_step_row_of. */
tr_status tr_price_ratio_of(const tr_along *along, double query_token, double published_ratio,
                            tr_price_ratio *out, tr_error *err);

void tr_price_ratio_json(const tr_price_ratio *r, tr_json *json);
void tr_price_ratio_text(const tr_price_ratio *r, const tr_style *style, tr_writer *out);

#endif
