package dev.graft.engine;

import dev.graft.concurrency.Concurrency;
import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.ObjectStore;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.LogEnd;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.log.VolumeRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Examines volumes as they lie in a store, and changes nothing. Every object of a volume is read
 * and proved: records, the chain of commits, segments against the commits that name them, maps
 * against the frames that they name, and, deeply, rollups and checkpoints against the commits from
 * which they were made, page by page. For one thread at a time.
 *
 * <p>A volume that is written meanwhile may be examined; what is written after its listing is not
 * looked at.
 */
public final class Doctor {
  private static final int LISTED_AT_ONCE = 1_000;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final PatientStore log;
  private final PatientStore bulk;
  private final Rounds rounds;

  /**
   * A doctor for the volumes of a store.
   *
   * @param log holds commits and state records; lists in order
   * @param bulk holds all else; lists in order; usually the same store
   * @param concurrency for reads side by side and the clock
   */
  public Doctor(ObjectStore log, ObjectStore bulk, Concurrency concurrency) {
    if (!log.listsInOrder() || !bulk.listsInOrder()) {
      throw new GraftException.Misuse(
          "this store does not list in order, so its objects cannot all be looked at");
    }
    this.rounds = new Rounds(concurrency);
    Backoff backoff = new Backoff(new SplittableRandom(1));
    this.log = new PatientStore(log, rounds, backoff, PATIENCE);
    this.bulk = new PatientStore(bulk, rounds, backoff, PATIENCE);
  }

  /**
   * Something that is not as it should be.
   *
   * @param object the key of the object
   * @param byteOffset where in it, from its first byte; -1 when that cannot be told
   * @param problem one sentence
   */
  public record Finding(String object, long byteOffset, String problem) {}

  /**
   * What an examination came to.
   *
   * @param volume which
   * @param findings none when all is well; at most 1,000
   * @param objects how many were read
   * @param unnamed keys that nothing which can be asked for names: they wait to be removed
   */
  public record Report(
      VolumeId volume, List<Finding> findings, long objects, List<String> unnamed) {
    public Report {
      findings = List.copyOf(findings);
      unnamed = List.copyOf(unnamed);
    }
  }

  /** Is told how far it is. */
  @FunctionalInterface
  public interface Watcher {
    /**
     * So many objects are done.
     *
     * @param total of so many that are known so far
     */
    void at(long done, long total);
  }

  /** The volumes of the store, ascending. Lists all keys. */
  public List<VolumeId> volumes() {
    return VolumeList.volumes(bulk.store(), "", Integer.MAX_VALUE);
  }

