"""What a caller may give as a document, and the sources that the library reads it from."""
from __future__ import annotations

import inspect
import io
import os
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Final, Protocol, Union, cast

from . import _json
from ._cdata import CData
from ._handle import make
from ._native import ffi, lib

#: What read() of a state source gives: the document's bytes or text, or the document parsed.
Content = Union[bytes, bytearray, memoryview, str, Mapping[str, Any], Sequence[Any]]


class StateSource(Protocol):
    """Fetches a document when a run asks for it. A `name` (text) stands in errors; read() may be `async`."""

    def read(self) -> Content | Awaitable[Content]:
        """The document. Called in a thread, unless it is async."""


class Deployment(Protocol):
    """What pulumi.automation.Stack.export_stack() gives."""

    @property
    def version(self) -> int | None:
        """Of the format."""

    @property
    def deployment(self) -> Mapping[str, Any] | None:
        """What is in it."""


#: A path (str or PathLike), bytes, a parsed document, a Pulumi Deployment, or a StateSource.
Document = Union[str, "os.PathLike[str]", bytes, bytearray, memoryview, Mapping[str, Any], Sequence[Any], Deployment, StateSource]


def is_source(document: object) -> bool:
    return callable(getattr(document, "read", None)) and not isinstance(document, type)


def is_async_source(document: object) -> bool:
    return is_source(document) and inspect.iscoroutinefunction(getattr(document, "read"))


def source_name(source: object) -> str:
    """What a state source is called in errors: its `name`, or that of its class."""
    name = getattr(source, "name", None)
    return name if isinstance(name, str) and name else type(source).__name__


def content_bytes(content: object, what: str, kinds: str = "bytes, a text or a parsed document") -> bytes:
    """The bytes of a document that is here. `what` names it in a TypeError."""
    if isinstance(content, (bytes, bytearray, memoryview)):
        return bytes(content)
    if isinstance(content, str):
        return content.encode("utf-8", "surrogatepass")
    if hasattr(content, "deployment") and hasattr(content, "version"):
        content = {"version": content.version, "deployment": content.deployment}
    if not isinstance(content, (Mapping, list, tuple)):
        raise TypeError(f"{what} must be {kinds}, not {type(content).__name__}")
    try:
        return _json.dumps(content)
    except TypeError as error:
        raise TypeError(f"{what}: {error}") from None
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None


def _path(document: str | os.PathLike[str], what: str) -> bytes:
    path = os.fspath(document)
    if isinstance(document, str) and _is_text(document):  # not a word of it: there may be secrets in it
        raise ValueError(f"{what}: a str is taken as a path, and this is none; give a document as bytes (text.encode()) or parsed")
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError(f"{what}: there is a zero byte in the path")
    return encoded


#: What no path of a file is longer than (PATH_MAX of Linux).
_LONGEST: Final = 4096


def _is_text(path: str) -> bool:
    """Whether it is a document rather than a path: what begins as JSON does, or could be no path."""
    begin = path.lstrip("\ufeff \t\r\n")[:1]
    return begin in ("", "{", "[", '"') or "\n" in path or '":' in path or '" :' in path or len(path) > _LONGEST


class Sources:
    """The documents of one call: native sources, and the Python objects that will be asked for the others."""

    def __init__(self) -> None:
        self.hosts: dict[str, StateSource] = {}
        self._kept: list[CData] = []

    def add(self, document: Document | None, what: str) -> CData:
        """A drift_source for `document`, or NULL for None. It lives as long as this object. `what` is the parameter's name."""
        if document is None:
            return ffi.NULL
        return self.needed(document, what)

    def needed(self, document: Document, what: str) -> CData:
        self._kept.append(self._source(document, what))
        return self._kept[-1]

    def _source(self, document: Document, what: str) -> CData:
        if isinstance(document, (str, os.PathLike)):
            path = _path(document, what)
            return _source(lib.drift_source_file, path, len(path))
        if is_source(document):
            return self._host(cast(StateSource, document), what)
        kinds = "a path, bytes, a parsed document or have a read() method"
        return bytes_source(content_bytes(document, what, kinds), what)

    def _host(self, source: StateSource, what: str) -> CData:
        if isinstance(source, io.IOBase) and source in self.hosts.values():
            raise ValueError(f"{what}: the same open file twice: it is read once; give what it holds as bytes")
        name = source_name(source)
        if self.hosts.get(name, source) is not source:
            name = f"{name} ({what})"
        self.hosts[name] = source
        encoded = name.encode("utf-8", "backslashreplace")
        return _source(lib.drift_source_host, encoded, len(encoded))


def bytes_source(content: bytes, name: str) -> CData:
    encoded = name.encode()
    return _source(lib.drift_source_bytes, content, len(content), encoded, len(encoded))


def _source(function: Any, *arguments: Any) -> CData:
    return ffi.gc(make("drift_source", function, *arguments), lib.drift_source_free)
