"""Write a header with the hash of data/, which every answer names so that it can be traced.

    data_stamp.py DATA_FOLDER out.h

Twelve digits of SHA-256 over the sorted paths and contents of every JSON
file. The header is rewritten only when the hash changes.
"""
import hashlib
import os
import sys


def stamp(folder):
    digest = hashlib.sha256()
    paths = sorted(os.path.relpath(os.path.join(where, name), folder).replace(os.sep, "/")
                   for where, _, names in os.walk(folder) for name in names if name.endswith(".json"))
    for path in paths:
        with open(os.path.join(folder, path), "rb") as f:
            content = f.read()
        digest.update(f"{path}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:12] if paths else ""


def main():
    folder, target = sys.argv[1:]
    text = f'#define TR_DATA_STAMP "{stamp(folder)}"\n'
    if os.path.exists(target):
        with open(target, encoding="ascii") as f:
            if f.read() == text:
                return
    with open(target, "w", encoding="ascii") as f:
        f.write(text)


if __name__ == "__main__":
    main()
