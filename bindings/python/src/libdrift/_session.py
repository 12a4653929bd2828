"""A run as the library's host sees it: events come out, answers go in. Neither waits for the other; nothing here knows of asyncio."""
from __future__ import annotations

import atexit
import logging
import queue
import threading
import weakref
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Union

from ._documents import StateSource, content_bytes, is_async_source, source_name
from ._errors import ReadError
from ._handle import Managed, call
from ._native import ffi, lib
from ._providers import HostProvider, is_awaitable

if TYPE_CHECKING:
    from ._native import CData

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
class Want:
    """The library wants something of the host, and waits for the answer to `ticket`."""

    method: str  # "source", or the method of a provider that is meant
    ticket: int
    name: str
    body: str = field(repr=False)


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
    """A run. `hosts` and `providers` are whom its wants are passed to."""

    __slots__ = ("_hosts", "_providers", "failure", "_finalizer")
    _label = "run"

    def __init__(self, pointer: CData, hosts: Mapping[str, StateSource], providers: Mapping[str, HostProvider]) -> None:
        super().__init__(pointer, lib.drift_run_free)
        self._hosts = hosts
        self._providers = providers
        #: what stopped the run from the host's side
        self.failure: BaseException | None = None
        self._finalizer = weakref.finalize(self, _stop, self._handle)
        # The library ends what is under way when the process does. Until then a thread that pulls is to be told nothing: it would only
        # print a traceback, if it still can.
        self._finalizer.atexit = False

    def next(self, timeout_ms: int) -> Event | None:
        """The next event; None when there is none in that time."""
        out = ffi.new("drift_event **")
        code = call(lib.drift_run_next, self._handle, timeout_ms, out)
        if code != lib.DRIFT_OK:
            return Ended() if code == lib.DRIFT_END else None
        try:
            return _read_event(out[0])
        finally:
            lib.drift_event_free(out[0])

    def wait_fd(self) -> int:
        fd = ffi.new("int32_t *")
        call(lib.drift_run_wait_fd, self._handle, fd)
        return int(fd[0])

    def cancel(self) -> None:
        pointer = self._pointer
        if pointer is not None:
            call(lib.drift_run_cancel, pointer)

    def close(self) -> None:
        """Stops the run, which ends on its own."""
        super().close()
        self._finalizer()

    def stop(self, failure: BaseException) -> None:
        """Ends the run because of what the host's code raised, which result() raises again as itself."""
        if self.failure is None:
            self.failure = failure
        self.cancel()

    def is_async(self, want: Want) -> bool:
        if want.method == "source":
            return is_async_source(self._hosts[want.name])
        return want.method in self._providers[want.name].async_methods

    def any_async(self) -> bool:
        return any(map(is_async_source, self._hosts.values())) or any(p.async_methods for p in self._providers.values())

    def threads(self) -> int:
        """How many threads may be in the host's code at once, beside the one that pulls."""
        return sum(provider.threads for provider in self._providers.values())

    def in_threads(self, want: Want) -> bool:
        return want.method != "source" and self._providers[want.name].threads > 0

    def work(self, want: Want, may_wait: bool = True) -> bytes | Awaitable[bytes]:
        """Has the host's code do what is wanted: the answer or, where that will do, an awaitable of it."""
        if want.method == "source":
            source = self._hosts[want.name]
            content: Any = source.read()
            return _content_later(content, source) if is_awaitable(content, may_wait, want.name) else _content(content, source)
        return self._providers[want.name].work(want.method, want.body, may_wait)

    def answer(self, want: Want, answer: bytes) -> None:
        pointer = self._pointer
        if pointer is not None:  # closed: nobody waits for it
            call(lib.drift_run_answer, pointer, want.ticket, answer, len(answer))

    def refuse(self, want: Want, error: ReadError) -> None:
        """What a provider could not do is an answer too. What a state source could not do ends the run."""
        if want.method == "source":
            raise error
        pointer = self._pointer
        if pointer is not None:
            message = error.message.encode()
            call(lib.drift_run_fail, pointer, want.ticket, error.code, message, len(message), 1 if error.retryable else -1)

    def serve(self, want: Want) -> None:
        """Does what is wanted, in this thread, and answers."""
        try:
            answer = self.work(want, may_wait=False)
        except ReadError as error:
            self.refuse(want, error)
        else:
            assert isinstance(answer, bytes)
            self.answer(want, answer)


def _content(content: object, source: StateSource) -> bytes:
    return content_bytes(content, f"what read() of {source_name(source)!r} gave")


async def _content_later(content: Awaitable[Any], source: StateSource) -> bytes:
    return _content(await content, source)


class Workers:
    """Threads in which wants of one run are served. They are daemons: a read that hangs must not keep a program from ending."""

    def __init__(self, session: Session) -> None:
        self._session = weakref.ref(session)
        self._most = session.threads()
        self._threads: list[threading.Thread] = []
        self._wants: queue.SimpleQueue[Want | None] = queue.SimpleQueue()
        self.close = weakref.finalize(self, _dismiss, self._threads, self._wants)

    def put(self, want: Want) -> bool:
        """False when there is no thread that could serve it."""
        if len(self._threads) < self._most:
            name = f"libdrift-{len(self._threads) + 1}"
            _start(threading.Thread(target=_work, args=(self._session, self._wants), name=name, daemon=True), self._threads)
        if self._threads:
            self._wants.put(want)
        return bool(self._threads)


# A thread that is about to begin when the interpreter ends brings CPython 3.10 down: none is started from the exit functions on.
_starting = threading.Lock()
_over = threading.Event()


@atexit.register
def _no_more_threads() -> None:
    with _starting:
        _over.set()


def _start(thread: threading.Thread, threads: list[threading.Thread]) -> None:
    with _starting:
        if _over.is_set():
            return
        try:
            thread.start()
        except RuntimeError:  # the system gives no more, or the interpreter is ending: those that are there do the work
            return
        threads.append(thread)


def _work(session: weakref.ref[Session], wants: queue.SimpleQueue[Want | None]) -> None:
    """What a thread does. It holds the run only while it serves, so that a run that nobody has any more ends."""
    while (want := wants.get()) is not None:
        served = session()
        if served is None:
            return
        try:
            served.serve(want)
        except BaseException as error:  # noqa: B036 - whatever it is, the thread that pulls raises it
            served.stop(error)
        del served


def _dismiss(threads: list[threading.Thread], wants: queue.SimpleQueue[Want | None]) -> None:
    for _ in threads:
        wants.put(None)
