"""Turn data/lecture/*.json into C tables, so that the claims of the lecture can be asked and shown.

    embed_claims.py data/lecture out.inc

sources.json names the documents. Every other file holds "claims"; a claim has id, topic, claim, where, printed,
verdict, reason and checks. A check is "printed", "corrected" or "example": the number that must come out, as written,
since its last digit says how near the answer must be (a number without a point is meant exactly; "within", a share of
it, says so instead). It "asks" a question of src/claims/ "with" settings, and "over" or "less" a second question with
the same two keys, against which the answer is set.
"""
import json
import os
import re
import sys

KINDS = {"printed": "TR_CHECK_PRINTED", "corrected": "TR_CHECK_CORRECTED", "example": "TR_CHECK_EXAMPLE"}
VERDICTS = {"right": "TR_VERDICT_RIGHT", "sloppy": "TR_VERDICT_SLOPPY", "contradicted": "TR_VERDICT_CONTRADICTED",
            "stated": "TR_VERDICT_STATED"}
CLAIM_KEYS = {"id", "topic", "claim", "where", "printed", "verdict", "reason", "checks"}
CHECK_KEYS = set(KINDS) | {"what", "asks", "with", "over", "less", "within"}


def quoted(text):
    """A C string literal; bytes beyond ASCII as octal, which ends after three digits."""
    out = []
    for byte in text.encode("utf-8"):
        c = chr(byte)
        out.append("\\" + c if c in '"\\' else c if 32 <= byte < 127 else "\\%03o" % byte)
    return '"' + "".join(out).replace("??", '?""?') + '"'


def half_digit(number):
    """Half of one unit of the last digit written."""
    m = re.match(r"-?\d+(?:\.(\d+))?(?:[eE]([+-]?\d+))?$", number)
    if not m:
        raise SystemExit(f"'{number}' is not a number")
    if "." not in number:
        return 1e-9 * (abs(float(number)) or 1.0)
    return 0.5 * 10.0 ** (int(m.group(2) or 0) - len(m.group(1) or ""))


def settings(with_):
    for key, value in with_.items():
        if ";" in str(value):
            raise SystemExit(f"{key}={value}: a ';' ends a setting")
    return "; ".join(f"{k}={v}" for k, v in with_.items())


def check_row(where, c):
    if set(c) - CHECK_KEYS:
        raise SystemExit(f"{where}: unknown {sorted(set(c) - CHECK_KEYS)}")
    kinds = [k for k in KINDS if k in c]
    against = [k for k in ("over", "less") if k in c]
    if len(kinds) != 1 or len(against) > 1 or "asks" not in c:
        raise SystemExit(f"{where}: a check is one of {', '.join(KINDS)}, asks one thing, and is over or less another")
    number = c[kinds[0]]
    size = abs(float(number)) or 1.0
    ratio = float(c["within"]) if "within" in c else half_digit(number) / size
    other = c[against[0]] if against else {}
    cells = [KINDS[kinds[0]], quoted(c.get("what", "")), quoted(c["asks"]), quoted(settings(c.get("with", {}))),
             quoted(against[0] if against else ""), quoted(other.get("asks", c["asks"]) if against else ""),
             quoted(settings(other.get("with", c.get("with", {}))) if against else ""), repr(float(number)), repr(ratio)]
    return "{" + ", ".join(cells) + "},\n"


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
        if name.endswith(".json"):
            with open(os.path.join(folder, name), encoding="utf-8") as f:
                read[name] = json.load(f, parse_float=str, parse_int=str)
    sources = {s["name"]: s for s in read.pop("sources.json")["sources"]}
    claims = sorted((c for document in read.values() for c in document["claims"]), key=lambda c: c["id"])
    if [c["id"] for c in claims] != [f"L{i:03}" for i in range(1, len(claims) + 1)]:
        raise SystemExit("the claims are not L001 and on, each once")
    rows, heads = [], []
    for c in claims:
        where = c["id"]
        if set(c) - CLAIM_KEYS or not {"topic", "claim", "where", "verdict"} <= set(c):
            raise SystemExit(f"{where}: has {sorted(c)}")
        source, date = source_text(where, c["where"], sources)
        checks = c.get("checks", [])
        heads.append("{{" + ", ".join([quoted(where), quoted(c["topic"]), quoted(c["claim"]), quoted(source), quoted(date),
                                       quoted(c.get("printed", "")), quoted(c.get("reason", "")), VERDICTS[c["verdict"]],
                                       str(len(checks))]) + "}, " + str(len(rows)) + "},\n")
        rows += [check_row(where, k) for k in checks]
    with open(target, "w", encoding="ascii") as f:
        f.write("#ifdef CLAIM_CHECKS\n" + "".join(rows) + "#endif\n#ifdef CLAIMS\n" + "".join(heads) + "#endif\n")


if __name__ == "__main__":
    main()
