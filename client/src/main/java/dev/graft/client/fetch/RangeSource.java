package dev.graft.client.fetch;

import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.remote.RangeOutcome;

/** Where bytes of immutable objects are read: a remote, or what is kept of them here. */
@FunctionalInterface
public interface RangeSource {
  /** As {@link dev.graft.protocol.remote.Remote#readRange}. */
  RangeOutcome readRange(FrameOwner owner, long offset, int length);
}
