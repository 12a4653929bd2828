#!/usr/bin/env python3
"""Makes what the linkers read from drift.symbols.

version_script.py OUT           the version script of libdrift.so
version_script.py --names OUT   the plain list of names, for objcopy --keep-global-symbols
"""
import pathlib
import re
import sys

SYMBOLS = pathlib.Path(__file__).with_name("drift.symbols")
UNSTABLE = "DRIFT_UNSTABLE"


def read_symbols(path=SYMBOLS):
    """{node: [names]} in the order of the file. A line that is neither node, name nor comment is an error."""
    nodes = {}
    current = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        word = line.split("#")[0].strip()
        node = re.fullmatch(r"\[(DRIFT_[0-9A-Z.]+)\]", word)
        if node:
            current = nodes.setdefault(node[1], [])
        elif word:
            if current is None or not re.fullmatch(r"drift_[a-z0-9_]+", word):
                raise ValueError(f"{path.name}:{number}: not a node or symbol: {word}")
            if any(word in names for names in nodes.values()):
                raise ValueError(f"{path.name}:{number}: {word} stands there twice")
            current.append(word)
    return nodes


def version_script(nodes):
    parts = ["/* Made by capi/version_script.py of drift.symbols. */"]
    before = ""  # stable nodes inherit from the one before
    for node, names in nodes.items():
        if not names:
            continue
        lines = "".join(f"    {name};\n" for name in names)
        first = "  local:\n    *;\n" if len(parts) == 1 else ""
        inherits = before if node != UNSTABLE else ""
        parts.append(f"{node} {{\n  global:\n{lines}{first}}}{inherits};")
        before = f" {node}" if node != UNSTABLE else before
    return "\n".join(parts) + "\n"


def main(arguments):
    names_only = arguments[:1] == ["--names"]
    if len(arguments) != 1 + names_only:
        sys.exit(__doc__)
    nodes = read_symbols()
    text = "".join(f"{name}\n" for names in nodes.values() for name in names) if names_only else version_script(nodes)
    pathlib.Path(arguments[-1]).write_text(text)


if __name__ == "__main__":
    main(sys.argv[1:])
