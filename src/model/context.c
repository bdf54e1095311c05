/* model/context.c -- what a context costs: cached bytes stored and read, attention FLOPs at decode and
 * prefill. */
#include <math.h>
#include <string.h>

#include <tokenroof/model.h>

#include "model/context.h"

/* Rows a cache holds after n tokens. */
double tr_cache_stored_row(const tr_cache *cache, double n)
{
    const double rows = cache->token_per_row > 1 ? floor(n / cache->token_per_row) : n;
    return cache->row_cap > 0 && rows > cache->row_cap ? cache->row_cap : rows;
}

/* Rows one query reads of them. */
double tr_cache_read_row(const tr_cache *cache, double n)
{
    const double rows = tr_cache_stored_row(cache, n);
    return cache->read_cap > 0 && rows > cache->read_cap ? cache->read_cap : rows;
}

static double elem_byte(const tr_model *model, double kv_byte)
{
    return kv_byte > 0 ? kv_byte : tr_dtype_byte(model->kv_dtype);
}

double tr_model_kv_store_byte(const tr_model *model, double context_token, double kv_byte)
{
    /* [M5] per layer: rows held x elements a row x bytes; a row that another layer stores is not counted
     * again */
    const double byte = elem_byte(model, kv_byte);
    double sum = model->kv_byte_per_token * context_token;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        for (int k = 0; k < layer->cache_count; k++) {
            const tr_cache *cache = &layer->cache[k];
            if (!cache->shared)
                sum += layer->layer_count * (tr_cache_stored_row(cache, context_token) * cache->elem * byte);
        }
    }
    return sum;
}

double tr_model_kv_read_byte(const tr_model *model, double context_token, double kv_byte)
{
    /* [M6] as stored, but capped by what a sparse query picks; a shared row is read by each layer that uses
     * it; a recurrent state is read whole whatever the context */
    const double byte = elem_byte(model, kv_byte);
    double sum = model->kv_byte_per_token * context_token + model->state_byte_per_seq;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        for (int k = 0; k < layer->cache_count; k++)
            sum += layer->layer_count *
                   (tr_cache_read_row(&layer->cache[k], context_token) * layer->cache[k].elem * byte);
    }
    return sum;
}

double tr_model_kv_byte_per_token(const tr_model *model, double kv_byte)
{
    /* [M7] windows are full by then, so they add nothing */
    const double byte = elem_byte(model, kv_byte);
    double sum = model->kv_byte_per_token;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        for (int k = 0; k < layer->cache_count; k++) {
            const tr_cache *cache = &layer->cache[k];
            if (!cache->shared && !(cache->row_cap > 0))
                sum += layer->layer_count * (cache->elem * byte / cache->token_per_row);
        }
    }
    return sum;
}

double tr_model_attention_flop(const tr_model *model, double context_token)
{
    /* [M8] one query against the rows it reads, in every layer, plus the work on the states */
    double sum = 0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        double flop = layer->state_flop;
        for (int k = 0; k < layer->cache_count; k++)
            flop += tr_cache_read_row(&layer->cache[k], context_token) * layer->cache[k].flop_per_row;
        sum += layer->layer_count * flop;
    }
    return sum;
}

/* Sum of min(floor(n / every), cap) for n = 1 .. last; cap 0: none. */
static double rows_up_to(double last, double every, double cap)
{
    const double knee =
        cap > 0 && cap * every <= last ? cap * every - 1 : last; /* up to here nothing is cut */
    const double whole = floor((knee + 1) / every), rest = knee + 1 - whole * every;
    const double below = every * (whole * (whole - 1) / 2) + rest * whole;
    return below + (last > knee ? (last - knee) * cap : 0);
}

/* Query-row pairs of query_token new tokens on context_token cached, each seeing itself and what came before.
 */
static double pairs(const tr_cache *cache, double cap, double context_token, double query_token)
{
    return rows_up_to(context_token + query_token, cache->token_per_row, cap) -
           rows_up_to(context_token, cache->token_per_row, cap);
}

static double smaller_cap(double a, double b) { return a > 0 && (b <= 0 || a < b) ? a : b; }

double tr_cache_prefill_flop(const tr_layer *layer, const tr_cache *cache, double context_token, double query_token)
{
    /* [M9] causal: pairs of a query and a row it may see; MLA multiplies keys and values at full width,
     * unless picking few latent rows is less work */
    const double cap = smaller_cap(cache->row_cap, cache->read_cap);
    const double work = pairs(cache, cap, context_token, query_token) * cache->flop_per_row;
    if (layer->mixer != TR_MIXER_MLA || cache->kind != TR_CACHE_KV)
        return work;
    const double wide = pairs(cache, cache->row_cap, context_token, query_token) *
                        (2 * layer->heads * (layer->head_dim + layer->value_dim));
    return wide < work ? wide : work;
}

double tr_model_prefill_attention_flop(const tr_model *model, double context_token, double query_token)
{
    double sum = 0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *layer = &model->layer[i];
        double flop = layer->state_flop * query_token;
        for (int k = 0; k < layer->cache_count; k++)
            flop += tr_cache_prefill_flop(layer, &layer->cache[k], context_token, query_token);
        sum += layer->layer_count * flop;
    }
    return sum;
}

double tr_model_weight_byte(const tr_model *model)
{
    if (!(model->total_param > 0))
        return 0;
    /* [M10] exact where the files say so, else by part */
    if (model->weight_total_byte > 0)
        return model->weight_total_byte / model->total_param;
    double linear = 0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const tr_layer *l = &model->layer[i];
        linear += l->layer_count * (l->mixer_param + l->dense_param + l->shared_param);
    }
    const double other = model->total_param - model->routed_param - linear;
    return (model->routed_param * model->weight.routed_byte + linear * model->weight.linear_byte +
            other * model->weight.other_byte) /
           model->total_param;
}
