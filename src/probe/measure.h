/* probe/measure.h -- what this machine's CPUs can do, measured: bandwidth, multiplies, caches; and a chip file of it.
 *
 * Native only. A measurement repeats one kernel on a crew of threads until its rate is steady [C10] or its share of
 * the time is over; the fastest repeat is the ceiling, since whatever disturbs a repeat only makes it slower, and the
 * spread between repeats says how quiet the machine was.
 */
#ifndef TOKENROOF_SRC_PROBE_MEASURE_H
#define TOKENROOF_SRC_PROBE_MEASURE_H

#include <stddef.h>

#include <tokenroof/chip.h>
#include <tokenroof/write.h>

/* ---- a rate over its repeats (steady.c) ---------------------------------------------------------------------- */

enum { TR_REPEAT_MAX = 512, TR_STEADY_REPEATS = 8 };
#define TR_STEADY_RATIO 0.05 /* of the median: repeats that differ by no more are steady */
#define TR_OWN_SHARE 0.9     /* of a repeat's time a thread has its core; with less the repeat is disturbed */

typedef struct tr_repeats {
    double rate[TR_REPEAT_MAX]; /* of each repeat in order, > 0; past the last place the newest replace the oldest */
    size_t count;               /* of all that were made */
} tr_repeats;

typedef struct tr_steady {
    double best, median;        /* of the repeats kept, in their own unit; 0: there were none */
    double spread_ratio;        /* (90th - 10th percentile) / median */
    size_t repeat_count;        /* made in all */
    int is_steady;
} tr_steady;

void tr_repeats_add(tr_repeats *repeats, double rate_per_s);
/* The last TR_STEADY_REPEATS lie within TR_STEADY_RATIO of their median.  [C10] */
int tr_repeats_steady(const tr_repeats *repeats);
/* The first quarter is warm-up and left out. */
tr_steady tr_repeats_sum_up(const tr_repeats *repeats);

/* ---- threads that begin together (crew.c) -------------------------------------------------------------------- */

typedef struct tr_crew tr_crew;
/* What one thread does; thread counts from 0. */
typedef void (*tr_crew_work)(void *context, int thread);
/* Where each thread runs: called once in it. NULL: wherever the system puts it. */
typedef void (*tr_crew_bind)(const void *context, int thread);

/* thread_count: 1 to 4096. Stop it with tr_crew_stop. Errors: TR_ENOMEM, TR_EIO (no more threads). */
tr_status tr_crew_start(int thread_count, tr_crew_bind bind, const void *bind_context, tr_crew **out, tr_error *err);
/* What a run says of the cores. */
typedef struct tr_own {
    double share;               /* of its time, the least that a thread had a core for itself, 0 to 1 */
    double time_s;              /* that a thread had a core, the harmonic mean; 0: none had anything to do */
} tr_own;

/* Every thread works once; seconds from the first to begin to the last to end. */
double tr_crew_run_s(tr_crew *crew, tr_crew_work work, void *context, tr_own *own);
int tr_crew_count(const tr_crew *crew);
void tr_crew_stop(tr_crew *crew); /* NULL is nothing */
double tr_clock_s(void);          /* of a clock that only goes forward */

/* ---- reads and writes (bandwidth.c) -------------------------------------------------------------------------- */

typedef enum tr_stream { TR_STREAM_READ = 0, TR_STREAM_TRIAD } tr_stream;

/* Bytes from memory, each read once, as 64-byte lines; byte: a multiple of 1,024. The sum of all 8-byte words, so
 * that no read can be left out.  [C11] */
uint64_t tr_read_sum(const void *from, size_t byte);
/* a[i] = b[i] + 3 c[i]; count: a multiple of 128. Counted as 24 bytes an element.  [C12] */
void tr_triad(double *a, const double *b, const double *c, size_t count);
const char *tr_stream_method(void); /* "avx512", "avx2", "plain": the width of loads */

/* ---- multiplies that touch no memory (multiply.c, multiply_x86.c) -------------------------------------------- */

typedef struct tr_multiply {
    const char *name;            /* "avx512", "amx" */
    tr_dtype dtype;
    double flop_per_round;       /* a fused multiply-add is 2.  [C13] */
    double sum_per_round;        /* run(n) = n x this, exactly, for n up to TR_MULTIPLY_ROUNDS */
    int (*is_here)(void);
    double (*run)(size_t rounds);
} tr_multiply;
enum { TR_MULTIPLY_ROUNDS = 1 << 18 };
size_t tr_multiply_count(void);                     /* whether or not this processor has them */
const tr_multiply *tr_multiply_at(size_t index);    /* static storage; NULL past the end */
const tr_multiply *tr_multiply_x86(size_t index);   /* of multiply_x86.c; NULL past the end */
int tr_has_avx2(void);
int tr_has_avx512(void);

