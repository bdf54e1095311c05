/* cli/verbs.c -- the table of verbs: one row and one cmd_<verb>.c each. */
#include "cli/cli.h"

#include <stdint.h>
#include <string.h>

/* The groups that most verbs are asked. */
#define OF TR_GROUP_BIT
#define QUESTION                                                                                             \
    (OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(PHYSICS) | OF(SOURCE) |     \
     OF(OUTPUT) | OF(OUTPUT_QUESTION))

#define LISTS(...)                                                                                           \
    (const tr_input_id[]){__VA_ARGS__}, sizeof((const tr_input_id[]){__VA_ARGS__}) / sizeof(tr_input_id)
#define NO_LISTS NULL, 0
#define EVERY_LIST NULL, SIZE_MAX

const cli_verb cli_verbs[] = {
    {"predict", "How long, and why", "MODEL SYSTEM",
     OF(MODEL) | OF(SYSTEM) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(ENGINE) | OF(LAYOUT) | OF(SERVICE) |
         OF(SCHEDULE) | OF(SOURCE) | OF(OUTPUT) | OF(OUTPUT_QUESTION),
     "the first question: requests of a length at a load: time to first token, time per output token, throughput and "
     "dollars, each predicted with its 90 % interval beside its lower bound",
     "tokenroof predict qwen3-32b 4xh100-sxm --isl 8k --osl 1k --concurrency 32 --engine vllm\n"
     "tokenroof predict deepseek-v3 8xb200-sxm --rate 2/s --slo ttft:p95<2s,tpot<50ms\n"
     "tokenroof predict llama-3.1-70b 8xh100-sxm --concurrency 1..256x2 --csv\n"
     "tokenroof predict deepseek-v3 gb200-nvl72 --disagg 1:3 --isl 8k --osl 1k --concurrency 512\n",
     cmd_predict, EVERY_LIST},
    {"report", "How long, and why", "MODEL SYSTEM",
     QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     "the main job: everything about MODEL on SYSTEM on one page",
     "tokenroof report deepseek-v3 gb200-nvl72\n"
     "tokenroof report path/to/config.json 8xh100-sxm --context 32k --kv fp8\n"
     "tokenroof report deepseek-v3 gb200-nvl72 --plot report.svg   # and report-cost.svg\n",
     cmd_report, LISTS(TR_IN_BATCH, TR_IN_CONTEXT)},
    {"step", "How long, and why", "MODEL SYSTEM",
     QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(SCHEDULE) | OF(PASS) | OF(OUTPUT_BY) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     "one forward pass: its terms, what bounds it, throughput, cost; lists and ranges give rows",
     "tokenroof step deepseek-v3 gb200-nvl72 --batch 64 --context 8k\n"
     "tokenroof step llama-3.1-70b 4xh100-sxm --weights fp8 --batch 1..64x2 --physics fitted --engine vllm\n"
     "tokenroof step deepseek-v3 gb200-nvl72 --batch 4096 --by operator\n"
     "tokenroof step total=671e9,active=37e9,kv=70272,weight=1 flops=2e15,bw=3.35TB/s --batch 1..4096x2\n"
     "tokenroof step --preset relearning-02\n",
     cmd_step, LISTS(TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY)},
    {"curve", "How long, and why", "MODEL SYSTEM",
     QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE) | OF(OUTPUT_CURVE),
     "step time and cost over batch or context, with the crossings marked",
     "tokenroof curve deepseek-v3 gb200-nvl72 --context 1k\n"
     "tokenroof curve llama-3.1-70b 8xh100-sxm --over context --batch 64 --plot context.svg\n"
     "tokenroof curve llama-3.1-70b 8xh100-sxm --batch 1..256x2 --csv\n",
     cmd_curve, LISTS(TR_IN_BATCH, TR_IN_CONTEXT)},
    {"roof", "How long, and why", "MODEL SYSTEM",
     QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE),
     "the roofline: weight multiplies by batch, attention, prefill, the ridge, where memory is full",
     "tokenroof roof deepseek-v3 gb200-nvl72\n"
     "tokenroof roof llama-3.1-70b 8xh100-sxm --plot roof.svg\n",
     cmd_roof, LISTS(TR_IN_BATCH)},
    {"layout", "How long, and why", "MODEL SYSTEM",
     QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE),
     "every legal way to spread the model over the chips: memory, traffic and speed of each, and why one wins",
     "tokenroof layout deepseek-v3 gb200-nvl72 --batch 4096\n"
     "tokenroof layout llama-3.1-70b 8xh100-sxm --batch 64 --context 8k --plot layout.svg\n"
     "tokenroof layout llama-3.1-70b 8xh100-sxm --batch 64 --tp 4 --csv\n",
     cmd_layout, NO_LISTS},
    {"memory", "How long, and why", "MODEL SYSTEM",
     QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(OUTPUT_PICTURE),
     "what fits: weights, KV cache and state; the largest batch and the longest context",
     "tokenroof memory llama-3.1-70b 8xh100-sxm --batch 64 --context 32k\n"
     "tokenroof memory llama-3.1-70b 8xh100-sxm --plot room.svg\n",
     cmd_memory, LISTS(TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_QUERY)},
    {"menu", "What it costs", "MODEL SYSTEM",
     QUESTION | OF(ENGINE) | OF(LAYOUT) | OF(MENU) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     "fast, normal and slow: price and speed of each; the batch for a speed; what a fast mode's price and "
     "speed ratios imply",
     "tokenroof menu deepseek-v3 gb200-nvl72 --context 1k\n"
     "tokenroof menu deepseek-v3 gb200-nvl72 --speed 50,100,200\n"
     "tokenroof menu llama-3.1-70b 8xh100-sxm --price-ratio 6 --speed-ratio 2.5\n",
     cmd_menu, LISTS(TR_IN_BATCH, TR_IN_CONTEXT, TR_IN_SPEED)},
    {"lifecycle", "What it costs", "MODEL SYSTEM",
     OF(MODEL) | OF(SYSTEM) | OF(NUMBER) | OF(PRICE) | OF(LIFE) | OF(SOURCE) | OF(OUTPUT) |
     OF(OUTPUT_QUESTION) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     "pre-training, reinforcement learning and serving of a model's life; overtraining; the size to choose for its "
     "traffic",
     "tokenroof lifecycle deepseek-v3 h100-sxm --train-tokens 14.8e12\n"
     "tokenroof lifecycle llama-3.1-70b h100-sxm --serve 1e6,1e7,1e8 --csv\n"
     "tokenroof lifecycle total=100e9 h100-sxm --train-tokens 2e12 --plot life.svg\n",
     cmd_lifecycle, LISTS(TR_IN_SERVE_RATE)},
    {"scale", "What it costs", "MODEL SYSTEM",
     OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(ENGINE) | OF(LAYOUT) | OF(SCALE) |
     OF(SOURCE) | OF(OUTPUT) | OF(OUTPUT_QUESTION) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     "from one machine to a world: train schedule and racks, scale-up domains, experts' traffic, pipeline stages, "
     "sparsity, walls of context",
     "tokenroof scale deepseek-v3 gb200-nvl72 --context 8k\n"
     "tokenroof scale deepseek-v3 8xh200-sxm --part pipeline --stages 1,2,4,8 --batch 512\n"
     "tokenroof scale llama-3.1-70b 8xh100-sxm --part wall --plot wall.svg\n",
     cmd_scale, LISTS(TR_IN_STAGES)},
    {"tiers", "What it costs", "MODEL SYSTEM",
     OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(PHYSICS) | OF(TIER) |
     OF(SOURCE) | OF(OUTPUT) | OF(OUTPUT_QUESTION) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     "where to keep a KV cache between requests: holding it in memory, DDR, flash or on disk, fetching it, computing "
     "it again; break-even times; hits that pay a write premium",
     "tokenroof tiers deepseek-v3 8xh100-sxm --context 32k\n"
     "tokenroof tiers llama-3.1-70b gb200-nvl72 --hold 10,5min,1h --hits 3 --qlc-price 200\n"
     "tokenroof tiers deepseek-v3 8xh100-sxm --plot tiers.svg\n",
     cmd_tiers, LISTS(TR_IN_CONTEXT, TR_IN_HOLD, TR_IN_WRITE_RATIO)},
    {"oracle", "What it costs", "PRICES",
     OF(ORACLE) | OF(MODEL) | OF(SYSTEM) | OF(CACHE) | OF(PRICE) | OF(SOURCE) | OF(OUTPUT) |
     OF(OUTPUT_QUESTION) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING),
     "backwards: what a price sheet says about batch, KV bytes, chips and margin, each price alone and all together",
     "tokenroof oracle deepseek/deepseek-chat\n"
     "tokenroof oracle input=5,output=25,cached=0.5,write_5m=6.25,threshold=200k,long_output=1.5\n"
     "tokenroof oracle claude-opus-4-6 --fast-speed 2.5 --samples 200k\n"
     "tokenroof oracle deepseek/deepseek-chat --model deepseek-v3 --system h800-sxm --price 2\n"
     "tokenroof oracle fireworks/gpt-oss-120b --plot oracle.svg\n",
     cmd_oracle, NO_LISTS},
    {"reversible", "What it costs", "[MODEL] [SYSTEM]",
     OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(REVERSIBLE) | OF(SOURCE) | OF(OUTPUT) |
     OF(OUTPUT_QUESTION) | OF(OUTPUT_PICTURE) | OF(OUTPUT_WORKING) | OF(OUTPUT_MEASURE),
     "layers run backwards: memory saved and compute paid in training; ciphers and layers inverted, a stack "
     "trained and counted here",
     "tokenroof reversible\n"
     "tokenroof reversible llama-3.1-8b 8xh100-sxm\n"
     "tokenroof reversible llama-3.1-8b 8xh100-sxm --sequence 32k --plot mirror.svg   # and mirror-avalanche.svg\n",
     cmd_reversible, NO_LISTS},
    {"validate", "How far off it is", "FILE...",
     OF(PHYSICS) | OF(OUTPUT_JUDGE) | OF(OUTPUT) | OF(OUTPUT_QUESTION) | OF(OUTPUT_PICTURE),
     "predictions judged by measurements, of fitted physics unless told otherwise: the error by system, model, engine, "
     "phase; what each physics misses",
     "tokenroof validate path/to/runs.csv path/to/kernels.csv\n"
     "tokenroof validate path/to/runs.csv --metric tpot --json\n"
     "tokenroof validate path/to/runs.csv --plot errors.svg --worst 20\n",
     cmd_validate, NO_LISTS},
    {"fit", "How far off it is", "[FILE...]",
     OF(OUTPUT_FIT),
     "calibrate on measured serving runs, and judge by whole models and whole chips left out",
     "tokenroof fit path/to/runs.csv\n"
     "tokenroof fit --all --truth path/to/truth --out path/to/calibration\n",
     cmd_fit, NO_LISTS},
    {"models", "What is known", "[MODEL]",
     OF(MODEL) | OF(CACHE) | OF(SOURCE) | OF(OUTPUT) | OF(OUTPUT_QUESTION),
     "the catalog of models; with a name or a path, what one is made of",
     "tokenroof models\ntokenroof models deepseek-v3 --json\ntokenroof models path/to/config.json --kv fp8\n",
     cmd_models, NO_LISTS},
    {"chips", "What is known", "[SYSTEM]",
     OF(SYSTEM) | OF(SOURCE) | OF(OUTPUT) | OF(OUTPUT_QUESTION),
     "the catalog of chips and systems; with a name, one of them with its sources",
     "tokenroof chips\ntokenroof chips gb200-nvl72\n",
     cmd_chips, NO_LISTS},
    {"prices", "What is known", "[PRICE] [OTHER]",
     OF(OUTPUT),
     "published prices: all, those of a provider or model, one with its sources, or two side by side",
     "tokenroof prices anthropic\n"
     "tokenroof prices claude-opus-4-6\n"
     "tokenroof prices deepseek-v3\n"
     "tokenroof prices claude-sonnet-5@2026-08-01 claude-sonnet-5@2026-09-01\n",
     cmd_prices, NO_LISTS},
    {"lesson", "What is known", "[MODEL] [SYSTEM]",
     OF(MODEL) | OF(SYSTEM) | OF(LOAD) | OF(NUMBER) | OF(CACHE) | OF(PRICE) | OF(SOURCE) | OF(OUTPUT) |
     OF(OUTPUT_QUESTION) | OF(OUTPUT_LESSON),
     "predict, then reveal: exercises answered for the model and system named, your error in powers of ten",
     "tokenroof lesson\n"
     "tokenroof lesson llama-3.1-70b 8xh100-sxm --context 8k --topic balance\n"
     "tokenroof lesson deepseek-v3 gb200-nvl72 --answers path/to/guesses.txt --json\n"
     "tokenroof lesson --cards\n",
     cmd_lesson, NO_LISTS},
    {"explain", "What is known", "[ID]",
     OF(OUTPUT),
     "an equation: formula, derivation, source, caveats; or the list of all; or a claim of the lecture",
     "tokenroof explain R1\ntokenroof explain L048\n",
     cmd_explain, NO_LISTS},
    {"lecture", "What is known", "[ID]",
     OF(OUTPUT) | OF(OUTPUT_LECTURE),
     "the claims of the lecture behind this tool, each computed now: what was printed, what is right",
     "tokenroof lecture\ntokenroof lecture L048\n",
     cmd_lecture, NO_LISTS},
    {"web", "About", "",
     OF(OUTPUT_WEB),
     "the page, on this machine's own address, and POST /api/VERB for scripts",
     "tokenroof web --port 8080   # then open the address it prints; Ctrl-C ends it\n",
     cmd_web, NO_LISTS},
    {"help", "About", "[VERB]",
     0,
     "the verbs, or one verb's options; `help --man` writes the man page as scdoc source",
     "tokenroof help step\n",
     cmd_help, NO_LISTS},
    {"completion", "About", "SHELL",
     0,
     "a completion script for the shell (bash), or the models or systems it completes",
     "source <(tokenroof completion bash)\n",
     cmd_completion, NO_LISTS},
    {"version", "About", "",
     0,
     "version and commit",
     "",
     cmd_version, NO_LISTS},
};

const size_t cli_verb_count = sizeof cli_verbs / sizeof cli_verbs[0];

const cli_verb *cli_verb_find(const char *name)
{
    for (size_t i = 0; i < cli_verb_count; i++)
        if (strcmp(cli_verbs[i].name, name) == 0)
            return &cli_verbs[i];
    return NULL;
}

static const char *verb_name(size_t index, const void *context)
{
    (void)context;
    return index < cli_verb_count ? cli_verbs[index].name : NULL;
}

const char *cli_verb_near(const char *name) { return tr_near_name(name, verb_name, NULL); }

int cli_verb_takes(const cli_verb *verb, const tr_input *input)
{
    return (verb->groups >> input->group & 1) != 0;
}

tr_status cli_run(cli *c, tr_error *err)
{
    const tr_status s = c->verb->list_count == SIZE_MAX
                            ? TR_OK
                            : tr_input_check_lists(c->scenario, c->verb->lists, c->verb->list_count, err);
    return s == TR_OK ? c->verb->run(c, err) : s;
}
