"""The programs of examples/python find what they should, as a reader would run them, and print what the README shows."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
EXAMPLES = ROOT / "examples" / "python"


def run(name, *arguments, folder=None):
    done = subprocess.run([sys.executable, EXAMPLES / name, *arguments], cwd=folder, text=True, capture_output=True, timeout=60,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout, done.stderr


def laid_out(folder):
    """The demo as a clone has it, modes included."""
    demo = pathlib.Path(folder)
    shutil.copytree(ROOT / "examples" / "demo" / "production", demo / "production")
    shutil.copy(ROOT / "examples" / "demo" / "terraform.tfstate", demo)
    for file in (demo / "production").rglob("*"):
        file.chmod(0o755 if file.is_dir() else 0o644)
    (demo / "production/service/api-token").chmod(0o700)
    return demo


def change(demo):
    """What the README does to it."""
    with open(demo / "production/firewall/allow-list.txt", "a") as file:
        file.write("0.0.0.0/0         # TEMPORARY\n")
    (demo / "production/flags/features.json").unlink()


class Examples(unittest.TestCase):
    maxDiff = None

    def test_scan(self):
        with tempfile.TemporaryDirectory() as folder:
            demo = laid_out(folder)
            self.assertEqual(run("scan.py", "terraform.tfstate", folder=demo), (0, "", ""))
            change(demo)
            status, out, said = run("scan.py", "terraform.tfstate", folder=demo)
        self.assertEqual((status, said), (2, ""))
        self.assertIn("deleted local_file.feature_flags (high: the resource no longer exists)\n", out)
        self.assertIn("changed local_file.allow_list (", out)
        self.assertIn("0.0.0.0/0", out)

    def test_a_scan_that_is_not_complete(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.tfstate"
            queue = {"mode": "managed", "type": "acme_queue", "name": "a", "provider": 'provider["registry.example.com/acme/acme"]',
                     "instances": [{"schema_version": 0, "attributes": {"id": "a"}}]}
            path.write_text(json.dumps({"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "x", "outputs": {},
                                        "resources": [queue]}))
            status, out, said = run("scan.py", str(path))
        self.assertEqual((status, out), (3, ""))
        self.assertIn("unsupported acme_queue.a: ", said)

    def test_the_readme(self):
        section = (ROOT / "README.md").read_text().partition("### From Python\n")[2].partition("\n### ")[0]
        shown = [block.split("\n", 1) for block in re.findall(r"^\$ (python scan.*?)^```$", section, re.M | re.S)]
        self.assertEqual(len(shown), 1)
        ((command, expected),) = shown
        with tempfile.TemporaryDirectory() as folder:
            demo = laid_out(folder)
            change(demo)
            shutil.copy(EXAMPLES / "scan.py", demo)
            path = f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"
            done = subprocess.run(["bash", "-c", command], cwd=demo, env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8"}, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        self.assertEqual(done.stdout, expected)

    def test_custom_provider(self):
        status, out, said = run("custom_provider.py")
        self.assertEqual((status, said), (0, ""))
        self.assertEqual(out.splitlines()[0].partition(" (")[0], "2 drifted")
        for line in ("- deleted acme_queue.spam (acme_queue)", "~ changed acme_queue.orders (acme_queue)", "  ~ retention_days: 14 → 1"):
            self.assertIn(line, out.splitlines())

    def test_pulumi_automation(self):
        status, out, said = run("pulumi_automation.py")
        self.assertEqual((status, said), (2, ""))
        self.assertIn("urn:pulumi:dev::shop::aws:s3/bucket:Bucket::assets", out)
        self.assertIn('acl: "private" → "public-read"', out)

    def test_table(self):
        state = json.loads((ROOT / "examples" / "demo" / "terraform.tfstate").read_text())
        with tempfile.TemporaryDirectory() as folder:
            paths = [os.path.join(folder, name) for name in ("a", "b")]
            for path in paths:
                pathlib.Path(path).write_text(json.dumps(state))
                state["resources"][0]["instances"][0]["attributes"]["file_permission"] = "0777"
            status, out, said = run("table.py", *paths)
        self.assertEqual((status, said), (0, ""))
        head, line = out.splitlines()
        self.assertEqual(head.split(), ["VERDICT", "RISK", "ADDRESS", "PATH", "RECORDED", "ACTUAL"])
        self.assertEqual(line.split(), ["changed", "high", "local_file.allow_list", "file_permission", '"0644"', '"0777"'])
        self.assertEqual(line.index("local_file"), head.index("ADDRESS"))


if __name__ == "__main__":
    unittest.main()
