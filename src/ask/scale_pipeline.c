/* ask/scale_pipeline.c -- a model over several boxes: what a chip holds, hops and bubbles, latency against
 * throughput. */
#include "ask/scale.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask/asked.h"
#include "ask/quantity_ratio.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "base/text.h"
#include "pass/work.h"
#include "rate/op_rate.h"

enum { MOST_BOXES = 1024, MOST_STAGES_IN_BOX = 64 };

/* ---- the boxes -------------------------------------------------------------------------------- */

/* Boxes are joined by the scale-out link, whatever a larger domain of the same chips could reach; single
 * chips fill a domain first. */
static tr_status boxes_of(const tr_system *box, double count, tr_system *out, tr_error *err)
{
    if (!(count > 1.0)) {
        *out = *box;
        return TR_OK;
    }
    const tr_status s = tr_system_recount(box, box->chip_count * count, out, err);
    if (s != TR_OK)
        return s;
    out->utilisation_share = box->utilisation_share;
    if (out->domain_chip == box->domain_chip || !(box->chip_count > 1.0))
        return TR_OK;
    char domain[48];
    out->domain_chip = box->domain_chip;
    (void)snprintf(domain, sizeof domain, ",domain=%.0f", box->domain_chip);
    (void)tr_text_append(out->name, sizeof out->name, domain);
    return TR_OK;
}

/* What a chip holds asks for a link and not for its rate: any will do where none is published. No time is made of
 * it. */
static void guess_links(tr_chip *chip)
{
    const double any_byte_per_s = 1e9;
    if (!(chip->scaleup_byte_per_s > 0.0))
        chip->scaleup_byte_per_s = any_byte_per_s;
    if (!(chip->scaleout_byte_per_s > 0.0))
        chip->scaleout_byte_per_s = any_byte_per_s;
}

/* ---- hops ----------------------------------------------------------------------------------------- */

typedef struct hops {
    const tr_calibration *calibration;
    double time_s;
    int leaves;
} hops;

static void take_hop(void *context, const pass_work *w, const tr_op *op)
{
    hops *h = context;
    double start_s, wire_s;
    tr_collective c;
    if (op->op_class != TR_OP_SEND ||
        tr_op_collective_s(op, w->system, h->calibration, &start_s, &wire_s, NULL) != TR_OK)
        return;
    h->time_s += w->repeat * op->count * (start_s + wire_s);
    h->leaves = tr_collective_of(w->system, TR_COLLECTIVE_SEND, op->group_chip, op->message_byte,
                                 op->across_byte, &c, NULL) == TR_OK &&
                c.scaleout;
}

/* As long as the pass itself takes for them. */
static hops hops_of(const tr_problem *q, const tr_load *load)
{
    hops h = {.calibration = q->blackboard ? NULL : &q->calibration};
    pass_work w;
    tr_pass pass;
    if (q->layout.pp_rank > 1.0 && tr_pass_of(load, &pass, NULL) == TR_OK &&
        tr_pass_work_of(&q->shard, &w, NULL) == TR_OK && tr_pass_work_load(&w, &pass, NULL) == TR_OK)
        tr_pass_walk(&w, take_hop, &h);
    return h;
}

/* ---- time -------------------------------------------------------------------------------------------- */

int tr_scale_stage_with(const tr_scale_pipeline *pipeline, tr_scale_stage *row, double batch_seq)
{
    const tr_scale_terms *terms = pipeline->terms;
    const tr_problem *q = &row->in;
    const tr_load load = {TR_PHASE_DECODE, batch_seq, terms->context_token, 1.0};
    tr_step bound, fitted = {.step_s = (double)NAN, .low_s = (double)NAN, .high_s = (double)NAN};
    row->token_s = row->token_per_s = row->usd_per_mtoken = TR_NO_QUANTITY;
    row->why = (tr_error){.status = TR_OK};
    row->fits = tr_shard_check(&q->shard, batch_seq, terms->context_token, &row->why) == TR_OK;
    row->runs = row->fits && !row->link_unknown &&
                tr_problem_step(q, TR_PHYSICS_BOUND, &load, &bound, &row->why) == TR_OK;
    if (!row->runs)
        return 0;
    if (!q->blackboard)
        (void)tr_problem_step(q, TR_PHYSICS_FITTED, &load, &fitted, NULL);
    const hops h = hops_of(q, &load);
    const int given = row->stages > 1.0 && !row->across && !isnan(terms->hop_s);
    row->hops_s = given ? tr_hops_s(row->stages, terms->hop_s) : h.time_s;
    row->hop_leaves = h.leaves;
    /* With as many micro-batches as stages, each gives a token in the time that a token takes through all
     * stages. */
    const double more_s = given ? row->hops_s - h.time_s : 0.0, least_s = given ? row->hops_s : 0.0;
    row->batch_seq = batch_seq;
    row->token_s = (tr_quantity){fitted.step_s + more_s, fitted.low_s + more_s, fitted.high_s + more_s,
                                 bound.step_s + least_s};
    row->token_per_s = tr_quantity_under(batch_seq, &row->token_s);
    if (q->roof.usd_per_s > 0.0)
        row->usd_per_mtoken = tr_quantity_times(&row->token_s, q->roof.usd_per_s / batch_seq * 1e6);
    return 1;
}

