/* chip/threads.c -- a CPU of which only some cores work: what they multiply, and what they can read. */
#include <tokenroof/chip.h>

#include "base/check.h"
#include "base/extreme.h"
#include "base/fail.h"
#include "chip/field.h"

/* The most that one core of any CPU was seen to read: Apple's M1 Max, anandtech.com/show/17024 (2021-10-25). */
#define CORE_READ_BYTE_PER_S 102e9
/* What a performance core multiplies over an efficiency core, at most: wider and clocked higher (M4, Raptor Lake). */
#define FAST_CORE_RATIO 3.0

/* [C15] The share of the peak that so many cores have, the fast ones first. */
static double peak_share(const tr_chip *chip, double thread_count)
{
    const double cores = chip->core_count, fast = chip->fast_core_count > 0.0 ? chip->fast_core_count : cores;
    const double busy = smaller(thread_count, cores), quick = smaller(busy, fast);
    return (FAST_CORE_RATIO * quick + (busy - quick)) / (FAST_CORE_RATIO * fast + (cores - fast));
}

static tr_status limit(tr_chip *chip, double thread_count, tr_error *err)
{
    if (!(chip->core_count >= 1.0))
        return tr_fail(err, TR_EMISSING, "thread_count", thread_count,
                       "how many cores %s has is not known: its file needs core_count", chip->name);
    const double share = peak_share(chip, thread_count);
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT; d++)
        chip->flop_per_s[d] *= share;
    chip->vector_flop_per_s *= share;
    chip->memory_byte_per_s = smaller(chip->memory_byte_per_s, thread_count * CORE_READ_BYTE_PER_S); /* [C16] */
    tr_chip_set_own_tier(chip);
    return TR_OK;
}

tr_status tr_system_threads(tr_system *system, double thread_count, tr_error *err)
{
    const int is_cpu = system->chip.kind == TR_CHIP_CPU;
    tr_status s = tr_check_whole_between("thread_count", thread_count, 1.0, 1e5, err);
    if (s == TR_OK && !is_cpu && !system->has_host)
        return tr_fail(err, TR_ECONFLICT, "thread_count", thread_count,
                       "threads are of a CPU, and %s computes without: leave out --threads, or name a CPU, or one "
                       "beside it (%s+epyc-9654)", system->chip.name, system->chip.name);
    if (s == TR_OK && is_cpu) /* sockets share them out */
        s = limit(&system->chip, thread_count / system->chip_count, err);
    else if (s == TR_OK)
        s = limit(&system->host, thread_count / system->host_count, err);
    return s;
}
