#!/usr/bin/env bash
# CSV and JSON that pyarrow, polars, duckdb and Python's own modules write are read, and they read what penstock writes. The
# packages are those of arrow/requirements.txt, which pip puts into a folder of its own, once.
#   text.sh
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

. ./venv.sh
python_venv arrow arrow/requirements.txt || exit 0

# Header-only and without sanitizers, which a foreign process would have to be started with.
compiler="${CXX:-g++}"
command -v ccache >/dev/null && compiler="ccache $compiler"
$compiler -std=c++20 -O1 -fPIC -I../../include -I.. -DPENSTOCK_HAS_ZSTD=1 -DPENSTOCK_HAS_LZ4=1 -DPENSTOCK_HAS_BZIP2=1 \
  -DPENSTOCK_HAS_LZMA=1 -DPENSTOCK_HAS_BROTLI=1 -DPENSTOCK_HAS_SNAPPY=1 -c text/bridge.cpp -o "$work/bridge.o"
${CXX:-g++} -shared "$work/bridge.o" -o "$work/bridge.so" -Wl,--no-undefined -lzstd -llz4 -lbz2 -llzma -lbrotlidec -lbrotlienc \
  -lsnappy -lsimdjson -lz -lpthread

PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1 timeout 300 "$venv/bin/python" text/proof.py "$work/bridge.so" "$work"
