"""Scans a Terraform state: scan.py STATE. Ends with 0 clean, 2 drift, 3 incomplete."""
import sys

import libdrift

report = libdrift.scan(state=sys.argv[1])
for finding in report:
    print(f"{finding.verdict} {finding.address} ({finding.risk.level}: {finding.risk.why})")
    for change in finding.changes:
        print(f"  {change.path}: {change.recorded!r} -> {change.actual!r}")
for error in report.errors:  # what could not be read is never a deletion
    print(f"{error.verdict} {error.address}: {error.message}", file=sys.stderr)
sys.exit(2 if len(report) else 0 if report.complete else 3)
