package dev.graft.replica;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.Reading;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The one replica of a process, and what is done with it before a memory image is taken and after
 * one was restored. Safe for use by many threads.
 *
 * <p>Nothing in the image is unique: a replica only reads, and makes no id that leaves it. Random
 * numbers are seeded anew after it, SQLite's own as well; connections are given up before and made
 * anew after.
 */
final class Installation {
  private static final Duration PRIMING_TIME = Duration.ofSeconds(30);

  private final ReplicaSettings settings;
  private final Concurrency concurrency;
  private final RenewedRandom random;
  private @Nullable ReadReplica open;

  /**
   * @param randoms gives sources of random numbers, each seeded from outside
   */
  Installation(
      ReplicaSettings settings,
      Concurrency concurrency,
      Supplier<? extends RandomGenerator> randoms) {
    this.settings = settings;
    this.concurrency = concurrency;
    this.random = new RenewedRandom(randoms);
  }

  /** The replica, opened when nobody has done that. */
  synchronized ReadReplica replica() {
    ReadReplica now = open;
    if (now == null) {
      now = ReadReplica.open(settings, concurrency, random);
      open = now;
    }
    return now;
  }

  /**
   * Opens and primes the replica, and gives up all connections.
   *
   * @param face to warm as well
   * @return what could not be primed; the replica works all the same
   * @throws GraftException when the volume cannot be opened: then no image should be taken
   */
  List<GraftException> beforeImage(QueryFace face) throws InterruptedException {
    ReadReplica replica = replica();
    List<GraftException> failures = new Priming(replica, settings, concurrency).run();
    for (String body : List.of("{\"sql\":\"SELECT 1\"}", "{\"sql\":\"nothing\"}")) {
      face.answer(event(body), PRIMING_TIME);
    }
    replica.disconnect();
    return failures;
  }

  private static FunctionUrl.Request event(String body) {
    return new FunctionUrl.Request(
        "POST", QueryFace.PATH, Map.of(), body.getBytes(StandardCharsets.UTF_8), "priming");
  }

  /** Parts with the other processes that came from the same image. */
  void afterImage() throws SQLException {
    random.renew();
    Reading.forgetRandomness();
  }
}
