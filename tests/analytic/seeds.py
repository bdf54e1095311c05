"""docs/seeds.md: what the five documents ask, show and use, the command that answers each, and its output checked.

    seeds.py PROGRAM ROOT [--write]

data/lecture/seeds.json has a row for each system, question, figure, card, slider and number: a command, and a pattern
that a line of its output must match, or of the picture that it draws. Without --write the page in docs/ must be what
comes out now.
"""
import functools
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

KINDS = ("system", "question", "figure", "card", "number", "slider")
HEAD = """# What the documents ask, and what answers it

The tool grew out of five documents about one lecture. Here is every system, question, figure, card, slider and number in
them, in our words, with the command that answers it and the line of its output that does. Written by `scripts/seeds` from
`data/lecture/seeds.json`, which runs every command and refuses a row that its output does not bear out; do not edit. What
a document says that is wrong is judged in [lecture.md](lecture.md); a row here shows the claim's answer.

"""


@functools.lru_cache(maxsize=None)
def run(program, command):
    """The output of a command line, and the pictures it draws, by name."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([program, *shlex.split(command)[1:]], capture_output=True, text=True, cwd=folder,
                              stdin=subprocess.DEVNULL, check=False, timeout=120)
        pictures = {}
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                pictures[name] = f.read()
        return done.returncode, done.stdout, done.stderr.strip(), pictures


def answer(program, row):
    """The line that answers a row; or None and why there is none."""
    code, out, err, pictures = run(program, row["command"])
    if code != 0:
        return None, err.split("\n")[0] or f"exit {code}"
    text = out
    if "file" in row:
        if row["file"] not in pictures:
            return None, f"no picture {row['file']}, but {sorted(pictures)}"
        text = "\n".join(re.findall(r"<(?:text|tspan)[^>]*>([^<]+)<", pictures[row["file"]])).replace("\xa0", " ")
    for line in text.split("\n"):
        if re.search(row["check"], line):
            return re.sub(r"\s+", " ", line).strip(), ""
    return None, f"nothing matches {row['check']}"


def cell(text):
    return text.replace("|", "\\|")


def page(program, documents):
    """The page, and what is wrong with its rows."""
    parts, wrong, counts = [], [], dict.fromkeys(KINDS, 0)
    for document in documents:
        parts.append(f"\n## {document['title']}\n\n| kind | what | type | answer |\n|---|---|---|---|\n")
        for row in document["rows"]:
            counts[row["kind"]] += 1
            line, why = answer(program, row)
            if line is None:
                wrong.append(f"{document['name']}: {row['what']}: {row['command']}: {why}")
                continue
            where = f"in {row['file']}: " if "file" in row else ""
            parts.append(f"| {row['kind']} | {cell(row['what'])} | `{cell(row['command'])}` | {where}`{cell(line)}` |\n")
    total = ", ".join(f"{n} {k}s" for k, n in counts.items())
    return HEAD + f"{sum(counts.values())} rows: {total}.\n" + "".join(parts), wrong


def main():
    program, root = os.path.abspath(sys.argv[1]), sys.argv[2]
    with open(os.path.join(root, "data", "lecture", "seeds.json"), encoding="utf-8") as f:
        documents = json.load(f)["documents"]
    target = os.path.join(root, "docs", "seeds.md")
    text, wrong = page(program, documents)
    if "--write" in sys.argv:
        with open(target, "w", encoding="utf-8") as f:
            f.write(text)
    with open(target, encoding="utf-8") as f:
        same = f.read() == text
    print("1..2")
    print("".join(f"# {w}\n" for w in wrong), end="")
    print(f"{'not ok' if wrong else 'ok'} 1 - every row has a command whose output answers it")
    print(f"{'ok' if same else 'not ok'} 2 - the page is what the program says today (scripts/seeds writes it again)")
    sys.exit(bool(wrong) or not same)


main()
