"""Providers as plain classes: what they are told, what they give, and what they may be."""
import datetime
import logging
import tempfile
import threading
import time

import libdrift
from libdrift import ABSENT, DriftClass, Found, ReadError, Resource, Verdict
from support import CANARY, Provider, TestCase, main, queues, state

STATE = state(("acme_queue", "orders", {"days": 14, "password": CANARY}, ["password"]), ("acme_queue", "mail", {"days": 3}))


class Batch:
    name = "acme"
    types = "acme_*"

    def __init__(self, outcomes):
        self.outcomes = outcomes

    def read(self, resources):
        return self.outcomes(resources)


class Outcomes(TestCase):
    def scan(self, outcome, **options):
        return libdrift.scan(STATE, provider=Provider(outcome), **options)

    def test_found_in_each_way(self):
        for found in (lambda r: {**r.attributes, "days": 3}, lambda r: Found({**r.attributes, "days": 3}),
                      lambda r: Found({**r.attributes, "days": 3}, id=r.id, type=r.type)):
            with self.scan(found) as report:
                self.assertEqual([(f.address, f.changes[0].recorded, f.changes[0].actual) for f in report], [("acme_queue.orders", 14, 3)])

    def test_what_a_provider_is_told(self):
        asked = []
        with self.scan(lambda r: asked.append(r) or r.attributes) as report:
            self.assertTrue(report.clean)
        orders = next(r for r in asked if r.id == "orders")
        self.assertEqual((orders.address, orders.type), ("acme_queue.orders", "acme_queue"))
        self.assertEqual(orders.attributes, {"id": "orders", "days": 14, "password": "(sensitive)"})
        self.assertIn("acme/acme", orders.provider)
        self.assertNotIn("14", repr(orders))

    def test_absent_is_deleted(self):
        with self.scan(lambda r: ABSENT if r.id == "mail" else r.attributes) as report:
            self.assertEqual([(f.address, f.verdict) for f in report], [("acme_queue.mail", Verdict.DELETED)])

    def test_what_could_not_be_read_is_never_a_deletion(self):
        def refuse(resource):
            raise ReadError("the token has expired", code="E_READ_AUTH", next_step="log in again")

        def give(resource):
            return ReadError("the token has expired", code=-402, next_step="log in again")

        def batch(resources):
            raise ReadError("the token has expired", code="E_READ_AUTH", next_step="log in again")

        for provider in (Provider(refuse), Provider(give), Batch(batch)):
            with libdrift.scan(STATE, provider=provider) as report:
                self.assertEqual((len(report), report.complete, report.clean), (0, False, False))
                self.assertEqual([(e.address, e.name, e.verdict, e.message, e.next_step) for e in report.errors],
                                 [(f"acme_queue.{name}", "E_READ_AUTH", Verdict.UNREADABLE, "the token has expired", "log in again")
                                  for name in ("mail", "orders")])

    def test_a_read_that_may_succeed_later_is_tried_again(self):
        for error in (ReadError("slow down", code="E_READ_THROTTLED"), ReadError("hiccup", retryable=True)):
            tries = []

            def throttled(resource):
                tries.append(resource)
                return resource.attributes if len(tries) > 2 else error

            with self.scan(throttled) as report:
                self.assertTrue(report.clean)
                self.assertGreater(len(tries), 2)

    def test_anything_else_is_a_type_error_and_never_a_deletion(self):
        for outcome in (None, 3, "absent", [], Resource("a", "b")):
            with self.assertRaisesRegex(TypeError, f"'acme' gave {type(outcome).__name__} for 'acme_queue"):
                self.scan(lambda r: outcome)
        for outcomes in (lambda r: None, lambda r: [], lambda r: [r[0].attributes] * (len(r) + 1)):
            with self.assertRaisesRegex(TypeError, "one outcome for each of 2 resources"):
                libdrift.scan(STATE, provider=Batch(outcomes))
        with self.assertRaisesRegex(TypeError, "'acme' gave attributes that are not JSON: .*datetime"):
            self.scan(lambda r: {"at": datetime.datetime.now()})

    def test_what_a_provider_raises_comes_out_as_itself(self):
        failure = LookupError("mine")

        def fails(resource):
            raise failure

        for concurrency in (1, 4):
            provider = Provider(fails)
            provider.max_concurrency = concurrency
            with self.assertRaises(LookupError) as caught:
                libdrift.scan(STATE, provider=provider)
            self.assertIs(caught.exception, failure)

    def test_secrets_that_a_provider_reads(self):
        with self.scan(lambda r: Found({**r.attributes, "token": CANARY + "!"}, sensitive=["token"])) as report:
            told = [report.to_json(), report.to_text(), report._repr_html_(), repr([f.changes for f in report])]
            self.assertEqual([[c.actual for c in f.changes] for f in report], [["(sensitive)"]] * 2)
        with self.scan(lambda r: {**r.attributes, "password": CANARY + "!"} if r.id == "orders" else r.attributes) as report:
            told += [report.to_json(), report.to_text()]
            self.assertEqual([(c.path, c.actual, c.sensitive) for c in report[0].changes], [("password", "(sensitive)", True)])
        for text in told:
            self.assertNotIn(CANARY, text)


