#!/usr/bin/env bash
# A virtual environment with what requirements-dev.txt names: venv.sh [FOLDER] (default build/venv). Takes no time when it is there already.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-$here/../../build/venv}
wanted=$(python3 --version; cat "$here/requirements-dev.txt")
stamp=$folder/requirements.installed
if [[ -x $folder/bin/python && -f $stamp && $(<"$stamp") == "$wanted" ]]; then exit 0; fi
echo "venv: installing bindings/python/requirements-dev.txt into $folder" >&2
rm -rf "$folder"
python3 -m venv "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps -r "$here/requirements-dev.txt"
printf '%s\n' "$wanted" >"$stamp"
