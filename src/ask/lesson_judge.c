/* ask/lesson_judge.c -- what is to be judged or explained: choices and ideas, each answered by the rooms below. */
#include <math.h>

#include "ask/lesson_answers.h"
#include "base/extreme.h"
#include "life/racks.h"
#include "life/week.h"
#include "price/speed_menu.h"

static const tr_roofline *roof(const tr_lesson_case *c) { return &c->question->roof; }

/* A choice: 1 where the first holds, else 2. */
static double first_if(int holds) { return holds ? 1.0 : 2.0; }

#define JUDGED(NAME) static tr_status NAME(const tr_lesson_case *c, double *out, tr_error *err)

static double memory_s(const tr_step *step) { return step->weights_s + step->kv_s; }

JUDGED(which_adds)
{
    tr_step step;
    const tr_status s = tr_lesson_decode(c, c->batch_seq, c->context_token, &step, err);
    if (s != TR_OK || !(step.kv_s > 0.0 && step.weights_s > 0.0) || step.limit == TR_LIMIT_COMPUTE)
        return TR_ENOFIT;
    *out = first_if(fabs(step.step_s - memory_s(&step)) < fabs(step.step_s - larger(step.weights_s, step.kv_s)));
    return TR_OK;
}

JUDGED(what_waits)
{
    tr_step step;
    const tr_status s = tr_lesson_decode(c, c->batch_seq, c->context_token, &step, err);
    if (s == TR_OK)
        *out = first_if(memory_s(&step) >= step.compute_s);
    return s;
}

/* A tenth of the price of a full train, with a batch as slow as one likes. */
JUDGED(slow_mode)
{
    tr_step step;
    double seats = 0.0;
    tr_status s = tr_lesson_full_train(c, &seats, err);
    if (s == TR_OK)
        s = tr_lesson_decode(c, seats, c->context_token, &step, err);
    const double least_s =
        larger(tr_unshared_compute_s(roof(c), c->context_token), tr_unshared_kv_s(roof(c), c->context_token));
    if (s == TR_OK)
        *out = first_if(least_s * seats <= step.step_s / 10.0);
    return s;
}

JUDGED(twice_the_batch)
{
    tr_step once, twice;
    tr_status s = tr_lesson_decode(c, c->batch_seq, c->context_token, &once, err);
    if (s == TR_OK)
        s = tr_lesson_decode(c, 2.0 * c->batch_seq, c->context_token, &twice, err);
    if (s != TR_OK)
        return s;
    const double gain = twice.token_per_s / once.token_per_s;
    *out = gain >= 1.7 ? 1.0 : gain >= 1.1 ? 2.0 : 3.0;
    return TR_OK;
}

/* The same multiplies and formats without the experts that a token leaves out. */
JUDGED(dense_twin)
{
    const tr_model *m = c->question->model;
    (void)err;
    if (!(m->total_param > 1.05 * m->active_param))
        return TR_ENOFIT;
    const double dense_seq = tr_ridge_flop_per_byte(roof(c)) * roof(c)->weight_byte / 2.0;
    *out = first_if(tr_balance_batch_seq(roof(c), 0) > dense_seq);
    return TR_OK;
}

JUDGED(ten_times_bandwidth)
{
    const double now_flop_per_byte = tr_ridge_flop_per_byte(roof(c));
    tr_roofline faster = *roof(c);
    (void)err;
    faster.byte_per_s *= 10.0;
    const double ratio = tr_ridge_flop_per_byte(&faster) / now_flop_per_byte;
    *out = ratio > 2.0 ? 1.0 : ratio < 0.5 ? 2.0 : 3.0;
    return TR_OK;
}

JUDGED(half_price)
{
    const tr_swing swing = tr_swing_of(1);
    double slow = 0.0;
    const tr_status s = slow_mode(c, &slow, err);
    if (s == TR_OK) /* a larger batch would have to reach it; else idle places, where users leave some */
        *out = slow == 1.0 ? 2.0 : tr_swing_mean_share(&swing) < 1.0 ? 1.0 : 3.0;
    return s;
}

