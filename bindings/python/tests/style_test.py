"""PEP 8 with lines of up to 140 characters, and no name that is unused or not there."""
import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDERS = [ROOT / "bindings" / "python", ROOT / "examples" / "python", ROOT / "benchmarks" / "python"]


def said(*command):
    done = subprocess.run([sys.executable, "-m", *map(str, command), *map(str, FOLDERS)], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.stdout.splitlines()


class Style(unittest.TestCase):
    def test_pep_8(self):
        # Left out: blanks before the colon of a slice, a line break before an operator, overloads of one line.
        self.assertEqual(said("pycodestyle", "--max-line-length=140", "--ignore=E203,W503,E704"), [])

    def test_names(self):
        self.assertEqual(said("pyflakes"), [])


if __name__ == "__main__":
    unittest.main()
