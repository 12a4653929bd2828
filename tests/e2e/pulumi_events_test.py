#!/usr/bin/env python3
"""The engine's own refresh tests, replayed: the event streams of the corpus pulumi_refresh_events say what each resource was, what Read gave, and what
the engine made of it. A resource is recorded as it was, the fixture gives what Read gave and leaves the comparison to the engine (DIFF_UNKNOWN), and
`drift scan` has to come to the same. Where a stream does not hold enough to tell, the resource is left out, and why is counted."""
import collections
import json
import os
import pathlib
import unittest

import support
from pulumi_oracle import pointer
from pulumi_support import PulumiEndToEnd, found

CORPUS = pathlib.Path(os.environ.get("DRIFT_CORPUS") or pathlib.Path(__file__).resolve().parents[3] / "shared" / "corpus") / "pulumi_refresh_events"


def refreshed(path):
    """[(metadata of what came of it)] of each refresh that ended, in the order of the stream."""
    waiting, out = {}, []
    for line in path.read_text().splitlines():
        event = json.loads(line)
        if "resourcePreEvent" in event:
            metadata = event["resourcePreEvent"]["metadata"]
            waiting[metadata["urn"]] = metadata["op"] == "refresh"
        elif "resOutputsEvent" in event:
            metadata = event["resOutputsEvent"]["metadata"]
            if waiting.pop(metadata["urn"], False):
                out.append(metadata)
    return out


def untold(metadata):
    """Why this event cannot be held against a scan, or nothing."""
    old, new = metadata["old"], metadata.get("new")
    if metadata["op"] not in ("same", "update", "delete"):
        return f"it says {metadata['op']}, for the program was run, too"
    if old.get("custom") and "::" not in old.get("provider", ""):
        return "it names no provider"
    if metadata["op"] == "update" and not old.get("custom"):
        return "it is a view, of which its owner tells the engine, or waits for its replacement: nobody reads it"
    if metadata["op"] == "delete" or old.get("external") or not old.get("custom"):
        return None
    same = old["inputs"] == new["inputs"]
    if metadata["op"] == "update" and metadata["detailedDiff"] is None:
        return "the provider's own Diff, or the old comparison of outputs, said that it changed"
    if metadata["op"] == "same" and not same:
        return "the provider's own Diff said that nothing changed"
    return None


class Events(PulumiEndToEnd):
    def replay(self, events):
        """A stack with what the events say was there, a folder with what was read: {urn: what has to come of it}."""
        wanted, providers, rules = {}, set(), []
        for nth, metadata in enumerate(events):
            old, new = metadata["old"], metadata.get("new")
            ident = f"r{nth}"
            kind = old["type"].rsplit(":", 1)[1]
            resource = {k: old[k] for k in ("urn", "type", "custom", "inputs", "outputs", "external", "initErrors", "protect", "retainOnDelete") if k in old}
            resource.update({"id": ident, "provider": old.get("provider", "")} if old.get("custom") else {})
            if old["type"].startswith("pulumi:"):
                resource.pop("provider", None)
            else:
                providers.add(old.get("provider", ""))
            self.checkpoint.add({k: v for k, v in resource.items() if v not in ("", None)})
            if metadata["op"] != "delete" and old.get("custom"):
                self.actual.put(kind, ident, **{**new["outputs"], "$inputs": new["inputs"]})
                if new.get("initErrors"):
                    rules.append({"call": "Read", "do": "partial", "id": ident, "text": new["initErrors"][0]})
            wanted[old["urn"]] = {"delete": [""], "same": None}.get(metadata["op"], sorted(map(pointer, metadata["detailedDiff"] or {})))
        for provider in sorted(providers - {""}):
            where, ident = provider.rsplit("::", 1)
            self.checkpoint.resources.insert(0, {"urn": where, "custom": True, "id": ident, "type": "pulumi:providers:" + where.split("pulumi:providers:")[1].split("::")[0]})
        for rule in rules + [{"call": "Diff", "do": "unknown"}]:
            self.actual.behave(**rule)
        return wanted

    def test_streams(self):
        if not CORPUS.is_dir():
            self.skipTest(f"the corpus pulumi_refresh_events is not at {CORPUS}")
        left_out, told = collections.Counter(), 0
        for path in sorted(CORPUS.glob("*.json")):
            events = []
            for metadata in refreshed(path):
                why = untold(metadata)
                if why:
                    left_out[why] += 1
                elif metadata["urn"] not in {e["urn"] for e in events} and not metadata["type"].startswith("pulumi:providers:"):
                    events.append(metadata)
            if not events:
                continue
            with self.subTest(stream=path.name):
                self.fresh()
                wanted = self.replay(events)
                self.write("state.json", self.checkpoint.deployment())
                packages = {e["type"].split(":")[0] for e in events} - {"pulumi"}
                binary = str(support.peer("pulumi-fixture") / "pulumi-resource-fixture")
                self.configure(state="state.json", pulumi={"plugins": {name: {"binary": binary} for name in packages}})
                report = self.scan()
                self.assertEqual(report["errors"], [])
                self.assertEqual(found(report), {u: paths for u, paths in wanted.items() if paths is not None})
                told += len(wanted)
        print(f"{told} resources told; left out: {dict(left_out)}")
        self.assertGreaterEqual(told, 90)

    def fresh(self):
        """Another folder and another checkpoint, for another stream."""
        for path in sorted(self.actual.folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        self.actual.rules = {"rules": []}
        self.checkpoint.resources.clear()


class Reading(unittest.TestCase):
    """What `refreshed` and `untold` make of a stream, without the corpus."""

    def test_only_what_was_refreshed_counts(self):
        folder = pathlib.Path(os.environ.get("TMPDIR", "/tmp"))
        path = folder / f"events-{os.getpid()}.json"
        state = {"custom": True, "inputs": {}, "provider": "urn:p::1"}

        def line(event, op, urn):
            return json.dumps({event: {"metadata": {"op": op, "urn": urn, "old": state, "new": state, "detailedDiff": None}}})

        try:
            path.write_text("\n".join([line("resourcePreEvent", "refresh", "a"), line("resourcePreEvent", "update", "b"),
                                       line("resOutputsEvent", "update", "b"), line("resOutputsEvent", "same", "a")]))
            events = refreshed(path)
        finally:
            path.unlink(missing_ok=True)
        self.assertEqual([(e["urn"], e["op"]) for e in events], [("a", "same")])
        self.assertIsNone(untold(events[0]))
        self.assertIn("provider's own Diff", untold({**events[0], "op": "update"}))
        self.assertIn("program", untold({**events[0], "op": "replace"}))


if __name__ == "__main__":
    support.main()
