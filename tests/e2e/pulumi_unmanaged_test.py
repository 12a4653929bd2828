#!/usr/bin/env python3
"""What exists and no stack has: a plugin that lists is asked for the types of which the stack has resources. Needs no CLI."""
import support
from pulumi_support import Actual, PulumiEndToEnd, urn
from support import error_codes, verdicts


class Unmanaged(PulumiEndToEnd):
    def setUp(self):
        super().setUp()
        for name in ("a", "b"):
            self.both("Listed", name, text="a")
        self.both("Thing", "t", text="a")
        for name in ("x", "y", "z"):
            self.actual.put("Listed", name, text="a")
        self.actual.put("Other", "of a type that the stack does not have", text="a")

        self.settings = {}

    def report(self, code, *args):
        self.write("state.json", self.checkpoint.deployment())
        self.configure(state="state.json", pulumi=self.settings)
        return self.scan("--find-unmanaged", *args, code=code)

    def test_found_in_pages_and_the_same_in_each_scan(self):
        for nth in range(2500):
            self.actual.put("Listed", f"n{nth}", text="a")
        self.actual.change("Listed", "a", text="b")
        report = self.report(2)
        found = verdicts(report)
        self.assertEqual(found.pop(urn("Listed", "a")), "changed")
        self.assertEqual(set(found.values()), {"unmanaged"})
        self.assertEqual(len(found), 2503)
        self.assertIn("fixture:index:Listed (x)", found)
        self.assertEqual(verdicts(self.report(2)), verdicts(report))

    def west(self, **config):
        """Another provider of the stack; what exists there."""
        there = Actual(self.folder / "west")
        own = ("urn:pulumi:dev::proj::pulumi:providers:fixture::west", "11111111-7f0e-4a52-9d53-0f0b3fbd6b51")
        self.checkpoint.provider("fixture", *own, inputs={"folder": str(there.folder), **config})
        there.put("Listed", "w", text="a")
        self.checkpoint.record("Listed", "w", {"text": "a"}, provider=own)
        return there

    def test_what_one_provider_manages_is_unmanaged_in_another(self):
        west = self.west()
        for name in ("a", "x"):
            west.put("Listed", name, text="a")
        names = [f"fixture:index:Listed ({name})" for name in ("a", "x", "y", "z")]
        self.assertEqual(verdicts(self.report(2)), dict.fromkeys([*names, "fixture:index:Listed (x) of west"], "unmanaged"))

    def test_two_versions_of_one_provider_have_one_list(self):
        own = ("urn:pulumi:dev::proj::pulumi:providers:fixture::default_1_2_4", "22222222-7f0e-4a52-9d53-0f0b3fbd6b51")
        self.checkpoint.provider("fixture", *own, inputs={"pluginDownloadURL": "https://example.com"})
        self.actual.put("Listed", "v", text="a")
        self.checkpoint.record("Listed", "v", {"text": "a"}, provider=own)
        names = [f"fixture:index:Listed ({name})" for name in ("x", "y", "z")]
        self.assertEqual(verdicts(self.report(2)), dict.fromkeys(names, "unmanaged"))

    def test_without_being_asked_nobody_looks(self):
        self.write("state.json", self.checkpoint.deployment())
        self.configure(state="state.json")
        self.assertEqual(self.scan(code=0)["findings"], [])

    def test_one_that_cannot_list_at_all(self):
        self.actual.behave("List", "unimplemented")
        report = self.report(None)
        self.assertEqual(report["findings"], [])
        self.assertIn("list", str(report["errors"]) + str(report["notes"]))

    def test_a_list_that_fails_costs_no_read_its_answer(self):
        self.actual.change("Listed", "a", text="b")
        self.actual.behave("List", "error", code="INTERNAL", text="no list today")
        report = self.report(2)
        self.assertEqual(verdicts(report), {urn("Listed", "a"): "changed"})
        self.assertRegex(str(report["notes"]), "not all of fixture:index:Listed could be listed: .*no list today")
        self.assertTrue(report["complete"])

    def test_a_list_of_one_type_that_fails_costs_no_other(self):
        self.actual.put("Thing", "extra", text="a")
        self.actual.behave("List", "error", type="Listed", code="INTERNAL", text="no list today")
        self.assertEqual(verdicts(self.report(2)), {"fixture:index:Thing (extra)": "unmanaged"})

    def test_a_crash_is_not_nothing(self):
        self.actual.behave("List", "crash")
        report = self.report(3)
        self.assertEqual(report["findings"], [])
        self.assertFalse(report["complete"])
        self.assertEqual(list(error_codes(report)), [""])

    def test_a_crash_costs_no_other_provider_its_list(self):
        west = self.west()
        west.put("Listed", "u", text="a")
        self.actual.behave("List", "crash", text="no list of the first")
        report = self.report(2)
        self.assertEqual(verdicts(report), {"fixture:index:Listed (u)": "unmanaged"})
        self.assertEqual(list(error_codes(report)), [""])
        self.assertFalse(report["complete"])
        west.behave("List", "crash", text="no list of the second")
        report = self.report(3)
        self.assertRegex(str(report["errors"]), "no list of the first")
        self.assertRegex(str(report["notes"]), "no list of the second")

    def test_one_that_may_not_be_run_costs_no_other_provider_its_list(self):
        own = ("urn:pulumi:dev::proj::pulumi:providers:code::a", "33333333-7f0e-4a52-9d53-0f0b3fbd6b51")
        self.checkpoint.provider("code", *own, inputs={"__internal": {"name": "pulumi-nodejs"}})
        unread = self.checkpoint.record("Listed", "d", {"text": "a"}, package="code", provider=own)
        report = self.report(2)
        self.assertEqual(set(verdicts(report)), {f"fixture:index:Listed ({name})" for name in ("x", "y", "z")})
        self.assertEqual({e.get("address"): e["verdict"] for e in report["errors"]}, {unread: "unsupported"})
        self.assertIn("provider pulumi-nodejs (a) was not asked what it has", str(report["notes"]))

    def assert_cut(self, report, why):
        self.assertEqual(list(error_codes(report).items()), [("", "E_READ_FAILED")])
        self.assertIn("not all of fixture:index:Listed could be listed: " + why, report["errors"][0]["message"])
        self.assertFalse(report["complete"])

    def test_a_list_of_as_many_as_allowed(self):
        self.settings = {"max_listed": 5}
        self.assertTrue(self.report(2)["complete"])
        self.settings = {"max_listed": 4}
        report = self.report(2)
        self.assert_cut(report, "the provider has more of them than may be listed")
        self.assertEqual(len(verdicts(report)), 2, "what was listed until then counts")

    def test_a_list_without_an_end(self):
        self.settings = {"max_listed": 5000}
        self.actual.behave("List", "endless")
        report = self.report(3)
        self.assert_cut(report, "the provider has more of them than may be listed")
        self.assertEqual(report["summary"]["checked"], 3)

    def test_a_list_that_is_too_large(self):
        self.actual.behave("List", "endless", bytes=1 << 20)
        self.assert_cut(self.report(3), "they have more than 256 MiB")

    def test_a_list_that_hangs_ends_with_the_scan(self):
        self.actual.behave("List", "hang")
        report = self.report(3, "--timeout", "5s")
        self.assertEqual(report["summary"]["checked"], 3)
        self.assertFalse(report["complete"])


if __name__ == "__main__":
    support.main()
