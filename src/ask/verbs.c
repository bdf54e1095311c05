/* ask/verbs.c -- the table of verbs: a row each, its inputs, its answer, its pictures. */
#include <tokenroof/ask.h>
#include <tokenroof/verb.h>

#include <string.h>

#include "ask/figure_parts.h"
#include "ask/prepare.h"
#include "base/fail.h"

/* ---- answers with several forms ---------------------------------------------------- */

static tr_status answer_step(const tr_scenario *scenario, const tr_problem *question, const tr_style *style,
                             tr_sink *sink, tr_error *err)
{
    return tr_is_by_operator(scenario) ? tr_answer_operators(scenario, question, style, sink, err)
                                    : tr_answer_step(scenario, question, style, sink, err);
}

static tr_status tell_oracle(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err)
{
    return tr_answer_oracle(subject->scenario, subject->model, subject->system, style, sink, err);
}

static tr_status tell_models(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err)
{
    return subject->model != NULL ? tr_answer_model(subject->scenario, subject->model, style, sink, err)
                                  : tr_answer_models(subject->scenario, NULL, style, sink, err);
}

static tr_status tell_chips(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err)
{
    return subject->system != NULL ? tr_answer_chip(subject->scenario, subject->system, style, sink, err)
                                   : tr_answer_chips(subject->scenario, NULL, style, sink, err);
}

static tr_status tell_prices(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err)
{
    const char *const *name = subject->operand;
    const tr_price *a = NULL, *b = NULL;
    if (name[0] == NULL)
        return tr_answer_prices(NULL, style, sink, err);
    const tr_status named = tr_price_named(name[0], &a, err);
    if (name[1] != NULL) {
        const tr_status s = named == TR_OK ? tr_price_named(name[1], &b, err) : named;
        return s == TR_OK ? tr_answer_price_diff(a, b, style, sink, err) : s;
    }
    if (named == TR_OK)
        return tr_answer_price(a, style, sink, err);
    /* Of several providers, or only a part of names: a list. */
    return strchr(name[0], '@') == NULL ? tr_answer_prices(name[0], style, sink, err) : named;
}

static tr_status tell_explain(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err)
{
    return tr_answer_explain(subject->operand[0], subject->experiment, style, sink, err);
}

static tr_status tell_lecture(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err)
{
    if (tr_input_choice(subject->scenario, TR_IN_MARKDOWN) == 1)
        return tr_answer_lecture_markdown(subject->experiment, sink, err);
    tr_lecture_ask ask = {.topic = tr_input_text(subject->scenario, TR_IN_TOPIC)};
    while (ask.word_count < TR_LECTURE_WORDS && ask.word_count < TR_OPERAND_MAX &&
           subject->operand[ask.word_count] != NULL) {
        ask.word[ask.word_count] = subject->operand[ask.word_count];
        ask.word_count++;
    }
    return tr_answer_lecture(&ask, subject->experiment, style, sink, err);
}

static tr_status tell_compare(const tr_subject *subject, const tr_style *style, tr_sink *sink, tr_error *err)
{
    return tr_answer_compare(subject->cases, subject->case_count, style, sink, err);
}

/* ---- pictures ------------------------------------------------------------------------ */

#define DRAWS_QUESTION(NAME)                                                                               \
    static tr_status draw_##NAME(const tr_scenario *scenario, const tr_problem *question,                  \
                                 const tr_figure_target *target, tr_sink *sink, tr_error *err)             \
    {                                                                                                      \
        (void)scenario;                                                                                    \
        return tr_answer_figure_##NAME(question, target, sink, err);                                       \
    }
DRAWS_QUESTION(batch)
DRAWS_QUESTION(cost)
DRAWS_QUESTION(overlap)
DRAWS_QUESTION(roof)
DRAWS_QUESTION(room)

static tr_status draw_step(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                           tr_sink *sink, tr_error *err)
{
    const tr_along along = {question, TR_ALONG_QUERY, question->load.batch_seq, question->load.context_token};
    if (tr_is_by_operator(scenario))
        return tr_answer_figure_operators(scenario, question, target, sink, err);
    return tr_asks_prefill(scenario) ? tr_figure_query(&along, target, sink, err)
                                  : tr_answer_figure_batch(question, target, sink, err);
}

