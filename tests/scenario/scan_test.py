#!/usr/bin/env python3
"""drift scan: real files against genuine states."""
import json
import os
import subprocess
import threading

import support
from support import Scenario, local_file, state, verdicts


class Files(Scenario):
    def test_nothing_drifted(self):
        self.production()
        got = self.check(0, "scan", "--state", "terraform.tfstate")
        self.assertTrue(got.out.startswith("No drift"), got.out)
        self.assertEqual(got.err, "")

    def test_changed_content_and_what_it_says(self):
        self.production()
        self.write("fw/allow.txt", "10.0.0.0/8\n0.0.0.0/0\n")
        got = self.check(2, "scan", "--state", "terraform.tfstate")
        self.assertIn("1 drifted", got.out.splitlines()[0])
        self.assertIn("local_file.allow", got.out)
        self.assertIn("0.0.0.0/0", got.out)
        report = self.check(2, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertEqual(verdicts(report), {"local_file.allow": "changed"})
        [finding] = report["findings"]
        self.assertEqual([c["path"] for c in finding["changes"]], ["content"])
        self.assertEqual(finding["changes"][0]["pointer"], "/content")
        self.assertEqual(finding["changes"][0]["relation"], "drift")
        self.assertEqual(finding["changes"][0]["actual"], "10.0.0.0/8\n0.0.0.0/0\n")
        self.assertEqual(len(finding["fingerprint"]), 32)
        self.assertTrue(report["complete"])
        self.assertEqual(report["schema_version"], 1)
        self.assertEqual(report["summary"]["checked"], 3)

    def test_contents_that_are_no_text_do_not_look_alike(self):
        self.production()
        seen = set()
        for content in (b"\xff\xfe\0bin", b"\xff\xfd\0bin"):
            self.write("svc.yaml", content)
            [finding] = self.check(2, "scan", "--state", "terraform.tfstate", "--json").json()["findings"]
            seen.add(json.dumps([c["actual"] for c in finding["changes"] if c["path"] == "content"]))
        self.assertEqual(len(seen), 2, seen)

    def test_deleted(self):
        self.production()
        (self.folder / "flags.json").unlink()
        report = self.check(2, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertEqual(verdicts(report), {"local_file.flags": "deleted"})

    def test_permission(self):
        self.production()
        (self.folder / "svc.yaml").chmod(0o666)
        report = self.check(2, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertEqual(verdicts(report), {"local_file.service": "changed"})
        self.assertEqual([c["path"] for c in report["findings"][0]["changes"]], ["file_permission"])

    def test_unreadable_is_never_deleted_and_never_clean(self):
        self.production()
        (self.folder / "flags.json").unlink()
        (self.folder / "flags.json").mkdir()
        got = self.check(3, "scan", "--state", "terraform.tfstate")
        self.assertIn("1 unreadable", got.out.splitlines()[0])
        report = self.check(3, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertFalse(report["complete"])
        self.assertEqual(report["findings"], [])
        self.assertEqual([e["address"] for e in report["errors"]], ["local_file.flags"])
        self.assertEqual(report["summary"]["unreadable"], 1)

    def test_drift_counts_also_when_something_was_unreadable(self):
        self.production()
        (self.folder / "flags.json").unlink()
        (self.folder / "flags.json").mkdir()
        self.write("svc.yaml", "a: 2\n")
        self.check(2, "scan", "--state", "terraform.tfstate")

    def test_what_no_provider_reads_is_unsupported(self):
        self.write("terraform.tfstate", state([{"mode": "managed", "type": "aws_vpc", "name": "x", "provider": 'provider["registry.terraform.io/hashicorp/aws"]',
                                                "instances": [{"schema_version": 1, "attributes": {"id": "vpc-1"}}]},
                                               local_file("a", "a.txt", "a")]))
        self.write("a.txt", "a", 0o644)
        report = self.check(3, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertEqual(report["summary"]["unsupported"], 1)
        self.assertEqual(report["errors"][0]["code"], "E_READ_UNSUPPORTED")
        self.check(0, "scan", "--state", "terraform.tfstate", "--exclude", "aws_*")

    def test_many_deletions_at_once_are_not_believed(self):
        files = [(f"f{i}", f"share/{i}.txt", str(i)) for i in range(30)]
        self.production(files)
        for _, name, _ in files:
            (self.folder / name).unlink()
        report = self.check(3, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertEqual(report["findings"], [])
        self.assertEqual({e["code"] for e in report["errors"]}, {"E_MASS_DELETION"})

    def test_deposed_objects_are_skipped_with_a_note(self):
        self.write("a.txt", "a")
        resource = local_file("a", "a.txt", "a")
        resource["instances"].append({**local_file("a", "old.txt", "old")["instances"][0], "deposed": "1a2b3c4d"})
        self.write("terraform.tfstate", state([resource]))
        report = self.check(0, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertEqual(report["summary"]["checked"], 1)

    def test_count_and_for_each(self):
        one, two = local_file("x", "one.txt", "1", index_key="one"), local_file("x", "two.txt", "2", index_key="two")
        one["instances"] += two["instances"]
        one["module"] = "module.m"
        one["each"] = "map"
        self.write("terraform.tfstate", state([one]))
        self.write("one.txt", "1", 0o644)
        self.write("two.txt", "changed", 0o644)
        report = self.check(2, "scan", "--state", "terraform.tfstate", "--json").json()
        self.assertEqual(verdicts(report), {'module.m.local_file.x["two"]': "changed"})

    def test_targets_and_excludes(self):
        self.production()
        for name in ("svc.yaml", "flags.json"):
            self.write(name, "changed")
        report = self.check(2, "scan", "--state", "terraform.tfstate", "--target", "local_file.s*", "--target", "*.allow", "--json").json()
        self.assertEqual(verdicts(report), {"local_file.service": "changed"})
        self.check(0, "scan", "--state", "terraform.tfstate", "--exclude", "*service", "--exclude", "*flags")

    def test_a_scope_without_anything_in_it_is_not_clean(self):
        self.production()
        for targets in (("nowhere.*",), ("local_file.*", "local_flie.flags")):
            got = self.check(1, "scan", "--state", "terraform.tfstate", *(word for t in targets for word in ("--target", t)))
            self.assertIn(targets[-1] + ": no resource matched the target", got.err)
            self.assertEqual(got.out, "")
        report = self.check(3, "scan", "--state", "terraform.tfstate", "--exclude", "*", "--json").json()
        self.assertEqual([e["code"] for e in report["errors"]], ["E_INVALID_ARGUMENT"])
        self.check(3, "diff", "terraform.tfstate", "terraform.tfstate", "--exclude", "*")
        got = self.check(0, "scan", "--state", "terraform.tfstate", "--exclude", "nowhere.*")
        self.assertIn("no resource matched the exclude nowhere.*", got.out)

    def test_the_number_of_threads_changes_no_byte(self):
        self.production([(f"f{i}", f"many/{i}.txt", f"content {i}\n") for i in range(300)])
        for i in range(0, 300, 7):
            self.write(f"many/{i}.txt", "other\n")
        for i in range(3, 300, 50):
            (self.folder / f"many/{i}.txt").unlink()
        one = self.check(2, "scan", "--state", "terraform.tfstate", "--json", "--parallel", "1")
        eight = self.check(2, "scan", "--state", "terraform.tfstate", "--json", "--parallel", "8")
        self.assertEqual(one.out, eight.out)


class Inputs(Scenario):
    def test_state_from_stdin(self):
        self.production()
        self.write("svc.yaml", "a: 2\n")
        text = (self.folder / "terraform.tfstate").read_bytes()
        report = self.check(2, "scan", "--state", "-", "--json", stdin=text).json()
        self.assertEqual(verdicts(report), {"local_file.service": "changed"})

    def test_state_from_a_fifo(self):
        self.production()
        os.mkfifo(self.folder / "pipe")
        text = (self.folder / "terraform.tfstate").read_bytes()
        writer = threading.Thread(target=lambda: (self.folder / "pipe").write_bytes(text))
        writer.start()
        self.check(0, "scan", "--state", "pipe")
        writer.join()

    def test_standard_input_only_once(self):
        got = self.check(1, "scan", "--state", "-", "--actual", "-", stdin=b"{}")
        self.assertIn("E_INVALID_ARGUMENT", got.err)

    def test_a_plan_as_state(self):
        def resource(name, filename, content):
            return {"address": f"local_file.{name}", "mode": "managed", "type": "local_file", "name": name, "schema_version": 0,
                    "provider_name": "registry.terraform.io/hashicorp/local", "values": support.attributes(filename, content), "sensitive_values": {}}

        def module(*resources):
            return {"root_module": {"resources": list(resources)}}

        plan = {"format_version": "1.2", "terraform_version": "1.9.8",
                "planned_values": module(resource("a", "a.txt", "new"), resource("b", "b.txt", "b")), "resource_changes": [],
                "prior_state": {"format_version": "1.0", "terraform_version": "1.9.8", "values": module(resource("a", "a.txt", "old"))}}
        self.write("plan.json", json.dumps(plan))
        self.write("a.txt", "old", 0o644)
        report = self.check(0, "scan", "--state", "plan.json", "--json").json()
        self.assertIn("desired", report["basis"])
        self.assertIn("recorded", report["basis"])
        self.write("a.txt", "moved", 0o644)
        report = self.check(2, "scan", "--state", "plan.json", "--json").json()
        self.assertEqual(verdicts(report), {"local_file.a": "changed"})
        self.assertEqual({c["relation"] for c in report["findings"][0]["changes"] if c["path"] == "content"}, {"conflict"})
        self.write("a.txt", "new", 0o644)
        self.check(0, "scan", "--state", "plan.json")

    def test_a_document_as_actual(self):
        self.production()
        now = [local_file("allow", "fw/allow.txt", "changed"), local_file("service", "svc.yaml", "a: 1\n"), local_file("stray", "s.txt", "s")]
        self.write("now.tfstate", state(now))
        report = self.check(2, "scan", "--state", "terraform.tfstate", "--actual", "now.tfstate", "--json").json()
        self.assertEqual(verdicts(report), {"local_file.allow": "changed", "local_file.flags": "deleted", "local_file.stray": "unmanaged"})

    def test_no_document_at_all(self):
        got = self.check(1, "scan")
        self.assertIn("--state", got.err)
        self.assertEqual(got.out, "")

    def test_a_missing_state(self):
        got = self.check(1, "scan", "--state", "missing.tfstate")
        self.assertIn("E_NOT_FOUND", got.err)
        self.assertIn("next:", got.err)

    def test_a_truncated_state_is_an_error_wherever_it_ends(self):
        self.production([("a", "a.txt", "CANARY content")])
        text = (self.folder / "terraform.tfstate").read_bytes()
        for size in range(0, len(text) - 1, 97):
            self.write("cut.tfstate", text[:size])
            got = self.check(1, "scan", "--state", "cut.tfstate")
            self.assertIn("E_", got.err)
            self.assertNotIn("CANARY", got.err)

    def test_a_document_of_another_kind(self):
        for text in ('{"hello":1}', "[]", "apiVersion: v1\n", "\x00\x01"):
            self.write("other", text)
            self.check(1, "scan", "--state", "other")

    def test_timeout_that_is_no_time(self):
        self.production()
        got = self.check(1, "scan", "--state", "terraform.tfstate", "--timeout", "soon")
        self.assertIn("--timeout", got.err)
        got = self.check(1, "scan", "--state", "terraform.tfstate", "--read-timeout", "0s")
        self.assertIn("--read-timeout", got.err)
        self.check(0, "scan", "--state", "terraform.tfstate", "--timeout", "1h", "--read-timeout", "1m")


class Recording(Scenario):
    def test_a_replay_has_the_same_bytes(self):
        self.production()
        self.write("key.pem", "CANARY-OLD", 0o700)
        resources = json.loads((self.folder / "terraform.tfstate").read_text())["resources"]
        self.write("terraform.tfstate", state(resources + [local_file("key", "key.pem", "CANARY-OLD", "0700", secret=True)]))
        self.write("key.pem", "CANARY-NEW", 0o700)
        self.write("svc.yaml", "a: 2\n")
        (self.folder / "flags.json").unlink()
        (self.folder / "fw/allow.txt").unlink()
        (self.folder / "fw/allow.txt").mkdir()
        live = self.check(2, "scan", "--state", "terraform.tfstate", "--json", "--record", "reads")
        for path in (self.folder / "reads").iterdir():
            self.assertNotIn(b"CANARY", path.read_bytes(), path.name)
        for path in (self.folder / "svc.yaml", self.folder / "key.pem"):
            path.unlink()
        replayed = self.check(2, "scan", "--state", "terraform.tfstate", "--json", "--replay", "reads")
        self.assertEqual(live.out, replayed.out)
        self.check(2, "explain", "local_file.service", "--state", "terraform.tfstate", "--replay", "reads")

    def test_options_that_exclude_each_other(self):
        for words in (("--record", "a", "--replay", "b"), ("--record", "a", "--actual", "b"), ("--replay", "a", "--actual", "b")):
            got = self.check(1, "scan", "--state", "x", *words)
            self.assertIn("E_INVALID_ARGUMENT", got.err)
            for option in words[::2]:
                self.assertIn(option, got.err)

    def test_a_recording_that_cannot_be_written_is_known_before_the_scan(self):
        self.production()
        self.write("file", "")
        for folder in ("file", "file/reads", "/proc/reads"):
            got = self.check(1, "scan", "--state", "terraform.tfstate", "--record", folder)
            self.assertIn(folder, got.err)
            self.assertEqual(got.out, "")

    def test_a_recording_that_fails_does_not_take_the_report_with_it(self):
        self.production()
        self.write("svc.yaml", "a: 2\n")
        # The folder is fine; what is to be written into it has a folder in its place.
        self.write("reads/reads.jsonl/x", "")
        got = self.check(1, "scan", "--state", "terraform.tfstate", "--json", "--record", "reads")
        self.assertEqual(verdicts(got.json()), {"local_file.service": "changed"})
        self.assertIn("reads.jsonl", got.err)


if __name__ == "__main__":
    support.main()
