#!/usr/bin/env python3
"""The fixture provider, misbehaving in every way: what is not known is never reported as deleted or clean, one bad resource costs no other, and
nothing is left behind: no process, socket or file."""
import os
import signal
import time

import support
from fixture import Fixture
from support import CANARY, EndToEnd, error_codes, marked, verdicts, wait_for

FEW = 6


class Misbehaving:
    """The tests, for both protocols."""

    protocol = 0

    def setUp(self):
        super().setUp()
        self.actual = Fixture(self.folder / "actual", self.protocol)
        self.actual.many(FEW)
        self.actual.put("fixture_plain", "r00001", **self.actual.usual(1, text="changed"))
        self.actual.remove("fixture_plain", "r00002")
        self.config = {"folder": str(self.actual.folder)}
        self.provider_env = {}
        self.entry = {}
        self.settings = {}

    def at_start(self, *rules, **settings):
        """Rules that hold before the provider knows its folder."""
        path = self.folder / "early"
        path.mkdir()
        (path / "behaviour.json").write_text(support.json.dumps({"rules": list(rules), **settings}))
        self.provider_env["FIXTURE_BEHAVIOUR"] = str(path / "behaviour.json")

    def configure(self):
        self.write("terraform.tfstate", self.actual.state())
        binary = support.provider_binary("fixture") + ("5" if self.protocol == 5 else "")
        self.project(providers={"fixture": {"config": self.config, "binary": binary, "env": self.provider_env, **self.entry}}, **self.settings)

    def report(self, code=None, **more):
        self.configure()
        return self.scan(code=code, **more)

    def assert_only_what_is_true(self, report, unknown=()):
        """r1 changed and r2 deleted, except what could not be read; and that is said, resource by resource."""
        true = {"fixture_plain.r00001": "changed", "fixture_plain.r00002": "deleted"}
        unknown = {f"fixture_plain.{u}" for u in unknown}
        self.assertEqual(verdicts(report), {a: v for a, v in true.items() if a not in unknown})
        self.assertEqual(set(error_codes(report)) - {""}, unknown)
        self.assertEqual(report["complete"], not unknown)

    ALL = [f"r{i:05d}" for i in range(FEW)]

    # -- at start -------------------------------------------------------------------------------------------------

    def test_it_behaves(self):
        self.configure()
        got = self.drift("scan", "--state", "terraform.tfstate", "--json")
        self.assertEqual(marked(self.mark), {}, "the host ended before its provider")
        self.assert_only_what_is_true(got.json())
        self.assert_only_what_is_true(self.report(2))

    def assert_no_start(self, report):
        self.assert_only_what_is_true(report, self.ALL)
        self.assertEqual(report["exit"], 3)

    def test_a_panic_at_start_is_shown(self):
        self.at_start({"call": "Start", "do": "panic", "text": "no room for the provider"})
        report = self.report()
        self.assert_no_start(report)
        self.assertIn("no room for the provider", str(report["errors"]))

    def test_exit_at_start(self):
        self.at_start({"call": "Start", "do": "exit"})
        self.assert_no_start(self.report())

    def test_what_it_says_before_it_ends_is_shown(self):
        self.at_start({"call": "Start", "do": "stderr", "text": "license expired", "bytes": 100}, {"call": "Start", "do": "exit"})
        report = self.report()
        self.assert_no_start(report)
        self.assertIn("license expired", str(report["errors"]))

    def test_handshakes_that_are_none(self):
        for text in ("hello", "2|6|unix|/tmp/x|grpc|", "1|4|unix|/tmp/x|grpc|", "1|99|unix|/tmp/x|grpc|", "1|6|unix|/tmp/x|netrpc|", "1|6|unix|/tmp/x",
                     "1|6|carrier-pigeon|x|grpc|", "|||||||||||", "1|6|unix|/nowhere/at/all|grpc|", "x" * 100000):
            with self.subTest(text[:40]):
                path = self.folder / "early" / "behaviour.json"
                if not path.parent.exists():
                    self.at_start()
                path.write_text(support.json.dumps({"rules": [{"call": "Start", "do": "print", "text": text}, {"call": "Start", "do": "exit"}]}))
                self.assert_no_start(self.report())

    def test_no_handshake_at_all(self):
        self.at_start({"call": "Start", "do": "hang"})
        self.entry["start_timeout"] = "2s"
        report = self.report(seconds=90)
        self.assert_no_start(report)

    def test_a_program_that_is_no_provider(self):
        self.configure()
        for binary in ("/bin/true", "/bin/cat", "/etc/passwd", "/nowhere/terraform-provider-fixture"):
            with self.subTest(binary):
                self.project(providers={"fixture": {"config": self.config, "binary": binary, "start_timeout": "5s"}})
                self.assert_no_start(self.scan(seconds=90))

    # -- at Configure ---------------------------------------------------------------------------------------------

    def test_an_error_at_configure_is_about_everything_and_nothing_is_deleted(self):
        self.actual.behave({"call": "Configure", "do": "error", "text": "credentials are expired"})
        report = self.report()
        self.assert_no_start(report)
        self.assertIn("credentials are expired", str(report["errors"]))

    def test_the_wrong_token(self):
        (self.actual.folder / "token").write_text("the right one")
        self.config["token"] = CANARY
        report = self.report()
        self.assert_no_start(report)
        self.assertIn("401", str(report["errors"]))

    def test_the_token_from_the_environment(self):
        (self.actual.folder / "token").write_text(CANARY)
        self.config["token"] = "${env:FIXTURE_TOKEN}"
        self.assert_only_what_is_true(self.report(2, env={"FIXTURE_TOKEN": CANARY}))

    def test_a_token_that_the_environment_lacks(self):
        self.config["token"] = "${env:FIXTURE_TOKEN}"
        self.configure()
        got = self.drift("scan", "--state", "terraform.tfstate", "--json")
        self.assertIn(got.code, (1, 3))
        self.assertIn("FIXTURE_TOKEN", got.out + got.err)

    def test_a_panic_at_configure(self):
        self.actual.behave({"call": "Configure", "do": "panic", "text": "nil map in configure"})
        report = self.report()
        self.assert_no_start(report)
        self.assertIn("nil map in configure", str(report["errors"]))

    def test_a_warning_at_configure_is_none_of_an_error(self):
        self.actual.behave({"call": "Configure", "do": "warn", "text": "this is deprecated"})
        report = self.report(2)
        self.assert_only_what_is_true(report)
        self.assertIn("this is deprecated", str(report["notes"]))

    def test_configure_hangs(self):
        self.actual.behave({"call": "Configure", "do": "hang"})
        self.entry["start_timeout"] = "2s"
        self.assert_no_start(self.report(seconds=90))

    # -- at Read --------------------------------------------------------------------------------------------------

    def test_an_error_for_one(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "error", "text": "500 Internal Server Error"})
        report = self.report()
        self.assert_only_what_is_true(report, ["r00003"])
        self.assertIn("500 Internal Server Error", str(report["errors"]))

    def test_an_error_for_what_was_deleted_is_no_deletion(self):
        self.actual.behave({"call": "Read", "id": "r00002", "do": "error"})
        self.assert_only_what_is_true(self.report(), ["r00002"])

    def test_a_warning_keeps_the_result(self):
        self.actual.behave({"call": "Read", "do": "warn"})
        self.assert_only_what_is_true(self.report(2))

    def test_throttled_twice_and_then_read(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "throttle", "times": 2})
        self.assert_only_what_is_true(self.report(2))

    def test_throttled_for_ever(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "throttle"})
        self.assert_only_what_is_true(self.report(seconds=180), ["r00003"])

    def test_an_answer_that_is_no_value(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "garbage"})
        self.assert_only_what_is_true(self.report(), ["r00003"])

    def test_no_state_in_the_answer_means_deleted(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "absent"})
        report = self.report(2)
        self.assertEqual(verdicts(report)["fixture_plain.r00003"], "deleted")

    def test_it_crashes_once_and_is_started_again(self):
        for do in ("crash", "exit", "kill"):
            with self.subTest(do):
                for count in self.actual.folder.glob(".count-*"):
                    count.unlink()
                self.actual.behave({"call": "Read", "id": "r00003", "do": do, "times": 1})
                self.assert_only_what_is_true(self.report(2))

    def test_it_crashes_at_one_resource_each_time(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "crash", "text": "index out of range at r00003"})
        report = self.report()
        # The others may have been in flight in the same process: what could not be read is said, and nothing is invented.
        self.assertIn("fixture_plain.r00003", error_codes(report))
        self.assertLessEqual(verdicts(report).items(), {"fixture_plain.r00001": "changed", "fixture_plain.r00002": "deleted"}.items())
        self.assertIn("index out of range at r00003", str(report["errors"]))
        self.assertFalse(report["complete"])

    def test_it_hangs_at_one_resource(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "hang"})
        self.settings["read_timeout"] = "5s"
        self.assert_only_what_is_true(self.report(seconds=90), ["r00003"])

    def test_a_megabyte_of_chatter_for_each_call(self):
        self.actual.many(30, first=10)
        self.actual.behave({"call": "Read", "do": "stdout", "bytes": 1 << 20}, {"call": "Read", "do": "stderr", "bytes": 1 << 20})
        self.assert_only_what_is_true(self.report(2, seconds=180))

    def test_secrets_in_its_chatter_and_errors_stay_there(self):
        self.config["token"] = CANARY
        self.actual.behave({"call": "Read", "do": "stderr", "text": "token " + CANARY, "bytes": 5000},
                           {"call": "Read", "id": "r00003", "do": "error", "text": "refused: token " + CANARY})
        self.assert_only_what_is_true(self.report(), ["r00003"])

    def one_with_a_secret(self, *rules):
        """r3 has a secret that only the schema calls so; the rules tell it."""
        self.actual.record("fixture_plain", "r00003", marks=False, **self.actual.usual(3, secret=CANARY))
        self.actual.put("fixture_plain", "r00003", **self.actual.usual(3, secret=CANARY))
        self.actual.behave(*rules)
        report = self.report()
        self.assertIn("fixture_plain.r00003", error_codes(report))
        return str(report["errors"])

    def test_a_secret_of_the_resource_in_a_panic(self):
        said = self.one_with_a_secret({"call": "Read", "id": "r00003", "do": "crash", "text": "cannot use " + CANARY + " here"})
        self.assertIn("cannot use *** here", said)

    def test_a_secret_of_the_resource_in_a_panic_that_is_cut(self):
        # Half of a secret is not found: it has to be masked before the text is cut.
        for size in range(340, 400, 6):
            with self.subTest(size):
                said = self.one_with_a_secret({"call": "Read", "id": "r00003", "do": "crash", "text": "x" * size + CANARY + " " + "y" * 400})
                self.assertIn("x" * 300, said)
                self.assertNotIn(CANARY[:6], said)

    def test_a_secret_of_the_resource_in_a_status(self):
        for call in ("Read", "Upgrade"):
            with self.subTest(call):
                rule = {"call": call, "type": "fixture_secret", "do": "status", "text": "no login with " + CANARY + " here"}
                self.actual.record("fixture_secret", "s", marks=False, password=CANARY, note="n", password_wo_turn=1)
                self.actual.put("fixture_secret", "s", password=CANARY, note="n", password_wo_turn=1)
                self.actual.behave(rule)
                report = self.report()
                self.assertEqual(set(error_codes(report)) - {""}, {"fixture_secret.s"})
                self.assertIn("no login with *** here", str(report["errors"]))

    def test_a_secret_that_nobody_knew_before_it_was_read(self):
        """Rotated behind everybody's back: what was recorded does not tell it."""
        rotated = {"secret": ({"secret": "hush hush"}, {"secret": CANARY}), "text": ({}, {"text": CANARY})}
        for name, (before, now) in rotated.items():
            self.actual.record("fixture_plain", "r00003", **self.actual.usual(3, **before))
            self.actual.put("fixture_plain", "r00003", **self.actual.usual(3, **{**before, **now}))
            if name == "text":  # a secret by the word of the state alone
                self.actual.resources[("fixture_plain", "r00003")]["instances"][0]["sensitive_attributes"] = [[{"type": "get_attr", "value": name}]]
            for do, place in (("tell", "notes"), ("tell-error", "errors")):
                with self.subTest(name=name, do=do):
                    self.actual.behave({"call": "Read", "id": "r00003", "do": do, "text": "it is now \"" + CANARY + "\" there"})
                    report = self.report(2 if do == "tell" else None)
                    self.assertIn('it is now "***" there', str(report[place]))
                    if do == "tell":
                        [finding] = [f for f in report["findings"] if f["address"] == "fixture_plain.r00003"]
                        self.assertEqual([(c["pointer"], c.get("sensitive")) for c in finding["changes"]], [("/" + name, True)])
                    else:
                        self.assert_only_what_is_true(report, ["r00003"])

    def test_secrets_stay_secrets_when_another_resource_crashes_the_provider(self):
        # Only the schema says that it is one, and no cache on the disk has the schema.
        self.actual.record("fixture_plain", "r00001", marks=False, **self.actual.usual(1, secret=CANARY))
        self.actual.put("fixture_plain", "r00001", **self.actual.usual(1, secret=CANARY + "2"))
        self.actual.behave({"call": "Read", "id": "r00003", "do": "crash"})
        report = self.report(env={"XDG_CACHE_HOME": "/dev/null/none"})
        self.assertEqual(set(error_codes(report)) - {""}, {"fixture_plain.r00003"})
        [finding] = [f for f in report["findings"] if f["address"] == "fixture_plain.r00001"]
        self.assertEqual([(c["pointer"], c.get("sensitive")) for c in finding["changes"]], [("/secret", True)])

    def test_a_literal_secret_of_the_configuration_in_a_crash(self):
        self.config["token"] = CANARY
        for call in ("Configure", "Read"):
            with self.subTest(call):
                self.actual.behave({"call": call, "do": "crash", "text": "the token " + CANARY + " is bad"})
                self.assertIn("the token *** is bad", str(self.report()["errors"]))

    def test_forms_of_a_secret(self):
        key = "-----BEGIN KEY-----\n" + CANARY + "\n\"" + CANARY + "<&>\n-----END KEY-----"
        self.config["token"] = key
        for text in (key, support.json.dumps(key), support.json.dumps(key).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"),
                     support.json.dumps(support.json.dumps(key)), key.split("\n")[1], "  " + key.split("\n")[2]):
            with self.subTest(text):
                self.actual.behave({"call": "Read", "id": "r00003", "do": "error", "text": "refused: " + text})
                report = self.report()
                self.assert_only_what_is_true(report, ["r00003"])
                self.assertIn("***", str(report["errors"]))

    def test_a_secret_of_one_letter_does_not_spoil_what_is_said(self):
        self.config["token"] = "p"
        self.actual.behave({"call": "Read", "id": "r00003", "do": "error", "text": "no plan for port p of this group"})
        self.assertIn("no plan for port *** of this group", str(self.report()["errors"]))

    def test_a_short_value_of_the_environment_that_the_project_gave(self):
        self.provider_env["PIN"] = "${env:THE_PIN}"
        self.actual.behave({"call": "Read", "id": "r00003", "do": "error", "text": "the pin 4711 is wrong, see page 47110"})
        self.assertIn("the pin *** is wrong, see page 47110", str(self.report(env={"THE_PIN": "4711"})["errors"]))

    # -- schema, stop, children -----------------------------------------------------------------------------------

    def test_a_schema_of_15_megabytes(self):
        self.at_start(schema_mb=15)
        first = self.report(2, seconds=180)
        self.assert_only_what_is_true(first)
        self.assert_only_what_is_true(self.report(2, seconds=180))

    def test_an_error_in_the_schema(self):
        self.at_start({"call": "Schema", "do": "error", "text": "duplicate resource type"})
        report = self.report()
        self.assert_no_start(report)
        self.assertIn("duplicate resource type", str(report["errors"]))

    def test_it_refuses_to_stop(self):
        self.at_start({"call": "Start", "do": "ignore-stop"})
        self.assert_only_what_is_true(self.report(2))

    def test_it_hangs_at_stop(self):
        self.at_start({"call": "Stop", "do": "hang"}, {"call": "End", "do": "hang"})
        self.assert_only_what_is_true(self.report(2))

    def test_it_forks_a_child_that_holds_its_pipes(self):
        self.at_start({"call": "Start", "do": "fork", "ms": 600000})
        report = self.report(2)
        self.assert_only_what_is_true(report)
        self.assertLess(report["seconds"], 60)

    def test_a_child_in_a_session_of_its_own_is_not_waited_for(self):
        self.at_start({"call": "Start", "do": "fork-away", "ms": 600000})
        self.configure()
        got = self.drift("scan", "--state", "terraform.tfstate", "--json")
        self.assert_only_what_is_true(got.json())
        self.assertLess(got.seconds, 60)
        # It left its group, and nobody may kill what they did not start: it ends by itself.
        self.assertEqual(set(marked(self.mark).values()), {"sleep"})
        for pid in marked(self.mark):
            os.kill(pid, signal.SIGKILL)
        self.assert_nothing_left()

    # -- the host's own end ---------------------------------------------------------------------------------------

    def hang_in_a_read(self):
        log = self.folder / "calls.log"
        self.actual.behave({"call": "Read", "id": "r00003", "do": "hang"}, log=str(log))
        self.configure()
        process = self.start_drift("scan", "--state", "terraform.tfstate", "--json")
        wait_for("the read that hangs", 60, lambda: log.exists() and "Read fixture_plain r00003" in log.read_text())
        return process

    def test_the_host_is_killed(self):
        self.at_start({"call": "Start", "do": "fork", "ms": 600000})
        process = self.hang_in_a_read()
        self.assertIn("sleep", marked(self.mark).values())
        process.kill()
        process.communicate()
        self.assert_nothing_left()
        (self.actual.folder / "behaviour.json").unlink()
        self.assert_only_what_is_true(self.report(2))

    def test_the_host_is_killed_while_the_provider_starts(self):
        self.at_start({"call": "Start", "do": "fork", "ms": 600000}, {"call": "Start", "do": "sleep", "ms": 600000})
        self.configure()
        process = self.start_drift("scan", "--state", "terraform.tfstate", "--json")
        wait_for("what the provider starts", 60, lambda: "sleep" in marked(self.mark).values())
        process.kill()
        process.communicate()
        self.assert_nothing_left()

    def test_the_host_is_interrupted(self):
        for sign in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sign.name):
                process = self.hang_in_a_read()
                process.send_signal(sign)
                began = time.monotonic()
                process.communicate(timeout=30)
                self.assertLess(time.monotonic() - began, 15)
                self.assert_nothing_left()
                (self.folder / "calls.log").unlink()

    def test_the_scan_runs_out_of_time(self):
        self.actual.behave({"call": "Read", "id": "r00003", "do": "hang"})
        self.settings["timeout"] = "2s"
        report = self.report(seconds=60)
        self.assertFalse(report["complete"])
        self.assertNotIn("fixture_plain.r00003", verdicts(report))

    def test_the_mass_deletion_breaker_holds(self):
        self.actual.many(20, first=10)
        self.actual.behave({"call": "Read", "do": "absent"})
        report = self.report()
        self.assertEqual(report["findings"], [])
        self.assertIn("E_MASS_DELETION", {e["code"] for e in report["errors"]})


class Protocol6(Misbehaving, EndToEnd):
    protocol = 6


class Protocol5(Misbehaving, EndToEnd):
    protocol = 5


if __name__ == "__main__":
    support.main()
