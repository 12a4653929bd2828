#!/usr/bin/env python3
"""The Python package against its rivals, in one run: bench.py [--quick].

A figure is the median of the ratios of paired rounds: both sides of a pair run one after the other, in turns. Ends with 1 when the sides of
a pair did not make the same, or when a program aborted.
"""
import argparse
import gc
import json
import statistics
import sys
import time

import rival
from process_test import ENDS, FOLDER, indented
from support import python, state

import libdrift
from libdrift._findings import Change, Finding, Kept
from libdrift._handle import make
from libdrift._native import ffi, lib

FINDING_TEXTS = ("address", "type", "fingerprint", "risk_why", "risk_rule")
FINDING_NUMBERS = ("first_change", "changes", "verdict", "risk_level", "risk_class", "risk_direction", "basis", "drift_class")
CHANGE_TEXTS = ("path", "pointer", "recorded", "actual", "desired", "baseline", "why", "rule", "reason")
CHANGE_NUMBERS = ("owner", "section", "kind", "relation", "mode", "flags", "drift_class")


def seconds(work):
    gc.collect()
    begin = time.process_time()  # of this program alone: others may keep the machine busy
    work()
    return time.process_time() - begin


def paired(rounds, ours, theirs):
    """(median of theirs / ours, median seconds of ours)"""
    ratios, times = [], []
    for i in range(rounds):
        first, second = (ours, theirs) if i % 2 else (theirs, ours)
        took = {first: seconds(first), second: seconds(second)}
        ratios.append(took[theirs] / took[ours])
        times.append(took[ours])
    return statistics.median(ratios), statistics.median(times)


# ---- calls ---------------------------------------------------------------------------------------------------------------------------


def calls(quick):
    repeat = range(20_000 if quick else 200_000)
    p, n = ffi.new("const char **"), ffi.new("size_t *")
    rp, rn, something = rival.ffi.new("const char **"), rival.ffi.new("size_t *"), rival.ffi.cast("void *", 1)
    error = ffi.new("drift_error **")
    assert lib.drift_engine_new(b"{", 1, ffi.new("drift_engine **"), error) < 0

    def loops(function, *arguments):
        def none():
            for _ in repeat:
                function()

        def some():
            for _ in repeat:
                function(*arguments)

        return some if arguments else none

    for name, ours, theirs in (
        ("drift_version_number()", loops(lib.drift_version_number), loops(rival.lib.rival_number)),
        ("drift_error_code(e)", loops(lib.drift_error_code, error[0]), loops(rival.lib.rival_code, something)),
        ("drift_error_text(e, which, &p, &n)", loops(lib.drift_error_text, error[0], 1, p, n),
         loops(rival.lib.rival_text, something, 1, rp, rn)),
    ):
        ratio, took = paired(7 if quick else 21, ours, theirs)
        each = f"{took / len(repeat) * 1e9:.0f} ns"
        print(f"call   {name:<36} {1 / ratio:5.2f} x a bare call of the same signature ({each}; wanted: 1.3 at most)")
    lib.drift_error_free(error[0])


# ---- findings ------------------------------------------------------------------------------------------------------------------------


def drifted(count):
    def document(days):
        attributes = {"policy": "keep", "tags": {"team": "shop"}}
        return state(*(("acme_queue", f"queue-{i:06}", {"days": i + days, **attributes}) for i in range(count)))

    return libdrift.diff(document(0), document(1))


def again(report):
    """The same report, of which Python has seen nothing yet."""
    return libdrift.Report(make("drift_report", lib.drift_report_ref, report._handle))


def by_pages(report):
    return [(finding, finding.changes) for finding in again(report)]


def by_pages_with_values(report):
    return [(finding, [(change.recorded, change.actual) for change in finding.changes]) for finding in again(report)]


def numbers(kind):
    return {str(member): int(member) for member in kind}


VERDICTS, LEVELS, CLASSES, DIRECTIONS, KINDS, RELATIONS = map(
    numbers, (libdrift.Verdict, libdrift.RiskLevel, libdrift.RiskClass, libdrift.RiskDirection, libdrift.ChangeKind, libdrift.Relation))
BASES = {member.name.lower(): int(member) for member in libdrift.Basis}
SECTIONS, MODES, DRIFT_CLASSES = numbers(libdrift.Section), numbers(libdrift.Mode), numbers(libdrift.DriftClass)


def by_json(report):
    """The same objects from the report's JSON. Values come parsed, and stay so."""
    made, missing = [], libdrift.MISSING
    for i, f in enumerate(json.loads(report.to_json(compact=True))["findings"]):
        risk = f["risk"]
        changes = tuple(
            Change((c["path"], c["pointer"], c.get("recorded", missing), c.get("actual", missing), c.get("desired", missing),
                    c.get("baseline", missing), c["why"], c.get("rule", ""), c.get("reason", "")),
                   (i, SECTIONS[c.get("section", "attributes")], KINDS[c["kind"]], RELATIONS[c["relation"]], MODES[c.get("mode", "none")],
                    ("sensitive" in c) + 2 * ("forces_replacement" in c), DRIFT_CLASSES[c.get("class", "unknown")]))
            for c in f["changes"])
        texts = (f["address"], f["type"], f["fingerprint"], risk["why"], risk["rule"])
        members = (0, len(changes), VERDICTS[f["verdict"]], LEVELS[risk["level"]], CLASSES[risk["class"]], DIRECTIONS[risk["direction"]],
                   sum(BASES[side] for side in f["basis"]), DRIFT_CLASSES[f.get("class", "unknown")])
        made.append((Finding(texts, members, Kept(changes)), changes))
    return made