static double rate_of(const tr_scale_stage *row)
{
    return isnan(row->token_per_s.predicted) ? row->token_per_s.bound : row->token_per_s.predicted;
}

/* ---- layouts ---------------------------------------------------------------------------------------------
 */

/* What a number of boxes is cut into: the chips of a box share a stage (or one of the stages that --pp cuts
 * it into). */
typedef struct cut {
    double chips, pp_rank; /* of a stage, and stages of all boxes */
    int one_instance;      /* no replicas */
} cut;

static int divides(double part, double whole) { return floor(whole / part) * part == whole; }

typedef void (*layout_visit)(void *context, const tr_layout *layout);

static void each_layout(const tr_scale_pipeline *p, const cut *c, double boxes, layout_visit visit,
                        void *context)
{
    const tr_problem *q = p->terms->question;
    for (double tp = 1.0; tp <= c->chips; tp += 1.0)
        for (double dp = 1.0; divides(tp, c->chips) && dp <= c->chips / tp; dp += 1.0)
            for (int groups = 0; divides(dp, c->chips / tp) && groups < 2; groups++) {
                const tr_layout y = {
                    tp, dp, groups ? tp * dp : 1.0, c->pp_rank, c->chips / tp / dp, q->layout.overlap};
                tr_layout told = y; /* ranks are told of one box */
                told.pp_rank = c->one_instance ? c->pp_rank : c->pp_rank / boxes;
                if ((groups && tp * dp <= 1.0) || (c->one_instance && y.replica_count > 1.0) ||
                    (!c->one_instance && !tr_layout_as_told(p->scenario, q->model, &told)) ||
                    (q->model->layer_kinds == 0 && (groups || tp < c->chips)))
                    continue;
                visit(context, &y);
            }
}

/* Of so many boxes, each of them one stage or several. */
static void each_cut(const tr_scale_pipeline *p, double boxes, int across, layout_visit visit, void *context)
{
    const tr_problem *q = p->terms->question;
    const double box = q->system->chip_count, layers = q->model->layers;
    const cut whole = {box * boxes, 1.0, 1};
    if (across) {
        each_layout(p, &whole, boxes, visit, context);
        return;
    }
    for (double in_box = 1.0; in_box <= box && in_box <= MOST_STAGES_IN_BOX; in_box += 1.0) {
        const cut c = {box / in_box, boxes * in_box, 0};
        if (divides(in_box, box) && !(layers > 0.0 && in_box > 1.0 && c.pp_rank > layers))
            each_layout(p, &c, boxes, visit, context);
    }
}

typedef struct search {
    const tr_scale_pipeline *pipeline;
    tr_scale_stage *row;
    double wanted_seq;
    double best, room_seq; /* tokens a second, or where none runs, sequences that fit */
    tr_layout layout;
    tr_error why;
    double why_pp;               /* stages of the layout it is of */
} search;

/* In flight: as asked; else as many as pay, or as fit. */
static double flight_seq(const search *s, double room_seq)
{
    return s->pipeline->terms->batch_asked ? s->wanted_seq : smaller(s->wanted_seq, room_seq);
}

/* One that runs is better than any that does not; then the most sequences, then the least that lacks. */
static double worth_of_none(const search *s, double room_seq)
{
    const tr_shard *shard = &s->row->in.shard;
    return room_seq >= 1.0 ? room_seq - 1e12
                           : -1e13 - (tr_shard_used_byte(shard, 1.0, s->pipeline->terms->context_token) +
                                      shard->reserve_byte - shard->memory_byte);
}

