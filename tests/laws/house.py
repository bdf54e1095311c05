"""What the laws share: the rooms and their order, the tree's files, C text without comments, TAP output.

Each law is a program `law_NAME.py [ROOT] [ARGS...]` with a function
check(...) that returns a list of violations, one sentence each. A law that
cannot fail proves nothing: tests/laws/test_laws.py shows each one a tree that
breaks it. Python's standard library only.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A room and the rooms it may include, directly. What those may include, it may too.
# A new room is one more row.
MAY_INCLUDE = {
    "base": [],
    "model": ["base"],
    "chip": ["base"],
    "engine": ["model", "chip"],
    "shard": ["engine"],
    "pass": ["shard"],
    "rate": ["pass"],
    "serve": ["rate"],
    "price": ["serve"],
    "life": ["serve"],
    "plan": ["price", "serve"],
    "input": ["price", "life", "serve", "plan"],
    "claims": ["input"],
    "figure": ["base"],
    "write": ["input"],
    "ask": ["write", "claims", "figure"],
    # ---- the line: not in libtokenroof; but for lab, native ----
    "lab": ["ask"],
    "io": ["ask"],
    "fit": ["ask", "io"],
    "probe": ["base", "io"],
    "par": ["plan"],
    "cli": ["ask", "lab", "io", "fit", "probe", "par", "httpd"],
    "httpd": ["ask", "io"],
}
CORE = ["base", "model", "chip", "engine", "shard", "pass", "rate", "serve", "price", "life", "plan", "input", "claims", "figure",
        "write", "ask"]
# A room has the public header of its own name; a room with several names the others here.
HEADER_ROOM = {"calibration": "rate", "lesson": "ask", "problem": "input", "verb": "ask"}
# These see other rooms through include/tokenroof/ only, and the native rooms by their own headers.
PUBLIC_ONLY = ["cli", "httpd"]

SKIP_DIRS = {".git", "node_modules", "dist", "__pycache__", ".cache"}


def reach(room, table=None):
    """Every room that `room` may include, itself among them."""
    table = MAY_INCLUDE if table is None else table
    seen, todo = set(), [room]
    while todo:
        r = todo.pop()
        if r not in seen:
            seen.add(r)
            todo.extend(table.get(r, []))
    return seen


def room_of_header(name):
    """The room of include/tokenroof/NAME.h."""
    return HEADER_ROOM.get(name, name)


def files(root, *folders, ext=None):
    """Paths relative to root, sorted; build folders and dependencies are not part of the tree."""
    found = []
    for folder in folders or ("",):
        top = os.path.join(root, folder)
        if os.path.isfile(top):
            found.append(folder)
        for where, dirs, names in os.walk(top):
            dirs[:] = [d for d in dirs if d not in SKIP_DIRS
                       and not os.path.isdir(os.path.join(where, d, "meson-private"))
                       and not (d.startswith("build-") and os.path.normpath(where) == os.path.normpath(root))]
            for name in names:
                if ext is None or name.endswith(ext):
                    found.append(os.path.relpath(os.path.join(where, name), root))
    return sorted(set(found))


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as f:
        return f.read()


_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def code(text, keep_strings=False):
    """C text with comments (and strings) blanked; line numbers stay."""
    def put(m):
        s = m.group(0)
        if s[0] == "/":
            return _blank(s)
        return s if keep_strings else s[0] + _blank(s[1:-1]) + s[-1]
    return _TOKEN.sub(put, text)


def comments(text):
    """The comments only, everything else blanked."""
    out, at = [], 0
    for m in _TOKEN.finditer(text):
        out.append(_blank(text[at:m.start()]))
        out.append(m.group(0) if m.group(0)[0] == "/" else _blank(m.group(0)))
        at = m.end()
    out.append(_blank(text[at:]))
    return "".join(out)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def nm(*args):
    done = subprocess.run(["nm", *args], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    if done.returncode != 0:
        raise SystemExit("nm: " + done.stderr.strip())
    return done.stdout


class Tap:
    """Test Anything Protocol: one line a case, so that the suite counts cases."""

    def __init__(self):
        self.n = self.failed = 0

    def case(self, name, violations=(), notes=()):
        self.n += 1
        violations = list(violations)
        print(("not ok" if violations else "ok") + f" {self.n} - {name}")
        for v in violations[:40]:
            print(f"# {v}")
        if len(violations) > 40:
            print(f"# ... and {len(violations) - 40} more")
        for note in notes:
            print(f"# note: {note}")
        self.failed += bool(violations)

    def skip(self, name, why):
        self.n += 1
        print(f"ok {self.n} - {name} # SKIP {why}")

    def done(self):
        print(f"1..{self.n}")
        sys.exit(1 if self.failed else 0)