static int is_one_pass(const tr_scenario *scenario)
{
    return !tr_is_by_operator(scenario) && tr_input_check_lists(scenario, NULL, 0, NULL) == TR_OK;
}

static tr_status draw_curve(const tr_scenario *scenario, const tr_problem *question, const tr_figure_target *target,
                            tr_sink *sink, tr_error *err)
{
    return tr_answer_curve_figure(scenario, question, 0, target, sink, err);
}

static tr_status draw_curve_rate(const tr_scenario *scenario, const tr_problem *question,
                                 const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_curve_figure(scenario, question, 2, target, sink, err);
}

/* The last. */
static tr_status draw_curve_use(const tr_scenario *scenario, const tr_problem *question,
                                const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_curve_figure(scenario, question, tr_answer_curve_figures(scenario) - 1, target, sink, err);
}

static int is_over_batch(const tr_scenario *scenario)
{
    return tr_input_choice(scenario, TR_IN_OVER) == TR_ALONG_BATCH;
}

static tr_status show_oracle(const tr_subject *subject, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_oracle(subject->scenario, subject->model, subject->system, target, sink, err);
}

/* A request of one token has no time between tokens. */
static int has_tpot(const tr_scenario *scenario)
{
    return !tr_input_is_set(scenario, TR_IN_OSL) || tr_input_number(scenario, TR_IN_OSL) > 1.0;
}

static const tr_verb_figure predict_figures[] = {
    {"", "time per output token over load", tr_answer_figure_predict_tpot, NULL, has_tpot},
    {"-ttft", "time to the first token over load", tr_answer_figure_predict_ttft, NULL, NULL},
    {"-cost", "dollars for a million output tokens against speed", tr_answer_figure_predict_cost, NULL, has_tpot}};

static tr_status show_cases(const tr_subject *subject, const tr_figure_target *target, tr_sink *sink, tr_error *err)
{
    return tr_answer_figure_cases(subject->cases, subject->case_count, target, sink, err);
}

static const tr_verb_figure compare_figures[] = {
    {"", "TTFT, TPOT and dollars of each case with its interval", NULL, show_cases, NULL}};
static const tr_verb_figure report_figures[] = {
    {"", "time of a decode step over batch", draw_batch, NULL, NULL},
    {"-cost", "dollars for a million tokens over batch", draw_cost, NULL, NULL}};
static const tr_verb_figure step_figures[] = {
    {"", "time of a decode step over batch; dollars for a million tokens over query", draw_step, NULL, NULL},
    {"-overlap", "compute beside memory and links in one pass", draw_overlap, NULL, is_one_pass}};
static const tr_verb_figure curve_figures[] = {
    {"", "time of a decode step over batch or context; dollars for a million tokens over query", draw_curve, NULL,
     NULL},
    {"-cost", "dollars for a million tokens over batch", draw_cost, NULL, is_over_batch},
    {"-rate", "tokens a second over batch", draw_curve_rate, NULL, is_over_batch},
    {"-use", "shares of peak compute (MFU) and bandwidth (MBU)", draw_curve_use, NULL, NULL}};
static const tr_verb_figure roof_figures[] = {{"", "the roofline", draw_roof, NULL, NULL}};
static const tr_verb_figure layout_figures[] = {
    {"", "layouts by the time of a step", tr_answer_figure_layout, NULL, NULL}};
static const tr_verb_figure memory_figures[] = {{"", "the largest batch over context", draw_room, NULL, NULL}};
static const tr_verb_figure local_figures[] = {
    {"", "tokens a second of each quantisation over its file", tr_answer_figure_local, NULL, NULL},
    {"-context", "tokens a second over context", tr_answer_figure_local_context, NULL, NULL}};
static const tr_verb_figure menu_figures[] = {{"", "cost against speed", tr_answer_figure_menu, NULL, NULL}};
static int has_rl(const tr_scenario *scenario) { return tr_input_is_set(scenario, TR_IN_RL_DECODE); }

static const tr_verb_figure lifecycle_figures[] = {
    {"", "cost of a life against the model's size", tr_answer_figure_lifecycle, NULL, NULL},
    {"-rl", "reinforcement learning's MFU over the share of its time in sampling", tr_answer_figure_rl, NULL, has_rl}};