class Secrets(TestCase):
    """What a provider calls sensitive is shown nowhere, however it is written."""

    ATTRIBUTES = {"id": "orders", "password": CANARY, "tags": [{"a.b": CANARY, "plain": 1}], "/odd": CANARY, "~x": {"y/z": CANARY}}

    def told(self, report):
        return "".join([report.to_json(), report.to_text(suppressed=True), report._repr_html_(), repr(list(report)),
                        *(report.explain(finding.address) for finding in report),
                        *(str((c.recorded, c.actual)) for finding in report for c in finding.changes)])

    def test_each_way_to_name_them(self):
        for sensitive in (
            ["password", 'tags[0]["a.b"]', "/odd", '["~x"]["y/z"]'], ("password", "tags", "/odd", '["~x"]'),
            ["/password", "/tags/0/a.b", "/~1odd", "/~0x/y~1z"], {"password": True, "tags[*].*": 1, '["/odd"]': 1, '["~x"].**': 1}, "**",
        ):
            class Both(Provider):
                def list(self, types):
                    return [Resource("acme_queue.stray", "acme_queue", attributes=Secrets.ATTRIBUTES, sensitive=sensitive)]

            with self.subTest(sensitive):
                provider = Both(lambda r: Found(self.ATTRIBUTES, sensitive=sensitive))
                with libdrift.scan(state(("acme_queue", "orders", {})), provider=provider, find_unmanaged=True) as report:
                    self.assertEqual([f.verdict for f in report], [Verdict.CHANGED, Verdict.UNMANAGED])
                    self.assertNotIn(CANARY, self.told(report))

    def test_a_text_is_one_path(self):
        only = {"id": "orders", "password": CANARY}

        class Both(Provider):
            def list(self, types):
                return [Resource("acme_queue.stray", "acme_queue", attributes=only, sensitive="/password")]

        with libdrift.scan(state(("acme_queue", "orders", {})), provider=Both(lambda r: Found(only, sensitive="password")),
                           find_unmanaged=True) as report:
            self.assertEqual(len(report), 2)
            self.assertNotIn(CANARY, self.told(report))

    def test_a_path_at_which_there_is_nothing(self):
        for sensitive in ("pasword", "/pasword", "tags[1]", "tags[*].c", 'password["x"]', "**.nobody"):
            with self.subTest(sensitive), self.assertLogs("libdrift", logging.WARNING) as logs:
                libdrift.scan(state(("acme_queue", "orders", {})),
                              provider=Provider(lambda r: Found({"tags": [{}]}, sensitive=sensitive))).close()
                said = " ".join(logs.output)
                self.assertIn(repr(sensitive), said)
                self.assertIn("'acme_queue.orders'", said)
        with self.assertRaises(libdrift.DocumentError):  # what is no path
            libdrift.scan(STATE, provider=Provider(lambda r: Found(r.attributes, sensitive="a[")))

    def test_what_is_no_path_is_a_type_error(self):
        for words, found in (
            ("attributes of .* not list", lambda: Found([1])), ("attributes of .* not None", lambda: Found(None)),
            ("id of .* not int", lambda: Found({}, id=3)), ("type of .* not bytes", lambda: Found({}, type=b"x")),
            ("`sensitive` of .* not int", lambda: Found({}, sensitive=[3])),
            ("`sensitive` of .* not bytes", lambda: Found({}, sensitive=b"a")),
            ("`sensitive` of .* not None", lambda: Found({}, sensitive=None)),
        ):
            with self.subTest(words):
                with self.assertRaisesRegex(TypeError, words) as caught:
                    libdrift.scan(STATE, provider=Provider(lambda r: found()))
                self.assertRegex(str(caught.exception), "provider 'acme' gave for 'acme_queue.(orders|mail)'")
        for listed in (Resource(3, "acme_queue"), Resource("a", "acme_queue", attributes=None), Resource("a", 3)):
            provider = Provider(lambda r: r.attributes)
            provider.list = lambda types: [listed]
            with self.assertRaisesRegex(TypeError, r"list\(\) of 'acme'"):
                libdrift.scan(STATE, provider=provider, find_unmanaged=True)


