/* ask/predict_drafts.c -- what drafts are worth to requests: the load without them, and loads at which they pay. */
#include "ask/predict_row.h"

#include <math.h>

#include "base/extreme.h"

enum { CROWDS = 2 }; /* of clients, over those whose cache fits: from there on all is as it is */

typedef struct pair {
    const tr_predict_row *row;
    tr_shard shard;              /* in the same layout, without what drafts */
    tr_roofline roof;
} pair;

static tr_status serve_alone(const pair *p, const tr_clients *clients, tr_service *out)
{
    const tr_deployment *d = p->row->deployment;
    tr_clients alone = *clients;
    alone.draft_token = 0.0;
    alone.token_per_step = 1.0;
    return tr_serve_apart(&p->shard, &p->roof, d->apart ? &d->side : NULL, &d->problem->calibration,
                          d->problem->distance, &alone, out, NULL);
}

/* Requests that a closed loop finishes; arrivals are finished as they come, and gain by being finished sooner. */
static double gain(const void *context, double seq, double accept_share)
{
    const pair *p = context;
    tr_clients c = p->row->clients;
    tr_service with, without;
    c.token_per_step = tr_draft_kept_token(c.draft_token, accept_share);
    if (seq > 0.0) {
        c.request_per_s = c.think_s = 0.0;
        c.concurrency_seq = seq;
    }
    if (tr_deployment_serve(p->row->deployment, &c, &with, NULL) != TR_OK || serve_alone(p, &c, &without) != TR_OK)
        return (double)NAN;
    return c.request_per_s > 0.0 && !with.saturated && !without.saturated
               ? without.e2e_s.predicted / with.e2e_s.predicted
               : with.request_per_s / without.request_per_s;
}

static tr_status take_away(const tr_predict_row *row, pair *out)
{
    const tr_problem *q = row->question;
    const tr_deployment *d = row->deployment;
    tr_formats formats = d->formats;
    out->row = row;
    formats.draft_token = 0.0;
    const tr_status s = tr_roofline_of(q->model, &d->system, q->engine, &formats, &out->roof, NULL);
    return s == TR_OK ? tr_shard_of(q->model, &d->system, q->engine, &d->shard.layout, &formats, &out->shard, NULL) : s;
}

void tr_predict_drafts(tr_predict_row *row)
{
    const tr_service *o = &row->service;
    pair p;
    tr_service alone;
    tr_service_cost cost;
    row->drafts = tr_no_drafts();
    if (!(row->clients.draft_token > 0.0) || take_away(row, &p) != TR_OK ||
        serve_alone(&p, &row->clients, &alone) != TR_OK)
        return;
    tr_drafts *d = &row->drafts;
    tr_service_cost_of(&alone, &row->clients, row->question->roof.usd_per_s, &cost);
    d->question = row->question;
    d->draft_s = o->draft_s;
    d->verify_s = o->verify_s;
    d->alone_tpot_s = tr_predict_has_tpot(row) ? alone.tpot_s : o->tpot_s; /* of one token there is none */
    d->alone_usd_per_mtoken = cost.output_usd_per_mtoken;
    d->speed_ratio = tr_draft_speed_ratio(&d->alone_tpot_s, &o->tpot_s, o->token_per_step);
    d->break_even_share = tr_draft_least_share(gain, &p, 0.0);
    d->break_even_seq =
        tr_draft_last_seq(gain, &p, row->question->accept_share, larger(floor(CROWDS * o->room_seq), 1.0));
}

double tr_predict_alone_tpot_s(const tr_predict_row *row, const tr_clients *clients)
{
    pair p;
    tr_service alone;
    return take_away(row, &p) == TR_OK && serve_alone(&p, clients, &alone) == TR_OK ? alone.tpot_s.predicted
                                                                                     : (double)NAN;
}
