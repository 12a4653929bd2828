#!/usr/bin/env python3
"""Makes the native part of the package from drift.h and drift_unstable.h: build_ffi.py HEADER... --c OUT.c --stub OUT.pyi

The declarations that cffi gets are the header's own text without comments and macros; the compiler then checks every one of them, sizes and
constants included. The stub tells type checkers the same functions and constants.
"""
import argparse
import contextlib
import io
import pathlib
import re

# Words of the header that mean nothing to cffi.
MARKS = re.compile(r"\bDRIFT_(?:API|CALL|OWNED|BORROWED|TAKES)\b")
CONSTANT = re.compile(r"#define (DRIFT_[A-Z0-9_]+) \(?(?:-?\d|0x|SIZE_MAX)")
FUNCTION = re.compile(r"^([\w ]+?[ *]+)(drift_\w+)\((.*)\)$", re.S)
LAST_WORD = re.compile(r"\w+$")

STUB_HEAD = '''\
# Made by build_ffi.py from drift.h.
from typing import Any, Final

class CData:
    """A C value: a pointer, a struct or an array."""
    def __getattr__(self, name: str) -> Any: ...
    def __setattr__(self, name: str, value: Any) -> None: ...
    def __getitem__(self, index: int) -> Any: ...
    def __add__(self, elements: int) -> CData: ...
    def __int__(self) -> int: ...
    def __bool__(self) -> bool: ...

class _FFI:
    NULL: Final[CData]
    def new(self, cdecl: str, init: Any = ...) -> CData: ...
    def gc(self, cdata: CData, destructor: Any) -> CData: ...
    def cast(self, cdecl: str, source: Any) -> CData: ...
    def buffer(self, cdata: CData, size: int = ...) -> Any: ...
    def from_buffer(self, cdecl: str, source: Any) -> CData: ...
    def string(self, cdata: CData) -> bytes: ...
    def unpack(self, cdata: CData, length: int) -> bytes: ...
    def sizeof(self, cdecl: str) -> int: ...
    def offsetof(self, cdecl: str, field: str) -> int: ...
    def typeof(self, cdecl: str) -> Any: ...

class _Lib:
'''


def declared(header):
    """The constants and declarations of a header, without comments, guards and other macros."""
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.S).replace("\\\n", " ")
    constants = [f"#define {name} ...\n" for name in CONSTANT.findall(text)]
    body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(("#", 'extern "C"')))
    body = body[: unopened_brace(body)]
    return "".join(constants) + MARKS.sub("", body) + "\n"


def unopened_brace(text):
    """Where the brace is that ends extern "C", whose beginning is gone."""
    depth = 0
    for at, char in enumerate(text):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:
            return at
    return len(text)


def python_type(declaration):
    """The type of a C parameter or result, for the stub."""
    declaration = declaration.strip()
    if "*" in declaration:
        return "bytes | CData" if re.fullmatch(r"const char ?\*\w*", declaration) else "CData"
    return "None" if declaration == "void" else "int"


def stub(declarations):
    lines = [f"    {name}: int" for name in re.findall(r"#define (\w+) \.\.\.", declarations)]
    for statement in re.sub(r"#define.*", "", declarations).split(";"):
        match = FUNCTION.match(re.sub(r"\s+", " ", statement).strip())
        if not match or match.group(1).startswith(("typedef", "struct")):
            continue
        result, name, parameters = match.groups()
        named = [f"{LAST_WORD.search(p).group()}: {python_type(p)}" for p in parameters.split(",") if p.strip() != "void"]
        returned = "CData" if "*" in result else python_type(result)
        lines.append(f"    def {name}({', '.join(['self', *named])}, /) -> {returned}: ...")
    return STUB_HEAD + "\n".join(lines) + "\n\nffi: Final[_FFI]\nlib: Final[_Lib]\n"


def write_when_changed(path, text):
    """Keeps the time of a file whose text is the same, so that nothing is compiled again."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("headers", type=pathlib.Path, nargs="+")
    parser.add_argument("--c", type=pathlib.Path)
    parser.add_argument("--stub", type=pathlib.Path)
    arguments = parser.parse_args()
    declarations = "".join(declared(path.read_text()) for path in arguments.headers)
    if arguments.stub:
        write_when_changed(arguments.stub, stub(declarations))
    if arguments.c:
        import cffi  # only here: the stub can be made without it

        ffi = cffi.FFI()
        ffi.cdef(declarations)
        ffi.set_source("libdrift._native", "".join(f'#include "{path.name}"\n' for path in arguments.headers))
        with contextlib.redirect_stdout(io.StringIO()):
            ffi.emit_c_code(str(arguments.c))


if __name__ == "__main__":
    main()
