// SPDX-License-Identifier: Apache-2.0
package dev.bulla.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One mapping of a settings file, read key by key. Each reader notes what is wrong and returns
 * empty or the default, so that reading goes on and finds the rest. {@link #finish()} then reports
 * every key that nobody read. Not thread-safe.
 */
public final class SettingsBlock {
  private static final Pattern PATH = Pattern.compile("/[^\\x00]{1,4000}");
  private static final String PATH_ALLOWED = "an absolute path, such as /etc/bulla/kek";

  private final Problem.Position position;
  private final String path;
  private final Problems problems;
  private final Map<String, Node> values = new LinkedHashMap<>();
  private final Map<String, Problem.Position> keyPositions = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  private SettingsBlock(Problem.Position position, String path, Problems problems) {
    this.position = position;
    this.path = path;
    this.problems = problems;
  }

  static SettingsBlock of(MappingNode node, String path, Problems problems) {
    SettingsBlock block = new SettingsBlock(at(node), path, problems);
    for (NodeTuple tuple : node.getValue()) {
      block.put(tuple);
    }
    return block;
  }

  private void put(NodeTuple tuple) {
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      problems.add(at(tuple.getKeyNode()), path, "a key must be a plain word");
      return;
    }
    if (values.putIfAbsent(key.getValue(), tuple.getValueNode()) != null) {
      problems.add(at(key), pathOf(key.getValue()), "the key is here twice; remove one of the two");
    }
    keyPositions.putIfAbsent(key.getValue(), at(key));
  }

  /** Returns where the block begins. */
  public Problem.Position position() {
    return position;
  }

  /** Returns where the value of {@code key} is, or the block's own place if it is absent. */
  public Problem.Position positionOf(String key) {
    Node node = values.get(key);
    return node == null ? position : at(node);
  }

  /** Returns the full path of {@code key}, as problems name it. */
  public String pathOf(String key) {
    String safe = Problems.quoted(key).replace("'", "");
    return path.isEmpty() ? safe : path + "." + safe;
  }

  /** Notes a problem with the block as a whole. */
  public void problem(String message) {
    problems.add(position, path, message);
  }

  /** Returns the names of the keys that the block has. */
  public Set<String> keys() {
    return values.keySet();
  }

  /** Notes a problem with the value of {@code key}. */
  public void problem(String key, String message) {
    problems.add(positionOf(key), pathOf(key), message);
  }

  /**
   * Returns the text of a key that must be there, if it matches; {@code allowed} says what does.
   */
  public Optional<String> text(String key, Pattern pattern, String allowed) {
    Optional<String> value = scalar(key);
    if (value.isEmpty() && !values.containsKey(key)) {
      problem(key, "is missing; it must be " + allowed);
    }
    return value.filter(
        v -> {
          boolean matches = pattern.matcher(v).matches();
          if (!matches) {
            problem(key, "is " + Problems.quoted(v) + "; it must be " + allowed);
          }
          return matches;
        });
  }

  /** Like {@link #text}, for a key that may be absent. */
  public Optional<String> optionalText(String key, Pattern pattern, String allowed) {
    known.add(key);
    return values.containsKey(key) ? text(key, pattern, allowed) : Optional.empty();
  }

  /** Returns one of {@code choices}, or {@code otherwise} if the key is absent or wrong. */
  public String choice(String key, List<String> choices, String otherwise) {
    Pattern pattern =
        Pattern.compile(String.join("|", choices.stream().map(Pattern::quote).toList()));
    return optionalText(key, pattern, "one of: " + String.join(", ", choices)).orElse(otherwise);
  }

  /** Returns an absolute path that must be there. */
  public Optional<Path> absolutePath(String key) {
    return text(key, PATH, PATH_ALLOWED).map(Path::of);
  }

  /** Returns an absolute path, or empty if the key is absent or wrong. */
  public Optional<Path> optionalAbsolutePath(String key) {
    return optionalText(key, PATH, PATH_ALLOWED).map(Path::of);
  }

  /** Returns true or false; false if the key is absent or wrong. */
  public boolean flag(String key) {
    return choice(key, List.of("true", "false"), "false").equals("true");
  }

  /** Returns a list of 1 to {@code most} texts that all match, or empty if absent or wrong. */
  public List<String> texts(String key, Pattern pattern, int most, String allowed) {
    known.add(key);
    Node node = values.get(key);
    List<String> texts =
        node instanceof SequenceNode sequence
            ? sequence.getValue().stream().map(SettingsBlock::textOf).toList()
            : List.of();
    boolean valid = texts.stream().allMatch(text -> pattern.matcher(text).matches());
    if (node == null || (valid && !texts.isEmpty() && texts.size() <= most)) {
      return texts;
    }
    problem(key, "must be a list of 1 to " + most + " values, each " + allowed);
    return List.of();
  }

  private static String textOf(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  /** Returns a whole number from {@code min} to {@code max}, or {@code otherwise}. */
  public long wholeNumber(String key, long min, long max, long otherwise) {
    String allowed = "a whole number from " + min + " to " + max;
    Optional<String> text = optionalText(key, Pattern.compile("[0-9]{1,18}"), allowed);
    return inRange(key, text.map(Long::parseLong), min, max, allowed).orElse(otherwise);
  }

  private OptionalLong inRange(
      String key, Optional<Long> value, long min, long max, String allowed) {
    if (value.isPresent() && (value.get() < min || value.get() > max)) {
      problem(key, "is " + value.get() + "; it must be " + allowed);
      return OptionalLong.empty();
    }
    return value.map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  /** Returns a duration from {@code min} to {@code max}, or {@code otherwise}. */
  public Duration duration(String key, Duration min, Duration max, Duration otherwise) {
    String allowed =
        "a duration such as 90s, 30m or 24h, from "
            + Durations.render(min)
            + " to "
            + Durations.render(max);
    Optional<Duration> value = optionalText(key, Durations.SYNTAX, allowed).map(Durations::parse);
    if (value.isPresent() && (value.get().compareTo(min) < 0 || value.get().compareTo(max) > 0)) {
      problem(key, "is " + Durations.render(value.get()) + "; it must be " + allowed);
      return otherwise;
    }
    return value.orElse(otherwise);
  }

  /** Returns a list of whole numbers, or {@code otherwise} if the key is absent or wrong. */
  public List<Long> wholeNumbers(String key, long min, long max, int most, List<Long> otherwise) {
    known.add(key);
    Node node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    String allowed =
        "a list of 1 to " + most + " whole numbers from " + min + " to " + max + ", such as [0]";
    List<Long> numbers = new ArrayList<>();
    if (node instanceof SequenceNode sequence) {
      for (Node item : sequence.getValue()) {
        numbers.add(number(item));
      }
    }
    boolean valid = numbers.stream().allMatch(n -> n >= min && n <= max);
    if (numbers.isEmpty() || numbers.size() > most || !valid) {
      problem(key, "must be " + allowed);
      return otherwise;
    }
    return List.copyOf(numbers);
  }

  private static long number(Node node) {
    return node instanceof ScalarNode scalar && scalar.getValue().matches("[0-9]{1,18}")
        ? Long.parseLong(scalar.getValue())
        : -1;
  }

  /** Returns the block under {@code key}, if it is there. */
  public Optional<SettingsBlock> block(String key) {
    known.add(key);
    Node node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (node instanceof MappingNode mapping) {
      return Optional.of(of(mapping, pathOf(key), problems));
    }
    problem(key, "must be a mapping of keys to values, indented below it");
    return Optional.empty();
  }

  /** Adds keys that may be here besides those that were read. */
  public void alsoAllowed(List<String> keys) {
    known.addAll(keys);
  }

  /** Returns the blocks of the list under {@code key}, which must be there and have some. */
  public List<SettingsBlock> blocks(String key, int most) {
    known.add(key);
    List<SettingsBlock> blocks = new ArrayList<>();
    boolean valid =
        values.get(key) instanceof SequenceNode sequence && collect(sequence, key, blocks);
    if (!valid || blocks.isEmpty() || blocks.size() > most) {
      problem(key, "must be a list of 1 to " + most + " mappings, each beginning with '- '");
    }
    return blocks;
  }

  private boolean collect(SequenceNode sequence, String key, List<SettingsBlock> blocks) {
    for (Node item : sequence.getValue()) {
      if (!(item instanceof MappingNode mapping)) {
        return false;
      }
      blocks.add(of(mapping, pathOf(key) + "[" + blocks.size() + "]", problems));
    }
    return true;
  }

  private Optional<String> scalar(String key) {
    known.add(key);
    Node node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (node instanceof ScalarNode scalar) {
      return Optional.of(scalar.getValue());
    }
    problem(key, "must be a single value, not a list or a mapping");
    return Optional.empty();
  }

  /** Reports every key that was not read: a word that means nothing is a mistake. */
  public void finish() {
    keyPositions.forEach(
        (key, where) -> {
          if (!known.contains(key)) {
            problems.add(where, pathOf(key), unknown(key));
          }
        });
  }

  private String unknown(String key) {
    String allowed = "; allowed: " + String.join(", ", known);
    return "is not a key here" + Spelling.suggestion(key, known) + allowed;
  }

  private static Problem.Position at(Node node) {
    Optional<Mark> mark = node.getStartMark();
    return mark.map(SettingsDocument::position).orElse(Problem.Position.START);
  }
}
