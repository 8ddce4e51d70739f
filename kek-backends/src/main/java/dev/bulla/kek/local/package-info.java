// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded KEK: a key file on this host. For demonstrations and tests: whoever reads the file
 * opens everything, and a backup of the host holds both lock and key.
 */
@NullMarked
package dev.bulla.kek.local;

import org.jspecify.annotations.NullMarked;
