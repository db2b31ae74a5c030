#!/usr/bin/python3
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""Every block of C++ in README.md stands, but for comments and spaces, in a file that is compiled: in tests/snippets or
examples. An ellipsis in the README stands for an empty block there."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])


def essence(text):
    return re.sub(r"\s+", "", re.sub(r"//[^\n]*", "", text).replace("…", "{}"))


compiled = [essence(p.read_text()) for folder in ("tests/snippets", "examples") for p in sorted((root / folder).glob("*.cpp"))]
blocks = re.findall(r"^```cpp\n(.*?)^```", (root / "README.md").read_text(), re.M | re.S)
missing = [b for b in blocks if not any(essence(b) in c for c in compiled)]
for block in missing:
    print(f"in README.md, but in no file that is compiled:\n{block}", file=sys.stderr)
if not blocks:
    print("README.md shows no C++", file=sys.stderr)
sys.exit(bool(missing) or not blocks)
