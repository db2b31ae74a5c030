#!/usr/bin/python3
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""async_server_test.py ASYNC_SERVER PENSTOCK: the example server over the embedded S3 server: what it gives out, what its
metrics say of it, and that a client who goes away ends the GET."""
import http.client
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

SERVER, TOOL = sys.argv[1:3]
SMALL = bytes(range(256)) * 40
LARGE = 256 << 20


def environment(**more):
    env = {k: v for k, v in os.environ.items() if not k.startswith("AWS_") and k.lower() not in ("http_proxy", "https_proxy")}
    env.update(HOME="/nonexistent", AWS_EC2_METADATA_DISABLED="true", AWS_ACCESS_KEY_ID="me", AWS_SECRET_ACCESS_KEY="HUSH",
               AWS_REGION="us-east-1", **more)
    return env


def start(*command, **more):
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(**more), text=True)
    return process, process.stdout.readline().split()[0]


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=30)
    return process.returncode


class AsyncServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="penstock-async-server-")
        self.addCleanup(folder.cleanup)
        bucket = pathlib.Path(folder.name, "bucket")
        bucket.mkdir()
        (bucket / "small").write_bytes(SMALL)
        with open(bucket / "large", "wb") as large:
            large.truncate(LARGE)
        self.store, endpoint = start(TOOL, "serve", folder.name, "--port", "0", "--access-key", "me", "--secret-key", "HUSH")
        self.addCleanup(stop, self.store)
        self.server, url = start(SERVER, "bucket", "0", AWS_ENDPOINT_URL=endpoint)
        self.addCleanup(lambda: self.server.poll() is None and stop(self.server))
        self.at = url.removeprefix("http://")

    def ask(self, path, method="GET", **headers):
        c = http.client.HTTPConnection(self.at, timeout=30)
        c.request(method, path, headers=headers)
        r = c.getresponse()
        body = r.read()
        c.close()
        return r.status, r.headers, body

    def metrics(self):
        status, headers, body = self.ask("/metrics")
        self.assertEqual((status, headers["Content-Type"]), (200, "text/plain; version=0.0.4; charset=utf-8"))
        lines = [line for line in body.decode().splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}

    def until(self, done):
        for _ in range(500):
            seen = self.metrics()
            if done(seen):
                return seen
            time.sleep(0.02)
        self.fail(f"never came: {seen}")

    def test_objects_ranges_and_what_metrics_say_of_them(self):
        self.assertEqual(self.ask("/healthz")[::2], (200, b"ok\n"))
        self.assertEqual(self.ask("/small")[::2], (200, SMALL))
        status, headers, body = self.ask("/small", Range="bytes=10-19")
        self.assertEqual((status, body, headers["Content-Range"]), (206, SMALL[10:20], f"bytes 10-19/{len(SMALL)}"))
        self.assertEqual(self.ask("/small", Range="bytes=-5")[::2], (206, SMALL[-5:]))
        self.assertEqual(self.ask("/small", Range="bytes=9999-")[::2], (206, SMALL[9999:]))
        self.assertEqual(self.ask("/small", Range="bytes=99999-")[0], 416)
        self.assertEqual(self.ask("/nothing")[0], 404)
        self.assertEqual(self.ask("/small", method="DELETE")[0], 405)
        seen = self.metrics()
        calls = 'penstock_s3_requests_total{operation="get object",outcome="%s",label="http"}'
        self.assertEqual(seen[calls % "ok"], 4)
        self.assertEqual(seen[calls % "not_found"], 1)
        self.assertEqual(seen[calls % "changed"], 1)
        self.assertGreaterEqual(seen['penstock_s3_received_bytes_total{operation="get object",label="http"}'], len(SMALL) + 10 + 5 + 241)
        self.assertEqual(seen['penstock_s3_first_byte_seconds_count{operation="get object",label="http"}'], 6)
        self.assertEqual(seen['server_requests_total{status="206"}'], 3)
        self.assertEqual(seen["server_aborted_total"], 0)

    def test_a_client_that_goes_away_ends_the_get(self):
        host, port = self.at.split(":")
        with socket.create_connection((host, int(port))) as c:
            c.sendall(b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
            got = 0
            while got < 1 << 20:
                got += len(c.recv(1 << 16))
            # It does not read on: no more is taken from the store than buffers of sockets hold.
            time.sleep(0.3)
            one = self.metrics()['penstock_s3_received_bytes_total{operation="get object",label="http"}']
            time.sleep(0.3)
            two = self.metrics()['penstock_s3_received_bytes_total{operation="get object",label="http"}']
            self.assertEqual(one, two)
            self.assertLess(two, LARGE / 4)
        seen = self.until(lambda m: m["server_aborted_total"] == 1)
        self.assertLess(seen['penstock_s3_received_bytes_total{operation="get object",label="http"}'], LARGE / 4)
        self.assertEqual(seen["penstock_s3_turns_used"], 0)
        self.assertEqual(seen["penstock_s3_memory_used_bytes"], 0)

    def test_stops_in_order(self):
        host, port = self.at.split(":")
        idle = http.client.HTTPConnection(self.at, timeout=30)
        idle.request("GET", "/healthz")
        self.assertEqual(idle.getresponse().read(), b"ok\n")
        with socket.create_connection((host, int(port))) as c:
            c.sendall(b"GET /large HTTP/1.1\r\nHost: h\r\n\r\n")
            got = len(c.recv(1 << 16))
            self.server.send_signal(signal.SIGTERM)
            while block := c.recv(1 << 20):
                got += len(block)
            self.assertGreater(got, LARGE)
        self.server.communicate(timeout=30)
        self.assertEqual(self.server.returncode, 0)
        idle.close()
        with self.assertRaises(OSError):
            socket.create_connection((host, int(port)))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=1)