class Shapes(TestCase):
    def test_batches_are_as_large_as_wanted(self):
        sizes = []
        provider = Batch(lambda resources: sizes.append(len(resources)) or [r.attributes for r in resources])
        provider.max_batch = 10
        with libdrift.scan(queues(95), provider=provider) as report:
            self.assertTrue(report.clean)
        self.assertEqual((sum(sizes), max(sizes)), (95, 10))

    def test_a_run_that_nobody_has_any_more_ends(self):
        class Parallel(Provider):
            max_concurrency = 2

        with libdrift.Engine(provider=Parallel(lambda r: r.attributes)) as engine:
            next(event for event in engine.run(STATE) if isinstance(event, libdrift.Progress))
        until = time.monotonic() + 10
        while any(thread.name.startswith("libdrift ") for thread in threading.enumerate()):
            self.assertLess(time.monotonic(), until, "its threads are still there")
            time.sleep(0.005)

    def test_several_providers(self):
        class Other(Provider):
            name, types = "other", ["other_*"]

        both = state(("acme_queue", "a", {}), ("other_thing", "b", {}))
        with libdrift.scan(both, provider=[Provider(lambda r: r.attributes), Other(lambda r: ABSENT)]) as report:
            self.assertEqual([f.address for f in report], ["other_thing.b"])
        with self.assertRaisesRegex(ValueError, "same name"):
            libdrift.scan(both, provider=[Provider(None), Provider(None)])

    def test_one_that_is_iterable(self):
        class Iterable(Provider):
            def __iter__(self):
                return iter(())

        with libdrift.scan(STATE, provider=Iterable(lambda r: ABSENT if r.id == "mail" else r.attributes)) as report:
            self.assertEqual(len(report), 1)

    def test_configure_list_and_schemas(self):
        class Full(Provider):
            schemas = {"acme_queue": {"set": ["zones"]}}

            def configure(self, config):
                self.config = config

            def list(self, types):
                return [Resource("acme_queue.stray", "acme_queue", id="stray", attributes={"days": 1})]

        provider = Full(lambda r: {**r.attributes, "zones": ["b", "a"]})
        with libdrift.scan(state(("acme_queue", "orders", {"zones": ["a", "b"]})), provider=provider,
                           config={"providers": {"acme": {"region": "eu"}}}, find_unmanaged=True) as report:
            self.assertEqual([(f.address, f.verdict) for f in report], [("acme_queue.stray", Verdict.UNMANAGED)])
        self.assertEqual(provider.config, {"region": "eu"})

    def test_what_the_provider_computes_is_told_apart(self):
        class Counting(Provider):
            schemas = {"acme_queue": {"read_only": ["generation"]}}

        provider = Counting(lambda r: {**r.attributes, "generation": 2, **({"days": 3} if r.id == "mail" else {})})
        before = state(("acme_queue", "mail", {"days": 1, "generation": 1}), ("acme_queue", "orders", {"days": 1, "generation": 1}))
        with libdrift.scan(before, provider=provider) as report:
            mail, orders = report
            self.assertEqual([(c.path, c.drift_class) for c in mail.changes],
                             [("days", DriftClass.CONFIG_OWNED), ("generation", DriftClass.COMPUTED_ONLY)])
            self.assertEqual((mail.drift_class, orders.drift_class), (DriftClass.CONFIG_OWNED, DriftClass.COMPUTED_ONLY))

    def test_what_only_became_sensitive_is_told_apart(self):
        before = state(("acme_queue", "mail", {"days": 1, "token": CANARY}), ("acme_queue", "orders", {"days": 1, "token": CANARY}))
        provider = Provider(lambda r: Found({**r.attributes, "days": 3 if r.id == "mail" else 1}, sensitive=["token"]))
        with libdrift.scan(before, provider=provider) as report:
            self.assertEqual([(f.address, [c.path for c in f.changes]) for f in report], [("acme_queue.mail", ["days"])])
            told = ("token", DriftClass.SENSITIVITY_ONLY, "secret.unmarked", True, "(sensitive)", "(sensitive)")
            self.assertEqual([(s.address, [(c.path, c.drift_class, c.rule, c.sensitive, c.recorded, c.actual) for c in s.changes])
                              for s in report.suppressed],
                             [("acme_queue.mail", [told]), ("acme_queue.orders", [told])])
            self.assertEqual(report.summary.suppressed, 2)
            self.assertNotIn(CANARY, report.to_json())

    def test_configure_may_refuse(self):
        class Refuses(Provider):
            def configure(self, config):
                raise ValueError("no such region")

        with self.assertRaisesRegex(ValueError, "no such region"):
            libdrift.scan(STATE, provider=Refuses(None), config={"providers": {"acme": {"region": "xx"}}})

    def test_a_refusal_keeps_its_advice(self):
        refusal = libdrift.ReadError("the token has expired", code="E_READ_AUTH", next_step="log in again", retryable=True)

        class Lists(Provider):
            def list(self, types):
                raise refusal

        class Refuses(Provider):
            def configure(self, config):
                raise refusal

        with libdrift.scan(STATE, provider=Lists(lambda r: r.attributes), find_unmanaged=True) as report:
            self.assertFalse(report.complete)
            ((message, step, retryable),) = [(e.message, e.next_step, e.retryable) for e in report.errors]
        self.assertIn("the token has expired", message)
        self.assertEqual((step, retryable), ("log in again", True))
        with self.assertRaises(libdrift.ReadError) as caught:
            libdrift.scan(STATE, provider=Refuses(None), config={"providers": {"acme": {"region": "xx"}}})
        self.assertEqual((caught.exception.name, caught.exception.next_step), ("E_READ_AUTH", "log in again"))

    def test_what_is_no_provider(self):
        class Nameless:
            types = ["a"]

            def read(self, resources):
                return []

        class Typeless(Nameless):
            name, types = "x", None

        class Odd(Nameless):
            name, types = "x", [3]

        for words, provider in (("'name'", Nameless()), ("'types'", Typeless()), ("globs", Odd()), ("the class Provider", Provider),
                                ("read_one", object())):
            with self.assertRaisesRegex(TypeError, words):
                libdrift.scan(STATE, provider=provider)

    def test_record_and_replay(self):
        with tempfile.TemporaryDirectory() as folder:
            with libdrift.scan(STATE, provider=Provider(lambda r: {**r.attributes, "days": 99}), record=folder) as recorded:
                findings = list(recorded)
                self.assertEqual(len(findings), 2)
            with libdrift.scan(STATE, replay=folder) as replayed:
                self.assertEqual(list(replayed), findings)

    def test_the_log_goes_to_logging(self):
        with self.assertLogs("libdrift", logging.INFO) as logs:
            with libdrift.scan(STATE, provider=Provider(lambda r: ReadError("no such host", code="E_READ_FAILED"))):
                pass
        warnings = [record for record in logs.records if record.levelno == logging.WARNING and record.drift_address == "acme_queue.mail"]
        self.assertEqual(len(warnings), 1)
        self.assertIn("no such host", warnings[0].getMessage())
        self.assertNotIn(CANARY, "".join(logs.output))

    def test_events_of_a_run(self):
        with libdrift.Engine(provider=Provider(lambda r: r.attributes)) as engine:
            with engine.run(STATE) as run:
                with self.assertRaisesRegex(RuntimeError, "under way"):
                    run.result
                events = list(run)
                self.assertIsInstance(events[-1], libdrift.Done)
                self.assertIn(libdrift.Progress(2, 2), events)
                self.assertTrue(any(isinstance(event, libdrift.LogEntry) for event in events))
                events[-1].result.close()

    def test_a_run_that_is_left_early_is_stopped(self):
        release = threading.Event()
        self.addCleanup(release.set)

        class Parallel(Provider):
            max_concurrency = 2

        provider = Parallel(lambda r: ABSENT if release.wait(60) else None)
        with libdrift.Engine(provider=provider) as engine, engine.run(STATE) as run:
            for event in run:
                if isinstance(event, libdrift.LogEntry) and event.code == "reads_begin":
                    break
        with self.assertRaisesRegex(RuntimeError, "closed"):
            run.result

    def test_cancel_from_another_thread(self):
        release = threading.Event()
        self.addCleanup(release.set)

        class Parallel(Provider):
            max_concurrency = 2

        def stuck(resource):
            run.cancel()
            return ABSENT if release.wait(60) else None

        with libdrift.Engine(provider=Parallel(stuck)) as engine, engine.run(STATE) as run:
            with self.assertRaises(libdrift.Cancelled):
                list(run)


if __name__ == "__main__":
    main()
