"""Lets moto's own tests run against the sandbox, unmodified: a plugin of pytest.

Each test begins with an empty sandbox, as it does with an empty moto. And since moto stores any manifest while ECR asks
for the layers first, the layers that the tests' random manifests name are uploaded before the image is put: their
contents are known, for moto's helper makes digests of the numbers to 100, and of the layers' digests for the config.
moto looks for the images to delete in the caller's account whatever `registryId` says; ECR in the one that it says, so
that it is left out there.
"""

import hashlib
import json
import os
import random
import urllib.request

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from moto.core.config import default_user_config

# The account is that of the environment's keys.
default_user_config["core"]["mock_credentials"] = False


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


numbers = {digest_of(content): content for content in (str(number).encode() for number in range(101))}


@pytest.fixture(autouse=True)
def empty_sandbox():
    random.seed(1)
    url = os.environ["TEST_SERVER_MODE_ENDPOINT"] + "/_sandbox/reset"
    urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()


def contents(manifest):
    digests = [layer["digest"] for layer in manifest.get("layers", [])]
    known = {**numbers, digest_of("".join(digests).encode()): "".join(digests).encode()}
    named = {*digests, manifest.get("config", {}).get("digest")}
    return {digest: known[digest] for digest in named if digest in known}


def upload(client, name, digest, content):
    upload_id = call(client, "InitiateLayerUpload", {"repositoryName": name})["uploadId"]
    part = {"partFirstByte": 0, "partLastByte": len(content) - 1, "layerPartBlob": content}
    call(client, "UploadLayerPart", {"repositoryName": name, "uploadId": upload_id, **part})
    whole = {"repositoryName": name, "uploadId": upload_id, "layerDigests": [digest]}
    call(client, "CompleteLayerUpload", whole)


def as_ecr_is(client, operation, params):
    if operation == "PutImage":
        for digest, content in contents(json.loads(params["imageManifest"])).items():
            try:
                upload(client, params["repositoryName"], digest, content)
            except ClientError:
                pass  # It is there already, or the image will be refused too.
    if operation == "BatchDeleteImage":
        params = {name: value for name, value in params.items() if name != "registryId"}
    return call(client, operation, params)


call = BaseClient._make_api_call
BaseClient._make_api_call = as_ecr_is


def pytest_terminal_summary(terminalreporter):
    """Prints what became of each test, as one line of JSON."""
    kinds = ("passed", "failed", "skipped", "error")
    outcomes = {
        report.nodeid.split("tests/test_ecr/")[-1]: kind
        for kind in kinds
        for report in terminalreporter.stats.get(kind, [])
    }
    terminalreporter.write_line("outcomes " + json.dumps(outcomes))
