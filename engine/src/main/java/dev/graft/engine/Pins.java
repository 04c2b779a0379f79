package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.engine.store.PutOutcome;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.Checkpoint;
import dev.graft.protocol.log.Pin;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.map.Root;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The forks of a volume, as its pins tell (rules 4.11 and 5.8). */
final class Pins {
  /** A fork without a map that was begun longer ago is given up; it could not be finished. */
  static final Duration UNFINISHED_FOR = Duration.ofHours(72);

  private static final int LISTED_AT_ONCE = 1_000;
  private static final int MAX_PIN_BYTES = 4096;

  private final Volumes volumes;
  private final History history;
  private final PatientStore bulk;
  private final Rounds rounds;

  Pins(Volumes volumes, History history, PatientStore bulk, Rounds rounds) {
    this.volumes = volumes;
    this.history = history;
    this.bulk = bulk;
    this.rounds = rounds;
  }

  /**
   * What forks need.
   *
   * @param roots the maps that they began with
   * @param unfinished those that have no map yet
   */
  record Needs(List<Root> roots, List<VolumeId> unfinished) {}

  /** Whether the store can tell all forks. */
  boolean canTell() {
    return bulk.store().listsInOrder();
  }

  /**
   * The volumes that were forked from one, or are about to be, ascending; none when the store
   * cannot tell them.
   */
  List<VolumeId> forks(VolumeId volume) {
    if (!canTell()) {
      return List.of();
    }
    List<VolumeId> forks = new ArrayList<>();
    String prefix = Keys.pinPrefix(volume);
    String after = "";
    while (true) {
      List<ObjectKey> keys = bulk.store().list(prefix, after, LISTED_AT_ONCE);
      for (ObjectKey key : keys) {
        forks.add(VolumeId.parse(key.value().substring(prefix.length())));
      }
      if (keys.size() < LISTED_AT_ONCE) {
        forks.sort(null);
        return forks;
      }
      after = keys.getLast().value();
    }
  }

  /**
   * What the forks that stand in the store now need.
   *
   * @param givesUp whether those that cannot be finished any more are given up; else nothing is
   *     written
   */
  Needs needs(VolumeId volume, boolean givesUp) {
    List<Root> roots = new ArrayList<>();
    List<VolumeId> unfinished = new ArrayList<>();
    for (VolumeId child : forks(volume)) {
      ObjectKey key = Keys.pin(volume, child);
      Optional<Pin> pin =
          bulk.whole(volume, key, MAX_PIN_BYTES)
              .map(bytes -> Pin.decode(key.value(), volume, child, bytes));
      if (pin.isEmpty()) {
        continue; // Given up since the listing.
      }
      Optional<Checkpoint> map = history.checkpointObject(child, pin.get().checkpoint());
      if (map.isPresent()) {
        roots.add(map.get().root());
      } else if (!(givesUp && isGivenUp(pin.get()))) {
        unfinished.add(child);
      }
    }
    return new Needs(roots, unfinished);
  }

  /**
   * A fork without a map: whether it is given up, or old enough to be given up here. The put in the
   * place of its record decides, for an attempt may be at work still; the pin goes after it.
   */
  private boolean isGivenUp(Pin pin) {
    VolumeId child = pin.child();
    Optional<VolumeRecord> there = volumes.stored(child);
    if (there.isEmpty() && rounds.now().isAfter(pin.created().plus(UNFINISHED_FOR))) {
      VolumeRecord tombstone =
          new VolumeRecord(
              child, pin.pageSize(), pin.created(), new VolumeRecord.Origin.GivenUp(pin.parent()));
      PutOutcome outcome = bulk.put(child, Keys.volume(child), tombstone.encode(), Instant.MAX);
      there =
          outcome instanceof PutOutcome.Created ? Optional.of(tombstone) : volumes.stored(child);
    }
    boolean givenUp =
        there.isPresent() && there.get().origin() instanceof VolumeRecord.Origin.GivenUp;
    if (givenUp) {
      bulk.delete(Keys.pin(pin.parent(), child));
    }
    return givenUp;
  }
}
