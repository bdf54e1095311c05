"""Every file that the program writes is written whole or not at all.

    files.py PROGRAM FAULTS.so

Each command that writes a file runs where the disk is full, the folder cannot be written, has vanished, or where
the system refuses to flush or to rename; an older file of that name must survive to the byte, nothing may be left
beside it, and the program says so with exit code 3. Prints TAP.
"""
import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

PROGRAM, FAULTS = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
OLD = b"what was here before\n"
# What writes, and into which file of the folder it works in.
COMMANDS = {
    "svg": (["roof", "llama-3.1-8b", "h100-sxm", "--plot", "f.svg"], "f.svg"),
    "png": (["roof", "llama-3.1-8b", "h100-sxm", "--plot", "f.png"], "f.png"),
    "pdf": (["roof", "llama-3.1-8b", "h100-sxm", "--plot", "f.pdf"], "f.pdf"),
    "lesson's progress": (["lesson", "--progress", "f.txt"], "f.txt"),
}
results = []


def point(name, bad, skip=None):
    results.append(bad)
    number = len(results)
    if skip:
        print(f"ok {number} - {name} # SKIP {skip}")
    else:
        print(f"{'not ok' if bad else 'ok'} {number} - {name}" + (f"\n  # {bad}" if bad else ""), flush=True)


def run(words, folder, env=None, before=None):
    return subprocess.run([PROGRAM, *words], cwd=folder, input=b"1\n", capture_output=True, timeout=60,
                          env={**os.environ, **(env or {})}, preexec_fn=before, check=False)


def survived(folder, name):
    """Why the folder is not as it was, or ''."""
    left = sorted(os.listdir(folder))
    if left != [name]:
        return f"the folder holds {left}"
    with open(os.path.join(folder, name), "rb") as f:
        return "" if f.read() == OLD else "the old file is gone"


def attempt(kind, what, env=None, before=None):
    words, name = COMMANDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, name), "wb") as f:
            f.write(OLD)
        made = run(words, folder, env, before)
        bad = survived(folder, name)
        if not bad and made.returncode != 3:
            bad = f"exit code {made.returncode}: {made.stderr.decode()[:200]}"
        if not bad and not made.stderr.strip():
            bad = "nothing was said"
        point(f"{kind}: {what}", bad)


def small_files():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)   # then a write past the limit fails, as on a full disk
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, 16))


def whole():
    for kind, (words, name) in COMMANDS.items():
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, name), "wb") as f:
                f.write(OLD)
            os.chmod(os.path.join(folder, name), 0o640)
            made = run(words, folder)
            path = os.path.join(folder, name)
            bad = ""
            if made.returncode != 0 or sorted(os.listdir(folder)) != [name]:
                bad = f"exit code {made.returncode}, {os.listdir(folder)}"
            elif os.path.getsize(path) <= len(OLD) and kind != "lesson's progress":
                bad = "nothing was written"
            elif os.stat(path).st_mode & 0o777 != 0o640:
                bad = "the file's mode has changed"
            point(f"{kind}: replaces a file and keeps its mode", bad)


def link():
    with tempfile.TemporaryDirectory() as folder:
        target, name = os.path.join(folder, "target.svg"), os.path.join(folder, "f.svg")
        open(target, "wb").close()
        os.symlink("target.svg", name)
        made = run(COMMANDS["svg"][0], folder)
        good = made.returncode == 0 and os.path.islink(name) and os.path.getsize(target) > 0
        point("svg: a link stays one", "" if good else "the link was replaced")
        os.remove(name)
        os.symlink("/dev/full", name)
        made = run(COMMANDS["svg"][0], folder)
        good = made.returncode == 3 and os.path.islink(name) and b"space" in made.stderr
        point("svg: a device that is full is named", "" if good else made.stderr.decode())


def vanished():
    for kind, (words, _) in COMMANDS.items():
        words = [w if not w.startswith("f.") else "gone/" + w for w in words]
        with tempfile.TemporaryDirectory() as folder:
            made = run(words, folder)
            point(f"{kind}: the folder has vanished",
                  "" if made.returncode == 3 and b"gone/f." in made.stderr else made.stderr.decode())


def read_only():
    name = "svg: a folder that cannot be written"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "f.svg")
        with open(path, "wb") as f:
            f.write(OLD)
        os.chmod(folder, 0o555)

        def nobody():
            if os.getuid() == 0:
                os.setgid(65534)
                os.setuid(65534)
        try:
            made = run(COMMANDS["svg"][0], folder, before=nobody)
        except PermissionError:
            return point(name, "", skip="the program cannot be reached by another user")
        os.chmod(folder, 0o755)
        bad = survived(folder, "f.svg")
        point(name, bad or ("" if made.returncode == 3 else f"exit code {made.returncode}"))


def full_disk():
    """On a file system of 8 kB, which only who may mount can make."""
    with tempfile.TemporaryDirectory() as folder:
        mounted = shutil.which("mount") and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder], capture_output=True, check=False)
        if not mounted or mounted.returncode != 0:
            return point("a full file system", "", skip="no right to mount one")
        try:
            with open(os.path.join(folder, "f.svg"), "wb") as f:
                f.write(OLD)
            made = run(COMMANDS["svg"][0], folder)
            bad = survived(folder, "f.svg")
            point("a full file system", bad or ("" if made.returncode == 3 else f"exit code {made.returncode}"))
        finally:
            subprocess.run(["umount", folder], check=False)


whole()
link()
vanished()
read_only()
full_disk()
for k in COMMANDS:
    preload = {"LD_PRELOAD": FAULTS, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}
    if k != "lesson's progress":    # that one holds less than the limit
        attempt(k, "no space beyond 16 bytes", before=small_files)
    for call, code in (("fsync", errno.EIO), ("rename", errno.ENOSPC)):
        attempt(k, f"{call} fails: {os.strerror(code)}", {**preload, "FAULT_CALL": call, "FAULT_ERRNO": str(code)})
print(f"1..{len(results)}")
sys.exit(any(results))
