/* answer/what_if.c -- what each input is worth: the same pass with one of them doubled. */
#include <math.h>
#include <string.h>

#include "answer/rows.h"
#include "answer/step_row.h"

typedef struct change {
    const char *input;       /* what is doubled */
    void (*apply)(tr_problem *question);
} change;

static void more_batch(tr_problem *q) { q->load.batch_seq *= 2; }
static void more_context(tr_problem *q) { q->load.context_token *= 2; }
static void more_flop(tr_problem *q) { q->roof.flop_per_s *= 2; }
static void more_bandwidth(tr_problem *q) { q->roof.byte_per_s *= 2; }
static void more_memory(tr_problem *q) { q->roof.memory_byte *= 2; }

static void more_chips(tr_problem *q)
{
    q->roof.flop_per_s *= 2;
    q->roof.byte_per_s *= 2;
    q->roof.memory_byte *= 2;
    q->roof.usd_per_s *= 2;
    q->roof.chip_count *= 2;
}

static void more_weight_byte(tr_problem *q)
{
    q->roof.fixed_weight_byte *= 2;
    q->roof.routed_weight_byte *= 2;
    q->roof.store_weight_byte *= 2;
}

static void more_kv_byte(tr_problem *q)
{
    q->roof.kv_elem_byte *= 2;
    q->model->kv_byte_per_token *= 2; /* inline models, which have no elements */
}

static void more_price(tr_problem *q) { q->roof.usd_per_s *= 2; }

static const change changes[] = {
    {"batch", more_batch},           {"context", more_context},           {"compute", more_flop},
    {"bandwidth", more_bandwidth},   {"memory", more_memory},             {"chips", more_chips},
    {"weight bytes", more_weight_byte}, {"KV bytes", more_kv_byte},       {"price", more_price},
};

typedef struct what_if {
    const tr_problem *question;
    tr_problem changed;
    tr_step_row base, pass;
    const char *input;
} what_if;

static const void *row_at(void *context, size_t index, tr_error *err)
{
    what_if *w = context;
    w->changed = *w->question;
    changes[index].apply(&w->changed);
    w->input = changes[index].input;
    return tr_step_row_of(&w->changed, &w->changed.load, &w->pass, err) == TR_OK ? w : NULL;
}

#define NUMBER(NAME, VALUE) TR_NUMBER(what_if, NAME, VALUE)
TR_TEXT(what_if, doubled, row->input)
NUMBER(step_time, row->pass.step.step_s)
NUMBER(step_ratio, row->pass.step.step_s / row->base.step.step_s)
NUMBER(speed_ratio, row->pass.step.token_per_s / row->base.step.token_per_s)
NUMBER(cost_ratio, row->base.step.usd_per_mtoken > 0 ? row->pass.step.usd_per_mtoken / row->base.step.usd_per_mtoken
                                                      : (double)NAN)
NUMBER(most_ratio, row->pass.max_batch_seq / row->base.max_batch_seq)
TR_TEXT(what_if, bound, row->pass.fits ? tr_limit_name(row->pass.step.bound) : NULL)
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
    /* Chips of twice the bandwidth are nobody's calibration: what an input is worth is asked of the bound. */
    tr_problem plain = *question;
    plain.physics = TR_PHYSICS_BOUND;
    what_if w = {.question = &plain};
    const tr_status s = tr_step_row_of(&plain, &plain.load, &w.base, err);
    if (s != TR_OK)
        return s;
    const tr_rows rows = {.fields = &row_fields,
                          .name = "what_if",
                          .count = sizeof changes / sizeof changes[0],
                          .at = row_at,
                          .context = &w,
                          .scenario = scenario};
    return tr_rows_write(&rows, style, sink, err);
}
