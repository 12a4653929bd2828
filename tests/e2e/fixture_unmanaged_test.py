#!/usr/bin/env python3
"""What exists and no document has: listed by the provider (ListResource), or asked for by id or identity (ImportResourceState)."""
import collections

import support
from fixture import PROVIDER, Fixture
from support import CANARY, EndToEnd, error_codes, verdicts

LISTED = "fixture_identified"


class Unmanaged(EndToEnd):
    protocol = 6

    def setUp(self):
        super().setUp()
        self.actual = Fixture(self.folder / "actual", self.protocol)
        self.log = self.folder / "calls.log"
        self.entries = {"fixture": self.entry(self.actual.folder)}

    def entry(self, folder, **more):
        binary = support.provider_binary("fixture") + ("5" if self.protocol == 5 else "")
        return {"config": {"folder": str(folder)}, "binary": binary, **more}

    def report(self, *args, code=None, rules=(), **more):
        self.log.unlink(missing_ok=True)
        self.actual.behave(*rules, log=str(self.log))
        self.write("terraform.tfstate", self.actual.state())
        self.project(providers=self.entries, **more)
        report = self.scan(*args, code=code)
        calls = [line.split(" ")[1] for line in self.log.read_text().splitlines()] if self.log.exists() else []
        report["calls"] = collections.Counter(calls)
        return report

    def notes(self, report, code):
        return [n["message"] for n in report["notes"] if n["code"] == code]


