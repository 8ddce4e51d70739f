// SPDX-License-Identifier: Apache-2.0
/** Tests of the local KEK. */
@NullMarked
package dev.bulla.kek.local;

import org.jspecify.annotations.NullMarked;
