/* probe/machine.h -- what this machine is, as its kernel and driver tell it, and which chip of the catalog it has.
 *
 * Native only. Reads /proc and loads the NVIDIA driver's library where there is one; measures nothing.
 */
#ifndef TOKENROOF_SRC_PROBE_MACHINE_H
#define TOKENROOF_SRC_PROBE_MACHINE_H

#include <tokenroof/chip.h>

typedef struct tr_machine {
    char cpu[96];                /* "AMD EPYC 9654 96-Core Processor"; "" = not told */
    char vendor[32];             /* "AMD", "Intel" or as the kernel has it */
    double core_count;           /* of all sockets, without threads that share one; >= 1 */
    double socket_count;         /* >= 1 */
    double clock_hz;             /* as the kernel reports it now; 0 = not told */
    int has_fma, has_avx512, has_bf16, has_amx; /* AVX2 and FMA; AVX-512; BF16 in AVX-512; in AMX tiles */
    double memory_byte;          /* what the kernel can use, all of the machine */
    double card_count;           /* NVIDIA cards like the first; 0: none, or no driver */
    char card[96];               /* "NVIDIA GeForce RTX 4090" */
    double card_memory_byte;     /* of one; 0: not told */
} tr_machine;

/* proc: the folder of cpuinfo and meminfo ("/proc"); nvml: the driver's library by name or path ("libnvidia-ml.so.1"),
 * NULL: none is looked for. Errors: TR_EIO (no such files), TR_EPARSE (no memory size). On error *out is untouched. */
tr_status tr_machine_read(const char *proc, const char *nvml, tr_machine *out, tr_error *err);

/* The chip of the catalog, of one kind, that a processor's own name means ("AMD EPYC 9654 96-Core Processor"); NULL:
 * none. */
const tr_chip *tr_machine_chip(const char *cpu, tr_chip_kind kind);

/* The same in the words of SYSTEM: "rtx-4090+ryzen-7950x,mem=64GB", "2xepyc-9654,mem=384GB"; "" where its card, or
 * without a card its CPU, is not in the catalog. Returns out. */
const char *tr_machine_name(const tr_machine *machine, char *out, size_t size);

/* A system of the catalog where it has a name, else a CPU made of what is known: cores, clock, instructions and memory.
 * Its bandwidth is not known then: chip.memory_byte_per_s is TR_BANDWIDTH_NOT_KNOWN. Errors: TR_EUNKNOWN (a card that
 * the catalog does not have), those of tr_system_catalog_get.  [K119] */
tr_status tr_machine_system(const tr_machine *machine, tr_system *out, tr_error *err);

/* This one. Errors: as above. */
tr_status tr_probe_machine(tr_system *out, tr_error *err);

#endif
