#!/bin/sh
# SPDX-FileCopyrightText: 2026 DEMOS portal contributors
# SPDX-License-Identifier: MIT
# Exact CLs of a counting experiment: P(n <= observed | signal + background) over
# P(n <= observed | background). Reads /demos/in/request.json, writes /demos/out/result.json.
set -eu
request=$(tr -d '\n' </demos/in/request.json)

number() {
	printf '%s' "$request" | sed -n "s/.*\"$1\" *: *\([-+0-9.eE]*\).*/\1/p"
}

observed=$(number observed)
background=$(number background)
signal=$(number signal)
if [ -z "$observed" ] || [ -z "$background" ] || [ -z "$signal" ]; then
	printf '{"message": "observed, background and signal are needed"}' >/demos/out/error.json
	exit 2
fi
echo "observed $observed, background $background, signal $signal" >&2
awk -v n="$observed" -v b="$background" -v s="$signal" '
function below(mean, n,   k, term, sum) {
	term = exp(-mean); sum = term
	for (k = 1; k <= n; k++) { term *= mean / k; sum += term }
	return sum
}
BEGIN {
	with = below(s + b, n); without = below(b, n)
	printf "{\"CLs_obs\": %.12g, \"CLsb_obs\": %.12g, \"CLb_obs\": %.12g}", with / without, with, without
}' >/demos/out/result.json
