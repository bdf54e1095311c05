/* pass/peak.c -- the number format that stored weights multiply in, and its ceiling. */
#include "base/fail.h"
#include "pass/work.h"

/* Never narrower than the weights, since a rate counts only where both operands are in that format. TF32 is how
 * tensor cores take FP32, so it is no narrower. */
static tr_dtype request(const tr_chip *chip, tr_dtype weight, tr_dtype asked)
{
    /* On a CPU blocks of a few bits are looked up as whole numbers of 8, the other operand is rounded to them. */
    if (asked == TR_DTYPE_NATIVE && chip->kind == TR_CHIP_CPU && (weight == TR_DTYPE_INT4 || weight == TR_DTYPE_FP4) &&
        chip->flop_per_s[TR_DTYPE_INT8] > chip->flop_per_s[TR_DTYPE_BF16])
        return TR_DTYPE_INT8;
    /* INT4 is unpacked before it multiplies: to BF16, or to INT8 where that is asked for. */
    const tr_dtype unpacked4 = asked == TR_DTYPE_INT8 ? TR_DTYPE_INT8 : TR_DTYPE_BF16;
    const tr_dtype stored = weight == TR_DTYPE_INT4 ? unpacked4 : weight;
    if (asked == TR_DTYPE_NATIVE) {
        /* llama.cpp's blocks are whole numbers with a scale, and multiply as such where there are units for that. */
        if (stored > TR_DTYPE_COUNT && chip->flop_per_s[TR_DTYPE_INT8] > chip->flop_per_s[TR_DTYPE_BF16])
            return TR_DTYPE_INT8;
        /* So is FP4 where no unit takes it. FP8 would hold its values, but then the other operand is rounded too: a
         * choice of the run, to be asked for. */
        const int unpacked = weight == TR_DTYPE_FP4 && !(chip->flop_per_s[TR_DTYPE_FP4] > 0.0) &&
                             chip->flop_per_s[TR_DTYPE_BF16] > 0.0;
        /* Where BF16 is as fast nobody rounds the other operand, and kernels reach what they do in BF16. Numbers on a
         * blackboard have one rate for all. */
        const int wide_is_as_fast = chip->confidence[0] != '\0' &&
                                    (stored == TR_DTYPE_FP8 || stored == TR_DTYPE_INT8 || stored == TR_DTYPE_FP4) &&
                                    chip->flop_per_s[TR_DTYPE_BF16] >= chip->flop_per_s[stored];
        return unpacked || wide_is_as_fast ? TR_DTYPE_BF16 : stored;
    }
    if (asked == TR_DTYPE_INT4)
        asked = TR_DTYPE_BF16;
    if (asked == TR_DTYPE_INT8 && (stored == TR_DTYPE_FP8 || stored == TR_DTYPE_FP4))
        return TR_DTYPE_BF16; /* float weights have no whole-number form: the common one is BF16 */
    if (asked == TR_DTYPE_INT8 && stored > TR_DTYPE_COUNT)
        return asked;
    return tr_dtype_byte(asked) < tr_dtype_byte(stored) ? stored : asked;
}

tr_status tr_pass_math(const tr_chip *chip, tr_dtype weight, tr_dtype asked, double *flop_per_s, tr_dtype *used,
                       tr_error *err)
{
    tr_error why;
    const tr_status s = tr_chip_math(chip, request(chip, weight, asked), flop_per_s, used, &why);
    return s == TR_OK ? s
                      : tr_fail(err, s, why.field, why.value, "%.240s; weights stored in such a format would run",
                                why.text);
}

/* [F30] Kernels for a CPU are written for its vector units: FP32 of half-precision weights and of the cache, up to
 * eight times that of whole numbers (SMMLA). A matrix unit beside them (AMX) raises the roof; kernels do twice VNNI.
 * Blocks are unpacked once, however many rows they meet, at the vector units' rate and not at that of dot products. */
void tr_pass_cpu_kernel(const tr_chip *chip, double count, tr_op *op)
{
    const int cached = op->op_class >= TR_OP_DECODE_ATTENTION && op->op_class <= TR_OP_STATE;
    const int whole = !cached && op->math_dtype == TR_DTYPE_INT8;
    const double fp32 = chip->vector_flop_per_s > 0.0 ? chip->vector_flop_per_s : chip->flop_per_s[TR_DTYPE_FP32];
    const double most = count * (whole ? 8.0 * fp32 : fp32);
    op->kernel_flop_per_s = most < op->flop_per_s ? most : op->flop_per_s;
    op->unpack_ratio = most > 0.0 ? op->kernel_flop_per_s / most : 1.0;
}
