"""The command that a claim of the lecture shows gives the number that the claim has: typed, and read from its JSON.

    lecture_questions.py PROGRAM
"""
import functools
import json
import shlex
import subprocess
import sys

PROGRAM = sys.argv[1]


@functools.lru_cache(maxsize=None)
def answer(command):
    """The JSON of a command line as a person would type it, or why there is none."""
    words = shlex.split(command)
    run = subprocess.run([PROGRAM, *words[1:], "--json"], capture_output=True, text=True, check=False)
    return json.loads(run.stdout) if run.returncode == 0 else run.stderr.strip()


def read(document, key):
    """The value of "a.b.c"; an array's member goes by its name. "a+b" adds."""
    total = 0.0
    for path in key.split("+"):
        at = document
        for name in path.split("."):
            at = next(x for x in at if name in (x.get("name"), x.get("mode"))) if isinstance(at, list) else at[name]
        if at is None:
            return None
        total += at
    return total


def problem(question, value):
    """What is wrong with a question's command; "" if nothing is. value: None where it is one of two."""
    if not question["command"]:
        return ""
    document = answer(question["command"])
    if isinstance(document, str):
        return f"{question['command']}: {document}"
    if not question["key"]:
        return ""
    found = read(document, question["key"])
    if found is None or (value is not None and abs(found - value) > 1e-9 * abs(value)):
        return f"{question['command']}: {question['key']} is {found}, not {value}"
    return ""


def main():
    run = subprocess.run([PROGRAM, "lecture", "--json"], capture_output=True, text=True, check=True)
    wrong, asked, keys = [], 0, 0
    for claim in json.loads(run.stdout)["claims"]:
        for check in answer("tokenroof lecture " + claim["id"])["checks"]:
            second = check.get("over") or check.get("less")
            for question, value in ((check, None if second else check["value"]), (second, None)):
                if question is not None:
                    asked += question["command"] != ""
                    keys += question["key"] != ""
                    wrong += [claim["id"] + ": " + p for p in [problem(question, value)] if p]
    print("1..1")
    print("\n".join("# " + w for w in wrong))
    print(f"{'not ok' if wrong else 'ok'} 1 - {asked} questions of claims can be typed, {keys} give the claim's number")
    sys.exit(bool(wrong))


main()
