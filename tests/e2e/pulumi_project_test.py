#!/usr/bin/env python3
"""What the project's file (Pulumi.yaml) says of plugins: where they are, where they are started, and with what. Needs no CLI: the back end is written by
hand."""
import shutil

import support
from pulumi_support import PulumiEndToEnd, found, urn


class Project(PulumiEndToEnd):
    def setUp(self):
        super().setUp()
        self.both("Thing", "a", text="a")
        self.actual.change("Thing", "a", text="b")
        self.seen = self.folder / "seen"
        self.actual.early("Start", "env", text=str(self.seen))
        self.top, self.work = self.work, self.work / "below"
        self.work.mkdir()

    def pulumi_yaml(self, **more):
        self.write(self.top / "Pulumi.yaml", {"name": "proj", "runtime": "yaml", "backend": {"url": self.backend.as_uri()}, **more})

    def scanned(self, code):
        """What a scan of the stack from a folder below the project's says."""
        stacks = self.backend / ".pulumi" / "stacks" / "proj"
        stacks.mkdir(parents=True, exist_ok=True)
        (self.backend / ".pulumi" / "meta.yaml").write_text("version: 1\n")
        checkpoint = {"stack": "organization/proj/dev", "latest": self.checkpoint.deployment()["deployment"]}
        self.write(stacks / "dev.json", {"version": 3, "checkpoint": checkpoint})
        return self.scan("--stack", "dev", code=code)

    def started(self):
        """In what it was started by such a scan."""
        report = self.scanned(2)
        self.assertEqual((found(report), report["errors"]), ({urn("Thing", "a"): ["/text"]}, []))
        return dict(line.split("=", 1) for line in self.seen.read_text().splitlines() if "=" in line)

    def test_it_is_started_where_the_project_is(self):
        self.pulumi_yaml()
        self.assertEqual(self.started()["CWD"], str(self.top))

    def test_or_where_the_program_is(self):
        (self.top / "infra").mkdir()
        (self.top / "infra" / "main.go").write_text("")
        for main in ("infra", "infra/", "infra/main.go", "./infra"):
            with self.subTest(main):
                self.pulumi_yaml(main=main)
                self.assertEqual(self.started()["CWD"], str(self.top / "infra"))

    def test_a_plugin_that_the_project_names(self):
        own = self.folder / "own"
        own.mkdir()
        shutil.copy2(support.peer("pulumi-fixture") / "pulumi-resource-fixture", own)
        self.pulumi_yaml(plugins={"providers": [{"name": "other", "path": "."}, {"name": "fixture", "path": "../own"}]})
        report = self.scanned(3)
        self.assertEqual([(e["code"], "project_plugins: true" in e["next"]) for e in report["errors"]], [("E_READ_UNSUPPORTED", True)])
        self.assertFalse(self.seen.exists())  # nor is another one run in its place
        self.project(providers={"pulumi": {"project_plugins": True}})
        self.assertEqual(self.started()["EXE"], str(own / "pulumi-resource-fixture"))
        self.pulumi_yaml(plugins={"providers": [{"name": "fixture", "path": "../own", "version": "9.9.9"}]})
        self.assertNotIn(str(own), self.started()["EXE"])

    def test_the_options_of_its_runtime(self):
        self.pulumi_yaml(runtime={"name": "python", "options": {"virtualenv": "venv"}})
        self.assertEqual(self.started()["PULUMI_RUNTIME_VIRTUALENV"], "venv")


if __name__ == "__main__":
    support.main()
