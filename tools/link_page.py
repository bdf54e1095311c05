"""Link the page's module: what it exports is what wasm/page.c marks PAGE_API, so that the linker drops the rest.

    link_page.py -- LINKER ARGUMENT...

The list is read from page.c, which stands beside this folder.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def main(argv):
    split = argv.index("--")
    with open(os.path.join(ROOT, "wasm", "page.c"), encoding="utf-8") as f:
        names = re.findall(r"^PAGE_API [^(]*?\b(page_\w+)\(", f.read(), re.M)
    linker, *rest = argv[split + 1:]
    return subprocess.call([linker] + [f"--export={name}" for name in names] + rest)


sys.exit(main(sys.argv[1:]))
