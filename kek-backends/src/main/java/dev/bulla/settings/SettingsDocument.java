// SPDX-License-Identifier: Apache-2.0
package dev.bulla.settings;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads one YAML document of plain mappings, lists and scalars. Anchors, aliases, tags and a second
 * document are refused: they serve no purpose here and hide what a file says.
 */
public final class SettingsDocument {
  /** Most bytes of a file. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Deepest nesting: the deepest key that exists is at 6. */
  static final int MAX_DEPTH = 10;

  private SettingsDocument() {}

  /**
   * Returns the root of the document; empty if there is none, and then {@code problems} says why.
   */
  public static Optional<SettingsBlock> parse(byte[] content, Problems problems) {
    if (content.length > MAX_BYTES) {
      problems.add(
          Problem.Position.START,
          "",
          "the file has " + content.length + " bytes; at most " + MAX_BYTES + " are read");
      return Optional.empty();
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
      return root(text, problems);
    } catch (CharacterCodingException _) {
      problems.add(Problem.Position.START, "", "the file is not UTF-8 text; save it as UTF-8");
    } catch (MarkedYamlEngineException e) {
      Problem.Position at =
          e.getProblemMark().map(SettingsDocument::position).orElse(Problem.Position.START);
      problems.add(at, "", "not valid YAML: " + e.getProblem() + hint(e.getProblem()));
    } catch (YamlEngineException _) {
      problems.add(
          Problem.Position.START, "", "not valid YAML: a character that YAML does not allow");
    }
    return Optional.empty();
  }

  private static String hint(String problem) {
    return problem.contains("\\t(TAB)") || problem.contains("'\\t'")
        ? "; indent with spaces, not with tabs"
        : "";
  }

  private static Optional<SettingsBlock> root(String text, Problems problems) {
    LoadSettings settings =
        LoadSettings.builder().setCodePointLimit(MAX_BYTES).setUseMarks(true).build();
    if (!isPlain(text, settings, problems)) {
      return Optional.empty();
    }
    Optional<Node> node = new Compose(settings).composeString(text);
    if (node.isPresent() && node.get() instanceof MappingNode mapping) {
      return Optional.of(SettingsBlock.of(mapping, "", problems));
    }
    problems.add(
        Problem.Position.START, "", "the file must be a YAML mapping, such as 'scope: prod-eu1'");
    return Optional.empty();
  }

  // On events, before nodes are built: composing recurses, and deep nesting would end its stack.
  private static boolean isPlain(String text, LoadSettings settings, Problems problems) {
    int depth = 0;
    int documents = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      documents += event instanceof DocumentStartEvent ? 1 : 0;
      depth += event instanceof CollectionStartEvent ? 1 : 0;
      depth -= event instanceof CollectionEndEvent ? 1 : 0;
      Optional<String> refusal = refusal(event, depth, documents);
      if (refusal.isPresent()) {
        problems.add(
            event.getStartMark().map(SettingsDocument::position).orElse(Problem.Position.START),
            "",
            refusal.get());
        return false;
      }
    }
    return true;
  }

  private static Optional<String> refusal(Event event, int depth, int documents) {
    if (documents > 1) {
      return Optional.of("a second document; a settings file is one, without '---' in it");
    }
    if (depth > MAX_DEPTH) {
      return Optional.of("nested deeper than " + MAX_DEPTH + " levels");
    }
    if (event instanceof AliasEvent
        || (event instanceof NodeEvent n && n.getAnchor().isPresent())) {
      return Optional.of("anchors and aliases (& and *) are not allowed; write the value out");
    }
    boolean tagged =
        (event instanceof ScalarEvent s && s.getTag().isPresent())
            || (event instanceof CollectionStartEvent c && c.getTag().isPresent());
    return tagged
        ? Optional.of("tags (!) are not allowed; write the plain value")
        : Optional.empty();
  }

  static Problem.Position position(Mark mark) {
    return new Problem.Position(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
