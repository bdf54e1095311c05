"""Run the command-line cases: what a person types, and what the terminal shows.

    run.py PROGRAM [--update] [TOPIC or TOPIC/CASE ...]

tests/cli/TOPIC/CASE.cmd is a shell line that runs "$TOKENROOF". Beside it, each optional:
    CASE.exit      the exit code (without it: 0)
    CASE.out       standard output, to the byte
    CASE.out.glob  the same line by line: * stands for any text in a line, a line ... for any lines
    CASE.err, CASE.err.glob   the same for standard error
The line runs by `sh` in an empty folder, with $HERE the case's own folder and $ROOT the repository.
--update writes the .out, .err and .exit files that exist (never a .glob) from what came out: read the
difference before you commit it. Prints TAP, one line a case.
"""
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LIMIT_S = 120
BROKEN = re.compile(r"ERROR: (?:Address|Leak|Undefined)\w*Sanitizer|runtime error: |Segmentation fault")


def cases(wanted):
    for topic in sorted(os.listdir(HERE)):
        folder = os.path.join(HERE, topic)
        if not os.path.isdir(folder):
            continue
        for name in sorted(os.listdir(folder)):
            label = f"{topic}/{name[:-4]}"
            if name.endswith(".cmd") and (not wanted or topic in wanted or label in wanted):
                yield label


def text_of(path):
    if not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        return f.read()


def matches(pattern, text):
    """The first line of the pattern that finds no line, or None."""
    want, have = pattern.splitlines(), text.splitlines()
    line = [re.compile(".*".join(re.escape(p) for p in w.split("*")) + r"\Z", re.S) for w in want]
    reach, far = {0}, 0     # how many lines of text the pattern so far may have used
    for i, w in enumerate(want):
        if w == "...":
            reach = set(range(min(reach), len(have) + 1))
        else:
            reach = {n + 1 for n in reach if n < len(have) and line[i].match(have[n])}
        if not reach:
            return f"line {i + 1} of the pattern finds no line near output line {far + 1}: {w!r}"
        far = min(reach)
    return None if len(have) in reach else f"output goes on after the pattern ends, at line {min(reach) + 1}"


def first_difference(want, have):
    a, b = want.splitlines(keepends=True), have.splitlines(keepends=True)
    for n in range(max(len(a), len(b))):
        x = a[n] if n < len(a) else "(end)"
        y = b[n] if n < len(b) else "(end)"
        if x != y:
            return [f"line {n + 1}: expected {x!r}", f"line {n + 1}: got      {y!r}"]
    return []


def check(base, what, text):
    exact, glob = text_of(f"{base}.{what}"), text_of(f"{base}.{what}.glob")
    bad = []
    if exact is not None and exact != text:
        bad += [f"std{what}: {line}" for line in first_difference(exact, text)]
    if glob is not None:
        wrong = matches(glob, text)
        if wrong:
            bad += [f"std{what}: {wrong}"] + [f"  | {line}" for line in text.splitlines()[:12]]
    return bad


def run(program, label, update):
    base = os.path.join(HERE, label)
    with tempfile.TemporaryDirectory(prefix="tokenroof-cli-") as scratch:
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "LD_LIBRARY_PATH", "TOKENROOF_SHARED",
                                                            "ASAN_OPTIONS", "UBSAN_OPTIONS")}
        env.update(TOKENROOF=program, HERE=os.path.dirname(base), ROOT=ROOT, HOME=scratch, LC_ALL="C",
                   COLUMNS="100")
        try:
            done = subprocess.run(["sh", "-c", text_of(base + ".cmd")], cwd=scratch, env=env, timeout=LIMIT_S,
                                  stdin=subprocess.DEVNULL, capture_output=True)
        except subprocess.TimeoutExpired:
            return [f"still running after {LIMIT_S} s"]
    out, err = (t.decode("utf-8", "surrogateescape") for t in (done.stdout, done.stderr))
    if update:
        for what, text in (("out", out), ("err", err), ("exit", f"{done.returncode}\n")):
            if os.path.isfile(f"{base}.{what}"):
                with open(f"{base}.{what}", "w", encoding="utf-8", errors="surrogateescape") as f:
                    f.write(text)
    want = int((text_of(base + ".exit") or "0").strip())
    bad = []
    if done.returncode != want:
        bad.append(f"exit {done.returncode}, expected {want}")
        bad += [f"  stderr | {line}" for line in err.splitlines()[:6]]
    if BROKEN.search(err):
        bad += ["the program broke:"] + err.splitlines()[:20]
    return bad + check(base, "out", out) + check(base, "err", err)


def main():
    args = sys.argv[1:]
    update = "--update" in args
    args = [a for a in args if a != "--update"]
    if not args:
        raise SystemExit(__doc__)
    program, labels = os.path.abspath(args[0]), list(cases(set(args[1:])))
    if not labels:
        raise SystemExit("run.py: no case of that name")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        for n, (label, bad) in enumerate(zip(labels, pool.map(lambda l: run(program, l, update), labels)), 1):
            print(("not ok" if bad else "ok") + f" {n} - {label}")
            for line in bad:
                print(f"# {line}")
            failed += bool(bad)
    print(f"1..{len(labels)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
