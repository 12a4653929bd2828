#!/usr/bin/env python3
"""The lint of Go versions finds what it is for."""
import unittest

from go_versions import check

DEV = "GO_LEAST=1.25.8\nGO_LEAST_PEERS=1.26.8\nGO_TOOLCHAIN=v0.0.1-go1.26.8\nGO_OLDEST=v0.0.1-go1.24.9\n"
TIME = "tests/e2e/peers/time/go.mod"


class Faults(unittest.TestCase):
    def faults(self, dev=DEV, path=TIME, text="module time\n\ngo 1.26.8\n"):
        return list(check(dev, {path: text}))

    def test_as_it_should_be(self):
        self.assertEqual(self.faults(), [])
        self.assertEqual(self.faults(path="bindings/go/go.mod", text="go 1.24\n"), [])

    def test_a_module_wants_a_newer_one(self):
        self.assertIn("wants Go 1.26.10", self.faults(text="go 1.26.10\n")[0])
        self.assertIn("wants Go 1.26.8", self.faults(dev=DEV.replace("PEERS=1.26.8", "PEERS=1.26.6"))[0])
        self.assertIn("GO_OLDEST", self.faults(path="bindings/go/go.mod", text="go 1.25\n")[0])

    def test_what_is_fetched_is_too_old(self):
        self.assertIn("GO_TOOLCHAIN", self.faults(dev=DEV.replace("go1.26.8", "go1.26.7"))[0])

    def test_nothing_is_overlooked(self):
        self.assertIn("does not know", self.faults(path="tests/new/go.mod")[0])
        self.assertIn("no line `go", self.faults(text="module time\n")[0])
        self.assertIn("toolchain", self.faults(text="go 1.26\n\ntoolchain go1.26.9\n")[0])
        self.assertIn("no line GO_OLDEST", self.faults(dev="GO_LEAST=1.25.8\nGO_LEAST_PEERS=1.26.8\nGO_TOOLCHAIN=v0.0.1-go1.26.8\n")[0])


if __name__ == "__main__":
    unittest.main()
