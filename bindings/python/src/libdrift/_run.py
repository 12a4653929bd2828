"""A run that is under way, for `for` and `async for`."""
from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

from ._cdata import CData
from ._providers import Want
from ._session import SLICE_MS, Ended, LogEntry, Progress, Session
from ._workers import Workers

if TYPE_CHECKING:
    from ._aio import AsyncPump

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
        self._closing = False
        self._over = False
        self._results: list[Result] = []  # none or one
        self._workers: Workers | None = None
        self._pump: AsyncPump | None = None
        self._pulled = False
        #: Whether a provider or state source is `async`: then only `async for` will do.
        self.needs_loop: bool = session.any_async()

    def cancel(self) -> None:
        """Stops the run soon. From any thread."""
        self._session.cancel()

    def close(self) -> None:
        """Stops the run and lets it go; it ends on its own. From any thread or task: who waits for an event gets a RuntimeError."""
        self._over = True
        self._session.close()
        self._results.clear()
        if self._workers is not None:
            self._workers.close()
        if self._pump is not None:
            self._pump.close()

    @property
    def result(self) -> Result:
        """What a run that is over came to, the same each time; raises what it failed with. RuntimeError before that."""
        if self._session.closed:
            raise RuntimeError("this run is closed")
        if not self._over:
            raise RuntimeError("this run is still under way")
        if self._session.failure is not None:
            raise self._session.failure
        if not self._results:
            self._results.append(self._outcome(self._session._handle))
        return self._results[0]

    def _ended(self) -> None:
        self._over = True
        if self._workers is not None:
            self._workers.close()

    def _done(self, signals: tuple[type[BaseException], ...]) -> Done[Result]:
        """The last event. What the host's code raised comes out as itself, but where it would mean something else to who iterates."""
        self._ended()
        if self._closing:  # somebody else ends it, and who pulls saw the end first
            raise RuntimeError("this run is closed")
        failure = self._session.failure
        if isinstance(failure, signals) and not self._session.closed:
            raise RuntimeError(f"a provider or state source raised {type(failure).__name__}") from failure
        return Done(self.result)

    # ---- for -----------------------------------------------------------------------------------------------------------------------

    def __iter__(self: _Run) -> _Run:
        self._no_loop()
        return self

    def _no_loop(self) -> None:
        if self.needs_loop:
            raise TypeError("a provider or state source of this run has async methods: use `async for`")

    def __next__(self) -> Progress | LogEntry | Done[Result]:
        if self._over:
            raise StopIteration
        event = self._next()
        return self._done((StopIteration,)) if isinstance(event, Ended) else event

    def _next(self) -> Progress | LogEntry | Ended:
        self._no_loop()
        if self._pulled:
            raise RuntimeError("another thread is waiting for the next event of this run")
        self._pulled = True
        try:
            while True:
                event = self._session.next(SLICE_MS)
                if isinstance(event, (Progress, LogEntry, Ended)):
                    return event
                if isinstance(event, Want):
                    self._serve(event)
        finally:
            self._pulled = False

    def _serve(self, want: Want) -> None:
        if self._workers is None:
            self._workers = Workers(self._session)
        self._workers.serve(want)

    def __enter__(self: _Run) -> _Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # ---- async for -----------------------------------------------------------------------------------------------------------------

    def __aiter__(self: _Run) -> _Run:
        return self

    async def __anext__(self) -> Progress | LogEntry | Done[Result]:
        from ._aio import SIGNALS

        if self._over:
            raise StopAsyncIteration
        event = await self._anext()
        return self._done(SIGNALS) if isinstance(event, Ended) else event

    async def _anext(self) -> Progress | LogEntry | Ended:
        pump = self._async_pump()
        pump.alone()
        try:
            return await pump.next()
        except BaseException:  # the task was cancelled: so is the run
            await self.aclose()
            raise

    async def aclose(self) -> None:
        """Stops the run and waits for its end, and for that of the host's tasks, for a second at most."""
        if self._session.closed:
            return
        self._closing = True
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
    """Pulls a run to its end, in this thread; in an event loop of its own when the host's code needs one."""
    with run:
        if run.needs_loop:
            _finish_in_loop(run)
        else:
            while not isinstance(run._next(), Ended):
                pass
        run._ended()
        return run.result


def _finish_in_loop(run: Run[Result]) -> None:
    import asyncio  # who does not use it does not load it

    from ._aio import run_alone

    async def pull() -> None:
        while not isinstance(await run._anext(), Ended):
            pass

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        run_alone(pull)
    else:
        raise RuntimeError("a provider or state source has async methods, and this thread runs an event loop: await libdrift.ascan(...)")


async def afinish(run: Run[Result]) -> Result:
    """Pulls a run to its end, in this task."""
    async with run:
        while not isinstance(await run._anext(), Ended):
            pass
        run._ended()
        return run.result
