#!/usr/bin/env python3
"""The include lint finds what it is there for: a test of the test, on a tree of its own."""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import includes  # noqa: E402

CMAKE = "drift_module(base)\ndrift_module(third DEPS base PRIVATE_LIBS x::y)\ndrift_module(model DEPS base third)\ndrift_module(diff DEPS model)\n"
CASES = [
    ("src/model/a.cpp", '#include "diff/rules.hpp"\n', "model may not include diff"),
    ("src/model/a.cpp", '#include "drift/diff/rules.hpp"\n', "model may not include diff"),
    ("src/diff/a.cpp", '#include "drift/model/value.hpp"\n#include "third/x.hpp"\n', None),
    ("src/diff/a.cpp", "#include <simdjson.h>\n", "only in src/third"),
    ("src/third/a.cpp", "#include <simdjson.h>\n", None),
    ("include/drift/model/a.hpp", "#include <fmt/format.h>\n", "only in src/third"),
    ("include/drift/model/a.hpp", '#include "model/private.hpp"\n', "only std and drift/"),
    ("src/nowhere/a.cpp", "", "in no module"),
]

for name, text, expected in CASES:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "CMakeLists.txt").write_text(CMAKE)
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text(text)
        faults = list(includes.check(root))
        found = any(expected in f for f in faults) if expected else not faults
        assert found, f"{name} with {text!r}: wanted {expected!r}, got {faults}"
print(f"include lint: {len(CASES)} cases")
