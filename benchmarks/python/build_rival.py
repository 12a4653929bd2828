#!/usr/bin/env python3
"""Writes the C of the module `rival`, made by cffi as the binding's own: build_rival.py RIVAL_H OUT.c"""
import contextlib
import io
import re
import sys

import cffi

text = open(sys.argv[1]).read()
declarations = "uint32_t rival_number(void);\nint32_t rival_code(const void *e);\n"
declarations += "void rival_text(const void *e, int32_t which, const char **p, size_t *n);\n"
for kind, view, member in re.findall(r"^(TEXT|NUMBER)\((\w+), (\w+)\)$", text, re.M):
    result, more = ("const char *", ", size_t *n") if kind == "TEXT" else ("int64_t ", "")
    declarations += f"{result}{view}_{member}(const void *rows, size_t i{more});\n"
ffi = cffi.FFI()
ffi.cdef(declarations)
ffi.set_source("rival", '#include "rival.h"\n')
with contextlib.redirect_stdout(io.StringIO()):
    ffi.emit_c_code(sys.argv[2])
