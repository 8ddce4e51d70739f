// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.bulla.lines;

import org.jspecify.annotations.NullMarked;
