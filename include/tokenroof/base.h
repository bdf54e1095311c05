/* tokenroof/base.h -- status and errors, numbers with units, dtypes, and where text goes.
 *
 * The lowest room: everything else includes it. All quantities are doubles in
 * base SI units, G is 1e9 and never 2^30, and one fused multiply-add is 2 FLOP.
 * Functions here are pure unless they say otherwise: no globals, no
 * allocation, no I/O, no locale; any thread may call them.
 */
#ifndef TOKENROOF_BASE_H
#define TOKENROOF_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TR_API __attribute__((visibility("default")))
#else
#define TR_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define TR_VERSION "0.1.0"

/* What became of a call. Values are pinned: other languages may rely on them. */
typedef enum tr_status {
    TR_OK = 0,
    TR_EDOMAIN = 1,    /* a number is not finite or outside its stated range */
    TR_ENOFIT = 2,     /* the model has no answer: memory exceeded, or nothing reaches the target */
    TR_EPARSE = 3,     /* text is not of the stated form */
    TR_EUNKNOWN = 4,   /* a name, key or family nobody knows */
    TR_EMISSING = 5,   /* a required key or input is absent */
    TR_ECONFLICT = 6,  /* two inputs contradict each other */
    TR_ECAPACITY = 7,  /* the caller's buffer, or a stated limit, is too small */
    TR_EIO = 8,        /* a file could not be read or written (native rooms only) */
    TR_ENOMEM = 9,     /* allocation failed (only functions that say they allocate) */
    TR_ECANCELLED = 10 /* who listened to a tr_progress wanted no more */
} tr_status;

/* Where and why a call failed. Filled only on failure, and only if the caller
 * passes one; plain data, owned by the caller, no pointers into anything. */
typedef struct tr_error {
    tr_status status;
    char field[64];   /* the input at fault: "batch_seq", "text_config.hidden_size"; "" if none */
    double value;     /* the offending number, or 0 */
    char text[320];   /* one sentence for a person, no newline */
    int line;         /* 1-based position in a file, 0 if none */
    int column;
} tr_error;

/* "domain", "no-fit", ...: a stable word for each status; "unknown" for others. */
TR_API const char *tr_status_name(tr_status status);

/* The library's version, e.g. "0.1.0", and the commit it was built from ("" if unknown). */
TR_API const char *tr_version(void);
TR_API const char *tr_commit(void);

/* For "did you mean": the name nearest to the given one among at(0, context),
 * at(1, context), ... until NULL; ASCII case ignored. A few slips are near; so
 * is a name that begins with, or holds, three letters or more that were given.
 * NULL if none is close. */
TR_API const char *tr_near_name(const char *name, const char *(*at)(size_t index, const void *context),
                                const void *context);

/* What a number measures. Decides the suffixes accepted and the format. */
typedef enum tr_unit {
    TR_UNIT_NONE = 0,        /* plain number; k M G T P suffixes accepted */
    TR_UNIT_RATIO,           /* 0.5 or 50% */
    TR_UNIT_SECOND,          /* s ms us ns min h d y (365.25 d) */
    TR_UNIT_BYTE,            /* B kB MB GB TB PB, KiB MiB GiB TiB */
    TR_UNIT_BYTE_PER_S,      /* B/s ... TB/s; Gbit/s and Gbps count bits, "Gb/s" is refused as ambiguous */
    TR_UNIT_FLOP,            /* FLOP with k..E */
    TR_UNIT_FLOP_PER_S,      /* FLOP/s, FLOPS, with k..E */
    TR_UNIT_TOKEN,           /* k = 1e3; only TR_UNIT_CONTEXT reads k as 1024 */
    TR_UNIT_CONTEXT,         /* tokens of context: k = 1024, M = 1048576: "128k" = 131072, "100k" = 102400; a bare 8192 is 8192 */
    TR_UNIT_SEQ,
    TR_UNIT_PARAM,           /* 671B = 671e9: K M B T */
    TR_UNIT_USD,             /* $2.50 or 2.50 */
    TR_UNIT_USD_PER_HOUR,    /* $2.50/h */
    TR_UNIT_USD_PER_MTOKEN,  /* $2.50/M, $2.50/Mtoken */
    TR_UNIT_USD_PER_KWH,     /* $0.10/kWh */
    TR_UNIT_WATT,
    TR_UNIT_JOULE,
    TR_UNIT_TOKEN_PER_S,
    TR_UNIT_FLOP_PER_BYTE,
    TR_UNIT_COUNT
} tr_unit;

