#!/usr/bin/env python3
"""`drift explain` shows the provider's answer and what the values say, where the two differ. Needs no CLI."""
import re

import support
from pulumi_support import PulumiEndToEnd, urn


class Explaining(PulumiEndToEnd):
    def explained(self, name, verdicts):
        """What is said of each path, under the heading that it stands below: {(heading, path): {key: value}}."""
        self.write("state.json", self.checkpoint.deployment())
        self.project(state="state.json", providers={"pulumi": {}})
        got = self.drift("explain", urn("Thing", name))
        self.assertEqual(got.code, 2 if "changed" in verdicts else 0, got.out + got.err)
        self.assertEqual(re.findall(r"(?m)^[~=] (\w+) urn", got.out), verdicts, got.out)
        heading, said = "", {}
        for line in got.out.splitlines():
            if match := re.match(r"[~=] (\w+) ", line):
                heading = match[1]
            elif match := re.match(r"  [~+-] (.+?): ", line):
                now = said.setdefault((heading, match[1]), {})
            elif match := re.match(r"      (\w+) +(.*)", line):
                now[match[1]] = match[2]
        return said

    def test_the_provider_sees_no_difference_where_the_values_differ(self):
        self.both("Thing", "a", text="a")
        self.actual.change("Thing", "a", text="b")
        self.actual.behave("Diff", "none", id="a")
        said = self.explained("a", ["suppressed"])[("suppressed", "text")]
        self.assertEqual((said["recorded"], said["actual"], said["rule"]), ('"a"', '"b"', "engine.diff"))

    def test_it_sees_some_of_the_differences(self):
        self.both("Thing", "a", text="a")
        self.actual.change("Thing", "a", text="b", etag="2")
        said = self.explained("a", ["changed", "suppressed"])
        self.assertNotIn("rule", said[("changed", "text")])
        self.assertEqual((said[("suppressed", "etag")]["actual"], said[("suppressed", "etag")]["rule"]), ('"2"', "engine.diff"))

    def test_it_sees_one_where_the_values_are_the_same(self):
        self.both("Thing", "a", text="a")
        self.actual.behave("Diff", "bare", id="a")
        said = self.explained("a", ["changed"])[("changed", "(resource)")]
        self.assertEqual(said["why"], "engine")
        self.assertIn("~ (resource): differs, as its provider says", self.drift("explain", urn("Thing", "a")).out)
        self.actual.set(rules=[])
        self.actual.behave("Diff", "key", id="a", text="nowhere")
        self.assertEqual(self.explained("a", ["changed"])[("changed", "nowhere [inputs]")]["why"], "engine")
        self.assertIn("~ nowhere [inputs]: differs, as its provider says", self.drift("scan").out)

    def test_what_only_the_provider_sees_is_accepted_beside_what_a_rule_mutes(self):
        self.both("Thing", "a", text="a")
        self.actual.change("Thing", "a", etag="2")
        self.actual.behave("Diff", "key", id="a", text="nowhere")
        self.write("state.json", self.checkpoint.deployment())
        self.project(state="state.json", providers={"pulumi": {}}, ignore=[{"name": "noise", "path": "etag", "mode": "mute", "reason": "noise"}])
        self.assertEqual(self.drift("scan").code, 2)
        self.assertEqual(self.drift("accept", "--all").code, 0)
        self.assertEqual(self.drift("scan").code, 0)
        self.actual.change("Thing", "a", etag="3")
        self.assertEqual(self.drift("scan").code, 0)
        self.actual.change("Thing", "a", text="b")
        self.assertEqual(self.drift("scan").code, 2)


if __name__ == "__main__":
    support.main()
