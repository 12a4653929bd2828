#!/usr/bin/env bash
# Installs the package as a user would, into an environment of its own, and runs its tests against that: install_test.sh [PYTHON].
# Needs a network (pip fetches cffi and scikit-build-core), and compiles the whole library.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${1:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check "$here"
cd "$folder"
for test in scan errors providers aio process; do
  "$folder/venv/bin/python" -X dev -W error "$here/tests/${test}_test.py"
done
