#!/usr/bin/env bash
# Runs a build of examples/go/scan on the demo of this repository, changed at 3 a.m., and looks what it finds: demo.sh ROOT COMMAND...
set -euo pipefail
root=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -R "$root/examples/demo/." "$work"
cd "$work"
chmod 700 production/service/api-token # as recorded; git does not keep this
echo '0.0.0.0/0         # TEMPORARY' >>production/firewall/allow-list.txt
rm production/flags/features.json
said=$("${@:2}")
for line in "changed local_file.allow_list (critical)" "deleted local_file.feature_flags (high)" "5 checked, complete: true"; do
  [[ $said == *"$line"* ]] || { echo "it does not say '$line': $said"; exit 1; }
done
