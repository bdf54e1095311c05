/* fit/kernel_time.c -- formulas of the classes of kernels; only + - * / sqrt. */
#include "fit/kernel_time.h"

#include "base/extreme.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static double blend_s(double a_s, double b_s) { return sqrt(a_s * a_s + b_s * b_s); }

/* The peak that operands of this format multiply at; formats the chip has no figure for take the next wider's. */
static double peak_flop_per_s(const tr_chip *chip, tr_dtype dtype)
{
    double flop_per_s = 0;
    tr_dtype used;
    return tr_chip_math(chip, dtype, &flop_per_s, &used, NULL) == TR_OK ? flop_per_s
                                                                        : larger(chip->flop_per_s[TR_DTYPE_BF16], 1e12);
}

/* Two times side by side: at joint 0 the longer alone, at 4 their sum. */
static double joint_s(double a_s, double b_s, double joint)
{
    const double apart = a_s - b_s;
    return 0.5 * (a_s + b_s + sqrt(apart * apart + joint * a_s * b_s));
}

/* [F11] What a byte read takes of its time from memory where turn_byte are read in turn, again and again, beside
 * a last-level cache; kept_ratio: what one from the cache takes. The kept share falls steeply: a loop over a
 * little more than a cache holds finds nothing of it there. */
static double kept_ratio(const tr_chip *chip, double turn_byte, double kept)
{
    const double cache = chip->cache_byte;
    if (!(cache > 0) || !(kept < 1))
        return 1;
    const double full = turn_byte / cache, two = full * full, four = two * two;
    return 1 - (1 - kept) / (1 + four * four);
}

void kernel_gemm_work(tr_kernel *kernel)
{
    const double math_byte = tr_dtype_byte(kernel->math_dtype);
    kernel->flop = 2 * kernel->m * kernel->n * kernel->k;
    kernel->weight_byte = kernel->n * kernel->k * tr_dtype_byte(kernel->weight_dtype);
    kernel->activation_byte = kernel->m * (kernel->k * math_byte + kernel->n * 2);
}

#define GEMM_TURN_COUNT 5.0 /* sets of weights that a table's loop multiplies in turn */

/* [F11] */
static double gemm_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    const double compute_s = k->flop / (v[1] * peak_flop_per_s(chip, k->math_dtype));
    const double kept = kept_ratio(chip, GEMM_TURN_COUNT * k->weight_byte + k->activation_byte, v[7]);
    const double read_s = kept * (k->weight_byte + k->activation_byte) / (v[2] * chip->memory_byte_per_s);
    double quantise_s = 0;
    if (k->quantised) /* BF16 activations are read and written again, narrower */
        quantise_s = v[3] + k->m * k->k * (2 + tr_dtype_byte(k->math_dtype)) / (v[4] * chip->memory_byte_per_s);
    return blend_s(v[8], v[0] + quantise_s + v[5] * k->k + joint_s(compute_s, read_s, v[6]));
}

#define WIDE_GROUP_COUNT 32.0 /* query heads a KV head; above it libraries fall back to one read a head */

/* [F12] */
static double decode_attention_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    const double group = k->heads / k->kv_heads;
    const double compute_s = k->flop / (v[1] * peak_flop_per_s(chip, TR_DTYPE_BF16));
    double read_s = kept_ratio(chip, k->kv_byte, v[7]) * k->kv_byte / (v[2] * chip->memory_byte_per_s);
    if (group > WIDE_GROUP_COUNT)
        read_s *= larger(1, v[5] * group);
    return v[0] + v[3] * k->batch_seq * k->kv_heads + v[8] * k->batch_seq * k->heads + v[6] * k->context_token +
           blend_s(compute_s, read_s) + sqrt(read_s * v[4]);
}

