/* shard/room.c -- what fits: the largest batch, the longest context, and what to say where it does not. */
#include <tokenroof/shard.h>

#include <math.h>

#include "base/fail.h"
#include "shard/split.h"

#define WHOLE_MAX 9007199254740992.0 /* 2^53: whole numbers are exact up to here */
#define BATCH_MAX_SEQ 1e9
#define CONTEXT_MAX_TOKEN 2e12       /* a cached context and the prompt on it */
#define ROUNDING 1e-9                /* a layout that splits evenly needs the same to rounding as all chips pooled */

/* Ranks that hold sequences of their own. Stages share theirs: each has a part of the layers of all of them. */
static double copies(const tr_shard *s) { return s->layout.dp_rank * s->layout.replica_count; }

static double room(const tr_shard *s) { return s->cache_room_byte + ROUNDING * s->memory_byte; }

static int not_negative(double x) { return x >= 0.0 && x <= 1e300; }

tr_status tr_shard_range(const tr_shard *s, tr_error *err)
{
    if (s == NULL || s->model == NULL || s->system == NULL)
        return tr_fail(err, TR_EMISSING, "shard", 0.0, "expected a shard (tr_shard_of makes one)");
    const tr_status layout = tr_layout_range(&s->layout, err);
    if (layout != TR_OK)
        return layout;
    const struct {
        const char *field;
        double value;
        int fine;
    } check[] = {
        {"draft_token", s->formats.draft_token, not_negative(s->formats.draft_token)},
        {"memory_share", s->formats.memory_share, not_negative(s->formats.memory_share)},
        {"memory_byte", s->memory_byte, s->memory_byte > 0.0},
        {"weight_byte", s->weight_byte, not_negative(s->weight_byte)},
        {"draft_weight_byte", s->draft_weight_byte, not_negative(s->draft_weight_byte)},
        {"activation_byte", s->activation_byte, not_negative(s->activation_byte)},
        {"buffer_byte", s->buffer_byte, not_negative(s->buffer_byte)},
        {"reserve_byte", s->reserve_byte, not_negative(s->reserve_byte)},
        {"cache_room_byte", s->cache_room_byte, s->cache_room_byte <= s->memory_byte},
        {"stage_share", s->stage_share, s->stage_share > 0.0 && s->stage_share <= 1.0},
        {"host_layer_count", s->formats.host_layer_count, not_negative(s->formats.host_layer_count)},
        {"host_expert_layer_count", s->formats.host_expert_layer_count,
         not_negative(s->formats.host_expert_layer_count)},
        {"host_chunk_token", s->formats.host_chunk_token, not_negative(s->formats.host_chunk_token)},
        {"host_memory_byte", s->host_memory_byte, s->host_memory_byte >= 0.0},
        {"host_weight_byte", s->host_weight_byte, not_negative(s->host_weight_byte)},
        {"host_room_byte", s->host_room_byte, s->host_room_byte <= s->host_memory_byte},
    };
    for (size_t i = 0; i < sizeof check / sizeof check[0]; i++)
        if (!check[i].fine)
            return tr_fail(err, TR_EDOMAIN, check[i].field, check[i].value, "the shard's %s is not a usable number",
                           check[i].field);
    for (int part = 0; part < TR_PART_COUNT; part++)
        if (!not_negative(s->weights.part[part].byte))
            return tr_fail(err, TR_EDOMAIN, "weights", s->weights.part[part].byte,
                           "the shard's bytes of a parameter are not a usable number");
    return TR_OK;
}

double tr_shard_used_byte(const tr_shard *s, double batch_seq, double context_token)
{
    return s->weight_byte + s->activation_byte + s->buffer_byte +
           tr_split_busiest(batch_seq, copies(s)) * tr_shard_seq_byte(s, context_token);
}

double tr_shard_host_used_byte(const tr_shard *s, double batch_seq, double context_token)
{
    return s->layout.replica_count * s->host_weight_byte + batch_seq * tr_shard_host_seq_byte(s, context_token);
}

/* [L21] As many as one instance has. */
static int fits_host(const tr_shard *s, double batch_seq, double context_token)
{
    return !tr_shard_has_host(s) || tr_split_busiest(batch_seq, s->layout.replica_count) *
                                            tr_shard_host_seq_byte(s, context_token) <=
                                        s->host_room_byte + ROUNDING * s->host_memory_byte;
}

int tr_shard_fits_chips(const tr_shard *s, double batch_seq, double context_token)
{
    return !(s->memory_byte < HUGE_VAL) ||
           tr_split_busiest(batch_seq, copies(s)) * tr_shard_seq_byte(s, context_token) <= room(s);
}

static int fits(const tr_shard *s, double batch_seq, double context_token)
{
    return tr_shard_fits_chips(s, batch_seq, context_token) && fits_host(s, batch_seq, context_token);
}

/* The largest whole number of sequences of `seq_byte` each in so much; the quotient may round across one. */
static double most_seq(double room_byte, double seq_byte)
{
    if (!(room_byte >= 0.0))
        return 0.0;
    if (!(seq_byte > 0.0))
        return HUGE_VAL;
    double most = floor(room_byte / seq_byte);
    if (most < WHOLE_MAX && most > 0.0 && !(most * seq_byte <= room_byte))
        most -= 1.0;
    return most;
}

