/* life/train_memory.c -- what training keeps of a model's forward pass, what that buys, and the cache as its mirror. */
#include "life/train_memory.h"

#include <math.h>

#include "base/fail.h"
#include "model/context.h"

const char *tr_keep_name(tr_keep keep)
{
    static const char *const names[TR_KEEP_COUNT] = {"ordinary", "checkpointed", "reversible"};
    return (unsigned)keep < TR_KEEP_COUNT ? names[keep] : "unknown";
}

double tr_keep_compute_ratio(tr_keep keep)
{
    if ((unsigned)keep >= TR_KEEP_COUNT)
        return (double)NAN;
    /* [K48] The backward pass multiplies twice for each forward multiply: by the weights and by the inputs. */
    const double forward = 1.0, backward = 2.0, again = keep == TR_KEEP_ALL ? 0.0 : forward;
    return (forward + backward + again) / (forward + backward);
}

/* [K45] Numbers of one token that the backward pass of a layer asks for: what went into each norm, each matrix
 * and each product. */
static double layer_elem(const tr_model *model, const tr_layer *layer)
{
    const double inner = layer->dense_dim + layer->experts_active * layer->expert_dim + layer->shared_dim;
    const int mixes = layer->mixer != TR_MIXER_NONE, feeds = inner > 0.0;
    double elem = 2.0 * model->hidden * (mixes + feeds);
    if (mixes)
        elem += layer->in_dim + layer->out_dim;
    if (layer->mixer == TR_MIXER_MLA) /* latents are opened into heads */
        elem += layer->heads * (2.0 * layer->head_dim + layer->value_dim);
    return elem + layer->ffn_matrices * inner;
}

typedef struct layers {
    double count, sum_elem, widest_elem;
} layers;

static layers layers_of(const tr_model *model)
{
    layers all = {0.0, 0.0, 0.0};
    for (int i = 0; i < model->layer_kinds; i++) {
        const double elem = layer_elem(model, &model->layer[i]);
        all.count += model->layer[i].layer_count;
        all.sum_elem += model->layer[i].layer_count * elem;
        all.widest_elem = elem > all.widest_elem ? elem : all.widest_elem;
    }
    return all;
}

static tr_status check_model(const tr_model *model, const void *numbers, const void *out, tr_error *err)
{
    if (model == NULL || numbers == NULL || out == NULL)
        return tr_fail(err, TR_EMISSING, "model", 0.0, "expected a model");
    if (model->layer_kinds < 1)
        return tr_fail(err, TR_EMISSING, "model", 0.0,
                       "a model given in numbers has no layers to keep: name one, or give its config.json");
    return TR_OK;
}

