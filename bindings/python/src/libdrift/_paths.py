"""Paths of attributes, as the providers of the host write them."""
from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

# One step of a path pattern (docs/drift.yaml.md): a key, an index, "*", "[*]", "**" or a key in quotes.
_STEP: Final = re.compile(r'\.?(?P<bare>[^.\[\]]+)|\[(?P<index>\d+)\]|\[(?P<any>\*)\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]', re.S)
_Step = tuple[str, str]


@functools.lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[_Step, ...] | None:
    """(kind, text) of each; None for what is no path, which the library says in its own words."""
    steps: list[_Step] = []
    at = 0
    while at < len(path):
        match = _STEP.match(path, at)
        if match is None or match.lastgroup is None:
            return None
        steps.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tuple(steps)


def _children(value: object) -> Iterator[object]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, (list, tuple)):
        yield from value


def _below(value: object, step: _Step) -> Iterator[object]:
    kind, text = step
    if kind == "any" or step == ("bare", "*"):
        yield from _children(value)
    elif kind == "index":
        if isinstance(value, (list, tuple)) and int(text) < len(value):
            yield value[int(text)]
    elif isinstance(value, Mapping):
        key = json.loads(text, strict=False) if kind == "quoted" else text
        if key in value:
            yield value[key]


def _everything(value: object) -> Iterator[object]:
    yield value
    for child in _children(value):
        yield from _everything(child)


def names_something(path: str, attributes: object) -> bool:
    """Whether there is anything at the path. True as well for what is no path: the library refuses that."""
    try:
        steps = _steps(path)
        found: list[object] = [attributes]
        for step in steps or ():
            ways = _everything if step == ("bare", "**") else None
            found = [below for value in found for below in (ways(value) if ways else _below(value, step))]
    except ValueError:  # a key in quotes that JSON does not know
        return True
    return steps is None or bool(found)


def from_pointer(pointer: str, attributes: Any) -> str | None:
    """The path that a JSON Pointer (RFC 6901) has in these attributes; None when nothing is there."""
    path, value = "", attributes
    for token in pointer.split("/")[1:]:
        token = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and token in value:
            path, value = f"{path}[{json.dumps(token)}]", value[token]
        elif isinstance(value, (list, tuple)) and token.isascii() and token.isdigit() and int(token) < len(value):
            path, value = f"{path}[{int(token)}]", value[int(token)]
        else:
            return None
    return path
