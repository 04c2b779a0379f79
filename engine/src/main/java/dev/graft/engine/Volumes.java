package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.VolumeRecord;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.remote.VolumeInfo;
import java.time.Instant;
import java.util.Optional;

/** The records of volumes; they never change, so one read of each is enough. */
final class Volumes {
  /** No volume record is longer. */
  private static final int MAX_RECORD_BYTES = 4096;

  private static final int MAX_KEPT = 10_000;

  private final PatientStore bulk;
  private final Rounds rounds;
  private final BoundedCache<VolumeId, VolumeRecord> kept =
      new BoundedCache<>(MAX_KEPT, record -> 1);

  Volumes(PatientStore bulk, Rounds rounds) {
    this.bulk = bulk;
    this.rounds = rounds;
  }

  /**
   * The record of a volume.
   *
   * @throws GraftException.NotFound when there is no such volume
   */
  VolumeRecord record(VolumeId volume) {
    return find(volume)
        .orElseThrow(() -> new GraftException.NotFound("no volume " + volume + " in this store"));
  }

  private Optional<VolumeRecord> find(VolumeId volume) {
    return stored(volume)
        .filter(record -> !(record.origin() instanceof VolumeRecord.Origin.GivenUp));
  }

  /** The record that stands there, also when it only says that a fork was given up. */
  Optional<VolumeRecord> stored(VolumeId volume) {
    VolumeRecord known = kept.get(volume);
    if (known != null) {
      return Optional.of(known);
    }
    ObjectKey key = Keys.volume(volume);
    Optional<VolumeRecord> read =
        bulk.whole(volume, key, MAX_RECORD_BYTES)
            .map(bytes -> VolumeRecord.decode(key.value(), volume, bytes));
    read.ifPresent(record -> kept.put(volume, record));
    return read;
  }

  /**
   * Makes a volume, or finds that it was made so before.
   *
   * @throws GraftException.Misuse when the id is another volume's
   */
  VolumeRecord create(VolumeId volume, PageSize pageSize) {
    VolumeRecord wanted =
        new VolumeRecord(volume, pageSize, rounds.now(), new VolumeRecord.Origin.Empty());
    bulk.put(volume, Keys.volume(volume), wanted.encode(), Instant.MAX);
    // Whoever made it: an earlier try of this request gave it an earlier time.
    VolumeRecord made = stored(volume).orElseThrow();
    if (!made.pageSize().equals(pageSize) || !made.origin().equals(wanted.origin())) {
      throw new GraftException.Misuse(
          volume
              + " is taken by another volume, with pages of "
              + made.pageSize()
              + " bytes; make a new id");
    }
    return made;
  }

  static VolumeInfo info(VolumeRecord record) {
    return new VolumeInfo(
        record.volume(), record.pageSize(), record.created(), record.hash(), record.ancestors());
  }
}
