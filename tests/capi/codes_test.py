#!/usr/bin/env python3
"""codes.py finds a code that is not the core's, one that nobody documents, and what a frozen header had otherwise."""
import unittest

import codes

ERRC = "enum class Errc : int {\n  parse = 201,\n  io = 303,\n};\n"
HEADER = """
#define DRIFT_HEADER_VERSION 1000u
#define DRIFT_E_PARSE (-201)
#define DRIFT_E_IO (-303)
#define DRIFT_FLAG_X 2u
typedef struct drift_view {
  uint64_t a;
  uint32_t b, c;
} drift_view;
/* Since 0.1. Threads: any. */
DRIFT_API int32_t DRIFT_CALL drift_look(const drift_view *view);
"""
DOCUMENTED = {(201, "E_PARSE"), (303, "E_IO")}


def faults(header=HEADER, documented=DOCUMENTED):
    return list(codes.check_codes(codes.codes(header), codes.errc(ERRC), documented))


class Codes(unittest.TestCase):
    def test_codes_that_agree(self):
        self.assertEqual(codes.errc(ERRC), {"DRIFT_E_PARSE": -201, "DRIFT_E_IO": -303})
        self.assertEqual(faults(), [])

    def test_codes_that_do_not(self):
        self.assertNotEqual(faults(HEADER.replace("(-303)", "(-304)")), [])
        self.assertNotEqual(faults(HEADER.replace("#define DRIFT_E_IO (-303)\n", "")), [])
        self.assertNotEqual(faults(HEADER.replace("_IO ", "_FILE ")), [])
        self.assertNotEqual(faults(documented={(201, "E_PARSE")}), [])
        self.assertNotEqual(faults(HEADER + "#define DRIFT_E_ODD (-701)\n", DOCUMENTED | {(701, "E_ODD")}), [])

    def test_what_was_frozen(self):
        self.assertEqual(list(codes.check_frozen(HEADER, HEADER)), [])
        grown = HEADER.replace("} drift_view", "  uint64_t more;\n} drift_view").replace("1000u", "2000u") + "#define DRIFT_E_NEW (-304)\n"
        self.assertEqual(list(codes.check_frozen(HEADER, grown)), [])
        for old, new in (("FLAG_X 2u", "FLAG_X 4u"), ("#define DRIFT_FLAG_X 2u\n", ""), ("uint32_t b, c", "uint32_t c, b"),
                         ("uint64_t a", "int64_t a"), ("  uint64_t a;", "  uint64_t z;\n  uint64_t a;"), ("const drift_view", "drift_view"),
                         ("drift_look", "drift_see")):
            with self.subTest(new):
                self.assertIn(old, HEADER)
                self.assertNotEqual(list(codes.check_frozen(HEADER, HEADER.replace(old, new, 1))), [])


if __name__ == "__main__":
    unittest.main()
