#!/usr/bin/env python3
"""The rules that drift.h keeps (docs/abi.md): header_docs.py. Prints each fault; ends with 0 when there is none."""
import re
import sys

import header

NUMBERS = {"int32_t", "uint32_t", "int64_t", "uint64_t", "size_t", "double"}
RETURNS = NUMBERS | {"void", "const char *"}
FORBIDDEN = {
    r"\b_?[Bb]ool\b": "bool has no fixed size in C",
    r"\benum\b": "an enum's size is the compiler's choice",
    r"\b(long|short|unsigned|int|float)\b": "only types of a fixed size",
    r"\.\.\.": "no varargs: most languages cannot call them",
    r"^#define \w+\(": "no function-like macros: most languages cannot see them",
    r"//": "not C89",
    r":\s*\d+\s*;": "bit-fields have no fixed place",
}
OPTIONS = re.compile(r"drift_\w+_options|drift_host")


def base(type_text):
    return type_text.replace("const", "").replace("*", "").strip()


def check_text(text):
    bare = header.without_comments(text)
    for pattern, why in FORBIDDEN.items():
        for match in re.finditer(pattern, bare, re.M):
            yield f"line {bare[:match.start()].count(chr(10)) + 1} of the text without comments: {match[0]!r}: {why}"
    for name in re.findall(r"^#define (\w+)", bare, re.M):
        if not name.startswith("DRIFT_"):
            yield f"{name}: a macro begins with DRIFT_"


def check_parameter(function, p, is_last, known):
    where = f"{function.name}: parameter {p.name}"
    stars = p.type.count("*")
    if base(p.type) not in NUMBERS | {"char", "void"} | known:
        yield f"{where}: type {p.type} is not one that every language has"
    if stars == 0 and base(p.type) not in NUMBERS:
        yield f"{where}: by value only numbers can pass"
    if base(p.type) == "drift_error" and stars == 2:
        if not is_last or p.name != "err":
            yield f"{where}: drift_error **err stands last"
    elif stars == 2 and "const" not in p.type and p.words != ("DRIFT_OWNED",):
        yield f"{where}: a new handle is DRIFT_OWNED"
    elif p.type == "const char **" and p.words != ("DRIFT_BORROWED",):
        yield f"{where}: a text that goes out is DRIFT_BORROWED"


def check_function(function, known):
    if not re.search(r"Since \d+\.\d+\.", function.comment):
        yield f"{function.name}: the comment does not say since when"
    if not re.search(r"Threads: (any|shared|owner)\.$", function.comment):
        yield f"{function.name}: the comment does not end with its threads"
    if function.returns.type not in RETURNS:
        yield f"{function.name}: gives back {function.returns.type}"
    if function.returns.type == "const char *" and function.returns.words != ("DRIFT_BORROWED",):
        yield f"{function.name}: the text that it gives back is DRIFT_BORROWED"
    for i, p in enumerate(function.parameters):
        yield from check_parameter(function, p, i + 1 == len(function.parameters), known)
    if function.name.endswith("_free"):
        if function.returns.type != "void" or [p.words for p in function.parameters] != [("DRIFT_TAKES",)]:
            yield f"{function.name}: a free takes one handle and never fails"
    elif any("DRIFT_TAKES" in p.words for p in function.parameters):
        yield f"{function.name}: only a _free takes a handle"
    if any(p.name == "err" for p in function.parameters) and function.returns.type != "int32_t":
        yield f"{function.name}: what can fail gives back an int32_t"


def check_struct(struct, known, names, text):
    if re.search(r"^\s*#", struct.body, re.M):
        yield f"{struct.name}: members must not depend on the preprocessor"
    for m in struct.members:
        if m.type != "function" and base(m.type) not in NUMBERS | {"char", "void"} | known:
            yield f"{struct.name}.{m.name}: type {m.type} is not one that every language has"
        if "*" not in m.type and base(m.type) in known and base(m.type) != "drift_text":
            yield f"{struct.name}.{m.name}: only drift_text stands in a struct by value"
    if OPTIONS.fullmatch(struct.name):
        if (struct.members[0].type, struct.members[0].name) != ("uint32_t", "struct_size"):
            yield f"{struct.name}: begins with uint32_t struct_size"
        if f"#define {struct.name.upper()}_INIT " not in text:
            yield f"{struct.name}: has no {struct.name.upper()}_INIT"
        if struct.name + "_init" not in names:
            yield f"{struct.name}: has no {struct.name}_init()"


def check_symbols(functions, nodes):
    """Every function stands in drift.symbols, in the node of the version that it is there since."""
    node_of = {name: node for node, names in nodes.items() for name in names}
    for f in functions:
        since = re.search(r"Since (\d+\.\d+)\.", f.comment)
        node = "DRIFT_UNSTABLE" if f.name.startswith("drift_x_") else f"DRIFT_{since[1]}" if since else None
        if node and node_of.get(f.name) != node:
            yield f"{f.name}: not in node {node} of drift.symbols"
    for name in sorted(node_of.keys() - {f.name for f in functions}):
        yield f"{name}: in drift.symbols and in no header"


def check_header(text):
    unreadable = list(check_text(text))
    if unreadable:  # the rest would stumble over it
        yield from unreadable
        return
    functions, structs = header.functions(text), header.structs(text)
    names = {f.name for f in functions}
    known = {s.name for s in structs} | set(header.handles(text))
    if text.count("DRIFT_API ") - text.count("#define DRIFT_API ") != len(functions):
        yield "a declaration with DRIFT_API could not be read"
    for f in functions:
        yield from check_function(f, known)
    for s in structs:
        yield from check_struct(s, known, names, text)
    for name in sorted(known | names):
        if not re.fullmatch(r"drift_[a-z0-9_]+", name):
            yield f"{name}: a name begins with drift_"
    codes = [header.number(v) for n, v in header.constants(text).items() if n.startswith("DRIFT_E_")]
    if len(codes) != len(set(codes)):
        yield "two DRIFT_E_ codes have one number"


def main():
    text = header.HEADER.read_text()
    faults = list(check_header(text))
    functions = header.functions(text)
    if header.UNSTABLE_HEADER.exists():
        unstable = header.UNSTABLE_HEADER.read_text()
        known = {s.name for s in header.structs(text + unstable)} | set(header.handles(text + unstable))
        faults += [fault for f in header.functions(unstable) for fault in check_function(f, known)] + list(check_text(unstable))
        functions += header.functions(unstable)
    faults += check_symbols(functions, header.read_symbols())
    print("\n".join(faults) if faults else f"{len(functions)} functions, as they should be")
    return bool(faults or not functions)


if __name__ == "__main__":
    sys.exit(main())
