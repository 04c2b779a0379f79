package dev.graft.functions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.graft.auth.Admission;
import dev.graft.auth.Grant;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.auth.SigningKey;
import dev.graft.auth.TokenMaker;
import dev.graft.auth.VolumeScope;
import dev.graft.client.CommitOptions;
import dev.graft.client.CommitResult;
import dev.graft.client.Replica;
import dev.graft.client.ReplicaOptions;
import dev.graft.client.Snapshot;
import dev.graft.client.Transaction;
import dev.graft.client.http.HeldTokens;
import dev.graft.client.http.HttpOptions;
import dev.graft.client.http.HttpRemote;
import dev.graft.client.http.RemoteAddress;
import dev.graft.client.http.UrlTransport;
import dev.graft.client.write.BulkImport;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.functions.service.Group;
import dev.graft.http.Action;
import dev.graft.http.Route;
import dev.graft.localstack.edge.AdmissionCheck;
import dev.graft.localstack.edge.Edge;
import dev.graft.localstack.edge.EdgeMishaps;
import dev.graft.localstack.edge.EdgeOptions;
import dev.graft.localstack.edge.StoreOrigin;
import dev.graft.localstack.lambda.FunctionMishaps;
import dev.graft.localstack.lambda.FunctionUrl;
import dev.graft.localstack.lambda.Invoker;
import dev.graft.localstack.web.WebAnswer;
import dev.graft.localstack.web.WebRequest;
import dev.graft.localstack.web.WebServer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Position;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.CreateVolume;
import dev.graft.protocol.remote.ForkRequest;
import dev.graft.s3.HostS3;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import dev.graft.s3.fake.FakeS3;
import dev.graft.s3.fake.Fault;
import dev.graft.s3.fake.RequestKind;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;

/**
 * The client speaks to what is deployed: each function in a process of its own under the real
 * runtime client, restored from a (pretended) snapshot, on S3. On the class path, or, where {@code
 * graft.functions.zip} names one, from the zip.
 */
@Timeout(180)
class ZipOverHttpTest {
  private static final PageSize SIZE = new PageSize(4096);
  private static final int IMPORTED = 1_200;
  private static final int COMMITS = 40;
  private static final int MAX_BODY_BYTES = 8 << 20;
  private static final double FAULT_RATE = 0.05;

  @TempDir private Path folder = Path.of("");

  private final ThreadConcurrency concurrency = new ThreadConcurrency(InstantSource.system());
  private final RandomIdSource ids = new RandomIdSource(new SecureRandom());
  private final KeyRing keys = new KeyRing(List.of(SigningKey.generate(new SecureRandom())));

  /** One process: it has one event at a time, as an instance under Lambda. */
  private static final class Running implements Invoker, AutoCloseable {
    private final RuntimeApi api = new RuntimeApi();
    private final FunctionProcess process;

    Running(Class<?> handler, Path folder, Map<String, String> settings) throws IOException {
      process = FunctionProcess.start(handler, api, folder, true, settings);
    }

    void restore() throws IOException, InterruptedException {
      try {
        api.awaitReady();
      } catch (AssertionError silent) {
        throw new AssertionError(process.output(), silent);
      }
      api.restore();
    }

    @Override
    public synchronized byte[] invoke(byte[] event) throws IOException {
      try {
        return api.invoke(event);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException(e);
      } catch (AssertionError failed) {
        throw new IOException(process.output(), failed);
      }
    }

    @Override
    public void close() {
      process.close();
      api.close();
    }
  }

  /** The functions behind an edge, all on one bucket. */
  private final class Deployed implements AutoCloseable {
    private final List<AutoCloseable> closing = new ArrayList<>();
    final Map<Group, FunctionUrl> functions = new EnumMap<>(Group.class);
    final HttpRemote remote;

    Deployed(S3Settings bucket, AwsCredentialsProvider credentials)
        throws IOException, InterruptedException {
      var secret = credentials.resolveCredentials();
      Map<String, String> settings =
          Map.of(
              "GRAFT_STORE",
              "s3://" + bucket.bucket() + "/zip",
              "GRAFT_KEY_RING",
              keys.toJson(),
              "AWS_ENDPOINT_URL_S3",
              bucket.endpoint().orElseThrow().toString(),
              "AWS_REGION",
              "us-east-1",
              "AWS_ACCESS_KEY_ID",
              secret.accessKeyId(),
              "AWS_SECRET_ACCESS_KEY",
              secret.secretAccessKey());
      List<Running> instances = new ArrayList<>();
      Map<Group, Class<?>> handlers =
          Map.of(
              Group.COMMIT, CommitFunction.class,
              Group.CHANGES, ChangesFunction.class,
              Group.VOLUMES, VolumesFunction.class);
      for (Map.Entry<Group, Class<?>> each : handlers.entrySet()) {
        Path own = Files.createDirectory(folder.resolve(each.getKey().name()));
        Running instance = new Running(each.getValue(), own, settings);
        closing.add(instance);
        instances.add(instance);
        functions.put(each.getKey(), new FunctionUrl(instance, FunctionMishaps.NONE, concurrency));
      }
      for (Running each : instances) {
        each.restore();
      }
      S3ObjectStore store = S3ObjectStore.open(bucket.withPrefix("zip/"), credentials, concurrency);
      closing.add(store);
      Admission admission = new Admission(keys, new RevocationLog(store, concurrency), concurrency);
      Edge edge =
          new Edge(
              new AdmissionCheck(admission::admit),
              this::route,
              new StoreOrigin(store),
              EdgeOptions.DEFAULT,
              EdgeMishaps.NONE,
              concurrency);
      closing.add(edge);
      WebServer server = WebServer.start(0, MAX_BODY_BYTES, edge);
      closing.add(server);
      remote = remote(server.address());
      closing.add(remote);
    }

