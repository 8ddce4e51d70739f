// SPDX-License-Identifier: Apache-2.0
/** The AWS backend against moto, and against a strict fake for what moto does not do. */
@NullMarked
package dev.bulla.kek.aws;

import org.jspecify.annotations.NullMarked;