def views(report, view, function, count, *arguments):
    rows, got = ffi.new(view + "[]", count), ffi.new("size_t *")
    code = function(report._handle, *arguments, 0, rows, ffi.sizeof(view), count, got, ffi.NULL)
    assert (code, got[0]) == (0, count)
    return rows


def by_getters(rows, count):
    """The same objects through a call for each member. The rows are there already, at no cost."""
    n = rival.ffi.new("size_t *")
    unpack = rival.ffi.unpack

    def reader(view, texts, members):
        data = rival.ffi.cast("void *", int(ffi.cast("uintptr_t", rows[view])))
        text_of = [getattr(rival.lib, f"{view}_{name}") for name in texts]
        number_of = [getattr(rival.lib, f"{view}_{name}") for name in members]

        def text(get, i):
            p = get(data, i, n)
            return unpack(p, n[0]).decode() if p else None

        return lambda i: (tuple([text(get, i) for get in text_of]), tuple([get(data, i) for get in number_of]))

    finding, change = reader("finding", FINDING_TEXTS, FINDING_NUMBERS), reader("change", CHANGE_TEXTS, CHANGE_NUMBERS)
    made = []
    for i in range(count):
        texts, members = finding(i)
        changes = tuple(Change(*change(at)) for at in range(members[0], members[0] + members[1]))
        made.append((Finding(texts, members, Kept(changes)), changes))
    return made


def same(pages, others, parsed):
    """Whether two lists of findings say the same."""
    for (a, a_changes), (b, b_changes) in zip(pages, others):
        if (a.address, a.verdict, a.risk, a.fingerprint, a.basis) != (b.address, b.verdict, b.risk, b.fingerprint, b.basis):
            return False
        for c, d in zip(a_changes, b_changes):
            sides = (c.recorded, c.actual) == (d._texts[2:4] if parsed else (d.recorded, d.actual))
            if not sides or (c.path, c.pointer, c.kind, c.relation, c.why) != (d.path, d.pointer, d.kind, d.relation, d.why):
                return False
    return len(pages) == len(others)


def findings(quick):
    count = 10_000 if quick else 100_000
    report = drifted(count)
    assert len(report) == count
    rows = {"finding": views(report, "drift_finding_view", lib.drift_report_findings, count),
            "change": views(report, "drift_change_view", lib.drift_report_changes, count, lib.DRIFT_OF_FINDINGS)}
    pages, by_text, by_calls = by_pages(report), by_json(report), by_getters(rows, count)
    if not same(pages, by_text, True) or not same(pages, by_calls, False):
        sys.exit("bench_python: the sides did not make the same findings")
    del pages, by_text, by_calls
    rounds = 3 if quick else 7
    for name, ours, theirs in (
        ("through JSON", by_pages, lambda: by_json(report)),
        ("with a getter for each member", by_pages, lambda: by_getters(rows, count)),
        ("through JSON, every value parsed", by_pages_with_values, lambda: by_json(report)),
    ):
        ratio, took = paired(rounds, lambda ours=ours: ours(report), theirs)
        print(f"rows   {count:,} findings, each with a change: {ratio:4.1f} x faster than {name} ({took * 1e3:.0f} ms; wanted: 3)")


# ---- small scans, and ends -----------------------------------------------------------------------------------------------------------


def small_diff(quick):
    document = json.dumps(state(("acme_queue", "orders", {f"attribute_{i}": "x" * 40 for i in range(50)}))).encode()
    with libdrift.Engine() as engine:
        times = sorted(seconds(lambda: engine.diff(document, document).close()) for _ in range(50 if quick else 500))
    print(f"small  a comparison of one resource of {len(document):,} bytes, no change: {times[len(times) // 2] * 1e6:.0f} us (median)")


def ends(quick):
    count = 20 if quick else 200
    aborted, at_once = 0, 4
    sources = [indented(source) for source in ENDS.values()]
    for first in range(0, count, at_once):
        for process in [python(sources[i % len(sources)], FOLDER) for i in range(first, min(first + at_once, count))]:
            with process:
                _, said = process.communicate(timeout=60)
                if process.returncode != 0 or said:
                    aborted += 1
                    print(said, file=sys.stderr)
    print(f"ends   {aborted} of {count} programs that ended with a run under way did not end well (wanted: 0)")
    return aborted


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--drift", help="not used here")
    quick = parser.parse_args().quick
    calls(quick)
    findings(quick)
    small_diff(quick)
    sys.exit(1 if ends(quick) else 0)


if __name__ == "__main__":
    main()
