/* step/serve.c -- clients in a closed loop on one engine: how many decode together, and how long tokens take. */
#include <tokenroof/calibration.h>

#include <string.h>

#include "base/fail.h"
#include "step/fitted.h"

/* As engines are shipped; not fitted. */
#define MEMORY_SHARE 0.95      /* of memory an engine takes: published runs are tuned upward from 0.9 */
#define RESERVE_BYTE 2e9       /* of that, activations and collective buffers */
#define LEAST_SHARE 0.4        /* of what the weights leave, the cache gets at least */
#define SLACK_RATIO 1.15       /* requests are not all at their longest together */
#define CHUNK_TOKEN 8192.0     /* prompt tokens a step takes at most */
#define FLIGHT_MAX_SEQ 4096.0   /* an engine under more arrivals than it can answer */
#define RATE_ROUND_COUNT 20
#define ROUND_COUNT 8          /* the batch settles within a few */

static double larger(double a, double b) { return a > b ? a : b; }
static double smaller(double a, double b) { return a < b ? a : b; }

/* [F5] Sequences of this length whose cache a rank has room for. */
static double room_seq(const tr_fitted *f, const tr_model *model, double stored_token)
{
    if (!(f->memory_byte <= 1e300))
        return 1e9;
    /* Where the weights leave little, engines are started with less reserve. */
    const double left_byte = f->memory_byte - f->store_byte;
    const double free_byte =
        larger(left_byte - (1.0 - MEMORY_SHARE) * f->memory_byte - RESERVE_BYTE, LEAST_SHARE * left_byte);
    const double seq_byte =
        (tr_model_kv_store_byte(model, stored_token, f->roof.kv_elem_byte) + model->state_byte_per_seq) * f->kv_share /
        f->layout.pp_rank;
    return seq_byte > 0.0 ? smaller(free_byte / seq_byte, 1e9) : 1e9;
}

typedef struct loop {
    const tr_fitted *f;
    double prompt_token, output_token; /* prompt: what is not cached */
    double kv_byte, attention_flop; /* one sequence, at the mean context */
    double prompt_flop;             /* one whole prompt */
    double prompt_kv_byte;
    int apart;
} loop;

static double pass_s(const loop *l, double batch, double prompt_token)
{
    const double prompts = prompt_token / l->prompt_token;
    const fitted_pass pass = {.decode_seq = batch,
                              .kv_byte = batch * l->kv_byte,
                              .attention_flop = batch * l->attention_flop,
                              .prompt_token = prompt_token,
                              .prompt_seq = prompts,
                              .prompt_flop = prompts * l->prompt_flop,
                              .prompt_kv_byte = prompts * l->prompt_kv_byte};
    return tr_fitted_pass_terms(l->f, &pass).step_s;
}

typedef struct state {
    double tpot_s;
    double prompt_s;   /* what one prompt adds to the steps it is in */
    double ttft_s;     /* of a request that finds room */
    double batch_seq;
} state;

/* [F6] Steps that only decode, and what the prompts of their clients add; a share of the prompts' time goes
 * before decoding, the rest beside it. The batch is the share of clients that are not waiting. */
static state settle(const loop *l, double clients, double room)
{
    const double *value = l->f->calibration.value;
    const double beside = l->apart ? 0.0 : 1.0 / (1.0 + value[TR_CONSTANT_FRONT]);
    state s = {.batch_seq = smaller(clients, room)};
    for (int i = 0; i < ROUND_COUNT; i++) {
        const double batch = s.batch_seq;
        const double rate_token = batch * l->prompt_token / l->output_token; /* prompt tokens a step, on average */
        const double chunk = smaller(larger(l->prompt_token, rate_token), CHUNK_TOKEN);
        const double decode_s = pass_s(l, batch, 0.0);
        const double mixed_s = pass_s(l, batch, chunk);
        s.prompt_s = l->prompt_token / chunk * (mixed_s - decode_s);
        s.tpot_s = decode_s + beside * batch * s.prompt_s / l->output_token;
        if (l->apart) { /* other chips take the prompts; who waits there does not decode here */
            s.prompt_s = 0.0;
            s.ttft_s = s.tpot_s;
        } else {
            s.ttft_s = s.prompt_s + s.tpot_s + (1.0 - beside) * batch * s.prompt_s;
        }
        const double decoding_s = l->output_token * s.tpot_s;
        const double wanted = smaller(clients * decoding_s / (decoding_s + s.ttft_s), room);
        s.batch_seq = 0.5 * (batch + wanted);
    }
    return s;
}

