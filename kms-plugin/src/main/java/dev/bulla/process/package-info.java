// SPDX-License-Identifier: Apache-2.0
/** What the kernel is asked to keep other processes from. Knows no other package of Bulla. */
@NullMarked
package dev.bulla.process;

import org.jspecify.annotations.NullMarked;
