#!/usr/bin/env python3
"""The fixture provider, behaving: every kind of value of both SDKs, read and compared, and OpenTofu asked what it thinks."""
import unittest

import support
from fixture import Fixture
from oracle import Tofu, as_wholes, disagreements, save_expected
from support import CANARY, EndToEnd, changes, error_codes, pointers, verdicts

BIG = 9223372036854775808  # 2^63


class Values(EndToEnd):
    """Both protocols: a subclass says which."""

    protocol = 0

    def setUp(self):
        super().setUp()
        if not self.protocol:
            self.skipTest("a base class")
        self.actual = Fixture(self.folder / "actual", self.protocol)
        self.binary = support.provider_binary("fixture") + ("5" if self.protocol == 5 else "")

    def configure(self, **more):
        self.write("terraform.tfstate", self.actual.state())
        self.project(**{"providers": {"fixture": {"config": {"folder": str(self.actual.folder)}, "binary": self.binary}}, **more})

    def raw_changes(self):
        """Every difference, no rule applied."""
        self.configure(builtin_comparators=False, engine_ignores=False)
        return changes(self.scan())

    def tofu(self):
        """OpenTofu for the same folder and state."""
        tofu = Tofu(self, {"libdrift/fixture": support.peer("fixture")}, env={"FIXTURE_PROTOCOL": str(self.protocol)})
        # No configuration: with -refresh-only nothing else than the state counts, but the provider has to be configured.
        self.write("main.tf", f'''
terraform {{
  required_providers {{
    fixture = {{ source = "libdrift/fixture" }}
  }}
}}
provider "fixture" {{
  folder = "{self.actual.folder}"
}}
''')
        self.write("terraform.tfstate", self.actual.state())
        return tofu

    def oracle(self, name):
        """OpenTofu's drift, which has to be the saved one."""
        drift = self.tofu().drift()
        saved, now = save_expected(f"fixture{self.protocol}-{name}", drift)
        self.assertEqual(saved, now, "OpenTofu says something else than it did")
        return drift

    def agree(self, name, wholes=()):
        self.assertEqual(disagreements(self.raw_changes(), as_wholes(self.oracle(name), wholes)), [])


class TheOracle(unittest.TestCase):
    """What is held against OpenTofu is held in both directions."""

    THEIRS = {"a.changed": ("changed", ["/x", "/l"]), "a.deleted": ("deleted", [""]), "a.marks": ("changed", [])}

    def test_agreement(self):
        self.assertEqual(disagreements({"a.changed": ["/l/0", "/x"], "a.deleted": [""]}, self.THEIRS), [])

    def test_what_is_invented(self):
        good = {"a.changed": ["/l", "/x"], "a.deleted": [""]}
        for wrong in ({"a.other": ["/x"]}, {"a.marks": ["/x"]}, {"a.changed": ["/l", "/x", "/y"]}, {"a.deleted": ["/x"]}):
            with self.subTest(wrong):
                self.assertEqual(len(disagreements({**good, **wrong}, self.THEIRS)), 1)

    def test_what_is_missed(self):
        for ours in ({"a.changed": ["/l", "/x"]}, {"a.deleted": [""]}, {"a.changed": ["/x"], "a.deleted": [""]}):
            with self.subTest(ours):
                self.assertEqual(len(disagreements(ours, self.THEIRS)), 1)


