#!/usr/bin/env python3
"""What kind of difference each one is, in both protocols: the program's, the provider's alone, null against empty, one that was only called sensitive,
one that a rule ignores. The exit status counts them as before."""
import support
from fixture import Fixture
from support import CANARY, EndToEnd, verdicts


def classes(entry):
    return {c["pointer"]: c.get("class") for c in entry["changes"]}


class Classes(EndToEnd):
    protocol = 6

    def setUp(self):
        super().setUp()
        self.actual = Fixture(self.folder / "actual", self.protocol)
        self.binary = support.provider_binary("fixture") + ("5" if self.protocol == 5 else "")
        self.actual.both("fixture_plain", "same", **self.usual())

    def usual(self, **more):
        return {**self.actual.usual(1), "list": ["a"], "set": ["a"], "etag": "e", "default": "d", **more}

    def configure(self, **more):
        self.write("terraform.tfstate", self.actual.state())
        self.project(providers={"fixture": {"config": {"folder": str(self.actual.folder)}, "binary": self.binary}}, **more)

    def changed(self, name, recorded=None, **more):
        self.actual.record("fixture_plain", name, **self.usual(**(recorded or {})))
        self.actual.put("fixture_plain", name, **self.usual(**more))

    def text_of(self, address, *args):
        """The paragraph of one finding."""
        text = self.drift("scan", "--state", "terraform.tfstate", *args).out
        return next(part for part in text.split("\n\n") if part.startswith(f"~ changed {address} "))

    def test_config_owned_and_computed_only(self):
        self.changed("counted", etag="f")
        self.changed("owned", text="other")
        self.changed("filled", default="x")
        self.changed("mixed", etag="f", text="other")
        self.configure()
        report = self.scan(code=2)
        found = {f["address"].split(".")[1]: (f.get("class"), classes(f)) for f in report["findings"]}
        self.assertEqual(found, {
            "counted": ("computed_only", {"/etag": "computed_only"}),
            "owned": ("config_owned", {"/text": "config_owned"}),
            "filled": ("config_owned", {"/default": "config_owned"}),  # optional and computed: the program may set it
            "mixed": ("config_owned", {"/etag": "computed_only", "/text": "config_owned"})})
        counted, mixed = self.text_of("fixture_plain.counted"), self.text_of("fixture_plain.mixed")
        self.assertIn("only what the provider computes changed", counted)
        self.assertRegex(counted, r"(?m)^  ~ etag: .* \(computed\)$")
        self.assertNotIn("only what the provider computes", mixed)
        self.assertRegex(mixed, r"(?m)^  ~ etag: .* \(computed\)$")
        self.assertNotRegex(mixed, r"(?m)^  ~ text: .* \(computed\)$")
        explained = self.drift("explain", "--state", "terraform.tfstate", "fixture_plain.counted").out
        self.assertRegex(explained, r"(?m)^  class +computed_only$")

    def test_a_finding_of_computed_properties_alone_still_counts(self):
        self.changed("counted", etag="f")
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {"fixture_plain.counted": "changed"})

    def test_null_against_empty(self):
        # The framework's null is another value than its "", and counts; the old SDK cannot tell them apart.
        self.changed("empty", recorded={"text": None, "list": None}, text="", list=[])
        self.configure()
        report = self.scan(code=2 if self.protocol == 6 else 0)
        entry, = report["findings" if self.protocol == 6 else "suppressed"]
        self.assertEqual(classes(entry), {"/text": "null_or_empty", "/list": "null_or_empty"})
        if self.protocol == 6:
            self.assertEqual(entry["class"], "null_or_empty")
        else:
            self.assertEqual({c["rule"] for c in entry["changes"]}, {"schema:empty_is_absent"})

    def test_an_element_that_is_empty_is_there(self):
        # A label without a value, a key without a text: somebody added it, or took it away.
        self.changed("gone", recorded={"map": {"index": "1", "empty": ""}}, map={"index": "1"})
        self.changed("new", recorded={"map": {"index": "1"}}, map={"index": "1", "added": ""})
        self.changed("last", recorded={"map": {"index": ""}}, map={})
        self.changed("row", recorded={"list": ["a", ""]}, list=["a"])
        self.configure()
        report = self.scan(code=2)
        found = {f["address"].split(".")[1]: sorted(classes(f)) for f in report["findings"]}
        self.assertEqual(found, {"gone": ["/map/empty"], "new": ["/map/added"], "last": ["/map/index"], "row": ["/list/1"]})

    def test_ignored(self):
        self.changed("muted", text="other")
        self.configure(ignore=[{"name": "r", "address": "*.muted", "path": "text", "mode": "mute", "reason": "a test"}])
        report = self.scan(code=0)
        entry, = report["suppressed"]
        self.assertEqual((entry["address"], classes(entry)), ("fixture_plain.muted", {"/text": "ignored"}))

    def test_only_called_sensitive(self):
        secret = CANARY + "-1"
        self.actual.record("fixture_plain", "unmarked", marks=False, **self.usual(secret=secret))
        self.actual.put("fixture_plain", "unmarked", **self.usual(secret=secret))
        # Of one that changed, too, it is a change and nothing else; and what is elsewhere in such a resource counts.
        self.actual.record("fixture_plain", "changed", marks=False, **self.usual(secret=secret))
        self.actual.put("fixture_plain", "changed", **self.usual(secret=CANARY + "-2"))
        self.actual.record("fixture_plain", "elsewhere", marks=False, **self.usual(secret=secret))
        self.actual.put("fixture_plain", "elsewhere", **self.usual(secret=secret, text="other"))
        self.configure()
        report = self.scan(code=2)
        self.assertEqual({f["address"].split(".")[1]: classes(f) for f in report["findings"]},
                         {"changed": {"/secret": "config_owned"}, "elsewhere": {"/text": "config_owned"}})
        self.assertEqual({s["address"].split(".")[1]: classes(s) for s in report["suppressed"]},
                         {"elsewhere": {"/secret": "sensitivity_only"}, "unmarked": {"/secret": "sensitivity_only"}})
        told, = report["suppressed"][1]["changes"]
        self.assertEqual({name: told.get(name) for name in ("kind", "relation", "rule", "why", "sensitive", "recorded", "actual", "mode")},
                         {"kind": "modified", "relation": "drift", "rule": "secret.unmarked", "why": "secret_unmarked", "sensitive": True,
                          "recorded": "(sensitive)", "actual": "(sensitive)", "mode": None})
        self.assertEqual((report["summary"]["suppressed"], report["summary"]["drifted"], report["notes"]), (2, 2, []))

    def test_only_called_sensitive_is_shown_where_it_is_asked_for_and_is_never_drift(self):
        secret = CANARY + "-1"
        self.actual.record("fixture_plain", "unmarked", marks=False, **self.usual(secret=secret))
        self.actual.put("fixture_plain", "unmarked", **self.usual(secret=secret))
        self.configure()
        self.assertEqual(self.scan(code=0)["summary"]["suppressed"], 1)
        scan = ("scan", "--state", "terraform.tfstate")
        self.assertIn("1 suppressed (show with --show-suppressed)", self.drift(*scan).out)
        line = "~ secret: (sensitive, unchanged, and not marked so where it was recorded)"
        shown = self.drift(*scan, "--show-suppressed").out
        self.assertIn(f"= suppressed fixture_plain.unmarked (fixture_plain)\n  {line}\n      rule secret.unmarked\n", shown)
        explained = self.drift("explain", "--state", "terraform.tfstate", "fixture_plain.unmarked").out
        self.assertIn(line, explained)
        self.assertRegex(explained, r"(?m)^ +class +sensitivity_only$")
        self.assertRegex(explained, r"(?m)^ +rule +secret\.unmarked$")
        # There is nothing to accept in it.
        refused = self.drift("accept", "--state", "terraform.tfstate", "--all")
        self.assertEqual(refused.code, 1, refused.err)
        self.assertIn("there is no finding to accept", refused.err)


class Classes5(Classes):
    protocol = 5


if __name__ == "__main__":
    support.main()
