/* step/names.c -- the words for phases, physics and bounds, as programs read them. */
#include <tokenroof/step.h>

const char *tr_bound_name(tr_bound bound)
{
    switch (bound) {
    case TR_BOUND_COMPUTE: return "compute";
    case TR_BOUND_WEIGHTS: return "weights";
    case TR_BOUND_KV: return "kv";
    case TR_BOUND_COMM: return "comm";
    case TR_BOUND_FIXED: return "fixed";
    }
    return "unknown";
}

const char *tr_phase_name(tr_phase phase)
{
    switch (phase) {
    case TR_PHASE_DECODE: return "decode";
    case TR_PHASE_PREFILL: return "prefill";
    }
    return "unknown";
}

const char *tr_physics_name(tr_physics physics)
{
    switch (physics) {
    case TR_PHYSICS_BOUND: return "bound";
    case TR_PHYSICS_OPS: return "ops";
    case TR_PHYSICS_FITTED: return "fitted";
    }
    return "unknown";
}
