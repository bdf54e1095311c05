"""Turn docs/equations.md into a C table, so that `tokenroof explain` and --explain carry it.

    embed_equations.py docs/equations.md out.inc

Each `## ID Title` section holds one field a line: formula, meaning,
derivation, source, caveats, test. A section that lacks one, holds one twice,
or repeats an id is an error here, at build time.
"""
import re
import sys

FIELDS = ("formula", "meaning", "derivation", "source", "caveats", "test")


def parse(text):
    rows, row = [], None
    for number, line in enumerate(text.splitlines(), 1):
        head = re.match(r"## ([A-Z][0-9]+) (.+)$", line)
        field = re.match(r"(%s): (.+)$" % "|".join(FIELDS), line)
        if head:
            row = {"id": head.group(1), "title": head.group(2).strip(), "line": number}
            if any(r["id"] == row["id"] for r in rows):
                raise SystemExit(f"line {number}: {row['id']} is there twice")
            rows.append(row)
        elif field and row is not None:
            if field.group(1) in row:
                raise SystemExit(f"line {number}: {row['id']} has two of {field.group(1)}")
            row[field.group(1)] = field.group(2).strip()
        elif line.startswith("# "):
            row = None
        elif row is not None and line.strip():
            raise SystemExit(f"line {number}: {row['id']}: expected one of {', '.join(FIELDS)}")
    for row in rows:
        for field in FIELDS:
            if field not in row:
                raise SystemExit(f"line {row['line']}: {row['id']} lacks {field}")
    return rows


def quoted(text):
    """A C string literal; bytes beyond ASCII as octal, which ends after three digits."""
    out = []
    for byte in text.encode("utf-8"):
        c = chr(byte)
        out.append("\\" + c if c in '"\\' else c if 32 <= byte < 127 else "\\%03o" % byte)
    return '"' + "".join(out).replace("??", '?""?') + '"'


def main():
    source, target = sys.argv[1:]
    with open(source, encoding="utf-8") as f:
        rows = parse(f.read())
    rows.sort(key=lambda r: (r["id"][0], int(r["id"][1:])))
    with open(target, "w", encoding="ascii") as f:
        for row in rows:
            f.write("{" + ", ".join(quoted(row[k]) for k in ("id", "title") + FIELDS) + "},\n")


if __name__ == "__main__":
    main()
