#!/usr/bin/env python3
"""What was built exports what drift.symbols says, in its version nodes, and nothing else: check_symbols.py LIBDRIFT_SO SONAME LIBDRIFT_A."""
import os
import subprocess
import sys

import header


def defined(output):
    """(kind, name) of each line of nm."""
    for line in output.splitlines():
        *_, kind, name = line.split()
        yield kind, name


def check_shared(output, nodes):
    """`output` is that of nm --dynamic --defined-only --with-symbol-versions."""
    wanted = {f"{name}@@{node}": None for node, names in nodes.items() for name in names}
    used = {node for node, names in nodes.items() if names}
    for kind, name in defined(output):
        if kind == "A" and name.split("@")[0] in used:  # the node itself
            continue
        if kind != "T" or name not in wanted:
            yield f"exported and not in drift.symbols: {name} ({kind})"
        wanted.pop(name, None)
    for name in wanted:
        yield f"not exported: {name}"


def check_static(output, nodes):
    """`output` is that of nm --extern-only --defined-only, with a line for each member of the archive."""
    wanted = {name for names in nodes.values() for name in names}
    lines = [line for line in output.splitlines() if len(line.split()) >= 2]
    found = set()
    for kind, name in defined("\n".join(lines)):
        if kind != "T" or name not in wanted:
            yield f"global in the archive and not in drift.symbols: {name} ({kind})"
        if name in found:
            yield f"twice in the archive: {name}"
        found.add(name)
    for name in sorted(wanted - found):
        yield f"not in the archive: {name}"


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def main(shared, soname, static):
    nodes = header.read_symbols()
    faults = list(check_shared(run("nm", "--dynamic", "--defined-only", "--with-symbol-versions", shared), nodes))
    faults += check_static(run("nm", "--extern-only", "--defined-only", static), nodes)
    if f"Library soname: [{soname}]" not in run("readelf", "--dynamic", shared):
        faults.append(f"{os.path.basename(shared)} does not call itself {soname}")
    print("\n".join(faults) if faults else f"{sum(map(len, nodes.values()))} symbols, and no other")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
