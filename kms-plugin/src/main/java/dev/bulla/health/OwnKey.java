// SPDX-License-Identifier: Apache-2.0
package dev.bulla.health;

import dev.bulla.kek.KeyMaterial;
import dev.bulla.kek.WrappedKey;
import java.util.function.Predicate;

/**
 * A key that a KEK wrapped for this process, and by which it is confirmed.
 *
 * @param wrapped what the KEK made of it
 * @param isIt whether an unwrapped key is the one that was wrapped. Does not keep it.
 */
public record OwnKey(WrappedKey wrapped, Predicate<KeyMaterial> isIt) {}
