# SPDX-License-Identifier: Apache-2.0
# All that Bulla needs of a transit key. MOUNT and KEY are filled in by setup.sh.
# No "create" on encrypt: with it, encrypting would make a key that is not there.
path "MOUNT/encrypt/KEY" {
  capabilities = ["update"]
}
path "MOUNT/decrypt/KEY" {
  capabilities = ["update"]
}
path "MOUNT/keys/KEY" {
  capabilities = ["read"]
}

# The token's own life. The policy "default" allows the same; these lines serve a token without it.
path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
