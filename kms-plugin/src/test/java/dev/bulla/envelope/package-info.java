// SPDX-License-Identifier: Apache-2.0
/** Tests of the envelope. */
@NullMarked
package dev.bulla.envelope;

import org.jspecify.annotations.NullMarked;
