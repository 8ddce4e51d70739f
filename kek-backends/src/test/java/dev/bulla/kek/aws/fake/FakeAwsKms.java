// SPDX-License-Identifier: Apache-2.0
package dev.bulla.kek.aws.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * AWS KMS and STS on a loopback port, strict and controllable. It knows one access key from the
 * start, {@link #ACCESS_KEY}. Thread-safe.
 */
public final class FakeAwsKms implements AutoCloseable {
  /** The access key that is known from the start. */
  public static final String ACCESS_KEY = "AKIABULLA";

  /** Its secret. */
  public static final String SECRET = "a-secret-that-is-none";

  private static final String ACCOUNT = "111122223333";

  final KmsOperations kms = new KmsOperations();
  final StsOperations sts = new StsOperations();
  final Map<String, String> secrets = new ConcurrentHashMap<>(Map.of(ACCESS_KEY, SECRET));
  final Map<String, String> revoked = new ConcurrentHashMap<>();
  final Map<String, Set<String>> allowed = new ConcurrentHashMap<>();
  final List<Call> calls = new CopyOnWriteArrayList<>();
  final AtomicInteger faults = new AtomicInteger();
  final CountDownLatch end = new CountDownLatch(1);
  volatile String faultyRegion = "";
  volatile AwsFault fault = new AwsFault.None();
  volatile Duration latency = Duration.ZERO;
  volatile int callsPerSecond;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String scheme;

  /**
   * One request that was signed well.
   *
   * @param accepted whether it was answered with success
   */
  public record Call(
      String action,
      String keyId,
      Map<String, String> encryptionContext,
      String accessKeyId,
      String region,
      Instant at,
      boolean accepted) {}

  private FakeAwsKms(HttpServer server, String scheme) {
    this.server = server;
    this.scheme = scheme;
    FakeHandler handler = new FakeHandler(this);
    server.createContext("/", (HttpExchange exchange) -> handler.handle(exchange));
    server.setExecutor(threads);
    server.start();
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  /** Starts it over plain HTTP. */
  public static FakeAwsKms start() throws IOException {
    return new FakeAwsKms(HttpServer.create(loopback(), 0), "http");
  }

  /** Starts it over TLS. */
  public static FakeAwsKms startTls(SSLContext context) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(context));
    return new FakeAwsKms(server, "https");
  }

  /** Returns where it answers. */
  public URI endpoint() {
    return URI.create(scheme + "://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Makes a key in eu-central-1 and returns its ARN. */
  public String createKey() {
    return put("arn:aws:kms:eu-central-1:" + ACCOUNT + ":key/" + UUID.randomUUID());
  }

  /** Makes a multi-Region key in eu-central-1 and returns its ARN. */
  public String createMultiRegionKey() {
    return put("arn:aws:kms:eu-central-1:" + ACCOUNT + ":key/mrk-" + StsOperations.hex(16));
  }

  private String put(String arn) {
    kms.keys.put(arn, new FakeKey(arn.substring(arn.indexOf('/') + 1), Instant.now()));
    return arn;
  }

  /** Makes a replica: the same material under another ARN with a state of its own. */
  public String replica(String arn, String region) {
    String other = arn.replaceFirst(":eu-central-1:", ":" + region + ":");
    kms.keys.put(other, key(arn));
    return other;
  }

  private FakeKey key(String arn) {
    FakeKey key = kms.keys.get(arn);
    if (key == null) {
      throw new IllegalArgumentException("no such key");
    }
    return key;
  }

  /** Sets the key's state, in the words of KMS. */
  public void state(String arn, String keyState) {
    kms.states.put(arn, keyState);
  }

  /** Removes the key. */
  public void delete(String arn) {
    kms.keys.remove(arn);
  }

  /** Gives the key new material. */
  public void rotate(String arn, Instant at) {
    key(arn).rotate(at);
  }

  /** Returns the id of the key's current material. */
  public String currentMaterial(String arn) {
    return key(arn).current().id();
  }

  /** Makes an operation such as DescribeKey not know the newest materials yet. */
  public void behind(String action, int materials) {
    kms.behind.put(action, materials);
  }

  /** Lists an imported material that nobody has rotated to. */
  public void importedMaterialWaits() {
    kms.importedWaits = true;
  }

  /** Answers without ids of material, as moto does. */
  public void withoutMaterialIds() {
    kms.materialIds = false;
  }

  /** Describes every key with that spec. */
  public void spec(String spec) {
    kms.spec = spec;
  }

  /** Permits an access key these actions only. */
  public void allow(String accessKeyId, Set<String> actions) {
    allowed.put(accessKeyId, Set.copyOf(actions));
  }

  /** Answers every call of an access key with this error. */
  public void revokeCredential(String accessKeyId, String errorCode) {
    revoked.put(accessKeyId, errorCode);
  }

  /** Makes an access key known. */
  public void secret(String accessKeyId, String secretAccessKey) {
    secrets.put(accessKeyId, secretAccessKey);
  }

  /** Returns the secret of an access key, or null if there is no such. */
  public @Nullable String secretOf(String accessKeyId) {
    return secrets.get(accessKeyId);
  }

  /** Answers so until told otherwise. */
  public void fail(AwsFault how) {
    failNext(Integer.MAX_VALUE, how);
  }

  /** Answers so in one Region only. */
  public void failIn(String region, AwsFault how) {
    faultyRegion = region;
    fail(how);
  }

  /** Answers the next calls so. */
  public void failNext(int count, AwsFault how) {
    fault = how;
    faults.set(count);
  }

  /** Answers each call after that time. */
  public void latency(Duration each) {
    latency = each;
  }

  /** Throttles all above that many calls in a second; 0 for none. */
  public void rateLimit(int most) {
    callsPerSecond = most;
  }

  /** Gives sessions of STS that life. */
  public void sessionLife(Duration life) {
    sts.sessionLife = life;
  }

  /** Makes STS refuse with this error; empty to serve. */
  public void refuseSessions(String errorCode) {
    sts.refusal = errorCode;
  }

  /** Returns the forms that STS got. */
  public List<Map<String, String>> stsCalls() {
    return List.copyOf(sts.calls);
  }

  /** Returns every call that was signed well, in order. */
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Returns how many calls of an action such as {@code kms:Decrypt} there were. */
  public int count(String action) {
    return (int) calls.stream().filter(call -> call.action().equals(action)).count();
  }

  /** Forgets the calls. */
  public void clearCalls() {
    calls.clear();
  }

  @Nullable AwsFault nextFault() {
    return faults.getAndUpdate(left -> Math.max(0, left - 1)) > 0 ? fault : null;
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
