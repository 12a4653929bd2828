#!/usr/bin/env python3
"""Every kind of value and every answer of a provider, through `drift scan` and through `pulumi refresh --preview-only`: the drifted resources and the
property paths have to be the same, with our rules off. Where they rightly are not, the test says so and why."""
import base64
import hashlib

import support
from pulumi_oracle import disagreements
from pulumi_support import ASSET, BYTES, REFERENCE, SIG, PulumiEndToEnd, found, secret, urn
from support import CANARY, error_codes, pointers, verdicts

BASE = {"text": "a", "number": 7, "real": 0.5, "flag": True, "list": ["a", "b"], "map": {"k": "v"}, "deep": {"list": [{"name": "n", "ports": [80, 443]}]},
        "odd": {"with space": 1, "with.dot": 1, "with\"quote": 1, "with/slash": 1, "with~tilde": 1}}


def asset(text):
    return {SIG: ASSET, "hash": hashlib.sha256(text.encode()).hexdigest(), "text": text}


def of_bytes(raw):
    return {SIG: BYTES, "value": base64.b64encode(raw).decode()}


class Values(PulumiEndToEnd):
    def recorded(self, name, actual=None, kind="Thing", **more):
        """BASE is recorded, and exists with what `actual` changes; None takes a member out."""
        what = {k: v for k, v in {**BASE, **(actual or {})}.items() if v is not None}
        self.actual.put(kind, name, **what, etag="1")
        return self.checkpoint.record(kind, name, BASE, {**BASE, "etag": "1"}, **more)

    def test_nothing_changed(self):
        for name in ("one", "two"):
            self.recorded(name)
        self.stack()
        report, theirs = self.agree(code=0)
        self.assertEqual(theirs.drifted, {})
        self.assertLessEqual({urn("Thing", "one"), urn("Thing", "two")}, theirs.same)
        self.assertEqual(report["summary"]["checked"], 2)
        self.assertTrue(report["complete"])

    def test_every_member_of_its_own(self):
        changed = {
            "text": ({"text": "b"}, ["/text"]), "number": ({"number": 8}, ["/number"]), "real": ({"real": 0.25}, ["/real"]),
            "flag": ({"flag": False}, ["/flag"]), "kind": ({"number": "7"}, ["/number"]), "gone": ({"text": None}, ["/text"]),
            "added": ({"new": {"a": 1}}, ["/new"]), "element": ({"list": ["a", "c"]}, ["/list/1"]), "grown": ({"list": ["a", "b", "c"]}, ["/list/2"]),
            "shrunk": ({"list": ["a"]}, ["/list/1"]), "moved": ({"list": ["b", "a"]}, ["/list/0", "/list/1"]), "value": ({"map": {"k": "w"}}, ["/map/k"]),
            "key": ({"map": {"k": "v", "l": "w"}}, ["/map/l"]), "emptied": ({"map": {}}, ["/map/k"]),
            "deep": ({"deep": {"list": [{"name": "n", "ports": [80, 8443]}]}}, ["/deep/list/0/ports/1"]),
            "odd": ({"odd": {name: 2 for name in BASE["odd"]}}, ["/odd/with space", "/odd/with.dot", "/odd/with\"quote", "/odd/with~1slash", "/odd/with~0tilde"]),
        }
        for name, (actual, _) in changed.items():
            self.recorded(name, actual)
        self.stack()
        report, theirs = self.agree()
        self.assertEqual({u: sorted(paths) for u, (_, paths) in theirs.drifted.items()}, {urn("Thing", n): sorted(p) for n, (_, p) in changed.items()})
        self.assertEqual(set(verdicts(report).values()), {"changed"})

    def test_deleted(self):
        for name in ("kept", "gone", "blank", "empty"):
            self.recorded(name)
        self.actual.remove("Thing", "gone")
        self.actual.behave("Read", "blank", id="blank")
        self.actual.behave("Read", "no-properties", id="empty")
        self.stack()
        report, theirs = self.agree()
        self.assertEqual({u for u, (v, _) in theirs.drifted.items() if v == "deleted"} & {urn("Thing", "gone"), urn("Thing", "blank")},
                         {urn("Thing", "gone"), urn("Thing", "blank")})
        self.assertEqual(verdicts(report)[urn("Thing", "gone")], "deleted")

    def test_outputs_alone_are_no_drift(self):
        # The provider's Diff says DIFF_NONE: the state would be written anew, but nobody changed what the program wants.
        self.recorded("etag")
        self.actual.change("Thing", "etag", etag="2", computedAt="now")
        self.stack()
        report, _ = self.agree(code=0)
        # It is not lost: the rule that took it out names it.
        taken = {(c["pointer"], c["rule"]) for s in report["suppressed"] for c in s["changes"]}
        self.assertEqual(taken, {("/etag", "engine.diff"), ("/computedAt", "engine.diff")})

    def test_what_a_provider_may_answer_to_diff(self):
        changed = {"text": "b", "map": {"k": "w", "l": "x"}, "list": ["a"]}
        for answer in ("unknown", "none", "coarse", "bare", "contradiction", "stateful"):
            self.recorded(answer, changed)
            self.actual.behave("Diff", answer, id=answer)
        self.recorded("unknown-same")
        self.actual.behave("Diff", "unknown", id="unknown-same")
        self.recorded("unknown-outputs")
        self.actual.change("Thing", "unknown-outputs", etag="2")
        self.actual.behave("Diff", "unknown", id="unknown-outputs")
        self.stack()
        _, theirs = self.agree()
        drifted = {u.rsplit("::", 1)[1]: sorted(paths) for u, (_, paths) in theirs.drifted.items()}
        self.assertEqual(drifted["unknown"], ["/list/1", "/map/k", "/map/l", "/text"])
        self.assertEqual((drifted["coarse"], drifted["bare"]), ([], []))
        self.assertNotIn("none", drifted)
        self.assertNotIn("unknown-same", drifted)
        self.assertNotIn("unknown-outputs", drifted)

    def test_the_kinds_are_what_happened_and_not_what_would_be_done(self):
        # The engine asks what `up` would do and turns the answer round.
        self.recorded("added", {"new": 1})
        self.recorded("gone", {"text": None})
        self.recorded("unknown", {"new": 1, "text": None})
        self.actual.behave("Diff", "unknown", id="unknown")
        self.checkpoint.record("Thing", "replaced", {"region": "eu"})
        self.actual.put("Thing", "replaced", region="us")
        self.stack()
        report, theirs = self.agree()
        kinds = {u.rsplit("::", 1)[1]: paths for u, (_, paths) in theirs.drifted.items()}
        self.assertEqual(kinds, {"added": {"/new": "add"}, "gone": {"/text": "delete"}, "unknown": {"/new": "add", "/text": "delete"},
                                 "replaced": {"/region": "update-replace"}})
        ours = {f["address"].rsplit("::", 1)[1]: {c["pointer"]: c["kind"] for c in f["changes"]} for f in report["findings"]}
        self.assertEqual(ours, {"added": {"/new": "added"}, "gone": {"/text": "removed"}, "unknown": {"/new": "added", "/text": "removed"},
                                "replaced": {"/region": "modified"}})
        self.assertTrue(all(c.get("forces_replacement") for f in report["findings"] for c in f["changes"] if c["pointer"] == "/region"))

    def test_a_read_without_inputs_keeps_the_old_ones(self):
        # An older provider: Read gives outputs alone, and Diff holds these against the inputs.
        self.recorded("blind", {"text": "b"})
        self.actual.behave("Read", "no-inputs", id="blind")
        self.recorded("stateful", {"text": "b"})
        self.actual.behave("Read", "no-inputs", id="stateful")
        self.actual.behave("Diff", "stateful", id="stateful")
        self.recorded("unknown", {"text": "b"})
        self.actual.behave("Read", "no-inputs", id="unknown")
        self.actual.behave("Diff", "unknown", id="unknown")
        self.stack()
        _, theirs = self.agree()
        self.assertEqual({u: paths for u, (_, paths) in theirs.drifted.items()}, {urn("Thing", "stateful"): {"/text": "update"}})

    def test_ignore_changes(self):
        for name, paths in {"top": ["text"], "nested": ["map.k"], "quoted": ['odd["with space"]'], "element": ["list[0]"], "all": ["*"], "star": ["map.*"]}.items():
            for how in ("", "-unknown"):
                self.recorded(name + how, {"text": "b", "map": {"k": "w"}, "odd": {**BASE["odd"], "with space": 2}, "list": ["z", "b"]}, ignoreChanges=paths)
        self.actual.behave("Diff", "unknown", id="*-unknown")
        self.stack()
        _, theirs = self.agree()
        self.assertNotIn("/text", theirs.drifted[urn("Thing", "top")][1])
        self.assertIn("/text", theirs.drifted[urn("Thing", "nested-unknown")][1])
        self.assertNotIn("/map/k", theirs.drifted[urn("Thing", "nested-unknown")][1])

    def test_external_resources_are_their_outputs(self):
        # Diff is not asked: it is not the stack's own.
        self.recorded("same", external=True)
        self.recorded("changed", {"text": "b"}, external=True)
        self.recorded("gone", external=True)
        self.actual.remove("Thing", "gone")
        self.actual.set(log=str(self.actual.folder / "calls.log"))
        self.stack()
        _, theirs = self.agree()
        self.assertEqual({u: v for u, (v, _) in theirs.drifted.items()}, {urn("Thing", "changed"): "changed", urn("Thing", "gone"): "deleted"})
        self.assertEqual([c for c in self.actual.calls() if c[1] == "Diff"], [])

    def test_what_is_skipped(self):
        self.actual.set(log=str(self.actual.folder / "calls.log"))
        self.checkpoint.add({"urn": urn("Component", "c"), "custom": False, "type": "fixture:index:Component", "inputs": {"text": "a"}})
        self.recorded("pending", {"text": "b"}, pendingReplacement=True)
        self.recorded("protected", {"text": "b"}, protect=True)
        self.recorded("retained", {"text": "b"}, retainOnDelete=True)
        self.stack()
        _, theirs = self.agree()
        self.assertEqual(set(theirs.drifted), {urn("Thing", "protected"), urn("Thing", "retained")})
        self.assertEqual({c[3] for c in self.actual.calls() if c[1] == "Read"}, {"protected", "retained"})

    def test_partial_failure_is_kept(self):
        self.recorded("same")
        self.recorded("changed", {"text": "b"})
        self.recorded("healed", initErrors=["it did not come up"])
        self.recorded("gone", initErrors=["it did not come up"])
        self.actual.remove("Thing", "gone")
        for name in ("same", "changed"):
            self.actual.behave("Read", "partial", id=name, text="no capacity")
        self.stack()
        report, theirs = self.agree()
        self.assertEqual({u for u in theirs.warnings if u}, {urn("Thing", "same"), urn("Thing", "changed")})
        self.assertEqual(set(theirs.drifted), {urn("Thing", "changed"), urn("Thing", "gone")})
        said = [n["message"] for n in report["notes"] if "no capacity" in n["message"]]
        self.assertTrue(said, report["notes"])
        self.assertEqual(report["errors"], [])

    def test_another_id(self):
        self.recorded("renamed")
        self.actual.behave("Read", "new-id", id="renamed", text="new name")
        self.stack()
        _, theirs = self.agree(code=0)
        self.assertEqual(theirs.drifted, {})

    def test_another_id_and_more_that_nobody_names(self):
        # The new id is no drift, and not the reason for what the provider says without a name.
        self.recorded("renamed")
        self.actual.behave("Read", "new-id", id="renamed", text="new name")
        self.actual.behave("Diff", "bare", id="new name")
        self.stack()
        report, theirs = self.agree()
        self.assertEqual(set(theirs.drifted), {urn("Thing", "renamed")})
        self.assertEqual([(c["path"], c["why"]) for f in report["findings"] for c in f["changes"]], [("", "engine")])

    def test_names_that_are_no_paths(self):
        recorded = {"a.b": 1, "c[d": 1, "tags": {"kubernetes.io/name": 1, "e[f": 1}}
        for name in ("key", "odd-key", "detail", "odd-detail", "unknown-key"):
            self.checkpoint.record("Thing", name, recorded, {**recorded, "etag": "1"})
        self.actual.put("Thing", "key", **{**recorded, "a.b": 2}, etag="2")
        self.actual.behave("Diff", "key", id="key", text="a.b")
        self.actual.put("Thing", "odd-key", **{**recorded, "c[d": 2}, etag="2")
        self.actual.behave("Diff", "key", id="odd-key", text="c[d")
        self.actual.put("Thing", "detail", **{**recorded, "tags": {**recorded["tags"], "kubernetes.io/name": 2}}, etag="2")
        self.actual.behave("Diff", "key", id="detail", text="tags.kubernetes.io/name")
        self.actual.put("Thing", "odd-detail", **recorded, etag="1")
        self.actual.behave("Diff", "detail", id="odd-detail", text="tags[x")
        self.actual.put("Thing", "unknown-key", **recorded, etag="1")
        self.actual.behave("Diff", "key", id="unknown-key", text="nowhere")
        self.stack()
        theirs = self.cli.refresh()
        self.configure(ignore=[{"name": "noise", "path": "etag", "mode": "mute", "reason": "noise"}])  # which hides nothing else
        report = self.scan(code=2)
        self.assertEqual(set(found(report)), set(theirs.drifted))
        self.assertEqual(len(theirs.drifted), 5)
        ours = {f["address"].rsplit("::", 1)[1]: sorted(c["path"] for c in f["changes"]) for f in report["findings"]}
        self.assertEqual(ours, {"key": ['["a.b"]'], "odd-key": ['["c[d"]'], "detail": ['tags["kubernetes.io/name"]'], "odd-detail": ['["tags[x"]'],
                                "unknown-key": ["nowhere"]})

    def test_null_absent_and_empty(self):
        pairs = {"null-absent": ({"x": None}, {}), "absent-null": ({}, {"x": None}), "empty-absent": ({"x": ""}, {}), "absent-empty": ({}, {"x": []}),
                 "list": ({"x": []}, {"x": {}}), "null-empty": ({"x": None}, {"x": ""})}
        for name, (recorded, actual) in pairs.items():
            for how in ("", "-unknown"):
                self.checkpoint.record("Thing", name + how, {"text": "a", **recorded})
                self.actual.put("Thing", name + how, text="a", **actual)
        self.actual.behave("Diff", "unknown", id="*-unknown")
        self.stack()
        self.agree()

    def test_numbers(self):
        pairs = {"double": (0.1, 0.1), "next": (0.1, 0.10000000000000002), "whole": (1.0, 1), "large": (1e21, 1000000000000000000000), "negative": (0, -1),
                 "big": (9007199254740993, 9007199254740992), "bigger": (9007199254740992, 9007199254740994), "text": (1, "1"), "zero": (0.0, -0.0)}
        for name, (recorded, actual) in pairs.items():
            self.checkpoint.record("Thing", name, {"n": recorded})
            self.actual.put("Thing", name, n=actual)
        self.stack()
        _, theirs = self.agree()
        # 2^53 + 1 is no double: what the wire cannot carry is no drift.
        self.assertEqual(set(theirs.drifted), {urn("Thing", n) for n in ("next", "negative", "bigger", "text")})

    def test_a_number_beside_a_change_that_nobody_names(self):
        self.checkpoint.record("Thing", "beside", {"n": 9007199254740993, "list": [{"n": 9007199254740993}], "text": "a"})
        self.actual.put("Thing", "beside", n=9007199254740992, list=[{"n": 9007199254740992}], text="b")
        self.actual.behave("Diff", "bare", id="beside")
        self.stack()
        report, _ = self.agree()
        self.assertEqual({u: sorted(set(paths)) for u, paths in found(report).items()}, {urn("Thing", "beside"): ["/text"]})

    def test_a_failure_without_an_id_is_no_deletion(self):
        self.recorded("failed")
        self.actual.behave("Read", "blank", id="failed")
        self.actual.behave("Read", "partial", id="failed", text="no capacity")
        self.stack()
        theirs = self.cli.refresh()
        # Here the two rightly differ: the engine forgets the error and takes the resource for deleted.
        self.assertEqual(theirs.drifted[urn("Thing", "failed")][0], "deleted")
        report = self.scan(code=3)
        self.assertEqual(found(report), {})
        self.assertEqual(list(error_codes(report)), [urn("Thing", "failed")])
        self.assertIn("no capacity", report["errors"][0]["message"])

    def test_the_names_in_a_secret_are_nowhere(self):
        self.checkpoint.record("Thing", "s", {"config": secret({CANARY: 1, "list": [{CANARY: 2}]})})
        self.actual.put("Thing", "s", config={"$secret": {CANARY: 9, "list": [{CANARY: 8}]}})
        self.checkpoint.record("Thing", "garbage", {"config": secret({CANARY: 1})})
        self.actual.put("Thing", "garbage", config={"$secret": {CANARY: {"$computed": True}}})
        # Those that the state only lists, and a name that no path is made of.
        for name, inside in (("listed", 9), ("listed-garbage", {"$computed": True})):
            self.checkpoint.record("Thing", name, {"config": {CANARY: 1}}, additionalSecretOutputs=["config"])
            self.actual.put("Thing", name, config={CANARY: inside})
        self.checkpoint.record("Thing", "odd", {"config": secret({CANARY: 1})})
        self.actual.put("Thing", "odd", config={"$secret": {CANARY: 9}})
        self.actual.behave("Diff", "detail", id="odd", text=f'config["{CANARY}')
        self.stack()
        report = self.scan("--record", "recording", "--show-suppressed", code=2)
        self.assertEqual({f["address"]: [c["path"] for c in f["changes"]] for f in report["findings"]},
                         {urn("Thing", name): ["config"] for name in ("s", "listed", "odd")})
        self.assertEqual(set(error_codes(report)), {urn("Thing", "garbage"), urn("Thing", "listed-garbage")})
        for error in report["errors"]:
            self.assertIn("(at config)", error["message"])
        reads = (self.work / "recording" / "reads.jsonl").read_text()
        self.assertIn('"path":"config"', reads)
        self.assertNotIn(CANARY, reads)

    def test_secrets_are_compared_and_never_shown(self):
        recorded = {"password": secret(CANARY + "1"), "list": [secret(CANARY + "2"), "open"], "object": secret({"user": "u", "pass": CANARY + "3"})}
        actual = {"password": {"$secret": CANARY + "1"}, "list": [{"$secret": CANARY + "2"}, "open"], "object": {"$secret": {"user": "u", "pass": CANARY + "3"}}}
        changed = {"same": {}, "password": {"password": {"$secret": CANARY + "4"}}, "list": {"list": [{"$secret": CANARY + "5"}, "open"]},
                   "object": {"object": {"$secret": {"user": "u", "pass": CANARY + "6"}}}, "open": {"list": [{"$secret": CANARY + "2"}, "changed"]}}
        for name, change in changed.items():
            self.checkpoint.record("Thing", name, recorded)
            self.actual.put("Thing", name, **{**actual, **change})
        # The provider forgot that it is one: it stays one, and is not shown.
        self.checkpoint.record("Thing", "revealed", recorded)
        self.actual.put("Thing", "revealed", **actual)
        self.checkpoint.record("Thing", "revealed-changed", recorded)
        self.actual.put("Thing", "revealed-changed", **{**actual, "password": {"$secret": CANARY + "7"}})
        self.actual.behave("Read", "unsecret", id="revealed*")
        self.stack()
        self.assertNotIn(CANARY, self.written().read_text())
        theirs = self.cli.refresh()
        report = self.scan(code=2)
        # Here the two rightly differ: the CLI names the member of a secret object that changed; to libdrift the names in there are as secret.
        self.assertEqual(set(theirs.drifted[urn("Thing", "object")][1]), {"/object/pass"})
        theirs.drifted[urn("Thing", "object")] = ("changed", {"/object": "update"})
        self.assertEqual(disagreements(found(report), theirs), [])
        self.assertEqual({u.rsplit("::", 1)[1] for u in theirs.drifted}, {"password", "list", "object", "open", "revealed-changed"})
        for entry in report["findings"]:
            for change in entry["changes"]:
                self.assertTrue(change.get("sensitive"), entry)  # also beside a secret in a list, whose elements may have moved

    def test_a_secret_within_a_text_that_is_none(self):
        # A connection string that the provider computes, and does not mark: it is compared as what it is, and not shown.
        before = {"password": secret(CANARY + "1"), "url": f"db://u:{CANARY}1@h", "nested": [{"url": f"db://{CANARY}1"}]}
        for name, password in (("same", CANARY + "1"), ("changed", CANARY + "2")):
            self.checkpoint.record("Thing", name, before)
            self.actual.put("Thing", name, password={"$secret": password}, url=f"db://u:{password}@h", nested=[{"url": f"db://{password}"}])
        self.stack()
        report = self.scan("--record", "recording", "--show-suppressed", code=2)
        self.assertEqual({f["address"]: pointers(f) for f in report["findings"]},
                         {urn("Thing", "changed"): ["/nested/0/url", "/password", "/url"]})
        self.assertTrue(all(c["sensitive"] for f in report["findings"] for c in f["changes"]), report["findings"])
        again = self.drift("scan", "--json", "--replay", "recording", "--show-suppressed").json()
        for part in ("findings", "suppressed", "summary", "notes"):
            self.assertEqual(again[part], report[part])
        self.drift("accept", "--all")
        for path in self.work.rglob("*"):
            if path.is_file():
                self.assertNotIn(CANARY, path.read_text(), path)
        self.scan(code=0)

    def test_a_secret_within_a_key_and_an_id(self):
        before = {"password": secret(CANARY), "map": {"k": "1"}}
        for name, how in (("said", None), ("path", f"map.k-{CANARY}"), ("odd", f"map[k-{CANARY}")):
            self.checkpoint.record("Thing", name, before)
            self.actual.put("Thing", name, password={"$secret": CANARY}, map={"k": "1", f"k-{CANARY}": "2"})
            if how:
                self.actual.behave("Diff", "key", id=name, text=how)
        self.checkpoint.record("Thing", "id", {"password": secret(CANARY)})
        self.actual.put("Thing", "id", password={"$secret": CANARY})
        self.actual.put("Thing", f"id-{CANARY}", password={"$secret": CANARY})
        self.actual.behave("Read", "new-id", id="id", text=f"id-{CANARY}")
        self.checkpoint.record("Thing", "garbage", before)
        self.actual.put("Thing", "garbage", password={"$secret": CANARY}, map={f"k-{CANARY}": {"$computed": True}})
        self.stack()
        report = self.scan("--record", "recording", "--show-suppressed", code=2)
        changes = {f["address"].rsplit("::", 1)[1]: f["changes"] for f in report["findings"]}
        self.assertEqual({name: {c["path"] for c in changes[name]} for name in ("said", "path")}, {"said": {"map"}, "path": {"map"}})
        self.assertEqual(set(changes), {"said", "path", "odd"})
        self.assertTrue(all(c["sensitive"] for name in ("said", "path") for c in changes[name]), changes)
        (other_id,) = [c for f in report["suppressed"] if f["address"] == urn("Thing", "id") for c in f["changes"]]
        self.assertEqual((other_id["path"], other_id["sensitive"]), ("id", True))
        self.assertEqual(list(error_codes(report)), [urn("Thing", "garbage")])
        again = self.drift("scan", "--json", "--replay", "recording", "--show-suppressed").json()
        self.assertEqual(again["findings"], report["findings"])
        self.drift("accept", "--all")
        for path in self.work.rglob("*"):
            if path.is_file():
                self.assertNotIn(CANARY, path.read_text(), path)
        self.assertEqual(self.scan()["findings"], [])

    def test_additional_secret_outputs(self):
        self.checkpoint.record("Thing", "more", {"token": secret(CANARY + "1")}, additionalSecretOutputs=["token"])
        self.actual.put("Thing", "more", token=CANARY + "2")
        # Nothing of that name was recorded.
        self.checkpoint.record("Thing", "fresh", {"text": "a"}, additionalSecretOutputs=["fresh"])
        self.actual.put("Thing", "fresh", text="b", fresh={CANARY: CANARY + "3"})
        self.stack()
        self.agree()
        self.scan("--record", "recording", "--show-suppressed", code=2)
        self.assertNotIn(CANARY, (self.work / "recording" / "reads.jsonl").read_text())

    def test_assets(self):
        # Archives, whose hash only Pulumi can make, are in pulumi_stack_test.py.
        for how in ("", "-unknown"):
            self.checkpoint.record("Thing", "same" + how, {"file": asset("a")})
            self.actual.put("Thing", "same" + how, file={"$asset": "a"})
            self.checkpoint.record("Thing", "changed" + how, {"file": asset("a"), "other": asset("b")})
            self.actual.put("Thing", "changed" + how, file={"$asset": "c"}, other={"$asset": "b"})
        self.actual.behave("Diff", "unknown", id="*-unknown")
        self.stack()
        _, theirs = self.agree()
        self.assertNotIn(urn("Thing", "same"), theirs.drifted)
        self.assertEqual(set(theirs.drifted[urn("Thing", "changed")][1]), {"/file"})

    def test_byte_strings(self):
        for name, raw in {"same": b"\xff\x00", "changed": b"\xff\x01"}.items():
            self.checkpoint.record("Thing", name, {"raw": of_bytes(b"\xff\x00")})
            self.actual.put("Thing", name, raw={"$bytes": base64.b64encode(raw).decode()})
        self.stack()
        _, theirs = self.agree()
        self.assertEqual({u: sorted(p) for u, (_, p) in theirs.drifted.items()}, {urn("Thing", "changed"): ["/raw"]})

    def test_resource_references(self):
        other = self.recorded("other")
        reference = {SIG: REFERENCE, "urn": other, "id": "other", "packageVersion": ""}
        for name, ident in {"same": "other", "changed": "another"}.items():
            self.checkpoint.record("Thing", name, {"of": reference})
            self.actual.put("Thing", name, of={"$ref": {"urn": other, "id": ident}})
        self.stack()
        _, theirs = self.agree()
        self.assertNotIn(urn("Thing", "same"), theirs.drifted)

    def older(self, *rules):
        """A provider that lacks something that today's have; an id comes in the place of a reference that it does not take."""
        for rule in rules:
            for call in ("Handshake",) if rule == "legacy" else ("Handshake", "Configure"):
                self.actual.early(call, rule)
        other = self.recorded("other")
        reference = {SIG: REFERENCE, "urn": other, "id": "other", "packageVersion": ""}
        for name, password in {"same": "1", "changed": "2"}.items():
            self.checkpoint.record("Thing", name, {"pw": secret(CANARY + "1"), "of": reference, "text": "a"})
            self.actual.put("Thing", name, pw={"$secret": CANARY + password} if "no-secrets" not in rules else CANARY + password,
                            of="other" if "no-resources" in rules else {"$ref": {"urn": other, "id": "other"}}, text="a")
        self.stack()
        report, _ = self.agree()
        self.assertIn(urn("Thing", "changed"), found(report))
        # Whatever the provider takes and gives, what was a secret is one.
        self.assertTrue(all(c.get("sensitive") for f in report["findings"] for c in f["changes"] if c["pointer"] == "/pw"), report["findings"])

    def test_a_provider_without_handshake(self):
        self.older("legacy")

    def test_a_provider_that_takes_no_secrets(self):
        self.older("no-secrets")

    def test_a_provider_that_takes_no_references(self):
        self.older("no-resources")

    def test_a_provider_that_takes_nothing(self):
        self.older("legacy", "no-secrets", "no-resources")

    def test_values_that_are_not_known(self):
        self.recorded("same")
        self.recorded("computed")
        self.actual.change("Thing", "computed", text={"$computed": True})
        self.stack()
        theirs = self.cli.refresh(codes=(0, 1, 255))
        report = self.scan()
        if theirs.failed:
            self.assertIn(urn("Thing", "computed"), error_codes(report))
        else:
            self.assertEqual(sorted(found(report)), sorted(theirs.drifted))

    def test_an_object_with_an_unknown_signature_is_an_error(self):
        self.recorded("garbage", {"text": "b"})
        self.actual.behave("Read", "garbage", id="garbage")
        self.stack()
        theirs = self.cli.refresh(codes=(1, 255))
        self.assertTrue(theirs.failed)
        report = self.scan(code=3)
        self.assertEqual(list(error_codes(report)), [urn("Thing", "garbage")])

    def test_pending_deletes(self):
        # A replacement that was interrupted: the old one is still there.
        self.recorded("r")
        self.recorded("r", delete=True)
        self.stack()
        self.agree(code=0)
        self.actual.remove("Thing", "r")
        theirs = self.cli.refresh()
        report = self.scan(code=2)
        self.assertEqual(set(theirs.drifted), {a.split(" (delete ")[0] for a in verdicts(report)})

    def test_dependencies_and_parents_do_not_matter(self):
        first = self.recorded("first")
        self.recorded("second", {"text": "b"}, dependencies=[first], propertyDependencies={"text": [first]})
        self.recorded("third", parent=first)
        self.actual.remove("Thing", "first")
        self.stack()
        report, theirs = self.agree()
        self.assertEqual(verdicts(report), {first: "deleted", urn("Thing", "second"): "changed"})
        self.assertEqual(theirs.failed, {})


if __name__ == "__main__":
    support.main()
