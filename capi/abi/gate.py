#!/usr/bin/env python3
"""The ABI gate: programs that were compiled against the last release go on working with this library.

gate.py check LIBDRIFT_SO   0 when the library is as the baseline says: nothing removed, moved or of another type. New functions pass, and so do
                            new members behind the last one of a struct that says its own size, or whose size the caller passes.
gate.py renew LIBDRIFT_SO   writes the baseline, and the header beside it that tests/capi compiles old programs with. At a release only.

The library needs debug information: without it a changed layout is not seen. libabigail (abidw, abidiff) does the comparing. Its own way of
letting appended members pass, a suppression with has_data_member_inserted_at = end, hides other changes of the same struct with them (moved
members, changed types), so here appended members are cut off first, and then nothing at all may differ.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HEADERS = ROOT / "capi/include"
BASELINE = HERE / "drift.abi"
FROZEN = ROOT / "tests/capi/old"
MAY_GROW = re.compile(r"drift_(\w+_options|host|summary|\w+_view)")


def write_abi(library, headers, out):
    """What the functions of the library take and give, as XML. Types that the headers do not define are opaque, and drift_x_* left out."""
    subprocess.run(["abidw", "--headers-dir", headers, "--drop-private-types", "--exported-interfaces-only", "--no-corpus-path",
                    "--no-comp-dir-path", "--no-show-locs", "--out-file", out, library], check=True)
    tree = ET.parse(out)
    for parent in list(tree.iter()):
        for child in list(parent):
            if child.tag in ("elf-symbol", "function-decl") and child.get("name").startswith("drift_x_"):
                parent.remove(child)
    for instr in tree.iter("abi-instr"):  # where the sources were compiled
        instr.set("path", pathlib.PurePath(instr.get("path", "")).name)
    tree.write(out)


def structs(tree):
    return {c.get("name"): c for c in tree.iter("class-decl") if c.get("is-declaration-only") != "yes" and c.get("size-in-bits")}


def place(member):
    return member.find("var-decl").get("name"), member.get("layout-offset-in-bits")


def cut_appended(old_path, new_path):
    """Takes out of `new` what stands behind the end of the structs of `old` that may grow. Gives what it took."""
    taken = []
    tree = ET.parse(new_path)
    new = structs(tree)
    for name, old in structs(ET.parse(old_path)).items():
        if name not in new or not MAY_GROW.fullmatch(name):
            continue
        size = int(old.get("size-in-bits"))
        more = [m for m in new[name].findall("data-member") if int(m.get("layout-offset-in-bits")) >= size]
        kept = [place(m) for m in new[name].findall("data-member") if m not in more]
        if more and kept == [place(m) for m in old.findall("data-member")]:
            for m in more:
                new[name].remove(m)
                taken.append(f"{name}.{place(m)[0]}")
            new[name].set("size-in-bits", str(size))
    tree.write(new_path)
    return taken


def check(library, headers=HEADERS, baseline=BASELINE):
    """(abidiff's exit status, its report, the members that were appended)"""
    with tempfile.TemporaryDirectory() as folder:
        new = pathlib.Path(folder) / "new.abi"
        write_abi(library, headers, new)
        if not structs(ET.parse(new)):
            return 1, f"{library} has no debug information\n", []
        taken = cut_appended(baseline, new)
        done = subprocess.run(["abidiff", "--no-added-syms", baseline, new], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr, taken


def renew(library):
    header = (HEADERS / "drift.h").read_text()
    number = int(re.search(r"#define DRIFT_HEADER_VERSION (\d+)u", header)[1])
    FROZEN.mkdir(exist_ok=True)
    shutil.copy(HEADERS / "drift.h", FROZEN / f"drift_{number // 1000000}_{number // 1000 % 1000}.h")
    write_abi(library, HEADERS, BASELINE)
    print(f"wrote {BASELINE.relative_to(ROOT)} and the frozen header of version {number // 1000000}.{number // 1000 % 1000}")


def main(arguments):
    if len(arguments) != 2 or arguments[0] not in ("check", "renew"):
        sys.exit(__doc__)
    if arguments[0] == "renew":
        return renew(arguments[1])
    status, report, taken = check(arguments[1])
    print(report, end="")
    for member in taken:
        print(f"appended, which is allowed: {member}")
    if status:
        print("Old programs would not work with this library. docs/abi.md says what may change.")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
