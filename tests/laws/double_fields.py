"""Write a C table of every double in the public structs, nested ones and arrays included.

    double_fields.py ROOT OUTPUT.h [HEADER...]      # and in those of other headers

So that test_nan_rejected.c poisons a field the day it is added to a header, without anyone remembering to.
"""
import re
import sys

import house

STRUCT = re.compile(r"\bstruct\s+(\w+)\s*\{([^{}]*)\}")
FIELD = re.compile(r"\s*(?:const\s+)?(\w+)\s+([^;]*)$", re.S)


def structs(root, more=()):
    """struct -> [(type, name, [array lengths])], pointers left out."""
    out = {}
    for path in [*house.files(root, "include/tokenroof", ext=".h"), *more]:
        text = house.code(house.read(root, path))
        for m in STRUCT.finditer(text):
            rows = out.setdefault(m.group(1), [])
            for field in m.group(2).split(";"):
                f = FIELD.match(field)
                if not f:
                    continue
                for d in f.group(2).split(","):
                    n = re.match(r"\s*(\w+)\s*((?:\[\w+\]\s*)*)$", d)
                    if n and "*" not in d:
                        rows.append((f.group(1), n.group(1), re.findall(r"\[(\w+)\]", n.group(2))))
    return out


def lines(all_structs, name):
    """FIELD rows of one struct: its doubles, one row an array or a nested array's member."""
    def walk(struct, c_path, loops):
        for kind, field, dims in all_structs[struct]:
            path = f"{c_path}.{field}" if c_path else field
            if kind == "double":
                yield path, dims, loops
            elif kind in all_structs:
                first = path + "[0]" * len(dims)
                yield from walk(kind, first, loops + [(path, dims)] if dims else loops)
    return list(walk(name, "", []))


def main():
    root, output, *more = sys.argv[1:]
    found = structs(root, more)
    text = ["/* Written by tests/laws/double_fields.py from the headers; not to be edited. */", ""]
    for name in sorted(found):
        rows = lines(found, name)
        if not rows:
            continue
        text.append(f"__attribute__((unused)) static const field {name}_field[] = {{")
        for path, dims, loops in rows:
            zero = path + "[0]" * len(dims)
            count = f"sizeof(((const {name} *)0)->{path}) / sizeof(double)" if dims else "1"
            # An array of structs: poison its first member only, which is enough to see that it is looked at.
            text.append(f'    {{"{path}", offsetof({name}, {zero}), {count}}},')
        text.append("};")
        text.append("")
    with open(output, "w", encoding="utf-8") as f:
        f.write("\n".join(text))


if __name__ == "__main__":
    main()
