#!/usr/bin/env python3
"""drift accept, and scans against what was accepted."""
import json
import subprocess

import support
from support import Scenario, local_file, state, verdicts

SCAN = ("scan", "--state", "terraform.tfstate")
ACCEPT = ("accept", "--state", "terraform.tfstate")


class Accept(Scenario):
    def drifted(self):
        self.production()
        self.write("fw/allow.txt", "10.0.0.0/8\n192.0.2.1/32\n")
        (self.folder / "flags.json").unlink()

    def test_accept_one_and_scan_again(self):
        self.drifted()
        got = self.check(0, *ACCEPT, "local_file.flags")
        self.assertIn("local_file.flags", got.out)
        self.assertIn("1 finding is left", got.out)
        report = self.check(2, *SCAN, "--json").json()
        self.assertEqual(verdicts(report), {"local_file.allow": "changed"})
        self.assertIn("baseline", report["basis"])
        self.check(0, *ACCEPT, "local_file.al*")
        self.check(0, *SCAN)
        # Away from what was accepted, and back to what the state says: both are drift now.
        self.write("fw/allow.txt", "0.0.0.0/0\n")
        self.check(2, *SCAN)
        self.write("fw/allow.txt", "10.0.0.0/8\n")
        self.check(2, *SCAN)
        self.check(0, *SCAN, "--no-baseline", "--target", "local_file.allow")

    def test_accept_all(self):
        self.drifted()
        self.check(0, *ACCEPT, "--all")
        self.check(0, *SCAN)
        lines = (self.folder / "drift.baseline.jsonl").read_text().splitlines()
        self.assertEqual([json.loads(line).get("address") for line in lines], [None, "local_file.allow", "local_file.flags"])

    def test_what_it_prints_cannot_drive_the_terminal(self):
        self.drifted()
        text = (self.folder / "terraform.tfstate").read_text()
        self.write("terraform.tfstate", text.replace('"flags"', '"fl\\u001b[2Jags"'))
        got = self.check(0, *ACCEPT, "--all", "--baseline", "b\x1b[2J.jsonl")
        self.assertIn("fl\\x1b[2Jags", got.out)
        self.assertNotIn("\x1b", got.out + got.err)
        got = self.check(1, "scan", "--state", "no\x1b[2J.tfstate")
        self.assertIn("no\\x1b[2J.tfstate", got.err)
        self.assertNotIn("\x1b", got.err)

    def test_nothing_to_accept(self):
        self.production()
        self.check(1, *ACCEPT, "--all")
        self.drifted()
        got = self.check(1, *ACCEPT, "local_file.nobody")
        self.assertIn("next:", got.err)
        self.check(1, *ACCEPT)
        self.check(1, *ACCEPT, "--all", "x")
        self.assertFalse((self.folder / "drift.baseline.jsonl").exists())

    def test_it_needs_a_file_for_the_baseline(self):
        self.drifted()
        self.assertNotIn("--no-baseline", self.check(0, "accept", "--help").out)
        self.check(1, *ACCEPT, "--all", "--no-baseline")
        self.assertIn("--baseline", self.check(1, *ACCEPT, "--all", "--baseline", "-").err)
        self.assertFalse((self.folder / "-").exists())

    def test_a_refresh_of_the_state_does_not_launder_what_was_accepted(self):
        self.production()
        self.write("fw/allow.txt", "10.0.0.0/8\n192.0.2.1/32\n", 0o644)
        self.check(0, *ACCEPT, "--all")
        # Somebody opens the list and refreshes: the state now says what the file says.
        self.write("fw/allow.txt", "0.0.0.0/0\n", 0o644)
        self.write("terraform.tfstate", state([local_file("allow", "fw/allow.txt", "0.0.0.0/0\n")]))
        self.assertEqual(verdicts(self.check(2, *SCAN, "--json").json()), {"local_file.allow": "changed"})
        # Or deletes it and refreshes: it is in no state any more.
        (self.folder / "fw/allow.txt").unlink()
        self.write("terraform.tfstate", state([]))
        self.assertEqual(verdicts(self.check(2, *SCAN, "--json").json()), {"local_file.allow": "deleted"})
        self.check(0, *SCAN, "--no-baseline")

    def test_the_state_is_only_read(self):
        self.drifted()
        before = {p: p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}
        self.check(2, *SCAN)
        self.check(0, *ACCEPT, "--all")
        after = {p: p.read_bytes() for p in self.folder.rglob("*") if p.is_file()}
        self.assertEqual({p.name for p in after.keys() - before.keys()}, {"drift.baseline.jsonl"})
        self.assertEqual(before, {p: after[p] for p in before})

    def test_stopped_before_everything_was_read(self):
        files = [(f"f{i}", f"many/{i}.txt", "a\n") for i in range(400)]
        self.production(files)
        for _, name, _ in files:
            self.write(name, "b\n")
        got = self.check(3, *ACCEPT, "--all", "--timeout", "1ms")
        self.assertIn("E_DEADLINE", got.err)
        self.assertEqual(got.out, "")
        self.assertFalse((self.folder / "drift.baseline.jsonl").exists())

    def test_what_cannot_be_read_is_said(self):
        self.drifted()
        (self.folder / "svc.yaml").unlink()
        (self.folder / "svc.yaml").mkdir()
        got = self.check(3, *ACCEPT, "--all")
        self.assertNotIn("Nothing is left", got.out)
        for part in ("Accepted 2 findings", "local_file.service", "next:"):
            self.assertIn(part, got.out)
        (self.folder / "svc.yaml").rmdir()
        self.write("svc.yaml", "a: 1\n")
        self.check(0, *SCAN)

    def test_deletions_that_are_not_believed(self):
        files = [(f"f{i}", f"share/{i}.txt", str(i)) for i in range(12)]
        self.production(files)
        for _, name, _ in files:
            (self.folder / name).unlink()
        got = self.check(3, *ACCEPT, "--all")
        for part in ("Nothing was accepted", "E_MASS_DELETION"):
            self.assertIn(part, got.out)
        self.assertFalse((self.folder / "drift.baseline.jsonl").exists())

    def test_a_file_that_cannot_be_looked_at_is_not_missing(self):
        self.drifted()
        for name in ("drift.baseline.jsonl", "drift.yaml"):
            link = self.folder / name
            link.symlink_to(name)
            for command in (SCAN, (*ACCEPT, "--all")):
                got = self.check(1, *command)
                self.assertIn(name, got.err)
                self.assertIn("E_IO", got.err)
            self.assertTrue(link.is_symlink())
            link.unlink()

    def test_what_a_rule_ignored_is_found_when_the_rule_is_gone(self):
        self.production()
        self.write("svc.yaml", "a: 2\n", 0o600)
        self.write("drift.yaml", "ignore: [{name: r, address: local_file.service, path: file_permission, mode: mute, reason: for now}]\n")
        (self.folder / "svc.yaml").chmod(0o646)
        self.check(0, *ACCEPT, "--all")
        self.check(0, *SCAN)
        (self.folder / "drift.yaml").unlink()
        report = self.check(2, *SCAN, "--json").json()
        self.assertEqual([c["path"] for f in report["findings"] for c in f["changes"]], ["file_permission"])

    def test_accepting_at_the_same_time(self):
        files = [(f"f{i}", f"many/{i}.txt", "a\n") for i in range(6)]
        self.production(files)
        for _, name, _ in files:
            self.write(name, "b\n")
        running = [subprocess.Popen([support.DRIFT, *ACCEPT, f"local_file.{name}"], cwd=self.folder, env=self.env(), stdout=subprocess.DEVNULL)
                   for name, _, _ in files]
        self.assertEqual([run.wait(60) for run in running], [0] * len(files))
        self.check(0, *SCAN)

    def test_the_state_that_it_belongs_to(self):
        self.drifted()
        self.check(0, *ACCEPT, "--all")
        self.write("other.tfstate", state([]).replace("596877b6", "00000000"))
        for command in ("scan", "accept"):
            got = self.check(1, command, "--state", "other.tfstate", *(("--all",) if command == "accept" else ()))
            for part in ("E_CONFIG_INVALID", "drift.baseline.jsonl", "next:"):
                self.assertIn(part, got.err)
        self.check(0, "scan", "--state", "other.tfstate", "--no-baseline")

    def test_where_the_baseline_is(self):
        self.drifted()
        self.check(0, *ACCEPT, "--all", "--baseline", "prod.jsonl")
        self.check(2, *SCAN)
        self.check(0, *SCAN, "--baseline", "prod.jsonl")
        got = self.check(1, *SCAN, "--baseline", "missing.jsonl")
        self.assertIn("E_NOT_FOUND", got.err)
        got = self.check(1, *SCAN, "--baseline", "terraform.tfstate")
        self.assertIn("E_BAD_STRUCTURE", got.err)
        self.check(1, *SCAN, "--baseline", "prod.jsonl", "--no-baseline")
        self.write("conf/drift.yaml", "state: ../terraform.tfstate\nbaseline: b.jsonl\nproviders: {file: {root: ..}}\n")
        self.check(2, "scan", "--project", "conf/drift.yaml")
        self.check(0, "accept", "--project", "conf/drift.yaml", "--all")
        self.assertTrue((self.folder / "conf/b.jsonl").exists())
        self.check(0, "scan", "--project", "conf/drift.yaml")


