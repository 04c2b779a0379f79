package dev.graft.client.fetch;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayList;
import java.util.List;

/** Finds the frames of a range that is only known by its ends: each tells its own length. */
final class FrameWalk {
  private FrameWalk() {}

  /**
   * The frames that lie wholly in the bytes; what does not look like a frame ends the walk. Nothing
   * is proved yet: each frame has to be decoded as the one that its place says.
   *
   * @param begin where the bytes begin in the owner
   */
  static List<FrameRef> frames(FrameOwner owner, long begin, byte[] bytes) {
    List<FrameRef> frames = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int length;
      int number;
      try {
        length = Frame.lengthBytes("a range of " + owner, bytes, at, bytes.length - at);
        number = Frame.header("a range of " + owner, bytes, at, length).number();
      } catch (GraftException.Corrupt e) {
        // Whoever needs a frame behind this place asks for it alone and is told what is wrong.
        return frames;
      }
      frames.add(new FrameRef(owner, number, begin + at, length));
      at += length;
    }
    return frames;
  }
}
