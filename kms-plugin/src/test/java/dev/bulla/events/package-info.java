// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.bulla.events;

import org.jspecify.annotations.NullMarked;
