"""When and where the host's code is called, and how what it raises comes back."""
import asyncio
import contextvars
import itertools
import json
import threading
import time

import libdrift
from libdrift import ABSENT, ReadError
from support import Provider, TestCase, main, queues, state

STATE = state(("acme_queue", "orders", {"days": 14}), ("acme_queue", "mail", {"days": 3}))
SHARED = contextvars.ContextVar("shared", default="unset")


class AsyncProvider(Provider):
    async def read_one(self, resource):
        return await self.outcome(resource)


def several(outcome, count, kind=Provider, **members):
    provider = kind(outcome)
    provider.max_concurrency = count
    provider.__dict__.update(members)
    return provider


async def alone(coroutine):
    """What hangs fails the test instead."""
    return await asyncio.wait_for(coroutine, 20)


def join_readers():
    """What was given up still ends."""
    for thread in threading.enumerate():
        if thread.name == "libdrift acme":
            thread.join(20)


class Stuck:
    """An outcome that keeps its reader until the test is over."""

    def __init__(self, test, answer=lambda resource: resource.attributes):
        self.release, self.begun, self.answer = threading.Event(), threading.Semaphore(0), answer
        self.calls = itertools.count()
        test.addCleanup(self.release.set)

    def __call__(self, resource):
        next(self.calls)
        self.begun.release()
        self.release.wait(60)
        return self.answer(resource)

    def count(self):
        return next(self.calls)


class Raised(TestCase):
    """Whatever is raised ends the scan and comes out as itself, also what means something to iterators and tasks."""

    def calls(self, failure):
        def fails(resource):
            raise failure

        async def afails(resource):
            raise failure

        class Source:
            def read(self):
                raise failure

        one, four = Provider(fails), several(fails, 4)
        yield "sync", lambda: libdrift.scan(STATE, provider=one)
        yield "threads", lambda: libdrift.scan(STATE, provider=four)
        yield "source", lambda: libdrift.scan(Source(), actual=STATE)
        yield "diff", lambda: libdrift.diff(Source(), STATE)
        yield "sync in a coroutine", lambda: asyncio.run(libdrift.ascan(STATE, provider=one))
        yield "source in a coroutine", lambda: asyncio.run(libdrift.ascan(Source(), actual=STATE))
        if not isinstance(failure, StopIteration):  # Python itself makes a RuntimeError of that where it leaves a coroutine
            yield "async", lambda: libdrift.scan(STATE, provider=AsyncProvider(afails))
            yield "async in a coroutine", lambda: asyncio.run(libdrift.ascan(STATE, provider=AsyncProvider(afails)))

    def test_as_itself(self):
        for kind in (LookupError, StopIteration, StopAsyncIteration, asyncio.CancelledError, KeyboardInterrupt, SystemExit, GeneratorExit):
            failure = kind("mine")
            for name, call in self.calls(failure):
                with self.subTest(f"{kind.__name__}, {name}"):
                    try:
                        call()
                    except BaseException as error:
                        if kind in (StopIteration, asyncio.CancelledError) and "coroutine" in name:  # a task makes new ones of these
                            error = error.__cause__ if kind is StopIteration else error
                            self.assertIsInstance(error, kind)
                        else:
                            self.assertIs(error, failure)
                    else:
                        self.fail("nothing was raised")

    def test_a_coroutine_that_cancels_something_of_its_own(self):
        async def own(resource):
            task = asyncio.create_task(asyncio.sleep(60))
            task.cancel()
            await task

        with self.assertRaises(asyncio.CancelledError):
            libdrift.scan(STATE, provider=AsyncProvider(own), timeout=20)

    def test_in_a_run_that_is_pulled_by_hand(self):
        def stops(resource):
            raise StopIteration

        async def astops(resource):
            raise StopAsyncIteration

        async def pull(engine):
            async with engine.run(STATE) as run:
                async for _ in run:
                    pass

        with libdrift.Engine(provider=Provider(stops)) as engine, engine.run(STATE) as run:
            with self.assertRaisesRegex(RuntimeError, "raised StopIteration"):
                list(run)
            self.assertEqual(list(run), [])  # it is over
            with self.assertRaises(StopIteration):
                run.result
        with libdrift.Engine(provider=AsyncProvider(astops)) as engine:
            with self.assertRaisesRegex(RuntimeError, "raised StopAsyncIteration"):
                asyncio.run(alone(pull(engine)))

    def test_a_refusal_that_cannot_be_told_ends_the_scan(self):
        refusal = ReadError("x")
        refusal.message = 3  # broken afterwards

        def refuses(types):
            raise refusal

        async def arefuses(types):
            raise refusal

        for listing, scan in ((refuses, libdrift.scan), (refuses, lambda *a, **o: asyncio.run(alone(libdrift.ascan(*a, **o)))),
                              (arefuses, libdrift.scan)):
            provider = Provider(lambda r: r.attributes)
            provider.list = listing
            with self.assertRaises((TypeError, AttributeError, libdrift.DriftError)):
                scan(STATE, provider=provider, find_unmanaged=True)

    def test_a_generator_that_raises(self):
        class Generates:
            name, types = "acme", "acme_*"

            def read(self, resources):
                yield resources[0].attributes
                raise ReadError("no more", next_step="wait")

        with libdrift.scan(STATE, provider=Generates()) as report:
            self.assertEqual([(e.name, e.message, e.next_step) for e in report.errors], [("E_READ_FAILED", "no more", "wait")] * 2)


