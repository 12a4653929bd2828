#!/usr/bin/env python3
"""The command line itself: diff, explain, help, exit statuses, the project file, colour, pipes, signals."""
import json
import os
import pty
import signal
import subprocess

import support
from support import Scenario, local_file, state, verdicts

SCAN = ("scan", "--state", "terraform.tfstate")


class Diff(Scenario):
    def test_two_states(self):
        self.write("a", state([local_file("x", "x", "1"), local_file("y", "y", "1"), local_file("z", "z", "1")]))
        self.write("b", state([local_file("z", "z", "1"), local_file("x", "x", "2"), local_file("new", "n", "1")]))
        report = self.check(2, "diff", "a", "b", "--json").json()
        self.assertEqual(verdicts(report), {"local_file.x": "changed", "local_file.y": "deleted", "local_file.new": "unmanaged"})
        self.assertEqual(report["basis"], ["recorded", "actual"])
        self.check(0, "diff", "a", "a")
        self.check(2, "diff", "-", "b", stdin=(self.folder / "a").read_bytes())
        self.check(0, "diff", "a", "b", "--target", "local_file.z")
        self.check(1, "diff", "a")
        self.check(1, "diff", "-", "-")
        self.assertIn("second document", self.check(1, "diff", "a", "nowhere").err)

    def test_order_and_white_space_mean_nothing(self):
        resources = [local_file("x", "x", "1"), local_file("y", "y", "1")]
        self.write("a", state(resources))
        self.write("b", json.dumps(json.loads(state(resources[::-1])), sort_keys=True))
        self.check(0, "diff", "a", "b")


class Explain(Scenario):
    def test_each_kind_of_answer(self):
        self.production()
        self.write("svc.yaml", "a: 2\n")
        (self.folder / "flags.json").unlink()
        where = ("--state", "terraform.tfstate")
        got = self.check(2, "explain", "local_file.service", *where)
        for part in ("local_file.service", "recorded", "actual", "content"):
            self.assertIn(part, got.out)
        self.check(2, "explain", "local_file.flags", *where)
        self.assertIn("in sync", self.check(0, "explain", "local_file.allow", *where).out)
        (self.folder / "flags.json").mkdir()
        self.check(3, "explain", "local_file.flags", *where)
        self.assertIn("not read", self.check(0, "explain", "local_file.service", *where, "--exclude", "*.service").out)
        got = self.check(1, "explain", "local_file.nobody", *where)
        self.assertIn("local_file.nobody", got.err)

    def test_what_it_does_not_offer(self):
        self.production()
        for option in (("--record", "reads"), ("--target", "x")):
            self.check(1, "explain", "local_file.allow", "--state", "terraform.tfstate", *option)
            self.assertNotIn(f"\n  {option[0]} ", self.check(0, "explain", "--help").out)
        got = self.check(0, "explain", "local_file.allow", "--state", "terraform.tfstate", "--exclude", "*.allow")
        self.assertIn("excluded", got.out)
        self.assertNotIn("project file", got.out)

    def test_an_address_is_no_glob(self):
        self.production()
        self.write("svc.yaml", "a: 2\n")
        got = self.check(1, "explain", "local_file.*", "--state", "terraform.tfstate")
        self.assertIn("local_file.*: no document has", got.err)

    def test_a_deletion_is_judged_as_in_the_whole_scan(self):
        files = [(f"f{i}", f"share/{i}.txt", str(i)) for i in range(30)]
        self.production(files)
        for _, name, _ in files:
            (self.folder / name).unlink()
        self.check(3, "explain", "local_file.f1", "--state", "terraform.tfstate")


