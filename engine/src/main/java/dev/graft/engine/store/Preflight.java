package dev.graft.engine.store;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.IdSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/**
 * Finds out whether a store keeps the promises on which every commit stands (protocol 4.1): of
 * racing writers exactly one wins, the winner's bytes are read by everybody, a write after its last
 * moment does not land, keys are listed in order, and what is deleted is gone. A store that breaks
 * one is refused before anything is entrusted to it.
 *
 * <p>Works on keys of its own below {@code preflight/} and removes them. A race that a store loses
 * rarely can pass: this is a test of what a store can do, not a proof.
 */
public final class Preflight {
  private static final int RACES = 3;
  private static final int WRITERS = 8;
  private static final int MAX_ATTEMPTS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final int MAX_BYTES = 1024;

  private final ObjectStore store;
  private final Concurrency concurrency;

  /** A key and a slash; nobody else writes below it. */
  private final String prefix;

  /** Every key that may have been written. */
  private final Set<ObjectKey> used = new LinkedHashSet<>();

  private Preflight(ObjectStore store, Concurrency concurrency, String prefix) {
    this.store = store;
    this.concurrency = concurrency;
    this.prefix = prefix;
  }

  /**
   * Tries the store: about 40 requests, in some 12 rounds.
   *
   * @throws GraftException.Misuse when the store breaks a promise; says which and what to do
   * @throws GraftException.Unavailable when the store did not answer well enough to tell
   */
  public static void check(ObjectStore store, Concurrency concurrency, IdSource ids)
      throws InterruptedException {
    String prefix = "preflight/" + ids.newCheckpointId() + "/";
    var preflight = new Preflight(store, concurrency, prefix);
    try {
      for (int race = 0; race < RACES; race++) {
        preflight.race(preflight.key("race-" + race));
      }
      preflight.writeTooLate();
      preflight.list();
      preflight.delete();
    } finally {
      preflight.cleanUp();
    }
  }

  private ObjectKey key(String name) {
    var key = new ObjectKey(prefix + name);
    used.add(key);
    return key;
  }

  /** One writer's end: what it wrote and whether the store told it that it had won. */
  private record Attempt(byte[] bytes, PutOutcome outcome, boolean ambiguous) {}

  private void race(ObjectKey key) throws InterruptedException {
    List<Task<Attempt>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      // Lengths differ too, so that a mixture of two writers' bytes is seen.
      byte[] bytes = new byte[MAX_BYTES - i];
      Arrays.fill(bytes, (byte) i);
      writers.add(concurrency.fork("preflight-" + i, () -> attempt(key, bytes)));
    }
    concurrency.awaitAll(writers);
    List<Attempt> winners = new ArrayList<>();
    List<Attempt> ambiguous = new ArrayList<>();
    for (Task<Attempt> writer : writers) {
      Attempt attempt = result(writer);
      if (attempt.outcome instanceof PutOutcome.Created) {
        winners.add(attempt);
      } else if (attempt.ambiguous) {
        ambiguous.add(attempt);
      }
    }
    if (winners.size() > 1) {
      throw refused(
          "it let " + winners.size() + " of " + WRITERS + " racing writers of one key win");
    }
    if (winners.isEmpty() && ambiguous.isEmpty()) {
      throw refused("it let none of " + WRITERS + " racing writers of one key win");
    }
    byte[] stored = read(key);
    if ((winners.isEmpty() ? ambiguous : winners)
        .stream().noneMatch(attempt -> Arrays.equals(attempt.bytes, stored))) {
      throw refused("it holds other bytes than those of the writer that won");
    }
  }

  /** Writes until the answer is clear, so that a store that only loses answers is not refused. */
  private Attempt attempt(ObjectKey key, byte[] bytes) throws InterruptedException {
    boolean ambiguous = false;
    PutOutcome outcome = new PutOutcome.Unknown("not tried");
    for (int i = 0; i < MAX_ATTEMPTS && outcome instanceof PutOutcome.Unknown; i++) {
      outcome = patiently(() -> store.putIfAbsent(key, bytes, Instant.MAX));
      ambiguous |= outcome instanceof PutOutcome.Unknown;
    }
    return new Attempt(bytes, outcome, ambiguous);
  }

  /** Asks again while the store is busy. */
  private <T> T patiently(Supplier<T> request) throws InterruptedException {
    Duration pause = FIRST_PAUSE;
    for (int attempt = 1; ; attempt++) {
      try {
        return request.get();
      } catch (GraftException.Unavailable e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
      concurrency.sleepUntil(concurrency.instant().plus(pause));
      pause = pause.multipliedBy(2);
    }
  }

  private static Attempt result(Task<Attempt> writer) throws InterruptedException {
    try {
      return writer.result();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case GraftException known -> throw known;
        case InterruptedException interrupt -> throw interrupt;
        case null, default -> throw new IllegalStateException("a preflight writer failed", e);
      }
    }
  }

  private byte[] read(ObjectKey key) throws InterruptedException {
    return switch (get(key)) {
      case GetOutcome.Found(byte[] bytes, long total) when total == bytes.length -> bytes;
      case GetOutcome.Found found -> throw refused("a read did not give the whole object");
      case GetOutcome.Missing missing -> throw refused("an object just written cannot be read");
    };
  }

  private GetOutcome get(ObjectKey key) throws InterruptedException {
    return patiently(() -> store.get(key, 0, MAX_BYTES));
  }

  private void writeTooLate() throws InterruptedException {
    ObjectKey key = key("late");
    PutOutcome outcome = patiently(() -> store.putIfAbsent(key, new byte[] {1}, Instant.EPOCH));
    boolean landed = get(key) instanceof GetOutcome.Found;
    if (landed || outcome instanceof PutOutcome.Created) {
      throw refused("a write landed after its last moment");
    }
  }

  private void list() throws InterruptedException {
    List<String> names = List.of("list/a", "list/a-b", "list/a/b", "list/a0", "list/b");
    for (String name : names.reversed()) {
      Attempt attempt = attempt(key(name), name.getBytes(StandardCharsets.UTF_8));
      if (!(attempt.outcome instanceof PutOutcome.Created) && !attempt.ambiguous) {
        throw refused("a write to a key of which nobody else knows did not win");
      }
    }
    if (!store.listsInOrder()) {
      return;
    }
    List<ObjectKey> expected = names.stream().map(this::key).toList();
    List<ObjectKey> all = list("", names.size() + 1);
    List<ObjectKey> middle = list(expected.get(0).value(), 2);
    if (!all.equals(expected) || !middle.equals(expected.subList(1, 3))) {
      throw refused("it does not list keys in order: " + all + ", then " + middle);
    }
  }

  private List<ObjectKey> list(String startAfter, int maxKeys) throws InterruptedException {
    return patiently(() -> store.list(prefix + "list/", startAfter, maxKeys));
  }

  private void delete() throws InterruptedException {
    ObjectKey key = key("list/b");
    for (int i = 0; i < 2; i++) {
      patiently(() -> {
        store.delete(key);
        return key;
      });
      if (get(key) instanceof GetOutcome.Found) {
        throw refused("a deleted object can still be read");
      }
    }
  }

  private void cleanUp() {
    try {
      used.forEach(store::delete);
    } catch (GraftException e) {
      // The finding matters; a few small objects below preflight/ harm nobody.
    }
  }

  private static GraftException refused(String finding) {
    return new GraftException.Misuse(
        "this object store cannot be used: "
            + finding
            + "; choose one with conditional writes (PUT with If-None-Match: *), read-after-write"
            + " and ordered listings, or update it");
  }
}
