"""Count test cases, not programs: the last line of scripts/test.

    tally.py [--log LABEL=testlog.json ...] [--tap LABEL=file.tap ...]

Reads Meson's test logs and TAP files. A test that speaks TAP counts once a case, any other once. A
case that runs in several builds (gcc, clang, sanitizers) is one case: it passes if it passes in each,
and is skipped if it ran in none. Failures and the reasons of skips go to standard error; standard
output gets one line, "N passed, N failed[, N skipped]". Exits 1 if anything failed or nothing ran.
"""
import json
import re
import sys

POINT = re.compile(r"^(not ok|ok)\b\s*(\d+)?\s*(?:- )?(.*?)\s*(?:#\s*(SKIP)\b\s*(.*))?$", re.I)
PLAN = re.compile(r"^1\.\.(\d+)\s*(?:#.*)?$")
PASS, SKIP, FAIL = "passed", "skipped", "failed"


def points(text):
    """(name, result, detail) of each TAP line, and how many the plans promised (None: no plan)."""
    out, planned, reason = [], None, ""
    for line in text.splitlines():
        plan = PLAN.match(line)
        if plan:
            planned = (planned or 0) + int(plan.group(1))
            continue
        if line.startswith("SKIP: "):
            reason = line[6:]
        point = POINT.match(line)
        if point:
            name, result, detail = point.group(3), PASS if point.group(1) == "ok" else FAIL, ""
            if point.group(4):      # cmocka writes "not ok 2 # SKIP name", others "ok 2 - name # SKIP why"
                result = SKIP
                name, detail = (name, point.group(5)) if name else (point.group(5), reason)
            out.append([name or f"case {point.group(2)}", result, detail])
            reason = ""
        elif line.startswith("#") and out and out[-1][1] == FAIL:
            out[-1][2] += "\n      " + line[1:].strip()
    return out, planned


class Tally:
    def __init__(self):
        self.result = {}    # (test, case) -> passed | failed | skipped
        self.failures, self.skips = [], {}

    def add(self, label, test, case, result, detail=""):
        key = (test, case)
        worst = {self.result.get(key, result), result}
        self.result[key] = FAIL if FAIL in worst else PASS if PASS in worst else SKIP
        if result == FAIL:
            self.failures.append(f"{label}: {test}: {case}{detail}")
        elif result == SKIP:
            self.skips[key] = detail or "no reason given"

    def program(self, label, test, text, ended_well, ended_skipped=False, why=""):
        found, planned = points(text)
        seen = {}
        for name, result, detail in found:
            seen[name] = seen.get(name, 0) + 1
            self.add(label, test, name if seen[name] == 1 else f"{name} ({seen[name]})", result, detail)
        if planned is not None and len(found) < planned:
            self.add(label, test, "runs to its end", FAIL, f": {planned} cases planned, {len(found)} ran")
        elif not ended_well and not ended_skipped and not any(r == FAIL for _, r, _ in found):
            self.add(label, test, "ends well", FAIL, why)
        elif not found:
            self.add(label, test, "passes", SKIP if ended_skipped else PASS, why)

    def log(self, label, path):
        with open(path, encoding="utf-8") as f:
            for line in f:
                t = json.loads(line)
                name = t["name"].split(" / ", 1)[-1]
                tail = (t.get("stderr") or "").strip().splitlines()[-25:]
                why = f" ({t['result']})" + "".join("\n      " + x for x in tail)
                self.program(label, name, t.get("stdout") or "", t["result"] in ("OK", "EXPECTEDFAIL"),
                             t["result"] == "SKIP", "" if t["result"] == "SKIP" else why)

    def tap(self, label, path):
        with open(path, encoding="utf-8", errors="replace") as f:
            self.program(label, label, f.read(), True)

    def line(self):
        n = {r: sum(1 for v in self.result.values() if v == r) for r in (PASS, FAIL, SKIP)}
        return f"{n[PASS]} passed, {n[FAIL]} failed" + (f", {n[SKIP]} skipped" if n[SKIP] else "")


def main():
    tally, args = Tally(), sys.argv[1:]
    while args:
        kind, what = args.pop(0), args.pop(0)
        label, path = what.split("=", 1)
        try:
            {"--log": tally.log, "--tap": tally.tap}[kind](label, path)
        except OSError as e:
            tally.add(label, label, "ran", FAIL, f": {e.strerror}: {path}")
    skipped = {k: v for k, v in tally.skips.items() if tally.result[k] == SKIP}
    if skipped:
        print("skipped:", file=sys.stderr)
        for (test, case), why in sorted(skipped.items()):
            print(f"  {test}: {case}: {why}", file=sys.stderr)
    if tally.failures:
        print("failed:", file=sys.stderr)
        for f in tally.failures:
            print(f"  {f}", file=sys.stderr)
    print(tally.line())
    sys.exit(1 if tally.failures or PASS not in tally.result.values() else 0)


if __name__ == "__main__":
    main()
