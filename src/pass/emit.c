/* pass/emit.c -- names of phases and operator classes, and an operator on its way to who visits the list. */
#include <tokenroof/pass.h>

#include "base/text.h"
#include "pass/work.h"

const char *tr_phase_name(tr_phase phase) { return phase == TR_PHASE_PREFILL ? "prefill" : "decode"; }

const char *tr_op_class_name(tr_op_class op_class)
{
    static const char name[][20] = {"gemm",       "moe",   "decode-attention", "prefill-attention", "decode-mla",
                                    "prefill-mla", "index", "state",            "element",           "all-reduce",
                                    "all-gather", "all-to-all", "send"};
    return (int)op_class >= 0 && op_class < TR_OP_CLASS_COUNT ? name[op_class] : NULL;
}

void tr_pass_emit(const pass_work *w, tr_op *op, const char *name)
{
    (void)tr_text_copy(op->name, sizeof op->name, name);
    op->byte_per_s = w->system->chip.memory_byte_per_s;
    op->launch_count = 1.0;
    w->visit(w->context, w, op);
}
