"""llama.cpp on this machine against predictions from this machine's measured ceilings. TAP.

    compare_llamacpp.py TOKENROOF FOLDER

`tokenroof measure` makes a chip file; random models are written, run by llama.cpp (the npm package PACKAGE, installed
into FOLDER once) and predicted by `tokenroof step MODEL.gguf chip.json --engine llamacpp`. Both sides are the best of
many repeats, since others may use this machine too; how far repeats lie apart is printed beside each and allowed for.
A campaign: TOKENROOF_LLAMACPP=some takes two models and five passes of each, in a minute, =all every one.
Skips, and says so, without it, and where there is no node, no npm, no network, or no such processor. Standard library only.
"""
import csv
import io
import json
import os
import shutil
import statistics
import subprocess
import sys

import random_gguf

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = "@node-llama-cpp/linux-x64"
VERSION = "3.22.1"
NODE = 20        # that it is made for; 18 may load it too
LIMIT = 0.20     # of the median error, on a quiet machine
ALL = os.environ.get("TOKENROOF_LLAMACPP") == "all"
CASES = [f"decode:{batch}:128" for batch in (1, 2, 4, 8, 16, 32)] + ["decode:1:1024", "decode:4:1024", "prompt:256"] \
    if ALL else ["decode:1:128", "decode:8:128", "decode:32:128", "decode:1:1024", "prompt:256"]
DENSE, MIXTURE = (("F16", "Q8_0", "Q4_0"), ("Q8_0", "Q4_0")) if ALL else (("Q4_0",), ("Q8_0",))
BUSY = 5         # programs a core: beyond, nothing that is measured says much
SECONDS = 0.5    # of repeats a case, and five of them at least
MEASURE_S = 15 if ALL else 8


class Skip(Exception):
    pass


def node_version():
    told = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return int(told.strip().lstrip("v").split(".")[0])


def package(folder):
    """Where llama.cpp's libraries lie; installed if they do not."""
    for need in ("node", "npm"):
        if shutil.which(need) is None:
            raise Skip(f"no {need}")
    if os.uname().machine != "x86_64" or os.uname().sysname != "Linux":
        raise Skip(f"{PACKAGE} is for Linux on x86-64")
    if node_version() < 18:
        raise Skip(f"Node {node_version()} is older than 18")
    place = os.path.join(folder, "node_modules", PACKAGE, "bins", "linux-x64")
    mark = os.path.join(folder, "node_modules", PACKAGE, "package.json")
    if os.path.exists(mark):
        with open(mark, encoding="utf-8") as f:
            if json.load(f)["version"] == VERSION:
                return place
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as f:
        json.dump({"private": True}, f)
    try:
        done = subprocess.run(["npm", "install", "--omit=optional", "--no-audit", "--no-fund", "--ignore-scripts",
                               "--no-save", f"{PACKAGE}@{VERSION}"], cwd=folder, capture_output=True, text=True, timeout=180)
    except subprocess.TimeoutExpired:
        raise Skip("npm took more than three minutes") from None
    if done.returncode != 0 or not os.path.isdir(place):
        raise Skip(f"npm could not install {PACKAGE}@{VERSION}")
    return place


