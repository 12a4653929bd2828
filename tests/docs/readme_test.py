#!/usr/bin/env python3
"""Runs the README: readme_test.py ROOT DRIFT.

```console blocks are one session in a copy of examples/demo: a line that begins with "$ " is typed, the lines up to the next one are what it must
print (stdout and stderr together; the elapsed time may differ). A command "./dev ..." or "git clone ..." is not run here: CI runs them; and
going to that copy with drift on the path is what this test does itself; the Python binding's tests run what begins with "python". Modes are those that a clone has, whatever they are in this tree.
```c, ```cpp, ```go, ```python and ```yaml blocks name a file on their first line and must be that file's text; a yaml file that is not in the tree is written
into the session's folder.
"""
import difflib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
ELAPSED = re.compile(r" in \d[\d.,]* (?:ms|s|min)\b")


def normal(text):
    return ELAPSED.sub(" in T", text).rstrip("\n")


def commands(block):
    """(command, expected output) pairs of a console block."""
    command, lines = None, []
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, "\n".join(lines)
            command, lines = line[2:], []
        else:
            lines.append(line)
    if command:
        yield command, "\n".join(lines)


def run_session(block, folder, env):
    faults = 0
    for command, expected in commands(block):
        if command.startswith(("./dev", "pip install", "python", "cp examples/python", "git clone", "export PATH=", "cp -R examples/demo")):
            continue
        run = subprocess.run(["bash", "-c", command], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=120)
        if normal(run.stdout) != normal(expected):
            faults += 1
            print(f"README: `{command}` printed something else:")
            print("\n".join(difflib.unified_diff(normal(expected).splitlines(), normal(run.stdout).splitlines(), "README", "really", lineterm="")))
    return faults


def check_file(kind, block, root, folder):
    first, _, rest = block.partition("\n")
    name = re.sub(r"^(//|#|/\*)\s*|\s*\*/$", "", first).strip()
    if (root / name).exists():
        text = (root / name).read_text()
        if text.rstrip("\n") not in (block.rstrip("\n"), rest.rstrip("\n")):
            print(f"README: its copy of {name} is not the file")
            return 1
        return 0
    if kind == "yaml":
        (folder / name).write_text(block)
        return 0
    print(f"README: a {kind} block names {name}, which is not there")
    return 1


def main(root, drift):
    blocks = FENCE.findall((root / "README.md").read_text())
    faults = 0
    with tempfile.TemporaryDirectory() as temp:
        folder = pathlib.Path(temp) / "demo"
        shutil.copytree(root / "examples" / "demo", folder)
        for file in (folder / "production").rglob("*"):
            os.chmod(file, 0o755 if file.is_dir() or file.name == "api-token" else 0o644)
        env = dict(os.environ, PATH=f"{drift.parent}:{os.environ['PATH']}", NO_COLOR="1", LC_ALL="C.UTF-8", COLUMNS="100")
        for kind, block in blocks:
            if kind == "console":
                faults += run_session(block, folder, env)
            elif kind in ("c", "cpp", "go", "python", "yaml"):
                faults += check_file(kind, block, root, folder)
    sessions = sum(kind == "console" for kind, _ in blocks)
    print(f"README: {sessions} sessions, {len(blocks)} blocks, {faults} faults")
    return 1 if faults or not sessions else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()))
