// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.bulla.process;

import org.jspecify.annotations.NullMarked;
