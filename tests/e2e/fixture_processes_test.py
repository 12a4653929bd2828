#!/usr/bin/env python3
"""The life of a provider's process: what a crash costs the others, when a process is replaced by another, how long a start may take, and whose
time it takes."""
import json

import support
from fixture import PROVIDER, Fixture
from support import CANARY, EndToEnd, error_codes, marked, verdicts


class Processes(EndToEnd):
    protocol = 6

    def setUp(self):
        super().setUp()
        self.actual = Fixture(self.folder / "actual", self.protocol)
        self.log = self.folder / "calls.log"
        self.entry, self.others = {}, {}
        self.early = {"log": str(self.log), "rules": []}

    def report(self, code=None, env=None, seconds=120, **more):
        early = self.folder / "early.json"
        early.write_text(json.dumps(self.early))
        self.write("terraform.tfstate", self.actual.state())
        binary = support.provider_binary("fixture") + ("5" if self.protocol == 5 else "")
        own = {"binary": binary, "config": {"folder": str(self.actual.folder)}, "env": {"FIXTURE_BEHAVIOUR": str(early)}}
        others = {name: {**own, **entry} for name, entry in self.others.items()}
        self.project(providers={"fixture": {**own, **self.entry}, **others}, **more)
        self.log.unlink(missing_ok=True)
        return self.scan(code=code, env=env, seconds=seconds)

    def calls(self, *names):
        """[(pid, call, id)] of these calls, in their order."""
        lines = (line.split(" ") for line in self.log.read_text().splitlines())
        return [(pid, call, ident) for pid, call, _, ident in lines if call in names]

    def pids(self, call="Read"):
        return {pid for pid, *_ in self.calls(call)}

    def read_alone(self):
        """The ids whose Read met no other in the same process."""
        open_reads, alone, out = {}, {}, []
        for pid, call, ident in self.calls("Read", "Read-end"):
            now = open_reads.setdefault(pid, set())
            if call == "Read":
                for other in now:
                    alone[(pid, other)] = False
                alone[(pid, ident)] = not now
                now.add(ident)
            else:
                now.discard(ident)
                if alone[(pid, ident)]:
                    out.append(ident)
        return out

    # -- crashes --------------------------------------------------------------------------------------------------

    def test_a_crash_costs_only_those_that_were_under_way(self):
        self.actual.many(160)
        self.early |= {"latency_ms": 100, "ends": True, "rules": [{"call": "Read", "id": "r00040", "do": "crash", "text": "this one crashes"}]}
        self.entry = {"parallel": 8}
        report = self.report(3, parallel=64)
        self.assertEqual(error_codes(report), {"fixture_plain.r00040": "E_READ_FAILED"})
        self.assertIn("this one crashes", str(report["errors"]))
        reads = [ident for _, _, ident in self.calls("Read")]
        self.assertEqual(len(set(reads)), 160)
        for ident in set(reads):
            self.assertLessEqual(reads.count(ident), 2, ident)
        # Eight were under way. The others go on at once, together; the first and the last of a process may be alone for a moment.
        self.assertLessEqual(sum(reads.count(ident) == 2 for ident in set(reads)), 8)
        self.assertLessEqual(len(self.read_alone()), 7 + 8, self.read_alone())

    def test_who_looks_for_the_crash_gets_his_turn(self):
        self.actual.many(600)
        self.early |= {"latency_ms": 50, "rules": [{"call": "Read", "id": "r00020", "do": "crash", "text": "this one crashes"}]}
        report = self.report(3, parallel=8, read_timeout="3s")
        self.assertEqual(error_codes(report), {"fixture_plain.r00020": "E_READ_FAILED"})
        self.assertIn("this one crashes", str(report["errors"]))
        reads = [ident for _, _, ident in self.calls("Read")]
        self.assertEqual(reads.count("r00020"), 2)
        again = reads.index("r00020", reads.index("r00020") + 1)
        self.assertLess(again, 200, "it was looked for while the others were being read, and not after them")

    def test_many_that_crash_cost_no_healthy_one(self):
        self.actual.many(60)
        self.early["rules"] = [{"call": "Read", "id": "r0000*", "do": "crash"}, {"call": "Read", "id": "r0001*", "do": "crash"},
                               {"call": "Read", "id": "r0002*", "do": "crash"}]
        self.actual.put("fixture_plain", "r00055", **self.actual.usual(55, text="changed"))
        report = self.report(2, parallel=4)
        self.assertEqual(set(error_codes(report)), {f"fixture_plain.r{i:05d}" for i in range(30)})
        self.assertEqual(verdicts(report), {"fixture_plain.r00055": "changed"})

    def test_a_type_that_crashes_costs_no_other(self):
        for i in range(150):
            self.actual.both("fixture_nested", f"n{i:03d}", etag="e")
        self.actual.many(20)
        self.actual.put("fixture_plain", "r00007", **self.actual.usual(7, text="changed"))
        self.early["rules"] = [{"call": "Read", "type": "fixture_nested", "do": "crash", "text": "no such rule"}]
        report = self.report(2, parallel=1)  # each costs two crashes
        self.assertEqual(verdicts(report), {"fixture_plain.r00007": "changed"})
        self.assertEqual(error_codes(report), {f"fixture_nested.n{i:03d}": "E_READ_FAILED" for i in range(150)})
        self.assertLess(len(self.pids("Start")), 100)
        told = [e["message"] for e in report["errors"]]
        refusal = "reads of fixture_nested crashed the provider 41 times"
        read, refused = (sum(text in message for message in told) for text in ("no such rule", refusal))
        self.assertEqual((read, refused), (41, 150 - 41))

    def test_one_that_ends_whenever_a_read_waits_for_its_turn(self):
        self.actual.both("fixture_nested", "n", etag="e")
        west = Fixture(self.folder / "west", self.protocol)
        west.many(20, first=100)
        for resource in west.state()["resources"]:
            self.actual.resources[("west", resource["name"])] = {**resource, "provider": PROVIDER + ".west"}
        self.early |= {"latency_ms": 300, "rules": [{"call": "Upgrade", "type": "fixture_nested", "do": "exit-after", "ms": 30}]}
        self.others = {"fixture.west": {"config": {"folder": str(west.folder)}}}
        report = self.report(3, parallel=1)
        self.assertEqual(error_codes(report), {"fixture_nested.n": "E_READ_FAILED"})
        self.assertEqual(len([ident for _, _, ident in self.calls("Read") if ident >= "r00100"]), 20)
        # Four attempts, each of three starts in vain and one alone; without an end there would be one for each read of the others.
        self.assertLessEqual(len(self.pids("Start")), 1 + 4 * (3 + 1))

    def test_what_the_schema_says_is_known_when_its_provider_has_crashed_for_good(self):
        # No cache keeps the schema, and the state does not say what is sensitive: only the process knew it.
        self.actual.record("fixture_plain", "a", marks=False, **self.actual.usual(1, secret="old"))
        self.actual.put("fixture_plain", "a", **self.actual.usual(1, secret=CANARY))
        self.actual.record("fixture_plain", "b", **self.actual.usual(1, list=None))
        self.actual.put("fixture_plain", "b", **self.actual.usual(1, list=[]))
        self.actual.both("fixture_plain", "z", **self.actual.usual(1))
        self.early |= {"latency_ms": 500, "rules": [{"call": "Read", "id": "z", "do": "crash"}]}  # the second waits for the first, before z
        report = self.report(env={"XDG_CACHE_HOME": "/dev/null/none", "HOME": "/dev/null/none"}, parallel=1)
        old = self.protocol == 5  # only the old SDK takes null and [] for one
        self.assertEqual(verdicts(report), {"fixture_plain.a": "changed"} if old else {"fixture_plain.a": "changed", "fixture_plain.b": "changed"})
        self.assertEqual([(s["address"], [c["rule"] for c in s["changes"]]) for s in report["suppressed"]],
                         [("fixture_plain.b", ["schema:empty_is_absent"])] if old else [])
        self.assertEqual(set(error_codes(report)), {"fixture_plain.z"})
        reads = [ident for _, _, ident in self.calls("Read")]
        self.assertEqual((set(reads[:2]), reads[2:]), ({"a", "b"}, ["z", "z"]))

    # -- replacement ----------------------------------------------------------------------------------------------

    def assert_replaced(self, report, least):
        self.assertEqual(verdicts(report), {"fixture_plain.r00007": "changed"})
        self.assertEqual(report["errors"], [])
        reads = [ident for _, _, ident in self.calls("Read")]
        self.assertEqual(len(reads), len(set(reads)), "a read under way was ended with its process")
        self.assertGreaterEqual(len(self.pids()), least)
        self.assertEqual(self.pids("Start"), self.pids("End"), "one was killed")
        self.assertEqual(marked(self.mark), {})

    def changed(self, count):
        self.actual.many(count)
        self.actual.put("fixture_plain", "r00007", **self.actual.usual(7, text="changed"))

    def test_replaced_after_so_many_calls(self):
        self.changed(60)
        self.early["latency_ms"] = 20
        self.entry = {"max_calls": 30}
        self.assert_replaced(self.report(2), 3)  # a read is two calls, and each start takes some
        self.entry = {}
        self.report(2)
        self.assertEqual(len(self.pids()), 1)

    def test_replaced_when_old(self):
        self.changed(40)
        self.early["latency_ms"] = 100
        self.entry = {"max_age": "500ms"}
        self.assert_replaced(self.report(2, parallel=4), 2)  # 40 x 0.1 / 4 = 1 s at least

    def test_replaced_when_large(self):
        self.changed(10)
        self.entry = {"max_memory": "1MiB"}  # none is so small
        for parallel in (1, 4):
            self.assert_replaced(self.report(2, parallel=parallel), 10)
            self.assertEqual(len(self.pids("Start")), 10, "what was made ready for a process is read by it")

    # -- time -----------------------------------------------------------------------------------------------------

    def test_a_start_may_take_longer_than_a_read(self):
        self.actual.many(12)
        self.early["rules"] = [{"call": "Configure", "do": "sleep", "ms": 6000}]
        report = self.report(0, read_timeout="3s")
        self.assertEqual(report["errors"], [])
        self.assertEqual(len(self.calls("Configure")), 1, "one start serves all who wait for it")

    def test_a_start_that_takes_too_long(self):
        self.actual.many(12)
        self.early["rules"] = [{"call": "Configure", "do": "hang"}]
        self.entry = {"start_timeout": "1s"}
        report = self.report(3)
        self.assertEqual(set(error_codes(report).values()), {"E_READ_TIMEOUT"})
        self.assertIn("start_timeout", str(report["errors"]))
        self.assertEqual(len(self.calls("Configure")), 1)

    def test_who_answers_no_read_is_given_up(self):
        self.actual.many(60)
        self.early["rules"] = [{"call": "Read", "do": "hang"}]
        report = self.report(3, parallel=8, read_timeout="1s")
        self.assertEqual(set(error_codes(report).values()), {"E_READ_TIMEOUT"})
        self.assertEqual(len(error_codes(report)), 60)
        self.assertEqual(len(self.calls("Configure")), 2)
        # Of each process eight; seven others may have been begun before the last of them ended.
        self.assertLessEqual(len(self.calls("Read")), 2 * (8 + 7))

    def test_who_answers_no_read_is_started_anew(self):
        self.actual.many(60)
        self.actual.put("fixture_plain", "r00059", **self.actual.usual(59, text="changed"))
        self.early["rules"] = [{"call": "Read", "do": "hang", "times": 15}]
        report = self.report(2, parallel=8, read_timeout="1s")
        self.assertEqual(verdicts(report), {"fixture_plain.r00059": "changed"})
        self.assertEqual(set(error_codes(report).values()), {"E_READ_TIMEOUT"})
        self.assertLessEqual(len(error_codes(report)), 15)
        self.assertEqual(len(self.calls("Configure")), 2)

    def test_a_read_that_hangs_is_tried_once_more(self):
        self.actual.many(20)
        self.early["rules"] = [{"call": "Read", "id": "r00003", "do": "hang"}]
        report = self.report(3, read_timeout="1s")
        self.assertEqual(error_codes(report), {"fixture_plain.r00003": "E_READ_TIMEOUT"})
        self.assertEqual(len([ident for _, _, ident in self.calls("Read") if ident == "r00003"]), 2)

    def test_waiting_for_a_turn_takes_no_time_of_the_read(self):
        self.actual.many(20)
        self.early["latency_ms"] = 500
        self.entry = {"parallel": 1}
        report = self.report(0, parallel=20, read_timeout="3s")  # the last waits 10 s
        self.assertEqual(report["errors"], [])
        self.assertEqual(len(self.calls("Read")), 20)

    def test_a_provider_that_is_read_slowly_keeps_no_other_waiting(self):
        self.actual.many(30)
        west = Fixture(self.folder / "west", self.protocol)
        west.many(30, first=100)
        for resource in west.state()["resources"]:
            self.actual.resources[("west", resource["name"])] = {**resource, "provider": PROVIDER + ".west"}
        self.early |= {"latency_ms": 200, "ends": True}
        self.entry = {"parallel": 1}
        self.others = {"fixture.west": {"config": {"folder": str(west.folder)}}}
        self.report(0, parallel=4)
        self.assertEqual(len(self.calls("Read")), 60)
        slow, west, seen = 0, 0, []  # under way in each after every call
        for _, call, ident in self.calls("Read", "Read-end"):
            step = 1 if call == "Read" else -1
            if ident >= "r00100":
                west += step
            else:
                slow += step
            seen.append((slow, west))
        self.assertEqual(max(slow for slow, _ in seen), 1)
        self.assertIn((1, 3), seen, "three of the four read the other one")

    # -- the connection -------------------------------------------------------------------------------------------

    def test_mutual_tls(self):
        self.changed(20)
        seen = self.folder / "seen.env"
        self.early["rules"] = [{"call": "Start", "do": "env", "text": str(seen)}]
        self.report(2)
        self.assertNotIn("PLUGIN_CLIENT_CERT=", seen.read_text())
        self.entry = {"mutual_tls": True}
        report = self.report(2)
        self.assertEqual(verdicts(report), {"fixture_plain.r00007": "changed"})
        self.assertIn("PLUGIN_CLIENT_CERT=-----BEGIN CERTIFICATE-----", seen.read_text())


class Processes5(Processes):
    protocol = 5


if __name__ == "__main__":
    support.main()
