"""Scanning and comparing documents, and what a report says."""
import copy
import decimal
import inspect
import io
import json
import os
import pathlib
import pickle
import re
import tempfile
import typing

import libdrift
from libdrift import _engine
from libdrift import MISSING, Basis, ChangeKind, Relation, RiskLevel, Section, Verdict
from support import CANARY, ROOT, TestCase, main, queues, report_json, state

BEFORE = state(("acme_queue", "orders", {"days": 14, "tags": {"a": None}}))
AFTER = state(("acme_queue", "orders", {"days": 1, "tags": {"b": 1.5}}))


class Documents(TestCase):
    def differs(self, a, b):
        with libdrift.diff(a, b) as report:
            self.assertEqual([f.address for f in report], ["acme_queue.orders"])

    def test_each_kind_of_document(self):
        text = json.dumps(AFTER).encode()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "after.tfstate"
            path.write_bytes(text)
            for document in (str(path), path, text, bytearray(text), memoryview(text), AFTER):
                with self.subTest(type(document).__name__):
                    self.differs(BEFORE, document)
            with open(path, "rb") as file:
                self.differs(BEFORE, file)

    def test_a_state_source_is_read_when_the_run_wants_it(self):
        class Bucket:
            name = "s3://states/prod"
            reads = 0

            def read(self):
                self.reads += 1
                return json.dumps(AFTER)

        bucket = Bucket()
        self.differs(BEFORE, bucket)
        self.assertEqual(bucket.reads, 1)
        bucket.read = lambda: b"[1"
        with self.assertRaisesRegex(libdrift.DocumentError, "s3://states/prod"):
            libdrift.scan(bucket, actual=AFTER)

    def test_what_a_state_source_raises_comes_out_as_itself(self):
        class Broken:
            def read(self):
                raise failure

        for failure in (ZeroDivisionError("mine"), libdrift.ReadError("mine")):
            with self.assertRaises(type(failure)) as caught:
                libdrift.diff(BEFORE, Broken())
            self.assertIs(caught.exception, failure)

    def test_two_sources_of_one_name(self):
        self.differs(io.BytesIO(json.dumps(BEFORE).encode()), io.BytesIO(json.dumps(AFTER).encode()))
        with self.assertRaisesRegex(libdrift.DocumentError, r"BytesIO \(b\): "):
            libdrift.diff(io.BytesIO(json.dumps(BEFORE).encode()), io.BytesIO(b"{"))

    def test_one_open_file_twice(self):
        with self.assertRaisesRegex(ValueError, "b: the same open file twice"):
            with io.BytesIO(b"{}") as file:
                libdrift.diff(file, file)

    def test_a_deployment_of_pulumi(self):
        class Deployment:  # the shape of pulumi.automation.Deployment; examples/python has the real one
            version = 3
            deployment = {"manifest": {}, "resources": [{
                "urn": "urn:pulumi:dev::shop::random:index/randomPet:RandomPet::pet", "custom": True, "id": "x",
                "type": "random:index/randomPet:RandomPet", "outputs": {"length": 2}}]}

        changed = json.loads(json.dumps({"version": 3, "deployment": Deployment.deployment}))
        changed["deployment"]["resources"][0]["outputs"]["length"] = 3
        with libdrift.diff(Deployment(), changed) as report:
            self.assertEqual([(c.path, c.recorded, c.actual) for c in report[0].changes], [("length", 2, 3)])

    def test_numbers_of_a_parsed_document_are_exact(self):
        big = decimal.Decimal("18446744073709551617.10")
        with libdrift.diff(state(("a_b", "c", {"n": big})), state(("a_b", "c", {"n": big + 1, "m": 2**70}))) as report:
            changes = {c.path: (c.recorded, c.actual) for c in report[0].changes}
        self.assertEqual(changes, {"n": (big, big + 1), "m": (MISSING, 2**70)})
        self.assertIsInstance(changes["n"][0], decimal.Decimal)


