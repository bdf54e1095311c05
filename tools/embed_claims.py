"""Turn data/lecture/*.json into C tables, so that the claims of the lecture can be asked and shown.

    embed_claims.py data/lecture out.inc

sources.json names the documents. Every other file holds "claims"; a claim has id, topic, claim, where, printed, reason
and checks. A check "asks" a question of src/claims/ "with" settings, and "over" or "less" a second question with the same
two keys, against which the answer is set; "gives" is the number that must come out, as written, since its last digit says
how near. "says" is what the claim says of this case, as written there: a number, a range ("15e-3 to 20e-3") or a limit
(">= 2"). A check that only says has nothing to compute. Claims L067a and L067b are the parts of L067, which has no checks
of its own. How near is near, and what verdict follows, is src/claims/verdict.c.
"""
import json
import os
import re
import sys

CLAIM_KEYS = {"id", "topic", "claim", "where", "printed", "reason", "checks"}
CHECK_KEYS = {"what", "asks", "with", "over", "less", "says", "gives"}
NUMBER = r"-?\d+(\.\d+)?(e-?\d+)?"


def quoted(text):
    """A C string literal; bytes beyond ASCII as octal, which ends after three digits."""
    out = []
    for byte in text.encode("utf-8"):
        c = chr(byte)
        out.append("\\" + c if c in '"\\' else c if 32 <= byte < 127 else "\\%03o" % byte)
    return '"' + "".join(out).replace("??", '?""?') + '"'


def settings(with_):
    for key, value in with_.items():
        if ";" in str(value):
            raise SystemExit(f"{key}={value}: a ';' ends a setting")
    return "; ".join(f"{k}={v}" for k, v in with_.items())


def check_row(where, c):
    if set(c) - CHECK_KEYS:
        raise SystemExit(f"{where}: unknown {sorted(set(c) - CHECK_KEYS)}")
    against = [k for k in ("over", "less") if k in c]
    if len(against) > 1 or ("asks" in c) != ("gives" in c) or not ("asks" in c or "says" in c):
        raise SystemExit(f"{where}: a check asks one thing and gives a number, over or less another, or only says one")
    for key, form in (("says", f"(>= |<= )?{NUMBER}|{NUMBER} to {NUMBER}"), ("gives", NUMBER)):
        if not re.fullmatch(form, c.get(key, "0")):
            raise SystemExit(f"{where}: '{c[key]}' is not a number")
    other = c[against[0]] if against else {}
    cells = [c.get("what", ""), c.get("asks", ""), settings(c.get("with", {})), against[0] if against else "",
             other.get("asks", c.get("asks", "")) if against else "",
             settings(other.get("with", c.get("with", {}))) if against else "", c.get("says", ""), c.get("gives", "")]
    return "{" + ", ".join(quoted(x) for x in cells) + "},\n"


def source_text(where, text, sources):
    """The tags of sources.json spelled out; each part of the text opens with one."""
    out, date = [], None
    for part in text.split(";"):
        tag, _, section = part.strip().partition(" ")
        if tag.rstrip(",") not in sources:
            raise SystemExit(f"{where}: no source '{tag}'")
        date = date or sources[tag.rstrip(",")]["date"]
        out.append(tag + (" " + section if section else ""))
    return "; ".join(out), date


def main():
    folder, target = sys.argv[1:]
    read = {}
    for name in sorted(os.listdir(folder)):
        if name.endswith(".json") and name != "seeds.json":
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                read[name] = json.load(f, parse_float=str, parse_int=str)
    sources = {s["name"]: s for s in read.pop("sources.json")["sources"]}
    claims = sorted((c for document in read.values() for c in document["claims"]), key=lambda c: c["id"])
    ids = [c["id"] for c in claims]
    parts = {i: [p for p in ids if len(p) == 5 and p[:4] == i] for i in ids}
    if ids != [x for i in range(1, sum(len(i) == 4 for i in ids) + 1) for x in (f"L{i:03}", *parts.get(f"L{i:03}", []))]:
        raise SystemExit("the claims are not L001 and on, each once, with its parts behind it")
    rows, heads = [], []
    for c in claims:
        where = c["id"]
        if set(c) - CLAIM_KEYS or not {"topic", "claim", "where", "reason"} <= set(c):
            raise SystemExit(f"{where}: has {sorted(c)}")
        source, date = source_text(where, c["where"], sources)
        checks = c.get("checks", [])
        if checks and parts[where]:
            raise SystemExit(f"{where}: its checks belong to its parts")
        heads.append("{{" + ", ".join([quoted(where), quoted(c["topic"]), quoted(c["claim"]), quoted(source), quoted(date),
                                       quoted(c.get("printed", "")), quoted(c["reason"]), str(len(checks)),
                                       str(len(parts[where]))]) + "}, " + str(len(rows)) + "},\n")
        rows += [check_row(where, k) for k in checks]
    with open(target, "w", encoding="ascii") as f:
        f.write("#ifdef CLAIM_CHECKS\n" + "".join(rows) + "#endif\n#ifdef CLAIMS\n" + "".join(heads) + "#endif\n")


if __name__ == "__main__":
    main()
