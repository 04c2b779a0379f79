package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The merged map of 32^level aligned consecutive commits, small pages brought together in a pack.
 *
 * @param volume which
 * @param generation of derived objects
 * @param level 1..{@link #MAX_LEVEL}
 * @param index the how-manieth block of its level, from 0: it begins after LSN index x 32^level
 * @param first its first commit
 * @param firstTime the commit time of the first
 * @param last its last commit
 * @param lastTime the commit time of the last
 * @param root the map, to be laid on the commit before the first
 * @param pack the segment that was written with it; null when nothing was packed
 */
public record Rollup(
    VolumeId volume,
    int generation,
    int level,
    long index,
    Position first,
    Instant firstTime,
    Position last,
    Instant lastTime,
    Root root,
    @Nullable SegmentEntry pack) {
  /** 32^10 = 2^50 commits. */
  public static final int MAX_LEVEL = 10;

  static final int KIND = 'R';
  static final int VERSION = 1;

  private static final int FAN_OUT_BITS = 5;

  public Rollup {
    firstTime = Fields.millis(firstTime);
    lastTime = Fields.millis(lastTime);
    if (generation < 0 || level < 1 || level > MAX_LEVEL) {
      throw new GraftException.Misuse(
          "there is no rollup of generation " + generation + ", level " + level);
    }
    int bits = FAN_OUT_BITS * level;
    if (index < 0
        || index >>> (63 - bits) != 0
        || !first.lsn().equals(new Lsn((index << bits) + 1))
        || !last.lsn().equals(new Lsn((index + 1) << bits))) {
      throw new GraftException.Misuse(
          "rollup "
              + index
              + " of level "
              + level
              + " does not hold commits "
              + first.lsn()
              + " to "
              + last.lsn());
    }
    if (lastTime.isBefore(firstTime)) {
      throw new GraftException.Misuse("commit times of a rollup run backwards");
    }
  }

  /**
   * The whole object.
   *
   * @throws GraftException.Limit when the root is too long
   */
  public byte[] encode() {
    WireWriter out = new WireWriter(1024);
    out.header(KIND, VERSION).volume(volume).u32(generation).u8(level).u64(index);
    first.encode(out);
    Fields.time(out, firstTime);
    last.encode(out);
    Fields.time(out, lastTime);
    if (pack == null) {
      out.u8(0);
    } else {
      pack.encode(out.u8(1));
    }
    Fields.root(out, root, Root.MAX_ENCODED_BYTES);
    return out.seal().toBytes();
  }

  /**
   * Proves and reads the whole object.
   *
   * @param name the object's key, for messages
   * @param volume whose rollup it must be
   * @throws GraftException.Corrupt when it is not exactly the rollup of that place
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static Rollup decode(
      String name, VolumeId volume, int generation, int level, long index, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    Rollup rollup = Fields.checked(in, () -> decodeFields(in));
    in.expectEnd();
    if (!rollup.volume.equals(volume)
        || rollup.generation != generation
        || rollup.level != level
        || rollup.index != index) {
      throw in.corrupt(
          "it is rollup "
              + rollup.index
              + " of level "
              + rollup.level
              + ", generation "
              + rollup.generation
              + ", of volume "
              + rollup.volume);
    }
    return rollup;
  }

  private static Rollup decodeFields(WireReader in) {
    VolumeId volume = in.volume();
    int generation = in.u32();
    int level = in.u8();
    long index = in.u64();
    Position first = Position.decode(in);
    Instant firstTime = Fields.time(in);
    Position last = Position.decode(in);
    Instant lastTime = Fields.time(in);
    SegmentEntry pack = Fields.flag(in, "pack") ? SegmentEntry.decode(in) : null;
    Root root = Fields.root(in, Root.MAX_ENCODED_BYTES);
    return new Rollup(
        volume, generation, level, index, first, firstTime, last, lastTime, root, pack);
  }
}
