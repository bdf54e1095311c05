"""Run benchmarks one after another (side by side they would disturb each other) and pass their JSON lines on.

    run.py NAME=COMMAND... (COMMAND is split at "|"; exit 77 is a skip)
"""
import subprocess
import sys

failed = 0
for name, command in (a.split("=", 1) for a in sys.argv[1:]):
    rc = subprocess.run(command.split("|")).returncode
    if rc not in (0, 77):
        print(f"bench: {name}: exit {rc}", file=sys.stderr)
        failed = 1
sys.exit(failed)
