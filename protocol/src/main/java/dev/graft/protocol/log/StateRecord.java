package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * One entry of a volume's second log: everything about it that changes beside its commits. Whole,
 * never a delta; the newest one counts.
 *
 * @param volume which
 * @param number its number in the state log, from 1, without gaps
 * @param generation of derived objects: rollups of others are not read
 * @param floor the LSN below which history is gone; 0 when nothing is
 * @param retention how long an LSN can be asked for after it ceased to be the head, to the
 *     millisecond
 * @param checkpoints those kept, ascending by LSN; the last one is the newest
 * @param keptLsns LSNs kept beside them, ascending
 * @param deleted whether the volume is deleted
 * @param pins forks seen when it was written, ascending
 * @param time when it was written, to the millisecond
 */
public record StateRecord(
    VolumeId volume,
    long number,
    int generation,
    Lsn floor,
    Duration retention,
    List<KeptCheckpoint> checkpoints,
    List<Lsn> keptLsns,
    boolean deleted,
    List<VolumeId> pins,
    Instant time) {
  /** The most checkpoints, kept LSNs and pins, each. */
  public static final int MAX_LIST = 4096;

  static final int KIND = 'T';
  static final int VERSION = 1;

  private static final int CHECKPOINT_BYTES = 16 + 8 + 32;
  private static final Duration MAX_RETENTION = Duration.ofDays(36_500);

  /**
   * A checkpoint that is kept.
   *
   * @param id its id
   * @param position its commit
   */
  public record KeptCheckpoint(CheckpointId id, Position position) {}

  public StateRecord {
    time = Fields.millis(time);
    retention = Duration.ofMillis(retention.toMillis());
    checkpoints = List.copyOf(checkpoints);
    keptLsns = List.copyOf(keptLsns);
    pins = List.copyOf(pins);
    if (number < 1 || generation < 0) {
      throw new GraftException.Misuse(
          "there is no state record " + number + " of generation " + generation);
    }
    if (retention.isNegative() || retention.compareTo(MAX_RETENTION) > 0) {
      throw new GraftException.Misuse(
          "a retention of " + retention + " is not in 0.." + MAX_RETENTION);
    }
    requireAscending("checkpoints", checkpoints, checkpoint -> checkpoint.position().lsn());
    requireAscending("kept LSNs", keptLsns, Function.identity());
    requireAscending("pins", pins, Function.identity());
  }

  private static <T, K extends Comparable<K>> void requireAscending(
      String what, List<T> list, Function<T, K> key) {
    if (list.size() > MAX_LIST) {
      throw new GraftException.Limit(
          list.size() + " " + what + " do not fit a state record, which has " + MAX_LIST);
    }
    Comparator<T> order = Comparator.comparing(key);
    for (int i = 1; i < list.size(); i++) {
      if (order.compare(list.get(i - 1), list.get(i)) >= 0) {
        throw new GraftException.Misuse(what + " of a state record are not in ascending order");
      }
    }
  }

  /** Whether an LSN can be asked for: it does not lie below the floor, or is kept. */
  public boolean keeps(Lsn lsn) {
    return !lsn.isBefore(floor) || keptLsns.contains(lsn);
  }

  /** The checkpoint of exactly this LSN, if one is kept. */
  public Optional<KeptCheckpoint> checkpointAt(Lsn lsn) {
    return checkpoints.stream()
        .filter(checkpoint -> checkpoint.position().lsn().equals(lsn))
        .findFirst();
  }

  /** The record after this one that says the same. */
  public StateRecord next(Instant now) {
    return new StateRecord(
        volume,
        number + 1,
        generation,
        floor,
        retention,
        checkpoints,
        keptLsns,
        deleted,
        pins,
        now);
  }

  /** The same with another floor. */
  public StateRecord withFloor(Lsn other) {
    return new StateRecord(
        volume, number, generation, other, retention, checkpoints, keptLsns, deleted, pins, time);
  }

  /** The same with another retention. */
  public StateRecord withRetention(Duration other) {
    return new StateRecord(
        volume, number, generation, floor, other, checkpoints, keptLsns, deleted, pins, time);
  }

  /** The same with other checkpoints. */
  public StateRecord withCheckpoints(List<KeptCheckpoint> other) {
    return new StateRecord(
        volume, number, generation, floor, retention, other, keptLsns, deleted, pins, time);
  }

  /** The same with other kept LSNs. */
  public StateRecord withKeptLsns(List<Lsn> other) {
    return new StateRecord(
        volume, number, generation, floor, retention, checkpoints, other, deleted, pins, time);
  }

  /** The same with other forks seen. */
  public StateRecord withPins(List<VolumeId> other) {
    return new StateRecord(
        volume, number, generation, floor, retention, checkpoints, keptLsns, deleted, other, time);
  }

  /** The same of a deleted volume. */
  public StateRecord asDeleted() {
    return new StateRecord(
        volume, number, generation, floor, retention, checkpoints, keptLsns, true, pins, time);
  }

  /** The whole object; equal records are equal bytes. */
  public byte[] encode() {
    WireWriter out = new WireWriter();
    out.header(KIND, VERSION).volume(volume).u64(number).u32(generation).u64(floor.value());
    out.u64(retention.toMillis()).u8(deleted ? 1 : 0);
    Fields.time(out, time);
    out.varint(checkpoints.size());
    for (KeptCheckpoint checkpoint : checkpoints) {
      out.u64(checkpoint.id().hi()).u64(checkpoint.id().lo());
      checkpoint.position().encode(out);
    }
    out.varint(keptLsns.size());
    keptLsns.forEach(lsn -> out.u64(lsn.value()));
    out.varint(pins.size());
    pins.forEach(out::volume);
    return out.seal().toBytes();
  }

  /**
   * Proves and reads the whole object.
   *
   * @param name the object's key, for messages
   * @param volume whose state it must be
   * @param number the number that it must have
   * @throws GraftException.Corrupt when it is not exactly that
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static StateRecord decode(String name, VolumeId volume, long number, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    StateRecord state = Fields.checked(in, () -> decodeFields(in));
    in.expectEnd();
    if (!state.volume.equals(volume) || state.number != number) {
      throw in.corrupt("it is state record " + state.number + " of volume " + state.volume);
    }
    return state;
  }

  private static StateRecord decodeFields(WireReader in) {
    VolumeId volume = in.volume();
    long number = in.u64();
    int generation = in.u32();
    Lsn floor = new Lsn(in.u64());
    long retentionMillis = in.u64();
    boolean deleted = Fields.flag(in, "deleted");
    Instant time = Fields.time(in);
    List<KeptCheckpoint> checkpoints = new ArrayList<>();
    for (int left = in.count("checkpoints", MAX_LIST, CHECKPOINT_BYTES); left > 0; left--) {
      checkpoints.add(
          new KeptCheckpoint(new CheckpointId(in.u64(), in.u64()), Position.decode(in)));
    }
    List<Lsn> keptLsns = new ArrayList<>();
    for (int left = in.count("kept LSNs", MAX_LIST, 8); left > 0; left--) {
      keptLsns.add(new Lsn(in.u64()));
    }
    List<VolumeId> pins = new ArrayList<>();
    for (int left = in.count("pins", MAX_LIST, 16); left > 0; left--) {
      pins.add(in.volume());
    }
    return new StateRecord(
        volume,
        number,
        generation,
        floor,
        Duration.ofMillis(retentionMillis),
        checkpoints,
        keptLsns,
        deleted,
        pins,
        time);
  }
}
