package dev.graft.localstack.dev;

import dev.graft.concurrency.ThreadConcurrency;
import dev.graft.engine.store.FileObjectStore;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.Preflight;
import dev.graft.functions.service.SegmentPlaces;
import dev.graft.http.Route;
import dev.graft.http.UploadsAnswer;
import dev.graft.localstack.StackOptions;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.RandomIdSource;
import dev.graft.s3.PresignedPut;
import dev.graft.s3.Presigner;
import dev.graft.s3.S3ObjectStore;
import dev.graft.s3.S3Settings;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The store that {@code graft dev} works on.
 *
 * @param name for people
 */
record DevStore(ObjectStore store, Optional<SegmentPlaces> places, String name, Runnable closing)
    implements AutoCloseable {
  private static final String S3 = "s3://";
  private static final String FOLDER = "folder:";

  /** A folder of such a name can be written with {@code folder:} or {@code ./} in front. */
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");

  /**
   * Opens it; S3 is tried for the promise that everything rests on.
   *
   * @param where null for the folder
   * @param endpoint null for AWS; of a store in S3 alone
   * @throws GraftException.Misuse when there is an endpoint and the store is a folder
   */
  static DevStore open(
      @Nullable String where, @Nullable URI endpoint, Path folder, InstantSource clock)
      throws InterruptedException {
    if (where == null || !where.startsWith(S3)) {
      Path root = where == null ? folder : folder(where);
      if (endpoint != null) {
        throw new GraftException.Misuse(
            "--s3-endpoint is where a store in S3 is, and the store is the folder "
                + root
                + ": write --store s3://BUCKET/PREFIX, or leave --s3-endpoint out");
      }
      return new DevStore(
          FileObjectStore.open(root, clock), Optional.empty(), "folder " + root, () -> {});
    }
    S3Settings settings = S3Settings.parse(where);
    if (endpoint != null) {
      settings = settings.withEndpoint(endpoint);
    }
    S3ObjectStore store = S3ObjectStore.open(settings, clock);
    Preflight.check(store, new ThreadConcurrency(clock), new RandomIdSource(new SecureRandom()));
    Presigner presigner = new Presigner(settings);
    return new DevStore(
        store,
        Optional.of((volume, entry) -> {
          String key = new Route.SegmentRange(volume, entry.id()).path().substring("/v1/".length());
          PresignedPut put =
              presigner.put(
                  new ObjectKey(key), entry.lengthBytes(), entry.sha256(), SegmentPlaces.VALIDITY);
          return new UploadsAnswer.Presigned(
              put.url(), put.headers(), put.expires(), clock.instant());
        }),
        settings + (endpoint == null ? "" : " at " + endpoint),
        () -> {
          presigner.close();
          store.close();
        });
  }

  private static Path folder(String where) {
    String path = where.startsWith(FOLDER) ? where.substring(FOLDER.length()) : where;
    if (path.isEmpty() || (path.equals(where) && SCHEME.matcher(where).lookingAt())) {
      throw new GraftException.Misuse(
          "'" + where + "' is no store: write a folder, folder:PATH or s3://BUCKET/PREFIX");
    }
    return Path.of(path).toAbsolutePath().normalize();
  }

  StackOptions options() {
    StackOptions options = StackOptions.of(store);
    return places.map(options::withPlaces).orElse(options);
  }

  @Override
  public void close() {
    closing.run();
  }
}