static tr_status check_clients(const tr_clients *c, tr_error *err)
{
    if (c == NULL)
        return tr_fail(err, TR_EMISSING, "clients", 0.0, "expected clients: how many, and how long their texts are");
    if (!(c->request_per_s >= 0.0 && c->request_per_s <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "request_per_s", c->request_per_s, "arrivals must be 0 to 1e9 a second");
    if (!(c->concurrency_seq >= 1.0 && c->concurrency_seq <= 1e9) && !(c->request_per_s > 0.0))
        return tr_fail(err, TR_EDOMAIN, "concurrency_seq", c->concurrency_seq, "there must be 1 to 1e9 clients");
    if (!(c->prompt_token >= 1.0 && c->prompt_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "prompt_token", c->prompt_token, "a prompt must have 1 to 1e9 tokens");
    if (!(c->output_token >= 1.0 && c->output_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "output_token", c->output_token, "an answer must have 1 to 1e9 tokens");
    if (!(c->cached_token >= 0.0 && c->cached_token <= c->prompt_token))
        return tr_fail(err, TR_EDOMAIN, "cached_token", c->cached_token, "at most the whole prompt can be cached");
    return TR_OK;
}

/* What a scenario needs once, whatever the number of clients. */
typedef struct setting {
    loop l;
    double room;       /* of one replica */
    double mean_token; /* context, on average */
} setting;

static setting set_up(const tr_fitted *f, const tr_model *model, const tr_clients *clients, double room)
{
    const double elem = f->roof.kv_elem_byte, cached = clients->cached_token;
    const double fresh = larger(clients->prompt_token - cached, 1.0);
    const double mean = clients->prompt_token + 0.5 * clients->output_token;
    return (setting){.l = {.f = f,
                           .prompt_token = fresh,
                           .output_token = clients->output_token,
                           .kv_byte = tr_model_kv_read_byte(model, mean, elem),
                           .attention_flop = tr_model_attention_flop(model, mean),
                           .prompt_flop = tr_model_prefill_attention_flop(model, cached, fresh),
                           .prompt_kv_byte = tr_model_kv_store_byte(model, fresh, elem),
                           .apart = clients->prefill_apart},
                     .room = room,
                     .mean_token = mean};
}

static void answer(const setting *at, double concurrency_seq, tr_service *o)
{
    const loop *l = &at->l;
    const double *value = l->f->calibration.value;
    const tr_layout *y = &l->f->layout;
    const double copies = y->dp_rank * y->replica_count, pp = y->pp_rank;
    const double each = larger(concurrency_seq / copies, 1.0);
    const state s = settle(l, larger(each / pp, 1.0), larger(at->room / pp, 1.0));
    o->room_seq = at->room * copies;
    o->batch_seq = s.batch_seq * copies * pp;
    o->tpot_s = s.tpot_s;
    /* [F7] */
    o->ttft_s = value[TR_CONSTANT_FIRST_S] + value[TR_CONSTANT_FIRST_MOE_S] * l->f->mixture_count + s.ttft_s +
                value[TR_CONSTANT_BURST] * each * s.prompt_s;
    const double places = SLACK_RATIO * at->room;
    if (each > places) /* clients beyond the room wait for a place: one leaves every (time of a request) / places */
        o->ttft_s += (each / places - 1.0) * (s.ttft_s + l->output_token * s.tpot_s);
}

tr_status tr_fitted_serve(const tr_fitted *fitted, const tr_model *model, const tr_clients *clients, tr_service *out,
                          tr_error *err)
{
    if (fitted == NULL || model == NULL)
        return tr_fail(err, TR_EMISSING, "fitted", 0.0, "expected a fitted model (tr_fitted_of makes one)");
    const tr_status status = check_clients(clients, err);
    if (status != TR_OK)
        return status;
    const double room = room_seq(fitted, model, clients->prompt_token + 0.5 * clients->output_token);
    if (!(room > 0.0) && fitted->store_byte > fitted->memory_byte)
        return tr_fail(err, TR_ENOFIT, "memory_byte", fitted->store_byte,
                       "the weights on one rank take more than a chip's memory: no sequence fits");
    /* A batch just over what fits still runs: engines are told to use more memory, or swap. */
    const setting at = set_up(fitted, model, clients, larger(room, 1.0));
    tr_service o;
    memset(&o, 0, sizeof o);
    double concurrency = clients->concurrency_seq;
    if (clients->request_per_s > 0.0) {
        /* [F10] As many in flight as arrivals at this rate keep. */
        concurrency = 1.0;
        for (int i = 0; i < RATE_ROUND_COUNT; i++) {
            answer(&at, concurrency, &o);
            const double wanted = clients->request_per_s * (o.ttft_s + clients->output_token * o.tpot_s);
            concurrency = smaller(larger(0.5 * (concurrency + wanted), 1.0), FLIGHT_MAX_SEQ);
        }
    }
    answer(&at, concurrency, &o);
    if (!(o.tpot_s > 0.0 && o.tpot_s <= 1e300 && o.ttft_s > 0.0 && o.ttft_s <= 1e300))
        return tr_fail(err, TR_EDOMAIN, "fitted", o.tpot_s, "the calibration gives a time that is not a usable number");
    const tr_load load = {TR_PHASE_DECODE, larger(o.batch_seq, 1.0), at.mean_token, 1.0};
    tr_step bound;
    if (tr_bound_step(&fitted->roof, model, &load, &bound, NULL) == TR_OK)
        o.tpot_bound_s = bound.step_s;
    o.tpot_s = larger(o.tpot_s, o.tpot_bound_s);
    const tr_band *step = &fitted->calibration.step[fitted->distance];
    const tr_band *first = &fitted->calibration.first[fitted->distance];
    o.tpot_low_s = larger(o.tpot_s * step->low_ratio, o.tpot_bound_s);
    o.tpot_high_s = o.tpot_s * step->high_ratio;
    o.ttft_low_s = o.ttft_s * first->low_ratio;
    o.ttft_high_s = o.ttft_s * first->high_ratio;
    o.output_token_per_s = o.batch_seq / o.tpot_s; /* who waits for a first token brings none */
    *out = o;
    return TR_OK;
}
