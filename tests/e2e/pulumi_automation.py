"""Programs of Pulumi's Automation API that look for drift in their own stack, examples/pulumi: what they find is what `pulumi refresh --preview-only`
finds. DRIFT_EMBEDDED is the program, as a shell would take it."""
import os
import shlex
import subprocess

import support
from pulumi_oracle import pointer
from pulumi_stack_test import Stacks
from pulumi_support import PulumiEndToEnd, urn


class Automation(PulumiEndToEnd):
    make, change = Stacks.make, Stacks.change

    def run_it(self):
        done = subprocess.run([*shlex.split(os.environ["DRIFT_EMBEDDED"]), str(self.work), "dev"], cwd=self.folder, env=self.pulumi_env(),
                              capture_output=True, timeout=300, check=False)
        self.assert_nothing_left()
        self.assertNotIn(support.CANARY, done.stdout.decode() + done.stderr.decode())
        return done.returncode, sorted(done.stdout.decode().splitlines()), done.stderr.decode()

    def test_every_change_and_nothing_else(self):
        self.make()
        code, lines, err = self.run_it()
        self.assertEqual((code, lines), (0, []), err)
        self.change()
        theirs = self.cli.refresh()
        code, lines, err = self.run_it()
        self.assertEqual(code, 2, err)
        told = {line.split(" ")[1]: (line.split(" ")[0], {pointer(p) for p in line.split(" ")[2:]}) for line in lines}
        self.assertEqual(told, {u: (verdict, set(paths)) for u, (verdict, paths) in theirs.drifted.items()}, err)

    def test_what_could_not_be_read_is_no_deletion(self):
        self.make()
        self.actual.behave("Read", "error", id="plain", code="INTERNAL", text="500")
        code, lines, err = self.run_it()
        self.assertEqual(code, 3, err)
        self.assertEqual([line.split(" ")[:2] for line in lines], [["unreadable", urn("Thing", "plain")]])

