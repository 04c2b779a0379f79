package dev.graft.functions;

import dev.graft.engine.EngineOptions;
import dev.graft.functions.service.JsonLines;
import dev.graft.functions.service.Limits;
import dev.graft.protocol.error.GraftException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * What the environment says (docs/operations.md). No secret is among it, only where to find one.
 *
 * @param bulk {@code s3://BUCKET/PREFIX} or {@code folder:PATH}
 * @param log the same of the store of commits
 * @param keyRing where the key ring is
 * @param limits how much may be asked
 * @param maintenance the name of the maintenance function; nothing when there is none
 * @param logShare of the requests whose line in the log says all, 0..1
 * @param edgeKeys the ARN of the edge's key value store; nothing when there is no edge
 * @param retention of volumes that are made
 * @param metricsNamespace of the metrics in the log
 */
record Settings(
    String bulk,
    String log,
    KeyRingPlace keyRing,
    Limits limits,
    Optional<String> maintenance,
    double logShare,
    Optional<String> edgeKeys,
    Duration retention,
    String metricsNamespace) {
  static final String STORE = "GRAFT_STORE";
  static final String LOG_STORE = "GRAFT_LOG_STORE";
  static final String KEY_RING = "GRAFT_KEY_RING";
  static final String KEY_RING_FILE = "GRAFT_KEY_RING_FILE";
  static final String KEY_RING_PARAMETER = "GRAFT_KEY_RING_PARAMETER";
  static final String KEY_RING_SECRET = "GRAFT_KEY_RING_SECRET";
  static final String MAINTENANCE = "GRAFT_MAINTENANCE_FUNCTION";
  static final String LOG_SHARE = "GRAFT_LOG_SHARE";
  static final String EDGE_KEYS = "GRAFT_EDGE_KEYS";
  static final String RETENTION = "GRAFT_RETENTION";
  static final String METRICS_NAMESPACE = "GRAFT_METRICS_NAMESPACE";
  static final String LIMIT_REQUESTS = "GRAFT_LIMIT_REQUESTS";
  static final String LIMIT_COMMITS = "GRAFT_LIMIT_COMMITS";
  static final String LIMIT_BYTES = "GRAFT_LIMIT_BYTES";
  static final String LIMIT_FORKS = "GRAFT_LIMIT_FORKS";

  private static final double USUAL_LOG_SHARE = 0.05;

  /**
   * Reads an environment.
   *
   * @throws GraftException.Misuse that names all that is missing or wrong
   */
  static Settings of(Map<String, String> environment) {
    Reader in = new Reader(environment);
    String bulk = in.store(STORE).orElse("");
    if (bulk.isEmpty()) {
      in.wrong(STORE + " is missing: s3://BUCKET/PREFIX or folder:PATH");
    }
    String log = in.store(LOG_STORE).orElse(bulk);
    Optional<KeyRingPlace> keyRing = in.keyRing();
    Limits usual = Limits.DEFAULT;
    long requests = in.atLeastOne(LIMIT_REQUESTS, usual.requests());
    long commits = in.atLeastOne(LIMIT_COMMITS, usual.commits());
    long bytes = in.atLeastOne(LIMIT_BYTES, usual.bytes());
    long forks = in.atLeastOne(LIMIT_FORKS, usual.forks());
    double share = in.share(LOG_SHARE, USUAL_LOG_SHARE);
    Optional<String> maintenance = in.text(MAINTENANCE);
    Optional<String> edgeKeys = in.edgeKeys();
    Duration retention = in.retention();
    String namespace = in.namespace();
    in.end();
    return new Settings(
        bulk,
        log,
        keyRing.orElseThrow(),
        new Limits(requests, commits, bytes, forks),
        maintenance,
        share,
        edgeKeys,
        retention,
        namespace);
  }

  /** Collects what is wrong, so that one failure tells all. */
  private static final class Reader {
    private final Map<String, String> environment;
    private final List<String> wrong = new ArrayList<>();

    Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    void wrong(String what) {
      wrong.add(what);
    }

    void end() {
      if (!wrong.isEmpty()) {
        throw new GraftException.Misuse(
            "the environment of this function does not do: " + String.join("; ", wrong));
      }
    }

    Optional<String> text(String name) {
      return Optional.ofNullable(environment.get(name))
          .map(String::strip)
          .filter(s -> !s.isEmpty());
    }

    Optional<String> store(String name) {
      Optional<String> address = text(name);
      if (address.filter(at -> !at.startsWith("s3://") && !at.startsWith("folder:")).isPresent()) {
        wrong(name + " is neither s3://BUCKET/PREFIX nor folder:PATH");
      }
      return address;
    }

    Optional<KeyRingPlace> keyRing() {
      List<KeyRingPlace> places = new ArrayList<>();
      if (text(KEY_RING).isPresent()) {
        places.add(new KeyRingPlace.Variable(KEY_RING));
      }
      text(KEY_RING_FILE).map(KeyRingPlace.File::new).ifPresent(places::add);
      text(KEY_RING_PARAMETER).map(KeyRingPlace.Parameter::new).ifPresent(places::add);
      text(KEY_RING_SECRET).map(KeyRingPlace.Secret::new).ifPresent(places::add);
      if (places.size() != 1) {
        wrong(
            "exactly one of "
                + String.join(", ", KEY_RING, KEY_RING_FILE, KEY_RING_PARAMETER, KEY_RING_SECRET)
                + " must say where the key ring is, not "
                + places.size());
        return Optional.empty();
      }
      return Optional.of(places.getFirst());
    }

    Optional<String> edgeKeys() {
      Optional<String> arn = text(EDGE_KEYS);
      if (arn.filter(text -> !EdgeKeyStore.isArn(text)).isPresent()) {
        wrong(EDGE_KEYS + " is no ARN of a key value store: arn:aws:cloudfront::ACCOUNT:...");
        return Optional.empty();
      }
      return arn;
    }

    Duration retention() {
      Duration usual = EngineOptions.DEFAULT.retention();
      try {
        Duration chosen = text(RETENTION).map(Duration::parse).orElse(usual);
        return EngineOptions.DEFAULT.withRetention(chosen).retention();
      } catch (DateTimeParseException e) {
        wrong(RETENTION + " is no duration like P7D or PT36H");
      } catch (GraftException.Misuse e) {
        wrong(RETENTION + ": " + e.getMessage());
      }
      return usual;
    }

    String namespace() {
      String name = text(METRICS_NAMESPACE).orElse(JsonLines.NAMESPACE);
      if (!name.matches("[0-9A-Za-z._/#:-]{1,255}") || name.startsWith("AWS/")) {
        wrong(METRICS_NAMESPACE + " is no name space of metrics: letters, digits and . _ / # : -");
      }
      return name;
    }

    long atLeastOne(String name, long usual) {
      return number(name, usual, value -> Math.max(1, value));
    }

    private long number(String name, long usual, LongUnaryOperator inRange) {
      Optional<String> text = text(name);
      try {
        long value = text.map(Long::parseLong).orElse(usual);
        if (inRange.applyAsLong(value) == value) {
          return value;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      wrong(name + " must be a whole number from 1 on");
      return usual;
    }

    double share(String name, double usual) {
      try {
        double value = text(name).map(Double::parseDouble).orElse(usual);
        if (value >= 0 && value <= 1) {
          return value;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      wrong(name + " must be a number from 0 to 1");
      return usual;
    }
  }
}