/* [F13] Tiles at the edge of the causal triangle, and narrow or wide heads, waste multiplies. */
static double prefill_attention_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    const double pairs = k->flop / (4 * k->heads * k->head_dim * k->batch_seq);
    /* Rows each query sees at most: all, or the window w of pairs = w (w + 1) / 2 + (length - w) w. */
    const double half = k->query_token + 0.5;
    const double length = larger(half - sqrt(larger(half * half - 2 * pairs, 0)), 1);
    const double narrow = larger(128 / k->head_dim - 1, 0), wide = larger(k->head_dim / 128 - 1, 0);
    const double waste = (1 + v[3] * 256 / length) * (1 + v[4] * narrow + v[7] * wide);
    const double compute_s = k->flop * waste / (v[1] * peak_flop_per_s(chip, k->math_dtype));
    const double move_s = (k->kv_byte + k->activation_byte) / (v[2] * chip->memory_byte_per_s);
    return v[0] + v[5] * length + v[6] * k->kv_byte / chip->memory_byte_per_s + blend_s(compute_s, move_s);
}

/* Of a latent module's multiplies, those of its projections. */
static double projection_flop(const tr_kernel *k)
{
    return 2 * k->batch_seq * k->query_token * (k->weight_byte / larger(tr_dtype_byte(k->weight_dtype), 0.25));
}

/* [F14] Attention on the latent; a whole module has its projections around it. */
static double latent_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    const int decode = k->kind == TR_KERNEL_DECODE_MLA;
    const double token = k->batch_seq * k->query_token;
    const double weight_flop = projection_flop(k);
    const double kept = kept_ratio(chip, k->kv_byte + k->weight_byte, v[7]);
    const double compute_s = larger(k->flop - weight_flop, 0) / (v[1] * peak_flop_per_s(chip, k->math_dtype));
    const double read_s = kept * k->kv_byte / (v[2] * chip->memory_byte_per_s);
    const double project_s = weight_flop / (v[3] * peak_flop_per_s(chip, k->weight_dtype));
    const double weights_s = kept * k->weight_byte / (v[4] * chip->memory_byte_per_s);
    const double head_s = v[9] * token * k->heads + v[10] * (decode ? k->context_token : k->batch_seq * k->heads);
    return blend_s(v[8], v[0] + v[5] * token + head_s + joint_s(compute_s, read_s, v[11]) +
                             blend_s(project_s, weights_s) + sqrt((compute_s + read_s) * v[6]));
}

/* [F15] Experts touched are read; each one's rows are rounded up towards a tile; under skew fewer experts are
 * touched and the hottest rank has more rows. */
static double experts_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    const double rows = k->m * k->experts_active / k->expert_ep;
    const double param = k->flop / (2 * rows); /* of one expert, on this rank */
    const double load = k->m * k->experts_active / k->experts, skewed = v[4] * load;
    const double least = k->experts_active / k->experts;
    const double share = k->skew > 0 ? larger(least, skewed / (1 + skewed)) : load < 1 ? load : 1;
    const double touched = share * k->experts / k->expert_ep;
    const double hot = 1 + v[5] * (sqrt(k->expert_ep) - 1); /* the more ranks, the hotter the hottest */
    const double hot_rows = k->skew <= 0 ? rows : rows * (hot < k->expert_ep ? hot : k->expert_ep);
    const double tile = touched * v[3];
    const double padded = hot_rows + tile;
    const double inner = larger(k->inner / larger(k->expert_tp, 1), 1);
    const double narrow = 1 + v[9] * 128 / inner;
    const double compute_s = narrow * 2 * padded * param / (v[1] * peak_flop_per_s(chip, k->math_dtype));
    const double weight_byte = touched * param * tr_dtype_byte(k->weight_dtype);
    const double kept = kept_ratio(chip, weight_byte, v[10]);
    const double read_s = kept * narrow * weight_byte / (v[2] * chip->memory_byte_per_s);
    const double move_s = 8 * hot_rows * k->hidden / chip->memory_byte_per_s;
    return v[0] + v[8] * k->m * k->experts_active + blend_s(compute_s, read_s) + v[6] * move_s + sqrt(read_s * v[7]);
}

double kernel_link_byte_per_s(const tr_chip *chip, double group_chip)
{
    tr_system system;
    tr_reach reach;
    memset(&system, 0, sizeof system);
    system.chip = *chip;
    system.chip_count = system.domain_chip = larger(group_chip, 2);
    return tr_system_reach(&system, system.domain_chip, &reach, NULL) == TR_OK ? reach.inside_byte_per_s : 0;
}

