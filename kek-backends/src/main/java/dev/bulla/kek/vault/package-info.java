// SPDX-License-Identifier: Apache-2.0
/**
 * The transit engine of HashiCorp Vault and of OpenBao: the adapter of its HTTP interface, and the
 * login to it. Nothing here depends on what only one of the two answers.
 */
@NullMarked
package dev.bulla.kek.vault;

import org.jspecify.annotations.NullMarked;