class Called(TestCase):
    def test_each_provider_in_a_thread_of_its_own(self):
        threads = set()
        provider = Provider(lambda r: threads.add(threading.current_thread()) or r.attributes)
        provider.list = lambda types: threads.add(threading.current_thread()) or []
        for scan in (libdrift.scan, lambda *a, **o: asyncio.run(libdrift.ascan(*a, **o))):
            threads.clear()
            with scan(queues(10), provider=provider, find_unmanaged=True) as report:
                self.assertTrue(report.clean)
            self.assertEqual(len(threads), 1)
            self.assertNotIn(threading.current_thread(), threads)

    def test_so_many_at_once_as_it_says(self):
        together = threading.Barrier(4, timeout=20)  # passes only when four are there at once
        provider = several(lambda r: together.wait() is not None and r.attributes, 4)
        for scan in (libdrift.scan, lambda *a, **o: asyncio.run(libdrift.ascan(*a, **o))):
            with scan(queues(8), provider=provider) as report:
                self.assertTrue(report.clean)

    def test_never_more_at_once_than_it_says(self):
        here, most = [], []

        def read(resource):
            here.append(resource)
            most.append(len(here))
            time.sleep(0.02)  # longer than one read may take: what was given up is still here
            here.remove(resource)
            return resource.attributes

        async def configure(config):
            pass

        cases = (("plain", {}, {}), ("beside an async method", {"configure": configure}, {}),
                 ("given up", {}, {"read_timeout": 0.001, "attempts": 1}))
        for name, members, options in cases:
            for scan in (libdrift.scan, lambda *a, **o: asyncio.run(libdrift.ascan(*a, **o))):
                most.clear()
                provider = Provider(read)
                provider.__dict__.update(members)
                with self.subTest(name):
                    scan(queues(6), provider=provider, **options).close()
                    join_readers()  # another scan has threads of its own
                    self.assertEqual(set(most), {1})

    def test_nothing_is_called_after_the_scan(self):
        for members in ({}, {"max_batch": 12}):
            stuck = Stuck(self)
            provider = several(stuck, 2, **members)
            with libdrift.scan(queues(12), provider=provider, read_timeout=0.05, attempts=1) as report:
                self.assertEqual({e.name for e in report.errors}, {"E_READ_TIMEOUT"})
            calls = stuck.count()
            stuck.release.set()
            join_readers()
            self.assertEqual(stuck.count(), calls + 1)  # count() counts as well

    def test_one_that_hangs_keeps_no_other_waiting(self):
        class Other(Provider):
            name, types = "other", ["other_*"]

        stuck, answered = Stuck(self), threading.Event()
        documents = state(*(("acme_queue", f"a{i}", {}) for i in range(4)), *(("other_thing", f"b{i}", {}) for i in range(4)))
        providers = [several(stuck, 2), several(lambda r: answered.set() or r.attributes, 2, Other)]
        with libdrift.scan(documents, provider=providers, read_timeout=0.5, attempts=1) as report:
            self.assertEqual({e.type for e in report.errors}, {"acme_queue"})
        self.assertTrue(answered.is_set())

    def test_time_runs_out_whatever_a_provider_does(self):
        class Source:
            def read(self):
                return stuck(None)

        stuck = Stuck(self, lambda _: STATE)
        for call in (lambda: libdrift.scan(STATE, provider=Provider(stuck), timeout=0.2),
                     lambda: libdrift.scan(Source(), actual=STATE, timeout=0.2),
                     lambda: libdrift.diff(Source(), STATE, timeout=0.2),
                     lambda: asyncio.run(libdrift.ascan(STATE, provider=Provider(stuck), timeout=0.2))):
            with self.assertRaises(TimeoutError):
                call()
            self.assertFalse(stuck.release.is_set())

    def test_context_variables(self):
        seen = set()
        SHARED.set("mine")
        with libdrift.scan(queues(4), provider=several(lambda r: seen.add(SHARED.get()) or r.attributes, 2)) as report:
            self.assertTrue(report.clean)
        self.assertEqual(seen, {"mine"})

    def test_the_loop_of_the_thread_is_left_alone(self):
        async def read(resource):
            return resource.attributes

        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            libdrift.scan(STATE, provider=AsyncProvider(read)).close()
            self.assertIs(asyncio.get_event_loop(), loop)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