/* [F16] Chips on one bus are in each other's way: the more, the slower each. */
static double collective_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    const double group = k->group_chip;
    double wire_byte = k->activation_byte * (group - 1) / group;
    if (k->kind == TR_KERNEL_ALL_REDUCE)
        wire_byte *= 2;
    else if (k->m > 0 || !(wire_byte > 0))
        wire_byte = k->link_byte;
    const double wire_s = wire_byte / larger(kernel_link_byte_per_s(chip, group), 1e9) * (1 + v[4] * (group - 2));
    return blend_s(v[5], v[0] + v[1] * (group - 1) + wire_s / v[2] + sqrt(wire_s * v[3]));
}

/* [F17] */
static double element_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    const double kept = kept_ratio(chip, k->activation_byte, v[2]);
    return blend_s(v[3], v[0] + kept * k->activation_byte / (v[1] * chip->memory_byte_per_s));
}

tr_status kernel_least_s(const tr_kernel *k, const tr_chip *chip, double cache_byte, double *out, tr_error *err)
{
    double flop_per_s = 1, weight_flop_per_s = 1;
    tr_dtype used;
    tr_status s = TR_OK;
    if (k->link_byte > 0) { /* a collective */
        *out = k->link_byte / kernel_link_byte_per_s(chip, k->group_chip);
        return TR_OK;
    }
    const int latent = k->kind == TR_KERNEL_DECODE_MLA || k->kind == TR_KERNEL_PREFILL_MLA;
    const double weight_flop = latent ? projection_flop(k) : 0;
    if (k->flop > 0)
        s = tr_chip_math(chip, k->math_dtype, &flop_per_s, &used, err);
    if (s == TR_OK && weight_flop > 0)
        s = tr_chip_math(chip, k->weight_dtype, &weight_flop_per_s, &used, err);
    if (s != TR_OK)
        return s;
    const double byte = k->weight_byte + k->kv_byte + k->activation_byte;
    *out = larger((k->flop - weight_flop) / flop_per_s + weight_flop / weight_flop_per_s,
                  larger(byte - cache_byte, 0) / chip->memory_byte_per_s);
    return TR_OK;
}

double kernel_time_s(const tr_kernel *k, const tr_chip *chip, const double *v)
{
    switch (k->kind) {
    case TR_KERNEL_GEMM:
        return gemm_s(k, chip, v);
    case TR_KERNEL_DECODE_ATTENTION:
        return decode_attention_s(k, chip, v);
    case TR_KERNEL_PREFILL_ATTENTION:
        return prefill_attention_s(k, chip, v);
    case TR_KERNEL_DECODE_MLA:
    case TR_KERNEL_PREFILL_MLA:
        return latent_s(k, chip, v);
    case TR_KERNEL_MOE:
        return experts_s(k, chip, v);
    case TR_KERNEL_ELEMENT:
        return element_s(k, chip, v);
    case TR_KERNEL_ALL_REDUCE:
    case TR_KERNEL_ALL_GATHER:
    case TR_KERNEL_REDUCE_SCATTER:
    case TR_KERNEL_ALL_TO_ALL:
    case TR_KERNEL_SEND:
        return collective_s(k, chip, v);
    case TR_KERNEL_NONE:
    case TR_KERNEL_COUNT:
        break;
    }
    return 0;
}

/* ---- which calibration ---------------------------------------------------------- */

void kernel_key(const tr_measured *row, char *out, size_t size)
{
    const tr_kernel *k = &row->kernel;
    const int many = k->kind != TR_KERNEL_GEMM || row->engine[0] == '\0'; /* a library picks GEMMs by shape */
    /* A cluster that is no catalog's system ("a100_pairwise_nvlink") has wires of its own. */
    tr_system known;
    const int cluster = k->group_chip > 0 && row->system_name != NULL && row->system_name[0] != '\0' &&
                        tr_system_catalog_get(row->system_name, &known, NULL) != TR_OK;
    /* A prompt's cache may be narrower than its multiplies: written by another kernel. */
    const int narrowed = k->kind == TR_KERNEL_PREFILL_ATTENTION && k->kv_dtype != k->math_dtype;
    /* Windows of the cache have kernels of their own. */
    (void)snprintf(out, size, "%.20s %.20s %s %s %.60s%s%s%s%s%.24s", row->engine, row->precision,
                   tr_dtype_name(k->math_dtype), tr_dtype_name(k->weight_dtype), many ? k->source : "",
                   k->window_token > 0 ? " window" : "",
                   narrowed ? " to " : "", narrowed ? tr_dtype_name(k->kv_dtype) : "", cluster ? " " : "",
                   cluster ? row->system_name : "");
    if (cluster) /* some chips of a cluster are nearer than others */
        (void)snprintf(out + strlen(out), size - strlen(out), " of %.0f", k->group_chip);
}

