"""The exceptions: one class a family of codes, which is also what Python people catch for such a failure."""
from __future__ import annotations

import errno
import os
from typing import Any, Final

from ._cdata import CData
from ._enums import ErrorCode
from ._native import ffi, lib


class DriftError(Exception):
    """Why a call failed. str() is the message, and on a second line what can be done about it."""

    #: what a new one has where no code is given
    _default = ErrorCode.INTERNAL

    def __init__(
        self,
        message: str,
        *,
        code: int | str | None = None,
        subject: str = "",
        next_step: str = "",
        retryable: bool = False,
        position: tuple[int, int, int] | None = None,
        contexts: tuple[str, ...] = (),
        name: str | None = None,
        reason: str | None = None,
    ) -> None:
        super().__init__(message)
        #: an ErrorCode, or a plain int where this version does not know it
        self.code: int = ErrorCode.of(self._default if code is None else code)
        #: "E_NOT_FOUND"
        self.name: str = name or (str(self.code) if isinstance(self.code, ErrorCode) else "E_UNKNOWN")
        self.message: str = message
        #: the message without the subject, the position and the rest
        self.reason: str = message if reason is None else reason
        #: the file, address or option that it is about; can be empty
        self.subject: str = subject
        #: what the person can do; can be empty
        self.next_step: str = next_step
        #: whether trying again later may succeed
        self.retryable: bool = retryable
        #: (line, column, byte) in a document; the first two from 1
        self.position: tuple[int, int, int] | None = position
        #: "while ..." lines, innermost first
        self.contexts: tuple[str, ...] = contexts

    def __str__(self) -> str:
        return f"{self.message}\nNext: {self.next_step}" if self.next_step else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.message, dict(self.__dict__))


def _rebuilt(cls: type[DriftError], message: str, members: dict[str, Any]) -> DriftError:
    error = cls(message)
    error.__dict__.update(members)
    return error


class ConfigError(DriftError, ValueError):
    """The caller's arguments and configuration."""

    _default = ErrorCode.CONFIG_INVALID


class OptionTypeError(ConfigError, TypeError):
    """An option of a type that it cannot have."""


class DocumentError(DriftError, ValueError):
    """A state, plan or baseline that cannot be read as one."""

    _default = ErrorCode.PARSE


class SystemFailure(DriftError, OSError):
    """The operating system said no; `errno` and `filename` are set where they are known."""

    _default = ErrorCode.IO
    _errno: int | None = None

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message, **details)
        self.errno = self._errno
        self.strerror = message
        self.filename = self.subject or None


class NotFound(SystemFailure, FileNotFoundError):
    """There is no such file."""

    _default = ErrorCode.NOT_FOUND
    _errno = errno.ENOENT


class IsADirectory(SystemFailure, IsADirectoryError):
    """A folder where a file belongs."""

    _errno = errno.EISDIR


class AccessDenied(SystemFailure, PermissionError):
    """A file that this user may not read or write."""

    _default = ErrorCode.PERMISSION
    _errno = errno.EACCES


#: What is tried again without being told to.
RETRYABLE: Final = frozenset((ErrorCode.READ_THROTTLED, ErrorCode.READ_TIMEOUT))


class ReadError(DriftError):
    """A live resource could not be read. A provider raises or returns it: the resource is then unreadable, never deleted.

    `code` is the name or number of one of the codes of reads, else a ValueError: "E_READ_FAILED" (the default), "E_READ_AUTH",
    "E_READ_THROTTLED", "E_READ_TIMEOUT", "E_READ_UNSUPPORTED". The message is one line without secrets. One that is `retryable` is tried
    again, which is what E_READ_THROTTLED and E_READ_TIMEOUT are unless it says otherwise.
    """

    _default = ErrorCode.READ_FAILED

    def __init__(self, message: str = "the read failed", *, retryable: bool | None = None, **details: Any) -> None:
        if details.get("next_step"):
            details["next_step"] = _sendable("next_step", details["next_step"])
        super().__init__(_sendable("message", message) or "the read failed", **details)
        if not -500 < self.code <= -400:
            raise ValueError(f"the code of a ReadError is one of reads (E_READ_FAILED, ...), not {self.name} ({int(self.code)})")
        self.retryable = self.code in RETRYABLE if retryable is None else bool(retryable)


def _sendable(name: str, text: object) -> str:
    """Half a surrogate pair, which a name of the file system can have, is no UTF-8."""
    if not isinstance(text, str):
        raise TypeError(f"the {name} of a ReadError must be a text, not {type(text).__name__}")
    return text.encode("utf-8", "backslashreplace").decode()


class Cancelled(DriftError):
    """The run was cancelled before its first answer."""

    _default = ErrorCode.CANCELLED


class DeadlineExceeded(DriftError, TimeoutError):
    """The time ran out before the first answer."""

    _default = ErrorCode.DEADLINE


class InternalError(DriftError):
    """A fault of the library, or memory that ran out."""


_FAMILIES: dict[int, type[DriftError]] = {
    100: ConfigError,
    200: DocumentError,
    300: SystemFailure,
    400: ReadError,
    500: Cancelled,
}
_CLASSES: dict[int, type[DriftError]] = {
    ErrorCode.NOT_FOUND: NotFound,
    ErrorCode.PERMISSION: AccessDenied,
    ErrorCode.DEADLINE: DeadlineExceeded,
}


def error_class(code: int) -> type[DriftError]:
    return _CLASSES.get(code) or _FAMILIES.get(-code // 100 * 100, InternalError)


def _text(error: CData, which: int) -> str:
    p, n = ffi.new("const char **"), ffi.new("size_t *")
    lib.drift_error_text(error, which, p, n)
    return ffi.unpack(p[0], n[0]).decode("utf-8", "replace") if p[0] else ""


def _position(error: CData) -> tuple[int, int, int] | None:
    places = ffi.new("uint64_t[3]")
    if lib.drift_error_position(error, places + 0, places + 1, places + 2) != lib.DRIFT_OK:
        return None
    return places[0], places[1], places[2]


def take_error(error: CData, code: int) -> DriftError:
    """The exception for a failed call; frees what the call put into its `err`."""
    if not error:
        return error_class(code)("the call failed, and does not say why", code=code)
    try:
        subject = _text(error, lib.DRIFT_ERROR_SUBJECT)
        folder = code == ErrorCode.IO and subject != "" and os.path.isdir(subject)
        return (IsADirectory if folder else error_class(code))(
            _text(error, lib.DRIFT_ERROR_MESSAGE),
            code=code,
            subject=subject,
            next_step=_text(error, lib.DRIFT_ERROR_NEXT),
            retryable=lib.drift_error_is_retryable(error) == 1,
            position=_position(error),
            contexts=tuple(filter(None, _text(error, lib.DRIFT_ERROR_CONTEXTS).split("\n"))),
            name=ffi.string(lib.drift_error_name(error)).decode(),
            reason=_text(error, lib.DRIFT_ERROR_BARE),
        )
    finally:
        lib.drift_error_free(error)
