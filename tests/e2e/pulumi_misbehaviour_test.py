#!/usr/bin/env python3
"""The Pulumi fixture provider, misbehaving in every way: what is not known is never reported as deleted or clean, one bad resource costs no other, and
nothing is left behind. Needs no CLI."""
import os
import signal
import time

import support
from pulumi_support import PROVIDER, PulumiEndToEnd, found, secret, urn
from support import CANARY, error_codes, marked, verdicts, wait_for

FEW = [f"r{i}" for i in range(6)]


class Misbehaving(PulumiEndToEnd):
    def setUp(self):
        super().setUp()
        for name in FEW:
            self.both("Thing", name, text="a", number=1)
        self.actual.change("Thing", "r1", text="b")
        self.actual.remove("Thing", "r2")
        self.settings = {}

    def ready(self):
        self.write("state.json", self.checkpoint.deployment())
        self.configure(state="state.json", **self.settings)

    def report(self, code=None, **more):
        self.ready()
        return self.scan(code=code, **more)

    def assert_only_what_is_true(self, report, unknown=(), verdict="unreadable"):
        """r1 changed and r2 is gone, except what could not be read; and that is said, resource by resource."""
        unknown = {urn("Thing", name) for name in unknown}
        true = {urn("Thing", "r1"): ["/text"], urn("Thing", "r2"): [""]}
        self.assertEqual(found(report), {u: paths for u, paths in true.items() if u not in unknown})
        self.assertEqual(set(error_codes(report)) - {""}, unknown)
        self.assertEqual({e["verdict"] for e in report["errors"] if e.get("address")}, {verdict} if unknown else set())
        self.assertEqual(report["complete"], not unknown)

    def assert_no_start(self, report, text=""):
        self.assert_only_what_is_true(report, FEW)
        self.assertEqual(report["exit"], 3)
        self.assertIn(text, str(report["errors"]))

    # -- at start -------------------------------------------------------------------------------------------------

    def test_it_behaves(self):
        self.assert_only_what_is_true(self.report(2))

    def test_a_panic_at_start_is_shown(self):
        self.actual.early("Start", "panic", text="no room for the provider")
        self.assert_no_start(self.report(), "no room for the provider")

    def test_exit_at_start(self):
        self.actual.early("Start", "stderr", text="license expired", bytes=100)
        self.actual.early("Start", "exit")
        self.assert_no_start(self.report(), "license expired")

    def test_ports_that_are_none(self):
        for text in ("hello\n", "0\n", "-1\n", "65536\n", "99999999999999999999\n", "80 81\n", "\n", "x" * 100000, "1|6|unix|/tmp/x|grpc|\n"):
            with self.subTest(text[:20]):
                (self.folder / "early.json").unlink(missing_ok=True)
                self.actual.early("Start", "print", text=text)
                self.actual.early("Start", "hang")
                self.settings["pulumi"] = {"start_timeout": "3s"}
                self.assert_no_start(self.report(seconds=90))

    def test_a_port_where_nobody_listens(self):
        self.actual.early("Start", "print", text=f"{support.free_port()}\n")
        self.actual.early("Start", "hang")
        self.settings["pulumi"] = {"start_timeout": "3s"}
        self.assert_no_start(self.report(seconds=90))

    def test_noise_before_the_port(self):
        # What .NET's runtime prints on the same line.
        self.actual.early("Start", "print", text="\x1b]9;4;3;\x1b\\\x1b]9;4;0;\x1b\\")
        self.assert_only_what_is_true(self.report(2))

    def test_no_port_at_all(self):
        self.actual.early("Start", "hang")
        self.settings["pulumi"] = {"start_timeout": "3s"}
        self.assert_no_start(self.report(seconds=90))

    def test_a_program_that_is_no_provider(self):
        for binary in ("/bin/true", "/bin/cat", "/etc/passwd", "/nowhere/pulumi-resource-fixture"):
            with self.subTest(binary):
                self.settings.update(pulumi={"plugins": {"fixture": {"binary": binary}}, "start_timeout": "3s"})
                self.assert_no_start(self.report(seconds=90))

    # -- Handshake, Configure -------------------------------------------------------------------------------------

    def test_errors_before_the_first_read(self):
        for call in ("Handshake", "Configure"):
            with self.subTest(call):
                (self.folder / "early.json").unlink(missing_ok=True)
                self.actual.early(call, "error", code="UNAUTHENTICATED", text="credentials are expired")
                self.assert_no_start(self.report(), "credentials are expired")

    def test_keys_that_are_missing_are_named(self):
        self.actual.early("Configure", "missing-keys")
        self.assert_no_start(self.report(), "fixture:token")

    def test_a_panic_at_configure(self):
        self.actual.early("Configure", "panic", text="nil map in configure")
        self.assert_no_start(self.report(), "nil map in configure")

    def test_it_hangs_before_the_first_read(self):
        for call in ("Handshake", "Configure"):
            with self.subTest(call):
                (self.folder / "early.json").unlink(missing_ok=True)
                self.actual.early(call, "hang")
                self.settings["pulumi"] = {"start_timeout": "2s"}
                self.assert_no_start(self.report(seconds=90))

    def test_the_token_of_the_checkpoint(self):
        (self.actual.folder / "token").write_text(CANARY)
        self.assert_no_start(self.report(), "401")
        for resource in self.checkpoint.resources:
            if resource["urn"] == PROVIDER[0]:
                resource["inputs"] = {**resource["inputs"], "token": secret(CANARY)}
        self.assert_only_what_is_true(self.report(2))

    def test_the_token_of_the_project(self):
        (self.actual.folder / "token").write_text(CANARY)
        self.settings["pulumi"] = {"plugins": {"fixture": {"config": {"token": "${env:FIXTURE_TOKEN}"}}}}
        self.assert_only_what_is_true(self.report(2, env={"FIXTURE_TOKEN": CANARY}))

    # -- Read and Diff --------------------------------------------------------------------------------------------

    def test_an_error_for_one(self):
        for call in ("Read", "Diff"):
            for code in ("UNKNOWN", "INTERNAL", "NOT_FOUND", "PERMISSION_DENIED", "UNAVAILABLE", "UNIMPLEMENTED", "DATA_LOSS", "CANCELLED"):
                with self.subTest(f"{call} {code}"):
                    self.actual.rules = {"rules": []}
                    self.actual.behave(call, "error", id="r3", code=code, text="500 Internal Server Error")
                    report = self.report(seconds=180)
                    # Of a call that it does not have, the provider says that nobody can read this.
                    self.assert_only_what_is_true(report, ["r3"], "unsupported" if code == "UNIMPLEMENTED" else "unreadable")
                    self.assertIn("500 Internal Server Error", str(report["errors"]))

    def test_an_error_for_what_is_gone_is_no_deletion(self):
        self.actual.behave("Read", "error", id="r2", code="NOT_FOUND")
        self.assert_only_what_is_true(self.report(), ["r2"])

    def test_throttled_twice_and_then_read(self):
        self.actual.behave("Read", "throttle", id="r3", times=2)
        self.assert_only_what_is_true(self.report(2))

    def test_throttled_for_ever(self):
        self.actual.behave("Read", "throttle", id="r3")
        self.assert_only_what_is_true(self.report(seconds=180), ["r3"])

    def test_it_crashes_once_and_is_started_again(self):
        for call in ("Read", "Diff"):
            for do in ("panic", "crash", "exit", "kill"):
                with self.subTest(f"{call} {do}"):
                    for count in self.actual.folder.glob(".count-*"):
                        count.unlink()
                    self.actual.rules = {"rules": []}
                    self.actual.behave(call, do, id="r3", times=1)
                    self.assert_only_what_is_true(self.report(2))

    def test_it_crashes_at_one_resource_each_time(self):
        self.actual.behave("Read", "crash", id="r3", text="index out of range at r3")
        report = self.report()
        # The others may have been in flight in the same process: what could not be read is said, and nothing is invented.
        self.assertIn(urn("Thing", "r3"), error_codes(report))
        self.assertLessEqual(verdicts(report).items(), {urn("Thing", "r1"): "changed", urn("Thing", "r2"): "deleted"}.items())
        self.assertIn("index out of range at r3", str(report["errors"]))
        self.assertFalse(report["complete"])

    def test_it_hangs_at_one_resource(self):
        for call in ("Read", "Diff"):
            with self.subTest(call):
                self.actual.rules = {"rules": []}
                self.actual.behave(call, "hang", id="r3")
                self.settings["read_timeout"] = "2s"
                self.assert_only_what_is_true(self.report(seconds=90), ["r3"])

    def test_what_a_start_takes_is_no_read_s_time(self):
        self.actual.early("Start", "sleep", ms=3000)
        self.settings["read_timeout"] = "1s"
        self.assert_only_what_is_true(self.report(2))

    def test_it_answers_no_read_at_all(self):
        # Another process is no better: the rest fails at once, and does not take its time one after the other.
        for nth in range(40):
            self.both("Thing", f"more{nth}", text="a")
        self.actual.behave("Read", "hang")
        self.actual.set(log=str(self.actual.folder / "calls.log"))
        self.settings["read_timeout"] = "1s"
        report = self.report(3, seconds=90)
        self.assertLess(len([c for c in self.actual.calls() if c[1] == "Read"]), 40)
        self.assertEqual(len([e for e in report["errors"] if e.get("address")]), 46)
        self.assertEqual(found(report), {})

    def test_an_answer_with_a_signature_that_nobody_knows(self):
        self.actual.behave("Read", "garbage", id="r3")
        self.assert_only_what_is_true(self.report(), ["r3"])

    def test_the_old_outputs_are_sent(self):
        # Without them a Read is an import, and finds other things.
        self.actual.behave("Read", "want-state")
        self.assert_only_what_is_true(self.report(2))

    # -- what it says ---------------------------------------------------------------------------------------------

    def test_a_megabyte_of_chatter_for_each_call(self):
        for nth in range(30):
            self.both("Thing", f"more{nth}", text="a")
        self.actual.behave("Read", "stdout", bytes=1 << 20)
        self.actual.behave("Read", "stderr", bytes=1 << 20)
        self.assert_only_what_is_true(self.report(2, seconds=180))

    def test_what_it_logs_to_the_engine(self):
        # An answer from the engine's endpoint is waited for: without one, Read fails.
        for do in ("log", "debug", "warn", "log-error"):
            self.actual.behave("Read", do, id="r3", text=f"a {do} of r3")
        report = self.report(2)
        self.assert_only_what_is_true(report)
        self.assertIn("a warn of r3", str(report["notes"]) + report["stderr"])

    def test_a_flood_of_messages_to_the_engine(self):
        for _ in range(20):
            self.actual.behave("Read", "warn", bytes=1 << 20)
        self.assert_only_what_is_true(self.report(2, seconds=180))

    def test_secrets_in_what_it_says_are_not_shown(self):
        self.settings["pulumi"] = {"plugins": {"fixture": {"config": {"token": "${env:FIXTURE_TOKEN}"}}}}
        self.checkpoint.record("Thing", "pw", {"pw": secret(CANARY + "2")})
        self.actual.put("Thing", "pw", pw={"$secret": CANARY + "3"})
        for call, do in (("Read", "stderr"), ("Read", "warn"), ("Diff", "log-error")):
            self.actual.behave(call, do, text=f"token {CANARY} and {CANARY}2", bytes=3000)
        self.actual.behave("Read", "error", id="r3", text=f"refused: token {CANARY}, password {CANARY}2")
        self.ready()
        report = self.scan(env={"FIXTURE_TOKEN": CANARY})
        self.assertEqual(set(error_codes(report)) - {""}, {urn("Thing", "r3")})

    def test_a_secret_that_the_same_read_brings_is_not_shown_where_its_warning_is_cut(self):
        fresh = "a-secret-of-this-read"
        self.checkpoint.record("Thing", "pw", {"text": "x"})
        self.actual.put("Thing", "pw", text="x", fresh={"$secret": fresh})
        self.actual.behave("Read", "warn", id="pw", text="y" * 1990 + fresh + " is new")
        report = self.report(2)
        said = str(report["notes"]) + report["stderr"]
        self.assertIn("y***...", said)
        self.assertNotIn(fresh[:6], said)

    # -- stop, children -------------------------------------------------------------------------------------------

    def test_it_is_asked_to_cancel_before_it_ends(self):
        self.actual.set(log=str(self.actual.folder / "calls.log"))
        self.report(2)
        self.assertEqual([c[1] for c in self.actual.calls()][-2:], ["Cancel", "End"])

    def test_it_refuses_to_stop(self):
        self.actual.early("Start", "ignore-stop")
        self.assert_only_what_is_true(self.report(2))

    def test_it_hangs_at_stop(self):
        self.actual.early("Cancel", "hang")
        self.actual.early("End", "hang")
        self.assert_only_what_is_true(self.report(2))

    def test_it_forks_a_child_that_holds_its_pipes(self):
        self.actual.early("Start", "fork", ms=600000)
        report = self.report(2)
        self.assert_only_what_is_true(report)

    def test_a_child_in_a_session_of_its_own_is_not_waited_for(self):
        self.actual.early("Start", "fork-away", ms=600000)
        self.ready()
        got = self.drift("scan", "--json")
        self.assert_only_what_is_true(got.json())
        # It left its group, and nobody may kill what they did not start.
        self.assertLessEqual(set(marked(self.mark).values()), {"sleep"})
        for pid in marked(self.mark):
            os.kill(pid, signal.SIGKILL)
        self.assert_nothing_left()

    # -- the host's own end ---------------------------------------------------------------------------------------

    def hang_in_a_read(self):
        log = self.actual.folder / "calls.log"
        self.actual.behave("Read", "hang", id="r3")
        self.actual.set(log=str(log))
        self.ready()
        process = self.start_drift("scan", "--json")
        wait_for("the read that hangs", 60, lambda: log.exists() and "Read Thing r3" in log.read_text())
        return process

    def test_the_host_is_killed(self):
        process = self.hang_in_a_read()
        process.kill()
        process.communicate()
        wait_for("the provider is gone with its host", 10, lambda: not marked(self.mark))

    def test_the_host_is_interrupted(self):
        for sign in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sign.name):
                process = self.hang_in_a_read()
                process.send_signal(sign)
                began = time.monotonic()
                process.communicate(timeout=60)
                self.assertLess(time.monotonic() - began, 30)
                self.assert_nothing_left()
                (self.actual.folder / "calls.log").unlink()

    def test_the_scan_runs_out_of_time(self):
        self.actual.behave("Read", "hang", id="r3")
        self.settings["timeout"] = "2s"
        report = self.report(seconds=60)
        self.assertFalse(report["complete"])
        self.assertNotIn(urn("Thing", "r3"), verdicts(report))


if __name__ == "__main__":
    support.main()