class InBoth:
    """What both protocols have, and are to be told apart in nothing."""

    def test_an_old_state_is_upgraded(self):
        self.actual.record("fixture_versioned", "old", version=0, size_text="10 GiB")
        self.actual.put("fixture_versioned", "old", size=10)
        self.actual.record("fixture_versioned", "grown", version=0, size_text="10 GiB")
        self.actual.put("fixture_versioned", "grown", size=11)
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(changes(report, suppressed=False), {"fixture_versioned.grown": ["/size"]})
        self.agree("versioned")

    def refused(self, does):
        """OpenTofu does not take such an answer, and neither do we."""
        with self.assertRaisesRegex(AssertionError, does):
            self.tofu().plan()
        self.configure()
        report = self.scan(code=3)
        self.assertEqual(report["findings"] + report["suppressed"], [])
        return report

    def test_a_value_for_a_write_only_attribute(self):
        for name in ("same", "other"):
            self.actual.both("fixture_secret", name, note="n", password="p", keys={"k": "v"}, password_wo_turn=1)
        self.actual.put("fixture_secret", "other", note="other", password="p", keys={"k": "v"}, password_wo_turn=1)
        self.actual.behave({"call": "Read", "do": "write-only", "text": CANARY})
        report = self.refused("actual value for the write-only")
        self.assertEqual(error_codes(report), {f"fixture_secret.{n}": "E_READ_FAILED" for n in ("same", "other")})
        self.assertIn("write-only", str(report["errors"]))

    def test_an_identity_that_is_none(self):
        for name in ("same", "gone"):
            self.actual.both("fixture_identified", name, region="eu", text="a")
        self.actual.remove("fixture_identified", "gone")
        self.actual.behave({"call": "Read", "do": "bad-identity"})
        report = self.refused("an object is required")
        self.assertEqual(error_codes(report), {f"fixture_identified.{n}": "E_READ_FAILED" for n in ("same", "gone")})
        self.assertIn("an identity that is none of its schema", str(report["errors"]))


