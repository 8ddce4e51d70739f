// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.bulla.audit;

import org.jspecify.annotations.NullMarked;
