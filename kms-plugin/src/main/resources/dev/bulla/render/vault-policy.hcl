path "${mount}/encrypt/${key}" {
  capabilities = ["update"]
}
path "${mount}/decrypt/${key}" {
  capabilities = ["update"]
}
path "${mount}/keys/${key}" {
  capabilities = ["read"]
}

path "auth/token/renew-self" {
  capabilities = ["update"]
}
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
