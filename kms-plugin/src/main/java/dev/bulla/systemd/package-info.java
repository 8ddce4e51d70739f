// SPDX-License-Identifier: Apache-2.0
/** What systemd is told: ready, stopping, alive (sd_notify(3)). This package knows no other. */
@NullMarked
package dev.bulla.systemd;

import org.jspecify.annotations.NullMarked;
