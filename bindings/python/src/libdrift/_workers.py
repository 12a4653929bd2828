"""The threads in which the host's code is called that is not async."""
from __future__ import annotations

import atexit
import contextvars
import os
import threading
import weakref
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Union

from ._providers import Want
from ._session import Session

#: Gets what turned out to be awaitable. None: nobody can wait for it.
Later = Union[Callable[[Want, Awaitable[bytes]], None], None]


class Workers:
    """Threads of one run. Each provider and state source has its own, so that one that hangs keeps no other waiting.

    They are daemons: a read that hangs must not keep a program from ending. They see the context variables of who made this object.
    """

    def __init__(self, session: Session, later: Later = None) -> None:
        self._session = session
        self._later = later
        self._context = contextvars.copy_context()
        self._crews: dict[tuple[str, str], _Crew] = {}
        self.close = weakref.finalize(self, _dismiss, self._crews)

    def serve(self, want: Want) -> None:
        """In this thread where the system gives no other."""
        if not self.close.alive:
            return
        whose = want.method if want.method in ("source", "decrypt") else "provider", want.name
        crew = self._crews.get(whose)
        if crew is None:
            crew = self._crews[whose] = _Crew(weakref.ref(self._session), self._session.threads(want), self._later, self._context)
        if not crew.put(want):
            self._session.serve(want, self._later)


class _Crew:
    """Up to `most` threads and what waits for them. They hold the run only while they serve it: one that nobody has any more ends."""

    def __init__(self, session: weakref.ref[Session], most: int, later: Later, context: contextvars.Context) -> None:
        self._session = session
        self._most = most
        self._later = later
        self._context = context
        self._changed = threading.Condition()
        self._wants: deque[Want] = deque()
        self._threads = 0
        self._idle = 0
        self._dismissed = False

    def put(self, want: Want) -> bool:
        """False when there is no thread that could serve it."""
        with self._changed:
            more = self._threads < self._most and self._idle <= len(self._wants)
            if more and _start(threading.Thread(target=self._work, name=f"libdrift {want.name}", daemon=True)):
                self._threads += 1
            if self._threads:
                self._wants.append(want)
                self._changed.notify()
            return self._threads > 0

    def dismiss(self) -> None:
        with self._changed:
            self._dismissed = True
            self._wants.clear()
            self._changed.notify_all()

    def _take(self) -> Want | None:
        with self._changed:
            self._idle += 1
            while not self._wants and not self._dismissed:
                self._changed.wait()
            self._idle -= 1
            return None if self._dismissed else self._wants.popleft()

    def _work(self) -> None:
        while (want := self._take()) is not None:
            session = self._session()
            if session is None:
                return
            self._context.copy().run(session.serve, want, self._later)
            del session


def _dismiss(crews: dict[tuple[str, str], _Crew]) -> None:
    for crew in crews.values():
        crew.dismiss()


# A thread that is about to begin when the interpreter ends brings CPython 3.10 down: none is started from the exit functions on.
_starting = threading.Lock()
_over = threading.Event()


@atexit.register
def _no_more_threads() -> None:
    with _starting:
        _over.set()


def _new_lock() -> None:
    global _starting
    _starting = threading.Lock()


os.register_at_fork(after_in_child=_new_lock)  # a thread that held it is not in the child


def _start(thread: threading.Thread) -> bool:
    with _starting:
        if _over.is_set():
            return False
        try:
            thread.start()
        except RuntimeError:  # the system gives no more, or the interpreter is ending: those that are there do the work
            return False
        return True