class Pulled(TestCase):
    def test_an_exception_ends_a_run_that_is_pulled_by_hand(self):
        def fails(resource):
            raise LookupError("mine")

        with libdrift.Engine(provider=Provider(fails)) as engine, engine.run(STATE) as run:
            for _ in range(2):
                with self.assertRaises(LookupError):
                    list(run) or run.result
            with self.assertRaises(LookupError):
                run.result

    def test_the_result_is_the_same_each_time(self):
        with libdrift.Engine() as engine, engine.run(STATE, actual=STATE) as run:
            done = list(run)[-1]
            self.assertIs(run.result, done.result)
            done.result.close()

    def test_for_over_async_methods(self):
        class Source:
            async def read(self):
                return STATE

        with libdrift.Engine() as engine, engine.run(Source(), actual=STATE) as run:
            for pull in (list, next):
                with self.assertRaisesRegex(TypeError, "async for"):
                    pull(run)

    def test_one_that_is_closed_by_another_thread(self):
        stuck = Stuck(self)
        with libdrift.Engine(provider=Provider(stuck)) as engine, engine.run(STATE) as run:
            closer = threading.Thread(target=lambda: (stuck.begun.acquire(timeout=20), run.close()))
            closer.start()
            with self.assertRaisesRegex(RuntimeError, "closed"):
                list(run)
            closer.join()


class Tasks(TestCase):
    def under_way(self, work):
        """work(run, task that pulls it), with a read under way that never ends."""
        async def everything():
            begun, before = asyncio.Event(), asyncio.all_tasks()

            async def never(resource):
                begun.set()
                await asyncio.Event().wait()

            async def pull():
                async for _ in run:
                    pass

            with libdrift.Engine(provider=AsyncProvider(never)) as engine:
                async with engine.run(STATE) as run:
                    puller = asyncio.create_task(pull())
                    await begun.wait()
                    await work(run, puller)
            self.assertEqual(asyncio.all_tasks(), before)

        asyncio.run(alone(everything()))

    def test_one_that_another_task_ends(self):
        async def close(run):
            run.close()

        async def in_a_thread(run):
            await asyncio.to_thread(run.close)

        for end in (close, in_a_thread, libdrift.Run.aclose):
            async def work(run, puller):
                await end(run)
                with self.assertRaisesRegex(RuntimeError, "closed"):
                    await puller

            self.under_way(work)

    def test_one_that_was_to_see_an_event_as_another_task_ends_it(self):
        async def work(run, puller):
            run._pump._waiting.set_result(None)  # as an event that comes in the same round of the loop
            run.close()
            with self.assertRaisesRegex(RuntimeError, "closed"):
                await puller

        self.under_way(work)

    def test_one_that_sees_the_end_before_the_task_that_ends_it(self):
        async def everything():
            begun, pulling = asyncio.Event(), []

            async def never(resource):
                begun.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    await asyncio.wait(pulling)  # aclose() waits for this read, and this read for who pulls

            async def pull():
                async for _ in run:
                    pass

            with libdrift.Engine(provider=AsyncProvider(never)) as engine:
                async with engine.run(STATE) as run:
                    pulling.append(asyncio.create_task(pull()))
                    await begun.wait()
                    await run.aclose()
                    with self.assertRaisesRegex(RuntimeError, "closed"):
                        await pulling[0]

        asyncio.run(alone(everything()))

    def test_two_that_pull(self):
        async def work(run, puller):
            with self.assertRaisesRegex(RuntimeError, "another task"):
                await run.__anext__()
            self.assertFalse(puller.done())  # whose run goes on
            puller.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await puller

        self.under_way(work)

    def test_the_end_is_waited_for_a_second_at_most(self):
        async def leave():
            begun, left, before = asyncio.Event(), asyncio.Event(), asyncio.all_tasks()

            async def stubborn(resource):
                begun.set()
                while not left.is_set():
                    try:
                        await left.wait()
                    except asyncio.CancelledError:
                        pass

            with libdrift.Engine(provider=AsyncProvider(stubborn)) as engine:
                run = engine.run(STATE)
                async for event in run:
                    if begun.is_set() or isinstance(event, libdrift.LogEntry) and event.code == "reads_begin":
                        break
                puller = asyncio.create_task(run.__anext__())
                await begun.wait()
                puller.cancel()
                await asyncio.wait([puller])  # without a limit of its own: that nobody waits for the read is what is tested
            left.set()
            await asyncio.wait(asyncio.all_tasks() - before)

        asyncio.run(alone(leave()))

    def test_the_default_executor_is_left_alone(self):
        async def beside():
            stuck = Stuck(self)
            scan = asyncio.create_task(libdrift.ascan(queues(40), provider=several(stuck, 40), config={"parallel": 40}))
            for _ in range(40):
                await asyncio.to_thread(stuck.begun.acquire, timeout=20)
            stuck.release.set()
            return await scan

        with asyncio.run(alone(beside())) as report:
            self.assertTrue(report.clean)

    def test_mixed_methods(self):
        class Both(Provider):
            async def list(self, types):
                return [libdrift.Resource("acme_queue.stray", "acme_queue")]

        class Bucket:
            async def read(self):
                return json.dumps(STATE)

        for scan in (libdrift.scan, lambda *a, **o: asyncio.run(alone(libdrift.ascan(*a, **o)))):
            with scan(Bucket(), provider=Both(lambda r: ABSENT if r.id == "mail" else r.attributes), find_unmanaged=True) as report:
                self.assertEqual([f.address for f in report], ["acme_queue.mail", "acme_queue.stray"])


if __name__ == "__main__":
    main()