/* ---- OpenBLAS, if this machine has it (blas.c) --------------------------------------------------------------- */

typedef struct tr_blas tr_blas;
/* NULL: there is none here. Free it with tr_blas_close. side: of its square matrices. *was_told: it does not know this
 * processor, and was told which kernels to use, by OPENBLAS_CORETYPE. */
tr_blas *tr_blas_open(int thread_count, int side, int *was_told);
/* C = A B with A all 1 and B all 2, once; seconds. A wrong product gives 0. */
double tr_blas_multiply_s(tr_blas *blas);
void tr_blas_close(tr_blas *blas);

/* ---- where the cores, nodes and caches lie (topology.c) ------------------------------------------------------ */

enum { TR_NODE_MAX = 64, TR_CACHE_LEVELS = 3 };
typedef struct tr_cpu_map {
    char cpu[96];                /* "Intel(R) Xeon(R) Platinum 8480+"; "" = not known */
    int core_count;              /* cores that this program may use, hyperthreads counted once */
    int node_count;              /* NUMA nodes with such cores, >= 1 */
    int node_core_count[TR_NODE_MAX];
    double cache_byte[TR_CACHE_LEVELS];  /* of one cache of each level, 0 = none or not known */
    int cache_share_count[TR_CACHE_LEVELS]; /* caches of that level */
    double memory_byte;          /* installed, 0 = not known */
    int has_hwloc;
    void *hwloc;                 /* its topology, for tr_cpu_bind; NULL without */
} tr_cpu_map;
void tr_cpu_map_load(tr_cpu_map *out);
void tr_cpu_map_free(tr_cpu_map *map);
/* The calling thread to all cores of a node; nothing without hwloc, and on one node. */
void tr_cpu_bind(const tr_cpu_map *map, int node);

/* ---- all of it (measure.c) ----------------------------------------------------------------------------------- */

typedef struct tr_measured_row {
    char what[12];               /* "read", "triad", "multiply", "sgemm" */
    char where[16];              /* "memory", "node 1", "L2", "working set"; "" of multiplies */
    char dtype[8];               /* of multiplies: "fp32"; "" */
    char method[12];             /* "avx512", "amx", "openblas" */
    int thread_count;
    double working_set_byte;     /* of all threads together; 0 of multiplies */
    int is_flop;                 /* the rate is FLOP/s; else bytes/s */
    tr_steady rate;
    double datasheet_share;      /* of the catalog's figure, NAN: it has none */
} tr_measured_row;

enum { TR_MEASURED_ROWS = 160 };
typedef struct tr_measured {
    tr_cpu_map map;
    int thread_count;            /* that the ceilings were measured with */
    double took_s;
    tr_measured_row row[TR_MEASURED_ROWS];
    size_t row_count;
    int has_blas, told_blas;
    const tr_chip *datasheet;    /* of the catalog; NULL: this CPU is not in it */
    /* The ceilings: the best of the rows. 0 = not measured. */
    double read_byte_per_s, triad_byte_per_s;
    double cache_byte;           /* of the last level, as far as it reaches here  [C14] */
    double cache_byte_per_s;
    double flop_per_s[TR_DTYPE_COUNT];
    double sgemm_flop_per_s;
    double spread_ratio;         /* of the widest of the rows that became ceilings */
    double disturbed_share;      /* of all repeats: another program had a core, and they are left out */
} tr_measured;

typedef struct tr_measure_ask {
    double time_s;               /* all of it takes no longer, 1 to 60 */
    int thread_count;            /* 0: all cores */
    const tr_progress *progress; /* told of the seconds passed; NULL: nobody */
} tr_measure_ask;

/* Allocates its buffers and frees them; out->map stays, also on error: tr_cpu_map_free it. Errors: TR_ENOMEM, TR_EIO
 * (threads), TR_EDOMAIN (what is asked; a kernel's result is wrong), TR_ECANCELLED. */
tr_status tr_measure(const tr_measure_ask *ask, tr_measured *out, tr_error *err);

/* How far a cache reaches: the largest working set still read at more than the geometric mean of the fastest rate and
 * the memory's; 0: none is. rate and memory_rate in bytes/s.  [C14] */
double tr_cache_reach_byte(const double *set_byte, const double *rate, size_t count, double memory_rate);

/* The form of data/chips, which every verb takes as SYSTEM. date: "2026-11-22". Errors: TR_EIO. */
tr_status tr_measured_chip(const tr_measured *measured, const char *date, const tr_sink *sink, tr_error *err);

/* measure_write.c: text, JSON, JSON lines, CSV, or the schema alone. Errors: TR_EIO. */
tr_status tr_measured_write(const tr_measured *measured, const tr_style *style, const tr_sink *sink, tr_error *err);

#endif
