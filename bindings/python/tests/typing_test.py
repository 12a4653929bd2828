"""The types of the package: mypy in strict mode on it, on its examples, and on what it has to accept and refuse."""
import os
import pathlib
import re
import subprocess
import sys
import unittest

import libdrift

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PACKAGE = pathlib.Path(libdrift.__file__).parent
CACHE = os.environ.get("MYPY_CACHE_DIR") or str(PACKAGE.parent / "mypy")


def mypy(*files):
    """The lines that mypy says."""
    command = [sys.executable, "-m", "mypy", "--strict", "--python-version", "3.10", "--cache-dir", CACHE, "--no-error-summary",
               "--show-error-codes", *map(str, files)]
    environment = {**os.environ, "MYPYPATH": str(PACKAGE.parent)}
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    return done.stdout.splitlines()


class Typing(unittest.TestCase):
    def test_the_package_and_its_users(self):
        self.assertEqual(mypy(PACKAGE, HERE / "typing" / "right.py", *sorted((ROOT / "examples" / "python").glob("*.py"))), [])

    def test_what_is_refused(self):
        file = HERE / "typing" / "wrong.py"
        expected = [(number, match.group(1)) for number, line in enumerate(file.read_text().splitlines(), 1)
                    if (match := re.search(r"# error: ([\w-]+)$", line))]
        said = [re.search(r":(\d+): error: .*\[([\w-]+)\]$", line) for line in mypy(file) if ": note:" not in line]
        self.assertEqual([(int(match.group(1)), match.group(2)) for match in said if match], expected)
        self.assertNotIn(None, said)

    def test_it_is_told_to_type_checkers(self):
        self.assertTrue((PACKAGE / "py.typed").exists())


if __name__ == "__main__":
    unittest.main()
