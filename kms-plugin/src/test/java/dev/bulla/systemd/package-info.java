// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.bulla.systemd;

import org.jspecify.annotations.NullMarked;
