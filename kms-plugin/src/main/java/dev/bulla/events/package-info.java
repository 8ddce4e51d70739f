// SPDX-License-Identifier: Apache-2.0
/** All that the plugin tells, and how several listeners hear it. */
@NullMarked
package dev.bulla.events;

import org.jspecify.annotations.NullMarked;
