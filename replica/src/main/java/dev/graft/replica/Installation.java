package dev.graft.replica;

import dev.graft.concurrency.Concurrency;
import dev.graft.protocol.error.GraftException;
import dev.graft.sqlite.Reading;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The one replica of a process, and what is done with it before a memory image is taken and after
 * one was restored. Safe for use by many threads.
 *
 * <p>Nothing in the image is unique: a replica only reads, and makes no id that leaves it. Random
 * numbers come from {@link SecureRandom}, which the operating system reseeds, and SQLite's own are
 * begun anew; connections are given up before and made anew after.
 */
final class Installation {
  private static final Duration PRIMING_TIME = Duration.ofSeconds(30);

  private final ReplicaSettings settings;
  private final Concurrency concurrency;
  private final SecureRandom random = new SecureRandom();
  private @Nullable ReadReplica open;

  Installation(ReplicaSettings settings, Concurrency concurrency) {
    this.settings = settings;
    this.concurrency = concurrency;
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
    Reading.forgetRandomness();
  }
}
