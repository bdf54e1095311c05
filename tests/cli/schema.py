"""The JSON Schemas in docs/schema/: written by the program, and held against every JSON answer of the cases here
and of the verbs.

    schema.py PROGRAM            TAP: each schema is what the program writes; each answer keeps one of its verb's
    schema.py PROGRAM --write    docs/schema/ again

Standard library only: the keywords that the program writes are few.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "..", "..", "docs", "schema")
PAIR = "llama-3.1-70b 8xh100-sxm"

# The file, and what to ask for it: verbs with several kinds of rows have several.
ASK = {
    "scenario": "help scenario",
    **{verb: f"{verb} {PAIR}" for verb in
       ["predict", "whatif", "report", "step", "curve", "roof", "layout", "local", "memory", "menu", "lifecycle", "tiers", "reversible"]},
    **{f"scale-{part}": f"scale {PAIR} --part {part}" for part in ["train", "domain", "systems", "pipeline", "sparsity",
                                                                            "attention", "wall", "day"]},
    "scale-moe": "scale gpt-oss-20b 8xh100-sxm --part moe",
    **{verb: verb for verb in ["models", "chips", "prices", "explain", "lecture"]},
    "compare": "compare llama-3.1-70b 8xh100-sxm 4xb200-sxm",
    "step-operator": f"step {PAIR} --by operator",
    "oracle": "oracle deepseek/deepseek-chat",
    "oracle-backtest": "oracle --backtest --samples 10k",
    "models-one": "models deepseek-v3",
    "chips-one": "chips h100-sxm",
    "prices-two": "prices claude-sonnet-5@2026-08-01 claude-sonnet-5@2026-09-01",
    "lesson": "lesson --answers /dev/null",
    "lesson-cards": "lesson --cards",
    "validate": f"validate {HERE}/validate/runs.csv",
}
TYPE = {"object": dict, "array": list, "string": str, "boolean": bool, "number": (int, float), "null": type(None)}


def is_type(value, name):
    return isinstance(value, TYPE[name]) and (name != "number" or not isinstance(value, bool))


def faults(value, schema, root, where="$"):
    """What of value the schema forbids, one sentence each."""
    if schema.get("$ref") == "scenario.json":
        with open(file_of("scenario"), encoding="utf-8") as f:
            scenario = json.load(f)
        return faults(value, scenario, scenario, where)
    if "$ref" in schema:
        at = root
        for key in schema["$ref"].split("/")[1:]:
            at = at[key]
        return faults(value, at, root, where)
    bad = []
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if types and not any(is_type(value, t) for t in types):
        bad.append(f"{where} is {json.dumps(value)[:40]}, not {' or '.join(types)}")
    for one in schema.get("allOf", []):
        bad += faults(value, one, root, where)
    if "if" in schema and faults(value, schema["if"], root, where):
        bad += faults(value, schema.get("else", {}), root, where)
    if isinstance(value, list):
        for i, item in enumerate(value):
            bad += faults(item, schema.get("items", {}), root, f"{where}[{i}]")
    if isinstance(value, dict):
        bad += [f"{where} lacks {key}" for key in schema.get("required", []) if key not in value]
        for key, item in value.items():
            at = f"{where}.{key}"
            known = [schema["properties"][key]] if key in schema.get("properties", {}) else []
            known += [s for pattern, s in schema.get("patternProperties", {}).items() if re.search(pattern, key)]
            rest = schema.get("additionalProperties", {})
            if not known and rest is False:
                bad.append(f"{at} is a key nobody knows")
            for one in known or [rest]:
                bad += faults(item, one or {}, root, at)
    return bad


def written(program, ask):
    how = [] if ask.startswith("help") else ["--schema"]
    return subprocess.run([program, *ask.split(), *how], capture_output=True, text=True, check=True).stdout


def file_of(name):
    return os.path.join(FOLDER, name + ".json")


def commands():
    """(label, shell line) of every answer in JSON that a case asks for, and of each schema's own question."""
    for topic in sorted(os.listdir(HERE)):
        folder = os.path.join(HERE, topic)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith(".cmd"):
                text = open(os.path.join(folder, name), encoding="utf-8").read()
                for line in re.findall(r'"\$TOKENROOF" [a-z]+ [^|;&><)\n]*--jsonl?\b[^|;&><)\n]*', text):
                    yield f"{topic}/{name[:-4]}", line, folder
    for name, ask in list(ASK.items())[1:]:
        for form in ["--json", "--jsonl"]:
            yield f"{name} {form}", f'"$TOKENROOF" {ask} {form}', HERE


def answers(program):
    """(label, verb, documents) of those that have an answer."""
    for label, line, folder in commands():
        env = {**os.environ, "TOKENROOF": program, "HERE": folder, "ROOT": os.path.join(HERE, "..", "..")}
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(["sh", "-c", line], cwd=empty, env=env, capture_output=True, text=True, check=False,
                                  stdin=subprocess.DEVNULL)
        if done.returncode == 0:
            texts = done.stdout.splitlines() if "--jsonl" in line else [done.stdout]
            documents = [json.loads(t) for t in texts]
            yield label, line.split()[1], [one for d in documents for one in d.get("answers", [d])]


def flat(schema):
    """Of a row as a line of JSON lines: no objects, keys as the columns of the CSV."""
    out = {}

    def walk(of, prefix):
        for key, one in of["properties"].items():
            if one.get("type") == "object" and "properties" in one:
                walk(one, f"{prefix}{key}.")
            elif "items" not in one:
                out[re.sub(r"\.(low|high|bound)$", r"_\1", re.sub(r"\.predicted$", "", prefix + key))] = one
    walk(schema, "")
    return {"type": "object", "properties": out, "additionalProperties": False}


def judge(document, schemas):
    """The faults by the schema of the verb that fits: a document's, or a row's of JSON lines."""
    def rows_of(schema):
        return {k for k, v in schema["properties"].items() if v.get("items", {}).get("$ref") == "#/$defs/row"}
    fitting = [s for s in schemas if rows_of(s) & set(document)] or [s for s in schemas if "if" in s] or schemas
    tries = [faults(document, s, s) for s in fitting] + [faults(document, flat(s["$defs"]["row"]), s) for s in schemas]
    return min(tries, key=len)


def main():
    program = os.path.abspath(sys.argv[1])
    if "--write" in sys.argv:
        os.makedirs(FOLDER, exist_ok=True)
        for name, ask in ASK.items():
            with open(file_of(name), "w", encoding="utf-8") as f:
                f.write(written(program, ask))
        return 0
    number = failed = 0

    def case(name, bad):
        nonlocal number, failed
        number += 1
        failed += bool(bad)
        print(f"{'not ok' if bad else 'ok'} {number} - {name}")
        for line in bad[:8]:
            print("#", line)

    schemas = {}
    for name, ask in ASK.items():
        text = open(file_of(name), encoding="utf-8").read() if os.path.isfile(file_of(name)) else ""
        case(f"docs/schema/{name}.json is current",
             [] if text == written(program, ask) else [f"tests/cli/schema.py PROGRAM --write writes it again"])
        if text and name != "scenario":
            schemas.setdefault(name.split("-")[0], []).append(json.loads(text))
    for name, verb, documents in answers(program):
        bad = [] if verb in schemas else [f"no schema of {verb}"]
        for document in documents:
            bad += judge(document, schemas[verb]) if verb in schemas else []
        case(f"{name} keeps the schema of {verb}", bad)
    print(f"1..{number}")
    return failed > 0


sys.exit(main())
