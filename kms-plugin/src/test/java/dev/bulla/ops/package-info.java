// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.bulla.ops;

import org.jspecify.annotations.NullMarked;
