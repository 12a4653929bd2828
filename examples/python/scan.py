"""Scans a Terraform state: scan.py STATE. Ends with 2 when not everything is as recorded."""
import sys

import libdrift

report = libdrift.scan(state=sys.argv[1])
for finding in report:
    print(f"{finding.verdict} {finding.address} ({finding.risk.level}: {finding.risk.why})")
    for change in finding.changes:
        print(f"  {change.path}: {change.recorded!r} -> {change.actual!r}")
sys.exit(0 if report.clean else 2)
