"""A run for asyncio. Imported when a coroutine first asks for an event: who does not use asyncio does not load it."""
from __future__ import annotations

import asyncio
from typing import Final

from ._errors import ReadError
from ._session import Ended, Event, GivenUp, LogEntry, Progress, Session, Want

#: How long the end of a cancelled run is waited for. A read that hangs keeps its thread, not the caller.
_END_WAIT: Final = 1.0


class AsyncPump:
    """Pulls a run's events without keeping the loop. What the run wants is served in tasks, or in threads where a method is not async."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def next(self) -> Progress | LogEntry | Ended:
        while True:
            event = await self._event()
            if isinstance(event, (Progress, LogEntry, Ended)):
                return event
            self._pass_on(event)

    def cancel_tasks(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def end(self, over: bool) -> None:
        """Stops a run that is not `over`, and waits for its end, and for that of the host's code."""
        if not over:
            self._session.cancel()
        tasks = list(self._tasks.values())
        self.cancel_tasks()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not over:
            try:
                await asyncio.wait_for(self._ended(), _END_WAIT)
            except asyncio.TimeoutError:
                pass  # it ends on its own

    async def _ended(self) -> None:
        while not isinstance(await self._event(), Ended):
            pass

    async def _event(self) -> Event:
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

    def _pass_on(self, event: Want | GivenUp) -> None:
        tasks = self._tasks
        if isinstance(event, Want):
            ticket = event.ticket
            tasks[ticket] = asyncio.create_task(self._serve(event), name=f"libdrift {event.name}")
            tasks[ticket].add_done_callback(lambda _: tasks.pop(ticket, None))
        elif event.ticket in tasks:
            tasks[event.ticket].cancel()

    async def _serve(self, want: Want) -> None:
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
