// SPDX-License-Identifier: Apache-2.0
package dev.bulla.config;

/** How log lines look. */
public enum LogFormat {
  /** For people on a terminal, JSON elsewhere. */
  AUTO,
  /** One JSON object a line. */
  JSON,
  /** Time, level, text. */
  TEXT
}
