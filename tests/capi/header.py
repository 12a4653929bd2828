"""drift.h as data: functions with their comments, structs, constants. Reads the narrow C that header_docs.py allows, and nothing else."""
import dataclasses
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
HEADER = ROOT / "capi/include/drift.h"
UNSTABLE_HEADER = ROOT / "capi/include/drift_unstable.h"
WORDS = ("DRIFT_OWNED", "DRIFT_BORROWED", "DRIFT_TAKES")

sys.path.insert(0, str(ROOT / "capi"))
from version_script import read_symbols  # noqa: E402,F401  (what the symbol list says, for those who import this module)


@dataclasses.dataclass
class Declared:
    """A parameter, a member, or what a function gives back."""
    type: str  # without words and names: "const drift_source *"
    name: str
    words: tuple = ()


@dataclasses.dataclass
class Function:
    name: str
    returns: Declared
    parameters: list
    comment: str


@dataclasses.dataclass
class Struct:
    name: str
    members: list
    body: str


def without_comments(text):
    return re.sub(r"/\*.*?\*/", " ", text, flags=re.S)


def declared(text):
    words = tuple(w for w in WORDS if re.search(rf"\b{w}\b", text))
    for word in words:
        text = re.sub(rf"\b{word}\b", "", text)
    match = re.fullmatch(r"\s*(.*?[\s*])(\w+)\s*", text, re.S)
    if not match:
        raise ValueError(f"no declaration: {text.strip()!r}")
    return Declared(re.sub(r"\s+", " ", match[1]).strip(), match[2], words)


def parameters(text):
    return [] if text.strip() == "void" else [declared(p) for p in text.split(",")]


def functions(text):
    found = []
    pattern = r"(?:/\*((?:(?!\*/).)*)\*/\s*)?DRIFT_API\b([^;]*?)DRIFT_CALL\s+(\w+)\(([^;]*)\);"
    for comment, returns, name, inside in re.findall(pattern, text, re.S):
        inside = without_comments(inside)
        found.append(Function(name, declared(returns + " result"), parameters(inside), " ".join(comment.replace("\n *", "\n").split())))
    return found


def members(body):
    found = []
    for line in without_comments(body).split(";"):
        callback = re.fullmatch(r"\s*(\w+)\(DRIFT_CALL \*(\w+)\)\((.*)\)\s*", line, re.S)
        if callback:
            found.append(Declared("function", callback[2]))
            parameters(callback[3])  # must be readable
        elif line.strip():
            first, *more = line.split(",")
            found.append(declared(first))
            found += [Declared(found[-1].type, name.strip()) for name in more]
    return found


def structs(text):
    bodies = re.findall(r"typedef struct (\w+) \{(.*?)\n\} \1;", text, re.S)
    return [Struct(name, members(body), body) for name, body in bodies]


def handles(text):
    return re.findall(r"typedef struct (\w+) \1;", text)


def constants(text):
    """{name: number or text as written} of the object-like macros that have a value."""
    lines = re.sub(r"/\*.*?\*/", "", text, flags=re.S).replace("\\\n", " ")
    return {name: value.strip() for name, value in re.findall(r"^#define (DRIFT_\w+)[ \t]+(\S.*)$", lines, re.M)
            if re.fullmatch(r"\(?-?(0x)?[0-9a-f]+u?\)?", value.strip())}


def number(text):
    return int(text.strip("()").rstrip("u"), 0)
