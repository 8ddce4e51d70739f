// SPDX-License-Identifier: Apache-2.0
/** What a backend must offer to be configured: a name, a reader of its settings, an opener. */
@NullMarked
package dev.bulla.kek.backend;

import org.jspecify.annotations.NullMarked;
