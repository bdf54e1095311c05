/* input/deploy.c -- a problem laid out for requests: clients, the best layout for them, prompts on their own chips. */
#include <tokenroof/problem.h>

#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/quantity.h"
#include "base/text.h"
#include "serve/prompt.h"

#define LAYOUT_MAX 192 /* as many as any system of the catalog has, and 13 KiB of stack */
#define ALIKE_RATIO 1.01

/* ---- clients ------------------------------------------------------------------------------------------------ */

static tr_status needs(const tr_scenario *scenario, tr_input_id of, tr_input_id with, tr_error *err)
{
    if (!tr_input_is_set(scenario, of) || tr_input_is_set(scenario, with))
        return TR_OK;
    return tr_fail(err, TR_ECONFLICT, tr_input_at(of)->key, 0.0, "--%s needs --%s",
                   tr_input_at(of)->option, tr_input_at(with)->option);
}

tr_status tr_drafts_check(const tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id how[] = {TR_IN_DRAFT_MODEL, TR_IN_ACCEPT, TR_IN_KEPT};
    tr_status s = TR_OK;
    for (size_t i = 0; s == TR_OK && i < sizeof how / sizeof how[0]; i++)
        s = needs(scenario, how[i], TR_IN_DRAFT, err);
    return s;
}

static tr_status check_load(const tr_scenario *scenario, tr_error *err)
{
    static const tr_input_id load[] = {TR_IN_CONCURRENCY, TR_IN_RATE, TR_IN_USERS};
    int given = 0;
    for (size_t i = 0; i < sizeof load / sizeof load[0]; i++)
        given += tr_input_is_set(scenario, load[i]);
    if (given > 1)
        return tr_fail(err, TR_ECONFLICT, "concurrency_seq", 0.0,
                       "give one of --concurrency, --rate and --users: each sets the load");
    tr_status s = needs(scenario, TR_IN_THINK, TR_IN_USERS, err);
    if (s == TR_OK)
        s = tr_drafts_check(scenario, err);
    return s == TR_OK ? needs(scenario, TR_IN_KV_LINK, TR_IN_DISAGG, err) : s;
}

tr_status tr_protocol_parse(const char *text, double *request_per_client, tr_error *err)
{
    double each = -1;
    if (text[0] != '\0' && !tr_text_same(text, "steady") &&
        (!tr_text_starts(text, "burst:") || tr_quantity_parse(text + 6, TR_UNIT_NONE, &each, NULL) != TR_OK ||
         !(each >= 1 && each <= 1e9)))
        return tr_fail(err, TR_EDOMAIN, "protocol", (double)NAN,
                       "unknown protocol '%.40s': expected steady, or burst:N with N requests per client, such as "
                       "burst:10",
                       text);
    *request_per_client = tr_text_same(text, "steady") ? 0 : each;
    return TR_OK;
}

