#!/usr/bin/env bash
# The Go module is fetched without the rest of the repository, and so has a copy of drift.h, which must be the same: header.sh ROOT
set -euo pipefail
cmp "$1/capi/include/drift.h" "$1/bindings/go/internal/native/drift.h" && exit
echo "drift.h changed: cp capi/include/drift.h bindings/go/internal/native/"
exit 1
