"""The model path gives the same bits in every build: run the same random cases in each and compare.

    parity.py CASES NAME=COMMAND... [NAME!=COMMAND...]
    (COMMAND is split at "|"; the first is the reference; != is a build that must differ, to show that
    the comparison would notice)

Prints TAP. Where builds differ, names the case and the first value that does.
"""
import collections
import subprocess
import sys

BLOCK = 1000


def start(command, *args):
    return command, subprocess.Popen(command + list(args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(started):
    command, process = started
    out, err = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"Bail out! {' '.join(command)}: exit {process.returncode}: {err.strip()}")
    return out.splitlines()


def run(command, *args):
    return finish(start(command, *args))


def first_difference(reference, other, first):
    for n in range(first, first + BLOCK):
        a, b = run(reference, "case", str(n)), run(other, "case", str(n))
        for x, y in zip(a, b):
            if x != y:
                return f"case {n}: {x[17:]}: {x[:16]} in the reference, {y[:16]} here"
    return f"cases {first}..{first + BLOCK - 1}: the hashes differ and no case does"


def coverage(command, cases):
    """Sample some cases: how many gave an answer at once."""
    found = collections.Counter()
    for n in range(0, cases, max(1, cases // 60)):
        values = {line[17:]: line[:16] for line in run(command, "case", str(n))}
        found["the chip cannot do this math" if values.get("step status") != "0" * 16 else
              "no such layout" if values.get("shard status") != "0" * 16 else
              "served" if values.get("service status") == "0" * 16 else "a pass, memory not asked"] += 1
    return ", ".join(f"{k} {v}" for k, v in sorted(found.items()))


def main():
    cases = int(sys.argv[1])
    builds = [(name, command.split("|")) for name, command in (a.split("=", 1) for a in sys.argv[2:])]
    running = [start(command, "hash", str(cases), str(BLOCK)) for _, command in builds]
    reference, *others = [finish(r) for r in running]
    failed = 0
    for number, ((name, command), hashes) in enumerate(zip(builds[1:], others), 1):
        differing = [i for i, (a, b) in enumerate(zip(reference, hashes)) if a != b]
        if name.endswith("!"):
            failed += not differing
            print(f"{'ok' if differing else 'not ok'} {number} - a_build_with_{name[:-1]}_is_found_to_differ")
            continue
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
