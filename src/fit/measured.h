/* fit/measured.h -- measurements read from tables: what was run, and the time it took.
 *
 * A table's form is told by its header. Every record becomes one or more
 * tr_measured, or is skipped with a reason; none is dropped silently. Names of
 * models and systems are looked up in the catalogs. Native only; a reader is
 * used by one thread at a time.
 */
#ifndef TOKENROOF_SRC_FIT_MEASURED_H
#define TOKENROOF_SRC_FIT_MEASURED_H

#include <tokenroof/chip.h>
#include <tokenroof/engine.h>
#include <tokenroof/model.h>
#include <tokenroof/rate.h>

typedef enum tr_metric {
    TR_METRIC_TPOT = 0, /* mean time of an output token after the first, as its client sees it */
    TR_METRIC_TTFT,     /* time to the first token, waiting included */
    TR_METRIC_OUTPUT,   /* offline: seconds of the whole system for an output token */
    TR_METRIC_GENERATE, /* one stream: seconds of a generated token */
    TR_METRIC_PROMPT,   /* one stream: seconds of a prompt token */
    TR_METRIC_KERNEL,   /* one launch, or one collective */
    TR_METRIC_WORKED,   /* a textbook's result in its own unit; not a measurement */
    TR_METRIC_COUNT
} tr_metric;
const char *tr_metric_name(tr_metric metric);

typedef enum tr_kernel_class {
    TR_KERNEL_NONE = 0,
    TR_KERNEL_GEMM,
    TR_KERNEL_DECODE_ATTENTION,
    TR_KERNEL_PREFILL_ATTENTION,
    TR_KERNEL_DECODE_MLA,
    TR_KERNEL_PREFILL_MLA,
    TR_KERNEL_MOE,
    TR_KERNEL_ELEMENT,
    TR_KERNEL_ALL_REDUCE,
    TR_KERNEL_ALL_GATHER,
    TR_KERNEL_REDUCE_SCATTER,
    TR_KERNEL_ALL_TO_ALL,
    TR_KERNEL_SEND,
    TR_KERNEL_COUNT
} tr_kernel_class;
const char *tr_kernel_class_name(tr_kernel_class kernel);

/* One kernel on one chip: its shape, and the least work that it can be. */
typedef struct tr_kernel {
    tr_kernel_class kind;
    char source[64]; /* the implementation, as the table calls it */
    tr_dtype weight_dtype, math_dtype, kv_dtype;
    int quantised;  /* activations arrive wider than the math and are narrowed first */
    double m, n, k; /* multiplies */
    double batch_seq, query_token, context_token, heads, kv_heads, head_dim; /* attention */
    double window_token; /* a query sees at most so many; 0: all */
    double hidden, inner, experts, experts_active, expert_tp,
        expert_ep;     /* experts on one rank; m tokens over all */
    double skew;       /* exponent of the routing's power law; 0: even */
    double group_chip; /* collectives */
    double flop;
    double weight_byte, kv_byte, activation_byte;
    double link_byte; /* received by one chip at least */
} tr_kernel;

/* How a server was run: told by the table, else by the benchmark's protocol, else the engine's default. */
typedef struct tr_serving {
    double concurrency_seq; /* requests in flight over the whole instance; 0: as many as it admits */
    double request_per_s;   /* arrivals, where concurrency_seq is not stated; 0: that is told */
    double most_seq;        /* the engine runs so many at most; 0: what fits */
    double input_token, output_token; /* mean of a request: 0.9 of the stated where lengths spread from 0.8 of it */
    double cached_token;              /* of the input, already in the cache */
    double tp, pp, dp, ep;            /* of a (decode) worker: tensor, pipeline, attention-data and expert parallel */
    double prefill_chip, decode_chip; /* all workers together; both 0: aggregated */
    double prefill_tp, prefill_pp, prefill_dp, prefill_ep; /* of a prefill worker; 0: aggregated */
    double prefill_worker, decode_worker;                  /* as started; 0: aggregated */
    double idle_prefill_worker, idle_decode_worker;        /* of these, without a request: fewer are in flight */

    /* The benchmark's clients; 0: not stated. */
    double spread_ratio;       /* lengths are uniform from this share of the stated ones up to them; 1: fixed */
    double request_per_client; /* one after another; a mean counts the first too */
    int start_together;        /* 1: all clients send their first request at once, to an empty server */
    int warmed;                /* 1: kernels were compiled before the run */
    double mean_batch_share;   /* in flight over the whole run, of the clients: fewer once the first of them is done */

    /* How the engine was started. */
    double memory_share;    /* by its tr_memory_rule */
    double chunk_token;     /* token budget of a step with prompts */
    int prefill_first;      /* as in tr_engine */
    int whole_prompt;       /* as in tr_engine */
    double poll_step;       /* decode steps between looks for new requests */
    double batch_wait_step; /* it holds prompts back so many steps at most, to fill a batch; 0: it does not */
    double draft_token;     /* drafted beside each token; 0: no speculative decoding */
    double accept_share;    /* of the drafts: a step gives 1 + draft_token x accept_share tokens */
    char engine_date[12];   /* of the run, which its engine is no newer than; "" if not stated */
} tr_serving;

/* One measured number. Texts are good until the next record. */
typedef struct tr_measured {
    int line;
    tr_metric metric;
    double measured_s; /* > 0; TR_METRIC_WORKED: in the book's unit */
    double tolerance;  /* TR_METRIC_WORKED: relative */
    const char *system_name, *model_name, *engine, *version; /* as written; "" if not stated */
    const char *precision;         /* the weights' format as written: "fp8", "Q4_K_M"; "" if not stated */
    const char *protocol;          /* "inferencex"; "" if none is known */
    const tr_engine *known_engine; /* NULL: not stated, or not known */
    const tr_system *system;       /* the chips of one (decode) worker */
    const tr_model *model;         /* NULL for kernels */
    tr_formats dtypes;
    tr_serving serving;
    tr_kernel kernel;
    double worked;      /* TR_METRIC_WORKED: our result */
    int is_median;      /* over requests; else their mean */
    int clean;          /* 0: the number is known to measure something else beside, and unclean says what */
    const char *unclean;
    char assumed[128]; /* what neither table nor protocol tells and was taken from elsewhere; "" if nothing */
} tr_measured;

/* Who takes what is read. A status other than TR_OK ends the reading. */
typedef struct tr_measured_sink {
    tr_status (*measured)(void *context, const tr_measured *row, tr_error *err);
    tr_status (*skipped)(void *context, int line, const char *reason, tr_error *err);
    void *context;
} tr_measured_sink;

/* Reads a whole table. *record_count is the number of its records, *form the name of its form (static).
 * Errors: TR_EUNKNOWN (no known form: the text lists them), those of CSV files and of the sink. */
tr_status tr_measured_read(const char *path, const tr_measured_sink *sink, size_t *record_count,
                           const char **form, tr_error *err);

#endif
