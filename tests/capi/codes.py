#!/usr/bin/env python3
"""The codes of drift.h are those of include/drift/base/error.hpp, negated, and docs/errors.md tells each; what frozen headers said still holds."""
import pathlib
import re
import sys

import header

FROZEN = pathlib.Path(__file__).parent / "old"


def errc(text):
    enum = text[text.index("enum class Errc"):]
    return {"DRIFT_E_" + name.upper(): -int(number) for name, number in re.findall(r"^\s+(\w+) = (\d+),", enum[:enum.index("};")], re.M)}


def codes(text):
    return {name: header.number(value) for name, value in header.constants(text).items() if name.startswith("DRIFT_E_")}


def check_codes(c_codes, core_codes, documented):
    """`documented`: {(number, name)} of docs/errors.md. What only the C interface can meet is told there too."""
    for name, number in core_codes.items():
        if c_codes.get(name) != number:
            yield f"{name}: {c_codes.get(name)} in drift.h, {number} in error.hpp"
    for name, number in c_codes.items():
        if (-number, name.removeprefix("DRIFT_")) not in documented:
            yield f"{name} ({-number}): not in docs/errors.md"
        if name not in core_codes and -number // 100 not in {-n // 100 for n in core_codes.values()}:
            yield f"{name}: of no family of error.hpp"


def check_frozen(old, new):
    """A constant keeps its number, and a struct its members in their order; both may only get more."""
    now = header.constants(new)
    for name, value in header.constants(old).items():
        if name == "DRIFT_HEADER_VERSION":
            continue
        if name not in now or header.number(now[name]) != header.number(value):
            yield f"{name}: was {value}, is {now.get(name)}"
    structs = {s.name: s.members for s in header.structs(new)}
    for s in header.structs(old):
        if structs.get(s.name, [])[:len(s.members)] != s.members:
            yield f"{s.name}: its first {len(s.members)} members are not what they were"
    functions = {f.name: (f.returns, f.parameters) for f in header.functions(new)}
    for f in header.functions(old):
        if functions.get(f.name) != (f.returns, f.parameters):
            yield f"{f.name}: not declared as it was"


def main():
    text = header.HEADER.read_text()
    core = errc((header.ROOT / "include/drift/base/error.hpp").read_text())
    rows = re.findall(r"^\| (\d+) \| `(E_\w+)` \|", (header.ROOT / "docs/errors.md").read_text(), re.M)
    faults = list(check_codes(codes(text), core, {(int(number), name) for number, name in rows}))
    frozen = sorted(FROZEN.glob("drift_*.h"))
    for old in frozen:
        faults += [f"{old.name}: {fault}" for fault in check_frozen(old.read_text(), text)]
    print("\n".join(faults) if faults else f"{len(core)} codes and {len(frozen)} frozen headers agree")
    return bool(faults or not core or not frozen)


if __name__ == "__main__":
    sys.exit(main())
