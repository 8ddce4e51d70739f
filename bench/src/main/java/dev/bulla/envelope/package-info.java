// SPDX-License-Identifier: Apache-2.0
/** JMH benchmarks of the envelope's parts, in its package because the parts are its own. */
@NullMarked
package dev.bulla.envelope;

import org.jspecify.annotations.NullMarked;
