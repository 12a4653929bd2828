#!/usr/bin/env bash
# go vet and gofmt over modules: vet.sh GO FOLDER...
set -euo pipefail
go=$1
for folder in "${@:2}"; do
  (cd "$folder" && "$go" vet ./...)
  unformatted=$("$("$go" env GOROOT)/bin/gofmt" -l "$folder")
  [[ -z $unformatted ]] || { echo "gofmt -w is due: $unformatted"; exit 1; }
done
