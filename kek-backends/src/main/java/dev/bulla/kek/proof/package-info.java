// SPDX-License-Identifier: Apache-2.0
/**
 * How one backend proves to its service who this process is to a cloud that another backend knows,
 * without the two seeing each other. The registry joins them.
 */
@NullMarked
package dev.bulla.kek.proof;

import org.jspecify.annotations.NullMarked;
