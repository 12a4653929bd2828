"""What the scenarios share: a folder for each test, states as Terraform and its local provider write them, running `drift`."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

DRIFT = ""
PROVIDER = 'provider["registry.terraform.io/hashicorp/local"]'


class Outcome:
    def __init__(self, run):
        self.code = run.returncode
        self.out = run.stdout.decode()
        self.err = run.stderr.decode()

    def json(self):
        return json.loads(self.out)


class Scenario(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        temp = tempfile.TemporaryDirectory()
        self.addCleanup(temp.cleanup)
        self.folder = pathlib.Path(temp.name)

    def write(self, name, text, mode=None):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        if mode is not None:
            path.chmod(mode)
        return path

    def env(self, **more):
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "TMPDIR") or k.endswith("SAN_OPTIONS")}
        return {**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm", "COLUMNS": "120", **more}

    def drift(self, *args, stdin=b"", **more):
        run = subprocess.run([DRIFT, *args], cwd=self.folder, env=self.env(**more), input=stdin, capture_output=True, timeout=120, check=False)
        self.assertGreaterEqual(run.returncode, 0, f"drift {args} died: {run.stderr.decode()}")
        return Outcome(run)

    def check(self, code, *args, **more):
        got = self.drift(*args, **more)
        self.assertEqual(got.code, code, f"drift {' '.join(args)}\n{got.out}\n{got.err}")
        return got

    def production(self, files=None):
        """Real files, and the state that recorded them; (name, file, content)."""
        files = files or [("allow", "fw/allow.txt", "10.0.0.0/8\n"), ("flags", "flags.json", '{"dark":true}'), ("service", "svc.yaml", "a: 1\n")]
        for _, name, content in files:
            self.write(name, content, 0o644)
        self.write("terraform.tfstate", state([local_file(n, f, c) for n, f, c in files]))


def attributes(filename, content, permission="0644", secret=False):
    raw = content.encode()
    sha = {n: hashlib.new(n, raw) for n in ("md5", "sha1", "sha256", "sha512")}
    out = {
        "content": content,
        "content_base64": None,
        "content_base64sha256": base64.b64encode(sha["sha256"].digest()).decode(),
        "content_base64sha512": base64.b64encode(sha["sha512"].digest()).decode(),
        "content_md5": sha["md5"].hexdigest(),
        "content_sha1": sha["sha1"].hexdigest(),
        "content_sha256": sha["sha256"].hexdigest(),
        "content_sha512": sha["sha512"].hexdigest(),
        "directory_permission": "0700" if secret else "0777",
        "file_permission": permission,
        "filename": filename,
        "id": sha["sha1"].hexdigest(),
        "source": None,
    }
    if not secret:
        out["sensitive_content"] = None
    return out


def local_file(name, filename, content, permission="0644", secret=False, **more):
    instance = {"schema_version": 0, "attributes": attributes(filename, content, permission, secret),
                "sensitive_attributes": [[{"type": "get_attr", "value": "content" if secret else "sensitive_content"}]]}
    return {"mode": "managed", "type": "local_sensitive_file" if secret else "local_file", "name": name, "provider": PROVIDER,
            "instances": [{**instance, **more}]}


def state(resources):
    return json.dumps({"version": 4, "terraform_version": "1.9.8", "serial": 7, "lineage": "596877b6-5503-25e9-5431-2938ff00366a",
                       "outputs": {}, "resources": resources, "check_results": None}, indent=2)


def verdicts(report):
    return {f["address"]: f["verdict"] for f in report["findings"]}


def main():
    global DRIFT
    # The scenarios import this module under its own name, also when one of them is the program.
    sys.modules["support"].DRIFT = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main(module="__main__", verbosity=1)
