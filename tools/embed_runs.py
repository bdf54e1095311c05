"""Turn data/runs/*.json into the read-only table of src/ask/measured_runs.h.

    embed_runs.py OUT.inc data/runs/NAME.json ...

A file holds groups: runs of one deployment at several loads, each [clients, mean TTFT in s, mean TPOT in s]. "also"
names models of the catalog with the same layers as "model".
"""
import json
import os
import re
import sys

TEXTS = ["model", "chip", "engine", "version", "date"]
NUMBERS = {"chips": (1, 1e5), "tp": (1, 1e4), "ep": (1, 1e4), "dp": (1, 1e4), "isl": (1, 1e7), "osl": (1, 1e7)}
DTYPES = {"bf16", "fp8", "fp4", "int8", "int4"}
ALSO_MAX, RUN_MAX = 3, 12


def stop(where, why):
    raise SystemExit(f"{where}: {why}")


def number(where, value, low, high):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        stop(where, f"expected a number from {low:g} to {high:g}, not {value!r}")
    return repr(value)


def text(where, value):
    if not isinstance(value, str) or not re.match(r"[ -~]{1,200}\Z", value) or '"' in value or "\\" in value:
        stop(where, f"expected a short plain text, not {value!r}")
    return f'"{value}"'


def time_text(seconds):
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1e3:.3g} ms"


def engine_title(path, name):
    with open(os.path.join(os.path.dirname(path), "..", "engines", name + ".json"), encoding="utf-8") as f:
        return json.load(f)["title"]


def row(path, where, group):
    unknown = set(group) - set(TEXTS) - set(NUMBERS) - {"also", "weights", "source", "runs"}
    if unknown:
        stop(where, f"unknown {sorted(unknown)}")
    if group.get("weights") not in DTYPES or len(group.get("also", [])) > ALSO_MAX:
        stop(where, f"expected weights in one of {sorted(DTYPES)}, and at most {ALSO_MAX} other names")
    runs = group["runs"]
    if not 0 < len(runs) <= RUN_MAX or any(len(r) != 3 for r in runs):
        stop(where, f"expected 1 to {RUN_MAX} runs of three numbers each")
    title = engine_title(path, group["engine"])
    name = f"{title} {group['version']}" if "version" in group else title
    for key, (low, high) in NUMBERS.items():
        number(where, group[key], low, high)
    cells = [f".{k} = {text(where, group[k])}" for k in ("model", "chip", "date")]
    cells += [f".{k} = {group[k]!r}" for k in ("chips", "isl", "osl")]
    cells.append(f".name = {text(where, name + ', measured ' + group['date'])}")
    cells.append(f".weight_dtype = TR_DTYPE_{group['weights'].upper()}, .count = {len(runs)}")
    if group.get("also"):
        cells.append(".also = {" + ", ".join(text(where, a) for a in group["also"]) + "}")
    for at, key in enumerate(("seq", "ttft_s", "tpot_s")):
        cells.append(f".{key} = {{" + ", ".join(number(where, r[at], 1e-9, 1e6) for r in runs) + "}")
    hover = [f"{seq} clients: TTFT {time_text(ttft)}, TPOT {time_text(tpot)}. {group['model']}, {group['chips']} x "
             f"{group['chip']}, {group['weights']}, {name} tp {group['tp']} ep {group['ep']} dp {group['dp']}, "
             f"{group['isl']} in, {group['osl']} out, {group['date']}" for seq, ttft, tpot in runs]
    cells.append(".title = {" + ",\n               ".join(text(where, h) for h in hover) + "}")
    return "    {" + ",\n     ".join(cells) + "},\n"


def main(out, paths):
    rows = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            groups = json.load(f)["groups"]
        rows += [row(path, f"{path}: groups.{i}", g) for i, g in enumerate(groups)]
    with open(out, "w", encoding="ascii") as f:
        f.write("/* Written by tools/embed_runs.py from data/runs. */\n"
                "static const tr_measured_group group_table[] = {\n" + "".join(rows) + "};\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
