package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.page.PageSize;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;
import java.util.List;

/**
 * A volume's note that another one is, or is about to be, its fork: what the fork names must stay.
 * It holds every byte that is needed to finish the fork, so that each retry makes the same one.
 *
 * @param parent the volume that is forked; the pin is its object
 * @param child the fork
 * @param created when the fork was begun, to the millisecond, and not before the commit that it
 *     begins with
 * @param pageSize of both
 * @param checkpoint the id of the child's checkpoint, which holds the map of its beginning
 * @param ancestors those of the child, the parent first
 */
public record Pin(
    VolumeId parent,
    VolumeId child,
    Instant created,
    PageSize pageSize,
    CheckpointId checkpoint,
    List<VolumeRecord.Ancestor> ancestors) {
  static final int KIND = 'P';
  static final int VERSION = 1;

  public Pin {
    created = Fields.millis(created);
    ancestors = new VolumeRecord.Origin.Fork(ancestors).ancestors();
    if (!ancestors.getFirst().volume().equals(parent) || child.equals(parent)) {
      throw new GraftException.Misuse(
          child + " is not a fork of " + parent + " but of " + ancestors.getFirst().volume());
    }
    if (ancestors.getFirst().position().lsn().value() == 0) {
      throw new GraftException.Misuse("a fork of the empty volume is no fork");
    }
  }

  /** The commit of the parent that the child begins with. */
  public Position at() {
    return ancestors.getFirst().position();
  }

  /** The record of the child, when it is done. */
  public VolumeRecord childRecord() {
    return new VolumeRecord(child, pageSize, created, new VolumeRecord.Origin.Fork(ancestors));
  }

  /** The whole object; equal pins are equal bytes. */
  public byte[] encode() {
    WireWriter out = new WireWriter();
    out.header(KIND, VERSION).volume(parent).volume(child).u8(pageSize.log2());
    Fields.time(out, created);
    out.u64(checkpoint.hi()).u64(checkpoint.lo());
    VolumeRecord.Ancestor.encode(out, ancestors);
    return out.seal().toBytes();
  }

  /**
   * Proves and reads the whole object.
   *
   * @param name the object's key, for messages
   * @param parent whose pin it must be
   * @param child for which fork
   * @throws GraftException.Corrupt when it is not exactly that
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static Pin decode(String name, VolumeId parent, VolumeId child, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    Pin pin = Fields.checked(in, () -> decodeFields(in));
    in.expectEnd();
    if (!pin.parent.equals(parent) || !pin.child.equals(child)) {
      throw in.corrupt("it is the pin of " + pin.child + " at volume " + pin.parent);
    }
    return pin;
  }

  private static Pin decodeFields(WireReader in) {
    VolumeId parent = in.volume();
    VolumeId child = in.volume();
    PageSize pageSize = Fields.pageSize(in);
    Instant created = Fields.time(in);
    CheckpointId checkpoint = new CheckpointId(in.u64(), in.u64());
    return new Pin(
        parent, child, created, pageSize, checkpoint, VolumeRecord.Ancestor.decodeList(in));
  }
}