/* Parse one number with an optional unit, e.g. "3.35TB/s", "$2.50/h", "128k".
 * Correctly rounded, independent of the locale. Spaces around and between
 * number and unit are allowed; nothing may follow.
 * Errors: TR_EPARSE (not a number, or a unit of another kind: the text says
 * which were expected), TR_EDOMAIN (overflow, NaN). */
TR_API tr_status tr_quantity_parse(const char *text, tr_unit unit, double *out, tr_error *err);

/* "a time in s, ms, us, ...": what tr_quantity_parse accepts for this unit, for --help and messages. */
TR_API const char *tr_unit_expected(tr_unit unit);

/* Parse a comma list of numbers and ranges into out[0..*count): "1,8,64",
 * "1..4096x2" (doubles until past the end), "1..100+5" (steps), "1..8" (+1).
 * A range goes up; nothing is written on error.
 * Errors: as tr_quantity_parse, and TR_ECAPACITY if more than capacity values. */
TR_API tr_status tr_quantity_list_parse(const char *text, tr_unit unit, double *out,
                                        size_t capacity, size_t *count, tr_error *err);

/* Write value for a person into out (always terminated): 4 significant digits
 * and a prefix that reads well, "3.35 TB/s", "12.8 ms", "671 B" (parameters),
 * "$0.42" (from a dollar up, to the cent). Counts below 100,000 are written
 * out. Reads back with the same unit. Not for programs: use tr_number_format.
 * "inf", "nan" where not finite. out never needs more than 64 bytes. Returns
 * the length that was needed. */
TR_API size_t tr_quantity_format(double value, tr_unit unit, char *out, size_t size);

/* The shortest decimal that reads back as exactly value, laid out as
 * JavaScript does ("671000000000", "1e+21", "1e-7"; but "-0" keeps its sign);
 * "null" for a non-finite one. out needs 32 bytes. Returns the length. */
TR_API size_t tr_number_format(double value, char *out, size_t size);

/* Number formats that chips have ceilings for and tensors are stored in. */
typedef enum tr_dtype {
    TR_DTYPE_NATIVE = 0, /* "as the model or chip has it": a request, never an answer */
    TR_DTYPE_FP32,
    TR_DTYPE_TF32,
    TR_DTYPE_BF16,       /* and FP16: same bytes, same ceilings */
    TR_DTYPE_FP8,
    TR_DTYPE_INT8,
    TR_DTYPE_FP4,        /* NVFP4 and MXFP4 payload */
    TR_DTYPE_INT4,       /* weight-only: math runs in BF16 */
    TR_DTYPE_COUNT,      /* of those above, which chips have ceilings for; no format itself */
    TR_DTYPE_Q8_0,       /* llama.cpp's blocks of 32 with their scales, of caches and weights: whole numbers, so */
    TR_DTYPE_Q5_1,       /* that weights multiply in INT8 where the chip is faster at that, else in BF16 */
    TR_DTYPE_Q5_0,
    TR_DTYPE_Q4_1,
    TR_DTYPE_Q4_0,
    TR_DTYPE_IQ4_NL,
    TR_DTYPE_STORED_END  /* past the last */
} tr_dtype;

TR_API const char *tr_dtype_name(tr_dtype dtype);                                        /* "bf16" */
TR_API tr_status tr_dtype_parse(const char *text, tr_dtype *out, tr_error *err);         /* also "fp16", "nvfp4", "mxfp4", "float8_e4m3fn" */
/* Bytes an element: of the payload, scales not counted; of the blocks q8_0 to iq4_nl with their scales (34 / 32 for
 * q8_0). 0 for NATIVE. */
TR_API double tr_dtype_byte(tr_dtype dtype);

/* Where text goes: JSON, tables, figures. write returns 0, or nonzero to stop;
 * after that the sink is dead and writers return TR_EIO. */
typedef struct tr_sink {
    int (*write)(void *context, const char *text, size_t length);
    void *context;
} tr_sink;

/* Who is told how far long work is, every few milliseconds at least: done of total, both in the work's own steps, total
 * NaN where it is not known. A return that is not 0 stops the work: TR_ECANCELLED, and the output is untouched or holds
 * the rows before that. Called on the thread that works. */
typedef struct tr_progress {
    int (*tell)(void *context, double done, double total);
    void *context;
} tr_progress;

/* A sink over a caller's buffer. After writing, length is what was needed and
 * data is terminated within capacity: length >= capacity means it was cut. */
typedef struct tr_buffer {
    char *data;
    size_t capacity;
    size_t length;
} tr_buffer;
TR_API tr_sink tr_buffer_sink(tr_buffer *buffer);

#ifdef __cplusplus
}
#endif
#endif /* TOKENROOF_BASE_H */
