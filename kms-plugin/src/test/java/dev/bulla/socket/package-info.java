// SPDX-License-Identifier: Apache-2.0
/** Tests of the socket: real sockets, real gRPC, and second processes where one would lie. */
@NullMarked
package dev.bulla.socket;

import org.jspecify.annotations.NullMarked;
