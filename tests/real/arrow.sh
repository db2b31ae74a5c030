#!/usr/bin/env bash
# Hands columns from pyarrow, polars and duckdb to penstock and back, by the Arrow C interfaces in one process and by IPC
# streams and files. The packages are those of arrow/requirements.txt, which pip puts into a folder of its own, once.
#   arrow.sh
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

. ./venv.sh
python_venv arrow arrow/requirements.txt || exit 0

# Header-only and without sanitizers, which a foreign process would have to be started with.
compiler="${CXX:-g++}"
command -v ccache >/dev/null && compiler="ccache $compiler"
$compiler -std=c++20 -O1 -fPIC -I../../include -I.. -DPENSTOCK_HAS_ZSTD=1 -DPENSTOCK_HAS_LZ4=1 \
  -c arrow/bridge.cpp -o "$work/bridge.o"
${CXX:-g++} -shared "$work/bridge.o" -o "$work/bridge.so" -Wl,--no-undefined -lzstd -llz4 -lsimdjson -lz -lpthread

PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1 timeout 300 "$venv/bin/python" arrow/proof.py "$work/bridge.so" "$work"
