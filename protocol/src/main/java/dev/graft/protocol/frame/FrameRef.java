package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.wire.WireReader;
import dev.graft.protocol.wire.WireWriter;

/**
 * Where one frame lies: everything that one range read of it needs.
 *
 * @param owner the object
 * @param number the frame's number in its object, from 0
 * @param offsetBytes where it starts in the object
 * @param lengthBytes its whole length, header and checksum included
 */
public record FrameRef(FrameOwner owner, int number, long offsetBytes, int lengthBytes) {
  /** No object that holds frames is longer: 64 MiB. */
  public static final int MAX_OBJECT_BYTES = 64 << 20;

  /** No object holds more frames. */
  public static final int MAX_FRAMES = 65_536;

  public FrameRef {
    if (number < 0
        || number >= MAX_FRAMES
        || offsetBytes < 0
        || lengthBytes <= 0
        || offsetBytes > MAX_OBJECT_BYTES - lengthBytes) {
      throw new GraftException.Misuse(
          "frame " + number + " at " + offsetBytes + " of " + lengthBytes + " bytes cannot be");
    }
  }

  /** Writes the owner, then number, offset and length as varints. */
  public void write(WireWriter out) {
    owner.write(out);
    out.varint(number).varint(offsetBytes).varint(lengthBytes);
  }

  /** Reads what {@link #write} wrote. */
  public static FrameRef read(WireReader in) {
    FrameOwner owner = FrameOwner.read(in);
    int number = in.varintInt("frame number", 0, MAX_FRAMES - 1);
    long offsetBytes = in.varint("frame offset", 0, MAX_OBJECT_BYTES - 1);
    int lengthBytes =
        in.varintInt("frame length", 1, MAX_OBJECT_BYTES - Math.toIntExact(offsetBytes));
    return new FrameRef(owner, number, offsetBytes, lengthBytes);
  }
}
