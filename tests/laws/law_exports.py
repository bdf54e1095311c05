"""Law: exports are the headers. libtokenroof.so shows exactly the functions declared TR_API."""
import re
import sys

import house

DECLARED = re.compile(r"\bTR_API\b([^;{]*?)\b(tr_\w+)\s*\(")


def declared(root):
    names = {}
    for path in house.files(root, "include/tokenroof", ext=".h"):
        text = house.code(house.read(root, path))
        for m in DECLARED.finditer(text):
            names.setdefault(m.group(2), path)
    return names


def undeclared_prototypes(root):
    """A function in a public header without TR_API would be declared but not exported."""
    bad = []
    for path in house.files(root, "include/tokenroof", ext=".h"):
        text = house.code(house.read(root, path))
        text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", "", text, flags=re.M)
        for statement in re.split(r"[;{}]", text):
            m = re.search(r"\b(tr_\w+)\s*\((?!\s*\*)", statement)     # not a member that points to a function
            if m and "TR_API" not in statement and "typedef" not in statement:
                bad.append(f"{path}: {m.group(1)} is declared without TR_API")
    return bad


def exported(library):
    return {line.split()[0] for line in house.nm("-D", "--defined-only", "--format=posix", library).splitlines()
            if line.split()}


def check(root, library):
    want, have = declared(root), exported(library)
    return ([f"{name} is declared in {want[name]} and not defined in the library" for name in sorted(set(want) - have)]
            + [f"{name} is exported and in no public header" for name in sorted(have - set(want))])


if __name__ == "__main__":
    tap = house.Tap()
    tap.case("every_exported_symbol_is_declared_and_every_declared_one_exported", check(sys.argv[1], sys.argv[2]))
    tap.case("every_public_function_is_marked_TR_API", undeclared_prototypes(sys.argv[1]))
    tap.done()
