"""Law: every number in data/ has a source and a date. One thing a file, its name the file's name.

A number is covered by the nearest object around it that states both "source" and "date"; an object that states
one of them states the other.
"""
import json
import os
import re
import sys

import house

DATE = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?\Z")


def _object(pairs):
    seen = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"key {key!r} stands twice in one object")
        seen[key] = value
    return seen


def _constant(text):
    raise ValueError(f"{text} is not a number")


def load(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as f:
        return json.load(f, object_pairs_hook=_object, parse_constant=_constant)


def walk(node, where, covered):
    """Violations below node; covered: an object around it has source and date."""
    if isinstance(node, dict):
        source, date = node.get("source"), node.get("date")
        if (source is None) != (date is None):
            yield f"{where}: has {'a source and no date' if date is None else 'a date and no source'}"
        if source is not None and not (isinstance(source, str) and len(source.strip()) >= 3):
            yield f"{where}.source: says nothing"
        if date is not None and not (isinstance(date, str) and DATE.match(date)):
            yield f"{where}.date: {date!r} is not of the form 2026, 2026-08 or 2026-08-22"
        covered = covered or (source is not None and date is not None)
        for key, value in node.items():
            yield from walk(value, f"{where}.{key}" if where else key, covered)
    elif isinstance(node, list):
        for i, value in enumerate(node):
            yield from walk(value, f"{where}.{i}", covered)
    elif isinstance(node, (int, float)) and not isinstance(node, bool) and not covered:
        yield f"{where}: a number without source and date"


def check(root):
    bad = []
    for path in house.files(root, "data", ext=".json"):
        try:
            document = load(root, path)
        except (ValueError, UnicodeDecodeError) as e:
            bad.append(f"{path}: {e}")
            continue
        if not isinstance(document, dict):
            bad.append(f"{path}: is not an object")
            continue
        bad += [f"{path}: {v}" for v in walk(document, "", False)]
        stem = os.path.basename(path)[:-len(".json")]
        if document.get("name", stem) != stem:
            bad.append(f"{path}: its name is {document['name']!r}")
    return bad


def strays(root):
    return [f"{path}: data/ holds JSON and README files" for path in house.files(root, "data")
            if not path.endswith((".json", "README.md"))]


if __name__ == "__main__":
    root = sys.argv[1]
    tap = house.Tap()
    tap.case("every_number_in_data_has_a_source_and_a_date", check(root))
    tap.case("data_holds_one_thing_a_file", strays(root))
    tap.done()
