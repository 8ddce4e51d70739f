// SPDX-License-Identifier: Apache-2.0

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/**
 * Completes Maven's CycloneDX list with what Maven does not know, the JDK's modules and the C library, writes it and all licence
 * texts into {@code share}, and fails if a file of the program belongs to no component or a licence has no text.
 */
final class Sbom {
  private static final String LIBC = "/usr/share/doc/libc6/copyright";

  private final Path bulla;
  private final Path texts;
  private final Path licenses;
  private final JsonObject bom;
  private final TreeMap<String, JsonObject> byHash = new TreeMap<>();
  private final List<String> failures = new ArrayList<>();

  private Sbom(JsonObject bom, Path bulla, Path texts) {
    this.bom = bom;
    this.bulla = bulla;
    this.texts = texts;
    this.licenses = bulla.resolve("share/licenses");
  }

  public static void main(String[] args) throws Exception {
    JsonObject bom = JsonParser.parseString(Files.readString(Path.of(args[0]))).getAsJsonObject();
    Sbom sbom = new Sbom(bom, Path.of(args[2]), Path.of(args[3]));
    Files.createDirectories(sbom.licenses);
    Files.copy(Path.of(args[4]), sbom.licenses.resolve("Apache-2.0.txt"));
    sbom.jars(Path.of(args[1]));
    sbom.jdk();
    sbom.libc();
    sbom.everyFileIsCovered();
    if (!sbom.failures.isEmpty()) {
      sbom.failures.forEach(System.err::println);
      System.exit(1);
    }
    Files.writeString(sbom.bulla.resolve("share/sbom.cdx.json"), new GsonBuilder().disableHtmlEscaping().create().toJson(bom) + "\n");
  }

  // What bulla.jar was made of.
  private void jars(Path folder) throws Exception {
    try (JarFile program = new JarFile(bulla.resolve("app/bulla.jar").toFile())) {
      for (Path jar : in(folder)) {
        classesAreIn(program, jar);
      }
    }
    for (JsonElement element : components()) {
      JsonObject component = element.getAsJsonObject();
      component.getAsJsonArray("hashes").asList().removeIf(hash -> !isSha256(hash.getAsJsonObject()));
      component.getAsJsonArray("hashes").forEach(hash -> byHash.put(hash.getAsJsonObject().get("content").getAsString(), component));
    }
    for (Path jar : in(folder)) {
      JsonObject component = byHash.get(sha256(jar));
      if (component == null) {
        failures.add(jar + " is not in Maven's list, or has other bytes");
      } else {
        licenceText(jar, component);
      }
    }
  }

  // Whole, and as they were: of two jars with a class of one name, one has lost it.
  private void classesAreIn(JarFile program, Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().filter(Sbom::isClass).toList()) {
        JarEntry taken = program.getJarEntry(entry.getName());
        if (taken == null || taken.getCrc() != entry.getCrc()) {
          failures.add(entry.getName() + " of " + jar + " is not in bulla.jar, or has other bytes");
        }
      }
    }
  }

  private static boolean isClass(JarEntry entry) {
    return entry.getName().endsWith(".class") && !entry.getName().endsWith("module-info.class");
  }

  private static boolean isSha256(JsonObject hash) {
    return hash.get("alg").getAsString().equals("SHA-256");
  }

  private void licenceText(Path jar, JsonObject component) throws IOException {
    String name = component.get("name").getAsString();
    boolean found = false;
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().filter(Sbom::isLicence).toList()) {
        Path to = licenses.resolve(name).resolve(entry.getName().replace('/', '_'));
        Files.createDirectories(to.getParent());
        Files.write(to, file.getInputStream(entry).readAllBytes());
        found |= !entry.getName().contains("NOTICE");
      }
    }
    Path own = texts.resolve(name + ".txt");
    if (Files.exists(own)) {
      Files.copy(own, licenses.resolve(own.getFileName()));
    } else if (!found && !component.get("licenses").toString().contains("\"Apache-2.0\"")) {
      failures.add(name + ": its jar has no licence text; add " + own.getFileName() + " beside the others");
    }
  }

  private static boolean isLicence(JarEntry entry) {
    return !entry.isDirectory() && entry.getName().matches("(META-INF/)?(license/)?(LICENSE|NOTICE|COPYING)[^/]*");
  }

  private void jdk() throws IOException {
    Properties release = new Properties();
    try (var in = Files.newBufferedReader(bulla.resolve("jre/release"))) {
      release.load(in);
    }
    String version = unquoted(release, "JAVA_RUNTIME_VERSION", "JAVA_VERSION");
    for (String module : unquoted(release, "MODULES", "").split(" ")) {
      component("openjdk", module, version, "pkg:generic/openjdk/" + module + "@" + version.replace("+", "%2B"), "GPL-2.0-only WITH Classpath-exception-2.0");
    }
  }

  private static String unquoted(Properties release, String key, String otherwise) {
    String value = Optional.ofNullable(release.getProperty(key)).orElse(release.getProperty(otherwise));
    return value.replace("\"", "");
  }

  // The image has the C library of the machine that built it; the package uses that of the machine that it is installed on.
  private void libc() throws Exception {
    Path text = Path.of(LIBC);
    if (!Files.exists(text)) {
      failures.add(LIBC + " is missing: the image must hold the C library's licence; build on Debian or Ubuntu");
      return;
    }
    Files.copy(text, licenses.resolve("libc6.txt"));
    Process dpkg = new ProcessBuilder("dpkg-query", "-W", "-f=${Version} ${Architecture}", "libc6").start();
    String[] installed = new String(dpkg.getInputStream().readAllBytes()).split(" ");
    component("debian", "libc6", installed[0], "pkg:deb/debian/libc6@" + installed[0].replace("+", "%2B") + "?arch=" + installed[1], "LGPL-2.1-or-later");
  }

  private void component(String group, String name, String version, String purl, String licence) {
    JsonObject component = new JsonObject();
    component.addProperty("type", "library");
    component.addProperty("bom-ref", purl);
    component.addProperty("group", group);
    component.addProperty("name", name);
    component.addProperty("version", version);
    JsonObject expression = new JsonObject();
    expression.addProperty("expression", licence);
    JsonArray all = new JsonArray();
    all.add(expression);
    component.add("licenses", all);
    component.addProperty("purl", purl);
    components().add(component);
  }

  private void everyFileIsCovered() throws IOException {
    for (Path file : in(bulla)) {
      String name = bulla.relativize(file).toString();
      boolean own = name.matches("bin/bulla|app/(bulla\\.jar|bulla\\.jsa|jvm\\.options)|share/.*");
      boolean nettys = name.matches("app/native/libnetty_transport_native_epoll_[a-z0-9_]+\\.so");
      if (!own && !nettys && !name.startsWith("jre/")) {
        failures.add(name + " belongs to no component");
      }
    }
  }

  private JsonArray components() {
    return bom.getAsJsonArray("components");
  }

  private static List<Path> in(Path folder) throws IOException {
    try (var files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private static String sha256(Path file) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
  }
}
