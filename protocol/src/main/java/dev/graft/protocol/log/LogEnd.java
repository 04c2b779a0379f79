package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;

/**
 * What stands behind the last commit of a deleted volume, in the place of the commit that would
 * have come next. It is put as commits are, so a commit that races with the deletion lands before
 * it or not at all.
 *
 * @param volume which
 * @param lsn the place that it takes; the last commit is the one before
 * @param time when it was written, to the millisecond
 */
public record LogEnd(VolumeId volume, Lsn lsn, Instant time) {
  static final int KIND = 'E';
  static final int VERSION = 1;

  /** Where the kind stands in every object. */
  private static final int KIND_OFFSET = 4;

  public LogEnd {
    time = Fields.millis(time);
    if (lsn.value() == 0) {
      throw new GraftException.Misuse("the log of " + volume + " cannot end at commit 0");
    }
  }

  /** Whether bytes from a log claim to be its end; the rest decides {@link #decode}. */
  public static boolean isOne(byte[] bytes) {
    return bytes.length > KIND_OFFSET && bytes[KIND_OFFSET] == KIND;
  }

  /** The whole object; equal ends are equal bytes. */
  public byte[] encode() {
    WireWriter out = new WireWriter();
    out.header(KIND, VERSION).volume(volume).u64(lsn.value());
    Fields.time(out, time);
    return out.seal().toBytes();
  }

  /**
   * Proves and reads the whole object.
   *
   * @param name the object's key, for messages
   * @param volume whose log it must end
   * @param lsn the place that it must have
   * @throws GraftException.Corrupt when it is not exactly that
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static LogEnd decode(String name, VolumeId volume, Lsn lsn, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    LogEnd end =
        Fields.checked(in, () -> new LogEnd(in.volume(), new Lsn(in.u64()), Fields.time(in)));
    in.expectEnd();
    if (!end.volume.equals(volume) || !end.lsn.equals(lsn)) {
      throw in.corrupt("it is the end of volume " + end.volume + " at commit " + end.lsn);
    }
    return end;
  }
}
