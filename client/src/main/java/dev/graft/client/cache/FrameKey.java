package dev.graft.client.cache;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;

/**
 * Names a frame wherever it is.
 *
 * @param owner the object that it belongs to
 * @param number its number there
 */
public record FrameKey(FrameOwner owner, int number) {
  /** The name of the frame at a place. */
  public static FrameKey of(FrameRef ref) {
    return new FrameKey(ref.owner(), ref.number());
  }
}
