#!/bin/sh
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#
# check.sh SEEN LIBRARY...: the library has no global state and does nothing at exit. Looks in the static libraries for
# variables of namespace penstock in writable memory (a static with a destructor is always one) and for their guards.
# What Boost and the standard library keep is theirs. SEEN is the object file of seen.cpp.
set -eu

# Writable variables of ours in an object file or library. The error categories are constants, in which Boost keeps a
# mutable cache.
ours() {
    objdump -t -C "$1" | grep -E '[[:space:]](\.data|\.bss|\.tdata|\.tbss)' | grep -v '\.data\.rel\.ro' |
        grep -E '[[:space:]](guard variable for )?penstock::' |
        grep -vE 'penstock::(penstock|condition)_category\(\)::instance$' || true
}

# The check itself: it must see each kind.
seen=$1
shift
for name in 'penstock::local()::kept' 'guard variable for penstock::local()::kept' 'penstock::shared' 'penstock::own' \
            'penstock::per_thread' 'penstock::counter'; do
    ours "$seen" | grep -qF "$name" || { echo "statics: the check does not see $name"; exit 1; }
done
if ours "$seen" | grep -q fine; then echo "statics: the check minds a constant"; exit 1; fi

[ $# -gt 0 ] || { echo "statics: no library"; exit 1; }
status=0
for library; do
    objdump -t -C "$library" | grep -q '\.text.* penstock::' || { echo "statics: nothing of ours in $library"; exit 1; }
    found=$(ours "$library")
    [ -n "$found" ] || continue
    echo "statics: global state of ours in $library:"
    echo "$found"
    status=1
done
[ $status -ne 0 ] || echo "statics: none"
exit $status
