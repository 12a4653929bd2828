"""What the tests share: states, and a look at what was left open."""
import gc
import json
import pathlib
import subprocess
import sys
import textwrap
import time
import unittest

from libdrift._native import lib

ROOT = pathlib.Path(__file__).resolve().parents[3]
CANARY = "canary-7f3a9c"


def state(*resources, **more):
    """A Terraform state of (type, name, attributes, [sensitive names]) tuples."""
    return {"version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": "test", "outputs": {}, **more, "resources": [
        {"mode": "managed", "type": kind, "name": name, "provider": 'provider["registry.example.com/acme/acme"]', "instances": [{
            "schema_version": 0, "attributes": {"id": name, **attributes},
            "sensitive_attributes": [[{"type": "get_attr", "value": path}] for path in (secrets[0] if secrets else ())]}]}
        for kind, name, attributes, *secrets in resources]}


def queues(count, **attributes):
    return state(*(("acme_queue", f"q{i:04}", {"days": i, **attributes}) for i in range(count)))


class Provider:
    """Answers each read with what `outcome(resource)` gives."""

    name = "acme"
    types = ["acme_*"]

    def __init__(self, outcome):
        self.outcome = outcome

    def read_one(self, resource):
        return self.outcome(resource)


def python(source, *arguments, **options):
    """A program in a process of its own."""
    return subprocess.Popen([sys.executable, "-X", "dev", "-c", textwrap.dedent(source), *arguments], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


class TestCase(unittest.TestCase):
    """Fails when a test leaves handles behind."""

    maxDiff = None

    def run(self, result=None):
        faults = 0 if result is None else len(result.errors) + len(result.failures)
        super().run(result)
        if result is None or len(result.errors) + len(result.failures) > faults:
            return result  # it failed, and what it holds then is no fault of its own
        # A run that was stopped lets its last handle go when its thread has come to an end.
        until = time.monotonic() + 10
        gc.collect()
        while lib.drift_x_handles() and time.monotonic() < until:
            time.sleep(0.005)
        if lib.drift_x_handles():
            result.addFailure(self, self.left())
        return result

    def left(self):
        try:
            raise AssertionError(f"{lib.drift_x_handles()} handles are still there")
        except AssertionError:
            return sys.exc_info()


def report_json(report):
    return json.loads(report.to_json())


def main():
    unittest.main(verbosity=1)
