"""Turn data/engines/*.json into the read-only table of the engine room.

    embed_engines.py OUT.c data/engines/NAME.json ...

A file has name, title, aliases and versions, the newest first. A version has version, date and source, and says what is
not as in the version after it in the list; the last one says everything. Names and aliases are letters and digits only.
"""
import json
import os
import re
import sys

RULES = {"whole": "TR_MEMORY_WHOLE", "static": "TR_MEMORY_STATIC", "free": "TR_MEMORY_FREE", "all": "TR_MEMORY_ALL"}
DTYPES = {"native": "TR_DTYPE_NATIVE", "bf16": "TR_DTYPE_BF16", "fp8": "TR_DTYPE_FP8"}
# formats of a cache, each a bit of kv_dtypes
CACHES = ["fp32", "bf16", "fp8", "int8", "fp4", "int4", "q8_0", "q5_1", "q5_0", "q4_1", "q4_0", "iq4_nl"]
# what a version may say: the values allowed, or the range of a number (0 passes where the range begins at 0)
SAYS = {"memory_rule": RULES, "memory_share": (0.01, 1), "buffer_byte": (0, 1e12), "chunk_token": (1, 1e7),
        "max_seq": (0, 1e6), "block_token": (1, 1e5), "prefill_first": bool, "whole_prompt": bool,
        "whole_answer": bool,
        "poll_step": (1, 1e4),
         "kv_dtypes": CACHES, "kv_dtype": DTYPES, "kv_from_checkpoint": bool, "gguf": bool,
         "expert_slices": bool, "expert_groups": bool, "attention_dp": bool, "pipeline": bool, "max_tp_rank": (0, 1e4),
         "host_layers": bool, "host_copy_token": (0, 1e4), "host_free_byte": (0, 1e12), "row_split": bool,
        "apple_gpu": bool}
SIZES = {"name": 24, "title": 48, "version": 24, "date": 12, "source": 256}


def text(where, key, value):
    """A C string literal that fits its field."""
    if not isinstance(value, str) or not value or any(not 32 <= ord(c) < 127 for c in value):
        raise SystemExit(f"{where}: {key}: expected a text in ASCII")
    if len(value) >= SIZES[key]:
        raise SystemExit(f"{where}: {key}: {len(value)} characters, at most {SIZES[key] - 1} fit")
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def literal(where, key, value):
    allowed = SAYS[key]
    if isinstance(allowed, list):
        if not isinstance(value, list) or not value or set(value) - set(allowed):
            raise SystemExit(f"{where}: {key}: expected a list of {', '.join(allowed)}")
        return " | ".join(f"1u << TR_DTYPE_{v.upper()}" for v in value)
    if isinstance(allowed, dict):
        if value not in allowed:
            raise SystemExit(f"{where}: {key}: expected one of {', '.join(allowed)}")
        return allowed[value]
    if allowed is bool:
        if not isinstance(value, bool):
            raise SystemExit(f"{where}: {key}: expected true or false")
        return str(int(value))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not allowed[0] <= value <= allowed[1]:
        raise SystemExit(f"{where}: {key}: expected a number from {allowed[0]:g} to {allowed[1]:g}")
    return repr(value)


def rows(path):
    """The C initialisers of one engine, newest version first."""
    with open(path, encoding="utf-8") as f:
        engine = json.load(f)
    if set(engine) - {"name", "title", "aliases", "versions"} or engine["name"] != os.path.basename(path)[:-5]:
        raise SystemExit(f"{path}: expected its own name, title, aliases and versions")
    out, said = [], {}
    for version in reversed(engine["versions"]):
        where = f"{path}: {version.get('version')}"
        unknown = set(version) - set(SAYS) - {"version", "date", "source", "note", "confidence"}
        if unknown:
            raise SystemExit(f"{where}: unknown {sorted(unknown)}")
        said.update({k: v for k, v in version.items() if k in SAYS})
        if set(SAYS) - set(said):
            raise SystemExit(f"{where}: {sorted(set(SAYS) - set(said))} not said")
        head = {"name": engine["name"], "title": engine["title"]}
        head.update({k: version[k] for k in ("version", "date", "source")})
        cells = [f".{k} = {text(where, k, v)}" for k, v in head.items()]
        cells += [f".{k} = {literal(where, k, said[k])}" for k in SAYS]
        out.insert(0, "    {" + ",\n     ".join(cells) + "},\n")
    aliases = []
    for alias in engine["aliases"]:
        if not re.match(r"[a-z0-9]{1,23}\Z", alias):
            raise SystemExit(f"{path}: alias {alias!r}: expected small letters and digits")
        aliases.append(f'    {{"{alias}", "{engine["name"]}"}},\n')
    return out, aliases


def main(out, paths):
    table, aliases = [], []
    for path in paths:
        r, a = rows(path)
        table += r
        aliases += a
    with open(out, "w", encoding="ascii") as f:
        f.write("/* Written by tools/embed_engines.py from data/engines. */\n#include \"engine/table.h\"\n\n"
                "const tr_engine tr_engine_table[] = {\n" + "".join(table) + "};\n"
                f"const uint32_t tr_engine_table_count = {len(table)};\n\n"
                "const tr_engine_alias tr_engine_alias_table[] = {\n" + "".join(aliases) + "};\n"
                f"const uint32_t tr_engine_alias_count = {len(aliases)};\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
