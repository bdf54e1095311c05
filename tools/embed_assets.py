"""Write files as C arrays, so that the program carries its page.

    embed_assets.py OUT.c URL FILE [URL FILE ...]
"""
import hashlib
import os
import sys

TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
         ".wasm": "application/wasm"}


def main(out, pairs):
    table = []
    with open(out, "w", encoding="utf-8") as f:
        f.write('#include "httpd/server.h"\n\n')
        for i, (url, path) in enumerate(zip(pairs[::2], pairs[1::2])):
            with open(path, "rb") as g:
                data = g.read()
            f.write(f"static const unsigned char asset_{i}[] = {{\n")
            for at in range(0, len(data), 64):
                f.write(",".join(map(str, data[at:at + 64])) + ",\n")
            f.write("};\n")
            etag = hashlib.sha256(data).hexdigest()[:16]
            kind = TYPES[os.path.splitext(path)[1]]
            table.append(f'{{"{url}", "{kind}", asset_{i}, sizeof asset_{i}, "\\"{etag}\\""}},\n')
        f.write("\nconst tr_asset tr_assets[] = {\n" + "".join(table) + '{NULL, NULL, NULL, 0, ""}};\n')


main(sys.argv[1], sys.argv[2:])
