"""Law: nothing in the core prints, exits, reads a file, a clock, a locale or the environment.

Reads the undefined symbols of each object in the rooms' static libraries, so
that a macro or a built-in cannot hide a call. What is not on a list is
forbidden: a new libc function in the core is a decision, made here.
"""
import re
import sys

import house

# Pure functions of memory, text and exact arithmetic.
PURE = {"memcpy", "memmove", "memset", "memcmp", "memchr", "strlen", "strnlen", "strcmp", "strncmp", "strchr",
        "strrchr", "strstr", "strspn", "strcspn", "strpbrk", "snprintf", "vsnprintf",
        "floor", "ceil", "trunc", "fabs", "fmin", "fmax", "sqrt", "isnan", "isinf"}
COMPILER = {"__stack_chk_fail", "_GLOBAL_OFFSET_TABLE_", "__sprintf_chk", "__snprintf_chk", "__vsnprintf_chk",
            "__memcpy_chk", "__memset_chk", "__tls_get_addr"}
ALLOCATE = {"malloc", "calloc", "realloc", "free"}
# exp and log of the C libraries differ in the last bit: samplers, grids, fits and pictures only.
INEXACT = {"exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "pow", "cbrt", "sin", "cos", "tan", "hypot",
           "round", "lround", "nearbyint", "rint", "ldexp", "frexp", "modf", "fmod"}
EXACT_BITS = {"ldexp", "frexp", "modf", "fmod", "round", "lround", "nearbyint", "rint"}

# room/file -> what it may call beyond PURE, with the reason.
MAY_ALSO = {
    "base/decimal": {"strtod"},      # correctly rounded; given digits and an exponent, never a decimal point
    "base/rng": {"exp", "log"},      # samplers
    "price/oracle_infer": {"calloc", "free"},  # tr_oracle_infer: "Allocates"
    "price/oracle_learn": {"malloc", "free"},  # tr_open_rows_of: "Allocates"
    "model/config": ALLOCATE,        # tr_config_create: "Allocates"
    "model/model": {"calloc", "free"},  # tr_model_from_config: "Allocates and frees"
    "model/model_change": {"calloc", "free"},  # tr_model_catalog_get: "Allocates and frees"
    "input/scenario": ALLOCATE,   # tr_scenario_create: "it allocates"
    "claims/settings": {"malloc", "free"},  # tr_claim_compute: "allocates and frees"
    "claims/catalog": {"malloc", "free"},
    "claims/step": {"free"},
    "claims/schedule": {"free"},
    "figure/svg": {"calloc", "free"},      # tr_figure_svg: "Allocates and frees"
    "figure/terminal": {"calloc", "free"},
    "ask/compare": {"malloc", "free"},
    "ask/compare_side": {"calloc", "free"},
    "ask/curve": {"malloc", "free"},       # tr_answer_curve and the others: "allocates and frees"
    "ask/layout": {"malloc", "free"},
    "ask/local": {"calloc", "free"},       # tr_answer_local: "allocates and frees"
    "ask/local_figure": {"free"},
    "ask/local_near": {"calloc", "free"},
    "ask/models": {"malloc", "free"},
    "ask/oracle": {"malloc", "free"},
    "ask/oracle_backtest": {"malloc", "free"},
    "ask/oracle_write": {"malloc", "free"},
    "ask/predict_lever": {"malloc", "free"},
    "ask/predict_sweep": {"calloc", "free"},
    "ask/predict_walk": {"calloc", "free"},
    "ask/scale": {"malloc", "free"},
    "ask/scale_attention": {"calloc", "malloc", "free"},
    "ask/scale_double": {"calloc", "malloc", "free"},
    "ask/scale_pipeline": {"calloc", "malloc", "free"},
    "ask/scale_systems": {"malloc", "free"},
    "ask/scale_write": {"calloc", "free"},
    "ask/figure_scale_systems": {"calloc", "free"},
    "ask/figure_scale_parts": {"free"},
    "ask/figure_tiers": {"calloc", "free"},
    "ask/whatif_change": {"calloc", "free"},
    "ask/whatif_try": {"calloc", "free"},
    "lab/lab_draw": {"malloc", "free"},    # tr_lab_draw: "Allocates"
}


def members(library):
    """object file -> its undefined symbols."""
    out, now = {}, None
    for line in house.nm("-u", "--format=posix", library).splitlines():
        m = re.match(r".*\[(.+)\]:$", line)
        if m:
            now = out.setdefault(re.sub(r"(\.c)?\.o$", "", m.group(1).rsplit("/", 1)[-1]), set())
        elif line.split() and now is not None:
            now.add(line.split()[0].split("@")[0])
    return out


def check(room, library, may_also=None):
    may_also = MAY_ALSO if may_also is None else may_also
    bad = []
    for member, symbols in sorted(members(library).items()):
        allowed = PURE | EXACT_BITS | COMPILER | may_also.get(f"{room}/{member}", set())
        for s in sorted(symbols):
            if s.startswith("tr_") or s in allowed:
                continue
            if s in ALLOCATE:
                why = "allocates: say so in the header and in MAY_ALSO of tests/laws/law_forbidden_calls.py"
            elif s in INEXACT:
                why = "differs between C libraries: not on the model path"
            else:
                why = "is not on the list of what a core room may call"
            bad.append(f"{room}/{member}.c calls {s}: {why}")
    return bad


if __name__ == "__main__":
    tap = house.Tap()
    room, library = sys.argv[1:3]
    tap.case(f"{room}_calls_only_what_a_core_room_may_call", check(room, library))
    tap.done()
