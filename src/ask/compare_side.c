/* ask/compare_side.c -- questions predicted, and what each is to the first: differences, ratios, how sure they are. */
#include "ask/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* ---- what is compared ------------------------------------------------------------------------------------- */

static const tr_metric metrics[TR_METRIC_COUNT] = {
    {"time to first token", TR_UNIT_SECOND, 0}, {"time per output token", TR_UNIT_SECOND, 0},
    {"one request", TR_UNIT_SECOND, 0},         {"tokens/s per user", TR_UNIT_NONE, 1},
    {"tokens/s, output", TR_UNIT_NONE, 1},      {"$ per million output", TR_UNIT_USD, 0},
};

const tr_metric *tr_metric_at(size_t index) { return &metrics[index]; }

tr_quantity tr_metric_of(const tr_predict_row *row, size_t index)
{
    const double nan = (double)NAN;
    const tr_service *o = &row->service;
    const tr_quantity *const of[TR_METRIC_COUNT] = {&o->ttft_s, &o->tpot_s, &o->e2e_s, &row->per_user,
                                                    &o->output_token_per_s, &row->cost.output_usd_per_mtoken};
    if (!row->fits)
        return (tr_quantity){nan, nan, nan, nan};
    if (row->endless && (index == 0 || index == 2)) /* who queues without end has no such time */
        return (tr_quantity){nan, nan, nan, of[index]->bound};
    return *of[index];
}

int tr_ratio_is_certain(const tr_quantity *ratio) { return ratio->low > 1.0 || ratio->high < 1.0; }

/* ---- the cases -------------------------------------------------------------------------------------------- */

/* A question without an answer still says what was asked. */
static void fill_unfit(const tr_case *c, const tr_error *why, tr_side *side)
{
    static const tr_deployment none;
    tr_predict_row *row = &side->row;
    row->question = c->question;
    row->deployment = &none;
    row->users = (double)NAN;
    row->why = *why;
    row->prefix_hit_share = tr_input_number(c->scenario, TR_IN_PREFIX_HIT);
    (void)tr_clients_of(c->scenario, c->question, &row->clients, NULL);
}

static tr_status predict_side(const tr_case *c, tr_side *side, tr_error *err)
{
    tr_error why = {.status = TR_OK};
    tr_status s = tr_predict_walk_begin(c->scenario, c->question, &side->walk, &why);
    side->scenario = s == TR_OK ? tr_predict_walk_scenario(side->walk) : c->scenario;
    const tr_predict_row *row = s == TR_OK ? tr_predict_walk_at(side->walk, 0, &why) : NULL;
    if (row != NULL) {
        side->row = *row;
        const tr_shard *shard = &row->deployment->shard;
        side->memory_byte = shard->memory_byte;
        side->used_byte = row->fits ? shard->weight_byte + shard->activation_byte + shard->buffer_byte +
                                          row->service.kv_used_share * shard->cache_room_byte
                                    : (double)NAN;
    } else if (why.status == TR_ENOFIT) {
        fill_unfit(c, &why, side);
        side->used_byte = (double)NAN;
        side->memory_byte = c->question->shard.memory_byte;
    } else {
        return tr_fail(err, why.status, why.field, why.value, "%s: %.480s", side->name, why.text);
    }
    for (size_t i = 0; i < TR_METRIC_COUNT; i++)
        side->metric[i] = tr_metric_of(&side->row, i);
    return TR_OK;
}

static void set_against(const tr_side *first, tr_side *side)
{
    for (size_t i = 0; i < TR_METRIC_COUNT; i++) {
        side->ratio[i] = tr_quantity_ratio(&side->metric[i], &first->metric[i]);
        side->difference[i] = side->metric[i].predicted - first->metric[i].predicted;
        if (side == first) /* the same errors, whichever they are */
            side->ratio[i].low = side->ratio[i].high = side->ratio[i].predicted;
    }
}

tr_status tr_comparison_begin(const tr_case *cases, size_t count, tr_comparison **out, tr_error *err)
{
    tr_status s = TR_OK;
    size_t fitting = 0;
    if (count < 2)
        return tr_fail(err, TR_EMISSING, "case", (double)count, "compare needs at least two cases");
    if (count > TR_CASE_MAX)
        return tr_fail(err, TR_ECAPACITY, "case", (double)count, "compare takes at most %d cases, not %zu",
                       TR_CASE_MAX, count);
    tr_comparison *c = calloc(1, sizeof *c);
    if (c == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    c->count = count;
    for (size_t i = 0; s == TR_OK && i < count; i++) {
        (void)snprintf(c->side[i].name, sizeof c->side[i].name, "%c", (char)('A' + i));
        s = predict_side(&cases[i], &c->side[i], err);
        fitting += s == TR_OK && c->side[i].row.fits ? 1 : 0;
        if (s == TR_OK)
            set_against(&c->side[0], &c->side[i]);
    }
    if (s == TR_OK && fitting == 0)
        s = tr_fail(err, TR_ENOFIT, "case", 0.0, "none of the cases fits. A: %.400s", c->side[0].row.why.text);
    if (s != TR_OK) {
        tr_comparison_end(c);
        return s;
    }
    *out = c;
    return TR_OK;
}

void tr_comparison_end(tr_comparison *c)
{
    for (size_t i = 0; c != NULL && i < c->count; i++)
        tr_predict_walk_end(c->side[i].walk);
    free(c);
}