static void consider(void *context, const tr_layout *layout)
{
    search *s = context;
    tr_scale_stage *row = s->row;
    tr_error why;
    row->in.layout = *layout;
    if (tr_shard_of(row->in.model, &row->system, row->in.engine, layout, &row->in.formats, &row->in.shard,
                    &why) != TR_OK) {
        /* An unknown link is what to mend first; else what is wrong with the fewest stages. */
        if (s->why.status != TR_EMISSING && (s->why.status == TR_OK || layout->pp_rank <= s->why_pp)) {
            s->why = why;
            s->why_pp = layout->pp_rank;
        }
        return;
    }
    const double room = tr_shard_max_batch_seq(&row->in.shard, s->pipeline->terms->context_token);
    const double batch = flight_seq(s, room);
    const int runs = batch >= 1.0 && tr_scale_stage_with(s->pipeline, row, batch);
    const double value = runs ? rate_of(row) : worth_of_none(s, room);
    if (row->has_layout && !(value > s->best))
        return;
    row->has_layout = 1;
    s->best = value;
    s->layout = *layout;
}

/* The K36 of what has no layout: an even cut. */
static void hold_evenly(const tr_scale_pipeline *p, tr_scale_stage *row)
{
    const tr_problem *q = p->terms->question;
    const double kv = tr_scale_seq_byte(p->terms);
    row->weight_byte =
        tr_stage_byte_per_chip(q->roof.store_weight_byte, kv, q->roof.chip_count, row->stages, 0.0);
    row->kv_byte = tr_stage_byte_per_chip(0.0, kv, q->roof.chip_count, row->stages, p->terms->batch_seq);
    row->chip_byte = row->weight_byte + row->kv_byte;
}

static void hold(const tr_scale_pipeline *p, tr_scale_stage *row)
{
    const tr_shard *shard = &row->in.shard;
    const tr_hold h = tr_hold_of(&row->in, row->batch_seq, p->terms->context_token);
    row->weight_byte = shard->weight_byte;
    row->kv_byte = h.cache_byte;
    row->chip_byte = h.used_byte;
    row->memory_byte = shard->memory_byte - shard->reserve_byte;
    row->max_batch_seq = h.max_batch_seq;
}

/* Of all stages, those that share a box too. */
static void idle(const tr_scale_terms *terms, double stages, tr_scale_stage *row)
{
    row->bubble_share =
        tr_train_bubble_share(stages, terms->micro_batch_count >= 1.0 ? terms->micro_batch_count : stages);
    row->idle_share = tr_decode_idle_share(stages, 1.0);
}

static void say_link(const tr_system *box, tr_scale_stage *row)
{
    const int inside = box->chip_count > 1.0 && !(box->chip.scaleup_byte_per_s > 0.0);
    const int between = !(box->chip.scaleout_byte_per_s > 0.0);
    (void)tr_fail(&row->why, TR_EMISSING, between ? "scaleout_byte_per_s" : "scaleup_byte_per_s", row->stages,
                  "it fits, in a time that is not known: no rate is published for the link between %s; give the one "
                  "you have, as in %.80s%s%s", between ? "boxes" : "its chips", box->name,
                  inside ? ",link=10GB/s" : "", between ? ",net=10GB/s" : "");
}

static void fill(const tr_scale_pipeline *p, double boxes, int across, tr_scale_stage *row)
{
    const tr_scale_terms *terms = p->terms;
    const tr_problem *q = terms->question;
    memset(row, 0, sizeof *row);
    row->question = &row->in;
    row->stages = boxes;
    row->across = across;
    row->memory_byte = tr_scale_room_byte(q);
    row->batch_seq = boxes * terms->batch_seq;
    idle(terms, across ? 1.0 : boxes, row);
    row->token_s = row->token_per_s = row->usd_per_mtoken = TR_NO_QUANTITY;
    row->max_batch_seq = (double)NAN;
    row->in = *q;
    row->in.system = &row->system;
    search s = {.pipeline = p, .row = row, .wanted_seq = row->batch_seq};
    if (boxes_of(q->system, boxes, &row->system, &row->why) != TR_OK ||
        tr_roofline_of(q->model, &row->system, q->engine, &q->formats, &row->in.roof, &row->why) != TR_OK)
        return;
    each_cut(p, boxes, across, consider, &s);
    if (!row->has_layout && s.why.status == TR_EMISSING) {
        row->link_unknown = 1;
        guess_links(&row->system.chip);
        each_cut(p, boxes, across, consider, &s);
    }
    if (!row->has_layout) {
        row->fits = row->runs = 0;
        (void)tr_fail(&row->why, s.why.status == TR_OK ? TR_ENOFIT : s.why.status, "layout", boxes,
                      s.why.status == TR_OK ? "no layout of these boxes is as told"
                                            : "no layout cuts the model over so many chips: %.300s",
                      s.why.text);
        hold_evenly(p, row);
        return;
    }
    row->in.layout = s.layout;
    row->in.roof.copy_count = row->in.by_copy ? s.layout.replica_count : 1.0;
    idle(terms, s.layout.pp_rank, row);
    (void)tr_layout_format(&s.layout, row->layout_text, sizeof row->layout_text);
    (void)tr_shard_of(q->model, &row->system, q->engine, &s.layout, &q->formats, &row->in.shard, NULL);
    const double room = tr_shard_max_batch_seq(&row->in.shard, terms->context_token);
    row->batch_seq = room >= 1.0 || terms->batch_asked ? flight_seq(&s, room) : 1.0; /* what one lacks */
    (void)tr_scale_stage_with(p, row, row->batch_seq);
    hold(p, row);
    row->needed = row->max_batch_seq >= 1.0 && boxes == p->need_box;
    if (row->link_unknown && row->fits)
        say_link(q->system, row);
}

