"""A run that is under way, for `for` and `async for`."""
from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from ._errors import ReadError
from ._session import SLICE_MS, Ended, Event, GivenUp, LogEntry, Progress, Session, Want, Workers

if TYPE_CHECKING:
    from ._native import CData

Result = TypeVar("Result", covariant=True)
_Run = TypeVar("_Run", bound="Run[object]")

#: How long the end of a cancelled run is waited for. A read that hangs keeps its thread, not the caller.
_END_WAIT: Final = 1.0


class Done(Generic[Result]):
    """The last event of a run that was not stopped: `result` is what it came to."""

    __slots__ = ("result",)
    __match_args__ = ("result",)

    def __init__(self, result: Result) -> None:
        self.result = result

    def __repr__(self) -> str:
        return f"Done({self.result!r})"


class Run(Generic[Result]):
    """Events of a scan or accept: Progress, LogEntry, and Done at the end. A failure is raised where Done would have come.

    Iterate over it with `for` or, in a coroutine, with `async for`; providers and state sources are called meanwhile, and only then. Use it
    in a `with` or `async with`, which stops a run that is left early.
    """

    def __init__(self, session: Session, outcome: Callable[[CData], Result]) -> None:
        self._session = session
        self._outcome = outcome
        self._over = False
        self._workers: Workers | None = None
        self._tasks: dict[int, asyncio.Task[None]] = {}

    @property
    def needs_loop(self) -> bool:
        """Whether a provider or state source is `async`: then only `async for` will do."""
        return self._session.any_async()

    def cancel(self) -> None:
        """Stops the run soon. From any thread."""
        self._session.cancel()

    def close(self) -> None:
        """Stops the run and lets it go; it ends on its own."""
        self._over = True
        if self._workers is not None:
            self._workers.close()
        for task in self._tasks.values():
            task.cancel()
        self._session.close()

    @property
    def result(self) -> Result:
        """What a run that is over came to; raises what it failed with. RuntimeError before that."""
        if not self._over or self._session.closed:
            raise RuntimeError("this run is closed" if self._session.closed else "this run is still under way")
        if self._session.failure is not None:
            raise self._session.failure
        return self._outcome(self._session._handle)

    def _last(self) -> Done[Result]:
        self._over = True
        return Done(self.result)

    # ---- for -----------------------------------------------------------------------------------------------------------------------

    def __iter__(self: _Run) -> _Run:
        return self

    def __next__(self) -> Progress | LogEntry | Done[Result]:
        while not self._over:
            event = self._session.next(SLICE_MS)
            if isinstance(event, (Progress, LogEntry)):
                return event
            if isinstance(event, Ended):
                return self._last()
            if isinstance(event, Want):
                self._serve(event)
        raise StopIteration

    def _serve(self, want: Want) -> None:
        if self._session.in_threads(want):
            if self._workers is None:
                self._workers = Workers(self._session)
            if self._workers.put(want):
                return
        self._session.serve(want)

    def __enter__(self: _Run) -> _Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---- async for -----------------------------------------------------------------------------------------------------------------

    def __aiter__(self: _Run) -> _Run:
        return self

    async def __anext__(self) -> Progress | LogEntry | Done[Result]:
        while not self._over:
            try:
                event = await self._event()
            except BaseException:  # the task was cancelled: so is the run
                await self.aclose()
                raise
            if isinstance(event, (Progress, LogEntry)):
                return event
            if isinstance(event, Ended):
                return self._last()
            self._pass_on(event)
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """Stops the run and waits for its end, for a second at most."""
        if self._session.closed:
            return
        try:
            if not self._over:
                self.cancel()
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if not self._over:
                await asyncio.wait_for(self._end(), _END_WAIT)
        except asyncio.TimeoutError:
            pass  # it ends on its own
        finally:
            self.close()

    async def __aenter__(self: _Run) -> _Run:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()

    async def _end(self) -> None:
        while not isinstance(await self._event(), Ended):
            pass

    async def _event(self) -> Event:
        """The next event, without keeping the loop."""
        while (event := self._session.next(0)) is None:
            await self._readable()
        return event

    async def _readable(self) -> None:
        loop = asyncio.get_running_loop()
        readable: asyncio.Future[None] = loop.create_future()
        descriptor = self._session.wait_fd()

        def wake() -> None:
            if not readable.done():
                readable.set_result(None)

        loop.add_reader(descriptor, wake)
        try:
            await readable
        finally:
            loop.remove_reader(descriptor)

    def _pass_on(self, event: Event) -> None:
        if isinstance(event, Want):
            task = asyncio.create_task(self._aserve(event), name=f"libdrift {event.name}")
            self._tasks[event.ticket] = task
            task.add_done_callback(lambda _, ticket=event.ticket: self._tasks.pop(ticket, None))  # type: ignore[misc]
        elif isinstance(event, GivenUp) and event.ticket in self._tasks:
            self._tasks[event.ticket].cancel()

    async def _aserve(self, want: Want) -> None:
        session = self._session
        try:
            answer = session.work(want) if session.is_async(want) else await asyncio.to_thread(session.work, want)
            session.answer(want, answer if isinstance(answer, bytes) else await answer)
        except ReadError as error:
            self._refuse(want, error)
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: B036 - raised again, as itself, by whoever waits for the run
            session.stop(error)

    def _refuse(self, want: Want, error: ReadError) -> None:
        try:
            self._session.refuse(want, error)
        except ReadError as failure:
            self._session.stop(failure)


def finish(run: Run[Result]) -> Result:
    """Pulls a run to its end, in this thread."""
    with run:
        for event in run:
            if isinstance(event, Done):
                return event.result
    raise AssertionError("a run ended without a result")


async def afinish(run: Run[Result]) -> Result:
    """Pulls a run to its end, in this task."""
    async with run:
        async for event in run:
            if isinstance(event, Done):
                return event.result
    raise AssertionError("a run ended without a result")
