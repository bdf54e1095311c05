"""Ctrl-C ends long work at once, with the rows that are done. Prints TAP.

    interrupt.py PROGRAM
"""
import os
import signal
import subprocess
import sys
import threading
import time

PROGRAM = os.path.abspath(sys.argv[1])
LIMIT_S = 0.1       # from the interrupt to the end of the process
SLACK_S = 0.4       # what a busy machine may add
STEP = ["step", "llama-3.1-8b", "h100-sxm", "--batch", "1..1000000+1", "--context", "1"]
# Words, and what of the answer is there in the end: whole rows, or nothing.
CASES = {
    "rows as CSV": ([*STEP, "--csv"], "rows"),
    "rows as JSON lines": ([*STEP, "--jsonl"], "rows"),
    "rows of a table": (STEP, "rows"),
    "one document": ([*STEP, "--json"], "nothing"),
    "requests": (["predict", "llama-3.1-8b", "h100-sxm", "--concurrency", "1..300+1", "--isl", "1k..9000+1", "--csv"], "rows"),
    "cases one after another": (["predict", "llama-3.1-8b", "h100-sxm", "--weights", "fp8,bf16", "--isl", "1k..60000+1"], "any"),
    "random draws": (["oracle", "deepseek/deepseek-chat", "--samples", "1e9"], "nothing"),
    "draws for every model": (["oracle", "--backtest", "--samples", "1e9"], "nothing"),
}


def judge(words, wanted, signals):
    p = subprocess.Popen([PROGRAM, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out = []
    reader = threading.Thread(target=lambda: out.append(p.stdout.read()))
    reader.start()
    time.sleep(0.6)
    if p.poll() is not None:
        return "it ended before it was interrupted: ask for more"
    begin = time.monotonic()
    for _ in range(signals):
        p.send_signal(signal.SIGINT)
    p.wait(timeout=20)
    took = time.monotonic() - begin
    reader.join()
    if p.returncode not in (130, -signal.SIGINT):
        return f"exit code {p.returncode}"
    if took > LIMIT_S + SLACK_S:
        return f"it took {took:.2f} s"
    text = out[0].decode()
    if wanted == "nothing" and text:
        return f"half an answer: {text[:80]!r}"
    if wanted == "rows" and signals == 1 and (not text.endswith("\n") or text.count("\n") < 10):
        return f"{text.count(chr(10))} rows, the end is {text[-40:]!r}"
    return ""


bad = []
for name, (words, wanted) in CASES.items():
    for signals in (1, 2):
        why = judge(words, wanted if signals == 1 else "any", signals)
        bad.append(why)
        print(f"{'not ok' if why else 'ok'} {len(bad)} - {name}{', twice' if signals == 2 else ''}" + (f"\n  # {why}" if why else ""))
print(f"1..{len(bad)}")
sys.exit(any(bad))
