"""Turn data/protocols/*.json into the read-only tables of src/fit/protocol.h.

    embed_protocols.py OUT.c FILE.json ...

A file with rules is a protocol: how a benchmark starts its clients, draws lengths and starts its servers. A rule holds
"when" all of its conditions do, and later rules overwrite what earlier ones set.
"""
import json
import re
import sys

TEXTS = ["engine", "model", "chip", "precision", "from", "before"]
NUMBERS = ["input_token", "output_token", "tp_below", "seq_from", "seq_below"]
FLAGS = ["speculative", "attention_dp", "apart"]
SETS = ["spread_ratio", "request_per_client", "start_together", "warmed", "memory_share", "most_seq", "chunk_token",
        "chunk_input_ratio", "chunk_seq_ratio", "chunk_least_token", "prefill_first", "whole_prompt", "poll_step",
        "batch_wait_step", "draft_token", "kv"]
DTYPES = {"bf16": "TR_DTYPE_BF16", "fp8": "TR_DTYPE_FP8"}


def stop(where, why):
    raise SystemExit(f"{where}: {why}")


def text(where, value):
    if not isinstance(value, str) or not re.match(r"[ -~]*\Z", value) or '"' in value or "\\" in value:
        stop(where, f"expected a plain text, not {value!r}")
    return f'"{value}"'


def number(where, value):
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1e9:
        stop(where, f"expected a number from 0 to 1e9, not {value!r}")
    return repr(value)


def rule_row(where, protocol, rule):
    when, sets = rule.get("when", {}), rule["set"]
    unknown = (set(when) - set(TEXTS + NUMBERS + FLAGS)) | (set(sets) - set(SETS)) | (
        set(rule) - {"says", "when", "set", "source", "date", "confidence"})
    if unknown or not sets:
        stop(where, f"unknown {sorted(unknown)}" if unknown else "sets nothing")
    cells = [f".protocol = {text(where, protocol)}"]
    cells += [f".{k}_text = {text(where, when.get(k, ''))}" for k in TEXTS]
    cells += [f".{k} = {number(where, when[k])}" for k in NUMBERS if k in when]
    cells += [f".{k} = {int(when.get(k, -1))}" for k in FLAGS]
    cells.append(".said = " + " | ".join(f"1U << PROTOCOL_{k.upper()}" for k in sets))
    values = [f"[PROTOCOL_{k.upper()}] = " + (DTYPES[v] if k == "kv" else number(where, v)) for k, v in sets.items()]
    return "    {" + ", ".join(cells) + ",\n     .value = {" + ", ".join(values) + "}},\n"


def main(out, paths):
    rules, origins = [], []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            d = json.load(f)
        for i, rule in enumerate(d.get("rules", [])):
            rules.append(rule_row(f"{path}: rules.{i}", d["name"], rule))
        origins += [f'    {{{text(path, o)}, {text(path, d["name"])}}},\n' for o in d.get("origins", [])]
    with open(out, "w", encoding="ascii") as f:
        f.write("/* Written by tools/embed_protocols.py from data/protocols. */\n"
                "#include \"fit/protocol.h\"\n\n"
                "const protocol_rule protocol_rule_table[] = {\n" + "".join(rules) + "};\n"
                f"const size_t protocol_rule_count = {len(rules)};\n\n"
                "const protocol_origin protocol_origin_table[] = {\n" + "".join(origins) + "};\n"
                f"const size_t protocol_origin_count = {len(origins)};\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
