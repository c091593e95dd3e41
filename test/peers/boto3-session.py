"""Calls ECR's API by boto3: reads requests from standard input, one JSON document a line, and answers each with one."""

import base64
import json
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError


def client(region):
    return boto3.client("ecr", endpoint_url=sys.argv[1], region_name=region)


def decoded(value):
    if isinstance(value, dict) and value.keys() == {"base64"}:
        return base64.b64decode(value["base64"])
    return value


def answer(request):
    ecr = client(request["region"])
    given = {name: decoded(value) for name, value in request["input"].items()}
    if request["do"] == "wait":
        names = {name.replace("_", ""): name for name in ecr.waiter_names}
        ecr.get_waiter(names[request["waiter"].lower()]).wait(**given)
        return None
    methods = {api: method for method, api in ecr.meta.method_to_api_mapping.items()}
    method = methods[request["operation"]]
    if request["do"] == "paginate":
        pages = ecr.get_paginator(method).paginate(**given, PaginationConfig={"PageSize": request["pageSize"]})
        return pages.build_full_result()
    result = getattr(ecr, method)(**given)
    del result["ResponseMetadata"]
    return result


for line in sys.stdin:
    try:
        said = {"result": answer(json.loads(line))}
    except (ClientError, BotoCoreError) as error:
        said = {"error": str(error)}
    print(json.dumps(said, default=str), flush=True)
