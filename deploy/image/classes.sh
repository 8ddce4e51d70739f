#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# classes.sh MOTO OPENBAO: writes classes.txt, classes-aws.txt and classes-image.txt anew, the lists for the archives of classes, from starts of
# `bulla serve` with each kind of KEK (the programs are those of e2e/moto/build.sh and e2e/openbao/build.sh). To be run when
# a release is made: two starts never load quite the same classes, so the lists are kept. What has gone from a list's jars is
# passed over, and new classes are loaded from their jars, which costs a few milliseconds.
# classes.txt has all that a start with a local KEK or Vault loads, links and resolves, and classes-aws.txt what one with AWS has
# besides: the AWS SDK is a fifth of all, and would take time and memory where it is not used. classes-image.txt has what keeps
# the image under 90 MB: all that a JVM needs before main, and of the rest what costs most to load: Netty, gRPC and Bulla.
set -euo pipefail
moto=$1 bao=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
. "$root/.mvn/jdk.sh"
work=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null; wait; rm -rf "$work"' EXIT
until_done() { # what, command...
  local what=$1
  shift
  for _ in $(seq 300); do
    ! "$@" 2>/dev/null || return 0
    sleep 0.1
  done
  echo "classes.sh: $what: not within 30 s" >&2
  exit 1
}

cd "$work"
umask 077
head -c 32 /dev/urandom >kek
printf '[list]\naws_access_key_id = AKIA\naws_secret_access_key = none\n' >credentials
printf list >token
# Each service over HTTP and over TLS: AWS by the runtime's certificates, with moto's among them, and Vault by a private CA.
openssl req -x509 -newkey rsa:2048 -nodes -keyout moto.key -out moto.pem -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 2>/dev/null
mkdir dev
read -r port tls_port other tls_other < <(python3 -c 'import socket; s = [socket.create_server(("127.0.0.1", 0)) for _ in "abcd"]; print(*(x.getsockname()[1] for x in s))')
dev=(server -dev -dev-no-store-token -dev-root-token-id=list)
"$moto" -H 127.0.0.1 -p "$port" >moto.log 2>&1 &
started+=($!)
"$moto" -H 127.0.0.1 -p "$tls_port" -s -c moto.pem -k moto.key >moto-tls.log 2>&1 &
started+=($!)
"$bao" "${dev[@]}" -dev-listen-address="127.0.0.1:$other" >bao.log 2>&1 &
started+=($!)
"$bao" "${dev[@]}" -dev-tls -dev-tls-cert-dir=dev -dev-listen-address="127.0.0.1:$tls_other" >bao-tls.log 2>&1 &
started+=($!)
new_key() { # address
  curl -fsk -H 'X-Amz-Target: TrentService.CreateKey' -H 'Content-Type: application/x-amz-json-1.1' -d '{}' "$1/" \
    -H 'Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/eu-central-1/kms/aws4_request, SignedHeaders=host, Signature=0' >key
}
arn() { python3 -c 'import json; print(json.load(open("key"))["KeyMetadata"]["Arn"])'; }
transit() { curl -fsk -o bao.answer -H 'X-Vault-Token: list' -d "$3" "$1/v1/$2"; }
until_done moto new_key "http://127.0.0.1:$port"
key=$(arn)
until_done "moto over TLS" new_key "https://127.0.0.1:$tls_port"
tls_key=$(arn)
for address in "http://127.0.0.1:$other" "https://127.0.0.1:$tls_other"; do
  until_done "OpenBao on $address" transit "$address" sys/mounts/transit '{"type":"transit"}'
  transit "$address" transit/keys/list '{"type":"aes256-gcm96"}'
done
install -m 600 "$JAVA_HOME/lib/security/cacerts" trusted
"$JAVA_HOME/bin/keytool" -importcert -noprompt -keystore trusted -storepass changeit -alias moto -file moto.pem 2>/dev/null

each() { # name, KEK: a start, seen until its first data key is proved and its code is warm
  printf 'scope: classes\nsocket: { path: %s/kms.sock, allowedUids: [%s] }\nkeks:\n  - { name: k, role: write, %s }\n' "$work" "$(id -u)" "$2" >"$1.yaml"
  "$JAVA_HOME/bin/java" "@$root/deploy/jvm.options" -Xshare:off -XX:DumpLoadedClassList="$1.list" \
    -Djavax.net.ssl.trustStore="$work/trusted" -jar "$root/kms-plugin/target/bulla.jar" \
    serve --config "$1.yaml" 2>"$1.log" &
  local process=$!
  started+=("$process")
  until_done "$1" grep -q dek_adopted "$1.log"
  sleep 3
  kill "$process"
  wait "$process"
}
each local "local: { keyFile: $work/kek }"
aws="credentials: { profile: { name: list, file: $work/credentials } }"
each aws "aws: { keyArn: \"$key\", endpoint: \"http://127.0.0.1:$port\", allowPlainHttp: true, $aws }"
each aws-tls "aws: { keyArn: \"$tls_key\", endpoint: \"https://127.0.0.1:$tls_port\", $aws }"
vault="mount: transit, key: list, auth: { tokenFile: $work/token }"
each vault "vault: { address: \"http://127.0.0.1:$other\", allowPlainHttp: true, $vault }"
each vault-tls "vault: { address: \"https://127.0.0.1:$tls_other\", caFile: $work/dev/vault-ca.pem, $vault }"

lines() { cat "$@" | grep -v -e '^#' -e 'source:' | sed 's/ id:.*//' | awk '!seen[$0]++'; }
sorted() { # lists: classes first, then what was linked of them
  lines "$@" >all
  grep -v '^@' all
  grep '^@' all
}
sorted local.list vault.list vault-tls.list >"$here/classes.txt"
sorted local.list vault.list vault-tls.list aws.list aws-tls.list | awk 'FNR == NR { seen[$0]; next } !($0 in seen)' "$here/classes.txt" - >"$here/classes-aws.txt"
names() { lines local.list | grep -v '^@'; }
{ names | sed -n 1,460p; names | grep -E '^(io/netty|io/grpc|dev/bulla)/'; } | awk '!seen[$0]++' | sed -n 1,960p >names
# Of what was linked and resolved, the part of these classes.
awk 'FNR == NR { kept[$1]; print; next } /^@lambda-form/ || /^@/ && $2 in kept' names <(lines local.list) >"$here/classes-image.txt"
chmod 644 "$here"/classes*.txt
wc -l "$here"/classes*.txt
