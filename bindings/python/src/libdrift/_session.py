"""A run as the library's host sees it: events come out, answers go in. Neither waits for the other; nothing here knows of asyncio."""
from __future__ import annotations

import logging
import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Union

from ._cdata import CData
from ._decrypt import Decrypt
from ._documents import StateSource, content_bytes, is_async_source, source_name
from ._errors import ReadError
from ._handle import Managed, call
from ._native import ffi, lib
from ._providers import HostProvider, Want, error_answer, is_awaitable

#: How long a call into the library waits at most. Python looks at signals in between: Ctrl-C works.
SLICE_MS: Final = 100

_log = logging.getLogger("libdrift")
_log.addHandler(logging.NullHandler())  # says nothing in a program that has not set up logging


@dataclass(frozen=True)
class Progress:
    """`done` of `total` resources have been looked at."""

    done: int
    total: int


@dataclass(frozen=True)
class LogEntry:
    """What the library told the logger "libdrift" as well; `level` is one of logging's."""

    level: int
    code: str
    address: str
    message: str


@dataclass(frozen=True)
class GivenUp:
    """Nobody waits for the answer to this ticket any more."""

    ticket: int


@dataclass(frozen=True)
class Ended:
    """The last event."""


Event = Union[Progress, LogEntry, Want, GivenUp, Ended]


def _text(event: CData, which: int) -> str:
    p, n = ffi.new("const char **"), ffi.new("size_t *")
    lib.drift_event_text(event, which, p, n)
    return str(ffi.buffer(p[0], n[0]), "utf-8") if n[0] else ""


def _log_entry(event: CData) -> LogEntry:
    entry = LogEntry(
        lib.drift_event_number(event, lib.DRIFT_N_LEVEL),
        _text(event, lib.DRIFT_T_CODE),
        _text(event, lib.DRIFT_T_ADDRESS),
        _text(event, lib.DRIFT_T_MESSAGE),
    )
    _log.log(entry.level, "%s", entry.message, extra={"drift_code": entry.code, "drift_address": entry.address})
    return entry


_WANTS: Final = {
    lib.DRIFT_EV_WANT_SOURCE: "source",
    lib.DRIFT_EV_WANT_READ: "read",
    lib.DRIFT_EV_WANT_LIST: "list",
    lib.DRIFT_EV_WANT_CONFIGURE: "configure",
    lib.DRIFT_EV_WANT_DECRYPT: "decrypt",
}


def _read_event(event: CData) -> Event | None:
    """The event in Python's terms; None for a kind that this version does not know and need not."""
    kind = lib.drift_event_kind(event)
    if kind in _WANTS:
        return Want(_WANTS[kind], lib.drift_event_ticket(event), _text(event, lib.DRIFT_T_NAME), _text(event, lib.DRIFT_T_BODY))
    if kind == lib.DRIFT_EV_DONE:
        return Ended()
    if kind == lib.DRIFT_EV_PROGRESS:
        return Progress(lib.drift_event_number(event, lib.DRIFT_N_DONE), lib.drift_event_number(event, lib.DRIFT_N_TOTAL))
    if kind == lib.DRIFT_EV_LOG:
        return _log_entry(event)
    if kind == lib.DRIFT_EV_GIVEN_UP:
        return GivenUp(lib.drift_event_number(event, lib.DRIFT_N_TICKET))
    return None


def _stop(pointer: CData) -> None:
    lib.drift_run_cancel(pointer, ffi.NULL)


