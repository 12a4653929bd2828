"""A run that is under way, for `for` and `async for`."""
from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

from ._session import SLICE_MS, Ended, LogEntry, Progress, Session, Want, Workers

if TYPE_CHECKING:
    from ._aio import AsyncPump
    from ._native import CData

Result = TypeVar("Result", covariant=True)
_Run = TypeVar("_Run", bound="Run[object]")


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
        self._pump: AsyncPump | None = None

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
        if self._pump is not None:
            self._pump.cancel_tasks()
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
        if self._over:
            raise StopAsyncIteration
        try:
            event = await self._async_pump().next()
        except BaseException:  # the task was cancelled: so is the run
            await self.aclose()
            raise
        return self._last() if isinstance(event, Ended) else event

    async def aclose(self) -> None:
        """Stops the run and waits for its end, for a second at most."""
        if self._session.closed:
            return
        try:
            await self._async_pump().end(self._over)
        finally:
            self.close()

    def _async_pump(self) -> AsyncPump:
        from ._aio import AsyncPump

        if self._pump is None:
            self._pump = AsyncPump(self._session)
        return self._pump

    async def __aenter__(self: _Run) -> _Run:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.aclose()


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
