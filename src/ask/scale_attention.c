/* ask/scale_attention.c -- dense attention, an index with the rows it picks, and compressed rows, for one
 * model over context. */
#include "ask/scale.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"
#include "base/fail.h"
#include "base/text.h"
#include "model/attend.h"
#include "write/print.h"

#include <stdio.h>

static const char *const ways[TR_SCALE_WAYS] = {"dense", "sparse", "compressed"};
/* Whose rows the model's are cut, indexed and picked like. */
static const char *const like_name[TR_SCALE_WAYS] = {"deepseek-v3", "deepseek-v3.2", "deepseek-v4-pro"};

/* ---- the same model, looking in three ways ------------------------------------------------------------ */

static tr_status look(const tr_problem *q, int way, tr_model *like, tr_scale_way *out, tr_error *err)
{
    const tr_model *model = &out->model;
    out->own = tr_model_attend_of(q->model) == (tr_attend)(TR_ATTEND_DENSE + way);
    tr_status s = TR_OK;
    if (out->own)
        model = q->model;
    else {
        s = tr_model_catalog_get(like_name[way], like, err);
        if (s == TR_OK)
            s = tr_model_attend_as(q->model, like, &out->model, err);
    }
    tr_problem of = *q; /* which may be in *out */
    of.model = model;
    if (s == TR_OK)
        s = tr_roofline_of(model, q->system, q->engine, &q->formats, &of.roof, err);
    return s == TR_OK ? tr_question_in(&of, of.system, &of.layout, &out->problem, err) : s;
}

static void insert(tr_scale_attention *a, double context_token)
{
    size_t at = 0;
    while (at < a->contexts && a->context_token[at] < context_token)
        at++;
    if (at < a->contexts && a->context_token[at] == context_token)
        return;
    memmove(&a->context_token[at + 1], &a->context_token[at], (a->contexts - at) * sizeof *a->context_token);
    a->context_token[at] = context_token;
    a->contexts++;
}

/* The question with the layout that is best for the batch that is looked at. */
static tr_status at_batch(const tr_scenario *scenario, const tr_problem *q, double batch_seq, tr_problem *out,
                          tr_error *err)
{
    tr_scenario *asked = tr_scenario_create();
    tr_status s = asked == NULL || tr_scenario_copy(asked, scenario) != TR_OK
                      ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory")
                      : tr_scenario_set_number(asked, tr_input_at(TR_IN_BATCH)->key, batch_seq, err);
    if (s == TR_OK)
        s = tr_problem_of(asked, q->model, q->system, out, err);
    tr_scenario_destroy(asked);
    return s;
}

tr_status tr_scale_attention_begin(const tr_scenario *scenario, const tr_scale_terms *terms,
                                   tr_scale_attention **out, tr_error *err)
{
    const tr_problem *q = terms->question;
    if (tr_model_attend_of(q->model) == TR_ATTEND_NONE)
        return tr_fail(err, TR_EMISSING, "model", 0.0, "no cache of %.60s grows with the context%s",
                       q->model->name,
                       q->model->layer_kinds == 0 ? ", as far as its numbers say: name a model" : "");
    tr_scale_attention *a = calloc(1, sizeof *a);
    tr_model *like = malloc(sizeof *like);
    tr_status s = a == NULL || like == NULL ? tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory") : TR_OK;
    if (s == TR_OK) {
        a->batch_seq = terms->batch_asked ? terms->batch_seq : 16.0;
        for (double token = 4096.0; token <= 1048576.0; token *= 4.0)
            insert(a, token);
        if (tr_input_is_set(scenario, TR_IN_CONTEXT))
            insert(a, terms->context_token);
    }
    if (s == TR_OK)
        s = at_batch(scenario, q, a->batch_seq, &a->way[0].problem, err);
    for (int way = TR_SCALE_WAYS; s == TR_OK && way-- > 0;) /* the first holds the question until then */
        s = look(&a->way[0].problem, way, like, &a->way[way], err);
    free(like);
    if (s != TR_OK)
        free(a);
    else
        *out = a;
    return s;
}

/* ---- a row -----------------------------------------------------------------------------------------------
 */

void tr_scale_look_at(const tr_scale_attention *a, int way, double context_token, tr_scale_look *row)
{
    const tr_problem *p = &a->way[way].problem;
    const tr_load load = {TR_PHASE_DECODE, a->batch_seq, context_token, 1.0};
    tr_step bound, fitted = {.step_s = (double)NAN, .low_s = (double)NAN, .high_s = (double)NAN};
    memset(row, 0, sizeof *row);
    row->attention = a;
    row->way = way;
    row->own = a->way[way].own;
    row->context_token = context_token;
    row->read_byte = tr_roofline_kv_read_byte(&p->roof, context_token);
    row->store_byte = tr_model_kv_store_byte(p->model, context_token, tr_dtype_byte(p->roof.kv_dtype)) +
                      p->model->state_byte_per_seq;
    row->flop = tr_model_attention_flop(p->model, context_token);
    row->max_batch_seq = tr_shard_max_batch_seq(&p->shard, context_token);
    row->step_s = TR_NO_QUANTITY;
    row->fits = tr_problem_step(p, TR_PHYSICS_BOUND, &load, &bound, &row->why) == TR_OK;
    if (!row->fits)
        return;
    if (!p->blackboard)
        (void)tr_problem_step(p, TR_PHYSICS_FITTED, &load, &fitted, NULL);
    row->step_s = (tr_quantity){fitted.step_s, fitted.low_s, fitted.high_s, bound.step_s};
}

