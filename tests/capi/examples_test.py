#!/usr/bin/env python3
"""The examples in C find the demo's drift: examples_test.py SCAN PROVIDER POLL [WRAPPER...]. WRAPPER is put before each (valgrind)."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

DEMO = pathlib.Path(__file__).resolve().parents[2] / "examples/demo"
SCAN, PROVIDER, POLL, *WRAPPER = sys.argv[1:]


class Examples(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        shutil.copytree(DEMO / "production", self.folder / "production")
        shutil.copy(DEMO / "terraform.tfstate", self.folder)
        for path in self.folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (self.folder / "production/service/api-token").chmod(0o700)

    def change(self):
        with (self.folder / "production/firewall/allow-list.txt").open("a") as file:
            file.write("0.0.0.0/0\n")
        (self.folder / "production/flags/features.json").unlink()

    def run_program(self, program, status, *arguments):
        done = subprocess.run([*WRAPPER, program, *arguments], cwd=self.folder, capture_output=True, text=True, timeout=280)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        return done

    def test_scan(self):
        self.assertIn("No drift", self.run_program(SCAN, 0).stdout)
        self.change()
        found = self.run_program(SCAN, 2, "terraform.tfstate").stdout
        self.assertIn("local_file.allow_list", found)
        self.assertIn("local_file.feature_flags", found)
        self.assertIn("2 drifted", found)

    def test_a_path_that_does_not_exist(self):
        for program in (SCAN, POLL):
            said = self.run_program(program, 1, "none.tfstate").stderr
            self.assertIn("none.tfstate", said)
        self.assertIn("check the path", self.run_program(SCAN, 1, "none.tfstate").stderr)

    def test_half_a_document(self):
        state = self.folder / "terraform.tfstate"
        state.write_bytes(state.read_bytes()[:1000])
        said = self.run_program(SCAN, 1).stderr
        self.assertIn("line", said)
        self.assertIn("E_TRUNCATED", said)

    def test_provider(self):
        self.assertIn("acme_queue.orders: retention_days is 1, was 14", self.run_program(PROVIDER, 0).stdout)

    def test_poll(self):
        self.assertIn("done, and ticks were seen", self.run_program(POLL, 0).stdout)
        self.change()
        found = self.run_program(POLL, 2).stdout
        self.assertIn("5 of 5", found)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
