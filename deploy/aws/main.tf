# SPDX-License-Identifier: Apache-2.0
# The key of one cluster, and what the role of its control-plane nodes may do with it: the same as iam-policy.json and
# key-policy.json beside this file.

variable "scope" {
  description = "scope of Bulla's configuration"
  type        = string
}

variable "node_role_name" {
  description = "IAM role of the control-plane nodes"
  type        = string
}

variable "break_glass_role_arn" {
  description = "the only role that may disable or delete the key"
  type        = string
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AdministeredThroughIam"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
  statement {
    sid       = "NobodyEndsItButTheBreakGlassRole"
    effect    = "Deny"
    actions   = ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial", "kms:PutKeyPolicy"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
    condition {
      test     = "ArnNotEquals"
      variable = "aws:PrincipalArn"
      values   = [var.break_glass_role_arn]
    }
  }
}

resource "aws_kms_key" "bulla" {
  description             = "wraps Bulla's data keys of ${var.scope}"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
  lifecycle {
    prevent_destroy = true
  }
}

data "aws_iam_policy_document" "node" {
  statement {
    sid       = "WrapAndUnwrapDataKeys"
    actions   = ["kms:Encrypt", "kms:Decrypt"]
    resources = [aws_kms_key.bulla.arn]
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:bulla:scope"
      values   = [var.scope]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:EncryptionContext:bulla:use"
      values   = ["dek"]
    }
    condition {
      test     = "ForAllValues:StringEquals"
      variable = "kms:EncryptionContextKeys"
      values   = ["bulla:scope", "bulla:use"]
    }
  }
  statement {
    sid       = "ReadTheKeysState"
    actions   = ["kms:DescribeKey"]
    resources = [aws_kms_key.bulla.arn]
  }
  statement {
    sid       = "ReadWhenItWasRotated"
    actions   = ["kms:ListKeyRotations"]
    resources = [aws_kms_key.bulla.arn]
  }
}

resource "aws_iam_role_policy" "node" {
  name   = "bulla"
  role   = var.node_role_name
  policy = data.aws_iam_policy_document.node.json
}

output "key_arn" {
  description = "keks[].aws.keyArn of Bulla's configuration"
  value       = aws_kms_key.bulla.arn
}
