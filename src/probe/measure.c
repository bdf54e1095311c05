/* probe/measure.c -- the plan: what is measured in which order, each with its share of the time; and the ceilings. */
#define _DEFAULT_SOURCE
#include "probe/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/fail.h"
#include "base/text.h"
#include "probe/machine.h"

enum { UNIT_BYTE = 3 * 64 * 1024, PIECE = 1024, ITEM_MAX = TR_MEASURED_ROWS };
enum { SIDE = 960 }; /* of sgemm: many tiles, and rows that do not all fall on the same cache lines */
static const uint64_t ONE_BITS = 0x3FF0000000000000U; /* 1.0 */

/* One line of the plan. Threads [from, to) work, each on an equal part of the buffer's [first, last) units. */
typedef struct item {
    tr_measured_row row;
    tr_stream stream;
    int from, to;
    size_t first_unit, last_unit;
    const tr_multiply *multiply; /* NULL: a stream, or sgemm */
    int is_sgemm;
} item;

typedef struct part { /* of one thread; a cache line of its own */
    unsigned char *begin;
    size_t byte, at;
    int wrong;
    char apart[64];
} part;

typedef struct bench {
    const tr_measure_ask *ask;
    tr_measured *out;
    tr_crew *crew;
    part *part;
    unsigned char *buffer;
    size_t unit_count;
    tr_blas *blas;
    item plan[ITEM_MAX];
    size_t plan_count;
    const item *now;
    size_t amount; /* bytes, or rounds, that a thread does in one repeat */
    double end_s;
    size_t repeats, disturbed; /* of all items */
} bench;

/* ---- what a thread does ------------------------------------------------------------------------------------ */

static void fill(void *context, int thread)
{
    bench *b = context;
    const size_t threads = (size_t)tr_crew_count(b->crew), i = (size_t)thread;
    const size_t from = b->unit_count * i / threads, to = b->unit_count * (i + 1) / threads;
    uint64_t *word = (uint64_t *)(void *)(b->buffer + from * UNIT_BYTE);
    for (size_t k = 0; k < (to - from) * UNIT_BYTE / sizeof *word; k++)
        word[k] = ONE_BITS;
}

static void read_part(part *p, size_t amount)
{
    uint64_t sum = 0, word_count = 0;
    while (amount > 0) {
        const size_t left = p->byte - p->at, byte = amount < left ? amount : left;
        sum += tr_read_sum(p->begin + p->at, byte);
        word_count += byte / sizeof(uint64_t);
        amount -= byte;
        p->at = byte < left ? p->at + byte : 0;
    }
    p->wrong |= sum != word_count * ONE_BITS;
}

/* Thirds: what is written, and two that are read. */
static void triad_part(part *p, size_t amount)
{
    const size_t third = p->byte / 3;
    double *a = (double *)(void *)p->begin, *b = (double *)(void *)(p->begin + third);
    double *c = (double *)(void *)(p->begin + 2 * third);
    amount = amount / 3 / PIECE * PIECE;
    while (amount > 0) {
        const size_t left = third - p->at, byte = amount < left ? amount : left, at = p->at / sizeof *a;
        tr_triad(a + at, b + at, c + at, byte / sizeof *a);
        const size_t last = at + byte / sizeof *a - 1; /* whole numbers: the sum is exact */
        p->wrong |= fabs(a[last] - (b[last] + 3.0 * c[last])) > 0.0;
        amount -= byte;
        p->at = byte < left ? p->at + byte : 0;
    }
}

static void work(void *context, int thread)
{
    bench *b = context;
    const item *it = b->now;
    part *p = &b->part[thread];
    if (thread < it->from || thread >= it->to)
        return;
    if (it->multiply != NULL) {
        const double expected = (double)b->amount * it->multiply->sum_per_round;
        p->wrong |= fabs(it->multiply->run(b->amount) - expected) > 0.5;
    } else if (it->stream == TR_STREAM_READ) {
        read_part(p, b->amount);
    } else {
        triad_part(p, b->amount);
    }
}

/* ---- one line of the plan -------------------------------------------------------------------------------------- */

static void split(bench *b, const item *it)
{
    const size_t threads = (size_t)(it->to - it->from);
    const size_t units = it->last_unit - it->first_unit;
    const size_t set = (size_t)it->row.working_set_byte / threads / PIECE * PIECE;
    for (size_t i = 0; i < threads; i++) {
        part *p = &b->part[(size_t)it->from + i];
        const size_t from = it->first_unit + units * i / threads, to = it->first_unit + units * (i + 1) / threads;
        p->begin = b->buffer + from * UNIT_BYTE;
        p->byte = set > 0 && set < (to - from) * UNIT_BYTE ? set : (to - from) * UNIT_BYTE;
        p->at = 0;
        p->wrong = 0;
    }
}

