"""Law: files stay short, speak of no machine but the reader's, and leave nothing for later."""
import os
import re
import sys

import house

LINES_MAX, LINES_WARN, WIDTH_MAX = 600, 400, 120    # 110 columns is the aim
TEXT = (".c", ".h", ".inc", ".py", ".sh", ".md", ".json", ".build", ".txt", ".scd", ".ts", ".js", ".mjs", ".html", ".css",
        ".cmd", ".out", ".err", ".svg", ".csv", ".yml")
MACHINE = re.compile("/(?:" + "|".join(("work", "root", "home")) + r")/[A-Za-z0-9_.]")
LATER = re.compile(r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK")) + r")\b")


def lengths(root):
    bad, notes = [], []
    for path in house.files(root, "src", "include", ext=(".c", ".h", ".inc")):
        lines = house.read(root, path).splitlines()
        if len(lines) > LINES_MAX:
            bad.append(f"{path}: {len(lines)} lines, at most {LINES_MAX}")
        elif len(lines) > LINES_WARN:
            notes.append(f"{path}: {len(lines)} lines, more than {LINES_WARN}")
    return bad, notes


def widths(root):
    return [f"{path}:{n}: {len(line)} columns, at most {WIDTH_MAX}"
            for path in house.files(root, "src", ext=(".c", ".h"))
            for n, line in enumerate(house.read(root, path).splitlines(), 1) if len(line) > WIDTH_MAX]


def purposes(root):
    """The first line of a source file says its one purpose: room/file.c -- why it is there."""
    bad = []
    for path in house.files(root, "src", ext=(".c", ".h")):
        first = house.read(root, path).split("\n", 1)[0]
        if not re.match(r"/\* " + re.escape(path[len("src/"):]) + r" -- \S", first):
            bad.append(f"{path}:1: opens with '/* {path[len('src/'):]} -- what it is for'")
    return bad


# File names that still stand in several rooms. The list only shrinks.
SAME_NAME = {"catalog.c", "check.c", "field.c", "field.h", "format.c", "layout.c", "lesson.h", "oracle.c",
             "prices.c", "step.c", "table.h"}


def names(root):
    """A file is found by its name alone."""
    seen = {}
    for path in house.files(root, "src", "include", ext=(".c", ".h")):
        seen.setdefault(os.path.basename(path), []).append(path)
    twice = {name: paths for name, paths in seen.items() if len(paths) > 1}
    return ([f"{paths[-1]}: its name is taken by {paths[0]}" for name, paths in sorted(twice.items())
             if name not in SAME_NAME]
            + [f"{name} is one file's name by now: strike it from SAME_NAME of tests/laws/law_tree.py"
               for name in sorted(SAME_NAME - set(twice))])


def _scan(root, pattern, what):
    bad = []
    for path in house.files(root):
        if path.endswith(TEXT) or "." not in path.rsplit("/", 1)[-1]:
            for n, line in enumerate(house.read(root, path).splitlines(), 1):
                m = pattern.search(line)
                if m:
                    bad.append(f"{path}:{n}: {what}: {m.group(0)}")
    return bad


def machine_paths(root):
    return _scan(root, MACHINE, "a path of one machine")


def later(root):
    return _scan(root, LATER, "work left in the text")


if __name__ == "__main__":
    root = sys.argv[1] if len(sys.argv) > 1 else house.ROOT
    tap = house.Tap()
    too_long, long = lengths(root)
    tap.case("a_source_file_is_read_in_one_sitting", too_long, long)
    tap.case("lines_fit_the_page", widths(root))
    tap.case("a_source_file_opens_with_its_purpose", purposes(root))
    tap.case("a_source_file_has_a_name_of_its_own", names(root))
    tap.case("no_path_of_one_machine_in_the_tree", machine_paths(root))
    tap.case("no_work_left_for_later_in_the_tree", later(root))
    tap.done()