class Listed(Unmanaged):
    def setUp(self):
        super().setUp()
        self.actual.both(LISTED, "a", region="eu", text="managed")
        self.actual.both(LISTED, "b", text="managed")
        self.actual.put(LISTED, "c", region="eu", text="by nobody")

    def test_the_one_that_nobody_manages(self):
        report = self.report("--find-unmanaged", code=2)
        self.assertEqual(verdicts(report), {"fixture_identified (c)": "unmanaged"})
        self.assertTrue(report["complete"])
        self.assertEqual(report["summary"]["unmanaged"], 1)
        self.assertEqual(report["calls"]["Import"], 0, "the provider gave all of it")
        self.assertRegex("\n".join(self.notes(report, "provider_warning")), r"1 of its \d+ resource types can be listed")
        self.assertEqual(verdicts(self.report("--find-unmanaged", code=2)), verdicts(report), "the same address in every scan")

    def test_only_when_asked(self):
        report = self.report(code=0)
        self.assertEqual(report["calls"]["List"], 0)
        self.assertEqual(verdicts(self.report(code=2, find_unmanaged=True)), {"fixture_identified (c)": "unmanaged"})

    def test_identities_alone_are_looked_up(self):
        report = self.report("--find-unmanaged", code=2, rules=[{"call": "List", "do": "bare"}])
        self.assertEqual(verdicts(report), {"fixture_identified (c)": "unmanaged"})
        self.assertEqual(report["calls"]["Import"], 3)
        report = self.report("--find-unmanaged", code=0, rules=[{"call": "List", "do": "bare"}, {"call": "Import", "do": "error", "text": "no such thing"}])
        self.assertEqual(report["findings"], [])
        self.assertRegex("\n".join(self.notes(report, "provider_warning")), r"3 of fixture_identified are known by their identity alone.*no such thing")

    def test_an_error_of_one_type_is_a_note(self):
        self.actual.both("fixture_plain", "p", **self.actual.usual(1))
        report = self.report("--find-unmanaged", code=0, rules=[{"call": "List", "do": "error", "text": "not today"}])
        self.assertTrue(report["complete"])
        self.assertRegex("\n".join(self.notes(report, "provider_warning")), "not all of fixture_identified could be listed: .*not today")
        report = self.report("--find-unmanaged", code=2, rules=[{"call": "List", "do": "warn", "text": "a word"}])
        self.assertEqual(verdicts(report), {"fixture_identified (c)": "unmanaged"})
        self.assertIn("a word", "\n".join(self.notes(report, "provider_warning")))

    def test_a_file_that_does_not_fit_costs_itself(self):
        (self.actual.folder / LISTED / "d.json").write_text('{"id": "d", "text": {"not": "a text"}}')
        report = self.report("--find-unmanaged", code=2)
        self.assertEqual(verdicts(report), {"fixture_identified (c)": "unmanaged"})
        self.assertIn("not all of fixture_identified could be listed", "\n".join(self.notes(report, "provider_warning")))

    def test_a_crash_is_not_nothing(self):
        report = self.report("--find-unmanaged", code=3, rules=[{"call": "List", "do": "crash"}])
        self.assertEqual(report["findings"], [])
        self.assertFalse(report["complete"])
        self.assertEqual(error_codes(report), {"": "E_READ_FAILED"})

    def test_a_list_that_hangs_ends_with_the_scan(self):
        report = self.report("--find-unmanaged", "--timeout", "15s", code=3, rules=[{"call": "List", "do": "hang"}])
        self.assertEqual(report["summary"]["checked"], 2)
        self.assertFalse(report["complete"])

    def test_entries_that_nothing_uses_are_asked_too(self):
        other = Fixture(self.folder / "west")
        other.put(LISTED, "far", text="by nobody")
        self.entries["fixture.west"] = self.entry(other.folder)
        report = self.report("--find-unmanaged", code=2)
        self.assertEqual(verdicts(report), {"fixture_identified (c)": "unmanaged", "fixture_identified (far)": "unmanaged"})
        self.actual.resources.clear()  # and where the state has nothing at all
        report = self.report("--find-unmanaged", code=2)
        self.assertEqual(set(verdicts(report)), {f"fixture_identified ({i})" for i in ("a", "b", "c", "far")})

    def test_one_id_in_two_configurations_is_two_objects(self):
        other = Fixture(self.folder / "west")
        for name in "acx":
            other.put(LISTED, name, region="eu", text="by nobody")
        self.actual.put(LISTED, "x", region="eu", text="managed as a configuration of a module has it")
        self.actual.record(LISTED, "x", region="eu", text="managed as a configuration of a module has it")
        self.actual.resources[(LISTED, "x")].update(module="module.m", provider="module.m." + PROVIDER)
        self.entries["fixture.west"] = self.entry(other.folder)
        report = self.report("--find-unmanaged", code=2)
        self.assertEqual(verdicts(report), {f"fixture_identified ({i}": "unmanaged" for i in ("a)", "c)", "x)", "c) of fixture.west")})
        self.assertEqual(len(report["findings"]), 4)
        got = self.drift("accept", "--state", "terraform.tfstate", "--find-unmanaged", "--all")
        self.assertEqual(got.code, 0, got.out + got.err)
        other.put(LISTED, "c", region="eu", text="other")
        self.assertEqual(verdicts(self.report("--find-unmanaged", code=2)), {"fixture_identified (c) of fixture.west": "changed"})

    def test_a_provider_that_is_not_there_makes_it_incomplete(self):
        self.entries["absent"] = {}
        report = self.report("--find-unmanaged", code=2)
        self.assertEqual(verdicts(report), {"fixture_identified (c)": "unmanaged"})
        self.assertFalse(report["complete"])
        self.assertEqual(error_codes(report), {"": "E_NOT_FOUND"})

    def test_many(self):
        for i in range(3000):
            self.actual.both(LISTED, f"m{i:04d}", text="managed")
        report = self.report("--find-unmanaged", code=2)
        self.assertEqual(verdicts(report), {"fixture_identified (c)": "unmanaged"})

    def test_secrets_of_what_nobody_manages_are_not_shown(self):
        self.actual.put("fixture_secret", "s", password=CANARY, note="n")
        self.report("--import", "fixture_secret=s", code=2)
        got = self.drift("accept", "--state", "terraform.tfstate", "--import", "fixture_secret=s", "--all")
        self.assertEqual(got.code, 0, got.err)
        self.assertNotIn(CANARY, (self.work / "drift.baseline.jsonl").read_text())

    def test_a_text_with_a_secret_of_what_nobody_manages_is_written_nowhere(self):
        self.actual.both(LISTED, "a", region="eu", text="managed")
        self.actual.put(LISTED, "c", secret=CANARY, text=f"dsn {CANARY} end")
        self.report("--find-unmanaged", "--record", "reads", code=2)
        self.drift("accept", "--state", "terraform.tfstate", "--find-unmanaged", "--all")
        for name in ("reads/reads.jsonl", "drift.baseline.jsonl"):
            written = (self.work / name).read_text()
            self.assertIn("hmac-", written)
            self.assertNotIn(CANARY, written, name)

    def test_secrets_of_what_is_listed_are_not_told(self):
        for i in "ab":  # each tells its own
            self.actual.both(LISTED, i, secret=CANARY)
        self.actual.put(LISTED, "c", secret=CANARY)
        for do, found in (("tell", {"fixture_identified (c)": "unmanaged"}), ("tell-error", {})):
            with self.subTest(do):
                report = self.report("--find-unmanaged", code=2 if found else 0, rules=[{"call": "List", "do": do, "text": "it has " + CANARY + " there"}])
                self.assertEqual(verdicts(report), found)
                self.assertIn("it has *** there", "\n".join(self.notes(report, "provider_warning")))

    def test_secrets_of_what_was_listed_in_a_panic_after_it(self):
        self.actual.put(LISTED, "a", secret=CANARY)
        for i in range(400):  # much more than a connection keeps to itself: what came before has been sent when the provider ends
            self.actual.put(LISTED, f"z{i:03d}", text="x" * 4096)
        report = self.report("--find-unmanaged", code=2, rules=[{"call": "List", "do": "crash-after", "text": "no room for " + CANARY + " here"}])
        self.assertFalse(report["complete"])
        self.assertIn("no room for *** here", str(report["errors"]))

    def test_secrets_of_what_was_listed_in_a_panic_of_an_import(self):
        self.actual.put(LISTED, "a", secret=CANARY)
        rules = [{"call": "List", "do": "bare", "text": "b"}, {"call": "Import", "do": "crash", "text": "no room for " + CANARY + " here"}]
        report = self.report("--find-unmanaged", code=2, rules=rules)
        self.assertEqual(verdicts(report), {"fixture_identified.a": "changed", "fixture_identified (c)": "unmanaged"})
        self.assertRegex("\n".join(self.notes(report, "provider_warning")), r"1 of fixture_identified are known .*no room for \*\*\* here")

    def assert_cut(self, report, why):
        self.assertFalse(report["complete"])
        self.assertEqual(error_codes(report), {"": "E_READ_FAILED"})
        self.assertIn("not all of fixture_identified could be listed: " + why, report["errors"][0]["message"])
        self.assertEqual(report["calls"]["Configure"], 1, "it is no fault of the process")
        self.assertEqual(report["calls"]["End"], 1, "nor was it killed")

    def test_a_list_without_an_end(self):
        self.entries["fixture"]["max_listed"] = 5000
        report = self.report("--find-unmanaged", code=2, rules=[{"call": "List", "do": "endless"}])
        self.assert_cut(report, "the provider has more of them than may be listed")
        self.assertEqual([f["address"] for f in report["findings"]], ["fixture_identified (c)"], "what it listed counts, each once")
        self.assertEqual(report["summary"]["checked"], 3, "and the rest of the scan")

    def test_a_list_of_as_many_as_allowed(self):
        self.entries["fixture"]["max_listed"] = 3
        self.assertTrue(self.report("--find-unmanaged", code=2)["complete"])
        self.entries["fixture"]["max_listed"] = 2
        self.assert_cut(self.report("--find-unmanaged", code=3), "the provider has more of them than may be listed")

    def test_a_list_that_is_too_large(self):
        self.actual.resources.clear()
        for name in "ab":
            (self.actual.folder / LISTED / f"{name}.json").unlink()
        self.actual.both(LISTED, "c", text="x" * (1 << 20))
        self.assert_cut(self.report("--find-unmanaged", code=3, rules=[{"call": "List", "do": "endless"}]), "they have more than 256 MiB")

    def test_an_id_that_is_a_secret_is_in_no_address(self):
        self.actual.put("fixture_secret", CANARY, password=CANARY, note="n")
        self.actual.put("fixture_secret", "other", password="other", note="n")
        imports = ("--import", "fixture_secret=" + CANARY, "--import", "fixture_secret=other")
        report = self.report(*imports, code=2)
        first, second = sorted(verdicts(report))
        for address in (first, second):
            self.assertRegex(address, r"^fixture_secret \(#[0-9a-f]{16}\)$")
        self.assertNotEqual(first, second)
        self.assertEqual(verdicts(self.report(*imports, code=2)), verdicts(report), "the same address in every scan")
        self.actual.record("fixture_secret", CANARY, password=CANARY, note="n")
        self.actual.resources[("fixture_secret", CANARY)]["name"] = "managed"
        report = self.report(*imports, code=2)
        self.assertEqual(len(self.notes(report, "import_managed")), 1)


