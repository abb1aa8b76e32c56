#!/usr/bin/env bash
# Prints the path of the model checker spin: fetched once from the archive that this host's APT uses (Debian and its relatives), unpacked into a
# cache folder, not installed.
set -euo pipefail
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/spin-sh
if [ ! -e "$CACHE/spin" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && apt-get -qq download spin >&2 && dpkg-deb -x spin_*.deb unpacked) ||
    { echo "spin: ERROR: cannot fetch the package spin (log above): run 'apt-get update' first" >&2; exit 1; }
  mkdir -p "$CACHE"
  cp "$work/unpacked/usr/bin/spin" "$CACHE/spin.$$"
  mv "$CACHE/spin.$$" "$CACHE/spin"
fi
echo "$CACHE/spin"
