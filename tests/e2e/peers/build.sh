#!/usr/bin/env bash
# Builds the real programs that the end-to-end tests meet, each once per version, into a cache folder: build.sh [--where] [NAME...]
# Without names, all of them. `--where` only prints the cache folder. Needs Go 1.26 (`./dev test --peers` brings it) and the Go module proxy; the
# two dynamic providers of Pulumi need npm and Node.js, Python with venv, and their registries.
#
# Each NAME but our own (fixture, bare, pulumi-fixture) is a folder here. With a go.mod it requires the program and carries the replace lines of its own go.mod, which
# Go ignores in a dependency; go.sum fixes every byte, as package-lock.json and requirements.txt do for the packages of npm and PyPI. What is built
# lies under CACHE/NAME-VERSION/ and appears there at once, or not at all.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=${DRIFT_PEERS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/libdrift/peers}

ALL=(fixture bare time random local tls restapi kubernetes tofu kube-apiserver pulumi-fixture pulumi pulumi-nodejs pulumi-python)

say() { printf 'peers: %s\n' "$*" >&2; }

# What to build for NAME: `module`, `version`, `package`, `program` and `ldflags`.
describe() {
  local name=$1
  case $name in
    time | tls | kubernetes) module=github.com/hashicorp/terraform-provider-$name ;;
    random | local) module=github.com/terraform-providers/terraform-provider-$name ;;
    restapi) module=github.com/Mastercard/terraform-provider-restapi ;;
    tofu) module=github.com/opentofu/opentofu ;;
    kube-apiserver) module=k8s.io/kubernetes ;;
    pulumi) module=github.com/pulumi/pulumi/pkg/v3 ;;
    *) say "no recipe for '$name'. There are: ${ALL[*]}"; exit 2 ;;
  esac
  version=$(sed -n "s|^\(require\)\?[[:space:]]*$module v\([^ ]*\).*|\2|p" "$here/$name/go.mod" | head -n 1)
  case $name in
    tofu) package=$module/cmd/tofu program=tofu ;;
    kube-apiserver)
      package=$module/cmd/kube-apiserver program=kube-apiserver
      ldflags+=" -X k8s.io/component-base/version.gitVersion=v$version -X k8s.io/component-base/version.gitMajor=1"
      ldflags+=" -X k8s.io/component-base/version.gitMinor=$(cut -d. -f2 <<<"$version")"
      ;;
    pulumi) package=$module/cmd/pulumi program=pulumi ldflags+=" -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v$version" ;;
    *) package=$module program=terraform-provider-$name ;;
  esac
}

# Our own programs, a provider and a bare client: their version is what they are made of.
own() {
  case $1 in
    fixture) source=$here/../provider program=terraform-provider-fixture ;;
    bare) source=$here/../../../benchmarks/vs/terraform/bare program=bare ;;
    pulumi-fixture) source=$here/../pulumi_provider program=pulumi-resource-fixture ;;
    *) return 1 ;;
  esac
  version=$(cd "$source" && find . -name '*.go' -o -name 'go.*' | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
}

# Packages of a registry instead of a program: node_modules, or a Python environment, whose version has the interpreter's in it.
packages() {
  case $1 in
    pulumi-nodejs) version=$(sed -n 's|.*"@pulumi/pulumi": "\([^"]*\)".*|\1|p' "$here/$1/package.json") ;;
    pulumi-python)
      version=$(sed -n 's|^pulumi==\([^ ]*\).*|\1|p' "$here/$1/requirements.txt")-$(python3 -c 'import sys; print("py%d.%d" % sys.version_info[:2])')
      ;;
    *) return 1 ;;
  esac
}

install_packages() {  # install_packages NAME FOLDER
  case $1 in
    pulumi-nodejs)
      cp "$here/$1/package.json" "$here/$1/package-lock.json" "$2"
      (cd "$2" && npm ci --ignore-scripts --omit=dev --no-audit --no-fund >&2)
      ;;
    pulumi-python)
      python3 -m venv "$2"
      "$2/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$here/$1/requirements.txt"
      ;;
  esac
}

# What a release of the Pulumi CLI has beside it for the dynamic providers: two scripts of the SDK.
launchers() {  # launchers FOLDER OUTPUT
  local sdk
  sdk=$(cd "$1" && GOFLAGS=-mod=readonly GOTOOLCHAIN=local GOWORK=off go list -m -f '{{.Dir}}' github.com/pulumi/pulumi/sdk/v3)
  install -m 755 "$sdk/nodejs/dist/pulumi-resource-pulumi-nodejs" "$sdk/python/dist/pulumi-resource-pulumi-python" "$2"
}

# Without what only a debugger reads, which takes a tenth of the time.
go_build() {  # go_build FOLDER OUTPUT PACKAGE LDFLAGS
  (cd "$1" && CGO_ENABLED=0 GOFLAGS="-mod=${DRIFT_PEERS_MOD:-readonly}" GOTOOLCHAIN=local GOWORK=off \
    go build -trimpath -buildvcs=false -gcflags=all=-dwarf=false -ldflags "$4" -o "$2" "$3")
}

build() {
  local name=$1 source=$here/$1 version module package=. program= ldflags="-s -w" target temp lock began=$SECONDS
  own "$name" || packages "$name" || describe "$name"
  target=$cache/$name-$version
  # One at a time for a name: the second waits, and finds what the first built.
  exec {lock}>"$cache/.lock-$name"
  if ! flock -n "$lock"; then
    say "$name is being built by somebody else; waiting"
    flock "$lock"
  fi
  if [[ ! -d $target ]]; then
    say "building $name $version"
    temp=$(mktemp -d "$cache/.building-$name.XXXXXX")
    trap 'rm -rf "$temp"' EXIT
    if [[ -z $program ]]; then
      install_packages "$name" "$temp"
    else
      go_build "$source" "$temp/$program" "$package" "$ldflags"
    fi
    [[ $name != fixture ]] || ln -s "$program" "$temp/${program}5"
    [[ $name != pulumi ]] || launchers "$source" "$temp"
    chmod 755 "$temp"
    mv -T "$temp" "$target"
    trap - EXIT
    say "built $name $version in $((SECONDS - began)) s"
  fi
  # The name without the version, for those who take whatever the recipe says.
  ln -sfn "$name-$version" "$cache/$name"
  # Its tests are run offline; who keeps only this cache has none of their modules. Where they are all there, this asks nobody.
  [[ $name != fixture && $name != pulumi-fixture ]] || (cd "$source" && GOFLAGS=-mod=readonly GOTOOLCHAIN=local GOWORK=off go list -deps -test ./... >/dev/null)
}

if [[ ${1:-} == --where ]]; then
  printf '%s\n' "$cache"
  exit
fi
mkdir -p "$cache"
if (($#)); then names=("$@"); else names=("${ALL[@]}"); fi
for name in "${names[@]}"; do (build "$name"); done
