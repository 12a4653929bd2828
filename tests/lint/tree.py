#!/usr/bin/env python3
"""Rules over the tree: file sizes, headers that say what they are for, nothing of one machine in what is committed."""
import pathlib
import re
import subprocess
import sys

MAX_LINES = 620
MAX_LINES_OF = {"drift.h": 800, "drift_0_1.h": 800}  # the one header of the C interface, every function of it described
MACHINE = re.compile(r"(?<![\w./])/(?:work|root|home)/\w")  # absolute paths of somebody's machine


def tracked(root):
    out = subprocess.run(["git", "-C", root, "ls-files", "-z"], capture_output=True, check=False)
    if out.returncode != 0:  # an exported tree: every file that is not a build product
        return [p for p in root.rglob("*") if p.is_file() and "build" not in p.relative_to(root).parts[:1]]
    return [root / name for name in out.stdout.decode().split("\0") if name]


def check(root):
    for path in tracked(root):
        if not path.exists() or path.suffix in {".png", ".gz"}:
            continue
        name = path.relative_to(root)
        text = path.read_text(errors="replace")
        if path.suffix in {".cpp", ".hpp", ".h", ".py"} and text.count("\n") > MAX_LINES_OF.get(path.name, MAX_LINES):
            yield f"{name}: {text.count(chr(10))} lines, more than {MAX_LINES_OF.get(path.name, MAX_LINES)}"
        if name.parts[:2] == ("include", "drift") and not text.startswith("//"):
            yield f"{name}: a header opens with its purpose"
        if name != pathlib.Path("tests/lint/tree.py"):
            for number, line in enumerate(text.splitlines(), 1):
                if MACHINE.search(line):
                    yield f"{name}:{number}: an absolute path of one machine"


if __name__ == "__main__":
    faults = list(check(pathlib.Path(sys.argv[1])))
    print("\n".join(faults) if faults else "tree: as it should be")
    sys.exit(bool(faults))