    private WebAnswer route(WebRequest request) {
      FunctionUrl url =
          Route.parse(request.method(), request.path())
              .map(route -> functions.get(Group.of(route)))
              .orElse(null);
      return url == null
          ? WebAnswer.problem(404, GraftException.Code.NOT_FOUND, "no function has this path")
          : url.handle(request);
    }

    private HttpRemote remote(URI address) {
      Grant all = Grant.of(VolumeScope.ALL, EnumSet.allOf(Action.class));
      String token =
          new TokenMaker(keys, new SecureRandom(), concurrency)
              .make(all, Duration.ofHours(1))
              .text();
      return new HttpRemote(
          RemoteAddress.parse(address.toString(), false),
          new UrlTransport(concurrency),
          new HeldTokens(token),
          concurrency,
          new SecureRandom(),
          HttpOptions.DEFAULT);
    }

    @Override
    public void close() {
      for (AutoCloseable each : closing.reversed()) {
        try {
          each.close();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }
  }

  @Test
  void client_overTheZipOnTheFakeS3WithFaults_importsCommitsForksAndReads() throws Exception {
    try (FakeS3 fake = FakeS3.start()) {
      S3Settings bucket = fake.newBucket();
      Fault[] faults = EnumSet.complementOf(EnumSet.of(Fault.FLIPPED_BIT)).toArray(Fault[]::new);
      try (Deployed deployed = new Deployed(bucket, FakeS3.credentials())) {
        fake.faults().delay(Duration.ofMillis(5)).sometimes(17, FAULT_RATE, faults);
        work(deployed);
      }
      assertThat(fake.faults().hits()).isPositive();
      assertThat(fake.count(RequestKind.PUT)).isGreaterThan(COMMITS);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "graft.functions.zip", matches = ".+")
  void client_overTheZipOnLocalStack_importsCommitsForksAndReads() throws Exception {
    Assumptions.assumeTrue(HostS3.start().isPresent(), "skipped: LocalStack cannot be had here");
    S3Settings bucket = HostS3.start().orElseThrow().newBucket();
    try (Deployed deployed = new Deployed(bucket, HostS3.credentials())) {
      work(deployed);
    }
  }

  private void work(Deployed deployed) throws Exception {
    HttpRemote remote = deployed.remote;
    VolumeId volume = ids.newVolumeId();
    remote.createVolume(new CreateVolume(volume, SIZE));
    // Pages that do not compress: segments above 1 MiB, which go to the bucket by presigned PUT.
    new BulkImport(remote, concurrency, ids, 2)
        .run(
            new BulkImport.Plan(volume, SIZE, new PageCount(IMPORTED), new long[] {1}, "", ""),
            (first, pages, target) -> {
              for (int i = 0; i < pages; i++) {
                System.arraycopy(page(first + i), 0, target, i * SIZE.bytes(), SIZE.bytes());
              }
            },
            BulkImport.Progress.NONE);
    try (Replica writer = open(remote, volume)) {
      for (int i = 1; i <= COMMITS; i++) {
        write(writer, i, 10_000L + i);
      }
    }
    try (Replica reader = open(remote, volume)) {
      try (Snapshot snapshot = reader.snapshot()) {
        for (int idx = 1; idx <= IMPORTED; idx++) {
          byte[] wanted = page(idx <= COMMITS ? 10_000L + idx : idx);
          assertThat(read(snapshot, idx)).as("page %d", idx).isEqualTo(wanted);
        }
      }
      Position head = reader.status().position();
      assertThat(remote.log(volume, null, 100).commits()).hasSize((int) head.lsn().value());
      VolumeId child = ids.newVolumeId();
      remote.fork(new ForkRequest(volume, head, child));
      assertThat(remote.volume(child).ancestors()).hasSize(1);
      try (Replica forked = open(remote, child)) {
        write(forked, 5, 99);
        try (Snapshot snapshot = forked.snapshot()) {
          assertThat(read(snapshot, 5)).isEqualTo(page(99));
          assertThat(read(snapshot, 1_000)).isEqualTo(page(1_000));
        }
      }
      assertThat(remote.delete(child).deleted()).isTrue();
      assertThat(remote.state(child).deleted()).isTrue();
    }
    for (Map.Entry<Group, FunctionUrl> each : deployed.functions.entrySet()) {
      assertThat(each.getValue().invocations()).as("%s", each.getKey()).isPositive();
    }
  }

  private Replica open(HttpRemote remote, VolumeId volume) {
    return Replica.open(ReplicaOptions.inMemory(remote, volume, concurrency, ids));
  }

  private static void write(Replica replica, long idx, long seed) {
    try (Transaction transaction = replica.begin()) {
      transaction.write(idx, MemorySegment.ofArray(page(seed)), 0);
      assertThat(transaction.commit(CommitOptions.NONE)).isInstanceOf(CommitResult.Committed.class);
    }
  }

  private static byte[] page(long seed) {
    byte[] page = new byte[SIZE.bytes()];
    new SplittableRandom(seed).nextBytes(page);
    return page;
  }

  private static byte[] read(Snapshot snapshot, long idx) {
    byte[] bytes = new byte[SIZE.bytes()];
    snapshot.read(idx, 0, MemorySegment.ofArray(bytes), 0, bytes.length);
    return bytes;
  }
}