class Reports(TestCase):
    def test_a_finding_and_its_changes(self):
        with libdrift.diff(BEFORE, AFTER) as report:
            (finding,) = report
            self.assertEqual((finding.address, finding.type, finding.verdict), ("acme_queue.orders", "acme_queue", Verdict.CHANGED))
            self.assertEqual((finding.risk.level, finding.basis), (RiskLevel.MEDIUM, Basis.RECORDED | Basis.ACTUAL))
            self.assertRegex(finding.fingerprint, "^[0-9a-f]{32}$")
            days, a, b = finding.changes
            self.assertEqual((days.path, days.pointer, days.kind, days.relation), ("days", "/days", ChangeKind.MODIFIED, Relation.DRIFT))
            self.assertEqual((days.recorded, days.actual, days.desired, days.baseline), (14, 1, MISSING, MISSING))
            self.assertEqual((days.section, days.sensitive, str(days.kind)), (Section.ATTRIBUTES, False, "modified"))
            self.assertEqual((a.recorded, a.actual, a.kind), (None, MISSING, ChangeKind.REMOVED))
            self.assertEqual((b.recorded, b.actual, b.json("actual")), (MISSING, decimal.Decimal("1.5"), "1.5"))
            self.assertFalse(MISSING)

    def test_a_report_says_the_same_as_its_json(self):
        before, after = queues(1300), queues(1299, extra="x")
        with libdrift.scan(before, actual=after) as report:
            said = report_json(report)
            self.assertEqual(len(report), len(said["findings"]))
            for finding, other in zip(report, said["findings"]):
                self.assertEqual([finding.address, finding.type, finding.fingerprint, str(finding.verdict)],
                                 [other[k] for k in ("address", "type", "fingerprint", "verdict")])
                risk = finding.risk
                told = [str(risk.level), str(risk.class_), str(risk.direction), risk.why, risk.rule]
                self.assertEqual(told, list(other["risk"].values()))
                self.assertEqual(len(finding.changes), len(other["changes"]))
                for change, told in zip(finding.changes, other["changes"]):
                    self.assertEqual([change.path, change.pointer, str(change.kind), str(change.relation), change.why],
                                     [told[k] for k in ("path", "pointer", "kind", "relation", "why")])
                    for side in ("recorded", "actual", "desired", "baseline"):
                        self.assertEqual(getattr(change, side), told.get(side, MISSING))
            counts = {name: getattr(report.summary, name) for name in said["summary"]}
            self.assertEqual(counts, said["summary"])
            self.assertEqual(json.loads(report.to_json(compact=True)), said)

    def test_texts_with_zero_bytes_are_cut_right(self):
        addresses = ["a\0b", "c", "d\0"]
        before = state(*(("acme_queue", name, {"tags": {"x\0y": "1\0", "z": 1}}) for name in addresses))
        after = state(*(("acme_queue", name, {"tags": {"x\0y": "2\0", "z": 2}}) for name in addresses))
        with libdrift.diff(before, after) as report:
            said = report_json(report)["findings"]
            self.assertEqual([f.address for f in report], [f["address"] for f in said])
            self.assertEqual([[(c.pointer, c.actual) for c in f.changes] for f in report],
                             [[(c["pointer"], c["actual"]) for c in f["changes"]] for f in said])
            self.assertIn("\0", report[0].address)

    def test_a_report_is_a_sequence(self):
        with libdrift.scan(queues(1100), actual=queues(1100, more=1)) as report:
            everything = list(report)
            self.assertEqual(len(report), 1100)
            self.assertEqual((report[0], report[-1]), (everything[0], everything[-1]))
            self.assertEqual(report[510:515], tuple(everything[510:515]))
            self.assertEqual(report.index(everything[700]), 700)
            with self.assertRaises(IndexError):
                report[1100]
            self.assertEqual(len({*everything, *report}), 1100)

    def test_a_finding_cannot_be_changed_and_outlives_its_report(self):
        report = libdrift.diff(BEFORE, AFTER)
        finding = report[0]
        for target, name in ((finding, "address"), (finding.changes[0], "actual"), (finding.risk, "level"), (report.summary, "checked")):
            with self.assertRaises(AttributeError):
                setattr(target, name, "x")
        with self.assertRaises(AttributeError):
            finding.other = 1
        report.close()
        report.close()
        self.assertEqual(finding.changes[0].actual, 1)
        self.assertTrue(report.complete)
        for use in (lambda: len(report), report.to_text, lambda: report.errors, lambda: report.explain("x")):
            with self.assertRaisesRegex(ValueError, "closed"):
                use()

    def test_findings_can_be_pickled(self):
        with libdrift.diff(BEFORE, AFTER) as report:
            again = pickle.loads(pickle.dumps(list(report)))
            self.assertEqual(again, list(report))
        self.assertEqual(again[0].changes[1].actual, MISSING)
        self.assertIs(pickle.loads(pickle.dumps(MISSING)), MISSING)

    def test_texts_for_people(self):
        with libdrift.diff(BEFORE, AFTER) as report:
            self.assertTrue(report.to_text(elapsed=False).startswith("1 drifted"))
            self.assertNotIn("\x1b", report.to_text())
            self.assertIn("\x1b", report.to_text(color=True))
            self.assertTrue(report.to_text(ascii=True).isascii())
            self.assertIn(report.headline(), repr(report))
            self.assertIn("pointer", report.explain("acme_queue.orders"))
            with self.assertRaises(KeyError):
                report.explain("acme_queue.other")
            with self.assertRaisesRegex(ValueError, "width"):
                report.to_text(width=-1)

    def test_html_is_escaped(self):
        name = "<script>alert(1)</script>"
        with libdrift.diff(state(("acme_queue", name, {"a": "<b>"})), state(("acme_queue", name, {"a": "&"}))) as report:
            html = report._repr_html_()
        self.assertNotIn("<script>", html)
        self.assertIn("&lt;script&gt;", html)
        self.assertIn("&quot;&lt;b&gt;&quot;", html)

    def test_suppressed_and_notes(self):
        rules = [{"name": "days", "type": "acme_queue", "path": "days", "mode": "mute", "reason": "the scaler sets it"},
                 {"name": "none", "type": "acme_topic", "mode": "mute", "reason": "catches nothing"}]
        after = state(("acme_queue", "orders", {"days": 1, "tags": {"a": None}}))
        with libdrift.scan(BEFORE, actual=after, config={"ignore": rules}) as report:
            self.assertTrue(report.clean)
            (entry,) = report.suppressed
            self.assertEqual((entry.address, entry.verdict), ("acme_queue.orders", Verdict.CHANGED))
            self.assertEqual([(c.rule, c.reason, c.mode) for c in entry.changes], [("days", "the scaler sets it", libdrift.Mode.MUTE)])
            self.assertEqual([note.code for note in report.notes], ["rule_unused"])


