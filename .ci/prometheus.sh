#!/usr/bin/env bash
# Prints the path of a program of Prometheus, promtool unless told "prometheus": fetched once from the archive that this host's APT uses (Debian and
# its relatives), unpacked into a cache folder, not installed.
set -euo pipefail
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/prometheus-sh
name=${1:-promtool}
if [ ! -e "$CACHE/$name" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && apt-get -qq download prometheus >&2 && dpkg-deb -x prometheus_*.deb unpacked) ||
    { echo "prometheus: ERROR: cannot fetch the package prometheus (log above): run 'apt-get update' first" >&2; exit 1; }
  mkdir -p "$CACHE"
  cp "$work/unpacked/usr/bin/$name" "$CACHE/$name.$$"
  mv "$CACHE/$name.$$" "$CACHE/$name"
fi
echo "$CACHE/$name"
