package dev.graft.functions;

import dev.graft.auth.Admission;
import dev.graft.auth.KeyRing;
import dev.graft.auth.RevocationLog;
import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.EngineOptions;
import dev.graft.engine.EngineRemote;
import dev.graft.engine.Keys;
import dev.graft.engine.UpkeepPort;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.functions.service.Backend;
import dev.graft.functions.service.CachedObjects;
import dev.graft.functions.service.JsonLines;
import dev.graft.functions.service.Limits;
import dev.graft.functions.service.SegmentPlaces;
import dev.graft.functions.service.WatchedStore;
import dev.graft.http.UploadsAnswer;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.s3.PresignedPut;
import dev.graft.s3.Presigner;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;

/**
 * What one process of a function works with: made anew after each restore, and closed before a
 * snapshot.
 */
public final class Deployment implements AutoCloseable {
  /** Ranges of segments and maps of checkpoints, which the engine itself does not keep. */
  private static final long CACHED_BYTES = 48L << 20;

  private final Backend backend;
  private final EngineRemote engine;
  private final @Nullable EdgeMirror edge;
  private final List<AutoCloseable> closed;

  /**
   * What one is made over.
   *
   * @param bulk holds all but commits and state records
   * @param log holds those; mostly the same store
   * @param places for large segments; null when there are none to be had
   * @param keys gives the key ring of now, which proves and signs tokens
   * @param limits how much a caller may ask
   * @param logShare of the requests whose line in the log says all, 0..1
   * @param maintenance is asked for rollups and checkpoints; null when they are made in the request
   *     that completes their block
   * @param concurrency for reads in parallel, waits and the clock
   * @param random a {@link SecureRandom} wherever it counts
   * @param lines takes each line of the log
   * @param retention of volumes that are made
   * @param revoked is run when something was revoked here and that is durable
   * @param metricsNamespace of the metrics in the lines
   */
  public record Parts(
      ObjectStore bulk,
      ObjectStore log,
      @Nullable SegmentPlaces places,
      Supplier<KeyRing> keys,
      Limits limits,
      double logShare,
      @Nullable UpkeepPort maintenance,
      Concurrency concurrency,
      RandomGenerator random,
      Consumer<String> lines,
      Duration retention,
      Runnable revoked,
      String metricsNamespace) {
    /** With a key ring that stays as it is, the usual retention, and nobody told of revocations. */
    public Parts(
        ObjectStore bulk,
        ObjectStore log,
        @Nullable SegmentPlaces places,
        KeyRing keys,
        Limits limits,
        double logShare,
        @Nullable UpkeepPort maintenance,
        Concurrency concurrency,
        RandomGenerator random,
        Consumer<String> lines) {
      this(
          bulk,
          log,
          places,
          () -> keys,
          limits,
          logShare,
          maintenance,
          concurrency,
          random,
          lines,
          EngineOptions.DEFAULT.retention(),
          () -> {},
          JsonLines.NAMESPACE);
    }
  }

  /** What is made once, at the first call. */
  private static final class Once<T> implements Supplier<T> {
    private final Supplier<T> maker;

    /** Guarded by this. */
    private @Nullable T made;

    Once(Supplier<T> maker) {
      this.maker = maker;
    }

    @Override
    public synchronized T get() {
      T now = made;
      if (now == null) {
        now = maker.get();
        made = now;
      }
      return now;
    }
  }

  private Deployment(
      Backend backend, EngineRemote engine, @Nullable EdgeMirror edge, List<AutoCloseable> closed) {
    this.backend = backend;
    this.engine = engine;
    this.edge = edge;
    // Not a copy: what is opened later is closed, too.
    this.closed = closed;
  }

  /** Makes one by the settings: reads the key ring, seeds the randoms, opens the store. */
  static Deployment open(Settings settings) {
    InstantSource clock = InstantSource.system();
    List<AutoCloseable> closed = new CopyOnWriteArrayList<>();
    ObjectStore bulk = store(settings.bulk(), clock, closed);
    ObjectStore log =
        settings.log().equals(settings.bulk()) ? bulk : store(settings.log(), clock, closed);
    Supplier<AwsCall> aws = new Once<>(() -> aws(closed));
    Supplier<KeyRing> newest = () -> settings.keyRing().read(aws);
    Supplier<KeyRing> keys = new HeldKeyRing(newest, clock, System.out::println);
    Optional<LambdaMaintenance> maintenance =
        settings.maintenance().map(name -> new LambdaMaintenance(name, aws.get()));
    Concurrency concurrency = new ThreadConcurrency(clock);
    Deployment made =
        of(
            new Parts(
                bulk,
                log,
                places(settings, closed),
                keys,
                settings.limits(),
                settings.logShare(),
                maintenance.orElse(null),
                concurrency,
                new SecureRandom(),
                System.out::println,
                settings.retention(),
                () -> tellTheEdge(settings, maintenance),
                settings.metricsNamespace()),
            closed);
    return settings
        .edgeKeys()
        .map(arn -> made.withEdge(arn, newest, aws.get(), concurrency))
        .orElse(made);
  }

