// SPDX-License-Identifier: Apache-2.0
/** What holds for every backend that a configuration can name. */
@NullMarked
package dev.bulla.kek.registry;

import org.jspecify.annotations.NullMarked;
