#!/usr/bin/python3
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""The command-line tool from outside: what it prints, what it says when things go wrong, and its exit status.

    tool_test.py PATH/TO/penstock [unittest arguments]

The store is the tool's own `serve`, on loopback, over a temporary folder."""
import bz2
import contextlib
import csv
import gzip
import hashlib
import http.server
import io
import json
import lzma
import os
import pathlib
import pty
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request
import zlib

TOOL = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else "penstock"
KEY, SECRET = "TOOLTESTKEY", "tool/test+secret=do-not-print"
TIMEOUT = 120  # for anything that hangs; nothing comes near it

ODD_KEYS = ["a b", " lead", "trail ", "a+b", "ä/ö/ü", "日本", "😀", "100%", "a%2Fb", "%", "a?b#c", "a?versionId=x", "a&b=c",
            "a=b", "a;b", "a:b", "a@b", "a,b", "a'b", 'a"b', "a\\b", "<a>&amp;", "a|b", "~a", "a~b", "a!b", "$a", "(a)", "[a]",
            "{a}", "*", "a*b", "?", "-", "--help", ".", "..", "x/../y", "x/./y", "a//b", "//", "/lead", "line\nbreak",
            "cr\rx", "tab\tx", "\x01\x1f\x7f", "s3://b/k", "null", "deep/" * 20 + "x"]


class Server:
    """`penstock serve` on a free port; only ever stopped by its own pid."""

    def __init__(self, *options, folder=None):
        self.folder = folder or tempfile.mkdtemp(prefix="penstock-tool-")
        self.process = subprocess.Popen([TOOL, "serve", self.folder, "--port", "0", *options], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=environment(None), text=True)
        self.line = self.process.stdout.readline().rstrip("\n")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        out, err = self.process.communicate(timeout=TIMEOUT)
        return self.process.returncode, out, err


def environment(endpoint, **more):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PENSTOCK_"))}
    env.update(HOME="/nonexistent", AWS_EC2_METADATA_DISABLED="true", AWS_ACCESS_KEY_ID=KEY, AWS_SECRET_ACCESS_KEY=SECRET,
               AWS_REGION="us-east-1")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        env.pop(name, None)
    if endpoint:
        env["AWS_ENDPOINT_URL"] = endpoint
    env.update(more)
    return {k: v for k, v in env.items() if v is not None}


class SlowStore(http.server.ThreadingHTTPServer):
    """As much of S3 as `cp -r` needs, in one bucket, whose answers wait where a test says so. Checks no signature."""
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, objects=(), on_get=None, on_put=None):
        super().__init__(("127.0.0.1", 0), SlowStoreHandler)
        self.objects = {key: (key * 5).encode() for key in objects}
        self.on_get = on_get or (lambda key: None)  # an exception: the request is refused
        self.on_put = on_put or (lambda key: None)
        self.changed = threading.Condition()
        self.asked, self.busy, self.most_busy = [], 0, 0
        self.started, self.aborted = set(), set()
        self.uploads = {}  # when each was begun
        self.endpoint = f"http://127.0.0.1:{self.server_address[1]}"
        self.ended = threading.Event()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def until(self, condition):
        with self.changed:
            if not self.changed.wait_for(lambda: self.ended.is_set() or condition(), TIMEOUT):
                raise TimeoutError

    def stall(self):
        self.until(lambda: False)

    def count(self, n):
        with self.changed:
            self.busy += n
            self.most_busy = max(self.busy, self.most_busy)
            self.changed.notify_all()

    def close(self):
        self.ended.set()
        with self.changed:
            self.changed.notify_all()
        self.shutdown()
        self.server_close()

    def handle_error(self, request, client_address):
        pass  # whoever asked has gone away: that is what is tested


class SlowStoreHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def target(self):
        url = urllib.parse.urlsplit(self.path)
        key = urllib.parse.unquote(url.path).partition("/")[2].partition("/")[2]
        return key, dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))

    def do_GET(self):
        key, query = self.target()
        s = self.server
        if "list-type" in query:
            found = "".join(f"<Contents><Key>{k}</Key><Size>{len(v)}</Size></Contents>" for k, v in s.objects.items())
            text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>"
            return self.answer(200, text.encode())
        if "uploads" in query:
            found = "".join(f"<Upload><Key>{k}</Key><UploadId>{k}</UploadId><Initiated>{t}</Initiated></Upload>"
                            for k, t in s.uploads.items())
            text = f"<ListMultipartUploadsResult><IsTruncated>false</IsTruncated>{found}</ListMultipartUploadsResult>"
            return self.answer(200, text.encode())
        if "uploadId" in query:  # whether a part came late
            return self.answer(404, b"<Error><Code>NoSuchUpload</Code></Error>")
        with s.changed:
            s.asked.append(key)
        s.count(1)
        body = s.objects[key]
        try:
            s.on_get(key)
        except PermissionError:
            s.count(-1)
            return self.answer(403, b"<Error><Code>AccessDenied</Code><Message>no</Message></Error>")
        self.send_response(200)
        self.send_header("ETag", '"' + hashlib.md5(body).hexdigest() + '"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:1])
        self.wfile.flush()
        s.count(-1)  # before the client can know that it is done
        self.wfile.write(body[1:])

    def do_POST(self):
        key, query = self.target()
        with self.server.changed:
            self.server.started.add(key)
        text = f"<InitiateMultipartUploadResult><UploadId>{key}</UploadId></InitiateMultipartUploadResult>"
        self.answer(200, text.encode())

    def do_PUT(self):
        self.server.count(1)
        self.server.on_put(self.target()[0])

    def do_DELETE(self):
        with self.server.changed:
            self.server.aborted.add(self.target()[1]["uploadId"])
        self.answer(204)


def setUpModule():
    global server
    server = Server("--access-key", KEY, "--secret-key", SECRET)
    assert server.line.startswith("http://127.0.0.1:"), server.line


def tearDownModule():
    status, _, err = server.stop()
    shutil.rmtree(server.folder)
    assert status == 0 and not err, (status, err)


class ToolTest(unittest.TestCase):
    bucket_number = 0

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="penstock-tool-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def run_tool(self, *args, status=0, stdin=b"", env=None, told=0, **environ):
        """Runs the tool and checks what holds for every run. `told`: lines on standard error before that of a failure."""
        done = subprocess.run([TOOL, *args], input=stdin, capture_output=True, timeout=TIMEOUT,
                              env=env or environment(server.line, **environ), cwd=self.folder)
        self.check(done.returncode, done.stdout, done.stderr, status, args, told)
        return done

    def run_tool_showing_keys(self, *args):
        """As run_tool, where standard output may hold the secret."""
        done = subprocess.run([TOOL, *args], capture_output=True, timeout=TIMEOUT, env=environment(server.line), cwd=self.folder)
        self.check(done.returncode, b"", done.stderr, 0, args)
        return done

    def check(self, returncode, out, err, status, args, told=0):
        story = f"{args} -> {returncode}\n{out[:2000]!r}\n{err[:4000].decode(errors='replace')}"
        self.assertEqual(returncode, status, story)
        for text in (out, err):
            self.assertNotIn(SECRET.encode(), text, story)
        if status:
            lines = err.decode().splitlines()
            self.assertEqual(len(lines), 1 + told, story)
            for line in lines:
                self.assertTrue(line.startswith("penstock: "), story)

    def out(self, *args, **more):
        return self.run_tool(*args, **more).stdout.decode()

    def lines(self, *args, **more):
        return self.out(*args, **more).splitlines()

    def json_lines(self, *args, **more):
        return [json.loads(line) for line in self.lines(*args, **more)]

    def fails(self, *args, status=1, says=(), **more):
        done = self.run_tool(*args, status=status, **more)
        err = done.stderr.decode()
        for text in [says] if isinstance(says, str) else says:
            self.assertIn(text, err)
        return done

    def usage(self, *args, says=(), **more):
        return self.fails(*args, status=2, says=says, **more)

    def bucket_name(self):
        ToolTest.bucket_number += 1
        return f"tool-{os.getpid()}-{ToolTest.bucket_number}"

    # What a test only begins with is laid into the server's folder: a sanitized tool takes a while to start.
    def bucket(self):
        name = self.bucket_name()
        (pathlib.Path(server.folder) / name).mkdir()
        return name

    def put(self, url, content):
        """An object whose key is a path of plain names, without metadata."""
        file = pathlib.Path(server.folder) / url.removeprefix("s3://")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)

    def upload(self, url, content):
        self.run_tool("cp", "-", url, stdin=content.encode() if isinstance(content, str) else content)


class Buckets(ToolTest):
    def test_make_list_remove(self):
        b = self.bucket_name()
        self.run_tool("mb", f"s3://{b}")
        self.assertIn(b, self.lines("ls"))
        self.assertIn(b, [x["bucket"] for x in self.json_lines("ls", "--json")])
        self.assertEqual(self.json_lines("stat", "--json", f"s3://{b}")[0]["bucket"], b)
        self.assertEqual(self.out("ls", f"s3://{b}"), "")
        self.fails("mb", f"s3://{b}", says=b)
        self.put(f"s3://{b}/k", "x")
        self.fails("rm", "--bucket", f"s3://{b}", says=b)
        self.run_tool("rm", "-r", "--bucket", f"s3://{b}")
        self.assertNotIn(b, self.lines("ls"))

    def test_urls_that_are_no_buckets(self):
        self.usage("mb", "s3://", says="bucket")
        self.usage("mb", "s3://a/key")
        self.usage("mb", "name")
        self.usage("mb", "s3://no_such*name")


