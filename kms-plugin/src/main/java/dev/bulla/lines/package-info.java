// SPDX-License-Identifier: Apache-2.0
/**
 * Lines of JSON for people and programs to read later: fields that cannot break a line, floods
 * counted instead of written, and a writer that no caller ever waits for.
 */
@NullMarked
package dev.bulla.lines;

import org.jspecify.annotations.NullMarked;
