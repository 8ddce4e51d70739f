// SPDX-License-Identifier: Apache-2.0
/** A network that fails on demand, for tests of every module. */
@NullMarked
package dev.bulla.fault;

import org.jspecify.annotations.NullMarked;