/* Shapes are multiples of powers of two: every bit of them must reach the low bits. */
static unsigned mix(unsigned seed, double x)
{
    unsigned s = seed * 31u + (unsigned)(long long)(x < 1e9 ? x : 1e9);
    s ^= s >> 16;
    s *= 0x85ebca6bu;
    s ^= s >> 13;
    s *= 0xc2b2ae35u;
    return s ^ (s >> 16);
}

unsigned kernel_shape(const tr_kernel *k)
{
    unsigned s = 17u;
    switch (k->kind) {
    case TR_KERNEL_GEMM:
        s = mix(mix(s, k->n), k->k);
        break;
    case TR_KERNEL_DECODE_ATTENTION:
    case TR_KERNEL_PREFILL_ATTENTION:
        s = mix(mix(mix(s, k->heads), k->kv_heads), k->head_dim);
        break;
    case TR_KERNEL_DECODE_MLA:
    case TR_KERNEL_PREFILL_MLA:
        s = mix(mix(s, k->heads), k->batch_seq);
        break;
    case TR_KERNEL_MOE:
        s = mix(mix(mix(mix(s, k->hidden), k->inner), k->experts), k->experts_active);
        break;
    case TR_KERNEL_ELEMENT:
        s = mix(s, k->n);
        break;
    case TR_KERNEL_ALL_REDUCE:
    case TR_KERNEL_ALL_GATHER:
    case TR_KERNEL_REDUCE_SCATTER:
    case TR_KERNEL_ALL_TO_ALL:
    case TR_KERNEL_SEND:
        s = mix(mix(mix(s, k->n), k->m), k->hidden);
        break;
    case TR_KERNEL_NONE:
    case TR_KERNEL_COUNT:
        break;
    }
    return s;
}

static int likeness(const kernel_row *c, const tr_measured *row, const char *key, int *far)
{
    const tr_chip *chip = &row->system->chip, *other = tr_chip_catalog_find(c->chip);
    int score = 0;
    *far = 0;
    if (strcmp(c->chip, chip->name) == 0) {
        score += 256;
    } else {
        *far = 2;
        if (other != NULL && strcmp(other->vendor, chip->vendor) == 0)
            score += 32;
        if (other != NULL && (other->flop_per_s[TR_DTYPE_FP8] > 0) == (chip->flop_per_s[TR_DTYPE_FP8] > 0))
            score += 32;
        if (other != NULL && (other->flop_per_s[TR_DTYPE_FP4] > 0) == (chip->flop_per_s[TR_DTYPE_FP4] > 0))
            score += 32;
        /* Cards on a bus are other machines than chips with links of their own. */
        if (other != NULL && (other->scaleup_domain_chip > 1) == (chip->scaleup_domain_chip > 1))
            score += 64;
    }
    if (strcmp(c->key, key) == 0)
        return score + 31;
    if (*far == 0)
        *far = 1;
    score += strcmp(c->precision, row->precision) == 0 ? 16 : 0;
    score += strcmp(c->engine, row->engine) == 0 ? 8 : 0;
    return score;
}

const kernel_row *kernel_find(const tr_measured *row, int *far)
{
    char key[KERNEL_KEY_SIZE];
    const kernel_row *best = NULL;
    int most = -1;
    kernel_key(row, key, sizeof key);
    for (unsigned i = 0; i < kernel_table_count; i++) {
        const kernel_row *c = &kernel_table[i];
        int distance = 0;
        if (c->kind != (int)row->kernel.kind)
            continue;
        const int score = likeness(c, row, key, &distance);
        if (score > most || (score == most && best != NULL && c->rows > best->rows)) {
            most = score;
            best = c;
            *far = distance;
        }
    }
    return best;
}
