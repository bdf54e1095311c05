/* serve/closed.c -- clients of one engine in closed form: how many decode together, and how long tokens take. */
#include <tokenroof/serve.h>

#include <math.h>
#include <string.h>

#include "base/extreme.h"
#include "base/fail.h"
#include "rate/op_rate.h"
#include "rate/terms.h"
#include "serve/bound_steps.h"
#include "serve/prompt.h"

#define SLACK_RATIO 1.15      /* an engine admits by what is used now */
#define RATE_ROUND_COUNT 30   /* halvings */
#define ROUND_COUNT 8         /* the batch settles within a few */
#define UNSETTLED_SHARE 0.01
#define CYCLE_ROUND_COUNT 40  /* halvings: a share of 1e-12 of the clients */
#define LAG_STEP 1.0          /* a token is sent while the next step runs */
#define BUSY_MOST_SHARE 0.95

/* What a question needs once, whatever the number of clients. All of one attention rank. */
typedef struct server {
    tr_timing timing;
    double host_s;             /* least time of a step with prompts */
    double prompt_token, output_token;
    double budget_token;
    double front_s;            /* of one prompt, in the engine's front end */
    double first_s;
    double poll_step, batch_wait_step;
    double room_seq;           /* requests whose cache fits at their mean length */
    double place_seq;          /* requests at once: not all are at their longest together */
    double token_per_step;
    double token_per_seq;      /* of a decode step's budget: its own and its drafts */
    double request_per_client, mean_share;
    int fixed_lengths, prefill_first, whole_prompt, apart;
} server;

static double pass_s(const server *v, double decode_seq, double prompts)
{
    tr_terms t;
    tr_timing_rank(&v->timing, decode_seq, prompts, &t);
    return t.step_s;
}

/* Steps with prompts run without graphs: the host is a floor under them, which hides behind the work of a long one. */
static double with_host_s(const server *v, double step_s) { return sqrt(step_s * step_s + v->host_s * v->host_s); }

/* Prompts that a step takes beside `batch` decodes; below 1, a part of one. */
static double prompts_a_step(const server *v, double batch)
{
    const double left_token = larger(v->budget_token - batch * v->token_per_seq, 1.0);
    const double free_token = v->prefill_first ? v->budget_token : left_token;
    const double prompts = free_token / v->prompt_token;
    if (v->whole_prompt || prompts >= 1.0)
        return larger(floor(prompts), 1.0);
    return prompts;
}

typedef struct state {
    double decode_s, tpot_s, ttft_s; /* ttft_s: of a request that finds a place */
    double wait_s, wait_share;       /* of ttft_s, behind other prompts */
    double busy_s;                   /* of the engine, for one request */
    double prompt_s;                 /* of it, what the prompt adds, whoever waits for it */
    double batch_seq;
} state;

/* The wait of one queue with even services, in services: M/D/1. busy below 1. */
static double wait_ratio(double busy) { return busy / (2.0 * (1.0 - busy)); }

/* The wait of requests that arrive while others are taken in: for one of each at most. */
static double queue_ratio(double busy, double others)
{
    return smaller(wait_ratio(smaller(busy, BUSY_MOST_SHARE)), others);
}

/* What one of the clients meets: itself and, as the others are decoding or not, their share of the batch.
 * [F6] Time per token: steps that only decode, and what the prompts of their clients add. [F7] Time to the first
 * token: the front end, the step or steps that take the prompt in, and what it waits for them. */
