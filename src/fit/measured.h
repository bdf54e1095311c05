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
#include <tokenroof/model.h>
#include <tokenroof/step.h>

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

/* How a server was run. */
typedef struct tr_serving {
    double concurrency_seq; /* requests in flight over the whole instance; 0: as many as it admits */
    double request_per_s;   /* arrivals, where concurrency_seq is not told; 0: that is told */
    double most_seq;        /* the engine admits so many; 0: not told */
    double input_token, output_token; /* mean of a request */
    double cached_token;              /* of the input, already in the cache */
    double tp, pp, dp, ep;            /* tensor, pipeline, attention-data and expert parallel */
    double prefill_chip, decode_chip; /* both 0: aggregated */
    double prefill_tp, prefill_dp, prefill_worker, decode_worker;
} tr_serving;

/* One measured number. Texts are good until the next record. */
typedef struct tr_measured {
    int line;
    tr_metric metric;
    double measured_s; /* > 0; TR_METRIC_WORKED: in the book's unit */
    double tolerance;  /* TR_METRIC_WORKED: relative */
    const char *system_name, *model_name, *engine, *version, *precision; /* as written; "" if not told */
    const tr_system *system;                                             /* the chips of one instance */
    const tr_model *model;                                               /* NULL for kernels */
    tr_dtypes dtypes;
    tr_serving serving;
    tr_kernel kernel;
    double worked; /* TR_METRIC_WORKED: our result */
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