const void *tr_scale_attention_at(void *context, size_t index, tr_error *err)
{
    tr_scale_attention *a = context;
    (void)err;
    tr_scale_look_at(a, (int)(index % TR_SCALE_WAYS), a->context_token[index / TR_SCALE_WAYS], &a->row);
    return &a->row;
}

/* ---- fields, and the page
 * ---------------------------------------------------------------------------------- */

#define ROW(NAME, VALUE) TR_NUMBER(tr_scale_look, NAME, VALUE)
TR_TEXT(tr_scale_look, way, ways[row->way])
TR_TEXT(tr_scale_look, like, row->own ? NULL : like_name[row->way])
TR_TEXT(tr_scale_look, mark, row->own ? "*" : " ")
TR_FLAG(tr_scale_look, own, row->own)
ROW(context, row->context_token)
ROW(reads, row->read_byte)
ROW(stores, row->store_byte)
ROW(flop, row->flop)
ROW(batch, row->attention->batch_seq)
ROW(most, row->max_batch_seq)
ROW(balance, tr_balance_context_token(&row->attention->way[row->way].problem.roof))
TR_QUANTITY(tr_scale_look, step, row->step_s)
TR_FLAG(tr_scale_look, fits, row->fits)
TR_TEXT(tr_scale_look, reason, row->fits ? NULL : row->why.text)

/* The rows' own contexts, which --context adds one to: a list of those has a column of its own. */
#define SHOWN                                                                                                \
    TR_N_HEAD("at_context_token", CONTEXT, "at", 6, context),                                                \
        TR_T_HEAD("attention", "attention", 10, way),                                                        \
        TR_N_HEAD("read_byte_per_seq", BYTE, "reads", 8, reads),                                             \
        TR_N_HEAD("store_byte_per_seq", BYTE, "stores", 8, stores),                                          \
        TR_N_HEAD("attention_flop_per_token", NONE, "FLOP", 7, flop),                                       \
        TR_N_HEAD("max_batch_seq", SEQ, "holds", 7, most),                                                   \
        TR_Q_HEAD("step_s", SECOND, "a token", 8, step)
static const tr_field all[] = {SHOWN,
                               TR_F("own", own),
                               TR_T("like", like),
                               TR_N("batch_seq", SEQ, batch),
                               TR_N("balance_context_token", TOKEN, balance),
                               TR_F("fits", fits),
                               TR_T("reason", reason)};
const tr_fields tr_scale_look_fields = {all, sizeof all / sizeof all[0]};
static const tr_field shown[] = {TR_T_HEAD("own", "", 1, mark), SHOWN};
static const tr_fields shown_fields = {shown, sizeof shown / sizeof shown[0]};

static void print_balance(const tr_scale_attention *a, tr_writer *out)
{
    char text[400] =
        "Reading the cache takes as long as multiplying, so that every further token of context is paid in "
        "full, from",
         part[96], value[48];
    for (int way = 0; way < TR_SCALE_WAYS; way++) {
        const double token = tr_balance_context_token(&a->way[way].problem.roof);
        if (isfinite(token))
            (void)tr_quantity_format(floor(token), TR_UNIT_TOKEN, value, sizeof value);
        (void)snprintf(part, sizeof part, "%s %s (%s)", way > 0 ? "," : "",
                       isfinite(token) ? value : "no context on", ways[way]);
        (void)tr_text_append(text, sizeof text, part);
    }
    tr_print_wrapped(out, "  ", "  ", text, TR_PAGE_COLUMNS);
}

void tr_scale_attention_text(tr_scale_attention *a, tr_writer *out)
{
    char text[640];
    tr_fields_table_head(&shown_fields, out);
    for (size_t i = 0; i < a->contexts * TR_SCALE_WAYS; i++)
        tr_fields_table_row(&shown_fields, tr_scale_attention_at(a, i, NULL), out);
    print_balance(a, out);
    (void)snprintf(
        text, sizeof text,
        "*: this model's own; the others are this model with its rows indexed as those of %s or compressed "
        "as "
        "those of %s, and all read where dense: what it would cost, not how good it would be. Sparse "
        "attention "
        "is not a square root: its index still looks at every key, which are few bytes, and compression "
        "divides by a constant. reads, stores: one sequence; FLOP: of scores and values of one token; a "
        "token: "
        "a step of %.6g sequence%s (--batch), - where they do not fit; low to high: the 90 %% interval.",
        like_name[1], like_name[2], a->batch_seq, a->batch_seq > 1.0 ? "s" : "");
    tr_print_wrapped(out, "  ", "  ", text, TR_PAGE_COLUMNS);
}
