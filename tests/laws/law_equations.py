"""Law: equations have ids. Code names them, docs/equations.md explains them, a test proves them."""
import os
import re
import sys

import house

ID = re.compile(r"\[([MCRKLFPS][1-9][0-9]*[a-z]?)\]")
FIELDS = ("formula", "meaning", "derivation", "source", "caveats", "test")
BOOK = "docs/equations.md"


def sections(root):
    """id -> {title, line, field: text}; the same form `tokenroof explain` reads."""
    out, bad, now = {}, [], None
    if not os.path.isfile(os.path.join(root, BOOK)):
        return out, [f"{BOOK} does not exist"]
    for n, line in enumerate(house.read(root, BOOK).splitlines(), 1):
        head = re.match(r"## ([A-Z][0-9]+[a-z]?) (\S.*)$", line)
        if head:
            if head.group(1) in out:
                bad.append(f"{BOOK}:{n}: {head.group(1)} has two sections")
            now = out[head.group(1)] = {"title": head.group(2), "line": n}
            continue
        field = re.match(r"([a-z]+): (\S.*)$", line)
        if field and now is not None:
            if field.group(1) not in FIELDS:
                bad.append(f"{BOOK}:{n}: unknown field {field.group(1)}")
            elif field.group(1) in now:
                bad.append(f"{BOOK}:{n}: field {field.group(1)} twice in one section")
            now[field.group(1)] = field.group(2)
        elif line.startswith("## "):
            bad.append(f"{BOOK}:{n}: a section opens with '## R1 Title'")
        elif line.strip() and now is not None and not line.startswith("#"):
            bad.append(f"{BOOK}:{n}: a section holds 'field: text' lines, each on one line")
    for name, s in out.items():
        bad += [f"{BOOK}:{s['line']}: {name} has no '{f}:' line" for f in FIELDS if f not in s]
    return out, bad


def uses(root):
    """id -> first place it stands in a comment."""
    first = {}
    for path in house.files(root, "include", "src", ext=(".c", ".h")):
        text = house.comments(house.read(root, path))
        for m in ID.finditer(text):
            first.setdefault(m.group(1), f"{path}:{house.line_of(text, m.start())}")
    return first


def tests(root):
    """file name -> the names of the functions it defines."""
    out = {}
    for path in house.files(root, "tests", ext=".c"):
        text = house.code(house.read(root, path))
        out.setdefault(os.path.basename(path), set()).update(re.findall(r"\bvoid\s+(\w+)\s*\(", text))
    return out


def check_both_ways(root):
    book, _ = sections(root)
    first = uses(root)
    return ([f"{first[i]}: [{i}] has no section in {BOOK}" for i in sorted(set(first) - set(book))]
            + [f"{BOOK}:{book[i]['line']}: {i} is named nowhere in src/" for i in sorted(set(book) - set(first))])


def check_tests(root):
    book, _ = sections(root)
    known, bad = tests(root), []
    for name, s in sorted(book.items()):
        if "test" not in s:
            continue
        where = f"{BOOK}:{s['line']}: {name}"
        m = re.match(r"(test_\w+\.c)\s+(\w+(?:\s*,\s*\w+)*)\s*$", s["test"])
        if not m:
            bad.append(f"{where}: the test line reads 'test_file.c test_name[, test_name]'")
        elif m.group(1) not in known:
            bad.append(f"{where}: no file {m.group(1)} under tests/")
        else:
            for t in re.split(r"\s*,\s*", m.group(2)):
                if t not in known[m.group(1)]:
                    bad.append(f"{where}: {m.group(1)} has no test {t}")
    return bad


if __name__ == "__main__":
    root = sys.argv[1] if len(sys.argv) > 1 else house.ROOT
    tap = house.Tap()
    tap.case("the_book_of_equations_is_well_formed", sections(root)[1])
    tap.case("every_equation_id_in_code_is_documented_and_every_documented_one_is_in_code", check_both_ways(root))
    tap.case("every_equation_names_a_test_that_exists", check_tests(root))
    tap.done()
