#!/usr/bin/env python3
"""Where a plugin is found, what it is started with, and what it is configured with. Needs no CLI."""
import base64
import json
import os
import pathlib
import shutil

import support
from pulumi_support import PulumiEndToEnd, found, secret, urn
from support import CANARY, Program, error_codes


class Finding(PulumiEndToEnd):
    def setUp(self):
        super().setUp()
        self.both("Thing", "a", text="a")
        self.actual.change("Thing", "a", text="b")
        self.binary = support.peer("pulumi-fixture") / "pulumi-resource-fixture"
        self.seen = self.folder / "seen"
        self.on_path = None

    def env(self, **more):
        """PATH is the system's, and what a test puts before it."""
        return {**super().env(), "PATH": ":".join(filter(None, [self.on_path, os.environ["PATH"]])), **more}

    def cache(self, version, partial=False, inside="pulumi-resource-fixture", program=None):
        folder = self.folder / "pulumi" / "plugins" / ("resource-fixture" + (f"-v{version}" if version else ""))
        folder.mkdir(parents=True)
        if program:
            (folder / inside).write_text(program)
        else:
            shutil.copy2(self.binary, folder / inside)
        if partial:
            folder.with_name(folder.name + ".partial").write_text("")
        return folder

    def report(self, env=None, **pulumi):
        self.write("state.json", self.checkpoint.deployment())
        self.configure(state="state.json", pulumi=pulumi)
        return self.scan(env=env)

    def assert_found(self, report, where=None):
        self.assertEqual((found(report), report["errors"]), ({urn("Thing", "a"): ["/text"]}, []))
        if where is not None:
            self.assertIn(str(where), self.started()["EXE"])

    def assert_missing(self, report):
        self.assertEqual(list(error_codes(report)), [urn("Thing", "a")])
        self.assertTrue(all(e.get("next") for e in report["errors"]), report["errors"])
        return report["errors"][0]

    def tell(self):
        """The provider writes down what it was started with."""
        self.actual.early("Start", "env", text=str(self.seen))

    def started(self):
        return dict(line.split("=", 1) for line in self.seen.read_text().splitlines() if "=" in line)

    def test_nowhere(self):
        error = self.assert_missing(self.report())
        self.assertIn("fixture", error["message"])

    def test_without_the_entry_nothing_is_started(self):
        self.on_path = str(self.binary.parent)
        self.tell()
        self.write("state.json", self.checkpoint.deployment())
        self.project(state="state.json")
        report = self.scan()
        self.assertEqual(report["findings"], [])
        self.assertFalse(self.seen.exists())

    def test_on_path(self):
        self.on_path = str(self.binary.parent)
        self.assert_found(self.report())

    def test_on_path_but_that_is_not_wanted(self):
        self.on_path = str(self.binary.parent)
        self.assert_missing(self.report(env={"PULUMI_IGNORE_AMBIENT_PLUGINS": "true"}))

    def test_in_the_cache(self):
        folder = self.cache("1.2.3")
        self.tell()
        self.assert_found(self.report(), folder)

    def test_another_version_is_not_the_one(self):
        self.cache("1.2.4")
        self.assert_missing(self.report())

    def test_a_folder_without_a_version_is_no_install(self):
        # As for the engine, which looks only at folders that have one.
        self.cache("")
        self.assert_missing(self.report())

    def test_the_exact_version_beside_one_without(self):
        self.cache("")
        folder = self.cache("1.2.3")
        self.tell()
        self.assert_found(self.report(), folder)

    def test_what_is_only_partly_there_is_not_there(self):
        self.cache("1.2.3", partial=True)
        self.assert_missing(self.report())

    def test_path_goes_before_the_cache(self):
        self.cache("1.2.3", program="#!/bin/sh\nexit 7\n")
        self.on_path = str(self.binary.parent)
        self.assert_found(self.report())

    def test_named_in_the_project(self):
        self.cache("1.2.3", program="#!/bin/sh\nexit 7\n")
        self.assert_found(self.report(plugins={"fixture": {"binary": str(self.binary)}}))
        shutil.copy2(self.binary, self.work / "mine")
        self.assert_found(self.report(plugins={"fixture": {"binary": "./mine"}}))
        self.assert_found(self.report(plugins={"fixture": {"binary": str(self.binary.parent)}}))

    def test_one_that_needs_a_language_host_is_said_to(self):
        self.cache("1.2.3", inside="PulumiPlugin.yaml", program="runtime: nodejs\n")
        error = self.assert_missing(self.report())
        self.assertIn("nodejs", error["message"] + error["next"])

    def test_what_it_is_started_with(self):
        self.on_path = str(self.binary.parent)
        self.tell()
        self.assert_found(self.report(env={"FIXTURE_OWN": "from outside"}))
        started = self.started()
        self.assertEqual(started["CWD"], str(self.work))
        self.assertRegex(started["ARGS"], r"^(-\S+ )*127\.0\.0\.1:\d+$")
        self.assertEqual(started["FIXTURE_OWN"], "from outside")

    def test_the_environment_of_the_project(self):
        self.on_path = str(self.binary.parent)
        self.tell()
        self.assert_found(self.report(env={"GIVEN": "x"}, plugins={"fixture": {"env": {"FIXTURE_OWN": "${env:GIVEN}"}}}))
        self.assertEqual(self.started()["FIXTURE_OWN"], "x")

    def test_one_that_runs_already_is_used_and_not_ended(self):
        program = Program(self, "fixture", [str(self.binary)], env={**os.environ, "FIXTURE_FOLDER": str(self.actual.folder)})
        port = program.wait(30, lambda: program.log.read_text().strip())
        self.actual.set(log=str(self.actual.folder / "calls.log"))
        for _ in range(2):
            self.assert_found(self.report(env={"PULUMI_DEBUG_PROVIDERS": f"fixture:{port}"}))
        self.assertIsNone(program.process.poll())
        self.assertNotIn("Cancel", [c[1] for c in self.actual.calls()])

    def test_everything_that_the_checkpoint_holds_is_configured(self):
        # Two providers of one package are two processes, each with a configuration of its own.
        self.on_path = str(self.binary.parent)
        other = self.folder / "other"
        (other / "Thing").mkdir(parents=True)
        (other / "Thing" / "b.json").write_text(json.dumps({"text": "other"}))
        where = ("urn:pulumi:dev::proj::pulumi:providers:fixture::second", "id2")
        self.checkpoint.provider("fixture", *where, inputs={"folder": str(other)})
        self.checkpoint.record("Thing", "b", {"text": "a"}, provider=where)
        self.checkpoint.record("Thing", "c", {"text": "a"}, provider=where)
        report = self.report()
        self.assertEqual(found(report), {urn("Thing", "a"): ["/text"], urn("Thing", "b"): ["/text"], urn("Thing", "c"): [""]})

    def test_parameters(self):
        self.on_path = str(self.binary.parent)
        self.actual.put("Thing", "p", text="b")
        where = ("urn:pulumi:dev::proj::pulumi:providers:sub::default_7_0_0", "id3")
        value = base64.b64encode(str(self.actual.folder).encode()).decode()
        self.checkpoint.provider("sub", *where, inputs={"version": "7.0.0", "__internal": {"name": "fixture", "version": "1.2.3", "parameterization": value}})
        self.checkpoint.record("Thing", "p", {"text": "a"}, package="sub", provider=where)
        self.actual.early("Parameterize", "env", text=str(self.seen))
        report = self.report(env={"FIXTURE_FOLDER": str(self.actual.folder)})
        self.assertEqual(found(report), {urn("Thing", "a"): ["/text"], urn("Thing", "p", "sub"): ["/text"]})
        self.assertTrue(self.seen.exists())

    def several(self):
        """Something of every kind: a change, a computed output, what is gone, a secret."""
        self.on_path = str(self.binary.parent)
        self.checkpoint.record("Thing", "computed", {"text": "a"}, {"text": "a", "etag": "1"})
        self.actual.put("Thing", "computed", text="a", etag="2")
        self.checkpoint.record("Thing", "gone", {"text": "a"})
        self.checkpoint.record("Thing", "secret", {"pw": secret(CANARY)})
        self.actual.put("Thing", "secret", pw={"$secret": CANARY + "2"})
        self.write("state.json", self.checkpoint.deployment())
        self.configure(state="state.json")
        return {urn("Thing", "a"): ["/text"], urn("Thing", "gone"): [""], urn("Thing", "secret"): ["/pw"]}

    def test_a_recording_answers_as_the_plugin_did(self):
        wanted = self.several()
        recorded = self.scan("--record", "rec", code=2)
        self.assertEqual(found(recorded), wanted)
        for path in filter(pathlib.Path.is_file, (self.work / "rec").rglob("*")):
            self.assertNotIn(CANARY.encode(), path.read_bytes())
        for path in self.actual.folder.rglob("*.json"):
            path.unlink()
        self.on_path = None
        replayed = self.scan("--replay", "rec", code=2)
        self.assertEqual((found(replayed), replayed["suppressed"]), (wanted, recorded["suppressed"]))

    def test_both_answers_are_explained_where_they_differ(self):
        self.several()
        told = self.drift("explain", urn("Thing", "computed")).out
        self.assertRegex(told, r"(?s)suppressed.*etag.*class +computed_only.*rule +engine\.diff")

    def test_a_provider_that_is_not_in_the_checkpoint(self):
        self.on_path = str(self.binary.parent)
        self.checkpoint.record("Thing", "orphan", {"text": "a"}, provider=("urn:pulumi:dev::proj::pulumi:providers:fixture::gone", "id9"))
        report = self.report()
        self.assertEqual(found(report), {urn("Thing", "a"): ["/text"]})
        self.assertEqual(list(error_codes(report)), [urn("Thing", "orphan")])


if __name__ == "__main__":
    support.main()
