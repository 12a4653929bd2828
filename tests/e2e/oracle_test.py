#!/usr/bin/env python3
"""What the oracle takes for one value and what for two; no program is run."""
import unittest

import oracle


class Values(unittest.TestCase):
    def differing(self, before, after):
        return oracle.differing(oracle.load(before), oracle.load(after))

    def test_one_number_however_it_is_written(self):
        for one, other in (("1", "1.0"), ("1000", "1e3"), ("0.1", "0.10"), ("1e500", "10e499"), ("-0.0", "0")):
            self.assertEqual(self.differing(f'{{"a": {one}}}', f'{{"a": {other}}}'), [], (one, other))

    def test_two_values(self):
        digits = "0." + "1234567890" * 4
        for one, other in (("0.1", '"0.1"'), ("1", '"1"'), ("1", "true"), ("0", "null"), (digits + "1", digits + "2"), ("9007199254740993", "9007199254740992"),
                           ("1.5", "1"), ('""', "null"), ("[]", "null")):
            self.assertEqual(self.differing(f'{{"a": {one}}}', f'{{"a": {other}}}'), ["/a"], (one, other))
            self.assertEqual(self.differing(f"[{one}]", f"[{other}]"), ["/0"], (one, other))

    def test_what_is_missing_is_not_null(self):
        self.assertEqual(self.differing('{"a": null}', "{}"), ["/a"])


if __name__ == "__main__":
    unittest.main()
