package dev.graft.engine;

import dev.graft.engine.store.GetOutcome;
import dev.graft.engine.store.ObjectKey;
import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads frames from wherever they lie: neighbours in one range, all ranges in one round. */
final class FrameReader {
  private final CommitLog commits;
  private final PatientStore log;
  private final PatientStore bulk;
  private final Rounds rounds;

  FrameReader(CommitLog commits, PatientStore log, PatientStore bulk, Rounds rounds) {
    this.commits = commits;
    this.log = log;
    this.bulk = bulk;
    this.rounds = rounds;
  }

  /**
   * The bytes of each frame, not yet proved.
   *
   * @throws GraftException.NotFound when an object is not there
   * @throws GraftException.Corrupt when an object ends before a frame does
   */
  Map<FrameRef, byte[]> read(Collection<FrameRef> frames) {
    Map<FrameRef, byte[]> bytes = new HashMap<>();
    List<FrameRef> unread = new ArrayList<>();
    for (FrameRef frame : frames) {
      byte[] atHand = commits.frameAtHand(frame);
      if (atHand == null) {
        unread.add(frame);
      } else {
        bytes.put(frame, atHand);
      }
    }
    List<ByteRange> ranges = ByteRange.join(unread);
    List<byte[]> found = rounds.each("read frames", ranges, this::range);
    for (int i = 0; i < ranges.size(); i++) {
      ByteRange range = ranges.get(i);
      for (FrameRef frame : range.frames()) {
        int from = (int) (frame.offsetBytes() - range.offsetBytes());
        bytes.put(frame, Arrays.copyOfRange(found.get(i), from, from + frame.lengthBytes()));
      }
    }
    return bytes;
  }

  private byte[] range(ByteRange range) {
    return switch (get(range.owner(), range.offsetBytes(), range.lengthBytes())) {
      case GetOutcome.Missing() ->
          throw new GraftException.NotFound(
              Keys.of(range.owner())
                  + " is not in the store, although a map names frames of it; ask for the same LSN"
                  + " again");
      case GetOutcome.Found(byte[] bytes, long totalBytes) -> {
        if (bytes.length < range.lengthBytes()) {
          throw new GraftException.Corrupt(
              Keys.of(range.owner())
                  + " is damaged at byte "
                  + totalBytes
                  + ": it ends there, and a frame should follow up to byte "
                  + (range.offsetBytes() + range.lengthBytes()));
        }
        yield bytes;
      }
    };
  }

  /** Reads a range of the object that an owner names. */
  GetOutcome get(FrameOwner owner, long offsetBytes, int maxBytes) {
    ObjectKey key = Keys.of(owner);
    return switch (owner) {
      case FrameOwner.InSegment in -> bulk.get(in.volume(), key, offsetBytes, maxBytes);
      case FrameOwner.InCommit in -> log.get(in.volume(), key, offsetBytes, maxBytes);
    };
  }
}
