"""The README's program and one with a provider under LeakSanitizer and valgrind: the library makes no memory error and loses nothing."""
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
LOST = 12345  # bytes that the program loses on purpose, several times: who does not see them sees nothing
PROGRAM = f"""
import ctypes, gc, runpy, sys
from libdrift._native import lib
for _ in range(20):
    ctypes.CDLL(None).malloc({LOST})
runpy.run_path({str(EXAMPLES / "custom_provider.py")!r})
sys.argv = ["scan.py", "terraform.tfstate"]
try:
    runpy.run_path({str(EXAMPLES / "scan.py")!r})
except SystemExit as end:
    print("ended with", end.code)
gc.collect()
print("handles", lib.drift_x_handles())
"""
# A frame of the library, or of what cffi made for it. What cffi and CPython lose by themselves is not ours.
OURS = re.compile(r"0x[0-9A-Fa-f]+(?:: | in )(?:drift_|_cffi_[fd]_drift_|[^\n(]*\bdrift::)")


def library(name):
    """The path of a library of the compiler's; None where it has none."""
    for compiler in ("gcc", "cc"):
        if shutil.which(compiler):
            path = subprocess.run([compiler, f"-print-file-name={name}"], text=True, capture_output=True, check=True).stdout.strip()
            if os.path.isabs(path):
                return path
    return None


def run(command, **more):
    with tempfile.TemporaryDirectory() as folder:
        demo = pathlib.Path(shutil.copytree(ROOT / "examples" / "demo", pathlib.Path(folder) / "demo"))
        (demo / "production/flags/features.json").unlink()
        return subprocess.run([*command, sys.executable, "-c", PROGRAM], text=True, capture_output=True, cwd=demo,
                              env={**os.environ, "PYTHONMALLOC": "malloc", **more})


class Memory(unittest.TestCase):
    def check(self, done, records):
        self.assertEqual((done.returncode, done.stdout.splitlines()[-2:]), (0, ["ended with 2", "handles 0"]), done.stderr)
        self.assertIn("deleted local_file.feature_flags", done.stdout)
        lost = [int(match.group(1).replace(",", "")) for record in records if (match := re.search(r"([\d,]+) byte", record))]
        self.assertTrue(any(size and size % LOST == 0 for size in lost), "it did not see what was lost on purpose")
        self.assertEqual([record for record in records if OURS.search(record)], [])

    @unittest.skipUnless(library("liblsan.so"), "the compiler has no LeakSanitizer")
    def test_leak_sanitizer(self):
        done = run([], LD_PRELOAD=library("liblsan.so"), LSAN_OPTIONS="exitcode=0:fast_unwind_on_malloc=0:malloc_context_size=40")
        self.check(done, done.stderr.split("\n\n"))

    @unittest.skipUnless(shutil.which("valgrind"), "valgrind is not there")
    def test_valgrind(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log"
            done = run(["valgrind", "--leak-check=full", "--show-leak-kinds=definite,indirect", "--num-callers=40", f"--log-file={log}"])
            records = re.split(r"\n==\d+== \n", log.read_text())
        self.check(done, records)


if __name__ == "__main__":
    unittest.main()
