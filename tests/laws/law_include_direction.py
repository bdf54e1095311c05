"""Law: one direction. A room includes only rooms below it; the table is in house.py."""
import os
import re
import sys

import house

ROOM = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([a-z]+)/[^"]+"', re.M)
PUBLIC = re.compile(r'^[ \t]*#[ \t]*include[ \t]*<tokenroof/([a-z]+)\.h>', re.M)
BARE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"/]+)"', re.M)


def check(root):
    bad = []
    native = [r for r in house.MAY_INCLUDE if r not in house.CORE]
    for path in house.files(root, "src", ext=(".c", ".h")):
        parts = path.split(os.sep)
        if len(parts) < 3:
            bad.append(f"{path}: a source file stands in a room, not beside them")
            continue
        room = parts[1]
        if room not in house.MAY_INCLUDE:
            bad.append(f"{path}: room {room} is not in the table of tests/laws/house.py")
            continue
        text = house.code(house.read(root, path), keep_strings=True)
        allowed = house.reach(room)
        for m in ROOM.finditer(text):
            line, other = house.line_of(text, m.start(1)), m.group(1)
            if other not in allowed:
                bad.append(f"{path}:{line}: {room} may not include {other}")
            elif room in house.PUBLIC_ONLY and other != room and other not in native:
                bad.append(f"{path}:{line}: {room} includes {other} by its public header only")
        for m in PUBLIC.finditer(text):
            if m.group(1) == "tokenroof":
                if room in house.CORE:
                    bad.append(f"{path}:{house.line_of(text, m.start())}: a core room names the headers it needs, "
                               "not all of them")
            elif house.room_of_header(m.group(1)) not in allowed:
                bad.append(f"{path}:{house.line_of(text, m.start(1))}: {room} may not include {m.group(1)}")
        for m in BARE.finditer(text):
            bad.append(f"{path}:{house.line_of(text, m.start(1))}: write \"{room}/{m.group(1)}\", room included")
    for path in house.files(root, "include/tokenroof", ext=".h"):
        room = house.room_of_header(os.path.basename(path)[:-2])
        if room == "tokenroof":
            continue
        text = house.code(house.read(root, path), keep_strings=True)
        if room not in house.MAY_INCLUDE:
            bad.append(f"{path}: no room {room} in the table of tests/laws/house.py")
            continue
        for m in PUBLIC.finditer(text):
            if house.room_of_header(m.group(1)) not in house.reach(room):
                bad.append(f"{path}:{house.line_of(text, m.start(1))}: {room} may not include {m.group(1)}")
        for m in ROOM.finditer(text):
            bad.append(f"{path}:{house.line_of(text, m.start(1))}: a public header includes public headers only")
    return bad


if __name__ == "__main__":
    tap = house.Tap()
    tap.case("includes_only_go_to_lower_rooms", check(sys.argv[1] if len(sys.argv) > 1 else house.ROOT))
    tap.done()
