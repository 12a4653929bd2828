#!/usr/bin/env python3
"""The same from C, and one engine over many scans: a process stays as long as what matters to it is the same."""
import json

import embedded_test
import support
from fixture import Fixture
from support import CANARY, error_codes, verdicts


class FromC(embedded_test.Embedded):
    def behave(self, *rules, **settings):
        early = self.folder / "early.json"
        early.write_text(json.dumps({"log": str(self.log), "rules": list(rules), **settings}))

    def reports(self, *steps, count, env):
        out, err = self.run_it(*steps, env=env)
        reports = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(reports), count)
        return reports, err

    def test_states_share_a_process(self):
        paths = []
        for name in ("a", "b", "c"):
            one = Fixture(self.folder / "other" / name)
            one.record("fixture_plain", "r00001", **one.usual(1))
            paths.append(self.write(f"{name}/terraform.tfstate", one.state()))
        for report in self.reports(*(f"scan={path}" for path in paths), count=3, env=self.token)[0]:
            self.judge(report)
        self.assertEqual(len(self.calls("Configure")), 1)
        self.assertEqual(len(self.calls("Read")), 3)

    def test_other_credentials_start_another_process(self):
        (self.actual.folder / "token").write_text("the right one")
        (first, second, third), _ = self.reports("scan", "FIXTURE_TOKEN=the right one", "scan", "scan", count=3, env={"FIXTURE_TOKEN": "expired"})
        self.assertFalse(first["complete"])
        self.assertEqual(first["findings"], [])
        self.assertIn("401", str(first["errors"]))
        self.judge(second)
        self.judge(third)
        self.assertEqual(len(set(self.calls("Read"))), 1)

    def test_a_changed_environment_ends_the_process_before(self):
        for report in self.reports("scan", "FIXTURE_TOKEN=second", "scan", count=2, env={"FIXTURE_TOKEN": "first"})[0]:
            self.judge(report)
        lines = [line.split(" ")[:2] for line in self.log.read_text().splitlines()]
        life = [tuple(line) for line in lines if line[1] in ("Start", "End")]
        (first, _), (second, _) = [entry for entry in life if entry[1] == "Start"]
        self.assertEqual(life, [(first, "Start"), (first, "End"), (second, "Start"), (second, "End")])

    def test_a_child_of_fork_leaves_the_process_alone(self):
        for report in self.reports("scan", "fork", "scan", "fork", count=2, env=self.token)[0]:
            self.judge(report)
        self.assertEqual(len(self.calls("Start")), 1)
        self.assertEqual(len(self.calls("End")), 1)

    def test_what_failed_is_started_once_in_a_scan(self):
        self.behave({"call": "Configure", "do": "error", "text": "no such region"})
        first, second, third = self.in_between(self.behave, "scan")
        self.assertIn("no such region", str(first["errors"]))
        self.assertEqual(len(error_codes(first)), 20)
        self.judge(second)
        self.judge(third)
        self.assertEqual(len(self.calls("Configure")), 2)

    def in_between(self, change, *steps):
        """The reports of two scans of one engine, with that change between them."""
        process = self.start("scan", "wait", "scan", *steps, env=self.token)
        first = json.loads(process.stdout.readline())
        change()
        process.stdin.write("\n")
        process.stdin.flush()
        out, _ = self.finish(process, 0)
        return [first, *map(json.loads, out.splitlines())]

    def test_who_answered_no_read_is_another_process_in_the_next_scan(self):
        self.config["settings"]["read_timeout"] = "1s"
        self.behave({"call": "Read", "do": "hang"})
        before = set()

        def mend():
            self.behave()  # what a process does is settled when it starts
            before.update(self.calls("Start"))

        first, second, third = self.in_between(mend, "scan")
        self.assertEqual(set(error_codes(first).values()), {"E_READ_TIMEOUT"})
        self.assertEqual(len(error_codes(first)), 20)
        self.judge(second)
        self.judge(third)
        self.assertEqual(len(set(self.calls("Start")) - before), 1)

    def test_who_left_its_last_read_without_an_answer_is_another_process_in_the_next_scan(self):
        self.config["settings"]["read_timeout"] = "1s"
        self.behave({"call": "Read", "id": "r00003", "do": "hang"})
        first, second, third = self.in_between(self.behave, "scan")
        self.assertEqual(error_codes(first), {"fixture_plain.r00003": "E_READ_TIMEOUT"})
        self.judge(second)
        self.judge(third)
        self.assertEqual(len(self.calls("Start")), 2)

    def test_credentials_that_were_renewed_where_they_are(self):
        self.behave({"call": "Read", "do": "error", "text": "401 Unauthorized"})
        first, second, third = self.in_between(self.behave, "scan")
        self.assertEqual(set(error_codes(first).values()), {"E_READ_AUTH"})
        self.judge(second)
        self.judge(third)
        self.assertEqual(len(self.calls("Configure")), 2)

    def test_what_is_never_permitted_costs_one_start_a_scan(self):
        self.behave({"call": "Read", "id": "r0000[3-6]", "do": "error", "text": "403 Forbidden"})
        reports, _ = self.reports("scan", "scan", "scan", count=3, env=self.token)
        for report in reports:
            self.assertEqual(error_codes(report), {f"fixture_plain.r0000{i}": "E_READ_AUTH" for i in range(3, 7)})
            self.assertEqual(verdicts(report), {"fixture_plain.r00001": "changed"})
        self.assertEqual(len(self.calls("Configure")), 3)

    def test_a_scan_that_ran_out_of_time_while_starting_spoils_no_other(self):
        self.behave({"call": "Configure", "do": "sleep", "ms": 2000})
        out, err = self.run_it("time=500", "scan", "time=0", "scan", env=self.token, code=1)
        self.assertIn("E_DEADLINE", err)
        (report,) = [json.loads(line) for line in out.splitlines()]
        self.judge(report)

    def test_what_it_logs_goes_to_the_scan_that_goes_on(self):
        self.entry["logs"] = True
        self.behave(latency_ms=20)
        _, err = self.reports("scan", "scan", "scan", count=3, env=self.token)
        self.assertEqual(len(self.calls("Start")), 1)
        for turn in (1, 2, 3):
            told = [line for line in err.splitlines() if line.startswith(f"log {turn} terraform.provider ") and "ReadResource" in line]
            self.assertTrue(told, f"scan {turn} was told nothing of its reads")

    def test_secrets_in_its_logs(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "crash", "text": "the token " + CANARY + " is used", "times": 1})
        self.entry["config"]["token"] = CANARY  # as it is: a secret because the schema says so
        self.entry["logs"] = True
        _, err = self.run_it()
        logged = [line for line in err.splitlines() if "terraform.provider" in line and "is used" in line]
        self.assertTrue(logged and all("the token *** is used" in line for line in logged), logged)

    def test_what_it_prints_is_logged(self):
        # Once it serves, both its outputs come through go-plugin's stream.
        self.entry["config"]["token"] = CANARY
        self.actual.behave(*({"call": "Read", "id": "r00003", "do": do, "text": f"to {do}: token {CANARY} is used", "bytes": 1}
                             for do in ("stdout", "stderr")))
        for logs in (False, True):
            self.entry["logs"] = logs
            _, err = self.run_it()
            for do in ("stdout", "stderr"):
                logged = [line for line in err.splitlines() if "terraform.provider" in line and f"to {do}: token *** is used" in line]
                self.assertEqual(bool(logged), logs, err[-2000:])

    def test_secrets_of_a_resource_in_the_logs(self):
        # Recorded without a mark: a secret because the resource's schema says so.
        self.actual.record("fixture_plain", "r00003", marks=False, **self.actual.usual(3, secret=CANARY))
        self.actual.put("fixture_plain", "r00003", **self.actual.usual(3, secret=CANARY))
        self.write("terraform.tfstate", self.actual.state())
        self.actual.behave({"call": "Read", "id": "r00003", "do": "crash", "text": "password " + CANARY + " is used", "times": 1})
        self.entry["logs"] = True
        _, err = self.run_it(env={"FIXTURE_TOKEN": "the token"})
        logged = [line for line in err.splitlines() if "terraform.provider" in line and "is used" in line]
        self.assertTrue(logged and all("password *** is used" in line for line in logged), logged)


if __name__ == "__main__":
    support.main()