class Protocol6(InBoth, Values):
    protocol = 6

    def plain(self, **more):
        return {"text": "a", "number": BIG, "integer": 7, "real": 0.1, "flag": True, "list": ["a", "b"], "map": {"k": "v"}, "set": ["x", "y"],
                "numbers": [1, 0.1, 1e23, BIG], "ports": [{"name": "http", "port": 80}, {"name": "https", "port": 443}], "etag": "e", "default": "d", **more}

    def test_nothing_changed(self):
        self.actual.both("fixture_plain", "one", **self.plain())
        self.actual.both("fixture_nested", "one", rule=[{"name": "r", "value": 1, "labels": {"a": "b"}, "secret": None, "condition": []}], etag="e",
                         single={"name": "s", "value": 0.1, "labels": None, "secret": None})
        self.configure()
        report = self.scan(code=0)
        self.assertEqual(report["summary"]["checked"], 2)
        self.assertTrue(report["complete"])
        self.agree("same")

    def test_every_attribute_of_its_own(self):
        new = {"text": "b", "number": BIG + 1, "integer": 8, "real": 0.2, "flag": False, "list": ["a", "c"], "map": {"k": "w"}, "set": ["x", "z"],
               "numbers": [1, 0.1, 1e23, BIG + 1], "ports": [{"name": "http", "port": 81}, {"name": "https", "port": 443}], "etag": "f", "default": "x"}
        for name, value in new.items():
            self.actual.record("fixture_plain", name, **self.plain())
            self.actual.put("fixture_plain", name, **self.plain(**{name: value}))
        self.configure()
        report = self.scan(code=2)
        self.assertEqual({a: v for a, v in verdicts(report).items() if v != "changed"}, {})
        # What only the provider computes may be taken out with a rule; nothing else may.
        for name in new:
            found = [p for entry in report["findings"] + report["suppressed"] if entry["address"] == f"fixture_plain.{name}" for p in pointers(entry)]
            self.assertTrue(found and all(p.split("/")[1] == name for p in found), f"{name}: {found}")
        self.assertLessEqual({f"fixture_plain.{n}" for n in new if n != "etag"}, set(verdicts(report)))
        self.agree("each")

    def test_numbers_that_are_the_same(self):
        # 0.1 in a state is a decimal; the provider answers with a double, or with text.
        self.actual.record("fixture_plain", "n", number=0.1, real=0.1, numbers=[1.0, 1e2, BIG, 123456789012345678901234567890])
        (self.folder / "actual" / "fixture_plain").mkdir()
        (self.folder / "actual" / "fixture_plain" / "n.json").write_text(
            '{"id": "n", "number": 1e-1, "real": 0.10, "numbers": [1, 100, 9223372036854775808, 123456789012345678901234567890]}')
        self.configure()
        self.scan(code=0)
        self.agree("numbers")

    def test_sets_have_no_order(self):
        self.actual.record("fixture_plain", "s", **self.plain())
        self.actual.put("fixture_plain", "s", **self.plain(set=["y", "x"], ports=[{"name": "https", "port": 443}, {"name": "http", "port": 80}]))
        inner = [{"name": "a", "value": 1, "labels": {"x": "y"}, "secret": None}, {"name": "b", "value": 2, "labels": None, "secret": None}]
        self.actual.record("fixture_nested", "s", tag=inner, chosen=inner)
        self.actual.put("fixture_nested", "s", tag=inner[::-1], chosen=inner[::-1])
        self.configure()
        self.scan(code=0)
        self.agree("sets")

    def test_letters_in_another_form_are_the_same(self):
        # NFC and NFD of "é"; Terraform's values are NFC.
        self.actual.record("fixture_plain", "u", text="caf\u00e9", map={"k": "\u00e9"})
        self.actual.put("fixture_plain", "u", text="cafe\u0301", map={"k": "e\u0301"})
        self.configure()
        self.scan(code=0)
        self.agree("letters")

    def test_nested_blocks_and_attributes(self):
        def one(**more):
            return {"name": "n", "value": 1, "labels": {"a": "b"}, "secret": None, **more}

        def rule(**more):
            return one(condition=[{"field": "f", "values": ["1", "2"]}], **more)

        base = {"rule": [rule(), rule(name="second")], "tag": [one()], "settings": rule(), "single": one(), "listed": [one()], "chosen": [one()],
                "mapped": {"k": one()}, "etag": "e"}
        changed = {
            "rule_value": {"rule": [rule(), rule(name="second", value=2)]},
            "rule_deep": {"rule": [rule(), {**rule(name="second"), "condition": [{"field": "f", "values": ["1", "3"]}]}]},
            "rule_gone": {"rule": [rule()]},
            "rule_null": {"rule": None},
            "tag": {"tag": [one(value=3)]},
            "tag_null": {"tag": None},
            "settings": {"settings": rule(name="other")},
            "settings_null": {"settings": None},
            "single": {"single": one(labels={"a": "c"})},
            "single_null": {"single": None},
            "listed": {"listed": [one(), one()]},
            "chosen": {"chosen": [one(value=5)]},
            "mapped": {"mapped": {"k": one(value=7), "new": one()}},
        }
        for name, change in changed.items():
            self.actual.record("fixture_nested", name, **base)
            self.actual.put("fixture_nested", name, **{**base, **change})
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {f"fixture_nested.{name}": "changed" for name in changed})
        for finding in report["findings"]:
            wanted = finding["address"].split(".")[1].split("_")[0]
            self.assertTrue(all(p.split("/")[1] == wanted for p in pointers(finding)), finding)
        self.agree("nested")

    def test_null_against_empty(self):
        self.actual.record("fixture_plain", "empty", text=None, list=None, map=None, set=None)
        self.actual.put("fixture_plain", "empty", text="", list=[], map={}, set=[])
        self.agree("empty")
        # By default it is told apart from what somebody changed, and each has the rule that explains it.
        self.configure()
        report = self.scan()
        rules = {c["pointer"]: c.get("rule", "") for e in report["suppressed"] for c in e["changes"]}
        self.assertEqual(set(rules) | {p for f in report["findings"] for p in pointers(f)}, {"/list", "/map", "/set", "/text"})
        self.assertTrue(all(rules.values()), rules)

    def test_secrets_are_compared_and_never_shown(self):
        base = {"password": CANARY + "1", "keys": {"k": CANARY + "2"}, "login": {"user": "u", "pass": CANARY + "3"}, "note": "n"}
        self.actual.record("fixture_secret", "same", **base)
        self.actual.put("fixture_secret", "same", **base)
        for name, change in {"password": {"password": CANARY + "4"}, "keys": {"keys": {"k": CANARY + "5"}}, "login": {"login": {"user": "u", "pass": CANARY + "6"}}}.items():
            self.actual.record("fixture_secret", name, **base)
            self.actual.put("fixture_secret", name, **{**base, **change})
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {f"fixture_secret.{n}": "changed" for n in ("password", "keys", "login")})
        self.assertTrue(all(c.get("sensitive") for f in report["findings"] for c in f["changes"]), report["findings"])
        self.agree("secrets", wholes=("/keys",))

    def test_marks_that_only_the_state_lacks(self):
        # A state of before the attributes were sensitive: OpenTofu calls it drift, although no value differs. We tell it, each with its path,
        # as what a rule took out.
        one = {"name": "a", "value": 1, "labels": {"a": "b"}, "secret": "s"}
        full = {"password": "p", "keys": {"k": "v"}, "login": {"user": "u", "pass": "q"}, "note": "n"}
        nested = {"single": one, "listed": [one, {**one, "name": "b"}], "mapped": {"k": one}, "chosen": [one], "tag": [one]}
        for kind, name, recorded, actual in (
                ("fixture_secret", "m", {"password": "p", "note": "n"}, {}), ("fixture_secret", "all", full, {}),
                ("fixture_secret", "changed", full, {"password": "r"}), ("fixture_nested", "n", nested, {}),
                ("fixture_secret", "null", {"note": "n"}, {})):
            self.actual.record(kind, name, marks=False, **recorded)
            self.actual.put(kind, name, **{**recorded, **actual})
        # The other way round, what the state alone calls sensitive stays so: nothing differs for either of us.
        self.actual.both("fixture_plain", "over", **self.plain())
        self.actual.resources[("fixture_plain", "over")]["instances"][0]["sensitive_attributes"].append([{"type": "get_attr", "value": "text"}])
        theirs = self.oracle("marks")
        self.assertEqual({a for a, (_, paths) in theirs.items() if not paths},
                         {"fixture_secret.m", "fixture_secret.all", "fixture_nested.n", "fixture_secret.null"})
        self.assertEqual(disagreements(self.raw_changes(), theirs), [])
        self.configure()
        report = self.scan(code=2)
        ours = {e["address"]: [c["pointer"] for c in e["changes"] if c["class"] == "sensitivity_only"] for e in report["suppressed"]}
        self.assertEqual(verdicts(report), {"fixture_secret.changed": "changed"})
        # Every path that they call sensitive now, and no other; a set is marked as a whole there. What changed is told as that, and a null,
        # which they mark too, is no secret.
        called = self.tofu().called_sensitive()
        self.assertEqual(called.pop("fixture_secret.null"), [])
        self.assertEqual(called["fixture_secret.changed"], ["/keys", "/login/pass", "/password"])
        called["fixture_secret.changed"].remove("/password")
        sets = ("/chosen", "/tag")
        whole = {a: sorted({next((s for s in sets if p.startswith(s + "/")), p) for p in paths}) for a, paths in ours.items()}
        self.assertEqual(whole, called)
        self.assertEqual(whole["fixture_nested.n"], ["/chosen", "/listed/0/secret", "/listed/1/secret", "/mapped/k/secret", "/single/secret", "/tag"])

    def test_a_write_only_value_is_never_compared(self):
        self.actual.record("fixture_secret", "w", note="n", password_wo=None, password_wo_turn=1)
        self.actual.put("fixture_secret", "w", note="n", password_wo_turn=1)
        # Of a state that has one all the same (an older provider's), it is not compared either.
        self.actual.record("fixture_secret", "v", note="n", password_wo=CANARY, password_wo_turn=1)
        self.actual.put("fixture_secret", "v", note="n", password_wo_turn=1)
        self.configure()
        self.scan(code=0)
        del self.actual.resources[("fixture_secret", "v")]  # OpenTofu calls that drift
        self.agree("write-only")

    def test_dynamic_attributes(self):
        def typed(kind, value):
            return {"type": kind, "value": value}

        samples = {"text": typed("string", "a"), "number": typed("number", BIG), "list": typed(["list", "string"], ["a"]),
                   "object": typed(["object", {"a": "number"}], {"a": 1}), "tuple": typed(["tuple", ["string", "bool"]], ["a", True])}
        for name, value in samples.items():
            self.actual.record("fixture_dynamic", name, any=value)
            self.actual.put("fixture_dynamic", name, any=value)
        self.actual.record("fixture_dynamic", "null", any=None)
        self.actual.put("fixture_dynamic", "null", any=None)
        self.configure()
        self.scan(code=0)
        self.actual.put("fixture_dynamic", "text", any=typed("number", 5))
        self.actual.put("fixture_dynamic", "object", any=typed(["object", {"a": "number"}], {"a": 2}))
        self.actual.put("fixture_dynamic", "null", any=typed("bool", True))
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {f"fixture_dynamic.{n}": "changed" for n in ("text", "object", "null")})
        self.agree("dynamic")

    def test_secrets_in_dynamic_values(self):
        # The state's paths are those of the value; in the state it has {"value": ..., "type": ...} around it.
        kind = ["object", {"user": "string", "password": "string", "parts": ["tuple", [["object", {"pass": "string"}]]]}]

        def login(password, inner, user="u"):
            return {"type": kind, "value": {"user": user, "password": password, "parts": [{"pass": inner}]}}

        self.actual.record("fixture_dynamic", "login", any=login(CANARY + "1", CANARY + "2"))
        self.actual.put("fixture_dynamic", "login", any=login(CANARY + "3", CANARY + "4", "v"))
        other = ["object", {"login": kind}]
        self.actual.record("fixture_dynamic", "moved", any=login(CANARY + "1", CANARY + "2"))
        self.actual.put("fixture_dynamic", "moved", any={"type": other, "value": {"login": login("p", "q")["value"]}})
        self.actual.record("fixture_dynamic", "gone", any=login(CANARY + "1", CANARY + "2"))
        for i in range(8):
            self.actual.both("fixture_plain", f"same{i}", **self.plain())
        self.configure()
        report = self.scan("--show-suppressed", code=2)
        found = {f["address"]: {c["pointer"]: c.get("sensitive", False) for c in f["changes"]} for f in report["findings"]}
        self.assertEqual(found["fixture_dynamic.login"], {"/any/user": False, "/any/password": True, "/any/parts/0/pass": True})
        self.assertEqual(verdicts(report)["fixture_dynamic.gone"], "deleted")
        # Each of these fails where the canary is shown.
        for args in (["scan", "--state", "terraform.tfstate"], ["scan", "--state", "terraform.tfstate", "--show-suppressed", "--color", "always"],
                     ["scan", "--state", "terraform.tfstate", "--json", "--record", "reads"],
                     ["explain", "fixture_dynamic.login", "--state", "terraform.tfstate"]):
            got = self.drift(*args)
            self.assertIn("fixture_dynamic.login", got.out, args)
        self.assertEqual(self.drift("accept", "--all", "--state", "terraform.tfstate").code, 0)
        baseline = self.work / "drift.baseline.jsonl"
        files = [p for p in self.work.rglob("reads/*") if p.is_file()] + [baseline]
        self.assertGreater(len(files), 1)
        for file in files:
            self.assertNotIn(CANARY.encode(), file.read_bytes())
        baseline.unlink()
        del self.actual.resources[("fixture_dynamic", "moved")]
        self.agree("dynamic-secrets")

    def test_an_identity_of_an_older_version(self):
        self.actual.record("fixture_reidentified", "old", identity={"id": "old", "place": "eu"}, region="eu")
        self.actual.record("fixture_reidentified", "now", identity={"id": "now", "region": "eu"}, identity_version=1, region="eu")
        self.actual.put("fixture_reidentified", "old", region="eu")
        self.actual.put("fixture_reidentified", "now", region="us")
        log = self.folder / "calls.log"
        self.actual.behave(log=str(log))
        self.configure()
        report = self.scan(code=2)
        self.assertTrue(report["complete"], report["errors"])
        self.assertEqual(changes(report, suppressed=False), {"fixture_reidentified.now": ["/region"]})
        self.assertEqual([line.split(" ")[1:3] for line in log.read_text().splitlines() if " UpgradeIdentity " in line],
                         [["UpgradeIdentity", "fixture_reidentified"]])
        self.agree("reidentified")
        self.actual.record("fixture_reidentified", "new", identity={"id": "new"}, identity_version=2, region="eu")
        self.actual.put("fixture_reidentified", "new", region="eu")
        self.configure()
        report = self.scan()
        self.assertEqual([(e["address"], e["verdict"]) for e in report["errors"]], [("fixture_reidentified.new", "unreadable")])
        self.assertIn("newer version", str(report["errors"]))

    def test_attributes_that_the_provider_has_no_more(self):
        self.actual.record("fixture_plain", "p", text="a", number=0.1, dropped={"of": ["old"]}, ports=[{"name": "http", "port": 80, "was": "tcp"}])
        self.actual.put("fixture_plain", "p", text="a", number=0.1, ports=[{"name": "http", "port": 80}])
        self.configure()
        self.scan(code=0)
        self.agree("dropped")

    def test_a_state_newer_than_the_provider_is_an_error_not_drift(self):
        self.actual.record("fixture_versioned", "new", version=7, size=1)
        self.actual.put("fixture_versioned", "new", size=1)
        self.configure()
        report = self.scan(code=3)
        self.assertEqual(report["findings"], [])
        self.assertEqual([e["verdict"] for e in report["errors"]], ["unreadable"])
        with self.assertRaises(AssertionError) as refused:  # it ends OpenTofu's plan
            self.tofu().drift()
        self.assertIn("newer provider version", str(refused.exception))

    def test_an_identity(self):
        self.actual.both("fixture_identified", "i", region="eu", text="a")
        self.actual.record("fixture_identified", "j", identity={"id": "j", "region": "eu"}, region="eu", text="a")
        self.actual.put("fixture_identified", "j", region="eu", text="b")
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(changes(report, suppressed=False), {"fixture_identified.j": ["/text"]})
        self.agree("identity")

    def test_deleted(self):
        self.actual.many(5)
        self.actual.remove("fixture_plain", "r00003")
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {"fixture_plain.r00003": "deleted"})
        # Who says so is told: the provider, and nothing that we concluded.
        [note] = [n for n in report["notes"] if n["code"] == "deleted_by_provider"]
        self.assertEqual(note["address"], "fixture_plain.r00003")
        self.assertIn("provider libdrift/fixture", note["message"])
        self.agree("deleted")

    def test_deposed_objects(self):
        """Where we rightly differ from OpenTofu: it refreshes what waits for its deletion, and leaves it out of what drifted. It costs money, too."""
        self.actual.many(6)
        self.actual.both("fixture_plain", "current", text="new")
        for name, key in (("same", "00000001"), ("edited", "00000002"), ("gone", "00000003")):
            self.actual.both("fixture_plain", name, text=name)
            old = self.actual.resources.pop(("fixture_plain", name))["instances"][0]
            self.actual.resources[("fixture_plain", "current")]["instances"].append({**old, "deposed": key})
        self.actual.put("fixture_plain", "edited", text="by hand")
        self.actual.remove("fixture_plain", "gone")
        self.configure()
        report = self.scan(code=2)
        only_ours = {"fixture_plain.current (deposed 00000002)": ["/text"]}  # that one is gone is what was wanted of it
        self.assertEqual(changes(report, suppressed=False), only_ours)
        self.assertEqual((report["summary"]["checked"], report["notes"]), (10, []))
        ours, theirs = self.raw_changes(), self.oracle("deposed")
        self.assertEqual({a: p for a, p in ours.items() if a in only_ours}, only_ours)
        self.assertEqual(disagreements({a: p for a, p in ours.items() if a not in only_ours}, theirs), [])


