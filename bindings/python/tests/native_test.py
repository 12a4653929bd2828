"""The native part: all of drift.h, nothing else to be seen, and a stub that says the same."""
import pathlib
import re
import subprocess
import sys
import unittest

import libdrift
from libdrift import _native

ROOT = pathlib.Path(__file__).resolve().parents[3]
PACKAGE = pathlib.Path(libdrift.__file__).parent
sys.path.insert(0, str(ROOT / "bindings" / "python"))
import build_ffi  # noqa: E402

HEADERS = [ROOT / "capi" / "include" / name for name in ("drift.h", "drift_unstable.h")]


class Native(unittest.TestCase):
    def test_every_function_and_constant_is_there(self):
        text = "".join(header.read_text() for header in HEADERS)
        functions = set(re.findall(r"DRIFT_CALL (drift_\w+)\(", text))
        self.assertGreater(len(functions), 50)
        self.assertEqual({name for name in dir(_native.lib) if name.startswith("drift_")}, functions)
        self.assertEqual(_native.lib.DRIFT_E_NOT_FOUND, -301)
        self.assertEqual(_native.lib.DRIFT_NUL, 2 ** (8 * _native.ffi.sizeof("size_t")) - 1)

    def test_the_stub_says_the_same(self):
        stub = (PACKAGE / "_native.pyi").read_text()
        named = set(re.findall(r"^    def (drift_\w+)\(", stub, re.M)) | set(re.findall(r"^    (DRIFT_\w+): int$", stub, re.M))
        self.assertEqual(named, set(dir(_native.lib)))

    def test_only_the_module_can_be_seen(self):
        symbols = subprocess.run(["nm", "-D", "--defined-only", _native.__file__], text=True, capture_output=True, check=True).stdout
        self.assertEqual([line.split()[-1] for line in symbols.splitlines()], ["PyInit__native"])

    def test_versions_agree(self):
        self.assertEqual(libdrift.__version__, _native.ffi.string(_native.lib.drift_version()).decode())
        major, minor, patch = map(int, libdrift.__version__.split("."))
        self.assertEqual(_native.lib.drift_version_number(), major * 1000000 + minor * 1000 + patch)

    def test_what_build_ffi_makes_of_a_header(self):
        header = """
#ifndef X
#define X
/* a comment; with { braces */
extern "C" {
#define DRIFT_API __attribute__((visibility("default")))
#define DRIFT_ONE (-1) /* one */
#define DRIFT_O_INIT {sizeof(drift_o), 0u}
typedef struct drift_o { uint32_t size; } drift_o;
DRIFT_API int32_t DRIFT_CALL drift_x_a(const drift_o *o, const char *p, size_t n, DRIFT_OWNED drift_o **out_o);
DRIFT_API DRIFT_BORROWED const char *DRIFT_CALL drift_x_b(void);
#ifdef __cplusplus
}
#endif
#endif
"""
        made = build_ffi.declared(header)
        self.assertEqual(re.findall(r"#define.*", made), ["#define DRIFT_ONE ..."])
        self.assertNotIn("API", made)
        self.assertEqual(made.count("{"), made.count("}"))
        self.assertEqual(re.findall(r"    def .*", build_ffi.stub(made))[-2:], [
            "    def drift_x_a(self, o: CData, p: bytes | CData, n: int, out_o: CData, /) -> int: ...",
            "    def drift_x_b(self, /) -> CData: ..."])


if __name__ == "__main__":
    unittest.main()
