#!/usr/bin/env python3
"""Stacks that the Pulumi CLI itself wrote, where they live: `drift scan --stack proj/dev` finds every out-of-band change that
`pulumi refresh --preview-only` finds, and nothing else, without a CLI."""
import json
import shutil
import subprocess

import support
from pulumi_oracle import disagreements
from pulumi_support import PASSPHRASE, PulumiEndToEnd, found, urn
from support import CANARY, error_codes, verdicts

SECRET = {"$secret": CANARY + "1"}
STACK = [
    {"type": "fixture:index:Group", "name": "group", "component": True},
    {"type": "fixture:index:Thing", "name": "plain", "inputs": {"text": "a", "list": [1, 2], "region": "eu"}},
    {"type": "fixture:index:Thing", "name": "inside", "parent": "group", "inputs": {"text": "a"}},
    {"type": "fixture:index:Thing", "name": "secret", "inputs": {"password": SECRET, "text": "a"}},
    # Its input stands open in the stack; since the output is a secret, neither is shown.
    {"type": "fixture:index:Thing", "name": "hidden", "inputs": {"token": CANARY + "2"}, "secrets": ["token"]},
    {"type": "fixture:index:Thing", "name": "ignored", "inputs": {"text": "a", "number": 1}, "ignore": ["text"]},
    {"type": "fixture:index:Thing", "name": "asset", "inputs": {"file": {"$asset": "content"}, "files": {"$archive": {"a": "1", "b": "2"}}}},
    {"type": "fixture:index:Thing", "name": "archive", "inputs": {"files": {"$archive": {"a": "1", "b": "2"}}}},
    {"type": "fixture:index:Thing", "name": "reference", "inputs": {"of": {"$resource": "plain"}}},
    {"type": "fixture:index:Thing", "name": "gone", "inputs": {"text": "a"}},
    {"type": "fixture:index:Thing", "name": "same", "inputs": {"text": "a"}, "protect": True},
]


def inside(name):
    return f"urn:pulumi:dev::proj::fixture:index:Group$fixture:index:Thing::{name}"


