#!/usr/bin/env python3
"""The ABI gate against headers that were changed on purpose: abi_gate_test.py FOLDER COMPILER. Each becomes a library with debug information, and
is compared with the baseline that is checked in."""
import pathlib
import sys
import unittest

import header
import stub

sys.path.insert(0, str(header.ROOT / "capi/abi"))
import gate  # noqa: E402

FOLDER, COMPILER = pathlib.Path(sys.argv[1]), sys.argv[2]
FROZEN = sorted(gate.FROZEN.glob("drift_*.h"))[-1].read_text()
TIMEOUT = "int64_t timeout_ms;           /* of the whole run"
CLOCK = "int64_t clock_ns;             /* with DRIFT"


def appended(text=FROZEN):
    return stub.with_member(text, "drift_scan_options", "int64_t extra")


class AbiGate(unittest.TestCase):
    def gate(self, text, name):
        library = stub.build(text, FOLDER / name, COMPILER)
        return gate.check(library, library.parent)

    def passes(self, text, name, members=()):
        status, report, taken = self.gate(text, name)
        self.assertEqual((status, taken), (0, list(members)), report)

    def fails(self, text, name):
        self.assertNotEqual(text, FROZEN)
        status, report, _ = self.gate(text, name)
        self.assertNotEqual(status, 0, report)

    def test_the_same_header_passes(self):
        self.passes(FROZEN, "same")

    def test_a_new_function_passes(self):
        old = "DRIFT_API uint32_t DRIFT_CALL drift_version_number(void);"
        self.passes(stub.replaced(FROZEN, old, old + "\nDRIFT_API int32_t DRIFT_CALL drift_more(void);"), "function_added")

    def test_a_member_at_the_end_passes_where_a_size_tells(self):
        for struct in ("drift_scan_options", "drift_render_options", "drift_summary", "drift_change_view", "drift_resource_view"):
            with self.subTest(struct):
                self.passes(stub.with_member(FROZEN, struct, "uint64_t extra"), f"appended_{struct}", [f"{struct}.extra"])
        self.passes(stub.with_member(FROZEN, "drift_host", "int32_t(DRIFT_CALL *extra)(void *user)"), "appended_drift_host", ["drift_host.extra"])

    def test_a_member_at_the_end_of_a_struct_without_size_fails(self):
        self.fails(stub.with_member(FROZEN, "drift_text", "uint64_t extra"), "text_appended")

    def test_a_member_in_the_middle_fails(self):
        for struct, after in (("drift_scan_options", "timeout_ms"), ("drift_change_view", "owner"), ("drift_summary", "basis"), ("drift_host", "user")):
            with self.subTest(struct):
                self.fails(stub.with_member(FROZEN, struct, "uint64_t extra", after), f"inserted_{struct}")

    def test_a_member_at_the_end_hides_no_other_change(self):
        self.fails(stub.with_member(appended(), "drift_scan_options", "int64_t middle", "timeout_ms"), "appended_and_inserted")
        self.fails(stub.replaced(appended(), TIMEOUT, TIMEOUT.replace("int64_t", "double")), "appended_and_retyped")
        swapped = stub.replaced(appended(), TIMEOUT, CLOCK.replace("with DRIFT", "of the whole run"))
        self.fails(stub.replaced(swapped, CLOCK, TIMEOUT.replace("of the whole run", "with DRIFT")), "appended_and_swapped")

    def test_a_changed_type_fails(self):
        self.fails(stub.replaced(FROZEN, TIMEOUT, TIMEOUT.replace("int64_t", "double")), "retyped")
        self.fails(stub.replaced(FROZEN, "drift_version_check(uint32_t", "drift_version_check(uint64_t"), "parameter")

    def test_a_removed_function_fails(self):
        self.fails(stub.replaced(FROZEN, "DRIFT_API uint32_t DRIFT_CALL drift_version_number(void);", ""), "removed")

    def test_a_library_without_debug_information_fails(self):
        folder = FOLDER / "stripped"
        library = stub.build(FROZEN, folder, COMPILER)
        stub.strip(library)
        status, report, _ = gate.check(library, folder)
        self.assertNotEqual(status, 0)
        self.assertIn("no debug information", report)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
