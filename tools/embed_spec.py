"""Turn data/spec/*.json into the read-only table of src/serve/acceptance.h.

    embed_spec.py OUT.c FILE.json ...

A file says how many tokens come out of a step that verifies drafts of a model, by how many were drafted.
"""
import json
import re
import sys


def stop(where, why):
    raise SystemExit(f"{where}: {why}")


def text(where, value, size):
    if not isinstance(value, str) or not re.match(r"[ -~]+\Z", value) or '"' in value or "\\" in value:
        stop(where, f"expected a plain text, not {value!r}")
    if len(value) >= size:
        stop(where, f"{len(value)} characters, at most {size - 1} fit")
    return f'"{value}"'


def row(where, d, run, drafted, kept):
    if isinstance(drafted, bool) or not isinstance(drafted, int) or not 1 <= drafted <= 1023:
        stop(where, f"drafted_token: expected 1 to 1023, not {drafted!r}")
    if not isinstance(kept, (int, float)) or not 1 <= kept <= drafted + 1:
        stop(where, f"accepted_token: {drafted} drafts and the step's own token give 1 to {drafted + 1}, not {kept!r}")
    return (f'    {{{text(where, d["name"], 48)}, {text(where, run["method"], 16)}, '
            f'{text(where, d["dataset"], 48)}, {text(where, d["source"], 64)}, {text(where, d["date"], 12)}, '
            f'{int(run["thinking"])}, {drafted}, {kept!r}}},\n')


def main(out, paths):
    rows = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            d = json.load(f)
        for run in d["runs"]:
            if len(run["drafted_token"]) != len(run["accepted_token"]):
                stop(path, "as many accepted_token as drafted_token are expected")
            rows += [row(path, d, run, n, kept) for n, kept in zip(run["drafted_token"], run["accepted_token"])]
    with open(out, "w", encoding="ascii") as f:
        f.write("/* Written by tools/embed_spec.py from data/spec. */\n#include \"serve/acceptance.h\"\n\n"
                "const tr_spec_row tr_spec_table[] = {\n" + "".join(rows) + "};\n"
                f"const uint32_t tr_spec_count = {len(rows)};\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
