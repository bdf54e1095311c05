/* ask/what_if.c -- what each input is worth: the same pass with one of them doubled. */
#include <tokenroof/ask.h>

#include <math.h>
#include <stdlib.h>

#include "ask/step_row.h"
#include "base/fail.h"
#include "write/rows.h"

/* The question with a model, a system and a layout of its own, to be changed. */
typedef struct changed {
    tr_model model;
    tr_system system;
    tr_layout layout;
    tr_formats formats;
    tr_load load;
    tr_problem question;
} changed;

typedef struct change {
    const char *input;       /* what is doubled */
    void (*apply)(changed *c);
} change;

static void more_batch(changed *c) { c->load.batch_seq *= 2; }
static void more_context(changed *c) { c->load.context_token *= 2; }
static void more_bandwidth(changed *c) { c->system.chip.memory_byte_per_s *= 2; }
static void more_memory(changed *c) { c->system.chip.memory_byte *= 2; }
static void more_price(changed *c) { c->system.usd_per_hour *= 2; }

static void more_flop(changed *c)
{
    for (int dtype = 0; dtype < TR_DTYPE_COUNT; dtype++)
        c->system.chip.flop_per_s[dtype] *= 2;
}

/* As many again beside them; on a blackboard all are one pool. */
static void more_chips(changed *c)
{
    c->system.chip_count *= 2;
    c->system.usd_per_hour *= 2;
    *(c->question.blackboard ? &c->layout.tp_rank : &c->layout.replica_count) *= 2;
}

static void more_weight_byte(changed *c)
{
    c->model.weight = c->question.shard.weights; /* as resolved: from here on they are the model's own */
    for (int part = 0; part < TR_PART_COUNT; part++)
        c->model.weight.part[part].byte *= 2;
    c->model.weight_total_byte *= c->formats.weight == TR_WEIGHT_FORMAT_NATIVE ? 2 : 0;
    c->formats.weight = TR_WEIGHT_FORMAT_NATIVE;
}

static void more_kv_byte(changed *c)
{
    c->model.kv_byte_per_token *= 2; /* inline models, which have no layers */
    for (int i = 0; i < c->model.layer_kinds; i++)
        for (int k = 0; k < c->model.layer[i].cache_count; k++) {
            c->model.layer[i].cache[k].elem *= 2;
            c->model.layer[i].cache[k].row_byte *= 2;
        }
}

static const change changes[] = {
    {"batch", more_batch},           {"context", more_context},           {"compute", more_flop},
    {"bandwidth", more_bandwidth},   {"memory", more_memory},             {"chips", more_chips},
    {"weight bytes", more_weight_byte}, {"KV bytes", more_kv_byte},       {"price", more_price},
};

typedef struct what_if {
    const tr_problem *question;
    changed *changed;
    tr_step_row base, pass;
    const char *input;
} what_if;

/* Chips of twice the bandwidth are nobody's calibration: what an input is worth is asked of the bound. */
static tr_status resolve(const tr_problem *from, const change *by, changed *c, tr_error *err)
{
    c->model = *from->model;
    c->system = *from->system;
    c->layout = from->layout;
    c->formats = from->formats;
    c->load = from->load;
    c->question = *from;
    by->apply(c);
    tr_problem *q = &c->question;
    q->model = &c->model;
    q->system = &c->system;
    q->layout = c->layout;
    q->formats = c->formats;
    q->load = c->load;
    q->physics = TR_PHYSICS_BOUND;
    const tr_status s = tr_roofline_of(q->model, q->system, q->engine, &q->formats, &q->roof, err);
    return s == TR_OK ? tr_shard_of(q->model, q->system, q->engine, &q->layout, &q->formats, &q->shard, err) : s;
}

static const void *row_at(void *context, size_t index, tr_error *err)
{
    what_if *w = context;
    w->input = changes[index].input;
    return resolve(w->question, &changes[index], w->changed, err) == TR_OK &&
                   tr_step_row_of(&w->changed->question, &w->changed->load, &w->pass, err) == TR_OK
               ? w
               : NULL;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(what_if, NAME, VALUE)
TR_TEXT(what_if, doubled, row->input)
NUMBER(step_time, row->pass.step.step_s)
NUMBER(step_ratio, row->pass.step.step_s / row->base.step.step_s)
NUMBER(speed_ratio, row->pass.step.token_per_s / row->base.step.token_per_s)
NUMBER(cost_ratio, row->base.step.usd_per_mtoken > 0 ? row->pass.step.usd_per_mtoken / row->base.step.usd_per_mtoken
                                                      : (double)NAN)
NUMBER(most_ratio, row->pass.max_batch_seq / row->base.max_batch_seq)
TR_TEXT(what_if, bound, row->pass.fits ? tr_limit_name(row->pass.step.limit) : NULL)
TR_FLAG(what_if, fits, row->pass.fits)

static const tr_field fields[] = {
    TR_T_HEAD("doubled", "doubled", 12, doubled),
    TR_N_HEAD("step_s", SECOND, "step", 10, step_time),
    TR_N_HEAD("step_ratio", NONE, "time x", 8, step_ratio),
    TR_N_HEAD("token_per_s_ratio", NONE, "tokens x", 8, speed_ratio),
    TR_N_HEAD("usd_per_mtoken_ratio", NONE, "cost x", 8, cost_ratio),
    TR_N_HEAD("max_batch_ratio", NONE, "room x", 8, most_ratio),
    TR_T_HEAD("bound", "bound", 8, bound),
    TR_F_HEAD("fits", "fits", 4, fits),
};
static const tr_fields row_fields = {fields, sizeof fields / sizeof fields[0]};

tr_status tr_answer_what_if(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                            tr_sink *sink, tr_error *err)
{
    tr_problem plain = *question;
    plain.physics = TR_PHYSICS_BOUND;
    what_if w = {.question = &plain, .changed = malloc(sizeof *w.changed)};
    tr_status s = w.changed == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : TR_OK;
    if (s == TR_OK)
        s = tr_step_row_of(&plain, &plain.load, &w.base, err);
    const tr_rows rows = {.fields = &row_fields,
                          .name = "what_if",
                          .count = sizeof changes / sizeof changes[0],
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario};
    if (s == TR_OK)
        s = tr_rows_write(&rows, style, sink, err);
    free(w.changed);
    return s;
}