class Protocol5(InBoth, Values):
    protocol = 5

    def plain(self, **more):
        return {"secret": "s", "text": "a", "integer": 7, "real": 0.5, "flag": True, "list": ["a", "b"], "map": {"k": "v"}, "set": ["x", "y"],
                "ports": [{"name": "http", "port": 80}, {"name": "https", "port": 443}], "etag": "e", "default": "d", **more}

    def test_nothing_changed(self):
        self.actual.both("fixture_plain", "one", **self.plain())
        self.configure()
        report = self.scan(code=0)
        self.assertEqual(report["summary"]["checked"], 1)
        self.agree("same")

    def test_every_attribute_of_its_own(self):
        new = {"text": "b", "integer": 8, "real": 0.25, "flag": False, "list": ["a", "c"], "map": {"k": "w"}, "set": ["x", "z"],
               "ports": [{"name": "http", "port": 81}, {"name": "https", "port": 443}], "etag": "f", "default": "x"}
        for name, value in new.items():
            self.actual.record("fixture_plain", name, **self.plain())
            self.actual.put("fixture_plain", name, **self.plain(**{name: value}))
        self.configure()
        report = self.scan(code=2)
        self.assertLessEqual({f"fixture_plain.{n}" for n in new if n != "etag"}, set(verdicts(report)))
        self.agree("each")

    def test_whole_numbers_that_the_sdk_reads_as_doubles(self):
        # Its upgrade of a state makes 2^53 of 2^53 + 1, before anything was read; OpenTofu shows that as drift.
        self.actual.both("fixture_plain", "big", **self.plain(integer=9007199254740993))
        self.actual.both("fixture_plain", "bigger", **self.plain(integer=1152921504606846977))
        self.actual.both("fixture_plain", "exact", **self.plain(integer=9007199254740992))
        self.actual.record("fixture_plain", "real", **self.plain(integer=9007199254740993))
        self.actual.put("fixture_plain", "real", **self.plain(integer=9007199254740995))
        self.configure()
        report = self.scan("--show-suppressed", code=2)
        self.assertEqual(changes(report, suppressed=False), {"fixture_plain.real": ["/integer"]})
        self.assertEqual({e["address"]: [(c["pointer"], c["rule"]) for c in e["changes"]] for e in report["suppressed"]},
                         {f"fixture_plain.{n}": [("/integer", "schema:float64")] for n in ("big", "bigger")})
        # Rightly differs: OpenTofu counts them.
        self.assertEqual(self.oracle("doubles"), {f"fixture_plain.{n}": ("changed", ["/integer"]) for n in ("big", "bigger", "real")})

    def test_what_the_sdk_makes_of_absent_values(self):
        # SDKv2 answers "" or 0 or an empty collection where the state has null, and the other way round.
        self.actual.record("fixture_plain", "absent", text="", integer=0, list=[], map={}, set=[], flag=False)
        self.actual.put("fixture_plain", "absent")
        self.actual.record("fixture_plain", "present")
        self.actual.put("fixture_plain", "present", text="", integer=0, list=[], map={}, set=[], flag=False)
        self.agree("absent")

    def test_nested_blocks(self):
        def one(**more):
            return {"name": "n", "value": 1, "labels": {"a": "b"}, "secret": "", **more}

        def rule(**more):
            return {"name": "r", "value": 1, "secret": "", "condition": [{"field": "f", "values": ["1", "2"]}], **more}

        base = {"rule": [rule(), rule(name="second")], "tag": [one(), one(name="m")], "settings": [one()], "etag": "e"}
        changed = {"rule": {"rule": [rule(), rule(name="second", value=2)]}, "rule_deep": {"rule": [rule(condition=[]), rule(name="second")]},
                   "tag": {"tag": [one(value=3), one(name="m")]}, "tag_order": {"tag": [one(name="m"), one()]}, "settings": {"settings": []}}
        for name, change in changed.items():
            self.actual.record("fixture_nested", name, **base)
            self.actual.put("fixture_nested", name, **{**base, **change})
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {f"fixture_nested.{name}": "changed" for name in changed if name != "tag_order"})
        self.agree("nested")

    def test_secrets_are_compared_and_never_shown(self):
        base = {"password": CANARY + "1", "keys": {"k": CANARY + "2"}, "note": "n", "password_wo_turn": 1}
        self.actual.both("fixture_secret", "same", **base)
        for name, change in {"password": {"password": CANARY + "4"}, "keys": {"keys": {"k": CANARY + "5"}}}.items():
            self.actual.record("fixture_secret", name, **base)
            self.actual.put("fixture_secret", name, **{**base, **change})
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {f"fixture_secret.{n}": "changed" for n in ("password", "keys")})
        self.agree("secrets", wholes=("/keys",))

    def test_an_identity_of_an_older_version(self):
        # The provider refuses a read without the region that only the upgrade gives it.
        self.actual.record("fixture_reidentified", "old", identity={"name": "old", "place": "eu"}, region="eu")
        self.actual.put("fixture_reidentified", "old", region="eu")
        self.configure()
        self.scan(code=0)
        self.actual.record("fixture_reidentified", "gone", identity={"name": "gone", "place": "eu"}, region="eu")
        self.configure()
        self.assertEqual(verdicts(self.scan(code=2)), {"fixture_reidentified.gone": "deleted"})
        self.agree("reidentified")

    def test_an_identity_and_a_deletion(self):
        for name in ("i", "j", "k"):
            self.actual.both("fixture_identified", name, region="eu", text="a")
        self.actual.remove("fixture_identified", "j")
        self.actual.put("fixture_identified", "k", region="eu", text="b")
        self.configure()
        report = self.scan(code=2)
        self.assertEqual(verdicts(report), {"fixture_identified.j": "deleted", "fixture_identified.k": "changed"})
        self.agree("identity")


if __name__ == "__main__":
    support.main()
