/* model/context.c -- what a context costs: cached bytes stored and read, attention FLOPs at decode and
 * prefill. */
#include <math.h>

#include "base/extreme.h"
#include "model/context.h"
#include "model/mixer.h"

/* No more than the cap; 0: no cap. */
static double capped(double rows, double cap) { return cap > 0 && rows > cap ? cap : rows; }
static double smaller_cap(double a, double b) { return a > 0 && (b <= 0 || a < b) ? a : b; }

/* What is left of n in units of `unit`. */
static double rest_of(double n, double unit) { return n - floor(n / unit) * unit; }

/* Rows before a query picks of them. */
double tr_cache_stored_row(const tr_cache *cache, double n)
{
    const double rows = cache->token_per_row > 1 ? floor(n / cache->token_per_row) : n;
    return cache->wraps && cache->row_cap > 0 ? rest_of(rows, cache->row_cap) : capped(rows, cache->row_cap);
}

double tr_cache_read_row(const tr_cache *cache, double n)
{
    return capped(tr_cache_stored_row(cache, n), cache->read_cap);
}

double tr_cache_row_byte(const tr_cache *cache, tr_dtype kv)
{
    return cache->row_byte > 0 ? cache->row_byte : cache->elem * tr_dtype_byte(kv);
}

/* ---- areas below the rows ---------------------------------------------------------- */

/* Of min(x, cap) from a to b. */
static double ramp_area(double a, double b, double cap)
{
    const double knee = cap > 0 ? larger(smaller(cap, b), a) : b;
    return (knee - a) * (0.5 * (a + knee)) + (b - knee) * cap;
}

/* Of min(floor(x / every), cap) from a to b: a piece of the first row, whole ones, a piece of the last. */
static double stairs_area(double a, double b, double every, double cap)
{
    const double first = floor(a / every), last = floor(b / every);
    if (first >= last)
        return (b - a) * capped(first, cap);
    const double from = first + 1, whole = last - from; /* rows from .. last - 1 are whole */
    const double below = cap > 0 ? larger(smaller(cap - from, whole), 0) : whole;
    const double middle = below * (from + 0.5 * (below - 1)) + (whole - below) * cap;
    return (every * from - a) * capped(first, cap) + every * middle + (b - every * last) * capped(last, cap);
}

/* Of a ramp that falls to 0 at each multiple of `chunk`. */
static double teeth_area(double a, double b, double chunk, double cap)
{
    const double first = floor(a / chunk), last = floor(b / chunk);
    const double from = a - first * chunk, to = b - last * chunk;
    if (first >= last)
        return ramp_area(from, to, cap);
    return ramp_area(from, chunk, cap) + (last - first - 1) * ramp_area(0, chunk, cap) + ramp_area(0, to, cap);
}

double tr_cache_read_row_mean(const tr_cache *cache, double from_token, double to_token)
{
    if (!(to_token > from_token))
        return tr_cache_read_row(cache, from_token);
    const double cap = smaller_cap(cache->row_cap, cache->read_cap);
    const double area = cache->wraps && cache->row_cap > 0
                            ? teeth_area(from_token, to_token, cache->row_cap, cache->read_cap)
                        : cache->token_per_row > 1 ? stairs_area(from_token, to_token, cache->token_per_row, cap)
                                                   : ramp_area(from_token, to_token, cap);
    return area / (to_token - from_token);
}

/* ---- sums over a model ------------------------------------------------------------- */

/* What a term of a layer is asked for. */
typedef struct asked {
    double context_token, query_token, elem_byte;
} asked;

static asked in_format(const tr_model *model, double context_token, double kv_byte)
{
    const asked a = {context_token, 0, kv_byte > 0 ? kv_byte : tr_dtype_byte(model->kv_dtype)};
    return a;
}

static double row_byte(const tr_cache *cache, const asked *a)
{
    return cache->row_byte > 0 ? cache->row_byte : cache->elem * a->elem_byte;
}

static double store_byte(const tr_layer *layer, void *context)
{
    const asked *a = context;
    double byte = 0;
    for (int k = 0; k < layer->cache_count; k++)
        if (!layer->cache[k].shared)
            byte += tr_cache_stored_row(&layer->cache[k], a->context_token) * row_byte(&layer->cache[k], a);
    return byte;
}

double tr_model_kv_store_byte(const tr_model *model, double context_token, double kv_byte)
{
    /* [M5] per layer: rows held x bytes of a row; a row that another layer stores is not counted again */
    asked a = in_format(model, context_token, kv_byte);
    return model->kv_byte_per_token * context_token + tr_model_sum(model, store_byte, &a);
}

