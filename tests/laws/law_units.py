"""Law: the unit is the last word of a name. Reads every double in the public headers, and in those of the rooms READ."""
import os
import re
import sys

import house

# Rooms whose own headers are read too. The list only grows.
READ = ["price", "life", "lab"]

_UNIT = ("s|ns|year|byte|flop|token|seq|param|usd|hour|w|j|mtoken|chip|px|row|layer|elem|request|kwh|"
         # dimensionless, and saying so
         "ratio|share|count|dim|rank|mfu|mbu|nat")
NAME = re.compile(rf"(?:^|_)(?:{_UNIT})(?:_per_(?:{_UNIT}))*$")

# Plain counts of things, named by the thing (the field's own words), and layer shapes.
COUNTS = {"layers", "mtp_layers", "hidden", "vocab", "heads", "kv_heads", "index_heads", "experts", "experts_active",
          "ffn_matrices", "poll_step", "batch_wait_step", "token_per_step", "request_per_client", "row_cap", "read_cap", "columns", "rows", "rounds", "torus_dimension"}
# The unit stands beside the number, in a field or an argument of its own.
# Of a quantity whose own name ends in its unit: tpot_s.predicted.
UNIT_BESIDE = {"value", "min", "max", "step", "x", "x2", "y", "y2", "out", "predicted", "low", "high", "bound"}
# Functions whose value is of the unit of what they are asked for.
FUNCTIONS = {"tr_input_number", "tr_input_list", "tr_price_constant"}


def ok(name):
    return bool(NAME.search(name) or name in COUNTS or name in UNIT_BESIDE)


def _names(declarators):
    for d in declarators.split(","):
        m = re.match(r"\s*(?:const\b|restrict\b|\*|\s)*(\w+)?\s*(?:\[[^\]]*\])*\s*$", d)
        yield m.group(1) if m else d.strip()


def check(root):
    bad = []
    for path in house.files(root, "include/tokenroof", *(os.path.join("src", room) for room in READ), ext=".h"):
        text = house.code(house.read(root, path))
        for m in re.finditer(r"\bstruct\s+(\w+)\s*\{(.*?)\}", text, re.S):
            at = m.start(2)
            for field in m.group(2).split(";"):
                f = re.match(r"\s*(?:const\s+)?double\b(.*)$", field, re.S)
                if f:
                    line = house.line_of(text, at + len(field) - len(field.lstrip()))
                    bad += [f"{path}:{line}: {m.group(1)}.{n}: what unit?" for n in _names(f.group(1)) if not ok(n)]
                at += len(field) + 1
        for m in re.finditer(r"(?:^|\bTR_API\s)([\w \t*]*?)\b(tr_\w+)\s*\(([^;]*)\)", text, re.M):
            line, returns, name = house.line_of(text, m.start(2)), m.group(1), m.group(2)
            if re.search(r"\bdouble\b", returns) and not ok(name) and name not in FUNCTIONS:
                bad.append(f"{path}:{line}: {name} returns a double: what unit?")
            for argument in m.group(3).split(","):
                a = re.match(r"\s*(?:const\s+)?double\b([^()]*)$", argument, re.S)
                if a:
                    n = next(_names(a.group(1)))
                    if not n or not ok(n):
                        bad.append(f"{path}:{line}: {name}({n}): what unit?")
    return bad


if __name__ == "__main__":
    tap = house.Tap()
    tap.case("every_public_double_ends_in_its_unit", check(sys.argv[1] if len(sys.argv) > 1 else house.ROOT))
    tap.done()
