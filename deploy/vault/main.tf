# SPDX-License-Identifier: Apache-2.0
# The same as setup.sh beside this file, for Terraform or OpenTofu: a transit engine with a key, Bulla's policy, and an
# AppRole. What the provider reads (VAULT_ADDR, the token, the CA, the namespace) is up to you. It makes no secret id,
# which would lie in the state in the clear; the last output says how to make one.

terraform {
  required_providers {
    vault = {
      source  = "hashicorp/vault"
      version = ">= 4.0"
    }
  }
}

variable "key" {
  description = "name of the transit key: keks[].vault.key of Bulla's configuration"
  type        = string
  validation {
    condition     = can(regex("^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$", var.key))
    error_message = "The key must be 1 to 128 of A-Z a-z 0-9 . _ - and not begin with a dot."
  }
}

variable "mount" {
  description = "path of the transit engine, without slashes at its ends: keks[].vault.mount"
  type        = string
  default     = "transit"
}

variable "role" {
  description = "name of the AppRole, and of its policy"
  type        = string
  default     = "bulla"
}

variable "approle_mount" {
  description = "path of the AppRole auth method, without auth/ before it: keks[].vault.auth.appRole.mount"
  type        = string
  default     = "approle"
}

variable "make_mount" {
  description = "false if the transit engine is there already"
  type        = bool
  default     = true
}

variable "make_approle" {
  description = "false if the AppRole auth method is there already"
  type        = bool
  default     = true
}

resource "vault_mount" "transit" {
  count = var.make_mount ? 1 : 0
  path  = var.mount
  type  = "transit"
  lifecycle {
    prevent_destroy = true
  }
}

# Neither derived nor convergent nor exportable: Bulla refuses the others. Nobody deletes it.
resource "vault_transit_secret_backend_key" "bulla" {
  backend                = var.mount
  name                   = var.key
  type                   = "aes256-gcm96"
  derived                = false
  convergent_encryption  = false
  exportable             = false
  allow_plaintext_backup = false
  deletion_allowed       = false
  depends_on             = [vault_mount.transit]
  lifecycle {
    prevent_destroy = true
  }
}

# Nobody makes a key by encrypting.
resource "vault_generic_endpoint" "no_upsert" {
  path                 = "${var.mount}/config/keys"
  data_json            = jsonencode({ disable_upsert = true })
  disable_read         = true
  disable_delete       = true
  ignore_absent_fields = true
  depends_on           = [vault_mount.transit]
}

# policy.hcl is filled in as setup.sh does.
resource "vault_policy" "bulla" {
  name   = var.role
  policy = replace(replace(file("${path.module}/policy.hcl"), "MOUNT", var.mount), "/KEY\"", "/${var.key}\"")
}

resource "vault_auth_backend" "approle" {
  count = var.make_approle ? 1 : 0
  type  = "approle"
  path  = var.approle_mount
}

resource "vault_approle_auth_backend_role" "bulla" {
  backend                 = var.approle_mount
  role_name               = var.role
  token_policies          = [vault_policy.bulla.name]
  token_no_default_policy = true
  token_period            = 3600
  secret_id_ttl           = 0
  secret_id_num_uses      = 0
  depends_on              = [vault_auth_backend.approle]
}

output "role_id" {
  description = "content of the file keks[].vault.auth.appRole.roleIdFile"
  value       = vault_approle_auth_backend_role.bulla.role_id
}

output "secret_id_command" {
  description = "prints a wrapped secret id, for secretIdFile with wrapped: true"
  value       = "vault write -f -wrap-ttl=10m -field=wrapping_token auth/${var.approle_mount}/role/${var.role}/secret-id"
}
