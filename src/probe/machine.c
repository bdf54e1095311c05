/* probe/machine.c -- this machine from /proc and the NVIDIA driver, as a system of the catalog or a CPU of its own. */
#include "probe/machine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/text.h"
#include "io/file.h"
#include "probe/nvml.h"

#define FILE_LIMIT_BYTE ((size_t)16 << 20) /* cpuinfo of a thousand processors is half a megabyte */

enum { SOCKET_MAX = 16 };

/* ---- /proc ---------------------------------------------------------------------------------------------------- */

/* The value behind "key   : value" where a line begins so; NULL where it does not. */
static const char *value_of(const char *line, const char *key)
{
    const size_t length = strlen(key);
    if (strncmp(line, key, length) != 0)
        return NULL;
    line += length + strspn(line + length, " \t");
    if (*line != ':')
        return NULL;
    return line + 1 + strspn(line + 1, " \t");
}

static int has_flag(const char *flags, size_t length, const char *flag)
{
    const size_t n = strlen(flag);
    for (const char *at = strstr(flags, flag); at != NULL && at < flags + length; at = strstr(at + 1, flag))
        if (at[-1] == ' ' && (at[n] == ' ' || at[n] == '\n' || at[n] == '\0'))
            return 1;
    return 0;
}

static void copy_line(char *out, size_t size, const char *value)
{
    (void)tr_text_copy_span(out, size, value, strcspn(value, "\n"));
}

typedef struct counts {
    double processors, cores_per_socket, sockets[SOCKET_MAX];
    size_t socket_count;
} counts;

static void count_socket(counts *c, double id)
{
    for (size_t i = 0; i < c->socket_count; i++)
        if (fabs(c->sockets[i] - id) < 0.5)
            return;
    if (c->socket_count < SOCKET_MAX)
        c->sockets[c->socket_count++] = id;
}

static void read_flags(const char *value, tr_machine *m)
{
    const size_t length = strcspn(value, "\n");
    m->has_fma = has_flag(value, length, "fma") && has_flag(value, length, "avx2");
    m->has_avx512 = has_flag(value, length, "avx512f");
    m->has_bf16 = has_flag(value, length, "avx512_bf16");
    m->has_amx = has_flag(value, length, "amx_bf16");
}

static void read_line(const char *line, tr_machine *m, counts *c)
{
    const char *v;
    if ((v = value_of(line, "model name")) != NULL && m->cpu[0] == '\0')
        copy_line(m->cpu, sizeof m->cpu, v);
    else if ((v = value_of(line, "vendor_id")) != NULL && m->vendor[0] == '\0')
        copy_line(m->vendor, sizeof m->vendor, v);
    else if ((v = value_of(line, "cpu cores")) != NULL)
        c->cores_per_socket = strtod(v, NULL);
    else if ((v = value_of(line, "physical id")) != NULL)
        count_socket(c, strtod(v, NULL));
    else if ((v = value_of(line, "cpu MHz")) != NULL)
        m->clock_hz = fmax(m->clock_hz, 1e6 * strtod(v, NULL));
    else if ((v = value_of(line, "flags")) != NULL)
        read_flags(v, m);
    else if (value_of(line, "processor") != NULL)
        c->processors += 1.0;
}

static void read_cpuinfo(const char *text, tr_machine *m)
{
    counts c = {.processors = 0.0};
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
        read_line(line, m, &c);
    m->socket_count = c.socket_count > 0 ? (double)c.socket_count : 1.0;
    m->core_count = fmax(1.0, c.cores_per_socket > 0.0 ? c.cores_per_socket * m->socket_count : c.processors);
    if (strcmp(m->vendor, "AuthenticAMD") == 0)
        (void)tr_text_copy(m->vendor, sizeof m->vendor, "AMD");
    else if (strcmp(m->vendor, "GenuineIntel") == 0)
        (void)tr_text_copy(m->vendor, sizeof m->vendor, "Intel");
}

