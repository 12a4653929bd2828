#!/usr/bin/env bash
# All benchmarks: run.sh BUILD_DIR [--quick]. Each prints ratios against its rival in the same run and fails when the counts are wrong.
set -euo pipefail
build=$1
shift
for bench in "$build"/benchmarks/bench_*; do
  [[ -x $bench && ! -d $bench ]] || continue
  echo "== $(basename "$bench") $*"
  "$bench" --drift "$build/tools/drift/drift" "$@"
done
