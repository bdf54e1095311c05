/* cli/verbs.c -- the table of verbs: one row and one cmd_<verb>.c each. */
#include "cli/cli.h"

#include <string.h>

#define QUESTION "model system load number cache price physics source output output-question"

const cli_verb cli_verbs[] = {
    {"report", "How long, and why", "MODEL SYSTEM", QUESTION " engine layout output-picture output-working",
     "the main job: everything about MODEL on SYSTEM on one page",
     "tokenroof report deepseek-v3 gb200-nvl72\n"
     "tokenroof report path/to/config.json 8xh100-sxm --context 32k --kv fp8\n"
     "tokenroof report deepseek-v3 gb200-nvl72 --plot report.svg   # and report-cost.svg\n",
     cmd_report},
    {"step", "How long, and why", "MODEL SYSTEM",
     QUESTION " engine layout pass output-by output-picture output-working",
     "one forward pass: its terms, what bounds it, throughput, cost; lists and ranges give rows",
     "tokenroof step deepseek-v3 gb200-nvl72 --batch 64 --context 8k\n"
     "tokenroof step llama-3.1-70b 4xh100-sxm --weights fp8 --batch 1..64x2 --physics fitted --engine vllm\n"
     "tokenroof step deepseek-v3 gb200-nvl72 --batch 4096 --by operator\n"
     "tokenroof step total=671e9,active=37e9,kv=70272,weight=1 flops=2e15,bw=3.35TB/s --batch 1..4096x2\n"
     "tokenroof step --preset relearning-02\n",
     cmd_step},
    {"curve", "How long, and why", "MODEL SYSTEM", QUESTION " engine layout output-picture output-curve",
     "step time and cost over batch or context, with the crossings marked",
     "tokenroof curve deepseek-v3 gb200-nvl72 --context 1k\n"
     "tokenroof curve llama-3.1-70b 8xh100-sxm --over context --batch 64 --plot context.svg\n"
     "tokenroof curve llama-3.1-70b 8xh100-sxm --batch 1..256x2 --csv\n",
     cmd_curve},
    {"roof", "How long, and why", "MODEL SYSTEM", QUESTION " engine layout output-picture",
     "the roofline: weight multiplies by batch, attention, prefill, the ridge, where memory is full",
     "tokenroof roof deepseek-v3 gb200-nvl72\n"
     "tokenroof roof llama-3.1-70b 8xh100-sxm --plot roof.svg\n",
     cmd_roof},
    {"layout", "How long, and why", "MODEL SYSTEM", QUESTION " engine layout output-picture",
     "every legal way to spread the model over the chips: memory, traffic and speed of each, and why one wins",
     "tokenroof layout deepseek-v3 gb200-nvl72 --batch 4096\n"
     "tokenroof layout llama-3.1-70b 8xh100-sxm --batch 64 --context 8k --plot layout.svg\n"
     "tokenroof layout llama-3.1-70b 8xh100-sxm --batch 64 --tp 4 --csv\n",
     cmd_layout},
    {"memory", "How long, and why", "MODEL SYSTEM", QUESTION " engine layout output-picture",
     "what fits: weights, KV cache and state; the largest batch and the longest context",
     "tokenroof memory llama-3.1-70b 8xh100-sxm --batch 64 --context 32k\n"
     "tokenroof memory llama-3.1-70b 8xh100-sxm --plot room.svg\n",
     cmd_memory},
    {"menu", "What it costs", "MODEL SYSTEM",
     "model system load number cache price physics menu source output output-question output-picture output-working",
     "fast, normal and slow: price and speed of each; the batch for a speed; what a fast mode's price and "
     "speed ratios imply",
     "tokenroof menu deepseek-v3 gb200-nvl72 --context 1k\n"
     "tokenroof menu deepseek-v3 gb200-nvl72 --speed 50,100,200\n"
     "tokenroof menu llama-3.1-70b 8xh100-sxm --price-ratio 6 --speed-ratio 2.5\n",
     cmd_menu},
    {"lifecycle", "What it costs", "MODEL SYSTEM",
     "model system number price life source output output-question output-picture output-working",
     "pre-training, reinforcement learning and serving of a model's life; overtraining; the size to choose for its "
     "traffic",
     "tokenroof lifecycle deepseek-v3 h100-sxm --train-tokens 14.8e12\n"
     "tokenroof lifecycle llama-3.1-70b h100-sxm --serve 1e6,1e7,1e8 --csv\n"
     "tokenroof lifecycle total=100e9 h100-sxm --train-tokens 2e12 --plot life.svg\n",
     cmd_lifecycle},
    {"scale", "What it costs", "MODEL SYSTEM",
     "model system load number cache scale source output output-question output-picture output-working",
     "from one machine to a world: train schedule and racks, scale-up domains, experts' traffic, pipeline stages, "
     "sparsity, walls of context",
     "tokenroof scale deepseek-v3 gb200-nvl72 --context 8k\n"
     "tokenroof scale deepseek-v3 8xh200-sxm --part pipeline --stages 1,2,4,8 --batch 512\n"
     "tokenroof scale llama-3.1-70b 8xh100-sxm --part wall --plot wall.svg\n",
     cmd_scale},
    {"tiers", "What it costs", "MODEL SYSTEM",
     "model system load number cache price physics tier source output output-question output-picture output-working",
     "where to keep a KV cache between requests: holding it in memory, DDR, flash or on disk, fetching it, computing "
     "it again; break-even times; hits that pay a write premium",
     "tokenroof tiers deepseek-v3 8xh100-sxm --context 32k\n"
     "tokenroof tiers llama-3.1-70b gb200-nvl72 --hold 10,5min,1h --hits 3 --qlc-price 200\n"
     "tokenroof tiers deepseek-v3 8xh100-sxm --plot tiers.svg\n",
     cmd_tiers},
    {"oracle", "What it costs", "PRICES",
     "oracle model system cache price source output output-question output-picture output-working",
     "backwards: what a price sheet says about batch, KV bytes, chips and margin, each price alone and all together",
     "tokenroof oracle deepseek/deepseek-chat\n"
     "tokenroof oracle input=5,output=25,cached=0.5,write_5m=6.25,threshold=200k,long_output=1.5\n"
     "tokenroof oracle claude-opus-4-6 --fast-speed 2.5 --samples 200k\n"
     "tokenroof oracle deepseek/deepseek-chat --model deepseek-v3 --system h800-sxm --price 2\n"
     "tokenroof oracle fireworks/gpt-oss-120b --plot oracle.svg\n",
     cmd_oracle},
    {"reversible", "What it costs", "[MODEL] [SYSTEM]",
     "model system load number cache reversible source output output-question output-picture output-working "
     "output-measure",
     "layers run backwards: memory saved and compute paid in training; ciphers and layers inverted, a stack "
     "trained and counted here",
     "tokenroof reversible\n"
     "tokenroof reversible llama-3.1-8b 8xh100-sxm\n"
     "tokenroof reversible llama-3.1-8b 8xh100-sxm --sequence 32k --plot mirror.svg   # and mirror-avalanche.svg\n",
     cmd_reversible},
    {"validate", "How far off it is", "FILE...", "physics output-judge output output-question output-picture",
     "predictions judged by measurements, of fitted physics unless told otherwise: the error by system, model, engine, "
     "phase; what each physics misses",
     "tokenroof validate path/to/runs.csv path/to/kernels.csv\n"
     "tokenroof validate path/to/runs.csv --metric tpot --json\n"
     "tokenroof validate path/to/runs.csv --plot errors.svg --worst 20\n",
     cmd_validate},
    {"fit", "How far off it is", "[FILE...]", "output-fit",
     "calibrate on measured serving runs, and judge by whole models and whole chips left out",
     "tokenroof fit path/to/runs.csv\n"
     "tokenroof fit --all --truth path/to/truth --out path/to/calibration\n",
     cmd_fit},
    {"models", "What is known", "[MODEL]", "model cache source output output-question",
     "the catalog of models; with a name or a path, what one is made of",
     "tokenroof models\ntokenroof models deepseek-v3 --json\ntokenroof models path/to/config.json --kv fp8\n",
     cmd_models},
    {"chips", "What is known", "[SYSTEM]", "system source output output-question",
     "the catalog of chips and systems; with a name, one of them with its sources",
     "tokenroof chips\ntokenroof chips gb200-nvl72\n", cmd_chips},
    {"prices", "What is known", "[PRICE] [OTHER]", "output",
     "published prices: all, those of a provider or model, one with its sources, or two side by side",
     "tokenroof prices anthropic\n"
     "tokenroof prices claude-opus-4-6\n"
     "tokenroof prices deepseek-v3\n"
     "tokenroof prices claude-sonnet-5@2026-08-01 claude-sonnet-5@2026-09-01\n",
     cmd_prices},
    {"lesson", "What is known", "[MODEL] [SYSTEM]",
     "model system load number cache price source output output-question output-lesson",
     "predict, then reveal: exercises answered for the model and system named, your error in powers of ten",
     "tokenroof lesson\n"
     "tokenroof lesson llama-3.1-70b 8xh100-sxm --context 8k --topic balance\n"
     "tokenroof lesson deepseek-v3 gb200-nvl72 --answers path/to/guesses.txt --json\n"
     "tokenroof lesson --cards\n",
     cmd_lesson},
    {"explain", "What is known", "[ID]", "output",
     "an equation: formula, derivation, source, caveats; or the list of all; or a claim of the lecture",
     "tokenroof explain R1\ntokenroof explain L048\n",
     cmd_explain},
    {"lecture", "What is known", "[ID]", "output output-lecture",
     "the claims of the lecture behind this tool, each computed now: what was printed, what is right",
     "tokenroof lecture\ntokenroof lecture L048\n", cmd_lecture},
    {"web", "About", "", "output-web", "the page, on this machine's own address, and POST /api/VERB for scripts",
     "tokenroof web --port 8080   # then open the address it prints; Ctrl-C ends it\n", cmd_web},
    {"help", "About", "[VERB]", "",
     "the verbs, or one verb's options; `help --man` writes the man page as scdoc source",
     "tokenroof help step\n", cmd_help},
    {"completion", "About", "SHELL", "",
     "a completion script for the shell (bash), or the models or systems it completes",
     "source <(tokenroof completion bash)\n", cmd_completion},
    {"version", "About", "", "", "version and commit", "", cmd_version},
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
    const size_t length = strlen(input->group);
    for (const char *at = verb->groups; *at != '\0';) {
        const size_t n = strcspn(at, " ");
        if (n == length && memcmp(at, input->group, n) == 0)
            return 1;
        at += n + strspn(at + n, " ");
    }
    return 0;
}
