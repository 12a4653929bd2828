#!/bin/sh
# Puts libdrift.a where -tags drift_bundled looks for it: bundle.sh FOLDER_WITH_LIBDRIFT_A
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=$here/lib/$(go env GOOS)_$(go env GOARCH)
[ -f "$1/libdrift.a" ] || { echo "bundle.sh: there is no libdrift.a in $1: build the target drift_capi_archive" >&2; exit 1; }
[ -d "$target" ] || { echo "bundle.sh: this module has no package ${target#"$here"/}" >&2; exit 1; }
${OBJCOPY:-objcopy} --strip-debug "$1/libdrift.a" "$target/libdrift.a"
