#!/usr/bin/env python3
"""A program that embeds libdrift hosts providers by one word of its configuration, and starts each of them once for all its scans."""
import json
import os
import subprocess

import support
from fixture import Fixture
from support import CANARY, EndToEnd, verdicts

PROGRAM = os.environ.get("DRIFT_EMBEDDED", "")


class Embedded(EndToEnd):
    def setUp(self):
        super().setUp()
        self.actual = Fixture(self.folder / "actual")
        self.log = self.folder / "calls.log"
        self.actual.many(20)
        self.actual.put("fixture_plain", "r00001", **self.actual.usual(1, text="changed"))
        self.write("terraform.tfstate", self.actual.state())
        early = self.folder / "early.json"
        early.write_text(json.dumps({"log": str(self.log), "rules": []}))
        self.entry = {"binary": support.provider_binary("fixture"), "config": {"folder": str(self.actual.folder), "token": "${env:FIXTURE_TOKEN}"},
                      "env": {"FIXTURE_BEHAVIOUR": str(early)}}

    def run_it(self, config, env=None):
        done = subprocess.run([PROGRAM, json.dumps(config)], cwd=self.work, env=self.env(**(env or {})), capture_output=True, text=True, timeout=120,
                              check=False)
        self.assert_nothing_left()
        self.assertNotIn(CANARY, done.stdout + done.stderr)
        return done

    def test_two_scans_share_a_process(self):
        settings = {"state": "terraform.tfstate", "providers": {"fixture": self.entry}}
        done = self.run_it({"settings": settings, "relative_to": str(self.work)}, {"FIXTURE_TOKEN": CANARY})
        self.assertEqual(done.returncode, 0, done.stderr)
        reports = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(len(reports), 2)
        for report in reports:
            self.assertTrue(report["complete"], report["errors"])
            self.assertEqual(verdicts(report), {"fixture_plain.r00001": "changed"})
        calls = [line.split(" ") for line in self.log.read_text().splitlines()]
        self.assertEqual(sum(call == "Configure" for _, call, *_ in calls), 1)
        self.assertEqual(sum(call == "Read" for _, call, *_ in calls), 40)
        self.assertEqual(len({pid for pid, call, *_ in calls if call == "Read"}), 1)

    def test_secrets_in_its_logs(self):
        # What goes to the first standard error; later ones are those of go-plugin, and no logs.
        self.actual.behave({"call": "Read", "id": "r00003", "do": "crash", "text": "the token " + CANARY + " is used", "times": 1})
        self.entry["config"]["token"] = CANARY  # as it is: a secret because the schema says so
        settings = {"state": "terraform.tfstate", "providers": {"fixture": {**self.entry, "logs": True}}}
        done = self.run_it({"settings": settings, "relative_to": str(self.work)})
        self.assertEqual(done.returncode, 0, done.stderr)
        logged = [line for line in done.stderr.splitlines() if "terraform.provider" in line and "is used" in line]
        self.assertTrue(logged and all("the token *** is used" in line for line in logged), logged)

    def test_a_missing_variable_is_named(self):
        done = self.run_it({"settings": {"state": "terraform.tfstate", "providers": {"fixture": self.entry}}, "relative_to": str(self.work)})
        report = json.loads(done.stdout.splitlines()[0])
        self.assertFalse(report["complete"])
        self.assertEqual(report["findings"], [])
        self.assertIn("FIXTURE_TOKEN", str(report["errors"]))

    def test_a_setting_that_is_not_known(self):
        done = self.run_it({"settings": {"state": "terraform.tfstate", "providers": {"fixture": {**self.entry, "paralel": 3}}}})
        self.assertEqual(done.returncode, 1)
        self.assertIn("parallel", done.stderr)


if __name__ == "__main__":
    support.main()