static void times(const server *v, double clients, state *s)
{
    const double others = s->batch_seq * (clients - 1.0) / clients, batch = others + 1.0;
    const double u = v->output_token / v->token_per_step;
    const double rate = others / u; /* prompts a step, on average */
    const double most = prompts_a_step(v, others), front_s = v->front_s;
    s->decode_s = pass_s(v, batch, 0.0);
    s->wait_s = s->wait_share = s->busy_s = s->prompt_s = 0.0;
    if (v->apart) { /* other chips take the prompts */
        s->tpot_s = s->decode_s;
        s->ttft_s = s->decode_s;
        return;
    }
    const double first_share = v->request_per_client > 0.0 ? 1.0 / larger(v->request_per_client, 1.0) : 0.0;
    double first_wave_s = 0.0, steady_s = 0.0;
    if (v->prefill_first) {
        if (v->fixed_lengths || first_share > 0.0) {
            const double wave = first_share > 0.0 ? most : smaller(most, larger(clients, 1.0));
            const double wave_s = pass_s(v, 0.0, wave);
            first_wave_s = with_host_s(v, wave_s) * (clients / wave + larger(1.0, 1.0 / wave)) * 0.5;
            s->tpot_s = s->decode_s + larger(clients / wave - 1.0, 0.0) * 0.5 * wave_s / u;
            s->prompt_s = wave_s / wave;
            steady_s = first_wave_s;
        }
        if (!v->fixed_lengths) {
            const double together = smaller(larger(1.0, v->poll_step * rate), larger(most, 1.0));
            const double batch_s = pass_s(v, 0.0, together);
            s->prompt_s = batch_s / together;
            s->tpot_s = s->decode_s + rate * s->prompt_s;
            s->busy_s = s->prompt_s + u / batch * s->decode_s;
            s->wait_share = 1.0;
            s->wait_s = 0.5 * v->poll_step * s->decode_s;
            steady_s = front_s + (0.5 * v->poll_step + LAG_STEP) * s->decode_s + with_host_s(v, batch_s);
        }
    } else {
        const double wave = v->fixed_lengths ? smaller(most, larger(batch, 1.0)) : smaller(most, larger(rate, 1.0));
        const double mixed_s = pass_s(v, others, wave);
        s->prompt_s = larger(pass_s(v, batch, wave) - s->decode_s, 0.0) / wave;
        s->tpot_s = s->decode_s + rate * s->prompt_s;
        s->busy_s = larger(s->prompt_s + u / batch * s->decode_s, wave < 1.0 ? mixed_s / wave : 0.0);
        if (first_share > 0.0)
            first_wave_s = with_host_s(v, pass_s(v, 0.5 * clients, most)) * (clients / most + 1.0) * 0.5;
        const double step_s = with_host_s(v, mixed_s);
        const double steps = larger(1.0, 1.0 / most);
        if (v->fixed_lengths)
            steady_s = front_s + (steps + LAG_STEP) * step_s;
        else {
            s->wait_share = smaller(rate / most, BUSY_MOST_SHARE);
            s->wait_s = steps * step_s * queue_ratio(rate / most, clients - 1.0);
            steady_s = front_s + steps * step_s + s->wait_s + LAG_STEP * s->tpot_s;
        }
    }
    first_wave_s = larger(first_wave_s, 0.5 * front_s * (clients + 1.0) + s->decode_s);
    s->ttft_s = v->first_s + first_share * first_wave_s + (1.0 - first_share) * steady_s +
                v->batch_wait_step * s->tpot_s;
    s->tpot_s /= v->token_per_step;
}

/* Of `batch` sequences, as many as leave the steps' budget the tokens to take their successors' prompts in. */
static double most_decoding(const server *v, double batch)
{
    const double u = v->output_token / v->token_per_step;
    if (v->apart || v->prefill_first)
        return batch;
    const double by_budget = v->budget_token / (v->token_per_seq + v->prompt_token / u);
    return smaller(batch, v->whole_prompt ? larger(by_budget, u) : by_budget); /* a whole one, whatever the budget */
}

/* The batch is the share of those with a place that are not waiting for their first token. Clients in step, whose
 * prompts are taken in before any of them goes on, all decode together. */
