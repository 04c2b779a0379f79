package dev.graft.replica;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a read replica is told by its environment; {@code docs/replica.md} lists the variables.
 *
 * @param place where the volume is
 * @param volume which
 * @param statements those that have a name
 * @param anySql whether a request may bring SQL of its own
 * @param prime statements to run before the snapshot, beside the named ones
 * @param hydrate tables and indexes whose pages are brought here before the snapshot; {@code *} for
 *     all pages
 * @param freshness how old the shown snapshot may be when a request does not say
 * @param limits of a query
 * @param cacheBytes for pages
 */
record ReplicaSettings(
    Place place,
    VolumeId volume,
    Map<String, String> statements,
    boolean anySql,
    List<String> prime,
    List<String> hydrate,
    Duration freshness,
    Limits limits,
    long cacheBytes) {
  private static final String FILE = "file:";
  private static final int MAX_CACHE_MIB = 1 << 20;

  /** Where a volume is. */
  sealed interface Place {
    /**
     * A store of objects that this process reads itself.
     *
     * @param bulk {@code s3://BUCKET/PREFIX} or {@code folder:PATH}
     * @param log where commits and state lie, when that is another store
     */
    record Store(String bulk, Optional<String> log) implements Place {}

    /** An address that a provider on the class path knows, such as {@code https://HOST}. */
    record Address(String uri) implements Place {}
  }

  /** Reads the variables of an environment. */
  static ReplicaSettings of(Map<String, String> environment) {
    Function<String, Optional<String>> variable =
        name -> Optional.ofNullable(environment.get(name)).filter(text -> !text.isBlank());
    Map<String, String> statements =
        variable
            .apply("GRAFT_STATEMENTS")
            .map(text -> Texts.map("GRAFT_STATEMENTS", content(text)))
            .orElse(Map.of());
    Limits limits = Limits.DEFAULT;
    return new ReplicaSettings(
        place(variable),
        VolumeId.parse(
            variable.apply("GRAFT_VOLUME").orElseThrow(() -> missing("GRAFT_VOLUME", "vol-..."))),
        statements,
        anySql(variable.apply("GRAFT_SQL"), statements),
        variable
            .apply("GRAFT_PRIME")
            .map(text -> Texts.list("GRAFT_PRIME", content(text)))
            .orElse(List.of()),
        variable
            .apply("GRAFT_HYDRATE")
            .map(text -> List.of(text.strip().split("\\s*,\\s*")))
            .orElse(List.of()),
        Duration.ofMillis(number(variable, "GRAFT_FRESHNESS_MS", 0, Integer.MAX_VALUE)),
        new Limits(
            number(variable, "GRAFT_MAX_ROWS", limits.rows(), Integer.MAX_VALUE),
            number(variable, "GRAFT_MAX_BYTES", limits.answerBytes(), Limits.MAX_ANSWER_BYTES),
            Duration.ofMillis(
                number(
                    variable, "GRAFT_MAX_MILLIS", (int) limits.time().toMillis(), 15 * 60 * 1000))),
        (long) number(variable, "GRAFT_CACHE_MIB", 256, MAX_CACHE_MIB) << 20);
  }

  private static Place place(Function<String, Optional<String>> variable) {
    Optional<String> bucket = variable.apply("GRAFT_BUCKET");
    if (bucket.isPresent()) {
      return new Place.Store(
          address(bucket.get()), variable.apply("GRAFT_LOG_BUCKET").map(ReplicaSettings::address));
    }
    String uri =
        variable
            .apply("GRAFT_ADDRESS")
            .orElseThrow(() -> missing("GRAFT_BUCKET or GRAFT_ADDRESS", "a bucket's name"));
    return uri.startsWith(Stores.FOLDER) || uri.startsWith(Stores.S3)
        ? new Place.Store(uri, Optional.empty())
        : new Place.Address(uri);
  }

  private static String address(String bucket) {
    return bucket.contains(":") ? bucket : Stores.S3 + bucket;
  }

  private static boolean anySql(Optional<String> setting, Map<String, String> statements) {
    return switch (setting.orElse(statements.isEmpty() ? "any" : "named")) {
      case "any" -> true;
      case "named" -> false;
      default ->
          throw new GraftException.Misuse(
              "GRAFT_SQL is any or named, not '" + setting.orElse("") + "'");
    };
  }

  private static int number(
      Function<String, Optional<String>> variable, String name, int usual, int most) {
    Optional<String> text = variable.apply(name);
    try {
      int number = text.map(Integer::parseInt).orElse(usual);
      if (number >= 0 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw noNumber(name, text, most);
    }
    throw noNumber(name, text, most);
  }

  private static GraftException.Misuse noNumber(String name, Optional<String> text, int most) {
    return new GraftException.Misuse(
        name + "=" + text.orElse("") + " is no number from 0 to " + most);
  }

  /** The text itself, or that of the file which it names. */
  private static String content(String text) {
    if (!text.startsWith(FILE)) {
      return text;
    }
    Path file = Path.of(text.substring(FILE.length()));
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new GraftException.Misuse("cannot read " + file + ": " + e.getMessage());
    }
  }

  private static GraftException.Misuse missing(String name, String what) {
    return new GraftException.Misuse("the environment has no " + name + ": set it to " + what);
  }
}
