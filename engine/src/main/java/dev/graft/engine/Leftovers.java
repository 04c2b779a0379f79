package dev.graft.engine;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.CommitHeader;
import dev.graft.protocol.log.RootPlace;
import dev.graft.protocol.log.StateRecord;
import dev.graft.protocol.remote.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds a volume's objects that nothing names any more: what a clean-up would remove. Reads every
 * map that can be asked for and lists all keys; asks for the lengths of what is left over only.
 */
final class Leftovers {
  /** A segment that nothing names may belong to a push until it is that old (rule 5.1). */
  static final Duration YOUNG = Duration.ofHours(72);

  /** No more keys are looked at. */
  static final int MAX_KEYS = 1_000_000;

  private static final int LISTED_AT_ONCE = 1_000;

  private final Volumes volumes;
  private final StateLog states;
  private final History history;
  private final Roots roots;
  private final Pins pins;
  private final StoredMaps maps;
  private final PatientStore log;
  private final PatientStore bulk;
  private final Rounds rounds;

  Leftovers(
      Volumes volumes,
      StateLog states,
      History history,
      Roots roots,
      Pins pins,
      StoredMaps maps,
      PatientStore log,
      PatientStore bulk,
      Rounds rounds) {
    this.volumes = volumes;
    this.states = states;
    this.history = history;
    this.roots = roots;
    this.pins = pins;
    this.maps = maps;
    this.log = log;
    this.bulk = bulk;
    this.rounds = rounds;
  }

  /**
   * What was found.
   *
   * @param named objects that something which can be asked for names
   * @param left objects that nothing names
   * @param young segments that nothing names, yet
   * @param complete whether all keys were looked at
   */
  record Found(
      List<ObjectKey> named, List<ObjectKey> left, List<ObjectKey> young, boolean complete) {}

  /** See {@link dev.graft.protocol.remote.Remote#waiting}. */
  Waiting waiting(VolumeId volume) {
    Found found = find(volume);
    long bytes = 0;
    for (long length : rounds.each("lengths", found.left(), key -> lengthBytes(volume, key))) {
      bytes += length;
    }
    return new Waiting(volume, found.left().size(), bytes, found.young().size(), found.complete());
  }

  private long lengthBytes(VolumeId volume, ObjectKey key) {
    PatientStore store = key.value().startsWith(Keys.logPrefix(volume)) ? log : bulk;
    return switch (store.get(volume, key, 0, 0)) {
      case GetOutcome.Found(byte[] none, long totalBytes) -> totalBytes;
      case GetOutcome.Missing missing -> 0;
    };
  }

  /** Sorts all objects of a volume by whether something names them. */
  Found find(VolumeId volume) {
    if (!log.store().listsInOrder() || !pins.canTell()) {
      throw new GraftException.Misuse(
          "this store does not list in order, so what is left over cannot be told");
    }
    Instant created = volumes.record(volume).created();
    StateRecord state = states.newest(volume).orElseGet(() -> StateLog.first(volume, created));
    Deletion.requireAlive(Optional.of(state));
    // What is written while this looks is not seen by the listings, or is named by what is read
    // after them.
    Sorter sorter = new Sorter(volume, state);
    List<ObjectKey> keys = new ArrayList<>();
    boolean complete =
        list(log, Keys.logPrefix(volume), keys)
            & list(bulk, Keys.segmentsPrefix(volume), keys)
            & list(bulk, Keys.checkpointsPrefix(volume), keys)
            & list(bulk, Keys.derivedPrefix(volume), keys);
    sorter.reach(keys);
    keys.forEach(sorter::sort);
    return new Found(sorter.named, sorter.left, sorter.young, complete);
  }

  private static boolean list(PatientStore store, String prefix, List<ObjectKey> into) {
    String after = "";
    while (into.size() < MAX_KEYS) {
      List<ObjectKey> page = store.store().list(prefix, after, LISTED_AT_ONCE);
      into.addAll(page);
      if (page.size() < LISTED_AT_ONCE) {
        return true;
      }
      after = page.getLast().value();
    }
    return false;
  }

  /** One look at one volume. */
  private final class Sorter {
    private final VolumeId volume;
    private final StateRecord state;
    private final Reach reach;
    private final Set<CheckpointId> checkpoints = new HashSet<>();
    private final List<ObjectKey> named = new ArrayList<>();
    private final List<ObjectKey> left = new ArrayList<>();
    private final List<ObjectKey> young = new ArrayList<>();

    Sorter(VolumeId volume, StateRecord state) {
      this.volume = volume;
      this.state = state;
      this.reach = new Reach(volume, maps, rounds.now());
    }

    void reach(List<ObjectKey> keys) {
      state.checkpoints().forEach(checkpoint -> checkpoints.add(checkpoint.id()));
      roots.addKept(reach, List.of(state));
      pins.needs(volume, false).roots().forEach(reach::add);
      roots.commitsAbove(state, this::commit);
      for (ObjectKey key : keys) {
        Optional<Block> block = rollup(key);
        if (block.isPresent()) {
          history
              .part(volume, state.generation(), block.get())
              .ifPresent(part -> reach.add(part.root()));
        }
      }
    }

    private void commit(CommitHeader header) {
      reach.add(history.root(header));
      reach.addSegments(header.segments());
      if (header.root() instanceof RootPlace.OfFork fork) {
        checkpoints.add(fork.checkpoint());
      }
    }

    /** The block of a rollup that a reader may use. */
    private Optional<Block> rollup(ObjectKey key) {
      return Keys.blockOf(volume, state.generation(), key)
          .filter(block -> block.first().isAfter(state.floor()));
    }

    void sort(ObjectKey key) {
      String name = key.value();
      if (name.startsWith(Keys.logPrefix(volume))) {
        Lsn lsn = new Lsn(Keys.numberOf(key));
        boolean isNeeded = state.keeps(lsn) || reach.names(new FrameOwner.InCommit(volume, lsn));
        into(isNeeded, left).add(key);
      } else if (name.startsWith(Keys.segmentsPrefix(volume))) {
        SegmentId id = SegmentId.parse(name.substring(Keys.segmentsPrefix(volume).length()));
        boolean isYoung = rounds.now().isBefore(Instant.ofEpochMilli(id.epochMillis()).plus(YOUNG));
        into(reach.names(new FrameOwner.InSegment(volume, id)), isYoung ? young : left).add(key);
      } else if (name.startsWith(Keys.checkpointsPrefix(volume))) {
        CheckpointId id =
            CheckpointId.parse(name.substring(Keys.checkpointsPrefix(volume).length()));
        into(checkpoints.contains(id), left).add(key);
      } else {
        into(rollup(key).isPresent(), left).add(key);
      }
    }

    private List<ObjectKey> into(boolean isNamed, List<ObjectKey> otherwise) {
      return isNamed ? named : otherwise;
    }
  }
}