JUDGED(what_halves)
{
    const double weight_byte = roof(c)->store_weight_byte, chips = roof(c)->chip_count;
    const double kv_byte =
        tr_model_kv_store_byte(c->question->model, c->context_token, tr_dtype_byte(roof(c)->kv_dtype));
    const double weights = tr_stage_byte_per_chip(weight_byte, 0, chips, 2, c->batch_seq) /
                           tr_stage_byte_per_chip(weight_byte, 0, chips, 1, c->batch_seq);
    const double cache = tr_stage_byte_per_chip(0, kv_byte, chips, 2, c->batch_seq) /
                         tr_stage_byte_per_chip(0, kv_byte, chips, 1, c->batch_seq);
    (void)err;
    if (!(kv_byte > 0.0))
        return TR_ENOFIT;
    *out = weights < 0.75 ? (cache < 0.75 ? 3.0 : 1.0) : 2.0;
    return TR_OK;
}

JUDGED(prefill_side)
{
    const tr_load load = {.phase = TR_PHASE_PREFILL, .batch_seq = 1, .query_token = 8192};
    tr_step step;
    const tr_status s = tr_bound_step(roof(c), &load, &step, err);
    if (s == TR_OK)
        *out = first_if(step.compute_s < memory_s(&step));
    return s;
}

JUDGED(weights_side)
{
    (void)err;
    *out = first_if(tr_weight_intensity_flop_per_byte(roof(c), c->batch_seq) < tr_ridge_flop_per_byte(roof(c)));
    return TR_OK;
}

JUDGED(attention_side)
{
    const double intensity = tr_attention_intensity_flop_per_byte(roof(c), c->context_token);
    (void)err;
    if (!(intensity > 0.0 && intensity < HUGE_VAL))
        return TR_ENOFIT;
    *out = first_if(intensity < tr_ridge_flop_per_byte(roof(c)));
    return TR_OK;
}

JUDGED(what_ends_first)
{
    const double room = tr_shard_max_batch_seq(&c->question->shard, c->context_token);
    const double balance = tr_balance_batch_seq(roof(c), c->context_token);
    (void)err;
    if (!(room >= 1.0) || (!isfinite(room) && !isfinite(balance)))
        return TR_ENOFIT;
    *out = first_if(room < balance);
    return TR_OK;
}

const char tr_lesson_levers[] = "half the bytes of a weight|half the KV cache|twice the FLOP/s|twice the bandwidth";

tr_status tr_lesson_futile_lever(const tr_lesson_case *c, double *out, tr_error *err)
{
    tr_step step;
    const tr_status s = tr_lesson_decode(c, c->batch_seq, c->context_token, &step, err);
    if (s != TR_OK)
        return s;
    const double pulled[] = {larger(step.compute_s, step.weights_s / 2 + step.kv_s),
                             larger(step.compute_s, step.weights_s + step.kv_s / 2),
                             larger(step.compute_s / 2, memory_s(&step)), larger(step.compute_s, memory_s(&step) / 2)};
    int worst = 0;
    for (int i = 1; i < 4; i++)
        if (pulled[i] > pulled[worst])
            worst = i;
    for (int i = 0; i < 4; i++) /* one that stands out from all others */
        if (i != worst && pulled[i] > pulled[worst] * 0.999)
            return TR_ENOFIT;
    *out = worst + 1;
    return TR_OK;
}

/* ---- what is explained, where it is so ---------------------------------------------------- */

/* Asked where a call's answer, `it`, is as the sentence has it. */
#define WHERE(NAME, CALL, HOLDS)                                                                           \
    JUDGED(NAME)                                                                                           \
    {                                                                                                      \
        double it = 0.0;                                                                                   \
        const tr_status s = CALL(c, &it, err);                                                             \
        *out = 1.0;                                                                                        \
        return s == TR_OK && (HOLDS) ? TR_OK : TR_ENOFIT;                                                  \
    }

WHERE(explain_batch, tr_lesson_lone_penalty, it > 2.0)
WHERE(explain_slow, slow_mode, it == 2.0)
WHERE(explain_rack, tr_lesson_links, it > 1.0)
WHERE(explain_cliff, tr_lesson_cliff, it >= 1.0 && it < 1e12)
WHERE(explain_compute, what_waits, it == 1.0)

/* ---- the table ------------------------------------------------------------------------------ */

