#!/usr/bin/env python3
"""check_symbols.py finds a symbol too many, one too few, one in the wrong node, and what the linker could merge with another library's."""
import unittest

import check_symbols

NODES = {"DRIFT_0.1": ["drift_a", "drift_b"], "DRIFT_UNSTABLE": []}
SHARED = "0000000000000000 A DRIFT_0.1\n0000000000001130 T drift_a@@DRIFT_0.1\n0000000000001140 T drift_b@@DRIFT_0.1\n"
STATIC = "\nlibdrift.o:\n0000000000000000 T drift_a\n0000000000000010 T drift_b\n"


class CheckSymbols(unittest.TestCase):
    def test_the_shared_library(self):
        self.assertEqual(list(check_symbols.check_shared(SHARED, NODES)), [])
        for fault in (SHARED + "0000000000001150 T drift_c@@DRIFT_0.1\n", SHARED + "0000000000001150 W _ZSt4swapIiE\n",
                      SHARED.replace("drift_b@@DRIFT_0.1", "drift_b@@DRIFT_0.2"), SHARED.replace("drift_b@@", "drift_b@"),
                      SHARED.replace("T drift_a", "u drift_a"), SHARED.splitlines()[1]):
            with self.subTest(fault):
                self.assertNotEqual(list(check_symbols.check_shared(fault, NODES)), [])

    def test_the_archive(self):
        self.assertEqual(list(check_symbols.check_static(STATIC, NODES)), [])
        for fault in (STATIC + "0000000000000020 W _ZSt4swapIiE\n", STATIC + "0000000000000020 V _ZTIi\n", STATIC + "0000000000000000 T drift_a\n",
                      STATIC.replace("drift_b", "drift_c"), STATIC.splitlines()[2]):
            with self.subTest(fault):
                self.assertNotEqual(list(check_symbols.check_static(fault, NODES)), [])


if __name__ == "__main__":
    unittest.main()
