#!/usr/bin/env python3
"""Makes drift.h of a version to come, whose structs have a member more at their ends: next_header.py OUT."""
import pathlib
import sys

import header
import stub

text = header.HEADER.read_text()
for struct in header.structs(text):
    if struct.name != "drift_text":
        text = stub.with_member(text, struct.name, "uint64_t extra")
pathlib.Path(sys.argv[1]).write_text(text)
