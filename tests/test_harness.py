"""The harness itself: what tally.py counts and what the command-line runner lets pass."""
import json
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "laws"), os.path.join(HERE, "cli")]

import house  # noqa: E402
import run    # noqa: E402
import tally  # noqa: E402

CASES = []


def case(f):
    CASES.append(f)
    return f


def equal(have, want):
    return [] if have == want else [f"expected {want!r}, got {have!r}"]


def count(*programs):
    t = tally.Tally()
    for p in programs:
        t.program(*p)
    return t


@case
def cases_are_counted_and_not_programs():
    t = count(("gcc", "a", "1..3\nok 1 - x\nok 2 - y\nok 3 - z\n", True), ("gcc", "b", "", True))
    return equal(t.line(), "4 passed, 0 failed")


@case
def cmocka_skips_are_skips_and_keep_their_reason():
    t = count(("gcc", "a", "1..2\nok 1 - x\nSKIP: ../shared absent\nnot ok 2 # SKIP y\n", True))
    return equal(t.line(), "1 passed, 0 failed, 1 skipped") + equal(t.skips[("a", "y")], "../shared absent")


@case
def tap_skips_keep_their_reason():
    t = count(("gcc", "a", "ok 1 - x # SKIP no node\n1..1\n", True))
    return equal(t.line(), "0 passed, 0 failed, 1 skipped") + equal(t.skips[("a", "x")], "no node")


@case
def one_case_in_two_builds_is_one_case_and_fails_if_either_does():
    good, bad = "1..1\nok 1 - x\n", "1..1\nnot ok 1 - x\n# why\n"
    return (equal(count(("gcc", "a", good, True), ("clang", "a", good, True)).line(), "1 passed, 0 failed")
            + equal(count(("gcc", "a", good, True), ("clang", "a", bad, False)).line(), "0 passed, 1 failed"))


@case
def a_program_that_dies_halfway_fails():
    return (equal(count(("gcc", "a", "1..3\nok 1 - x\n", False)).line(), "1 passed, 1 failed")
            + equal(count(("gcc", "a", "1..3\nok 1 - x\n", True)).line(), "1 passed, 1 failed")
            + equal(count(("gcc", "a", "", False)).line(), "0 passed, 1 failed"))


@case
def a_program_that_ends_badly_after_its_last_case_fails():
    return equal(count(("san", "a", "1..1\nok 1 - x\n", False)).line(), "1 passed, 1 failed")


@case
def the_same_name_twice_in_a_program_is_two_cases():
    return equal(count(("gcc", "a", "1..1\nok 1 - x\n1..1\nok 1 - x\n", True)).line(), "2 passed, 0 failed")


@case
def a_meson_log_is_read_and_a_missing_one_is_a_failure():
    with tempfile.TemporaryDirectory() as d:
        path = os.path.join(d, "testlog.json")
        with open(path, "w", encoding="utf-8") as f:
            f.write(json.dumps({"name": "tokenroof:unit / a", "stdout": "1..1\nok 1 - x\n", "result": "OK"}) + "\n")
            f.write(json.dumps({"name": "tokenroof:laws / b", "stdout": "", "result": "SKIP"}) + "\n")
            f.write(json.dumps({"name": "tokenroof:laws / c", "stdout": "", "result": "TIMEOUT"}) + "\n")
        t = tally.Tally()
        t.log("gcc", path)
        return equal(t.line(), "1 passed, 1 failed, 1 skipped") + equal(("a", "x") in t.result, True)


@case
def a_glob_matches_within_a_line_and_dots_match_lines():
    text = "step 12.8 ms\nfloor 1 ms\nridge 2\nend\n"
    return (equal(run.matches("step * ms\n...\nend\n", text), None)
            + equal(run.matches("...\nridge *\n...", text), None)
            + equal(run.matches("...", ""), None)
            + equal(run.matches("step 12.8 ms\n", text) is None, False)
            + equal(run.matches("step * s\n...\n", text) is None, False)
            + equal(run.matches("...\nno such line\n...\n", text) is None, False)
            + equal(run.matches("step [1]2.8 ms\n...", text) is None, False))


@case
def an_exact_expectation_shows_the_first_line_that_differs():
    return equal(run.first_difference("a\nb\n", "a\nc\n"), ["line 2: expected 'b\\n'", "line 2: got      'c\\n'"]) \
        + equal(run.first_difference("a\n", "a"), ["line 1: expected 'a\\n'", "line 1: got      'a'"])


if __name__ == "__main__":
    tap = house.Tap()
    for f in CASES:
        tap.case(f.__name__, f())
    tap.done()
