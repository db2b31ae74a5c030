#!/usr/bin/env bash
# Proves that the simulation finds bugs: each patch of this folder is a mistake that could have been made in the library. It
# is applied to a copy of the headers, the bodies that it touches are compiled alone and put in front of the library's, and
# some schedule must fail, while none does without the patch.
#   run.sh BUILD-FOLDER [SCHEDULES [NAME...]]     (a Ninja build of the target simulate, without optimisation)
set -euo pipefail

build="$(realpath "$1")" schedules="${2:-2000}"
shift; [[ $# -eq 0 ]] || shift
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
root="$(realpath "$here/../../..")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export ASAN_OPTIONS=detect_odr_violation=0:detect_leaks=0

compiler="$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")"
launcher=()
command -v ccache >/dev/null && launcher=(ccache)
link="$(ninja -C "$build" -t commands simulate | tail -n 1)"
[[ "$link" == *" -o bin/simulate "* ]] || { echo "bugs: no link command in $build" >&2; exit 1; }

build_with() {  # PATCH PROGRAM
  local copy="$work/tree"
  rm -rf "$copy"
  mkdir -p "$copy"
  cp -r "$root/include" "$copy/include"
  patch -s -p1 -F2 --no-backup-if-mismatch -d "$copy" < "$1" || { echo "bugs: $1 no longer applies" >&2; return 1; }
  : > "$copy/bodies.cpp"
  sed -n 's|^+++ b/include/\([^[:space:]]*\).*|#include <\1>|p' "$1" >> "$copy/bodies.cpp"
  # From within the copy, so that the same bug is found in the compiler's cache again.
  (cd "$copy" && CCACHE_BASEDIR="$copy" CCACHE_NOHASHDIR=1 "${launcher[@]}" "$compiler" -std=gnu++20 -O0 -w -Iinclude \
    -DPENSTOCK_SEPARATE_COMPILATION -DBOOST_URL_DYN_LINK -c bodies.cpp -o bodies.o)
  (cd "$build" && eval "${link/ -o bin\/simulate / -Wl,-z,muldefs -o $2 }" 2> "$work/link.log") || { cat "$work/link.log" >&2; return 1; }
}

# The objects of the patched bodies come first: the linker takes the first of several definitions.
link="${link/ tests\// $work/tree/bodies.o tests/}"

missed=()
count=0
for patch in "$here"/*.patch; do
  name="$(basename "$patch" .patch)"
  [[ $# -eq 0 || " $* " == *" $name "* ]] || continue
  count=$((count + 1))
  build_with "$patch" "$work/buggy"
  status=0
  timeout 600 "$work/buggy" --schedules "$schedules" --no-shrink > "$work/out" 2>&1 || status=$?
  if [[ $status -eq 0 ]]; then
    missed+=("$name")
    echo "bugs: $name: NOT FOUND by $schedules schedules"
  else
    echo "bugs: $name: found: $(grep -m1 -E '^simulate: ' "$work/out" || tail -n 1 "$work/out")" | cut -c1-240
  fi
done
[[ $count -gt 0 ]] || { echo "bugs: no such patch" >&2; exit 1; }
timeout 600 "$build/bin/simulate" --schedules "$schedules" > "$work/out" 2>&1 || { cat "$work/out" >&2; echo "bugs: fails without any" >&2; exit 1; }
[[ ${#missed[@]} -eq 0 ]] || exit 1
echo "bugs: all $count found; $schedules schedules pass without them"
