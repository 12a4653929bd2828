#!/usr/bin/env python3
"""Several stacks in one engine: the process of one is none of the other's, and what is listed for one is not held against the other. DRIFT_EMBEDDED is the
program: embedded_python.py."""
import json
import os
import shlex
import subprocess

import support
from pulumi_support import Actual, Checkpoint, PulumiEndToEnd
from support import verdicts


class Stacks(PulumiEndToEnd):
    def setUp(self):
        super().setUp()
        self.log = self.folder / "calls.log"
        (self.folder / "early.json").write_text(json.dumps({"log": str(self.log)}))
        self.stacks = {name: self.stack_of(name) for name in ("one", "two")}

    def stack_of(self, name):
        """A stack whose provider has a folder of its own, with a resource of it and one that nobody has."""
        actual = Actual(self.folder / name)
        checkpoint = Checkpoint()
        own = (f"urn:pulumi:{name}::proj::pulumi:providers:fixture::own", name)
        checkpoint.provider("fixture", *own, inputs={"folder": str(actual.folder)})
        urn = checkpoint.record("Listed", f"{name}-managed", {"text": "a"}, provider=own)
        checkpoint.resources[-1]["urn"] = urn.replace(":dev::", f":{name}::")
        for ident in ("managed", "unmanaged"):
            actual.put("Listed", f"{name}-{ident}", text="a")
        return checkpoint.deployment()

    def scans(self, *names):
        config = {"settings": {"providers": {"pulumi": {}}, "find_unmanaged": True}, "states": [self.stacks[name] for name in names]}
        done = subprocess.run([*shlex.split(os.environ["DRIFT_EMBEDDED"]), json.dumps(config), "stacks"], cwd=self.work, env=self.env(),
                              capture_output=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stdout.decode() + done.stderr.decode())
        self.assert_nothing_left()
        return [json.loads(line) for line in done.stdout.decode().splitlines()]

    def calls(self, call):
        lines = (line.split(" ") for line in self.log.read_text().splitlines())
        return [pid for pid, what, *_ in lines if what == call]

    def test_what_one_has_is_not_unmanaged_in_the_other(self):
        names = ("one", "two", "one", "two")
        reports = self.scans(*names)
        self.assertEqual([verdicts(report) for report in reports], [{f"fixture:index:Listed ({name}-unmanaged)": "unmanaged"} for name in names])
        self.assertEqual([report["errors"] for report in reports], [[]] * 4)
        self.assertEqual(len(self.calls("Start")), 2, "each stack's provider is started once")
        self.assertEqual(len(self.calls("List")), 4)


if __name__ == "__main__":
    support.main()
