"""Calls into the library, and the handles that they give."""
from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from ._cdata import CData
from ._errors import take_error
from ._native import ffi, lib

_Self = TypeVar("_Self", bound="Managed")


def call(function: Callable[..., int], *arguments: Any) -> int:
    """Calls a function whose last parameter is `err`; gives what is no failure (DRIFT_OK, DRIFT_TIMEOUT, DRIFT_END), else raises."""
    err = ffi.new("drift_error **")
    code = function(*arguments, err)
    if code < 0:
        raise take_error(err[0], code)
    return code


def make(kind: str, function: Callable[..., int], *arguments: Any) -> CData:
    """As call(), for a function that gives a `kind *` through the parameter before `err`; NULL when it has none to give."""
    out = ffi.new(kind + " **")
    call(function, *arguments, out)
    made: CData = out[0]
    return made


def take_blob(blob: CData) -> str:
    """The text of a blob, which is freed."""
    try:
        p, n = ffi.new("const char **"), ffi.new("size_t *")
        lib.drift_blob_data(blob, p, n)
        return str(ffi.buffer(p[0], n[0]), "utf-8")
    finally:
        lib.drift_blob_free(blob)


class Managed:
    """Something that holds a handle. It is let go by close(), at the end of a `with`, or with the object.

    Whoever is in a call with the handle keeps it (ffi.gc counts references), so that closing from another thread is safe.
    """

    __slots__ = ("_pointer", "__weakref__")
    #: what it is called in errors
    _label = "object"
    #: what to copy
    _instead = ""

    def __init__(self, pointer: CData, free: Callable[[CData], None]) -> None:
        self._pointer: CData | None = ffi.gc(pointer, free)

    @property
    def _handle(self) -> CData:
        if self._pointer is None:
            raise ValueError(f"this {self._label} is closed")
        return self._pointer

    @property
    def closed(self) -> bool:
        return self._pointer is None

    def close(self) -> None:
        """Frees what the library holds for this object. Closing twice does nothing; anything else afterwards is a ValueError."""
        self._pointer = None

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(f"{type(self).__name__} objects cannot be copied or pickled{self._instead}")

    def __enter__(self: _Self) -> _Self:
        self._handle  # noqa: B018 - a closed one cannot be entered
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
