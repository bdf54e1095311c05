/* chip/math.c -- what a chip's numbers come to: the ceiling of a dtype, the balance of math and memory, drain
 * times. */
#include <tokenroof/chip.h>

#include <math.h>
#include <stdio.h>

#include "base/fail.h"
#include "chip/field.h"

/* For each dtype the ones that hold its values exactly, narrowest first, ended by NATIVE. */
static const unsigned char HELD_BY[TR_DTYPE_STORED_END][6] = {
    [TR_DTYPE_FP32] = { TR_DTYPE_FP32 },
    [TR_DTYPE_TF32] = { TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_BF16] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_FP8] = { TR_DTYPE_FP8, TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_INT8] = { TR_DTYPE_INT8, TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_FP4] = { TR_DTYPE_FP4, TR_DTYPE_FP8, TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_INT4] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    /* whole numbers of a block times its scale: unpacked, whatever their width */
    [TR_DTYPE_Q8_0] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_Q5_1] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_Q5_0] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_Q4_1] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_Q4_0] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
    [TR_DTYPE_IQ4_NL] = { TR_DTYPE_BF16, TR_DTYPE_TF32, TR_DTYPE_FP32 },
};

static int is_format(tr_dtype dtype)
{
    return (int)dtype > TR_DTYPE_NATIVE && dtype < TR_DTYPE_STORED_END && dtype != TR_DTYPE_COUNT;
}

/* [C3] Software may always widen its operands, so the ceiling is the fastest
 * of the dtypes that hold them; a tie goes to the narrowest. 0 if none, NaN if
 * one of them is: an unreadable ceiling is not an absent one. */
static double best_math(const tr_chip *chip, tr_dtype dtype, tr_dtype *used)
{
    double best = 0.0;
    for (const unsigned char *d = HELD_BY[dtype]; *d != TR_DTYPE_NATIVE; d++) {
        if (isnan(chip->flop_per_s[*d]))
            return chip->flop_per_s[*d];
        if (chip->flop_per_s[*d] > best) {
            best = chip->flop_per_s[*d];
            *used = (tr_dtype)*d;
        }
    }
    return best;
}

tr_status tr_chip_math(const tr_chip *chip, tr_dtype dtype, double *flop_per_s, tr_dtype *used, tr_error *err)
{
    if (!is_format(dtype))
        return tr_fail(err, TR_EDOMAIN, "dtype", (double)dtype,
                       "the dtype of the operands must be known before their ceiling can be looked up");
    tr_dtype in = dtype;
    const double best = best_math(chip, dtype, &in);
    if (best > 0.0) {
        *flop_per_s = best;
        *used = in;
        return TR_OK;
    }
    if (isnan(best))
        return tr_fail(err, TR_EDOMAIN, "flop_per_s", best, "%s has a rate for %s math that is not a number",
                       chip->name, tr_dtype_name(dtype));
    char has[64] = "";
    size_t n = 0;
    for (int d = TR_DTYPE_FP32; d < TR_DTYPE_COUNT && n < sizeof has; d++)
        if (chip->flop_per_s[d] > 0.0)
            n += (size_t)snprintf(has + n, sizeof has - n, "%s%s", n > 0 ? ", " : "",
                                  tr_dtype_name((tr_dtype)d));
    return tr_fail(err, TR_ENOFIT, "dtype", (double)dtype,
                   "%s has no known rate for %s math or anything wider; it has %s", chip->name,
                   tr_dtype_name(dtype), n > 0 ? has : "none");
}

double tr_chip_balance_token(const tr_chip *chip, tr_dtype dtype)
{
    if (!is_format(dtype))
        return 0.0;
    tr_dtype used = dtype;
    const double flop_per_s = best_math(chip, dtype, &used);
    /* [C2] H tokens need 2 H N FLOP, one read needs N b bytes: equal times at H = F b / (2 BW). */
    return chip->memory_byte_per_s > 0.0 ? flop_per_s * tr_dtype_byte(dtype) / (2.0 * chip->memory_byte_per_s)
                                         : 0.0;
}

double tr_tier_drain_s(const tr_tier *tier)
{
    return tier->capacity_byte / tier->read_byte_per_s; /* [C4] */
}

void tr_chip_set_own_tier(tr_chip *chip)
{
    tr_tier *own = &chip->tier[0];
    if (chip->tier_count < 1)
        chip->tier_count = 1;
    *own = (tr_tier){
        .name = "hbm", .capacity_byte = chip->memory_byte, .read_byte_per_s = chip->memory_byte_per_s};
    /* [C1] A chip full of somebody's cache serves nobody else, so a byte costs its share of the whole chip.
     */
    if (chip->usd_per_hour > 0.0 && chip->memory_byte > 0.0 && chip->memory_byte < HUGE_VAL)
        own->usd_per_byte_s = chip->usd_per_hour / 3600.0 / chip->memory_byte;
}
