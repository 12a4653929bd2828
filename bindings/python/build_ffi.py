#!/usr/bin/env python3
"""Makes the native part of the package from drift.h: build_ffi.py HEADER --c OUT.c --stub OUT.pyi

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
CONSTANT = re.compile(r"#define (DRIFT_[A-Z0-9_]+) \(?(?:-?\d|0x|\(size_t\))")
FUNCTION = re.compile(r"^([\w ]+?[ *]+)(drift_\w+)\((.*)\)$", re.S)
STRUCT = re.compile(r"typedef struct (\w+) \{.*?\} \1;", re.S)
CALLBACK_TYPEDEF = re.compile(r"^(?:typedef|struct)\b")

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


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def statements(text):
    """The declarations outside of macros, each with its semicolon, on one line when it is a function."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(("#", 'extern "C"'))]
    body, depth, start = "\n".join(lines), 0, 0
    for at, char in enumerate(body):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth < 0:  # the end of extern "C" { }
            return
        if char == ";" and depth == 0:
            yield body[start : at + 1].strip()
            start = at + 1


def cdef(header):
    """What ffi.cdef() gets. The value of a constant is left to the compiler."""
    text = without_comments(header).replace("\\\n", " ")
    constants = [f"#define {name} ..." for name in CONSTANT.findall(text)]
    return "\n".join(constants + [MARKS.sub("", s) for s in statements(text)]) + "\n"


def python_type(declaration):
    """The type of a C parameter or result, for the stub."""
    declaration = declaration.strip()
    if "*" in declaration:
        return "bytes | CData" if re.fullmatch(r"const char ?\*\w*", declaration) else "CData"
    return "None" if declaration == "void" else "int"


def stub(header):
    text = without_comments(header).replace("\\\n", " ")
    lines = [f"    {name}: int" for name in CONSTANT.findall(text)]
    for statement in statements(text):
        match = FUNCTION.match(re.sub(r"\s+", " ", MARKS.sub("", statement)).strip(" ;"))
        if not match or CALLBACK_TYPEDEF.match(statement):
            continue
        result, name, parameters = match.groups()
        returned = "CData" if "*" in result else python_type(result)
        parameters = [] if parameters.strip() == "void" else parameters.split(",")
        named = []
        for parameter in parameters:
            base = re.search(r"(\w+)$", parameter.strip()).group(1)
            named.append(f"{base}: {python_type(parameter)}")
        lines.append(f"    def {name}(self, {', '.join(named)}{', ' if named else ''}/) -> {returned}: ...")
    return STUB_HEAD + "\n".join(lines) + "\n\nffi: Final[_FFI]\nlib: Final[_Lib]\n"


def write_when_changed(path, text):
    """Keeps the time of a file whose text is the same, so that nothing is compiled again."""
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("header", type=pathlib.Path)
    parser.add_argument("--c", type=pathlib.Path)
    parser.add_argument("--stub", type=pathlib.Path)
    arguments = parser.parse_args()
    header = arguments.header.read_text()
    if arguments.stub:
        write_when_changed(arguments.stub, stub(header))
    if arguments.c:
        import cffi  # only here: the stub can be made without it

        ffi = cffi.FFI()
        ffi.cdef(cdef(header))
        ffi.set_source("libdrift._native", '#include "drift.h"\n')
        with contextlib.redirect_stdout(io.StringIO()):
            ffi.emit_c_code(str(arguments.c))


if __name__ == "__main__":
    main()
