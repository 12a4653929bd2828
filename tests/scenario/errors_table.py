#!/usr/bin/env python3
"""docs/errors.md has every code of include/drift/base/error.hpp, with its number and name, and no other: errors_table.py ROOT."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
header = (root / "include/drift/base/error.hpp").read_text()
enum = header[header.index("enum class Errc"):]
declared = {(number, "E_" + name.upper()) for name, number in re.findall(r"^\s+(\w+) = (\d+),", enum[:enum.index("};")], re.M)}
documented = set(re.findall(r"^\| (\d+) \| `(E_\w+)` \|", (root / "docs/errors.md").read_text(), re.M))
for number, name in sorted(declared ^ documented):
    print(f"{number} {name}: only in {'the header' if (number, name) in declared else 'docs/errors.md'}")
print(f"{len(declared)} codes")
sys.exit(declared != documented or not declared)