  /** What was revoked ends at the edge when maintenance has brought it there. */
  private static void tellTheEdge(Settings settings, Optional<LambdaMaintenance> maintenance) {
    if (settings.edgeKeys().isPresent() && maintenance.isPresent()) {
      maintenance.get().send(MaintenanceEvents.encode(new MaintenanceEvents.BringToEdge()));
    }
  }

  private Deployment withEdge(
      String arn, Supplier<KeyRing> ring, AwsCall aws, Concurrency concurrency) {
    String endpoint = System.getenv("AWS_ENDPOINT_URL");
    EdgeKeyStore store =
        new EdgeKeyStore(
            arn,
            endpoint == null || endpoint.isBlank()
                ? EdgeKeyStore.endpointOf(arn)
                : endpoint.formatted(EdgeKeyStore.SERVICE),
            aws,
            concurrency);
    EdgeMirror mirror =
        new EdgeMirror(store, ring, backend.revocations(), concurrency, new SecureRandom());
    return new Deployment(backend, engine, mirror, closed);
  }

  /** One over what the caller brings and closes. */
  public static Deployment over(Parts parts) {
    return of(parts, List.of());
  }

  static Deployment of(Parts parts, List<AutoCloseable> closed) {
    Concurrency concurrency = parts.concurrency();
    RandomGenerator random = parts.random();
    WatchedStore watched = new WatchedStore(parts.bulk());
    WatchedStore watchedLog = parts.bulk() == parts.log() ? watched : new WatchedStore(parts.log());
    List<WatchedStore> stores =
        watchedLog == watched ? List.of(watched) : List.of(watched, watchedLog);
    CachedObjects cached = new CachedObjects(watched, CACHED_BYTES, Deployment::isCached);
    RevocationLog revocations =
        new RevocationLog(watched, concurrency, RevocationLog.MAX_AGE, parts.revoked());
    // Without a maintenance function rollups are made in the request that completes their block:
    // behind the answer this process may stand still.
    EngineOptions options =
        EngineOptions.DEFAULT
            .withUpkeep(EngineOptions.Upkeep.INLINE)
            .withRetention(parts.retention());
    EngineRemote engine =
        new EngineRemote(
            watchedLog,
            cached,
            concurrency,
            new RandomIdSource(random),
            random,
            options,
            parts.maintenance());
    Backend backend =
        new Backend(
            engine,
            watchedLog,
            cached,
            parts.places(),
            (token, route) ->
                new Admission(parts.keys().get(), revocations, concurrency).admit(token, route),
            parts.keys(),
            revocations,
            parts.limits(),
            new JsonLines(
                stores,
                parts.logShare(),
                concurrency,
                random,
                parts.lines(),
                parts.metricsNamespace()),
            concurrency,
            random);
    return new Deployment(backend, engine, null, closed);
  }

  private static boolean isCached(ObjectKey key) {
    return key.value().contains("/segments/") || key.value().contains("/checkpoints/");
  }

  private static ObjectStore store(
      String address, InstantSource clock, List<AutoCloseable> closed) {
    if (address.startsWith("s3://")) {
      S3ObjectStore store = S3ObjectStore.open(S3Settings.parse(address), clock);
      closed.add(store);
      return store;
    }
    return FileObjectStore.open(Path.of(address.substring("folder:".length())), clock);
  }

  private static @Nullable SegmentPlaces places(Settings settings, List<AutoCloseable> closed) {
    if (!settings.bulk().startsWith("s3://")) {
      return null;
    }
    Presigner presigner = new Presigner(S3Settings.parse(settings.bulk()));
    closed.add(presigner);
    return (volume, entry) -> {
      ObjectKey key = Keys.segment(volume, entry.id());
      PresignedPut put =
          presigner.put(key, entry.lengthBytes(), entry.sha256(), SegmentPlaces.VALIDITY);
      return new UploadsAnswer.Presigned(put.url(), put.headers(), put.expires(), Instant.EPOCH);
    };
  }

  private static AwsCall aws(List<AutoCloseable> closed) {
    String region = DefaultAwsRegionProviderChain.builder().build().getRegion().id();
    String endpoint = System.getenv("AWS_ENDPOINT_URL");
    AwsCall aws =
        new AwsCall(
            region,
            endpoint == null || endpoint.isBlank() ? AwsCall.endpointOf(region) : endpoint,
            DefaultCredentialsProvider.builder().build());
    closed.add(aws);
    return aws;
  }

  /** For a service, or a function of one group of routes. */
  public Backend backend() {
    return backend;
  }

  /** For the maintenance function. */
  public EngineRemote engine() {
    return engine;
  }

  /** Brings keys and revocations to the edge; null where there is none. */
  @Nullable EdgeMirror edge() {
    return edge;
  }

  /** Has a function invoked some time later, for example this one once more. */
  void invokeLater(String function, byte[] event) {
    List<AutoCloseable> ended = new ArrayList<>();
    AwsCall aws = aws(ended);
    try (aws) {
      new LambdaMaintenance(function, aws).send(event);
    }
  }

  @Override
  public void close() {
    for (AutoCloseable each : closed) {
      try {
        each.close();
      } catch (Exception e) {
        throw new GraftException.Unavailable("a connection could not be closed: " + e, e);
      }
    }
  }
}
