// SPDX-License-Identifier: Apache-2.0
/** A KMS v2 client that calls as kube-apiserver does: for the probe, the demo and the warm-up. */
@NullMarked
package dev.bulla.client;

import org.jspecify.annotations.NullMarked;
