"""The calls of coroutines, and providers with async methods."""
import asyncio
import json
import threading

import libdrift
from libdrift import ABSENT
from support import Provider, TestCase, main, queues, state

STATE = state(("acme_queue", "orders", {"days": 14}), ("acme_queue", "mail", {"days": 3}))


class AsyncProvider:
    name = "acme"
    types = ["acme_*"]

    def __init__(self, outcome):
        self.outcome = outcome

    async def read_one(self, resource):
        return await self.outcome(resource)


async def unchanged(resource):
    await asyncio.sleep(0)
    return resource.attributes


async def never(resource):
    await asyncio.Event().wait()


class Scans(TestCase):
    def test_scan_diff_and_accept(self):
        async def everything():
            with await libdrift.ascan(STATE, provider=AsyncProvider(unchanged)) as report:
                self.assertTrue(report.clean)
            with await libdrift.adiff(STATE, json.dumps(STATE).encode()) as report:
                self.assertTrue(report.clean)
            with self.assertRaises(libdrift.ConfigError):
                await libdrift.aaccept("*", STATE, actual=STATE)

        asyncio.run(everything())

    def test_reads_are_under_way_together(self):
        async def together():
            all_here, here = asyncio.Event(), []

            async def meet(resource):
                here.append(resource)
                if len(here) == 8:
                    all_here.set()
                await all_here.wait()
                return resource.attributes

            return await asyncio.wait_for(libdrift.ascan(queues(8), provider=AsyncProvider(meet)), 20)

        with asyncio.run(together()) as report:
            self.assertTrue(report.clean)

    def test_the_loop_goes_on_meanwhile(self):
        async def both():
            turned = asyncio.Event()

            async def wait(resource):
                await turned.wait()
                return resource.attributes

            scan = asyncio.create_task(libdrift.ascan(STATE, provider=AsyncProvider(wait)))
            await asyncio.sleep(0)
            turned.set()
            return await scan

        with asyncio.run(both()) as report:
            self.assertTrue(report.clean)

    def test_methods_that_are_not_async_do_not_keep_the_loop(self):
        threads = []
        provider = Provider(lambda r: threads.append(threading.current_thread()) or r.attributes)
        with asyncio.run(libdrift.ascan(STATE, provider=provider)) as report:
            self.assertTrue(report.clean)
        self.assertNotIn(threading.current_thread(), threads)

    def test_an_async_state_source_and_batches(self):
        class Bucket:
            name = "bucket"

            async def read(self):
                await asyncio.sleep(0)
                return STATE

        class Batch:
            name, types = "acme", "acme_*"

            async def read(self, resources):
                return [ABSENT if r.id == "mail" else r.attributes for r in resources]

            async def configure(self, config):
                self.config = config

            async def list(self, types):
                return [libdrift.Resource("acme_queue.stray", "acme_queue", attributes={})]

        provider = Batch()
        options = {"config": {"providers": {"acme": {"a": 1}}}, "find_unmanaged": True}
        for scan in (lambda: asyncio.run(libdrift.ascan(Bucket(), provider=provider, **options)),
                     lambda: libdrift.scan(Bucket(), provider=provider, **options)):
            with scan() as report:
                self.assertEqual([f.address for f in report], ["acme_queue.mail", "acme_queue.stray"])
            self.assertEqual(provider.config, {"a": 1})

    def test_a_call_that_waits_says_what_to_do_inside_a_loop(self):
        async def wrong():
            libdrift.scan(STATE, provider=AsyncProvider(unchanged))

        with self.assertRaisesRegex(RuntimeError, "await libdrift.ascan"):
            asyncio.run(wrong())

    def test_a_method_that_gives_an_awaitable_unannounced(self):
        with self.assertRaisesRegex(TypeError, "await libdrift.ascan"):
            libdrift.scan(STATE, provider=Provider(unchanged))
        with asyncio.run(libdrift.ascan(STATE, provider=Provider(unchanged))) as report:
            self.assertTrue(report.clean)


class Failures(TestCase):
    def test_what_a_provider_raises_comes_out_as_itself(self):
        failure = LookupError("mine")

        async def fails(resource):
            raise failure

        for scan in (lambda: asyncio.run(libdrift.ascan(STATE, provider=AsyncProvider(fails))),
                     lambda: libdrift.scan(STATE, provider=AsyncProvider(fails))):
            with self.assertRaises(LookupError) as caught:
                scan()
            self.assertIs(caught.exception, failure)

    def test_what_could_not_be_read_is_no_failure(self):
        async def refuses(resource):
            raise libdrift.ReadError("no", code="E_READ_AUTH")

        with asyncio.run(libdrift.ascan(STATE, provider=AsyncProvider(refuses))) as report:
            self.assertEqual([e.name for e in report.errors], ["E_READ_AUTH"] * 2)

    def test_a_cancelled_task_cancels_the_run_and_its_reads(self):
        async def cancelled():
            begun, both, ended = [], asyncio.Event(), []

            async def wait(resource):
                begun.append(resource)
                if len(begun) == 2:
                    both.set()
                try:
                    await asyncio.Event().wait()
                finally:
                    ended.append(resource.id)

            task = asyncio.create_task(libdrift.ascan(STATE, provider=AsyncProvider(wait)))
            await both.wait()
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            self.assertEqual(sorted(ended), ["mail", "orders"])
            self.assertEqual(asyncio.all_tasks(), {asyncio.current_task()})

        asyncio.run(cancelled())

    def test_wait_for_and_timeout(self):
        async def late():
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(libdrift.ascan(STATE, provider=AsyncProvider(never)), 0.05)
            with self.assertRaises(libdrift.DeadlineExceeded):
                await libdrift.ascan(STATE, provider=AsyncProvider(never), timeout=0.05)

        asyncio.run(late())

    def test_a_read_that_is_given_up_is_cancelled(self):
        async def given_up():
            ended = []

            async def wait(resource):
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    ended.append(resource.id)
                    raise

            one = state(("acme_queue", "orders", {}))
            with await libdrift.ascan(one, provider=AsyncProvider(wait), read_timeout=0.05, attempts=1) as report:
                self.assertEqual([e.name for e in report.errors], ["E_READ_TIMEOUT"])
            self.assertGreaterEqual(ended.count("orders"), 1)

        asyncio.run(given_up())


class Runs(TestCase):
    def test_events(self):
        async def events():
            seen = []
            with libdrift.Engine(provider=AsyncProvider(unchanged)) as engine:
                async with engine.run(STATE) as run:
                    async for event in run:
                        seen.append(event)
            return seen

        seen = asyncio.run(events())
        self.assertIn(libdrift.Progress(2, 2), seen)
        self.assertIsInstance(seen[-1], libdrift.Done)
        self.assertTrue(seen[-1].result.clean)
        seen[-1].result.close()

    def test_a_run_that_is_left_early(self):
        async def leave():
            with libdrift.Engine(provider=AsyncProvider(never)) as engine:
                async with engine.run(STATE) as run:
                    async for event in run:
                        if isinstance(event, libdrift.LogEntry) and event.code == "reads_begin":
                            break
            self.assertEqual(asyncio.all_tasks(), {asyncio.current_task()})

        asyncio.run(leave())

    def test_many_scans_at_once(self):
        async def many():
            with libdrift.Engine(provider=AsyncProvider(unchanged)) as engine:
                reports = await asyncio.gather(*(engine.ascan(STATE) for _ in range(20)))
            for report in reports:
                with report:
                    self.assertTrue(report.clean)

        asyncio.run(many())


if __name__ == "__main__":
    main()
