#!/bin/sh
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#
# aws as the client of the embedded server: high-level s3 commands and the pages of s3api.
# usage: awscli_client.sh SERVER [AWS]    Debian's aws where none is named
set -eu

serve=$1
program=${2:-/usr/bin/aws}
work=$(mktemp -d)
server=
finish() {
    # The server ends with its input.
    exec 9>&- || true
    [ -z "$server" ] || wait "$server" || true
    rm -rf "$work"
}
trap finish EXIT

fail() {
    echo "FAILED: $*" >&2
    exit 1
}

mkfifo "$work/input"
"$serve" <"$work/input" >"$work/endpoint" &
server=$!
exec 9>"$work/input"
tries=0
until [ -s "$work/endpoint" ]; do
    tries=$((tries + 1))
    [ $tries -le 100 ] || fail "the server did not start"
    sleep 0.1
done

unset AWS_PROFILE AWS_SESSION_TOKEN AWS_CA_BUNDLE http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy || true
export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE="$work/config" AWS_SHARED_CREDENTIALS_FILE=/dev/null HOME="$work"
export AWS_ACCESS_KEY_ID=AKIDPENSTOCKTEST AWS_SECRET_ACCESS_KEY='correct horse/battery+staple' AWS_PAGER=
export AWS_DEFAULT_REGION=us-east-1 AWS_MAX_ATTEMPTS=1
cat >"$work/config" <<'CONFIG'
[default]
s3 =
  addressing_style = path
  signature_version = s3v4
  multipart_threshold = 6MB
  multipart_chunksize = 5MB
CONFIG

aws() {
    timeout 60 "$program" --endpoint-url "$(cat "$work/endpoint")" --cli-connect-timeout 5 --cli-read-timeout 30 "$@"
}

aws s3 mb s3://cli-bucket
mkdir -p "$work/tree/sub dir/é"
echo one >"$work/tree/one.txt"
echo two >"$work/tree/sub dir/two+2.txt"
echo three >"$work/tree/sub dir/é/three#?.txt"
head -c 13000000 /dev/urandom >"$work/tree/large.bin"

aws s3 cp --no-progress --recursive "$work/tree" s3://cli-bucket/pre/
aws s3 ls --recursive s3://cli-bucket/ >"$work/listing"
[ "$(wc -l <"$work/listing")" = 4 ] || fail "ls: $(cat "$work/listing")"
grep >/dev/null 'pre/sub dir/é/three#?.txt$' "$work/listing" || fail "ls lost a name: $(cat "$work/listing")"
aws s3 ls s3://cli-bucket/pre/ | grep >/dev/null 'PRE sub dir/' || fail "ls shows no prefix"

mkdir "$work/back"
aws s3 cp --no-progress --recursive s3://cli-bucket/pre/ "$work/back"
diff -r "$work/tree" "$work/back" || fail "what came back differs"

[ -z "$(aws s3 sync --no-progress "$work/tree" s3://cli-bucket/pre/)" ] || fail "sync found differences"
echo changed, longer >"$work/tree/one.txt"
aws s3 sync --no-progress "$work/tree" s3://cli-bucket/pre/ | grep >/dev/null one.txt || fail "sync missed a change"

aws s3 cp --no-progress s3://cli-bucket/pre/large.bin s3://cli-bucket/copied.bin
aws s3 cp --no-progress s3://cli-bucket/copied.bin - | cmp - "$work/tree/large.bin" || fail "the copy differs"
echo piped | aws s3 cp - s3://cli-bucket/piped
[ "$(aws s3 cp s3://cli-bucket/piped -)" = piped ] || fail "piped"
aws s3 mv --no-progress s3://cli-bucket/piped s3://cli-bucket/moved
[ "$(aws s3 cp s3://cli-bucket/moved -)" = piped ] || fail "moved"

url=$(aws s3 presign s3://cli-bucket/moved)
[ "$(/usr/bin/python3 -c 'import sys, urllib.request as u
print(u.build_opener(u.ProxyHandler({})).open(sys.argv[1], timeout=20).read().decode(), end="")' "$url")" = piped ] || fail "presign"

[ "$(aws s3api list-objects-v2 --bucket cli-bucket --page-size 2 --query 'length(Contents)')" = 6 ] || fail "pages"
aws s3api put-object --bucket cli-bucket --key sum --body "$work/tree/one.txt" --checksum-algorithm CRC32C >"$work/put"
grep >/dev/null ChecksumCRC32C "$work/put" || fail "no checksum: $(cat "$work/put")"
aws s3api head-object --bucket cli-bucket --key nothing 2>"$work/error" && fail "head of nothing"
grep >/dev/null 404 "$work/error" || fail "head of nothing: $(cat "$work/error")"
AWS_SECRET_ACCESS_KEY=wrong aws s3 ls 2>"$work/error" && fail "a wrong secret passed"
grep >/dev/null SignatureDoesNotMatch "$work/error" || fail "wrong secret: $(cat "$work/error")"

aws s3 rm --recursive s3://cli-bucket/ >"$work/removed"
[ "$(wc -l <"$work/removed")" = 7 ] || fail "rm: $(cat "$work/removed")"
aws s3 rb s3://cli-bucket
echo ok