static tr_status check_numbers(const tr_train_numbers *n, tr_error *err)
{
    if (!(n->state_byte_per_param >= 0.0 && n->state_byte_per_param <= 1024.0))
        return tr_fail(err, TR_EDOMAIN, "state_byte_per_param", n->state_byte_per_param,
                       "weights, gradients and optimizer take 0 to 1024 bytes a parameter");
    if (!(n->activation_elem_byte > 0.0 && n->activation_elem_byte <= 64.0))
        return tr_fail(err, TR_EDOMAIN, "activation_elem_byte", n->activation_elem_byte,
                       "a kept number takes more than 0 and at most 64 bytes");
    if (!(n->sequence_token >= 1.0 && n->sequence_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "sequence_token", n->sequence_token, "a sequence has 1 to 1e9 tokens");
    if (!(n->memory_byte > 0.0))
        return tr_fail(err, TR_EDOMAIN, "memory_byte", n->memory_byte, "the memory must be above 0");
    return TR_OK;
}

/* [K46] n checkpoints of the stream and one segment of layers as they are kept ordinarily; the best length by
 * looking at all of them. */
static double checkpointed_byte(double layer_count, double stream_byte, double mean_byte, double widest_byte,
                                double *best_layer)
{
    double least = HUGE_VAL;
    for (double k = 1.0; k <= layer_count; k += 1.0) {
        const double segment_byte = k * mean_byte > widest_byte ? k * mean_byte : widest_byte;
        const double byte = ceil(layer_count / k) * stream_byte + segment_byte;
        if (byte < least) {
            least = byte;
            *best_layer = k;
        }
    }
    return least;
}

static double whole(double x) { return x > 0.0 ? floor(x) : 0.0; }

/* [K49] What fits beside the weights, and how deep a stack of such layers could be for one sequence. */
static void buy(const tr_model *model, const tr_train_numbers *numbers, tr_train_memory *m)
{
    const double outside_param =
        model->embedding_param + model->head_param + model->final_param + model->lookup_param;
    const double layer_state_byte =
        numbers->state_byte_per_param * (model->total_param - outside_param) / m->layer_count;
    const double room_byte = numbers->memory_byte - numbers->state_byte_per_param * outside_param;
    const double token = numbers->sequence_token;
    for (int i = 0; i < TR_KEEP_COUNT; i++) {
        const double byte = m->kept_byte_per_token[i] * token;
        m->batch_seq[i] = m->free_byte < HUGE_VAL ? whole(m->free_byte / byte) : HUGE_VAL;
    }
    const double mean_byte = token * m->mean_layer_byte_per_token, stream_byte = token * m->stream_byte_per_token;
    m->depth_layer[TR_KEEP_ALL] = whole(room_byte / (layer_state_byte + mean_byte));
    /* root(L) solves state L + 2 sqrt(stream mean) root(L) = room */
    const double b = 2.0 * sqrt(stream_byte * mean_byte);
    const double root = layer_state_byte > 0.0 && room_byte > 0.0
                            ? (sqrt(b * b + 4.0 * layer_state_byte * room_byte) - b) / (2.0 * layer_state_byte)
                            : room_byte / b;
    m->depth_layer[TR_KEEP_CHECKPOINTS] = room_byte > 0.0 ? whole(root * root) : 0.0;
    const double left_byte = room_byte - token * m->kept_byte_per_token[TR_KEEP_NOTHING];
    m->depth_layer[TR_KEEP_NOTHING] = layer_state_byte > 0.0 ? whole(left_byte / layer_state_byte)
                                      : left_byte > 0.0      ? HUGE_VAL
                                                             : 0.0;
    for (int i = 0; i < TR_KEEP_COUNT; i++)
        if (!(room_byte < HUGE_VAL))
            m->depth_layer[i] = HUGE_VAL;
}

tr_status tr_train_memory_of(const tr_model *model, const tr_train_numbers *numbers, tr_train_memory *out,
                             tr_error *err)
{
    tr_status s = check_model(model, numbers, out, err);
    if (s == TR_OK)
        s = check_numbers(numbers, err);
    if (s != TR_OK)
        return s;
    const layers all = layers_of(model);
    const double elem_byte = numbers->activation_elem_byte;
    tr_train_memory m;
    m.state_byte = numbers->state_byte_per_param * model->total_param;
    m.free_byte = numbers->memory_byte - m.state_byte;
    m.layer_count = all.count;
    m.stream_byte_per_token = elem_byte * model->hidden;
    m.mean_layer_byte_per_token = elem_byte * all.sum_elem / all.count;
    m.widest_layer_byte_per_token = elem_byte * all.widest_elem;
    if (!(m.mean_layer_byte_per_token > 0.0 && m.state_byte >= 0.0))
        return tr_fail(err, TR_EDOMAIN, "model", m.mean_layer_byte_per_token, "the model's layers have no size");
    m.kept_byte_per_token[TR_KEEP_ALL] = elem_byte * all.sum_elem;
    m.kept_byte_per_token[TR_KEEP_CHECKPOINTS] =
        checkpointed_byte(all.count, m.stream_byte_per_token, m.mean_layer_byte_per_token,
                          m.widest_layer_byte_per_token, &m.segment_layer);
    /* Two streams, since one alone cannot be taken back; and the layer at work. */
    m.kept_byte_per_token[TR_KEEP_NOTHING] = 2.0 * m.stream_byte_per_token + m.widest_layer_byte_per_token;
    buy(model, numbers, &m);
    *out = m;
    return TR_OK;
}

/* What a layer stores for a context, as tr_model_kv_store_byte counts it. */
static double layer_kv_byte(const tr_layer *layer, double context_token, double elem_byte)
{
    double byte = 0.0;
    for (int i = 0; i < layer->cache_count; i++) {
        const tr_cache *cache = &layer->cache[i];
        const double row_byte = cache->row_byte > 0.0 ? cache->row_byte : cache->elem * elem_byte;
        byte += cache->shared ? 0.0 : tr_cache_stored_row(cache, context_token) * row_byte;
    }
    return byte;
}

tr_status tr_kv_mirror_of(const tr_model *model, double context_token, double kv_elem_byte, tr_kv_mirror *out,
                          tr_error *err)
{
    const tr_status s = check_model(model, model, out, err);
    if (s != TR_OK)
        return s;
    if (!(context_token >= 1.0 && context_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "context_token", context_token, "the context must be 1 to 1e9 tokens");
    const double elem_byte = kv_elem_byte > 0.0 ? kv_elem_byte : tr_dtype_byte(model->kv_dtype);
    double widest_byte = 0.0;
    for (int i = 0; i < model->layer_kinds; i++) {
        const double byte = layer_kv_byte(&model->layer[i], context_token, elem_byte);
        widest_byte = byte > widest_byte ? byte : widest_byte;
    }
    /* [K47] Without a cache all tokens go through the layers again, one layer's rows at a time. */
    const double once_flop = 2.0 * model->multiply_param + tr_model_attention_flop(model, context_token);
    const double again_flop = 2.0 * model->multiply_param * (context_token + 1.0) +
                              tr_model_prefill_attention_flop(model, 0.0, context_token + 1.0);
    const double stored_byte = tr_model_kv_store_byte(model, context_token, elem_byte);
    *out = (tr_kv_mirror){
        .again_flop = again_flop,
        .once_flop = once_flop,
        .stored_byte = stored_byte,
        .widest_byte = widest_byte,
        .cached_byte_per_token = stored_byte / context_token,
        .again_byte_per_token = model->hidden * 2.0 + widest_byte / context_token,
        .compute_ratio = again_flop / once_flop,
    };
    return TR_OK;
}
