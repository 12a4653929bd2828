"""Headers changed on purpose, and libraries of them that have nothing inside: what the ABI gate is tried on."""
import re
import subprocess

import header
from version_script import version_script  # header.py says where


def with_member(text, struct, member, after=None):
    """The header with a member more in a struct: behind the member `after`, or at the end."""
    found = next(s for s in header.structs(text) if s.name == struct)
    if after is None:
        body = found.body + f"\n  {member};"
    else:
        body, count = re.subn(rf"(\b{after};)", rf"\1\n  {member};", found.body, count=1)
        assert count == 1, f"{struct} has no {after}"
    return replaced(text, found.body, body)


def replaced(text, old, new):
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def build(text, folder, compiler="cc"):
    """Compiles a libdrift.so of the header `text` whose functions do nothing, with the debug information that abidiff reads."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "drift.h").write_text(text)
    bodies = re.findall(r"^DRIFT_API\b([^;]*?);", text, re.M)
    source = '#include "drift.h"\n'
    for body in bodies:
        returns = "" if body.split("DRIFT_CALL")[0].split() == ["void"] else " return 0;"
        source += f"DRIFT_API{body} {{{returns} }}\n"
    (folder / "stub.c").write_text(source)
    (folder / "drift.map").write_text(version_script(nodes_of(text)))
    library = folder / "libdrift.so"
    subprocess.run([compiler, "-g", "-O0", "-shared", "-fPIC", "-Wl,-soname,libdrift.so.0.1", f"-Wl,--version-script={folder / 'drift.map'}",
                    "-DDRIFT_BUILDING", "-w", "-I", str(folder), "-o", str(library), str(folder / "stub.c")], check=True)
    return library


def nodes_of(text):
    """drift.symbols for this header: without the functions that it lacks, new ones in the newest node."""
    names = [f.name for f in header.functions(text)]
    nodes = {node: [n for n in have if n in names] for node, have in header.read_symbols().items() if node != "DRIFT_UNSTABLE"}
    known = {n for have in nodes.values() for n in have}
    list(nodes.values())[-1].extend(n for n in names if n not in known)
    return nodes


def strip(library):
    subprocess.run(["strip", "--strip-debug", str(library)], check=True)
