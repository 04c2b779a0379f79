package dev.graft.engine;

import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The layout of the store (docs/protocol.md, section 4). Logs are keyed by the ones' complement of
 * their number in 16 hex digits, so that the first key of a listing is the newest entry.
 */
public final class Keys {
  private static final int HEX_DIGITS = 16;

  private Keys() {}

  /** Of the record of a volume. */
  public static ObjectKey volume(VolumeId volume) {
    return new ObjectKey(prefix(volume) + "volume");
  }

  static String logPrefix(VolumeId volume) {
    return prefix(volume) + "log/";
  }

  static ObjectKey commit(VolumeId volume, Lsn lsn) {
    return new ObjectKey(logPrefix(volume) + complement(lsn.value()));
  }

  static String statePrefix(VolumeId volume) {
    return prefix(volume) + "state/";
  }

  static ObjectKey state(VolumeId volume, long number) {
    return new ObjectKey(statePrefix(volume) + complement(number));
  }

  static ObjectKey rollup(VolumeId volume, int generation, Block block) {
    return new ObjectKey(
        prefix(volume)
            + "derived/"
            + generation
            + "/rollups/"
            + block.level()
            + "/"
            + Long.toUnsignedString(block.index()));
  }

  static ObjectKey checkpoint(VolumeId volume, CheckpointId checkpoint) {
    return new ObjectKey(checkpointsPrefix(volume) + checkpoint);
  }

  static String pinPrefix(VolumeId parent) {
    return prefix(parent) + "forks/";
  }

  /** Of the pin that a fork is at its parent. */
  public static ObjectKey pin(VolumeId parent, VolumeId child) {
    return new ObjectKey(pinPrefix(parent) + child);
  }

  /** Of a segment. */
  public static ObjectKey segment(VolumeId volume, SegmentId segment) {
    return new ObjectKey(segmentsPrefix(volume) + segment);
  }

  static String segmentsPrefix(VolumeId volume) {
    return prefix(volume) + "segments/";
  }

  static String checkpointsPrefix(VolumeId volume) {
    return prefix(volume) + "checkpoints/";
  }

  static String derivedPrefix(VolumeId volume) {
    return prefix(volume) + "derived/";
  }

  /** The block of a rollup of this generation; nothing when the key is another object's. */
  static Optional<Block> blockOf(VolumeId volume, int generation, ObjectKey key) {
    String prefix = derivedPrefix(volume) + generation + "/rollups/";
    String[] parts =
        key.value().startsWith(prefix)
            ? key.value().substring(prefix.length()).split("/", -1)
            : new String[0];
    try {
      if (parts.length != 2) {
        return Optional.empty();
      }
      Block block = new Block(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
      // A number with zeros before it is no other name of the same rollup.
      return rollup(volume, generation, block).equals(key) ? Optional.of(block) : Optional.empty();
    } catch (NumberFormatException | GraftException.Misuse e) {
      return Optional.empty();
    }
  }

  /** The number that a key of a log or of the state log carries. */
  static long numberOf(ObjectKey key) {
    String value = key.value();
    int start = value.length() - HEX_DIGITS;
    try {
      if (start > 0 && value.charAt(start - 1) == '/') {
        return ~HexFormat.fromHexDigitsToLong(value, start, value.length());
      }
    } catch (NumberFormatException e) {
      // told below, as for a key that is too short
    }
    throw new GraftException.Corrupt(
        "object " + key + " stands in a log but its name is not 16 hex digits");
  }

  /** The key of the object that a frame lies in. */
  static ObjectKey of(FrameOwner owner) {
    return switch (owner) {
      case FrameOwner.InSegment(VolumeId volume, SegmentId segment) -> segment(volume, segment);
      case FrameOwner.InCommit(VolumeId volume, Lsn lsn) -> commit(volume, lsn);
    };
  }

  private static String prefix(VolumeId volume) {
    return "volumes/" + volume + "/";
  }

  private static String complement(long number) {
    return HexFormat.of().toHexDigits(~number);
  }
}
