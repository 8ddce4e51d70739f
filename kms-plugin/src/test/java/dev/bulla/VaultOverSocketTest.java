// SPDX-License-Identifier: Apache-2.0
package dev.bulla;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bulla.kek.vault.fake.FakeTransit;
import dev.bulla.proto.v2.Annotation;
import dev.bulla.proto.v2.EncryptResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What transit costs, over the real socket. */
final class VaultOverSocketTest {
  private static final String DECRYPT = "transit/decrypt/";

  private final FakeTransit fake;
  @TempDir private Path folder;

  VaultOverSocketTest() throws IOException {
    fake = FakeTransit.start();
    fake.createKey("prod", 1_790_000_000L);
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private RunningPlugin start() throws Exception {
    return RunningPlugin.start(RunningPlugin.kek(fake, folder), folder);
  }

  @Test
  void envelope_fitsItsBudget() throws Exception {
    try (RunningPlugin plugin = start()) {
      EncryptResponse envelope = plugin.client().encrypt(new byte[32]);
      Annotation annotation = envelope.getAnnotations(0);
      int all =
          envelope.getCiphertext().size()
              + envelope.getKeyId().length()
              + annotation.getKey().length()
              + annotation.getValue().size();
      assertThat(all).isEqualTo(234);
    }
  }

  @Test
  void warmPlugin_makesNoRequest() throws Exception {
    try (RunningPlugin plugin = start()) {
      EncryptResponse envelope = plugin.client().encrypt(new byte[32]);
      int before = fake.calls().size();
      for (int i = 0; i < 1_000; i++) {
        assertThat(plugin.client().status().getHealthz()).isEqualTo("ok");
        assertThat(plugin.client().decrypt(envelope).getPlaintext().size()).isEqualTo(32);
      }
      assertThat(fake.calls()).hasSize(before);
    }
  }

  @Test
  void thousandSeedsOfTenDeks_costTenUnwraps() throws Exception {
    List<EncryptResponse> seeds = new ArrayList<>();
    for (int dek = 0; dek < 10; dek++) {
      try (RunningPlugin plugin = start()) {
        for (int seed = 0; seed < 100; seed++) {
          seeds.add(plugin.client().encrypt(new byte[32]));
        }
      }
    }
    try (RunningPlugin cold = start();
        ExecutorService callers = Executors.newFixedThreadPool(64)) {
      long before = fake.count(DECRYPT);
      List<Callable<Integer>> calls = new ArrayList<>();
      seeds.forEach(s -> calls.add(() -> cold.client().decrypt(s).getPlaintext().size()));
      for (Future<Integer> size : callers.invokeAll(calls)) {
        assertThat(size.get()).isEqualTo(32);
      }
      assertThat(fake.count(DECRYPT) - before).isEqualTo(10);
    }
  }
}
