"""Signals, and programs that end while a run is under way."""
import signal
import subprocess
import time

from support import TestCase, main, python

# Says "reading" when a read is under way that never ends.
STUCK = r"""
    import asyncio, os, sys, threading, time
    sys.path.insert(0, sys.argv[1])
    import libdrift
    from support import Provider, state

    STATE = state(("acme_queue", "a", {}), ("acme_queue", "b", {}))

    reading = threading.Event()

    def say():
        if not reading.is_set():
            os.write(1, b"reading\n")  # in one piece, from several threads
        reading.set()

    def forever(resource):
        say()
        threading.Event().wait()

    async def aforever(resource):
        say()
        await asyncio.Event().wait()

    class One(Provider):
        pass

    class Threads(Provider):
        max_concurrency = 2

    class Async(Provider):
        async def read_one(self, resource):
            return await self.outcome(resource)

    class Source:
        def read(self):
            forever(None)

    class AsyncSource:
        async def read(self):
            await aforever(None)

    class Other(Async):
        name, types = "other", ["other_*"]

    MIXED = {"provider": [One(forever), Other(aforever)]}

    def pull(run):
        for event in run:
            pass

"""
FOLDER = __file__.rpartition("/")[0] or "."

CALLS = {
    "a provider": "libdrift.scan(STATE, provider=One(forever))",
    "a provider in several threads": "libdrift.scan(STATE, provider=Threads(forever))",
    "an async provider": "libdrift.scan(STATE, provider=Async(aforever))",
    "a provider beside an async one": "libdrift.scan(STATE, **MIXED)",
    "a source": "libdrift.scan(Source(), actual=STATE)",
    "an async source": "libdrift.scan(AsyncSource(), actual=STATE)",
    "a source of a comparison": "libdrift.diff(STATE, Source())",
    "a provider, in a coroutine": "asyncio.run(libdrift.ascan(STATE, provider=One(forever)))",
    "an async provider, in a coroutine": "asyncio.run(libdrift.ascan(STATE, provider=Async(aforever)))",
    "a provider beside an async one, in a coroutine": "asyncio.run(libdrift.ascan(STATE, **MIXED))",
    "a source, in a coroutine": "asyncio.run(libdrift.ascan(Source(), actual=STATE))",
    "an async source, in a coroutine": "asyncio.run(libdrift.ascan(AsyncSource(), actual=STATE))",
    "a source of a comparison, in a coroutine": "asyncio.run(libdrift.adiff(STATE, Source()))",
}

ENDS = {
    "a run that nobody pulls": """
        run = libdrift.Engine(provider=Threads(forever)).run(STATE)
        say()
    """,
    "a run in a daemon thread": """
        threading.Thread(target=libdrift.scan, args=(STATE,), kwargs={"provider": One(forever)}, daemon=True).start()
        reading.wait()
    """,
    "reads in threads": """
        run = libdrift.Engine(provider=Threads(forever)).run(STATE)
        threading.Thread(target=pull, args=(run,), daemon=True).start()
        reading.wait()
    """,
    "reads that are answered meanwhile": """
        many = state(*(("acme_queue", f"q{i}", {}) for i in range(20000)))
        run = libdrift.Engine(provider=Threads(lambda resource: say() or resource.attributes)).run(many)
        threading.Thread(target=pull, args=(run,), daemon=True).start()
        reading.wait()
    """,
    "an exception": """
        run = libdrift.Engine(provider=Threads(forever)).run(STATE)
        threading.Thread(target=pull, args=(run,), daemon=True).start()
        reading.wait()
        raise SystemExit(0)
    """,
    "a coroutine that is not awaited to its end": """
        async def leave():
            begun = asyncio.Event()

            async def never(resource):
                begun.set()
                await aforever(resource)

            task = asyncio.create_task(libdrift.ascan(STATE, provider=Async(never)))
            await begun.wait()
        asyncio.run(leave(), debug=False)  # else it says how slow a busy machine is
    """,
    "a thread that a coroutine does not wait for": """
        async def leave():
            task = asyncio.create_task(libdrift.ascan(STATE, provider=One(forever)))
            while not reading.is_set():
                await asyncio.sleep(0)
        asyncio.run(leave(), debug=False)
    """,
    "a thread that a coroutine ran out of time with": """
        try:
            asyncio.run(libdrift.ascan(STATE, provider=One(forever), timeout=0.5), debug=False)
        except TimeoutError:
            reading.wait()
    """,
}


def indented(source):
    return STUCK + "".join("    " + line.removeprefix("        ") + "\n" for line in source.splitlines())


class Interrupts(TestCase):
    def interrupted(self, source):
        """Seconds until the call was left."""
        with python(source, FOLDER) as process:
            self.assertEqual(process.stdout.readline(), "reading\n")
            sent = time.monotonic()
            process.send_signal(signal.SIGINT)
            try:
                out, said = process.communicate(timeout=60)  # the end of the interpreter included, on a busy machine
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        self.assertTrue(said.rstrip().endswith("KeyboardInterrupt"), said)
        self.assertEqual(process.returncode, -signal.SIGINT)
        return float(out.split()[-1]) - sent  # behind what other providers said

    def test_ctrl_c_within_200_ms(self):
        for name, call in CALLS.items():
            source = indented(f"""
        try:
            {call}
        except KeyboardInterrupt:
            print(time.monotonic(), flush=True)
            raise
        """)
            with self.subTest(name):
                took = []
                while not took or min(took) >= 0.2 and len(took) < 8:  # the best of some, because the machine may be busy
                    took.append(self.interrupted(source))
                self.assertLess(min(took), 0.2)


class Ends(TestCase):
    def test_the_interpreter_ends_with_a_run_under_way(self):
        processes = [(name, python(indented(source), FOLDER)) for name, source in ENDS.items() for _ in range(2)]
        for name, process in processes:
            with self.subTest(name), process:
                out, said = process.communicate(timeout=60)
                self.assertEqual((process.returncode, said), (0, ""))
                self.assertIn("reading", out)


class Forks(TestCase):
    def test_a_child_begins_threads_though_another_thread_was_about_to(self):
        source = indented("""
        from libdrift import _workers
        with _workers._starting:
            child = os.fork()
            if child == 0:
                libdrift.scan(STATE, provider=One(lambda resource: say() or resource.attributes)).close()
                os._exit(0)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        """)
        with python(source, FOLDER) as process:
            try:
                out, said = process.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        self.assertEqual((process.returncode, out, said), (0, "reading\n", ""))


if __name__ == "__main__":
    main()
