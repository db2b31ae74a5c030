# Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
"""botocore reads credentials from the fake metadata services, so that an independent client vouches for them.

    metadata_client.py SERVER [--pod-identity]     the program of metadata_main.cpp; with EKS Pod Identity, which an old
                                                   botocore does not know
"""
import contextlib
import os
import socket
import subprocess
import sys
import tempfile

for name in list(os.environ):
    if name.startswith("AWS_") or name.lower().endswith("_proxy"):
        del os.environ[name]
os.environ.update(AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null")

import botocore.credentials  # noqa: E402
import botocore.exceptions  # noqa: E402
import botocore.session  # noqa: E402
import botocore.utils  # noqa: E402

SERVER = sys.argv[1]
KEYS = ("ASIAPENSTOCKTEST", "metadata-secret", "metadata-session-token")
checks = 0

# Nothing here may leave this machine, whatever botocore makes of an environment.
real_connect = socket.socket.connect


def loopback_connect(self, address):
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1"):
        raise AssertionError(f"a connection to {address}")
    return real_connect(self, address)


socket.socket.connect = loopback_connect


def check(what, got, wanted):
    global checks
    checks += 1
    if got != wanted:
        sys.exit(f"{what}: expected {wanted!r}, got {got!r}")


class Fake:
    """A server of its own: its endpoint and, once it has ended, its counts."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([SERVER, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.endpoint = self.process.stdout.readline().strip()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        output, _ = self.process.communicate(timeout=30)
        self.counts = {name: int(n) for name, n in (line.split() for line in output.splitlines())}
        check("the server's end", self.process.returncode, 0)


@contextlib.contextmanager
def environment(**variables):
    os.environ.update(variables)
    try:
        yield
    finally:
        for name in variables:
            del os.environ[name]


def keys_of(credentials):
    if credentials is None:
        return None
    frozen = credentials.get_frozen_credentials()
    return (frozen.access_key, frozen.secret_key, frozen.token)


def instance(*arguments):
    """What the whole chain of botocore finds on an instance, and the server's counts."""
    with Fake(*arguments) as fake:
        with environment(AWS_EC2_METADATA_SERVICE_ENDPOINT=fake.endpoint):
            credentials = botocore.session.Session().get_credentials()
            found = (credentials and credentials.method, keys_of(credentials))
    return found, fake.counts


def try_instance():
    found, counts = instance()
    check("the instance's role", found, ("iam-role", KEYS))
    check("requests", (counts["token"], counts["role"], counts["credentials"], counts["other"]), (1, 1, 1, 0))
    check("expired keys are extended", instance("--lifetime", "-3600")[0], ("iam-role", KEYS))
    none = (None, None)
    check("no role", instance("--role", "")[0], none)
    check("a refusal in a success", instance("--fault", "credentials:refusal")[0], none)
    check("400 for the token", instance("--version-1", "--fault", "token:400")[0], none)
    check("no token, and none needed", instance("--version-1", "--fault", "token:403")[0], ("iam-role", KEYS))
    check("no token, but needed", instance("--fault", "token:404")[0], none)
    check("the PUT's answer is lost", instance("--version-1", "--fault", "token:stall")[0], ("iam-role", KEYS))
    check("a server that failed", instance("--fault", "role:500")[0], none)
    check("garbage", instance("--fault", "credentials:garbage")[0], none)


def container(fake, **variables):
    """What botocore finds in a container; the relative URI leads to the fake instead of to ECS's agent."""

    class Fetcher(botocore.utils.ContainerMetadataFetcher):
        IP_ADDRESS = fake.endpoint.removeprefix("http://")

    variables = {name: value.replace("ENDPOINT", fake.endpoint) for name, value in variables.items()}
    fetcher = Fetcher(sleep=lambda _: None)
    return botocore.credentials.ContainerProvider(environ=variables, fetcher=fetcher).load()


def try_container():
    full = dict(AWS_CONTAINER_CREDENTIALS_FULL_URI="ENDPOINT/v1/credentials")
    with Fake("--path", "/v2/credentials/ID?x=1") as fake:
        found = container(fake, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="/v2/credentials/ID?x=1")
        check("an ECS task", (found.method, keys_of(found)), ("container-role", KEYS))
    check("requests", (fake.counts["container"], fake.counts["other"]), (1, 0))
    with Fake("--token", "the-token") as fake:
        found = container(fake, AWS_CONTAINER_AUTHORIZATION_TOKEN="the-token", **full)
        check("a full URI with a token", keys_of(found), KEYS)
        try:
            container(fake, AWS_CONTAINER_AUTHORIZATION_TOKEN="another", **full)
            check("a wrong token", "keys", "an error")
        except botocore.exceptions.CredentialRetrievalError as e:
            check("a wrong token", "AccessDeniedException" in str(e), True)
    check("requests", fake.counts["container"], 4)
    with Fake("--fault", "container:500") as fake:
        try:
            container(fake, **full)
            check("a server that failed", "keys", "an error")
        except botocore.exceptions.CredentialRetrievalError:
            check("attempts", True, True)
    check("requests", fake.counts["container"], 3)


def try_pod_identity():
    with tempfile.TemporaryDirectory() as folder, Fake("--token", "jwt-1", "--lifetime", "60") as fake:
        path = os.path.join(folder, "token")
        with open(path, "w") as f:
            f.write("jwt-1")
        found = container(fake, AWS_CONTAINER_CREDENTIALS_FULL_URI="ENDPOINT/v1/credentials",
                          AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=path, AWS_CONTAINER_AUTHORIZATION_TOKEN="not this one")
        check("Pod Identity", keys_of(found), KEYS)  # whose keys are due at once: fetched again, the file read again
        with open(path, "w") as f:
            f.write("jwt-2")
        try:
            keys_of(found)
            check("a token that changed", "keys", "an error")
        except botocore.exceptions.CredentialRetrievalError as e:
            check("a token that changed", "AccessDeniedException" in str(e), True)


try_instance()
try_container()
if "--pod-identity" in sys.argv:
    try_pod_identity()
print(f"botocore {botocore.__version__}: {checks} checks passed")