static tr_status read_file(const char *folder, const char *name, char **out, tr_error *err)
{
    char path[TR_PATH_MAX];
    size_t size = 0;
    const tr_status s = tr_path_join(path, sizeof path, folder, name, err);
    return s == TR_OK ? tr_file_read(path, FILE_LIMIT_BYTE, out, &size, err) : s;
}

static tr_status read_memory(const char *text, tr_machine *m, tr_error *err)
{
    const char *line = strstr(text, "MemTotal");
    const char *value = line != NULL ? value_of(line, "MemTotal") : NULL;
    m->memory_byte = value != NULL ? 1024.0 * strtod(value, NULL) : 0.0;
    return m->memory_byte > 0.0 && m->memory_byte < 1e18
               ? TR_OK
               : tr_fail(err, TR_EPARSE, "meminfo", 0.0, "this machine's meminfo has no MemTotal");
}

tr_status tr_machine_read(const char *proc, const char *nvml, tr_machine *out, tr_error *err)
{
    tr_machine m = {.core_count = 1.0};
    tr_nvml_cards cards = {.count = 0};
    char *text = NULL;
    tr_status s = read_file(proc, "cpuinfo", &text, err);
    if (s == TR_OK)
        read_cpuinfo(text, &m);
    free(text);
    text = NULL;
    if (s == TR_OK)
        s = read_file(proc, "meminfo", &text, err);
    if (s == TR_OK)
        s = read_memory(text, &m, err);
    free(text);
    if (s != TR_OK)
        return s;
    if (nvml != NULL && tr_nvml_read(nvml, &cards)) {
        m.card_count = cards.count;
        m.card_memory_byte = cards.memory_byte;
        (void)tr_text_copy(m.card, sizeof m.card, cards.name);
    }
    *out = m;
    return TR_OK;
}

/* ---- names of the catalog -------------------------------------------------------------------------------------- */

/* "amd epyc 9654" of "AMD EPYC 9654 96-Core Processor", "intel core i9-14900k" of "13th Gen Intel(R) Core(TM)
 * i9-14900K": what a title and a kernel's name have in common. */
static void plain_name(const char *name, char *out, size_t size)
{
    static const char *const noise[] = {"CPU", "Processor", "Gen", "Ryzen"};
    size_t n = 0;
    out[0] = '\0';
    while (*name != '\0' && *name != '@' && strncmp(name, "w/ ", 3) != 0 && strncmp(name, "with ", 5) != 0) {
        const size_t length = strcspn(name, " ");
        char word[64];
        (void)tr_text_copy_span(word, sizeof word, name, length);
        name += length + strspn(name + length, " ");
        char *mark = strchr(word, '(');
        if (mark == word) /* what follows in brackets is the catalog's */
            break;
        if (mark != NULL)
            *mark = '\0';
        int is_noise = word[0] == '\0' || tr_text_holds(word, "-Core") ||
                       (tr_text_is_digit(word[0]) && tr_has_suffix(word, "th")); /* 13th Gen */
        for (size_t i = 0; i < sizeof noise / sizeof noise[0]; i++)
            is_noise = is_noise || tr_text_same(word, noise[i]);
        if (is_noise)
            continue;
        n += (size_t)snprintf(out + n, size - n, "%s%s", n > 0 ? " " : "", word);
        if (n >= size)
            break;
    }
}

/* A GPU that shares the memory before the CPU beside it. */
static const tr_chip *chip_of_cpu(const char *cpu)
{
    char mine[128], its[128];
    const tr_chip *found = NULL;
    plain_name(cpu, mine, sizeof mine);
    for (size_t i = 0; mine[0] != '\0' && i < tr_chip_catalog_count(); i++) {
        const tr_chip *chip = tr_chip_catalog_at(i);
        if (chip->kind != TR_CHIP_CPU && chip->kind != TR_CHIP_UNIFIED)
            continue;
        plain_name(chip->title, its, sizeof its);
        if (tr_text_same(mine, its) && (found == NULL || chip->kind == TR_CHIP_UNIFIED))
            found = chip;
    }
    return found;
}