static double read_byte(const tr_layer *layer, void *context)
{
    const asked *a = context;
    double byte = 0;
    for (int k = 0; k < layer->cache_count; k++)
        byte += tr_cache_read_row(&layer->cache[k], a->context_token) * row_byte(&layer->cache[k], a);
    return byte;
}

double tr_model_kv_read_byte(const tr_model *model, double context_token, double kv_byte)
{
    /* [M6] as stored, but capped by what a sparse query picks; a shared row is read by each layer that uses
     * it; a recurrent state is read whole whatever the context */
    asked a = in_format(model, context_token, kv_byte);
    return model->kv_byte_per_token * context_token + model->state_byte_per_seq + tr_model_sum(model, read_byte, &a);
}

static double added_byte(const tr_layer *layer, void *context)
{
    double byte = 0;
    for (int k = 0; k < layer->cache_count; k++) {
        const tr_cache *cache = &layer->cache[k];
        if (!cache->shared && !(cache->row_cap > 0))
            byte += row_byte(cache, context) / cache->token_per_row;
    }
    return byte;
}

double tr_model_kv_byte_per_token(const tr_model *model, double kv_byte)
{
    /* [M7] windows are full by then, so they add nothing */
    asked a = in_format(model, 0, kv_byte);
    return model->kv_byte_per_token + tr_model_sum(model, added_byte, &a);
}

static double decode_flop(const tr_layer *layer, void *context)
{
    const asked *a = context;
    double flop = layer->state_flop;
    for (int k = 0; k < layer->cache_count; k++)
        flop += tr_cache_read_row(&layer->cache[k], a->context_token) * layer->cache[k].flop_per_row;
    return flop;
}

double tr_model_attention_flop(const tr_model *model, double context_token)
{
    /* [M8] one query against the rows it reads, in every layer, plus the work on the states */
    asked a = {context_token, 0, 0};
    return tr_model_sum(model, decode_flop, &a);
}

/* ---- prompts ----------------------------------------------------------------------- */

/* Sum of min(floor(n / every), cap) for n = 1 .. last; cap 0: none. */
static double rows_up_to(double last, double every, double cap)
{
    const double knee =
        cap > 0 && cap * every <= last ? cap * every - 1 : last; /* up to here nothing is cut */
    const double whole = floor((knee + 1) / every), rest = knee + 1 - whole * every;
    const double below = every * (whole * (whole - 1) / 2) + rest * whole;
    return below + (last > knee ? (last - knee) * cap : 0);
}

/* Rows that queries 1 .. last see, each itself and what came before, at most read_cap of them: in aligned chunks
 * every query begins to count anew. */
static double seen_up_to(const tr_cache *cache, double last, double read_cap)
{
    if (!cache->wraps || !(cache->row_cap > 0))
        return rows_up_to(last, cache->token_per_row, smaller_cap(cache->row_cap, read_cap));
    return floor(last / cache->row_cap) * rows_up_to(cache->row_cap, 1, read_cap) +
           rows_up_to(rest_of(last, cache->row_cap), 1, read_cap);
}

/* Query-row pairs of query_token new tokens on context_token cached. */
static double pairs(const tr_cache *cache, double read_cap, double context_token, double query_token)
{
    return seen_up_to(cache, context_token + query_token, read_cap) - seen_up_to(cache, context_token, read_cap);
}

double tr_cache_prefill_flop(const tr_layer *layer, const tr_cache *cache, double context_token, double query_token)
{
    /* [M9] causal: pairs of a query and a row it may see; MLA multiplies keys and values at full width,
     * unless picking few latent rows is less work */
    const double work = pairs(cache, cache->read_cap, context_token, query_token) * cache->flop_per_row;
    const double flop_per_row = tr_cache_prompt_flop_per_row(layer, cache);
    if (!(flop_per_row > 0))
        return work;
    return smaller(pairs(cache, 0, context_token, query_token) * flop_per_row, work);
}

static double prompt_flop(const tr_layer *layer, void *context)
{
    const asked *a = context;
    double flop = layer->state_flop * a->query_token;
    for (int k = 0; k < layer->cache_count; k++)
        flop += tr_cache_prefill_flop(layer, &layer->cache[k], a->context_token, a->query_token);
    return flop;
}

double tr_model_prefill_attention_flop(const tr_model *model, double context_token, double query_token)
{
    asked a = {context_token, query_token, 0};
    return tr_model_sum(model, prompt_flop, &a);
}
