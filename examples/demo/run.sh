#!/usr/bin/env bash
# The demo: demo/run.sh PATH_TO_DRIFT [FOLDER]. Lays out a small production in FOLDER (default build/demo), changes it behind Terraform's back
# and lets drift find out. Ends with 0 when everything was found as it should be.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=$(cd "$(dirname "$1")" && pwd)
folder=${2:-$here/../../build/demo}

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
step() { printf '\n%s# %s%s\n' "$bold" "$*" "$plain"; }

# Shows a command, runs it, and checks its exit status.
run() {
  local expected=$1 status=0
  shift
  printf '%s$ %s%s\n' "$bold" "$*" "$plain"
  PATH="$bin:$PATH" "$@" || status=$?
  printf '(exit status %s)\n' "$status"
  if ((status != expected)); then
    echo "demo: expected exit status $expected" >&2
    exit 1
  fi
}

rm -rf "$folder"
mkdir -p "$folder"
cp -R "$here/production" "$here/terraform.tfstate" "$folder/"
chmod -R u=rwX,go=rX "$folder/production"
chmod 700 "$folder/production/service/api-token"
cd "$folder"

step "A small production, as Terraform recorded it"
run 0 drift scan --state terraform.tfstate

step "3 a.m.: somebody lets everyone in, and a file gets lost"
echo '0.0.0.0/0         # TEMPORARY, remove tomorrow' >>production/firewall/allow-list.txt
rm production/flags/features.json
echo "(an edit of production/firewall/allow-list.txt; production/flags/features.json removed)"

step "What changed, and which of it matters most?"
run 2 drift scan --state terraform.tfstate

step "The flags were retired on purpose: accept that one finding"
run 0 drift accept --state terraform.tfstate local_file.feature_flags

step "What is left"
run 2 drift scan --state terraform.tfstate

step "Undo the edit, and all is well"
cp "$here/production/firewall/allow-list.txt" production/firewall/allow-list.txt
run 0 drift scan --state terraform.tfstate
