/* pass/emit.c -- names of phases and operator classes. */
#include <tokenroof/pass.h>

const char *tr_phase_name(tr_phase phase) { return phase == TR_PHASE_PREFILL ? "prefill" : "decode"; }

const char *tr_op_class_name(tr_op_class op_class)
{
    static const char name[][20] = {"gemm",       "moe",   "decode-attention", "prefill-attention", "decode-mla",
                                    "prefill-mla", "index", "state",            "element",           "all-reduce",
                                    "all-gather", "all-to-all", "send", "cross"};
    return (int)op_class >= 0 && op_class < TR_OP_CLASS_COUNT ? name[op_class] : NULL;
}
