// SPDX-License-Identifier: Apache-2.0
/**
 * KMS v2 clients: one that calls as kube-apiserver does, for the probe and the demo; one for what a
 * plugin asks itself.
 */
@NullMarked
package dev.bulla.client;

import org.jspecify.annotations.NullMarked;
