#!/usr/bin/env python3
"""The same from Python, and what Python programs do besides: fork, workers, Ctrl-C, and ending amid a scan."""
import json
import os
import signal

import embedded_test
import support
from support import marked, wait_for


class FromPython(embedded_test.Embedded):
    def told(self, process):
        """The next line that the program prints."""
        line = process.stdout.readline()
        if not line:
            self.fail(process.stderr.read())
        return json.loads(line)

    def let_it_fork(self):
        """A provider starts a program of its own, as one that has credential helpers does."""
        (self.folder / "early.json").write_text(json.dumps({"log": str(self.log), "rules": [{"call": "Start", "do": "fork", "ms": 600000}]}))

    def forked(self):
        return [pid for pid, name in marked(self.mark).items() if name == "sleep"]

    def providers(self):
        return [pid for pid, name in marked(self.mark).items() if name.startswith("terraform-prov")]

    def finish_without_goodbye(self, process, code):
        """It ended and could not clear up: its provider, what that started, and the folder of the socket go all the same."""
        self.ended(process, code)
        self.assert_nothing_left()
        (self.actual.folder / "behaviour.json").unlink(missing_ok=True)
        self.run_it(env=self.token)

    def test_fork(self):
        out, _ = self.run_it("fork", env=self.token)
        first, refused, childs, second = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(refused, "E_FORKED")
        for report in (first, childs, second):
            self.judge(report)
        parents, child = (list(dict.fromkeys(self.calls("Read")))[i] for i in (0, 1))
        self.assertEqual(self.calls("Configure"), [parents, child])
        self.assertEqual(self.calls("Read"), [parents] * 20 + [child] * 20 + [parents] * 20)

    def test_the_provider_does_not_wait_for_a_child_that_goes_on(self):
        self.let_it_fork()
        for how in ("the engine is closed", "the parent is killed"):
            with self.subTest(how):
                process = self.start("outlived", env=self.token)
                self.judge(self.told(process))
                child = self.told(process)
                self.assertEqual((len(self.providers()), len(self.forked())), (1, 1))
                if how == "the parent is killed":
                    process.kill()
                else:
                    process.stdin.write("\n")
                    process.stdin.flush()
                    self.assertEqual(self.told(process), "closed")
                wait_for("the provider and what it started end", 30, lambda: not self.providers() + self.forked())
                self.assertIn(child, marked(self.mark), "the child goes on")
                os.kill(child, signal.SIGKILL)
                if how == "the parent is killed":
                    self.finish_without_goodbye(process, -signal.SIGKILL)
                else:
                    self.finish(process, 0)

    def test_the_provider_is_gone_when_the_engine_is_closed(self):
        # The host is still there: it is not the kernel that ends a provider that does not stop when asked.
        for rule in ({"call": "Start", "do": "ignore-stop"}, {"call": "Stop", "do": "hang"}, {"call": "End", "do": "hang"}, None):
            with self.subTest(str(rule)):
                (self.folder / "early.json").write_text(json.dumps({"log": str(self.log), "rules": [rule] if rule else []}))
                process = self.start("closes", env=self.token)
                self.judge(self.told(process))
                self.assertEqual(self.told(process), "closed")
                self.assertEqual((self.providers(), list(self.temp.iterdir())), ([], []))
                self.finish(process, 0)

    def test_workers_of_every_kind(self):
        out, _ = self.run_it("pools", env=self.token)
        reports = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(reports), 2 + 4 * 3)
        for report in reports:
            self.judge(report)
        self.assertEqual(len(self.calls("Configure")), 1 + 4 * 3)

    def hanging(self, what):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "hang"}, log=str(self.log))
        process = self.start(what, env=self.token)
        wait_for("the read that hangs", 60, lambda: self.log.exists() and "Read fixture_plain r00003" in self.log.read_text())
        return process

    def test_ctrl_c(self):
        process = self.hanging("waits")
        process.send_signal(signal.SIGINT)
        _, err = self.finish(process, -signal.SIGINT)
        self.assertIn("KeyboardInterrupt", err)

    def test_the_program_ends_amid_a_scan(self):
        self.let_it_fork()
        process = self.hanging("leaves")
        self.assertEqual(len(self.forked()), 1)
        self.finish_without_goodbye(process, 0)

    def test_the_program_is_killed(self):
        self.let_it_fork()
        process = self.hanging("waits")
        self.assertEqual(len(self.forked()), 1)
        process.kill()
        self.finish_without_goodbye(process, -signal.SIGKILL)


if __name__ == "__main__":
    support.main()
