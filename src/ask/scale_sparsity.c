/* ask/scale_sparsity.c -- what experts give one size by the routed scaling law, and what has to be filled for
 * it. */
#include "ask/scale.h"

#include <math.h>
#include <stdio.h>

#include "base/extreme.h"
#include "write/print.h"

enum { MOST_EXPERTS = 512 };

size_t tr_scale_sparse_count(void)
{
    size_t count = 0;
    for (double experts = 1.0; experts <= MOST_EXPERTS; experts *= 2.0)
        count++;
    return count;
}

void tr_scale_sparse_of(const tr_scale_terms *terms, size_t index, tr_scale_sparse *out)
{
    const tr_routed_law law = tr_routed_law_of(TR_ROUTING_S_BASE);
    const tr_problem *q = terms->question;
    const double active = q->model->active_param;
    tr_scale_sparse s = {.experts = (double)(1U << index), .active_param = active};
    s.log10_loss = tr_routed_log10_loss_nat(&law, active, s.experts);
    s.dense_param = tr_routed_dense_param(&law, active, s.experts);
    /* Half of a model's layers were given experts, two thirds of whose parameters are the FFN: a third of all
     * is copied. */
    s.stored_param = active * (1.0 + (s.experts - 1.0) / 3.0);
    const double room_byte = q->roof.chip_count * tr_scale_room_byte(q), seq_byte = tr_scale_seq_byte(terms);
    const double copy_byte = s.stored_param * q->roof.weight_byte, most_copies = floor(room_byte / copy_byte);
    tr_roofline roof = q->roof; /* all experts are touched by so many users */
    roof.copy_count = larger(smaller(roof.copy_count, most_copies), 1.0);
    s.weight_byte = roof.copy_count * copy_byte;
    s.fits = s.weight_byte <= room_byte;
    s.room_seq = !s.fits ? 0.0 : seq_byte > 0.0 ? floor((room_byte - s.weight_byte) / seq_byte) : HUGE_VAL;
    roof.fixed_weight_byte = copy_byte;
    roof.routed_weight_byte = 0.0;
    s.balance_seq = tr_balance_batch_seq(&roof, 0.0);
    s.balance_context_seq = tr_balance_batch_seq(&roof, terms->context_token);
    s.fills = s.fits && s.balance_context_seq <= s.room_seq;
    *out = s;
}

/* ---- fields, and the page -------------------------------------------------------------------------------
 */

#define ROW(NAME, VALUE) TR_NUMBER(tr_scale_sparse, NAME, VALUE)
ROW(experts, row->experts)
ROW(loss, row->log10_loss)
ROW(dense, row->dense_param)
ROW(gain, row->dense_param / row->active_param)
ROW(store, row->stored_param)
ROW(byte, row->weight_byte)
ROW(balance, row->balance_seq)
ROW(balance_context, row->balance_context_seq)
ROW(room, row->room_seq)
TR_FLAG(tr_scale_sparse, fits, row->fits)
TR_FLAG(tr_scale_sparse, fills, row->fills)
static const tr_field list[] = {
    TR_N_HEAD("experts", NONE, "experts", 7, experts),
    TR_N_HEAD("log10_loss", NONE, "log10 loss", 10, loss),
    TR_N_HEAD("dense_param", PARAM, "as good as", 10, dense),
    TR_N_HEAD("gain_ratio", NONE, "gain x", 6, gain),
    TR_N_HEAD("stored_param", PARAM, "stored", 8, store),
    TR_N_HEAD("weight_byte", BYTE, "memory", 9, byte),
    TR_F_HEAD("fits", "fits", 4, fits),
    TR_N_HEAD("balance_seq", SEQ, "balance", 7, balance),
    TR_N_HEAD("balance_context_seq", SEQ, "with KV", 7, balance_context),
    TR_N_HEAD("room_seq", SEQ, "hold", 7, room),
    TR_F_HEAD("fills", "fills", 5, fills),
};
const tr_fields tr_scale_sparse_fields = {list, sizeof list / sizeof list[0]};

void tr_scale_sparse_text(const tr_scale_terms *terms, int columns, tr_writer *out)
{
    const tr_routed_range range = tr_routed_range_of(TR_ROUTING_S_BASE);
    const tr_problem *q = terms->question;
    char text[1000], copies[160] = "", most[48], token[48], cutoff[48], active[48], context[48];
    tr_fields_table_head(&tr_scale_sparse_fields, out);
    for (size_t i = 0; i < tr_scale_sparse_count(); i++) {
        tr_scale_sparse row;
        tr_scale_sparse_of(terms, i, &row);
        tr_fields_table_row(&tr_scale_sparse_fields, &row, out);
    }
    const double own = tr_balance_batch_seq(&q->roof, 0.0);
    (void)tr_quantity_format(terms->context_token, TR_UNIT_CONTEXT, context, sizeof context);
    if (q->roof.copy_count > 1.0)
        (void)snprintf(copies, sizeof copies,
                       "memory: of the weights of %.0f replicas, or as many as fit, each of which balances by itself; ",
                       q->roof.copy_count);
    (void)snprintf(text, sizeof text,
                   "%sbalance: users at once from which reading the weights is hidden behind multiplying, what "
                   "the machine must "
                   "fill for its gain; with KV: the same at %s tokens of context, - where no number does; "
                   "hold: users whose "
                   "cache fits beside the weights; fills: as many as with KV asks. "
                   "This model as it is stores %.3g "
                   "times what a token "
                   "uses, and balances at %.4g users.",
                   copies, context, q->model->total_param / q->model->active_param, own);
    tr_print_wrapped(out, "  ", "  ", text, columns);
    (void)tr_quantity_format(range.expert_count, TR_UNIT_NONE, most, sizeof most);
    (void)tr_quantity_format(range.train_token, TR_UNIT_TOKEN, token, sizeof token);
    (void)tr_quantity_format(range.cutoff_param, TR_UNIT_PARAM, cutoff, sizeof cutoff);
    (void)tr_quantity_format(q->model->active_param, TR_UNIT_PARAM, active, sizeof active);
    (void)snprintf(
        text, sizeof text,
        "The law (Clark et al. 2022, S-BASE) was fitted to models trained on %s tokens with up to %s "
        "experts, one of "
        "them a token, in half of the layers; from %s parameters on it gives experts no gain at all. This "
        "size, %s, "
        "%s. Models of today train on a hundred times the tokens, with several small experts a token and one "
        "shared: "
        "the law says in which direction it goes, and that the gain saturates, not how good they are.",
        token, most, cutoff, active,
        q->model->active_param >= range.cutoff_param ? "is beyond that"
                                                     : "is below that; whether models as large were "
                                                       "among them the data does not say");
    tr_print_wrapped(out, "  ", "  ", text, columns);
}
