# SPDX-License-Identifier: Apache-2.0
"""writer.py API TOKEN COMMAND…: writes and reads Secrets whose values follow from their names."""

import base64
import hashlib
import http.client
import json
import os
import ssl
import subprocess
import sys
import time

api, token, command, arguments = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
host = api.removeprefix("https://")
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE
SECRETS = "/api/v1/namespaces/default/secrets"


def connect():
    return http.client.HTTPSConnection(host, context=context, timeout=10)


def call(connection, method, path, body=None):
    headers = {"Authorization": "Bearer " + token, "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def value(name):
    return base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


def secret(name):
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "data": {"value": value(name)}}


def must(status, body, *allowed):
    if status not in allowed:
        sys.exit("writer.py: %s answered %d: %s" % (command, status, body[:300]))
    return body


def listed(connection):
    return json.loads(must(*call(connection, "GET", SECRETS), 200))["items"]


def write(prefix, count):
    connection = connect()
    for i in range(int(count)):
        must(*call(connection, "POST", SECRETS, secret("%s-%d" % (prefix, i))), 201)


def rewrite():
    connection = connect()
    for item in listed(connection):
        must(*call(connection, "PUT", SECRETS + "/" + item["metadata"]["name"], item), 200)


def read():
    items = listed(connect())
    wrong = [i["metadata"]["name"] for i in items if i["data"]["value"] != value(i["metadata"]["name"])]
    if wrong or len(items) < 5:
        sys.exit("writer.py: %d of %d Secrets are wrong" % (len(wrong), len(items)))
    print("          %d Secrets read" % len(items))


def stored(etcdctl):
    """All that etcd holds must be sealed by Bulla, and hold no value."""
    names = [i["metadata"]["name"] for i in listed(connect())]
    for name in names:
        raw = subprocess.run(
            [etcdctl, "--endpoints=http://127.0.0.1:23790", "get", "/registry/secrets/default/" + name, "--print-value-only"],
            check=True,
            capture_output=True,
        ).stdout
        if not raw.startswith(b"k8s:enc:kms:v2:bulla:") or value(name).encode() in raw:
            sys.exit("writer.py: etcd holds %s in the clear" % name)


def reloaded(step):
    """Whether the API server seals (step 2), and refuses what is not sealed (step 3), by its own counts."""
    body = must(*call(connect(), "GET", "/metrics"), 200).decode()
    loads = [
        float(line.rsplit(" ", 1)[1])
        for line in body.splitlines()
        if line.startswith("apiserver_encryption_config_controller_automatic_reloads_total") and 'status="success"' in line
    ]
    sys.exit(0 if sum(loads) >= int(step[0]) - 1 else 1)


def load(stop):
    """20 writes a second until the file STOP is there; ends with 1 if one failed."""
    connection, count, failed, slowest = connect(), 0, [], 0.0
    run = os.urandom(4).hex()
    due = time.monotonic()
    while not os.path.exists(stop):
        due += 0.05
        time.sleep(max(0.0, due - time.monotonic()))
        begun = time.monotonic()
        try:
            status, body = call(connection, "POST", SECRETS, secret("load-%s-%d" % (run, count)))
            if status != 201:
                failed.append("%d %s" % (status, body[:120]))
        except OSError as e:
            failed.append(repr(e))
            connection = connect()
        count += 1
        slowest = max(slowest, time.monotonic() - begun)
    print("%d writes, %d failed, the slowest in %d ms %s" % (count, len(failed), slowest * 1000, " ".join(failed[:2])))
    sys.exit(1 if failed or count < 60 else 0)


{"write": write, "rewrite": rewrite, "read": read, "sealed": stored, "reloaded": reloaded, "load": load}[command](*arguments)
