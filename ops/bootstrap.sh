#!/bin/sh
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
# Install Python on a Debian that has none; everything else is installed by it.
set -eu

packages='python3 python3-venv ca-certificates'

fail() {
    printf '\n  failed  %s\n' "$1" >&2
    exit 1
}

command -v apt-get >/dev/null || fail "Python 3.11 or later with venv is missing, and this is no Debian: install it"
if [ "$(id -u)" = 0 ]; then
    root=
elif ! command -v sudo >/dev/null; then
    fail "Python 3.11 or later is missing, no root and no sudo: as root: apt-get install $packages"
elif sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; then
    root='sudo -n'
else
    fail "Python 3.11 or later is missing, and sudo wants a password: \`sudo -v\`, or as root: apt-get install $packages"
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
start=$(date +%s)
# shellcheck disable=SC2086 # the words are meant to be split
if ! { $root apt-get -q update && $root env DEBIAN_FRONTEND=noninteractive \
    apt-get -q install -y --no-install-recommends $packages; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    if grep -qE 'Temporary failure|Could not resolve|Could not connect|Unable to connect' "$log"; then
        fail "system packages: a package registry cannot be reached: check the network, and run the same command again"
    elif grep -q 'No space left' "$log"; then
        fail "system packages: the disk is full: make room and run the same command again"
    fi
    fail "system packages: apt-get failed, see above"
fi
printf '  done   %-22s %7d.0 s\n' python $(($(date +%s) - start))
