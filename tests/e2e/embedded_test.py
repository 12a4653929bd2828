#!/usr/bin/env python3
"""A program that embeds libdrift hosts providers by one word of its configuration, and starts each of them once for all its scans. DRIFT_EMBEDDED is
the program: embedded.c, embedded_python.py or embedded_go."""
import json
import os
import shlex
import subprocess

import support
from fixture import Fixture
from support import CANARY, EndToEnd, verdicts

PROGRAM = shlex.split(os.environ.get("DRIFT_EMBEDDED", ""))


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
        self.config = {"settings": {"state": "terraform.tfstate", "providers": {"fixture": self.entry}}, "relative_to": str(self.work)}
        self.token = {"FIXTURE_TOKEN": CANARY}

    def start(self, *what, config=None, env=None):
        """The program, under way; `what` it is to do, other than two scans."""
        # pylint: disable=consider-using-with
        process = subprocess.Popen([*PROGRAM, json.dumps(config or self.config), *what], cwd=self.work, env=self.env(**(env or {})), text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(lambda: process.poll() is None and process.kill())
        return process

    def ended(self, process, code):
        """What it printed, when it has ended with that code."""
        with process:
            out, err = process.communicate(timeout=180)
        self.assertNotIn(CANARY, out + err)
        self.assertEqual(process.returncode, code, err)
        return out, err

    def finish(self, process, code):
        """The same, and it left nothing behind."""
        out, err = self.ended(process, code)
        self.assert_nothing_left()
        return out, err

    def run_it(self, *what, config=None, env=None, code=0):
        return self.finish(self.start(*what, config=config, env=env), code)

    def judge(self, report):
        self.assertTrue(report["complete"], report["errors"])
        self.assertEqual(verdicts(report), {"fixture_plain.r00001": "changed"})

    def calls(self, call):
        """The processes that were called so, one for each call."""
        lines = [line.split(" ") for line in self.log.read_text().splitlines()] if self.log.exists() else []
        return [pid for pid, called, *_ in lines if called == call]

    def test_two_scans_share_a_process(self):
        out, _ = self.run_it(env=self.token)
        reports = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(reports), 2)
        for report in reports:
            self.judge(report)
        self.assertEqual(len(self.calls("Configure")), 1)
        self.assertEqual(len(self.calls("Read")), 40)
        self.assertEqual(len(set(self.calls("Read"))), 1)

    def test_it_looks_for_what_nobody_manages(self):
        self.actual.put("fixture_identified", "stray", text="by nobody")
        self.actual.put("fixture_plain", "other", **self.actual.usual(1))
        self.config["settings"].update({"find_unmanaged": True, "import": [{"type": "fixture_plain", "id": "other"}]})
        out, _ = self.run_it(env=self.token)
        reports = [json.loads(line) for line in out.splitlines()]
        self.assertEqual([verdicts(r) for r in reports], 2 * [
            {"fixture_plain.r00001": "changed", "fixture_identified (stray)": "unmanaged", "fixture_plain (other)": "unmanaged"}])
        self.assertEqual({f["address"]: f.get("class") for f in reports[0]["findings"]}["fixture_plain.r00001"], "config_owned")

    def test_a_missing_variable_is_named(self):
        out, _ = self.run_it()
        report = json.loads(out.splitlines()[0])
        self.assertFalse(report["complete"])
        self.assertEqual(report["findings"], [])
        self.assertIn("FIXTURE_TOKEN", str(report["errors"]))

    def test_a_setting_that_is_not_known(self):
        self.entry["paralel"] = 3
        _, err = self.run_it(code=1)
        self.assertIn("parallel", err)


if __name__ == "__main__":
    support.main()
