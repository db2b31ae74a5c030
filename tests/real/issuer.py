#!/usr/bin/env python3
# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""An OpenID Connect issuer of two documents, on loopback, for stores that take web identities.

issuer.py KEY.pem PORT: prints its URL once it listens, and serves the public part of the RSA key until it is ended.
"""
import base64
import json
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

key, port = sys.argv[1], int(sys.argv[2])
url = f"http://127.0.0.1:{port}"
modulus = subprocess.run(["openssl", "rsa", "-in", key, "-noout", "-modulus"], check=True, capture_output=True, text=True)
number = bytes.fromhex(modulus.stdout.strip().removeprefix("Modulus="))
jwk = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "penstock-test", "e": "AQAB",
       "n": base64.urlsafe_b64encode(number).rstrip(b"=").decode()}
documents = {
    "/jwks": {"keys": [jwk]},
    "/.well-known/openid-configuration": {
        "issuer": url, "jwks_uri": url + "/jwks", "authorization_endpoint": url + "/none", "token_endpoint": url + "/none",
        "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"], "scopes_supported": ["openid"]},
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        found = documents.get(self.path)
        body = json.dumps(found or {}).encode()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
print(url, flush=True)
server.serve_forever()