tr_status tr_clients_of(const tr_scenario *scenario, const tr_problem *problem, tr_clients *out, tr_error *err)
{
    double request_per_client = 0.0;
    tr_status s = check_load(scenario, err);
    if (s == TR_OK)
        s = tr_protocol_parse(tr_input_text(scenario, TR_IN_PROTOCOL), &request_per_client, err);
    if (s == TR_OK && request_per_client > 0.0 &&
        (tr_input_is_set(scenario, TR_IN_RATE) || tr_input_is_set(scenario, TR_IN_USERS)))
        s = tr_fail(err, TR_ECONFLICT, "protocol", request_per_client,
                    "protocol burst needs --concurrency, not --rate or --users");
    if (s != TR_OK)
        return s;
    tr_clients c = {.concurrency_seq = tr_input_number(scenario, TR_IN_CONCURRENCY),
                    .prompt_token = tr_input_number(scenario, TR_IN_ISL),
                    .output_token = tr_input_number(scenario, TR_IN_OSL),
                    .chunk_token = tr_input_number(scenario, TR_IN_CHUNK),
                    .draft_token = problem->formats.draft_token,
                    .token_per_step = problem->token_per_step,
                    .fixed_lengths = tr_input_choice(scenario, TR_IN_LENGTHS) == 1,
                    .request_per_client = request_per_client > 0.0 ? request_per_client : 0.0};
    if (c.request_per_client > 0.0) /* the last of them end one by one: 0.95 of the clients where each sends ten */
        c.mean_batch_share = 1.0 - 0.5 / c.request_per_client;
    c.cached_token = floor(c.prompt_token * tr_input_number(scenario, TR_IN_PREFIX_HIT));
    if (tr_input_is_set(scenario, TR_IN_RATE))
        c.request_per_s = tr_input_number(scenario, TR_IN_RATE);
    if (tr_input_is_set(scenario, TR_IN_USERS)) {
        c.concurrency_seq = tr_input_number(scenario, TR_IN_USERS);
        c.think_s = tr_input_number(scenario, TR_IN_THINK);
    }
    if (tr_input_is_set(scenario, TR_IN_MAX_SEQS))
        c.max_seq = tr_input_number(scenario, TR_IN_MAX_SEQS);
    c.prefill_apart = tr_input_text(scenario, TR_IN_DISAGG)[0] != '\0';
    *out = c;
    return TR_OK;
}

/* ---- chips ---------------------------------------------------------------------------------------------------- */

static tr_status share_out(const tr_scenario *scenario, const tr_problem *p, tr_deployment *d, tr_error *err)
{
    const char *text = tr_input_text(scenario, TR_IN_DISAGG);
    double prefill = 0.0, decode = 0.0;
    const size_t colon = strcspn(text, ":");
    d->system = *p->system;
    d->apart = text[0] != '\0';
    if (!d->apart)
        return TR_OK;
    if (text[colon] != ':' || tr_quantity_parse_span(text, colon, TR_UNIT_NONE, &prefill, NULL) != TR_OK ||
        tr_quantity_parse(text + colon + 1, TR_UNIT_NONE, &decode, NULL) != TR_OK || !(prefill >= 1.0) ||
        !(decode >= 1.0))
        return tr_fail(err, TR_EPARSE, "disaggregated", 0.0,
                       "disagg: expected P:D, the shares of the chips for prefill and for decode, such as 1:3, not "
                       "'%.40s'",
                       text);
    const double part = p->system->chip_count / (prefill + decode);
    if (!(part > 0.0) || part * prefill != floor(part * prefill))
        return tr_fail(err, TR_EDOMAIN, "disaggregated", part,
                       "disagg: %.0f chip%s cannot be split %.0f to %.0f into whole chips", p->system->chip_count,
                       p->system->chip_count > 1.0 ? "s" : "", prefill, decode);
    const tr_status s = tr_system_recount(p->system, part * decode, &d->system, err);
    return s == TR_OK ? tr_system_recount(p->system, part * prefill, &d->prefill_system, err) : s;
}

static tr_status link_of(const tr_scenario *scenario, tr_deployment *d, tr_error *err)
{
    const char *text = tr_input_text(scenario, TR_IN_KV_LINK);
    const tr_chip *chip = &d->problem->system->chip;
    if (strcmp(text, "scale-out") == 0)
        return TR_OK; /* 0: the way out of the domain */
    if (strcmp(text, "scale-up") == 0) {
        tr_reach reach;
        const tr_status s = tr_system_reach(d->problem->system, 2.0, &reach, err);
        if (s != TR_OK)
            return s;
        d->side.link_byte_per_s = reach.inside_byte_per_s;
        return TR_OK;
    }
    if (tr_quantity_parse(text, TR_UNIT_BYTE_PER_S, &d->side.link_byte_per_s, NULL) == TR_OK &&
        d->side.link_byte_per_s > 0.0)
        return TR_OK;
    return tr_fail(err, TR_EPARSE, "kv_link", 0.0,
                   "kv-link: expected scale-out, scale-up or a rate of one %s such as 50GB/s, not '%.40s'", chip->name,
                   text);
}

