#!/usr/bin/env bash
# Runs the integration suite on S3 servers by others, each plain and with TLS.
#   run.sh REAL-S3-SCRIPT SUITE-PROGRAM STORE...
set -euo pipefail

script="$1" program="$2"
shift 2

work="$(mktemp -d)"
port=18900
status=0
cleanup() {
  for store in "${started[@]:-}"; do
    [[ -n "$store" ]] && bash "$script" stop "${store%:*}" "${store#*:}" >/dev/null 2>&1
  done
  rm -rf "$work"
}
started=()
trap cleanup EXIT

# A CA of our own, and a certificate for the loopback address.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=penstock test CA" \
  -keyout "$work/ca.key" -out "$work/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
  -keyout "$work/server.key" -out "$work/server.csr" 2>/dev/null
openssl x509 -req -in "$work/server.csr" -CA "$work/ca.pem" -CAkey "$work/ca.key" -CAcreateserial -days 2 \
  -extfile <(printf 'subjectAltName=DNS:localhost,DNS:*.s3.localhost,IP:127.0.0.1') -out "$work/server.pem" 2>/dev/null

run_on() {  # STORE [TLS-ARGUMENT...]
  local store="$1" label variables
  shift
  label="$store $([[ $# -gt 0 ]] && echo TLS || echo plain)"
  port=$((port + 20))
  if ! variables="$(bash "$script" start "$store" "$work/$store-$port" "$port" "$@")"; then
    echo "real: $label: did not start" >&2
    status=1
    return
  fi
  started+=("$store:$port")
  if (
    eval "$variables"
    [[ $# -eq 0 ]] || export AWS_CA_BUNDLE="$work/ca.pem"
    export PENSTOCK_TEST_STORE="$store" AWS_EC2_METADATA_DISABLED=true
    timeout 300 "$program"
  ); then
    echo "real: $label: passed"
  else
    echo "real: $label: FAILED" >&2
    status=1
  fi
  bash "$script" stop "$store" "$port" >/dev/null 2>&1 || true
}

for store in "$@"; do
  run_on "$store"
  run_on "$store" --tls "$work/server.pem" "$work/server.key"
done
exit $status
