"""Law: documents tell the truth. Paths they name exist, links lead somewhere, and their transcripts are real.

A ```console block is a transcript: a line "$ build/tokenroof ..." is run, and standard output must be what
stands below it (a line "..." stands for any lines). Commands of other programs are only looked up.
    law_docs.py ROOT [PROGRAM]
    law_docs.py --update ROOT PROGRAM    write what the program prints today; a closing "..." stays where it was
"""
import os
import re
import subprocess
import sys
import tempfile

import house

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cli"))
import run  # noqa: E402

TOP = ("src/", "include/", "tests/", "docs/", "data/", "scripts/", "tools/", "bench/", "web/", ".ci/")
QUOTED = re.compile(r"`([^`\s]+)`")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|\b(?:src|srcset|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def documents(root):
    return [p for p in house.files(root, "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "NOTICE", "docs")
            if p.endswith(".md") or p == "NOTICE"]


def paths(root):
    bad = []
    for doc in documents(root):
        text = house.read(root, doc)
        for m in QUOTED.finditer(FENCE.sub(lambda f: re.sub(r"[^\n]", " ", f.group(0)), text)):
            name = m.group(1).rstrip(".,:;")
            # A capital letter in a folder's or file's place ("tests/cli/TOPIC") or a star is a pattern.
            if name.startswith(TOP) and not re.search(r"[*<>{}$]|/[A-Z]{2,}\b|\b[A-Z]{2,}\.|NNNN|_[A-Z]{2,}\b", name):
                if not os.path.exists(os.path.join(root, name)):
                    bad.append(f"{doc}:{house.line_of(text, m.start())}: {name} does not exist")
        for m in LINK.finditer(text):
            target = (m.group(1) or m.group(2)).split("#", 1)[0]
            if target and "://" not in target and not target.startswith("mailto:"):
                if not os.path.exists(os.path.join(root, os.path.dirname(doc), target)):
                    bad.append(f"{doc}:{house.line_of(text, m.start())}: link to {target} leads nowhere")
    return bad


def commands(root):
    """(document, line, command, output below it) of every transcript; output None in a block of plain commands."""
    out = []
    for doc in documents(root):
        text = house.read(root, doc)
        for m in FENCE.finditer(text):
            at = house.line_of(text, m.start(2))
            if m.group(1) == "sh":
                out += [(doc, at + i, line.split("#", 1)[0].strip(), None)
                        for i, line in enumerate(m.group(2).splitlines()) if line.split("#", 1)[0].strip()]
            elif m.group(1) == "console":
                for part in re.split(r"^(?=\$ )", m.group(2), flags=re.M):
                    if part.startswith("$ "):
                        first, _, rest = part.partition("\n")
                        out.append((doc, at, first[2:].strip(), rest.rstrip("\n") + "\n" if rest.strip() else None))
                    at += part.count("\n")
    return out


def scripts_exist(root):
    bad = []
    for doc, line, command, _ in commands(root):
        word = re.sub(r"^(?:[A-Z_]+=\S+\s+)*", "", command).split()[0]
        if word.startswith(("scripts/", ".ci/", "tests/", "tools/")):
            if not os.access(os.path.join(root, word), os.X_OK):
                bad.append(f"{doc}:{line}: {word} is no command")
    return bad


def examples(root):
    """Lines of C in a document stand in a program under docs/examples, which the build compiles and runs."""
    known = {line.strip() for p in house.files(root, "docs/examples", ext=".c")
             for line in house.read(root, p).splitlines()}
    return [f"{doc}:{house.line_of(house.read(root, doc), m.start(2)) + n}: stands in no program of docs/examples"
            for doc in documents(root) for m in FENCE.finditer(house.read(root, doc)) if m.group(1) == "c"
            for n, line in enumerate(m.group(2).splitlines()) if line.strip() not in known]


def printed(command, folder):
    return subprocess.run(["sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=120, env={**os.environ, "LC_ALL": "C", "COLUMNS": "100"})


def update(root, program):
    """Lines above a closing "..." are as many as they were; a "..." within is left to whoever writes the text."""
    def again(m):
        parts = re.split(r"^(?=\$ )", m.group(2), flags=re.M)
        for i, part in enumerate(parts):
            command, _, rest = part.partition("\n")
            old = rest.rstrip("\n").split("\n")
            if m.group(1) != "console" or not re.match(r"\$ (?:[A-Z_]+=\S+ )*build/tokenroof\b", part) or "..." in old[:-1]:
                continue
            new = printed(command[2:].replace("build/tokenroof", program), root).stdout.rstrip("\n").split("\n")
            if old[-1] == "...":
                new = new[:len(old) - 1] + ["..."]
            parts[i] = "\n".join([command] + new) + "\n" + ("\n" if rest.endswith("\n\n") else "")
        return f"```{m.group(1)}\n{''.join(parts)}```"
    for doc in documents(root):
        text = house.read(root, doc)
        fresh = FENCE.sub(again, text)
        if fresh != text:
            with open(os.path.join(root, doc), "w") as out:
                out.write(fresh)


def transcripts(root, program):
    """(name, violations) of each command. They run one after another in a folder that looks like the root."""
    with tempfile.TemporaryDirectory(prefix="tokenroof-docs-") as scratch:
        for entry in os.listdir(root):
            if not entry.startswith((".", "build")):
                os.symlink(os.path.join(os.path.abspath(root), entry), os.path.join(scratch, entry))
        os.mkdir(os.path.join(scratch, "build"))
        os.symlink(os.path.abspath(program), os.path.join(scratch, "build", "tokenroof"))
        for doc, line, command, output in commands(root):
            if not re.match(r"(?:[A-Z_]+=\S+ )*build/tokenroof\b", command):
                continue
            done = printed(command, scratch)
            bad = []
            if done.returncode != 0:
                bad = [f"exit {done.returncode}: {done.stderr.strip()[:300]}"]
            elif output is not None:
                wrong = run.matches(output, done.stdout)
                bad = [wrong] + done.stdout.splitlines()[:30] if wrong else []
            yield f"{doc}:{line}: {command}", bad


if __name__ == "__main__":
    if sys.argv[1] == "--update":
        update(sys.argv[2], os.path.abspath(sys.argv[3]))
        sys.exit()
    root = sys.argv[1]
    tap = house.Tap()
    tap.case("documents_name_files_that_exist", paths(root))
    tap.case("documents_name_scripts_that_exist", scripts_exist(root))
    tap.case("code_in_documents_is_compiled", examples(root))
    for name, bad in transcripts(root, sys.argv[2]) if len(sys.argv) > 2 else ():
        tap.case(f"the transcript is real: {name}", bad)
    tap.done()
