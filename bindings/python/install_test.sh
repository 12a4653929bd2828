#!/usr/bin/env bash
# Makes a wheel as `pip install` does, installs it into an environment of its own and runs tests against that:
# install_test.sh PYTHON [BUILD_TYPE FLAGS]. PYTHON has what requirements-dev.txt names (venv.sh), so that nothing is fetched.
# Compiles the whole library: as a release, or with the build type and flags of a build of this clone, which ccache remembers.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset PYTHONPATH
pip=(-m pip --disable-pip-version-check --quiet)
as_there=()
if (($# > 1)); then
  cmake="--config-settings=cmake"
  as_there=("$cmake.build-type=$2" "$cmake.define.CMAKE_CXX_FLAGS_${2^^}=$3" "$cmake.define.DRIFT_WERROR=ON")
fi
"$python" "${pip[@]}" wheel "${as_there[@]}" --no-build-isolation --no-deps --no-index --wheel-dir "$folder" "$here"
"$python" -m venv "$folder/venv"
"$folder/venv/bin/python" "${pip[@]}" install --no-deps --no-index "$folder"/libdrift-*.whl
# cffi alone of what PYTHON has: the package must need nothing else.
site=$("$python" -c 'import cffi, pathlib; print(pathlib.Path(cffi.__file__).parents[1])')
mkdir "$folder/needs"
for module in cffi _cffi_backend pycparser; do ln -s "$site/$module"* "$folder/needs/"; done
export PYTHONPATH=$folder/needs
cd "$folder"
"$folder/venv/bin/python" -c 'import libdrift, sys; assert libdrift.__file__.startswith(sys.prefix), libdrift.__file__'
for test in scan errors aio; do
  "$folder/venv/bin/python" -X dev -W error "$here/tests/${test}_test.py"
done