static const tr_verb_figure scale_figures[] = {
    {"", "limits of context length, or the part asked for", tr_answer_figure_scale, NULL, NULL},
    {"-day", "places taken over a week", tr_answer_figure_day, NULL, tr_answer_has_day}};
static const tr_verb_figure tiers_figures[] = {
    {"", "cost of keeping a cache over the time it is held", tr_answer_figure_tiers, NULL, NULL}};
static const tr_verb_figure oracle_figures[] = {
    {"", "what the prices say, against what is known", NULL, show_oracle, NULL}};

/* ---- the table ----------------------------------------------------------------------- */

#define OF TR_GROUP_BIT
#define ASKED (OF(SOURCE) | OF(OUTPUT) | OF(OUTPUT_QUESTION))
#define QUESTION                                                                                           \
    (OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(PHYSICS) | ASKED)

#define PREDICTED                                                                                          \
    (OF(MODEL) | OF(SYSTEM) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(ENGINE) | OF(LAYOUT) | OF(SERVICE) |   \
     OF(PROTOCOL) | OF(SCHEDULE) | OF(DRAFT) | OF(ENERGY) | OF(ANSWER) | OF(TRAFFIC) | ASKED)

#define OVER TR_VERB_OVER_BATCHES
#define SERVED TR_VERB_SERVED
#define BESIDE TR_VERB_PICTURE_BESIDE
#define QUERIES TR_VERB_QUERIES
#define FIGURES(LIST) .figures = (LIST), .figure_count = sizeof(LIST) / sizeof(LIST)[0]
#define LISTS(...)                                                                                         \
    .lists = (const tr_input_id[]){__VA_ARGS__},                                                           \
    .list_count = sizeof((const tr_input_id[]){__VA_ARGS__}) / sizeof(tr_input_id)

