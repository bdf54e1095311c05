"""The model path gives the same bits in every build: run the same random cases in each and compare.

    parity.py CASES NAME=COMMAND... (COMMAND is split at spaces; the first is the reference)

Prints TAP. Where builds differ, names the case and the first value that does.
"""
import collections
import subprocess
import sys

BLOCK = 1000


def run(command, *args):
    done = subprocess.run(command + list(args), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"Bail out! {' '.join(command)}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout.splitlines()


def first_difference(reference, other, first):
    for n in range(first, first + BLOCK):
        a, b = run(reference, "case", str(n)), run(other, "case", str(n))
        for x, y in zip(a, b):
            if x != y:
                return f"case {n}: {x[17:]}: {x[:16]} in the reference, {y[:16]} here"
    return f"cases {first}..{first + BLOCK - 1}: the hashes differ and no case does"


def coverage(command, cases):
    """Sample some cases: how many gave an answer, and by which bound."""
    found = collections.Counter()
    for n in range(0, cases, max(1, cases // 60)):
        values = {line[17:]: line[:16] for line in run(command, "case", str(n))}
        found["step answered" if values.get("step status") == "0" * 16 else "refused"] += 1
    return ", ".join(f"{k} {v}" for k, v in sorted(found.items()))


def main():
    cases = int(sys.argv[1])
    builds = [(name, command.split(" ")) for name, command in (a.split("=", 1) for a in sys.argv[2:])]
    reference = run(builds[0][1], "hash", str(cases), str(BLOCK))
    failed = 0
    for number, (name, command) in enumerate(builds[1:], 1):
        hashes = run(command, "hash", str(cases), str(BLOCK))
        differing = [i for i, (a, b) in enumerate(zip(reference, hashes)) if a != b]
        bad = bool(differing) or len(hashes) != len(reference)
        failed += bad
        print(f"{'not ok' if bad else 'ok'} {number} - {cases}_cases_agree_in_every_bit_between_"
              f"{builds[0][0]}_and_{name}")
        if differing:
            print(f"# {len(differing)} of {len(reference)} blocks differ; "
                  + first_difference(builds[0][1], command, differing[0] * BLOCK))
    print(f"# a sample of the cases: {coverage(builds[0][1], cases)}")
    print(f"1..{len(builds) - 1}")
    return 1 if failed else 0


sys.exit(main())
