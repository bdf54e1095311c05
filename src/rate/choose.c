/* rate/choose.c -- the layout in which a load is predicted to take least, of those that fit. */
#include <tokenroof/rate.h>

#include <math.h>

#include "base/fail.h"

#define LAYOUT_MAX 192 /* as many as any system of the catalog has, and 10 KiB of stack */

/* What a candidate comes to: seconds where the load fits, else bytes a chip lacks. */
typedef struct score {
    int fits;
    double value;
} score;

static int better(const score *a, const score *b)
{
    return a->fits != b->fits ? a->fits > b->fits : a->value < b->value;
}

static int score_of(const tr_model *model, const tr_system *system, const tr_engine *engine, const tr_formats *formats,
                    const tr_roofline *roof, const tr_calibration *calibration, const tr_load *load,
                    const tr_pass *pass, const tr_layout *layout, score *out)
{
    tr_shard shard;
    tr_step step;
    if (tr_shard_of(model, system, engine, layout, formats, &shard, NULL) != TR_OK)
        return 0;
    const double held = load->context_token + (load->phase == TR_PHASE_PREFILL ? load->query_token : 0.0);
    if (tr_shard_check(&shard, load->batch_seq, held, NULL) != TR_OK) {
        *out = (score){0, tr_shard_used_byte(&shard, load->batch_seq, held) + shard.reserve_byte - shard.memory_byte};
        return 1;
    }
    if (tr_pass_step(&shard, roof, calibration, TR_DISTANCE_GENERIC, pass, &step, NULL) != TR_OK)
        return 0;
    *out = (score){1, step.step_s};
    return 1;
}

/* [L2] */
tr_status tr_layout_best(const tr_model *model, const tr_system *system, const tr_engine *engine,
                         const tr_formats *formats, const tr_calibration *calibration, const tr_load *load,
                         tr_layout *out, tr_error *err)
{
    tr_roofline roof;
    tr_pass pass;
    tr_status s = tr_roofline_of(model, system, engine, formats, &roof, err);
    if (s == TR_OK)
        s = tr_pass_of(load, &pass, err);
    if (s != TR_OK)
        return s;
    if (model->layer_kinds == 0) { /* numbers: all chips pooled */
        *out = (tr_layout){floor(system->chip_count), 1.0, 1.0, 1.0, 1.0, 0};
        return TR_OK;
    }
    tr_layout all[LAYOUT_MAX];
    const size_t capacity = sizeof all / sizeof all[0];
    size_t count = 0;
    s = tr_layout_list(model, system, engine, all, capacity, &count, err);
    if (s != TR_OK && s != TR_ECAPACITY)
        return s;
    count = count < capacity ? count : capacity;
    score best = {-1, HUGE_VAL};
    for (size_t i = 0; i < count; i++) {
        score here;
        if (score_of(model, system, engine, formats, &roof, calibration, load, &pass, &all[i], &here) &&
            (best.fits < 0 || better(&here, &best))) {
            best = here;
            *out = all[i];
        }
    }
    if (best.fits == 1)
        return TR_OK;
    if (best.fits < 0)
        return tr_fail(err, TR_ENOFIT, "layout", (double)count,
                       "no layout on %.0f chips is valid for this model, engine and links", system->chip_count);
    tr_shard shard;
    s = tr_shard_of(model, system, engine, out, formats, &shard, err);
    if (s == TR_OK)
        s = tr_shard_check(&shard, load->batch_seq,
                           load->context_token + (load->phase == TR_PHASE_PREFILL ? load->query_token : 0.0), err);
    return s == TR_OK ? TR_ENOFIT : s;
}
