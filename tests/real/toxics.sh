#!/usr/bin/env bash
# Writes and reads through toxiproxy, in front of VersityGW, while the network is bad in one way after another. Every transfer
# must end right or with a clear error, and none may leave part of a file; when the network is good again, all must work.
#   toxics.sh REAL-S3-SCRIPT PENSTOCK-TOOL
set -euo pipefail

script="$1" tool="$(realpath "$2")"
work="$(mktemp -d)"
store_port=19760 api_port=19780 proxy_port=19790
status=0
cleanup() {
  bash "$script" stop versitygw "$store_port" >/dev/null 2>&1 || true
  bash "$script" stop toxiproxy "$api_port" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT

variables="$(bash "$script" start versitygw "$work/store" "$store_port")"
bash "$script" start toxiproxy "$work/proxy" "$api_port" >/dev/null
api="http://127.0.0.1:$api_port"
call() { curl -sS --fail --noproxy '*' -o /dev/null "$@"; }
call -X POST "$api/proxies" -d "{\"name\":\"s3\",\"listen\":\"127.0.0.1:$proxy_port\",\"upstream\":\"127.0.0.1:$store_port\",\"enabled\":true}"

eval "$variables"
export AWS_ENDPOINT_URL="http://127.0.0.1:$proxy_port" AWS_EC2_METADATA_DISABLED=true
head -c 3000000 /dev/urandom > "$work/small"
head -c 12000000 /dev/urandom > "$work/large"
"$tool" mb s3://toxics

complain() { echo "toxics: $*" >&2; status=1; }

transfer() {  # MUST-WORK LABEL
  local must="$1" label="$2" file ended outcome=""
  for file in small large; do
    ended=0
    rm -f "$work/back"
    timeout 300 "$tool" cp "$work/$file" "s3://toxics/$file-$label" > /dev/null 2> "$work/error" || ended=$?
    if [[ $ended -eq 0 ]]; then
      timeout 300 "$tool" cp "s3://toxics/$file-$label" "$work/back" > /dev/null 2> "$work/error" || ended=$?
      [[ $ended -ne 0 ]] || cmp -s "$work/$file" "$work/back" || complain "$label: $file came back as something else"
    fi
    if [[ $ended -ne 0 ]]; then
      [[ $ended -lt 124 ]] || complain "$label: $file: ended with $ended, by force or a crash"
      grep -q "s3://toxics/" "$work/error" || complain "$label: $file: no clear error: $(head -c 300 "$work/error")"
      [[ ! -e "$work/back" ]] || complain "$label: $file: a part of it was left"
      [[ $must != yes ]] || complain "$label: $file failed: $(head -n 1 "$work/error")"
      outcome+=" $file: failed clearly"
    else
      outcome+=" $file: right"
    fi
  done
  echo "toxics: $label:$outcome"
}

toxic() {  # MUST-WORK TYPE STREAM TOXICITY ATTRIBUTES
  call -X POST "$api/proxies/s3/toxics" -d "{\"name\":\"t\",\"type\":\"$2\",\"stream\":\"$3\",\"toxicity\":$4,\"attributes\":{$5}}"
  transfer "$1" "$2-$3"
  call -X DELETE "$api/proxies/s3/toxics/t"
}

transfer yes none
toxic yes latency downstream 1 '"latency":200,"jitter":100'
toxic yes latency upstream 1 '"latency":200,"jitter":100'
toxic yes bandwidth downstream 1 '"rate":4000'
toxic yes bandwidth upstream 1 '"rate":4000'
toxic yes slow_close downstream 1 '"delay":1000'
toxic yes slicer downstream 1 '"average_size":1000,"size_variation":500,"delay":10'
toxic no reset_peer downstream 0.3 '"timeout":50'
toxic no reset_peer upstream 0.3 '"timeout":50'
toxic no limit_data downstream 1 '"bytes":4000000'
toxic no limit_data upstream 1 '"bytes":4000000'
toxic no timeout downstream 0.2 '"timeout":500'
toxic no timeout upstream 0.2 '"timeout":500'
transfer yes again
exit $status
