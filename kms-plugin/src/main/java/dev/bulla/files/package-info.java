// SPDX-License-Identifier: Apache-2.0
/** What must be known of a file before it is trusted, and what to say when it is not. */
@NullMarked
package dev.bulla.files;

import org.jspecify.annotations.NullMarked;
