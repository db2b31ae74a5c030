#!/usr/bin/env bash
# Runs the integration suites on S3 servers by others, each plain and, where it can, with TLS: that of S3, and, where the server
# has STS, that of roles, with an issuer of web identities.
#   run.sh REAL-S3-SCRIPT PROGRAM-FOLDER STORE...
set -euo pipefail

script="$1" programs="$2" here="$(dirname "${BASH_SOURCE[0]}")"
shift 2

work="$(mktemp -d)"
port=18900
status=0
issuer_pid=""
cleanup() {
  [[ -z "$issuer_pid" ]] || kill "$issuer_pid" 2>/dev/null || true
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

# The issuer, and the name that MinIO gives the role of its client.
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/issuer.key" 2>/dev/null
exec 3< <(exec python3 "$here/issuer.py" "$work/issuer.key" "$port")
issuer_pid=$!
read -r -t 20 PENSTOCK_REAL_S3_OIDC <&3 || { echo "real: the issuer did not start" >&2; exit 1; }
PENSTOCK_TEST_ISSUER_KEY="$work/issuer.key"
PENSTOCK_TEST_MINIO_ROLE="$(printf penstock | openssl dgst -sha1 -binary | openssl base64 | tr -d = | tr '+/' '-_')"
export PENSTOCK_REAL_S3_OIDC PENSTOCK_TEST_ISSUER_KEY PENSTOCK_TEST_MINIO_ROLE

suites_of() {  # STORE
  case "$1" in
    seaweedfs | minio) echo integration_s3 integration_sts ;;
    *) echo integration_s3 ;;
  esac
}

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
    failed=0
    for suite in $(suites_of "$store"); do
      timeout 300 "$programs/$suite" || failed=1
    done
    exit $failed
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
  [[ "$store" != s3s ]] || continue # has no TLS
  run_on "$store" --tls "$work/server.pem" "$work/server.key"
done
exit $status