/* What the driver calls those whose name is not the catalog's: as nvidia-smi prints them (NVIDIA's list of supported
 * chips, README of driver 570, appendix A, 2025). */
static const char *const cards[][2] = {
    {"NVIDIA H100 80GB HBM3", "h100-sxm"},        {"NVIDIA H100 PCIe", "h100-pcie"},
    {"NVIDIA H100 NVL", "h100-nvl"},              {"NVIDIA H200", "h200-sxm"},
    {"NVIDIA H200 NVL", "h200-nvl"},              {"NVIDIA H800", "h800-sxm"},
    {"NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"},   {"NVIDIA A100-SXM4-40GB", "a100-sxm-40gb"},
    {"NVIDIA A100 80GB PCIe", "a100-pcie-80gb"},  {"NVIDIA A100-PCIE-40GB", "a100-pcie-40gb"},
    {"NVIDIA GH200 480GB", "gh200-96gb"},         {"NVIDIA GH200 144G HBM3e", "gh200-144gb"},
    {"NVIDIA GB10", "dgx-spark"},                 {"NVIDIA GB200", "gb200"},
    {"NVIDIA GB300", "gb300"},                    {"NVIDIA B300 SXM6 AC", "b300-sxm"},
    {"Tesla V100-SXM2-32GB", "v100-sxm-32gb"},    {"Tesla P100-PCIE-16GB", "p100"},
    {"NVIDIA RTX 6000 Ada Generation", "rtx-6000-ada"},
    {"NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "rtx-pro-6000"},
    {"NVIDIA RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000"},
};

static const tr_chip *chip_of_card(const char *card)
{
    static const char *const maker[] = {"NVIDIA GeForce ", "NVIDIA ", "Tesla ", "GeForce "};
    char name[96];
    for (size_t i = 0; i < sizeof cards / sizeof cards[0]; i++)
        if (tr_text_same(cards[i][0], card))
            return tr_chip_catalog_find(cards[i][1]);
    for (size_t i = 0; i < sizeof maker / sizeof maker[0]; i++)
        if (tr_text_starts(card, maker[i])) {
            card += strlen(maker[i]);
            break;
        }
    (void)tr_text_copy(name, sizeof name, card);
    for (size_t i = 0; name[i] != '\0'; i++)
        name[i] = (char)(name[i] == ' ' ? '-' : name[i]);
    const size_t length = strlen(name);
    if (length > 4 && strcmp(name + length - 4, "-GPU") == 0) /* "RTX 4090 Laptop GPU" */
        name[length - 4] = '\0';
    return tr_chip_catalog_find(name);
}

static double gigabytes(double byte) { return floor(byte / 1e9 + 0.5); }

/* Another memory than the catalog's: cards are sold in several sizes. */
static int is_other_size(const tr_chip *chip, double byte)
{
    return byte > 0.0 && (byte > 1.08 * chip->memory_byte || byte < 0.92 * chip->memory_byte);
}

static void name_cards(const tr_machine *m, const tr_chip *card, char *out, size_t size)
{
    char part[48] = "";
    out[0] = '\0';
    if (m->card_count > 1.0)
        (void)snprintf(out, size, "%.0fx", m->card_count);
    (void)tr_text_append(out, size, card->name);
    if (card->kind == TR_CHIP_GPU && is_other_size(card, m->card_memory_byte))
        (void)snprintf(part, sizeof part, ",mem=%.0fGB", gigabytes(m->card_memory_byte));
    (void)tr_text_append(out, size, part);
}

const char *tr_machine_name(const tr_machine *m, char *out, size_t size)
{
    char part[160];
    const tr_chip *card = m->card_count > 0.0 ? chip_of_card(m->card) : NULL, *cpu = chip_of_cpu(m->cpu);
    out[0] = '\0';
    if (m->card_count > 0.0 && card == NULL)
        return out;
    if (card != NULL)
        name_cards(m, card, out, size);
    if (cpu == NULL || (card != NULL && card->kind == TR_CHIP_UNIFIED))
        return out;
    if (cpu->kind == TR_CHIP_UNIFIED) { /* how much of it the GPU gets is set elsewhere */
        if (card == NULL)
            (void)tr_text_append(out, size, cpu->name);
        return out;
    }
    (void)tr_text_append(out, size, card != NULL ? "+" : "");
    if (m->socket_count > 1.0) {
        (void)snprintf(part, sizeof part, "%.0fx", m->socket_count);
        (void)tr_text_append(out, size, part);
    }
    (void)snprintf(part, sizeof part, "%s,mem=%.0fGB", cpu->name, gigabytes(m->memory_byte / m->socket_count));
    (void)tr_text_append(out, size, part);
    return out;
}

/* ---- a CPU that the catalog does not have ---------------------------------------------------------------------- */

/* [K119] */
static void fill_peaks(const tr_machine *m, tr_chip *chip)
{
    const double cycles_per_s = m->core_count / m->socket_count * (m->clock_hz > 0.0 ? m->clock_hz : 2e9);
    const double fp32 = m->has_avx512 ? 64.0 : m->has_fma ? 32.0 : 8.0;
    chip->flop_per_s[TR_DTYPE_FP32] = cycles_per_s * fp32;
    chip->flop_per_s[TR_DTYPE_BF16] = cycles_per_s * (m->has_amx ? 2048.0 : m->has_bf16 ? 2.0 * fp32 : fp32);
}

static tr_status make_cpu(const tr_machine *m, tr_system *out, tr_error *err)
{
    tr_system system;
    tr_chip chip = {.kind = TR_CHIP_CPU,
                    .memory_byte_per_s = TR_BANDWIDTH_NOT_KNOWN,
                    .scaleup_domain_chip = m->socket_count};
    (void)tr_text_copy(chip.name, sizeof chip.name, "this-machine");
    (void)tr_text_copy(chip.title, sizeof chip.title, m->cpu[0] != '\0' ? m->cpu : "a CPU without a name");
    (void)tr_text_copy(chip.vendor, sizeof chip.vendor, m->vendor);
    (void)tr_text_copy(chip.source, sizeof chip.source, "/proc/cpuinfo and /proc/meminfo of this machine");
    (void)tr_text_copy(chip.confidence, sizeof chip.confidence, "low");
    chip.memory_byte = m->memory_byte / m->socket_count;
    chip.core_count = m->core_count / m->socket_count;
    fill_peaks(m, &chip);
    (void)tr_text_copy(chip.tier[0].name, sizeof chip.tier[0].name, "hbm");
    chip.tier[0].capacity_byte = chip.memory_byte;
    chip.tier[0].read_byte_per_s = chip.memory_byte_per_s;
    chip.tier_count = 1;
    const tr_status s = tr_system_of(&chip, 1.0, &system, err);
    if (s != TR_OK)
        return s;
    (void)tr_text_copy(system.name, sizeof system.name, chip.name);
    *out = system;
    return TR_OK;
}

tr_status tr_machine_system(const tr_machine *m, tr_system *out, tr_error *err)
{
    char name[256];
    if (tr_machine_name(m, name, sizeof name)[0] != '\0')
        return tr_system_catalog_get(name, out, err);
    if (m->card_count > 0.0)
        return tr_fail(err, TR_EUNKNOWN, "system", m->card_count,
                       "this machine has %.0f x %s, which the catalog does not have: name the nearest with what "
                       "differs, such as rtx-4090,mem=16GB,bw=576GB/s", m->card_count, m->card);
    return make_cpu(m, out, err);
}

tr_status tr_probe_machine(tr_system *out, tr_error *err)
{
    tr_machine m;
    const tr_status s = tr_machine_read("/proc", "libnvidia-ml.so.1", &m, err);
    if (s != TR_OK)
        return tr_fail(err, s, "system", 0.0,
                       "what this machine is can be read under Linux only: name it, such as m3-max-40,mem=64GB");
    return tr_machine_system(&m, out, err);
}
