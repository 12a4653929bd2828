"""A program with a provider, under valgrind: the library's code makes no memory error and loses nothing."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

EXAMPLE = pathlib.Path(__file__).resolve().parents[3] / "examples" / "python" / "custom_provider.py"
PROGRAM = f"""
import gc, runpy
from libdrift._native import lib
runpy.run_path({str(EXAMPLE)!r})
gc.collect()
print("handles", lib.drift_x_handles())
"""


@unittest.skipUnless(shutil.which("valgrind"), "valgrind is not there")
class Valgrind(unittest.TestCase):
    def test_no_error_is_ours(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log"
            done = subprocess.run(
                ["valgrind", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--num-callers=30", f"--log-file={log}",
                 sys.executable, "-c", PROGRAM],
                text=True, capture_output=True, env={**os.environ, "PYTHONMALLOC": "malloc"})
            said = log.read_text()
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1:]), (0, ["handles 0"]), done.stderr)
        self.assertIn("ERROR SUMMARY", said)
        records = re.split(r"\n==\d+== \n", said)
        # What CPython itself does under valgrind is not ours; what has our module on its stack is.
        self.assertEqual([record for record in records if "_native.abi3.so" in record], [])


if __name__ == "__main__":
    unittest.main()