class Session(Managed):
    """A run. `hosts`, `providers` and `decrypt` are whom its wants are passed to."""

    __slots__ = ("_hosts", "_providers", "_decrypt", "_open", "_over", "failure", "_finalizer")
    _label = "run"

    def __init__(
        self, pointer: CData, hosts: Mapping[str, StateSource], providers: Mapping[str, HostProvider], decrypt: Decrypt | None = None
    ) -> None:
        super().__init__(pointer, lib.drift_run_free)
        self._hosts = hosts
        self._providers = providers
        self._decrypt = decrypt
        #: what the library waits for, by ticket
        self._open: dict[int, Want] = {}
        self._over = False
        #: what stopped the run from the host's side
        self.failure: BaseException | None = None
        self._finalizer = weakref.finalize(self, _stop, self._handle)
        # The library ends what is under way when the process does. Until then a thread that pulls is to be told nothing: it would only
        # print a traceback, if it still can.
        self._finalizer.atexit = False

    @property
    def _handle(self) -> CData:
        if self._pointer is None:
            raise RuntimeError("this run is closed")
        return self._pointer

    def next(self, timeout_ms: int) -> Event | None:
        """The next event; None when there is none in that time."""
        out = ffi.new("drift_event **")
        code = call(lib.drift_run_next, self._handle, timeout_ms, out)
        event: Event | None
        if code != lib.DRIFT_OK:
            event = Ended() if code == lib.DRIFT_END else None
        else:
            try:
                event = _read_event(out[0])
            finally:
                lib.drift_event_free(out[0])
        if isinstance(event, Ended):
            self._over = True
            self.want_nothing()
        elif isinstance(event, Want):
            self._open[event.ticket] = event
        elif isinstance(event, GivenUp) and (given_up := self._open.pop(event.ticket, None)):
            given_up.wanted = False
        return event

    def waiting(self) -> tuple[CData, int]:
        """A descriptor that is readable while an event waits, for as long as the handle beside it is held."""
        handle, descriptor = self._handle, ffi.new("int32_t *")
        call(lib.drift_run_wait_fd, handle, descriptor)
        return handle, int(descriptor[0])

    def cancel(self) -> None:
        pointer = self._pointer
        if pointer is not None:
            call(lib.drift_run_cancel, pointer)

    def want_nothing(self) -> None:
        """Nothing that was asked for is wanted any more: what has not begun does not begin."""
        for want in list(self._open.values()):
            want.wanted = False

    def close(self) -> None:
        """Stops the run, which ends on its own."""
        super().close()
        self.want_nothing()
        self._finalizer()

    def stop(self, failure: BaseException) -> None:
        """Ends the run because of what the host's code raised, which result() raises again as itself. Too late, it changes nothing."""
        if self.failure is None and not self._over:
            self.failure = failure
        self.cancel()

    def is_async(self, want: Want) -> bool:
        if want.method == "source":
            return is_async_source(self._hosts[want.name])
        return want.method in self._server(want).async_methods

    def any_async(self) -> bool:
        servers: list[HostProvider | Decrypt] = [*self._providers.values()]
        if self._decrypt is not None:
            servers.append(self._decrypt)
        return any(map(is_async_source, self._hosts.values())) or any(s.async_methods for s in servers)

    def _server(self, want: Want) -> HostProvider | Decrypt:
        """Who serves what is wanted, but documents."""
        if want.method == "decrypt":
            assert self._decrypt is not None  # else the library asks nobody
            return self._decrypt
        return self._providers[want.name]

    def threads(self, want: Want) -> int:
        """How many threads may be at once in the code that serves this."""
        return 1 if want.method == "source" else self._server(want).threads

    def work(self, want: Want, may_wait: bool) -> bytes | Awaitable[bytes]:
        """Has the host's code do what is wanted: the answer or, where that will do, an awaitable of it."""
        if want.method == "source":
            source = self._hosts[want.name]
            content: Any = source.read()
            return _content_later(content, source) if is_awaitable(content, may_wait, want.name) else _content(content, source)
        return self._server(want).work(want, may_wait)

    def serve(self, want: Want, later: Callable[[Want, Awaitable[bytes]], None] | None = None) -> None:
        """Does what is wanted, in this thread, and answers. `later` gets what has to be awaited; without it that is a TypeError.

        Whatever the host's code raises ends the run, and is raised by whoever pulls it.
        """
        if not want.wanted:
            return
        try:
            answer = self.work(want, later is not None)
            if isinstance(answer, bytes):
                self.answer(want, answer)
            elif later is not None:
                later(want, answer)
        except ReadError as error:
            self.refuse(want, error)
        except BaseException as error:  # noqa: B036
            self.stop(error)

    def answer(self, want: Want, answer: bytes) -> None:
        self._open.pop(want.ticket, None)
        pointer = self._pointer
        if want.wanted and pointer is not None:
            call(lib.drift_run_answer, pointer, want.ticket, answer, len(answer))

    def refuse(self, want: Want, error: ReadError) -> None:
        """What a provider could not do is an answer too. What a state source could not do ends the run."""
        if want.method == "source":
            self.stop(error)
            return
        try:
            self.answer(want, error_answer(error))
        except BaseException as failure:  # noqa: B036
            self.stop(failure)


def _content(content: object, source: StateSource) -> bytes:
    return content_bytes(content, f"what read() of {source_name(source)!r} gave")


async def _content_later(content: Awaitable[Any], source: StateSource) -> bytes:
    return _content(await content, source)
