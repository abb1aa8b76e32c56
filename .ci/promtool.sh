#!/usr/bin/env bash
# Prints the path of Prometheus's promtool: fetched once from the archive that this host's APT uses (Debian and its relatives), unpacked into a
# cache folder, not installed.
set -euo pipefail
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/promtool-sh
if [ ! -e "$CACHE/promtool" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && apt-get -qq download prometheus >&2 && dpkg-deb -x prometheus_*.deb unpacked) ||
    { echo "promtool: ERROR: cannot fetch the package prometheus (log above): run 'apt-get update' first" >&2; exit 1; }
  mkdir -p "$CACHE"
  cp "$work/unpacked/usr/bin/promtool" "$CACHE/promtool.$$"
  mv "$CACHE/promtool.$$" "$CACHE/promtool"
fi
echo "$CACHE/promtool"
