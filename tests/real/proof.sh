#!/usr/bin/env bash
# Other libraries vouch for ours, in one process. arrow: columns go from pyarrow, polars and duckdb to penstock and back, by the
# Arrow C interfaces and by IPC streams and files. text: CSV and JSON that they and Python's own modules write are read, and they
# read what penstock writes. The packages are those of requirements.txt in arrow, which pip puts into a folder of their own, once.
#   proof.sh arrow|text
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
proof="$1"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

. ./venv.sh
python_venv arrow arrow/requirements.txt || exit 0

codecs=(ZSTD LZ4)
libraries=(-lzstd -llz4)
if [[ "$proof" == text ]]; then
  codecs+=(BZIP2 LZMA BROTLI SNAPPY)
  libraries+=(-lbz2 -llzma -lbrotlidec -lbrotlienc -lsnappy)
fi

# Header-only and without sanitizers, which a foreign process would have to be started with.
compiler="${CXX:-g++}"
command -v ccache >/dev/null && compiler="ccache $compiler"
$compiler -std=c++20 -O1 -fPIC -I../../include -I.. "${codecs[@]/#/-DPENSTOCK_HAS_}" -c "$proof/bridge.cpp" -o "$work/bridge.o"
${CXX:-g++} -shared "$work/bridge.o" -o "$work/bridge.so" -Wl,--no-undefined "${libraries[@]}" -lsimdjson -lz -lpthread

PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1 timeout 300 "$venv/bin/python" "$proof/proof.py" "$work/bridge.so" "$work"
