"""Law: no call circles between the files of a room. Where a file calls another, that one does not call back.

Reads the symbols of each object in a room's static library, so that a call through a
macro or a table counts too. The cli room is no library and is not read: its table of verbs holds every command, and
help, completion and web, which are commands, read that table.
    law_call_circles.py ROOM=LIBRARY...
"""
import os
import re
import sys

import house

# room -> files that still call in a circle. The list only shrinks: a file that is in none is struck off.
KNOWN = {
    "io": {"chip_file", "chip_folder"},
    "step": {"layout", "op_attention", "op_time", "op_work", "operators"},
}
HEAD = re.compile(r".*\[(.+?)(?:\.c)?\.o\]:$")


def calls(library):
    """file -> {file it calls: one function by which it does}."""
    defined, wanted, now = {}, {}, None
    for line in house.nm("--format=posix", library).splitlines():
        head, cell = HEAD.match(line), line.split()
        if head:
            now = os.path.basename(head.group(1))
            wanted[now] = set()
        elif len(cell) > 1 and cell[1] == "U":
            wanted[now].add(cell[0])
        elif len(cell) > 1 and cell[1] == "T":
            defined[cell[0]] = now
    return {f: {defined[s]: s for s in sorted(symbols, reverse=True) if defined.get(s, f) != f}
            for f, symbols in wanted.items()}


def reach(graph, file):
    seen, todo = set(), list(graph[file])
    while todo:
        f = todo.pop()
        if f not in seen:
            seen.add(f)
            todo.extend(graph[f])
    return seen


def check(room, library, known=None):
    known = KNOWN.get(room, set()) if known is None else known
    graph = calls(library)
    far = {f: reach(graph, f) for f in graph}
    circle = {f for f in graph if f in far[f]}
    bad = [f"{room}/{f}.c calls {other}.c ({graph[f][other]}), which calls it again" for f in sorted(circle)
           for other in sorted(graph[f]) if f in far[other] and not (f in known and other in known)]
    return bad + [f"{room}/{f}.c is in no circle: strike it from KNOWN of tests/laws/law_call_circles.py"
                  for f in sorted(known - circle)]


if __name__ == "__main__":
    tap = house.Tap()
    for argument in sys.argv[1:]:
        room, library = argument.split("=", 1)
        tap.case(f"no_call_circle_in_{room}", check(room, library))
    tap.done()