/* ---- layouts ---------------------------------------------------------------------------------------------------- */

typedef struct place {
    const tr_problem *problem;
    const tr_formats *formats;
    const tr_system *system;
    const tr_clients *clients;
    tr_roofline *roof;
    tr_shard *shard;
} place;

static tr_status hold(const place *at, const tr_layout *layout, tr_shard *out, tr_error *err)
{
    tr_layout y = *layout;
    const tr_problem *p = at->problem;
    y.overlap = p->layout.overlap;
    return tr_shard_of(p->model, at->system, p->engine, &y, at->formats, out, err);
}

/* What a layout comes to: less is better, and what differs by less than ALIKE_RATIO is told apart by the second. */
typedef struct score {
    double first, second;
} score;

/* Time of a request where this layout decodes, HUGE_VAL where it cannot, then to its first token. Queues without end
 * lose to those with one. */
static score decode_score(const place *at, const tr_shard *shard)
{
    tr_service o;
    if (tr_serve(shard, at->roof, &at->problem->calibration, at->problem->distance, at->clients, &o, NULL) != TR_OK)
        return (score){HUGE_VAL, HUGE_VAL};
    const int endless = o.saturated && at->clients->request_per_s > 0.0;
    return (score){endless ? 1e12 * o.request_s.predicted : o.e2e_s.predicted, o.ttft_s.predicted};
}

/* Chip time of a prompt, and the time it takes: both count, the one under load, the other at ease. */
static score prefill_score(const place *at, const tr_shard *shard)
{
    tr_step step;
    const tr_clients *c = at->clients;
    const tr_pass pass = tr_prompt_pass(c);
    if (tr_shard_check(shard, 1.0, c->prompt_token, NULL) != TR_OK ||
        tr_pass_step(shard, at->roof, &at->problem->calibration, at->problem->distance, &pass, &step, NULL) != TR_OK)
        return (score){HUGE_VAL, HUGE_VAL};
    const double time_s = step.step_s * (1.0 + 1.0 / (shard->layout.dp_rank * shard->layout.replica_count));
    return (score){time_s, time_s};
}

static tr_status best_layout(const place *at, score (*score_of)(const place *at, const tr_shard *shard), tr_error *err)
{
    const tr_problem *p = at->problem;
    tr_layout all[LAYOUT_MAX];
    score scores[LAYOUT_MAX];
    tr_shard shard;
    size_t count = 0, chosen = 0;
    double best = HUGE_VAL;
    tr_status s = tr_layout_list(p->model, at->system, p->engine, all, LAYOUT_MAX, &count, err);
    if (s == TR_ECAPACITY) {
        count = LAYOUT_MAX;
        s = TR_OK;
    }
    for (size_t i = 0; i < LAYOUT_MAX; i++)
        scores[i] = (score){HUGE_VAL, HUGE_VAL};
    /* Stages pay where nothing else fits: engines leave gaps between them that no published run tells. */
    for (size_t k = 0; s == TR_OK && k < 2 * count && (k < count || !(best < HUGE_VAL)); k++) {
        const size_t i = k < count ? k : k - count;
        if ((all[i].pp_rank > 1.0) != (k >= count))
            continue;
        if (hold(at, &all[i], &shard, NULL) == TR_OK)
            scores[i] = score_of(at, &shard);
        if (scores[i].first < best) {
            best = scores[i].first;
            chosen = i;
        }
    }
    if (s == TR_OK && best < HUGE_VAL) {
        for (size_t i = 0; i < count; i++) /* [K112] no prediction is as fine as that: rather the first token soon */
            if (scores[i].first <= ALIKE_RATIO * best && scores[i].second < scores[chosen].second)
                chosen = i;
        return hold(at, &all[chosen], at->shard, err);
    }
    if (s != TR_OK)
        return s;
    /* Say what lacks, by the layout that comes closest. */
    tr_layout closest;
    const tr_load load = {.batch_seq = 1.0, .context_token = at->clients->prompt_token + at->clients->output_token,
                          .query_token = 1.0};
    s = tr_layout_best(p->model, at->system, p->engine, at->formats, NULL, &load, &closest, err);
    return s == TR_OK ? tr_fail(err, TR_ENOFIT, "layout", (double)count, "no layout serves these requests") : s;
}

