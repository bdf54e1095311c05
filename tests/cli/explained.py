"""Every symbol of an equation that an answer puts numbers into gets one, and both sides of it are the same number.

    explained.py PROGRAM

Runs the verbs that know --explain, on models and systems of many kinds, takes "explain" out of their JSON, and
puts the numbers into the formulas by the rule of src/ask/working.c: whole words, the longest name first, up to a
trailing clause. What is left may hold functions and words, and no symbol. Prints TAP, one line a command.
"""
import concurrent.futures
import json
import math
import re
import subprocess
import sys

COMMANDS = [
    "step deepseek-v3 gb200-nvl72 --batch 512 --context 4k",
    "step llama-3.1-8b h100-sxm --phase prefill",
    "step llama-3.1-8b m3-max-40 --physics bound",
    "step deepseek-v3 8xh200-sxm --phase prefill --query 1k --batch 2 --context 2k",
    "step granite-4.0-h-small h100-sxm --weights fp8 --batch 16 --context 64k",
    "step llama-3.1-70b 8xh100-sxm --physics ops",
    "report deepseek-v3 8xh200-sxm",
    "report granite-4.0-h-small h100-sxm --physics bound",
    "menu deepseek-v3 gb200-nvl72 --price-ratio 6 --speed-ratio 2.5",
    "lifecycle llama-3.1-8b h100-sxm",
    "lifecycle total=100e9 h100-sxm --train-tokens 2e12",
    "scale deepseek-v3 gb200-nvl72",
    "scale llama-3.1-70b 8xh100-sxm",
    "scale gpt-oss-20b m4-max",
    "scale total=671e9,active=37e9,kv=70272,weight=1 flops=2e15,bw=3.35TB/s,mem=80GB,usd=2 --context 1k",
    "scale deepseek-v3 gb200-nvl72 --part train --batch 64 --utilisation 0.6",
    "scale llama-3.1-405b 8xh200-sxm --part pipeline --stages 2 --hop 2ms",
    "tiers deepseek-v3 8xh200-sxm --context 32k",
    "tiers llama-3.1-8b m3-max-40",
    "tiers llama-3.1-70b gb200-nvl72 --hits 3 --stall 0.5 --hold 1min,1d",
    "tiers total=671e9,active=37e9,kv=70272,weight=1 flops=2e15,bw=3.35TB/s,mem=80GB,usd=2 --context 1k",
    "oracle deepseek/deepseek-chat",
    "oracle input=2,output=12,cached=0.2,threshold=200k,long_input=2,long_output=1.5,write_5m=2.5,write_1h=4",
    "reversible llama-3.1-8b 8xh100-sxm --measure no",
    "reversible llama-3.1-8b h100-sxm --measure no",
]
# What each part of `scale` is worked out with; every line of them is about something that the answer shows.
PARTS = {"train": {"K29", "K30", "K31", "R1", "F3"}, "day": {"K80", "K81", "K1"}, "domain": {"R1", "F3", "K1"},
         "systems": {"K32", "K29", "K1"}, "moe": {"R4", "K33", "K34", "K35", "K105", "R1", "F3"},
         "pipeline": {"L3", "K38", "R1", "F3"}, "sparsity": {"K23", "K24", "R9"}, "attention": {"R10", "R1", "F3"},
         "wall": {"R10", "R13", "K39"}}
MORE = {"K1", "K29", "K82", "K36", "K37", "R9", "L3", "K110"}  # where there is a price, a hop, a place to wait for
COMMANDS += [f"scale {case} --part {part}" for part in PARTS
             for case in ("deepseek-v3 gb200-nvl72 --context 8k --day conversation", "qwen3-32b tpu-v5p-pod")
             if (part, case[:5]) != ("moe", "qwen3")]
# Functions, those of the model, the machine and the hour at a number among them; and words between formulas.
WORDS = set("step attention_flop asked h pi cos max min sqrt ceil floor argmin of over and at the bound where infinite "
            "least near places tokens token widest log10".split())
BOUND = "largest whole L with "  # a variable that a formula looks over
FUNCTIONS = {"log10": math.log10, "max": max, "min": min, "sqrt": math.sqrt, "ceil": math.ceil, "floor": math.floor}
SYMBOL = re.compile(r"[A-Za-z_][A-Za-z_0-9]*\*?")


def equation(formula):
    """What stands before a trailing clause: a comma outside parentheses with no equation behind it."""
    depth = 0
    for i, c in enumerate(formula):
        depth += (c == "(") - (c == ")")
        if c == "," and depth == 0 and " = " not in formula[i:]:
            return formula[:i]
    return formula