/* What a core has for itself: multipliers and the first two caches. There the time that a thread had its core counts;
 * of what cores share only a repeat in which all of them worked together says anything. */
static int is_private(const item *it)
{
    return it->multiply != NULL || strcmp(it->row.where, "L1") == 0 || strcmp(it->row.where, "L2") == 0;
}

/* Seconds of one repeat, what it did, and whether the cores were its own. */
static double once_s(bench *b, const item *it, double *did, int *is_own)
{
    *is_own = 1;
    if (it->is_sgemm) {
        const double side = SIDE;
        *did = 2.0 * side * side * side;
        return tr_blas_multiply_s(b->blas);
    }
    const double threads = it->to - it->from;
    const double each = it->multiply != NULL ? it->multiply->flop_per_round : 1.0;
    const size_t amount = it->multiply == NULL && it->stream == TR_STREAM_TRIAD ? b->amount / 3 / PIECE * PIECE * 3
                                                                                : b->amount;
    *did = threads * each * (double)amount;
    tr_own own;
    const double took_s = tr_crew_run_s(b->crew, work, b, &own);
    *is_own = own.share >= TR_OWN_SHARE;
    return !*is_own && is_private(it) && own.time_s > 0.0 ? own.time_s : took_s;
}

/* So many that a repeat lasts as long as it should. */
static void adapt(bench *b, const item *it, double took_s, double aim_s)
{
    const double factor = took_s > 0.0 ? aim_s / took_s : 2.0;
    const double most = it->multiply != NULL ? (double)TR_MULTIPLY_ROUNDS : 1e9;
    double amount = (double)b->amount * fmin(fmax(factor, 0.1), 16.0);
    amount = fmin(fmax(amount, it->multiply != NULL ? 64.0 : 12.0 * PIECE), most);
    b->amount = (size_t)amount;
    if (it->multiply == NULL)
        b->amount = b->amount / PIECE * PIECE;
}

static int is_wrong(const bench *b, const item *it)
{
    int wrong = 0;
    for (int i = it->from; i < it->to; i++)
        wrong |= b->part[i].wrong;
    return wrong;
}

/* A repeat lasts some milliseconds: longer than threads need to begin together, shorter than another program would
 * leave them alone. */
static double aim_of(const bench *b, double share_s)
{
    return fmin(fmax(share_s / 64.0, 0.0005), 0.004 * (1.0 + b->out->thread_count / 16.0));
}

/* repeats[0]: those with the cores to themselves, [1]: all. Nonzero: who is told wants no more. */
static int repeat_item(bench *b, item *it, double share_s, tr_repeats *repeats)
{
    enum { WARM = 3, LEAST = 4 };
    const double begin_s = tr_clock_s();
    const tr_progress *progress = b->ask->progress;
    double did = 0.0, passed_s = 0.0;
    int stopped = 0, is_own = 1;
    for (int n = 0; !stopped && (passed_s < share_s || repeats[1].count < LEAST); n++) {
        const double took_s = once_s(b, it, &did, &is_own);
        passed_s = tr_clock_s() - begin_s;
        if (n < WARM && !it->is_sgemm) {
            adapt(b, it, took_s, aim_of(b, share_s));
        } else if (took_s > 0.0) {
            tr_repeats_add(&repeats[1], did / took_s);
            b->repeats++;
            b->disturbed += !is_own;
            if (is_own || is_private(it))
                tr_repeats_add(&repeats[0], did / took_s);
        }
        if (progress != NULL)
            stopped = progress->tell(progress->context, b->ask->time_s - fmax(b->end_s - tr_clock_s(), 0.0),
                                     b->ask->time_s);
        if (passed_s > share_s / 4.0 && tr_repeats_steady(&repeats[0]))
            break;
    }
    it->row.rate = tr_repeats_sum_up(&repeats[repeats[0].count >= LEAST ? 0 : 1]);
    return stopped;
}