/* [L22] As many layers to the host as these clients at their full length need, where that was left open; where they
 * are too many, what the problem has. */
static void place_layers(tr_deployment *d, const tr_clients *c)
{
    const tr_problem *p = d->problem;
    const double asked = c->request_per_s > 0.0 ? 1.0 : c->concurrency_seq;
    const double most = c->max_seq > 0.0 ? c->max_seq : p->engine->max_seq;
    const double batch_seq = most > 0.0 && asked > most ? most : asked;
    if (!p->host_placed ||
        tr_shard_place(p->model, &d->system, p->engine, &p->layout, &p->asked_formats, batch_seq,
                       c->prompt_token + c->output_token, &d->formats, NULL) != TR_OK)
        d->formats = p->formats;
    d->formats.host_chunk_token = c->chunk_token;
}

static tr_status lay_out(const tr_scenario *scenario, tr_deployment *d, const tr_clients *clients, tr_error *err)
{
    const tr_problem *p = d->problem;
    const place decode = {p, &d->formats, &d->system, clients, &d->roof, &d->shard};
    const place prefill = {p, &d->formats, &d->prefill_system, clients, &d->prefill_roof, &d->prefill_shard};
    place_layers(d, clients);
    tr_status s = tr_roofline_of(p->model, &d->system, p->engine, &d->formats, &d->roof, err);
    if (s == TR_OK && p->layout_given && !d->apart)
        return hold(&decode, &p->layout, &d->shard, err);
    if (s == TR_OK && p->layout_given)
        return tr_fail(err, TR_ECONFLICT, "disaggregated", 0.0,
                       "with --disagg the layout of each side is chosen: leave out --tp, --ep, --pp and --dp");
    if (s == TR_OK)
        s = best_layout(&decode, decode_score, err);
    if (s != TR_OK || !d->apart)
        return s;
    s = tr_roofline_of(p->model, &d->prefill_system, p->engine, &d->formats, &d->prefill_roof, err);
    if (s == TR_OK)
        s = best_layout(&prefill, prefill_score, err);
    d->side.shard = &d->prefill_shard;
    d->side.roof = &d->prefill_roof;
    d->side.worker_count = 1.0;
    return s == TR_OK ? link_of(scenario, d, err) : s;
}

tr_status tr_deployment_of(const tr_scenario *scenario, const tr_problem *problem, const tr_clients *clients,
                           tr_deployment *out, tr_error *err)
{
    if (problem->blackboard)
        return tr_fail(err, TR_ECONFLICT, "model", 0.0,
                       "requests need a model and a chip of the catalog, or their files; for plain numbers use "
                       "`tokenroof step`");
    memset(out, 0, sizeof *out);
    out->problem = problem;
    const tr_status s = share_out(scenario, problem, out, err);
    return s == TR_OK ? lay_out(scenario, out, clients, err) : s;
}

tr_status tr_deployment_serve(const tr_deployment *d, const tr_clients *clients, tr_service *out, tr_error *err)
{
    return tr_serve_apart(&d->shard, &d->roof, d->apart ? &d->side : NULL, &d->problem->calibration,
                          d->problem->distance, clients, out, err);
}

tr_status tr_deployment_most(const tr_deployment *d, const tr_clients *clients, double *request_per_s, tr_error *err)
{
    return tr_serve_most(&d->shard, &d->roof, d->apart ? &d->side : NULL, &d->problem->calibration,
                         d->problem->distance, clients, request_per_s, err);
}
