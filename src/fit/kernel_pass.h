/* fit/kernel_pass.h -- what kernels measured alone say of a serving pass: a few numbers for a chip, an engine and a
 * number format, worked out from the constants of kernels (F11 to F17) and compiled in with them.
 *
 * A calibration of serving runs can begin from them. Each number is what the fitted equation gives at one
 * shape, so it means the same for every library, and is the mean of logarithms over the libraries of an engine, by
 * their rows. Not counted: kernels for windows, launches outside a graph, experts without a gate, clusters
 * that are no system of the catalog, and multiplies in another format than the one stored where the chip can
 * multiply in that. Shares are of the datasheet's peak in the format multiplied in, or of its bandwidth; shapes are
 * those of one chip.
 */
#ifndef TOKENROOF_SRC_FIT_KERNEL_PASS_H
#define TOKENROOF_SRC_FIT_KERNEL_PASS_H

#include <tokenroof/chip.h>

typedef enum kernel_pass {
    KERNEL_PASS_GEMM_FLOP_SHARE = 0,     /* many tokens, n = k = 8192 */
    KERNEL_PASS_GEMM_HALF_TOKEN,         /* at which such a multiply reaches half of that, its launch not counted */
    KERNEL_PASS_GEMM_BYTE_SHARE,         /* one token, weights from memory */
    KERNEL_PASS_DECODE_BYTE_SHARE,       /* attention, 64 sequences of 4k to 8k, 32 heads on 8, width 128 */
    KERNEL_PASS_DECODE_ITEM_S,           /* each sequence and KV head beyond the bytes */
    KERNEL_PASS_PREFILL_FLOP_SHARE,      /* attention, one more prompt of 8k, causal pairs */
    KERNEL_PASS_MLA_DECODE_BYTE_SHARE,   /* one head: the latent's bytes */
    KERNEL_PASS_MLA_DECODE_FLOP_SHARE,   /* 128 heads: the multiplies */
    KERNEL_PASS_MLA_PREFILL_FLOP_SHARE,  /* one more prompt of 8k, 128 expanded heads */
    KERNEL_PASS_EXPERT_FLOP_SHARE,       /* many tokens an expert, 32 experts of 7168 x 2048 on the chip */
    KERNEL_PASS_EXPERT_HALF_TOKEN,       /* tokens an expert at which half of that is reached */
    KERNEL_PASS_EXPERT_BYTE_SHARE,       /* one token an expert */
    KERNEL_PASS_REDUCE_START_S,          /* all-reduce of 2 chips, nothing to send */
    KERNEL_PASS_REDUCE_RANK_S,           /* each chip more */
    KERNEL_PASS_REDUCE_MID_S,            /* root(wire x mid) beside wire / share at 1 MB over 8 chips */
    KERNEL_PASS_REDUCE_BYTE_SHARE,       /* 256 MB and more over 8 chips; wire 2 (n - 1) / n bytes over the link */
    KERNEL_PASS_ELEMENT_BYTE_SHARE,      /* norms, activations, additions: large ones */
    KERNEL_PASS_COUNT
} kernel_pass;

/* "gemm_flop_share". Static; NULL outside. */
const char *kernel_pass_name(int index);

typedef struct kernel_pass_row {
    char chip[48];
    char engine[24]; /* "" = any */
    char format[8];  /* of weights and experts, and of the cache; all-reduces and elementwise operators: "bf16" */
    double rows;     /* measurements behind it */
    double value[KERNEL_PASS_COUNT]; /* 0: nobody measured it */
} kernel_pass_row;

extern const kernel_pass_row kernel_pass_table[];
extern const unsigned kernel_pass_table_count;

#endif
