/* input/table.h -- THE TABLE: every input, once.
 *
 * One row declares a key's name in JSON, its option on the command line, its
 * kind, unit, allowed range, slider, default, choices, group and meaning.
 * Options, --help, completion, the man page, the keys a scenario file may
 * hold and the page's sliders are all read from here: a key is added in one place.
 *
 * X(ID, key, option, KIND, UNIT, min, max, slider_min, slider_max, slider_step, slider_log,
 *   fallback, choices, group, doc)
 *
 * Groups: model system load number cache price physics layout pass menu reversible source are the question
 * and are echoed with every answer; those that begin with output say how it is
 * asked and written. A verb takes whole groups.
 */
#ifndef TOKENROOF_SRC_INPUT_TABLE_H
#define TOKENROOF_SRC_INPUT_TABLE_H

#define TR_DTYPE_CHOICES "native|fp32|tf32|bf16|fp8|int8|fp4|int4"

#define TR_INPUT_TABLE(X)                                                                                  \
    X(MODEL, "model", "model", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "model",                            \
      "what is served: a catalog name, a Hugging Face id, a config.json or its folder, a .gguf file, "     \
      "or numbers (total=671e9,active=37e9,kv=70272,weight=1)")                                            \
    X(FAMILY, "family", "as", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "model",                             \
      "read a config.json of an unknown architecture as this family")                                      \
    X(SYSTEM, "system", "system", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "system",                        \
      "what it runs on: a catalog name, 8xNAME, a chip or system JSON, or numbers "                        \
      "(flops=2e15,bw=3.35TB/s,mem=80GB,usd=2.5)")                                                         \
    X(CHIP_COUNT, "chip_count", "count", NUMBER, NONE, 1, 1e6, 1, 1024, 1, 1, "", NULL, "system",          \
      "run on this many chips of the system's kind (default: as many as the system has)")                  \
    X(PHASE, "phase", "phase", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "decode", "decode|prefill", "load",         \
      "decode: one new token for each sequence; prefill: a whole prompt for each")                         \
    X(BATCH, "batch_seq", "batch", LIST, SEQ, 1, 1e9, 1, 16384, 0, 1, "1", NULL, "load",                   \
      "sequences in one pass; a list or range gives rows")                                                 \
    X(CONTEXT, "context_token", "context", LIST, CONTEXT, 0, 1e9, 128, 1048576, 0, 1, "4096", NULL, "load",\
      "tokens cached for each sequence before the pass, 128k = 131072 (default 0 in prefill)")             \
    X(QUERY, "query_token", "query", LIST, CONTEXT, 1, 1e9, 1, 131072, 0, 1, "2048", NULL, "load",         \
      "prefill: new tokens of each sequence; decode has 1")                                                \
    X(WEIGHT_DTYPE, "weight_dtype", "weights", DTYPE, NONE, 0, 0, 0, 0, 0, 0, "native", TR_DTYPE_CHOICES,  \
      "number", "number format the weights are stored in; native: as published")                           \
    X(KV_DTYPE, "kv_dtype", "kv", DTYPE, NONE, 0, 0, 0, 0, 0, 0, "native", TR_DTYPE_CHOICES, "cache",      \
      "number format of the KV cache; native: as the model states, else bf16")                             \
    X(MATH_DTYPE, "math_dtype", "math", DTYPE, NONE, 0, 0, 0, 0, 0, 0, "native", TR_DTYPE_CHOICES, "number",\
      "number format of the multiplies; native: the weights' where the chip has it, else bf16")  \
    X(PRICE, "chip_usd_per_hour", "price", NUMBER, USD_PER_HOUR, 0, 1e6, 0.1, 20, 0, 1, "", NULL, "price", \
      "price of one chip for an hour (default: the catalog's)")                                            \
    X(PHYSICS, "physics", "physics", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "bound", "bound|ops|fitted", "physics", \
      "bound: the two equations at datasheet peak, nothing real is faster; ops: every operator against its own " \
      "roof, and the links; fitted: with measured shares, the times no datasheet lists, and a band") \
    X(ENGINE, "engine", "engine", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "engine",                           \
      "fitted physics: whose times, vllm, sglang or trtllm (default: what the engines measured share)")    \
    X(TP, "tp_rank", "tp", NUMBER, NONE, 1, 1e6, 1, 64, 1, 1, "", NULL, "layout",                              \
      "ops and fitted physics: chips that share every matrix (default: as such models are served)")        \
    X(EP, "ep_rank", "ep", NUMBER, NONE, 1, 1e6, 1, 256, 1, 1, "", NULL, "layout",                             \
      "groups of whole experts; 1: each chip has a slice of every one (default 1)")                        \
    X(PP, "pp_rank", "pp", NUMBER, NONE, 1, 1e6, 1, 64, 1, 1, "", NULL, "layout",                              \
      "stages that the layers are cut into (default 1)")                                                   \
    X(DP, "dp_rank", "dp", NUMBER, NONE, 1, 1e6, 1, 256, 1, 1, "", NULL, "layout",                             \
      "copies of attention that share the experts; without experts, copies of the model")                  \
    X(OVERLAP, "overlap", "overlap", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "layout",                    \
      "ops physics: two micro-batches, one on the links while the other computes")                         \
    X(DRAFT, "draft_token", "draft", NUMBER, NONE, 0, 1023, 0, 16, 1, 0, "", NULL, "pass",                     \
      "with --by operator: tokens drafted for each sequence and verified beside its own (speculation, MTP)") \
    X(CHUNK, "chunk_token", "chunk", NUMBER, CONTEXT, 0, 1e9, 0, 16384, 0, 0, "", NULL, "pass",               \
      "with --by operator: prompt tokens of one more sequence in the same pass (chunked prefill)")           \
    X(SKEW, "routing_skew_ratio", "skew", NUMBER, NONE, 0, 8, 0, 2, 0.1, 0, "", NULL, "pass",                  \
      "with --by operator: how unevenly experts are chosen, the i-th in proportion to 1 / i^skew; the busiest " \
      "chip is shown (0: evenly)")                                                                           \
    X(SPEED, "seq_token_per_s", "speed", LIST, TOKEN_PER_S, 1e-3, 1e9, 1, 2000, 0, 1, "", NULL, "menu",       \
      "a speed each sequence must get: the largest batch that still gives it")                             \
    X(PRICE_RATIO, "price_ratio", "price-ratio", NUMBER, NONE, 1, 1e6, 1, 100, 0, 1, "", NULL, "menu",      \
      "a fast mode's price over the normal one's, such as 6; with --speed-ratio")                          \
    X(MARGIN, "margin_ratio", "margin", NUMBER, NONE, 0.001, 1e6, 0.5, 5, 0, 0, "", NULL, "menu",            \
      "batch run in practice over the balance batch (default 2.5; 2 to 3 is the rule)")                    \
    X(SPEED_RATIO, "speed_ratio", "speed-ratio", NUMBER, NONE, 1, 1e6, 1, 20, 0, 1, "", NULL, "menu",       \
      "its speed over the normal one's, such as 2.5; with --price-ratio")                                  \
    X(METRIC, "metric", "metric", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "all",                                     \
      "all|tpot|ttft|output|generate|prompt|kernel|worked", "output-judge",                                         \
      "judge only this kind of measurement")                                                                \
    X(WORST, "worst_row", "worst", NUMBER, NONE, 0, 1000, 0, 100, 1, 0, "10", NULL, "output-judge",                   \
      "list so many of the rows that are furthest off")                                                    \
    X(PRICES, "prices", "prices", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "oracle",                         \
      "what is asked about: a price of `tokenroof prices` (PROVIDER/MODEL, with @DAY), or numbers "          \
      "(input=0.27,output=1.10,cached=0.07,threshold=200k; also write_5m, write_1h, long_input, "            \
      "long_output, fast_price, fast_speed)")                                                              \
    X(FAST_SPEED, "fast_speed_ratio", "fast-speed", NUMBER, NONE, 1, 1e6, 1, 20, 0, 1, "", NULL, "oracle",   \
      "speed of the provider's fast mode over its normal one, such as 2.5: price sheets do not say it")    \
    X(SAMPLES, "sample_count", "samples", NUMBER, NONE, 1000, 1e9, 1e4, 1e7, 0, 1, "", NULL, "oracle",       \
      "draws from the priors (default 1M, about half a second)")                                           \
    X(DRAW_SEED, "draw_seed", "seed", NUMBER, NONE, 0, 9007199254740991.0, 0, 100, 1, 0, "", NULL, "oracle", \
      "of those draws: the same seed gives the same answer (default 1)")                                   \
    X(STATE_BYTE, "state_byte_per_param", "state", NUMBER, BYTE, 0, 1024, 0, 32, 1, 0, "", NULL, "reversible", \
      "training: weights, gradients and optimizer, for each parameter (default 16 B: bf16 with Adam in fp32)") \
    X(ACTIVATION_BYTE, "activation_elem_byte", "activation", NUMBER, BYTE, 0.5, 64, 0.5, 8, 0.5, 0, "", NULL, \
      "reversible", "training: one kept number of the forward pass (default 2 B)")                         \
    X(SEQUENCE, "sequence_token", "sequence", NUMBER, CONTEXT, 1, 1e9, 128, 1048576, 0, 1, "", NULL,        \
      "reversible", "training: tokens in a sequence (default 4k)")                                         \
    X(BLOCK, "block_byte", "block", NUMBER, BYTE, 2, 65536, 2, 256, 1, 1, "", NULL, "reversible",          \
      "the cipher's block (default 16 B)")                                                                 \
    X(ROUNDS, "cipher_rounds", "rounds", NUMBER, NONE, 1, 64, 1, 32, 1, 0, "", NULL, "reversible",         \
      "the cipher's rounds (default 16)")                                                                  \
    X(KEY, "cipher_key", "key", NUMBER, NONE, 0, 9007199254740991.0, 0, 100, 1, 0, "", NULL, "reversible", \
      "the cipher's key, and the seed of the stack's numbers (default 1)")                                 \
    X(STACK_LAYERS, "stack_layers", "layers", NUMBER, NONE, 1, 256, 1, 256, 1, 1, "", NULL, "reversible",  \
      "the small stack that is trained here: its layers (default 32)")                                     \
    X(STACK_DIM, "stack_dim", "dim", NUMBER, NONE, 1, 256, 4, 256, 1, 1, "", NULL, "reversible",           \
      "the numbers in each of its two streams (default 64)")                                               \
    X(STACK_ROWS, "stack_rows", "rows", NUMBER, NONE, 1, 256, 1, 64, 1, 1, "", NULL, "reversible",         \
      "the rows it is trained on (default 8)")                                                             \
    X(STACK_GAIN, "stack_gain_ratio", "gain", NUMBER, NONE, 0, 4, 0, 2, 0, 0, "", NULL, "reversible",      \
      "how much a layer adds to the stream: weights have a variance of gain^2 / dim (default 0.5)")        \
    X(MEASURE, "measure", "measure", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "yes", "yes|no", "output-measure",    \
      "measure how long the three ways take here; no: the same answer every time")                         \
    X(SERVE_RATE, "serve_token_per_s", "serve", LIST, TOKEN_PER_S, 1, 1e15, 1e4, 1e10, 0, 1, "", NULL, "life",  \
      "tokens a second that the model serves over its life, lists give rows (default 50 million)")        \
    X(LIFE, "life_s", "served-for", NUMBER, SECOND, 1, 1e10, 1e6, 1e8, 0, 1, "", NULL, "life",              \
      "how long it serves (default 60d)")                                                                  \
    X(TRAIN_TOKEN, "train_token", "train-tokens", NUMBER, TOKEN, 1e6, 1e20, 1e11, 1e15, 0, 1, "", NULL, "life", \
      "tokens it is pre-trained on (default 15e12)")                                                       \
    X(RL_TOKEN, "rl_token", "rl-tokens", NUMBER, TOKEN, 0, 1e20, 1e11, 1e15, 0, 1, "", NULL, "life",        \
      "tokens of reinforcement learning (default: as many as cost what pre-training costs)")               \
    X(RL_FLOP, "rl_flop_per_param", "rl-flop", NUMBER, NONE, 2, 6, 2, 6, 0, 0, "", NULL, "life",            \
      "FLOP a parameter and token of it: 2 sampled only, 6 all trained on (default 3)")                    \
    X(TRAIN_MFU, "train_mfu", "train-mfu", NUMBER, RATIO, 0.001, 1, 0.05, 1, 0, 0, "", NULL, "life",        \
      "share of the peak that pre-training reaches (default 0.4)")                                         \
    X(RL_MFU, "rl_mfu", "rl-mfu", NUMBER, RATIO, 0.001, 1, 0.01, 1, 0, 0, "", NULL, "life",                 \
      "share that reinforcement learning reaches (default: a third of pre-training's)")                    \
    X(SERVE_MFU, "serve_mfu", "serve-mfu", NUMBER, RATIO, 0.001, 1, 0.01, 1, 0, 0, "", NULL, "life",        \
      "share that serving reaches (default: a third of pre-training's)")                                   \
    X(SHIP, "ship_share", "ships", NUMBER, RATIO, 0, 1, 0, 1, 0, 0, "", NULL, "life",                       \
      "chance that the model is shipped at all (default 1)")                                               \
    X(LOSS_FIT, "loss_fit", "loss-fit", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "", "hoffmann|epoch", "life",       \
      "constants of the loss law: as first published, or its replication's (default epoch)")               \
    X(PART, "part", "part", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "",                                             \
      "all|train|domain|moe|pipeline|sparsity|wall", "scale",                                              \
      "which part of the answer (default all); rows are of one part")                                      \
    X(WORLD, "world_token_per_s", "world", NUMBER, TOKEN_PER_S, 1, 1e18, 1e6, 1e12, 0, 1, "", NULL, "scale",  \
      "tokens a second that the whole world asks for (default 128 million)")                               \
    X(STAGES, "stage_count", "stages", LIST, NONE, 1, 1024, 1, 64, 1, 1, "", NULL, "scale",               \
      "pipeline stages, each as large as the system; lists give rows (default 1,2,4,8)")                   \
    X(MICRO, "micro_batch_count", "micro-batches", NUMBER, NONE, 1, 1e6, 1, 256, 1, 1, "", NULL, "scale",  \
      "micro-batches of a training step (default: as many as stages)")                                     \
    X(HOP, "hop_s", "hop", NUMBER, SECOND, 0, 10, 1e-5, 0.1, 0, 1, "", NULL, "scale",                      \
      "what one hop between stages adds (default 2ms)")                                                    \
    X(RACKS, "rack_count", "racks", NUMBER, NONE, 1, 1e6, 1, 64, 1, 1, "", NULL, "scale",                 \
      "domains over which experts are spread (default 2)")                                                 \
    X(HOLD, "hold_s", "hold", LIST, SECOND, 0, 1e12, 0.1, 1e7, 0, 1, "", NULL, "tier",                         \
      "how long a cache is held, such as 5min,1h (default 1 s, 1 min, 5 min, 1 h, 1 day, 7 days)")         \
    X(HITS, "hit_count", "hits", NUMBER, NONE, 0, 1e9, 0.1, 100, 0, 1, "", NULL, "tier",                       \
      "how often it is fetched while it is held (default 1)")                                              \
    X(RECOMPUTE_MFU, "recompute_mfu", "recompute-mfu", NUMBER, RATIO, 0.001, 1, 0.05, 1, 0, 0, "", NULL, "tier", \
      "share of the peak that a prefill reaches when it is computed again (default 0.5)")                  \
    X(STALL, "stall_ratio", "stall", NUMBER, RATIO, 0, 1, 0, 1, 0, 0, "", NULL, "tier",                        \
      "share of a fetch for which the chip waits; 0: all of it behind other work (default 1)")             \
    X(TIER_LIFE, "tier_life_s", "life", NUMBER, SECOND, 1, 1e12, 3e7, 3e8, 0, 1, "", NULL, "tier",             \
      "how long a part beside the chip serves for its price (default 5y)")                                 \
    X(DDR_PRICE, "ddr_usd_per_tb", "ddr-price", NUMBER, USD, 1e-3, 1e9, 1, 1e5, 0, 1, "", NULL, "tier",        \
      "price of a terabyte of DDR (default: the data's, where it has one; `chips` shows it)")              \
    X(FLASH_PRICE, "flash_usd_per_tb", "flash-price", NUMBER, USD, 1e-3, 1e9, 1, 1e4, 0, 1, "", NULL, "tier",  \
      "price of a terabyte of TLC flash (default: the data's)")                                            \
    X(QLC_PRICE, "qlc_usd_per_tb", "qlc-price", NUMBER, USD, 1e-3, 1e9, 1, 1e4, 0, 1, "", NULL, "tier",        \
      "price of a terabyte of QLC flash (the data has none)")                                              \
    X(DISK_PRICE, "disk_usd_per_tb", "disk-price", NUMBER, USD, 1e-3, 1e9, 1, 1e3, 0, 1, "", NULL, "tier",     \
      "price of a terabyte of disk (default: the data's)")                                                 \
    X(WRITE_RATIO, "write_price_ratio", "write-ratio", LIST, NONE, 0, 1000, 1, 4, 0, 0, "", NULL, "tier",      \
      "price of writing a token into a provider's cache over its input price (default 1.25,2)")            \
    X(READ_RATIO, "read_price_ratio", "read-ratio", NUMBER, NONE, 0, 1000, 0, 1, 0, 0, "", NULL, "tier",       \
      "price of a cached read over the input price (default 0.1)")                                         \
    X(ANSWERS, "answers", "answers", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "output-lesson",               \
      "take the guesses from FILE, one a line: a number with a unit, ? for a hint before it, - for none")  \
    X(TOPIC, "topic", "topic", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "output-lesson",                   \
      "ask about one topic only, such as balance")                                                         \
    X(CARDS, "cards", "cards", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "output-lesson",              \
      "show the recall cards instead: a question, and what to remember")                                   \
    X(FIT_ALL, "fit_all", "all", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "output-fit",                \
      "fit on every file of --truth that has serving runs")                                                \
    X(TRUTH, "truth", "truth", TEXT, NONE, 0, 0, 0, 0, 0, 0, "../shared/truth", NULL, "output-fit",        \
      "the folder of measurements that --all reads")                                                       \
    X(OUT, "out", "out", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "output-fit",                             \
      "write the calibrations into this folder, one JSON file for each chip and engine")                   \
    X(PRESET, "preset", "preset", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "", "relearning-02|lesson-11", "source", \
      "start from a published example's numbers; other inputs change them")                                \
    X(DATA, "data", "data", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "source",                              \
      "a folder whose models/ and chips/ add to the catalogs, or override them")                           \
    X(SCENARIO, "scenario", "scenario", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "output-question",         \
      "read inputs from a JSON file, such as an earlier answer; options win over it")                      \
    X(JSON, "json", "json", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "output",                         \
      "answer with one JSON document")                                                                     \
    X(JSONL, "jsonl", "jsonl", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "output",                      \
      "answer with one JSON object a row")                                                                 \
    X(CSV, "csv", "csv", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "output",                            \
      "answer with comma-separated rows")                                                                  \
    X(OVER, "over", "over", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "batch", "batch|context", "output-curve",         \
      "what the curve runs along; over context the batch is --batch, or one at which a cliff can be seen")  \
    X(BY, "by", "by", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "pass", "pass|operator", "output-by",                    \
      "operator: the pass taken apart, each operator with its time and its roof, by ops or fitted physics")          \
    X(PORT, "port_count", "port", NUMBER, NONE, 0, 65535, 1024, 65535, 1, 0, "8642", NULL, "output-web",     \
      "the port to listen on; 0: any that is free")                                                        \
    X(HOST, "host", "host", TEXT, NONE, 0, 0, 0, 0, 0, 0, "127.0.0.1", NULL, "output-web",                  \
      "the address to listen on; another than 127.0.0.1 lets other machines ask")                          \
    X(PLOT, "plot", "plot", TEXT, NONE, 0, 0, 0, 0, 0, 0, "", NULL, "output-picture",                      \
      "draw the answer into FILE (.svg; .png or .pdf through rsvg-convert), the cost of a batch beside it "   \
      "into FILE-cost; - draws in the terminal")      \
    X(THEME, "theme", "theme", CHOICE, NONE, 0, 0, 0, 0, 0, 0, "light", "light|dark", "output-picture",      \
      "colours of the file that --plot draws")                                                             \
    X(WIDTH, "width_px", "width", NUMBER, NONE, 320, 4000, 320, 1600, 1, 0, "960", NULL, "output-picture",       \
      "width of that file in pixels; the layout is made for it, 390 for a phone")                          \
    X(MARKDOWN, "markdown", "markdown", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "output-lecture",        \
      "answer with the page of docs/lecture.md")                                                           \
    X(EXPLAIN, "explain", "explain", SWITCH, NONE, 0, 1, 0, 0, 0, 0, "off", NULL, "output-working",        \
      "print each equation used, with its numbers and its result")

/* Index of each row: TR_IN_BATCH is the row of batch_seq. */
typedef enum tr_input_id {
#define TR_INPUT_ID(ID, ...) TR_IN_##ID,
    TR_INPUT_TABLE(TR_INPUT_ID)
#undef TR_INPUT_ID
    TR_IN_SIZE
} tr_input_id;

#endif
