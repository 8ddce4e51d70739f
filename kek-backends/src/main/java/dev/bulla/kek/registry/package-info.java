// SPDX-License-Identifier: Apache-2.0
/**
 * The backends of this build, in one explicit list. There is no discovery on the class path:
 * whoever could put a class there could supply a KEK of his own and take every master.
 */
@NullMarked
package dev.bulla.kek.registry;

import org.jspecify.annotations.NullMarked;