static double wanted_seq(const server *v, double held, double in_flight, double batch_seq, state *s)
{
    s->batch_seq = batch_seq;
    times(v, held, s);
    const double decoding_s = v->output_token * s->tpot_s;
    return v->prefill_first && v->fixed_lengths ? in_flight : in_flight * decoding_s / (decoding_s + s->ttft_s);
}

static state settle(const server *v, double clients)
{
    const double held = smaller(clients, v->place_seq);
    const double in_flight = smaller(clients * v->mean_share, v->place_seq);
    state s;
    double batch = in_flight, wanted = in_flight;
    for (int i = 0; i < ROUND_COUNT; i++) {
        wanted = wanted_seq(v, held, in_flight, batch, &s);
        batch = 0.5 * (batch + wanted);
    }
    double low = 0.0, high = in_flight; /* where waits grow fast with the batch, halving steps jump to and fro */
    const int unsettled = fabs(wanted - batch) > UNSETTLED_SHARE * batch;
    for (int i = 0; i < CYCLE_ROUND_COUNT && unsettled; i++) {
        const double here = 0.5 * (low + high);
        if (wanted_seq(v, held, in_flight, here, &s) > here)
            low = here;
        else
            high = here;
    }
    s.batch_seq = batch;
    const double most = most_decoding(v, unsettled && low > 0.0 ? low : batch);
    if (most != batch) { /* the rest have a place and wait for their prompts to be taken in */
        (void)wanted_seq(v, held, in_flight, most, &s);
        s.ttft_s -= s.wait_s;
    }
    /* While one client has its answer, the engine works for each of them once. */
    const double decoding_s = v->output_token * s.tpot_s, least_s = in_flight * s.busy_s;
    if (s.ttft_s + decoding_s < least_s) {
        s.ttft_s = least_s - decoding_s;
        s.batch_seq = in_flight * decoding_s / least_s;
    }
    return s;
}

/* ---- setting up --------------------------------------------------------------------------- */