class Objects(ToolTest):
    def test_round_trip_and_stat(self):
        b = self.bucket()
        (self.folder / "data.csv").write_bytes(b"a,b\n1,2\n")
        self.run_tool("cp", "data.csv", f"s3://{b}/x/data.csv", "--content-type", "text/csv", "--metadata", "owner=me",
                      "--metadata", "note=a=b")
        facts, = self.json_lines("stat", "--json", f"s3://{b}/x/data.csv")
        self.assertEqual(list(facts), ["bucket", "key", "size", "etag", "last_modified", "content_type", "version_id",
                                       "metadata"])
        self.assertEqual((facts["bucket"], facts["key"], facts["size"]), (b, "x/data.csv", 8))
        self.assertRegex(facts["etag"], "^[0-9a-f]{32}$")
        self.assertRegex(facts["last_modified"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertEqual((facts["content_type"], facts["metadata"]), ("text/csv", {"owner": "me", "note": "a=b"}))
        self.assertEqual(self.run_tool("cat", f"s3://{b}/x/data.csv").stdout, b"a,b\n1,2\n")
        self.assertIn("metadata.owner", self.out("stat", f"s3://{b}/x/data.csv"))

    def test_large_object_by_parts(self):
        b = self.bucket()
        data = os.urandom(1 << 20) * 21 + b"end"
        self.upload(f"s3://{b}/large", data)
        facts, = self.json_lines("stat", "--json", f"s3://{b}/large")
        self.assertEqual(facts["size"], len(data))
        self.assertIn("-", facts["etag"])  # it was a multipart upload
        self.assertEqual(self.run_tool("cat", f"s3://{b}/large").stdout, data)
        self.run_tool("cp", f"s3://{b}/large", "copy")
        self.assertEqual((self.folder / "copy").read_bytes(), data)

    def test_odd_keys(self):
        b = self.bucket()
        for key in ODD_KEYS:
            with self.subTest(key=key):
                self.upload(f"s3://{b}/{key}", f"value of {key};")
        urls = [f"s3://{b}/{key}" for key in ODD_KEYS]
        self.assertEqual(self.run_tool("cat", *urls).stdout.decode(), "".join(f"value of {key};" for key in ODD_KEYS))
        self.assertEqual([e["key"] for e in self.json_lines("stat", "--json", *urls)], ODD_KEYS)
        listed = [e["key"] for e in self.json_lines("ls", "-r", "--json", f"s3://{b}")]
        self.assertEqual(listed, sorted(ODD_KEYS, key=str.encode))
        lines = self.lines("ls", "-r", f"s3://{b}")
        self.assertEqual(len(lines), len(ODD_KEYS))
        self.assertIn("line\\nbreak", lines)
        self.run_tool("rm", *urls[1:])
        self.assertEqual(self.out("cat", urls[0]), f"value of {ODD_KEYS[0]};")
        self.fails("stat", urls[1])
        self.run_tool("rm", urls[0])
        self.assertEqual(self.out("ls", f"s3://{b}"), "")

    def test_empty_object(self):
        b = self.bucket()
        self.upload(f"s3://{b}/empty", "")
        self.assertEqual(self.out("cat", f"s3://{b}/empty"), "")
        self.assertEqual(self.json_lines("stat", "--json", f"s3://{b}/empty")[0]["size"], 0)
        self.run_tool("cp", f"s3://{b}/empty", "here")
        self.assertEqual((self.folder / "here").read_bytes(), b"")

    def test_cat_several(self):
        b = self.bucket()
        self.put(f"s3://{b}/1", "one ")
        self.put(f"s3://{b}/2", "two")
        self.assertEqual(self.out("cat", f"s3://{b}/1", f"s3://{b}/2"), "one two")

    def test_what_is_not_there(self):
        b = self.bucket()
        for command in ("stat", "cat"):
            self.fails(command, f"s3://{b}/no/such", says=[f"s3://{b}/no/such", "hint"])
        self.fails("cat", "s3://no-such-bucket-here/key", says="no-such-bucket-here")
        self.fails("ls", "s3://no-such-bucket-here", says="no-such-bucket-here")
        self.fails("cp", f"s3://{b}/no/such", "there")
        self.assertFalse((self.folder / "there").exists())
        self.assertEqual(list(self.folder.iterdir()), [])
        self.fails("cp", "no-such-file", f"s3://{b}/k", says="no-such-file")
        self.fails("cp", ".", f"s3://{b}/k")
        self.assertEqual(self.out("ls", f"s3://{b}"), "")


class Listing(ToolTest):
    def setUp(self):
        super().setUp()
        self.b = self.bucket()
        for key in ("a.txt", "dir/b.csv", "dir/c.csv", "dir/sub/d.csv", "dir2/e.csv"):
            self.put(f"s3://{self.b}/{key}", key)

    def ls(self, key, *options):
        return self.lines("ls", *options, f"s3://{self.b}/{key}")

    def test_one_level(self):
        self.assertEqual(self.lines("ls", f"s3://{self.b}"), ["a.txt", "dir/", "dir2/"])
        self.assertEqual(self.ls("dir/"), ["dir/b.csv", "dir/c.csv", "dir/sub/"])
        self.assertEqual(self.ls("dir"), ["dir/", "dir2/"])
        self.assertEqual(self.ls("no/such/"), [])

    def test_everything(self):
        self.assertEqual(self.ls("dir", "-r"), ["dir/b.csv", "dir/c.csv", "dir/sub/d.csv", "dir2/e.csv"])

    def test_details(self):
        self.upload(f"s3://{self.b}/dir/c.csv", "dir/c.csv")  # for an ETag of the usual form
        line, prefix = [x.split() for x in self.ls("dir/", "-l")][1:]
        self.assertEqual((line[0], line[3]), ("9", "dir/c.csv"))
        self.assertRegex(line[1], r"^\d{4}-.*Z$")
        self.assertRegex(line[2], "^[0-9a-f]{32}$")
        self.assertEqual(prefix, ["-", "-", "-", "dir/sub/"])

    def test_json(self):
        found = self.json_lines("ls", "--json", f"s3://{self.b}/dir/")
        self.assertEqual(found[2], {"prefix": "dir/sub/"})
        self.assertEqual(list(found[0]), ["key", "size", "etag", "last_modified"])
        self.assertEqual((found[0]["key"], found[0]["size"]), ("dir/b.csv", 9))

    def test_patterns(self):
        self.assertEqual(self.ls("dir/*.csv"), ["dir/b.csv", "dir/c.csv"])
        self.assertEqual(self.ls("*/?.csv"), ["dir/b.csv", "dir/c.csv", "dir2/e.csv"])
        self.assertEqual(self.ls("dir*"), ["dir/", "dir2/"])
        self.assertEqual(self.ls("dir/*/d.*"), ["dir/sub/d.csv"])
        self.assertEqual(self.ls("*.nothing"), [])
        self.assertEqual(self.ls("dir/[bx].{csv,json}"), ["dir/b.csv"])
        self.assertEqual(self.ls("**/d.*"), ["dir/sub/d.csv"])
        self.assertEqual(self.ls("{dir,dir2}/[!b].csv"), ["dir/c.csv", "dir2/e.csv"])

    def test_the_literal_key_wins(self):
        self.put(f"s3://{self.b}/dir/*.csv", "x")
        self.assertEqual(self.ls("dir/*.csv"), ["dir/*.csv"])
        self.put(f"s3://{self.b}/dir/?.csv", "n\n1\n")
        self.assertEqual(self.lines("scan", f"s3://{self.b}/dir/?.csv"), ["n", "1"])

    def test_many_pages(self):
        source = self.folder / "many"
        source.mkdir()
        for i in range(1203):
            (source / f"{i:04}").write_bytes(b"")
        shutil.copytree(source, pathlib.Path(server.folder) / self.b / "many")
        self.assertEqual(self.ls("many/"), [f"many/{i:04}" for i in range(1203)])
        self.run_tool("rm", "-r", f"s3://{self.b}/many")
        self.assertEqual(self.ls("many/"), [])


class Copying(ToolTest):
    def test_into_folders(self):
        b = self.bucket()
        (self.folder / "f.txt").write_text("f")
        self.run_tool("cp", "f.txt", f"s3://{b}")
        self.run_tool("cp", "f.txt", f"s3://{b}/to/")
        self.assertEqual(self.lines("ls", "-r", f"s3://{b}"), ["f.txt", "to/f.txt"])
        (self.folder / "in").mkdir()
        self.run_tool("cp", f"s3://{b}/to/f.txt", "in")
        self.assertEqual((self.folder / "in" / "f.txt").read_text(), "f")

    def test_within_the_store(self):
        b = self.bucket()
        self.run_tool("cp", "-", f"s3://{b}/from", "--content-type", "text/x", "--metadata", "k=v", stdin=b"body")
        done, = self.json_lines("cp", "--json", f"s3://{b}/from", f"s3://{b}/to ?#%")
        self.assertEqual(done["target"], f"s3://{b}/to ?#%")
        facts, = self.json_lines("stat", "--json", f"s3://{b}/to ?#%")
        self.assertEqual((facts["content_type"], facts["metadata"]), ("text/x", {"k": "v"}))
        self.run_tool("cp", f"s3://{b}/from", f"s3://{b}/other", "--content-type", "text/y")
        self.assertEqual(self.json_lines("stat", "--json", f"s3://{b}/other")[0]["content_type"], "text/y")
        self.assertEqual(self.out("cat", f"s3://{b}/other"), "body")

    def test_local_files(self):
        (self.folder / "a b").write_text("text")
        self.run_tool("cp", "a b", "c")
        self.run_tool("cp", f"file://{self.folder}/c", f"file://localhost{self.folder}/d")
        self.assertEqual((self.folder / "d").read_text(), "text")
        self.assertEqual(self.out("cp", "d", "-"), "text")
        self.assertEqual(self.out("cat", f"file://{self.folder}/a b"), "text")
        self.assertEqual(self.json_lines("stat", "--json", "d")[0]["size"], 4)

    def test_links_stay_and_pipes_are_written_to(self):
        (self.folder / "source").write_text("new")
        (self.folder / "real").write_text("old")
        (self.folder / "link").symlink_to("real")
        self.run_tool("cp", "source", "link")
        self.assertTrue((self.folder / "link").is_symlink())
        self.assertEqual((self.folder / "real").read_text(), "new")
        os.mkfifo(self.folder / "pipe")
        got = []
        reader = threading.Thread(target=lambda: got.append((self.folder / "pipe").read_text()))
        reader.start()
        self.run_tool("cp", "source", "pipe")
        reader.join(TIMEOUT)
        self.assertEqual(got, ["new"])
        self.assertTrue(stat.S_ISFIFO((self.folder / "pipe").stat().st_mode))
        self.run_tool("cp", "source", "/dev/null")
        self.fails("cp", "source", "/dev/full", says="/dev/full")

    def test_trees(self):
        b = self.bucket()
        files = {"a": "1", "sub/b": "2", "sub/deeper/c d": "3", "empty": ""}
        for name, text in files.items():
            path = self.folder / "tree" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.run_tool("cp", "-r", "tree", f"s3://{b}/up")
        self.put(f"s3://{b}/upper", "not below up/")
        self.run_tool("cp", "-r", f"s3://{b}/up", f"s3://{b}/across/")
        self.run_tool("cp", "-r", f"s3://{b}/across", "down")
        down = self.folder / "down"
        self.assertEqual({str(p.relative_to(down)): p.read_text() for p in down.rglob("*") if p.is_file()}, files)
        self.run_tool("rm", "-r", f"s3://{b}/up")
        self.assertEqual(len(self.lines("ls", "-r", f"s3://{b}")), 1 + len(files))
        self.fails("cp", "-r", f"s3://{b}/nothing", "down", says="nothing")

    def test_links_to_folders_are_not_passed_over(self):
        b = self.bucket()
        (self.folder / "tree").mkdir()
        (self.folder / "tree" / "loop").symlink_to(self.folder)
        self.fails("cp", "-r", "tree", f"s3://{b}/up", says="tree/loop")
        self.assertEqual(self.lines("ls", "-r", "tree"), ["tree/loop/"])

    def test_keys_never_leave_the_folder(self):
        for key in ("../escaped", "x/../../escaped", "/escaped", "a//b", "."):
            with self.subTest(key=key):
                b = self.bucket()
                self.upload(f"s3://{b}/p/{key}", "x")
                self.fails("cp", "-r", f"s3://{b}/p", "down/here", says="hint")
                self.assertFalse(list(self.folder.rglob("*escaped*")))

    def test_links_in_the_target_lead_nowhere(self):
        b = self.bucket()
        for key in ("link/x", "file"):
            self.put(f"s3://{b}/p/{key}", "x")
        (self.folder / "down").mkdir()
        (self.folder / "outside").mkdir()
        (self.folder / "down/link").symlink_to(self.folder / "outside")
        self.fails("cp", "-r", f"s3://{b}/p", "down", says=["link", "hint"])
        (self.folder / "down/link").unlink()
        (self.folder / "mine").write_text("mine")
        (self.folder / "down/file").symlink_to(self.folder / "mine")
        self.fails("cp", "-r", f"s3://{b}/p", "down", says=["link", "hint"])
        self.assertEqual((self.folder / "mine").read_text(), "mine")
        self.assertFalse(list((self.folder / "outside").iterdir()))

    def test_what_is_no_file_is_refused(self):
        b = self.bucket()
        (self.folder / "from").mkdir()
        os.mkfifo(self.folder / "from/fifo")
        self.fails("cp", "-r", "from", f"s3://{b}/p", says=["fifo", "no regular file"])


class Uploads(ToolTest):
    def test_old_ones_are_listed_and_aborted(self):
        s = SlowStore()
        self.addCleanup(s.close)
        s.uploads = {"p/new": "2199-01-01T00:00:00.000Z", "p/old": "2020-01-01T00:00:00.000Z"}
        env = environment(s.endpoint)
        listed = self.json_lines("uploads", "ls", "--json", "s3://b/p/", env=env)
        self.assertEqual([(u["url"], u["upload_id"], u["initiated"]) for u in listed],
                         [("s3://b/p/new", "p/new", "2199-01-01T00:00:00Z"), ("s3://b/p/old", "p/old", "2020-01-01T00:00:00Z")])
        self.assertIn("s3://b/p/old", self.out("uploads", "ls", "s3://b/p/", "--older-than", "7d", env=env))
        self.assertNotIn("s3://b/p/new", self.out("uploads", "ls", "s3://b/p/", "--older-than", "7d", env=env))
        self.usage("uploads", "abort", "s3://b/p/", says="--older-than", env=env)
        self.assertEqual(s.aborted, set())
        self.run_tool("uploads", "abort", "s3://b/p/", "--older-than", "7d", env=env)
        self.assertEqual(s.aborted, {"p/old"})
        self.run_tool("uploads", "abort", "s3://b/p/new", "--id", "p/new", env=env)
        self.assertEqual(s.aborted, {"p/old", "p/new"})


class ManyCopies(ToolTest):
    """cp -r does several copies at once."""
    KEYS = [f"k{i:02}" for i in range(16)]

    def store(self, *args, **more):
        s = SlowStore(*args, **more)
        self.addCleanup(s.close)
        return s

    def start(self, s, *args):
        return subprocess.Popen([TOOL, "cp", "-r", "--json", *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=environment(s.endpoint), cwd=self.folder)

    def finish(self, process, status=0):
        out, err = process.communicate(timeout=TIMEOUT)
        self.check(process.returncode, out, err, status, process.args)
        return [json.loads(line)["source"] for line in out.splitlines()], err.decode()

    def sources(self, keys):
        return [f"s3://b/p/{k}" for k in keys]

    def files(self):
        return sorted(p.name for p in self.folder.rglob("*") if p.is_file())

    def test_as_many_at_once_as_asked_for(self):
        for options, jobs in (([], 8), (["--jobs", "1"], 1), (["--jobs", "4"], 4), (["--jobs", "16"], 16)):
            with self.subTest(jobs=jobs):
                together = threading.Barrier(jobs)  # nobody goes on before so many have come
                s = self.store(["p/" + k for k in self.KEYS], lambda key: together.wait(TIMEOUT))
                reports, _ = self.finish(self.start(s, *options, "s3://b/p", f"to{jobs}"))
                self.assertEqual(reports, self.sources(self.KEYS))
                self.assertEqual(s.most_busy, jobs)
                self.assertEqual(sorted(p.name for p in (self.folder / f"to{jobs}").iterdir()), self.KEYS)

    def test_reports_come_in_the_order_of_the_listing(self):
        waiting = ["p/" + k for k in self.KEYS]

        def answer(key):  # the last one first
            s.until(lambda: waiting[-1] == key)
            with s.changed:
                waiting.pop()
                s.changed.notify_all()
        s = self.store(list(waiting), answer)
        reports, _ = self.finish(self.start(s, "--jobs", "16", "s3://b/p", "to"))
        self.assertEqual(reports, self.sources(self.KEYS))

    def test_the_first_failure_ends_all(self):
        s = self.store(["p/" + k for k in self.KEYS])

        def answer(key):
            if key == "p/k03":
                s.until(lambda: s.busy == 4 and len(s.asked) == 5)  # all of k01 to k04, after k00 has ended
                raise PermissionError
            if key != "p/k00":
                s.stall()
        s.on_get = answer
        reports, said = self.finish(self.start(s, "--jobs", "4", "s3://b/p", "to"), status=1)
        self.assertIn("k03", said)
        self.assertEqual(reports, self.sources(["k00"]))
        self.assertEqual(self.files(), ["k00"])
        self.assertEqual(sorted(s.asked), ["p/" + k for k in self.KEYS[:5]])

    def test_a_key_that_cannot_be_a_file_ends_those_before_it(self):
        s = self.store(["p/a", "p/b", "p/x//y", "p/z"], lambda key: s.stall())
        _, said = self.finish(self.start(s, "s3://b/p", "to"), status=1)
        self.assertIn("x//y", said)
        self.assertEqual(self.files(), [])

    def test_interrupted_downloads_leave_nothing(self):
        for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            s = self.store(["p/" + k for k in self.KEYS], lambda key: s.stall() if key > "p/k01" else None)
            process = self.start(s, "s3://b/p", "to")
            s.until(lambda: s.busy == 8 and len(s.asked) == 10)  # k00 and k01 have ended
            process.send_signal(how)
            self.assertEqual(self.interrupted(process, how), self.sources(["k00", "k01"]))
            self.assertEqual(self.files(), ["k00", "k01"])
            shutil.rmtree(self.folder / "to")

    def interrupted(self, process, how):
        out, err = process.communicate(timeout=TIMEOUT)
        self.assertEqual((process.returncode, err), (-how, b""))
        return [json.loads(line)["source"] for line in out.splitlines()]

    def test_interrupted_uploads_are_aborted(self):
        (self.folder / "from").mkdir()
        for name in "abc":
            (self.folder / "from" / name).write_bytes(b"x" * (9 << 20))
        s = self.store(on_put=lambda key: s.stall())
        process = self.start(s, "from", "s3://b/p")
        s.until(lambda: len(s.started) == 3 and s.busy >= 3)
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.interrupted(process, signal.SIGINT), [])
        self.assertEqual(s.started, {"p/a", "p/b", "p/c"})
        self.assertEqual(s.aborted, s.started)

    def test_more_than_the_memory_budget_holds(self):
        b = self.bucket()
        (self.folder / "from").mkdir()
        for i in range(6):
            (self.folder / "from" / f"f{i}").write_bytes(os.urandom(1 << 20) * 10 + b"end")
        self.run_tool("cp", "-r", "--memory-budget", "8M", "from", f"s3://{b}")
        self.run_tool("cp", "-r", f"s3://{b}", "to")
        for i in range(6):
            self.assertEqual((self.folder / "from" / f"f{i}").read_bytes(), (self.folder / "to" / f"f{i}").read_bytes())

    def test_many(self):
        b = self.bucket()
        names = sorted(f"{i % 7}/{i}" for i in range(1203))
        for name in names:
            path = self.folder / "from" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        for source, target in (("from", f"s3://{b}/1"), (f"s3://{b}/1", f"s3://{b}/2"), (f"s3://{b}/2", "to")):
            reports = self.json_lines("cp", "-r", "--json", source, target)
            self.assertEqual([r["source"] for r in reports], [f"{source}/{n}" for n in names])
            self.assertEqual([r["target"] for r in reports], [f"{target}/{n}" for n in names])
        self.assertEqual({n: (self.folder / "to" / n).read_text() for n in names}, {n: n for n in names})


class Rows(ToolTest):
    TRIPS = "id,city,fare,note\n1,Zürich,40.5,\n2,東京,12.25,\"a \"\"b\"\", c\"\n3,,99.0,\"two\nlines\"\n4,Kraków,41.0,x\n"

    def setUp(self):
        super().setUp()
        self.b = self.bucket()
        self.url = f"s3://{self.b}/trips.csv"
        self.put(self.url, self.TRIPS)

    def test_csv_comes_back_as_it_was(self):
        self.assertEqual(self.out("scan", self.url), self.TRIPS)

    def test_formats(self):
        rows = self.json_lines("scan", "--format", "jsonl", self.url)
        self.assertEqual(rows[0], {"id": 1, "city": "Zürich", "fare": 40.5, "note": None})
        self.assertEqual(rows[2], {"id": 3, "city": None, "fare": 99.0, "note": "two\nlines"})
        self.assertEqual(rows, self.json_lines("scan", "--json", self.url))
        self.assertEqual(json.loads(self.out("scan", "--format", "json", self.url)), rows)
        self.assertEqual(self.out("scan", "--format", "none", self.url), "")
        table = self.lines("scan", "--format", "table", self.url)
        self.assertEqual(len(table), 6)
        self.assertIn("two\\nlines", table[4])
        self.assertEqual(self.lines("scan", "--format", "tsv", "--limit", "1", self.url), ["id\tcity\tfare\tnote",
                                                                                         "1\tZürich\t40.5\t"])

    def test_select_where_limit(self):
        args = ("scan", self.url, "--select", "fare,id")
        self.assertEqual(self.lines(*args), ["fare,id", "40.5,1", "12.25,2", "99.0,3", "41.0,4"])
        self.assertEqual(self.lines(*args, "--where", "fare > 40"), ["fare,id", "40.5,1", "99.0,3", "41.0,4"])
        self.assertEqual(self.lines(*args, "--where", "fare > 40 and city = 'Kraków'"), ["fare,id", "41.0,4"])
        self.assertEqual(self.lines(*args, "--where", "fare > 40", "--limit", "2"), ["fare,id", "40.5,1", "99.0,3"])
        self.assertEqual(self.lines(*args, "--limit", "0"), ["fare,id"])
        self.assertEqual(self.lines(*args, "--where", "fare > 1000"), ["fare,id"])

    def test_gzip_jsonl_and_names(self):
        self.put(f"s3://{self.b}/t.csv.gz", gzip.compress(self.TRIPS.encode()))
        self.assertEqual(self.out("scan", f"s3://{self.b}/t.csv.gz"), self.TRIPS)
        jsonl = '{"id":1,"fare":2.5}\n{"id":2}\n\n{"id":3,"fare":null,"extra":[1,2]}'
        self.put(f"s3://{self.b}/t.jsonl", jsonl)
        self.assertEqual(self.lines("scan", f"s3://{self.b}/t.jsonl", "--select", "id,fare"), ["id,fare", "1,2.5", "2,", "3,"])
        self.assertEqual(self.json_lines("scan", "--json", f"s3://{self.b}/t.jsonl")[2], {"id": 3, "fare": None, "extra": [1, 2]})
        # a list has no form in CSV
        self.assertEqual(self.lines("scan", f"s3://{self.b}/t.jsonl"), self.lines("scan", "--format", "jsonl", f"s3://{self.b}/t.jsonl"))
        self.assertEqual(self.lines("head", f"s3://{self.b}/t.jsonl")[0], '{"id":1,"fare":2.5,"extra":null}')
        self.fails("scan", "--format", "csv", f"s3://{self.b}/t.jsonl", says=["extra", "JSON Lines"])
        self.assertIn("[1, 2]", self.lines("scan", "--format", "table", f"s3://{self.b}/t.jsonl")[4])
        self.put(f"s3://{self.b}/plain", self.TRIPS)
        self.usage("scan", f"s3://{self.b}/plain", says="--from")
        self.assertEqual(self.out("scan", "--from", "csv", f"s3://{self.b}/plain"), self.TRIPS)
        self.assertEqual(self.out("scan", "--from", "csv", "-", stdin=self.TRIPS.encode()), self.TRIPS)
        (self.folder / "t.csv").write_text(self.TRIPS)
        self.assertEqual(self.out("scan", "t.csv"), self.TRIPS)
        self.assertEqual(self.lines("scan", "t.csv", "--no-header", "--limit", "1")[0], "f0,f1,f2,f3")

    def test_head(self):
        self.put(f"s3://{self.b}/n.csv", "n\n" + "".join(f"{i}\n" for i in range(1000)))
        self.assertEqual(self.lines("head", f"s3://{self.b}/n.csv"), ["n"] + [str(i) for i in range(10)])
        self.assertEqual(self.lines("head", "-n", "3", f"s3://{self.b}/n.csv"), ["n", "0", "1", "2"])

    def test_several_objects(self):
        for i in range(3):
            self.put(f"s3://{self.b}/many/part-{i}.csv", f"n,x\n{i},{i}.5\n")
        self.put(f"s3://{self.b}/many/_SUCCESS", "")
        expect = ["n,x", "0,0.5", "1,1.5", "2,2.5"]
        self.assertEqual(self.lines("scan", f"s3://{self.b}/many/"), expect)
        self.assertEqual(self.lines("scan", f"s3://{self.b}/many/part-*.csv"), expect)
        self.assertEqual(self.lines("head", "-n", "2", f"s3://{self.b}/many/part-?.csv"), expect[:3])
        self.fails("scan", f"s3://{self.b}/many/nothing-*", says="no object")
        self.put(f"s3://{self.b}/many/part-3.csv", "n,y\n3,4\n")
        self.put(f"s3://{self.b}/types/1.csv", "n\n1.5\n")
        self.put(f"s3://{self.b}/types/2.csv", "n,extra\n2,x\n")
        self.fails("scan", f"s3://{self.b}/types/", says=["2.csv", "--select"])
        self.assertEqual(self.lines("scan", f"s3://{self.b}/types/", "--select", "n"), ["n", "1.5", "2.0"])
        done = self.fails("scan", f"s3://{self.b}/many/", says=["part-3.csv", "n int64, y int64"])
        self.assertEqual(done.stdout.decode().splitlines(), expect)  # what came before stands

    def test_limit_stops_the_download(self):
        row = "1,two,3.5," + "x" * 200 + "\n"
        self.put(f"s3://{self.b}/big.csv", "a,b,c,d\n" + row * 150_000)
        done = self.run_tool("scan", "--limit", "5", "--stats", "--json", f"s3://{self.b}/big.csv")
        stats = json.loads(done.stderr)
        self.assertEqual(stats["rows"], 5)
        self.assertLessEqual(stats["bytes"], 128 << 10)
        self.assertEqual(stats["requests"], 1)
        self.assertEqual(len(self.lines("scan", "--limit", "1000", f"s3://{self.b}/big.csv")), 1001)

    def test_stats(self):
        done = self.run_tool("scan", "--stats", self.url)
        self.assertRegex(done.stderr.decode(), r"^4 rows of 4, \d+ B in 1 file\(s\), .* 1 requests, .*\n$")

    def test_stats_of_convert(self):
        stats = json.loads(self.run_tool("convert", "--stats", "--json", "--where", "fare > 40", self.url,
                                         f"s3://{self.b}/o.jsonl").stderr)
        stored = self.out("cat", f"s3://{self.b}/o.jsonl")
        self.assertEqual((stats["rows_read"], stats["rows"], stats["rows_skipped"], stats["requests"]), (4, 3, 0, 2))
        self.assertEqual((stats["bytes"], stats["bytes_out"]), (len(self.TRIPS.encode()), len(stored.encode())))
        self.assertGreater(stats["cpu_seconds"], 0)
        self.assertGreater(stats["budget_peak"], 0)

    def test_convert(self):
        expect = self.json_lines("scan", "--json", self.url)
        for name in ("c.jsonl", "c.jsonl.gz", "c.csv.gz", "c.json", "c.arrow", "deep/c.jsonl"):
            for target in (f"s3://{self.b}/{name}", str(self.folder / name.replace("/", "-"))):
                self.assertEqual(self.out("convert", self.url, target), "")
                self.assertEqual(self.json_lines("scan", "--json", target), expect, target)
        self.assertEqual(gzip.decompress((self.folder / "c.csv.gz").read_bytes()).decode(), self.TRIPS)
        self.assertEqual(self.lines("convert", self.url, "-", "--to", "tsv", "--select", "city,id", "--limit", "2"),
                         ["city\tid", "Zürich\t1", "東京\t2"])
        self.out("convert", "--from", "csv", "-", f"s3://{self.b}/piped", "--to", "jsonl", stdin=b"a\n1\n")
        self.assertEqual(self.out("cat", f"s3://{self.b}/piped"), '{"a":1}\n')
        self.out("convert", "--select", "city", "--where", "city = 'Zürich'", self.url, "cities.txt")
        self.assertEqual((self.folder / "cities.txt").read_text(), "Zürich\n")
        self.usage("convert", self.url, f"s3://{self.b}/no_format", says="--to")
        self.usage("convert", self.url, "x.csv", "--to", "xml", says="xml")
        self.usage("convert", self.url, "-", says="--to")
        self.usage("convert", self.url, "x.csv.gz", "--level", "99", says="level")
        self.usage("convert", self.url, "all.txt", says=["one column", "id, city, fare, note"])
        self.assertFalse((self.folder / "all.txt").exists())

    def test_lists(self):
        scan = lambda text, *args: self.json_lines("scan", "--json", "--from", "csv", "-", *args, stdin=text.encode())
        nulls = "k,v\n1,[NULL]\n2,NULL\n3,\n"
        self.assertEqual([r["v"] for r in scan(nulls, "--null", "[NULL]")], [None, "NULL", ""])
        for given in (("--null", "NA,"), ("--null", ",NA"), ("--null", "", "--null", "NA"), ("--null", "NA", "--null", "")):
            self.assertEqual([r["b"] for r in scan("a,b\nNA,\n1,x\n", *given)], [None, "x"], given)
            self.assertEqual([r["a"] for r in scan("a,b\nNA,\n1,x\n", *given)], [None, 1], given)
        self.assertEqual(scan('a,b\n1,"x,y"\n', "--null", r"x\,y", "--schema", "a: int64, b: string"), [{"a": 1, "b": "x,y"}]) # quoted
        self.assertEqual(scan("a;b\n1;x,y\n", "--delimiter", ";", "--null", r"x\,y"), [{"a": 1, "b": None}])
        self.assertEqual(scan("a,[a]\n1,2\n", "--select", "[a]"), [{"[a]": 2}])
        self.assertEqual(scan('a,"b,c"\n1,2\n', "--select", r"b\,c,a"), [{"b,c": 2, "a": 1}])
        self.assertEqual(self.lines("scan", "--from", "csv", "-", "--no-header", "--names", "[x],,y", stdin=b"1,2,3\n")[0], '[x],"",y')
        self.assertEqual(self.out("scan", "--from", "csv", "--null", "NA", "--select", "a", "-", stdin=b"a,b\nNA,1\n"), 'a\n""\n')
        self.usage("scan", "--from", "csv", "-", "--null", "--format", "jsonl", says="--null needs a value")
        self.usage("scan", "--from", "csv", "-", "--null", "--json", says="--null needs a value")

    def test_brackets_are_names(self):
        for name in ("[a,b]", "a", "b", "[", "]"):
            (self.folder / name).write_text(name)
        self.assertEqual(self.out("cat", "[a,b]", "a"), "[a,b]a")
        self.assertIn("[a,b]", self.out("stat", "[a,b]"))
        self.out("cp", "[a,b]", "[copy]")
        self.assertEqual((self.folder / "[copy]").read_text(), "[a,b]")
        self.out("rm", "[a,b]", "[copy]")
        self.assertEqual(sorted(p.name for p in self.folder.iterdir() if len(p.name) < 8), ["[", "]", "a", "b"])

    def test_plain_tsv(self):
        expect = self.json_lines("scan", "--json", self.url)
        for target in ("t.tsv.gz", f"s3://{self.b}/t.tsv"): # a note has two lines
            self.fails("convert", self.url, target, says=['column "note" in row 3', "--to-quote"])
        self.assertFalse((self.folder / "t.tsv.gz").exists())
        self.out("convert", self.url, "quoted.tsv", "--to-quote", '"')
        self.assertEqual(self.json_lines("scan", "--json", "quoted.tsv", "--quote", '"'), expect)
        self.out("convert", self.url, "t.tsv", "--where", "id <> 3", "--to-null", r"\N")
        self.assertIn("1\tZürich\t40.5\t\\N\n", (self.folder / "t.tsv").read_text())
        self.assertEqual(self.json_lines("scan", "--json", "t.tsv", "--null", r"\N"), [r for r in expect if r["id"] != 3])
        lines = "".join(f"{n}\t{t}\n" for n, t in (("n", '"t"'), (1, '"Giliap"'), (2, 'a "b'), (3, '"c" d')))
        self.put(f"s3://{self.b}/marks.tsv", lines)
        self.assertEqual(self.out("scan", "--format", "tsv", f"s3://{self.b}/marks.tsv"), lines)
        self.assertEqual(self.json_lines("scan", "--json", f"s3://{self.b}/marks.tsv")[1], {"n": 2, '"t"': 'a "b'})
        self.usage("convert", self.url, "t.jsonl", "--to-null", "NA", says="--to-null is for CSV and TSV")
        self.usage("scan", self.url, "--format", "table", "--to-quote", "none", says="--to-quote is for CSV and TSV")
        self.assertEqual(self.out("scan", "--format", "Tsv", "--to-null", r"\N", "t.tsv", "--null", r"\N"), (self.folder / "t.tsv").read_text())
        self.out("convert", self.url, "escaped.tsv", "--to-escape", "\\", "--to-null", r"\N")
        self.assertEqual(self.json_lines("scan", "--json", "escaped.tsv", "--escape", "\\", "--null", r"\N"), expect)
        (self.folder / "q.tsv").write_text('a\tb\n"x\ty"\t"q"\n')
        self.fails("scan", "q.tsv", says=["line 2", "--quote"])
        (self.folder / "r.tsv").write_text("a\tb\nx\n")
        self.assertNotIn("--quote", self.fails("scan", "r.tsv", says=["line 2", "is the delimiter right?"]).stderr.decode())
        (self.folder / "nested.jsonl").write_text('{"a":[1]}\n')
        self.assertEqual(self.out("scan", "nested.jsonl"), '{"a":[1]}\n')
        self.fails("scan", "--to-null", "NA", "nested.jsonl", says=["column", "no form in CSV"])
        for option in ("--quote", "--delimiter", "--escape"):
            self.usage("scan", option, "", "q.tsv", says=option)
        self.usage("convert", "q.tsv", "o.csv", "--to-quote", "", says="--to-quote")
        self.usage("scan", "--json", self.url, "--to-quote", "none", says="--to-quote is for CSV and TSV")
        self.usage("convert", self.url, "t.csv", "--to-quote", "ab", says="--to-quote")

    def test_what_json_has_no_numbers_for(self):
        self.put(f"s3://{self.b}/f.csv", "x,n\n0.5,1\nNaN,2\n-Infinity,3\n")
        url = f"s3://{self.b}/f.csv"
        for target in ("f.jsonl", "f.json.gz", f"s3://{self.b}/f.jsonl"):
            self.fails("convert", url, target, says=["column x in row 2", "NaN", "--not-finite"])
            self.fails("convert", url, target, "--not-finite", "error", says="column x in row 2")
        self.assertFalse((self.folder / "f.jsonl").exists())
        self.fails("scan", "--json", url, says=["column x in row 2", "--not-finite"])
        for how, nan, less in (("null", None, None), ("text", "NaN", "-Infinity")):
            self.out("convert", url, "f.jsonl", "--not-finite", how)
            rows = [{"x": 0.5, "n": 1}, {"x": nan, "n": 2}, {"x": less, "n": 3}]
            self.assertEqual([json.loads(line) for line in (self.folder / "f.jsonl").read_text().splitlines()], rows)
            self.assertEqual(self.json_lines("scan", "--json", "--not-finite", how, url), rows)
            self.assertEqual(json.loads(self.out("scan", "--format", "json", "--not-finite", how, url)), rows)
        back = self.out("scan", "f.jsonl", "--schema", "x: float64, n: int64")
        self.assertEqual(back, self.out("scan", url))
        self.usage("convert", url, "f.csv", "--not-finite", "null", says=["--not-finite is for JSON", "csv"])
        self.usage("scan", url, "--format", "table", "--not-finite", "null", says="--not-finite is for JSON")
        self.usage("convert", url, "f.jsonl", "--not-finite", "zero", says="--not-finite")

    def test_a_failed_convert_leaves_nothing(self):
        self.put(f"s3://{self.b}/ragged.csv", "a,b\n1,2\n3\n")
        for target in (f"s3://{self.b}/to.jsonl", "to.jsonl"):
            self.fails("convert", f"s3://{self.b}/ragged.csv", target, says=["ragged.csv", "line 3"])
        self.assertFalse((self.folder / "to.jsonl").exists())
        self.assertNotIn("to.jsonl", self.out("ls", f"s3://{self.b}/"))

    def test_schema(self):
        self.assertEqual(self.lines("schema", self.url), ["id: int64,", "city: string,", "fare: float64,", "note: string"])
        self.assertEqual(self.json_lines("schema", "--json", self.url)[2], {"name": "fare", "type": "float64", "nullable": True})
        self.put(f"s3://{self.b}/t.log", "x\n")
        self.assertEqual(self.lines("schema", f"s3://{self.b}/t.log"), ["text: string not null"])
        self.assertEqual(self.lines("schema", "-", "--from", "jsonl", stdin=b'{"a":true}'), ["a: boolean"])
        self.usage("schema", "nothing", says="--from")
        self.fails("schema", "nothing.csv", says="nothing.csv")

    def test_a_schema_is_given_back(self):
        odd = b'{"a b":[1],"q\\"":{"x":"2024-01-01"},"\xc3\xa9":1.5,"":null,"n":"7"}\n'
        found = self.out("schema", "-", "--from", "jsonl", stdin=odd)
        (self.folder / "it").write_text(found)
        for schema in (found, "@it", " ".join(found.split("\n"))):
            self.assertEqual(self.run_tool("scan", "--json", "--from", "jsonl", "-", "--schema", schema, stdin=odd).stdout,
                             self.run_tool("scan", "--json", "--from", "jsonl", "-", stdin=odd).stdout)
        typed = found.replace("n: string", "n: decimal128(5, 2)")
        self.assertNotEqual(typed, found)
        self.assertIn('"n":7.00', self.out("scan", "--json", "--from", "jsonl", "-", "--schema", typed, stdin=odd.replace(b'"7"', b"7")))
        self.put(f"s3://{self.b}/typed.csv", "a,b\n01,2024-01-01\n")
        self.out("convert", "--schema", "a: string, b: date32", f"s3://{self.b}/typed.csv", "typed.arrow")
        self.assertEqual(self.lines("schema", "typed.arrow"), ["a: string,", "b: date32"])
        self.assertEqual(self.lines("scan", "--schema", "a: int8, b: string", "--select", "b,a", f"s3://{self.b}/typed.csv"),
                         ["b,a", "2024-01-01,1"])
        self.fails("scan", "--schema", "a: int8, c: string", f"s3://{self.b}/typed.csv", says="c")
        self.usage("scan", "--schema", "a int8", self.url, says=["--schema", "position 3"])
        self.usage("scan", "--schema", "@nowhere", self.url, says="nowhere")
        self.usage("scan", "--schema", "@/tmp", self.url, says="/tmp")
        self.usage("scan", "--schema", "", self.url, says="no columns")

    def test_codecs(self):
        plain = self.folder / "plain.csv"
        plain.write_text(self.TRIPS)
        names = self.out("convert", "--help").split("The codec to write (")[1].split(")")[0].replace("\n", " ").replace(",", " ").split()
        self.assertIn("zstd", names)
        for name in names:
            for target in (f"s3://{self.b}/by-{name}", str(self.folder / f"by-{name}")):
                self.out("convert", "plain.csv", target, "--to", "csv", "--to-compression", name)
                self.assertEqual(self.out("scan", "--from", "csv", "--compression", name, target), self.TRIPS, name)
        self.assertEqual(gzip.decompress((self.folder / "by-gzip").read_bytes()).decode(), self.TRIPS)
        self.assertEqual((self.folder / "by-none").read_text(), self.TRIPS)
        for level in ("1", "9"):
            self.out("convert", "plain.csv", f"l{level}.csv.gz", "--level", level)
        self.assertEqual(self.out("scan", "l1.csv.gz"), self.out("scan", "l9.csv.gz"))
        # what the name says otherwise
        self.out("convert", "plain.csv", "odd.csv.gz", "--to-compression", "bz2")
        self.assertEqual((self.folder / "odd.csv.gz").read_bytes()[:3], b"BZh")
        self.assertEqual(self.out("scan", "--compression", "bzip2", "odd.csv.gz"), self.TRIPS)
        self.fails("scan", "--compression", "zstd", "odd.csv.gz", says="zstd")
        self.usage("scan", "--compression", "zip", "plain.csv", says=["zip", "gzip", "snappy"])
        self.usage("convert", "plain.csv", "x.csv", "--to-compression", "zip", says=["zip", "gzip"])
        self.usage("convert", "plain.csv", "x.csv", "--level", "3", says=["not compressed", "gzip"])

    def test_every_format_to_every_other(self):
        expect = self.json_lines("scan", "--json", self.url)
        formats = self.out("convert", "--help").split("The format to write (")[1].split(")")[0].replace(",", " ").split()
        self.assertEqual(formats, ["csv", "tsv", "jsonl", "json", "text", "arrow"])
        formats.remove("text")  # one column
        # a note has two lines, which plain TSV has no form for
        read = lambda format: ("--quote", '"') if format == "tsv" else ()
        written = lambda format: ("--to-quote", '"') if format == "tsv" else ()
        for i, a in enumerate(formats):
            at = (f"s3://{self.b}/all.{a}.gz", f"all.{a}.zst")[i % 2]
            self.out("convert", self.url, at, *written(a))
            for b in formats:
                to = (f"s3://{self.b}/from-{a}.{b}.xz", f"from-{a}.{b}")[i % 2]
                self.out("convert", at, to, *read(a), *written(b))
                self.assertEqual(self.json_lines("scan", "--json", to, *read(b)), expect, f"{a} to {b}")
        for a in formats:
            self.out("convert", f"s3://{self.b}/all.csv.gz", f"cities.{a}", "--select", "city", "--where", "city is not null")
            self.out("convert", f"cities.{a}", f"from-{a}.txt")
            self.assertEqual((self.folder / f"from-{a}.txt").read_text(), "Zürich\n東京\nKraków\n")
            self.out("convert", f"from-{a}.txt", f"text.{a}")
            self.assertEqual([r["text"] for r in self.json_lines("scan", "--json", f"text.{a}")], ["Zürich", "東京", "Kraków"])

    def test_encodings(self):
        for name in ("utf-8", "latin1", "windows-1252", "utf-16", "utf-16le", "utf-16be"):
            self.put(f"s3://{self.b}/{name}.csv", "stadt,n\nZürich,1\n".encode(name.replace("windows-", "cp")))
            self.assertEqual(self.lines("scan", "--encoding", name, f"s3://{self.b}/{name}.csv"), ["stadt,n", "Zürich,1"])
        self.fails("scan", f"s3://{self.b}/latin1.csv", says=["UTF-8", "line 2"])
        self.assertEqual(self.lines("schema", "--encoding", "utf-16", f"s3://{self.b}/utf-16.csv"), ["stadt: string,", "n: int64"])
        self.usage("scan", "--encoding", "ebcdic", self.url, says=["ebcdic", "utf-16le"])

    def test_text_and_json(self):
        self.put(f"s3://{self.b}/t.log", "one\r\n\ntwo, three\nlast")
        self.assertEqual(self.json_lines("scan", "--json", "--row-index", "n", f"s3://{self.b}/t.log"),
                         [{"n": i, "text": t} for i, t in enumerate(["one", "", "two, three", "last"])])
        self.assertEqual(self.out("scan", "--format", "text", f"s3://{self.b}/t.log"), "one\n\ntwo, three\nlast\n")
        self.assertEqual(self.lines("head", "-n", "1", "--from", "text", self.url), ["text", '"id,city,fare,note"'])
        self.put(f"s3://{self.b}/d.json", '{"meta": 1, "data": {"items": [{"a": 1}, {"a": 2, "b": "x"}]}}')
        self.assertEqual(self.lines("scan", "--pointer", "/data/items", f"s3://{self.b}/d.json"), ["a,b", "1,", "2,x"])
        self.usage("scan", "--pointer", "/x", self.url, says="JSON")
        self.fails("scan", "--pointer", "/no/such", f"s3://{self.b}/d.json", says="d.json")

    def test_arrow(self):
        self.out("convert", self.url, "t.arrow")
        self.assertEqual(self.out("scan", "t.arrow"), self.TRIPS)
        stream = self.run_tool("scan", "--format", "arrow", self.url).stdout
        self.assertEqual(stream, (self.folder / "t.arrow").read_bytes())
        self.assertEqual(self.lines("head", "-n", "1", "--select", "city", "--from", "arrow", "-", stdin=stream), ["city", "Zürich"])
        self.assertEqual(self.lines("head", "-n", "1", "--select", "id", "--row-index", "n", "t.arrow"), ["n,id", "0,1"])
        self.usage("scan", "--encoding", "latin1", "t.arrow", says=["--encoding", "arrow"])

    def test_dialects(self):
        self.put(f"s3://{self.b}/d.csv", "a;b\n'x;y';NA\n")
        self.assertEqual(self.json_lines("scan", "--json", "--delimiter", ";", "--quote", "'", "--null", "NA,-", f"s3://{self.b}/d.csv"),
                         [{"a": "x;y", "b": None}])
        self.assertEqual(self.json_lines("scan", "--json", "--from", "csv", "--delimiter", "tab", "-", stdin=b"a\tb\n1\t2\n"),
                         [{"a": 1, "b": 2}])
        self.assertEqual(self.json_lines("scan", "--json", "--from", "tsv", "--delimiter", ";", "-", stdin=b"a;b\n1;2\n"), [{"a": 1, "b": 2}])
        self.assertEqual(self.json_lines("scan", "--json", "--quote", "none", "--from", "csv", "-", stdin=b'a\n"x\n'), [{"a": '"x'}])
        self.put(f"s3://{self.b}/found.csv", "1;'x;y'\n2;'z'\n3;'u;v'\n")
        self.assertEqual(self.lines("scan", "--detect", "--format", "tsv", f"s3://{self.b}/found.csv")[1:], ["1\tx;y", "2\tz", "3\tu;v"])
        self.usage("scan", "--detect", "--delimiter", ";", f"s3://{self.b}/found.csv", says=["--detect", "--delimiter"])
        self.put(f"s3://{self.b}/a.jsonl", '{"a":1}\n')
        for option in (["--no-header"], ["--detect"], ["--delimiter", ";"], ["--quote", "none"], ["--null", "NA"]):
            self.usage("scan", *option, f"s3://{self.b}/a.jsonl", says=[option[0], "a.jsonl is jsonl"])
        self.put(f"s3://{self.b}/ragged.csv", "a report\n\na,b\n1,2\n3\n4,5,6\n")
        ragged = ("scan", "--skip-rows", "2", f"s3://{self.b}/ragged.csv")
        self.assertEqual(self.lines(*ragged, "--ragged-rows", "both"), ["a,b", "1,2", "3,", "4,5"])
        self.assertEqual(self.lines(*ragged, "--ragged-rows", "both", "--names", "x,y"), ["x,y", "1,2", "3,", "4,5"])
        self.fails(*ragged, "--ragged-rows", "pad", says="line 6", told=1)
        self.fails(*ragged, "--ragged-rows", "trim", says="line 5")
        self.usage(*ragged, "--ragged-rows", "some", says="pad")
        self.assertEqual(self.json_lines("scan", "--json", "--delimiter", "||", "--comment", "#", "--trim", "--from", "csv", "-",
                                         stdin=b"a || b\n# no row\n1|| x|y\n"), [{"a": 1, "b": "x|y"}])
        self.usage("scan", "--delimiter", "-" * 40, self.url, says="delimiter")
        self.usage("scan", "--quote", "''", self.url, says="--quote")
        self.assertEqual(self.json_lines("scan", "--json", "--from", "csv", "--no-header", "--delimiter", ";", "--names", "n,d", "--decimal-separator", ",",
                                         "--thousands-separator", ".", "--date-format", "d=%d.%m.%Y", "-", stdin=b"1.234,5;29.02.2024\n,5;1.3.2024\n"),
                         [{"n": 1234.5, "d": "2024-02-29"}, {"n": 0.5, "d": "2024-03-01"}])
        self.usage("scan", "--date-format", "%d", self.url, says="column=pattern")
        self.usage("scan", "--decimal-separator", ",,", self.url, says="--decimal-separator")
        self.usage("scan", "--delimiter", '"', self.url)

    def test_bad_records(self):
        self.put(f"s3://{self.b}/bad.csv", "a,b\n1,2\n3\n4,5\n6,7,8\n9,x\n")
        url = f"s3://{self.b}/bad.csv"
        done = self.run_tool("scan", "--on-bad-record", "skip", "--row-index", "n", url)
        self.assertEqual(done.stdout.decode().splitlines(), ["n,a,b", "0,1,2", "2,4,5", "4,9,x"])
        self.assertRegex(done.stderr.decode(), r"^penstock: 2 bad record\(s\) skipped; the first: .*bad.csv.*line 3.*\n$")
        done = self.run_tool("scan", "--on-bad-record", "capture", "--select", "a", url)
        self.assertEqual(done.stdout.decode().splitlines(), ["a,_bad_record", "1,", ",3", "4,", ',"6,7,8"', "9,"])
        self.fails("scan", "--on-bad-record", "skip", "--max-bad-records", "1", url, says="max_bad_records", told=1)
        self.usage("scan", "--on-bad-record", "ignore", url)
        for i in range(2):
            self.put(f"s3://{self.b}/many_bad/{i}.csv", "a,b\n1,2\n3\n")
        both = f"s3://{self.b}/many_bad/"
        for policy in ("skip", "capture"):
            self.run_tool("scan", "--on-bad-record", policy, "--max-bad-records", "2", both)
            done = self.fails("scan", "--on-bad-record", policy, "--max-bad-records", "1", both, says="many_bad/1.csv, line 3", told=1)
            self.assertRegex(done.stderr.decode(), r"^penstock: [12] bad record\(s\).*; the first: .*0\.csv.*line 3")
        self.put(f"s3://{self.b}/then.csv", 'a,b\n1\n2,3\n4,"5\n')
        done = self.fails("scan", "--on-bad-record", "skip", "--max-bad-records", "1", f"s3://{self.b}/then.csv", says="then.csv", told=1)
        self.assertIn("bad record(s) skipped; the first: ", done.stderr.decode())
        for i in range(2):
            self.put(f"s3://{self.b}/index/{i}.csv", "a\nx\ny\n")
        self.assertEqual(self.lines("scan", "--row-index", "n", "--select", "a", f"s3://{self.b}/index/"),
                         ["n,a", "0,x", "1,y", "2,x", "3,y"])

    def test_ragged_rows_are_told(self):
        done = self.run_tool("scan", "--from", "csv", "--ragged-rows", "both", "--stats", "--json", "-", stdin=b"a,b\n1\n2,3,4\n5,6\n")
        told, stats = done.stderr.decode().splitlines()
        self.assertEqual(told, "penstock: 2 row(s) padded or trimmed")
        self.assertEqual(json.loads(stats)["rows_ragged"], 2)

    def test_memory_budget(self):
        rows = "a,b\n" + "1,some text\n" * 200000
        path = str(self.folder / "budget.csv")
        pathlib.Path(path).write_text(rows)
        for url, stdin in ((path, None), ("-", rows.encode())):
            options = ("--from", "csv", "--stats", "--json", "--format", "none")
            stats = json.loads(self.run_tool("scan", *options, url, stdin=stdin).stderr)
            self.assertGreater(stats["budget_peak"], 100000)
            small = json.loads(self.run_tool("scan", "--memory-budget", "1M", *options, url, stdin=stdin).stderr)
            self.assertEqual(small["rows"], 200000)
            self.assertLessEqual(small["budget_peak"], 1 << 20)
            self.assertGreater(small["budget_peak"], 0)
        for command in (("scan",), ("schema",)):
            self.fails(*command, "--memory-budget", "16K", "--from", "csv", path, says="budget")

    def test_limits_that_errors_name(self):
        wide = ",".join(f"c{i}" for i in range(20000)) + "\n"
        self.fails("scan", "--from", "csv", "-", stdin=wide.encode(), says="raise max_columns")
        self.assertEqual(self.lines("scan", "--from", "csv", "--max-columns", "20000", "--select", "c19999", "-", stdin=wide.encode()), ["c19999"])
        keys = json.dumps({f"c{i}": i for i in range(5000)}).encode()
        self.fails("scan", "--from", "jsonl", "-", stdin=keys, says="raise max_columns")
        self.assertEqual(len(self.json_lines("scan", "--json", "--from", "json", "--max-columns", "5000", "-", stdin=keys)[0]), 5000)
        self.usage("scan", "--max-columns", "0", self.url)
        late = b"a\n1\n2\n3\nx\n"
        self.fails("scan", "--from", "csv", "--inference-rows", "3", "-", stdin=late, says="the first 3 rows")
        self.assertEqual(self.json_lines("scan", "--json", "--from", "csv", "--inference-rows", "4", "-", stdin=late)[-1], {"a": "x"})
        self.fails("scan", "--from", "csv", "--inference-bytes", "4", "-", stdin=late, says="x")
        self.fails("scan", "--from", "jsonl", "--max-record-bytes", "1K", "-", stdin=b'{"a":"' + b"x" * 2000 + b'"}', says="max_record_bytes")
        self.fails("scan", "--from", "json", "-", stdin=b"[1]", says="value_column")
        self.assertEqual(self.lines("scan", "--from", "json", "--value-column", "v", "-", stdin=b'[1,[2]]'), ["v", "1", "[2]"])
        self.usage("scan", "--value-column", "v", self.url, says="--value-column is for JSON")
        text = b"a,b\n1,\"x \\\"y\\\"\"\n\\N,\\N\n"
        self.assertEqual(self.json_lines("scan", "--json", "--from", "csv", "--escape", "\\", "--null", "\\N", "-", stdin=text),
                         [{"a": 1, "b": 'x "y"'}, {"a": None, "b": None}])
        self.usage("scan", "--escape", "\\", "--from", "jsonl", "-", says="--escape is for CSV")

    def test_tasks(self):
        filler = "x" * 500
        rows = "".join(f'{i},"a\n{i},{filler}"\n' for i in range(1500))
        self.put(f"s3://{self.b}/many.csv", "n,t\n" + rows + "bad\n" + rows)
        url = f"s3://{self.b}/many.csv"
        one = self.run_tool("scan", "--on-bad-record", "skip", "--row-index", "i", url)
        several = self.run_tool("scan", "--tasks", "3", "--on-bad-record", "skip", "--row-index", "i", url)
        self.assertEqual(several.stdout, one.stdout)
        self.assertEqual(several.stderr, one.stderr)
        self.fails("scan", "--tasks", "3", "--format", "none", url, says="line 3002")
        self.usage("scan", "--tasks", "0", url)

    def test_empty_objects(self):
        for name in ("empty.csv", "empty.jsonl", "empty.csv.gz"):
            self.put(f"s3://{self.b}/{name}", "")
            self.assertEqual(self.out("scan", f"s3://{self.b}/{name}").strip(), "")
        self.put(f"s3://{self.b}/header.csv", "a,b\n")
        self.assertEqual(self.out("scan", f"s3://{self.b}/header.csv"), "a,b\n")

    def test_broken_data(self):
        self.put(f"s3://{self.b}/ragged.csv", "a,b\n1,2\n3\n")
        done = self.fails("scan", f"s3://{self.b}/ragged.csv", says=["ragged.csv", "line 3"])
        self.assertEqual(done.stdout, b"a,b\n1,2\n")
        self.put(f"s3://{self.b}/open.csv", 'a,b\n1,"2\n')
        self.fails("scan", f"s3://{self.b}/open.csv", says=["open.csv", "line 2"])
        self.put(f"s3://{self.b}/broken.jsonl", '{"a":1}\n{"a":\n{"a":3}\n')
        done = self.fails("scan", "--json", f"s3://{self.b}/broken.jsonl", says=["broken.jsonl", "line 2"])
        self.assertEqual(done.stdout, b'{"a":1}\n')
        self.put(f"s3://{self.b}/cut.csv.gz", gzip.compress(os.urandom(5000).hex().encode())[:-9])
        self.fails("scan", f"s3://{self.b}/cut.csv.gz", says="cut.csv.gz")
        self.put(f"s3://{self.b}/not.csv.gz", "a,b\n1,2\n")
        self.fails("scan", f"s3://{self.b}/not.csv.gz", says="not.csv.gz")

    def test_wrong_options(self):
        self.fails("scan", "--select", "no_such", self.url, says=["no_such", "fare"])
        self.fails("scan", "--where", "no_such = 1", self.url, says="no_such")
        self.usage("scan", "--where", "fare >", self.url, says="--where")
        self.usage("scan", "--where", "fare", self.url)
        self.usage("scan", "--format", "parquet", self.url, says="jsonl")
        self.usage("scan", "--format", "xml", self.url, says="jsonl")
        self.usage("scan", "--from", "xml", self.url)
        for limit in ("many", "-5", "99999999999999999999", "1.5"):
            self.usage("scan", f"--limit={limit}", self.url)
            self.usage("head", f"--limit={limit}", self.url)
        self.usage("scan", "--memory-budget=-1", self.url)
        self.usage("scan", "--checksum", self.url, says="benchmark")

    def test_checksum(self):
        head = "id,vendor,pickup,dropoff,distance,fare,tip,passengers,zone,city,payment,note\n"
        rows = [(i, i % 4, f"2021-01-0{i % 9 + 1} 10:00:00", f"2021-01-0{i % 9 + 1} 11:30:00", i + 0.25, i * 2 + 0.5,
                 "" if i % 3 == 0 else i / 8 + 0.125, i % 6, i * 3, "Zürich", "card", "" if i % 5 == 0 else "note " * (i % 7 + 1))
                for i in range(1, 200)]
        self.put(f"s3://{self.b}/bench.csv", head + "".join(",".join(map(str, r)) + "\n" for r in rows))
        col = lambda i: [r[i] for r in rows if r[i] != ""]
        text = lambda i: sum(len(v.encode()) for v in col(i))
        day = lambda n, rest: (1609459200 + (n - 1) * 86400 + rest) * 1_000_000
        agg = [len(rows), sum(col(0)), sum(col(1)), day(1, 36000), day(9, 41400), round(sum(col(4))), round(sum(col(5))),
               round(sum(col(6))), sum(col(7)), sum(col(8)), text(9), text(10), text(11), max(len(v) for v in col(11))]
        expect = "%08x" % zlib.crc32(",".join(map(str, agg)).encode())
        self.assertEqual(self.lines("scan", "--checksum", f"s3://{self.b}/bench.csv"), [expect])
        jsonl = self.out("scan", "--json", f"s3://{self.b}/bench.csv")
        self.put(f"s3://{self.b}/bench.jsonl", jsonl)
        self.assertEqual(self.lines("scan", "--checksum", "--format", "none", f"s3://{self.b}/bench.jsonl"), [expect])
        some = [len(rows), sum(col(0)), round(sum(col(5)))]
        self.assertEqual(self.lines("scan", "--checksum", "--select", "id,fare", f"s3://{self.b}/bench.csv"),
                         ["%08x" % zlib.crc32(",".join(map(str, some)).encode())])


class PythonsModules(ToolTest):
    """What Python's own modules write we read, and they read what we write: CSV, TSV, JSON and JSON Lines, compressed or not."""
    CODECS = {"": (bytes, bytes), ".gz": (gzip.compress, gzip.decompress), ".bz2": (bz2.compress, bz2.decompress),
              ".xz": (lzma.compress, lzma.decompress)}
    TEXTS = ["plain", "a,b", 'say "hi"', "two\nlines", "cr\r\nlf", " spaces ", "Zürich 東京 😀", "tab\there", "'", "\\", "NaN", "x"]
    ROWS = [{"n": i * 7919 - 40_000, "x": (i - 6) / 8, "ok": i % 2 == 0, "t": text, "gap": None if i % 3 else i, "day": f"2024-02-{i + 10}",
             "at": f"2024-02-29T12:{i + 10}:00.5"} for i, text in enumerate(TEXTS)]

    def setUp(self):
        super().setUp()
        self.b = self.bucket()

    def dialects(self):
        return {".csv": dict(delimiter=","), ".tsv": dict(delimiter="\t")}

    def codecs(self):
        """Those that this build has."""
        for extension, how in self.CODECS.items():
            probe = subprocess.run([TOOL, "scan", "--from", "text", "-"], input=how[0](b"x\n"), capture_output=True,
                                   timeout=TIMEOUT, env=environment(None))
            if probe.returncode == 0:
                yield extension, *how
            else:
                self.assertIn(b"this build has no", probe.stderr)

    def test_csv(self):
        for codec, compress, decompress in self.codecs():
            for extension, dialect in self.dialects().items():
                for line_end in ("\n", "\r\n"):
                    text = io.StringIO()
                    writer = csv.DictWriter(text, self.ROWS[0], lineterminator=line_end, **dialect)
                    writer.writeheader()
                    writer.writerows(self.ROWS)
                    url = f"s3://{self.b}/t{extension}{codec}"
                    self.put(url, compress(text.getvalue().encode()))
                    quoted = () if extension == ".csv" else ("--quote", '"')
                    written = () if extension == ".csv" else ("--to-quote", '"')
                    # Python writes True; times are told as texts by their types.
                    got = self.json_lines("scan", "--json", url, *quoted)
                    expect = [{**r, "ok": r["ok"]} for r in self.ROWS]
                    for g, e in zip(got, expect, strict=True):
                        self.assertEqual((g["n"], g["x"], g["t"], g["gap"]), (e["n"], e["x"], e["t"], e["gap"]))
                        self.assertEqual((str(g["ok"]).lower(), g["day"]), (str(e["ok"]).lower(), e["day"]))
                    back = f"back{extension}{codec}"
                    self.out("convert", url, back, *quoted, *written)
                    stored = decompress((self.folder / back).read_bytes()).decode()
                    read = list(csv.DictReader(io.StringIO(stored, newline=""), **dialect))
                    for r, e in zip(read, self.ROWS, strict=True):
                        self.assertEqual((int(r["n"]), float(r["x"]), r["t"], r["gap"]),
                                         (e["n"], e["x"], e["t"], "" if e["gap"] is None else str(e["gap"])))

    def test_json(self):
        for codec, compress, decompress in self.codecs():
            nested = [{**r, "list": list(range(r["n"] % 4)), "deep": {"a": r["x"], "b": [{"c": r["t"]}]}} for r in self.ROWS]
            for rows in (self.ROWS, nested):
                for extension, text in ((".jsonl", "".join(json.dumps(r, ensure_ascii=r["ok"]) + "\n" for r in rows)),
                                        (".json", json.dumps(rows)), (".json", json.dumps(rows, indent=2, ensure_ascii=False))):
                    url = f"s3://{self.b}/t{extension}{codec}"
                    self.put(url, compress(text.encode()))
                    back = f"back{extension}{codec}"
                    self.out("convert", url, back)
                    stored = decompress((self.folder / back).read_bytes()).decode()
                    got = json.loads(stored) if extension == ".json" else [json.loads(line) for line in stored.splitlines()]
                    for g, e in zip(got, rows, strict=True):
                        self.assertEqual((g["n"], g["x"], g["ok"], g["t"], g["gap"]), (e["n"], e["x"], e["ok"], e["t"], e["gap"]))


class Links(ToolTest):
    def fetch(self, url, method="GET", body=None):
        request = urllib.request.Request(url, data=body, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=TIMEOUT) as answer:
            return answer.read()

    def test_presign(self):
        b = self.bucket()
        for key in ("plain", "a b+c/ä?#%"):
            link = self.out("presign", f"s3://{b}/{key}", "--method", "put").strip()
            self.fetch(link, "PUT", b"by link")
            link = self.out("presign", f"s3://{b}/{key}", "--expires", "5m").strip()
            self.assertIn("X-Amz-Expires=300", link)
            self.assertEqual(self.fetch(link), b"by link")
            with self.assertRaises(urllib.error.HTTPError) as refused:
                self.fetch(link, "DELETE")
            self.assertEqual(refused.exception.code, 403)
            refused.exception.close()
        self.assertEqual(self.json_lines("presign", "--json", f"s3://{b}/k")[0]["expires"], 3600)

    def test_wrong_options(self):
        for expires in ("0", "-1", "soon", "8d", "99999999999999999999", "9223372036854775807d"):
            self.usage("presign", "s3://b/k", f"--expires={expires}")
        # As 32-bit numbers of seconds these would be a valid time, and a negative one.
        for expires, seconds in (("49711d", 49711 * 86400), ("30000d", 30000 * 86400), ("604801", 604801)):
            self.usage("presign", "s3://b/k", f"--expires={expires}", says=f"{seconds} s")
        self.usage("presign", "s3://b/k", "--method", "PATCH")
        self.usage("presign", "s3://b", says="key")


class Refusals(ToolTest):
    """The store, the way to it, and the settings can all be wrong."""

    def test_credentials(self):
        b = self.bucket()
        self.fails("ls", f"s3://{b}", AWS_SECRET_ACCESS_KEY="wrong", says=["SignatureDoesNotMatch", "hint"])
        self.fails("stat", f"s3://{b}/k", AWS_SECRET_ACCESS_KEY="wrong")
        self.fails("ls", f"s3://{b}", AWS_ACCESS_KEY_ID="NOBODYKNOWS", says=["InvalidAccessKeyId", "hint"])
        self.fails("ls", f"s3://{b}", "--anonymous", says="AccessDenied")
        self.fails("ls", f"s3://{b}", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, says="hint")
        self.fails("ls", f"s3://{b}", AWS_SECRET_ACCESS_KEY=None, says="AWS_SECRET_ACCESS_KEY")

    def steps(self, *args, status=0, **more):
        done = self.run_tool("check", "--json", *args, status=status, **more)
        self.assertEqual(bool(status), bool(done.stderr))
        return {line["step"]: line for line in map(json.loads, done.stdout.decode().splitlines())}

    def failing_step(self, *args, **more):
        steps = self.steps(*args, status=1, **more)
        failed = [s for s in steps.values() if s["result"] == "FAILED"]
        self.assertEqual(1, len(failed), steps)
        return failed[0]

    def test_check(self):
        b = self.bucket()
        self.put(f"s3://{b}/a.txt", "hello")
        for url in (f"s3://{b}", f"s3://{b}/a.txt"):
            steps = self.steps(url)
            self.assertEqual(["ok"] * 4, [steps[n]["result"] for n in ("credentials", "signature", "list", "get")])
        self.assertEqual("ok", self.steps()["list"]["result"])
        self.assertIn("region header", self.steps(f"s3://{b}")["store"]["detail"])
        text = self.out("check", f"s3://{b}")
        self.assertIn("environment (", text)

        self.assertEqual("signature", self.failing_step(f"s3://{b}", AWS_SECRET_ACCESS_KEY="wrong")["step"])
        self.assertEqual("credentials", self.failing_step(f"s3://{b}", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)["step"])
        self.assertEqual("list", self.failing_step(f"s3://{b}-none")["step"])
        denied = self.failing_step(f"s3://{b}", "--anonymous")
        self.assertEqual("list", denied["step"])
        self.assertIn("give credentials", denied["hint"])
        self.assertEqual("get", self.failing_step(f"s3://{b}/none")["step"])
        self.assertEqual("DNS", self.failing_step(f"s3://{b}", "--endpoint-url", "http://no-such-host.invalid")["step"])
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
            self.assertEqual("TCP", self.failing_step(f"s3://{b}", "--endpoint-url", f"http://127.0.0.1:{port}")["step"])
        self.usage("check", "s3:/x", says="hint")

    def test_credentials_command(self):
        own = self.out("credentials")
        self.assertRegex(own, r"^yes environment  .* ms\)\nenvironment \(\.\.\.\w{4}\), for good\n$")
        printed = self.run_tool_showing_keys("credentials", "--json")
        keys = json.loads(printed.stdout)
        self.assertEqual({"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET}, keys)
        self.assertRegex(printed.stderr.decode(), r"^yes environment")

        config = self.folder / "config"
        # penstock as the process that a profile names, and another that is told so
        config.write_text(f"[profile mine]\ncredential_process = {TOOL} credentials --json\n"
                          "[profile odd]\ncredential_process = printf HUSH\n"
                          "[profile half]\naws_access_key_id = AKID\n")
        files = {"AWS_CONFIG_FILE": str(config), "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}
        b = self.bucket()
        self.assertEqual("", self.out("ls", f"s3://{b}", "--profile", "mine", **files))
        self.assertIn("process", self.out("credentials", "--profile", "mine", **files))
        done = self.fails("credentials", "--json", "--profile", "odd", says=["process", "hint"], **files)
        self.assertEqual(b"", done.stdout)
        self.assertNotIn(b"HUSH", done.stderr)
        self.fails("credentials", "--profile", "half", says="aws_secret_access_key", **files)
        self.fails("credentials", "--profile", "none", says=["mine", "odd", "half"], **files)
        config.write_text(f"[profile ring]\ncredential_process = {TOOL} credentials --json --profile ring\n")
        self.fails("credentials", "--profile", "ring", says=["ring", "failed with exit status 1"], **files)
        none = self.fails("credentials", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None,
                          says=["environment", "web identity", "profile", "container", "instance metadata"])
        self.assertEqual(5, len(none.stdout.splitlines()))

    def test_partition_that_is_no_column(self):
        b = self.bucket()
        for month in ("05", "06"):
            self.put(f"s3://{b}/trips/month={month}/a.csv", "city,fare\nOslo,40.5\n")
        for way in (["--where", "month = 6"], ["--select", "fare,month"], ["--select", "fare", "--where", "month = 6"]):
            self.fails("scan", f"s3://{b}/trips/", *way, says=["month", f"s3://{b}/trips/month=05/*"])
        self.assertEqual(["city,fare", "Oslo,40.5"], self.lines("scan", f"s3://{b}/trips/month=06/*"))
        other = self.fails("scan", f"s3://{b}/trips/", "--where", "year = 6")
        self.assertNotIn("partition", other.stderr.decode())

    def test_nobody_there(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        self.fails("ls", "s3://b", "--retry", "none", "--endpoint-url", f"http://127.0.0.1:{port}", says=[str(port), "hint"])

    def test_unresolvable_host(self):
        self.fails("ls", "s3://b", "--retry", "none", "--endpoint-url", "http://no-such-host.invalid",
                   says="no-such-host.invalid")

    def test_not_http_at_all(self):
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as listening:
            def answer():
                connection, _ = listening.accept()
                with connection:
                    connection.recv(65536)
                    connection.sendall(b"220 mail.example ESMTP\r\n" * 3)
            thread = threading.Thread(target=answer)
            thread.start()
            self.fails("ls", "s3://b", "--retry", "none", "--endpoint-url",
                       f"http://127.0.0.1:{listening.getsockname()[1]}")
            thread.join(TIMEOUT)

    def test_settings(self):
        for endpoint in ("ftp://host", "http://", "http://h:99999", "nonsense", "http://user:" + SECRET + "@host"):
            with self.subTest(endpoint=endpoint):
                self.usage("ls", "s3://b", "--endpoint-url", endpoint)
        self.usage("ls", "s3://b", "--region", "Not A Region")
        self.usage("ls", "s3://b", "--region", "us-nowhere-1", env=environment(None))
        self.usage("ls", "s3://b", "--memory-budget", "lots")
        self.usage("ls", "s3://b", "--memory-budget", "1K")
        self.usage("ls", "s3://b", "--retry", "forever", says="default")
        self.fails("ls", "s3://b", "--profile", "x", says=["'x'", "profile"])

    def test_options_that_work(self):
        b = self.bucket()
        self.put(f"s3://{b}/k", "x")
        for options in (["--region", "us-east-1"], ["--path-style"], ["--requester-pays"], ["--memory-budget", "64M"],
                        ["--memory-budget", "1G"], ["--retry", "jetliner"], ["--no-progress"]):
            self.assertEqual(self.lines("ls", f"s3://{b}", *options), ["k"])
            self.assertEqual(self.lines(*options, "ls", f"s3://{b}"), ["k"])

    def test_trace(self):
        b = self.bucket()
        done = self.run_tool("cp", "-", f"s3://{b}/a b", "--trace", stdin=b"x" * (3 << 20))
        self.assertRegex(done.stderr.decode(), rf"^trace: connect {server.line}, .* ms\n"
                                               rf"trace: #1 > PUT /{b}/a%20b\S* HTTP/1.1(, \d+ bytes)?\n"
                                               r"(trace: #1 > .*\n)*"
                                               r"trace: #1 > Authorization: AWS4-HMAC-SHA256 \(not shown\)\n"
                                               r"(trace: #1 > .*\n)*"
                                               r"trace: #1 < 200 OK, .* ms\n"
                                               r"(trace: #1 < .*\n)*"
                                               r"trace: #1 = 0 bytes, .* ms\n$")
        done = self.run_tool("presign", f"s3://{b}/k", "--trace")
        self.assertEqual(done.stderr, b"")

    def test_trace_of_container_credentials(self):
        keys = json.dumps({"AccessKeyId": "AKID", "SecretAccessKey": "HUSH", "Token": "HUSH", "Expiration": "2099-01-01T00:00:00Z"})

        class Agent(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", str(len(keys)))
                self.end_headers()
                self.wfile.write(keys.encode())

            def log_message(self, *args):
                pass

        with http.server.HTTPServer(("127.0.0.1", 0), Agent) as agent:
            threading.Thread(target=agent.serve_forever, daemon=True).start()
            uri = f"http://127.0.0.1:{agent.server_port}/credentials/HUSH?x=HUSH"
            done = self.run_tool("credentials", "--trace", env=environment(
                None, AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None, AWS_CONTAINER_CREDENTIALS_FULL_URI=uri))
            agent.shutdown()
        self.assertIn(b"> GET (not shown) HTTP/1.1", done.stderr)
        self.assertIn(b"< 200 ", done.stderr)
        self.assertNotIn(b"HUSH", done.stdout + done.stderr)

    def test_urls(self):
        for url in ("s3://", "s3:///key", "s3:bucket/key", "s3://bad bucket/k", f"s3://{KEY}:{SECRET}@b/k", "gs://b/k",
                    "https://b.s3.amazonaws.com/k?X-Amz-Signature=" + SECRET, "file://other-host/x"):
            with self.subTest(url=url):
                self.usage("cat", url, says="hint")
        self.usage("cat", "s3://bucket", says="key")
        self.usage("rm", "s3://bucket", says="bucket")


class Usage(ToolTest):
    def test_command_lines(self):
        for args in ([], ["nothing"], ["ls", "--nothing"], ["cat"], ["cp", "one"], ["cp", "a", "b", "c"], ["rm"], ["mb"],
                     ["head", "-n"], ["head", "-n", "x", "f.csv"], ["serve"], ["serve", "d", "--port", "99999"],
                     ["serve", "d", "--tls", "one"], ["serve", "d", "--access-key", "k"], ["cp", "-r", "-", "s3://b/k"],
                     ["cp", "-", "s3://b/k", "--metadata", "novalue"], ["cp", "-r", "--jobs", "0", "a", "b"],
                     ["cp", "-r", "--jobs", "65", "a", "b"]):
            with self.subTest(args=args):
                self.usage(*args)

    def test_a_misspelt_option_does_not_show_its_value(self):
        self.usage("serve", "d", "--secret-kee", SECRET, says="--secret-kee")
        self.usage("serve", "d", f"--secret-kee={SECRET}")

    def test_help_and_version(self):
        for args in (["--help"], ["help"]):
            text = self.out(*args)
            for command in "ls stat cat cp rm mb head scan presign serve".split():
                self.assertIn(f"\n  {command} ", text)
        self.assertIn("--where", self.out("scan", "--help"))
        for args in (["scan", "--help"], ["head", "--help"]):
            for format in "table csv tsv jsonl none".split():
                self.assertRegex(self.out(*args), rf"--format (.|\n)*\b{format}\b")
        self.assertRegex(self.out("--version"), r"^penstock \d+\.\d+\.\d+\n$")


class Surroundings(ToolTest):
    """Pipes, full disks, terminals and signals."""

    def start(self, *args, **more):
        return subprocess.Popen([TOOL, *args], env=environment(server.line), cwd=self.folder, **more)

    def test_a_reader_that_goes_away(self):
        b = self.bucket()
        self.put(f"s3://{b}/n.csv", "n\n" + "".join(f"{i}\n" for i in range(400_000)))
        for args in (["cat"], ["scan"], ["cp"]):
            target = ["-"] if args == ["cp"] else []
            with self.start(*args, f"s3://{b}/n.csv", *target, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as p:
                self.assertEqual(p.stdout.read(5), b"n\n0\n1")
                p.stdout.close()
                self.assertEqual(p.stderr.read(), b"")
                self.assertEqual(p.wait(TIMEOUT), 0)

    def test_full_disk(self):
        b = self.bucket()
        self.put(f"s3://{b}/k.csv", "a\n1\n")
        for args in (["ls", f"s3://{b}"], ["cat", f"s3://{b}/k.csv"], ["scan", f"s3://{b}/k.csv"], ["stat", f"s3://{b}/k.csv"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([TOOL, *args], stdout=full, stderr=subprocess.PIPE, env=environment(server.line),
                                      timeout=TIMEOUT)
            self.check(done.returncode, b"", done.stderr, 1, args)
        for args in (["--help"], ["help"], ["--version"]):
            with open("/dev/full", "wb") as full:
                done = subprocess.run([TOOL, *args], stdout=full, stderr=subprocess.PIPE, timeout=TIMEOUT)
            self.assertNotEqual(done.returncode, 0, args)

    def test_started_without_standard_files(self):
        b = self.bucket()
        done = subprocess.run(["/bin/sh", "-c", f'"$0" cp - s3://{b}/k <&-', TOOL], capture_output=True, timeout=TIMEOUT,
                              env=environment(server.line))
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(self.out("cat", f"s3://{b}/k"), "")

    def test_interrupted_upload_leaves_nothing(self):
        b = self.bucket()
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.start("cp", "-", f"s3://{b}/half", stdin=subprocess.PIPE, stderr=subprocess.PIPE) as p:
                p.stdin.write(b"x" * (20 << 20))  # enough for a multipart upload to have begun
                p.stdin.flush()
                p.send_signal(how)
                self.assertEqual(p.wait(TIMEOUT), -how)
                p.stdin.close()
                self.assertEqual(p.stderr.read(), b"")
            self.assertEqual(self.out("ls", f"s3://{b}"), "")

    def test_interrupted_download_leaves_nothing(self):
        b = self.bucket()
        self.put(f"s3://{b}/k", "x")
        (self.folder / "there").write_text("old")
        with self.start("cp", "-", "there", stdin=subprocess.PIPE, stderr=subprocess.PIPE) as p:
            p.stdin.write(b"x" * (4 << 20))
            p.stdin.flush()
            p.send_signal(signal.SIGTERM)
            self.assertEqual(p.wait(TIMEOUT), -signal.SIGTERM)
            p.stdin.close()
        self.assertEqual([p.name for p in self.folder.iterdir()], ["there"])
        self.assertEqual((self.folder / "there").read_text(), "old")

    def read_terminal(self, fd):
        got = b""
        while True:
            try:
                more = os.read(fd, 65536)
            except OSError:  # the other end is closed
                return got
            if not more:
                return got
            got += more

    def test_a_table_on_a_terminal(self):
        (self.folder / "t.csv").write_text("name,n\nx,1\n")
        ours, theirs = pty.openpty()
        with self.start("scan", "t.csv", stdout=theirs) as p:
            os.close(theirs)
            text = self.read_terminal(ours).decode()
            self.assertEqual(p.wait(TIMEOUT), 0)
        os.close(ours)
        self.assertNotIn("name,n", text)
        self.assertIn("name", text)

    def test_progress_on_a_terminal(self):
        b = self.bucket()
        for options, shown in (([], True), (["--no-progress"], False)):
            ours, theirs = pty.openpty()
            with self.start("cp", "-", f"s3://{b}/slow", *options, stdin=subprocess.PIPE, stderr=theirs) as p:
                os.close(theirs)
                for _ in range(3):  # longer than the second that it stays quiet
                    p.stdin.write(b"x" * 100_000)
                    p.stdin.flush()
                    time.sleep(0.6)
                p.stdin.write(b"y" * 100_000)
                p.stdin.close()
                text = self.read_terminal(ours)
                self.assertEqual(p.wait(TIMEOUT), 0)
            os.close(ours)
            self.assertEqual(b"KiB" in text, shown, text)


class Serving(ToolTest):
    def test_without_keys(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            s = Server("--json", folder=str(self.folder / "new" / "store"))
            endpoint = json.loads(s.line)["endpoint"]
            env = environment(endpoint)
            self.run_tool("mb", "s3://open", env=env) if how == signal.SIGINT else None
            self.put_with(env, "s3://open/k", b"v")
            self.assertEqual(self.out("cat", "--anonymous", "s3://open/k", env=env), "v")
            self.assertEqual((self.folder / "new" / "store" / "open" / "k").read_bytes(), b"v")
            status, out, err = s.stop(how)
            self.assertEqual((status, out, err), (0, "", ""))

    def put_with(self, env, url, content):
        self.run_tool("cp", "-", url, stdin=content, env=env)

    def test_folders_and_ports_that_cannot_be(self):
        (self.folder / "file").write_text("")
        self.fails("serve", "file")
        self.fails("serve", "/proc/no/such")
        port = server.line.rsplit(":", 1)[1]
        done = self.run_tool("serve", ".", "--port", port, status=2)
        self.assertIn(port, done.stderr.decode())
        self.usage("serve", ".", "--host", "not-an-address")
        self.fails("serve", ".", "--tls", "no-cert.pem", "no-key.pem", says="no-cert.pem")

    @unittest.skipUnless(shutil.which("openssl"), "makes its certificate by the openssl command")
    def test_tls(self):
        pem = ["-keyout", "key.pem", "-out", "cert.pem"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", *pem],
                       cwd=self.folder, check=True, capture_output=True)
        s = Server("--tls", str(self.folder / "cert.pem"), str(self.folder / "key.pem"), folder=str(self.folder / "store"))
        try:
            self.assertTrue(s.line.startswith("https://"), s.line)
            trusting = environment(s.line, AWS_CA_BUNDLE=str(self.folder / "cert.pem"))
            self.run_tool("mb", "s3://safe", env=trusting)
            data = os.urandom(3 << 20)
            self.put_with(trusting, "s3://safe/k", data)
            self.assertEqual(self.run_tool("cat", "s3://safe/k", env=trusting).stdout, data)
            self.fails("ls", "s3://safe", "--retry", "none", env=environment(s.line), says="certificate")
        finally:
            self.assertEqual(s.stop()[0], 0)


class Documents(ToolTest):
    """What README.md and docs/tool.md show works, in their order."""
    ROOT = pathlib.Path(__file__).resolve().parents[3]

    def shown(self, name, after=""):
        page = (self.ROOT / name).read_text()
        return re.findall(r"^```sh\n(.*?)^```", page[page.index(after):], re.M | re.S)

    def test_what_they_show(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = str(free.getsockname()[1])
        first, *page = self.shown("docs/tool.md")
        self.assertIn("penstock serve", first)
        self.assertGreater(len(page), 4)
        readme = [line for line in self.shown("README.md", "## The tool")[0].splitlines()
                  if line.startswith("penstock ") and not line.startswith("penstock serve")]
        self.assertGreater(len(readme), 3)
        wait = "for i in $(seq 200); do penstock ls > /dev/null 2>&1 && break; sleep 0.05; done"
        made = "penstock mb s3://bucket\npenstock convert trips.csv s3://bucket/trips.csv.gz\npenstock cp trips.csv s3://bucket/prefix/x\n" \
               "cp trips.csv data.csv"
        script = "\n".join(["set -euo pipefail", "trap 'kill %1' EXIT", first, wait, *page, made, *readme]).replace("9000", port)
        path = f"{pathlib.Path(TOOL).parent}:/usr/bin:/bin"
        done = subprocess.run(["bash", "-x", "-c", script], cwd=self.folder, capture_output=True, timeout=TIMEOUT,
                              env=environment(None, PATH=path))
        self.assertEqual(done.returncode, 0, (done.stdout + done.stderr).decode(errors="replace"))


if __name__ == "__main__":
    unittest.main()
