/* step/serve.c -- clients in a closed loop on one engine: how many decode together, and how long tokens take. */
#include <tokenroof/calibration.h>

#include <string.h>

#include "base/fail.h"
#include "step/fitted.h"

/* As engines are shipped; not fitted. */
#define MEMORY_SHARE 0.9       /* of memory an engine takes */
#define RESERVE_BYTE 2e9       /* of that, activations and collective buffers */
#define LEAST_SHARE 0.4        /* of what the weights leave, the cache gets at least */
#define CHUNK_TOKEN 8192.0     /* prompt tokens a step takes at most */
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
        f->spread.pp_rank;
    return seq_byte > 0.0 ? smaller(free_byte / seq_byte, 1e9) : 1e9;
}

typedef struct loop {
    const tr_fitted *f;
    double prompt_token, output_token;
    double kv_byte, attention_flop; /* one sequence, at the mean context */
    double prompt_flop;             /* one whole prompt */
    double prompt_kv_byte;
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
    const double beside = 1.0 / (1.0 + value[TR_CONSTANT_FRONT]);
    state s = {.batch_seq = smaller(clients, room)};
    for (int i = 0; i < ROUND_COUNT; i++) {
        const double batch = s.batch_seq;
        const double rate_token = batch * l->prompt_token / l->output_token; /* prompt tokens a step, on average */
        const double chunk = smaller(larger(l->prompt_token, rate_token), CHUNK_TOKEN);
        const double decode_s = pass_s(l, batch, 0.0);
        const double mixed_s = pass_s(l, batch, chunk);
        s.prompt_s = l->prompt_token / chunk * (mixed_s - decode_s);
        s.tpot_s = decode_s + beside * batch * s.prompt_s / l->output_token;
        s.ttft_s = s.prompt_s + s.tpot_s + (1.0 - beside) * batch * s.prompt_s;
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
    if (!(c->concurrency_seq >= 1.0 && c->concurrency_seq <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "concurrency_seq", c->concurrency_seq, "there must be 1 to 1e9 clients");
    if (!(c->prompt_token >= 1.0 && c->prompt_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "prompt_token", c->prompt_token, "a prompt must have 1 to 1e9 tokens");
    if (!(c->output_token >= 1.0 && c->output_token <= 1e9))
        return tr_fail(err, TR_EDOMAIN, "output_token", c->output_token, "an answer must have 1 to 1e9 tokens");
    return TR_OK;
}

tr_status tr_fitted_serve(const tr_fitted *fitted, const tr_model *model, const tr_clients *clients, tr_service *out,
                          tr_error *err)
{
    if (fitted == NULL || model == NULL)
        return tr_fail(err, TR_EMISSING, "fitted", 0.0, "expected a fitted model (tr_fitted_of makes one)");
    const tr_status status = check_clients(clients, err);
    if (status != TR_OK)
        return status;
    const double elem = fitted->roof.kv_elem_byte;
    const double isl = clients->prompt_token, osl = clients->output_token, mean = isl + 0.5 * osl;
    const double dp = fitted->spread.dp_rank, pp = fitted->spread.pp_rank;
    /* A batch just over what fits still runs: engines are told to use more memory, or swap. */
    const double room = room_seq(fitted, model, mean);
    if (!(room > 0.0) && fitted->store_byte > fitted->memory_byte)
        return tr_fail(err, TR_ENOFIT, "memory_byte", fitted->store_byte,
                       "the weights on one rank take more than a chip's memory: no sequence fits");
    const loop l = {.f = fitted,
                    .prompt_token = isl,
                    .output_token = osl,
                    .kv_byte = tr_model_kv_read_byte(model, mean, elem),
                    .attention_flop = tr_model_attention_flop(model, mean),
                    .prompt_flop = tr_model_prefill_attention_flop(model, 0.0, isl),
                    .prompt_kv_byte = tr_model_kv_store_byte(model, isl, elem)};
    const double each = clients->concurrency_seq / dp, fit = larger(room, 1.0);
    const state s = settle(&l, larger(each / pp, 1.0), larger(fit / pp, 1.0));
    if (!(s.tpot_s > 0.0 && s.tpot_s <= 1e300 && s.ttft_s > 0.0 && s.ttft_s <= 1e300))
        return tr_fail(err, TR_EDOMAIN, "fitted", s.tpot_s, "the calibration gives a time that is not a usable number");

    tr_service o;
    memset(&o, 0, sizeof o);
    const double *value = fitted->calibration.value;
    o.room_seq = fit * dp;
    o.batch_seq = s.batch_seq * dp * pp;
    o.tpot_s = s.tpot_s;
    /* [F7] */
    o.ttft_s = value[TR_CONSTANT_FIRST_S] + s.ttft_s + value[TR_CONSTANT_BURST] * each * s.prompt_s;
    if (each > fit) /* clients beyond the room wait for a place: one leaves every (time of a request) / room */
        o.ttft_s += (each / fit - 1.0) * (s.ttft_s + osl * s.tpot_s);
    const tr_load load = {TR_PHASE_DECODE, larger(o.batch_seq, 1.0), mean, 1.0};
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
    o.output_token_per_s = clients->concurrency_seq / (o.tpot_s * osl + o.ttft_s) * osl;
    *out = o;
    return TR_OK;
}