double tr_shard_max_batch_seq(const tr_shard *s, double context_token)
{
    if (tr_shard_range(s, NULL) != TR_OK || !(context_token >= 0.0 && context_token <= CONTEXT_MAX_TOKEN))
        return (double)NAN;
    if (!(s->memory_byte < HUGE_VAL))
        return HUGE_VAL;
    /* [R12] */
    const double chips = most_seq(room(s), tr_shard_seq_byte(s, context_token)) * copies(s);
    if (!tr_shard_has_host(s))
        return chips;
    const double host = most_seq(s->host_room_byte + ROUNDING * s->host_memory_byte,
                                 tr_shard_host_seq_byte(s, context_token)) * s->layout.replica_count;
    return host < chips ? host : chips;
}

double tr_shard_max_context_token(const tr_shard *s, double batch_seq)
{
    if (tr_shard_range(s, NULL) != TR_OK || !(batch_seq >= 1.0 && batch_seq <= BATCH_MAX_SEQ))
        return (double)NAN;
    if (!fits(s, batch_seq, 0.0))
        return 0.0;
    /* [R13] What is stored hardly shrinks with context: double until it does not fit, then halve to one token. */
    double good = 0.0, over = 1.0;
    while (fits(s, batch_seq, over)) {
        good = over;
        over *= 2.0;
        if (over > WHOLE_MAX)
            return HUGE_VAL;
    }
    while (over - good > 1.0) {
        const double middle = floor(0.5 * (good + over));
        *(fits(s, batch_seq, middle) ? &good : &over) = middle;
    }
    return good;
}

static tr_status lacks_host(const tr_shard *s, double batch_seq, double context_token, tr_error *err)
{
    enum { SIZE = 32 };
    char have[SIZE], part[SIZE], over[SIZE];
    const double all = s->host_memory_byte * s->layout.replica_count;
    const double need = tr_shard_host_used_byte(s, batch_seq, context_token);
    (void)tr_quantity_format(all, TR_UNIT_BYTE, have, sizeof have);
    (void)tr_quantity_format(s->host_weight_byte * s->layout.replica_count, TR_UNIT_BYTE, part, sizeof part);
    (void)tr_quantity_format(need - all, TR_UNIT_BYTE, over, sizeof over);
    return tr_fail(err, TR_ENOFIT, "host_memory_byte", need,
                   s->host_room_byte < 0.0
                       ? "the layers left to the host (%s) are more than its memory (%s) by %s: name more memory "
                         "(+HOST,mem=...), or fewer bytes a weight (--weights)"
                       : "the layers left to the host (%s of its %s) and the cache that lies with them lack %s there: "
                         "fewer sequences, a shorter context, or more memory (+HOST,mem=...)",
                   part, have, over);
}

tr_status tr_shard_check(const tr_shard *s, double batch_seq, double context_token, tr_error *err)
{
    const tr_status range = tr_shard_range(s, err);
    if (range != TR_OK)
        return range;
    if (!(batch_seq >= 0.0 && batch_seq <= BATCH_MAX_SEQ))
        return tr_fail(err, TR_EDOMAIN, "batch_seq", batch_seq, "the batch must be 0 to 1e9 sequences");
    if (!(context_token >= 0.0 && context_token <= CONTEXT_MAX_TOKEN))
        return tr_fail(err, TR_EDOMAIN, "context_token", context_token, "the context must be 0 to 2e12 tokens");
    if (fits(s, batch_seq, context_token))
        return TR_OK;
    if (!fits_host(s, batch_seq, context_token))
        return lacks_host(s, batch_seq, context_token, err);
    enum { SIZE = 32 };
    char have[SIZE], over[SIZE], part[SIZE], most[SIZE], held[SIZE], layout[80];
    const double need = tr_shard_used_byte(s, batch_seq, context_token), kept = s->memory_byte - s->reserve_byte;
    (void)tr_layout_format(&s->layout, layout, sizeof layout);
    (void)tr_quantity_format(s->memory_byte, TR_UNIT_BYTE, have, sizeof have);
    (void)tr_quantity_format(s->weight_byte, TR_UNIT_BYTE, part, sizeof part);
    (void)tr_quantity_format(s->reserve_byte + s->activation_byte + s->buffer_byte, TR_UNIT_BYTE, held, sizeof held);
    (void)tr_quantity_format(need - kept, TR_UNIT_BYTE, over, sizeof over);
    if (!(room(s) > 0.0)) {
        (void)tr_quantity_format(-s->cache_room_byte, TR_UNIT_BYTE, over, sizeof over);
        return tr_fail(err, TR_ENOFIT, "memory_byte", need,
                       "%s: the weights (%s of a chip's %s) with activations, buffers and reserve (%s) are %s "
                       "more than its memory: no batch fits", layout, part, have, held, over);
    }
    const double most_seq = tr_shard_max_batch_seq(s, context_token);
    if (!(most_seq >= 1.0))
        return tr_fail(err, TR_ENOFIT, "memory_byte", need,
                       "%s: the weights fit (%s of a chip's %s), but not one sequence of this context beside them: %s "
                       "more memory is needed", layout, part, have, over);
    (void)tr_number_format(most_seq, most, sizeof most);
    return tr_fail(err, TR_ENOFIT, "memory_byte", need,
                   "%s: weights and cache take %s more than a chip's %s (%s held back): at this context the largest "
                   "batch that fits is %s", layout, over, have, held, most);
}
