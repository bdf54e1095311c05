"""Law: no writable globals in the core. Reads the symbols of the rooms' static libraries.

Tables of pointers in position-independent code land in .data.rel.ro, which the
loader makes read-only before main: nm calls them "d", but nobody can write them.
"""
import sys

import house

WRITABLE = set("bBdDCsSgGuvV")


def check(library):
    bad, member = [], library
    for line in house.nm("--format=sysv", library).splitlines():
        if line.startswith("Symbols from"):
            member = line.split(" from ", 1)[1].rstrip(":")
        cell = [c.strip() for c in line.split("|")]
        if len(cell) < 7 or cell[2] not in WRITABLE or cell[6].startswith(".data.rel.ro"):
            continue
        bad.append(f"{member}: {cell[0]} is writable ({cell[2]} in {cell[6] or 'common'}); make it static const")
    return bad


if __name__ == "__main__":
    tap = house.Tap()
    for library in sys.argv[1:]:
        tap.case(f"no_writable_global_in_{library.split('/')[-1]}", check(library))
    tap.done()
