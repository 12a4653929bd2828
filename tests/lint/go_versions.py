#!/usr/bin/env python3
"""The Go that `./dev` takes for a module (its GO_... lines) is as new as the `go` line of that module's go.mod wants, since GOTOOLCHAIN=local fetches
no newer one; and the toolchain that it fetches where there is none is as new as any."""
import pathlib
import re
import sys

# Which of the lines of `./dev` holds for the modules below a folder.
TAKEN = {
    "bindings/go": "GO_OLDEST",
    "examples/go": "GO_OLDEST",
    "examples/pulumi": "GO_LEAST_PEERS",
    "benchmarks/go": "GO_OLDEST",
    "benchmarks/vs": "GO_LEAST_PEERS",
    "tests/e2e/embedded_go": "GO_OLDEST",
    "tests/e2e/provider": "GO_LEAST",
    "tests/e2e/pulumi_provider": "GO_LEAST_PEERS",
    "tests/e2e/peers": "GO_LEAST_PEERS",
    "tests/tools": "GO_LEAST_PEERS",
}


def numbers(version):
    return tuple(map(int, (version.split(".") + ["0", "0"])[:3]))


def taken(dev):
    """{name: version} of the lines of `./dev`."""
    return {name: version for name, version in re.findall(r"^(GO_[A-Z_]+)=(?:v[\d.]+-go)?([\d.]+)$", dev, re.M)}


def check(dev, modules):
    """The faults. `modules` is {path of a go.mod: its text}."""
    have = taken(dev)
    for name in sorted({*TAKEN.values(), "GO_TOOLCHAIN"} - set(have)):
        yield f"dev: there is no line {name}="
        return
    for name in ("GO_LEAST", "GO_LEAST_PEERS"):
        if numbers(have[name]) > numbers(have["GO_TOOLCHAIN"]):
            yield f"dev: GO_TOOLCHAIN, which is {have['GO_TOOLCHAIN']}, is older than {name}, {have[name]}"
    for path, text in modules.items():
        wants = re.search(r"^go ([\d.]+)$", text, re.M)
        name = next((name for folder, name in TAKEN.items() if path.startswith(folder + "/")), None)
        if not wants:
            yield f"{path}: no line `go VERSION`"
        elif re.search(r"^toolchain ", text, re.M):
            yield f"{path}: a line `toolchain`, which nobody keeps"
        elif not name:
            yield f"{path}: go_versions.py does not know with which Go it is built"
        elif numbers(wants[1]) > numbers(have[name]):
            yield f"{path}: wants Go {wants[1]}, and {name} of ./dev is {have[name]}"


def main(root):
    modules = {str(p.relative_to(root)): p.read_text() for folder in ("bindings", "examples", "benchmarks", "tests")
               for p in sorted((root / folder).rglob("go.mod"))}
    faults = list(check((root / "dev").read_text(), modules))
    print("\n".join(faults) if faults else f"Go versions: {len(modules)} modules, as they should be")
    return bool(faults) or not modules


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
