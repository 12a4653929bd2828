#!/usr/bin/env python3
"""The life of a Pulumi plugin's process: how many calls go to it at once, when it is replaced by another, and what a start or a type that fails again and
again costs. Needs no CLI."""
import json

import support
from pulumi_support import Actual, PulumiEndToEnd, found, urn
from support import error_codes


class Processes(PulumiEndToEnd):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "calls.log"
        self.early = {"log": str(self.log), "rules": []}
        self.settings = {}

    def many(self, count, kind="Thing"):
        names = [f"r{nth:03}" for nth in range(count)]
        for name in names:
            self.both(kind, name, text="a")
        return names

    def report(self, code=None, **more):
        (self.folder / "early.json").write_text(json.dumps(self.early))
        self.write("state.json", self.checkpoint.deployment())
        self.configure(state="state.json", pulumi=self.settings, **more)
        self.log.unlink(missing_ok=True)
        return self.scan(code=code)

    def calls(self, *names):
        """[(pid, call, type, id)] of these calls, in their order."""
        lines = (line.split(" ") for line in self.log.read_text().splitlines())
        return [tuple(line) for line in lines if line[1] in names]

    def pids(self, call):
        return {pid for pid, *_ in self.calls(call)}

    # -- parallel -------------------------------------------------------------------------------------------------

    def most_at_once(self):
        now, most = set(), 0
        for _, call, _, ident in self.calls("Read", "Read-end"):
            if call == "Read":
                now.add(ident)
                most = max(most, len(now))
            else:
                now.discard(ident)
        return most

    def test_no_more_calls_at_once_than_the_settings_say(self):
        names = self.many(8)
        self.early |= {"latency_ms": 300, "ends": True}
        for settings, most in (({"parallel": 3}, 3), ({"parallel": 3, "plugins": {"fixture": {"parallel": 1}}}, 1), ({}, 8)):
            with self.subTest(str(settings)):
                self.settings = settings
                self.report(0, parallel=8)
                self.assertEqual(self.most_at_once(), most)
                self.assertEqual(sorted(ident for *_, ident in self.calls("Read")), names)

    # -- replacement ----------------------------------------------------------------------------------------------

    def changed(self, count):
        names = self.many(count)
        self.actual.change("Thing", names[7], text="b")

    def assert_replaced(self, report, least):
        self.assertEqual((found(report), report["errors"]), ({urn("Thing", "r007"): ["/text"]}, []))
        reads = [ident for *_, ident in self.calls("Read")]
        self.assertEqual(len(reads), len(set(reads)), "a read under way was ended with its process")
        self.assertGreaterEqual(len(self.pids("Read")), least)
        self.assertEqual(self.pids("Start"), self.pids("End"), "one was killed")

    def test_replaced_after_so_many_calls(self):
        self.changed(60)
        self.settings = {"max_calls": 30}
        self.assert_replaced(self.report(2), 3)  # a read is two calls
        self.settings = {}
        self.report(2)
        self.assertEqual(len(self.pids("Start")), 1)

    def test_replaced_when_old(self):
        self.changed(20)
        self.early["latency_ms"] = 200
        self.settings = {"max_age": "500ms"}
        self.assert_replaced(self.report(2, parallel=4), 2)  # 20 x 0.2 / 4 = 1 s at least

    def test_replaced_when_large(self):
        self.changed(8)
        self.settings = {"max_memory": "1MiB"}  # none is so small
        for parallel in (1, 4):
            self.assert_replaced(self.report(2, parallel=parallel), 8)
            self.assertEqual(len(self.pids("Start")), 8, "what was made ready for a process is read by it")

    # -- failures -------------------------------------------------------------------------------------------------

    def test_a_start_that_failed_is_not_tried_again_for_each_resource(self):
        names = self.many(40)
        self.early["rules"] = [{"call": "Configure", "do": "error", "code": "UNAUTHENTICATED", "text": "credentials are expired"}]
        report = self.report(3)
        self.assertEqual(set(error_codes(report)) - {""}, {urn("Thing", name) for name in names})
        self.assertEqual((len(self.pids("Start")), len(self.calls("Read"))), (1, 0))

    def test_a_type_that_crashes_costs_no_other(self):
        for nth in range(50):
            self.both("Listed", f"bad{nth:02}", text="a")
        self.changed(10)
        self.early["rules"] = [{"call": "Read", "type": "Listed", "do": "crash", "text": "no such rule"}]
        report = self.report(2, parallel=1)  # each costs two crashes
        self.assertEqual(found(report), {urn("Thing", "r007"): ["/text"]})
        errors = {e["address"]: e["message"] for e in report["errors"] if e.get("address")}
        self.assertEqual(set(errors), {urn("Listed", f"bad{nth:02}") for nth in range(50)})
        refused = [m for m in errors.values() if "reads of fixture:index:Listed crashed the provider 41 times" in m]
        self.assertEqual(len(refused), 9)
        # Two reads each, or one: that for which others lost the process too often is read alone at once.
        self.assertLessEqual(len([c for c in self.calls("Read") if c[2] == "Listed"]), 82)

    def west(self, count):
        """Another provider of the stack, and reads of it that take their time."""
        there = Actual(self.folder / "west")
        own = ("urn:pulumi:dev::proj::pulumi:providers:fixture::west", "west-id")
        self.checkpoint.provider("fixture", *own, inputs={"folder": str(there.folder)})
        for nth in range(count):
            there.put("Thing", f"w{nth:02}", text="a")
            self.checkpoint.record("Thing", f"w{nth:02}", {"text": "a"}, provider=own)
        self.early["latency_ms"] = 300

    def test_one_that_ends_whenever_a_read_waits_for_its_turn(self):
        self.both("Thing", "a", text="a")
        self.west(20)
        self.early["rules"] = [{"call": "Configure", "type": "default*", "do": "exit-after", "ms": 30}]
        report = self.report(3, parallel=1)
        self.assertEqual(error_codes(report), {urn("Thing", "a"): "E_READ_FAILED"})
        self.assertEqual(len([call for call in self.calls("Diff") if call[3].startswith("w")]), 20)
        # Four attempts, each of three starts in vain and one alone; without an end there would be one for each read of the others.
        self.assertLessEqual(len(self.pids("Start")), 1 + 4 * (3 + 1))


if __name__ == "__main__":
    support.main()
