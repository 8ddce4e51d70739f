// SPDX-License-Identifier: Apache-2.0
package dev.bulla.render;

import dev.bulla.settings.Problems;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files of one distribution.
 *
 * @param files by name, in order
 */
public record Rendering(SortedMap<String, File> files) {
  /** What came of some values. */
  public sealed interface Result {
    /** The files. */
    record Good(Rendering rendering) implements Result {}

    /** What is wrong, a line each. */
    record Bad(List<String> problems) implements Result {}
  }

  /**
   * One file.
   *
   * @param content its text
   * @param place where it goes
   */
  public record File(String content, String place) {}

  /**
   * Renders the files.
   *
   * @param content the values, YAML
   * @param name of the values' file, for problems
   * @param image the image that is meant if the values name none
   */
  public static Result of(byte[] content, String name, String image) {
    Problems problems = new Problems();
    Optional<Values> values = Values.read(content, image, problems);
    return values.isPresent()
        ? new Result.Good(new Rendering(files(values.get())))
        : new Result.Bad(Values.lines(problems, name));
  }

  private static SortedMap<String, File> files(Values values) {
    Distribution distribution = values.distribution();
    Map<String, String> parameters = new HashMap<>(distribution.parameters());
    String config = parameters.get("config-folder") + "/bulla.yaml";
    String encryption = distribution.encryptionPlace();
    parameters.putAll(values.kek().parameters());
    parameters.put("scope", values.scope());
    parameters.put("image", values.image());
    parameters.put("resources", values.resources().toString());
    parameters.put("kek", values.kek().line());
    parameters.put("where-config", config);
    Map<String, String> places = new HashMap<>(distribution.places());
    places.put("bulla.yaml", config + " on each control-plane node");
    places.put("encryption-1-readers.yaml", encryption + ", first; and to leave Bulla");
    places.put("encryption-2-writers.yaml", encryption + ", once every API server has the first");
    places.put("encryption-3-sealed.yaml", encryption + ", once everything was rewritten");
    places.put(values.kek().policy(), "to whoever keeps the KEK: all that Bulla may do");
    Templates templates = new Templates(parameters);
    SortedMap<String, File> files = new TreeMap<>();
    places.forEach((file, place) -> files.put(file, new File(templates.fill(file), place)));
    return files;
  }
}
