#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a transit key, Bulla's policy and an AppRole in Vault or OpenBao, with the command line of either. Run again, it
# changes nothing but the policy and the role. What the command line reads (VAULT_ADDR or BAO_ADDR, the token, the CA, the
# namespace) is up to you.
#
#   setup.sh KEY FOLDER      writes FOLDER/role-id and FOLDER/secret-id, both 0600, for vault.auth.appRole
set -euo pipefail

usage="usage: setup.sh KEY FOLDER  (MOUNT=transit ROLE=bulla CLI=vault|bao)"
key=${1:?$usage}
folder=${2:?$usage}
mount=${MOUNT:-transit}
role=${ROLE:-bulla}
cli=${CLI:-vault}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
umask 077

# Not in a pipe: a grep that has seen enough would end the command line, and with it this script.
has() {
  local there
  there=$("$cli" "$1" list -format=json)
  [[ $there == *"\"$2/\""* ]]
}

has secrets "$mount" || "$cli" secrets enable -path="$mount" transit
# Neither derived nor convergent nor exportable: those are the defaults, and Bulla refuses the others.
"$cli" read "$mount/keys/$key" >/dev/null 2>&1 || "$cli" write -f "$mount/keys/$key" type=aes256-gcm96
# Nobody deletes it, and nobody makes a key by encrypting.
"$cli" write "$mount/keys/$key/config" deletion_allowed=false >/dev/null
"$cli" write "$mount/config/keys" disable_upsert=true >/dev/null

sed -e "s|MOUNT|$mount|g; s|/KEY\"|/$key\"|g" "$here/policy.hcl" | "$cli" policy write "$role" -
has auth approle || "$cli" auth enable approle
"$cli" write "auth/approle/role/$role" token_policies="$role" token_no_default_policy=true token_period=1h \
  secret_id_ttl=0 secret_id_num_uses=0 >/dev/null

mkdir -p "$folder"
"$cli" read -field=role_id "auth/approle/role/$role/role-id" >"$folder/role-id"
"$cli" write -f -field=secret_id "auth/approle/role/$role/secret-id" >"$folder/secret-id.new"
mv "$folder/secret-id.new" "$folder/secret-id"
echo "made: key $mount/$key, policy and AppRole $role, files in $folder"