def put_in(formula, numbers):
    """The formula with (0.5) for each name."""
    text, out, i = equation(formula), "", 0
    word = re.compile(r"\w").match
    while i < len(text):
        here = [n for n in numbers
                if text.startswith(n, i) and not (word(n[-1]) and word(text[i + len(n):i + len(n) + 1]))]
        if here and not (i > 0 and word(text[i - 1])):
            name = max(here, key=len)
            out += f"({numbers[name]!r})"
            i += len(name)
        else:
            out += text[i]
            i += 1
    return out


def left_over(text):
    text = text.replace(BOUND, "")
    return [s for s in SYMBOL.findall(re.sub(r"(\d)e[+-]?\d+|\bNone\b", r"\1", text)) if s not in WORDS]


def parts(text):
    """The equations of a line, apart at the commas outside parentheses."""
    depth, start = 0, 0
    for i, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and c in ",;":
            yield text[start:i]
            start = i + 1
    yield text[start:]


def sides_differ(text):
    """The first of its equations whose sides are numbers and not the same; None where there is none."""
    for part in parts(text):
        sides = part.split(" where ")[-1].split(" = ")
        if len(sides) != 2 or "None" in part or set(SYMBOL.findall(re.sub(r"\de[+-]?\d+", "", part))) - set(FUNCTIONS):
            continue
        left, right = (eval(side.replace("^", "**"), {"__builtins__": {}}, dict(FUNCTIONS)) for side in sides)
        if abs(left - right) > 1e-6 * max(abs(left), abs(right), 1e-300):
            return f"{part.strip()}: {left:g} is not {right:g}"
    return None


def shown(document, out):
    """Every number of an answer but those of its workings, to nine digits."""
    if isinstance(document, dict):
        for key, value in document.items():
            if key != "explain":
                shown(value, out)
    elif isinstance(document, list):
        for value in document:
            shown(value, out)
    elif isinstance(document, (int, float)) and not isinstance(document, bool):
        out.add(f"{document:.9g}")
    return out


def part_differs(command, ids, document):
    """A part's own equations, no others, and of each a result that its answer shows."""
    part = re.search(r" --part (\w+)", command)
    if part is None or not command.startswith("scale"):
        return
    wanted = PARTS[part[1]] - ({"R1", "F3"} if "--hop" in command else set())
    if wanted - ids:
        yield f"no {', '.join(sorted(wanted - ids))}"
    if ids - wanted - MORE:
        yield f"{', '.join(sorted(ids - wanted - MORE))}: not of this part"
    numbers = shown(document, set())
    for w in document["explain"]:
        if w["id"] == "R9" and "K110" in ids:
            continue  # of one copy, which K110 takes so many times
        if not any(f"{value:.9g}" in numbers for value in w["result"].values() if value is not None):
            yield f"{w['id']}: no result of {w['result']} is in the answer"


def look(program, command):
    ran = subprocess.run([program] + command.split() + ["--explain", "--json"], capture_output=True, text=True)
    if ran.returncode != 0:
        return [ran.stderr.strip()], set()
    bad, seen, document = [], set(), json.loads(ran.stdout)
    page = subprocess.run([program] + command.split() + ["--explain"], capture_output=True, text=True).stdout
    bad += [f"{line.strip()}" for line in page.splitlines() if re.search(r"\binf =|= -?inf\b|\bnan\b", line)]
    for w in document.get("explain", []):
        seen.add(w["id"])
        text = put_in(w["formula"], {**w["numbers"], **w["result"]})
        if left_over(text):
            bad.append(f"{w['id']}: no number for {', '.join(sorted(set(left_over(text))))} in {w['formula']}")
        elif sides_differ(text):
            bad.append(f"{w['id']}: {w['formula']}: {sides_differ(text)}")
        if not w["result"]:
            bad.append(f"{w['id']}: no result")
    bad += part_differs(command, seen, document)
    return bad, seen


def main(program):
    failed, seen = 0, set()
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for i, (command, (bad, ids)) in enumerate(zip(COMMANDS, pool.map(lambda c: look(program, c), COMMANDS)), 1):
            seen |= ids
            failed += bool(bad)
            print(f"{'not ok' if bad else 'ok'} {i} - {command}")
            for line in sorted(set(bad)):
                print(f"# {line}")
    print(f"1..{len(COMMANDS)}")
    print(f"# {len(seen)} equations: {' '.join(sorted(seen))}")
    return 1 if failed else 0


sys.exit(main(sys.argv[1]))
