package dev.graft.protocol.log;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.id.CheckpointId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.map.Root;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;
import java.time.Instant;

/**
 * The map of a whole snapshot, to be laid on the empty volume.
 *
 * @param volume which
 * @param id its id, named by a state record
 * @param position the commit
 * @param time the commit's time
 * @param root the map
 */
public record Checkpoint(
    VolumeId volume, CheckpointId id, Position position, Instant time, Root root) {
  static final int KIND = 'K';
  static final int VERSION = 1;

  public Checkpoint {
    time = Fields.millis(time);
  }

  /**
   * The whole object.
   *
   * @throws GraftException.Limit when the root is too long
   */
  public byte[] encode() {
    WireWriter out = new WireWriter(1024);
    out.header(KIND, VERSION).volume(volume).u64(id.hi()).u64(id.lo());
    position.encode(out);
    Fields.time(out, time);
    Fields.root(out, root, Root.MAX_ENCODED_BYTES);
    return out.seal().toBytes();
  }

  /**
   * Proves and reads the whole object.
   *
   * @param name the object's key, for messages
   * @param volume whose checkpoint it must be
   * @param id the id that it must have
   * @throws GraftException.Corrupt when it is not exactly that
   * @throws GraftException.Misuse when it is of a newer format version
   */
  public static Checkpoint decode(String name, VolumeId volume, CheckpointId id, byte[] bytes) {
    WireReader in = WireReader.object(name, bytes, 0, bytes.length, KIND, VERSION);
    Checkpoint checkpoint =
        Fields.checked(
            in,
            () ->
                new Checkpoint(
                    in.volume(),
                    new CheckpointId(in.u64(), in.u64()),
                    Position.decode(in),
                    Fields.time(in),
                    Fields.root(in, Root.MAX_ENCODED_BYTES)));
    in.expectEnd();
    if (!checkpoint.volume.equals(volume) || !checkpoint.id.equals(id)) {
      throw in.corrupt("it is checkpoint " + checkpoint.id + " of volume " + checkpoint.volume);
    }
    return checkpoint;
  }
}
