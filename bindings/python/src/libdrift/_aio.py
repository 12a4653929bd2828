"""A run for asyncio. Imported when a coroutine first asks for an event: who does not use asyncio does not load it."""
from __future__ import annotations

import asyncio
import contextlib
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Final

from ._errors import ReadError
from ._providers import Want
from ._session import Ended, Event, GivenUp, LogEntry, Progress, Session
from ._workers import Workers

#: How long the end of a stopped run, and of the host's tasks in it, is waited for. A read that hangs does not keep the caller.
_END_WAIT: Final = 1.0

#: Whose meaning to a coroutine is another than that the host's code raised it.
SIGNALS: Final = (StopIteration, StopAsyncIteration, asyncio.CancelledError)


class AsyncPump:
    """Pulls a run's events without keeping the loop. What the run wants is served in tasks, or in threads where a method is not async."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._loop = asyncio.get_running_loop()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._workers = Workers(session, _passed_on(weakref.ref(self)))
        self._waiting: asyncio.Future[None] | None = None
        self._pulled = False
        self._ending = False

    def alone(self) -> None:
        """RuntimeError when a task is waiting for the next event."""
        if self._pulled:
            raise RuntimeError("another task is waiting for the next event of this run")

    async def next(self) -> Progress | LogEntry | Ended:
        self.alone()
        self._pulled = True
        try:
            while True:
                event = await self._event()
                if isinstance(event, (Progress, LogEntry, Ended)):
                    return event
                self._pass_on(event)
        finally:
            self._pulled = False

    def close(self) -> None:
        """Ends what is under way, and lets go who waits. From any thread."""
        self._ending = True
        self._workers.close()
        self._session.want_nothing()
        if _runs_here(self._loop):  # at once: a task that sees the end must not be ahead of those that are to end
            return self._let_go()
        with contextlib.suppress(RuntimeError):  # the loop is closed, and its tasks with it
            self._loop.call_soon_threadsafe(self._let_go)

    def _let_go(self) -> None:
        if self._waiting is not None:
            _wake(self._waiting)
        for task in self._tasks.values():
            task.cancel()

    async def end(self, over: bool) -> None:
        """Stops a run that is not `over`, and waits for its end, and for that of the host's tasks: _END_WAIT at most."""
        self._ending = True
        self._workers.close()
        self._session.want_nothing()
        ends: set[asyncio.Task[Any]] = set(self._tasks.values())
        for task in ends:
            task.cancel()
        if not over:
            self._session.cancel()
            if not self._pulled:
                ends.add(asyncio.create_task(self._ended()))
        if ends:
            _, late = await asyncio.wait(ends, timeout=_END_WAIT)
            for task in late:
                task.cancel()

    async def _ended(self) -> None:
        while not isinstance(await self._event(), Ended):
            pass

    async def _event(self) -> Event:
        while (event := self._session.next(0)) is None:
            await self._readable()
        return event

    async def _readable(self) -> None:
        handle, descriptor = self._session.waiting()
        self._waiting = waiting = self._loop.create_future()
        self._loop.add_reader(descriptor, _wake, waiting)
        try:
            await waiting
        finally:
            self._loop.remove_reader(descriptor)
            self._waiting = None
            del handle

    def _pass_on(self, event: Want | GivenUp) -> None:
        if isinstance(event, GivenUp):
            if event.ticket in self._tasks:
                self._tasks[event.ticket].cancel()
        elif self._session.is_async(event):
            self.begin(event)
        else:
            self._workers.serve(event)

    def begin_soon(self, want: Want, answer: Awaitable[bytes]) -> None:
        """From a thread: the answer has to be awaited."""
        self._loop.call_soon_threadsafe(self.begin, want, answer)

    def begin(self, want: Want, answer: Awaitable[bytes] | None = None) -> None:
        if self._ending:  # a task that began now would be none of those whose end is waited for
            if isinstance(answer, Coroutine):
                answer.close()
            return
        ticket, tasks = want.ticket, self._tasks
        tasks[ticket] = asyncio.create_task(self._serve(want, answer), name=f"libdrift {want.name}")
        tasks[ticket].add_done_callback(lambda _: tasks.pop(ticket, None))
        if not want.wanted:
            tasks[ticket].cancel()

    async def _serve(self, want: Want, answer: bytes | Awaitable[bytes] | None) -> None:
        session = self._session
        try:
            answer = session.work(want, True) if answer is None else answer
            session.answer(want, answer if isinstance(answer, bytes) else await answer)
        except ReadError as error:
            session.refuse(want, error)
        except BaseException as error:  # noqa: B036 - raised again, as itself, by whoever waits for the run
            if want.wanted or not isinstance(error, asyncio.CancelledError):  # else it was cancelled here
                session.stop(error)


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _wake(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def _passed_on(pump: weakref.ref[AsyncPump]) -> Callable[[Want, Awaitable[bytes]], None]:
    """For threads, which must not keep the run."""

    def later(want: Want, answer: Awaitable[bytes]) -> None:
        alive = pump()
        if alive is not None:
            alive.begin_soon(want, answer)

    return later


def run_alone(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """As asyncio.run(), but the thread keeps the event loop that it has, and nothing that hangs is waited for."""
    loop = asyncio.new_event_loop()
    try:
        main = loop.create_task(work())
        try:
            loop.run_until_complete(main)
        finally:  # where Ctrl-C came in between tasks
            _end_tasks(loop)
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


def _end_tasks(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=_END_WAIT))