class Secrets(Scenario):
    def setUp(self):
        super().setUp()
        self.write("key.pem", "CANARY-OLD", 0o700)
        self.write("terraform.tfstate", state([local_file("key", "key.pem", "CANARY-OLD", "0700", secret=True)]))

    def test_sealed_with_a_key_of_its_own(self):
        self.write("key.pem", "CANARY-NEW", 0o700)
        self.check(2, *SCAN)
        self.check(0, *ACCEPT, "--all")
        key = self.folder / "drift.baseline.jsonl.key"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)
        self.assertNotIn("CANARY", (self.folder / "drift.baseline.jsonl").read_text())
        self.check(0, *SCAN)
        self.write("key.pem", "CANARY-OTHER", 0o700)
        got = self.check(2, *SCAN)
        self.assertNotIn("CANARY", got.out)

    def test_a_recording_can_be_compared_with_a_sealed_baseline(self):
        self.write("key.pem", "CANARY-NEW", 0o700)
        self.check(0, *ACCEPT, "--all")
        self.check(0, *SCAN, "--record", "reads")
        self.write("key.pem", "CANARY-OTHER", 0o700)
        self.check(0, *SCAN, "--replay", "reads")
        # The baseline's key is not copied to where the digests are; without it nothing can be told.
        self.assertEqual([p.name for p in (self.folder / "reads").iterdir()], ["reads.jsonl"])
        self.check(2, *SCAN, "--no-baseline", "--replay", "reads")
        key = self.folder / "drift.baseline.jsonl.key"
        key.rename(self.folder / "elsewhere.key")
        self.assertIn("DRIFT_KEY_FILE", self.check(1, *SCAN, "--replay", "reads").err)
        self.check(0, *SCAN, "--replay", "reads", DRIFT_KEY_FILE="elsewhere.key")

    def test_a_recording_without_a_baseline_has_a_key_of_its_own(self):
        self.write("key.pem", "CANARY-NEW", 0o700)
        before = self.check(2, *SCAN, "--json", "--record", "reads").out
        self.assertEqual((self.folder / "reads/key").stat().st_mode & 0o777, 0o600)
        self.write("key.pem", "CANARY-OLD", 0o700)
        self.assertEqual(self.check(2, *SCAN, "--json", "--replay", "reads").out, before)

    def test_no_key_without_a_secret(self):
        self.production()
        self.write("svc.yaml", "a: 2\n")
        self.check(0, *ACCEPT, "--all")
        self.assertFalse((self.folder / "drift.baseline.jsonl.key").exists())

    def test_a_key_from_elsewhere(self):
        self.write("key.pem", "CANARY-NEW", 0o700)
        named = str(self.folder / "elsewhere.key")
        self.check(0, *ACCEPT, "--all", DRIFT_KEY_FILE=named)
        self.assertFalse((self.folder / "drift.baseline.jsonl.key").exists())
        self.check(0, *SCAN, DRIFT_KEY_FILE=named)
        # Without the key nobody can tell whether the secret is the accepted one, and that is not the same as clean.
        report = self.check(3, *SCAN, "--json").json()
        got = self.check(3, "explain", "--state", "terraform.tfstate", "local_sensitive_file.key")
        for part in ("cannot be compared", "E_CONFIG_INVALID", "DRIFT_KEY_FILE"):
            self.assertIn(part, got.out)
        self.assertEqual([e["code"] for e in report["errors"]], ["E_CONFIG_INVALID"])
        self.write("broken.key", "not a key")
        self.assertIn("E_CONFIG_INVALID", self.check(1, *SCAN, DRIFT_KEY_FILE="broken.key").err)

    def test_a_lost_key_is_not_replaced(self):
        self.write("key.pem", "CANARY-NEW", 0o700)
        self.check(0, *ACCEPT, "--all")
        key = self.folder / "drift.baseline.jsonl.key"
        key.unlink()
        self.write("key.pem", "CANARY-OTHER", 0o700)
        got = self.check(1, *ACCEPT, "--all")
        self.assertIn("E_CONFIG_INVALID", got.err)
        self.assertFalse(key.exists())

    def test_a_sealed_baseline_beside_another_document(self):
        self.write("key.pem", "CANARY-NEW", 0o700)
        self.check(0, *ACCEPT, "--all", "--baseline", "sec.bl")
        now = state([local_file("key", "key.pem", "CANARY-NEW", "0700", secret=True)])
        self.write("now.tfstate", now)
        for pair in (("sec.bl", "now.tfstate"), ("now.tfstate", "sec.bl")):
            self.check(0, "diff", *pair)
        self.assertEqual(verdicts(self.check(2, "diff", "sec.bl", "terraform.tfstate", "--json").json()), {"local_sensitive_file.key": "changed"})
        key = (self.folder / "sec.bl.key").rename(self.folder / "elsewhere.key")
        self.check(0, "diff", "sec.bl", "now.tfstate", DRIFT_KEY_FILE=str(key))
        self.check(3, "diff", "sec.bl", "now.tfstate")

    def test_no_output_and_no_file_ever_holds_a_secret(self):
        self.write("key.pem", "CANARY-NEW", 0o700)
        self.write("other.tfstate", state([local_file("key", "key.pem", "CANARY-2", "0700", secret=True)]))
        self.write("drift.yaml", "ignore: [{name: a, type: x, path: '[', mode: mute, reason: CANARY-YAML}]\n")
        self.write("good.yaml", "state: terraform.tfstate\n")
        project = ("--project", "good.yaml")
        commands = [("scan", *project), ("scan", *project, "--json"), ("scan", *project, "--show-suppressed"), ("scan", *project, "--json", "--show-suppressed"),
                    ("scan", *project, "--record", "reads"), ("scan", *project, "--replay", "reads"), ("explain", *project, "local_sensitive_file.key"),
                    ("diff", *project, "terraform.tfstate", "other.tfstate"), ("diff", *project, "terraform.tfstate", "other.tfstate", "--json"),
                    ("scan", *project, "--actual", "other.tfstate"), ("accept", *project, "--all"), ("scan", *project), ("scan", *project, "--json", "--show-suppressed"),
                    ("explain", *project, "local_sensitive_file.key"), ("scan",), ("scan", "--state", "key.pem", *project)]
        hashes = [support.attributes("", secret)[f"content_{h}"] for secret in ("CANARY-OLD", "CANARY-NEW", "CANARY-2")
                  for h in ("md5", "sha1", "sha256", "sha512", "base64sha256", "base64sha512")]
        for command in commands:
            got = self.drift(*command)
            for needle in ["CANARY", *hashes]:
                self.assertNotIn(needle, got.out + got.err, command)
        for path in self.folder.rglob("*"):
            if path.is_file() and path.suffix not in (".tfstate", ".yaml", ".pem"):
                for needle in ["CANARY", *hashes]:
                    self.assertNotIn(needle, path.read_text(), path.name)


if __name__ == "__main__":
    support.main()
