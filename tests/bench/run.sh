#!/usr/bin/env bash
# Benchmarks on loopback, interleaved with the plainest programs for the same job; ratios of CPU seconds, medians.
#   run.sh [transport] [small] [memory] [budget] [cancel] [codec] [latency]      PENSTOCK_BENCH_PAIRS: how many pairs (7; small: 20)
# Needs nginx and 1.7 GiB in /dev/shm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

bin="$PWD/build/release/tests/bench"
peer="$PWD/build/release/penstock_peer"
data="$(mktemp -d /dev/shm/penstock-bench-XXXXXX)"
plain=18181 tls=18182
cleanup() {
  [[ -n "${servers:-}" ]] && kill $servers 2>/dev/null
  [[ -f "$data/nginx.pid" ]] && kill "$(cat "$data/nginx.pid")" 2>/dev/null
  rm -rf "$data"
}
trap cleanup EXIT

mkdir -p "$data/www/bench"
head -c 1073741824 /dev/urandom > "$data/www/bench/1g"
head -c 4096 /dev/urandom > "$data/www/bench/4k"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$data/key.pem" -out "$data/cert.pem" \
  -days 2 -subj /CN=localhost -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>/dev/null
cat > "$data/nginx.conf" <<CONF
worker_processes 2; pid $data/nginx.pid; error_log $data/error.log;
$([[ $(id -u) -eq 0 ]] && echo "user root;")
events { worker_connections 4096; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; keepalive_timeout 600s;
  open_file_cache max=100; sendfile_max_chunk 2m; default_type application/octet-stream;
  client_body_temp_path $data/t1; proxy_temp_path $data/t2; fastcgi_temp_path $data/t3; uwsgi_temp_path $data/t4; scgi_temp_path $data/t5;
  server { listen 127.0.0.1:$plain backlog=1024; root $data/www; }
  server { listen 127.0.0.1:$tls ssl; root $data/www; ssl_certificate $data/cert.pem; ssl_certificate_key $data/key.pem;
           ssl_protocols TLSv1.3; ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; output_buffers 2 256k; }
}
CONF
nginx -c "$data/nginx.conf"

export AWS_ACCESS_KEY_ID=bench AWS_SECRET_ACCESS_KEY=bench AWS_REGION=us-east-1 AWS_EC2_METADATA_DISABLED=true
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null

cpu_of() { "$@" | sed -n 's/.*"cpu":\([0-9.]*\).*/\1/p'; }
per_request() { "$@" | sed -n 's/.*cpu_us_per_req=\([0-9.]*\).*/\1/p'; }
median() { sort -g | awk '{v[NR]=$1} END {print (NR%2) ? v[(NR+1)/2] : (v[NR/2]+v[NR/2+1])/2}'; }

# pairs LABEL N 'OURS' 'THEIRS' MEASURE: the two in turn, N times
pairs() {
  local label="$1" n="$2" ours="$3" theirs="$4" measure="$5" i a b as="" bs="" rs="" ds=""
  for ((i = 0; i < n; i++)); do
    a="$($measure $ours)" b="$($measure $theirs)"
    as+="$a"$'\n' bs+="$b"$'\n'
    rs+="$(awk -v a="$a" -v b="$b" 'BEGIN {print a/b}')"$'\n'
    ds+="$(awk -v a="$a" -v b="$b" 'BEGIN {print a-b}')"$'\n'
  done
  printf '%-42s ours %8.3f  theirs %8.3f  ratio %6.3f  difference %7.3f   (medians of %d pairs)\n' "$label" \
    "$(printf %s "$as" | median)" "$(printf %s "$bs" | median)" "$(printf %s "$rs" | median)" \
    "$(printf %s "$ds" | median)" "$n"
}

bench_transport() {
  local n="${PENSTOCK_BENCH_PAIRS:-7}"
  export AWS_ENDPOINT_URL="http://127.0.0.1:$plain"
  pairs "1 GiB plain, CPU s, against recv" "$n" "$peer --workload W1 --url s3://bench/1g" "$bin/floor recv $plain /bench/1g" cpu_of
  export AWS_ENDPOINT_URL="https://127.0.0.1:$tls" AWS_CA_BUNDLE="$data/cert.pem"
  pairs "1 GiB TLS, CPU s, against SSL_read" "$n" "$peer --workload W1 --url s3://bench/1g" "$bin/floor sslread $tls /bench/1g" cpu_of
  pairs "1 GiB TLS, CPU s, against asio::ssl" "$n" "$peer --workload W1 --url s3://bench/1g" "$bin/floor asiossl $tls /bench/1g" cpu_of
}