def tokenroof(program, *words):
    done = subprocess.run([program, *words], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"tokenroof {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def measure(program, path, cores):
    tokenroof(program, "measure", "--cores", str(cores), "--seconds", str(MEASURE_S), "--out", path)
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def best_of(one, other):
    """The higher of each ceiling of two chip files: what disturbed a measurement only made it lower."""
    out = dict(one)
    for group, names in (("flop_per_s", ("fp32", "bf16", "int8")), ("memory", ("read_byte_per_s",))):
        for name in names:
            if one[group].get(name) is not None:
                out[group][name] = max(one[group][name], other[group][name] or 0)
    return out


def predict(program, model, chip, case):
    kind, *numbers = case.split(":")
    ask = ["--batch", numbers[0], "--context", numbers[1]] if kind == "decode" else \
          ["--phase", "prefill", "--query", numbers[0], "--context", "0"]
    rows = list(csv.DictReader(io.StringIO(tokenroof(program, "step", model, chip, "--engine", "llamacpp", *ask, "--csv"))))
    return float(rows[0]["step_s_predicted"]), float(rows[0]["step_s_bound"])


def run(place, model, threads):
    done = subprocess.run(["node", os.path.join(HERE, "run_llamacpp.cjs"), place, model, str(threads), str(SECONDS),
                           *CASES], capture_output=True, text=True)
    if done.returncode != 0 and node_version() < NODE:
        raise Skip(f"Node {node_version()} does not run {PACKAGE}, which is made for {NODE}")
    if done.returncode != 0:
        raise RuntimeError(f"llama.cpp on {os.path.basename(model)}: {done.stderr.strip()[-300:]}")
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def compare(program, folder):
    if os.environ.get("TOKENROOF_LLAMACPP") not in ("some", "all"):
        raise Skip("a campaign that wants a quiet machine: TOKENROOF_LLAMACPP=some or all")
    place = package(folder)
    cores = len(os.sched_getaffinity(0))
    load = os.getloadavg()[0]
    if load > BUSY * cores and "TOKENROOF_BUSY" not in os.environ:
        raise Skip(f"{load:.0f} programs want {cores} cores (TOKENROOF_BUSY=1 measures nevertheless)")
    # A thread that is put off holds up all others at every operator: on a busy machine one thread says more, and of one
    # the time that it had a core can be told.
    threads = cores if load < 0.7 * cores else 1
    chip = os.path.join(folder, "chip.json")
    before = measure(program, chip, threads)
    models, rows = [], []
    for name, shape, forms in (("dense", random_gguf.DENSE, DENSE), ("mixture", random_gguf.MIXTURE, MIXTURE)):
        for form in forms:
            path = os.path.join(folder, f"{name}-{form}.gguf")
            byte = random_gguf.write(path, shape, form)
            models.append((path, f"{name} {form}", byte, run(place, path, threads)))
    after = measure(program, chip, threads)
    both = best_of(before, after)
    with open(chip, "w", encoding="utf-8") as f:
        json.dump(both, f)
    print(f"# {both['title']}; llama.cpp of {PACKAGE} {VERSION}; {threads} of {cores} cores, load {load:.1f}"
          f"{': time on a core' if threads == 1 else ''}")
    print(f"# ceilings: {both['memory']['read_byte_per_s'] / 1e9:.1f} GB/s, fp32 {both['flop_per_s']['fp32'] / 1e9:.0f} "
          f"GFLOP/s; before and after {before['memory']['read_byte_per_s'] / after['memory']['read_byte_per_s']:.2f}")
    print(f"# {'model':13} {'MB':>4} {'case':14} {'llama.cpp ms':>12} {'repeats':>8} {'predicted ms':>12} {'error':>7} "
          f"{'bound ms':>9}")
    for path, name, byte, timed in models:
        for one in timed:
            seconds = one["own" if threads == 1 else "seconds"]
            least = min(seconds)
            noise = statistics.median(seconds) / least - 1
            predicted, bound = predict(program, path, chip, one["case"])
            rows.append((name, one["case"], least, noise, predicted, bound))
            print(f"# {name:13} {byte / 1e6:4.0f} {one['case']:14} {least * 1e3:12.2f} {'+' + format(noise, '.0%'):>8} "
                  f"{predicted * 1e3:12.2f} {predicted / least - 1:+7.0%} {bound * 1e3:9.2f}")
        os.remove(path)
    return rows


def main():
    program, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    try:
        rows = compare(program, folder)
    except Skip as why:
        print(f"1..0 # SKIP {why}: llama.cpp was not run")
        return 0
    print("1..2")
    errors = [abs(predicted / least - 1) for _, _, least, _, predicted, _ in rows]
    noise = statistics.median(noise for _, _, _, noise, _, _ in rows)
    median = statistics.median(errors)
    print(f"# {len(rows)} cases: median error {median:.0%}; half of the repeats are more than {noise:.0%} above the best")
    for kind in ("dense", "mixture"):
        part = [e for e, row in zip(errors, rows) if row[0].startswith(kind)]
        print(f"# {kind}: median {statistics.median(part):.0%}")
    print(f"{'ok' if median <= LIMIT + min(noise, 0.2) else 'not ok'} 1 - the_median_error_is_below_{LIMIT:.0%}"
          "_and_the_noise_of_this_machine")
    beaten = [row for row in rows if row[2] < row[5] * (1 - 0.03)]
    print(f"{'not ok' if beaten else 'ok'} 2 - no_bound_is_beaten")
    for name, case, least, _, _, bound in beaten:
        print(f"# {name} {case}: {least * 1e3:.2f} ms, bound {bound * 1e3:.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