class ExitStatus(Scenario):
    def test_styles(self):
        self.production()
        expected = {"drift": (0, 2, 1, 3), "terraform": (0, 2, 1, 1), "pulumi": (0, 7, 1, 1), "driftctl": (0, 1, 2, 2)}
        clean = {s: self.drift(*SCAN, "--exit-code-style", s).code for s in expected}
        self.write("svc.yaml", "a: 2\n")
        drifted = {s: self.drift(*SCAN, "--exit-code-style", s).code for s in expected}
        error = {s: self.drift("scan", "--state", "missing", "--exit-code-style", s).code for s in expected}
        self.write("svc.yaml", "a: 1\n")
        (self.folder / "flags.json").unlink()
        (self.folder / "flags.json").mkdir()
        incomplete = {s: self.drift(*SCAN, "--exit-code-style", s).code for s in expected}
        self.assertEqual({s: (clean[s], drifted[s], error[s], incomplete[s]) for s in expected}, expected)

    def test_mistakes_on_the_command_line(self):
        for args in ((), ("scna",), ("scan", "--staet", "x"), ("scan", "--parallel", "0"), ("scan", "--parallel", "x"), ("scan", "--color", "red"),
                     ("scan", "--exit-code-style", "x"), ("scan", "stray"), ("version", "x")):
            got = self.check(1, *args)
            self.assertEqual(got.out, "")
            self.assertIn("--help", got.err, args)
        self.check(2, "scan", "--staet", "x", "--exit-code-style", "driftctl")  # 1 would say drift there

    def test_the_nearest_command_or_option_is_named(self):
        for args, typed, meant in ((("scna",), "scna", "scan"), (("expalin", "x", "--state", "y"), "expalin", "explain"),
                                   (("scan", "--stat", "x"), "--stat", "--state"), (("scan", "--exclud=x"), "--exclud", "--exclude"),
                                   (("explain", "--stat"), "--stat", "--state"), (("--versoin",), "--versoin", "--version"),
                                   (("--json", "scan"), "--json", "drift scan --json")):
            got = self.check(1, *args)
            self.assertIn(f"`{typed}`", got.err)
            self.assertIn(f"`{meant}`", got.err)

    def test_an_empty_argument_is_an_error(self):
        self.production()
        for option in ("--state", "--desired", "--baseline", "--actual", "--project", "--target", "--exclude", "--parallel", "--timeout",
                       "--read-timeout", "--record", "--replay", "--color", "--exit-code-style"):
            for words in ((option, ""), (option + "=",)):
                got = self.check(1, "scan", *(() if option == "--state" else ("--state", "terraform.tfstate")), *words)
                self.assertIn(option, got.err)
                self.assertEqual(got.out, "")
        self.assertIn("ADDRESS", self.check(1, "explain", "", "--state", "terraform.tfstate").err)
        self.assertIn("ADDRESS", self.check(1, "accept", "", "--state", "terraform.tfstate").err)
        self.assertIn("B was empty", self.check(1, "diff", "terraform.tfstate", "").err)


class Help(Scenario):
    def test_each_command_explains_itself(self):
        for args in ((), ("scan",), ("diff",), ("explain",), ("accept",), ("version",)):
            got = self.check(0, *args, "--help")
            self.assertEqual(got.err, "")
            self.assertIn("drift " + (args[0] if args else "scan"), got.out)
            self.assertIn("Exit status", got.out)
            self.assertLessEqual(max(map(len, got.out.splitlines())), 140, args)

    def test_version(self):
        self.assertRegex(self.check(0, "version").out, r"^drift \d+\.\d+\.\d+\n$")
        self.assertEqual(self.check(0, "--version").out, self.check(0, "version").out)


class ProjectFile(Scenario):
    def test_found_in_the_current_folder_and_by_name(self):
        self.production()
        self.write("svc.yaml", "a: 2\n")
        self.write("drift.yaml", "state: terraform.tfstate\n")
        self.check(2, "scan")
        self.write("conf/quiet.yaml", "version: 1\nstate: ../terraform.tfstate\nproviders: {file: {root: ..}}\nignore:\n  - {name: known, address: local_file.service, mode: mute, reason: known}\n")
        report = self.check(0, "scan", "--project", "conf/quiet.yaml", "--json").json()
        self.assertEqual({s["address"] for s in report["suppressed"]}, {"local_file.service"})
        self.assertIn("known", {c["rule"] for s in report["suppressed"] for c in s["changes"]})
        got = self.check(0, "scan", "--project", "conf/quiet.yaml", "--show-suppressed")
        self.assertIn("known", got.out)

    def test_a_typing_mistake(self):
        self.write("drift.yaml", "version: 1\nexcluded: [x]\n")
        got = self.check(1, "scan")
        for part in ("drift.yaml", "line 2", "column 1", "excluded", "`exclude`", "E_CONFIG_UNKNOWN_KEY"):
            self.assertIn(part, got.err)

    def test_the_root_of_the_file_provider(self):
        self.production()
        self.write("elsewhere/svc.yaml", "a: 1\n", 0o644)
        self.write("conf/drift.yaml", "state: ../terraform.tfstate\ntargets: [local_file.service]\nproviders: {file: {root: ../elsewhere}}\n")
        self.check(0, "scan", "--project", "conf/drift.yaml")
        self.write("elsewhere/svc.yaml", "a: 3\n", 0o644)
        self.check(2, "scan", "--project", "conf/drift.yaml")
        self.write("conf/drift.yaml", "state: ../terraform.tfstate\nproviders:\n  fiel: {}\n")
        got = self.check(1, "scan", "--project", "conf/drift.yaml")
        self.assertIn("line 3", got.err)
        self.assertIn("`file`", got.err)
        self.write("conf/drift.yaml", "state: ../terraform.tfstate\nproviders:\n  file:\n    rooot: x\n")
        got = self.check(1, "scan", "--project", "conf/drift.yaml")
        for part in ("line 4, column 5", "`rooot`", "`root`"):
            self.assertIn(part, got.err)

    def test_started_in_another_folder(self):
        self.production()
        self.write("drift.yaml", "state: terraform.tfstate\n")
        self.write("other/readme", "")
        project = str(self.folder / "drift.yaml")
        self.folder /= "other"
        self.check(0, "scan", "--project", project)
        self.check(0, "scan", "--project", "../drift.yaml")
        # A state knows no folder: that every file is gone is not believed.
        report = self.check(3, "scan", "--state", "../terraform.tfstate", "--json").json()
        self.assertEqual({e["code"] for e in report["errors"]}, {"E_MASS_DELETION"})
        self.assertEqual(report["findings"], [])

    def test_a_rule_that_catches_nothing_is_reported(self):
        self.production()
        self.write("drift.yaml", "state: terraform.tfstate\nignore: [{name: stale, type: aws_*, mode: mute, reason: r}]\n")
        self.assertIn("stale", self.check(0, "scan").out)

    def test_a_project_file_that_is_not_there(self):
        self.assertIn("E_NOT_FOUND", self.check(1, "scan", "--project", "missing.yaml").err)


