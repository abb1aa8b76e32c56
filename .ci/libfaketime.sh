#!/usr/bin/env bash
# Prints the path of a libfaketime for multi-threaded programs: fetched once from the archive that this host's APT uses (Debian and
# its relatives), unpacked into a cache folder, not installed.
set -euo pipefail
CACHE=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/libfaketime-sh
LIB=$CACHE/libfaketimeMT.so.1
if [ ! -e "$LIB" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && apt-get -qq download libfaketime >&2 && dpkg-deb -x libfaketime_*.deb unpacked) ||
    { echo "libfaketime: ERROR: cannot fetch the package libfaketime (log above): run 'apt-get update' first" >&2; exit 1; }
  mkdir -p "$CACHE"
  cp "$(find "$work/unpacked" -name libfaketimeMT.so.1)" "$LIB.$$"
  mv "$LIB.$$" "$LIB"
fi
echo "$LIB"
