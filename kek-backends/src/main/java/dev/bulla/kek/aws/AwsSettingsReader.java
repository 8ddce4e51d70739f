// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws;

import dev.bulla.kek.aws.AwsSettings.Network;
import dev.bulla.kek.aws.AwsSettings.Place;
import dev.bulla.kek.aws.AwsSettings.Proxy;
import dev.bulla.settings.SettingsBlock;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the {@code aws} block and notes what is wrong in it. */
final class AwsSettingsReader {
  private static final int MOST_PLACES = 4;
  private static final int MOST_HOSTS = 32;
  private static final Pattern ANY = Pattern.compile(".{0,2048}");
  private static final Pattern HOST = Pattern.compile("[*.A-Za-z0-9:_-]{1,253}");

  private AwsSettingsReader() {}

  static Optional<AwsSettings> read(SettingsBlock block) {
    Optional<AwsKeyArn> key = key(block);
    boolean plainHttp = block.flag("allowPlainHttp");
    Optional<List<Place>> places = places(block, key, plainHttp);
    boolean pinned = block.flag("pinned");
    Optional<Network> network = network(block, places.orElse(List.of()));
    Optional<CredentialSettings> credentials = CredentialReader.read(block, plainHttp);
    block.finish();
    if (key.isEmpty() || places.isEmpty() || network.isEmpty() || credentials.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new AwsSettings(key.get(), places.get(), pinned, network.get(), credentials.get()));
  }

  private static Optional<AwsKeyArn> key(SettingsBlock block) {
    Optional<String> text = block.text("keyArn", ANY, AwsKeyArn.ALLOWED);
    Optional<AwsKeyArn> key = text.flatMap(AwsKeyArn::parse);
    if (text.isPresent() && AwsKeyArn.isAlias(text.get())) {
      block.problem(
          "keyArn",
          "is an alias, which can be pointed at another key; name the key that this prints: "
              + "aws kms describe-key --key-id ALIAS --query KeyMetadata.Arn --output text");
    } else if (text.isPresent() && key.isEmpty()) {
      block.problem("keyArn", "is not " + AwsKeyArn.ALLOWED);
    }
    return key;
  }

  private static Optional<List<Place>> places(
      SettingsBlock block, Optional<AwsKeyArn> key, boolean plainHttp) {
    List<Optional<Place>> read = new ArrayList<>();
    read.add(place(block, key, plainHttp));
    if (block.keys().contains("failover")) {
      for (SettingsBlock next : block.blocks("failover", MOST_PLACES - 1)) {
        read.add(place(next, key, plainHttp));
        next.finish();
      }
    }
    List<Place> places = read.stream().flatMap(Optional::stream).toList();
    return places.size() == read.size() ? Optional.of(places) : Optional.empty();
  }

  private static Optional<Place> place(
      SettingsBlock block, Optional<AwsKeyArn> key, boolean plainHttp) {
    Optional<String> written =
        block.optionalText("region", AwsKeyArn.REGION, "a Region, such as eu-central-1");
    Optional<URI> endpoint = Endpoints.read(block, "endpoint", plainHttp);
    boolean wrong =
        (block.keys().contains("endpoint") && endpoint.isEmpty())
            || (block.keys().contains("region") && written.isEmpty());
    if (key.isEmpty() || wrong) {
      return Optional.empty();
    }
    String region = written.orElse(key.get().region());
    if (!key.get().isMultiRegion() && !region.equals(key.get().region())) {
      block.problem(
          "region",
          "is not that of the key's ARN; only a multi-Region key (mrk-…) is in other Regions");
      return Optional.empty();
    }
    return Optional.of(new Place(region, endpoint));
  }

  private static Optional<Network> network(SettingsBlock block, List<Place> places) {
    boolean fips = block.flag("fips");
    boolean dualStack = block.flag("dualStack");
    Optional<Path> caFile = block.optionalAbsolutePath("caFile");
    if ((fips || dualStack) && places.stream().anyMatch(p -> p.endpoint().isPresent())) {
      block.problem("endpoint", "is given, so fips and dualStack have no effect; remove them");
      return Optional.empty();
    }
    Optional<SettingsBlock> proxy = block.block("proxy");
    Optional<Proxy> read = proxy.flatMap(b -> proxy(b));
    return proxy.isPresent() && read.isEmpty()
        ? Optional.empty()
        : Optional.of(new Network(fips, dualStack, caFile, read));
  }

  private static Optional<Proxy> proxy(SettingsBlock block) {
    Optional<URI> address =
        block
            .text(
                "address",
                Pattern.compile("http://[A-Za-z0-9.\\[\\]:_-]{1,253}:[0-9]{1,5}/?"),
                "http://HOST:PORT of an HTTP proxy; with TLS to it or a password it is not served")
            .map(URI::create);
    Set<String> bypass =
        Set.copyOf(block.texts("bypass", HOST, MOST_HOSTS, "a host name, such as *.internal"));
    block.finish();
    return address.map(uri -> new Proxy(uri, bypass));
  }
}
