"""Compile the core rooms again, with another compiler or other flags: for WebAssembly, for the parity test.

    core_again.py BUILD NAME OUT ROOM[:FLAG],ROOM[:FLAG]... -- COMPILER FLAG...

A room's meson.build stays the one list of its sources: what is compiled here
is what BUILD/compile_commands.json says went into lib<ROOM>.a, generated files
included, each with its own -D and -I. The work is done by ninja in
BUILD/NAME.again/, so only what changed is compiled. OUT gets the objects, one a line, as
a linker's response file; it is touched only when an object changed.
"""
import json
import os
import shlex
import subprocess
import sys


def sources(build, rooms):
    """(source, its -D and -I, the room's flag) of each object of the rooms' libraries, paths relative to the build."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        commands = json.load(f)
    for word in rooms:
        room, _, flag = word.partition(":")
        inside = f"src/{room}/lib{room}.a.p/"
        found = [c for c in commands if c["output"].startswith(inside)]
        if not found:
            raise SystemExit(f"core_again: nothing in {build} was compiled for room {room}")
        for c in sorted(found, key=lambda c: c["output"]):
            words = shlex.split(c["command"])
            args = [w for w in words if w[:2] in ("-D", "-I") and w != "-DNDEBUG"]
            yield room, c["file"], args + [flag] * (flag != "")


def escape(text):
    return text.replace("$", "$$").replace(" ", "$ ").replace(":", "$:")


def up(flag):
    """-I relative to the build folder, from one folder below it."""
    if flag[:2] == "-I" and not os.path.isabs(flag[2:]):
        return "-I" + os.path.join("..", flag[2:])
    return flag


def main():
    build, name, out, rooms = sys.argv[1:5]
    compiler = sys.argv[sys.argv.index("--") + 1:]
    build, out = os.path.abspath(build), os.path.abspath(out)
    work = os.path.join(build, name + ".again")
    os.makedirs(work, exist_ok=True)
    command = " ".join(shlex.quote(w).replace("$", "$$") for w in compiler)
    lines = [
        "rule cc",
        f"  command = {command} $args -MD -MF $out.d -c $in -o $out",
        "  depfile = $out.d",
        "  deps = gcc",
        "  description = " + name + " $out",
    ]
    objects = []
    for room, source, flags in sources(build, rooms.split(",")):
        path = source if os.path.isabs(source) else os.path.join("..", source)
        obj = f"{room}_{os.path.splitext(os.path.basename(source))[0]}.o"
        objects.append(obj)
        args = " ".join(shlex.quote(up(f)).replace("$", "$$") for f in flags)
        lines += [f"build {escape(obj)}: cc {escape(path)}", f"  args = {args}"]
    text = "\n".join(lines) + "\n"
    plan = os.path.join(work, "build.ninja")
    if not os.path.exists(plan) or open(plan, encoding="utf-8").read() != text:
        with open(plan, "w", encoding="utf-8") as f:
            f.write(text)
    done = subprocess.run(["ninja", "-C", work, "-j3"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.stdout.write(done.stdout + done.stderr)
        raise SystemExit(done.returncode)
    listing = "".join('"' + os.path.join(work, o) + '"\n' for o in objects)
    newest = max(os.path.getmtime(os.path.join(work, o)) for o in objects)
    if (not os.path.exists(out) or open(out, encoding="utf-8").read() != listing
            or os.path.getmtime(out) < newest):
        with open(out, "w", encoding="utf-8") as f:
            f.write(listing)


main()