#define CHOICE .kind = TR_LESSON_CHOICE, .unit = TR_UNIT_NONE
#define EXPLAIN .kind = TR_LESSON_EXPLAIN, .unit = TR_UNIT_NONE
#define SIDES "memory-bound, left of the ridge|compute-bound, right of it"

const tr_lesson_row tr_lesson_judged[] = {
    {.id = "which-adds", .topic = "step", .equation = "R1", .answer = which_adds, CHOICE,
     .question = "Weights and cache are both read in a step of {sequences}. Is the step as long as",
     .choices = "both reads, one after the other|the longer of the two",
     .hint = "Do they use one conveyor belt, or two?",
     .reveal = "One bus, so the times add. Compute runs beside it, and there the larger of the two decides.",
     .otherwise = "here compute hides both, or one of them is not there",
     .card_front = "Sum or maximum?",
     .card_back = "The same resource: sum. Different resources: maximum."},
    {.id = "what-waits", .topic = "step", .equation = "R1", .answer = what_waits, CHOICE,
     .question = "{sequences} of {context} tokens decode on {system}. What is a step waiting for?",
     .choices = "memory: bytes|compute: multiplies",
     .hint = "Compare {batch} with the balance batch of this context, or both times.",
     .reveal = "The larger of the two times: reading {read} of weights, and {cache} of cache for each sequence; or 2 "
               "FLOP x {active} for each.",
     .otherwise = "this load does not run here",
     .card_front = "What decides whether decode waits for memory or for compute?",
     .card_back = "Whether the time to read weights and caches is above that of the multiplies: the batch moves "
                  "one, the context the other."},
    {.id = "slow-mode", .topic = "fast", .equation = "K2", .answer = slow_mode, CHOICE,
     .question = "Take the largest batch that fits {system} and still makes tokens cheaper. Can a larger one bring a "
                 "slow mode at a tenth of its price, however long users wait?",
     .choices = "yes|no",
     .hint = "What does each sequence bring that nobody shares?",
     .reveal = "A batch shares the weights alone. Each sequence's own multiplies and cache are the floor of its "
               "price.",
     .otherwise = "this load does not run here",
     .card_front = "Can a slow mode be ten times cheaper?",
     .card_back = "Only if the batch is still so small that weights are most of the price: compute and one's own "
                  "cache are not shared."},
    {.id = "explain-slow", .topic = "fast", .equation = "K2", .answer = explain_slow, EXPLAIN,
     .question = "Explain to a colleague: \"No slow mode is ten times cheaper, because ...\"",
     .ideas = "compute,flop,multipl,arithmetic;cache,kv;own,each,every sequence,not shared,unshared,nobody,alone",
     .hint = "Name two things that each sequence brings along, and why a larger batch does not help there.",
     .reveal = "... past the balance the weights are shared by so many that they cost next to nothing. What is left, "
               "a sequence's own multiplies and reading its own KV cache, is shared with nobody, in a batch of any "
               "size.",
     .otherwise = "here a larger batch would bring it that low, if memory held it",
     .card_front = "Why does a longer wait not make tokens ever cheaper?",
     .card_back = "A larger batch shares the weights, and those are already nearly free; compute and cache are each "
                  "one's own."},
    {.id = "explain-batch", .topic = "cost", .equation = "K1", .answer = explain_batch, EXPLAIN,
     .question = "Explain to a colleague: \"A token is so much cheaper when many users decode together, because ...\"",
     .ideas = "weight,parameter;once,share,amorti,split,spread,divide;batch,user,sequence,request",
     .hint = "What is read in each step, how often, and for whom?",
     .reveal = "... the weights are read once in a step, for one sequence or for thousands: the batch shares that "
               "read, and the machine costs the same.",
     .otherwise = "here a batch makes tokens hardly cheaper",
     .card_front = "Why does batching make tokens cheap?",
     .card_back = "One read of the weights serves every sequence of the batch."},
    {.id = "dense-twin", .topic = "balance", .equation = "R9", .answer = dense_twin, CHOICE,
     .question = "Which needs more sequences at a time to keep {system} busy, without a cache?",
     .choices = "{model}|a dense model of its {active} active parameters|both as many",
     .hint = "Both multiply as much for a token. Which reads more?",
     .reveal = "The mixture reads {total} parameters' bytes and multiplies with {active}: total over active times as "
               "many must share that read.",
     .otherwise = "this model is dense itself",
     .card_front = "Does sparsity raise or lower the batch that fills a machine?",
     .card_back = "It raises it: more is read for the same multiplies, so more users must share the read."},
    {.id = "batching-helps", .topic = "balance", .equation = "R1", .answer = twice_the_batch, CHOICE,
     .question = "Twice as many sequences as {batch}, if they fit: what becomes of the tokens a second of all?",
     .choices = "nearly twice as many|somewhat more|hardly more",
     .hint = "Which part of the step stays as it is, and how large is it?",
     .reveal = "What is shared, the weights' read, stays; caches and multiplies double. The gain is what the weights "
               "were of the step.",
     .otherwise = "this load does not run here",
     .card_front = "When does a larger batch stop helping?",
     .card_back = "When caches or multiplies, which grow with it, are most of the step."},
    {.id = "ten-times-bandwidth", .topic = "balance", .equation = "R7", .answer = ten_times_bandwidth, CHOICE,
     .question = "A later machine reads ten times as fast as {system} and multiplies no faster. Its balance batch "
                 "without cache is",
     .choices = "ten times as large|a tenth|the same",
     .hint = "FLOP/s over bandwidth, times the sparsity.",
     .reveal = "The ridge falls to a tenth, and the balance with it: fewer users fill it. Small services and long "
               "contexts gain most.",
     .otherwise = "this system has no peak",
     .card_front = "Who gains from more bandwidth alone?",
     .card_back = "Small batches and long contexts: the balance batch falls as the ridge does."},
    {.id = "half-price", .topic = "train", .equation = "K81", .answer = half_price, CHOICE,
     .question = "Providers give half off for work that may wait for a day. What can pay for that on {system}?",
     .choices = "places that users leave idle|a larger batch|nothing",
     .hint = "Past the balance a seat makes no token cheaper. But does every batch leave full, at four in the "
             "morning?",
     .reveal = "A batch leaves with its idle places too. Work that fills them costs no machine time, so that any "
               "price for it lowers what users pay: `tokenroof scale --part day`.",
     .otherwise = "this load does not run here",
     .card_front = "What pays for a batch API's discount?",
     .card_back = "Idle places at night and at weekends, not a larger batch."},
    {.id = "explain-rack", .topic = "domain", .equation = "L071", .answer = explain_rack, EXPLAIN,
     .question = "Explain to a colleague: \"{model} stays inside one scale-up domain, because ...\"",
     .ideas = "expert;all to all,all-to-all,any chip,every chip,everywhere;slow,bandwidth,network,link,scale-out",
     .hint = "Where does a token go in each layer, and over what?",
     .reveal = "... its experts are spread over all chips, and each token goes to some of them and back in every "
               "layer, all to all. Links that leave the domain are many times slower than those inside.",
     .otherwise = "this model has no experts, or this chip's links are not known",
     .card_front = "Why is the domain the home of a mixture?",
     .card_back = "All-to-all traffic of experts in every layer, over links that are fast only inside the domain."},
    {.id = "what-halves", .topic = "pipeline", .equation = "L083", .answer = what_halves, CHOICE,
     .question = "A second {system} becomes a second pipeline stage, and both are kept busy. What halves on a chip?",
     .choices = "its weights|its KV cache|both",
     .hint = "Half of the layers each. How many sequences are under way now?",
     .reveal = "Weights halve. Twice as many sequences are in flight, each with half of its layers here: the stages "
               "cancel out of the cache.",
     .otherwise = "this model keeps no cache",
     .card_front = "What does a pipeline not help with?",
     .card_back = "The KV cache: more stages need more sequences in flight."},
    {.id = "prefill-side", .topic = "prefill", .equation = "R1", .answer = prefill_side, CHOICE,
     .question = "A prompt of 8,192 tokens is read in on {system}. It is",
     .choices = SIDES,
     .hint = "How many tokens share one read of the weights?",
     .reveal = "All tokens of the prompt share one read: the pass is its own batch of 8,192.",
     .otherwise = "such a prompt does not run here",
     .card_front = "On which side of the ridge is prefill?",
     .card_back = "Right of it, for prompts longer than the balance batch."},
    {.id = "explain-cliff", .topic = "cliff", .equation = "R10", .answer = explain_cliff, EXPLAIN,
     .question = "Explain to a colleague: \"Long prompts cost more from some length on, because ...\"",
     .ideas = "cache,kv;read,bandwidth,memory,bytes;longer than,more than,outgrow,exceed,beyond,overtak,dominat",
     .hint = "Two times that belong to each sequence. One grows with the context.",
     .reveal = "... reading a sequence's KV cache takes longer than multiplying for it from there on, and no batch "
               "shares that read: memory sets the pace, in proportion to the context.",
     .otherwise = "here the cache never outgrows compute",
     .card_front = "Why is there a price step for long contexts?",
     .card_back = "Beyond the cliff each token waits for its own cache's bytes, which no batch shares."},
    {.id = "weights-side", .topic = "ridge", .equation = "R15", .answer = weights_side, CHOICE,
     .question = "The weight multiplies of {sequences} on {system}, whose ridge is {ridge}: which side?",
     .choices = SIDES,
     .hint = "About 2 x batch over the bytes of a weight, less for a mixture; against the ridge.",
     .reveal = "Intensity against ridge. The batch moves this point to the right.",
     .otherwise = "nothing is read here",
     .card_front = "Which side of the ridge, and what moves it?",
     .card_back = "The weight multiplies' intensity grows with the batch: left of the ridge bytes decide, right of "
                  "it FLOPs."},
    {.id = "attention-side", .topic = "ridge", .equation = "R16", .answer = attention_side, CHOICE,
     .question = "And attention over {context} tokens of cache, at any batch?",
     .choices = SIDES,
     .hint = "Does anyone else read this sequence's cache?",
     .reveal = "Query heads for each stored key set its intensity; the batch does not move it.",
     .otherwise = "nothing is known of this model's attention, or it reads no cache",
     .card_front = "Does batching move attention along the roofline?",
     .card_back = "No: every sequence reads its own cache."},
    {.id = "what-ends-first", .topic = "ridge", .equation = "R12", .answer = what_ends_first, CHOICE,
     .question = "More and more sequences of {context} tokens join. What happens first on {system}?",
     .choices = "memory is full|compute is busy",
     .hint = "The balance batch of this context, against what {room} a chip for caches hold.",
     .reveal = "Whichever batch is smaller: what memory holds, or the balance. Short of that, save bytes.",
     .otherwise = "neither ends here",
     .card_front = "Does memory or compute end the batch?",
     .card_back = "Often memory: caches fill it before the balance batch is reached."},
    {.id = "futile-lever", .topic = "ridge", .equation = "R1", .answer = tr_lesson_futile_lever, CHOICE,
     .question = "Faster decode for {sequences} of {context} tokens on {system}: which lever is futile?",
     .choices = tr_lesson_levers,
     .hint = "Pull each in the equation. Which term was not the larger one?",
     .reveal = "What is not waited for may be made faster without any effect.",
     .otherwise = "no lever alone stands out as futile",
     .card_front = "Which lever is futile?",
     .card_back = "The one on the side of the maximum that is not the larger: FLOP/s while bytes decide."},
    {.id = "explain-compute", .topic = "ridge", .equation = "R1", .answer = explain_compute, EXPLAIN,
     .question = "Explain to a colleague: \"More compute will not speed up our decode, because ...\"",
     .ideas = "memory,bandwidth,bytes;weight,cache,kv,parameter;idle,wait,unused,spare,starv",
     .hint = "What is decode waiting for, what is being read, and what do the multipliers do meanwhile?",
     .reveal = "... decode of {sequences} is left of the ridge: each step waits until weights and KV caches are "
               "read, and the multipliers idle meanwhile. Fewer bytes help: smaller formats, fewer KV heads.",
     .otherwise = "here decode does wait for compute",
     .card_front = "Why does more compute not speed up decode?",
     .card_back = "It is memory-bound: weights and caches are re-read for each token, and spare FLOPs stay idle."},
};
const size_t tr_lesson_judged_count = sizeof tr_lesson_judged / sizeof tr_lesson_judged[0];
