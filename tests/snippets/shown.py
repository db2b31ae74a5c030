#!/usr/bin/python3
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""Every block of C++ in README.md and docs, and every example in a header's comment, stands, but for comments and spaces, in a file
that is compiled: in tests/snippets or examples. An ellipsis stands for an empty block there."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])


def essence(text):
    return re.sub(r"\s+", "", re.sub(r"//[^\n]*", "", text).replace("…", "{}"))


def examples_in_comments(text):
    """Lines of a comment that are indented by five spaces, blank ones among them."""
    for block in re.findall(r"(?:^ */// {5}.*\n(?:^ *///\n(?=^ */// {5}))?)+", text, re.M):
        block = re.sub(r"^ *///", "", block, flags=re.M)
        if ";" in block:
            yield block


compiled = [essence(p.read_text()) for folder in ("tests/snippets", "examples") for p in sorted((root / folder).glob("*.cpp"))]
documents = [root / "README.md", *sorted((root / "docs").glob("*.md"))]
shown = [(str(p.relative_to(root)), b) for p in documents for b in re.findall(r"^```cpp\n(.*?)^```", p.read_text(), re.M | re.S)]
in_headers = [(str(p.relative_to(root)), b) for p in sorted((root / "include").rglob("*.hpp"))
              for b in examples_in_comments(p.read_text())]
missing = [(where, b) for where, b in shown + in_headers if not any(essence(b) in c for c in compiled)]
for where, block in missing:
    print(f"in {where}, but in no file that is compiled:\n{block}", file=sys.stderr)
for what, blocks in (("no document", shown), ("no header", in_headers)):
    if not blocks:
        print(f"{what} shows C++", file=sys.stderr)
sys.exit(bool(missing) or not shown or not in_headers)