static tr_status measure_item(bench *b, item *it, double share_s, tr_error *err)
{
    tr_repeats *repeats = calloc(2, sizeof *repeats);
    if (repeats == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0, "out of memory for the repeats");
    b->now = it;
    b->amount = it->multiply != NULL ? 1024 : 1 << 20;
    if (!it->is_sgemm)
        split(b, it);
    const int stopped = repeat_item(b, it, share_s, repeats);
    free(repeats);
    if (stopped)
        return tr_fail(err, TR_ECANCELLED, "", 0, "stopped: nothing was written");
    return is_wrong(b, it) ? tr_fail(err, TR_EDOMAIN, it->row.what, 0, "%s by %s gave a wrong result on this machine",
                                     it->row.what, it->row.method)
                           : TR_OK;
}

/* ---- the plan ------------------------------------------------------------------------------------------------ */

static item *add(bench *b, const char *what, const char *where, int from, int to)
{
    if (b->plan_count == ITEM_MAX)
        return NULL;
    item *it = &b->plan[b->plan_count++];
    memset(it, 0, sizeof *it);
    (void)tr_text_copy(it->row.what, sizeof it->row.what, what);
    (void)tr_text_copy(it->row.where, sizeof it->row.where, where);
    (void)tr_text_copy(it->row.method, sizeof it->row.method, tr_stream_method());
    it->from = from;
    it->to = to;
    it->row.thread_count = to - from;
    it->row.datasheet_share = (double)NAN;
    return it;
}

/* The first thread of a node, of those that work: they lie node after node. */
static int node_first(const tr_measured *m, int node)
{
    int first = 0;
    for (int i = 0; i < node && i < m->map.node_count; i++)
        first += m->map.node_core_count[i];
    return first < m->thread_count ? first : m->thread_count;
}

static int node_of(const tr_measured *m, int thread)
{
    int node = 0;
    while (node + 1 < m->map.node_count && thread >= node_first(m, node + 1))
        node++;
    return node;
}

/* The units that threads [from, to) touched first when the buffer was filled. */
static void units_of(const bench *b, item *it, int from, int to)
{
    const size_t threads = (size_t)b->out->thread_count;
    it->first_unit = b->unit_count * (size_t)from / threads;
    it->last_unit = b->unit_count * (size_t)to / threads;
}

static void add_stream(bench *b, tr_stream stream, const char *where, int from, int to)
{
    const tr_measured *m = b->out;
    item *it = add(b, stream == TR_STREAM_READ ? "read" : "triad", where, from, to);
    if (it == NULL)
        return;
    it->stream = stream;
    units_of(b, it, node_first(m, node_of(m, from)), node_first(m, node_of(m, to - 1) + 1));
    it->row.working_set_byte = (double)(it->last_unit - it->first_unit) * UNIT_BYTE;
}

static void add_set(bench *b, const char *where, double working_set_byte)
{
    const int threads = b->out->thread_count;
    item *it = add(b, "read", where, 0, threads);
    if (it == NULL)
        return;
    units_of(b, it, 0, threads);
    it->row.working_set_byte = working_set_byte;
}

static double level_byte(const tr_cpu_map *map, int level) /* of all caches of a level together */
{
    return map->cache_byte[level] * (double)(map->cache_share_count[level] > 0 ? map->cache_share_count[level] : 1);
}

static double last_level_byte(const tr_cpu_map *map)
{
    const double third = level_byte(map, 2), second = level_byte(map, 1);
    return third > 0.0 ? third : second > 0.0 ? second : 32e6;
}

/* Three quarters of the caches that these threads have, so that other data has room; then the last level, point by
 * point to twice its size. */
static void plan_caches(bench *b)
{
    const tr_cpu_map *map = &b->out->map;
    const double threads = b->out->thread_count, last = last_level_byte(map);
    static const char name[2][4] = {"L1", "L2"};
    for (int level = 0; level < 2; level++)
        if (map->cache_byte[level] > 0.0)
            add_set(b, name[level], 0.75 * fmin(level_byte(map, level), threads * map->cache_byte[level]));
    for (double set = last * 2.0, least = 2.0 * threads * map->cache_byte[1]; set > least; set /= 2.0)
        add_set(b, "working set", set);
}

static void plan_multiplies(bench *b)
{
    int wide = 0; /* the portable loop stands in where the processor's own are not known */
    for (size_t i = tr_multiply_count(); i-- > 0;) {
        const tr_multiply *m = tr_multiply_at(i);
        if (!m->is_here() || (i == 0 && wide))
            continue;
        item *it = add(b, "multiply", "", 0, b->out->thread_count);
        if (it == NULL)
            return;
        wide |= m->dtype == TR_DTYPE_FP32;
        it->multiply = m;
        (void)tr_text_copy(it->row.dtype, sizeof it->row.dtype, tr_dtype_name(m->dtype));
        (void)tr_text_copy(it->row.method, sizeof it->row.method, m->name);
        it->row.is_flop = 1;
    }
}