  /**
   * Examines one volume. Of a deleted one its state and log alone: nobody can ask for the rest.
   *
   * @param deep whether to decompress every frame, and hold rollups and checkpoints against commits
   * @throws GraftException.Unavailable when the store does not answer
   */
  public Report examine(VolumeId volume, boolean deep, Watcher watcher) {
    Findings findings = new Findings();
    ObjectKey key = Keys.volume(volume);
    Volumes volumes = new Volumes(bulk, rounds);
    Optional<Optional<VolumeRecord>> read = findings.check(key, () -> volumes.stored(volume));
    if (read.isPresent() && read.get().isEmpty()) {
      findings.add(key, "it is missing: a fork that is not finished, or a volume that lost it");
    }
    Optional<VolumeRecord> record = read.flatMap(stored -> stored);
    if (record.isEmpty() || record.get().origin() instanceof VolumeRecord.Origin.GivenUp) {
      return new Report(volume, findings.all(), 1, List.of());
    }
    HeadFinder finder = new HeadFinder(log.store(), rounds);
    StateLog states = new StateLog(log, finder, rounds, Duration.ofDays(1));
    CommitLog commits = new CommitLog(log);
    FrameReader frames = new FrameReader(commits, log, bulk, rounds);
    StoredMaps maps = new StoredMaps(frames);
    History history = new History(commits, states, maps, bulk, rounds);
    Pins pins = new Pins(volumes, history, bulk, rounds);
    NewestCommit newest = new NewestCommit(commits, states, new Heads(), finder, rounds);
    Roots roots = new Roots(history, commits, newest, rounds);

    List<ObjectKey> stateKeys = list(log, Keys.statePrefix(volume));
    if (stateKeys.isEmpty()) {
      findings.add(
          Keys.state(volume, 1),
          "it is missing, and all others: the volume's making was cut off, or state and commits lie"
              + " in a store of their own: name it (--log)");
    }
    List<ObjectKey> logKeys = list(log, Keys.logPrefix(volume));
    List<ObjectKey> segmentKeys = list(bulk, Keys.segmentsPrefix(volume));
    List<ObjectKey> derivedKeys = list(bulk, Keys.derivedPrefix(volume));
    List<ObjectKey> checkpointKeys = list(bulk, Keys.checkpointsPrefix(volume));
    List<ObjectKey> pinKeys = list(bulk, Keys.pinPrefix(volume));
    long total =
        1L
            + stateKeys.size()
            + logKeys.size()
            + segmentKeys.size()
            + derivedKeys.size()
            + checkpointKeys.size()
            + pinKeys.size();
    Count count = new Count(watcher, total);
    count.done(1);

    RecordCheck records = new RecordCheck(volume, log, bulk, findings, count);
    records.states(stateKeys);
    Optional<StateRecord> state =
        findings.check(
            Keys.state(volume, 1),
            () ->
                states
                    .newest(volume)
                    .orElseGet(() -> StateLog.first(volume, record.get().created())));
    if (state.isEmpty()) {
      return new Report(volume, findings.all(), count.done, List.of());
    }
    boolean isEnded = logKeys.stream().limit(1).anyMatch(newestKey -> ends(volume, newestKey));
    if (isEnded) {
      findings.check(logKeys.getFirst(), () -> end(volume, logKeys.getFirst()));
      count.done(1);
      logKeys.removeFirst();
    }
    LogCheck logCheck = new LogCheck(record.get(), state.get(), log, maps, findings, count);
    logCheck.check(logKeys);
    if (state.get().deleted()) {
      return new Report(volume, findings.all(), count.done, List.of());
    }
    records.pins(pinKeys);
    records.checkpoints(checkpointKeys, state.get(), logCheck);
    records.rollups(derivedKeys, state.get(), logCheck);
    SegmentCheck segments =
        new SegmentCheck(volume, bulk, logCheck.namedSegments(), deep, findings, count);
    segments.check(segmentKeys);
    MapCheck mapCheck =
        new MapCheck(
            record.get(), state.get(), history, maps, roots, bulk, logCheck, segments, findings);
    mapCheck.check(derivedKeys, pinKeys);
    if (deep) {
      new DeepCheck(volume, state.get(), history, maps, frames, findings)
          .check(derivedKeys, logCheck.head());
    }
    List<String> unnamed = new ArrayList<>();
    if (findings.all().isEmpty()) {
      Leftovers leftovers =
          new Leftovers(volumes, states, history, roots, pins, maps, log, bulk, rounds);
      leftovers.find(volume).left().forEach(left -> unnamed.add(left.value()));
    }
    return new Report(volume, findings.all(), count.done, unnamed);
  }

  /** Whether the log ends here, because the volume was deleted. */
  private boolean ends(VolumeId volume, ObjectKey key) {
    return log.get(volume, key, 0, 5) instanceof GetOutcome.Found(byte[] bytes, long totalBytes)
        && LogEnd.isOne(bytes);
  }

  private LogEnd end(VolumeId volume, ObjectKey key) {
    byte[] bytes =
        log.whole(volume, key, CommitLog.MAX_COMMIT_BYTES)
            .orElseThrow(() -> new GraftException.NotFound(key + " was listed and cannot be read"));
    return LogEnd.decode(key.value(), volume, new Lsn(Keys.numberOf(key)), bytes);
  }

  private static List<ObjectKey> list(PatientStore store, String prefix) {
    List<ObjectKey> keys = new ArrayList<>();
    String after = "";
    while (true) {
      List<ObjectKey> page = store.store().list(prefix, after, LISTED_AT_ONCE);
      keys.addAll(page);
      if (page.size() < LISTED_AT_ONCE) {
        return keys;
      }
      after = page.getLast().value();
    }
  }

  /** How many objects were read. */
  static final class Count {
    private final Watcher watcher;
    private final long total;
    private long done;

    Count(Watcher watcher, long total) {
      this.watcher = watcher;
      this.total = total;
    }

    synchronized void done(int more) {
      done += more;
      watcher.at(done, Math.max(done, total));
    }
  }
}