class Terminal(Scenario):
    def setUp(self):
        super().setUp()
        self.production()
        self.write("svc.yaml", "a: 2\n")

    def on_terminal(self, *args, **more):
        """What a terminal gets to see, stdout and stderr together."""
        master, slave = pty.openpty()
        run = subprocess.Popen([support.DRIFT, *args], cwd=self.folder, env=self.env(**more), stdin=subprocess.DEVNULL, stdout=slave, stderr=slave)
        os.close(slave)
        seen = b""
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:  # Linux: the other side is closed
                break
            if not chunk:
                break
            seen += chunk
        os.close(master)
        run.wait(timeout=60)
        return seen.decode()

    def test_colour(self):
        self.assertNotIn("\x1b[", self.check(2, *SCAN).out)
        self.assertIn("\x1b[", self.check(2, *SCAN, "--color", "always").out)
        self.assertIn("\x1b[", self.check(2, *SCAN, CLICOLOR_FORCE="1").out)
        self.assertNotIn("\x1b[", self.check(2, *SCAN, CLICOLOR_FORCE="1", NO_COLOR="1").out)
        self.assertNotIn("\x1b[", self.check(2, *SCAN, "--color", "never", CLICOLOR_FORCE="1").out)
        self.assertIn("\x1b[", self.on_terminal(*SCAN))
        self.assertNotIn("\x1b[", self.on_terminal(*SCAN, NO_COLOR="1"))
        self.assertNotIn("\x1b[", self.on_terminal(*SCAN, TERM="dumb"))
        self.assertNotIn("\x1b[", self.on_terminal(*SCAN, "--color", "never"))
        self.assertNotIn("\x1b[", self.check(2, *SCAN, "--json", "--color", "always").out)

    def test_ascii_where_the_locale_has_no_utf8(self):
        self.assertTrue(self.check(2, *SCAN, LC_ALL="C").out.isascii())

    def test_a_reader_that_goes_away_is_no_crash(self):
        read, write = os.pipe()
        os.close(read)
        run = subprocess.run([support.DRIFT, *SCAN], cwd=self.folder, env=self.env(), stdout=write, stderr=subprocess.PIPE, timeout=60, check=False)
        os.close(write)
        self.assertEqual(run.returncode, 1)
        self.assertIn(b"E_IO", run.stderr)

    def test_a_full_disk_is_an_error(self):
        with open("/dev/full", "wb") as full:
            run = subprocess.run([support.DRIFT, *SCAN], cwd=self.folder, env=self.env(), stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
        self.assertEqual(run.returncode, 1)

    def test_interrupted_while_it_waits_for_a_document(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            run = subprocess.Popen([support.DRIFT, "scan", "--state", "-"], cwd=self.folder, env=self.env(), stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            # More than a pipe holds: when this returns, drift is reading.
            run.stdin.write(b" " * 1_000_000)
            run.stdin.flush()
            run.send_signal(number)
            # Held open while we wait: it is the signal that ends the wait for more.
            self.assertEqual(run.wait(timeout=60), 3)
            self.assertIn(b"E_CANCELLED", run.stderr.read())
            for stream in (run.stdin, run.stdout, run.stderr):
                try:
                    stream.close()
                except BrokenPipeError:
                    pass


if __name__ == "__main__":
    support.main()
