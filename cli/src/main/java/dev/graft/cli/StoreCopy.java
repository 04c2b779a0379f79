package dev.graft.cli;

import dev.graft.concurrency.Concurrency;
import dev.graft.concurrency.Task;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Copies a store, which others may write meanwhile: objects never change, so what is there is not
 * copied again. Which commits and state records are copied is settled first; they are written last,
 * the oldest first, when all that they name is there. So the copy is the store as it was at the
 * beginning, and one that was cut off is completed by the next.
 */
final class StoreCopy {
  private static final Pattern OF_LOG = Pattern.compile("(volumes/[^/]+/(?:log|state))/[^/]+");

  /** Segments have up to 64 MiB, and each is held whole. */
  private static final int BULK_AT_ONCE = 4;

  private static final int LOG_AT_ONCE = 16;
  private static final int LIST_AT_ONCE = 1_000;
  private static final int TRIES = 4;

  /**
   * A store, perhaps with one of its own for commits and state records.
   *
   * @param log where these lie; the same as {@code bulk} when there is one store
   * @param address of the store, for messages
   */
  record Place(ObjectStore bulk, ObjectStore log, String address) {}

  /**
   * What was done.
   *
   * @param objects that were copied
   * @param bytes of these
   * @param there objects that were in the copy before
   */
  record Copied(long objects, long bytes, long there) {}

  private final Place from;
  private final Place to;
  private final Concurrency concurrency;
  private final Progress progress;
  private long total;
  private long objects;
  private long bytes;

  StoreCopy(Place from, Place to, Concurrency concurrency, Progress progress) {
    this.from = from;
    this.to = to;
    this.concurrency = concurrency;
    this.progress = progress;
  }

  /**
   * Copies.
   *
   * @throws Failure when the copy holds another history of one of the volumes: then nothing is
   *     written; or an object was removed meanwhile
   */
  Copied run() throws InterruptedException {
    List<ObjectKey> log = keys(from.log(), true);
    List<ObjectKey> bulk = keys(from.bulk(), false);
    Set<ObjectKey> thereOfLog = new HashSet<>(keys(to.log(), true));
    Set<ObjectKey> thereOfBulk = new HashSet<>(keys(to.bulk(), false));
    requireOneHistory(log, thereOfLog);
    List<ObjectKey> missingOfBulk = missing(bulk, thereOfBulk);
    // Keys of commits and state records sort from the newest to the oldest.
    List<ObjectKey> missingOfLog = missing(log, thereOfLog).reversed();
    total = (long) missingOfBulk.size() + missingOfLog.size();
    copy(missingOfBulk, from.bulk(), to.bulk(), BULK_AT_ONCE);
    copy(missingOfLog, from.log(), to.log(), LOG_AT_ONCE);
    return new Copied(objects, bytes, log.size() + bulk.size() - total);
  }

  private static List<ObjectKey> missing(List<ObjectKey> keys, Set<ObjectKey> there) {
    return keys.stream().filter(key -> !there.contains(key)).toList();
  }

  /** All keys of one kind; what a preflight left behind is of neither. */
  private static List<ObjectKey> keys(ObjectStore store, boolean ofLog) {
    List<ObjectKey> keys = new ArrayList<>();
    for (String prefix : new String[] {"auth/", "volumes/"}) {
      String after = "";
      List<ObjectKey> page;
      do {
        page = store.list(prefix, after, LIST_AT_ONCE);
        for (ObjectKey key : page) {
          if (OF_LOG.matcher(key.value()).matches() == ofLog) {
            keys.add(key);
          }
          after = key.value();
        }
      } while (page.size() == LIST_AT_ONCE);
    }
    return keys;
  }

  /**
   * Each commit names the hash of the one before: where the newest that both have is the same, so
   * are all below it.
   */
  private void requireOneHistory(List<ObjectKey> log, Set<ObjectKey> there) {
    Map<String, ObjectKey> newest = new HashMap<>();
    for (ObjectKey key : log) {
      Matcher parts = OF_LOG.matcher(key.value());
      if (parts.matches() && there.contains(key)) {
        newest.putIfAbsent(parts.group(1), key);
      }
    }
    newest.values().forEach(this::requireSame);
  }

  private void requireSame(ObjectKey key) {
    Optional<Hash> hash = from.log().sha256(key);
    if (!hash.equals(to.log().sha256(key))) {
      throw otherObject(key);
    }
  }

  private Failure otherObject(ObjectKey key) {
    return Failure.conflict(
        to.address()
            + " has another object "
            + key
            + " than "
            + from.address()
            + ": its volume went another way there; copy to a place that is empty");
  }

  private void copy(List<ObjectKey> keys, ObjectStore source, ObjectStore target, int atOnce)
      throws InterruptedException {
    for (int i = 0; i < keys.size(); i += atOnce) {
      List<Task<Integer>> tasks = new ArrayList<>();
      for (ObjectKey key : keys.subList(i, Math.min(keys.size(), i + atOnce))) {
        tasks.add(concurrency.fork("copy " + key, () -> copy(key, source, target)));
      }
      concurrency.awaitAll(tasks);
      for (Task<Integer> task : tasks) {
        bytes += result(task);
        objects++;
      }
      progress.at(objects, total);
    }
  }

  private static int result(Task<Integer> task) {
    try {
      return task.result();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(failed);
    }
  }

  private int copy(ObjectKey key, ObjectStore source, ObjectStore target) {
    if (!(source.get(key, 0, Integer.MAX_VALUE) instanceof GetOutcome.Found found)) {
      throw Failure.failed(
          "object " + key + " was removed while it was to be copied: give the command again");
    }
    byte[] content = found.bytes();
    String unknown = "";
    for (int tried = 0; tried < TRIES; tried++) {
      switch (target.putIfAbsent(key, content, Instant.MAX)) {
        case PutOutcome.Created() -> {
          return content.length;
        }
        case PutOutcome.AlreadyExists() -> {
          if (target.sha256(key).equals(Optional.of(Hash.sha256(content)))) {
            return content.length;
          }
          throw otherObject(key);
        }
        case PutOutcome.TooLate() -> throw new IllegalStateException("there was no last moment");
        case PutOutcome.Unknown(String reason) -> unknown = reason;
      }
    }
    throw new GraftException.Unavailable(
        "whether " + key + " was written is not known (" + unknown + "): give the command again");
  }
}
