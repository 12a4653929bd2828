#!/usr/bin/env bash
# All lints, one after the other: lint BUILD_DIR. Called by `./dev lint`.
set -euo pipefail
build=$1
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

python3 tests/lint/includes.py "$root"
python3 tests/lint/tree.py "$root"
python3 tests/lint/go_versions.py "$root"
git ls-files '*.cpp' '*.hpp' '*.c' | xargs clang-format-14 --dry-run --Werror
echo "clang-format: clean"
python3 tests/lint/tidy.py "$root" "$build"
