#!/usr/bin/env python3
"""Where the provider comes from: every place that Terraform and OpenTofu know, and what is said when it is in none. And aliases: one process for each
configuration, never one with another's account."""
import base64
import hashlib
import json
import os
import pathlib
import re
import shutil

import support
from fixture import PROVIDER, Fixture
from support import CANARY, PLATFORM, EndToEnd, Program, error_codes, marked, verdicts

VERSION = "1.2.3"
SOURCE = "registry.opentofu.org/libdrift/fixture"


def directory_hash(folder):
    """h1: of a package, as golang.org/x/mod/sumdb/dirhash defines it."""
    lines = "".join(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(folder)}\n" for p in sorted(folder.rglob("*")) if p.is_file())
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


class Find(EndToEnd):
    def setUp(self):
        super().setUp()
        self.actual = Fixture(self.folder / "actual")
        self.actual.many(4)
        self.actual.put("fixture_plain", "r00001", **self.actual.usual(1, text="changed"))
        self.write("terraform.tfstate", self.actual.state())
        self.entry = {"config": {"folder": str(self.actual.folder)}}

    def install(self, folder, version=VERSION):
        """An unpacked package below the folder, and its path."""
        package = folder / SOURCE / version / PLATFORM
        package.mkdir(parents=True)
        shutil.copy(support.provider_binary("fixture"), package / f"terraform-provider-fixture_v{version}")
        return package

    def lock(self, package, version=VERSION, hashes=None):
        hashes = hashes or [directory_hash(package)]
        self.write(".terraform.lock.hcl", f'provider "{SOURCE}" {{\n  version = "{version}"\n  hashes = [\n' + "".join(f'    "{h}",\n' for h in hashes) + "  ]\n}\n")

    def rc(self, text):
        path = self.folder / "cli.rc"
        path.write_text(text)
        return {"TF_CLI_CONFIG_FILE": str(path)}

    def assert_found(self, env=None, **more):
        self.project(providers={"fixture": {**self.entry, **more}})
        report = self.scan(code=2, env=env)
        self.assertEqual(verdicts(report), {"fixture_plain.r00001": "changed"})
        self.assertTrue(report["complete"])
        return report

    def assert_unsupported(self, env=None):
        self.project(providers={"fixture": self.entry})
        report = self.scan(code=3, env=env)
        self.assertEqual(report["findings"], [])
        self.assertEqual({e["verdict"] for e in report["errors"]}, {"unsupported"})
        self.assertEqual(report["summary"]["unsupported"], 4)
        return report

    def test_nowhere(self):
        report = self.assert_unsupported()
        self.assertRegex(json.dumps(report["errors"]), "init|binary")

    def test_named(self):
        self.assert_found(binary=support.provider_binary("fixture"))

    def test_named_relative_to_the_project(self):
        shutil.copy(support.provider_binary("fixture"), self.work / "the-provider")
        self.assert_found(binary="./the-provider")

    def test_in_dot_terraform_with_its_lock(self):
        self.lock(self.install(self.work / ".terraform" / "providers"))
        self.assert_found()

    def test_the_lock_says_another_hash(self):
        package = self.install(self.work / ".terraform" / "providers")
        self.lock(package)
        with open(package / f"terraform-provider-fixture_v{VERSION}", "ab") as binary:
            binary.write(b"tampered")
        self.project(providers={"fixture": self.entry})
        report = self.scan(code=3)
        self.assertEqual(report["findings"], [])
        self.assertEqual(len(error_codes(report)), 4)
        self.assertIn("hash", json.dumps(report["errors"]).lower())

    def test_the_lock_selects_the_version(self):
        providers = self.work / ".terraform" / "providers"
        package = self.install(providers)
        newer = self.install(providers, "9.0.0")
        (newer / "terraform-provider-fixture_v9.0.0").write_text("#!/bin/sh\nexit 1\n")
        self.lock(package)
        self.assert_found()

    def test_in_the_plugin_cache(self):
        self.lock(self.install(self.folder / "cache"))
        self.assert_found(env={"TF_PLUGIN_CACHE_DIR": str(self.folder / "cache")})

    def test_in_a_filesystem_mirror(self):
        self.install(self.folder / "mirror")
        self.assert_found(env=self.rc(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{self.folder / "mirror"}"\n  }}\n}}\n'))

    def test_by_dev_overrides(self):
        folder = support.peer("fixture")
        self.assert_found(env=self.rc(f'provider_installation {{\n  dev_overrides {{\n    "libdrift/fixture" = "{folder}"\n  }}\n  direct {{}}\n}}\n'))

    def test_one_that_runs_already_is_used_and_not_ended(self):
        for protocol in (6, 5):
            with self.subTest(protocol):
                # Without our marker: it is the developer's, not the scan's.
                file = self.folder / f"reattach{protocol}"
                env = {**os.environ, "FIXTURE_PROTOCOL": str(protocol), "FIXTURE_REATTACH": str(file), "TMPDIR": str(self.folder)}
                running = Program(self, f"fixture{protocol}", [support.provider_binary("fixture")], env=env)
                text = running.wait(30, lambda file=file: file.exists() and file.read_text().endswith("'\n") and file.read_text())
                attach = re.fullmatch(r"TF_REATTACH_PROVIDERS='(.*)'\n", text).group(1)
                self.actual = Fixture(self.folder / f"actual{protocol}", protocol)
                self.actual.many(4)
                self.actual.put("fixture_plain", "r00001", **self.actual.usual(1, text="changed"))
                self.write("terraform.tfstate", self.actual.state())
                self.entry = {"config": {"folder": str(self.actual.folder)}}
                self.assert_found(env={"TF_REATTACH_PROVIDERS": attach})
                self.assertIsNone(running.process.poll(), "it was ended")
                self.assert_found(env={"TF_REATTACH_PROVIDERS": attach})
                running.process.terminate()
                running.process.wait(10)
                running.process.kill()

    def test_secrets_of_one_that_runs_already(self):
        # Not called sensitive by its schema: secret because it came from the environment.
        file = self.folder / "reattach"
        env = {**os.environ, "FIXTURE_PROTOCOL": "6", "FIXTURE_REATTACH": str(file), "TMPDIR": str(self.folder)}
        running = Program(self, "fixture", [support.provider_binary("fixture")], env=env)
        text = running.wait(30, lambda: file.exists() and file.read_text().endswith("'\n") and file.read_text())
        attach = re.fullmatch(r"TF_REATTACH_PROVIDERS='(.*)'\n", text).group(1)
        self.project(providers={"fixture": {"config": {"folder": str(self.actual.folder), "endpoint": [{"name": "e", "url": "${env:SECRET_URL}"}]}}})
        for do in ("error", "status"):
            with self.subTest(do):
                self.actual.behave({"call": "Read", "id": "r00002", "do": do, "text": "no answer from " + CANARY + " yet"})
                report = self.scan(env={"TF_REATTACH_PROVIDERS": attach, "SECRET_URL": CANARY})
                self.assertIn("no answer from *** yet", json.dumps(report["errors"]))

    def test_the_environment_of_a_parent_terraform_does_not_leak_in(self):
        self.assert_found(binary=support.provider_binary("fixture"), env={
            "PLUGIN_PROTOCOL_VERSIONS": "4", "PLUGIN_CLIENT_CERT": "nonsense", "PLUGIN_MULTIPLEX_GRPC": "true", "PLUGIN_UNIX_SOCKET_DIR": "/nowhere",
            "PLUGIN_MIN_PORT": "1", "TF_PLUGIN_MAGIC_COOKIE": "wrong", "TF_LOG": "TRACE", "TF_LOG_SDK": "TRACE"})

    def test_a_long_temporary_folder(self):
        # A socket's path has room for 107 bytes.
        long = self.temp / ("x" * 60) / ("y" * 60)
        long.mkdir(parents=True)
        seen, early = self.folder / "seen.env", self.folder / "early.json"
        early.write_text(json.dumps({"rules": [{"call": "Start", "do": "env", "text": str(seen)}]}))
        self.project(providers={"fixture": {**self.entry, "binary": support.provider_binary("fixture"), "env": {"FIXTURE_BEHAVIOUR": str(early)}}})
        got = self.drift("scan", "--state", "terraform.tfstate", "--json", env={"TMPDIR": str(long)})
        self.assertEqual(verdicts(got.json()), {"fixture_plain.r00001": "changed"})
        self.assertEqual(list(long.iterdir()), [])
        shutil.rmtree(self.temp / ("x" * 60))
        taken = next(line.split("=", 1)[1] for line in seen.read_text().split("\n") if line.startswith("TMPDIR="))
        self.assertLess(len(taken), 60)
        self.assertFalse(pathlib.Path(taken).exists(), "the folder that was taken in its place is left")

    def test_aliases_have_configurations_of_their_own(self):
        west = Fixture(self.folder / "west")
        west.many(3, first=100)
        west.remove("fixture_plain", "r00101")
        state = self.actual.state()
        for resource in west.state()["resources"]:
            state["resources"].append({**resource, "provider": PROVIDER + ".west"})
        self.write("terraform.tfstate", state)
        binary = support.provider_binary("fixture")
        self.project(providers={"fixture": {**self.entry, "binary": binary},
                                "fixture.west": {"config": {"folder": str(west.folder)}, "binary": binary}})
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {"fixture_plain.r00001": "changed", "fixture_plain.r00101": "deleted"})
        self.assertTrue(report["complete"])
        # Without an entry for the alias nothing is asked of another account, where all would be missing.
        self.project(providers={"fixture": {**self.entry, "binary": binary}})
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {"fixture_plain.r00001": "changed"})
        self.assertEqual({a for a in error_codes(report) if a}, {f"fixture_plain.r{i:05d}" for i in (100, 101, 102)})

    def test_a_document_without_aliases(self):
        # `show -json` tells the provider, and not which configuration of it. Of another one's objects all would be missing.
        values = {**self.actual.usual(1), "id": "r00001"}
        self.write("show.json", {"format_version": "1.0", "terraform_version": "1.12.6", "values": {"root_module": {"resources": [
            {"address": "fixture_plain.r00001", "mode": "managed", "type": "fixture_plain", "name": "r00001", "schema_version": 0,
             "provider_name": SOURCE, "values": values, "sensitive_values": {}}]}}})
        entry = {**self.entry, "binary": support.provider_binary("fixture")}
        self.project(providers={"fixture": entry})
        one = self.drift("scan", "--state", "show.json", "--json")
        self.assertEqual((one.code, verdicts(one.json())), (2, {"fixture_plain.r00001": "changed"}))
        self.project(providers={"fixture": entry, "fixture.west": entry})
        two = self.drift("scan", "--state", "show.json", "--json")
        self.assertEqual((two.code, two.json()["findings"]), (3, []))
        self.assertEqual(error_codes(two.json())["fixture_plain.r00001"], "E_CONFIG_INVALID")


if __name__ == "__main__":
    support.main()
