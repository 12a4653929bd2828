#!/usr/bin/env python3
"""The dynamic providers that ship in npm's @pulumi/pulumi and PyPI's pulumi: the code of the provider stands in the stack. It is run only when the
user said so, and then the answer is the CLI's."""
import json
import os

import support
from pulumi_oracle import disagreements
from pulumi_support import HERE, PulumiEndToEnd, found
from support import error_codes


class Dynamic:
    runtime = ""

    def setUp(self):
        super().setUp()
        self.state = self.folder / "state"
        self.state.mkdir()
        (self.work / "node_modules").symlink_to(support.peer("pulumi-nodejs") / "node_modules")

    def env(self, **more):
        """The launchers lie beside the CLI; what they run is the Python that has the package, and Node.js."""
        path = [str(support.peer("pulumi")), str(support.peer("pulumi-python") / "bin"), os.environ["PATH"]]
        return {**super().env(), "PATH": ":".join(path), **more}

    def urns(self, *names):
        return {f"urn:pulumi:dev::proj::pulumi-{self.runtime}:dynamic:Resource::{name}" for name in names}

    def write_state(self, name, **what):
        (self.state / f"{name}.json").write_text(json.dumps(what))

    def scan_with(self, **pulumi):
        self.configure(pulumi=pulumi)
        return self.scan()

    def test_what_the_code_says(self):
        self.make()
        self.assertEqual(self.cli.refresh().drifted, {})
        report = self.scan_with(dynamic_providers=True)
        self.assertEqual((report["findings"], report["errors"]), ([], []))
        self.write_state("a", text="changed", size=7)
        self.write_state("b", text="as it was", size=99)  # an output alone
        (self.state / "c.json").unlink()
        theirs = self.cli.refresh()
        self.assertLessEqual(self.urns("c"), set(theirs.drifted))
        report = self.scan_with(dynamic_providers=True)
        self.assertEqual(disagreements(found(report), theirs), [])
        self.assertEqual(report["errors"], [])

    def test_code_is_not_run_unless_that_is_wanted(self):
        self.make()
        (self.state / "c.json").unlink()
        report = self.scan_with()
        self.assertEqual(report["findings"], [])
        self.assertEqual(set(error_codes(report)), self.urns("a", "b", "c"))
        self.assertTrue(all("dynamic_providers" in e["next"] for e in report["errors"]), report["errors"])

    def test_code_that_fails(self):
        self.make()
        (self.state / "b.json").write_text("no JSON")
        report = self.scan_with(dynamic_providers=True)
        self.assertEqual(set(error_codes(report)), self.urns("b"))
        self.assertEqual(report["findings"], [])


class Python(Dynamic, PulumiEndToEnd):
    runtime = "python"

    def make(self):
        python = support.peer("pulumi-python") / "bin" / "python"
        self.program([str(python), "-B", str(HERE / "pulumi_dynamic.py"), str(self.work), self.backend.as_uri(), str(self.state)])


class Nodejs(Dynamic, PulumiEndToEnd):
    runtime = "nodejs"

    def make(self):
        program = self.work / "program.js"
        program.write_text((HERE / "pulumi_dynamic.js").read_text())
        self.program(["node", str(program), str(self.work), self.backend.as_uri(), str(self.state)])


if __name__ == "__main__":
    support.main()
