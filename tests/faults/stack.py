"""Every verb answers on a stack of 128 KiB, as threads of small servers and C libraries have.

    stack.py PROGRAM

Runs each verb's examples from `tokenroof help VERB`, as text, as JSON and as a picture where it draws one. Prints TAP.
"""
import concurrent.futures
import os
import re
import resource
import shlex
import subprocess
import sys
import tempfile

PROGRAM = os.path.abspath(sys.argv[1])
STACK_BYTE = 128 << 10
LONG = {"fit", "web", "validate", "reversible", "measure"}    # they need files, do not end, or say so where they do


def run(words, small=True):
    def limit():
        resource.setrlimit(resource.RLIMIT_STACK, (STACK_BYTE, STACK_BYTE))
    with tempfile.TemporaryDirectory() as folder:
        return subprocess.run([PROGRAM, *words], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120,
                              preexec_fn=limit if small else None, check=False)


def examples():
    text = run(["help", "all"], small=False).stdout.decode()
    for verb in dict.fromkeys(re.findall(r"^  ([a-z]+)  ", text, re.M)):
        page = run(["help", verb], small=False).stdout.decode()
        for line in re.findall(r"^  tokenroof (.*)$", page.partition("\nExamples\n")[2], re.M):
            words = shlex.split(line.split(" | ")[0], comments=True)
            if verb not in LONG and words[0] == verb and not any("path/" in w or w.endswith(".json") for w in words):
                yield words


def crash(words):
    made = run(words)
    return f"`{shlex.join(words)}` ended by signal {-made.returncode}" if made.returncode < 0 else ""


cases = [[*words, *more] for words in examples() for more in ([], ["--json"], ["--plot", "-"])]
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    results = list(pool.map(crash, cases))
for number, (words, bad) in enumerate(zip(cases, results), 1):
    print(f"{'not ok' if bad else 'ok'} {number} - {shlex.join(words)}" + (f"\n  # {bad}" if bad else ""))
print(f"1..{len(cases)}")
sys.exit(any(results) or not cases)
