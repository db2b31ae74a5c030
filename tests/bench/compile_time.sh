#!/bin/bash
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#
# compile_time.sh [COMPILER [RUNS]]: CPU seconds to compile a user's file at -O0, header-only and against the compiled
# library: one that reads an object, and two that read rows, of CSV in memory and of any format by URL. Median of RUNS (3);
# one run leaves out the longest. Fails when one has grown by half over docs/compile-time.md, one of rows when it has
# doubled; one run that says so is repeated three times. Figures are scaled by a yardstick that is compiled beside them, so that a slower machine is no
# regression.
set -euo pipefail
cd "$(dirname "$0")/../.."
compiler=${1:-${CXX:-c++}}
runs=${2:-3}
record=docs/compile-time.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# CPU seconds of one compilation with the given options; ccache would answer from memory.
once() {
    local TIMEFORMAT='%U %S'
    { time CCACHE_DISABLE=1 "$compiler" -std=c++20 -O0 -Iinclude "$@" -c tests/bench/compile_time.cpp \
        -o "$work/out.o" 2>"$work/errors"; } 2>"$work/time" || { cat "$work/errors" >&2; return 1; }
    awk 'END { printf "%.2f\n", $1 + $2 }' "$work/time"
}
median() { for _ in $(seq "$runs"); do once "$@" || return 1; done | sort -n | sed -n "$(((runs + 1) / 2))p"; }
recorded() { awk -F'|' -v name="$1" '{ gsub(/^ +| +$/, "", $2) } $2 == name { print $3 + 0 }' "$record"; }

yardstick=$(median -DYARDSTICK)
scale=$(awk -v now="$yardstick" -v then="$(recorded yardstick)" 'BEGIN { printf "%.3f", now / then }')
printf 'yardstick: %s s, %s times the recorded one\n' "$yardstick" "$scale"

status=0
check() { # GROWTH NAME OPTION...
    local growth=$1 name=$2 then now limit
    shift 2
    then=$(recorded "$name")
    now=$(median "$@")
    limit=$(awk -v then="$then" -v scale="$scale" -v growth="$growth" 'BEGIN { printf "%.2f", then * scale * growth }')
    if awk -v now="$now" -v limit="$limit" 'BEGIN { exit !(now <= limit) }'; then
        printf '%s: %s s CPU (recorded %s, limit here %s)\n' "$name" "$now" "$then" "$limit"
    else
        printf '%s: %s s CPU is more than %s times the recorded %s (limit here %s)\n' "$name" "$now" "$growth" "$then" "$limit"
        status=1
    fi
}
separate=-DPENSTOCK_SEPARATE_COMPILATION
check 1.5 header-only
check 1.5 compiled $separate
check 2 'rows of CSV, header-only' -DCSV_ROWS
check 2 'rows of CSV, compiled' -DCSV_ROWS $separate
[[ $runs -eq 1 ]] || check 2 'rows by URL, header-only' -DROWS_BY_URL
check 2 'rows by URL, compiled' -DROWS_BY_URL $separate
[[ $status -eq 0 || $runs -gt 1 ]] || { status=0; "$0" "$compiler" 3 || status=$?; }
exit $status