static void plan_all(bench *b)
{
    const tr_measured *m = b->out;
    const int threads = m->thread_count;
    for (int stream = TR_STREAM_READ; stream <= TR_STREAM_TRIAD; stream++) {
        for (int k = 1; k < threads; k *= 2)
            add_stream(b, (tr_stream)stream, "memory", 0, k);
        add_stream(b, (tr_stream)stream, "memory", 0, threads);
        for (int node = 0; m->map.node_count > 1 && node < m->map.node_count && node_first(m, node) < threads; node++) {
            char name[16];
            (void)snprintf(name, sizeof name, "node %d", node);
            add_stream(b, (tr_stream)stream, name, node_first(m, node), node_first(m, node + 1));
        }
        if (stream == TR_STREAM_READ) /* a triad writes over what they read */
            plan_caches(b);
    }
    plan_multiplies(b);
    item *it = b->blas != NULL ? add(b, "sgemm", "", 0, threads) : NULL;
    if (it == NULL)
        return;
    it->is_sgemm = it->row.is_flop = 1;
    (void)tr_text_copy(it->row.dtype, sizeof it->row.dtype, "fp32");
    (void)tr_text_copy(it->row.method, sizeof it->row.method, "openblas");
}

/* ---- the ceilings ---------------------------------------------------------------------------------------------- */

/* [C14] */
double tr_cache_reach_byte(const double *set_byte, const double *rate, size_t count, double memory_rate)
{
    double top = 0.0, reach = 0.0;
    for (size_t i = 0; i < count; i++)
        top = fmax(top, rate[i]);
    for (size_t i = 0; i < count; i++)
        if (rate[i] * rate[i] >= top * memory_rate && rate[i] > memory_rate && set_byte[i] > reach)
            reach = set_byte[i];
    return reach;
}

static double top(double a, double b) { return b > a ? b : a; }

static void take_ceiling(tr_measured *m, const item *it)
{
    const double best = it->row.rate.best;
    const int is_all = it->row.thread_count == m->thread_count;
    if (it->is_sgemm)
        m->sgemm_flop_per_s = best;
    else if (it->multiply != NULL)
        m->flop_per_s[it->multiply->dtype] = top(m->flop_per_s[it->multiply->dtype], best);
    else if (strcmp(it->row.where, "memory") == 0 && it->stream == TR_STREAM_READ)
        m->read_byte_per_s = top(m->read_byte_per_s, best);
    else if (strcmp(it->row.where, "memory") == 0)
        m->triad_byte_per_s = top(m->triad_byte_per_s, best);
    if (is_all && strcmp(it->row.where, "working set") != 0)
        m->spread_ratio = top(m->spread_ratio, it->row.rate.spread_ratio);
}

static double share_of(const tr_measured *m, const tr_measured_row *row)
{
    const tr_chip *chip = m->datasheet;
    tr_dtype dtype;
    if (chip == NULL)
        return (double)NAN;
    if (!row->is_flop)
        return strcmp(row->where, "memory") == 0 && row->what[0] == 'r' ? row->rate.best / chip->memory_byte_per_s
                                                                        : (double)NAN;
    if (tr_dtype_parse(row->dtype, &dtype, NULL) != TR_OK || !(chip->flop_per_s[dtype] > 0.0) ||
        !(chip->core_count > 0.0))
        return (double)NAN;
    return row->rate.best / (chip->flop_per_s[dtype] * row->thread_count / chip->core_count);
}

static void take_all(bench *b)
{
    tr_measured *m = b->out;
    double set_byte[ITEM_MAX], rate[ITEM_MAX];
    size_t sets = 0;
    m->datasheet = tr_machine_chip(m->map.cpu, TR_CHIP_CPU);
    for (size_t i = 0; i < b->plan_count; i++) {
        item *it = &b->plan[i];
        take_ceiling(m, it);
        it->row.datasheet_share = share_of(m, &it->row);
        m->row[m->row_count++] = it->row;
        if (strcmp(it->row.where, "working set") == 0 && it->row.working_set_byte <= 1.01 * last_level_byte(&m->map)) {
            set_byte[sets] = it->row.working_set_byte;
            rate[sets++] = it->row.rate.best;
            m->cache_byte_per_s = top(m->cache_byte_per_s, it->row.rate.best);
        }
    }
    m->disturbed_share = b->repeats > 0 ? (double)b->disturbed / (double)b->repeats : 0.0;
    m->cache_byte = tr_cache_reach_byte(set_byte, rate, sets, m->read_byte_per_s);
    /* No program is faster than the machine: what a product reached, its multiplies can. */
    m->flop_per_s[TR_DTYPE_FP32] = top(m->flop_per_s[TR_DTYPE_FP32], m->sgemm_flop_per_s);
}

