package dev.graft.client.fetch;

import dev.graft.client.cache.FrameCache;
import dev.graft.client.cache.FrameKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.Frame;
import dev.graft.protocol.frame.FrameDecoder;
import dev.graft.protocol.frame.FrameHeader;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.remote.Graft;
import dev.graft.protocol.remote.RangeOutcome;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a range read, proves what came and puts it into the cache. */
final class Landing {
  private final RangeSource ranges;
  private final FrameCache cache;
  private final Speculation speculation;

  Landing(RangeSource ranges, FrameCache cache, Speculation speculation) {
    this.ranges = ranges;
    this.cache = cache;
    this.speculation = speculation;
  }

  /** Reads what the flight is for. A damaged frame among good ones does not keep these out. */
  Flight.End read(Flight flight) {
    int length = Math.toIntExact(flight.end - flight.begin);
    return switch (ranges.readRange(flight.owner, flight.begin, length)) {
      case RangeOutcome.Missing missing -> Flight.End.MISSING;
      case RangeOutcome.Found(byte[] bytes) -> {
        if (bytes.length != length) {
          throw new GraftException.Corrupt(
              "a read of "
                  + length
                  + " bytes at "
                  + flight.begin
                  + " of "
                  + flight.owner
                  + " gave "
                  + bytes.length);
        }
        try (FrameDecoder decoder = new FrameDecoder()) {
          unpack(flight, bytes, decoder);
        }
        yield Flight.End.LANDED;
      }
    };
  }

  /** Keeps frames that came with an answer. */
  void keep(List<Graft.CarriedFrame> frames) {
    if (frames.isEmpty()) {
      return;
    }
    try (FrameDecoder decoder = new FrameDecoder()) {
      ByteBuffer content = ByteBuffer.allocate(Frame.MAX_PAGES_BYTES);
      for (Graft.CarriedFrame frame : frames) {
        content = put(decoder, frame.bytes(), 0, frame.ref(), content);
      }
    }
  }

  private void unpack(Flight flight, byte[] bytes, FrameDecoder decoder) {
    List<FrameRef> frames =
        flight.wanted.isEmpty()
            ? FrameWalk.frames(flight.owner, flight.begin, bytes)
            : flight.wanted;
    ByteBuffer content = ByteBuffer.allocate(Frame.MAX_PAGES_BYTES);
    GraftException damage = null;
    for (FrameRef ref : frames) {
      try {
        int at = Math.toIntExact(ref.offsetBytes() - flight.begin);
        boolean fresh = !cache.contains(FrameKey.of(ref));
        content = put(decoder, bytes, at, ref, content);
        if (fresh) {
          speculation.landed(flight, FrameKey.of(ref), ref.lengthBytes());
        }
      } catch (GraftException.Corrupt e) {
        damage = e;
      }
    }
    if (damage != null) {
      throw damage;
    }
  }

  private ByteBuffer put(
      FrameDecoder decoder, byte[] bytes, int at, FrameRef ref, ByteBuffer content) {
    FrameKey key = FrameKey.of(ref);
    if (cache.contains(key)) {
      return content;
    }
    ByteBuffer target = content.clear();
    FrameHeader header = null;
    if (ref.lengthBytes() <= Frame.MAX_PAGES_BYTES + Frame.MAX_OVERHEAD_BYTES) {
      header = decodePages(decoder, bytes, at, ref, target);
    }
    if (header == null) {
      // Parts of a map are larger, and few.
      Frame frame = decoder.decode(bytes, at, ref.lengthBytes(), ref);
      cache.put(
          key,
          frame.header().kind(),
          frame.header().hot(),
          frame.header().pages(),
          frame.content(),
          0,
          frame.content().length);
      return content;
    }
    cache.put(
        key, header.kind(), header.hot(), header.pages(), target.array(), 0, target.position());
    return target;
  }

  private static @Nullable FrameHeader decodePages(
      FrameDecoder decoder, byte[] bytes, int at, FrameRef ref, ByteBuffer target) {
    FrameHeader header =
        Frame.header("frame " + ref.number() + " of " + ref.owner(), bytes, at, ref.lengthBytes());
    return header.rawBytes() > target.remaining()
        ? null
        : decoder.decodeInto(bytes, at, ref.lengthBytes(), ref, target);
  }
}