class Notebooks(TestCase):
    def shown(self, report):
        html = report._repr_html_()
        return html, re.findall(r"<code>([^<]*)</code> → <code>([^<]*)</code>", html)

    def test_the_difference_of_long_values_can_be_seen(self):
        demo = (ROOT / "examples/demo/production/firewall/allow-list.txt").read_text() * 5
        for before, after in ((demo, demo + "0.0.0.0/0\n"), ("x" * 500 + "a", "x" * 500 + "b"), ("a" + "x" * 500, "b" + "x" * 500),
                              ("x" * 119, "x" * 120)):
            with libdrift.diff(state(("a_b", "c", {"n": before})), state(("a_b", "c", {"n": after}))) as report:
                html, ((left, right),) = self.shown(report)
                self.assertNotEqual(left, right)
                self.assertLess(max(len(left), len(right)), 140)

    def test_who_moved_and_why(self):
        recorded, planned = state(("a_b", "c", {"n": 1})), state(("a_b", "c", {"n": 2}))
        with libdrift.scan(recorded, desired=planned, actual=state(("a_b", "c", {"n": 3}))) as report:
            html, pairs = self.shown(report)
            self.assertEqual((pairs, report[0].changes[0].relation), ([("1", "3")], Relation.CONFLICT))
            self.assertIn(", desired <code>2</code> (conflict)", html)
            self.assertIn(f">{report[0].risk.why}<", html)
        with libdrift.scan(recorded, desired=planned, actual=planned) as report:
            for finding in report:
                self.assertIn("(converged)", self.shown(report)[0])

    def test_what_rules_took_out(self):
        rules = [{"name": "days", "path": "days", "mode": "mute", "reason": "r"}]
        with libdrift.scan(queues(3), actual=queues(3, days=99), config={"ignore": rules}) as report:
            self.assertIn("3 suppressed by rules", report._repr_html_())