static const tr_verb verbs[] = {
    {.name = "predict",
     .words = "estimate latency throughput ttft tpot speed serve serving bench benchmark run simulate",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = PREDICTED | OF(OUTPUT_PICTURE),
     .doc = "requests of a given input and output length at a given load: time to first token (TTFT), time per "
            "output token (TPOT), throughput and cost, each with its 90 % interval and its lower bound",
     .examples = "tokenroof predict qwen3-32b 4xh100-sxm --isl 8k --osl 1k --concurrency 32 --engine vllm\n"
                 "tokenroof predict deepseek-v3 8xb200-sxm --rate 2/s --slo 'ttft:p95<2s,tpot<50ms'\n"
                 "tokenroof predict llama-3.1-70b 8xh100-sxm --concurrency 1..256x2 --csv\n"
                 "tokenroof predict deepseek-v3 8xb200-sxm --isl 8k --plot load.svg   # and load-ttft, load-cost\n"
                 "tokenroof predict deepseek-v3 gb200-nvl72 --disagg 1:3 --isl 8k --osl 1k --concurrency 512\n",
     .job = "How fast will it be, and what will a token cost?",
     .next = "`tokenroof whatif` with the same options: what each input is worth; `tokenroof compare` with one more "
             "system: which is better",
     .flags = SERVED | BESIDE | TR_VERB_EVERY_LIST,
     .answer = tr_answer_predict,
     FIGURES(predict_figures),
     LISTS(TR_IN_ISL, TR_IN_OSL, TR_IN_CONCURRENCY, TR_IN_RATE, TR_IN_USERS, TR_IN_THINK, TR_IN_PREFIX_HIT,
           TR_IN_MAX_SEQS, TR_IN_CHUNK)},
    {.name = "compare",
     .words = "versus vs diff which better",
     .topic = "How long, and why",
     .operands = "CASE...",
     .groups = PREDICTED | OF(OUTPUT_PICTURE),
     .doc = "predict for several cases side by side: differences, ratios, and whether the 90 % intervals settle "
            "which is better. A CASE is 'MODEL SYSTEM [options]' in quotes; or name one MODEL and several SYSTEMs, "
            "or several MODELs and one SYSTEM. Options outside the quotes apply to every case",
     .examples = "tokenroof compare llama-3.1-70b 8xh100-sxm 4xb200-sxm mi300x-platform --concurrency 64\n"
                 "tokenroof compare deepseek-v3 qwen3-235b-a22b 8xh200-sxm --isl 8k --osl 1k --plot which.svg\n"
                 "tokenroof compare 'llama-3.1-70b 8xh100-sxm' 'llama-3.1-70b 4xb200-sxm --weights fp8' --isl 8k\n",
     .job = "Which is better: models, systems or settings side by side?",
     .next = "`tokenroof predict MODEL SYSTEM` with one case's options: what limits it, and what would help",
     .flags = SERVED,
     .tell = tell_compare,
     FIGURES(compare_figures)},
    {.name = "whatif",
     .words = "what-if sensitivity bottleneck improve",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = PREDICTED | OF(OUTPUT_WHATIF),
     .doc = "how much each input of predict matters: bandwidth, FLOP/s, memory, links, chips, price, parts of the "
            "model and the load, each x2, x10 and /2, and which change helps most; or one question by name",
     .examples = "tokenroof whatif llama-3.1-70b 8xh100-sxm --isl 8k --osl 1k --concurrency 64\n"
                 "tokenroof whatif deepseek-v3 gb200-nvl72 --question double-domain\n",
     .next = "`tokenroof predict` with a change that is printed in brackets, an override behind a name or an option: "
             "that case in full",
     .flags = SERVED,
     .answer = tr_answer_whatif},
    {.name = "report",
     .words = "summary overview all",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(ENERGY) | OF(ANSWER) | OF(TRAFFIC) | OF(OUTPUT_PICTURE) |
               OF(OUTPUT_WORKING),
     .doc = "everything about MODEL on SYSTEM on one page: the prediction, and the roofline, costs and memory behind "
            "it",
     .examples = "tokenroof report deepseek-v3 gb200-nvl72\n"
                 "tokenroof report path/to/config.json 8xh100-sxm --context 32k --kv fp8\n"
                 "tokenroof report deepseek-v3 gb200-nvl72 --plot report.svg   # and report-cost.svg\n",
     .job = "Why? Everything about a model on a system, on one page",
     .flags = OVER | SERVED | BESIDE | TR_VERB_PAGE_DRAWS,
     .answer = tr_answer_report,
     FIGURES(report_figures)},
    {.name = "step",
     .words = "pass forward decode prefill operators profile breakdown",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(SCHEDULE) | OF(DRAFT) | OF(PASS) |
               OF(OUTPUT_BY) | OF(OUTPUT_PICTURE) |
               OF(OUTPUT_WORKING),
     .doc = "one forward pass: where its time goes, what limits it, throughput and cost; lists and ranges give rows",
     .examples =
         "tokenroof step deepseek-v3 gb200-nvl72 --batch 64 --context 8k\n"
         "tokenroof step llama-3.1-70b 4xh100-sxm --weights fp8 --batch 1..64x2 --engine vllm\n"
         "tokenroof step llama-3.1-70b 8xh100-sxm --query 1..8192x4   # decode, then prefill chunks\n"
         "tokenroof step deepseek-v3 gb200-nvl72 --batch 4096 --by operator\n"
         "tokenroof step total=671e9,active=37e9,kv=70272,weight=1 flops=2e15,bw=3.35TB/s --batch 1..4096x2\n"
         "tokenroof step --preset relearning-02\n",
     .flags = SERVED | BESIDE | QUERIES,
     .answer = answer_step,
     .prepare = tr_prepare_step,
     FIGURES(step_figures),
     LISTS(TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY)},
    {.name = "curve",
     .words = "plot graph chart batch sweep",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE) | OF(OUTPUT_CURVE),
     .doc = "step time, cost, throughput, MFU and MBU over batch, context or tokens in a pass, with the points marked "
            "where the limit changes; the price of output over input",
     .examples = "tokenroof curve deepseek-v3 gb200-nvl72 --context 1k\n"
                 "tokenroof curve llama-3.1-70b 8xh100-sxm --over context --batch 64 --plot context.svg\n"
                 "tokenroof curve llama-3.1-70b 8xh100-sxm --over query --batch 64 --ratio 5\n"
                 "tokenroof curve llama-3.1-70b 8xh100-sxm --batch 1..256x2 --csv\n",
     .flags = OVER | SERVED | QUERIES,
     .answer = tr_answer_curve,
     .prepare = tr_prepare_curve,
     FIGURES(curve_figures),
     LISTS(TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY)},
    {.name = "roof",
     .words = "roofline ridge intensity mfu mbu",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE),
     .doc = "the roofline: weight multiplies at each batch, attention and prefill against the ridge point of every "
            "format the chip multiplies in, and where memory is full",
     .examples = "tokenroof roof deepseek-v3 gb200-nvl72\n"
                 "tokenroof roof llama-3.1-70b 8xh100-sxm --plot roof.svg\n",
     .flags = OVER | SERVED | QUERIES,
     .answer = tr_answer_roof,
     .prepare = tr_prepare_roof,
     FIGURES(roof_figures),
     LISTS(TR_IN_BATCH)},
    {.name = "layout",
     .words = "parallel parallelism tp ep pp shard sharding topology",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE),
     .doc = "every valid tensor, expert, pipeline and data parallel layout of the model on the chips: memory, link "
            "traffic and speed of each, and why one wins",
     .examples = "tokenroof layout deepseek-v3 gb200-nvl72 --batch 4096\n"
                 "tokenroof layout llama-3.1-70b 8xh100-sxm --batch 64 --context 8k --plot layout.svg\n"
                 "tokenroof layout llama-3.1-70b 8xh100-sxm --batch 64 --tp 4 --csv\n",
     .flags = SERVED | QUERIES,
     .answer = tr_answer_layout,
     .prepare = tr_prepare_layout,
     FIGURES(layout_figures)},
    {.name = "memory",
     .words = "fit fits vram kv size capacity oom",
     .topic = "How long, and why",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(DRAFT) | OF(OUTPUT_PICTURE),
     .doc = "what fits: weights, KV cache and state; the largest batch and the longest context",
     .examples = "tokenroof memory llama-3.1-70b 8xh100-sxm --batch 64 --context 32k\n"
                 "tokenroof memory llama-3.1-70b 8xh100-sxm --plot memory.svg\n",
     .job = "Will it fit?",
     .flags = SERVED | QUERIES,
     .answer = tr_answer_memory,
     .prepare = tr_prepare_memory,
     FIGURES(memory_figures),
     LISTS(TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY)},
    {.name = "local",
     .words = "mine laptop desktop home pc mac gguf ollama run quantisation quantization",
     .topic = "How long, and why",
     .operands = "MODEL [SYSTEM]",
     .groups = OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(ENGINE) | OF(LAYOUT) | OF(SERVICE) |
               OF(ANSWER) | OF(SCHEDULE) | ASKED | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     .doc = "can it run on mine: every quantisation (--weights: these) that fits, with its file, the longest context, "
            "one user's tokens/s at a short and a long context and the time to the first token; the one to take and "
            "why; where none fits, what would. Without SYSTEM: this machine",
     .examples = "tokenroof local qwen3-30b-a3b m3-max-40,mem=64GB\n"
                 "tokenroof local llama-3.1-70b rtx-4090 --context 8k\n"
                 "tokenroof local qwen3-32b 2xrtx-3090 --weights q4_k_m,q5_k_m,q8_0 --kv q8_0\n"
                 "tokenroof local gpt-oss-20b                             # this machine\n"
                 "tokenroof local qwen3-8b ryzen-ai-max-395 --plot local.svg\n",
     .job = "Will it run on mine?",
     .next = "`tokenroof step` with the same names and --weights: where the time of a token goes",
     .flags = SERVED | BESIDE,
     .answer = tr_answer_local,
     .prepare = tr_prepare_local,
     FIGURES(local_figures),
     LISTS(TR_IN_CONTEXT, TR_IN_WEIGHT_DTYPE)},
    {.name = "menu",
     .words = "fast pareto tradeoff batching",
     .topic = "What it costs",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(DRAFT) | OF(MENU) | OF(TRAFFIC) | OF(OUTPUT_PICTURE) |
               OF(OUTPUT_WORKING),
     .doc = "price against speed: small, balanced and large batches (a fast, normal and slow mode), with drafts and "
            "without; the largest batch for a wanted speed; fast modes, those on sale too: plausible here, or what "
            "they would need",
     .examples = "tokenroof menu deepseek-v3 gb200-nvl72 --context 1k\n"
                 "tokenroof menu llama-3.1-70b 8xh100-sxm --draft-model llama-3.2-1b --batch 8,64\n"
                 "tokenroof menu deepseek-v3 gb200-nvl72 --speed 50,100,200\n"
                 "tokenroof menu llama-3.1-70b 8xh100-sxm --price-ratio 6 --speed-ratio 2.5\n",
     .flags = OVER | SERVED,
     .answer = tr_answer_menu,
     FIGURES(menu_figures),
     LISTS(TR_IN_BATCH, TR_IN_SPEED)},
    {.name = "lifecycle",
     .words = "life train training overtraining",
     .topic = "What it costs",
     .operands = "MODEL SYSTEM",
     .groups = OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(ENGINE) | OF(LAYOUT) |
               OF(LIFE) | ASKED | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     .doc = "compute and cost of pre-training, reinforcement learning and serving over a model's life; MFU from "
            "chip-hours or tokens/s and back, and of reinforcement learning from decoding; overtraining; the model "
            "size to choose for its traffic",
     .examples = "tokenroof lifecycle deepseek-v3 8xh200-sxm --train-tokens 14.8e12\n"
                 "tokenroof lifecycle deepseek-v3 h800-sxm --train-tokens 14.8e12 --gpu-hours 2.788M\n"
                 "tokenroof lifecycle llama-3.1-70b h100-sxm --serve 1e6,1e7,1e8 --csv\n"
                 "tokenroof lifecycle total=100e9 h100-sxm --train-tokens 2e12 --plot life.svg\n",
     .flags = OVER | SERVED,
     .answer = tr_answer_lifecycle,
     .prepare = tr_prepare_lifecycle,
     FIGURES(lifecycle_figures),
     LISTS(TR_IN_SERVE_RATE)},
    {.name = "scale",
     .words = "world racks cluster pod pipeline",
     .topic = "What it costs",
     .operands = "MODEL SYSTEM",
     .groups = QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(SCALE) | OF(ANSWER) | OF(TRAFFIC) | OF(OUTPUT_PICTURE) |
               OF(OUTPUT_WORKING),
     .doc = "from one machine to the world's traffic: batch schedule and racks, places idle over a day and work that "
            "may wait, what a larger domain gives, expert traffic, how many boxes a model needs and pipelines over "
            "them, sparsity, sparse attention, limits of context length",
     .examples = "tokenroof scale deepseek-v3 gb200-nvl72 --context 8k\n"
                 "tokenroof scale deepseek-v3 gb200-nvl72 --context 8k --day conversation --part day\n"
                 "tokenroof scale llama-3.1-405b 8xh100-sxm --part pipeline\n"
                 "tokenroof scale deepseek-v3 gb200-nvl72 --part domain --plot domain.svg\n"
                 "tokenroof scale llama-3.1-70b 8xh100-sxm --part attention --batch 8\n"
                 "tokenroof scale llama-3.1-70b 8xh100-sxm --part wall --plot wall.svg\n",
     .flags = OVER | SERVED,
     .answer = tr_answer_scale,
     FIGURES(scale_figures),
     LISTS(TR_IN_STAGES)},
    {.name = "tiers",
     .words = "cache storage offload",
     .topic = "What it costs",
     .operands = "MODEL SYSTEM",
     .groups = OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(PHYSICS) |
               OF(ENGINE) | OF(LAYOUT) | OF(TIER) | ASKED | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     .doc = "where to keep a KV cache between requests: in memory, DDR, flash or on disk, or computed again; "
            "what a fetch costs the drive and the chip; break-even times by money and by drain time; what a hit and a "
            "write could be sold at; time to the first token after a hit, with --new tokens that are not held",
     .examples = "tokenroof tiers deepseek-v3 8xh200-sxm --context 32k\n"
                 "tokenroof tiers llama-3.1-70b gb200-nvl72 --hold 10,5min,1h --hits 3 --qlc-price 300\n"
                 "tokenroof tiers llama-3.1-8b h100-sxm --stall 0 --new 512\n"
                 "tokenroof tiers deepseek-v3 8xh200-sxm --plot tiers.svg\n",
     .flags = SERVED,
     .answer = tr_answer_tiers,
     FIGURES(tiers_figures),
     LISTS(TR_IN_HOLD, TR_IN_WRITE_RATIO)},
    {.name = "oracle",
     .words = "infer margin reverse backwards",
     .topic = "What it costs",
     .operands = "[PRICES]",
     .groups = OF(ORACLE) | OF(MODEL) | OF(SYSTEM) | OF(CACHE) | OF(PRICE) | ASKED | OF(OUTPUT_PICTURE) |
               OF(OUTPUT_WORKING),
     .doc = "published prices read backwards: how large the model is if it is priced like open models, with every "
            "other piece of evidence there is, and what each of them changes",
     .examples = "tokenroof oracle deepseek/deepseek-chat\n"
                 "tokenroof oracle input=5,output=25,cached=0.5,write_5m=6.25,threshold=200k,long_output=1.5\n"
                 "tokenroof oracle claude-opus-4-6 --fast-speed 2.5\n"
                 "tokenroof oracle input=0.55,output=2.19 --launch 2025-01 --total 671b --measured-speed 30@4k\n"
                 "tokenroof oracle --backtest\n"
                 "tokenroof oracle deepseek/deepseek-chat --model deepseek-v3 --system h800-sxm --price 2\n"
                 "tokenroof oracle fireworks/gpt-oss-120b --plot oracle.svg\n",
     .job = "What do published prices say about who runs it, and how?",
     .flags = SERVED,
     .tell = tell_oracle,
     FIGURES(oracle_figures)},
    {.name = "reversible",
     .words = "revnet mirror cipher",
     .topic = "What it costs",
     .operands = "[MODEL] [SYSTEM]",
     .groups = OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(REVERSIBLE) | ASKED |
               OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING) | OF(OUTPUT_MEASURE),
     .doc = "reversible layers: memory saved and compute paid in training; ciphers and layers inverted, a small "
            "stack trained and counted here",
     .examples =
         "tokenroof reversible\n"
         "tokenroof reversible llama-3.1-8b 8xh100-sxm\n"
         "tokenroof reversible llama-3.1-8b 8xh100-sxm --sequence 32k --plot mirror.svg\n",
     .flags = SERVED | BESIDE},
    {.name = "validate",
     .words = "check verify accuracy error test",
     .topic = "How far off it is",
     .operands = "FILE...",
     .groups = OF(PHYSICS) | OF(PROTOCOL) | OF(OUTPUT_JUDGE) | OF(OUTPUT) | OF(OUTPUT_QUESTION) | OF(OUTPUT_PICTURE),
     .doc = "predictions against measured runs, by fitted physics unless --physics is given: the error by system, "
            "model, engine and phase; what each physics misses",
     .examples = "tokenroof validate path/to/runs.csv path/to/kernels.csv\n"
                 "tokenroof validate path/to/runs.csv --metric tpot --json\n"
                 "tokenroof validate path/to/runs.csv --plot errors.svg --worst 20\n"},
    {.name = "fit",
     .words = "calibrate calibration",
     .topic = "How far off it is",
     .operands = "[FILE...]",
     .groups = OF(OUTPUT_FIT),
     .doc = "calibrate on measured serving runs, and test the fit on whole models and whole chips left out",
     .examples = "tokenroof fit path/to/runs.csv\n"
                 "tokenroof fit --all --truth path/to/truth --out path/to/calibration\n"},
    {.name = "models",
     .words = "model ls list catalog",
     .topic = "What is known",
     .operands = "[MODEL]",
     .groups = OF(MODEL) | OF(CACHE) | ASKED,
     .doc = "the catalog of models; with a name or a path, that model's layers, parameters and KV cache",
     .examples = "tokenroof models\n"
                 "tokenroof models deepseek-v3 --json\n"
                 "tokenroof models path/to/config.json --kv fp8\n",
     .flags = SERVED,
     .tell = tell_models},
    {.name = "chips",
     .words = "chip gpu gpus system systems hardware device devices",
     .topic = "What is known",
     .operands = "[SYSTEM]",
     .groups = OF(SYSTEM) | ASKED,
     .doc = "the catalog of chips and systems; with a name, its figures, prices and sources",
     .examples = "tokenroof chips\n"
                 "tokenroof chips gb200-nvl72\n",
     .flags = SERVED,
     .tell = tell_chips},
    {.name = "prices",
     .words = "price cost costs pricing",
     .topic = "What is known",
     .operands = "[PRICE] [OTHER]",
     .groups = OF(OUTPUT),
     .doc = "published prices: all, those of a provider or model, one with its sources, or two side by side",
     .examples = "tokenroof prices anthropic\n"
                 "tokenroof prices claude-opus-4-6\n"
                 "tokenroof prices deepseek-v3\n"
                 "tokenroof prices claude-sonnet-5@2026-08-01 claude-sonnet-5@2026-09-01\n",
     .flags = SERVED,
     .tell = tell_prices},
    {.name = "lesson",
     .words = "learn quiz tutorial exercise course",
     .topic = "What is known",
     .operands = "[MODEL] [SYSTEM]",
     .groups = OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | ASKED |
               OF(OUTPUT_LESSON) | OF(OUTPUT_TOPIC) | OF(OUTPUT_PICTURE),
     .doc = "exercises about the model and system named: a number, a choice, or an explanation; then the answer, and "
            "how far off it was; each with a picture, as a sketch and with its answer (f, or --plot of the first); a "
            "measured number under the roof",
     .examples = "tokenroof lesson\n"
                 "tokenroof lesson --path ten-minutes --progress path/to/progress.txt\n"
                 "tokenroof lesson qwen3-32b 2xh100-sxm --batch 8 --context 4k --measured 108/s\n"
                 "tokenroof lesson deepseek-v3 gb200-nvl72 --answers path/to/guesses.txt --json\n"
                 "tokenroof lesson --cards\n",
     .flags = OVER},
    {.name = "explain",
     .words = "equation equations formula why",
     .topic = "What is known",
     .operands = "[ID]",
     .groups = OF(OUTPUT),
     .doc = "an equation: formula, derivation, source, caveats; without ID, the list; or a claim of the lecture",
     .examples = "tokenroof explain R1\n"
                 "tokenroof explain L048\n",
     .flags = SERVED,
     .tell = tell_explain},
    {.name = "lecture",
     .words = "claim claims",
     .topic = "What is known",
     .operands = "[WORD...]",
     .groups = OF(OUTPUT) | OF(OUTPUT_LECTURE) | OF(OUTPUT_TOPIC),
     .doc = "the claims of the lecture behind this tool, each computed now: what it says and what comes out; those "
            "that hold every WORD, or one in full by its id, with its questions to type and their equations",
     .examples = "tokenroof lecture\n"
                 "tokenroof lecture flash\n"
                 "tokenroof lecture --topic tiers\n"
                 "tokenroof lecture L048\n",
     .flags = SERVED,
     .tell = tell_lecture},
    {.name = "web",
     .words = "server ui page http api gui dashboard",
     .topic = "About",
     .operands = "",
     .groups = OF(OUTPUT_WEB),
     .doc = "serve the page on this machine (127.0.0.1), and POST /api/VERB for scripts: a scenario as JSON, answered "
            "as by --json; for compare {\"cases\": [SCENARIO, SCENARIO, ...]}",
     .examples = "tokenroof web --port 8080   # then open the address it prints; Ctrl-C ends it\n"},
    {.name = "help",
     .words = "man usage",
     .topic = "About",
     .operands = "[VERB]",
     .groups = 0,
     .doc = "five verbs to begin with; `help all`: every verb; `help VERB`: its options; `help scenario`: the JSON "
            "Schema of a scenario; `help --man`: the man page as scdoc source",
     .examples = "tokenroof help step\n"},
    {.name = "completion",
     .topic = "About",
     .operands = "SHELL",
     .groups = 0,
     .doc = "a completion script for the shell (bash), or the models or systems it completes",
     .examples = "source <(tokenroof completion bash)\n"},
    {.name = "version",
     .topic = "About",
     .operands = "",
     .groups = 0,
     .doc = "version and commit",
     .examples = "",
     .flags = SERVED},
};

size_t tr_verb_count(void) { return sizeof verbs / sizeof verbs[0]; }

const tr_verb *tr_verb_at(size_t index) { return index < tr_verb_count() ? &verbs[index] : NULL; }