class Stacks(PulumiEndToEnd):
    def make(self, **more):
        # The provider lets in only who has the token, which is a secret of the stack.
        (self.actual.folder / "token").write_text(CANARY + "3")
        self.up(STACK, provider={"package": "fixture", "name": "mine", "version": "1.2.3",
                                 "inputs": {"folder": str(self.actual.folder), "token": {"$secret": CANARY + "3"}}}, **more)

    def change(self):
        self.actual.change("Thing", "plain", text="b", list=[1, 3], region="us")
        self.actual.change("Thing", "inside", text="b")
        self.actual.change("Thing", "secret", password={"$secret": CANARY + "4"})
        self.actual.change("Thing", "hidden", token=CANARY + "5")
        self.actual.change("Thing", "ignored", text="b")
        self.actual.change("Thing", "asset", file={"$asset": "other"})
        self.actual.change("Thing", "archive", files={"$archive": {"a": "1", "b": "3"}})
        self.actual.remove("Thing", "gone")
        return {urn("Thing", n) for n in ("plain", "secret", "hidden", "asset", "archive", "gone")} | {inside("inside")}

    def by_name(self, code=2, env=None, name="proj/dev"):
        """Nothing but the name of the stack: no drift.yaml."""
        (self.work / "drift.yaml").unlink(missing_ok=True)
        return self.scan("--stack", name, code=code, env=env)

    def test_nothing_changed(self):
        self.make()
        for secret in (CANARY + "1", CANARY + "3"):
            self.assertNotIn(secret, self.written().read_text())
        theirs = self.cli.refresh()
        self.assertEqual((theirs.drifted, theirs.failed), ({}, {}))
        report = self.by_name(code=0)
        self.assertEqual((report["findings"], report["errors"]), ([], []))
        self.assertTrue(report["complete"])

    def test_every_change_and_nothing_else(self):
        self.make()
        wanted = self.change()
        theirs = self.cli.refresh()
        self.assertEqual(set(theirs.drifted), wanted)
        report = self.by_name()
        self.assertEqual(disagreements(found(report), theirs), [])
        marked = {f["address"] for f in report["findings"] if any(c.get("sensitive") for c in f["changes"])}
        self.assertEqual(marked, {urn("Thing", "secret"), urn("Thing", "hidden")})
        # And what the CLI accepted is drift no more.
        self.cli.run("refresh", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive")
        self.assertEqual(self.cli.refresh().drifted, {})
        self.assertEqual(self.by_name(code=0)["findings"], [])

    def test_both_forms_of_the_oracle_say_the_same(self):
        # The document that --json gives at the end, and the stream of events that the other tests read.
        self.make()
        self.change()
        document = self.cli.document()
        ended = {step["urn"]: step["op"] for step in document["steps"] if step["op"] in ("update", "delete")}
        theirs = self.cli.refresh()
        self.assertEqual(ended, {u: {"changed": "update", "deleted": "delete"}[v] for u, (v, _) in theirs.drifted.items()})

    def test_the_wrong_passphrase(self):
        self.make()
        self.change()
        self.actual.set(log=str(self.actual.folder / "calls.log"))
        for env in ({"PULUMI_CONFIG_PASSPHRASE": "wrong"}, {"PULUMI_CONFIG_PASSPHRASE": ""}):
            got = self.drift("scan", "--stack", "proj/dev", "--json", env=env)
            self.assertEqual(got.code, 1, got.out + got.err)
            self.assertIn("passphrase", got.out + got.err)
        self.assertEqual(self.actual.calls(), [], "a plugin was started")

    def test_the_passphrase_in_a_file(self):
        self.make()
        wanted = self.change()
        file = self.write("passphrase", PASSPHRASE + "\n")
        before = self.env
        try:
            self.env = lambda **more: {k: v for k, v in before(**more).items() if k != "PULUMI_CONFIG_PASSPHRASE"}
            report = self.by_name(env={"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)})
        finally:
            self.env = before
        self.assertEqual(set(found(report)), wanted)

    def test_the_layouts_of_the_back_end(self):
        # Without projects a stack has a name alone, for the CLI, too.
        for layout, name in (({"PULUMI_DIY_BACKEND_GZIP": "true"}, "proj/dev"), ({"PULUMI_DIY_BACKEND_LEGACY_LAYOUT": "true"}, "dev")):
            with self.subTest(layout):
                before = self.pulumi_env
                self.pulumi_env = lambda layout=layout, before=before, **more: before(**{**layout, **more})
                try:
                    for folder in (self.backend, self.actual.folder):
                        shutil.rmtree(folder)
                        folder.mkdir()
                    self.make()
                finally:
                    self.pulumi_env = before
                self.assertFalse(self.written().exists())
                wanted = self.change()
                self.assertEqual(set(found(self.by_name(name=name))), wanted)

    def test_the_back_end_of_the_login(self):
        # Neither the project nor the environment says where: `pulumi login` did.
        self.make()
        wanted = self.change()
        self.write("Pulumi.yaml", {"name": "proj", "runtime": "python"})
        self.cli.run("login", self.backend.as_uri())
        before = self.env
        try:
            self.env = lambda **more: {k: v for k, v in before(**more).items() if k != "PULUMI_BACKEND_URL"}
            self.assertEqual(set(found(self.by_name())), wanted)
        finally:
            self.env = before

    def test_an_export_as_a_file_and_from_standard_input(self):
        self.make()
        wanted = self.change()
        for more in ((), ("--show-secrets",)):
            with self.subTest(more):
                self.write("export.json", self.cli.export(*more))
                self.configure(state="export.json")
                self.assertEqual(set(found(self.scan(code=2))), wanted)
        self.project(builtin_comparators=False, providers={"pulumi": {}})
        with open(self.work / "export.json", "rb") as document:
            done = subprocess.run([support.DRIFT, "scan", "--state", "-", "--json"], cwd=self.work, env=self.env(), stdin=document, capture_output=True,
                                  timeout=120, check=False)
        self.assertEqual(set(found(json.loads(done.stdout))), wanted, done.stderr)

    def test_stacks_that_are_not_there(self):
        self.make()
        for name in ("proj/other", "other/dev", "../dev", ""):
            with self.subTest(name):
                got = self.drift("scan", "--stack", name, "--json")
                self.assertEqual(got.code, 1, got.out)
                self.assertTrue(got.err)

    def test_a_package_with_parameters(self):
        self.actual.put("Thing", "unused", text="a")
        resources = [{"type": "sub:index:Thing", "name": "p", "inputs": {"text": "a"}}, {"type": "sub:index:Thing", "name": "q", "inputs": {"text": "a"}}]
        self.up(resources, package={"name": "fixture", "version": "1.2.3",
                                    "parameterization": {"name": "sub", "version": "7.0.0", "value": str(self.actual.folder)}})
        self.actual.change("Thing", "p", text="b")
        theirs = self.cli.refresh()
        self.assertEqual(set(theirs.drifted), {urn("Thing", "p", "sub")})
        self.assertEqual(disagreements(found(self.by_name()), theirs), [])

    def test_what_the_stack_only_reads(self):
        self.actual.put("Thing", "theirs", text="a", etag="1")
        self.up([{"type": "fixture:index:Thing", "name": "external", "read": "theirs", "inputs": {}}])
        self.assertEqual(self.cli.refresh().drifted, {})
        self.assertEqual(self.by_name(code=0)["findings"], [])
        self.actual.change("Thing", "theirs", text="b")
        theirs = self.cli.refresh()
        self.assertEqual(set(theirs.drifted), {urn("Thing", "external")})
        self.assertEqual(disagreements(found(self.by_name()), theirs), [])

    def test_a_failed_read_is_not_drift_for_either(self):
        self.make()
        wanted = self.change()
        self.actual.behave("Read", "error", id="plain", code="INTERNAL", text="500")
        theirs = self.cli.refresh(codes=(1, 255))
        self.assertTrue(theirs.failed)
        report = self.by_name(code=None)
        # The CLI's whole refresh fails; here it costs one resource.
        self.assertEqual(set(error_codes(report)), {urn("Thing", "plain")})
        self.assertEqual(set(verdicts(report)), wanted - {urn("Thing", "plain")})


if __name__ == "__main__":
    support.main()
