"""A program of Pulumi's Automation API that looks for drift in its own stack: automation.py PROJECT_FOLDER STACK.

What exists is asked of the stack's own resource plugins, as `pulumi refresh --preview-only` does, in this process: no CLI is started for it. Ends with 0
clean, 2 drift, 3 incomplete.
"""
import sys

import libdrift
from pulumi import automation

stack = automation.select_stack(sys.argv[2], work_dir=sys.argv[1])
report = libdrift.scan(state=stack.export_stack(), config={"providers": {"pulumi": {}}})
for finding in report:
    print(finding.verdict, finding.address, *(change.path for change in finding.changes))
for error in report.errors:  # what could not be read is never a deletion
    print(error.verdict, error.address, error.message)
sys.exit(2 if len(report) else 0 if report.complete else 3)