class Members(TestCase):
    def test_a_report_is_read_only_and_is_not_copied(self):
        with libdrift.diff(BEFORE, AFTER) as report:
            for name in ("complete", "summary", "basis"):
                with self.assertRaises(AttributeError):
                    setattr(report, name, None)
            for copied in (pickle.dumps, copy.copy, copy.deepcopy):
                with self.assertRaisesRegex(TypeError, r"Report objects cannot be copied or pickled: keep what to_json\(\) gives"):
                    copied(report)
                self.assertEqual(copy.deepcopy(report[0]), report[0])
            with self.assertRaisesRegex(TypeError, "an address is a text, not int"):
                report.explain(3)
            for address in ("nobody", "\udcff"):
                with self.assertRaises(KeyError):
                    report.explain(address)
            with self.assertRaisesRegex(ValueError, "one of recorded, actual, desired, baseline, not 'live'"):
                report[0].changes[0].json("live")
            for width in ("80", 1.5, True):
                with self.assertRaisesRegex(TypeError, "width must be a whole number"):
                    report.to_text(width=width)
        with libdrift.Engine() as engine, self.assertRaisesRegex(TypeError, "Engine objects cannot be copied or pickled$"):
            pickle.dumps(engine)

    def test_what_providers_give_can_be_hashed(self):
        self.assertEqual(len({libdrift.Resource("a", "b", attributes={"c": 1}), libdrift.Resource("a", "b", attributes={"c": 1})}), 1)
        self.assertEqual(len({libdrift.Found({}), libdrift.Found({})}), 1)

    def test_hints_can_be_looked_up(self):
        for name in libdrift.__all__:
            member = getattr(libdrift, name)
            of_class = vars(member).items() if inspect.isclass(member) else ()
            for each in [member, *(each for name, each in of_class if name == "__init__" or not name.startswith("_"))]:
                each = each.fget if isinstance(each, property) else each
                if inspect.isclass(each) or inspect.isfunction(each):
                    with self.subTest(f"{name} {each}"):
                        typing.get_type_hints(each)

    def test_all_of_it_is_explained(self):
        for name in libdrift.__all__:
            member = getattr(libdrift, name)
            public = [v for k, v in vars(member).items() if not k.startswith("_")] if inspect.isclass(member) else []
            for each in [member, *(p for p in public if inspect.isfunction(p) or isinstance(p, property))]:
                if inspect.isclass(each) or inspect.isfunction(each) or isinstance(each, property):
                    with self.subTest(f"{name} {each}"):
                        self.assertTrue(each.__doc__)


class Secrets(TestCase):
    def test_secrets_are_nowhere(self):
        before = state(("acme_queue", "orders", {"password": CANARY + "1", "days": 1}, ["password"]))
        after = state(("acme_queue", "orders", {"password": CANARY + "2", "days": 2}, ["password"]))
        with libdrift.diff(before, after) as report:
            finding = report[0]
            told = [repr(report), repr(list(report)), repr(finding.changes), report.to_json(), report.to_text(suppressed=True),
                    report._repr_html_(), report.explain(finding.address), pickle.dumps(finding).decode("latin-1")]
            secret = next(c for c in finding.changes if c.path == "password")
            told += [str([getattr(secret, side) for side in ("recorded", "actual")])]
            self.assertTrue(secret.sensitive)
            self.assertEqual(secret.actual, "(sensitive)")
        for text in told:
            self.assertNotIn(CANARY, text)

    def test_no_document_is_in_an_error(self):
        for document in ('{"password": "%s"}' % CANARY, b'{"password": "%s" x' % CANARY.encode(), {"password": CANARY, "x": float("nan")},
                         {"password": CANARY, "x": object()}, [CANARY]):
            with self.assertRaises((ValueError, TypeError)) as caught:
                libdrift.scan(document)
            self.assertNotIn(CANARY, str(caught.exception))


