package dev.graft.protocol.frame;

import dev.graft.protocol.error.GraftException;

/**
 * Where one frame lies: everything that one range read of it needs.
 *
 * @param owner the object
 * @param number the frame's number in its object, from 0
 * @param offsetBytes where it starts in the object
 * @param lengthBytes its whole length, header and checksum included
 */
public record FrameRef(FrameOwner owner, int number, long offsetBytes, int lengthBytes) {
  public FrameRef {
    if (number < 0 || offsetBytes < 0 || lengthBytes <= 0) {
      throw new GraftException.Misuse(
          "frame " + number + " at " + offsetBytes + " of " + lengthBytes + " bytes cannot be");
    }
  }
}
