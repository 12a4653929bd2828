#!/usr/bin/env python3
"""What the provider is asked, how often and with what: one process and one Configure for a configuration, one Read for a resource, schemas from
the cache, private data as it was, and an environment without what a parent Terraform left in it."""
import base64
import collections
import itertools
import json
import shutil

import support
from fixture import Fixture
from support import CANARY, EndToEnd, changes, verdicts


class Calls(EndToEnd):
    def setUp(self):
        super().setUp()
        self.actual = Fixture(self.folder / "actual")
        self.log = self.folder / "calls.log"
        self.binary = support.provider_binary("fixture")
        self.entry = {"config": {"folder": str(self.actual.folder)}}
        self.early = {"log": str(self.log), "rules": []}

    def report(self, code=None, env=None, **more):
        early = self.folder / "early.json"
        early.write_text(json.dumps(self.early))
        self.write("terraform.tfstate", self.actual.state())
        entry = {"binary": self.binary, **self.entry}
        entry["env"] = {"FIXTURE_BEHAVIOUR": str(early), **entry.get("env", {})}
        self.project(providers={"fixture": entry}, **more)
        self.log.unlink(missing_ok=True)
        return self.scan(code=code, env=env)

    def calls(self):
        """[(pid, call, type, id)]"""
        return [tuple(line.split(" ")) for line in self.log.read_text().splitlines()]

    def count(self):
        return collections.Counter(call for _, call, _, _ in self.calls())

    def test_one_process_and_one_read_for_each(self):
        self.actual.many(200)
        self.report(0)
        self.assertEqual(len({pid for pid, *_ in self.calls() if _[0] == "Read"}), 1)
        count = self.count()
        self.assertEqual((count["Configure"], count["Read"]), (1, 200))
        self.assertEqual(count["Upgrade"], 200, "none is left out: each state is brought to the schema of the provider that reads it")
        self.assertEqual(len({ident for _, call, _, ident in self.calls() if call == "Read"}), 200)

    def test_schemas_are_asked_for_once_for_each_binary(self):
        self.actual.many(3)
        self.binary = str(self.folder / "terraform-provider-fixture")
        shutil.copy(support.provider_binary("fixture"), self.binary)
        self.report(0)
        self.assertEqual(self.count()["Schema"], 1)
        self.report(0)
        self.assertEqual(self.count()["Schema"], 0, "this binary's schemas are known")
        with open(self.binary, "ab") as binary:
            binary.write(b"another version")
        self.report(0)
        self.assertEqual(self.count()["Schema"], 1)

    def test_who_wants_to_be_asked_for_schemas_is_asked_by_every_process(self):
        # Some learn only so what they have. Neither what the disk's cache has nor what the process before it said does instead.
        self.early["schema_always"] = True
        for protocol, most in itertools.product((6, 5), (None, 30)):
            with self.subTest(protocol=protocol, max_calls=most):
                self.actual = Fixture(self.folder / f"actual{protocol}", protocol)
                self.actual.many(60)
                self.entry = {"config": {"folder": str(self.actual.folder)}, **({"max_calls": most} if most else {})}
                self.binary = support.provider_binary("fixture") + ("5" if protocol == 5 else "")
                for _ in range(2):
                    self.report(0)
                    asked = {}
                    for pid, call, *_ in self.calls():
                        asked.setdefault(pid, []).append(call)
                    self.assertGreaterEqual(len(asked), 3 if most else 1)
                    for calls in asked.values():
                        self.assertEqual(calls[:5], ["Start", "Schema", "Identities", "Validate", "Configure"])
                        self.assertEqual(calls.count("Schema"), 1)

    def test_a_spoilt_cache_is_not_believed(self):
        self.actual.many(3)
        self.actual.put("fixture_plain", "r00001", **self.actual.usual(1, text="changed"))
        self.report(2)
        files = [p for p in (self.folder / "home" / "cache").rglob("*") if p.is_file()]
        self.assertTrue(files)
        for spoil in (lambda p: p.write_bytes(b""), lambda p: p.write_bytes(p.read_bytes()[: p.stat().st_size // 2]), lambda p: p.write_bytes(b"\xff" * 4096)):
            for path in files:
                path.chmod(0o600)
                spoil(path)
            self.assertEqual(verdicts(self.report(2)), {"fixture_plain.r00001": "changed"})

    def at_once(self):
        """The most Reads that were under way together."""
        now = most = 0
        for _, call, *_ in self.calls():
            now += {"Read": 1, "Read-end": -1}.get(call, 0)
            most = max(most, now)
        return most

    def test_as_many_at_once_as_allowed(self):
        self.actual.many(40)
        self.early |= {"latency_ms": 500, "ends": True}
        self.report(0, parallel=4)
        self.assertGreaterEqual(self.at_once(), 2)
        self.assertLessEqual(self.at_once(), 4)
        self.report(0, parallel=40)  # the provider's own limit is 10
        self.assertGreater(self.at_once(), 4)
        self.assertLessEqual(self.at_once(), 10)

    def test_the_next_is_upgraded_while_one_is_read(self):
        self.actual.many(4)
        self.early |= {"latency_ms": 500, "ends": True}
        self.report(0, parallel=1)
        self.assertEqual(self.at_once(), 1)
        # One after the other, so many were upgraded as were read when a read ends. The next one may have been before the read, too, or just as it began.
        upgraded = ended = ahead = 0
        for _, call, *_ in self.calls():
            upgraded += call == "Upgrade"
            ended += call == "Read-end"
            ahead += call == "Read-end" and upgraded > ended
        self.assertGreaterEqual(ahead, 1)

    def test_private_data_comes_back_as_it_was(self):
        inner = b'{"by":"the \\u00e9dge \\/ of it","n":1e3}'
        private = json.dumps({"made": base64.b64encode(inner).decode()}).encode()
        self.actual.record("fixture_plain", "p", private=private, text="t")
        self.actual.put("fixture_plain", "p", text="t", private_wanted=inner.decode())
        report = self.report(0)
        self.assertEqual(report["errors"], [])

    def test_deposed_and_tainted_objects_are_read_too(self):
        self.actual.both("fixture_plain", "current", text="new")
        self.actual.both("fixture_plain", "old", text="old")
        self.actual.both("fixture_plain", "ill", text="ill")
        resources = self.actual.resources
        deposed = resources.pop(("fixture_plain", "old"))["instances"][0]
        resources[("fixture_plain", "current")]["instances"].append({**deposed, "deposed": "0123abcd"})
        resources[("fixture_plain", "ill")]["instances"][0]["status"] = "tainted"
        report = self.report(0)
        self.assertEqual({ident for _, call, _, ident in self.calls() if call == "Read"}, {"current", "old", "ill"})
        self.assertTrue(report["complete"])
        self.actual.put("fixture_plain", "current", text="changed")
        report = self.report(2)
        self.assertEqual(changes(report, suppressed=False), {"fixture_plain.current": ["/text"]})

    def test_the_environment_of_the_provider(self):
        self.actual.many(1)
        seen = self.folder / "seen.env"
        self.early["rules"] = [{"call": "Start", "do": "env", "text": str(seen)}]
        self.entry["env"] = {"FIXTURE_OWN": "${env:FIXTURE_OUTER}", "CHANGED": "by the project"}
        self.report(0, env={"FIXTURE_OUTER": CANARY, "CHANGED": "no", "INHERITED": "yes", "TF_LOG": "TRACE", "TF_LOG_PROVIDER": "TRACE",
                            "PLUGIN_CLIENT_CERT": "nonsense", "PLUGIN_MULTIPLEX_GRPC": "true"})
        env = dict(line.split("=", 1) for line in seen.read_text().split("\n") if "=" in line)
        self.assertEqual((env["FIXTURE_OWN"], env["CHANGED"], env["INHERITED"]), (CANARY, "by the project", "yes"))
        self.assertEqual(env["TF_LOG_SDK"], "off")
        self.assertEqual({k for k in env if k in ("TF_LOG", "TF_LOG_PROVIDER", "PLUGIN_MULTIPLEX_GRPC", "TF_REATTACH_PROVIDERS")}, set())
        self.assertNotEqual(env.get("PLUGIN_CLIENT_CERT", ""), "nonsense")
        self.entry["logs"] = True
        self.report(0, env={"FIXTURE_OUTER": CANARY})
        self.assertNotIn("TF_LOG_SDK=off", seen.read_text().split("\n"))

    def test_modules_counts_and_keys(self):
        for name in ("a", "b", "c"):
            self.actual.both("fixture_plain", name, text=name)
        resources = self.actual.resources
        first = resources[("fixture_plain", "a")]
        first["module"] = 'module.m["x.y"]'
        second, third = resources.pop(("fixture_plain", "b")), resources.pop(("fixture_plain", "c"))
        first["instances"] = [{**first["instances"][0], "index_key": "k"}, {**second["instances"][0], "index_key": 'with "quotes"'}]
        third["instances"][0]["index_key"] = 0
        resources[("fixture_plain", "c")] = third
        self.actual.put("fixture_plain", "b", text="changed")
        self.actual.put("fixture_plain", "c", text="changed")
        report = self.report(2)
        self.assertEqual(verdicts(report), {'module.m["x.y"].fixture_plain.a["with \\"quotes\\""]': "changed", "fixture_plain.c[0]": "changed"})


if __name__ == "__main__":
    support.main()
