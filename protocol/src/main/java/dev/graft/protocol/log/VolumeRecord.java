package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.Hash;
import dev.graft.protocol.id.Lsn;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;

/**
 * What is fixed about a volume: the first object that it has. Its hash is the parent of LSN 1.
 *
 * @param volume its id
 * @param pageSize of all its pages
 * @param created when, to the millisecond
 * @param origin what it began as
 */
public record VolumeRecord(VolumeId volume, PageSize pageSize, Instant created, Origin origin) {
  static final int KIND = 'V';
  static final int VERSION = 1;

  /** What a volume began as. */
  public sealed interface Origin {
    /** Empty. */
    record Empty() implements Origin {}

    /**
     * A snapshot of another volume.
     *
     * @param parent which volume
     * @param position its commit
     */
    record Fork(VolumeId parent, Position position) implements Origin {}
  }

  public VolumeRecord {
    created = Fields.millis(created);
  }

  /** The whole object; equal records are equal bytes. */
  public byte[] encode() {
    WireWriter out = new WireWriter();
    out.header(KIND, VERSION).volume(volume).u8(pageSize.log2());
    Fields.time(out, created);
    switch (origin) {
      case Origin.Empty() -> out.u8(0);
      case Origin.Fork(VolumeId parent, Position position) ->
          position.encode(out.u8(1).volume(parent));
    }
    return out.seal().toBytes();
  }

  /** The SHA-256 of the object. */
  public Hash hash() {
    return Hash.sha256(encode());
  }

  /** LSN 0 of the volume. */
  public Position start() {
    return new Position(Lsn.ZERO, hash());
  }

  /**
   * Proves and reads the whole object.
   *
   * @param name the object's key, for messages
   * @param volume whose record it must be
   * @throws GraftException.Corrupt when it is not exactly that
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static VolumeRecord decode(String name, VolumeId volume, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    VolumeRecord record =
        Fields.checked(
            in,
            () ->
                new VolumeRecord(
                    in.volume(), Fields.pageSize(in), Fields.time(in), decodeOrigin(in)));
    in.expectEnd();
    if (!record.volume.equals(volume)) {
      throw in.corrupt("it is the record of volume " + record.volume);
    }
    return record;
  }

  private static Origin decodeOrigin(WireReader in) {
    return Fields.flag(in, "origin")
        ? new Origin.Fork(in.volume(), Position.decode(in))
        : new Origin.Empty();
  }
}