static tr_status check_clients(const tr_clients *c, tr_error *err)
{
    if (c == NULL)
        return tr_fail(err, TR_EMISSING, "clients", 0.0, "expected clients: how many, and how long their texts are");
    if (!(c->request_per_s >= 0.0 && c->request_per_s <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "request_per_s", c->request_per_s, "arrivals must be 0 to 1e9 a second");
    if (!(c->concurrency_seq >= 1.0 && c->concurrency_seq <= 1e9) && !(c->request_per_s > 0.0))
        return tr_fail(err, TR_EDOMAIN, "concurrency_seq", c->concurrency_seq, "there must be 1 to 1e9 clients");
    const struct {
        const char *field;
        double value, low, high;
    } range[] = {{"prompt_token", c->prompt_token, 1.0, 1e9},
                 {"output_token", c->output_token, 1.0, 1e9},
                 {"cached_token", c->cached_token, 0.0, c->prompt_token},
                 {"request_per_client", c->request_per_client, 0.0, 1e9},
                 {"think_s", c->think_s, 0.0, 1e9},
                 {"mean_batch_share", c->mean_batch_share, 0.0, 1.0},
                 {"chunk_token", c->chunk_token, 0.0, 1e9},
                 {"max_seq", c->max_seq, 0.0, 1e9},
                 {"poll_step", c->poll_step, 0.0, 1e6},
                 {"batch_wait_step", c->batch_wait_step, 0.0, 1e6},
                 {"draft_token", c->draft_token, 0.0, 1023.0},
                 {"token_per_step", c->token_per_step, 0.0, c->draft_token + 1.0}};
    for (size_t i = 0; i < sizeof range / sizeof range[0]; i++)
        if (!(range[i].value >= range[i].low && range[i].value <= range[i].high))
            return tr_fail(err, TR_EDOMAIN, range[i].field, range[i].value, "%s must be %g to %g", range[i].field,
                           range[i].low, range[i].high);
    return TR_OK;
}

static int chosen(int asked, int otherwise) { return asked == 0 ? otherwise : asked > 0; }

static tr_status set_up(const tr_shard *shard, const tr_calibration *calibration, const tr_clients *c, server *v,
                        tr_error *err)
{
    const tr_engine *engine = shard->engine != NULL ? shard->engine : tr_engine_default();
    const double mean = c->prompt_token + 0.5 * c->output_token;
    tr_pass at = tr_prompt_pass(c);
    const double fresh = at.prefill_query_token;
    at.decode_seq = 1.0;
    at.decode_context_token = mean;
    at.token_per_seq = 1.0 + c->draft_token;
    const tr_status s = tr_timing_of(shard, calibration, &at, &v->timing, err);
    if (s != TR_OK)
        return s;
    v->prompt_token = fresh;
    v->output_token = c->output_token;
    v->budget_token = c->chunk_token > 0.0 ? c->chunk_token : engine->chunk_token;
    v->prefill_first = chosen(c->prefill_first, engine->prefill_first);
    v->whole_prompt = chosen(c->whole_prompt, engine->whole_prompt);
    v->poll_step = larger(c->poll_step > 0.0 ? c->poll_step : engine->poll_step, 1.0);
    v->batch_wait_step = c->batch_wait_step;
    v->fixed_lengths = c->fixed_lengths;
    v->request_per_client = c->request_per_client;
    v->mean_share = c->mean_batch_share > 0.0 ? c->mean_batch_share : 1.0;
    v->apart = c->prefill_apart;
    v->token_per_step = larger(c->token_per_step, 1.0);
    v->token_per_seq = at.token_per_seq;
    v->host_s = v->front_s = v->first_s = 0.0;
    if (calibration != NULL) {
        v->host_s = calibration->value[TR_CONSTANT_HOST] * v->timing.fixed_s;
        v->front_s = calibration->value[TR_CONSTANT_FRONT_S] * fresh;
        v->first_s = calibration->value[TR_CONSTANT_FIRST_S];
        if (shard->layout.dp_rank > 1.0) /* engines balance prompts over the ranks, which step together */
            v->batch_wait_step += calibration->value[TR_CONSTANT_BALANCE];
    }
    /* [F5] Requests whose cache a rank has room for. Stages share a rank's requests. */
    const double seq_byte = tr_shard_seq_byte(shard, mean);
    double room = shard->memory_byte < HUGE_VAL && seq_byte > 0.0 ? shard->cache_room_byte / seq_byte : 1e9;
    const double most = c->max_seq > 0.0 ? c->max_seq : engine->max_seq;
    if (most > 0.0 && room > most)
        room = most;
    v->room_seq = larger(room / shard->layout.pp_rank, 1.0);
    v->place_seq = SLACK_RATIO * v->room_seq;
    if (most > 0.0) /* a count of sequences is kept to the last one */
        v->place_seq = smaller(v->place_seq, larger(most / shard->layout.pp_rank, 1.0));
    return TR_OK;
}

/* ---- the answer ------------------------------------------------------------------------------ */

/* A closed loop of that many clients at the engine. Fewer clients than ranks leave ranks idle. */
static void answer(const server *v, const tr_layout *layout, double concurrency_seq, tr_service *o)
{
    const double ranks = layout->dp_rank * layout->replica_count * layout->pp_rank;
    const double each = larger(concurrency_seq / ranks, 1.0), used = smaller(concurrency_seq, ranks);
    const state s = settle(v, each);
    double wait_s = 0.0;
    if (each > v->place_seq) /* the others wait for a place: one leaves every (time of a request) / places */
        wait_s = (each / v->place_seq - 1.0) * (s.ttft_s + v->output_token * s.tpot_s);
    o->saturated = each > v->place_seq;
    o->flight_seq = smaller(each, v->place_seq) * used;
    o->batch_seq = s.batch_seq * used;
    o->rank_count = used;
    o->room_seq = v->room_seq * ranks;
    o->kv_used_share = smaller(o->flight_seq / o->room_seq, 1.0);
    o->decode_s = s.decode_s;
    o->token_per_step = v->token_per_step;
    o->prompt_share = 1.0 - smaller(s.decode_s / (s.tpot_s * v->token_per_step), 1.0);
    /* [K60] Of all prompts a step, a client's own among them: a client alone pays for its prompt too. */
    const double prompts_s = s.batch_seq * v->token_per_step / v->output_token * s.prompt_s;
    o->input_share = prompts_s / (prompts_s + s.decode_s);
    o->wait_s = s.wait_s + wait_s;
    o->wait_share = wait_s > 0.0 ? 1.0 : s.wait_share;
    tr_timing_rank(&v->timing, s.batch_seq, 0.0, &o->decode_terms);
    o->tpot_s.predicted = s.tpot_s;
    o->ttft_s.predicted = s.ttft_s + wait_s;
    o->request_per_s = each * used / (o->ttft_s.predicted + v->output_token * s.tpot_s);
}

/* ---- prompts on machines of their own --------------------------------------------------------- */

typedef struct front {
    const tr_prefill_side *side; /* NULL: none, and all is 0 */
    double pass_s, send_s;       /* of one prompt */
    double place_count;          /* prompts at once */
} front;

static tr_status front_of(const tr_prefill_side *side, const tr_calibration *calibration, const tr_clients *c,
                          front *out, tr_error *err)
{
    tr_timing timing;
    tr_terms pass;
    tr_reach reach;
    memset(out, 0, sizeof *out);
    out->side = side;
    if (side == NULL)
        return TR_OK;
    if (!(side->worker_count >= 1.0 && side->worker_count <= 1e6) || !(side->link_byte_per_s >= 0.0))
        return tr_fail(err, TR_EDOMAIN, "worker_count", side->worker_count,
                       "expected 1 to 1e6 machines that take prompts, and a link of 0 or more bytes a second");
    const tr_pass at = tr_prompt_pass(c);
    tr_status s = tr_shard_check(side->shard, 1.0, c->prompt_token, err);
    if (s == TR_OK)
        s = tr_timing_of(side->shard, calibration, &at, &timing, err);
    if (s != TR_OK)
        return s;
    tr_timing_rank(&timing, 0.0, 1.0, &pass);
    const tr_layout *y = &side->shard->layout;
    const tr_system *system = side->shard->system;
    out->pass_s = pass.step_s;
    out->place_count = side->worker_count * y->dp_rank * y->replica_count;
    double link = side->link_byte_per_s;
    if (!(link > 0.0) && tr_system_reach(system, 2.0 * larger(system->domain_chip, 1.0), &reach, NULL) == TR_OK)
        link = reach.across_byte_per_s;
    if (link > 0.0)
        out->send_s = tr_shard_seq_byte(side->shard, c->prompt_token) / link;
    return TR_OK;
}

/* [F18] A prompt's pass, its wait for those before it, and its cache sent over. */
static double front_s(const front *f, double request_per_s, double most_busy_share)
{
    if (f->side == NULL)
        return 0.0;
    const double busy = smaller(request_per_s * f->pass_s / f->place_count, most_busy_share);
    return busy < 1.0 ? f->pass_s * (1.0 + wait_ratio(busy)) + f->send_s : HUGE_VAL;
}

/* Requests a second that its machines can take in. */
static double most_at_front(const front *f) { return f->side != NULL ? f->place_count / f->pass_s : HUGE_VAL; }

/* [F20] Of so many clients, those that are at the engine and not thinking or before it: what leaves it comes back. */
static double at_engine(const server *v, const tr_layout *layout, const front *f, const tr_clients *c, tr_service *o)
{
    double low = 0.0, high = c->concurrency_seq;
    for (int i = 0; i < CYCLE_ROUND_COUNT && (c->think_s > 0.0 || f->side != NULL); i++) {
        const double here = 0.5 * (low + high);
        answer(v, layout, here, o);
        if (here + o->request_per_s * (c->think_s + front_s(f, o->request_per_s, 1.0)) > c->concurrency_seq)
            high = here;
        else
            low = here;
    }
    return low > 0.0 ? low : high;
}

static void add_front(const front *f, const tr_shard *decode, double time_s, tr_service *o)
{
    if (f->side == NULL)
        return;
    const double more_s = larger(time_s, f->pass_s + f->send_s);
    o->prefill_busy_share = smaller(o->request_per_s * f->pass_s / f->place_count, 1.0);
    o->send_s = f->send_s;
    const double chips = f->side->worker_count * f->side->shard->system->chip_count;
    o->input_share = chips / (chips + decode->system->chip_count);
    o->wait_s += more_s - f->pass_s - f->send_s;
    o->wait_share = larger(o->wait_share, smaller(o->prefill_busy_share, BUSY_MOST_SHARE));
    o->ttft_s.predicted += more_s;
    o->saturated = o->saturated || o->prefill_busy_share >= BUSY_MOST_SHARE;
}

/* ---- intervals and bounds ------------------------------------------------------------------------ */

/* What no system of these chips can beat: the prompt alone on all of them, and steps of that batch without a prompt.
 * A request takes at least its own multiplies, and its share of the steps in which all that hold a place decode. */
static void bounds(const tr_roofline *roof, const tr_clients *c, const front *f, tr_service *o)
{
    const tr_pass prompt = tr_prompt_pass(c);
    /* From some point on a batch saves nothing: more than the most that a roofline takes is as good as that. */
    const double batch_seq[] = {larger(o->batch_seq, 1.0), smaller(larger(o->flight_seq, 1.0), 1e9)};
    tr_bound_steps b;
    tr_step step = {0};
    if (tr_bound_pass(f->side != NULL ? f->side->roof : roof, &prompt, &step, NULL) == TR_OK)
        o->ttft_s.bound = step.step_s;
    tr_bound_steps_of(roof, c, batch_seq, &b);
    o->tpot_s.bound = b.step_s[0] / o->token_per_step;
    o->itl_s.bound = b.step_s[0];
    o->e2e_s.bound = o->ttft_s.bound + larger(c->output_token - 1.0, 0.0) * o->tpot_s.bound;
    const double share = c->output_token / (batch_seq[1] * o->token_per_step); /* of a request in those steps */
    o->request_s.bound = f->side != NULL ? larger(share * b.step_s[1], step.compute_s / f->side->worker_count)
                                         : larger(share * b.step_s[1], share * b.compute_s[1] + step.compute_s);
    o->output_token_per_s.bound = c->output_token / o->request_s.bound;
    /* The work of the steps as they are, at datasheet peak, in the time that they take. */
    const double part = f->side != NULL ? 1.0 - o->input_share : 1.0; /* of the chips that decode */
    const double mean = c->output_token / (batch_seq[0] * o->token_per_step) * o->request_per_s * part;
    o->compute_share = mean * b.compute_s[0] + o->request_per_s * step.compute_s * (f->side != NULL ? 1.0 - part : 1.0);
    o->memory_share = mean * (b.weights_s[0] + b.kv_s[0]);
}

static void finish(const tr_roofline *roof, const tr_calibration *calibration, tr_distance distance,
                   const tr_clients *c, const front *f, tr_service *o)
{
    bounds(roof, c, f, o);
    /* Waits are means, which know of no work: what is in flight takes at least its share of the chips each. */
    const double in_flight = o->request_per_s * (o->ttft_s.predicted + c->output_token * o->tpot_s.predicted);
    if (o->request_per_s * o->request_s.bound > 1.0) {
        o->ttft_s.predicted = in_flight * o->request_s.bound - c->output_token * o->tpot_s.predicted;
        o->request_per_s = 1.0 / o->request_s.bound;
    }
    o->ttft_s.predicted = larger(o->ttft_s.predicted, o->ttft_s.bound);
    o->e2e_s.predicted = o->ttft_s.predicted + larger(c->output_token - 1.0, 0.0) * o->tpot_s.predicted;
    o->itl_s.predicted = o->tpot_s.predicted * o->token_per_step;
    o->request_s.predicted = larger(1.0 / o->request_per_s, o->request_s.bound); /* equal, but for rounding */
    o->output_token_per_s.predicted = o->request_per_s * c->output_token;
    tr_interval_put(&o->tpot_s, calibration, TR_INTERVAL_TPOT, distance);
    tr_interval_put(&o->itl_s, calibration, TR_INTERVAL_TPOT, distance);
    const double seq = c->request_per_s > 0.0 ? o->flight_seq : c->concurrency_seq;
    tr_interval_put(&o->ttft_s, calibration, seq > TR_CROWD_SEQ ? TR_INTERVAL_CROWD : TR_INTERVAL_TTFT, distance);
    tr_interval_put(&o->e2e_s, calibration, TR_INTERVAL_E2E, distance);
    /* Nothing real lies beyond a bound, however wide the interval. */
    tr_quantity *const time[] = {&o->tpot_s, &o->itl_s, &o->ttft_s, &o->e2e_s};
    for (size_t i = 0; i < sizeof time / sizeof time[0]; i++)
        time[i]->low = larger(time[i]->low, smaller(time[i]->bound, time[i]->predicted));
    /* Clients wait for their answers: requests a second go as one over the time of a request. Arrivals are given. */
    const int given = c->request_per_s > 0.0 && !o->saturated;
    const double low_ratio = given ? 1.0 : o->e2e_s.low / o->e2e_s.predicted;
    const double high_ratio = given ? 1.0 : o->e2e_s.high / o->e2e_s.predicted;
    tr_quantity *request = &o->request_s, *rate = &o->output_token_per_s;
    request->low = larger(request->predicted * low_ratio, smaller(request->bound, request->predicted));
    request->high = request->predicted * high_ratio;
    rate->low = rate->predicted * (request->predicted / request->high);
    rate->high = rate->predicted * (request->predicted / request->low);
    if (given) { /* [K113] no system gives more tokens than are asked of it, nor leaves less of itself unused */
        request->bound = request->predicted;
        rate->bound = rate->predicted;
    }
}

static tr_status check_all(const tr_shard *shard, const tr_roofline *roof, tr_distance distance, const tr_clients *c,
                           tr_error *err)
{
    if (shard == NULL || roof == NULL)
        return tr_fail(err, TR_EMISSING, "shard", 0.0, "expected a shard and its roofline");
    tr_status s = check_clients(c, err);
    if (s == TR_OK)
        s = tr_roofline_check(roof, err);
    if (s == TR_OK)
        s = tr_distance_check(distance, err);
    return s == TR_OK ? tr_shard_check(shard, 1.0, c->prompt_token + c->output_token, err) : s;
}

/* [F10] As many in flight as arrivals at this rate keep; as many as have a place where that is not enough. */
static double in_flight(const server *v, const tr_layout *layout, double request_per_s, tr_service *o)
{
    const double most = v->place_seq * layout->dp_rank * layout->replica_count * layout->pp_rank;
    double low = 1.0, high = 1.0;
    for (answer(v, layout, high, o); o->request_per_s < request_per_s; answer(v, layout, high, o)) {
        if (high >= most)
            return most;
        low = high;
        high = smaller(2.0 * high, most);
    }
    for (int i = 0; i < RATE_ROUND_COUNT && high > low; i++) {
        const double here = 0.5 * (low + high);
        answer(v, layout, here, o);
        if (o->request_per_s < request_per_s)
            low = here;
        else
            high = here;
    }
    return high;
}

/* Of arrivals that are answered as they come: fewer than one at a time leave the engine idle between them. */
static void thin_out(double request_per_s, double output_token, tr_service *o)
{
    const double flight = request_per_s * (o->ttft_s.predicted + output_token * o->tpot_s.predicted);
    o->request_per_s = request_per_s;
    if (!(flight < o->flight_seq))
        return;
    o->batch_seq *= flight / o->flight_seq;
    o->kv_used_share *= flight / o->flight_seq;
    o->flight_seq = flight;
}

tr_status tr_serve_apart(const tr_shard *shard, const tr_roofline *roof, const tr_prefill_side *prefill,
                         const tr_calibration *calibration, tr_distance distance, const tr_clients *clients,
                         tr_service *out, tr_error *err)
{
    server v;
    front f;
    tr_service o;
    tr_status s = check_all(shard, roof, distance, clients, err);
    if (s == TR_OK)
        s = set_up(shard, calibration, clients, &v, err);
    if (s == TR_OK)
        s = front_of(prefill, calibration, clients, &f, err);
    if (s != TR_OK)
        return s;
    distance = tr_host_distance(shard, distance);
    memset(&o, 0, sizeof o);
    v.apart = v.apart || prefill != NULL;
    const tr_layout *layout = &shard->layout;
    const int open = clients->request_per_s > 0.0;
    const double arrive = smaller(clients->request_per_s, most_at_front(&f));
    const double concurrency = open ? in_flight(&v, layout, arrive, &o) : at_engine(&v, layout, &f, clients, &o);
    answer(&v, layout, concurrency, &o);
    if (open && o.request_per_s >= arrive)
        thin_out(arrive, clients->output_token, &o);
    o.saturated = o.saturated || (open && o.request_per_s < clients->request_per_s);
    const double before = clients->concurrency_seq - concurrency; /* closed: thinking, or before the engine */
    add_front(&f, shard, open ? front_s(&f, arrive, BUSY_MOST_SHARE) : before / o.request_per_s - clients->think_s, &o);
    if (!(o.tpot_s.predicted > 0.0 && o.tpot_s.predicted <= 1e300 && o.ttft_s.predicted > 0.0 &&
          o.ttft_s.predicted <= 1e300))
        return tr_fail(err, TR_EDOMAIN, "calibration", o.tpot_s.predicted,
                       "the calibration gives a time that is not a usable number");
    finish(roof, calibration, distance, clients, &f, &o);
    s = tr_split_step(shard, roof, calibration, distance, clients, &o, err);
    if (s == TR_OK)
        *out = o;
    return s;
}

tr_status tr_serve(const tr_shard *shard, const tr_roofline *roof, const tr_calibration *calibration,
                   tr_distance distance, const tr_clients *clients, tr_service *out, tr_error *err)
{
    return tr_serve_apart(shard, roof, NULL, calibration, distance, clients, out, err);
}

tr_status tr_serve_most(const tr_shard *shard, const tr_roofline *roof, const tr_prefill_side *prefill,
                        const tr_calibration *calibration, tr_distance distance, const tr_clients *clients,
                        double *request_per_s, tr_error *err)
{
    tr_clients many = clients != NULL ? *clients : (tr_clients){0};
    tr_service o;
    many.request_per_s = many.think_s = 0.0;
    many.concurrency_seq = 1.0;
    many.prefill_apart = many.prefill_apart || prefill != NULL;
    tr_status s = tr_serve(shard, roof, calibration, distance, &many, &o, err);
    if (s != TR_OK)
        return s;
    front f;
    many.concurrency_seq = smaller(SLACK_RATIO * o.room_seq, 1e9);
    s = tr_serve(shard, roof, calibration, distance, &many, &o, err);
    if (s == TR_OK)
        s = front_of(prefill, calibration, &many, &f, err);
    if (s == TR_OK)
        *request_per_s = smaller(o.request_per_s, most_at_front(&f));
    return s;
}