class Listed5(Unmanaged):
    protocol = 5

    def test_a_provider_that_cannot_list_says_so(self):
        self.actual.both(LISTED, "a", region="eu", text="managed")
        report = self.report("--find-unmanaged", code=0)
        self.assertIn("cannot_list", {n["code"] for n in report["notes"]})


class Imported(Unmanaged):
    def imported(self, *ids, code=None, rules=(), **more):
        return self.report(*(a for i in ids for a in ("--import", i)), code=code, rules=rules, **more)

    def test_by_id(self):
        self.actual.both("fixture_plain", "known", **self.usual())
        self.actual.put("fixture_plain", "there", **self.usual())
        report = self.imported("fixture_plain=there", "fixture_plain=known", "fixture_plain=gone", code=2)
        self.assertEqual(verdicts(report), {"fixture_plain (there)": "unmanaged"})
        self.assertTrue(report["complete"])
        noted = {n["code"]: n.get("address") for n in report["notes"]}
        self.assertEqual((noted["import_managed"], noted["import_absent"]), ("fixture_plain (known)", "fixture_plain (gone)"))
        self.assertEqual(report["calls"]["Import"], 3)

    def usual(self, **more):
        return self.actual.usual(1, list=["a"], set=["a"], etag="e", default="d", secret="s", **more)

    def test_what_is_accepted_is_watched(self):
        self.actual.put("fixture_plain", "there", **self.usual())
        self.imported("fixture_plain=there", code=2)
        got = self.drift("accept", "--state", "terraform.tfstate", "--import", "fixture_plain=there", "fixture_plain (there)")
        self.assertEqual(got.code, 0, got.out + got.err)
        self.imported("fixture_plain=there", code=0)
        self.report(code=0)
        self.actual.put("fixture_plain", "there", **{**self.usual(), "text": "other"})
        report = self.report(code=2)
        self.assertEqual([(f["address"], [c["pointer"] for c in f["changes"]]) for f in report["findings"]], [("fixture_plain (there)", ["/text"])])
        self.actual.remove("fixture_plain", "there")
        self.assertEqual(verdicts(self.report(code=2)), {"fixture_plain (there)": "deleted"})

    def test_by_identity(self):
        name = "id" if self.protocol == 6 else "name"
        self.actual.put(LISTED, "x", region="eu", text="t")
        report = self.report(code=2, **{"import": [{"type": LISTED, "identity": {name: "x", "region": "eu"}}]})
        self.assertEqual(verdicts(report), {"fixture_identified (x)": "unmanaged"})
        report = self.report(code=3, **{"import": [{"type": LISTED, "identity": {"nonsense": "x"}}]})
        self.assertEqual(list(error_codes(report).values()), ["E_INVALID_ARGUMENT"])
        report = self.report(code=3, **{"import": [{"type": "fixture_plain", "identity": {name: "x"}}]})
        self.assertEqual(list(error_codes(report).values()), ["E_UNSUPPORTED_FEATURE"])

    def test_an_identity_is_of_the_version_that_the_provider_has(self):
        if self.protocol == 5:
            self.skipTest("the type is one of protocol 6")
        self.actual.put("fixture_reidentified", "x", region="eu", text="t")
        report = self.report(code=2, **{"import": [{"type": "fixture_reidentified", "identity": {"id": "x", "region": "eu"}}]})
        self.assertEqual(verdicts(report), {"fixture_reidentified (x)": "unmanaged"})

    def test_secrets_of_what_is_imported_are_not_told(self):
        self.actual.put("fixture_plain", "there", **{**self.usual(), "secret": CANARY})
        rule = {"call": "Import", "text": "it has " + CANARY + " there"}
        report = self.imported("fixture_plain=there", code=2, rules=[{**rule, "do": "tell"}])
        self.assertEqual(verdicts(report), {"fixture_plain (there)": "unmanaged"})
        self.assertIn("it has *** there", "\n".join(self.notes(report, "provider_warning")))
        report = self.imported("fixture_plain=there", code=3, rules=[{**rule, "do": "tell-error"}])
        self.assertIn("it has *** there", str(report["errors"]))

    def test_failures(self):
        self.actual.both("fixture_plain", "known", **self.usual())
        self.actual.put("fixture_plain", "there", **self.usual())
        address = "fixture_plain (there)"
        for rule, code in (({"do": "error", "text": "401 Unauthorized"}, "E_READ_AUTH"), ({"do": "unimplemented"}, "E_UNSUPPORTED_FEATURE"),
                           ({"do": "crash"}, "E_READ_FAILED")):
            with self.subTest(rule["do"]):
                report = self.imported("fixture_plain=there", code=3, rules=[{"call": "Import", **rule}])
                self.assertEqual(error_codes(report), {address: code})
                self.assertEqual(report["findings"], [])
        with self.subTest("the read that follows fails"):
            report = self.imported("fixture_plain=there", code=3, rules=[{"call": "Read", "id": "there", "do": "error", "text": "500"}])
            self.assertEqual(error_codes(report), {address: "E_READ_FAILED"})
        with self.subTest("it hangs"):
            report = self.imported("fixture_plain=there", code=3, rules=[{"call": "Import", "do": "hang"}], read_timeout="10s")
            self.assertEqual(error_codes(report), {address: "E_READ_TIMEOUT"}, report["errors"])
            self.assertEqual(report["summary"]["checked"], 1)

    def test_a_start_may_take_longer_than_an_import(self):
        for name in ("a", "b"):
            self.actual.put("fixture_plain", name, **self.usual())
        slow = {"call": "Configure", "do": "sleep", "ms": 4000}
        report = self.imported("fixture_plain=a", "fixture_plain=b", code=2, rules=[slow], read_timeout="2s")
        self.assertEqual(verdicts(report), {"fixture_plain (a)": "unmanaged", "fixture_plain (b)": "unmanaged"})
        self.assertEqual(report["calls"]["Configure"], 1)

    def test_what_no_provider_has(self):
        self.actual.both("fixture_plain", "known", **self.usual())
        report = self.imported("fixture_nothing=x", "other_thing=y", code=3)
        self.assertEqual(error_codes(report), {"fixture_nothing (x)": "E_UNSUPPORTED_FEATURE", "other_thing (y)": "E_READ_UNSUPPORTED"})

    def test_the_entry_can_be_named(self):
        other = Fixture(self.folder / "west", self.protocol)
        other.put("fixture_plain", "far", **self.usual())
        self.entries["fixture.west"] = self.entry(other.folder)
        wanted = {"type": "fixture_plain", "id": "far", "provider": "fixture.west"}
        self.assertEqual(verdicts(self.report(code=2, **{"import": [wanted]})), {"fixture_plain (far)": "unmanaged"})
        self.assertEqual(verdicts(self.report(code=0, **{"import": [{**wanted, "provider": "fixture"}]})), {})

    def test_one_id_in_two_configurations_is_two_objects(self):
        other = Fixture(self.folder / "west", self.protocol)
        self.actual.both("fixture_plain", "same", **self.usual())
        for folder in (self.actual, other):
            folder.put("fixture_plain", "new", **self.usual())
        other.put("fixture_plain", "same", **self.usual())
        self.entries["fixture.west"] = self.entry(other.folder)
        wanted = [{"type": "fixture_plain", "id": i, "provider": p} for i in ("same", "new") for p in ("fixture", "fixture.west")]
        report = self.report(code=2, **{"import": wanted})
        self.assertEqual(verdicts(report), {"fixture_plain (same)": "unmanaged", "fixture_plain (new)": "unmanaged",
                                            "fixture_plain (new) of fixture.west": "unmanaged"})
        self.assertEqual(len(report["findings"]), 3)
        self.assertEqual([n["address"] for n in report["notes"] if n["code"] == "import_managed"], ["fixture_plain (same)"])

    def test_it_cannot_be_recorded(self):
        self.actual.put("fixture_plain", "there", **self.usual())
        self.write("terraform.tfstate", self.actual.state())
        self.project(providers=self.entries)
        got = self.drift("scan", "--state", "terraform.tfstate", "--import", "fixture_plain=there", "--record", "reads")
        self.assertEqual(got.code, 1)
        self.assertIn("cannot be recorded", got.err)
        for wrong in ("fixture_plain", "=x", "fixture_plain="):
            self.assertEqual(self.drift("scan", "--state", "terraform.tfstate", "--import", wrong).code, 1)


class Imported5(Imported):
    protocol = 5

    def test_one_id_for_several(self):
        for ident in ("a", "b"):
            self.actual.put("fixture_plain", ident, **self.usual())
        report = self.imported("fixture_plain=a,b", code=2)
        self.assertEqual(verdicts(report), {"fixture_plain (a)": "unmanaged", "fixture_plain (b)": "unmanaged"})
        self.assertEqual(report["calls"]["Import"], 1)


if __name__ == "__main__":
    support.main()
