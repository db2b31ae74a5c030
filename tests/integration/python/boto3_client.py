# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""boto3 as the client of the embedded server: what it can do with S3, it must be able to do here.

usage: boto3_client.py SERVER memory|folder|tls
"""
import base64
import datetime
import hashlib
import hmac
import http.client
import io
import os
import re
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import zlib

os.environ.update(
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE="/dev/null",
    AWS_SHARED_CREDENTIALS_FILE="/dev/null",
)
for name in ("AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CA_BUNDLE",
             "http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
    os.environ.pop(name, None)

import boto3
import boto3.s3.transfer
import botocore.exceptions
from botocore.config import Config

KEY_ID = "AKIDPENSTOCKTEST"
SECRET = "correct horse/battery+staple"
MIB = 1 << 20


class Server:
    def __init__(self, program, variant, folder):
        command = [program]
        self.program, self.variant, self.folder = program, variant, folder
        self.ca = None
        if variant == "folder":
            command += ["--folder", os.path.join(folder, "served")]
            os.makedirs(os.path.join(folder, "served"), exist_ok=True)
        if variant == "tls":
            self.ca = os.path.join(folder, "ca.pem")
            command += ["--tls", self.ca]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        # A server that never speaks must not hang the test.
        watchdog = threading.Timer(20, self.process.kill)
        watchdog.start()
        self.endpoint = self.process.stdout.readline().strip()
        watchdog.cancel()
        if not self.endpoint:
            raise RuntimeError("the server did not start")

    def stop(self):
        self.process.stdin.close()
        status = self.process.wait(timeout=20)
        if status != 0:
            raise RuntimeError(f"the server ended with status {status}")


def make_client(server, secret=SECRET, key_id=KEY_ID, endpoint=None, **config):
    settings = dict(signature_version="s3v4", connect_timeout=5, read_timeout=30,
                    retries={"total_max_attempts": 1, "mode": "standard"}, s3={"addressing_style": "path"})
    settings.update(config)
    return boto3.client("s3", endpoint_url=endpoint or server.endpoint, region_name="us-east-1", aws_access_key_id=key_id,
                        aws_secret_access_key=secret, verify=server.ca or True, config=Config(**settings))


def expect(code, call, status=None):
    try:
        call()
    except botocore.exceptions.ClientError as e:
        got = e.response["Error"]["Code"]
        if got != code:
            raise AssertionError(f"wanted {code}, got {got}: {e}") from e
        if status is not None:
            assert e.response["ResponseMetadata"]["HTTPStatusCode"] == status, e.response
        return e.response
    raise AssertionError(f"wanted {code}, got an answer")


def connect(server):
    url = urllib.parse.urlsplit(server.endpoint)
    if url.scheme == "https":
        context = ssl.create_default_context(cafile=server.ca)
        return http.client.HTTPSConnection(url.hostname, url.port, timeout=30, context=context), url.netloc
    return http.client.HTTPConnection(url.hostname, url.port, timeout=30), url.netloc


def fetch(server, method, url, body=None, headers=None):
    connection, _ = connect(server)
    parts = urllib.parse.urlsplit(url)
    target = parts.path + ("?" + parts.query if parts.query else "")
    connection.request(method, target, body=body, headers=headers or {})
    response = connection.getresponse()
    data = response.read()
    connection.close()
    return response, data


def objects_and_ranges(server, s3):
    data = bytes(range(256)) * 40
    put = s3.put_object(Bucket="box", Key="a/b.bin", Body=data, ContentType="application/x-test", CacheControl="no-cache",
                        ContentDisposition='attachment; filename="x y"', Metadata={"colour": "blue green", "n": "1"})
    assert put["ETag"] == '"' + hashlib.md5(data).hexdigest() + '"'
    got = s3.get_object(Bucket="box", Key="a/b.bin")
    assert got["Body"].read() == data
    assert got["ContentType"] == "application/x-test" and got["CacheControl"] == "no-cache"
    assert got["ContentDisposition"] == 'attachment; filename="x y"'
    assert got["Metadata"] == {"colour": "blue green", "n": "1"}
    head = s3.head_object(Bucket="box", Key="a/b.bin")
    assert head["ContentLength"] == len(data) and head["ETag"] == put["ETag"]
    assert abs((head["LastModified"] - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 60

    for text, part in (("bytes=0-0", data[:1]), ("bytes=5-99", data[5:100]), ("bytes=10000-", data[10000:]),
                       ("bytes=-7", data[-7:]), ("bytes=10-99999999", data[10:])):
        r = s3.get_object(Bucket="box", Key="a/b.bin", Range=text)
        assert r["Body"].read() == part, text
        assert r["ResponseMetadata"]["HTTPStatusCode"] == 206
        start = len(data) - len(part) if text.endswith(("-7", "10000-")) else int(text[6:].split("-")[0])
        assert r["ContentRange"] == f"bytes {start}-{start + len(part) - 1}/{len(data)}", r["ContentRange"]
    expect("InvalidRange", lambda: s3.get_object(Bucket="box", Key="a/b.bin", Range="bytes=99999999-"), 416)

    s3.put_object(Bucket="box", Key="empty", Body=b"")
    assert s3.get_object(Bucket="box", Key="empty")["Body"].read() == b""
    expect("InvalidRange", lambda: s3.get_object(Bucket="box", Key="empty", Range="bytes=0-"), 416)

    expect("NoSuchKey", lambda: s3.get_object(Bucket="box", Key="nothing"), 404)
    expect("NoSuchBucket", lambda: s3.get_object(Bucket="no-such-bucket", Key="x"), 404)
    expect("404", lambda: s3.head_object(Bucket="box", Key="nothing"), 404)
    s3.delete_object(Bucket="box", Key="empty")
    s3.delete_object(Bucket="box", Key="empty")
    expect("NoSuchKey", lambda: s3.get_object(Bucket="box", Key="empty"))


def conditions(server, s3):
    etag = s3.put_object(Bucket="box", Key="cond", Body=b"one")["ETag"]
    other = '"' + "0" * 32 + '"'
    past = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc)
    future = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=1)
    get = lambda **kw: s3.get_object(Bucket="box", Key="cond", **kw)
    assert get(IfMatch=etag)["Body"].read() == b"one"
    expect("PreconditionFailed", lambda: get(IfMatch=other), 412)
    expect("304", lambda: get(IfNoneMatch=etag), 304)
    assert get(IfNoneMatch=other)["Body"].read() == b"one"
    assert get(IfModifiedSince=past)["Body"].read() == b"one"
    expect("304", lambda: get(IfModifiedSince=future), 304)
    expect("PreconditionFailed", lambda: get(IfUnmodifiedSince=past), 412)
    assert get(IfUnmodifiedSince=future)["Body"].read() == b"one"

    # botocore 1.29 does not know conditional writes: the header is added by hand and signed with the rest.
    def add(headers):
        def handler(request, **_):
            for name, value in headers.items():
                request.headers[name] = value
        return handler

    def put(headers, key):
        handler = add(headers)
        s3.meta.events.register("before-sign.s3.PutObject", handler)
        try:
            return s3.put_object(Bucket="box", Key=key, Body=b"two")
        finally:
            s3.meta.events.unregister("before-sign.s3.PutObject", handler)

    expect("PreconditionFailed", lambda: put({"If-None-Match": "*"}, "cond"), 412)
    put({"If-None-Match": "*"}, "cond-new")
    expect("PreconditionFailed", lambda: put({"If-Match": other}, "cond"), 412)
    expect("NoSuchKey", lambda: put({"If-Match": other}, "cond-missing"), 404)
    put({"If-Match": etag}, "cond")
    assert get()["Body"].read() == b"two"


ODD_KEYS = ["a+b c%20é/..;?#", "/leading", "double//slash", "trailing/", "dots/../up", "./here", "日本語/キー", "😀", "~tilde-_.!*'()",
            "q=1&r=2", "%41%zz", "space at end ", " space at start", "back\\slash", "quote\"and'", "<xml>&amp;", "tab\there",
            "new\nline", "colon:semi;comma,", "=+$@", "a" * 255, "penstock/.penstock-f-x", ".penstock-d-y/z", "..", "."]


def odd_keys(server, s3):
    for key in ODD_KEYS:
        s3.put_object(Bucket="odd", Key=key, Body=key.encode(), Metadata={"k": urllib.parse.quote(key)})
    for key in ODD_KEYS:
        got = s3.get_object(Bucket="odd", Key=key)
        assert got["Body"].read() == key.encode(), key
        assert got["Metadata"]["k"] == urllib.parse.quote(key), key
        s3.head_object(Bucket="odd", Key=key)
    listed = [o["Key"] for page in s3.get_paginator("list_objects_v2").paginate(Bucket="odd", PaginationConfig={"PageSize": 4})
              for o in page.get("Contents", [])]
    assert listed == sorted(ODD_KEYS, key=lambda k: k.encode()), (listed, sorted(ODD_KEYS))
    listed = [o["Key"] for page in s3.get_paginator("list_objects").paginate(Bucket="odd", PaginationConfig={"PageSize": 4})
              for o in page.get("Contents", [])]
    assert listed == sorted(ODD_KEYS, key=lambda k: k.encode())
    for key in ODD_KEYS[:6]:
        s3.copy_object(Bucket="odd", Key="copy of " + key, CopySource={"Bucket": "odd", "Key": key})
        assert s3.get_object(Bucket="odd", Key="copy of " + key)["Body"].read() == key.encode()
        s3.delete_object(Bucket="odd", Key="copy of " + key)
    for key in ODD_KEYS[:8]:
        url = s3.generate_presigned_url("get_object", Params={"Bucket": "odd", "Key": key}, ExpiresIn=60)
        response, data = fetch(server, "GET", url)
        assert (response.status, data) == (200, key.encode()), (key, response.status, data)
    expressible = [k for k in ODD_KEYS]
    result = s3.delete_objects(Bucket="odd", Delete={"Objects": [{"Key": k} for k in expressible]})
    assert sorted(d["Key"] for d in result["Deleted"]) == sorted(expressible) and "Errors" not in result, result
    assert s3.list_objects_v2(Bucket="odd")["KeyCount"] == 0


def lists(server, s3):
    keys = [f"l/{d}/{n:03}" for d in ("x", "y", "z") for n in range(20)] + ["l/top1", "l/x", "l/x.txt", "m"]
    if server_is_folder:
        keys.remove("l/x")  # a file and a folder cannot share a name
    for key in keys:
        s3.put_object(Bucket="list", Key=key, Body=b"x")
    keys.sort()
    for size in (1, 7, 1000):
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket="list", PaginationConfig={"PageSize": size}))
        assert [o["Key"] for p in pages for o in p.get("Contents", [])] == keys, size
        assert len(pages) == -(-len(keys) // size)
        v1 = list(s3.get_paginator("list_objects").paginate(Bucket="list", PaginationConfig={"PageSize": size}))
        assert [o["Key"] for p in v1 for o in p.get("Contents", [])] == keys, size
    for size in (1, 2, 1000):
        for paginator in ("list_objects_v2", "list_objects"):
            pages = list(s3.get_paginator(paginator).paginate(Bucket="list", Prefix="l/", Delimiter="/",
                                                              PaginationConfig={"PageSize": size}))
            found = [o["Key"] for p in pages for o in p.get("Contents", [])]
            prefixes = [c["Prefix"] for p in pages for c in p.get("CommonPrefixes", [])]
            assert found == [k for k in keys if k.startswith("l/") and "/" not in k[2:]], (paginator, size, found)
            assert prefixes == ["l/x/", "l/y/", "l/z/"], (paginator, size, prefixes)
    after = s3.list_objects_v2(Bucket="list", StartAfter="l/y/010")
    assert after["Contents"][0]["Key"] == "l/y/011"
    one = s3.list_objects_v2(Bucket="list", MaxKeys=1)["Contents"][0]
    assert one["Size"] == 1 and one["ETag"] == '"' + hashlib.md5(b"x").hexdigest() + '"'
    none = s3.list_objects_v2(Bucket="list", MaxKeys=0)
    assert none["KeyCount"] == 0 and not none["IsTruncated"]
    assert "Contents" not in s3.list_objects_v2(Bucket="list", Prefix="nothing/")
    expect("InvalidArgument", lambda: s3.list_objects_v2(Bucket="list", ContinuationToken="rubbish"), 400)
    expect("NoSuchBucket", lambda: s3.list_objects_v2(Bucket="no-such-bucket"), 404)
    expect("BucketNotEmpty", lambda: s3.delete_bucket(Bucket="list"), 409)


def multipart(server, s3):
    data = os.urandom(12 * MIB + 345)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB, max_concurrency=3)
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, "in"), os.path.join(folder, "out")
        with open(source, "wb") as f:
            f.write(data)
        s3.upload_file(source, "box", "multi/file", Config=config, ExtraArgs={"Metadata": {"m": "1"}, "ContentType": "x/y"})
        s3.download_file("box", "multi/file", target, Config=config)
        with open(target, "rb") as f:
            assert f.read() == data
    head = s3.head_object(Bucket="box", Key="multi/file")
    parts = [data[i:i + 5 * MIB] for i in range(0, len(data), 5 * MIB)]
    etag = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).hexdigest()
    assert head["ETag"] == f'"{etag}-3"' and head["Metadata"] == {"m": "1"} and head["ContentType"] == "x/y"
    second = s3.get_object(Bucket="box", Key="multi/file", PartNumber=2)
    assert second["PartsCount"] == 3 and second["Body"].read() == parts[1]

    s3.copy({"Bucket": "box", "Key": "multi/file"}, "box", "multi/copy", Config=config)
    assert s3.get_object(Bucket="box", Key="multi/copy")["Body"].read() == data

    upload = s3.create_multipart_upload(Bucket="box", Key="multi/hand")["UploadId"]
    ids = dict(Bucket="box", Key="multi/hand", UploadId=upload)
    listed = s3.list_multipart_uploads(Bucket="box")["Uploads"]
    assert [(u["Key"], u["UploadId"]) for u in listed] == [("multi/hand", upload)]
    one = s3.upload_part(PartNumber=1, Body=b"small", **ids)["ETag"]
    copied = s3.upload_part_copy(PartNumber=2, CopySource={"Bucket": "box", "Key": "multi/file"},
                                 CopySourceRange="bytes=10-5242999", **ids)["CopyPartResult"]["ETag"]
    assert copied == '"' + hashlib.md5(data[10:5243000]).hexdigest() + '"'
    three = s3.upload_part(PartNumber=3, Body=b"end", **ids)["ETag"]
    paged = s3.list_parts(MaxParts=2, **ids)
    assert [p["PartNumber"] for p in paged["Parts"]] == [1, 2] and paged["IsTruncated"]
    rest = s3.list_parts(PartNumberMarker=paged["NextPartNumberMarker"], **ids)
    assert [p["Size"] for p in rest["Parts"]] == [3] and not rest["IsTruncated"]
    complete = lambda *p: s3.complete_multipart_upload(
        MultipartUpload={"Parts": [{"PartNumber": n, "ETag": e} for n, e in p]}, **ids)
    expect("InvalidPartOrder", lambda: complete((2, copied), (1, one)), 400)
    expect("InvalidPart", lambda: complete((1, one), (2, three)), 400)
    expect("InvalidPart", lambda: complete((7, one)), 400)
    expect("EntityTooSmall", lambda: complete((1, one), (2, copied)), 400)
    complete((2, copied), (3, three))
    assert s3.get_object(Bucket="box", Key="multi/hand")["Body"].read() == data[10:5243000] + b"end"
    expect("NoSuchUpload", lambda: complete((2, copied)), 404)

    upload = s3.create_multipart_upload(Bucket="box", Key="multi/gone")["UploadId"]
    s3.upload_part(Bucket="box", Key="multi/gone", UploadId=upload, PartNumber=1, Body=b"x")
    s3.abort_multipart_upload(Bucket="box", Key="multi/gone", UploadId=upload)
    expect("NoSuchUpload", lambda: s3.upload_part(Bucket="box", Key="multi/gone", UploadId=upload, PartNumber=1, Body=b"x"))
    expect("NoSuchUpload", lambda: s3.abort_multipart_upload(Bucket="box", Key="multi/gone", UploadId=upload))
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="box")


def copies(server, s3):
    s3.put_object(Bucket="box", Key="c/src", Body=b"copy me", Metadata={"a": "b"}, ContentType="t/u")
    etag = s3.copy_object(Bucket="odd", Key="c/dst", CopySource="box/c/src")["CopyObjectResult"]["ETag"]
    assert etag == '"' + hashlib.md5(b"copy me").hexdigest() + '"'
    head = s3.head_object(Bucket="odd", Key="c/dst")
    assert head["Metadata"] == {"a": "b"} and head["ContentType"] == "t/u"
    s3.copy_object(Bucket="odd", Key="c/dst", CopySource="box/c/src", MetadataDirective="REPLACE", Metadata={"c": "d"})
    assert s3.head_object(Bucket="odd", Key="c/dst")["Metadata"] == {"c": "d"}
    expect("PreconditionFailed", lambda: s3.copy_object(Bucket="odd", Key="c/dst", CopySource="box/c/src",
                                                        CopySourceIfMatch='"' + "0" * 32 + '"'), 412)
    expect("NoSuchKey", lambda: s3.copy_object(Bucket="odd", Key="c/dst", CopySource="box/c/missing"), 404)
    expect("InvalidRequest", lambda: s3.copy_object(Bucket="box", Key="c/src", CopySource="box/c/src"), 400)
    s3.delete_object(Bucket="odd", Key="c/dst")


def batch_delete(server, s3):
    for n in range(3):
        s3.put_object(Bucket="box", Key=f"d/{n}", Body=b"x")
    result = s3.delete_objects(Bucket="box", Delete={"Quiet": True, "Objects": [{"Key": "d/0"}, {"Key": "d/none"}]})
    assert "Deleted" not in result and "Errors" not in result
    result = s3.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "d/1"}, {"Key": "d/2", "VersionId": "v"}]})
    assert [d["Key"] for d in result["Deleted"]] == ["d/1"]
    assert [(e["Key"], e["Code"]) for e in result["Errors"]] == [("d/2", "InvalidArgument")]  # "v" is no id of a version


def checksums(server, s3):
    data = b"checksummed " * 1000
    crc = base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode()
    sha = base64.b64encode(hashlib.sha256(data).digest()).decode()
    put = s3.put_object(Bucket="box", Key="sum", Body=data, ChecksumAlgorithm="CRC32")  # aws-chunked with a trailer over TLS
    assert put["ChecksumCRC32"] == crc
    got = s3.get_object(Bucket="box", Key="sum", ChecksumMode="ENABLED")
    assert got["ChecksumCRC32"] == crc and got["Body"].read() == data
    assert "ContentEncoding" not in got, got["ContentEncoding"]
    s3.put_object(Bucket="box", Key="sum", Body=data, ChecksumSHA256=sha)
    assert s3.head_object(Bucket="box", Key="sum", ChecksumMode="ENABLED")["ChecksumSHA256"] == sha
    bad = base64.b64encode(b"\0" * 32).decode()
    expect("BadDigest", lambda: s3.put_object(Bucket="box", Key="sum2", Body=data, ChecksumSHA256=bad), 400)
    expect("BadDigest", lambda: s3.put_object(Bucket="box", Key="sum2", Body=data,
                                              ContentMD5=base64.b64encode(b"\0" * 16).decode()), 400)
    expect("404", lambda: s3.head_object(Bucket="box", Key="sum2"))
    upload = s3.create_multipart_upload(Bucket="box", Key="sum3", ChecksumAlgorithm="SHA256")["UploadId"]
    part = s3.upload_part(Bucket="box", Key="sum3", UploadId=upload, PartNumber=1, Body=data, ChecksumAlgorithm="SHA256")
    assert part["ChecksumSHA256"] == sha
    done = s3.complete_multipart_upload(Bucket="box", Key="sum3", UploadId=upload, MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": part["ETag"], "ChecksumSHA256": sha}]})
    whole = base64.b64encode(hashlib.sha256(hashlib.sha256(data).digest()).digest()).decode() + "-1"
    assert done["ChecksumSHA256"] == whole, done


def presigned(server, s3):
    url = s3.generate_presigned_url("put_object", Params={"Bucket": "box", "Key": "pre signed"}, ExpiresIn=60)
    response, _ = fetch(server, "PUT", url, body=b"by url")
    assert response.status == 200
    url = s3.generate_presigned_url("get_object", Params={
        "Bucket": "box", "Key": "pre signed", "ResponseContentType": "text/x-mine",
        "ResponseContentDisposition": "attachment"}, ExpiresIn=60)
    response, data = fetch(server, "GET", url, headers={"Range": "bytes=3-"})
    assert (response.status, data) == (206, b"url")
    assert response.getheader("Content-Type") == "text/x-mine"
    assert response.getheader("Content-Disposition") == "attachment"
    forged = re.sub("(Signature=.)", lambda m: "Signature=" + ("1" if m[1][-1] == "0" else "0"), url)
    response, data = fetch(server, "GET", forged)
    assert response.status == 403 and b"<Code>SignatureDoesNotMatch</Code>" in data, data
    response, data = fetch(server, "DELETE", url)
    assert response.status == 403


def sigv4(server, secret, when, key_id=KEY_ID, region="us-east-1", path="/box"):
    """A GET signed by hand, as an independent second opinion and with any clock."""
    _, host = connect(server)
    stamp, day = when.strftime("%Y%m%dT%H%M%SZ"), when.strftime("%Y%m%d")
    empty = hashlib.sha256(b"").hexdigest()
    canonical = f"GET\n{path}\nlist-type=2\nhost:{host}\nx-amz-content-sha256:{empty}\nx-amz-date:{stamp}\n\n" \
                f"host;x-amz-content-sha256;x-amz-date\n{empty}"
    scope = f"{day}/{region}/s3/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = ("AWS4" + secret).encode()
    for part in (day, region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, to_sign.encode(), hashlib.sha256).hexdigest()
    headers = {"Host": host, "x-amz-date": stamp, "x-amz-content-sha256": empty,
               "Authorization": f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, "
                                f"SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={signature}"}
    response, data = fetch(server, "GET", path + "?list-type=2", headers=headers)
    return response.status, data


def authentication(server, s3):
    now = datetime.datetime.now(datetime.timezone.utc)
    assert sigv4(server, SECRET, now)[0] == 200
    status, data = sigv4(server, SECRET, now - datetime.timedelta(minutes=20))
    assert status == 403 and b"<Code>RequestTimeTooSkewed</Code>" in data, data
    assert sigv4(server, SECRET, now + datetime.timedelta(minutes=10))[0] == 200
    status, data = sigv4(server, SECRET, now, region="eu-west-1")
    assert status == 400 and b"<Code>AuthorizationHeaderMalformed</Code>" in data and b"<Region>us-east-1</Region>" in data, data
    status, data = sigv4(server, SECRET, now, key_id="AKIDNOBODY")
    assert status == 403 and b"<Code>InvalidAccessKeyId</Code>" in data, data
    expect("SignatureDoesNotMatch", lambda: make_client(server, secret="wrong").list_buckets(), 403)
    expect("InvalidAccessKeyId", lambda: make_client(server, key_id="AKIDNOBODY").list_buckets(), 403)
    anonymous = make_client(server, signature_version=botocore.UNSIGNED)
    expect("AccessDenied", lambda: anonymous.list_objects_v2(Bucket="box"), 403)
    response, data = fetch(server, "GET", "/box")
    assert response.status == 403 and response.getheader("x-amz-request-id") and b"<RequestId>" in data


def buckets(server, s3):
    assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["box", "list", "odd"]
    assert s3.head_bucket(Bucket="box")["ResponseMetadata"]["HTTPHeaders"]["x-amz-bucket-region"] == "us-east-1"
    assert s3.get_bucket_location(Bucket="box")["LocationConstraint"] is None
    expect("BucketAlreadyOwnedByYou", lambda: s3.create_bucket(Bucket="box"), 409)
    expect("404", lambda: s3.head_bucket(Bucket="no-such-bucket"), 404)
    s3.create_bucket(Bucket="shortlived")
    s3.delete_bucket(Bucket="shortlived")
    expect("NoSuchBucket", lambda: s3.delete_bucket(Bucket="shortlived"), 404)


def versions(server, s3):
    """Versions and delete markers, as boto3 sees them; a server over a folder says that it keeps none."""
    on = {"Status": "Enabled"}
    s3.create_bucket(Bucket="history")
    assert "Status" not in s3.get_bucket_versioning(Bucket="history")
    if server.variant == "folder":
        expect("NotImplemented", lambda: s3.put_bucket_versioning(Bucket="history", VersioningConfiguration=on), 501)
        s3.delete_bucket(Bucket="history")
        return
    s3.put_object(Bucket="history", Key="k", Body=b"0")
    s3.put_bucket_versioning(Bucket="history", VersioningConfiguration=on)
    assert s3.get_bucket_versioning(Bucket="history")["Status"] == "Enabled"
    ids = ["null"] + [s3.put_object(Bucket="history", Key="k", Body=b"%d" % n)["VersionId"] for n in (1, 2)]
    assert len(set(ids)) == 3
    for n, version in enumerate(ids):
        got = s3.get_object(Bucket="history", Key="k", VersionId=version)
        assert (got["Body"].read(), got["VersionId"]) == (b"%d" % n, version)
        assert s3.head_object(Bucket="history", Key="k", VersionId=version)["VersionId"] == version
    assert s3.get_object(Bucket="history", Key="k")["VersionId"] == ids[2]
    copied = s3.copy_object(Bucket="history", Key="copy", CopySource={"Bucket": "history", "Key": "k", "VersionId": ids[1]})
    assert copied["CopySourceVersionId"] == ids[1]
    assert s3.get_object(Bucket="history", Key="copy")["Body"].read() == b"1"
    expect("NoSuchVersion", lambda: s3.get_object(Bucket="history", Key="k", VersionId="nobody"), 404)

    marker = s3.delete_object(Bucket="history", Key="k")
    assert marker["DeleteMarker"] is True and marker["VersionId"] not in ids
    expect("NoSuchKey", lambda: s3.get_object(Bucket="history", Key="k"), 404)
    expect("MethodNotAllowed", lambda: s3.get_object(Bucket="history", Key="k", VersionId=marker["VersionId"]), 405)
    assert [o["Key"] for o in s3.list_objects_v2(Bucket="history")["Contents"]] == ["copy"]

    def listed(**more):
        pages = s3.get_paginator("list_object_versions").paginate(Bucket="history", **more)
        versions, markers = [], []
        for page in pages:
            versions += [(v["Key"], v["VersionId"], v["IsLatest"]) for v in page.get("Versions", [])]
            markers += [(v["Key"], v["VersionId"], v["IsLatest"]) for v in page.get("DeleteMarkers", [])]
        return versions, markers

    want = ([("copy", copied["VersionId"], True)] + [("k", v, False) for v in reversed(ids)], [("k", marker["VersionId"], True)])
    assert listed() == want
    assert listed(PaginationConfig={"PageSize": 1}) == want
    s3.put_object(Bucket="history", Key="d/odd +%\n", Body=b"")
    page = s3.list_object_versions(Bucket="history", Delimiter="/")
    assert [p["Prefix"] for p in page["CommonPrefixes"]] == ["d/"] and len(page["Versions"]) == 4
    assert listed(Prefix="d/")[0][0][0] == "d/odd +%\n"

    # Without its marker the object is back; a version that goes leaves the one before it.
    s3.delete_object(Bucket="history", Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket="history", Key="k")["VersionId"] == ids[2]
    s3.delete_objects(Bucket="history", Delete={"Objects": [{"Key": "k", "VersionId": ids[2]}]})
    assert s3.get_object(Bucket="history", Key="k")["Body"].read() == b"1"
    s3.put_bucket_versioning(Bucket="history", VersioningConfiguration={"Status": "Suspended"})
    assert s3.put_object(Bucket="history", Key="k", Body=b"s").get("VersionId") == "null"
    assert [v for k, v, _ in listed(Prefix="k")[0]] == ["null", ids[1]]
    assert s3.delete_object(Bucket="history", Key="k")["VersionId"] == "null"
    assert listed(Prefix="k") == ([("k", ids[1], False)], [("k", "null", True)])
    expect("BucketNotEmpty", lambda: s3.delete_bucket(Bucket="history"), 409)
    both = listed()
    s3.delete_objects(Bucket="history", Delete={"Objects": [{"Key": k, "VersionId": v} for k, v, _ in both[0] + both[1]]})
    assert listed() == ([], [])
    s3.delete_bucket(Bucket="history")


def killed_server(server, s3):
    """What a killed server was about to store is gone after the next start; a second server leaves it alone."""
    if server.variant != "folder":
        return
    with tempfile.TemporaryDirectory() as folder:
        first = Server(server.program, "folder", folder)
        client = make_client(first)
        client.create_bucket(Bucket="box")
        client.put_object(Bucket="box", Key="kept", Body=b"kept")
        upload = client.create_multipart_upload(Bucket="box", Key="lost")["UploadId"]
        client.upload_part(Bucket="box", Key="lost", UploadId=upload, PartNumber=1, Body=b"lost")
        staged = os.path.join(folder, "served", ".penstock", "tmp")
        assert len(os.listdir(staged)) == 1
        second = subprocess.run([server.program, "--folder", os.path.join(folder, "served")], stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=20)
        assert second.returncode == 1 and "another server serves this folder" in second.stderr, second
        assert len(os.listdir(staged)) == 1
        first.process.kill()
        first.process.wait(timeout=20)
        first.process.stdin.close()
        third = Server(server.program, "folder", folder)
        assert os.listdir(staged) == []
        assert make_client(third).get_object(Bucket="box", Key="kept")["Body"].read() == b"kept"
        third.stop()


def virtual_hosts(server, s3):
    # The name is put into the Host header by hand: *.localhost does not resolve everywhere.
    connection, netloc = connect(server)
    host = "box.s3.localhost:" + netloc.split(":")[1]
    connection.request("GET", "/a/b.bin", headers={"Host": host})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    assert response.status == 403 and b"<Resource>/box/a/b.bin</Resource>" in body, body


server_is_folder = False


def express_sessions(server, s3):
    """Directory buckets, by boto3's own CreateSession. Debian's boto3 knows neither."""
    if not hasattr(s3, "create_session"):
        print("skipped express_sessions: this boto3 has none", flush=True)
        return
    asked = []  # the operation, and whether a session signed it

    def note(model, params, **_):
        headers = {name.lower() for name in params.headers} if hasattr(params, "headers") else set()
        asked.append((model, "x-amz-s3session-token" in headers))

    # By the endpoint's rules, which put the bucket into any host name that is no address.
    by_address = server.endpoint.replace("localhost", "127.0.0.1")
    client = make_client(server, endpoint=by_address, signature_version=None)
    # With an endpoint of one's own, these rules would have a session sign even what makes the bucket.
    iam = make_client(server, endpoint=by_address, signature_version=None,
                      s3={"disable_s3_express_session_auth": True})
    client.meta.events.register("before-send.s3", lambda request, event_name, **_: note(event_name.split(".")[-1], request))
    name = "express--use1-az4--x-s3"
    zone = {"Location": {"Type": "AvailabilityZone", "Name": "use1-az4"},
            "Bucket": {"DataRedundancy": "SingleAvailabilityZone", "Type": "Directory"}}
    iam.create_bucket(Bucket=name, CreateBucketConfiguration=zone)
    client.put_object(Bucket=name, Key="a/b", Body=b"hello")
    client.put_object(Bucket=name, Key="a/c", Body=b"x" * MIB)
    assert client.get_object(Bucket=name, Key="a/b")["Body"].read() == b"hello"
    assert client.head_object(Bucket=name, Key="a/c")["ContentLength"] == MIB
    page = client.list_objects_v2(Bucket=name, Prefix="a/", Delimiter="/")
    assert [o["Key"] for o in page["Contents"]] == ["a/b", "a/c"], page
    assert page["Contents"][0]["StorageClass"] == "EXPRESS_ONEZONE", page
    client.copy_object(Bucket=name, Key="a/d", CopySource={"Bucket": name, "Key": "a/b"})
    upload = client.create_multipart_upload(Bucket=name, Key="m")["UploadId"]
    part = client.upload_part(Bucket=name, Key="m", UploadId=upload, PartNumber=1, Body=b"part")
    client.complete_multipart_upload(Bucket=name, Key="m", UploadId=upload,
                                     MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    client.head_bucket(Bucket=name)
    gone = client.delete_objects(Bucket=name, Delete={"Objects": [{"Key": k} for k in ("a/b", "a/c", "a/d", "m")]})
    assert len(gone["Deleted"]) == 4, gone
    sessions = [signed for operation, signed in asked if operation == "CreateSession"]
    assert sessions == [False], asked
    assert ("PutObject", True) in asked and ("GetObject", True) in asked and ("CopyObject", False) in asked, asked

    client.put_object(Bucket=name, Key="k", Body=b"linked")
    url = client.generate_presigned_url("get_object", Params={"Bucket": name, "Key": "k"}, ExpiresIn=60)
    assert "X-Amz-S3session-Token=" in url, url
    host = urllib.parse.urlsplit(by_address).netloc
    answer, data = fetch(server, "GET", url, headers={"Host": host})
    assert (answer.status, data) == (200, b"linked"), data

    listed = client.list_directory_buckets()["Buckets"]
    assert [b["Name"] for b in listed] == [name], listed
    assert name not in [b["Name"] for b in s3.list_buckets()["Buckets"]]
    expect("NotImplemented", lambda: client.list_objects_v2(Bucket=name, StartAfter="a"))
    expect("InvalidRequest", lambda: client.create_session(Bucket="box"))
    keys = client.create_session(Bucket=name, SessionMode="ReadOnly")["Credentials"]
    life = keys["Expiration"] - datetime.datetime.now(datetime.timezone.utc)
    assert datetime.timedelta(minutes=4) < life <= datetime.timedelta(minutes=5), life
    client.delete_object(Bucket=name, Key="k")
    iam.delete_bucket(Bucket=name)


def conditional_writes(server, s3):
    """What only newer versions of boto3 can say; Debian's cannot."""
    if "IfNoneMatch" not in s3.meta.service_model.operation_model("PutObject").input_shape.members:
        print("skipped conditional_writes: this boto3 has none", flush=True)
        return
    put = lambda **more: s3.put_object(Bucket="box", Key="cw/k", **more)
    first = put(Body=b"one", IfNoneMatch="*")["ETag"]
    expect("PreconditionFailed", lambda: put(Body=b"two", IfNoneMatch="*"), 412)
    expect("PreconditionFailed", lambda: put(Body=b"two", IfMatch='"' + "0" * 32 + '"'), 412)
    expect("NoSuchKey", lambda: s3.put_object(Bucket="box", Key="cw/none", Body=b"x", IfMatch=first), 404)
    second = put(Body=b"two", IfMatch=first)["ETag"]
    assert s3.get_object(Bucket="box", Key="cw/k")["Body"].read() == b"two"

    def complete(**more):
        upload = s3.create_multipart_upload(Bucket="box", Key="cw/k")["UploadId"]
        part = s3.upload_part(Bucket="box", Key="cw/k", UploadId=upload, PartNumber=1, Body=b"three")
        try:
            return s3.complete_multipart_upload(Bucket="box", Key="cw/k", UploadId=upload, **more, MultipartUpload={
                "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})["ETag"]
        except botocore.exceptions.ClientError:
            s3.abort_multipart_upload(Bucket="box", Key="cw/k", UploadId=upload)
            raise

    expect("PreconditionFailed", lambda: complete(IfNoneMatch="*"), 412)
    expect("PreconditionFailed", lambda: complete(IfMatch=first), 412)
    third = complete(IfMatch=second)
    expect("PreconditionFailed", lambda: s3.delete_object(Bucket="box", Key="cw/k", IfMatch=second), 412)
    gone = s3.delete_objects(Bucket="box", Delete={"Objects": [{"Key": "cw/k", "ETag": second}]})
    assert [e["Code"] for e in gone["Errors"]] == ["PreconditionFailed"], gone
    assert s3.get_object(Bucket="box", Key="cw/k")["Body"].read() == b"three"
    s3.delete_object(Bucket="box", Key="cw/k", IfMatch=third)
    expect("NoSuchKey", lambda: s3.get_object(Bucket="box", Key="cw/k"), 404)


def crc_of(data, polynomial, bits):
    """A reflected CRC, bit by bit turned into a table: none of Python's own knows these two."""
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (polynomial if n & 1 else 0)
        table.append(n)
    ones = (1 << bits) - 1
    crc = ones
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return (crc ^ ones).to_bytes(bits // 8, "big")


CHECKSUMS = {
    "CRC32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "CRC32C": lambda data: crc_of(data, 0x82F63B78, 32),
    "CRC64NVME": lambda data: crc_of(data, 0x9A6C9329AC4BC9B5, 64),
    "SHA1": lambda data: hashlib.sha1(data).digest(),
    "SHA256": lambda data: hashlib.sha256(data).digest(),
}


def as_base64(data):
    return base64.b64encode(data).decode()


def known_checksums(s3):
    """Those of this boto3 (Debian's has no CRC64NVME) that the server has, too."""
    named = s3.meta.service_model.shape_for("ChecksumAlgorithm").enum
    return [name for name in CHECKSUMS if name in named]


def checksum_algorithms(server, s3):
    """Every algorithm, by header and by trailer; a wrong one of either leaves nothing behind."""
    data = os.urandom(100_000)
    sent = []  # whether the checksum came in a trailer
    note = lambda request, **_: sent.append("x-amz-trailer" in {name.lower() for name in request.headers})
    known = known_checksums(s3)
    assert {"CRC32", "CRC32C", "SHA1", "SHA256"} <= set(known), known
    for name in known:
        good, field = as_base64(CHECKSUMS[name](data)), "Checksum" + name
        key = "algorithm/" + name
        s3.meta.events.register("before-send.s3.PutObject", note)
        put = s3.put_object(Bucket="box", Key=key, Body=data, ChecksumAlgorithm=name)
        s3.meta.events.unregister("before-send.s3.PutObject", note)
        assert sent.pop() == (server.variant == "tls"), name  # boto3 sends trailers over TLS only
        assert put[field] == good, (name, put)
        got = s3.get_object(Bucket="box", Key=key, ChecksumMode="ENABLED")
        assert got[field] == good and got["Body"].read() == data, name  # boto3 compares it while it reads
        assert field not in s3.head_object(Bucket="box", Key=key)
        assert s3.list_objects_v2(Bucket="box", Prefix=key)["Contents"][0]["ChecksumAlgorithm"] == [name]
        s3.put_object(Bucket="box", Key=key, Body=b"", ChecksumAlgorithm=name)
        assert s3.head_object(Bucket="box", Key=key, ChecksumMode="ENABLED")[field] == as_base64(CHECKSUMS[name](b""))

        wrong = as_base64(bytes(len(CHECKSUMS[name](data))))
        expect("BadDigest", lambda: s3.put_object(Bucket="box", Key="algorithm/none", Body=data, **{field: wrong}), 400)

        def spoil(request, **_):
            trailer = b"x-amz-checksum-%s:%s" % (name.lower().encode(), wrong.encode())
            request.data = b"%x\r\n%s\r\n0\r\n%s\r\n\r\n" % (len(data), data, trailer)

        if server.variant == "tls":
            s3.meta.events.register("before-sign.s3.PutObject", spoil)
            expect("BadDigest", lambda: s3.put_object(Bucket="box", Key="algorithm/none", Body=data, ChecksumAlgorithm=name), 400)
            s3.meta.events.unregister("before-sign.s3.PutObject", spoil)
        expect("404", lambda: s3.head_object(Bucket="box", Key="algorithm/none"), 404)

    # What the server cannot compute it must not pretend to have compared.
    members = s3.meta.service_model.operation_model("PutObject").input_shape.members
    for name in ("MD5", "SHA512", "XXHASH64", "XXHASH3", "XXHASH128"):
        if "Checksum" + name in members:
            expect("InvalidRequest", lambda: s3.put_object(Bucket="box", Key="algorithm/none", Body=data,
                                                           **{"Checksum" + name: as_base64(b"8 bytes!")}), 400)


def checksums_of_uploads(server, s3):
    """In parts: composite ones, and where this boto3 knows them, those of the whole object."""
    parts = [os.urandom(5 * MIB), os.urandom(1000)]
    types = {"ChecksumType"} & set(s3.meta.service_model.operation_model("CreateMultipartUpload").input_shape.members)
    cases = [(name, "COMPOSITE") for name in known_checksums(s3) if name != "CRC64NVME"]
    if types:
        cases += [(name, "FULL_OBJECT") for name in known_checksums(s3) if name.startswith("CRC")]
    for name, kind in cases:
        of, field, key = CHECKSUMS[name], "Checksum" + name, f"sums/{name}-{kind}"
        begin = lambda more: s3.create_multipart_upload(Bucket="box", Key=key, ChecksumAlgorithm=name, **more)
        ids = dict(Bucket="box", Key=key, UploadId=begin({"ChecksumType": kind} if types else {})["UploadId"])
        sent = []
        for number, body in enumerate(parts, 1):
            part = s3.upload_part(PartNumber=number, Body=body, ChecksumAlgorithm=name, **ids)
            assert part[field] == as_base64(of(body)), (name, kind)
            sent.append({"PartNumber": number, "ETag": part["ETag"], field: part[field]})
        assert [p[field] for p in s3.list_parts(**ids)["Parts"]] == [p[field] for p in sent]
        spoilt = [dict(sent[0], **{field: sent[1][field]}), sent[1]]
        expect("InvalidPart", lambda: s3.complete_multipart_upload(MultipartUpload={"Parts": spoilt}, **ids), 400)
        whole = as_base64(of(b"".join(parts))) if kind == "FULL_OBJECT" else as_base64(of(b"".join(of(p) for p in parts))) + "-2"
        if types:
            wrong = {field: as_base64(bytes(len(of(b""))))}
            expect("BadDigest", lambda: s3.complete_multipart_upload(
                MultipartUpload={"Parts": sent}, ChecksumType=kind, **wrong, **ids), 400)
        done = s3.complete_multipart_upload(MultipartUpload={"Parts": sent}, **ids)
        assert done[field] == whole, (name, kind, done)
        head = s3.head_object(Bucket="box", Key=key, ChecksumMode="ENABLED")
        assert head[field] == whole and (not types or head["ChecksumType"] == kind), head
        assert s3.get_object(Bucket="box", Key=key, ChecksumMode="ENABLED")["Body"].read() == b"".join(parts)


def customer_keys(server, s3):
    """SSE-C: who does not bring the key has nothing, not even the metadata."""
    def brought(key, prefix=""):
        return {prefix + "SSECustomerAlgorithm": "AES256", prefix + "SSECustomerKey": key}

    own, other = os.urandom(32), os.urandom(32)
    md5 = as_base64(hashlib.md5(own).digest())
    place = dict(Bucket="box", Key="ssec/one")
    put = s3.put_object(Body=b"secret data", **place, **brought(own))
    assert (put["SSECustomerAlgorithm"], put["SSECustomerKeyMD5"]) == ("AES256", md5), put
    got = s3.get_object(**place, **brought(own))
    assert (got["Body"].read(), got["SSECustomerKeyMD5"]) == (b"secret data", md5), got
    assert s3.get_object(Range="bytes=7-", **place, **brought(own))["Body"].read() == b"data"
    assert s3.head_object(**place, **brought(own))["SSECustomerKeyMD5"] == md5
    expect("InvalidRequest", lambda: s3.get_object(**place), 400)
    expect("400", lambda: s3.head_object(**place), 400)
    expect("AccessDenied", lambda: s3.get_object(**place, **brought(other)), 403)
    expect("403", lambda: s3.head_object(**place, **brought(other)), 403)
    expect("InvalidArgument", lambda: s3.get_object(**place, **brought(own[:16])), 400)
    # With an MD5 of the caller's, boto3 takes the key as it goes out.
    expect("InvalidArgument", lambda: s3.get_object(**place, SSECustomerKeyMD5=as_base64(bytes(16)), **brought(as_base64(own))), 400)
    expect("InvalidArgument", lambda: s3.put_object(Body=b"x", ServerSideEncryption="AES256", **place, **brought(own)), 400)
    expect("InvalidRequest", lambda: s3.get_object(Bucket="box", Key="a/b.bin", **brought(own)), 400)
    assert s3.get_object(**place, **brought(own))["Body"].read() == b"secret data"

    # Copies: another key, and no key any more; the source's must be brought.
    source = {"CopySource": {"Bucket": "box", "Key": "ssec/one"}}
    expect("InvalidRequest", lambda: s3.copy_object(Bucket="box", Key="ssec/two", **source, **brought(other)), 400)
    expect("AccessDenied", lambda: s3.copy_object(Bucket="box", Key="ssec/two", **source, **brought(other, "CopySource")), 403)
    s3.copy_object(Bucket="box", Key="ssec/two", **source, **brought(own, "CopySource"), **brought(other))
    assert s3.get_object(Bucket="box", Key="ssec/two", **brought(other))["Body"].read() == b"secret data"
    expect("AccessDenied", lambda: s3.get_object(Bucket="box", Key="ssec/two", **brought(own)), 403)
    s3.copy_object(Bucket="box", Key="ssec/open", **source, **brought(own, "CopySource"))
    plain = s3.get_object(Bucket="box", Key="ssec/open")
    assert plain["Body"].read() == b"secret data" and "SSECustomerKeyMD5" not in plain

    # Parts: all by the key that the upload began with, by hand and by boto3's own transfers.
    begun = s3.create_multipart_upload(Bucket="box", Key="ssec/parts", **brought(own))
    assert begun["SSECustomerKeyMD5"] == md5, begun
    ids = dict(Bucket="box", Key="ssec/parts", UploadId=begun["UploadId"])
    expect("InvalidRequest", lambda: s3.upload_part(PartNumber=1, Body=b"x", **ids), 400)
    expect("AccessDenied", lambda: s3.upload_part(PartNumber=1, Body=b"x", **ids, **brought(other)), 403)
    first = s3.upload_part(PartNumber=1, Body=b"p" * 5 * MIB, **ids, **brought(own))
    assert first["SSECustomerKeyMD5"] == md5, first
    expect("InvalidRequest", lambda: s3.upload_part_copy(PartNumber=2, **source, **ids, **brought(own)), 400)
    second = s3.upload_part_copy(PartNumber=2, CopySourceRange="bytes=0-5", **source, **ids, **brought(own),
                                 **brought(own, "CopySource"))
    assert second["SSECustomerKeyMD5"] == md5, second
    done = s3.complete_multipart_upload(**ids, **(brought(own) if new_boto3(s3) else {}), MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": first["ETag"]}, {"PartNumber": 2, "ETag": second["CopyPartResult"]["ETag"]}]})
    assert done["ETag"].endswith('-2"')
    assert s3.get_object(Bucket="box", Key="ssec/parts", Range="bytes=5242880-", **brought(own))["Body"].read() == b"secret"
    data = os.urandom(6 * MIB)
    config = boto3.s3.transfer.TransferConfig(multipart_threshold=5 * MIB, multipart_chunksize=5 * MIB)
    s3.upload_fileobj(io.BytesIO(data), "box", "ssec/transfer", ExtraArgs=brought(own), Config=config)
    back = io.BytesIO()
    s3.download_fileobj("box", "ssec/transfer", back, ExtraArgs=brought(own), Config=config)
    assert back.getvalue() == data
    s3.copy({"Bucket": "box", "Key": "ssec/transfer"}, "box", "ssec/turned", Config=config, SourceClient=s3,
            ExtraArgs={**brought(own, "CopySource"), **brought(other)})
    assert s3.get_object(Bucket="box", Key="ssec/turned", **brought(other))["Body"].read() == data


def new_boto3(s3):
    """Whether this boto3 knows what came to S3 in 2024: conditional writes, keys of one's own when completing."""
    return "IfNoneMatch" in s3.meta.service_model.operation_model("PutObject").input_shape.members


def life_of_uploads(server, s3):
    """Open, listed page by page, added to, replaced, gone: and an upload ends once."""
    begin = lambda key: s3.create_multipart_upload(Bucket="list", Key=key)["UploadId"]
    made = [(key, begin(key)) for key in ("up/a", "up/a", "up/b/1", "up/b/2", "up/c +%\n", "up2")]
    want = sorted(made)
    for size in (1, 2, 1000):
        pages = s3.get_paginator("list_multipart_uploads").paginate(Bucket="list", PaginationConfig={"PageSize": size})
        listed = [(u["Key"], u["UploadId"]) for page in pages for u in page.get("Uploads", [])]
        assert listed == want, (size, listed)
    folder = s3.list_multipart_uploads(Bucket="list", Prefix="up/", Delimiter="/")
    assert [p["Prefix"] for p in folder["CommonPrefixes"]] == ["up/b/"], folder
    assert [u["Key"] for u in folder["Uploads"]] == ["up/a", "up/a", "up/c +%\n"], folder
    age = datetime.datetime.now(datetime.timezone.utc) - folder["Uploads"][0]["Initiated"]
    assert abs(age.total_seconds()) < 60

    # Two uploads of one key know nothing of each other; a part that comes again replaces the one before.
    (_, one), (_, two) = made[:2]
    part = lambda upload, number, body: s3.upload_part(Bucket="list", Key="up/a", UploadId=upload, PartNumber=number, Body=body)["ETag"]
    parts = lambda upload: [(p["PartNumber"], p["Size"]) for p in s3.list_parts(Bucket="list", Key="up/a", UploadId=upload).get("Parts", [])]
    complete = lambda upload, *etags: s3.complete_multipart_upload(
        Bucket="list", Key="up/a", UploadId=upload, MultipartUpload={"Parts": [{"PartNumber": n, "ETag": e} for n, e in etags]})
    stale = part(one, 7, b"first")
    fresh = part(one, 7, b"second")
    assert parts(one) == [(7, 6)] and parts(two) == []
    expect("InvalidPart", lambda: complete(one, (7, stale)), 400)
    expect("InvalidPart", lambda: complete(two, (7, fresh)), 400)
    expect("MalformedXML", lambda: complete(one), 400)
    for number in (0, 10001):
        expect("InvalidArgument", lambda: part(one, number, b"x"), 400)
    expect("NoSuchKey", lambda: s3.get_object(Bucket="list", Key="up/a"), 404)
    complete(one, (7, fresh))
    assert s3.get_object(Bucket="list", Key="up/a")["Body"].read() == b"second"
    complete(two, (10000, part(two, 10000, b"other")))
    assert s3.get_object(Bucket="list", Key="up/a")["Body"].read() == b"other"
    for upload in (one, two):
        expect("NoSuchUpload", lambda: part(upload, 1, b"late"), 404)
        expect("NoSuchUpload", lambda: s3.list_parts(Bucket="list", Key="up/a", UploadId=upload), 404)
        expect("NoSuchUpload", lambda: s3.abort_multipart_upload(Bucket="list", Key="up/a", UploadId=upload), 404)
    # The upload's id is the other key's.
    expect("NoSuchUpload", lambda: s3.abort_multipart_upload(Bucket="list", Key="up/b/1", UploadId=made[3][1]), 404)
    for key, upload in made[2:]:
        s3.abort_multipart_upload(Bucket="list", Key=key, UploadId=upload)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="list")
    s3.delete_object(Bucket="list", Key="up/a")


def copies_in_parts(server, s3):
    """UploadPartCopy: ranges and conditions of the source, and a source of some version."""
    data = os.urandom(5 * MIB + 10)
    etag = s3.put_object(Bucket="box", Key="parts/source", Body=data)["ETag"]
    upload = s3.create_multipart_upload(Bucket="box", Key="parts/copy")["UploadId"]
    ids = dict(Bucket="box", Key="parts/copy", UploadId=upload)
    copy = lambda number, key="parts/source", **more: s3.upload_part_copy(
        PartNumber=number, CopySource={"Bucket": "box", "Key": key}, **ids, **more)["CopyPartResult"]["ETag"]
    past = datetime.datetime(2001, 1, 1, tzinfo=datetime.timezone.utc)
    expect("PreconditionFailed", lambda: copy(1, CopySourceIfMatch='"' + "0" * 32 + '"'), 412)
    expect("PreconditionFailed", lambda: copy(1, CopySourceIfNoneMatch=etag), 412)
    expect("PreconditionFailed", lambda: copy(1, CopySourceIfUnmodifiedSince=past), 412)
    expect("NoSuchKey", lambda: copy(1, "parts/missing"), 404)
    for bad in ("bytes=0-5242890", "bytes=9-8", "bytes=-5", "bytes=5-", "0-5"):
        expect("InvalidArgument", lambda: copy(1, CopySourceRange=bad), 400)
    assert "Parts" not in s3.list_parts(**ids)
    first = copy(1, CopySourceRange=f"bytes=0-{5 * MIB - 1}", CopySourceIfMatch=etag)
    last = copy(2, CopySourceRange=f"bytes={5 * MIB}-{5 * MIB + 9}", CopySourceIfModifiedSince=past)
    s3.complete_multipart_upload(MultipartUpload={"Parts": [
        {"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": last}]}, **ids)
    assert s3.get_object(Bucket="box", Key="parts/copy")["Body"].read() == data


def express_signers(server, s3):
    """A session's keys are good for the objects of its bucket, in its mode, with its token, and for nothing else."""
    if not hasattr(s3, "create_session"):
        print("skipped express_signers: this boto3 has no sessions", flush=True)
        return
    import botocore.auth
    import botocore.awsrequest
    import botocore.credentials
    by_address = server.endpoint.replace("localhost", "127.0.0.1")
    iam = make_client(server, endpoint=by_address, signature_version=None, s3={"disable_s3_express_session_auth": True})
    names = ["signed--use1-az4--x-s3", "beside--use1-az4--x-s3"]
    for name in names:
        iam.create_bucket(Bucket=name, CreateBucketConfiguration={
            "Location": {"Type": "AvailabilityZone", "Name": "use1-az4"},
            "Bucket": {"DataRedundancy": "SingleAvailabilityZone", "Type": "Directory"}})
        iam.put_object(Bucket=name, Key="k", Body=b"there")
    session = lambda mode="ReadWrite", bucket=names[0]: iam.create_session(Bucket=bucket, SessionMode=mode)["Credentials"]
    keys = lambda s: botocore.credentials.Credentials(s["AccessKeyId"], s["SecretAccessKey"], s["SessionToken"])

    def ask(signer, method="GET", path=f"/{names[0]}/k", body=b"", headers=None):
        url = server.endpoint + path
        request = botocore.awsrequest.AWSRequest(method, url, headers=headers or {}, data=body)
        request.headers["x-amz-content-sha256"] = hashlib.sha256(body).hexdigest()
        signer.add_auth(request)
        response, data = fetch(server, method, url, body=body or None, headers=dict(request.headers))
        code = re.search(b"<Code>(.*?)</Code>", data)
        return response.status, code[1].decode() if code else data.decode()

    def signed_by(s, service="s3express", region="us-east-1"):
        return botocore.auth.S3ExpressAuth(keys(s), service, region, identity_cache=None)

    both, reads = session(), session("ReadOnly")
    assert ask(signed_by(both)) == (200, "there")
    assert ask(signed_by(both), "PUT", body=b"new") == (200, "")
    assert ask(signed_by(reads)) == (200, "new")
    assert ask(signed_by(reads), "PUT", body=b"no") == (403, "AccessDenied")
    assert ask(signed_by(reads), "DELETE") == (403, "AccessDenied")
    for mine in (both, reads):
        assert ask(signed_by(mine), path=f"/{names[1]}/k") == (403, "AccessDenied")  # another bucket
        assert ask(signed_by(mine), path="/box/a/b.bin") == (403, "AccessDenied")
        assert ask(signed_by(mine), path=f"/{names[0]}?session=") == (403, "AccessDenied")  # a session makes none
        assert ask(signed_by(mine), "DELETE", path=f"/{names[0]}") == (403, "AccessDenied")
    assert ask(signed_by(both), "PUT", headers={"x-amz-copy-source": "/box/a/b.bin"}) == (403, "AccessDenied")
    assert ask(signed_by(dict(both, SecretAccessKey="guessed"))) == (403, "SignatureDoesNotMatch")
    assert ask(signed_by(dict(both, SessionToken=reads["SessionToken"]))) == (400, "InvalidToken")
    assert ask(signed_by(dict(both, AccessKeyId="ASIAGUESSED"))) == (403, "InvalidAccessKeyId")
    assert ask(signed_by(both, service="s3"))[0] in (400, 403)
    assert ask(signed_by(both, region="eu-west-1")) == (400, "AuthorizationHeaderMalformed")
    # As keys of STS, their token in the other header; and IAM's keys as a session's.
    assert ask(botocore.auth.S3SigV4Auth(keys(both), "s3express", "us-east-1")) == (400, "InvalidToken")
    own = {"AccessKeyId": KEY_ID, "SecretAccessKey": SECRET, "SessionToken": both["SessionToken"]}
    assert ask(signed_by(own)) == (400, "InvalidToken")
    expect("SignatureDoesNotMatch", lambda: make_client(server, secret="wrong", endpoint=by_address, signature_version=None)
           .get_object(Bucket=names[0], Key="k"), 403)
    assert ask(signed_by(both)) == (200, "new")
    for name in names:
        iam.delete_object(Bucket=name, Key="k")
        iam.delete_bucket(Bucket=name)


def regions(server, s3):
    """The server has this bucket in another region: boto3 finds out, and goes there."""
    client = make_client(server, retries={"total_max_attempts": 2, "mode": "standard"})
    client.create_bucket(Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    client.put_object(Bucket="elsewhere", Key="k", Body=b"far")
    assert make_client(server).get_object(Bucket="elsewhere", Key="k")["Body"].read() == b"far"
    assert make_client(server).head_object(Bucket="elsewhere", Key="k")["ContentLength"] == 3
    assert client.get_bucket_location(Bucket="elsewhere")["LocationConstraint"] == "eu-west-1"
    client.delete_object(Bucket="elsewhere", Key="k")
    client.delete_bucket(Bucket="elsewhere")


def main():
    global server_is_folder
    program, variant = sys.argv[1], sys.argv[2]
    server_is_folder = variant == "folder"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = folder
        server = Server(program, variant, folder)
        failed = 0
        try:
            s3 = make_client(server)
            for bucket in ("box", "odd", "list"):
                s3.create_bucket(Bucket=bucket)
            for test in (objects_and_ranges, conditions, odd_keys, lists, multipart, copies, batch_delete, checksums,
                         presigned, authentication, buckets, versions, virtual_hosts, express_sessions,
                         conditional_writes, checksum_algorithms, checksums_of_uploads, customer_keys, life_of_uploads,
                         copies_in_parts, express_signers, regions, killed_server):
                try:
                    test(server, s3)
                    print(f"ok      {test.__name__}", flush=True)
                except Exception:  # all parts are tried, whatever one of them finds
                    failed += 1
                    print(f"FAILED  {test.__name__}", flush=True)
                    import traceback
                    traceback.print_exc()
        finally:
            server.stop()
    sys.exit(1 if failed else 0)


main()
