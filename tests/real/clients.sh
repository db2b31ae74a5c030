#!/usr/bin/env bash
# Runs the suites of tests/integration/python with boto3 and aws of the versions in requirements.txt, which pip puts into a
# folder of its own, once. Where it cannot, that is said; under CI=true it is a failure.
#   clients.sh SERVER METADATA
set -euo pipefail

server="$(realpath "$1")"
metadata="$(realpath "$2")"
cd "$(dirname "${BASH_SOURCE[0]}")"
suites=../integration/python
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

. ./venv.sh
python_venv clients requirements.txt || exit 0

status=0
run() {  # NAME COMMAND...
  local name="$1"
  shift
  if timeout 300 "$@" > "$work/log" 2>&1; then
    echo "real: clients: $name: passed"
  else
    cat "$work/log" >&2
    echo "real: clients: $name: FAILED" >&2
    status=1
  fi
}

boto3="boto3 $("$venv/bin/python" -c 'import boto3; print(boto3.__version__)')"
for variant in memory folder tls; do
  run "$boto3, $variant" "$venv/bin/python" "$suites/boto3_client.py" "$server" "$variant"
done
run "$boto3, credentials" "$venv/bin/python" "$suites/metadata_client.py" "$metadata" --pod-identity
run "$("$venv/bin/aws" --version | cut -d' ' -f1)" sh "$suites/awscli_client.sh" "$server" "$venv/bin/aws"
exit $status
