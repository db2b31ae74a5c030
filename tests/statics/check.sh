#!/bin/sh
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#
# check.sh COMPILER: the library has no global state and does nothing at exit. Compiles all of it header-only and looks
# for variables of namespace penstock in writable memory (a static with a destructor is always one) and for their
# guards. What Boost and the standard library keep is theirs.
set -eu
compiler=${1:-c++}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Writable variables of ours in an object file. The error categories are constants, in which Boost keeps a mutable cache.
ours() {
    objdump -t -C "$1" | grep -E '[[:space:]](\.data|\.bss|\.tdata|\.tbss)' | grep -v '\.data\.rel\.ro' |
        grep -E '[[:space:]](guard variable for )?penstock::' |
        grep -vE 'penstock::(penstock|condition)_category\(\)::instance$' || true
}
compile() { "$compiler" -std=c++20 -O0 -fno-pie -I"$root/include" -c "$1" -o "$2"; }

# The check itself: it must see each kind.
cat >"$work/bad.cpp" <<'END'
#include <string>
namespace penstock {
inline std::size_t local() { static std::string kept; return kept.size(); }
inline std::string shared{"x"};
static std::string own{"y"};
inline thread_local std::string per_thread{"z"};
inline int counter = 1;
inline constexpr int fine[] = {1, 2};
std::size_t use() { return local() + shared.size() + own.size() + per_thread.size() + static_cast<std::size_t>(++counter + fine[1]); }
}
END
compile "$work/bad.cpp" "$work/bad.o"
for name in 'penstock::local()::kept' 'guard variable for penstock::local()::kept' 'penstock::shared' 'penstock::own' \
            'penstock::per_thread' 'penstock::counter'; do
    ours "$work/bad.o" | grep -qF "$name" || { echo "statics: the check does not see $name"; exit 1; }
done
if ours "$work/bad.o" | grep -q fine; then echo "statics: the check minds a constant"; exit 1; fi

printf '#include <penstock.hpp>\n#include <penstock/testing/s3_server.hpp>\n' >"$work/all.cpp"
compile "$work/all.cpp" "$work/all.o"
objdump -t -C "$work/all.o" | grep -q 'penstock::s3::client' || { echo "statics: nothing was compiled"; exit 1; }
found=$(ours "$work/all.o")
if [ -n "$found" ]; then
    echo "statics: global state of ours:"
    echo "$found"
    exit 1
fi
echo "statics: none"