/* ---- all of it --------------------------------------------------------------------------------------------------- */

static void bind(const void *context, int thread)
{
    const tr_measured *m = context;
    tr_cpu_bind(&m->map, node_of(m, thread));
}

static tr_status prepare(bench *b, tr_error *err)
{
    tr_measured *m = b->out;
    tr_cpu_map_load(&m->map);
    m->thread_count = b->ask->thread_count > 0 ? b->ask->thread_count : m->map.core_count;
    if (m->thread_count > m->map.core_count)
        return tr_fail(err, TR_EDOMAIN, "core_count", m->thread_count,
                       "%d threads on %d cores would wait for each other: expected at most %d", m->thread_count,
                       m->map.core_count, m->map.core_count);
    /* Three times what the caches hold, so that hardly anything that is read again is still there. */
    double byte = fmax(3.0 * last_level_byte(&m->map), 256e6);
    if (m->map.memory_byte > 0.0)
        byte = fmin(byte, m->map.memory_byte / 8.0);
    b->unit_count = (size_t)(byte / UNIT_BYTE) + (size_t)m->thread_count;
    void *buffer = NULL;
    b->part = calloc((size_t)m->thread_count, sizeof *b->part);
    if (b->part == NULL || posix_memalign(&buffer, 2U << 20, b->unit_count * UNIT_BYTE) != 0)
        return tr_fail(err, TR_ENOMEM, "", byte, "out of memory for the %.0f MB that are read", byte / 1e6);
    b->buffer = buffer;
#ifdef MADV_HUGEPAGE
    (void)madvise(buffer, b->unit_count * UNIT_BYTE, MADV_HUGEPAGE);
#endif
    return tr_crew_start(m->thread_count, bind, m, &b->crew, err);
}

/* Of the time; memory read by all is what most predictions rest on. */
static double weight_of(const bench *b, const item *it)
{
    return it->stream == TR_STREAM_READ && it->row.thread_count == b->out->thread_count &&
                   strcmp(it->row.where, "memory") == 0 ? 4.0 : 1.0;
}

static tr_status run(bench *b, tr_error *err)
{
    tr_status s = prepare(b, err);
    if (s != TR_OK)
        return s;
    b->blas = tr_blas_open(b->out->thread_count, SIDE, &b->out->told_blas);
    b->out->has_blas = b->blas != NULL;
    tr_own own;
    (void)tr_crew_run_s(b->crew, fill, b, &own);
    plan_all(b);
    double weight = 0.0;
    for (size_t i = 0; i < b->plan_count; i++)
        weight += weight_of(b, &b->plan[i]);
    for (size_t i = 0; s == TR_OK && i < b->plan_count; i++) {
        const double here = weight_of(b, &b->plan[i]);
        s = measure_item(b, &b->plan[i], fmax(b->end_s - tr_clock_s(), 0.0) * here / weight, err);
        weight -= here;
    }
    if (s == TR_OK)
        take_all(b);
    return s;
}

tr_status tr_measure(const tr_measure_ask *ask, tr_measured *out, tr_error *err)
{
    memset(out, 0, sizeof *out);
    if (!(ask->time_s >= 1.0 && ask->time_s <= 60.0))
        return tr_fail(err, TR_EDOMAIN, "measure_s", ask->time_s, "between 1 and 60 seconds, not %g", ask->time_s);
    bench *b = calloc(1, sizeof *b);
    if (b == NULL)
        return tr_fail(err, TR_ENOMEM, "", 0, "out of memory");
    const double begin_s = tr_clock_s();
    b->ask = ask;
    b->out = out;
    b->end_s = begin_s + ask->time_s;
    const tr_status s = run(b, err);
    out->took_s = tr_clock_s() - begin_s;
    tr_blas_close(b->blas);
    tr_crew_stop(b->crew);
    free(b->buffer);
    free(b->part);
    free(b);
    return s;
}
