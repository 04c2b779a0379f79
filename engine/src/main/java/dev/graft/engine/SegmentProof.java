package dev.graft.engine;

import dev.graft.protocol.error.GraftException;
import dev.graft.protocol.frame.FooterEntry;
import dev.graft.protocol.frame.FrameKind;
import dev.graft.protocol.frame.FrameOwner;
import dev.graft.protocol.frame.FrameRef;
import dev.graft.protocol.frame.Segment;
import dev.graft.protocol.id.SegmentId;
import dev.graft.protocol.id.VolumeId;
import dev.graft.protocol.log.SegmentEntry;
import dev.graft.protocol.map.HotRange;
import dev.graft.protocol.map.Leaf;
import dev.graft.protocol.page.PageCount;
import dev.graft.protocol.page.PageSet;
import dev.graft.protocol.page.PageSize;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The segments of one commit request, against which everything that its map names is held: segment,
 * frame, place, pages (rule 5.1). What is not there is {@link GraftException.Misuse}. For one
 * thread.
 */
final class SegmentProof {
  private final VolumeId volume;
  private final Map<SegmentId, SegmentEntry> entries = new HashMap<>();
  private final Map<SegmentId, KnownSegment> segments = new HashMap<>();

  SegmentProof(
      VolumeId volume,
      PageSize pageSize,
      List<SegmentEntry> named,
      Function<SegmentEntry, KnownSegment> uploads,
      Rounds rounds) {
    this.volume = volume;
    List<KnownSegment> known = rounds.each("footers", named, uploads);
    for (int i = 0; i < known.size(); i++) {
      SegmentEntry entry = named.get(i);
      if (!known.get(i).footer().pageSize().equals(pageSize)) {
        throw new GraftException.Misuse(
            "segment "
                + entry.id()
                + " has pages of "
                + known.get(i).footer().pageSize()
                + " bytes");
      }
      if (entries.put(entry.id(), entry) != null) {
        throw new GraftException.Misuse("the commit names segment " + entry.id() + " twice");
      }
      segments.put(entry.id(), known.get(i));
    }
  }

  /** Proves that the frame is there and of that kind. */
  FooterEntry frame(FrameRef ref, FrameKind kind) {
    KnownSegment segment = ofRequest(ref.owner());
    List<FooterEntry> footer = segment.footer().entries();
    FooterEntry entry = ref.number() < footer.size() ? footer.get(ref.number()) : null;
    if (entry == null || !entry.ref().equals(ref) || entry.kind() != kind) {
      throw new GraftException.Misuse(
          "the map names a frame of kind "
              + kind
              + " at "
              + ref
              + ", which is not in the footer of that segment");
    }
    return entry;
  }

  /** The bytes of a frame that holds a part of a map, when they are at hand. */
  Optional<byte[]> bytesAtHand(FrameRef ref) {
    return Optional.ofNullable(ofRequest(ref.owner()).maps().get(ref));
  }

  /** Proves that all that a leaf names is there. */
  void leaf(Leaf leaf, PageCount count) {
    for (int ordinal = 0; ordinal < leaf.frameCount(); ordinal++) {
      FooterEntry entry = frame(leaf.frame(ordinal), FrameKind.PAGES);
      PageSet live = leaf.live(ordinal);
      if (!live.difference(entry.pages()).isEmpty()) {
        throw new GraftException.Misuse(
            "the map says that pages "
                + live.difference(entry.pages())
                + " are in frame "
                + entry.ref()
                + ", which does not hold them");
      }
      if (leaf.hot(ordinal) != entry.hot()) {
        throw new GraftException.Misuse("the map and frame " + entry.ref() + " differ on hot");
      }
      if (live.last() > count.value()) {
        throw new GraftException.Misuse(
            "the map names page " + live.last() + " of a volume with " + count + " pages");
      }
    }
  }

  /** Proves that a hot range lies within a segment of the request. */
  void hotRange(HotRange range) {
    ofRequest(range.owner());
    SegmentEntry entry = entries.get(((FrameOwner.InSegment) range.owner()).segment());
    boolean within =
        entry != null
            && range.offsetBytes() >= Segment.HEADER_BYTES
            && range.lengthBytes() > 0
            && range.offsetBytes() + range.lengthBytes() <= entry.lengthBytes();
    if (!within) {
      throw new GraftException.Misuse("hot range " + range + " does not lie in its segment");
    }
  }

  private KnownSegment ofRequest(FrameOwner owner) {
    if (owner instanceof FrameOwner.InSegment(VolumeId of, SegmentId id) && of.equals(volume)) {
      KnownSegment segment = segments.get(id);
      if (segment != null) {
        return segment;
      }
    }
    throw new GraftException.Misuse(
        "the map names "
            + owner
            + ", which is none of the new segments of this commit: a commit names only what is"
            + " new in it");
  }
}
