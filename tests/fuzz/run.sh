#!/usr/bin/env bash
# Fuzzing: run.sh BUILD_DIR [TARGET [SECONDS]]. Without a target every one runs in turn, a minute each. New inputs stay below the build
# directory; a crash leaves its input there, to be reduced and kept in tests/fuzz/seeds.
set -euo pipefail
build=$1
target=${2:-all}
seconds=${3:-60}
here=$(dirname "${BASH_SOURCE[0]}")
found=0
for program in "$build"/tests/fuzz/fuzz_*; do
  [[ -x $program && ! -d $program ]] || continue
  name=$(basename "$program")
  [[ $target == all || $name == "fuzz_$target" ]] || continue
  found=1
  mkdir -p "$build/corpus/$name"
  echo "== $name, $seconds s"
  "$program" -max_total_time="$seconds" -max_len=65536 -timeout=10 -artifact_prefix="$build/corpus/$name-" \
    "$build/corpus/$name" "$here/seeds"
done
((found)) || { echo "fuzz: no target '$target' in $build" >&2; exit 1; }