class Settings(TestCase):
    def test_a_project_file_and_its_keys_as_a_dict(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "a.tfstate").write_text(json.dumps(BEFORE))
            (path / "drift.yaml").write_text("state: a.tfstate\n")
            with libdrift.scan(actual=AFTER, config=path / "drift.yaml") as report:
                self.assertEqual(len(report), 1)
            with libdrift.scan(actual=AFTER, config={"state": str(path / "a.tfstate")}) as report:
                self.assertEqual(len(report), 1)

    def test_targets_and_exclude(self):
        before, after = queues(5), queues(5, more=1)
        for options, expected in (({"targets": "*.q0001"}, 1), ({"targets": ["*.q0001", "*.q0002"]}, 2), ({"exclude": ("*.q0001",)}, 4)):
            with libdrift.scan(before, actual=after, **options) as report:
                self.assertEqual(len(report), expected)

    def test_accept(self):
        with tempfile.TemporaryDirectory() as folder:
            baseline = os.path.join(folder, "base.jsonl")
            done = libdrift.accept("*.orders", BEFORE, actual=AFTER, baseline=baseline)
            self.assertEqual((done.accepted, done.left, done.complete, done.baseline), (("acme_queue.orders",), 0, True, baseline))
            with libdrift.scan(BEFORE, actual=AFTER, baseline=baseline) as report:
                self.assertTrue(report.clean)
                self.assertIn(Basis.BASELINE, report.basis)
            with libdrift.scan(BEFORE, actual=AFTER, baseline=False, config={"baseline": baseline}) as report:
                self.assertEqual(len(report), 1)
            with self.assertRaises(libdrift.ConfigError):
                libdrift.accept("*.nobody", BEFORE, actual=AFTER, baseline=baseline)

    def test_what_accept_could_not_judge(self):
        class Throttled:
            name, types = "acme", "acme_*"

            def read_one(self, resource):
                raise libdrift.ReadError("slow down", code="E_READ_THROTTLED", next_step="wait")

        both = state(("acme_queue", "orders", {"days": 1}), ("other_queue", "mail", {"days": 1}))
        with tempfile.TemporaryDirectory() as folder, libdrift.Engine(provider=Throttled(), attempts=1) as engine:
            with engine.scan(both) as report:
                expected = list(report.errors)
                said = zip(report_json(report)["errors"], (True, False))
                told = [_engine._problem({**error, "retryable": retryable}) for error, retryable in said]
            done = engine.accept("*", both, baseline=os.path.join(folder, "b.jsonl"))
        self.assertEqual([(e.name, e.retryable) for e in expected], [("E_READ_THROTTLED", True), ("E_READ_UNSUPPORTED", False)])
        self.assertEqual(told, expected)
        self.assertFalse(done.complete)
        self.assertEqual(list(done.errors), expected)

    def test_an_engine_is_used_again(self):
        with libdrift.Engine(config={"ignore": [{"name": "d", "path": "days", "mode": "hide", "reason": "r"}]}) as engine:
            for _ in range(3):
                with engine.scan(BEFORE, actual=AFTER) as report:
                    self.assertEqual([c.path for c in report[0].changes], ["tags.a", "tags.b"])
            with engine.diff(BEFORE, BEFORE) as report:
                self.assertTrue(report.clean)
        self.assertIn("closed", repr(engine))
        with self.assertRaisesRegex(ValueError, "closed"):
            engine.scan(BEFORE, actual=AFTER)

    def test_the_demo(self):
        demo = ROOT / "examples/demo"
        with tempfile.TemporaryDirectory() as folder:
            with libdrift.scan(demo / "terraform.tfstate", config={"providers": {"file": {"root": folder}}}) as report:
                self.assertFalse(report.complete)  # nothing is there at all: that is believed to be a fault
                self.assertFalse(report.clean)
                self.assertEqual({e.name for e in report.errors}, {"E_MASS_DELETION"})
                self.assertTrue(all(e.next_step for e in report.errors))


if __name__ == "__main__":
    main()
