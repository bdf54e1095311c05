"""Turn data/laws/*.json into a table of named constants for a room that includes it.

    embed_laws.py OUT.inc FILE.json...

Each constant is "file.name", with its value; source and date stay in the JSON, and one without them is refused.
"""
import json
import os
import sys


def main(out, paths):
    rows = []
    for path in paths:
        with open(path, encoding="utf-8") as f:
            law = json.load(f)
        stem = os.path.splitext(os.path.basename(path))[0]
        for published in law["published"]:
            if not published.get("source") or not published.get("date"):
                raise SystemExit(f"{path}: a constant without source and date")
            for constant in published["constants"]:
                rows.append((f"{stem}.{constant['name']}", float(constant["value"])))
    with open(out, "w", encoding="utf-8") as f:
        for name, value in rows:
            if len(name) > 47:
                raise SystemExit(f"{name}: longer than 47 characters")
            f.write('{"%s", %r},\n' % (name, value))


main(sys.argv[1], sys.argv[2:])
