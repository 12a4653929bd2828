#!/usr/bin/env python3
"""Includes go only downwards, and third-party headers stay where they belong.

The layers are read from the drift_module() lines of the top CMakeLists.txt, so that there is one list of them.
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')
THIRD_PARTY = re.compile(
    r"^(simdjson|nlohmann/|fmt/|openssl/|xxh|yaml|re2/|curl/|nghttp2/|protozero/|sqlite3|utf8proc|zlib\.h|zstd|doctest/|benchmark/|CLI/)")
STANDARD = re.compile(r"^[a-z_]+(\.h)?$|^sys/[a-z_]+\.h$|^c?[a-z0-9_]+$")


def layers(root):
    """module -> the modules it may include (itself and the closure of its DEPS)."""
    allowed = {}
    text = (root / "CMakeLists.txt").read_text()
    for name, rest in re.findall(r"^drift_module\((\w+)([^)]*)\)", text, re.M):
        deps = re.search(r"DEPS ([\w ]+?)(?: PRIVATE_LIBS|$)", rest.strip())
        allowed[name] = {name}
        for dep in (deps.group(1).split() if deps else []):
            allowed[name] |= allowed[dep]
    allowed["capi"] = set(allowed) | {"capi"}  # the C interface stands on everything, and nothing on it
    return allowed


def module_of(path, root):
    parts = path.relative_to(root).parts
    if parts[0] == "src":
        return parts[1]
    if parts[0] == "capi":
        return "capi"
    if parts[:2] == ("include", "drift"):
        return parts[2] if len(parts) > 3 else "umbrella"
    return None


def check_file(path, root, allowed):
    module = module_of(path, root)
    public = path.relative_to(root).parts[0] == "include"
    for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        quote, target = match.groups()
        where = f"{path.relative_to(root)}:{number}"
        if THIRD_PARTY.match(target):
            if module != "third" and not (public and path.parent.name == "interop"):
                yield f"{where}: <{target}> may be included only in src/third"
        elif quote == '"':
            parts = target.split("/")
            other = parts[1] if parts[0] == "drift" and len(parts) > 2 else parts[0]
            if target == "drift/version.hpp" or (module == "capi" and len(parts) == 1):
                continue
            if public and parts[0] != "drift":
                yield f"{where}: a public header includes only std and drift/, not \"{target}\""
            elif other not in allowed:
                yield f"{where}: \"{target}\" is of no known module"
            elif module != "umbrella" and other not in allowed[module]:
                yield f"{where}: {module} may not include {other}"
        elif public and "." in target and not STANDARD.match(target):
            yield f"{where}: <{target}> is no standard header"


def check(root):
    allowed = layers(root)
    for folder in ("src", "include", "capi"):
        for path in sorted((root / folder).rglob("*.[ch]pp")):
            if module_of(path, root) in allowed or module_of(path, root) == "umbrella":
                yield from check_file(path, root, allowed)
            else:
                yield f"{path.relative_to(root)}: is in no module that CMakeLists.txt knows"


if __name__ == "__main__":
    faults = list(check(pathlib.Path(sys.argv[1])))
    print("\n".join(faults) if faults else "includes: only downwards")
    sys.exit(bool(faults))