bench_small() {
  local n="${PENSTOCK_BENCH_PAIRS:-20}" c
  export AWS_ENDPOINT_URL="http://127.0.0.1:$plain"
  for c in 16 64; do
    pairs "4 KiB signed GET, $c connections, us" "$n" "$bin/small_get s3://bench/4k $c 20000" \
      "$bin/floor epoll $plain /bench/4k $c 20000" per_request
  done
}

bench_memory() {
  export AWS_ENDPOINT_URL="http://127.0.0.1:$plain"
  local line
  line="$({ /usr/bin/time -f 'peak %M KiB' "$peer" --workload W1 --url s3://bench/1g >/dev/null; } 2>&1)" ||
    line="install the package 'time' for this"
  echo "1 GiB GET, memory: $line"
}

# Growth of the process beyond its idle state; goal: the budget and 4 MiB.
bench_budget() {
  local growth="$bin/memory_budget" tool="$PWD/build/release/penstock" try
  mkdir -p "$data/plain/bench" "$data/tls/bench"
  ln "$data/www/bench/1g" "$data/plain/bench/1g"
  ln "$data/www/bench/1g" "$data/tls/bench/1g"
  head -c 16777216 /dev/urandom > "$data/plain/bench/16m"
  ln "$data/plain/bench/16m" "$data/tls/bench/16m"
  "$tool" serve "$data/plain" --port 18183 --access-key bench --secret-key bench > "$data/plain.url" & servers="$!"
  "$tool" serve "$data/tls" --port 18184 --tls "$data/cert.pem" "$data/key.pem" --access-key bench --secret-key bench \
    > "$data/tls.url" & servers+=" $!"
  for try in {1..100}; do [[ -s "$data/plain.url" && -s "$data/tls.url" ]] && break; sleep 0.1; done
  export AWS_ENDPOINT_URL="http://127.0.0.1:18183"
  "$growth" download s3://bench/1g 8
  "$growth" upload s3://bench/up 8 1024
  "$growth" streams s3://bench/16m 8 100
  export AWS_ENDPOINT_URL="https://127.0.0.1:18184" AWS_CA_BUNDLE="$data/cert.pem"
  "$growth" download s3://bench/1g 8
  "$growth" upload s3://bench/up 8 1024
  "$growth" streams s3://bench/16m 16 100
}

bench_cancel() { "$bin/cancel_latency"; }

bench_codec() { "$bin/codec_overhead"; }

# How late a timer of 1 ms is beside a parser: idle, in the same io_context, on a compute executor, idle again.
bench_latency() {
  local d="$data/latency"
  mkdir -p "$d"
  awk 'BEGIN { for (i = 0; i < 4000000; ++i)
    printf "%d,2026-01-%02d %02d:%02d:%02d,%d.%02d,zone %d,\"%s\"\n", i, i % 28 + 1, i % 24, i % 60, i % 59, i % 97, i % 100, i % 61, i % 7 ? "some words, a comma" : "" }' \
    | (echo id,at,fare,zone,note; cat) > "$d/trips.csv"
  awk 'BEGIN { for (i = 0; i < 2500000; ++i)
    printf "{\"id\":%d,\"at\":\"2026-01-%02dT%02d:%02d:%02d\",\"fare\":%d.%02d,\"zone\":\"zone %d\",\"note\":%s}\n", i, i % 28 + 1, i % 24, i % 60, i % 59, i % 97, i % 100, i % 61, i % 7 ? "\"some words\"" : "null" }' \
    > "$d/trips.jsonl"
  gzip -1 -c "$d/trips.csv" > "$d/trips.csv.gz"
  zstd -q -c "$d/trips.csv" > "$d/trips.csv.zst"
  "$bin/parse_latency" "$d/trips.csv" "$d/trips.jsonl" "$d/trips.csv.gz" "$d/trips.csv.zst"
}

[[ $# -gt 0 ]] || set -- transport small memory budget cancel codec latency
for what in "$@"; do
  case "$what" in
    transport | small | memory | budget | cancel | codec | latency) "bench_$what" ;;
    compile) tests/bench/compile_time.sh ;;
    *) echo "no benchmark '$what'" >&2; exit 2 ;;
  esac
done