/* ---- how many are needed
 * ------------------------------------------------------------------------------------ */

static void most_room(void *context, const tr_layout *layout)
{
    search *s = context;
    tr_shard shard;
    if (tr_shard_of(s->row->in.model, &s->row->system, s->row->in.engine, layout, &s->row->in.formats, &shard,
                    NULL) == TR_OK)
        s->room_seq = larger(s->room_seq, tr_shard_max_batch_seq(&shard, s->pipeline->terms->context_token));
}

/* The fewest boxes that one sequence fits, in stages or across; 0: none. */
static double need(tr_scale_pipeline *p)
{
    const tr_problem *q = p->terms->question;
    p->row.in = *q;
    for (double boxes = 1.0; boxes <= MOST_BOXES && !(q->model->layers > 0.0 && boxes > q->model->layers);
         boxes += 1.0) {
        search s = {.pipeline = p, .row = &p->row};
        if (boxes_of(q->system, boxes, &p->row.system, NULL) != TR_OK)
            return 0.0;
        guess_links(&p->row.system.chip);
        each_cut(p, boxes, 0, most_room, &s);
        each_cut(p, boxes, 1, most_room, &s);
        if (s.room_seq >= 1.0)
            return boxes;
    }
    return 0.0;
}

static void insert(tr_scale_pipeline *p, double boxes)
{
    size_t at = 0;
    while (at < p->count && p->boxes[at] < boxes)
        at++;
    if (at < p->count && p->boxes[at] == boxes)
        return;
    memmove(&p->boxes[at + 1], &p->boxes[at], (p->count - at) * sizeof *p->boxes);
    p->boxes[at] = boxes;
    p->count++;
}

tr_status tr_scale_pipeline_begin(const tr_scenario *scenario, const tr_scale_terms *terms,
                                  tr_scale_pipeline **out, tr_error *err)
{
    size_t count = 0;
    const double *given = tr_input_list(scenario, TR_IN_STAGES, &count);
    tr_scale_pipeline *p = calloc(1, sizeof *p);
    double *boxes = malloc((count + 1) * sizeof *boxes);
    if (p == NULL || boxes == NULL) {
        free(p);
        free(boxes);
        return tr_fail(err, TR_ENOMEM, "", 0.0, "out of memory");
    }
    *p = (tr_scale_pipeline){.scenario = scenario, .terms = terms, .boxes = boxes, .count = count};
    memcpy(boxes, given, count * sizeof *boxes);
    p->need_box = need(p);
    if (p->need_box > 0.0 && !tr_input_is_set(scenario, TR_IN_STAGES))
        insert(p, p->need_box);
    p->rows = p->count;
    for (size_t i = 0; i < p->count; i++)
        p->rows += p->boxes[i] > 1.0;
    *out = p;
    return TR_OK;
}

void tr_scale_pipeline_end(tr_scale_pipeline *p)
{
    if (p != NULL)
        free(p->boxes);
    free(p);
}

const void *tr_scale_pipeline_at(void *context, size_t index, tr_error *err)
{
    tr_scale_pipeline *p = context;
    size_t at = index;
    const int across = index >= p->count;
    if (across) {
        size_t left = index - p->count;
        for (at = 0; at < p->count && (left > 0 || !(p->boxes[at] > 1.0)); at++)
            left -= p->boxes[at] > 1.0;
    }
    if (at >= p->count) {
        (void)tr_fail(err, TR_EDOMAIN, "stages", (double)index, "there is no such row");
        return NULL;
    }
    fill(p, p->boxes[at], across, &p->row);
    return &p->row;
}
