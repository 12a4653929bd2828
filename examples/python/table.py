"""Prints what drifted between two documents as a table: table.py RECORDED ACTUAL."""
from __future__ import annotations

import sys

import libdrift


def rows(report: libdrift.Report) -> list[list[str]]:
    table = [["VERDICT", "RISK", "ADDRESS", "PATH", "RECORDED", "ACTUAL"]]
    for finding in report:
        about = [str(finding.verdict), str(finding.risk.level), finding.address]
        for change in finding.changes:
            table.append([*about, change.path, change.json("recorded") or "", change.json("actual") or ""])
        if not finding.changes:
            table.append([*about, "", "", ""])
    return table


table = rows(libdrift.diff(sys.argv[1], sys.argv[2]))
widths = [max(map(len, column)) for column in zip(*table)]
for row in table:
    print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
