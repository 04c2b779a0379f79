package dev.graft.client.local;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameDecoder;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.remote.RangeOutcome;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads pages of local commits where they are kept, each proved anew. One thread. */
final class LocalPages implements AutoCloseable {
  /** Frames kept decoded: a run of pages often goes back and forth between a few. */
  private static final int MAX_FRAMES = 32;

  private final LocalFrames frames;
  private final FrameDecoder decoder = new FrameDecoder();
  private final Map<FrameRef, Frame> decoded =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<FrameRef, Frame> eldest) {
          return size() > MAX_FRAMES;
        }
      };

  LocalPages(LocalFrames frames) {
    this.frames = frames;
  }

  /** The bytes of a frame as they lie there. */
  byte[] encoded(FrameRef ref) {
    if (frames.readRange(ref.owner(), ref.offsetBytes(), ref.lengthBytes())
        instanceof RangeOutcome.Found(byte[] bytes)) {
      return bytes;
    }
    throw new GraftException.Corrupt(
        "frame "
            + ref.number()
            + " of local "
            + ref.owner()
            + " is gone, and with it pages of a transaction that was not pushed");
  }

  /** A frame, proved and decompressed. */
  Frame frame(FrameRef ref) {
    Frame known = decoded.get(ref);
    if (known == null) {
      known = decoder.decode(encoded(ref), 0, ref.lengthBytes(), ref);
      decoded.put(ref, known);
    }
    return known;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
