#!/usr/bin/env bash
# One way to link the Go binding, from a fresh module as a user has it: link.sh WAY ROOT CAPI_BUILD_DIR [PREFIX]
# WAY: pkg-config, bundled, static; none: without a library the error of the build names the three; installed: what the READMEs tell people to type,
# with the library in PREFIX.
set -euo pipefail
way=$1 root=$2 capi=$3 prefix=${4:-}
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cp -R "$root/bindings/go" "$work/binding"
rm -f "$work"/binding/lib/*/libdrift.a
mkdir "$work/program"
cp "$root/examples/go/provider/main.go" "$work/program/main.go"
# The program of the example, which also says how it is linked.
sed -i 's|^func main() {|func main() {\n\tfmt.Println(drift.LinkInfo, drift.Version())|' "$work/program/main.go"
cd "$work/program"
cat >go.mod <<'MOD'
module program

go 1.24

require github.com/libdrift/libdrift/bindings/go v0.0.0

replace github.com/libdrift/libdrift/bindings/go => ../binding
MOD
unset PKG_CONFIG_PATH
export GOPROXY=off GOFLAGS=-mod=mod

fail() { echo "go.link.$way: $*" >&2; exit 1; }

# refuses TAGS WORD...: the build fails, and what it says names each word.
refuses() {
  local said
  if said=$(go build -tags "$1" -o program . 2>&1); then fail "built without a library"; fi
  for word in "${@:2}"; do [[ $said == *"$word"* ]] || fail "the error does not name '$word': $said"; done
}

case $way in
  pkg-config)
    PKG_CONFIG_PATH=$capi go build -o program .
    ;;
  bundled)
    "$work/binding/bundle.sh" "$capi"
    PKG_CONFIG_LIBDIR=$work/nothing go build -tags drift_bundled -o program .
    ;;
  static)
    objcopy --strip-debug "$capi/libdrift.a" "$work/libdrift.a" # the linker's time is in its debug information
    flags=$(sed -n 's/.*`CGO_LDFLAGS="\([^"]*\)"`.*/\1/p' "$root/bindings/go/README.md")
    [[ $flags == /path/libdrift.a* ]] || fail "the README has no CGO_LDFLAGS"
    CGO_LDFLAGS=${flags/#\/path/$work} go build -tags drift_static -o program .
    ;;
  installed)
    # The clone is the binding and a ./dev that has installed; `sh` blocks are typed in it, beside it are the program and the demo.
    mkdir -p "$work/libdrift/bindings"
    mv "$work/binding" "$work/libdrift/bindings/go"
    printf '#!/bin/sh\n[ "$*" = install ]\n' >"$work/libdrift/dev"
    chmod +x "$work/libdrift/dev"
    PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name drift.pc)")
    export PKG_CONFIG_PATH GOFLAGS= GOPROXY=off
    tests=0
    for readme in "$root/README.md" "$root/bindings/go/README.md"; do
      rm -rf "$work/scan"
      cp -R "$root/examples/demo" "$work/scan"
      chmod 700 "$work/scan/production/service/api-token"
      rm "$work/scan/production/flags/features.json"
      awk '/^```go$/ { getline first; on = first ~ /examples\/go\/scan\/main.go/; next } /^```$/ { on = 0 } on' "$readme" >"$work/scan/main.go"
      typed=$(awk '/^```sh$/ { on = 1; next } /^```$/ { on = 0 } on' "$readme")
      said=$(cd "$work/libdrift" && bash -euo pipefail -c "$typed" 2>&1) || fail "$readme: $said"
      [[ $said == *"deleted local_file.feature_flags"*"5 checked, complete: true"* ]] || fail "$readme: it found something else: $said"
      tests=$((tests + 1))
    done
    ((tests == 2))
    exit
    ;;
  none)
    export PKG_CONFIG_LIBDIR=$work/nothing
    refuses "" drift.pc drift_bundled drift_static
    refuses drift_bundled bundle.sh pkg-config drift_static
    CGO_ENABLED=0 refuses "" CGO_ENABLED
    exit 0
    ;;
esac

said=$(./program)
[[ $said == "$way "* ]] || fail "LinkInfo: $said"
[[ $said == *"acme_queue.orders: retention_days was 14 and is 1"* ]] || fail "it found something else: $said"
shared=$(ldd program | grep -c libdrift.so || true)
[[ $shared == $([[ $way == pkg-config ]] && echo 1 || echo 0) ]] || fail "it is linked with $shared libdrift.so"
