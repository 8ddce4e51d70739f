// SPDX-License-Identifier: Apache-2.0
/** Tests of the service. */
@NullMarked
package dev.bulla.service;

import org.jspecify.annotations.NullMarked;
