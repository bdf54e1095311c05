"""Run every fuzz target for a while, side by side, each on its own corpus.

    run.py BUILD_FOLDER SECONDS [NAME ...]

BUILD_FOLDER is one made with -Dfuzz=true and sanitizers. New inputs go to BUILD_FOLDER/fuzz/NAME, so the
tree stays clean; a crashing input is kept there as crash-*, leak-*, oom-* or timeout-* with its report.
Prints TAP, one line a target.
"""
import glob
import os
import re
import subprocess
import sys

# Longest input, where the default of 8192 bytes only makes a target slow.
MAX_LEN = {"quantity": 320}

HERE = os.path.dirname(os.path.abspath(__file__))


def start(program, name, build, seconds):
    work = os.path.join(build, "fuzz", name)
    os.makedirs(work, exist_ok=True)
    for old in glob.glob(os.path.join(work, "*-*")):
        if re.match(r"(crash|leak|oom|timeout|slow-unit)-", os.path.basename(old)):
            os.remove(old)
    seeds = os.path.join(HERE, "corpus", name)
    words = os.path.join(HERE, "corpus", name + ".dict")
    log = open(os.path.join(build, "fuzz", name + ".log"), "wb")
    args = [program, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=1024", f"-max_len={MAX_LEN.get(name, 8192)}",
            "-print_final_stats=1", "-verbosity=1", f"-artifact_prefix={work}/", work, seeds]
    if os.path.isfile(words):
        args.insert(1, f"-dict={words}")
    env = {**os.environ, "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
           "ASAN_OPTIONS": "detect_leaks=1:allocator_may_return_null=1"}
    return subprocess.Popen(args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, cwd=work), log.name


def main():
    if len(sys.argv) < 3:
        raise SystemExit(__doc__)
    build, seconds, wanted = os.path.abspath(sys.argv[1]), int(sys.argv[2]), set(sys.argv[3:])
    programs = {os.path.basename(p)[len("fuzz_"):]: p
                for p in sorted(glob.glob(os.path.join(build, "tests", "fuzz", "fuzz_*")))
                if os.access(p, os.X_OK) and os.path.isfile(p)}
    if wanted:
        programs = {n: p for n, p in programs.items() if n in wanted}
    if not programs:
        raise SystemExit(f"run.py: no fuzz targets in {build}")
    running = {name: start(p, name, build, seconds) for name, p in programs.items()}
    failed = 0
    for n, (name, (process, log)) in enumerate(running.items(), 1):
        try:
            code = process.wait(timeout=seconds + 120)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        with open(log, encoding="utf-8", errors="replace") as f:
            text = f.read()
        done = re.search(r"stat::number_of_executed_units:\s*(\d+)", text)
        bad = code != 0 or not done or int(done.group(1)) == 0
        print(("not ok" if bad else "ok") + f" {n} - fuzz_{name}_runs_{seconds}_s_and_nothing_breaks")
        if done:
            print(f"# {done.group(1)} inputs")
        if bad:
            report = [x for x in text.splitlines() if re.search(r"ERROR|SUMMARY|runtime error|^\s+#\d", x)]
            for line in report[:25] or text.splitlines()[-15:]:
                print(f"# {line}")
            print(f"# log: {os.path.relpath(log)}")
        failed += bad
    print(f"1..{len(running)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
