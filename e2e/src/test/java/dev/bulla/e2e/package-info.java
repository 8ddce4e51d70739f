// SPDX-License-Identifier: Apache-2.0
/** The packaged program against real counterparts: kube-apiserver and etcd as processes. */
@NullMarked
package dev.bulla.e2e;

import org.jspecify.annotations.NullMarked;
