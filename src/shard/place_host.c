/* shard/place_host.c -- how many layers go to the host beside the chips, so that a load fits. */
#include <tokenroof/shard.h>

#include "base/fail.h"
#include "shard/split.h"

/* What is placed, and the load that it must hold. */
typedef struct placing {
    const tr_model *model;
    const tr_system *system;
    const tr_engine *engine;
    const tr_layout *layout;
    double batch_seq, context_token;
} placing;

/* With so much left over. */
static int fits_chips(const placing *p, const tr_formats *formats, double free_byte)
{
    tr_shard shard;
    if (tr_shard_of(p->model, p->system, p->engine, p->layout, formats, &shard, NULL) != TR_OK)
        return 0;
    shard.cache_room_byte -= free_byte;
    return tr_shard_fits_chips(&shard, p->batch_seq, p->context_token);
}

/* The least whole number in (low, high] for which the chips have room, or high: what leaves them never comes back. */
static void least(const placing *p, tr_formats *formats, double *count, double low, double high)
{
    while (high - low > 1.0) {
        const double middle = low + (double)(int)(0.5 * (high - low));
        *count = middle;
        if (fits_chips(p, formats, p->engine->host_free_byte))
            high = middle;
        else
            low = middle;
    }
    *count = high;
}

/* [L22] */
tr_status tr_shard_place(const tr_model *model, const tr_system *system, const tr_engine *engine,
                         const tr_layout *layout, const tr_formats *formats, double batch_seq, double context_token,
                         tr_formats *out, tr_error *err)
{
    const tr_formats none = {0};
    tr_formats f = formats == NULL ? none : *formats;
    tr_shard shard;
    tr_status s = tr_shard_of(model, system, engine, layout, &f, &shard, err);
    if (s != TR_OK)
        return s;
    if (!system->has_host || engine == NULL || !engine->host_layers || model->layer_kinds == 0)
        return tr_fail(err, TR_EUNKNOWN, "host", 0.0,
                       "no host stands beside the chips to which this engine leaves layers");
    const placing p = {model, system, engine, layout, batch_seq, context_token};
    const double layers = model->layers;
    const int moves = !fits_chips(&p, &f, 0.0);
    if (moves && model->routed_param > 0.0 && !tr_shard_has_host(&shard))
        least(&p, &f, &f.host_expert_layer_count, 0.0, layers);
    if (moves && !fits_chips(&p, &f, engine->host_free_byte) && f.host_layer_count < layers + 1.0)
        least(&p, &f, &f.host_layer_count, f.host_layer_count, layers + 1.0);
    s = tr_shard_of(model, system, engine, layout, &f, &shard, err);
    if (s != TR_OK)
        return s;
    *out = f;
    return tr_shard_check(&shard, batch_seq, context_token, err);
}
